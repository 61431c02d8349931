// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/stopladder.h"

#include <QtTest>

#include <limits>
#include <utility>

using namespace Interleave;

using Rung = StopLadder::Rung;

/// What cannot be ended at all cannot be made without privileges (a vfork(2) parent, too, can be killed
/// since Linux 3.4): so the times are tested, and the real signals in tst_faults.
class TestStopLadder : public QObject
{
    Q_OBJECT

private:
    static constexpr TimestampNs kAsked = 1000 * kSecond;

private slots:
    void nothingIsDueBeforeSomebodyAsks()
    {
        StopLadder ladder;
        QVERIFY(!ladder.isAsked());
        QVERIFY(!ladder.climb(std::numeric_limits<TimestampNs>::max()).has_value());
        QCOMPARE(ladder.rung(), Rung::NotAsked);
    }

    void eachRungIsDueOnceAndAtItsTime()
    {
        StopLadder ladder;
        ladder.ask(kAsked);
        QVERIFY(ladder.isAsked());
        QCOMPARE(ladder.rung(), Rung::Flag);
        TimestampNs now = kAsked;
        const std::pair<DurationNs, Rung> steps[] = {{StopLadder::kAfterFlag, Rung::Term},
                                                     {StopLadder::kAfterTerm, Rung::Kill},
                                                     {StopLadder::kAfterKill, Rung::GivenUp}};
        for (const auto &[patience, rung] : steps) {
            QVERIFY(!ladder.climb(now).has_value());
            QVERIFY(!ladder.climb(now + patience - 1).has_value());
            now += patience;
            QVERIFY(ladder.climb(now) == rung);
            QCOMPARE(ladder.rung(), rung);
        }
        QVERIFY(!ladder.climb(std::numeric_limits<TimestampNs>::max()).has_value());
        QCOMPARE(ladder.rung(), Rung::GivenUp);
    }

    void whoLooksLateStillGivesEachRungItsTime()
    {
        StopLadder ladder;
        ladder.ask(kAsked);
        const TimestampNs late = kAsked + 3600 * kSecond;
        QVERIFY(ladder.climb(late) == Rung::Term);
        QVERIFY(!ladder.climb(late).has_value());
        QVERIFY(!ladder.climb(late + StopLadder::kAfterTerm - 1).has_value());
        QVERIFY(ladder.climb(late + StopLadder::kAfterTerm) == Rung::Kill);
    }

    void askingAgainChangesNothing()
    {
        StopLadder ladder;
        ladder.ask(kAsked);
        ladder.ask(kAsked + StopLadder::kAfterFlag - 1);
        QVERIFY(ladder.climb(kAsked + StopLadder::kAfterFlag) == Rung::Term);
        ladder.ask(kAsked + StopLadder::kAfterFlag);
        QCOMPARE(ladder.rung(), Rung::Term);
    }
};

QTEST_GUILESS_MAIN(TestStopLadder)
#include "tst_stopladder.moc"
