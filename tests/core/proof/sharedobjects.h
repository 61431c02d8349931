// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "tests/support/setrun.h"

#include <QString>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace Interleave::Support
{

/// What the trace of a finished run knows of a thing that its tasks shared.
inline const ObjectInfo *objectNamed(const RunReport &report, const std::string &name)
{
    for (std::size_t i = 0; i < report.trace->objectCount(); ++i) {
        const ObjectInfo &object = report.trace->object(i);
        if (report.trace->objectName(object.id) == name)
            return &object;
    }
    return nullptr;
}

inline std::vector<Slice> slicesOf(const RunReport &report, TrackIndex track)
{
    std::vector<Slice> slices;
    if (track == kNoTrack)
        return slices;
    const auto &all = report.trace->track(track).slices;
    for (std::size_t i = 0; i < all.size(); ++i)
        slices.push_back(all[i]);
    return slices;
}

/// Who held it, when: the slices of its lock track during which somebody did.
inline std::vector<Slice> heldSlices(const RunReport &report, const std::string &name)
{
    const ObjectInfo *object = objectNamed(report, name);
    std::vector<Slice> slices = object ? slicesOf(report, object->track) : std::vector<Slice>();
    std::erase_if(slices, [](const Slice &slice) {
        return slice.state != SliceState::Held || slice.holders() == 0;
    });
    return slices;
}

inline unsigned mostHolders(const std::vector<Slice> &held)
{
    unsigned most = 0;
    for (const Slice &slice : held)
        most = std::max(most, slice.holders());
    return most;
}

/// Weighted by time, over the given slices.
inline double meanHolders(const std::vector<Slice> &held)
{
    double weighted = 0, whole = 0;
    for (const Slice &slice : held) {
        weighted += double(slice.holders()) * double(slice.duration());
        whole += double(slice.duration());
    }
    return whole > 0 ? weighted / whole : 0;
}

/// How long a task waited for that reason.
inline DurationNs waitOf(const RunReport &report, const TaskStatistics &task, WaitReason why)
{
    DurationNs sum = 0;
    for (const Slice &slice : slicesOf(report, report.trace->task(task.id).track.load())) {
        if ((slice.state == SliceState::Blocked || slice.state == SliceState::Suspended)
            && slice.reason == why)
            sum += slice.duration();
    }
    return sum;
}

inline std::vector<CounterSample> samplesOf(const RunReport &report, const std::string &name)
{
    std::vector<CounterSample> samples;
    const ObjectInfo *object = objectNamed(report, name);
    const auto &all = report.trace->counters();
    for (std::size_t i = 0; object && i < all.size(); ++i) {
        if (all[i].object == object->id)
            samples.push_back(all[i]);
    }
    return samples;
}

inline QString outcomeText(const RunReport &report)
{
    return runOutcomeName(report.outcome) + QStringLiteral(": ") + report.message
        + QStringLiteral(" | ") + report.sentence;
}

} // namespace Interleave::Support
