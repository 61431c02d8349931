// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/objecthistory.h"

#include "core/query/explanation.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

/// More names than a full screen has; beyond, the memory begins anew.
constexpr qsizetype kMostNames = 20'000;
/// The hand-over that names a wait's object may be published a moment after the wait's end.
constexpr DurationNs kSettledAfter = 100 * kMillisecond;

void widen(CounterValues::Range &range, CounterValues::Range by)
{
    range.least = std::min(range.least, by.least);
    range.most = std::max(range.most, by.most);
}

} // namespace

void CounterValues::append(const Sample &sample)
{
    m_samples.push_back(sample);
    m_most = std::max(m_most, sample.value);
    std::size_t width = kBlock;
    for (std::size_t level = 0; m_samples.size() % width == 0; ++level, width *= kBlock) {
        if (level == m_levels.size())
            m_levels.emplace_back();
        m_levels[level].push_back(rangeOf(m_samples.size() - width, m_samples.size()));
    }
}

std::size_t CounterValues::firstFrom(TimestampNs time, std::size_t from) const
{
    const auto begin = m_samples.begin() + std::ptrdiff_t(std::min(from, m_samples.size()));
    const auto found =
        std::lower_bound(begin, m_samples.end(), time,
                         [](const Sample &sample, TimestampNs t) { return sample.time < t; });
    return std::size_t(found - m_samples.begin());
}

CounterValues::Range CounterValues::rangeOf(std::size_t first, std::size_t last) const
{
    Range range{m_samples[first].value, m_samples[first].value};
    for (std::size_t i = first; i < last;) {
        // The widest block that begins here, ends in time and is there already.
        std::size_t width = 1;
        std::size_t level = 0;
        while (level < m_levels.size() && i % (width * kBlock) == 0 && i + width * kBlock <= last
               && i / (width * kBlock) < m_levels[level].size()) {
            width *= kBlock;
            ++level;
        }
        if (level == 0)
            widen(range, {m_samples[i].value, m_samples[i].value});
        else
            widen(range, m_levels[level - 1][i / width]);
        i += width;
    }
    return range;
}

ObjectHistory::ObjectHistory(std::shared_ptr<const Trace> trace)
    : m_trace(std::move(trace))
{
}

void ObjectHistory::update()
{
    if (!m_trace)
        return;
    readCounters();
    readMarks();
    readLocks();
}

void ObjectHistory::readCounters()
{
    const SegmentedVector<CounterSample> &samples = m_trace->counters();
    const std::size_t size = samples.size();
    for (; m_samplesRead < size; ++m_samplesRead) {
        const CounterSample &sample = samples[m_samplesRead];
        const auto [values, isNew] = m_values.try_emplace(sample.object);
        values->second.append({sample.time, sample.value, sample.task});
        if (!isNew)
            continue;
        const ObjectInfo *object = m_trace->findObject(sample.object);
        if (!object || (object->kind != ObjectKind::Counter && object->kind != ObjectKind::Channel))
            continue;
        m_counters.insert(std::lower_bound(m_counters.begin(), m_counters.end(), sample.object),
                          sample.object);
    }
}

void ObjectHistory::readMarks()
{
    const SegmentedVector<MarkInfo> &marks = m_trace->marks();
    const std::size_t size = marks.size();
    for (; m_marksRead < size; ++m_marksRead) {
        const MarkInfo &mark = marks[m_marksRead];
        if (mark.kind == MarkKind::Barrier)
            m_openings.push_back({mark.time, mark.number});
    }
}

void ObjectHistory::readLocks()
{
    const std::size_t objects = m_trace->objectCount();
    for (std::size_t i = 0; i < objects; ++i) {
        const ObjectInfo &object = m_trace->object(i);
        if (object.track == kNoTrack)
            continue;
        LockCursor &cursor = m_locks[object.id];
        const SegmentedVector<Slice> &slices = m_trace->track(object.track).slices;
        const std::size_t size = slices.size();
        for (; cursor.read < size; ++cursor.read) {
            const Slice &slice = slices[cursor.read];
            if (slice.holders() != 0)
                cursor.sums.held += slice.duration();
            if (slice.waiters() != 0)
                cursor.sums.contended += slice.duration();
        }
    }
}

const CounterValues *ObjectHistory::values(ObjectId object) const
{
    const auto found = m_values.find(object);
    return found == m_values.end() ? nullptr : &found->second;
}

ObjectHistory::LockSums ObjectHistory::sumsOf(ObjectId object) const
{
    const auto found = m_locks.find(object);
    return found == m_locks.end() ? LockSums() : found->second.sums;
}

QString ObjectHistory::waitedName(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const bool isClosed = hit.index >= 0;
    const std::uint64_t key =
        (std::uint64_t(hit.track) << 32) ^ (isClosed ? std::uint64_t(hit.index) : 0);
    if (isClosed) {
        if (const auto known = m_waitedNames.constFind(key); known != m_waitedNames.constEnd())
            return *known;
    }
    const Trace &trace = snapshot.trace();
    const QString name = QString::fromStdString(trace.objectName(explain(snapshot, hit).object));
    const bool isSettled = trace.isFinished() || snapshot.horizon() - hit.slice.end > kSettledAfter;
    if (isClosed && (isSettled || !name.isEmpty())) {
        if (m_waitedNames.size() > kMostNames)
            m_waitedNames.clear();
        m_waitedNames.insert(key, name);
    }
    return name;
}

} // namespace Interleave
