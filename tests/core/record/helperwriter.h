// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/helperboard.h"
#include "core/record/sharedrings.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <sys/mman.h>

namespace Interleave
{

/// The other side of a HelperBoard, as a language helper has it: its own mapping of the memfd.
class HelperWriter
{
public:
    explicit HelperWriter(const HelperBoard &board)
    {
        m_memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, board.fd(), 0);
    }
    HelperWriter(const HelperWriter &) = delete;
    HelperWriter &operator=(const HelperWriter &) = delete;
    ~HelperWriter() { munmap(m_memory, kBytes); }

    [[nodiscard]] HelperBoardHeader &header() const
    {
        return *static_cast<HelperBoardHeader *>(m_memory);
    }
    [[nodiscard]] HelperSlot &slot(std::uint32_t index) const
    {
        return reinterpret_cast<HelperSlot *>(static_cast<char *>(m_memory) + 4096)[index];
    }
    void claim(std::uint32_t index, pid_t pid) const
    {
        slot(index).pid.store(pid);
        slot(index).state.store(SlotState::Active);
    }
    /// \return false, and counts it, when there is no room.
    bool write(std::uint32_t index, const std::string &text) const
    {
        HelperSlot &to = slot(index);
        const std::uint64_t head = to.textHead.load();
        if (head - to.textTail.load() + text.size() > HelperBoard::kTextBytes) {
            to.textDropped.fetch_add(1);
            return false;
        }
        char *area = static_cast<char *>(m_memory) + 4096 + 256 * sizeof(HelperSlot)
            + std::size_t(index) * HelperBoard::kTextBytes;
        for (std::size_t i = 0; i < text.size(); ++i)
            area[(head + i) & (HelperBoard::kTextBytes - 1)] = text[i];
        to.textHead.store(head + text.size());
        return true;
    }

private:
    static constexpr std::size_t kBytes =
        4096 + 256 * sizeof(HelperSlot) + std::size_t(256) * HelperBoard::kTextBytes;
    void *m_memory = nullptr;
};

/// Writes an event the way a helper does.
inline void writeEvent(const SharedRings &rings, std::uint32_t index, const Event &event)
{
    RingHeader &ring = rings.ring(index);
    const std::uint64_t head = ring.head.load();
    ring.claim.store(head + 1);
    rings.eventsOf(index)[head & (rings.ringCapacity() - 1)] = event;
    ring.head.store(head + 1);
}

/// Takes a ring for a thread the way a helper does.
inline void takeRing(const SharedRings &rings, std::uint32_t index, pid_t pid, pid_t tid)
{
    RingHeader &ring = rings.ring(index);
    ring.pid.store(pid);
    ring.tid.store(tid);
    ring.state.store(RingState::Active);
}

} // namespace Interleave
