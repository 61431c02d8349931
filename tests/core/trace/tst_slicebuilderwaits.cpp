// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/commandrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilderWaits : public QObject
{
    Q_OBJECT

private slots:
    void aWaitThatWasSeenGivesItsReason();
    void whatARecorderSaysOfAWaitStays_data();
    void whatARecorderSaysOfAWaitStays();
    void aRecorderCorrectsWhatWasSeen();
    void aWaitSeenTooLateIsNotTakenForTheNext();
    void piecesOfAWaitForTheGlobalLockAreLabelled();
    void aLookAtTheGlobalLockStaysRunning();
    void aWakeUpStillSplitsAWaitForTheGlobalLock();
    void aWaitForTheGlobalLockReplacesWhatWasSeen();
    void aWaitForTheGlobalLockMayBeginBeforeTheHorizon();
    void aWaitForTheGlobalLockThatComesTooLateIsLeftOut();
};

namespace
{

/// Thread 11 exists from 50 on, and is on core 0 from 100 to 200.
struct OneThread : CommandRun {
    OneThread()
    {
        fork(50, 11);
        in(100, 11, 0);
        out(200, 11, 0);
    }
    /// What followed 200.
    [[nodiscard]] QString rest() const
    {
        const QString before = QStringLiteral("runnable 50-100 #101; running@0 100-200 #101; ");
        const QString all = thread(11);
        return all.startsWith(before) ? all.mid(before.size()) : all;
    }
};

} // namespace

void TestSliceBuilderWaits::aWaitThatWasSeenGivesItsReason()
{
    OneThread run;
    run.builder.process(220);
    run.waitSeen(250, 11, WaitReason::Futex);
    run.builder.process(260);
    QCOMPARE(run.open(run.trace.thread(run.threadIndex(11)).track.load()),
             QStringLiteral("blocked(futex) 200-260 #101"));
    run.waitSeen(270, 11, WaitReason::Poll); // once is enough
    run.in(300, 11, 0);
    run.out(400, 11, 0);
    run.in(500, 11, 0);
    run.builder.finish(500);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked(futex) 200-300 #101; running@0 300-400 #101; "
                            "blocked 400-500 #101"));
    QVERIFY2(run.slice(11, 2).derived, "it was only read from /proc");
    QVERIFY(!run.slice(11, 4).derived);
    QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
}

void TestSliceBuilderWaits::whatARecorderSaysOfAWaitStays_data()
{
    QTest::addColumn<bool>("isSeen");
    QTest::newRow("seen") << true;
    QTest::newRow("inferred") << false;
}
void TestSliceBuilderWaits::whatARecorderSaysOfAWaitStays()
{
    QFETCH(bool, isSeen);
    OneThread run;
    run.wait(190, 11, WaitReason::Join);
    if (isSeen)
        run.waitSeen(250, 11, WaitReason::Futex);
    else
        run.lockWait(200, 300, 11);
    run.in(300, 11, 0);
    run.builder.finish(300);
    QCOMPARE(run.rest(), QStringLiteral("blocked(join) 200-300 #101"));
    QVERIFY(!run.slice(11, 2).derived);
}

void TestSliceBuilderWaits::aRecorderCorrectsWhatWasSeen()
{
    OneThread run;
    run.waitSeen(201, 11, WaitReason::Futex);
    run.wait(202, 11, WaitReason::Futex); // stamped just after the switch out
    run.in(300, 11, 0);
    run.builder.finish(300);
    QCOMPARE(run.rest(), QStringLiteral("blocked(futex) 200-300 #101"));
    QVERIFY(!run.slice(11, 2).derived);
}

void TestSliceBuilderWaits::aWaitSeenTooLateIsNotTakenForTheNext()
{
    OneThread run;
    run.in(300, 11, 0);
    run.out(310, 11, 0);
    run.builder.process(350);
    run.waitSeen(250, 11, WaitReason::Poll);
    run.builder.finish(400);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked 200-300 #101; running@0 300-310 #101; "
                            "blocked 310-400 #101"));
}

void TestSliceBuilderWaits::piecesOfAWaitForTheGlobalLockAreLabelled()
{
    OneThread run;
    run.in(300, 11, 0);
    run.out(400, 11, 0);
    run.in(500, 11, 0);
    run.lockWait(200, 300, 11);
    run.builder.finish(600);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked(global lock) 200-300 #101; running@0 300-400 #101; "
                            "blocked 400-500 #101; running@0 500-600 #101"));
    QVERIFY2(run.slice(11, 2).derived, "it is inferred");
    QVERIFY(!run.slice(11, 4).derived);
}

void TestSliceBuilderWaits::aLookAtTheGlobalLockStaysRunning()
{
    OneThread run;
    run.in(300, 11, 0);
    run.out(310, 11, 0);
    run.in(400, 11, 0);
    run.preempt(405, 11, 0); // within the wait, but it wants a core
    run.in(410, 11, 0);
    run.out(412, 11, 0);
    run.in(450, 11, 0);
    run.lockWait(200, 450, 11);
    run.builder.finish(500);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked(global lock) 200-300 #101; running@0 300-310 #101; "
                            "blocked(global lock) 310-400 #101; running@0 400-405 #101; "
                            "runnable 405-410 #101; running@0 410-412 #101; "
                            "blocked(global lock) 412-450 #101; running@0 450-500 #101"));
}

void TestSliceBuilderWaits::aWakeUpStillSplitsAWaitForTheGlobalLock()
{
    OneThread run;
    run.in(300, 11, 0);
    run.lockWait(200, 300, 11);
    run.woken(200, 300, 11, 30);
    run.builder.finish(400);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked(global lock) 200-270 #101; "
                            "runnable 270-300 #101; running@0 300-400 #101"));
    QVERIFY(run.slice(11, 2).derived);
}

void TestSliceBuilderWaits::aWaitForTheGlobalLockReplacesWhatWasSeen()
{
    OneThread run;
    run.waitSeen(250, 11, WaitReason::Futex);
    run.builder.process(260);
    run.in(300, 11, 0);
    run.lockWait(200, 300, 11);
    run.builder.finish(300);
    QCOMPARE(run.rest(), QStringLiteral("blocked(global lock) 200-300 #101"));
}

void TestSliceBuilderWaits::aWaitForTheGlobalLockMayBeginBeforeTheHorizon()
{
    OneThread run;
    run.builder.process(299);
    run.in(300, 11, 0);
    run.lockWait(200, 300, 11);
    run.builder.finish(300);
    QCOMPARE(run.rest(), QStringLiteral("blocked(global lock) 200-300 #101"));
}

void TestSliceBuilderWaits::aWaitForTheGlobalLockThatComesTooLateIsLeftOut()
{
    OneThread run;
    run.in(300, 11, 0);
    run.out(310, 11, 0);
    run.builder.process(320);
    run.lockWait(200, 300, 11);
    run.builder.finish(400);
    QCOMPARE(run.rest(),
             QStringLiteral("blocked 200-300 #101; running@0 300-310 #101; "
                            "blocked 310-400 #101"));
    QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
}

QTEST_GUILESS_MAIN(TestSliceBuilderWaits)
#include "tst_slicebuilderwaits.moc"
