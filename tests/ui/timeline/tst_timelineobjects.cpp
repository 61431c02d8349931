// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/timeline/timelinepicture.h"
#include "ui/timeline/timelinetooltip.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

const QString kFork = QStringLiteral("fork 1");
const QString kPermits = QStringLiteral("permits");
const QString kQueue = QStringLiteral("queue");
const QString kTotal = QStringLiteral("total");

HandmadeTrace withTasks()
{
    HandmadeTrace made;
    for (const auto &[id, name] : {std::pair(TaskId(1), "Alice"), std::pair(TaskId(2), "Bob")}) {
        const TrackIndex track = made.addTask(id, name);
        made.add(track, 0, 100 * kMs, SliceState::Running, id);
    }
    return made;
}

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
    void aHandOverIsAnArrow();
    void aResumedCoroutineIsADottedArrow();
    void arrowsMakeWayForWords();
    void tooManyArrowsAreThoseOfTheChosenTask();
    void arrowsNeedBothLanes();
    void aCounterIsALineInSteps();
    void manyValuesInAColumnAreABand();
    void aChannelShowsWhenItIsFull();
    void aCounterShowsWhatIsExpected();
    void theAxisBeginsAtZero();
    void aCounterIsQuietBeforeItsFirstValue();
    void theTooltipOfACounterTellsItsValue();
    void aBarrierGoesThroughAllLanes();
    void theBarriersNameNeedsRoom();
    void valuesAreNoDiamonds();
    void aDeadlockIsALineFromItsBegin();
    void aDeadlockBeforeTheWindowTintsIt();
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
    QVERIFY(picture.labelOf(QStringLiteral("held 30\u202f% · wait 10\u202f%")));
}

void TestTimelineObjects::aHandOverIsAnArrow()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Lock, "fork 1");
    made.handOver(1, 40 * kMs, 1, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto lines = picture.linesIn(picture.theme.neutral);
    QCOMPARE(lines.size(), std::size_t(3)); // the shaft and the two strokes of its head
    const QRectF alice = picture.areaOf(QStringLiteral("Alice"));
    const QRectF bob = picture.areaOf(QStringLiteral("Bob"));
    QVERIFY(std::abs(lines[0].area.left() - picture.xOf(40 * kMs)) <= 1);
    QVERIFY(alice.top() < lines[0].area.top() && lines[0].area.top() < alice.bottom());
    QVERIFY(bob.top() < lines[0].area.bottom() && lines[0].area.bottom() < bob.bottom());
    for (const SceneItem &line : lines)
        QCOMPARE(line.area.bottomRight(), lines[0].area.bottomRight()); // all end at its tip
}

void TestTimelineObjects::aResumedCoroutineIsADottedArrow()
{
    HandmadeTrace made = withTasks();
    made.handOver(kNoObject, 40 * kMs, 1, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.linesIn(picture.theme.neutral).empty());
    const auto lines = picture.linesIn(picture.theme.waiting);
    QCOMPARE(lines.size(), std::size_t(3));
    QCOMPARE(lines[0].pattern, Pattern::Dotted);
}

void TestTimelineObjects::arrowsMakeWayForWords()
{
    HandmadeTrace made = withTasks();
    const TrackIndex carol = made.addTask(3, "Carol");
    made.add(carol, 0, 100 * kMs, SliceState::Running, 3);
    made.addObject(1, ObjectKind::Lock, "fork 1");
    made.handOver(1, 1 * kMs, 1, 3); // where "core 0" stands on the lane of Bob, and of all others
    made.handOver(1, 50 * kMs, 3, 1); // where no words are
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const QRectF bob = picture.areaOf(QStringLiteral("Bob"));
    const auto words = picture.itemsOf(QStringLiteral("Bob"), [](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Label;
    });
    QCOMPARE(words.size(), std::size_t(1));
    const qreal x = picture.xOf(1 * kMs);
    QVERIFY(words[0].area.left() < x && x < words[0].area.right());
    const qreal half = picture.theme.smallFont.pixelSize() / 2.0;
    qreal crossed = 0;
    int shafts = 0;
    for (const SceneItem &line : picture.linesIn(picture.theme.neutral)) {
        if (line.area.width() != 0 || std::abs(line.area.left() - x) > 1)
            continue;
        ++shafts;
        crossed += std::max(
            0.0, std::min(line.area.bottom(), bob.bottom()) - std::max(line.area.top(), bob.top()));
        QVERIFY(line.area.bottom() < words[0].area.center().y() - half
                || line.area.top() > words[0].area.center().y() + half);
    }
    QCOMPARE(shafts, 2);
    QVERIFY(crossed > bob.height() / 3); // the rest of the lane is gone through
    QCOMPARE(picture.linesIn(picture.theme.neutral).size(), std::size_t(4 + 3));
}

void TestTimelineObjects::tooManyArrowsAreThoseOfTheChosenTask()
{
    HandmadeTrace made = withTasks();
    const TrackIndex carol = made.addTask(3, "Carol");
    made.add(carol, 0, 100 * kMs, SliceState::Running, 3);
    made.addObject(1, ObjectKind::Lock, "fork 1");
    for (int i = 0; i < 90; ++i)
        made.handOver(1, (i + 1) * kMs, 1, i == 50 ? 3 : 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.linesIn(picture.theme.neutral).empty());
    picture.state.hoveredTask = 3;
    picture.build();
    QCOMPARE(picture.linesIn(picture.theme.neutral).size(), std::size_t(3));
    picture.state.hoveredTask = kNoTask;
    picture.state.window = {0, 40 * kMs}; // fewer are in the picture
    picture.build();
    QVERIFY(picture.linesIn(picture.theme.neutral).size() > 90);
}

void TestTimelineObjects::arrowsNeedBothLanes()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Lock, "fork 1");
    made.handOver(1, 40 * kMs, 1, 2);
    made.handOver(1, 50 * kMs, 1, 77);
    made.handOver(1, 60 * kMs, kNoTask, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.state.collapsedGroups.insert(QStringLiteral("0/threads"));
    picture.build();
    QVERIFY(picture.linesIn(picture.theme.neutral).empty());
    picture.state.collapsedGroups.clear();
    picture.build();
    QCOMPARE(picture.linesIn(picture.theme.neutral).size(), std::size_t(3));
}

void TestTimelineObjects::aCounterIsALineInSteps()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Counter, "total");
    made.count(1, 10 * kMs, 0, 1);
    made.count(1, 30 * kMs, 10, 1);
    made.count(1, 60 * kMs, 5, 2);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    std::vector<SceneItem> flats;
    for (const SceneItem &item : picture.rectsOf(kTotal, picture.theme.neutral)) {
        if (item.area.width() > 10)
            flats.push_back(item);
    }
    QCOMPARE(flats.size(), std::size_t(3));
    QVERIFY(std::abs(flats[0].area.width() - 200) <= 2);
    QVERIFY(std::abs(flats[1].area.width() - 300) <= 2);
    QVERIFY(std::abs(flats[2].area.width() - 400) <= 2);
    QVERIFY(flats[1].area.top() < flats[2].area.top()); // 10 stands above 5, and that above 0
    QVERIFY(flats[2].area.top() < flats[0].area.top());
    const qreal middle = (flats[0].area.top() + flats[1].area.top()) / 2;
    QVERIFY(std::abs(flats[2].area.top() - middle) <= 1);
}

void TestTimelineObjects::manyValuesInAColumnAreABand()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Counter, "total");
    for (int i = 0; i < 100'000; ++i) // a hundred in each column: 0 to 9
        made.count(1, TimestampNs(i) * kMicrosecond, std::uint32_t(i % 10), 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const QRectF lane = picture.areaOf(kTotal);
    qreal covered = 0;
    for (const SceneItem &item : picture.itemsOf(kTotal, [&](const SceneItem &i) {
             return i.kind == SceneItem::Kind::Rect && i.area.height() > lane.height() / 2;
         }))
        covered += item.area.width();
    QVERIFY(covered >= 990);
    QVERIFY(picture.scene.items.size() < 6000);
}

void TestTimelineObjects::aChannelShowsWhenItIsFull()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Channel, "queue", 8);
    made.count(1, 10 * kMs, 3);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.labelOf(QStringLiteral("full")));
    QVERIFY(picture.labelOf(QStringLiteral("8"))); // the axis goes up to its places
    const auto lines = picture.itemsOf(kQueue, [&](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Line
            && item.area.width() >= TimelinePicture::kLanesWidth - 1
            && item.color == picture.theme.mutedText.rgba();
    });
    QCOMPARE(lines.size(), std::size_t(1));
    QCOMPARE(lines[0].pattern, Pattern::Solid);
}

void TestTimelineObjects::aCounterShowsWhatIsExpected()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Counter, "total", 2'000'000);
    made.count(1, 10 * kMs, 1'090'798);
    made.publish(100 * kMs);
    made.writable().finish();
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.labelOf(QStringLiteral("expected 2,000,000")));
    QVERIFY(picture.labelOf(QStringLiteral("last 1,090,798")));
    const auto lines = picture.itemsOf(kTotal, [&](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Line && item.pattern == Pattern::Dotted;
    });
    QCOMPARE(lines.size(), std::size_t(1));
}

void TestTimelineObjects::theAxisBeginsAtZero()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Counter, "total");
    made.count(1, 0, 100);
    made.count(1, 50 * kMs, 90);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.labelOf(QStringLiteral("0")));
    QVERIFY(picture.labelOf(QStringLiteral("100")));
    std::vector<SceneItem> flats = picture.rectsOf(kTotal, picture.theme.neutral);
    std::erase_if(flats, [](const SceneItem &item) { return item.area.width() < 10; });
    QCOMPARE(flats.size(), std::size_t(2));
    const QRectF lane = picture.areaOf(kTotal);
    // A tenth less is a tenth of the height, and no more.
    QVERIFY(flats[1].area.top() - flats[0].area.top() <= lane.height() / 8);
}

void TestTimelineObjects::aCounterIsQuietBeforeItsFirstValue()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Counter, "total");
    made.count(1, 50 * kMs, 3);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    for (const SceneItem &item : picture.rectsOf(kTotal, picture.theme.neutral))
        QVERIFY(item.area.left() >= picture.xOf(50 * kMs) - 1);
    picture.state.window = {0, 50 * kMs}; // it ends where the first value comes
    picture.build();
    QVERIFY(picture.rectsOf(kTotal, picture.theme.neutral).empty());
    picture.state.window = {60 * kMs, 70 * kMs}; // nothing changes within
    picture.build();
    QCOMPARE(picture.rectsOf(kTotal, picture.theme.neutral).size(), std::size_t(1));
}

void TestTimelineObjects::theTooltipOfACounterTellsItsValue()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Channel, "queue", 8);
    for (int i = 0; i < 8; ++i)
        made.count(1, 10 * kMs + i, std::uint32_t(i), 1);
    made.publish(100 * kMs);
    ObjectHistory objects(made.shared());
    objects.update();
    const TraceSnapshot snapshot(*made.shared());
    const auto tooltip = [&](TimestampNs time, double nsPerPixel) {
        return counterTooltip(snapshot, objects, 1, HandmadeTrace::kOrigin + time, nsPerPixel);
    };
    QVERIFY(tooltip(5 * kMs, 1000).isEmpty());
    QVERIFY(tooltip(200 * kMs, 1000).isEmpty());
    const QStringList single = tooltip(60 * kMs, 1000);
    QCOMPARE(single.at(0), kQueue);
    QCOMPARE(single.at(1), QStringLiteral("7 of 8 places taken"));
    QVERIFY(single.at(2).contains(QStringLiteral("Alice")));
    const QStringList many = tooltip(10 * kMs + 4, 100);
    QCOMPARE(many.at(1), QStringLiteral("8 changes, from 0 to 7"));
}

void TestTimelineObjects::aBarrierGoesThroughAllLanes()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Barrier, "end of the phase");
    made.openBarrier(1, 30 * kMs);
    made.openBarrier(1, 90 * kMs);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto lines = picture.longLinesIn(picture.theme.mutedText);
    QCOMPARE(lines.size(), std::size_t(2));
    QVERIFY(std::abs(lines[0].area.left() - picture.xOf(30 * kMs)) <= 1);
    QVERIFY(lines[0].area.top() <= picture.areaOf(QStringLiteral("Alice")).top());
    QVERIFY(lines[0].area.bottom() >= picture.areaOf(QStringLiteral("Bob")).bottom());
    const SceneItem *label = picture.labelOf(QStringLiteral("end of the phase"));
    QVERIFY(label);
    QVERIFY(label->area.bottom() <= picture.areaOf(QStringLiteral("Alice")).top());
    // It is no diamond on any lane.
    QVERIFY(
        std::none_of(picture.scene.items.begin(), picture.scene.items.end(),
                     [](const SceneItem &item) { return item.kind == SceneItem::Kind::Diamond; }));

    ObjectHistory objects(made.shared());
    objects.update();
    const TraceSnapshot snapshot(*made.shared());
    const TimestampNs at = HandmadeTrace::kOrigin + 31 * kMs;
    QVERIFY(barrierNear(snapshot, objects, at, 2 * kMs, 1000)
                .startsWith(QStringLiteral("barrier “end of the phase” opened at")));
    QVERIFY(barrierNear(snapshot, objects, at, kMs / 2, 1000).isEmpty());
}

void TestTimelineObjects::theBarriersNameNeedsRoom()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Barrier, "end of the phase");
    for (int i = 0; i < 10; ++i)
        made.openBarrier(1, 20 * kMs + i * kMs);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QCOMPARE(picture.longLinesIn(picture.theme.mutedText).size(), std::size_t(10));
    int names = 0;
    for (const SceneLabel &label : picture.scene.labels)
        names += label.text == QLatin1String("end of the phase") ? 1 : 0;
    QCOMPARE(names, 1); // behind the last one
}

void TestTimelineObjects::valuesAreNoDiamonds()
{
    HandmadeTrace made = withTasks();
    MarkInfo mark;
    mark.time = HandmadeTrace::kOrigin + 50 * kMs;
    mark.task = 1;
    mark.kind = MarkKind::Value;
    made.writable().addMark(mark);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(
        std::none_of(picture.scene.items.begin(), picture.scene.items.end(),
                     [](const SceneItem &item) { return item.kind == SceneItem::Kind::Diamond; }));
}

void TestTimelineObjects::aDeadlockIsALineFromItsBegin()
{
    HandmadeTrace made = withTasks();
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.longLinesIn(picture.theme.alert).empty());
    DeadlockReport deadlock;
    deadlock.since = 40 * kMs;
    picture.state.runs[0].deadlock = deadlock;
    picture.build();
    const auto lines = picture.longLinesIn(picture.theme.alert);
    QCOMPARE(lines.size(), std::size_t(1));
    QVERIFY(std::abs(lines[0].area.left() - picture.xOf(40 * kMs)) <= 1);
    QVERIFY(picture.labelOf(QStringLiteral("deadlock from here on")));
    picture.state.runs[0].deadlock->isStarvation = true;
    picture.build();
    QVERIFY(picture.labelOf(QStringLiteral("pool starvation from here on")));
}

void TestTimelineObjects::aDeadlockBeforeTheWindowTintsIt()
{
    HandmadeTrace made = withTasks();
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    DeadlockReport deadlock;
    deadlock.since = 40 * kMs;
    picture.state.runs[0].deadlock = deadlock;
    QColor veil = picture.theme.alert;
    const auto veiled = [&] {
        return std::count_if(picture.scene.items.begin(), picture.scene.items.end(),
                             [&](const SceneItem &item) {
                                 return item.kind == SceneItem::Kind::Rect
                                     && qAlpha(item.color) < 100 && qRed(item.color) == veil.red();
                             });
    };
    picture.state.window = {60 * kMs, 90 * kMs};
    picture.build();
    QVERIFY(picture.longLinesIn(picture.theme.alert).empty());
    QCOMPARE(veiled(), std::ptrdiff_t(1));
    picture.state.window = {0, 30 * kMs};
    picture.build();
    QCOMPARE(veiled(), std::ptrdiff_t(0));
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
