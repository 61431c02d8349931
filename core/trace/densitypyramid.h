// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/segmentedvector.h"
#include "core/trace/slice.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// What happened on one track during one time bin.
struct DensityBin {
    TaskId dominant = kNoTask; ///< the task with the most time running (or in progress, where only
        ///< events are known; of a lock, holding it), kNoTask when none had any
    std::uint32_t slices = 0; ///< slices that begin here, plus one when one began before
    // Shares of the bin, 255 = all of it; never rounded down to 0 when there was any.
    std::uint8_t running = 0; ///< and the sampled part on a core; of a lock, held and nobody waits
    std::uint8_t runnable = 0;
    std::uint8_t blocked = 0; ///< blocked, suspended and queued
    std::uint8_t lost = 0;
    std::uint8_t others = 0; ///< of a core, other programs; else in progress, on a core or not
    WaitReason blockedReason = WaitReason::None; ///< of the longest blocked slice
    std::uint8_t contended = 0; ///< of a lock: somebody waits for it
    bool continued = false; ///< one of `slices` began before; to count it once over several bins
};

/// Time bins of a track at several resolutions: level L has bins of kBaseNs << (2 L) nanoseconds.
///
/// Bins exist only where they pay: a window of kBinsPerChunk bins is built, once, when it lies
/// wholly in the past and holds at least kLeastSlices slices; elsewhere (and in the newest,
/// unfinished windows) queries read the slices, which are few there. So memory follows the slices,
/// not the recording time. Chunks are immutable once published.
/// Thread: append side by the trace's writer, chunk() by any thread.
class DensityPyramid
{
public:
    static constexpr int kLevels = 12;
    static constexpr int kBaseShift = 16; ///< 65.5 us: see performance.md, section 6
    static constexpr int kBinsPerChunk = 256;
    static constexpr std::size_t kLeastSlices = 512;

    using Slices = SegmentedVector<Slice>;

    DensityPyramid();
    ~DensityPyramid();
    DensityPyramid(const DensityPyramid &) = delete;
    DensityPyramid &operator=(const DensityPyramid &) = delete;

    [[nodiscard]] static constexpr DurationNs binNs(int level)
    {
        return DurationNs(1) << (kBaseShift + 2 * level);
    }

    /// To be called by the writer after slices were appended: builds every window that ends at or
    /// before `complete`. \param origin time of bin 0.
    void extend(const Slices &slices, TimestampNs origin, TimestampNs complete);

    /// The bins of the window that holds bin `bin` of `level`, or nullptr when the slices are to be
    /// read instead. The array has kBinsPerChunk entries; index with bin % kBinsPerChunk.
    [[nodiscard]] const DensityBin *chunk(int level, std::uint64_t bin) const;

    [[nodiscard]] std::size_t allocatedBytes() const;

private:
    struct Level;
    Level *levels();
    /// Builds the next window of a level, from the level below where that has one.
    /// \param last index one past the last slice that begins in the window.
    void build(int level, const Slices &slices, std::size_t last, TimestampNs origin);
    /// Made when the first window might pay: most tracks of a big run never have so many slices.
    std::atomic<Level *> m_levels{nullptr};
};

} // namespace Interleave
