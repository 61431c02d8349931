// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/tracefacts.h"

#include <QtTest>

using namespace Interleave;

class TestTraceFacts : public QObject
{
    Q_OBJECT

private slots:
    void aFactWaitsForItsProcess()
    {
        Trace trace;
        TraceFacts facts(trace);
        int applied = 0;
        trace.publish(500);
        facts.ofProcess(10, 100, [&](ProcessInfo &info) {
            ++applied;
            info.isHousekeeping.store(true);
        });
        facts.settle(600);
        QCOMPARE(applied, 0);
        const ProcessIndex index = trace.addProcess(10, kNoProcess, 90, true);
        facts.settle(700);
        facts.settle(800);
        QCOMPARE(applied, 1);
        QVERIFY(trace.process(index).isHousekeeping.load());
    }

    void aFactWaitsForItsTime()
    {
        Trace trace;
        TraceFacts facts(trace);
        trace.addProcess(10, kNoProcess, 90, true);
        int applied = 0;
        facts.ofProcess(10, 100, [&](ProcessInfo &) { ++applied; });
        trace.publish(100); // what happened at 100 is still ahead
        facts.settle(150);
        QCOMPARE(applied, 0);
        trace.publish(101);
        facts.settle(160);
        QCOMPARE(applied, 1);
    }

    void theNewestLifeIsMeant()
    {
        Trace trace;
        TraceFacts facts(trace);
        const ProcessIndex first = trace.addProcess(10, kNoProcess, 50, true);
        trace.writableProcess(first).ended.store(60);
        const ProcessIndex second = trace.addProcess(10, kNoProcess, 70, true);
        trace.publish(100);
        QCOMPARE(facts.processOf(10), second);
        QCOMPARE(facts.processOf(11), kNoProcess);
        facts.ofProcess(10, 80, [](ProcessInfo &info) { info.hasHelper.store(true); });
        facts.settle(100);
        QVERIFY(!trace.process(first).hasHelper.load());
        QVERIFY(trace.process(second).hasHelper.load());
    }

    void aThreadOfAnotherProcessIsLeftAlone()
    {
        Trace trace;
        TraceFacts facts(trace);
        const ThreadIndex thread = trace.addThread(10, 12, 50, true);
        trace.publish(100);
        int applied = 0;
        facts.ofThread(11, 12, 60, [&](ThreadInfo &) { ++applied; });
        facts.ofThread(10, 0, 60, [&](ThreadInfo &) { ++applied; });
        facts.settle(100);
        QCOMPARE(applied, 0);
        facts.ofThread(10, 12, 60, [&](ThreadInfo &info) {
            ++applied;
            QCOMPARE(&info, &trace.writableThread(thread));
        });
        facts.settle(100);
        QCOMPARE(applied, 1);
    }

    void whatNeverFindsItsPlaceIsLeftOut()
    {
        Trace trace;
        TraceFacts facts(trace);
        trace.publish(500);
        int applied = 0;
        facts.ofProcess(10, 100, [&](ProcessInfo &) { ++applied; });
        facts.settle(100 + TraceFacts::kLongestWait + 1);
        trace.addProcess(10, kNoProcess, 90, true);
        facts.settle(100 + TraceFacts::kLongestWait + 2);
        facts.finish();
        QCOMPARE(applied, 0);
    }

    void moreThanMayWaitAreLeftOut()
    {
        Trace trace;
        TraceFacts facts(trace);
        std::size_t applied = 0;
        constexpr pid_t kProcesses = 100; // each has room, but all together have not
        for (std::size_t i = 0; i < TraceFacts::kMostWaiting + 1; ++i)
            facts.ofProcess(pid_t(i) % kProcesses + 1, 100, [&](ProcessInfo &) { ++applied; });
        QCOMPARE(facts.leftOut(), std::uint64_t(1));
        for (pid_t pid = 1; pid <= kProcesses; ++pid)
            trace.addProcess(pid, kNoProcess, 90, true);
        facts.finish();
        QCOMPARE(applied, TraceFacts::kMostWaiting);
    }

    void oneProcessLeavesRoomForTheOthers()
    {
        Trace trace;
        TraceFacts facts(trace);
        std::size_t ofOne = 0, ofAnother = 0;
        for (std::size_t i = 0; i < 2 * TraceFacts::kMostWaiting; ++i)
            facts.ofThread(10, pid_t(i) + 1000, 100, [&](ThreadInfo &) { ++ofOne; });
        QCOMPARE(facts.leftOut(),
                 std::uint64_t(2 * TraceFacts::kMostWaiting - TraceFacts::kMostOfOne));
        facts.ofProcess(11, 100, [&](ProcessInfo &) { ++ofAnother; });
        trace.addProcess(11, kNoProcess, 90, true);
        for (std::size_t i = 0; i < TraceFacts::kMostWaiting; ++i)
            trace.addThread(10, pid_t(i) + 1000, 90, true);
        facts.finish();
        QCOMPARE(ofOne, TraceFacts::kMostOfOne);
        QCOMPARE(ofAnother, std::size_t(1));
    }

    void thereIsRoomAgainForWhatFollows_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("after they have found their place") << true;
        QTest::newRow("after they have waited too long") << false;
    }
    void thereIsRoomAgainForWhatFollows()
    {
        QFETCH(bool, isThere);
        Trace trace;
        TraceFacts facts(trace);
        if (isThere)
            trace.addProcess(10, kNoProcess, 90, true);
        trace.publish(500);
        constexpr TimestampNs kLate = 100 + TraceFacts::kLongestWait + 1;
        std::size_t applied = 0;
        for (int round = 0; round < 3; ++round) {
            for (std::size_t i = 0; i < TraceFacts::kMostOfOne; ++i)
                facts.ofProcess(10, 100, [&](ProcessInfo &) { ++applied; });
            facts.settle(kLate);
        }
        QCOMPARE(facts.leftOut(), std::uint64_t(0));
        QCOMPARE(applied, isThere ? 3 * TraceFacts::kMostOfOne : std::size_t(0));
    }

    void atTheEndNothingHasToWait()
    {
        Trace trace;
        TraceFacts facts(trace);
        trace.addProcess(10, kNoProcess, 90, true);
        int applied = 0;
        facts.ofProcess(10, 1'000, [&](ProcessInfo &) { ++applied; });
        facts.settle(1'000);
        QCOMPARE(applied, 0);
        facts.finish();
        QCOMPARE(applied, 1);
    }
};

QTEST_GUILESS_MAIN(TestTraceFacts)
#include "tst_tracefacts.moc"
