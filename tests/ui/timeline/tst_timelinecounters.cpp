// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/timeline/objectpictures.h"
#include "ui/timeline/timelinetooltip.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace Interleave;

namespace
{

const QString kQueue = QStringLiteral("queue");
const QString kTotal = QStringLiteral("total");

} // namespace

class TestTimelineCounters : public QObject
{
    Q_OBJECT

private slots:
    void aCounterIsALineInSteps();
    void manyValuesInAColumnAreABand();
    void aChannelShowsWhenItIsFull();
    void aCounterShowsWhatIsExpected();
    void theAxisBeginsAtZero();
    void aCounterIsQuietBeforeItsFirstValue();
    void theTooltipOfACounterTellsItsValue();
    void valuesAreNoDiamonds();
};

void TestTimelineCounters::aCounterIsALineInSteps()
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

void TestTimelineCounters::manyValuesInAColumnAreABand()
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

void TestTimelineCounters::aChannelShowsWhenItIsFull()
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

void TestTimelineCounters::aCounterShowsWhatIsExpected()
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

void TestTimelineCounters::theAxisBeginsAtZero()
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

void TestTimelineCounters::aCounterIsQuietBeforeItsFirstValue()
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

void TestTimelineCounters::theTooltipOfACounterTellsItsValue()
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

void TestTimelineCounters::valuesAreNoDiamonds()
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

QTEST_MAIN(TestTimelineCounters)
#include "tst_timelinecounters.moc"
