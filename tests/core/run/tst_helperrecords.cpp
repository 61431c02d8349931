// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperrecords.h"
#include "tests/core/record/helperwriter.h"

#include <QtTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace Interleave;

namespace
{

constexpr pid_t kPid = 4711;
constexpr pid_t kOther = 4712;
constexpr TimestampNs kNow = 1'000;

HelperBoard makeBoard()
{
    auto board = HelperBoard::create(0);
    if (!board)
        qFatal("%s", board.error().message.c_str());
    return std::move(board).value();
}

/// A board with a trace behind it. The processes 4711 and 4712 have the slots 0 and 1.
struct Heard {
    Heard()
        : board(makeBoard())
        , writer(board)
        , records(
              trace, board, [this] { return nextTask < lastTask ? nextTask++ : kNoTask; },
              [this](const HelperRecords::InterpreterFound &found) {
                  interpreters.push_back(found);
              })
    {
        writer.claim(0, kPid);
        writer.claim(1, kOther);
    }

    /// What slot `slot` says in one line: fields as in messages.h, separated by blanks.
    void say(std::uint32_t slot, const char *line)
    {
        std::string text(line);
        std::replace(text.begin(), text.end(), ' ', '\t');
        QVERIFY(writer.write(slot, text + '\n'));
        records.hear(kNow);
    }
    /// Makes a process with its first thread and that thread's task, as a trace has them.
    ProcessIndex addProcess(pid_t pid, TaskId task)
    {
        const ProcessIndex process = trace.addProcess(pid, kNoProcess, 50, true);
        const ThreadIndex thread = trace.addThread(pid, pid, 50, true);
        trace.writableProcess(process).mainThread.store(thread);
        trace.defineThreadTask(task, TaskKind::Process, kNoTask, thread);
        return process;
    }
    /// \return whether it is kept; the event as it came out is in `event`.
    bool translate(EventKind kind, TaskId task, TaskId cause = 0, std::uint32_t argument = 0,
                   WaitReason reason = WaitReason::None, std::uint32_t ring = 0, pid_t pid = kPid)
    {
        event = {};
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.argument = argument;
        event.reason = std::uint8_t(reason);
        event.core = 3;
        return records.translate(event, ring, pid);
    }
    [[nodiscard]] QString taskName(TaskId task) const
    {
        return QString::fromStdString(trace.taskName(task));
    }

    Trace trace;
    HelperBoard board;
    HelperWriter writer;
    TaskId nextTask = 100;
    TaskId lastTask = 1'000'000;
    std::vector<HelperRecords::InterpreterFound> interpreters;
    HelperRecords records;
    Event event;
};

} // namespace

class TestHelperRecords : public QObject
{
    Q_OBJECT

private slots:
    void tasksGetTheTracesOwnNumbers()
    {
        Heard heard;
        heard.say(0, "define 1 0 1 0 coroutine Task-1");
        heard.say(1, "define 1 0 1 0 coroutine other");
        heard.say(0, "define 2 1 1 0 job fetch");
        QCOMPARE(heard.taskName(100), QStringLiteral("Task-1"));
        QCOMPARE(heard.taskName(101), QStringLiteral("other"));
        QCOMPARE(heard.taskName(102), QStringLiteral("fetch"));
        QVERIFY(heard.trace.rangeOf(100)->kind == TaskKind::Coroutine);
        QVERIFY(heard.trace.rangeOf(102)->kind == TaskKind::Job);
        QCOMPARE(heard.trace.rangeOf(102)->parent, TaskId(100));

        QVERIFY(heard.translate(EventKind::Resume, 2, 1));
        QCOMPARE(heard.event.task, TaskId(102));
        QCOMPARE(heard.event.cause, TaskId(100));
        QCOMPARE(heard.event.core, kNoCore);
        QVERIFY(heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 16, kOther));
        QCOMPARE(heard.event.task, TaskId(101));
        QCOMPARE(heard.records.refused(), std::uint64_t(0));
    }

    void aTaskWithoutACreatorBelongsToTheMainThread()
    {
        Heard heard;
        heard.addProcess(kPid, 7);
        heard.say(0, "define 1 0 1 0 request GET");
        QCOMPARE(heard.trace.rangeOf(100)->parent, TaskId(7));
        QVERIFY(heard.trace.rangeOf(100)->kind == TaskKind::Request);
    }

    void parentsFormNoCircle()
    {
        Heard heard;
        heard.addProcess(kPid, 7);
        heard.say(0, "define 1 2 1 0 coroutine a");
        heard.say(0, "define 2 1 1 0 coroutine b");
        heard.say(0, "define 3 3 1 0 coroutine itself");
        QCOMPARE(heard.trace.rangeOf(100)->parent, TaskId(7));
        QCOMPARE(heard.trace.rangeOf(101)->parent, TaskId(100));
        QCOMPARE(heard.trace.rangeOf(102)->parent, TaskId(7));
    }

    void anEventBeforeItsDefinitionIsNotLost()
    {
        Heard heard;
        heard.records.hear(kNow);
        QVERIFY(heard.translate(EventKind::Queued, 5));
        QCOMPARE(heard.event.task, TaskId(100));
        heard.say(0, "define 5 0 1 0 coroutine late");
        QCOMPARE(heard.taskName(100), QStringLiteral("late"));
    }

    void aRingOfAnotherProcessIsRefused()
    {
        Heard heard;
        heard.records.hear(kNow);
        QVERIFY(heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 15, kPid));
        QVERIFY(!heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 16, kPid));
        QVERIFY(!heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 32, kPid));
        QVERIFY(!heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 32, 0));
        QVERIFY(!heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 0xffffffffu, kPid));
        QCOMPARE(heard.records.refused(), std::uint64_t(4));
    }

    void aSecondSlotOfAProcessHasTheSameTasks()
    {
        Heard heard;
        heard.writer.claim(2, kPid);
        heard.say(0, "define 1 0 1 0 coroutine one");
        QVERIFY(heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 32, kPid));
        QCOMPARE(heard.event.task, TaskId(100));
    }

    void aTaskOfNoneIsForWaitsOnly_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("none") << int(EventKind::None) << false;
        QTest::newRow("queued") << int(EventKind::Queued) << false;
        QTest::newRow("begin") << int(EventKind::Begin) << false;
        QTest::newRow("end") << int(EventKind::End) << false;
        QTest::newRow("suspend") << int(EventKind::Suspend) << false;
        QTest::newRow("failed") << int(EventKind::Failed) << false;
        QTest::newRow("wait") << int(EventKind::Wait) << true;
        QTest::newRow("wait end") << int(EventKind::WaitEnd) << true;
        QTest::newRow("mark") << int(EventKind::Mark) << false;
        QTest::newRow("acquire") << int(EventKind::Acquire) << true;
        QTest::newRow("counter") << int(EventKind::Counter) << true;
    }
    void aTaskOfNoneIsForWaitsOnly()
    {
        QFETCH(int, kind);
        QFETCH(bool, isKept);
        Heard heard;
        heard.say(0, "object 4 0 0 0 lock mutex");
        QCOMPARE(heard.translate(EventKind(kind), 0, 0, 4), isKept);
        if (isKept)
            QCOMPARE(heard.event.task, kNoTask);
        QCOMPARE(heard.records.refused(), std::uint64_t(isKept ? 0 : 1));
    }

    void objectsGetTheTracesOwnNumbers()
    {
        Heard heard;
        heard.say(0, "object 900 0 1 0 lock first");
        heard.say(1, "object 900 0 3 0 semaphore second");
        QCOMPARE(heard.trace.objectCount(), std::size_t(2));
        QCOMPARE(QString::fromStdString(heard.trace.objectName(1)), QStringLiteral("first"));
        QCOMPARE(heard.trace.findObject(2)->capacity, 3u);
        QVERIFY(heard.trace.findObject(2)->kind == ObjectKind::Semaphore);
        QVERIFY(heard.translate(EventKind::Wait, 0, 0, 900, WaitReason::Lock, 16, kOther));
        QCOMPARE(heard.event.argument, 2u);
        QVERIFY(heard.translate(EventKind::Wait, 0, 0, 901, WaitReason::Lock));
        QCOMPARE(heard.event.argument, kNoObject); // it waits all the same
        QVERIFY(!heard.translate(EventKind::Acquire, 0, 0, 901));
        QVERIFY(heard.translate(EventKind::Release, 0, 1, 900));
        QCOMPARE(heard.event.argument, 1u);
        QVERIFY(heard.event.cause != kNoTask);
        QVERIFY(heard.translate(EventKind::Counter, 0, 77, 900));
        QCOMPARE(heard.event.cause, TaskId(77)); // the value
    }

    void theAwaitedTaskOfASuspensionIsTranslated()
    {
        Heard heard;
        heard.say(0, "define 1 0 1 0 coroutine a");
        heard.say(0, "define 2 0 1 0 coroutine b");
        QVERIFY(heard.translate(EventKind::Suspend, 1, 0, 2, WaitReason::Await));
        QCOMPARE(heard.event.argument, 101u);
        QVERIFY(heard.translate(EventKind::Suspend, 1, 0, 2, WaitReason::Io));
        QCOMPARE(heard.event.argument, 0u);
    }

    void namesOfProcessesAndThreadsComeWhenTheTraceHasThem()
    {
        Heard heard;
        heard.say(0, "process 0 0 4711 0  Process-1");
        heard.say(0, "thread 0 0 4711 0  MainThread");
        heard.say(0, "interpreter 0 311 4711 0 gil 2000000");
        QCOMPARE(heard.interpreters.size(), std::size_t(1));
        QCOMPARE(heard.interpreters[0].pid, kPid);
        QVERIFY(heard.interpreters[0].interpreter == Interpreter::Python);
        QCOMPARE(heard.interpreters[0].switchInterval, 2 * kMillisecond);

        const ProcessIndex process = heard.addProcess(kPid, 7);
        heard.trace.publish(kNow + 1);
        heard.records.hear(kNow + 1);
        const ProcessInfo &info = heard.trace.process(process);
        QCOMPARE(QString::fromStdString(heard.trace.processName(process)),
                 QStringLiteral("Process-1"));
        QVERIFY(info.interpreter.load() == Interpreter::Python);
        QCOMPARE(info.switchInterval.load(), 2 * kMillisecond);
        QVERIFY(info.hasHelper.load());
        QVERIFY(!info.isHousekeeping.load());
        QCOMPARE(heard.taskName(7), QStringLiteral("MainThread"));
        QVERIFY(heard.trace.thread(0).isNamedByProgram.load());
    }

    void afterAnExecTheNewHelperIsTold()
    {
        Heard heard;
        const ProcessIndex process = heard.addProcess(kPid, 7);
        heard.trace.publish(kNow + 1);
        heard.say(0, "interpreter 0 311 4711 0 gil 5000000");
        QVERIFY(heard.trace.process(process).hasHelper.load());
        heard.trace.writableProcess(process).hasHelper.store(false); // as an exec does
        heard.say(0, "interpreter 0 311 4711 0 gil 5000000");
        QVERIFY(heard.trace.process(process).hasHelper.load());
    }

    void theNameThatTheProgramUsesReplacesTheKernels()
    {
        Heard heard;
        heard.addProcess(kPid, 7);
        const ThreadIndex thread = heard.trace.addThread(kPid, kPid + 100, 60, true);
        heard.trace.defineThreadTask(8, TaskKind::Thread, 7, thread);
        heard.trace.writableThread(thread).name.store(heard.trace.addText("python3"));
        QCOMPARE(heard.taskName(8), QStringLiteral("python3"));
        heard.say(0, "thread 0 0 4811 0  ThreadPoolExecutor-0_0");
        heard.records.finish();
        QCOMPARE(heard.taskName(8), QStringLiteral("ThreadPoolExecutor-0_0"));
        QVERIFY(heard.trace.thread(thread).isNamedByProgram.load());
        QVERIFY(!heard.trace.thread(0).isNamedByProgram.load());
    }

    void housekeepingIsMarked()
    {
        Heard heard;
        const ProcessIndex process = heard.addProcess(kPid, 7);
        heard.say(0, "process 0 0 4711 0 housekeeping ");
        heard.records.finish();
        QVERIFY(heard.trace.process(process).isHousekeeping.load());
        QCOMPARE(heard.trace.process(process).name.load(), 0u);
    }

    void aBuildWithoutAGlobalLockIsTold()
    {
        Heard heard;
        heard.say(0, "interpreter 0 313 4711 0 free -1");
        QVERIFY(heard.interpreters.at(0).interpreter == Interpreter::FreePython);
        QCOMPARE(heard.interpreters[0].switchInterval, DurationNs(0));
    }

    void whatMakesNoSenseIsCountedAndLeftOut_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("no message") << QByteArray("garbage");
        QTest::newRow("of an engine") << QByteArray("result 0 0 0 0 key 5");
        QTest::newRow("mark text") << QByteArray("line 1 0 3 0 key text");
        QTest::newRow("kind of task") << QByteArray("define 1 0 1 0 thing name");
        QTest::newRow("several tasks") << QByteArray("define 1 0 2 0 coroutine name");
        QTest::newRow("no task") << QByteArray("define 0 0 1 0 coroutine name");
        QTest::newRow("too many tasks") << QByteArray("define 1000001 0 1 0 coroutine name");
        QTest::newRow("kind of object") << QByteArray("object 1 0 1 0 thing name");
        QTest::newRow("no object") << QByteArray("object 0 0 1 0 lock name");
        QTest::newRow("another process") << QByteArray("process 0 0 4712 0  name");
        QTest::newRow("its interpreter") << QByteArray("interpreter 0 311 4712 0 gil 5000000");
        QTest::newRow("no interpreter") << QByteArray("interpreter 0 311 4711 0 ruby 5000000");
        QTest::newRow("no thread") << QByteArray("thread 0 0 0 0  name");
        QTest::newRow("no name") << QByteArray("thread 0 0 4711 0  ");
    }
    void whatMakesNoSenseIsCountedAndLeftOut()
    {
        QFETCH(QByteArray, line);
        Heard heard;
        heard.say(0, line.constData());
        QCOMPARE(heard.records.refused(), std::uint64_t(1));
        QCOMPARE(heard.trace.taskRangeCount(), std::size_t(0));
        QCOMPARE(heard.trace.objectCount(), std::size_t(0));
        QVERIFY(heard.interpreters.empty());
    }

    void objectsAreLimitedForEachProcess()
    {
        Heard heard;
        for (std::uint32_t i = 1; i <= HelperRecords::kMostObjects + 1; ++i)
            heard.say(0, ("object " + std::to_string(i) + " 0 0 0 lock x").c_str());
        QCOMPARE(heard.trace.objectCount(), std::size_t(HelperRecords::kMostObjects));
        QCOMPARE(heard.records.refused(), std::uint64_t(1));
        heard.say(1, "object 1 0 0 0 lock y");
        QCOMPARE(heard.trace.objectCount(), std::size_t(HelperRecords::kMostObjects) + 1);
    }

    void whenTheTraceHasNoNumbersLeftEventsAreRefused()
    {
        Heard heard;
        heard.lastTask = 101;
        heard.records.hear(kNow);
        QVERIFY(heard.translate(EventKind::Begin, 1));
        QVERIFY(!heard.translate(EventKind::Begin, 2));
        QVERIFY(heard.translate(EventKind::End, 1));
    }

    void namesBeyondWhatATraceKeepsAreCounted()
    {
        constexpr std::uint32_t kAtOnce = 500;
        static_assert(Trace::kMostNames % kAtOnce == 0);
        Heard heard;
        for (TaskId first = 1'000; first < 1'000 + Trace::kMostNames - kAtOnce; first += kAtOnce)
            QVERIFY(heard.trace.defineTasks(first, kAtOnce, TaskKind::Job, kNoTask, "job"));
        constexpr TaskId kRest = 1'000 + Trace::kMostNames;
        QVERIFY(heard.trace.defineTasks(kRest, kAtOnce - 1, TaskKind::Job, kNoTask, "job"));
        heard.say(0, "define 1 0 1 0 coroutine last");
        QCOMPARE(heard.records.taskNamesLeftOut(), std::uint64_t(0));
        heard.say(0, "define 2 0 1 0 coroutine beyond");
        QCOMPARE(heard.records.taskNamesLeftOut(), std::uint64_t(1));
        QCOMPARE(heard.taskName(100), QStringLiteral("last"));
        QCOMPARE(heard.taskName(101), QStringLiteral("task 101"));
        QVERIFY2(heard.translate(EventKind::Begin, 2), "what it does is told all the same");
        QCOMPARE(heard.records.refused(), std::uint64_t(0));
    }

    void aLongNameIsCutBetweenCharacters()
    {
        Heard heard;
        const std::string line = "define\t1\t0\t1\t0\tcoroutine\tx";
        std::string name;
        for (int i = 0; i < 300; ++i)
            name += "\xc3\xa4"; // an umlaut: two bytes, so that byte 400 is in the middle of one
        QVERIFY(heard.writer.write(0, line + name + '\n'));
        heard.records.hear(kNow);
        QCOMPARE(heard.trace.taskName(100).size(), std::size_t(399));
        QCOMPARE(heard.taskName(100).size(), qsizetype(200));
    }

    void theNextProcessInASlotCountsAnew()
    {
        Heard heard;
        heard.say(0, "define 1 0 1 0 coroutine first");
        heard.records.processEnded(kPid);
        heard.board.release(kPid);
        QVERIFY(!heard.translate(EventKind::Begin, 1));
        heard.writer.claim(0, kPid + 10);
        heard.say(0, "define 1 0 1 0 coroutine second");
        QVERIFY(heard.translate(EventKind::Begin, 1, 0, 0, WaitReason::None, 0, kPid + 10));
        QCOMPARE(heard.taskName(heard.event.task), QStringLiteral("second"));
        QCOMPARE(heard.taskName(100), QStringLiteral("first"));
        QVERIFY(!heard.translate(EventKind::Begin, 1));
    }
};

QTEST_GUILESS_MAIN(TestHelperRecords)
#include "tst_helperrecords.moc"
