// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace Interleave
{

/// The indices [begin, end).
struct IndexRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// How many indices a worker takes at once: up to 16, which removes the contention for small jobs
/// (performance.md, section 2), and fewer where that would leave workers without any.
[[nodiscard]] inline std::uint32_t batchFor(std::uint32_t count, std::uint32_t workers)
{
    return std::clamp(count / std::max(workers * 8, 1u), 1u, 16u);
}

/// Hands out [0, count) from one counter. Thread: take() by any. Lock-free.
class SharedIndex
{
public:
    SharedIndex(std::uint32_t count, std::uint32_t batch)
        : m_count(count)
        , m_batch(batch)
    {
    }

    /// \return false when there are no more.
    bool take(int /*worker*/, IndexRange &out)
    {
        const std::uint64_t begin = m_next.fetch_add(m_batch, std::memory_order_relaxed);
        if (begin >= m_count)
            return false;
        out = {std::uint32_t(begin),
               std::uint32_t(std::min<std::uint64_t>(begin + m_batch, m_count))};
        return true;
    }

private:
    const std::uint64_t m_count;
    const std::uint64_t m_batch;
    alignas(64) std::atomic<std::uint64_t> m_next{0};
};

/// Hands out [0, count) split beforehand into one contiguous part per worker; a worker whose part is
/// used up takes the later half of the fullest other part when stealing is allowed.
/// Thread: take() by any, each with its own worker number in [0, workers). Lock-free.
class SplitIndex
{
public:
    SplitIndex(std::uint32_t count, std::uint32_t workers, std::uint32_t batch, bool steals)
        : m_parts(std::make_unique<Part[]>(workers))
        , m_workers(workers)
        , m_batch(batch)
        , m_steals(steals)
    {
        for (std::uint32_t i = 0; i < workers; ++i) {
            const auto begin = std::uint32_t(std::uint64_t(count) * i / workers);
            const auto end = std::uint32_t(std::uint64_t(count) * (i + 1) / workers);
            m_parts[i].range.store(packed({begin, end}), std::memory_order_relaxed);
        }
    }

    /// \return false when there are no more for this worker.
    bool take(int worker, IndexRange &out)
    {
        do {
            if (takeOwn(worker, out))
                return true;
        } while (m_steals && steal(worker));
        return false;
    }

private:
    struct alignas(64) Part {
        std::atomic<std::uint64_t> range{0};
    };

    static std::uint64_t packed(IndexRange r) { return std::uint64_t(r.begin) << 32 | r.end; }
    static IndexRange unpacked(std::uint64_t v)
    {
        return {std::uint32_t(v >> 32), std::uint32_t(v)};
    }

    bool takeOwn(int worker, IndexRange &out)
    {
        auto &range = m_parts[std::size_t(worker)].range;
        std::uint64_t seen = range.load(std::memory_order_acquire);
        for (;;) {
            const IndexRange own = unpacked(seen);
            if (own.begin >= own.end)
                return false;
            const std::uint32_t cut = own.begin + std::min(m_batch, own.end - own.begin);
            if (range.compare_exchange_weak(seen, packed({cut, own.end}),
                                            std::memory_order_acq_rel)) {
                out = {own.begin, cut};
                return true;
            }
        }
    }
    /// Moves the later half of the fullest part here. \return false when all parts are empty.
    bool steal(int worker)
    {
        for (;;) {
            std::uint64_t seen = 0;
            std::uint32_t victim = m_workers;
            std::uint32_t most = 0;
            for (std::uint32_t i = 0; i < m_workers; ++i) {
                const std::uint64_t value = m_parts[i].range.load(std::memory_order_acquire);
                const IndexRange r = unpacked(value);
                if (r.end > r.begin && r.end - r.begin > most) {
                    most = r.end - r.begin;
                    victim = i;
                    seen = value;
                }
            }
            if (victim == m_workers)
                return false;
            const IndexRange r = unpacked(seen);
            const std::uint32_t middle = r.begin + most / 2;
            if (m_parts[victim].range.compare_exchange_strong(seen, packed({r.begin, middle}),
                                                              std::memory_order_acq_rel)) {
                // Nobody else writes an empty part: only its owner, and thieves pass it by.
                m_parts[std::size_t(worker)].range.store(packed({middle, r.end}),
                                                         std::memory_order_release);
                return true;
            }
        }
    }

    std::unique_ptr<Part[]> m_parts;
    std::uint32_t m_workers;
    std::uint32_t m_batch;
    bool m_steals;
};

} // namespace Interleave
