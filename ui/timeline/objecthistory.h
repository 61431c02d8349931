// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"
#include "core/trace/trace.h"

#include <QHash>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace Interleave
{

/// The values of one counter in the order of time, with the least and the most of any stretch of them.
/// Cost: append() O(1) on average, queries O(log samples). 17 bytes a sample.
class CounterValues
{
public:
    struct Sample {
        TimestampNs time = 0;
        std::uint32_t value = 0; ///< until the next sample
        TaskId task = kNoTask; ///< who set it
    };
    struct Range {
        std::uint32_t least = 0, most = 0;
        bool operator==(const Range &) const = default;
    };

    void append(const Sample &sample);
    [[nodiscard]] std::size_t size() const { return m_samples.size(); }
    [[nodiscard]] const Sample &operator[](std::size_t index) const { return m_samples[index]; }
    /// Index of the first sample at or after `time`, not before `from`; size() when none.
    [[nodiscard]] std::size_t firstFrom(TimestampNs time, std::size_t from = 0) const;
    /// Of the samples [first, last), of which there is one at least.
    [[nodiscard]] Range rangeOf(std::size_t first, std::size_t last) const;
    [[nodiscard]] std::uint32_t most() const { return m_most; }

private:
    static constexpr std::size_t kBlock = 16;

    std::vector<Sample> m_samples;
    /// m_levels[k][b]: of the samples [b * 16^(k+1), (b + 1) * 16^(k+1)).
    std::vector<std::vector<Range>> m_levels;
    std::uint32_t m_most = 0;
};

/// What the objects of one run did, sorted out of the trace's common lists as these grow: the values of
/// each counter, when barriers opened, how long locks were held, and what tasks waited for by name.
///
/// Keeps its trace alive. Thread: its owner's. Cost of update(): O(what is new since the last time).
class ObjectHistory
{
public:
    /// When a barrier let its tasks go on.
    struct Opening {
        TimestampNs time = 0;
        ObjectId object = kNoObject;
    };
    /// Over the closed slices of a lock's track.
    struct LockSums {
        DurationNs held = 0;
        DurationNs contended = 0; ///< somebody waited for it
    };

    explicit ObjectHistory(std::shared_ptr<const Trace> trace = nullptr);

    [[nodiscard]] const std::shared_ptr<const Trace> &trace() const { return m_trace; }
    void update();

    /// Counters and channels that have a value, by their number.
    [[nodiscard]] const std::vector<ObjectId> &counters() const { return m_counters; }
    /// nullptr for an object without values.
    [[nodiscard]] const CounterValues *values(ObjectId object) const;
    [[nodiscard]] const std::vector<Opening> &openings() const { return m_openings; }
    [[nodiscard]] LockSums sumsOf(ObjectId object) const;

    /// What a blocked or suspended slice waited for: "fork 2"; empty where that is not known. Each is looked
    /// up once it is over and remembered: ask only for what has room for its name.
    /// Cost: of the first time that of explain(), else O(1).
    [[nodiscard]] QString waitedName(const TraceSnapshot &snapshot, const SliceHit &hit);

private:
    struct LockCursor {
        std::size_t read = 0;
        LockSums sums;
    };
    void readCounters();
    void readMarks();
    void readLocks();

    std::shared_ptr<const Trace> m_trace;
    std::size_t m_samplesRead = 0;
    std::size_t m_marksRead = 0;
    std::map<ObjectId, CounterValues> m_values;
    std::vector<ObjectId> m_counters;
    std::vector<Opening> m_openings;
    std::map<ObjectId, LockCursor> m_locks;
    QHash<std::uint64_t, QString> m_waitedNames; ///< by track and index of the slice
};

} // namespace Interleave
