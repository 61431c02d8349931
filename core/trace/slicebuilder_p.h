// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/segmentedvector.h"
#include "core/base/timestamp.h"
#include "core/trace/holderlist.h"
#include "core/trace/slicebuilder.h"
#include "core/trace/waitforgraph.h"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace Interleave
{

/// Where a task is.
///
///   None --Queued--> Queued --Begin--> OnThread --Suspend--> Suspended --Resume--> OnThread
///   OnThread --another task begins on that thread--> Covered --that one leaves--> OnThread
///   any --End, Cancelled, Failed--> Done
enum class TaskPhase : std::uint8_t { None, Queued, OnThread, Covered, Suspended, Done };

// What Event::reason says, whoever wrote it.
[[nodiscard]] inline WaitReason checkedReason(std::uint8_t reason)
{
    const std::uint8_t number = reason & std::uint8_t(~kTimedWaitFlag);
    return number < kWaitReasonCount ? WaitReason(number) : WaitReason::None;
}
[[nodiscard]] inline MarkKind checkedMarkKind(std::uint8_t kind)
{
    return kind <= std::uint8_t(MarkKind::Barrier) ? MarkKind(kind) : MarkKind::None;
}
[[nodiscard]] inline AccessMode checkedMode(std::uint8_t mode)
{
    return mode <= std::uint8_t(AccessMode::Permit) ? AccessMode(mode) : AccessMode::Exclusive;
}

/// What the builder keeps of a task beside its TaskInfo.
struct TaskLife {
    TimestampNs since = 0; ///< when the phase began
    ThreadIndex thread = kNoThread; ///< OnThread, Covered: where
    ObjectId waitingFor = kNoObject; ///< it is counted among that object's waiters
    ObjectId wanted = kNoObject; ///< it has waited for that object and not got it yet
    ProcessIndex process = kNoProcess; ///< where threads are tasks: it ends with that
    TaskPhase phase = TaskPhase::None;
    WaitReason reason = WaitReason::None; ///< Suspended
    bool isDirty = false; ///< its open slice has to be published anew
    bool isInGraph = false; ///< its wait is in the wait-for graph
};

/// What the builder keeps of an object that tasks hold. The piece that is going on began at `since`
/// and has the same holders and number of waiters all along; there is none while there are neither.
struct ObjectLife {
    TimestampNs since = 0;
    ObjectId id = kNoObject;
    TrackIndex track = kNoTrack; ///< kNoTrack: not defined, or not of a kind that is held
    std::uint32_t capacity = 0;
    std::uint32_t waiters = 0;
    TaskId lastReleaser = kNoTask;
    bool isDirty = false; ///< its open slice has to be published anew
    HolderList holders;
};

/// What the builder keeps of a thread beside its ThreadInfo. The piece that is going on began at
/// `since` and has the same state and task all along.
struct ThreadLife {
    TimestampNs since = 0;
    TimestampNs switchedIn = 0;
    TimestampNs switchedOut = 0;
    TimeSpan lockWait; ///< blocked pieces that begin in it wait for the interpreter's lock
    ThreadIndex index = kNoThread;
    TrackIndex track = kNoTrack;
    TaskId task = kNoTask; ///< on top
    TaskId ownTask = kNoTask; ///< stands for the thread
    ProcessIndex process = kNoProcess;
    ThreadIndex nextInProcess = kNoThread; ///< alive ones only
    ThreadIndex previousInProcess = kNoThread;
    pid_t pid = 0;
    pid_t tid = 0;
    CoreId core = kNoCore; ///< where it is, or was last
    SliceState state = SliceState::Unknown;
    WaitReason wait = WaitReason::None; ///< of the Wait that is open
    WaitReason reason = WaitReason::None; ///< of the blocked piece
    bool isDerived = false; ///< the piece is
    bool isAlive = true;
    bool isOfRun = true;
    bool isForked = false; ///< its creation is known
    bool isSeen = false; ///< the kernel (or the sampler) has said where it was
    bool isDirty = false; ///< its open slice has to be published anew
    TimestampNs idleUntil = std::numeric_limits<TimestampNs>::min(); ///< was blocked without a task
    std::vector<TaskId> outer; ///< tasks covered by `task`, the innermost last
};

/// What the builder keeps of a process beside its ProcessInfo.
struct ProcessLife {
    std::uint32_t threads = 0; ///< alive
    ThreadIndex firstThread = kNoThread; ///< of those; the others by ThreadLife::nextInProcess
    TaskId firstTask = kNoTask; ///< of those that its threads have spoken of
    TaskId lastTask = kNoTask;
};

/// What the builder keeps of a core.
struct CoreLife {
    TrackIndex track = kNoTrack;
    ThreadIndex occupant = kNoThread;
    bool isSilentSinceLost = false; ///< no record of it has come since records were lost
    std::optional<Slice> open; ///< as published
    std::optional<Slice> sample; ///< the largest share of the newest sampling interval
    std::uint32_t sampleRanNs = 0;
};

/// The join's state machine. Inputs wait in vectors with a sort key of 16 bytes each; all buffers
/// are reused, so that nothing is allocated per event once they have grown.
///
/// Order at equal times: creations, names and losses; switches in and samples; recorder events;
/// switches out and exits; wake-ups; then the order of arrival. So a task that begins at the very
/// time of its thread's switch in begins on the core, and a Wait stamped as the thread leaves the
/// core still gives the reason. Converted TSC stamps may be some 100 ns off the kernel's: a Begin or End that
/// falls just outside of its thread's time on a core is applied where it stands and holds from then
/// on; a Wait that comes just after the switch out still gives its reason to the blocked piece.
///
/// While a task is covered by another one that runs on the same thread, it is Blocked with the
/// reason Await: it waits for the inner one.
struct SliceBuilder::Private {
    struct Key {
        TimestampNs time;
        std::uint64_t order; ///< rank, then index into m_sched or (kRecordRank) m_records
        bool operator<(const Key &o) const
        {
            return time != o.time ? time < o.time : order < o.order;
        }
    };
    struct Record {
        Event event;
        pid_t pid;
        pid_t tid;
    };
    static constexpr int kRankShift = 56;
    static constexpr std::uint64_t kIndexMask = (std::uint64_t(1) << kRankShift) - 1;
    static constexpr std::uint64_t kLockWaitRank = 1; ///< before the switch out at its begin
    static constexpr std::uint64_t kRecordRank = 2;
    static constexpr std::uint64_t kWokenRank = 4;

    Private(Trace &trace, const std::vector<CoreId> &cores, Source source);

    // Inputs (slicebuilder.cpp).
    void addKey(TimestampNs time, std::uint64_t rank, std::size_t index);
    void handleUntil(TimestampNs horizon);
    void keepRest(std::size_t handled);
    void closeEverything(TimestampNs end);
    void publish(TimestampNs horizon);
    void publishOpen(ThreadLife &thread);
    void publishOpen(TaskId task);
    void publishOpen(CoreLife &core);

    // Threads, as the kernel tells (slicebuilder_threads.cpp).
    void handle(const SchedEvent &event, TimestampNs now);
    [[nodiscard]] bool isDying(const SchedEvent &event);
    void switchIn(const SchedEvent &event, TimestampNs now);
    void switchOut(const SchedEvent &event, TimestampNs now);
    void fork(const SchedEvent &event, TimestampNs now);
    void exit(const SchedEvent &event, TimestampNs now);
    void exec(const SchedEvent &event, TimestampNs now);
    void lost(const SchedEvent &event, TimestampNs now);
    void learnRunning(ThreadLife &thread, CoreId coreId, TimestampNs now);
    void evict(CoreLife &core, TimestampNs now);
    void leaveCore(ThreadLife &thread);
    void closeThread(ThreadLife &thread, TimestampNs now);
    void countSwitch(ThreadLife &thread, bool preempted);
    void countMigration(ThreadLife &thread);
    void setName(ThreadLife &thread, const char *name, std::size_t most);
    void found(const SchedEvent &event, TimestampNs now);
    // Processes, and the tasks that stand for threads (slicebuilder_processes.cpp).
    void beginProcess(pid_t pid, const ThreadLife *creator, TimestampNs now, bool isOfRun);
    void joinProcess(ThreadLife &thread, TimestampNs now);
    void leaveProcess(ThreadLife &thread, TimestampNs now);
    void endProcess(ProcessIndex index, TimestampNs now);
    void noteParentProcess(ProcessIndex child, ProcessIndex parent);
    void noteFoundProcess(const ThreadLife &thread, const SchedEvent &event, TimestampNs created);
    void joinRun(ThreadLife &thread, TimestampNs now);
    void forgetProgram(const ThreadLife &thread);
    void giveTask(ThreadLife &thread, TimestampNs now);
    void noteBegunNowhere(TaskId id, TimestampNs now);
    void noteTaskOf(const ThreadLife &thread, TaskId task);
    void endTasksOf(ProcessIndex index, TimestampNs now);
    [[nodiscard]] ProcessIndex newestProcess(pid_t pid) const;
    // Reasons that no recorder has given, and waits for a core after wake-ups (slicebuilder_woken.cpp).
    void addWaitSeen(const SchedEvent &event);
    void addLockWait(const SchedEvent &event);
    void waitSeen(const SchedEvent &event);
    void lockWait(const SchedEvent &event);
    void labelLockWait(ThreadLife &thread);
    void addWoken(const SchedEvent &event);
    void woken(const SchedEvent &event, TimestampNs now);
    void addUnplacedWait(ThreadLife &thread, const SchedEvent &event);
    // The sampled tier (slicebuilder_sampled.cpp).
    void sampled(const SchedEvent &event, TimestampNs now);
    void addSampledTotals(ThreadLife &thread, CoreLife *core, const SchedEvent &event);
    void sampleOnCore(CoreLife &core, const Slice &slice, std::uint32_t ranNs);
    void flushSample(CoreLife &core);

    // Tasks, as the recorder tells (slicebuilder_tasks.cpp).
    void handle(const Record &record, TimestampNs now);
    void queued(const Event &event, TimestampNs now);
    void begin(ThreadLife &thread, TaskId id, TimestampNs now);
    void chain(ThreadLife &thread, TaskId id, TimestampNs now);
    void suspend(TaskId id, const Event &event, TimestampNs now);
    void wait(ThreadLife &thread, WaitReason reason, TimestampNs now);
    void waitEnd(ThreadLife &thread, TimestampNs now);
    void end(TaskId id, TaskOutcome outcome, TimestampNs now);
    void leave(TaskId id, TimestampNs now);
    void noteBegun(ThreadLife &thread, TaskId id, TimestampNs now);
    void noteEnded(TaskId id, TaskOutcome outcome, TimestampNs now);
    void closeTaskPiece(TaskId id, TaskLife &life, TimestampNs until);
    void markDirty(TaskId id, TaskLife &life);
    [[nodiscard]] Slice waitingPieceOf(TaskId id, const TaskLife &life) const;
    [[nodiscard]] TaskLife &taskLife(TaskId id);

    // What tasks hold and wait for (slicebuilder_objects.cpp).
    void learnObjects();
    void acquire(TaskId task, ObjectId object, AccessMode mode, TimestampNs now);
    void release(TaskId task, ObjectId object, TaskId next, TimestampNs now);
    void noteQueuedAt(ObjectId pool, TaskId task, const TaskLife &life, TimestampNs now);
    void beginWaiting(TaskId task, const Event &event, TimestampNs now);
    void endWaiting(TaskId task, TimestampNs now);
    void closeHeldPiece(ObjectLife &object, TimestampNs until);
    void closeObjects(TimestampNs end);
    void publishOpen(ObjectLife &object);
    void lookForDeadlock(TimestampNs horizon);
    [[nodiscard]] ObjectLife *objectLife(ObjectId id);
    [[nodiscard]] static Slice heldPieceOf(const ObjectLife &object);

    // Pieces.
    void closePiece(ThreadLife &thread, TimestampNs until);
    void emitPiece(ThreadLife &thread, const Slice &slice);
    void setState(ThreadLife &thread, SliceState state, WaitReason reason, TimestampNs now);
    void markDirty(ThreadLife &thread);
    [[nodiscard]] Slice pieceOf(const ThreadLife &thread) const;
    [[nodiscard]] static bool isDrawn(const ThreadLife &thread);

    // Who is who.
    [[nodiscard]] bool isKernel() const
    {
        return m_source == Source::Kernel || m_source == Source::KernelWide;
    }
    [[nodiscard]] CoreLife *coreOf(CoreId core)
    {
        return core < m_coreIndex.size() && m_coreIndex[core] >= 0
            ? &m_cores[std::size_t(m_coreIndex[core])]
            : nullptr;
    }
    [[nodiscard]] ThreadLife *newestLife(pid_t tid);
    [[nodiscard]] ThreadLife *aliveThread(pid_t tid);
    ThreadLife &threadOf(pid_t pid, pid_t tid, TimestampNs now);
    ThreadLife &addThread(pid_t pid, pid_t tid, TimestampNs now, bool isOfRun);
    [[nodiscard]] TrackIndex trackOf(ThreadLife &thread);
    [[nodiscard]] TimestampNs endOf(TrackIndex track) const;

    Trace &m_trace;
    const Source m_source;
    TimestampNs m_horizon = std::numeric_limits<TimestampNs>::min();
    TimestampNs m_lastLost =
        std::numeric_limits<TimestampNs>::min(); ///< until when records are missing
    std::uint64_t m_recorded = 0;

    std::vector<Key> m_keys;
    std::vector<SchedEvent> m_sched;
    std::vector<Record> m_records;
    std::vector<Key> m_spareKeys;
    std::vector<SchedEvent> m_spareSched;
    std::vector<Record> m_spareRecords;

    SegmentedVector<ThreadLife> m_threads; ///< by ThreadIndex; does not move when it grows
    std::unordered_map<pid_t, ThreadIndex> m_newestLife; ///< by tid
    std::vector<ProcessLife> m_processes; ///< by ProcessIndex
    std::unordered_map<pid_t, ProcessIndex> m_newestProcess; ///< by pid
    std::function<TaskId()> m_takeTaskId; ///< set: threads are tasks
    pid_t m_cachedTid = -1;
    ThreadLife *m_cachedThread = nullptr;
    SegmentedVector<TaskLife> m_tasks; ///< by TaskId
    std::vector<CoreLife> m_cores;
    std::vector<int> m_coreIndex; ///< by CoreId; -1: not observed
    std::vector<ThreadIndex> m_dirtyThreads;
    std::vector<TaskId> m_dirtyTasks;
    std::vector<ObjectLife> m_objects; ///< by ObjectId; objectLife() makes it grow
    std::size_t m_knownObjects = 0; ///< of the trace's, how many have been looked at
    std::vector<ObjectId> m_dirtyObjects;
    WaitForGraph m_graph;
    std::optional<Deadlock> m_deadlock; ///< the first one
    TimestampNs m_nextLook = std::numeric_limits<TimestampNs>::min(); ///< at the graph, not before
    std::unordered_map<std::string, std::uint32_t> m_names; ///< index into Trace::text()
};

} // namespace Interleave
