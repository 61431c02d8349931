// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadeprogram.h"
#include "tests/ui/timeline/objectpictures.h"
#include "ui/timeline/timelinetooltip.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

using namespace Interleave;

namespace
{

const QString kPhase = QStringLiteral("phase");

std::ptrdiff_t namesOf(const TimelinePicture &picture)
{
    return std::count_if(picture.scene.labels.begin(), picture.scene.labels.end(),
                         [](const SceneLabel &label) { return label.text == kPhase; });
}

} // namespace

class TestTimelineFlows : public QObject
{
    Q_OBJECT

private slots:
    void aHandOverIsAnArrow();
    void aResumedCoroutineIsADottedArrow();
    void arrowsMakeWayForWords();
    void tooManyArrowsAreThoseOfTheChosenTask();
    void arrowsNeedBothLanes();
    void aBarrierGoesThroughAllLanes();
    void theBarriersNameNeedsRoom();
    void theBarriersNameKeepsClearOfTheHeads();
    void theBarriersNameKeepsClearOfTheWordsOfItsHeading();
    void theBarriersNameIsNotHalfCoveredByADeadlock();
    void aDeadlockIsALineFromItsBegin();
    void aDeadlockBeforeTheWindowTintsIt();
};

void TestTimelineFlows::aHandOverIsAnArrow()
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

void TestTimelineFlows::aResumedCoroutineIsADottedArrow()
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

void TestTimelineFlows::arrowsMakeWayForWords()
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

void TestTimelineFlows::tooManyArrowsAreThoseOfTheChosenTask()
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

void TestTimelineFlows::arrowsNeedBothLanes()
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

void TestTimelineFlows::aBarrierGoesThroughAllLanes()
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

void TestTimelineFlows::theBarriersNameNeedsRoom()
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

void TestTimelineFlows::theBarriersNameKeepsClearOfTheHeads()
{
    for (const auto &[time, names] : {std::pair(kMs / 10, 0), std::pair(2 * kMs, 1)}) {
        HandmadeTrace made = withTasks();
        made.addObject(1, ObjectKind::Barrier, "phase");
        made.openBarrier(1, time); // 1 and 20 pixels behind the heads
        made.publish(100 * kMs);
        TimelinePicture picture(made);
        picture.build();
        QCOMPARE(picture.longLinesIn(picture.theme.mutedText).size(), std::size_t(1));
        QCOMPARE(namesOf(picture), std::ptrdiff_t(names));
    }
}

void TestTimelineFlows::theBarriersNameKeepsClearOfTheWordsOfItsHeading()
{
    HandmadeProgram made;
    const ProcessIndex program =
        made.addProcess(200, kNoProcess, "simulation of everything --with --many --options");
    made.addThread(program, 200, "main", 1);
    made.addThread(program, 201, "second", 2);
    made.addThread(program, 202, "third", 3);
    made.addObject(1, ObjectKind::Barrier, "phase");
    made.openBarrier(1, 3 * kMs); // behind the heads, and before the end of the command line
    made.openBarrier(1, 85 * kMs);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.state.runs[0].model = QStringLiteral("command");
    picture.build();
    QCOMPARE(namesOf(picture), std::ptrdiff_t(1));
    QVERIFY(picture.labelOf(kPhase)->area.left() > picture.xOf(85 * kMs));
}

void TestTimelineFlows::theBarriersNameIsNotHalfCoveredByADeadlock()
{
    HandmadeTrace made = withTasks();
    made.addObject(1, ObjectKind::Barrier, "phase");
    made.openBarrier(1, 20 * kMs);
    made.openBarrier(1, 42 * kMs);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QCOMPARE(namesOf(picture), std::ptrdiff_t(2));
    DeadlockReport deadlock;
    deadlock.since = 40 * kMs;
    picture.state.runs[0].deadlock = deadlock;
    picture.build();
    QCOMPARE(namesOf(picture), std::ptrdiff_t(1));
    QVERIFY(picture.labelOf(kPhase)->area.right() < picture.xOf(40 * kMs));
    QCOMPARE(picture.longLinesIn(picture.theme.mutedText).size(), std::size_t(2)); // its line stays
    picture.state.runs[0].deadlock->since = 70 * kMs;
    picture.build();
    QCOMPARE(namesOf(picture), std::ptrdiff_t(2));
}

void TestTimelineFlows::aDeadlockIsALineFromItsBegin()
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

void TestTimelineFlows::aDeadlockBeforeTheWindowTintsIt()
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

QTEST_MAIN(TestTimelineFlows)
#include "tst_timelineflows.moc"
