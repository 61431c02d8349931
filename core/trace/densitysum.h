// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/densitypyramid.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// Adds up what happened during one stretch of time on one track, from slices, from bins or from
/// both, fed in order of time.
///
/// Times are summed as double: shares of 1/255 are what comes out, and a sum of nanoseconds times a
/// share would overflow 64 bits for long windows. Private to core/trace and core/query.
/// Thread: one owner. Cost: O(1) per add().
class DensitySum
{
public:
    void clear()
    {
        m_running = m_runnable = m_blocked = m_lost = m_others = m_contended = 0;
        m_longestBlocked = 0;
        m_slices = 0;
        m_continued = false;
        m_blockedReason = WaitReason::None;
        m_taskCount = 0; // what lies beyond is never read
    }

    /// \param overlapNs the part of the slice inside the stretch. \param continued it began before
    /// the part of the stretch that is being fed.
    void add(const Slice &slice, DurationNs overlapNs, bool continued)
    {
        const double ns = double(overlapNs);
        count(1, continued);
        switch (slice.state) {
        case SliceState::Running:
            m_running += ns;
            addTask(slice.task, ns);
            break;
        case SliceState::Sampled: {
            // At least a trace of it: a sampled slice that did not run is still to be seen.
            const double share = std::max(ns * slice.fraction / 255.0, ns * 0.001);
            m_running += share;
            addTask(slice.task, share);
            break;
        }
        case SliceState::Runnable:
            m_runnable += ns;
            break;
        case SliceState::Blocked:
        case SliceState::Suspended:
        case SliceState::Queued:
            m_blocked += ns;
            noteBlocked(slice.reason, ns);
            break;
        case SliceState::Lost:
            m_lost += ns;
            break;
        case SliceState::Unknown:
            m_others += ns;
            addTask(slice.task, ns);
            break;
        case SliceState::Others:
            m_others += ns;
            break;
        case SliceState::Held:
            (slice.waiters() == 0 ? m_running : m_contended) += ns;
            addTask(slice.task, ns);
            break;
        }
    }

    void add(const DensityBin &bin, DurationNs binNs)
    {
        if (bin.slices == 0)
            return;
        count(bin.slices, bin.continued);
        const double unit = double(binNs) / 255.0;
        m_running += bin.running * unit;
        m_runnable += bin.runnable * unit;
        m_blocked += bin.blocked * unit;
        m_lost += bin.lost * unit;
        m_others += bin.others * unit;
        m_contended += bin.contended * unit;
        addTask(bin.dominant, (std::max(bin.running, bin.others) + bin.contended) * unit);
        if (bin.blocked != 0)
            noteBlocked(bin.blockedReason, bin.blocked * unit);
    }

    [[nodiscard]] std::uint32_t slices() const { return m_slices; }
    /// Share of `spanNs` in which anything was known to happen, 0 to 1.
    [[nodiscard]] double coverage(DurationNs spanNs) const
    {
        return (m_running + m_runnable + m_blocked + m_lost + m_others + m_contended)
            / double(spanNs);
    }

    [[nodiscard]] DensityBin toBin(DurationNs spanNs) const
    {
        DensityBin bin;
        bin.slices = m_slices;
        bin.continued = m_continued;
        bin.running = share(m_running, spanNs);
        bin.runnable = share(m_runnable, spanNs);
        bin.blocked = share(m_blocked, spanNs);
        bin.lost = share(m_lost, spanNs);
        bin.others = share(m_others, spanNs);
        bin.contended = share(m_contended, spanNs);
        bin.blockedReason = m_blockedReason;
        double most = 0;
        for (std::size_t i = 0; i < m_taskCount; ++i) {
            if (m_tasks[i].ns > most) {
                most = m_tasks[i].ns;
                bin.dominant = m_tasks[i].task;
            }
        }
        return bin;
    }

private:
    struct TaskShare {
        TaskId task = kNoTask;
        double ns = 0;
    };
    /// So many tasks are told apart in one bin. Of more, the smallest so far hands its place and
    /// its sum to the newcomer ("space saving", Metwally et al., 2005): whoever has more than 1/16
    /// of the time is then always among them, and sums are too large by 1/16 at most.
    static constexpr std::size_t kMostTasks = 16;

    static std::uint8_t share(double ns, DurationNs spanNs)
    {
        if (ns <= 0)
            return 0;
        return std::uint8_t(std::clamp(ns * 255.0 / double(spanNs) + 0.5, 1.0, 255.0));
    }
    /// A slice that reaches over from the part before was counted there.
    void count(std::uint32_t slices, bool continued)
    {
        if (m_slices == 0)
            m_continued = continued;
        else if (continued)
            --slices;
        m_slices += slices;
    }
    void noteBlocked(WaitReason reason, double ns)
    {
        if (ns > m_longestBlocked) {
            m_longestBlocked = ns;
            m_blockedReason = reason;
        }
    }
    void addTask(TaskId task, double ns)
    {
        if (task == kNoTask || ns <= 0)
            return;
        std::size_t smallest = 0;
        for (std::size_t i = 0; i < m_taskCount; ++i) {
            if (m_tasks[i].task == task) {
                m_tasks[i].ns += ns;
                return;
            }
            if (m_tasks[i].ns < m_tasks[smallest].ns)
                smallest = i;
        }
        if (m_taskCount < kMostTasks)
            m_tasks[m_taskCount++] = {task, ns};
        else
            m_tasks[smallest] = {task, m_tasks[smallest].ns + ns};
    }

    double m_running = 0, m_runnable = 0, m_blocked = 0, m_lost = 0, m_others = 0;
    double m_contended = 0;
    double m_longestBlocked = 0;
    std::uint32_t m_slices = 0;
    bool m_continued = false;
    WaitReason m_blockedReason = WaitReason::None;
    std::size_t m_taskCount = 0;
    std::array<TaskShare, kMostTasks> m_tasks;
};

} // namespace Interleave
