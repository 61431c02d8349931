// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/busycheck.h"

#include <QTest>

#include <initializer_list>

using namespace Interleave;

namespace
{

/// Two cores that have been busy and idle for so long, in ms.
BusyCheck::Reading reading(TimestampNs atMs, DurationNs ownMs,
                           std::initializer_list<CoreLoad> cores)
{
    BusyCheck::Reading result{atMs * kMillisecond, ownMs * kMillisecond, cores};
    for (CoreLoad &core : result.cores) {
        core.busy *= kMillisecond;
        core.idle *= kMillisecond;
        core.steal *= kMillisecond;
    }
    return result;
}

} // namespace

class BusyCheckTest : public QObject
{
    Q_OBJECT

private slots:
    void oneReadingSaysNothing()
    {
        BusyCheck check;
        QVERIFY(!check.shareAt(0).has_value());
        QVERIFY(check.remark().empty());
        check.add(reading(1000, 0, {{500, 500, 0}, {0, 1000, 0}}));
        QVERIFY(!check.shareAt(1000 * kMillisecond).has_value());
        QVERIFY(!check.isMeasuredAt(1000 * kMillisecond));
    }

    void theShareIsThatOfTheLastWindowOnAllCores()
    {
        BusyCheck check;
        check.add(reading(1000, 0, {{9000, 0, 0}, {9000, 0, 0}}));
        check.add(reading(1300, 0, {{9300, 0, 0}, {9060, 240, 0}}));
        QCOMPARE(*check.shareAt(1300 * kMillisecond), 0.6);
        check.add(reading(1600, 0, {{9300, 300, 0}, {9060, 540, 0}}));
        QCOMPARE(*check.shareAt(1600 * kMillisecond), 0.0);
    }

    void whatTheHypervisorTakesIsBusyToo()
    {
        const auto share =
            BusyCheck::shareBetween(reading(0, 0, {{0, 0, 0}}), reading(300, 0, {{0, 150, 150}}));
        QCOMPARE(share.value_or(-1), 0.5);
    }

    void whatThisProcessComputesIsNothingElse()
    {
        const auto before = reading(0, 100, {{0, 0, 0}, {0, 0, 0}});
        QCOMPARE(BusyCheck::shareBetween(before, reading(300, 300, {{200, 100, 0}, {0, 300, 0}}))
                     .value_or(-1),
                 0.0);
        // Its time is exact, the machine's is in ticks: never less than nothing.
        QCOMPARE(BusyCheck::shareBetween(before, reading(300, 399, {{200, 100, 0}, {0, 300, 0}}))
                     .value_or(-1),
                 0.0);
    }

    void readingsThatDoNotBelongTogetherSayNothing()
    {
        const auto one = reading(0, 0, {{1, 1, 0}});
        QVERIFY(!BusyCheck::shareBetween(one, reading(300, 0, {{2, 2, 0}, {2, 2, 0}})));
        QVERIFY(!BusyCheck::shareBetween(one, one));
        QVERIFY(!BusyCheck::shareBetween({}, {}));
        // A counter that goes back is taken as one that stands.
        QCOMPARE(
            BusyCheck::shareBetween(reading(0, 0, {{100, 100, 0}}), reading(300, 0, {{130, 90, 0}}))
                .value_or(-1),
            1.0);
    }

    void aMachineThatCannotBeReadIsMeasuredAllTheSame()
    {
        BusyCheck check;
        check.add(reading(0, 0, {}));
        check.add(reading(300, 0, {}));
        QVERIFY(check.isMeasuredAt(300 * kMillisecond)); // so that nobody waits for it for ever
        QVERIFY(!check.shareAt(300 * kMillisecond).has_value());
    }

    void anOldAnswerIsNoAnswer()
    {
        BusyCheck check;
        check.add(reading(0, 0, {{0, 0, 0}}));
        check.add(reading(300, 0, {{300, 0, 0}}));
        const TimestampNs last = 300 * kMillisecond;
        QVERIFY(check.shareAt(last + BusyCheck::kMostAge).has_value());
        QVERIFY(!check.shareAt(last + BusyCheck::kMostAge + 1).has_value());
        check.forget();
        QVERIFY(!check.shareAt(last).has_value());
        QCOMPARE(check.nextSample(), TimestampNs(0));
    }

    void onlyABusyMachineIsTold()
    {
        QCOMPARE(BusyCheck::remarkFor(0.6),
                 std::string("this machine is 60 % busy with something else: speed-ups will be too "
                             "small"));
        QVERIFY(!BusyCheck::remarkFor(BusyCheck::kBusyShare).empty());
        QVERIFY(BusyCheck::remarkFor(0.149).empty());
        QVERIFY(BusyCheck::remarkFor(0.0).empty());
        QVERIFY(BusyCheck::remarkFor(std::nullopt).empty());
    }

    void aSampleBeforeItsTimeReadsNothing()
    {
        BusyCheck check;
        check.sample();
        const TimestampNs next = check.nextSample();
        QVERIFY(next > BusyCheck::kWindow);
        check.sample(); // unless 300 ms have passed meanwhile
        QVERIFY(check.nextSample() == next || monotonicNow() >= next);
    }
};

QTEST_GUILESS_MAIN(BusyCheckTest)
#include "tst_busycheck.moc"
