// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/timeline/objectpictures.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace Interleave;

namespace
{

const QString kFork = QStringLiteral("fork 1");
const QString kPermits = QStringLiteral("permits");

} // namespace

class TestTimelineObjects : public QObject
{
    Q_OBJECT

private slots:
    void aLockIsInItsHoldersColourWithTheName();
    void aHoldingWithAWaiterIsStillOneBar();
    void contentionIsALineOfTwoPixelsAtLeast_data();
    void contentionIsALineOfTwoPixelsAtLeast();
    void contentionSurvivesZoomingOut();
    void onlyWaitedForIsALineWithoutABar();
    void howManyWaitIsSaid();
    void severalHoldersAreAShareOfTheHeight();
    void aDenseLockIsAStrip();
    void theHeadOfALockTellsItsShare();
    void aWaitNamesItsLock();
    void everyWaitWithRoomNamesItsLock();
};

void TestTimelineObjects::aLockIsInItsHoldersColourWithTheName()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 10 * kMs, 40 * kMs, 1);
    made.hold(fork, 50 * kMs, 80 * kMs, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto alices = picture.rectsOf(kFork, picture.theme.taskColor(1));
    QCOMPARE(alices.size(), std::size_t(1));
    QVERIFY(std::abs(alices[0].area.left() - picture.xOf(10 * kMs)) <= 1);
    QVERIFY(std::abs(alices[0].area.width() - 300) <= 2);
    QCOMPARE(picture.rectsOf(kFork, picture.theme.taskColor(2)).size(), std::size_t(1));
    const auto names = picture.itemsOf(kFork, [&](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Label
            && picture.scene.labels.at(item.index).text == QLatin1String("Alice");
    });
    QCOMPARE(names.size(), std::size_t(1));
    QVERIFY(picture.rectsOf(kFork, picture.theme.alert).empty());
}

void TestTimelineObjects::aHoldingWithAWaiterIsStillOneBar()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 10 * kMs, 20 * kMs, 1);
    made.hold(fork, 20 * kMs, 40 * kMs, 1, 1, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto bars = picture.rectsOf(kFork, picture.theme.taskColor(1));
    QCOMPARE(bars.size(), std::size_t(1));
    QVERIFY(std::abs(bars[0].area.width() - 300) <= 2);
    const auto lines = picture.rectsOf(kFork, picture.theme.alert);
    QCOMPARE(lines.size(), std::size_t(1));
    QVERIFY(std::abs(lines[0].area.left() - picture.xOf(20 * kMs)) <= 1);
    QVERIFY(std::abs(lines[0].area.width() - 200) <= 2);
    QVERIFY(lines[0].area.top() >= bars[0].area.bottom());
}

void TestTimelineObjects::contentionIsALineOfTwoPixelsAtLeast_data()
{
    QTest::addColumn<qreal>("height");
    QTest::newRow("low lanes") << 120.0;
    QTest::newRow("tall lanes") << 900.0;
}

void TestTimelineObjects::contentionIsALineOfTwoPixelsAtLeast()
{
    QFETCH(qreal, height);
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 50 * kMs, 1);
    made.hold(fork, 50 * kMs, 50 * kMs + 100, 1, 1, 1); // a thousandth of a pixel
    made.hold(fork, 50 * kMs + 100, 100 * kMs, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.state.scrollY = height < 200 ? 80 : 0;
    picture.build(height);
    const auto lines = picture.rectsOf(kFork, picture.theme.alert);
    QCOMPARE(lines.size(), std::size_t(1));
    QVERIFY(lines[0].area.width() >= 2);
    QVERIFY(lines[0].area.height() >= 2);
    QVERIFY(std::abs(lines[0].area.left() - picture.xOf(50 * kMs)) <= 1);
}

void TestTimelineObjects::contentionSurvivesZoomingOut()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    // A thousand short holdings a pixel, and a single wait among all of them.
    constexpr DurationNs step = 100;
    int number = 0;
    for (TimestampNs t = 0; t < 10 * kMs; t += step, ++number)
        made.hold(fork, t, t + step / 2, 1 + TaskId(number % 2), 1, number == 40'000 ? 1 : 0);
    made.publish(100 * kMs);
    for (const DurationNs window : {kMs, 10 * kMs, 100 * kMs, 10 * kSecond}) {
        TimelinePicture picture(made);
        const TimestampNs at = 40'000 * step;
        picture.state.window = {std::max<TimestampNs>(at - window / 2, 0), at + window / 2};
        picture.build();
        QVERIFY(!picture.rectsOf(kFork, picture.theme.alert).empty());
    }
}

void TestTimelineObjects::onlyWaitedForIsALineWithoutABar()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 10 * kMs, 20 * kMs, kNoTask, 0, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto drawn = picture.itemsOf(
        kFork, [](const SceneItem &item) { return item.kind == SceneItem::Kind::Rect; });
    QCOMPARE(drawn.size(), std::size_t(1));
    QCOMPARE(drawn[0].color, picture.theme.alert.rgba());
}

void TestTimelineObjects::howManyWaitIsSaid()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 10 * kMs, 90 * kMs, 1, 1, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build(900); // tall lanes: below the bar
    QVERIFY(picture.labelOf(QStringLiteral("2 waiting")));
    picture.build(10); // low lanes: behind the name
    QVERIFY(!picture.labelOf(QStringLiteral("2 waiting")));
    picture.state.scrollY = 100;
    picture.build(200);
    QVERIFY(picture.labelOf(QStringLiteral("Alice · 2 waiting")));
}

void TestTimelineObjects::severalHoldersAreAShareOfTheHeight()
{
    HandmadeTrace made = withTasks();
    const TrackIndex permits = made.addObject(1, ObjectKind::Semaphore, "permits", 4);
    made.hold(permits, 10 * kMs, 30 * kMs, kNoTask, 2);
    made.hold(permits, 40 * kMs, 60 * kMs, kNoTask, 4);
    made.hold(permits, 70 * kMs, 90 * kMs, 1, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    std::vector<SceneItem> bars = picture.itemsOf(kPermits, [](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Rect && item.area.width() > 150;
    });
    QCOMPARE(bars.size(), std::size_t(3));
    std::sort(bars.begin(), bars.end(),
              [](const SceneItem &a, const SceneItem &b) { return a.area.left() < b.area.left(); });
    const qreal full = bars[1].area.height();
    QVERIFY(std::abs(bars[0].area.height() - full / 2) <= 1);
    QVERIFY(std::abs(bars[2].area.height() - full / 4) <= 1);
    QCOMPARE(bars[0].area.bottom(), bars[1].area.bottom());
    QCOMPARE(bars[0].color, bars[1].color);
    QCOMPARE(bars[2].color, picture.theme.taskColor(1).rgba());
    QVERIFY(picture.labelOf(QStringLiteral("2 of 4")));
    QVERIFY(picture.labelOf(QStringLiteral("4 of 4")));
}

void TestTimelineObjects::aDenseLockIsAStrip()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    for (TimestampNs t = 0; t < 100 * kMs; t += 20 * kMicrosecond)
        made.hold(fork, t, t + 10 * kMicrosecond, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    std::size_t columns = 0;
    for (const SceneItem &item : picture.itemsOf(
             kFork, [](const SceneItem &i) { return i.kind == SceneItem::Kind::Strip; }))
        columns += item.count;
    QVERIFY(columns >= 990);
    QVERIFY(picture.rectsOf(kFork, picture.theme.alert).empty());
}

void TestTimelineObjects::theHeadOfALockTellsItsShare()
{
    HandmadeTrace made = withTasks();
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 20 * kMs, 1);
    made.hold(fork, 20 * kMs, 30 * kMs, 1, 1, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build(900);
    QVERIFY(picture.labelOf(QStringLiteral("held 30 · wait 10\u202f%")));
}

void TestTimelineObjects::aWaitNamesItsLock()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex bob = made.addTask(2, "Bob");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 80 * kMs, 1, 1, 1);
    made.add(bob, 0, 80 * kMs, SliceState::Blocked, 2, WaitReason::Lock);
    made.publish(100 * kMs);
    made.writable().finish();
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.labelOf(QStringLiteral("waits for fork 1")));
}

void TestTimelineObjects::everyWaitWithRoomNamesItsLock()
{
    constexpr TaskId kWaiters = 10;
    HandmadeTrace made;
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 100 * kMs, 100, 1, kWaiters);
    made.addTask(100, "Alice");
    for (TaskId id = 1; id <= kWaiters; ++id) {
        const TrackIndex track = made.addTask(id, "waiter");
        for (TimestampNs t = 0; t < 100 * kMs; t += 20 * kMs) // 200 pixels each
            made.add(track, t, t + 18 * kMs, SliceState::Blocked, id, WaitReason::Lock);
    }
    made.publish(100 * kMs);
    made.writable().finish();
    TimelinePicture picture(made);
    picture.build();
    const auto count = [&](const QString &text) {
        return std::count_if(picture.scene.labels.begin(), picture.scene.labels.end(),
                             [&](const SceneLabel &label) { return label.text == text; });
    };
    QCOMPARE(count(QStringLiteral("waits for fork 1")), std::ptrdiff_t(5 * kWaiters));
    QCOMPARE(count(QStringLiteral("waits for a lock")), std::ptrdiff_t(0));
}

QTEST_MAIN(TestTimelineObjects)
#include "tst_timelineobjects.moc"
