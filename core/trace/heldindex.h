// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/event.h"
#include "core/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace Interleave
{

/// What each task may hold, so that at its end only that has to be looked at.
///
/// One entry for each task and object. An entry may be out of date (who gets a lock for itself alone
/// replaces every holder before it): the HolderList of the object decides. Tasks that the trace does not
/// keep have no entries. Private to core/trace. Cost: O(what the task may hold). Thread: one owner.
class HeldIndex
{
public:
    void add(TaskId task, ObjectId object)
    {
        if (task >= Trace::kMostTasks)
            return;
        if (m_first.size() <= task)
            m_first.resize(std::size_t(task) + 1, kNone);
        for (std::uint32_t at = m_first[task]; at != kNone; at = m_entries[at].next) {
            if (m_entries[at].object == object)
                return;
        }
        const std::uint32_t at = takeEntry();
        m_entries[at] = {object, m_first[task]};
        m_first[task] = at;
    }
    void remove(TaskId task, ObjectId object)
    {
        if (task >= m_first.size())
            return;
        std::uint32_t *link = &m_first[task];
        while (*link != kNone && m_entries[*link].object != object)
            link = &m_entries[*link].next;
        if (*link == kNone)
            return;
        const std::uint32_t at = *link;
        *link = m_entries[at].next;
        m_entries[at].next = m_free;
        m_free = at;
    }
    /// Calls `visit(ObjectId)` for everything that the task may hold.
    template<typename Visit>
    void forEach(TaskId task, Visit visit) const
    {
        if (task >= m_first.size())
            return;
        for (std::uint32_t at = m_first[task]; at != kNone; at = m_entries[at].next)
            visit(m_entries[at].object);
    }

private:
    static constexpr std::uint32_t kNone = ~std::uint32_t(0);

    struct Entry {
        ObjectId object = kNoObject;
        std::uint32_t next = kNone; ///< of the same task, or free
    };
    std::uint32_t takeEntry()
    {
        if (m_free == kNone) {
            m_entries.emplace_back();
            return std::uint32_t(m_entries.size() - 1);
        }
        const std::uint32_t at = m_free;
        m_free = m_entries[at].next;
        return at;
    }

    std::vector<Entry> m_entries;
    std::vector<std::uint32_t> m_first; ///< by TaskId: into m_entries
    std::uint32_t m_free = kNone;
};

} // namespace Interleave
