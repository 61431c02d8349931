// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/pixelruns.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace Interleave;

class TestPixelRuns : public QObject
{
    Q_OBJECT

private slots:
    void nothingToShowGivesNoRuns();
    void aSliceGetsThePixelsOfItsTime();
    void aSliceShorterThanAPixelGetsOne();
    void severalSlicesInAColumnMakeItDense();
    void twoWideSlicesMeetWithACrispEdge();
    void aShortWaitBetweenTwoWideSlicesStaysVisible();
    void theLeastLossDecidesTheStateOfAColumn();
    void theLargestShareDecidesOtherwise();
    void aTaskLaneKeepsItsTask();
    void zoomedToANanosecondEverySliceIsExact();
    void theOpenSliceReachesToTheHorizon();
    void nothingIsDrawnBehindTheHorizon();
    void theWidestWindowIsNoTrouble();
    void sampledColumnsAreNotCalledRunning();
    void aLongSliceAmongManyKeepsItsIndex();
    void noZoomMakesALaneBlank_data();
    void noZoomMakesALaneBlank();
    void allColumnsTogetherHoldAllTime_data();
    void allColumnsTogetherHoldAllTime();
    void theSliceUnderThePointerIsFound();
    void aContendedLockIsSeenFromAfar();
};

namespace
{

constexpr TimestampNs kOrigin = 1'000'000;

Slice slice(TimestampNs begin, TimestampNs end, SliceState state = SliceState::Running,
            TaskId task = 1)
{
    Slice result;
    result.begin = begin;
    result.end = end;
    result.state = state;
    result.task = state == SliceState::Lost || state == SliceState::Others ? kNoTask : task;
    result.core = 0;
    return result;
}

/// A trace with one core track and its slices.
struct OneLane {
    explicit OneLane(const std::vector<Slice> &slices = {}, TimestampNs horizon = 10 * kSecond)
    {
        trace.setOrigin(kOrigin);
        trace.setSource(Source::Kernel);
        lane = trace.addCoreTrack(0);
        for (const Slice &each : slices)
            trace.append(lane, each);
        trace.publish(horizon);
    }
    [[nodiscard]] std::vector<PixelRun> runs(TimestampNs begin, TimestampNs end, int widthPx) const
    {
        std::vector<PixelRun> out;
        pixelRuns(TraceSnapshot(trace), lane, {begin, end}, widthPx, out);
        return out;
    }

    Trace trace;
    TrackIndex lane = kNoTrack;
};

/// "0+10 running [0]; 10+1 dense(3) lost"
QString textOf(const std::vector<PixelRun> &runs)
{
    QStringList texts;
    for (const PixelRun &run : runs) {
        const QString place = QStringLiteral("%1+%2 ").arg(run.x).arg(run.width);
        const QString what = QLatin1String(sliceStateName(run.state));
        texts.append(run.dense
                         ? place + QStringLiteral("dense(%1) ").arg(run.slices) + what
                         : place + what + QStringLiteral(" [%1]").arg(qint64(run.sliceIndex)));
    }
    return texts.join(QStringLiteral("; "));
}

bool areInOrder(const std::vector<PixelRun> &runs, int widthPx)
{
    int x = 0;
    for (const PixelRun &run : runs) {
        if (run.x < x || run.width < 1 || (run.dense && run.width != 1))
            return false;
        x = run.x + run.width;
    }
    return x <= widthPx;
}

/// Bursts of short slices, some long ones, pauses from short to very long.
std::vector<Slice> randomSlices(unsigned seed, int count)
{
    std::mt19937 random(seed);
    std::vector<Slice> slices;
    TimestampNs t = kOrigin - 50'000; // some come before the origin
    for (int i = 0; i < count; ++i) {
        if (random() % 3 == 0)
            t += TimestampNs(random() % 30'000);
        if (random() % 4'000 == 0)
            t += TimestampNs(random() % 400) * kMillisecond;
        DurationNs duration = 1 + DurationNs(random() % 15'000);
        if (random() % 3'000 == 0)
            duration = DurationNs(random() % 100) * kMillisecond + 1;
        const unsigned kind = unsigned(random() % 20);
        const SliceState state = kind < 10 ? SliceState::Running
            : kind < 14                    ? SliceState::Runnable
            : kind < 18                    ? SliceState::Blocked
            : kind < 19                    ? SliceState::Others
                                           : SliceState::Lost;
        slices.push_back(slice(t, t + duration, state, 1 + TaskId(random() % 5)));
        t += duration;
    }
    return slices;
}

} // namespace

void TestPixelRuns::nothingToShowGivesNoRuns()
{
    const OneLane empty;
    QVERIFY(empty.runs(0, kSecond, 100).empty());
    const OneLane lane({slice(100, 200)});
    QVERIFY(lane.runs(150, 150, 100).empty());
    QVERIFY(lane.runs(180, 120, 100).empty());
    QVERIFY(lane.runs(100, 200, 0).empty());
    QVERIFY(lane.runs(100, 200, -5).empty());
    QVERIFY(lane.runs(200, 100'000, 100).empty());
    QVERIFY(lane.runs(0, 100, 10).empty());
    std::vector<PixelRun> out(3);
    pixelRuns(TraceSnapshot(lane.trace), 77, {0, 1000}, 10, out);
    QVERIFY(out.empty());
}

void TestPixelRuns::aSliceGetsThePixelsOfItsTime()
{
    const OneLane lane({slice(2'000, 5'000), slice(7'000, 10'000, SliceState::Blocked)});
    QCOMPARE(textOf(lane.runs(0, 10'000, 100)),
             QStringLiteral("20+30 running [0]; 70+30 blocked [1]"));
    // Cut off on both sides.
    QCOMPARE(textOf(lane.runs(3'000, 8'000, 50)),
             QStringLiteral("0+20 running [0]; 40+10 blocked [1]"));
    const PixelRun run = lane.runs(0, 10'000, 100)[0];
    QCOMPARE(run.task, TaskId(1));
    QCOMPARE(run.core, CoreId(0));
    QVERIFY(!run.open);
}

void TestPixelRuns::aSliceShorterThanAPixelGetsOne()
{
    const OneLane lane({slice(510'000, 510'001), slice(900'400, 900'450)});
    QCOMPARE(textOf(lane.runs(0, 1'000'000, 100)),
             QStringLiteral("51+1 running [0]; 90+1 running [1]"));
    QCOMPARE(textOf(lane.runs(0, 1'000'000, 1)), QStringLiteral("0+1 dense(2) running"));
    // Across the border of two columns it still is one slice.
    const OneLane across({slice(509'900, 510'200)});
    QCOMPARE(across.runs(0, 1'000'000, 100).size(), std::size_t(1));
    QCOMPARE(across.runs(0, 1'000'000, 100)[0].width, 1);
}

void TestPixelRuns::severalSlicesInAColumnMakeItDense()
{
    const OneLane lane({slice(10'100, 10'300, SliceState::Running, 1),
                        slice(10'300, 10'800, SliceState::Running, 2),
                        slice(10'800, 10'900, SliceState::Blocked, 3)});
    const std::vector<PixelRun> runs = lane.runs(0, 100'000, 100);
    QCOMPARE(textOf(runs), QStringLiteral("10+1 dense(3) running"));
    QCOMPARE(runs[0].task, TaskId(2));
    // The first and the last column with data are measured from the data.
    QCOMPARE(lane.runs(10'000, 11'000, 1)[0].sliceIndex, std::int64_t(-1));
    const OneLane full({slice(0, 500), slice(500, 1'000, SliceState::Runnable), slice(1'000, 2'000),
                        slice(2'000, 2'100), slice(2'200, 2'300)});
    const std::vector<PixelRun> shares = full.runs(0, 3'000, 3);
    QCOMPARE(textOf(shares),
             QStringLiteral("0+1 dense(2) running; 1+1 running [2]; 2+1 dense(2) running"));
    QCOMPARE(int(shares[0].running), 128);
    QCOMPARE(int(shares[0].runnable), 128);
    QCOMPARE(int(shares[2].running), 51);
}

void TestPixelRuns::twoWideSlicesMeetWithACrispEdge()
{
    const OneLane lane({slice(0, 5'300), slice(5'300, 10'000, SliceState::Runnable)});
    QCOMPARE(textOf(lane.runs(0, 10'000, 10)), QStringLiteral("0+5 running [0]; 5+5 runnable [1]"));
    const OneLane other({slice(0, 5'700), slice(5'700, 10'000, SliceState::Runnable)});
    QCOMPARE(textOf(other.runs(0, 10'000, 10)),
             QStringLiteral("0+6 running [0]; 6+4 runnable [1]"));
}

void TestPixelRuns::aShortWaitBetweenTwoWideSlicesStaysVisible()
{
    const OneLane lane(
        {slice(0, 5'300), slice(5'300, 5'310, SliceState::Blocked), slice(5'310, 10'000)});
    const std::vector<PixelRun> runs = lane.runs(0, 10'000, 10);
    QCOMPARE(textOf(runs),
             QStringLiteral("0+5 running [0]; 5+1 dense(3) running; 6+4 running [2]"));
    QVERIFY(runs[1].blocked >= 1);
}

void TestPixelRuns::theLeastLossDecidesTheStateOfAColumn()
{
    const OneLane lane({slice(1'000, 1'900), slice(1'900, 1'901, SliceState::Lost),
                        slice(1'901, 1'950), slice(9'000, 9'001)});
    const std::vector<PixelRun> runs = lane.runs(0, 10'000, 10);
    QCOMPARE(textOf(runs), QStringLiteral("1+1 dense(3) lost; 9+1 running [3]"));
    QVERIFY(runs[0].lost >= 1);
}

void TestPixelRuns::theLargestShareDecidesOtherwise()
{
    const OneLane lane({slice(0, 300), slice(300, 1'000, SliceState::Others),
                        slice(1'000, 1'400, SliceState::Suspended), slice(1'400, 1'600),
                        slice(1'700, 2'000, SliceState::Queued),
                        slice(2'000, 2'700, SliceState::Runnable), slice(2'700, 3'000)});
    QCOMPARE(textOf(lane.runs(0, 3'000, 3)),
             QStringLiteral("0+1 dense(2) others; 1+1 dense(3) blocked; 2+1 dense(2) runnable"));
}

void TestPixelRuns::aTaskLaneKeepsItsTask()
{
    Trace trace;
    trace.defineTasks(4, 1, TaskKind::Thread, kNoTask, "four");
    const TrackIndex lane = trace.task(4).track.load();
    trace.append(lane, slice(0, 10, SliceState::Blocked, 4));
    trace.append(lane, slice(10, 20, SliceState::Runnable, 4));
    trace.publish(100);
    std::vector<PixelRun> runs;
    pixelRuns(TraceSnapshot(trace), lane, {0, 40}, 1, runs);
    QCOMPARE(runs.size(), std::size_t(1));
    QVERIFY(runs[0].dense);
    QCOMPARE(runs[0].task, TaskId(4));
}

void TestPixelRuns::zoomedToANanosecondEverySliceIsExact()
{
    const OneLane lane({slice(100, 101), slice(101, 103, SliceState::Runnable), slice(104, 200)});
    QCOMPARE(textOf(lane.runs(100, 105, 50)),
             QStringLiteral("0+10 running [0]; 10+20 runnable [1]; 40+10 running [2]"));
    QCOMPARE(textOf(lane.runs(102, 103, 1920)), QStringLiteral("0+1920 runnable [1]"));
    QVERIFY(lane.runs(103, 104, 1920).empty());
    // Pixels that do not divide evenly still leave no hole between neighbours.
    QCOMPARE(textOf(lane.runs(100, 103, 7)), QStringLiteral("0+2 running [0]; 2+5 runnable [1]"));
}

void TestPixelRuns::theOpenSliceReachesToTheHorizon()
{
    OneLane lane({slice(0, 2'000)}, 2'000);
    lane.trace.setOpen(lane.lane, slice(2'000, 2'000, SliceState::Blocked));
    lane.trace.publish(6'000);
    const std::vector<PixelRun> runs = lane.runs(0, 10'000, 10);
    QCOMPARE(textOf(runs), QStringLiteral("0+2 running [0]; 2+4 blocked [-2]"));
    QVERIFY(runs[1].open);
    QVERIFY(!runs[0].open);
    QCOMPARE(textOf(lane.runs(5'999, 6'010, 11)), QStringLiteral("0+1 blocked [-2]"));
}

void TestPixelRuns::nothingIsDrawnBehindTheHorizon()
{
    const OneLane lane({slice(0, 8'000)}, 5'000);
    QCOMPARE(textOf(lane.runs(0, 10'000, 10)), QStringLiteral("0+5 running [0]"));
    QVERIFY(lane.runs(5'000, 10'000, 10).empty());
}

void TestPixelRuns::theWidestWindowIsNoTrouble()
{
    constexpr auto kLeast = std::numeric_limits<TimestampNs>::min();
    constexpr auto kMost = std::numeric_limits<TimestampNs>::max();
    const OneLane lane({slice(1'000, 2'000)});
    QCOMPARE(lane.runs(kLeast, kMost, 1'000).size(), std::size_t(1));
    QCOMPARE(lane.runs(0, kMost, 1).size(), std::size_t(1));
    QCOMPARE(lane.runs(0, kMost, std::numeric_limits<int>::max()).size(), std::size_t(1));
    const OneLane far({slice(kMost - 5'000, kMost - 1'000)}, kMost);
    QCOMPARE(far.runs(kLeast, kMost, 1'000).size(), std::size_t(1));
    QCOMPARE(textOf(far.runs(kMost - 6'000, kMost, 6)), QStringLiteral("1+4 running [0]"));
}

void TestPixelRuns::sampledColumnsAreNotCalledRunning()
{
    OneLane lane({slice(100, 300, SliceState::Sampled), slice(300, 500, SliceState::Sampled)});
    lane.trace.setSource(Source::Sampled);
    QCOMPARE(textOf(lane.runs(0, 10'000, 10)), QStringLiteral("0+1 dense(2) sampled"));
}

void TestPixelRuns::aLongSliceAmongManyKeepsItsIndex()
{
    std::vector<Slice> slices;
    TimestampNs t = kOrigin;
    for (int i = 0; i < 100'000; ++i, t += 10'000)
        slices.push_back(slice(t, t + 9'000));
    slices.push_back(slice(t, t + 2 * kSecond, SliceState::Blocked));
    t += 2 * kSecond;
    for (int i = 0; i < 100'000; ++i, t += 10'000)
        slices.push_back(slice(t, t + 9'000));
    const OneLane lane(slices, t);
    const std::vector<PixelRun> runs = lane.runs(kOrigin, t, 1'000);
    QVERIFY(areInOrder(runs, 1'000));
    int longOnes = 0;
    for (const PixelRun &run : runs) {
        if (run.dense)
            continue;
        ++longOnes;
        QCOMPARE(run.sliceIndex, std::int64_t(100'000));
        QVERIFY(run.x >= 249 && run.x <= 251);
        QVERIFY(run.width >= 498 && run.width <= 501);
    }
    QCOMPARE(longOnes, 1);
    std::uint64_t counted = 0;
    for (const PixelRun &run : runs)
        counted += run.slices;
    // A slice on a border counts in both columns.
    QVERIFY(counted >= 200'001 && counted <= 201'001);
}

void TestPixelRuns::noZoomMakesALaneBlank_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("few") << 40;
    QTest::newRow("some") << 2'000;
    QTest::newRow("many") << 100'000;
}

void TestPixelRuns::noZoomMakesALaneBlank()
{
    QFETCH(int, count);
    const std::vector<Slice> slices = randomSlices(unsigned(count), count);
    const TimestampNs first = slices.front().begin;
    const TimestampNs last = slices.back().end;
    const OneLane lane(slices, last);
    std::mt19937 random(3);
    for (int round = 0; round < 1'500; ++round) {
        const double scale = double(random() % 10'000) / 10'000;
        const auto length = DurationNs(std::pow(double(last - first) * 3, scale)) + 1;
        const Slice &target = slices[random() % slices.size()];
        const TimestampNs begin =
            target.begin - DurationNs(double(length) * (random() % 1000) / 1001);
        const TimeSpan window{begin, begin + length};
        const int width = 1 + int(random() % 2'000);
        const std::vector<PixelRun> runs = lane.runs(window.begin, window.end, width);
        QVERIFY(areInOrder(runs, width));
        // The slice has a run in its column, or, rounded to bins or away from it, next to it.
        const TimeSpan part = TimeSpan{target.begin, target.end}.intersected(window);
        const double perPixel = double(length) / width;
        const double from = double(part.begin - window.begin) / perPixel - 1.01;
        const double to = double(part.end - window.begin) / perPixel + 1.01;
        const bool isSeen = std::any_of(runs.begin(), runs.end(), [&](const PixelRun &run) {
            return run.x < to && run.x + run.width > from;
        });
        QVERIFY2(
            isSeen,
            qPrintable(
                QStringLiteral("[%1, %2) in %3 px").arg(window.begin).arg(window.end).arg(width)));
        for (const PixelRun &run : runs) {
            if (run.dense)
                QVERIFY(run.running + run.runnable + run.blocked + run.lost + run.others > 0);
        }
    }
}

void TestPixelRuns::allColumnsTogetherHoldAllTime_data()
{
    QTest::addColumn<int>("width");
    QTest::newRow("slices") << 40'000;
    QTest::newRow("lowest bins") << 10'000;
    QTest::newRow("a screen") << 1'920;
    QTest::newRow("an icon") << 16;
    QTest::newRow("a pixel") << 1;
}

void TestPixelRuns::allColumnsTogetherHoldAllTime()
{
    QFETCH(int, width);
    std::vector<Slice> slices;
    std::mt19937 random(11);
    TimestampNs t = kOrigin;
    double running = 0;
    for (int i = 0; i < 150'000; ++i) {
        const DurationNs on = 1 + DurationNs(random() % 10'000);
        slices.push_back(slice(t, t + on));
        running += double(on);
        t += on + DurationNs(random() % 5'000);
    }
    const OneLane lane(slices, t);
    const std::vector<PixelRun> runs = lane.runs(kOrigin, t, width);
    QVERIFY(areInOrder(runs, width));
    double seen = 0;
    for (const PixelRun &run : runs)
        seen += (run.dense ? run.running / 255.0 : 1.0) * run.width;
    const double expected = running / double(t - kOrigin);
    QVERIFY2(std::abs(seen / width - expected) < 0.03,
             qPrintable(QStringLiteral("%1 of %2").arg(seen / width).arg(expected)));
}

void TestPixelRuns::theSliceUnderThePointerIsFound()
{
    OneLane lane(
        {slice(1'000, 2'000), slice(2'000, 3'000, SliceState::Runnable), slice(5'000, 6'000)},
        6'000);
    lane.trace.setOpen(lane.lane, slice(8'000, 8'000, SliceState::Blocked));
    lane.trace.publish(9'000);
    const TraceSnapshot snapshot(lane.trace);
    const auto indexAt = [&](TimestampNs time, DurationNs tolerance = 0) {
        const auto hit = sliceAt(snapshot, lane.lane, time, tolerance);
        return hit ? hit->index : std::int64_t(-1);
    };
    QCOMPARE(indexAt(999), std::int64_t(-1));
    QCOMPARE(indexAt(1'000), std::int64_t(0));
    QCOMPARE(indexAt(1'999), std::int64_t(0));
    QCOMPARE(indexAt(2'000), std::int64_t(1));
    QCOMPARE(indexAt(3'000), std::int64_t(-1));
    QCOMPARE(indexAt(3'000, 1), std::int64_t(1));
    QCOMPARE(indexAt(4'990, 10), std::int64_t(2));
    QCOMPARE(indexAt(4'989, 10), std::int64_t(-1));
    QCOMPARE(indexAt(4'000, 5'000), std::int64_t(2)); // the nearer of the two
    QCOMPARE(indexAt(8'500), std::int64_t(-2));
    QCOMPARE(indexAt(9'500), std::int64_t(-1));
    QCOMPARE(sliceAt(snapshot, lane.lane, 8'500)->slice.end, TimestampNs(9'000));
    QVERIFY(!sliceAt(snapshot, 55, 1'000));
}

void TestPixelRuns::aContendedLockIsSeenFromAfar()
{
    Trace trace;
    trace.setOrigin(kOrigin);
    trace.setSource(Source::Kernel);
    trace.defineObject(1, ObjectKind::Lock, 0, "lock");
    const TrackIndex lane = trace.findObject(1)->track;
    const auto held = [](TimestampNs begin, TimestampNs end, unsigned waiters) {
        Slice result = slice(begin, end, SliceState::Held, 3);
        result.core = 1;
        result.fraction = std::uint8_t(waiters);
        return result;
    };
    constexpr int kSlices = 100'000;
    constexpr DurationNs kPitch = 20'000;
    for (int i = 0; i < kSlices; ++i) {
        const TimestampNs begin = kOrigin + i * kPitch;
        // Once, in the middle, somebody waits for a microsecond.
        const DurationNs waited = i == kSlices / 2 ? kMicrosecond : 0;
        trace.append(lane, held(begin, begin + 10'000 - waited, 0));
        trace.append(lane, held(begin + 10'000 - waited, begin + 10'000, 2));
    }
    trace.publish(kOrigin + kSlices * kPitch);
    QVERIFY(trace.track(lane).pyramid.chunk(0, 0));
    for (const int width : {1, 3, 100, 1'500}) {
        std::vector<PixelRun> runs;
        pixelRuns(TraceSnapshot(trace), lane, {kOrigin, kOrigin + kSlices * kPitch}, width, runs);
        int contended = 0;
        for (const PixelRun &run : runs) {
            QVERIFY(run.dense);
            QVERIFY(run.state == SliceState::Held);
            QCOMPARE(run.task, TaskId(3));
            QVERIFY(run.running > 110 && run.running < 145);
            contended += run.contended != 0 ? 1 : 0;
        }
        QCOMPARE(contended, 1);
    }
    std::vector<PixelRun> near;
    const TimestampNs there = kOrigin + kSlices / 2 * kPitch;
    pixelRuns(TraceSnapshot(trace), lane, {there, there + kPitch}, 200, near);
    QCOMPARE(near.size(), std::size_t(2));
    QCOMPARE(near[0].contended, std::uint8_t(0));
    QCOMPARE(near[1].contended, std::uint8_t(255));
    QCOMPARE(near[1].fraction, std::uint8_t(2));
    QCOMPARE(near[1].core, CoreId(1));
    QVERIFY(!near[1].dense);
}

QTEST_GUILESS_MAIN(TestPixelRuns)
#include "tst_pixelruns.moc"
