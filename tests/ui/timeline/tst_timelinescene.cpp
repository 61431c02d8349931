// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/timeline/timelinepicture.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

const QString kFirst = QStringLiteral("prime 1");
const QString kSecond2 = QStringLiteral("prime 2");

} // namespace

class TestTimelineScene : public QObject
{
    Q_OBJECT

private slots:
    void noRunsGiveAQuietPicture();
    void aRunWithoutOriginGivesAQuietPicture();
    void runningIsSolidInTheTasksColour();
    void coreAndTaskLanesShareTheColour();
    void readyIsHatchedAndLower();
    void queuedIsHollow();
    void unknownIsDottedAndHasNoOutline();
    void aWaitForALockIsALineInTheAlertHue();
    void sleepIsALineWithItsReason();
    void suspendedIsDotted();
    void noStateLeavesTheLaneBlank_data();
    void noStateLeavesTheLaneBlank();
    void aSliverIsTwoPixelsWide();
    void aDenseLaneIsOneStrip();
    void denseWaitsAreALine();
    void denseRunningIsNeverInvisible();
    void theEndOfATaskIsTold();
    void theEndOfATaskIsNeverHalfAWord();
    void everyBadEndHasItsMark_data();
    void everyBadEndHasItsMark();
    void headsSayWhenTheUseOfTheCoresIsNotKnown();
    void printedLinesAreDiamonds();
    void marksOnOnePixelAreOne();
    void hoveringATaskDimsTheOthers();
    void theSelectedSliceIsOutlined();
    void theSelectedSpanTellsItsLength();
    void theCursorTellsItsTime();
    void theOverviewFramesTheWindow();
    void aPictureCanDoWithoutOverview();
    void scrolledLanesMoveUp();
    void theLongestRunCounts();
    void theHeadsFollowTheWidth();
    void theWholeWindowLeavesRoomAtTheEnd();
    void theWordOfAnEndFitsWhereAllIsShown();
    void theLiveWindowGrowsInSteps();
    void theLiveWindowScrollsAfterTenSeconds();
};

void TestTimelineScene::noRunsGiveAQuietPicture()
{
    TimelinePicture picture{HandmadeTrace()};
    picture.state.runs.clear();
    picture.build();
    QCOMPARE(picture.builder.longestRun(), DurationNs(0));
    QVERIFY(picture.builder.layout().lanes().empty());
}

void TestTimelineScene::aRunWithoutOriginGivesAQuietPicture()
{
    TimelineState state;
    RunView view;
    view.trace = std::make_shared<Trace>();
    state.runs.push_back(view);
    TimelineSceneBuilder builder;
    Scene scene;
    builder.build(state, Theme::make(Theme::Kind::Dark), {800, 400}, scene);
    QCOMPARE(builder.longestRun(), DurationNs(0));
    QVERIFY(!scene.items.empty());
}

void TestTimelineScene::runningIsSolidInTheTasksColour()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    const auto rects = picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1));
    QCOMPARE(rects.size(), std::size_t(2));
    const qreal left = picture.builder.headWidth();
    QVERIFY(std::abs(rects[0].area.left() - left) <= 1);
    QVERIFY(std::abs(rects[0].area.width() - 400) <= 2);
    QVERIFY(std::abs(rects[1].area.left() - (left + 600)) <= 1);
}

void TestTimelineScene::coreAndTaskLanesShareTheColour()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    QCOMPARE(picture.rectsOf(QStringLiteral("Core 0"), Pattern::Solid, picture.theme.taskColor(2))
                 .size(),
             std::size_t(1));
    QCOMPARE(picture.rectsOf(kSecond2, Pattern::Solid, picture.theme.taskColor(2)).size(),
             std::size_t(1));
    QVERIFY(picture.hasLabel(QStringLiteral("prime 1")));
}

void TestTimelineScene::readyIsHatchedAndLower()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    const auto ready = picture.rectsOf(kFirst, Pattern::Hatched, picture.theme.taskColor(1));
    const auto running = picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1));
    QCOMPARE(ready.size(), std::size_t(1));
    QVERIFY(ready[0].area.height() < running.at(0).area.height());
    QVERIFY(std::abs(ready[0].area.width() - 200) <= 1);
}

void TestTimelineScene::queuedIsHollow()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    QCOMPARE(picture.rectsOf(kSecond2, Pattern::Hollow, picture.theme.taskColor(2)).size(),
             std::size_t(1));
}

void TestTimelineScene::unknownIsDottedAndHasNoOutline()
{
    TimelinePicture picture{oneSlice(SliceState::Unknown)};
    picture.build();
    const QColor hue = picture.theme.taskColor(1);
    QCOMPARE(picture.rectsOf(kFirst, Pattern::Dotted, hue).size(), std::size_t(1));
    QVERIFY(picture.rectsOf(kFirst, Pattern::Hollow, hue).empty());
}

void TestTimelineScene::aWaitForALockIsALineInTheAlertHue()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    const auto lines = picture.linesOf(kSecond2, picture.theme.alert);
    QVERIFY(!lines.empty());
    QVERIFY(std::abs(lines.front().area.left() - (picture.builder.headWidth() + 600)) <= 1);
}

void TestTimelineScene::sleepIsALineWithItsReason()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build();
    QVERIFY(!picture.linesOf(kSecond2, picture.theme.waiting).empty());
    QVERIFY(picture.hasLabel(QStringLiteral("sleep")));
}

void TestTimelineScene::suspendedIsDotted()
{
    TimelinePicture picture{oneSlice(SliceState::Suspended, WaitReason::Await)};
    picture.build();
    const auto lines = picture.linesOf(kFirst, picture.theme.waiting);
    QVERIFY(!lines.empty());
    for (const SceneItem &line : lines)
        QCOMPARE(line.pattern, Pattern::Dotted);
}

void TestTimelineScene::noStateLeavesTheLaneBlank_data()
{
    addRowPerState();
}

void TestTimelineScene::noStateLeavesTheLaneBlank()
{
    QFETCH(int, state);
    TimelinePicture picture{oneSlice(SliceState(state))};
    picture.build();
    const auto drawn = picture.itemsOf(kFirst, [](const SceneItem &item) {
        return item.kind != SceneItem::Kind::Label && item.area.width() >= 300;
    });
    QVERIFY(!drawn.empty());
}

void TestTimelineScene::aSliverIsTwoPixelsWide()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 50 * kMs, 50 * kMs + 1, SliceState::Running, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto rects = picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1));
    QCOMPARE(rects.size(), std::size_t(1));
    QCOMPARE(rects[0].area.width(), 2.0);
}

void TestTimelineScene::aDenseLaneIsOneStrip()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    constexpr DurationNs step = 10 * kMicrosecond; // ten slices and ten gaps a pixel
    for (TimestampNs t = 0; t < 100 * kMs; t += step)
        made.add(track, t, t + step / 2, SliceState::Running, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto strips = picture.itemsOf(
        kFirst, [](const SceneItem &item) { return item.kind == SceneItem::Kind::Strip; });
    QVERIFY(!strips.empty());
    std::size_t columns = 0;
    for (const SceneItem &strip : strips)
        columns += strip.count;
    QVERIFY(columns >= 990);
    // Half full: between the canvas and the task's colour.
    const QRgb colour = picture.scene.strips.at(strips.front().index + strips.front().count / 2);
    QVERIFY(colour != picture.theme.canvas.rgb());
    QVERIFY(colour != picture.theme.taskColor(1).rgb());
}

void TestTimelineScene::denseWaitsAreALine()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    constexpr DurationNs step = 10 * kMicrosecond;
    for (TimestampNs t = 0; t < 100 * kMs; t += step)
        made.add(track, t, t + step - 1, SliceState::Blocked, 1, WaitReason::Sleep);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    qreal length = 0;
    for (const SceneItem &line : picture.linesOf(kFirst, picture.theme.waiting))
        length += line.area.width();
    QVERIFY(length >= 990);
}

void TestTimelineScene::denseRunningIsNeverInvisible()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    for (TimestampNs t = 0; t < 100 * kMs; t += 20 * kMicrosecond)
        made.add(track, t, t + 20, SliceState::Running, 1); // a thousandth of the time
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    const auto drawn = picture.itemsOf(kFirst, [&](const SceneItem &item) {
        if (item.kind == SceneItem::Kind::Strip)
            return picture.scene.strips.at(item.index) != picture.theme.canvas.rgb();
        return item.kind == SceneItem::Kind::Rect;
    });
    QVERIFY(!drawn.empty());
}

void TestTimelineScene::theEndOfATaskIsTold()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.window = {0, 110 * kMs};
    picture.build();
    QVERIFY(picture.hasLabel(QStringLiteral("✓ done")));
    QVERIFY(picture.hasLabel(QStringLiteral("✕ cancelled")));
}

void TestTimelineScene::theEndOfATaskIsNeverHalfAWord()
{
    HandmadeTrace made = oneSlice(SliceState::Running);
    made.endTask(1, 60 * kMs, TaskOutcome::Cancelled);
    TimelinePicture picture(made);
    picture.state.window = {0, 62 * kMs};
    picture.build();
    QVERIFY(!picture.hasLabel(QStringLiteral("✕ cancelled")));
    QVERIFY(picture.hasLabel(QStringLiteral("✕")));
}

void TestTimelineScene::everyBadEndHasItsMark_data()
{
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("text");
    QTest::newRow("cancelled") << int(TaskOutcome::Cancelled) << QStringLiteral("✕ cancelled");
    QTest::newRow("failed") << int(TaskOutcome::Failed) << QStringLiteral("! failed");
    QTest::newRow("crashed") << int(TaskOutcome::Crashed) << QStringLiteral("! crashed");
}

void TestTimelineScene::everyBadEndHasItsMark()
{
    QFETCH(int, outcome);
    QFETCH(QString, text);
    HandmadeTrace made = oneSlice(SliceState::Running);
    made.endTask(1, 60 * kMs, TaskOutcome(outcome));
    TimelinePicture picture(made);
    picture.build();
    const auto end = std::find_if(picture.scene.items.begin(), picture.scene.items.end(),
                                  [&](const SceneItem &item) {
                                      return item.kind == SceneItem::Kind::Label
                                          && picture.scene.labels.at(item.index).text == text;
                                  });
    QVERIFY(end != picture.scene.items.end());
    QCOMPARE(end->color, picture.theme.alert.rgba());
    QVERIFY(std::abs(end->area.left() - (picture.builder.headWidth() + 606)) <= 1);
}

void TestTimelineScene::headsSayWhenTheUseOfTheCoresIsNotKnown()
{
    HandmadeTrace made(Source::Events);
    made.writable().addCoreTrack(0);
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 0, 50 * kMs, SliceState::Unknown, 1);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.build();
    QVERIFY(picture.hasLabel(QStringLiteral("use not known")));
    QVERIFY(std::none_of(
        picture.scene.labels.begin(), picture.scene.labels.end(),
        [](const SceneLabel &label) { return label.text.contains(QStringLiteral("busy")); }));
}

void TestTimelineScene::printedLinesAreDiamonds()
{
    HandmadeTrace made = HandmadeTrace::twoTasks();
    MarkInfo mark;
    mark.time = HandmadeTrace::kOrigin + 50 * kMs;
    mark.task = 2;
    mark.kind = MarkKind::Printed;
    made.writable().addMark(mark);
    TimelinePicture picture(made);
    picture.build();
    const auto isDiamond = [](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Diamond;
    };
    QCOMPARE(picture.itemsOf(kSecond2, isDiamond).size(), std::size_t(1));
    QVERIFY(picture.itemsOf(kFirst, isDiamond).empty());
}

void TestTimelineScene::marksOnOnePixelAreOne()
{
    HandmadeTrace made = HandmadeTrace::twoTasks();
    for (int i = 0; i < 50'000; ++i) {
        MarkInfo mark;
        mark.time = HandmadeTrace::kOrigin + 50 * kMs + i;
        mark.task = 1;
        mark.kind = MarkKind::Printed;
        made.writable().addMark(mark);
    }
    TimelinePicture picture(made);
    picture.build();
    const auto diamonds = picture.itemsOf(
        kFirst, [](const SceneItem &item) { return item.kind == SceneItem::Kind::Diamond; });
    QCOMPARE(diamonds.size(), std::size_t(1));
}

void TestTimelineScene::hoveringATaskDimsTheOthers()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.hoveredTask = 1;
    picture.build();
    QVERIFY(!picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1)).empty());
    QVERIFY(picture.rectsOf(kSecond2, Pattern::Solid, picture.theme.taskColor(2)).empty());
}

void TestTimelineScene::theSelectedSliceIsOutlined()
{
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    TimelinePicture picture(made);
    const TrackIndex track = made.shared()->task(1).track.load();
    picture.state.selected = SliceHit{track, 0, made.shared()->track(track).slices[0]};
    picture.build();
    const auto outline = std::find_if(
        picture.scene.items.begin(), picture.scene.items.end(), [&](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Rect && item.pattern == Pattern::Hollow
                && item.color == picture.theme.text.rgba();
        });
    QVERIFY(outline != picture.scene.items.end());
    QVERIFY(std::abs(outline->area.width() - 402) <= 2);
}

void TestTimelineScene::theSelectedSpanTellsItsLength()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.selectedSpan = TimeSpan{20 * kMs, 50 * kMs};
    picture.build();
    QVERIFY(picture.hasLabel(durationLabel(30 * kMs)));
}

void TestTimelineScene::theCursorTellsItsTime()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.cursor = 73 * kMs;
    picture.build();
    QVERIFY(picture.hasLabel(timeLabel(73 * kMs, picture.builder.timeScale().nsPerPixel())));
}

void TestTimelineScene::theOverviewFramesTheWindow()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.window = {0, 50 * kMs};
    picture.build();
    const QRectF overview = picture.builder.overviewArea();
    const auto frame = std::find_if(
        picture.scene.items.begin(), picture.scene.items.end(), [&](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Rect && item.pattern == Pattern::Hollow
                && item.color == picture.theme.accent.rgba() && overview.contains(item.area);
        });
    QVERIFY(frame != picture.scene.items.end());
    QVERIFY(frame->area.width() > 0.35 * overview.width());
    QVERIFY(frame->area.width() < 0.55 * overview.width());
}

void TestTimelineScene::aPictureCanDoWithoutOverview()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.state.showOverview = false;
    picture.build();
    QCOMPARE(picture.builder.lanesTop(), qreal(TimelineSceneBuilder::kRulerHeight));
    QVERIFY(!picture.hasLabel(QStringLiteral("Overview")));
}

void TestTimelineScene::scrolledLanesMoveUp()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.build(160);
    const auto before = picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1));
    picture.state.scrollY = 30;
    picture.build(160);
    const auto after = picture.rectsOf(kFirst, Pattern::Solid, picture.theme.taskColor(1));
    QVERIFY(!after.empty());
    if (!before.empty())
        QCOMPARE(after[0].area.top(), before[0].area.top() - 30);
}

void TestTimelineScene::theLongestRunCounts()
{
    HandmadeTrace brief;
    brief.publish(10 * kMs);
    HandmadeTrace lasting;
    lasting.publish(70 * kMs);
    RunView first;
    first.trace = brief.shared();
    RunView second;
    second.trace = lasting.shared();
    QCOMPARE(TimelineSceneBuilder::longestOf({first, second, RunView()}), 70 * kMs);
    QCOMPARE(TimelineSceneBuilder::longestOf({}), DurationNs(0));
}

void TestTimelineScene::theWholeWindowLeavesRoomAtTheEnd()
{
    const auto roomOf = [](qreal width, qreal scale) {
        const qreal head = TimelineSceneBuilder::headWidthOf(width, scale);
        const TimeScale time{TimelineSceneBuilder::wholeWindow(100 * kMs, width, scale),
                             int(width - head)};
        return time.widthPx - time.toX(100 * kMs);
    };
    for (const qreal width : {640.0, 740.0, 1128.0, 3000.0}) {
        QVERIFY(roomOf(width, 1) > 79.9);
        QVERIFY(roomOf(width, 1.6) > 127.9);
    }
    QVERIFY(roomOf(3000, 1) < 300);
    QVERIFY(roomOf(200, 1) < 51); // of 100: the slices keep half of it
    QVERIFY(TimelineSceneBuilder::wholeWindow(100 * kMs, 0, 1).end > 100 * kMs);
    QVERIFY(TimelineSceneBuilder::wholeWindow(0, 1000, 1).end > 0);
    QVERIFY(TimelineSceneBuilder::wholeWindow(1, 1000, 1).duration() >= 100);
}

void TestTimelineScene::theHeadsFollowTheWidth()
{
    QCOMPARE(TimelineSceneBuilder::headWidthOf(700, 1), 128.0);
    QCOMPARE(TimelineSceneBuilder::headWidthOf(1120, 1), 160.0);
    QCOMPARE(TimelineSceneBuilder::headWidthOf(4000, 1), 220.0);
    QCOMPARE(TimelineSceneBuilder::headWidthOf(4000, 1.6), 352.0);
    QCOMPARE(TimelineSceneBuilder::headWidthOf(200, 1), 100.0); // the lanes keep half
    QCOMPARE(TimelineSceneBuilder::headWidthOf(0, 1), 0.0);
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    picture.builder.build(picture.state, picture.theme, {1120, 400}, picture.scene);
    QCOMPARE(picture.builder.headWidth(), 160.0);
    QCOMPARE(picture.builder.timeScale().widthPx, 960);
    picture.state.live = true; // and nothing jumps when it is over
    picture.builder.build(picture.state, picture.theme, {1120, 400}, picture.scene);
    QCOMPARE(picture.builder.headWidth(), 160.0);
}

void TestTimelineScene::theWordOfAnEndFitsWhereAllIsShown()
{
    TimelinePicture picture{HandmadeTrace::twoTasks()};
    const QSizeF size(740, 500); // on a screen of 1280 pixels, beside both panels
    picture.state.window =
        TimelineSceneBuilder::wholeWindow(100 * kMs, size.width(), picture.theme.scale);
    picture.builder.build(picture.state, picture.theme, size, picture.scene);
    QVERIFY(picture.hasLabel(QStringLiteral("✕ cancelled")));
}

void TestTimelineScene::theLiveWindowGrowsInSteps()
{
    const TimeSpan start = TimelineSceneBuilder::liveWindow(0, 1000);
    QCOMPARE(start.end, 100 * kMs);
    QCOMPARE(TimelineSceneBuilder::liveWindow(90 * kMs, 1000).end, start.end);
    const TimeSpan later = TimelineSceneBuilder::liveWindow(101 * kMs, 1000);
    QVERIFY(later.end > 101 * kMs);
    QCOMPARE(TimelineSceneBuilder::liveWindow(102 * kMs, 1000).end, later.end);
    QCOMPARE(TimelineSceneBuilder::liveWindow(9 * kSecond, 1000).begin, TimestampNs(0));
}

void TestTimelineScene::theLiveWindowScrollsAfterTenSeconds()
{
    const TimeSpan window = TimelineSceneBuilder::liveWindow(20 * kSecond, 1000);
    QCOMPARE(window.duration(), 10 * kSecond);
    QVERIFY(window.contains(20 * kSecond));
    QCOMPARE(window.begin % (10 * kSecond / 1000), TimestampNs(0));
}

QTEST_MAIN(TestTimelineScene)
#include "tst_timelinescene.moc"
