// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/pixelruns.h"

#include "core/query/pixelruns_p.h"
#include "core/trace/densitysum.h"

#include <algorithm>
#include <array>
#include <limits>

namespace Interleave
{

namespace
{

/// One call of pixelRuns(). Walks the columns from left to right; see place() for what a column
/// becomes.
///
/// At or above the width of the finest bins per pixel, columns are read from the largest bins that
/// fit into one, and their edges are moved down to a multiple of that width (less than a pixel), so
/// that every bin belongs to exactly one column; where there are no bins, from smaller ones or from
/// the slices between the same edges. Below, from the slices.
class RunFinder
{
public:
    RunFinder(const TraceSnapshot &snapshot, TrackIndex track, TimeSpan window, int widthPx,
              std::vector<PixelRun> &out)
        : m_track(snapshot.trace().track(track))
        , m_isSampled(snapshot.trace().source() == Source::Sampled)
        , m_lane(snapshot, track)
        , m_grid(window, widthPx)
        , m_window(window)
        , m_width(widthPx)
        , m_origin(snapshot.origin())
        , m_horizon(snapshot.horizon())
        , m_end(std::min(window.end, m_horizon))
        , m_out(out)
    {
    }

    void find()
    {
        m_cursor = m_lane.firstEndingAfter(m_window.begin);
        if (m_cursor == m_lane.size() || m_lane[m_cursor].begin >= m_end)
            return;
        m_dataBegin = std::max(m_window.begin, m_lane[m_cursor].begin);
        if (m_dataBegin >= m_end)
            return;
        if (m_grid.hasColumnPerNs()) {
            placeAll();
            return;
        }
        chooseLevel();
        int x = m_grid.columnOf(m_dataBegin);
        while (x < m_width) {
            const TimeSpan column{edge(x), edge(x + 1)};
            if (column.begin >= m_end)
                break;
            if (column.isEmpty()) {
                ++x;
                continue;
            }
            m_sum.clear();
            addColumn(column);
            x = m_sum.slices() == 0 ? nextOccupied(x, column.end) : place(x, column);
        }
    }

private:
    /// A nanosecond is a pixel or more: every slice gets the pixels of its time.
    void placeAll()
    {
        const std::uint64_t duration = std::uint64_t(m_window.duration());
        const auto columnOf = [&](TimestampNs time) {
            return int(std::uint64_t(time - m_window.begin) * std::uint64_t(m_width) / duration);
        };
        for (std::size_t i = m_cursor; i < m_lane.size() && m_lane[i].begin < m_end; ++i) {
            const TimeSpan part =
                TimeSpan{m_lane[i].begin, m_lane[i].end}.intersected({m_window.begin, m_end});
            if (part.isEmpty())
                continue;
            const int x = columnOf(part.begin);
            pushSlice(x, columnOf(part.end) - x, i);
        }
    }

    void chooseLevel()
    {
        // Bins are counted from the origin, and few slices are faster read than looked up.
        if (m_origin <= 0 || m_dataBegin < 0
            || m_lane.closedCount() < DensityPyramid::kLeastSlices) {
            return;
        }
        while (m_level + 1 < DensityPyramid::kLevels
               && std::uint64_t(DensityPyramid::binNs(m_level + 1)) <= m_grid.nsPerPixel()) {
            ++m_level;
        }
        if (m_level < 0)
            return;
        const DurationNs binNs = DensityPyramid::binNs(m_level);
        const DurationNs offset = m_end - m_origin;
        const bool isAlignable = offset <= std::numeric_limits<DurationNs>::max() - binNs
            && m_end <= std::numeric_limits<TimestampNs>::max() - binNs;
        m_lastEdge = isAlignable ? aligned(m_end + binNs - 1) : m_end;
    }
    [[nodiscard]] TimestampNs aligned(TimestampNs time) const
    {
        const int shift = DensityPyramid::kBaseShift + 2 * m_level;
        return m_origin + (((time - m_origin) >> shift) << shift);
    }
    [[nodiscard]] TimestampNs edge(int x) const
    {
        if (m_level < 0)
            return std::clamp(m_grid.begin(x), m_dataBegin, m_end);
        if (x == m_width)
            return m_lastEdge;
        return aligned(std::clamp(m_grid.begin(x), m_dataBegin, m_lastEdge));
    }

    // What is in a column.

    void addColumn(TimeSpan column)
    {
        if (m_level < 0) {
            m_cursor = m_lane.firstEndingAfter(column.begin, m_cursor);
            addSlices(m_cursor, column);
            return;
        }
        if (column.begin < m_origin) {
            const TimeSpan before{column.begin, std::min(column.end, m_origin)};
            addSlices(m_lane.firstEndingAfter(before.begin, m_cursor), before);
            column.begin = before.end;
        }
        addBins(m_level, column);
    }
    void addSlices(std::size_t index, TimeSpan part)
    {
        for (; index < m_lane.size(); ++index) {
            const Slice &slice = m_lane[index];
            if (slice.begin >= part.end)
                break;
            const TimeSpan overlap = TimeSpan{slice.begin, slice.end}.intersected(part);
            m_sum.add(slice, overlap.duration(), slice.begin < part.begin);
        }
    }
    void addBins(int level, TimeSpan part)
    {
        const int shift = DensityPyramid::kBaseShift + 2 * level;
        constexpr std::uint64_t kLastBin = DensityPyramid::kBinsPerChunk - 1;
        while (!part.isEmpty()) {
            std::uint64_t bin = std::uint64_t(part.begin - m_origin) >> shift;
            const std::uint64_t chunkEnd = ((bin | kLastBin) + 1) << shift;
            const TimestampNs end = chunkEnd < std::uint64_t(part.end - m_origin)
                ? m_origin + DurationNs(chunkEnd)
                : part.end;
            if (const DensityBin *chunk = chunkOf(level, bin)) {
                const std::uint64_t past = (std::uint64_t(end - m_origin - 1) >> shift) + 1;
                for (; bin < past; ++bin)
                    m_sum.add(chunk[bin & kLastBin], DensityPyramid::binNs(level));
            } else if (const std::size_t first = m_lane.firstEndingAfter(part.begin, m_cursor);
                       level == 0 || isSparse(first, end)) {
                addSlices(first, {part.begin, end});
            } else {
                addBins(level - 1, {part.begin, end});
            }
            part.begin = end;
        }
    }
    [[nodiscard]] bool isSparse(std::size_t first, TimestampNs end) const
    {
        const std::size_t probe = first + DensityPyramid::kLeastSlices;
        return probe >= m_lane.size() || m_lane[probe].begin >= end;
    }
    /// Neighbouring columns mostly share a chunk: it is looked up once.
    const DensityBin *chunkOf(int level, std::uint64_t bin)
    {
        KnownChunk &known = m_chunks[std::size_t(level)];
        const std::uint64_t number = bin / DensityPyramid::kBinsPerChunk;
        if (known.number != number) {
            known.number = number;
            known.bins = m_track.pyramid.chunk(level, bin);
        }
        return known.bins;
    }
    [[nodiscard]] int nextOccupied(int x, TimestampNs columnEnd)
    {
        m_cursor = m_lane.firstEndingAfter(columnEnd, m_cursor);
        if (m_cursor == m_lane.size() || m_lane[m_cursor].begin >= m_end)
            return m_width;
        return std::max(x + 1, m_grid.columnOf(m_lane[m_cursor].begin));
    }

    // What a column becomes. Each returns the column to go on with.

    /// A column with one slice belongs to that slice; one with several is dense. Only where two
    /// slices that both have columns of their own meet within a column, it goes to the one with
    /// more of it: nothing is hidden by that, and edges are crisp.
    int place(int x, TimeSpan column)
    {
        if (m_sum.slices() == 1)
            return placeSingle(x, column);
        if (m_sum.slices() != 2 || !placeMeeting(x, column))
            pushDense(x, column);
        return x + 1;
    }
    int placeSingle(int x, TimeSpan column)
    {
        m_cursor = m_lane.firstEndingAfter(column.begin, m_cursor);
        const std::size_t index = m_cursor;
        if (index == m_lane.size() || m_lane[index].begin >= column.end)
            return x + 1; // the bins are newer than the snapshot
        const Slice &slice = m_lane[index];
        const bool isGoingOn = isLast(x, index);
        if (!hasHalf(TimeSpan{slice.begin, slice.end}.intersected(column).duration(), column)
            && (isGoingOn || covers(slice, x + 1))) {
            return x + 1; // rounded away: it has other columns
        }
        const int next = std::max(x + 1, m_grid.columnOf(std::min(slice.end, m_end)));
        if (isGoingOn)
            m_out.back().width += next - x;
        else
            pushSlice(x, next - x, index);
        return next;
    }
    /// \return false when this is not such a column.
    bool placeMeeting(int x, TimeSpan column)
    {
        if (!isLast(x, m_lastIndex) || m_lastIndex + 1 >= m_lane.size())
            return false;
        const Slice &first = m_lane[m_lastIndex];
        const Slice &second = m_lane[m_lastIndex + 1];
        if (first.end <= column.begin || second.begin >= column.end || !covers(second, x + 1))
            return false;
        const DurationNs firstNs = first.end - column.begin;
        const DurationNs secondNs = column.end - second.begin;
        if (!hasHalf(firstNs + secondNs, column))
            return true;
        if (firstNs >= secondNs)
            ++m_out.back().width;
        else
            pushSlice(x, 1, m_lastIndex + 1);
        return true;
    }
    static bool hasHalf(DurationNs part, TimeSpan column)
    {
        return part >= column.duration() - part;
    }
    [[nodiscard]] bool covers(const Slice &slice, int x) const
    {
        return x < m_width && edge(x) < edge(x + 1) && slice.begin <= edge(x)
            && slice.end >= edge(x + 1);
    }
    /// The run just left of column x is that of slice `index`.
    [[nodiscard]] bool isLast(int x, std::size_t index) const
    {
        return !m_out.empty() && !m_out.back().dense && m_lastIndex == index
            && m_out.back().x + m_out.back().width == x;
    }

    void pushSlice(int x, int width, std::size_t index)
    {
        const Slice &slice = m_lane[index];
        PixelRun run;
        run.x = x;
        run.width = width;
        run.state = slice.state;
        run.reason = slice.reason;
        run.task = slice.task;
        run.thread = slice.thread;
        run.core = slice.core;
        run.fraction = slice.fraction;
        if (slice.state == SliceState::Held && slice.waiters() != 0)
            run.contended = 255;
        run.open = m_lane.isOpen(index);
        run.sliceIndex = run.open ? -2 : std::int64_t(index);
        m_out.push_back(run);
        m_lastIndex = index;
    }
    void pushDense(int x, TimeSpan column)
    {
        // The last column may reach over the horizon: shares are of the time that is known.
        const DensityBin bin = m_sum.toBin(std::min(column.end, m_horizon) - column.begin);
        PixelRun run;
        run.x = x;
        run.width = 1;
        run.dense = true;
        run.slices = bin.slices;
        run.running = bin.running;
        run.runnable = bin.runnable;
        run.blocked = bin.blocked;
        run.lost = bin.lost;
        run.others = bin.others;
        run.contended = bin.contended;
        run.reason = bin.blockedReason;
        run.task = m_track.kind == TrackKind::Task ? m_track.task : bin.dominant;
        run.thread = m_track.thread;
        run.core = m_track.core;
        run.state = mostImportant(bin);
        if (run.state == SliceState::Sampled)
            run.fraction = bin.running;
        m_out.push_back(run);
    }
    [[nodiscard]] SliceState mostImportant(const DensityBin &bin) const
    {
        if (bin.lost != 0)
            return SliceState::Lost;
        if (m_track.kind == TrackKind::Lock)
            return SliceState::Held;
        const std::uint8_t most = std::max({bin.running, bin.others, bin.runnable, bin.blocked});
        if (bin.running == most) // in the sampled tier, nothing is known to have run just there
            return m_isSampled ? SliceState::Sampled : SliceState::Running;
        if (bin.others == most)
            return m_track.kind == TrackKind::Core ? SliceState::Others : SliceState::Unknown;
        return bin.runnable == most ? SliceState::Runnable : SliceState::Blocked;
    }

    struct KnownChunk {
        std::uint64_t number = std::numeric_limits<std::uint64_t>::max();
        const DensityBin *bins = nullptr;
    };

    const Track &m_track;
    const bool m_isSampled;
    const SliceSequence m_lane;
    const ColumnGrid m_grid;
    const TimeSpan m_window;
    const int m_width;
    const TimestampNs m_origin;
    const TimestampNs m_horizon; ///< nothing is known from here on
    const TimestampNs m_end; ///< nor shown from here on
    std::vector<PixelRun> &m_out;
    TimestampNs m_dataBegin = 0;
    TimestampNs m_lastEdge = 0;
    int m_level = -1; ///< of the pyramid; -1: slices
    std::size_t m_cursor = 0; ///< no slice before it ends after the columns still to come begin
    std::size_t m_lastIndex = 0; ///< of the slice that was pushed last
    DensitySum m_sum;
    std::array<KnownChunk, DensityPyramid::kLevels> m_chunks;
};

} // namespace

void pixelRuns(const TraceSnapshot &snapshot, TrackIndex track, TimeSpan window, int widthPx,
               std::vector<PixelRun> &out)
{
    out.clear();
    if (window.isEmpty() || widthPx <= 0 || track >= snapshot.trace().trackCount())
        return;
    RunFinder(snapshot, track, window, widthPx, out).find();
}

std::optional<SliceHit> sliceAt(const TraceSnapshot &snapshot, TrackIndex track, TimestampNs time,
                                DurationNs toleranceNs)
{
    if (track >= snapshot.trace().trackCount())
        return std::nullopt;
    const SliceSequence lane(snapshot, track);
    const std::size_t after = lane.firstEndingAfter(time, snapshot.firstEndingAfter(track, time));
    const auto hit = [&](std::size_t index) {
        return SliceHit{track, lane.isOpen(index) ? -2 : std::int64_t(index), lane[index]};
    };
    std::optional<std::size_t> nearest;
    DurationNs distance = toleranceNs;
    if (after < lane.size()) {
        if (lane[after].begin <= time)
            return hit(after);
        if (lane[after].begin - time <= distance) {
            nearest = after;
            distance = lane[after].begin - time;
        }
    }
    // The end of a slice is not in it: its last nanosecond is one away.
    if (after > 0 && time - lane[after - 1].end + 1 <= distance)
        nearest = after - 1;
    return nearest ? std::optional(hit(*nearest)) : std::nullopt;
}

} // namespace Interleave
