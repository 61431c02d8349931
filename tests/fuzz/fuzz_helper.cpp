// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a language helper says, right or wrong, on its way into a trace: text and events of the shared
// memory, through HelperBoard, RingReader and HelperRecords to SliceBuilder, Trace and the statistics.
// The kernel's records beside it are in any order, but of threads and cores that there are. An input is a
// list of steps. A trace only grows, so one serves kInputsPerTrace inputs; a failure is found again with
// the driver's same seed.
#include "core/query/statistics.h"
#include "core/run/helperrecords.h"
#include "core/trace/slicebuilder.h"
#include "fuzzinput.h"
#include "tests/core/record/helperwriter.h"

#include <memory>
#include <utility>
#include <vector>

using namespace Interleave;
using Fuzz::Input;
using Fuzz::require;

namespace
{

constexpr std::uint32_t kSlots = 2; // used ones, of the board's
constexpr std::uint32_t kRings = kSlots * HelperBoard::kRingsPerSlot;
constexpr std::uint32_t kCapacity = 32;
constexpr int kMostSteps = 40;
constexpr int kMostTicks = 4; // of the collector, in one input
constexpr int kInputsPerTrace = 64;
constexpr int kMostThreads = 8;
constexpr pid_t kRoot = 100; // processes are kRoot, kRoot + 4, ...; four threads each
constexpr TimestampNs kBegin = 10 * kSecond;

enum Step : std::uint8_t {
    Tick,
    Say,
    Record,
    Happen,
    Claim,
    TakeRing,
    ScribbleSlot,
    ScribbleRing,
    Pass,
    End,
    kSteps
};

template<typename T>
T made(Result<T> result, const char *what)
{
    require(result.isOk(), what);
    return std::move(result).value();
}

pid_t tidOf(std::uint8_t byte)
{
    return kRoot + byte % kMostThreads;
}
pid_t pidOf(pid_t tid)
{
    return kRoot + (tid - kRoot) / 4 * 4;
}

/// The shared memories: made once, their lives go on.
struct Shared {
    HelperBoard board = made(HelperBoard::create(HelperBoard::kShowLocks), "no board");
    SharedRings rings =
        made(SharedRings::create({kRings, kCapacity, kRings}, TickSource::Monotonic), "no rings");
    HelperWriter writer{board};
    TimestampNs now = kBegin;
};

/// One trace and all that leads to it: what a run has.
class Run
{
public:
    Run(Shared &shared, Source source)
        : m_shared(shared)
        , m_source(source)
        , m_builder(m_trace, {0, 1, 2}, source)
        , m_records(
              m_trace, shared.board, [this] { return m_nextTask++; },
              [this](const HelperRecords::InterpreterFound &found) {
                  require(found.pid > 0, "an interpreter of no process");
                  require(found.switchInterval >= 0, "a negative interval");
              })
        , m_reader(shared.rings)
    {
        m_trace.setSource(source);
        m_builder.setThreadsAreTasks([this] { return m_nextTask++; });
        m_builder.addRoot(kRoot, shared.now, "python3");
    }

    void tick()
    {
        const TimestampNs now = m_shared.now;
        m_records.hear(now);
        m_events.clear();
        m_drained.clear();
        m_reader.lookBelow(m_shared.board.slotsInUse() * HelperBoard::kRingsPerSlot);
        m_reader.drain(now, std::uint64_t(now), m_events, m_drained);
        for (const RingReader::DrainedRing &ring : m_drained) {
            for (std::size_t i = ring.first; i < ring.first + ring.count; ++i) {
                Event event = m_events[i];
                if (m_records.translate(event, ring.ring, ring.pid))
                    m_builder.addRecord(event, TimestampNs(event.ticks), ring.pid, ring.tid);
            }
        }
        m_builder.process(std::min(now, m_reader.safeUntil()) - kMillisecond);
    }
    void add(const SchedEvent &event)
    {
        if (event.kind != SchedEventKind::Sampled || m_source == Source::Sampled)
            m_builder.addSched(event);
    }
    void end(pid_t pid)
    {
        m_records.processEnded(pid);
        m_shared.board.release(pid);
        m_reader.release(pid);
    }
    /// The end of the run: everything that is shown of it is looked at.
    void finish()
    {
        tick();
        m_shared.now += kMillisecond;
        m_builder.finish(m_shared.now);
        m_records.finish();
        const TraceSnapshot snapshot(m_trace);
        const RunStatistics statistics = computeStatistics(snapshot);
        require(statistics.cpu >= 0 && statistics.wall >= 0 && statistics.overlap >= 0,
                "negative sums");
        for (std::size_t i = 0; i < m_trace.trackCount(); ++i)
            checkTrack(snapshot, TrackIndex(i));
        checkNames();
        freeEverything();
    }

private:
    void checkTrack(const TraceSnapshot &snapshot, TrackIndex index) const
    {
        const Track &track = m_trace.track(index);
        TimestampNs end = 0;
        for (std::size_t i = 0; i < snapshot.sliceCount(index); ++i) {
            const Slice &slice = track.slices[i];
            require(i == 0 || slice.begin >= end, "slices of a track overlap");
            require(slice.end > slice.begin, "an empty slice");
            require(int(slice.state) < kSliceStateCount, "a slice of no state");
            require(std::uint8_t(slice.reason) < kWaitReasonCount, "a slice of no reason");
            require(slice.thread == kNoThread || slice.thread < m_trace.threadCount(),
                    "a slice of no thread");
            require(slice.task == kNoTask || slice.task < m_trace.taskEnd(), "a slice of no task");
            end = slice.end;
        }
    }
    void checkNames() const
    {
        for (ThreadIndex i = 0; i < m_trace.threadCount(); ++i)
            require(!m_trace.threadName(i).empty(), "a thread without a name");
        for (ProcessIndex i = 0; i < m_trace.processCount(); ++i)
            require(m_trace.processName(i).size() <= 400, "a name that is too long");
        for (TaskId id = 1; id < m_trace.taskEnd(); ++id) {
            (void)m_trace.taskName(id);
            TaskId parent = id;
            for (TaskId steps = 0; parent != kNoTask; ++steps) {
                require(steps <= m_trace.taskEnd(), "parents in a circle");
                const TaskRange *range = m_trace.rangeOf(parent);
                parent = range ? range->parent : kNoTask;
            }
        }
    }
    /// For the next run, which has a reader of its own.
    void freeEverything()
    {
        for (const auto &[slot, pid] : m_shared.board.owners())
            m_shared.board.release(pid);
        std::vector<HelperBoard::Line> rest;
        m_shared.board.drain(rest);
        std::memset(reinterpret_cast<char *>(&m_shared.rings.ring(0)), 0,
                    kRings * sizeof(RingHeader));
    }

    Shared &m_shared;
    const Source m_source;
    Trace m_trace;
    TaskId m_nextTask = 1;
    SliceBuilder m_builder;
    HelperRecords m_records;
    RingReader m_reader;
    std::vector<Event> m_events;
    std::vector<RingReader::DrainedRing> m_drained;
};

SchedEvent schedEvent(Input &input, TimestampNs now)
{
    SchedEvent event;
    event.kind = SchedEventKind(input.take<std::uint8_t>() % kSchedEventKindCount);
    event.tid = tidOf(input.take<std::uint8_t>());
    event.pid = pidOf(event.tid);
    event.parentTid = tidOf(input.take<std::uint8_t>());
    event.parentPid = pidOf(event.parentTid);
    event.core = CoreId(input.take<std::uint8_t>() % 3);
    const auto flags = input.take<std::uint8_t>();
    event.preempted = flags & 1;
    event.waiting = flags & 2;
    event.reason = std::uint8_t((flags >> 2) % kWaitReasonCount);
    event.time = now - DurationNs(input.take<std::uint8_t>()) * 1000;
    event.lostSince = event.time - DurationNs(input.take<std::uint16_t>()) * 100;
    event.readyNs = input.take<std::uint16_t>();
    event.ranNs = event.readyNs / 2;
    event.lostRecords = 1;
    event.name = {'p', 'y', 't', 'h', 'o', 'n'};
    return event;
}

/// An event as a helper writes it, stamped a little before now, or with whatever the input says.
void record(const Shared &shared, Input &input)
{
    const std::uint32_t ring = input.take<std::uint8_t>() % kRings;
    const auto age = input.take<std::uint16_t>();
    auto event = input.take<Event>();
    if (age != 0xffff)
        event.ticks = std::uint64_t(shared.now - DurationNs(age) * 10);
    writeEvent(shared.rings, ring, event);
}

void step(Shared &shared, Run &run, Input &input, int &ticks)
{
    const auto kind = Step(input.take<std::uint8_t>() % kSteps);
    if (kind == Tick) {
        if (++ticks <= kMostTicks)
            run.tick();
        return;
    }
    if (kind == Happen) {
        run.add(schedEvent(input, shared.now));
        return;
    }
    if (kind == Record) {
        record(shared, input);
        return;
    }
    if (kind == Pass) {
        shared.now += DurationNs(input.take<std::uint16_t>()) * kMicrosecond;
        return;
    }
    const std::uint8_t which = input.take<std::uint8_t>();
    const std::uint32_t slot = which % kSlots;
    if (kind == Say) {
        const std::uint8_t size = input.take<std::uint8_t>();
        (void)shared.writer.write(slot, input.text(size));
    } else if (kind == Claim) {
        shared.writer.claim(slot, pidOf(tidOf(input.take<std::uint8_t>())));
    } else if (kind == TakeRing) {
        const pid_t tid = tidOf(input.take<std::uint8_t>());
        takeRing(shared.rings, which % kRings, pidOf(tid), tid);
    } else if (kind == ScribbleSlot) {
        const std::size_t at = input.take<std::uint8_t>() % sizeof(HelperSlot);
        auto *bytes = reinterpret_cast<char *>(&shared.writer.slot(slot));
        input.fill(bytes + at, std::min<std::size_t>(16, sizeof(HelperSlot) - at));
    } else if (kind == ScribbleRing) {
        const std::size_t at = input.take<std::uint8_t>() % sizeof(RingHeader);
        auto *bytes = reinterpret_cast<char *>(&shared.rings.ring(which % kRings));
        input.fill(bytes + at, std::min<std::size_t>(16, sizeof(RingHeader) - at));
    } else if (kind == End) {
        run.end(pidOf(tidOf(which)));
    }
}

Fuzz::Output &say(Fuzz::Output &out, std::uint8_t slot, const std::string &line)
{
    return out.put(Say).put(slot).put(std::uint8_t(line.size())).text(line);
}

Fuzz::Output &note(Fuzz::Output &out, std::uint8_t ring, EventKind kind, TaskId task,
                   std::uint16_t age, std::uint8_t reason = 0, std::uint32_t argument = 0)
{
    Event event;
    event.task = task;
    event.cause = task > 1 ? 1 : 0;
    event.kind = kind;
    event.reason = reason;
    event.argument = argument;
    return out.put(Record).put(ring).put(age).put(event);
}

Fuzz::Output &happen(Fuzz::Output &out, SchedEventKind kind, std::uint8_t thread,
                     std::uint8_t parent, std::uint8_t age)
{
    return out.put(Happen)
        .put(kind)
        .put(thread)
        .put(parent)
        .put(std::uint8_t(thread % 3)) // the core
        .put(std::uint8_t(0)) // not preempted
        .put(age)
        .put(std::uint16_t(100))
        .put(std::uint16_t(50));
}

Fuzz::Output opening()
{
    Fuzz::Output out; // a process that Python runs in, with a second thread
    out.put(Claim).put(std::uint8_t(0)).put(std::uint8_t(0));
    out.put(TakeRing).put(std::uint8_t(0)).put(std::uint8_t(0));
    out.put(TakeRing).put(std::uint8_t(1)).put(std::uint8_t(1));
    happen(out, SchedEventKind::SwitchIn, 0, 0, 200);
    happen(out, SchedEventKind::Fork, 1, 0, 190);
    happen(out, SchedEventKind::SwitchIn, 1, 0, 180);
    return out;
}

} // namespace

std::vector<Fuzz::Bytes> Interleave::Fuzz::seeds()
{
    Output tasks = opening(); // two asyncio tasks of one thread
    say(tasks, 0, "interpreter\t0\t311\t100\t0\tgil\t5000000\n");
    say(tasks, 0, "define\t1\t0\t1\t0\tcoroutine\tleft\n");
    say(tasks, 0, "define\t2\t1\t1\t0\tcoroutine\tright\n");
    note(tasks, 0, EventKind::Queued, 1, 900);
    note(tasks, 0, EventKind::Begin, 1, 800);
    note(tasks, 0, EventKind::Suspend, 1, 700, std::uint8_t(WaitReason::Sleep));
    note(tasks, 0, EventKind::Begin, 2, 600);
    note(tasks, 0, EventKind::End, 2, 500);
    note(tasks, 0, EventKind::Resume, 1, 400);
    note(tasks, 0, EventKind::Failed, 1, 300);
    tasks.put(Tick).put(Pass).put(std::uint16_t(5000)).put(Tick);

    Output locks = opening(); // names, a lock, a request, the end of a process
    say(locks, 0, "process\t0\t0\t100\t0\thousekeeping\tMainProcess\n");
    say(locks, 0, "thread\t0\t0\t101\t0\t\tThread-1 (task1)\n");
    say(locks, 0, "object\t1\t0\t1\t0\tlock\tdoor\n");
    say(locks, 0, "define\t3\t0\t1\t0\trequest\tGET /\n");
    note(locks, 0, EventKind::Acquire, 0, 900, 0, 1);
    note(locks, 1, EventKind::Wait, 0, 800, std::uint8_t(WaitReason::Lock), 1);
    note(locks, 0, EventKind::Release, 0, 700, 0, 1);
    note(locks, 1, EventKind::WaitEnd, 0, 600);
    note(locks, 0, EventKind::Suspend, 3, 500, std::uint8_t(WaitReason::Io));
    note(locks, 0, EventKind::End, 3, 400);
    happen(locks, SchedEventKind::SwitchOut, 1, 0, 20);
    happen(locks, SchedEventKind::WaitSeen, 1, 0, 10);
    locks.put(Tick).put(Pass).put(std::uint16_t(5000));
    happen(locks, SchedEventKind::GlobalLockWait, 1, 0, 5);
    happen(locks, SchedEventKind::Exit, 1, 0, 4);
    locks.put(Tick).put(End).put(std::uint8_t(0)).put(Tick);

    Output others = opening(); // a second process, in the second slot
    happen(others, SchedEventKind::Fork, 4, 0, 100);
    happen(others, SchedEventKind::Exec, 4, 0, 90);
    happen(others, SchedEventKind::Found, 5, 4, 80);
    others.put(Claim).put(std::uint8_t(1)).put(std::uint8_t(4));
    others.put(TakeRing).put(std::uint8_t(16)).put(std::uint8_t(4));
    say(others, 1, "define\t1\t0\t1\t0\tjob\tcount\n");
    note(others, 16, EventKind::Begin, 1, 500);
    note(others, 16, EventKind::Chain, 2, 400);
    others.put(Tick).put(Pass).put(std::uint16_t(3000)).put(Tick);
    return {tasks.bytes(), locks.bytes(), others.bytes()};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static Shared shared;
    static std::unique_ptr<Run> run;
    static int inputs = 0;
    if (inputs % kInputsPerTrace == 0) {
        if (run)
            run->finish();
        run.reset(); // before the next: what it has claimed of the board is its own
        constexpr Source kSources[] = {Source::Kernel, Source::KernelWide, Source::Sampled};
        run = std::make_unique<Run>(shared, kSources[inputs / kInputsPerTrace % 3]);
    }
    ++inputs;
    Input input(data, size);
    int ticks = 0;
    for (int i = 0; i < kMostSteps && !input.isEmpty(); ++i)
        step(shared, *run, input, ticks);
    run->tick();
    shared.now += kMicrosecond;
    return 0;
}
