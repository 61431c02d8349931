// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace Interleave
{

/// Append-only sequence with one writer and any number of readers, without locks.
///
/// Elements never move: storage is a list of segments, each twice as long as the one before, so that
/// an index is found by two bit operations. A reader sees the prefix [0, size()).
/// Thread: append() and writable() by the one writer; size() and operator[] (below a size that this
/// thread has loaded) by any thread. Cost: O(1).
template<typename T, std::size_t FirstSegment = 64>
class SegmentedVector
{
    static_assert(std::has_single_bit(FirstSegment));

public:
    SegmentedVector() = default;
    SegmentedVector(const SegmentedVector &) = delete;
    SegmentedVector &operator=(const SegmentedVector &) = delete;
    ~SegmentedVector()
    {
        for (std::size_t i = 0; i < m_constructed; ++i)
            std::destroy_at(slot(i));
        for (auto &segment : m_segments)
            ::operator delete(segment.load(std::memory_order_relaxed),
                              std::align_val_t(alignof(T)));
    }

    /// acquire: pairs with the release in append(), so that the elements below it are visible.
    [[nodiscard]] std::size_t size() const { return m_size.load(std::memory_order_acquire); }

    [[nodiscard]] const T &operator[](std::size_t index) const { return *slot(index); }

    /// For the writer alone, or for elements made of atomics.
    [[nodiscard]] T &writable(std::size_t index) { return *slot(index); }

    template<typename... Args>
    T &append(Args &&...args)
    {
        T &element = next();
        element = T{std::forward<Args>(args)...};
        publish();
        return element;
    }

    /// The element that the next publish() makes visible, default-constructed storage to be filled by
    /// the writer. For types that cannot be assigned.
    T &next()
    {
        const std::size_t index = m_size.load(std::memory_order_relaxed);
        const auto [segment, offset] = locate(index);
        T *data = m_segments[segment].load(std::memory_order_relaxed);
        if (!data) {
            // Raw: a segment may be hundreds of megabytes, and touching it all now would stop the writer
            // for longer than the rings hold.
            data = static_cast<T *>(::operator new((FirstSegment << segment) * sizeof(T),
                                                   std::align_val_t(alignof(T))));
            // release: pairs with the acquire in slot()
            m_segments[segment].store(data, std::memory_order_release);
        }
        if (index == m_constructed) {
            std::construct_at(data + offset);
            ++m_constructed;
        }
        return data[offset];
    }
    void publish()
    {
        m_size.store(m_size.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    [[nodiscard]] std::size_t allocatedBytes() const
    {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < kSegments; ++i) {
            if (m_segments[i].load(std::memory_order_relaxed))
                bytes += (FirstSegment << i) * sizeof(T);
        }
        return bytes;
    }

private:
    static constexpr std::size_t kSegments = 34;

    static constexpr std::pair<std::size_t, std::size_t> locate(std::size_t index)
    {
        const std::size_t n = index / FirstSegment + 1;
        const std::size_t segment = std::size_t(std::bit_width(n)) - 1;
        // n is at least 1, so that segment is at least 0.
        // NOLINTNEXTLINE(clang-analyzer-core.BitwiseShift)
        const std::size_t first = ((std::size_t(1) << segment) - 1) * FirstSegment;
        return {segment, index - first};
    }
    T *slot(std::size_t index) const
    {
        const auto [segment, offset] = locate(index);
        return m_segments[segment].load(std::memory_order_acquire) + offset;
    }

    std::array<std::atomic<T *>, kSegments> m_segments{};
    std::atomic<std::size_t> m_size{0};
    std::size_t m_constructed =
        0; ///< size(), or one more between next() and publish(); the writer's
};

} // namespace Interleave
