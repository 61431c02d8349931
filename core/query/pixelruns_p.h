// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/gallop.h"
#include "core/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace Interleave
{

/// Cuts a window into columns. Column x begins at begin + floor(duration * x / width), so that
/// neighbours share their edge exactly and all columns together are the window.
class ColumnGrid
{
public:
    ColumnGrid(TimeSpan window, int widthPx)
        : m_begin(window.begin)
        , m_duration(std::uint64_t(window.end) - std::uint64_t(window.begin))
        , m_width(std::uint64_t(widthPx))
        , m_whole(m_duration / m_width)
        , m_rest(m_duration % m_width)
    {
    }

    /// \param x in [0, width]; width gives the window's end.
    [[nodiscard]] TimestampNs begin(int x) const
    {
        // The quotient in two parts: neither overflows, even for a window of 2^64 ns.
        const auto n = std::uint64_t(x);
        return TimestampNs(std::uint64_t(m_begin) + m_whole * n + m_rest * n / m_width);
    }
    /// The last column that begins at or before `time`; width for the window's end and later.
    [[nodiscard]] int columnOf(TimestampNs time) const
    {
        if (time <= m_begin)
            return 0;
        const std::uint64_t offset = std::uint64_t(time) - std::uint64_t(m_begin);
        if (offset >= m_duration)
            return int(m_width);
        using Wide = unsigned __int128; // a time times a width in pixels
        return int(((Wide(offset) + 1) * m_width - 1) / m_duration);
    }
    /// Rounded down.
    [[nodiscard]] std::uint64_t nsPerPixel() const { return m_whole; }
    [[nodiscard]] bool hasColumnPerNs() const { return m_duration <= m_width; }

private:
    TimestampNs m_begin;
    std::uint64_t m_duration;
    std::uint64_t m_width;
    std::uint64_t m_whole;
    std::uint64_t m_rest;
};

/// The slices of a track as one sequence, the open one last.
class SliceSequence
{
public:
    SliceSequence(const TraceSnapshot &snapshot, TrackIndex track)
        : m_slices(snapshot.trace().track(track).slices)
        // The open one first: one that is closed in between is then among the slices.
        , m_open(snapshot.openSlice(track))
        , m_closed(snapshot.sliceCount(track))
    {
        if (m_open && m_closed != 0 && m_slices[m_closed - 1].end > m_open->begin)
            m_open.reset();
    }

    [[nodiscard]] std::size_t size() const { return m_closed + (m_open ? 1 : 0); }
    [[nodiscard]] std::size_t closedCount() const { return m_closed; }
    [[nodiscard]] const Slice &operator[](std::size_t index) const
    {
        return index < m_closed ? m_slices[index] : *m_open;
    }
    [[nodiscard]] bool isOpen(std::size_t index) const { return index >= m_closed; }
    /// First index from `from` on whose slice ends after `time`; size() when none.
    [[nodiscard]] std::size_t firstEndingAfter(TimestampNs time, std::size_t from = 0) const
    {
        return gallop(from, size(), [&](std::size_t i) { return (*this)[i].end > time; });
    }

private:
    const SegmentedVector<Slice> &m_slices;
    std::optional<Slice> m_open;
    std::size_t m_closed;
};

} // namespace Interleave
