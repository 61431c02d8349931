// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace Interleave
{

/// A small trace that a test writes slice by slice. All times are relative to the origin.
class HandmadeTrace
{
public:
    static constexpr TimestampNs kOrigin = 5 * kSecond;

    explicit HandmadeTrace(Source source = Source::Kernel)
    {
        m_trace->setOrigin(kOrigin);
        m_trace->setSource(source);
    }

    [[nodiscard]] Trace &writable() { return *m_trace; }
    [[nodiscard]] std::shared_ptr<const Trace> shared() const { return m_trace; }

    /// \return the task's track.
    TrackIndex addTask(TaskId id, std::string_view name, TaskKind kind = TaskKind::Thread)
    {
        m_trace->defineTasks(id, 1, kind, kNoTask, name);
        return m_trace->task(id).track.load();
    }

    [[nodiscard]] static Slice slice(TimestampNs begin, TimestampNs end, SliceState state,
                                     TaskId task, WaitReason reason = WaitReason::None,
                                     CoreId core = 0)
    {
        Slice slice;
        slice.begin = kOrigin + begin;
        slice.end = kOrigin + end;
        slice.state = state;
        slice.task = task;
        slice.reason = reason;
        slice.core = core;
        return slice;
    }

    void add(TrackIndex track, TimestampNs begin, TimestampNs end, SliceState state, TaskId task,
             WaitReason reason = WaitReason::None, CoreId core = 0)
    {
        m_trace->append(track, slice(begin, end, state, task, reason, core));
    }

    /// \return the track of a thing that tasks hold; kNoTrack of others.
    TrackIndex addObject(ObjectId id, ObjectKind kind, std::string_view name,
                         std::uint32_t capacity = 0)
    {
        m_trace->defineObject(id, kind, capacity, name);
        return m_trace->findObject(id)->track;
    }

    /// A piece of a lock's history. \param holder the one that has it alone, or kNoTask.
    void hold(TrackIndex track, TimestampNs begin, TimestampNs end, TaskId holder,
              unsigned holders = 1, unsigned waiters = 0)
    {
        Slice piece =
            slice(begin, end, SliceState::Held, holder, WaitReason::None, CoreId(holders));
        piece.fraction = std::uint8_t(waiters);
        m_trace->append(track, piece);
    }

    void count(ObjectId object, TimestampNs time, std::uint32_t value, TaskId task = kNoTask)
    {
        m_trace->addCounter({kOrigin + time, object, value, task});
    }

    void openBarrier(ObjectId object, TimestampNs time)
    {
        m_trace->addMark({kOrigin + time, kNoTask, kNoThread, object, MarkKind::Barrier});
    }

    void handOver(ObjectId object, TimestampNs time, TaskId from, TaskId to)
    {
        m_trace->addFlow({kOrigin + time, from, to, object});
    }

    void endTask(TaskId id, TimestampNs end, TaskOutcome outcome)
    {
        TaskInfo *task = m_trace->writableTask(id);
        task->begun.store(kOrigin);
        task->ended.store(kOrigin + end);
        task->outcome.store(outcome);
    }

    void publish(TimestampNs horizon) { m_trace->publish(kOrigin + horizon); }

    /// Two tasks on two cores for 100 ms; every kind of gap.
    ///   core 0   [0, 40) prime 1, [40, 60) prime 2
    ///   core 1   [60, 100) prime 1
    ///   prime 1  running [0, 40), ready [40, 60), running on core 1 [60, 100)
    ///   prime 2  queued [0, 40), running [40, 60), lock [60, 80), sleep [80, 100)
    [[nodiscard]] static HandmadeTrace twoTasks()
    {
        constexpr DurationNs ms = kMillisecond;
        HandmadeTrace made;
        const TrackIndex core0 = made.m_trace->addCoreTrack(0);
        const TrackIndex core1 = made.m_trace->addCoreTrack(1);
        const TrackIndex first = made.addTask(1, "prime 1");
        const TrackIndex second = made.addTask(2, "prime 2");
        made.add(core0, 0, 40 * ms, SliceState::Running, 1);
        made.add(core0, 40 * ms, 60 * ms, SliceState::Running, 2);
        made.add(core1, 60 * ms, 100 * ms, SliceState::Running, 1, WaitReason::None, 1);
        made.add(first, 0, 40 * ms, SliceState::Running, 1);
        made.add(first, 40 * ms, 60 * ms, SliceState::Runnable, 1);
        made.add(first, 60 * ms, 100 * ms, SliceState::Running, 1, WaitReason::None, 1);
        made.add(second, 0, 40 * ms, SliceState::Queued, 2);
        made.add(second, 40 * ms, 60 * ms, SliceState::Running, 2);
        made.add(second, 60 * ms, 80 * ms, SliceState::Blocked, 2, WaitReason::Lock);
        made.add(second, 80 * ms, 100 * ms, SliceState::Blocked, 2, WaitReason::Sleep);
        made.endTask(1, 100 * ms, TaskOutcome::Finished);
        made.endTask(2, 100 * ms, TaskOutcome::Cancelled);
        made.publish(100 * ms);
        made.m_trace->finish();
        return made;
    }

private:
    std::shared_ptr<Trace> m_trace = std::make_shared<Trace>();
};

} // namespace Interleave
