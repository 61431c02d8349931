// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/segmentedvector.h"
#include "core/base/timestamp.h"
#include "core/record/objectkind.h"
#include "core/sched/observer.h"
#include "core/trace/densitypyramid.h"
#include "core/trace/slice.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

enum class TrackKind : std::uint8_t { Core, Thread, Task, Lock };

/// What a task is made of, which decides the group its lane stands in.
enum class TaskKind : std::uint8_t {
    Main,
    Thread,
    Job,
    Process,
    Coroutine,
    Step,
    Request ///< a request to a server, a query of a database: on no thread of its own
};

/// How a task ended.
enum class TaskOutcome : std::uint8_t {
    Running,
    Finished,
    Cancelled,
    Failed,
    NeverStarted,
    Crashed
};

/// Sums over the slices of one track, with what is known beside them. Written by the trace's writer, read
/// by any thread; each number is right by itself, several of them may be some microseconds apart while the
/// run is live.
struct TrackTotals {
    std::atomic<DurationNs> running{0};
    std::atomic<DurationNs> runnable{0};
    std::atomic<DurationNs> blocked{0};
    std::atomic<DurationNs> suspended{0};
    std::atomic<DurationNs> queued{0};
    std::atomic<DurationNs> others{0};
    /// The part of `runnable` that no slice shows: waits for a core after wake-ups of which only the sum
    /// is known, or was known too late. The slices show it as blocked; `blocked` does not contain it.
    std::atomic<DurationNs> wokenWait{0};
    /// Of a thread: the part of wokenWait that certainly followed waits of tasks.
    std::atomic<DurationNs> wokenWaitOfTasks{0};
    std::atomic<std::uint64_t> voluntary{0};
    std::atomic<std::uint64_t> involuntary{0};
    std::atomic<std::uint64_t> migrations{0};
};

/// Adds to a number that only the calling thread writes: no locked instruction is needed.
template<typename T>
void addAsOnlyWriter(std::atomic<T> &sum, T value)
{
    sum.store(sum.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

/// Adds the slice's length to the sum of its state. Lost, sampled and unknown time has none: the
/// sampler's own numbers are added apart. For the trace's writer.
void addToTotals(TrackTotals &totals, const Slice &slice);

/// A thing with a history: a core, a thread, a task. Never moves, never goes away while its trace lives.
struct Track {
    TrackKind kind = TrackKind::Core;
    CoreId core = kNoCore; ///< of a core track
    ThreadIndex thread = kNoThread; ///< of a thread track
    TaskId task = kNoTask; ///< of a task track
    ObjectId object = kNoObject; ///< of a lock track
    SegmentedVector<Slice> slices;
    DensityPyramid pyramid;
    TrackTotals totals;
    /// The slice that is still open at the horizon; see TraceSnapshot::openSlice().
    struct Open {
        std::atomic<std::uint32_t> version{0};
        std::atomic<TimestampNs> begin{0};
        std::atomic<std::uint64_t> taskAndThread{0};
        std::atomic<std::uint64_t> rest{0}; ///< core, state, reason, fraction, valid
    } open;
};

/// What runs a process's code, as far as it matters for how its threads share the cores.
enum class Interpreter : std::uint8_t {
    None, ///< machine code, or nobody knows
    Python, ///< CPython with its global lock: one thread at a time runs Python code
    FreePython, ///< CPython built without it
};

/// One life of a process. Of runs that start or attach to a person's program; an engine's run has them
/// too. A process that executes another program stays the same one.
struct ProcessInfo {
    std::atomic<pid_t> pid{0};
    std::atomic<ProcessIndex> parent{kNoProcess};
    std::atomic<ThreadIndex> mainThread{kNoThread};
    std::atomic<std::uint32_t> name{
        0}; ///< that the program gave it ("Process-1"); 0: see commandLine
    std::atomic<std::uint32_t> commandLine{0}; ///< "python3 a.py", cut at 400 bytes; 0: not known
    std::atomic<TimestampNs> created{0};
    std::atomic<TimestampNs> ended{0}; ///< 0 while it lives
    std::atomic<DurationNs> switchInterval{0}; ///< of the global lock; 0: not known (5 ms)
    std::atomic<Interpreter> interpreter{Interpreter::None};
    std::atomic<bool> hasHelper{false}; ///< told by itself, or forked from one that has it
    std::atomic<bool> isHousekeeping{false}; ///< of a library (Python's resource tracker): folded
    std::atomic<bool> wasThere{false}; ///< ran before the recording began: known from /proc
    std::atomic<bool> ofRun{true};
};

/// One life of a kernel thread.
struct ThreadInfo {
    std::atomic<pid_t> pid{0};
    std::atomic<pid_t> tid{0};
    std::atomic<ThreadIndex> parent{kNoThread};
    std::atomic<ProcessIndex> process{kNoProcess};
    std::atomic<std::uint32_t> name{0}; ///< see Trace::text()
    std::atomic<bool> isNamedByProgram{false}; ///< in full: the kernel's 15 bytes do not replace it
    std::atomic<TimestampNs> created{0};
    std::atomic<TimestampNs> ended{0}; ///< 0 while it lives
    std::atomic<TrackIndex> track{kNoTrack};
    std::atomic<bool> ofRun{true};
    std::atomic<bool> wasThere{false}; ///< ran before the recording began: known from /proc
    std::atomic<TaskId> task{kNoTask}; ///< of a command's run: the task that stands for the thread
};

/// Consecutive tasks that were defined together: "job 1" ... "job 40".
struct TaskRange {
    TaskId first = kNoTask;
    std::uint32_t count = 0;
    TaskKind kind = TaskKind::Thread;
    TaskId parent = kNoTask;
    std::uint32_t name = 0; ///< the name (count 1) or the prefix (count > 1), see Trace::text()
    bool isThread = false; ///< stands for a thread, whose name it has; no track of its own
};

/// Totals and ends of one task.
struct TaskInfo {
    std::atomic<TrackIndex> track{kNoTrack};
    std::atomic<ThreadIndex> thread{kNoThread}; ///< where it began
    std::atomic<TimestampNs> submitted{0};
    std::atomic<TimestampNs> begun{0};
    std::atomic<TimestampNs> ended{0};
    std::atomic<TaskOutcome> outcome{TaskOutcome::NeverStarted};
    std::atomic<std::uint32_t> range{0}; ///< 1 + index of its TaskRange; 0: see Trace::rangeOf()
    TrackTotals totals; ///< kept here and not in the track, as not every task has a track
};

/// An instant on a track.
struct MarkInfo {
    TimestampNs time = 0;
    TaskId task = kNoTask;
    ThreadIndex thread = kNoThread;
    std::uint32_t number = 0; ///< as in EventKind::Mark; pairs with the text of that number
    MarkKind kind = MarkKind::None;
};

/// A coroutine that made another one run, or a task that gave an object to one that waited for it: for
/// the arrows.
struct FlowInfo {
    TimestampNs time = 0;
    TaskId from = kNoTask;
    TaskId to = kNoTask;
    ObjectId object = kNoObject; ///< what was handed over; none: `from` resumed `to`
};

/// What is known of an object. Value; never changes.
struct ObjectInfo {
    ObjectId id = kNoObject;
    ObjectKind kind = ObjectKind::Lock;
    std::uint32_t capacity = 0;
    std::uint32_t name = 0; ///< see Trace::text()
    TrackIndex track = kNoTrack; ///< of a held object: who holds it
};

/// A value of a counter, from `time` until the next one of that counter.
struct CounterSample {
    TimestampNs time = 0;
    ObjectId object = kNoObject;
    std::uint32_t value = 0;
    TaskId task = kNoTask; ///< who set it
};

/// Everything that is known about a run: append-only and readable while it grows.
///
/// One writer (the collector, through SliceBuilder), any number of readers (through TraceSnapshot).
/// Texts (names, printed lines) are added by the writer too and never change.
class Trace
{
public:
    Trace();
    ~Trace();
    Trace(const Trace &) = delete;
    Trace &operator=(const Trace &) = delete;

    /// The tasks of a range with more than these get no tracks of their own: a lane each would show
    /// nothing.
    static constexpr std::uint32_t kMostTaskTracks = 512;
    /// So many tasks can have names (and tracks) of their own, each a lane to look for.
    static constexpr std::uint32_t kMostNames = 200'000;
    /// So many ranges can have more tasks than have tracks: a name is looked for in all of them.
    static constexpr std::uint32_t kMostBigRanges = 1'000;
    /// Ids at or above are not kept (an engine host that asks for more is not ours).
    static constexpr TaskId kMostTasks = 4'000'000;
    /// Marks with a number at or above keep no text, for the same reason.
    static constexpr std::uint32_t kMostMarkTexts = 4'000'000;
    /// Objects with a number at or above are not kept.
    static constexpr ObjectId kMostObjects = 4096;

    // Queries, any thread.
    /// Time zero of the run, CLOCK_MONOTONIC. 0 until known.
    [[nodiscard]] TimestampNs origin() const { return m_origin.load(std::memory_order_acquire); }
    /// Everything before is final; nothing at or after is published.
    [[nodiscard]] TimestampNs horizon() const { return m_horizon.load(std::memory_order_acquire); }
    [[nodiscard]] bool isFinished() const { return m_finished.load(std::memory_order_acquire); }
    [[nodiscard]] Source source() const { return m_source.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t trackCount() const { return m_tracks.size(); }
    [[nodiscard]] const Track &track(TrackIndex index) const { return m_tracks[index]; }
    [[nodiscard]] std::size_t threadCount() const { return m_threads.size(); }
    [[nodiscard]] const ThreadInfo &thread(ThreadIndex index) const { return m_threads[index]; }
    [[nodiscard]] std::size_t processCount() const { return m_processes.size(); }
    /// In the order in which they were seen first.
    [[nodiscard]] const ProcessInfo &process(ProcessIndex index) const
    {
        return m_processes[index];
    }
    /// What it calls itself, else its command line, else the kernel's name of its first thread.
    [[nodiscard]] std::string processName(ProcessIndex index) const;
    [[nodiscard]] std::size_t taskRangeCount() const { return m_ranges.size(); }
    [[nodiscard]] const TaskRange &taskRange(std::size_t index) const { return m_ranges[index]; }
    /// One past the highest task id that has an info.
    [[nodiscard]] TaskId taskEnd() const { return TaskId(m_tasks.size()); }
    [[nodiscard]] const TaskInfo &task(TaskId id) const { return m_tasks[id]; }
    [[nodiscard]] const SegmentedVector<MarkInfo> &marks() const { return m_marks; }
    [[nodiscard]] const SegmentedVector<FlowInfo> &flows() const { return m_flows; }
    [[nodiscard]] std::size_t objectCount() const { return m_objects.size(); }
    /// In the order in which they were defined.
    [[nodiscard]] const ObjectInfo &object(std::size_t index) const { return m_objects[index]; }
    /// By its number, or nullptr. O(objects).
    [[nodiscard]] const ObjectInfo *findObject(ObjectId id) const;
    /// "fork 1"; "lock 7" when nobody named it; empty for kNoObject.
    [[nodiscard]] std::string objectName(ObjectId id) const;
    [[nodiscard]] const SegmentedVector<CounterSample> &counters() const { return m_counters; }
    /// The range a task was defined in, or nullptr. O(ranges with more than kMostTaskTracks tasks).
    [[nodiscard]] const TaskRange *rangeOf(TaskId id) const;
    /// "prime 7"; "task 7" when nobody named it; empty for kNoTask.
    [[nodiscard]] std::string taskName(TaskId id) const;
    /// What the program calls the thread, else the kernel's name of it, or "thread 1234". Of Interleave's
    /// own programs the kernel keeps only the begin of the name: of these it is "Interleave's engine".
    [[nodiscard]] std::string threadName(ThreadIndex index) const;
    [[nodiscard]] const std::string &text(std::uint32_t index) const { return m_texts[index]; }
    /// What was printed under a mark's number, or nullptr.
    [[nodiscard]] const std::string *markText(std::uint32_t number) const;
    [[nodiscard]] std::uint64_t sliceCount() const
    {
        return m_slices.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t lateEvents() const
    {
        return m_late.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t allocatedBytes() const;

    // The writer's side; all of it on the collector's thread.
    void setOrigin(TimestampNs origin) { m_origin.store(origin, std::memory_order_release); }
    void setSource(Source source) { m_source.store(source, std::memory_order_relaxed); }
    TrackIndex addCoreTrack(CoreId core);
    TrackIndex addThreadTrack(ThreadIndex thread);
    /// Tasks [first, first + count). Gives each a track when few.
    /// \return false when they are not kept: ids out of range, or more names than there may be.
    bool defineTasks(TaskId first, std::uint32_t count, TaskKind kind, TaskId parent,
                     std::string_view name);
    ThreadIndex addThread(pid_t pid, pid_t tid, TimestampNs created, bool ofRun);
    ThreadInfo &writableThread(ThreadIndex index) { return m_threads.writable(index); }
    /// A task that stands for a thread: it has that thread's name, and no track of its own. Ids that
    /// are not kept are ignored.
    void defineThreadTask(TaskId id, TaskKind kind, TaskId parent, ThreadIndex thread);
    ProcessIndex addProcess(pid_t pid, ProcessIndex parent, TimestampNs created, bool ofRun);
    ProcessInfo &writableProcess(ProcessIndex index) { return m_processes.writable(index); }
    /// Grows the table to hold `id`. \return nullptr for ids that are not kept.
    TaskInfo *writableTask(TaskId id);
    Track &writableTrack(TrackIndex index) { return m_tracks.writable(index); }
    std::uint32_t addText(std::string_view text);
    void setMarkText(std::uint32_t number, std::string_view text);
    void addMark(const MarkInfo &mark) { m_marks.append(mark); }
    void addFlow(const FlowInfo &flow) { m_flows.append(flow); }
    /// A second definition of the same number, 0 and numbers from kMostObjects on are ignored.
    void defineObject(ObjectId id, ObjectKind kind, std::uint32_t capacity, std::string_view name);
    void addCounter(const CounterSample &sample) { m_counters.append(sample); }
    /// Appends to the track and its totals. Slices of a track never overlap: one that begins before
    /// the end of the last is cut to begin there. An empty slice is ignored.
    void append(TrackIndex track, const Slice &slice);
    void setOpen(TrackIndex track, const Slice &slice);
    void clearOpen(TrackIndex track);
    void countLate(std::uint64_t events) { m_late.fetch_add(events, std::memory_order_relaxed); }
    /// Makes everything appended so far visible as "up to `horizon`", and extends the pyramids.
    void publish(TimestampNs horizon);
    void finish() { m_finished.store(true, std::memory_order_release); }

private:
    std::atomic<TimestampNs> m_origin{0};
    std::atomic<TimestampNs> m_horizon{0};
    std::atomic<bool> m_finished{false};
    std::atomic<Source> m_source{Source::Events};
    std::atomic<std::uint64_t> m_slices{0};
    std::atomic<std::uint64_t> m_late{0};
    SegmentedVector<Track, 8> m_tracks;
    SegmentedVector<ThreadInfo> m_threads;
    SegmentedVector<ProcessInfo> m_processes;
    SegmentedVector<TaskRange> m_ranges;
    SegmentedVector<TaskInfo> m_tasks;
    SegmentedVector<std::string> m_texts;
    SegmentedVector<MarkInfo> m_marks;
    SegmentedVector<FlowInfo> m_flows;
    SegmentedVector<ObjectInfo> m_objects;
    SegmentedVector<CounterSample> m_counters;
    SegmentedVector<std::atomic<std::uint32_t>> m_markTexts; ///< by number: 1 + index into m_texts
    SegmentedVector<std::uint32_t> m_bigRanges; ///< indices into m_ranges of those without tracks
    // The writer's alone.
    std::uint32_t m_names = 0; ///< at most kMostNames
    std::vector<bool> m_isObjectDefined; ///< by ObjectId
    std::vector<TrackIndex> m_touched; ///< tracks that got slices since the last publish()
    std::vector<std::uint8_t> m_isTouched; ///< by track
};

/// A consistent prefix of a trace: everything before horizon(). Cheap to make (a few loads).
/// Thread: any; keep the Trace alive (shared_ptr) while it is used.
class TraceSnapshot
{
public:
    explicit TraceSnapshot(const Trace &trace);

    [[nodiscard]] const Trace &trace() const { return *m_trace; }
    [[nodiscard]] TimestampNs origin() const { return m_origin; }
    [[nodiscard]] TimestampNs horizon() const { return m_horizon; }
    /// Number of slices of a track that begin before the horizon.
    [[nodiscard]] std::size_t sliceCount(TrackIndex track) const;
    /// The slice that is open at the horizon, ending there; nothing when the track is closed.
    [[nodiscard]] std::optional<Slice> openSlice(TrackIndex track) const;
    /// Index of the first slice that ends after `time`; sliceCount() when none. O(log n).
    [[nodiscard]] std::size_t firstEndingAfter(TrackIndex track, TimestampNs time) const;

private:
    const Trace *m_trace;
    TimestampNs m_origin;
    TimestampNs m_horizon;
};

} // namespace Interleave
