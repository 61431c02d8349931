// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/trace.h"

#include <QTest>

#include <utility>

using namespace Interleave;

class TestTraceProcesses : public QObject
{
    Q_OBJECT

private slots:
    void aProcessIsNamedByTheBestThatIsKnown();
    void ourOwnProgramsHaveNamesForPeople();
    void processesNest();
    void aTaskThatStandsForAThreadHasItsName();
    void idsThatAreNotKeptStandForNothing();
};

namespace
{

QString processName(const Trace &trace, ProcessIndex index)
{
    return QString::fromStdString(trace.processName(index));
}

QString taskName(const Trace &trace, TaskId task)
{
    return QString::fromStdString(trace.taskName(task));
}

} // namespace

void TestTraceProcesses::aProcessIsNamedByTheBestThatIsKnown()
{
    Trace trace;
    QCOMPARE(processName(trace, 0), QString());
    QCOMPARE(processName(trace, kNoProcess), QString());
    const ProcessIndex index = trace.addProcess(1234, kNoProcess, 50, true);
    QCOMPARE(processName(trace, index), QStringLiteral("process 1234"));
    ProcessInfo &info = trace.writableProcess(index);
    const ThreadIndex main = trace.addThread(1234, 1234, 50, true);
    info.mainThread.store(main);
    QCOMPARE(processName(trace, index), QStringLiteral("process 1234"));
    trace.writableThread(main).name.store(trace.addText("python3"));
    QCOMPARE(processName(trace, index), QStringLiteral("python3"));
    info.commandLine.store(trace.addText("python3 a.py"));
    QCOMPARE(processName(trace, index), QStringLiteral("python3 a.py"));
    info.name.store(trace.addText("Process-1"));
    QCOMPARE(processName(trace, index), QStringLiteral("Process-1"));
}

/// Of their own, the kernel keeps 15 bytes.
void TestTraceProcesses::ourOwnProgramsHaveNamesForPeople()
{
    const std::pair<const char *, const char *> names[] = {
        {"interleave-engi", "Interleave's engine"}, {"interleave-work", "Interleave's worker"},
        {"interleave-qt-w", "Interleave's worker"}, {"interleave-laun", "Interleave's launcher"},
        {"interleave-serv", "Interleave's server"}, {"interleave", "interleave"},
        {"interleave-engine", "interleave-engine"}, {"my-engine", "my-engine"},
    };
    for (const auto &[kernel, expected] : names) {
        Trace trace;
        const ProcessIndex process = trace.addProcess(10, kNoProcess, 50, true);
        const ThreadIndex main = trace.addThread(10, 10, 50, true);
        trace.writableProcess(process).mainThread.store(main);
        trace.writableThread(main).name.store(trace.addText(kernel));
        QCOMPARE(QString::fromStdString(trace.threadName(main)), QString::fromUtf8(expected));
        QCOMPARE(processName(trace, process), QString::fromUtf8(expected));
    }
}

void TestTraceProcesses::processesNest()
{
    Trace trace;
    const ProcessIndex root = trace.addProcess(10, kNoProcess, 50, true);
    const ProcessIndex child = trace.addProcess(11, root, 60, false);
    QCOMPARE(trace.processCount(), std::size_t(2));
    QCOMPARE(trace.process(child).parent.load(), root);
    QCOMPARE(trace.process(root).parent.load(), kNoProcess);
    QCOMPARE(trace.process(child).pid.load(), pid_t(11));
    QCOMPARE(trace.process(child).created.load(), TimestampNs(60));
    QCOMPARE(trace.process(child).ended.load(), TimestampNs(0));
    QVERIFY(!trace.process(child).ofRun.load());
    QVERIFY(trace.process(child).interpreter.load() == Interpreter::None);
}

void TestTraceProcesses::aTaskThatStandsForAThreadHasItsName()
{
    Trace trace;
    trace.addThread(10, 10, 50, true);
    const ThreadIndex thread = trace.addThread(10, 11, 60, true);
    trace.defineThreadTask(7, TaskKind::Thread, 3, thread);
    QCOMPARE(taskName(trace, 7), QStringLiteral("thread 11"));
    trace.writableThread(thread).name.store(trace.addText("worker"));
    QCOMPARE(taskName(trace, 7), QStringLiteral("worker"));
    const TaskRange *range = trace.rangeOf(7);
    QVERIFY(range);
    QVERIFY(range->isThread);
    QVERIFY(range->kind == TaskKind::Thread);
    QCOMPARE(range->count, 1u);
    QCOMPARE(range->parent, TaskId(3));
    QCOMPARE(trace.thread(thread).task.load(), TaskId(7));
    QCOMPARE(trace.task(7).thread.load(), thread);
    QCOMPARE(trace.task(7).track.load(), kNoTrack);
    QCOMPARE(trace.trackCount(), std::size_t(0));
    QCOMPARE(taskName(trace, 6), QStringLiteral("task 6"));
}

void TestTraceProcesses::idsThatAreNotKeptStandForNothing()
{
    Trace trace;
    const ThreadIndex thread = trace.addThread(10, 10, 50, true);
    trace.defineThreadTask(kNoTask, TaskKind::Process, kNoTask, thread);
    trace.defineThreadTask(Trace::kMostTasks, TaskKind::Process, kNoTask, thread);
    QCOMPARE(trace.taskRangeCount(), std::size_t(0));
    QCOMPARE(trace.thread(thread).task.load(), kNoTask);
}

QTEST_GUILESS_MAIN(TestTraceProcesses)
#include "tst_traceprocesses.moc"
