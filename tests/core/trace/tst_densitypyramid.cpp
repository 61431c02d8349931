// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/densitypyramid.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace Interleave;

class TestDensityPyramid : public QObject
{
    Q_OBJECT

private slots:
    void withoutSlicesThereAreNoBins();
    void aWindowWithFewSlicesIsNotBuilt();
    void aWindowIsBuiltOnceAndOnlyWhenItIsComplete();
    void aSliceThatReachesOverABinIsContinuedInTheNext();
    void theLeastLossIsSeenAtEveryLevel();
    void binsAgreeWithCountingByHand_data();
    void binsAgreeWithCountingByHand();
    void longQuietTimesCostNothing();
};

namespace
{

constexpr TimestampNs kOrigin = 1'000'003;
constexpr DurationNs kWindow = DensityPyramid::binNs(0) * DensityPyramid::kBinsPerChunk;

using Slices = DensityPyramid::Slices;

void append(Slices &slices, TimestampNs begin, TimestampNs end,
            SliceState state = SliceState::Running, TaskId task = 1)
{
    Slice slice;
    slice.begin = begin;
    slice.end = end;
    slice.state = state;
    slice.task = task;
    slices.append(slice);
}

/// Fills [from, until) with running slices of `step` without gaps.
void fill(Slices &slices, TimestampNs from, TimestampNs until, DurationNs step)
{
    for (TimestampNs t = from; t < until; t += step)
        append(slices, t, t + step);
}

struct Counted {
    double running = 0, runnable = 0, blocked = 0, lost = 0, others = 0;
    std::uint32_t slices = 0;
    bool continued = false;
    std::map<TaskId, double> tasks;
};

/// The slow and obvious way. \param hint an index that no slice of the bin lies before; moved on.
Counted countByHand(const Slices &slices, TimestampNs begin, TimestampNs end, std::size_t &hint)
{
    Counted counted;
    while (hint < slices.size() && slices[hint].end <= begin)
        ++hint;
    for (std::size_t i = hint; i < slices.size() && slices[i].begin < end; ++i) {
        const Slice &slice = slices[i];
        const double share = double(std::min(slice.end, end) - std::max(slice.begin, begin))
            / double(end - begin) * 255;
        ++counted.slices;
        counted.continued = counted.continued || slice.begin < begin;
        switch (slice.state) {
        case SliceState::Running:
            counted.running += share;
            counted.tasks[slice.task] += share;
            break;
        case SliceState::Runnable:
            counted.runnable += share;
            break;
        case SliceState::Lost:
            counted.lost += share;
            break;
        case SliceState::Others:
            counted.others += share;
            break;
        default:
            counted.blocked += share;
            break;
        }
    }
    return counted;
}

/// Bursts of short slices, long ones, and pauses.
void appendRandom(Slices &slices, unsigned seed, int count)
{
    std::mt19937 random(seed);
    TimestampNs t = kOrigin;
    for (int i = 0; i < count; ++i) {
        if (random() % 4 == 0)
            t += random() % 20'000;
        if (random() % 10'000 == 0)
            t += 200 * kMillisecond;
        DurationNs duration = 1 + random() % 20'000;
        if (random() % 5'000 == 0)
            duration = DurationNs(random() % 40) * kMillisecond + 1;
        const unsigned kind = random() % 40;
        const SliceState state = kind < 20 ? SliceState::Running
            : kind < 28                    ? SliceState::Runnable
            : kind < 34                    ? SliceState::Blocked
            : kind < 37                    ? SliceState::Suspended
            : kind < 39                    ? SliceState::Others
                                           : SliceState::Lost;
        append(slices, t, t + duration, state,
               state == SliceState::Running ? 1 + TaskId(i / 300) % 7 : kNoTask);
        t += duration;
    }
}

} // namespace

void TestDensityPyramid::withoutSlicesThereAreNoBins()
{
    Slices slices;
    DensityPyramid pyramid;
    pyramid.extend(slices, kOrigin, kOrigin + kSecond);
    QVERIFY(!pyramid.chunk(0, 0));
    QVERIFY(!pyramid.chunk(DensityPyramid::kLevels - 1, 0));
    QCOMPARE(pyramid.allocatedBytes(), std::size_t(0));
}

void TestDensityPyramid::aWindowWithFewSlicesIsNotBuilt()
{
    Slices slices;
    for (std::size_t i = 0; i + 1 < DensityPyramid::kLeastSlices; ++i)
        append(slices, kOrigin + TimestampNs(i) * 1000, kOrigin + TimestampNs(i) * 1000 + 500);
    append(slices, kOrigin + 2 * kWindow, kOrigin + 3 * kWindow);
    DensityPyramid pyramid;
    pyramid.extend(slices, kOrigin, kOrigin + 4 * kWindow);
    QVERIFY(!pyramid.chunk(0, 0));
    QVERIFY(!pyramid.chunk(0, 2 * DensityPyramid::kBinsPerChunk));
}

void TestDensityPyramid::aWindowIsBuiltOnceAndOnlyWhenItIsComplete()
{
    Slices slices;
    DensityPyramid pyramid;
    fill(slices, kOrigin, kOrigin + kWindow - 20'000, 10'000);
    pyramid.extend(slices, kOrigin, kOrigin + 5 * kWindow);
    QVERIFY2(!pyramid.chunk(0, 0), "a slice could still be appended in the window");

    fill(slices, slices[slices.size() - 1].end, kOrigin + kWindow + 20'000, 10'000);
    pyramid.extend(slices, kOrigin, kOrigin + kWindow - 1);
    QVERIFY2(!pyramid.chunk(0, 0), "the window ends after what is complete");
    pyramid.extend(slices, kOrigin, kOrigin + kWindow);
    const DensityBin *bins = pyramid.chunk(0, 17);
    QVERIFY(bins);
    QCOMPARE(int(bins[0].running), 255);
    QCOMPARE(int(bins[255].running), 255);
    QVERIFY(!pyramid.chunk(0, 256));

    fill(slices, slices[slices.size() - 1].end, kOrigin + 5 * kWindow, 10'000);
    pyramid.extend(slices, kOrigin, kOrigin + 5 * kWindow);
    QVERIFY(pyramid.chunk(0, 17) == bins);
    QVERIFY(pyramid.chunk(0, 256));
    QVERIFY(pyramid.chunk(1, 0));
    QVERIFY(!pyramid.chunk(2, 0));
}

void TestDensityPyramid::aSliceThatReachesOverABinIsContinuedInTheNext()
{
    constexpr DurationNs kBin = DensityPyramid::binNs(0);
    Slices slices;
    append(slices, kOrigin, kOrigin + kBin + kBin / 2);
    fill(slices, kOrigin + 2 * kBin, kOrigin + 2 * kWindow, 20'000);
    DensityPyramid pyramid;
    pyramid.extend(slices, kOrigin, kOrigin + 2 * kWindow);
    const DensityBin *bins = pyramid.chunk(0, 0);
    QVERIFY(bins);
    QCOMPARE(bins[0].slices, 1u);
    QVERIFY(!bins[0].continued);
    QCOMPARE(int(bins[0].running), 255);
    QCOMPARE(bins[1].slices, 1u);
    QVERIFY(bins[1].continued);
    QCOMPARE(int(bins[1].running), 128);
    QCOMPARE(bins[1].dominant, TaskId(1));
}

void TestDensityPyramid::theLeastLossIsSeenAtEveryLevel()
{
    constexpr DurationNs kBin = DensityPyramid::binNs(0);
    Slices slices;
    const TimestampNs lost = kOrigin + 5 * kBin + 1000;
    fill(slices, kOrigin, lost - 20'000, 20'000);
    append(slices, lost, lost + 1, SliceState::Lost, kNoTask);
    fill(slices, lost + 20'000, kOrigin + 70 * kWindow, 20'000);
    DensityPyramid pyramid;
    pyramid.extend(slices, kOrigin, kOrigin + 70 * kWindow);
    for (int level = 0; level < 4; ++level) {
        const DensityBin *bins = pyramid.chunk(level, 0);
        QVERIFY(bins);
        QVERIFY(bins[std::size_t(5) >> (2 * level)].lost >= 1);
    }
}

void TestDensityPyramid::binsAgreeWithCountingByHand_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<int>("step"); // slices between two extensions
    QTest::newRow("all at once") << 1u << 1'000'000;
    QTest::newRow("in batches") << 2u << 1'000;
    QTest::newRow("nearly one by one") << 3u << 7;
}

void TestDensityPyramid::binsAgreeWithCountingByHand()
{
    QFETCH(unsigned, seed);
    QFETCH(int, step);
    Slices all;
    appendRandom(all, seed, 60'000);
    Slices slices;
    DensityPyramid pyramid;
    for (std::size_t i = 0; i < all.size(); ++i) {
        slices.append(all[i]);
        if ((i + 1) % std::size_t(step) == 0 || i + 1 == all.size())
            pyramid.extend(slices, kOrigin, all[i].end);
    }
    const TimestampNs end = all[all.size() - 1].end;
    int checked = 0;
    for (int level = 0; level < 4; ++level) {
        const DurationNs binNs = DensityPyramid::binNs(level);
        const double tolerance = 1.5 + level * 0.5; // of 255: rounding at each level
        std::size_t hint = 0;
        for (std::uint64_t bin = 0; kOrigin + DurationNs(bin + 1) * binNs <= end; ++bin) {
            const DensityBin *chunk = pyramid.chunk(level, bin);
            if (!chunk)
                continue;
            const DensityBin &found = chunk[bin % DensityPyramid::kBinsPerChunk];
            const TimestampNs begin = kOrigin + DurationNs(bin) * binNs;
            const Counted counted = countByHand(all, begin, begin + binNs, hint);
            QCOMPARE(found.slices, counted.slices);
            QCOMPARE(found.continued, counted.continued);
            QVERIFY(std::abs(found.running - counted.running) <= tolerance);
            QVERIFY(std::abs(found.runnable - counted.runnable) <= tolerance);
            QVERIFY(std::abs(found.blocked - counted.blocked) <= tolerance);
            QVERIFY(std::abs(found.lost - counted.lost) <= tolerance);
            QVERIFY(std::abs(found.others - counted.others) <= tolerance);
            QCOMPARE(found.lost != 0, counted.lost > 0);
            for (const auto &[task, share] : counted.tasks) {
                if (level == 0 && share > counted.running * 0.6)
                    QCOMPARE(found.dominant, task);
            }
            ++checked;
        }
    }
    QVERIFY2(checked > 5'000, "the random slices must fill a good number of windows");
}

void TestDensityPyramid::longQuietTimesCostNothing()
{
    Slices slices;
    DensityPyramid pyramid;
    TimestampNs t = kOrigin;
    for (int burst = 0; burst < 5; ++burst) {
        fill(slices, t, t + 2 * kWindow, 10'000);
        t += 3600 * kSecond;
    }
    append(slices, t, t + 1);
    pyramid.extend(slices, kOrigin, t + 1);
    // Five bursts of two to three windows at the lowest level, fewer above.
    const std::size_t chunkBytes = DensityPyramid::kBinsPerChunk * sizeof(DensityBin);
    QVERIFY(pyramid.allocatedBytes() > 10 * chunkBytes);
    QVERIFY(pyramid.allocatedBytes() < 100 * chunkBytes);
}

QTEST_GUILESS_MAIN(TestDensityPyramid)
#include "tst_densitypyramid.moc"
