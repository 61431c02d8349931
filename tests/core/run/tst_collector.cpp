// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/collector.h"
#include "tests/core/record/helperwriter.h"

#include <QtTest>

#include <csignal>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

constexpr pid_t kRoot = 10;

/// Tells what the test puts into `next`.
class ScriptedObserver : public Observer
{
public:
    explicit ScriptedObserver(std::vector<SchedEvent> &next)
        : m_next(next)
    {
    }
    [[nodiscard]] Source source() const override { return Source::Kernel; }
    void drain(std::vector<SchedEvent> &out) override
    {
        m_safeUntil = monotonicNow();
        out.insert(out.end(), m_next.begin(), m_next.end());
        m_next.clear();
    }
    [[nodiscard]] TimestampNs safeUntil() const override { return m_safeUntil; }
    [[nodiscard]] const std::vector<CoreId> &cores() const override { return m_cores; }

private:
    std::vector<SchedEvent> &m_next;
    std::vector<CoreId> m_cores{0, 1};
    TimestampNs m_safeUntil = 0;
};

SharedRings makeRings()
{
    auto rings = SharedRings::create({4096, 64, 0}, TickSource::Monotonic);
    if (!rings)
        qFatal("%s", rings.error().message.c_str());
    return std::move(rings).value();
}

HelperBoard makeBoard()
{
    auto board = HelperBoard::create(0);
    if (!board)
        qFatal("%s", board.error().message.c_str());
    return std::move(board).value();
}

/// A process that lives until it is ended.
class Child
{
public:
    Child()
        : m_pid(fork())
    {
        if (m_pid == 0) {
            for (;;)
                pause();
        }
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    ~Child()
    {
        end();
        waitpid(m_pid, nullptr, 0);
    }
    [[nodiscard]] pid_t pid() const { return m_pid; }
    /// It stays as a zombie, as one of the run does until its parent asks.
    void end()
    {
        kill(m_pid, SIGKILL);
        siginfo_t info;
        waitid(P_PID, id_t(m_pid), &info, WEXITED | WNOWAIT);
    }

private:
    pid_t m_pid;
};

/// A collector in front of a scripted kernel. The run began a second ago and everything in it happened
/// between then and now, so that each tick passes it.
struct CommandRun {
    CommandRun()
        : rings(makeRings())
        , board(makeBoard())
        , writer(board)
        , trace(std::make_shared<Trace>())
        , collector(trace, rings, std::make_unique<ScriptedObserver>(events),
                    {std::uint64_t(begin), begin}, &board)
    {
        trace->setOrigin(begin);
    }
    void follow()
    {
        collector.followCommand();
        collector.addRoot(kRoot, "root");
    }
    void tell(SchedEventKind kind, DurationNs after, pid_t pid, pid_t tid, pid_t parent = kRoot)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = begin + after;
        event.pid = pid;
        event.tid = tid;
        event.parentPid = parent;
        event.parentTid = parent;
        event.core = 0;
        events.push_back(event);
    }
    void record(std::uint32_t ring, EventKind kind, DurationNs after, TaskId task)
    {
        Event event;
        event.kind = kind;
        event.ticks = std::uint64_t(begin + after);
        event.task = task;
        writeEvent(rings, ring, event);
    }
    /// A process with a slot, its first ring and one task that has begun.
    void startHelped(pid_t pid)
    {
        tell(SchedEventKind::Fork, 10, pid, pid);
        tell(SchedEventKind::SwitchIn, 20, pid, pid);
        writer.claim(0, pid);
        takeRing(rings, 0, pid, pid);
        QVERIFY(writer.write(0, "define\t1\t0\t1\t0\tcoroutine\tTask-1\n"));
        record(0, EventKind::Begin, 30, 1);
    }
    [[nodiscard]] TaskId taskNamed(const char *name) const
    {
        for (TaskId id = 1; id < trace->taskEnd(); ++id) {
            if (trace->taskName(id) == name)
                return id;
        }
        return kNoTask;
    }
    [[nodiscard]] bool isSlotFree() const
    {
        return writer.slot(0).state.load() == SlotState::Free
            && rings.ring(0).state.load() == RingState::Free;
    }

    const TimestampNs begin = monotonicNow() - kSecond;
    std::vector<SchedEvent> events;
    SharedRings rings;
    HelperBoard board;
    HelperWriter writer;
    std::shared_ptr<Trace> trace;
    Collector collector;
};

} // namespace

class TestCollector : public QObject
{
    Q_OBJECT

private slots:
    void whatAHelperTellsIsJoinedWithTheKernels()
    {
        const Child child;
        CommandRun run;
        run.follow();
        run.startHelped(child.pid());
        run.tell(SchedEventKind::SwitchOut, 40, child.pid(), child.pid());
        run.collector.tick();
        const TaskId task = run.taskNamed("Task-1");
        QVERIFY(task != kNoTask);
        QCOMPARE(run.trace->task(task).begun.load(), run.begin + 30);
        QCOMPARE(run.trace->task(task).totals.running.load(), DurationNs(10));
        QVERIFY(run.trace->rangeOf(task)->kind == TaskKind::Coroutine);
        QCOMPARE(run.trace->processCount(), std::size_t(2));
        const TaskId own = run.trace->thread(run.trace->process(1).mainThread.load()).task.load();
        QVERIFY(own != kNoTask && own != task);
        QCOMPARE(run.trace->task(own).totals.running.load(), DurationNs(10));
        QCOMPARE(run.collector.recordedEvents(), std::uint64_t(1));
        QCOMPARE(run.collector.droppedEvents(), std::uint64_t(0));
        run.collector.finish(monotonicNow());
    }

    void namesWaitForTheirThreadsAndComeByTheEnd()
    {
        const Child child;
        CommandRun run;
        run.follow();
        run.startHelped(child.pid());
        const std::string pid = std::to_string(child.pid());
        QVERIFY(run.writer.write(0, "process\t0\t0\t" + pid + "\t0\t\tProcess-1\n"));
        QVERIFY(run.writer.write(0, "thread\t0\t0\t" + pid + "\t0\t\tMainThread\n"));
        run.collector.tick();
        run.collector.finish(monotonicNow());
        QCOMPARE(run.trace->processName(1), std::string("Process-1"));
        QVERIFY(run.trace->process(1).hasHelper.load());
        QVERIFY(run.taskNamed("MainThread") != kNoTask);
    }

    void anExecIsDescribed()
    {
        const Child child;
        CommandRun run;
        run.follow();
        run.tell(SchedEventKind::Fork, 10, child.pid(), child.pid());
        run.tell(SchedEventKind::Exec, 20, child.pid(), child.pid());
        run.collector.tick();
        run.collector.tick();
        QVERIFY(run.trace->processName(1).find("tst_collector") != std::string::npos);
    }

    void whatAProcessHadIsFreeWhenItHasEndedAndWasRead()
    {
        Child child;
        CommandRun run;
        run.follow();
        run.startHelped(child.pid());
        run.record(0, EventKind::End, 50, 1);
        child.end();
        run.tell(SchedEventKind::Exit, 60, child.pid(), child.pid());
        run.collector.tick();
        QVERIFY2(!run.isSlotFree(), "what it wrote at last is read first");
        run.collector.tick();
        QVERIFY(run.isSlotFree());
        const TaskId task = run.taskNamed("Task-1");
        QVERIFY(run.trace->task(task).outcome.load() == TaskOutcome::Finished);
        QCOMPARE(run.trace->task(task).ended.load(), run.begin + 50);
        QVERIFY(run.trace->process(1).ended.load() != 0);
    }

    void whoLivesOnKeepsItsSlot()
    {
        Child child;
        CommandRun run;
        run.follow();
        run.startHelped(child.pid());
        run.tell(SchedEventKind::Exit, 60, child.pid(), child.pid()); // it has gained privileges
        for (int i = 0; i < 5; ++i)
            run.collector.tick();
        QVERIFY(!run.isSlotFree());
        child.end();
        const TimestampNs deadline = monotonicNow() + 10 * kSecond;
        while (!run.isSlotFree() && monotonicNow() < deadline)
            run.collector.tick();
        QVERIFY(run.isSlotFree());
    }

    void anEndThatWasMissedIsNoticed()
    {
        CommandRun run;
        run.follow();
        {
            const Child child;
            run.startHelped(child.pid());
            run.collector.tick();
        } // reaped, and no record says so
        const TimestampNs deadline = monotonicNow() + 10 * kSecond;
        while (!run.isSlotFree() && monotonicNow() < deadline)
            run.collector.tick();
        QVERIFY(run.isSlotFree());
    }

    void garbageIsCountedAndLeftOut()
    {
        const Child child;
        CommandRun run;
        run.follow();
        run.startHelped(child.pid());
        run.record(0, EventKind::End, -2 * kSecond, 1); // before the run
        run.record(0, EventKind::Mark, 50, 1);
        run.record(0, EventKind(99), 50, 1);
        QVERIFY(run.writer.write(0, "garbage\n"));
        takeRing(run.rings, 5, kRoot, kRoot); // of the slot of another process
        run.record(5, EventKind::Begin, 50, 1);
        run.collector.tick();
        QCOMPARE(run.collector.recordedEvents(), std::uint64_t(1));
        QCOMPARE(run.collector.droppedEvents(), std::uint64_t(5));
        QVERIFY(run.trace->task(run.taskNamed("Task-1")).outcome.load() == TaskOutcome::Running);
    }

    void anEnginesEventsAreTakenAsTheyAre()
    {
        CommandRun run;
        run.collector.addRoot(kRoot, "root");
        run.trace->defineTasks(1, 1, TaskKind::Main, kNoTask, "main");
        takeRing(run.rings, 40, kRoot, kRoot);
        run.record(40, EventKind::Begin, 30, 1);
        run.collector.tick();
        QCOMPARE(run.trace->task(1).begun.load(), run.begin + 30);
        QCOMPARE(run.collector.recordedEvents(), std::uint64_t(1));
        QCOMPARE(run.trace->thread(0).task.load(), kNoTask);
    }
};

QTEST_GUILESS_MAIN(TestCollector)
#include "tst_collector.moc"
