// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/processreports.h"
#include "tests/support/handmadetrace.h"

#include <QTest>

#include <vector>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

constexpr DurationNs ms = kMillisecond;
constexpr DurationNs us = kMicrosecond;

/// Processes and threads whose slices a test writes one by one.
struct Run {
    explicit Run(Source source = Source::Kernel)
        : made(source)
    {
    }

    ProcessIndex process(pid_t pid, Interpreter interpreter = Interpreter::None,
                         ProcessIndex parent = kNoProcess)
    {
        Trace &trace = made.writable();
        const ProcessIndex index =
            trace.addProcess(pid, parent, HandmadeTrace::kOrigin + 1 * ms, true);
        trace.writableProcess(index).interpreter.store(interpreter);
        return index;
    }
    /// \return the thread's track.
    TrackIndex thread(ProcessIndex process, pid_t tid)
    {
        Trace &trace = made.writable();
        const pid_t pid = trace.process(process).pid.load();
        const ThreadIndex index = trace.addThread(pid, tid, HandmadeTrace::kOrigin, true);
        trace.writableThread(index).process.store(process);
        return trace.addThreadTrack(index);
    }
    void add(TrackIndex track, TimestampNs begin, TimestampNs end, SliceState state)
    {
        made.add(track, begin, end, state, kNoTask);
    }
    void running(TrackIndex track, TimestampNs begin, TimestampNs end)
    {
        add(track, begin, end, SliceState::Running);
    }
    void waiting(TrackIndex track, TimestampNs begin, TimestampNs end, bool derived = true)
    {
        Slice slice =
            HandmadeTrace::slice(begin, end, SliceState::Blocked, kNoTask, WaitReason::GlobalLock);
        slice.derived = derived;
        made.writable().append(track, slice);
    }
    std::vector<ProcessReport> reports(TimestampNs horizon = 1000 * ms)
    {
        made.publish(horizon);
        return processReports(TraceSnapshot(*made.shared()));
    }
    /// Two threads that hand the lock to each other every 5 ms, `times` times, with a look of 30 us
    /// while the other one runs.
    void addCrunchers(ProcessIndex process, int times)
    {
        const TrackIndex tracks[] = {thread(process, 11), thread(process, 12)};
        for (int i = 0; i < times; ++i) {
            const TimestampNs begin = i * 5 * ms;
            running(tracks[i % 2], begin, begin + 5 * ms);
            waiting(tracks[1 - i % 2], begin, begin + 5 * ms - 30 * us);
            running(tracks[1 - i % 2], begin + 5 * ms - 30 * us, begin + 5 * ms);
        }
    }

    HandmadeTrace made;
};

const QString kVerdict = u"one at a time: GIL"_s;

} // namespace

class ProcessReportsTest : public QObject
{
    Q_OBJECT

private slots:
    void aTraceWithoutProcessesHasNoReports()
    {
        Run run;
        QVERIFY(run.reports().empty());
    }

    void aProcessIsDescribed()
    {
        Run run;
        const ProcessIndex root = run.process(10, Interpreter::Python);
        const ProcessIndex child = run.process(20, Interpreter::FreePython, root);
        Trace &trace = run.made.writable();
        ProcessInfo &info = trace.writableProcess(root);
        info.commandLine.store(trace.addText("python3 a.py"));
        info.hasHelper.store(true);
        info.isHousekeeping.store(true);
        ProcessInfo &second = trace.writableProcess(child);
        second.name.store(trace.addText("Process-1"));
        second.ended.store(HandmadeTrace::kOrigin + 500 * ms);
        second.wasThere.store(true);
        run.thread(root, 10);
        run.thread(root, 11);
        const auto reports = run.reports();
        QCOMPARE(reports.size(), std::size_t(2));
        const ProcessReport &first = reports[0];
        QCOMPARE(first.pid, 10);
        QCOMPARE(first.parentPid, 0);
        QCOMPARE(first.commandLine, u"python3 a.py"_s);
        QCOMPARE(first.title, u"python3 a.py"_s);
        QVERIFY(first.name.isEmpty());
        QCOMPARE(first.interpreter, u"python"_s);
        QVERIFY(first.hasHelper && first.isHousekeeping && !first.wasThere && !first.hasEnded);
        QCOMPARE(first.threads, 2);
        QCOMPARE(first.start, TimestampNs(1 * ms));
        QCOMPARE(first.end, TimestampNs(1000 * ms)); // the horizon
        QCOMPARE(reports[1].parentPid, 10);
        QCOMPARE(reports[1].name, u"Process-1"_s);
        QCOMPARE(reports[1].title, u"Process-1"_s);
        QCOMPARE(reports[1].interpreter, u"python without a global lock"_s);
        QVERIFY(reports[1].wasThere && reports[1].hasEnded && !reports[1].hasHelper);
        QCOMPARE(reports[1].end, TimestampNs(500 * ms));
        QCOMPARE(reports[1].threads, 0);
    }

    void whatIsNotOfTheRunIsLeftOut()
    {
        Run run;
        run.process(10);
        run.made.writable().addProcess(99, kNoProcess, HandmadeTrace::kOrigin, false);
        const auto reports = run.reports();
        QCOMPARE(reports.size(), std::size_t(1));
        QCOMPARE(reports[0].pid, 10);
    }

    void overlapIsOfTheThreadsOfOneProcess()
    {
        Run run;
        const ProcessIndex one = run.process(10);
        const ProcessIndex other = run.process(20);
        const TrackIndex first = run.thread(one, 10);
        const TrackIndex second = run.thread(one, 11);
        const TrackIndex third = run.thread(other, 20);
        run.running(first, 0, 100 * ms);
        run.running(second, 60 * ms, 80 * ms);
        run.running(second, 100 * ms, 130 * ms); // the first one has just left
        run.running(third, 0, 200 * ms);
        const auto reports = run.reports();
        QCOMPARE(reports[0].cpu, DurationNs(150 * ms));
        QCOMPARE(reports[0].overlap, DurationNs(20 * ms));
        QCOMPARE(reports[1].cpu, DurationNs(200 * ms));
        QCOMPARE(reports[1].overlap, DurationNs(0));
    }

    void threePiecesAtOnceCountOnce()
    {
        Run run;
        const ProcessIndex process = run.process(10);
        for (pid_t tid = 10; tid < 13; ++tid)
            run.running(run.thread(process, tid), 0, 10 * ms);
        QCOMPARE(run.reports()[0].overlap, DurationNs(10 * ms));
    }

    void twoThatComputeUnderTheLockTakeTurns()
    {
        Run run;
        run.addCrunchers(run.process(10, Interpreter::Python), 100);
        const ProcessReport report = run.reports().front();
        QCOMPARE(report.globalLockWaits, std::uint64_t(100));
        QCOMPARE(report.globalLockWait, DurationNs(100 * (5 * ms - 30 * us)));
        QCOMPARE(report.overlap, DurationNs(100 * 30 * us));
        QCOMPARE(report.contended, DurationNs(500 * ms));
        QCOMPARE(report.verdict, kVerdict);
    }

    void aThreadOfInputAndOutputBesideOneThatComputesTakesTurns()
    {
        // All that it is on its core for is to look whether the lock is free, and to take it.
        Run run;
        const ProcessIndex process = run.process(10, Interpreter::Python);
        const TrackIndex cruncher = run.thread(process, 10);
        const TrackIndex reader = run.thread(process, 11);
        for (int i = 0; i < 30; ++i) {
            const TimestampNs begin = i * 15 * ms;
            run.running(cruncher, begin, begin + 15 * ms);
            run.add(reader, begin, begin + 10 * ms, SliceState::Blocked); // sleeps
            run.running(reader, begin + 10 * ms, begin + 10 * ms + 16 * us);
            run.waiting(reader, begin + 10 * ms + 16 * us, begin + 15 * ms - 40 * us);
            run.running(reader, begin + 15 * ms - 40 * us, begin + 15 * ms);
        }
        const ProcessReport report = run.reports().front();
        QCOMPARE(report.overlap, DurationNs(30 * 56 * us)); // its whole CPU time
        QCOMPARE(report.verdict, kVerdict);
    }

    void twoThatAreOnCoresAtOnceDoNot()
    {
        // They compute where the lock is given up (NumPy), and wait for it a little.
        Run run;
        const ProcessIndex process = run.process(10, Interpreter::Python);
        const TrackIndex first = run.thread(process, 10);
        const TrackIndex second = run.thread(process, 11);
        run.running(first, 0, 100 * ms);
        run.waiting(second, 0, 30 * ms);
        run.running(second, 30 * ms, 100 * ms);
        const ProcessReport report = run.reports().front();
        QCOMPARE(report.contended, DurationNs(100 * ms));
        QCOMPARE(report.overlap, DurationNs(70 * ms));
        QVERIFY(report.verdict.isEmpty());
    }

    void tooFewCoresAreNotTheLock()
    {
        Run run;
        const ProcessIndex process = run.process(10, Interpreter::Python);
        const TrackIndex tracks[] = {run.thread(process, 10), run.thread(process, 11)};
        for (int i = 0; i < 50; ++i) {
            run.running(tracks[i % 2], i * 4 * ms, (i + 1) * 4 * ms);
            run.add(tracks[1 - i % 2], i * 4 * ms, (i + 1) * 4 * ms, SliceState::Runnable);
        }
        const ProcessReport report = run.reports().front();
        QCOMPARE(report.contended, DurationNs(200 * ms));
        QCOMPARE(report.overlap, DurationNs(0));
        QVERIFY(report.verdict.isEmpty());
    }

    void threadsThatHardlyMeetAreNotJudged()
    {
        // Each does something while the other one sleeps: one lock or none, nobody could tell.
        Run run;
        const ProcessIndex process = run.process(10, Interpreter::Python);
        const TrackIndex first = run.thread(process, 10);
        const TrackIndex second = run.thread(process, 11);
        run.running(first, 0, 300 * ms);
        run.running(second, 300 * ms, 595 * ms);
        run.waiting(first, 584 * ms, 595 * ms); // 11 ms of 595
        QVERIFY(run.reports().front().contended > kLeastContended);
        QVERIFY(run.reports().front().verdict.isEmpty());
    }

    void aShortMeetingIsNotJudged()
    {
        Run run;
        run.addCrunchers(run.process(10, Interpreter::Python), 1); // 5 ms
        QVERIFY(run.reports().front().verdict.isEmpty());
    }

    void onlyPythonWithItsLockIsJudged()
    {
        for (const Interpreter interpreter : {Interpreter::None, Interpreter::FreePython}) {
            Run run;
            run.addCrunchers(run.process(10, interpreter), 100);
            QVERIFY(run.reports().front().verdict.isEmpty());
        }
    }

    void waitsThatATaskRecordedAreNotInferred()
    {
        Run run;
        const ProcessIndex process = run.process(10, Interpreter::Python);
        const TrackIndex first = run.thread(process, 10);
        run.waiting(first, 0, 10 * ms, false);
        run.waiting(first, 10 * ms, 15 * ms);
        const ProcessReport report = run.reports().front();
        QCOMPARE(report.globalLockWaits, std::uint64_t(1));
        QCOMPARE(report.globalLockWait, DurationNs(5 * ms));
    }

    void aSourceWithoutSwitchesKnowsNoOverlap()
    {
        for (const Source source : {Source::Sampled, Source::Events}) {
            Run run(source);
            const ProcessIndex process = run.process(10, Interpreter::Python);
            run.addCrunchers(process, 100);
            const ProcessReport report = run.reports().front();
            QCOMPARE(report.overlap, DurationNs(0));
            QCOMPARE(report.contended, DurationNs(0));
            QCOMPARE(report.globalLockWaits, std::uint64_t(0));
            QVERIFY(report.verdict.isEmpty());
            QVERIFY(!report.knows.switches);
            QCOMPARE(report.knows.totals, source == Source::Sampled);
            QVERIFY(report.toJson().value("overlap_ns"_L1).isNull());
            QCOMPARE(report.toJson().value("cpu_ns"_L1).isNull(), source == Source::Events);
        }
    }
};

QTEST_GUILESS_MAIN(ProcessReportsTest)
#include "tst_processreports.moc"
