// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadeprogram.h"
#include "tests/ui/inspector/contentfacts.h"

#include <QTest>

#include <optional>
#include <utility>

using namespace Interleave;

namespace
{

constexpr pid_t kParentPid = 100;
constexpr pid_t kChildPid = 200;
constexpr TaskId kParent = 1, kWorker = 2, kChild = 3, kOuter = 10, kInner = 11, kJob = 12;

/// A program with a second thread, a child process, a coroutine with another in it, and a job that came
/// from elsewhere; each has run on its own track from 0 to 10.
struct Program : HandmadeProgram {
    Program()
    {
        const ProcessIndex parent = addProcess(kParentPid, kNoProcess, "python3 a.py");
        const ProcessIndex child = addProcess(kChildPid, parent, "python3 b.py");
        const TrackIndex leader = addThread(parent, kParentPid, "MainThread", kParent);
        worker = addMade(parent, 101, "Thread-1", kWorker, kParent);
        process = addMade(child, kChildPid, "MainThread", kChild, kParent);
        outer = addFinerTask(kOuter, TaskKind::Coroutine, kParent, "outer", leader);
        inner = addFinerTask(kInner, TaskKind::Coroutine, kOuter, "inner", leader);
        job = addFinerTask(kJob, TaskKind::Job, kParent, "job", leader);
        for (const auto &[track, task] :
             {std::pair{leader, kParent}, std::pair{worker, kWorker}, std::pair{process, kChild},
              std::pair{outer, kOuter}, std::pair{inner, kInner}, std::pair{job, kJob}})
            add(track, 0, 10, SliceState::Running, task);
        publish(10);
        first = leader;
    }
    /// A thread that another task has created. \return its track.
    TrackIndex addMade(ProcessIndex owner, pid_t tid, const char *name, TaskId task, TaskId maker)
    {
        const TrackIndex track = addThread(owner, tid, name, task);
        const ThreadIndex thread = writable().track(track).thread;
        const TaskKind kind = writable().rangeOf(task)->kind;
        writable().defineThreadTask(task, kind, maker, thread);
        return track;
    }
    /// Who made what has run on that track.
    [[nodiscard]] QString makerOn(TrackIndex track) const
    {
        const TraceSnapshot snapshot(*shared());
        const std::optional<SliceHit> hit = sliceAt(snapshot, track, kOrigin + 5);
        return hit ? fact(sliceContent(snapshot, *hit).facts, "Made by")
                   : QStringLiteral("no slice");
    }

    TrackIndex first = kNoTrack, worker = kNoTrack, process = kNoTrack;
    TrackIndex outer = kNoTrack, inner = kNoTrack, job = kNoTrack;
};

/// What is said of a wait that nobody recorded, or that was recorded.
QString subtitleOf(WaitReason reason, bool isDerived)
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(kParentPid, kNoProcess, "python3 a.py");
    const TrackIndex track = made.addThread(python, kParentPid, "MainThread", kParent);
    Slice wait = HandmadeTrace::slice(0, 10, SliceState::Blocked, kParent, reason);
    wait.thread = made.writable().track(track).thread;
    wait.derived = isDerived;
    made.writable().append(track, wait);
    made.publish(10);
    const TraceSnapshot snapshot(*made.shared());
    const auto hit = sliceAt(snapshot, track, HandmadeTrace::kOrigin + 5);
    return hit ? sliceContent(snapshot, *hit).subtitle : QStringLiteral("no slice");
}

} // namespace

/// What is certain is told as such, what is inferred or seen by chance says so.
class TestInspectorContent : public QObject
{
    Q_OBJECT

private slots:
    void aWaitSaysHowItIsKnown_data()
    {
        QTest::addColumn<int>("reason");
        QTest::addColumn<bool>("isDerived");
        QTest::addColumn<QString>("subtitle");
        QTest::newRow("inferred") << int(WaitReason::GlobalLock) << true
                                  << QStringLiteral("thread 100 · waiting for the GIL (inferred)");
        QTest::newRow("recorded lock of an interpreter")
            << int(WaitReason::GlobalLock) << false
            << QStringLiteral("thread 100 · blocked on the interpreter's lock");
        QTest::newRow("sampled") << int(WaitReason::Sleep) << true
                                 << QStringLiteral("thread 100 · sleeping (sampled)");
        QTest::newRow("recorded") << int(WaitReason::Sleep) << false
                                  << QStringLiteral("thread 100 · sleeping");
        QTest::newRow("no reason at all")
            << int(WaitReason::None) << true << QStringLiteral("thread 100 · blocked");
    }
    void aWaitSaysHowItIsKnown()
    {
        QFETCH(int, reason);
        QFETCH(bool, isDerived);
        QFETCH(QString, subtitle);
        QCOMPARE(subtitleOf(WaitReason(reason), isDerived), subtitle);
    }

    void aTaskSaysWhoMadeIt()
    {
        const Program made;
        QCOMPARE(made.makerOn(made.inner), QStringLiteral("outer"));
        QCOMPARE(made.makerOn(made.outer), QStringLiteral("python3 a.py"));
        QCOMPARE(made.makerOn(made.process), QStringLiteral("python3 a.py"));
        QVERIFY2(made.makerOn(made.first).isEmpty(), "it is the first of all");
        QVERIFY2(made.makerOn(made.job).isEmpty(), "it may have come from another process");
    }

    void aThreadSaysWhichThreadMadeIt()
    {
        HandmadeProgram made;
        const ProcessIndex process = made.addProcess(kParentPid, kNoProcess, "server");
        made.addThread(process, kParentPid, "server", kParent);
        const TrackIndex track = made.addThread(process, 101, "worker", kWorker);
        made.writable().defineThreadTask(kWorker, TaskKind::Thread, kParent,
                                         made.writable().track(track).thread);
        made.add(track, 0, 10, SliceState::Running, kWorker);
        made.publish(10);
        const TraceSnapshot snapshot(*made.shared());
        const auto hit = sliceAt(snapshot, track, HandmadeTrace::kOrigin + 5);
        QVERIFY(hit.has_value());
        QCOMPARE(fact(sliceContent(snapshot, *hit).facts, "Made by"), QStringLiteral("server"));
    }

    void ofWhatWasThereBeforeNobodyKnowsWhoMadeIt()
    {
        Program made;
        QVERIFY(!made.makerOn(made.worker).isEmpty());
        const ThreadIndex thread = made.writable().track(made.worker).thread;
        made.writable().writableThread(thread).wasThere.store(true);
        QVERIFY(made.makerOn(made.worker).isEmpty());
    }

    void aReportCallsItsNumbersByTheirNames()
    {
        RunReport report;
        report.statistics.spawn = 2 * kMillisecond;
        report.recordsLost = 2;
        report.eventsDropped = 1;
        const InspectorContent content = reportContent(report, nullptr);
        QCOMPARE(fact(content.facts, "Records lost"), QStringLiteral("3"));
        QVERIFY(!fact(content.facts, "Start delay, mean").isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestInspectorContent)
#include "tst_inspectorcontent.moc"
