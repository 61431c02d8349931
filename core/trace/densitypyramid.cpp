// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/densitypyramid.h"

#include "core/trace/densitysum.h"
#include "core/trace/gallop.h"

#include <algorithm>

namespace Interleave
{

/// The windows of one resolution that were worth building.
struct DensityPyramid::Level {
    struct Chunk {
        std::uint64_t number = 0; ///< of the window, counted from the origin
        const DensityBin *bins = nullptr; ///< kBinsPerChunk of them, owned
    };

    ~Level()
    {
        for (std::size_t i = 0; i < chunks.size(); ++i)
            delete[] chunks[i].bins;
    }

    /// Ascending by number, as windows are built in order. O(log chunks).
    [[nodiscard]] const DensityBin *find(std::uint64_t number) const
    {
        std::size_t low = 0;
        std::size_t high = chunks.size();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (chunks[middle].number < number)
                low = middle + 1;
            else
                high = middle;
        }
        return low < chunks.size() && chunks[low].number == number ? chunks[low].bins : nullptr;
    }

    SegmentedVector<Chunk, 16> chunks;
    // The writer's alone.
    std::uint64_t nextWindow = 0;
    std::size_t cursor = 0; ///< no slice before it ends after the begin of nextWindow
};

namespace
{

/// Fills `count` bins from `begin` on with what slices [first, last) say.
void binSlices(const DensityPyramid::Slices &slices, std::size_t first, std::size_t last,
               TimestampNs begin, DurationNs binNs, DensityBin *bins, int count)
{
    DensitySum sum;
    std::size_t index = first;
    TimestampNs binBegin = begin;
    for (int i = 0; i < count; ++i, binBegin += binNs) {
        const TimestampNs binEnd = binBegin + binNs;
        sum.clear();
        while (index < last) {
            const Slice &slice = slices[index];
            if (slice.begin >= binEnd)
                break;
            const TimeSpan part = TimeSpan{slice.begin, slice.end}.intersected({binBegin, binEnd});
            if (!part.isEmpty())
                sum.add(slice, part.duration(), slice.begin < binBegin);
            if (slice.end > binEnd)
                break; // goes on in the next bin
            ++index;
        }
        if (sum.slices() != 0)
            bins[i] = sum.toBin(binNs);
    }
}

/// Each of `count` bins from four of the level below.
void binBins(const DensityBin *lower, DurationNs lowerNs, DensityBin *bins, int count)
{
    DensitySum sum;
    for (int i = 0; i < count; ++i) {
        sum.clear();
        for (int part = 0; part < 4; ++part)
            sum.add(lower[4 * i + part], lowerNs);
        if (sum.slices() != 0)
            bins[i] = sum.toBin(4 * lowerNs);
    }
}

} // namespace

DensityPyramid::DensityPyramid() = default;

DensityPyramid::~DensityPyramid()
{
    delete[] m_levels.load(std::memory_order_relaxed);
}

DensityPyramid::Level *DensityPyramid::levels()
{
    Level *levels = m_levels.load(std::memory_order_relaxed);
    if (!levels) {
        levels = new Level[kLevels];
        // release: pairs with the acquire in chunk()
        m_levels.store(levels, std::memory_order_release);
    }
    return levels;
}

void DensityPyramid::extend(const Slices &slices, TimestampNs origin, TimestampNs complete)
{
    const std::size_t size = slices.size();
    if (size < kLeastSlices)
        return;
    // Nothing can be added any more before the end of the newest slice. Behind it something can,
    // even before `complete`: a slice that is still open is appended when it closes.
    const TimestampNs until = std::min(complete, slices[size - 1].end);
    Level *all = levels();
    constexpr DurationNs kLeastWindow = binNs(0) * kBinsPerChunk;
    if (until - origin < kLeastWindow * DurationNs(all[0].nextWindow + 1))
        return; // not even the shortest window became complete

    for (int number = 0; number < kLevels; ++number) {
        Level &level = all[number];
        const DurationNs windowNs = binNs(number) * kBinsPerChunk;
        while (true) {
            const TimestampNs begin = origin + DurationNs(level.nextWindow) * windowNs;
            if (until - begin < windowNs)
                break;
            const TimestampNs end = begin + windowNs;
            level.cursor =
                gallop(level.cursor, size, [&](std::size_t i) { return slices[i].end > begin; });
            if (level.cursor == size)
                break;
            const TimestampNs next = slices[level.cursor].begin;
            if (next >= end) { // nothing for a while: no need to look at each empty window
                level.nextWindow = std::uint64_t((next - origin) / windowNs);
                continue;
            }
            const std::size_t last =
                gallop(level.cursor, size, [&](std::size_t i) { return slices[i].begin >= end; });
            if (last - level.cursor >= kLeastSlices)
                build(number, slices, last, origin);
            ++level.nextWindow;
        }
    }
}

void DensityPyramid::build(int number, const Slices &slices, std::size_t last, TimestampNs origin)
{
    Level *all = m_levels.load(std::memory_order_relaxed);
    Level &level = all[number];
    const DurationNs windowNs = binNs(number) * kBinsPerChunk;
    const TimestampNs begin = origin + DurationNs(level.nextWindow) * windowNs;
    auto *bins = new DensityBin[kBinsPerChunk];
    if (number == 0) {
        binSlices(slices, level.cursor, last, begin, binNs(0), bins, kBinsPerChunk);
    } else {
        constexpr int kQuarter = kBinsPerChunk / 4;
        std::size_t first = level.cursor;
        for (int quarter = 0; quarter < 4; ++quarter) {
            DensityBin *target = bins + quarter * kQuarter;
            const TimestampNs quarterBegin = begin + quarter * (windowNs / 4);
            const DensityBin *lower =
                all[number - 1].find(level.nextWindow * 4 + std::uint64_t(quarter));
            if (lower) {
                binBins(lower, binNs(number - 1), target, kQuarter);
            } else {
                first = gallop(first, last,
                               [&](std::size_t i) { return slices[i].end > quarterBegin; });
                binSlices(slices, first, last, quarterBegin, binNs(number), target, kQuarter);
            }
        }
    }
    level.chunks.append(level.nextWindow, bins);
}

const DensityBin *DensityPyramid::chunk(int level, std::uint64_t bin) const
{
    const Level *all = m_levels.load(std::memory_order_acquire);
    return all ? all[level].find(bin / kBinsPerChunk) : nullptr;
}

std::size_t DensityPyramid::allocatedBytes() const
{
    const Level *all = m_levels.load(std::memory_order_acquire);
    if (!all)
        return 0;
    std::size_t bytes = kLevels * sizeof(Level);
    for (int i = 0; i < kLevels; ++i) {
        bytes += all[i].chunks.allocatedBytes()
            + all[i].chunks.size() * kBinsPerChunk * sizeof(DensityBin);
    }
    return bytes;
}

} // namespace Interleave
