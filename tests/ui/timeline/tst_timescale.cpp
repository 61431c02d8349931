// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timescale.h"

#include <QStringList>
#include <QTest>

#include <cmath>
#include <cstdlib>
#include <limits>

using namespace Interleave;

namespace
{

QString withUnit(const QString &number, const QString &unit)
{
    return number + QChar(0x202f) + unit;
}

} // namespace

class TestTimeScale : public QObject
{
    Q_OBJECT

private slots:
    void timeAndPixelsAgree_data();
    void timeAndPixelsAgree();
    void anEmptyWindowDividesByNothing();
    void theEndsOfTimeDoNotOverflow();
    void theTimeUnderThePointerStaysWhenZooming_data();
    void theTimeUnderThePointerStaysWhenZooming();
    void zoomingStopsAtAHundredNanoseconds();
    void zoomingStopsAtTheWholeRun();
    void aSenselessFactorChangesNothing();
    void panningKeepsTheZoom();
    void anEmptyWindowHasNoTicks();
    void majorTicksKeepTheirDistance_data();
    void majorTicksKeepTheirDistance();
    void majorTicksTellTheirTime();
    void aWindowFarFromZeroTellsEnoughDigits();
    void durationsCarryThreeDigitsAndAUnit_data();
    void durationsCarryThreeDigitsAndAUnit();
    void aTimeHasTheDigitsThatAPixelTellsApart();
};

void TestTimeScale::timeAndPixelsAgree_data()
{
    QTest::addColumn<qint64>("begin");
    QTest::addColumn<qint64>("end");
    QTest::addColumn<int>("width");
    QTest::newRow("a run") << qint64(0) << qint64(100'000'000) << 1000;
    QTest::newRow("one pixel") << qint64(0) << qint64(100'000'000) << 1;
    QTest::newRow("negative begin") << qint64(-5'000) << qint64(5'000) << 640;
    QTest::newRow("an hour later")
        << qint64(3'600'000'000'000) << qint64(3'600'000'000'100) << 1920;
}

void TestTimeScale::timeAndPixelsAgree()
{
    QFETCH(qint64, begin);
    QFETCH(qint64, end);
    QFETCH(int, width);
    const TimeScale scale{{begin, end}, width};
    QCOMPARE(scale.toX(begin), 0.0);
    QVERIFY(std::abs(scale.toX(end) - width) < 1e-6);
    const TimestampNs middle = begin + (end - begin) / 2;
    QVERIFY(std::abs(scale.toTime(scale.toX(middle)) - middle) <= 1);
}

void TestTimeScale::anEmptyWindowDividesByNothing()
{
    const TimeScale scale{{7, 7}, 0};
    QVERIFY(scale.nsPerPixel() > 0);
    QCOMPARE(scale.toX(7), 0.0);
}

void TestTimeScale::theEndsOfTimeDoNotOverflow()
{
    constexpr TimestampNs most = std::numeric_limits<TimestampNs>::max();
    const TimeScale scale{{-most, most}, 100};
    QVERIFY(std::isfinite(scale.toX(most)));
    QCOMPARE(scale.toTime(1e30), most);
    QCOMPARE(scale.toTime(-1e30), -most);
    QVERIFY(rulerTicks(scale, 50).size() < 1000);
}

void TestTimeScale::theTimeUnderThePointerStaysWhenZooming_data()
{
    QTest::addColumn<double>("factor");
    QTest::addColumn<double>("x");
    QTest::newRow("in, at the left") << 2.0 << 0.0;
    QTest::newRow("in, in the middle") << 1.25 << 500.0;
    QTest::newRow("in a lot, at the right") << 1000.0 << 999.0;
    QTest::newRow("out") << 0.5 << 300.0;
}

void TestTimeScale::theTimeUnderThePointerStaysWhenZooming()
{
    QFETCH(double, factor);
    QFETCH(double, x);
    const TimeScale scale{{40'000'000, 80'000'000}, 1000};
    const TimestampNs before = scale.toTime(x);
    const TimeScale zoomed = scale.zoomed(factor, x, kSecond);
    QVERIFY(std::abs(double(zoomed.window.duration()) * factor - 40e6) <= factor + 1);
    QVERIFY(std::abs(zoomed.toTime(x) - before) <= 1 + DurationNs(zoomed.nsPerPixel()));
}

void TestTimeScale::zoomingStopsAtAHundredNanoseconds()
{
    const TimeScale scale{{0, 1000}, 1000};
    QCOMPARE(scale.zoomed(1e9, 500, kSecond).window.duration(), DurationNs(100));
}

void TestTimeScale::zoomingStopsAtTheWholeRun()
{
    const TimeScale scale{{0, kMillisecond}, 1000};
    QCOMPARE(scale.zoomed(1e-9, 0, kSecond).window.duration(), DurationNs(kSecond));
}

void TestTimeScale::aSenselessFactorChangesNothing()
{
    const TimeScale scale{{0, kMillisecond}, 1000};
    QCOMPARE(scale.zoomed(0, 10, kSecond).window.end, scale.window.end);
    QCOMPARE(scale.zoomed(std::nan(""), 10, kSecond).window.end, scale.window.end);
}

void TestTimeScale::panningKeepsTheZoom()
{
    const TimeScale scale{{0, 3'333'333}, 1000};
    const TimeScale panned = scale.panned(250.4);
    QCOMPARE(panned.window.duration(), scale.window.duration());
    QVERIFY(panned.window.begin > 0);
    QVERIFY(scale.panned(-10).window.begin < 0);
}

void TestTimeScale::anEmptyWindowHasNoTicks()
{
    QVERIFY(rulerTicks({{5, 5}, 1000}, 90).empty());
    QVERIFY(rulerTicks({{5, 50}, 0}, 90).empty());
}

void TestTimeScale::majorTicksKeepTheirDistance_data()
{
    QTest::addColumn<qint64>("begin");
    QTest::addColumn<qint64>("end");
    for (const qint64 length : {100LL, 999LL, 1'000'000LL, 121'400'000LL, 10'000'000'000LL})
        QTest::addRow("%lld ns", static_cast<long long>(length))
            << qint64(12'345) << qint64(12'345 + length);
}

void TestTimeScale::majorTicksKeepTheirDistance()
{
    QFETCH(qint64, begin);
    QFETCH(qint64, end);
    const std::vector<RulerTick> ticks = rulerTicks({{begin, end}, 1200}, 90);
    double last = -1e9;
    int majors = 0;
    for (const RulerTick &tick : ticks) {
        QVERIFY(tick.x >= 0 && tick.x < 1200);
        QCOMPARE(tick.text.isEmpty(), !tick.major);
        if (!tick.major)
            continue;
        QVERIFY(tick.x - last >= 90 - 1e-6);
        last = tick.x;
        ++majors;
    }
    QVERIFY(majors >= 2);
}

void TestTimeScale::majorTicksTellTheirTime()
{
    QStringList texts;
    for (const RulerTick &tick : rulerTicks({{0, 150 * kMillisecond}, 1000}, 90)) {
        if (tick.major)
            texts << tick.text;
    }
    QCOMPARE(texts.value(0), withUnit(QStringLiteral("0"), QStringLiteral("ms")));
    QCOMPARE(texts.value(1), withUnit(QStringLiteral("20"), QStringLiteral("ms")));
}

void TestTimeScale::aWindowFarFromZeroTellsEnoughDigits()
{
    const TimestampNs begin = 5 * kSecond;
    QStringList texts;
    for (const RulerTick &tick : rulerTicks({{begin, begin + kMillisecond}, 1000}, 90)) {
        if (tick.major)
            texts << tick.text;
    }
    QCOMPARE(texts.value(0), withUnit(QStringLiteral("5.0000"), QStringLiteral("s")));
    QCOMPARE(texts.value(1), withUnit(QStringLiteral("5.0001"), QStringLiteral("s")));
}

void TestTimeScale::durationsCarryThreeDigitsAndAUnit_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("unit");
    QTest::newRow("ms") << qint64(41'234'567) << QStringLiteral("41.2") << QStringLiteral("ms");
    QTest::newRow("s") << qint64(3'100'000'000) << QStringLiteral("3.10") << QStringLiteral("s");
    QTest::newRow("ns") << qint64(850) << QStringLiteral("850") << QStringLiteral("ns");
}

void TestTimeScale::durationsCarryThreeDigitsAndAUnit()
{
    QFETCH(qint64, duration);
    QFETCH(QString, number);
    QFETCH(QString, unit);
    QCOMPARE(durationLabel(duration), withUnit(number, unit));
}

void TestTimeScale::aTimeHasTheDigitsThatAPixelTellsApart()
{
    QCOMPARE(timeLabel(73'214'567, 150'000),
             withUnit(QStringLiteral("73.2"), QStringLiteral("ms")));
    QCOMPARE(timeLabel(73'214'567, 1), withUnit(QStringLiteral("73.214567"), QStringLiteral("ms")));
    QCOMPARE(timeLabel(0, 1e6), withUnit(QStringLiteral("0"), QStringLiteral("ms")));
}

QTEST_GUILESS_MAIN(TestTimeScale)
#include "tst_timescale.moc"
