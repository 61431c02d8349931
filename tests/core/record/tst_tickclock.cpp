// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tickclock.h"

#include <QtTest>

#include <algorithm>
#include <vector>

using namespace Interleave;

class TestTickClock : public QObject
{
    Q_OBJECT

private slots:
    void monotonicTicksAreTheTimeItself()
    {
        TickConverter converter(TickSource::Monotonic);
        QCOMPARE(converter.toTime(123456789), TimestampNs(123456789));
    }

    void ticksBetweenTwoPairsLieOnTheLine()
    {
        TickConverter converter(TickSource::Tsc);
        converter.addPair({1000, 500});
        converter.addPair({3000, 1500});
        QCOMPARE(converter.toTime(1000), TimestampNs(500));
        QCOMPARE(converter.toTime(2000), TimestampNs(1000));
        QCOMPARE(converter.toTime(3000), TimestampNs(1500));
    }

    void aPairThatGoesBackIsIgnored()
    {
        TickConverter converter(TickSource::Tsc);
        converter.addPair({1000, 500});
        converter.addPair({3000, 1500});
        converter.addPair({2900, 1600});
        converter.addPair({3100, 1400});
        QCOMPARE(converter.newestTicks(), std::uint64_t(3000));
    }

    void farTimesKeepNanoseconds()
    {
        TickConverter converter(TickSource::Tsc);
        const std::uint64_t ticks = std::uint64_t(1) << 62;
        const TimestampNs time = TimestampNs(1) << 61;
        converter.addPair({ticks, time});
        converter.addPair({ticks + 20'000'000, time + 5'000'000});
        QCOMPARE(converter.toTime(ticks + 4), time + 1);
    }

    /// The bar is 100 ns against the clock that the kernel stamps with; the reading itself brackets it.
    void convertedTicksAgreeWithTheClock()
    {
        if (bestTickSource() != TickSource::Tsc)
            QSKIP("the kernel does not trust this machine's TSC");
        TickConverter converter(TickSource::Tsc);
        std::vector<DurationNs> errors;
        converter.addPair(takeClockPair(TickSource::Tsc));
        for (int drain = 0; drain < 50; ++drain) {
            std::vector<std::pair<ClockPair, ClockPair>> readings;
            for (int i = 0; i < 1000; ++i) {
                const TimestampNs before = monotonicNow();
                const std::uint64_t ticks = readTsc();
                const TimestampNs after = monotonicNow();
                readings.push_back({{ticks, before}, {ticks, after}});
            }
            converter.addPair(takeClockPair(TickSource::Tsc));
            for (const auto &[low, high] : readings) {
                if (high.time - low.time > 200)
                    continue; // interrupted between the reads: tells nothing
                const TimestampNs time = converter.toTime(low.ticks);
                errors.push_back(std::max({low.time - time, time - high.time, DurationNs(0)}));
            }
        }
        QVERIFY(errors.size() > 1000);
        std::sort(errors.begin(), errors.end());
        QVERIFY2(errors[errors.size() * 999 / 1000] < 100,
                 qPrintable(QString::number(errors[errors.size() * 999 / 1000])));
    }
};

QTEST_GUILESS_MAIN(TestTickClock)
#include "tst_tickclock.moc"
