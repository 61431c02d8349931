// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/timeline/timelinepicture.h"
#include "ui/timeline/timelineview.h"

#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPixmap>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

/// What a person has in front of them: a timeline of 1128 x 500 pixels.
class ShownTimeline
{
public:
    ShownTimeline()
    {
        view.resize(1128, 500);
        QObject::connect(&view, &TimelineView::sliceSelected, &view,
                         [this](int, const SliceHit &hit) { selected.push_back(hit); });
        QObject::connect(&view, &TimelineView::spanSelected, &view,
                         [this](TimeSpan span) { spans.push_back(span); });
        QObject::connect(&view, &TimelineView::firstSlicePainted, &view, [this] { ++firstSlices; });
        QObject::connect(&view, &TimelineView::emptyActionTriggered, &view, [this] { ++actions; });
        QObject::connect(&view, &TimelineView::painted, &view, [this] { ++frames; });
        view.show();
    }

    void showTwoTasks()
    {
        view.setRuns(viewsOf(HandmadeTrace::twoTasks()), false);
        paint();
    }

    /// A whole frame, now.
    void paint() { view.grab(); }

    void mouse(QEvent::Type type, QPointF at, Qt::MouseButton button = Qt::LeftButton)
    {
        const Qt::MouseButtons buttons =
            type == QEvent::MouseButtonRelease ? Qt::MouseButtons() : Qt::MouseButtons(button);
        QMouseEvent event(type, at, view.mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : button, buttons,
                          Qt::NoModifier);
        QApplication::sendEvent(&view, &event);
    }
    void click(QPointF at)
    {
        mouse(QEvent::MouseButtonPress, at);
        mouse(QEvent::MouseButtonRelease, at);
        paint();
    }
    void drag(QPointF from, QPointF to, Qt::MouseButton button = Qt::LeftButton)
    {
        mouse(QEvent::MouseButtonPress, from, button);
        mouse(QEvent::MouseMove, (from + to) / 2, button);
        mouse(QEvent::MouseMove, to, button);
        mouse(QEvent::MouseButtonRelease, to, button);
        paint();
    }
    void hover(QPointF at)
    {
        QMouseEvent event(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                          Qt::NoModifier);
        QApplication::sendEvent(&view, &event);
        paint();
    }
    void wheel(QPointF at, QPoint angle, Qt::KeyboardModifiers modifiers)
    {
        QWheelEvent event(at, view.mapToGlobal(at), QPoint(), angle, Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &event);
        paint();
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(&view, key, modifiers);
        paint();
    }

    /// A point on the lane with this title, at a time.
    [[nodiscard]] QPointF at(const QString &lane, TimestampNs time) const
    {
        for (const Lane &l : view.builder().layout().lanes()) {
            if (l.title == lane) {
                return {view.builder().headWidth() + view.builder().timeScale().toX(time),
                        view.builder().lanesTop() + l.y - view.state().scrollY + l.height / 2};
            }
        }
        return {-1, -1};
    }
    [[nodiscard]] TimeSpan window() const { return view.state().window; }
    /// What the view shows of a run that is so long, when all of it is fitted.
    [[nodiscard]] TimeSpan wholeOf(DurationNs longest) const
    {
        return TimelineSceneBuilder::wholeWindow(longest, view.width(), 1);
    }

    TimelineView view;
    std::vector<SliceHit> selected;
    std::vector<TimeSpan> spans;
    int firstSlices = 0;
    int actions = 0;
    int frames = 0;
};

const QString kCore0 = QStringLiteral("Core 0");
const QString kPrime1 = QStringLiteral("prime 1");
const QString kPrime2 = QStringLiteral("prime 2");

} // namespace

class TestTimelineView : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyTimelineOffersItsAction();
    void enterPressesTheAction();
    void aFinishedRunIsFitted();
    void whatIsFittedStaysSoInAnotherWidth();
    void whatWasFittedWhileItRanStaysAsThePersonSawIt();
    void whatIsFittedStaysSoInAnotherTheme();
    void clickingSelectsASlice();
    void clickingBesideClearsTheSelection();
    void clickingANameSelectsItsFirstSlice();
    void periodAndCommaWalkAlongTheTrack();
    void controlDownWalksToTheNextTrack();
    void theSelectionIsSpoken();
    void theEndOfACancelledTaskIsSpokenWithItsLastSlice();
    void enterAsksForTheDetailsOfTheSelection();
    void escapeClearsTheSelection();
    void draggingSelectsASpan();
    void zoomKeysZoomAroundThePointer();
    void controlWheelZoomsAroundThePointer();
    void shiftWheelPans();
    void theWheelScrollsOnlyWhatDoesNotFit();
    void theMiddleButtonPans();
    void draggingTheRulerPans();
    void panningStaysWithinTheRun();
    void fZoomsToTheSelectionAndZeroFits();
    void clickingAHeadingFoldsItsGroup();
    void seekingInTheOverviewMovesTheWindow();
    void hoveringTellsTheSlice();
    void hoveringTheMarkOfAnEndExplainsIt();
    void leavingTakesTheTooltipAway();
    void theFilterHidesOtherTasks();
    void theFirstSliceIsToldOnce();
    void aLiveRunIsFollowedUntilThePersonPans();
    void theEndOfALiveRunFitsIt();
    void newRunsForgetTheSelection();
    void otherThemesPaint();
};

void TestTimelineView::anEmptyTimelineOffersItsAction()
{
    ShownTimeline shown;
    shown.view.setEmptyText(QStringLiteral("Choose a task set"), QStringLiteral("Run two tasks"));
    shown.paint();
    shown.click({5, 5});
    QCOMPARE(shown.actions, 0);
    shown.click(QPointF(shown.view.width() / 2.0, shown.view.height() / 2.0 + 10));
    QCOMPARE(shown.actions, 1);
}

void TestTimelineView::enterPressesTheAction()
{
    ShownTimeline shown;
    shown.view.setEmptyText(QStringLiteral("Choose a task set"), QStringLiteral("Run two tasks"));
    shown.key(Qt::Key_Return);
    QCOMPARE(shown.actions, 1);
}

void TestTimelineView::aFinishedRunIsFitted()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    QCOMPARE(shown.window(), shown.wholeOf(100 * kMs));
    QVERIFY(shown.frames > 0);
}

void TestTimelineView::whatIsFittedStaysSoInAnotherWidth()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    const TimeSpan wide = shown.window();
    shown.view.resize(640, 500);
    shown.paint();
    QCOMPARE(shown.window(), shown.wholeOf(100 * kMs));
    QVERIFY(shown.window().end > wide.end); // the same words have a greater share of it
    shown.key(Qt::Key_W);
    const TimeSpan chosen = shown.window();
    shown.view.resize(1128, 500);
    shown.paint();
    QCOMPARE(shown.window(), chosen);
}

void TestTimelineView::whatWasFittedWhileItRanStaysAsThePersonSawIt()
{
    ShownTimeline shown;
    HandmadeTrace made = HandmadeTrace::twoTasks();
    shown.view.setRuns(viewsOf(made), true);
    shown.paint();
    shown.view.fit();
    const TimeSpan chosen = shown.window();
    made.publish(10'000 * kMs);
    shown.view.setLive(false);
    shown.view.resize(1000, 500);
    shown.paint();
    QCOMPARE(shown.window(), chosen);
}

void TestTimelineView::whatIsFittedStaysSoInAnotherTheme()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    const Theme projector = Theme::make(Theme::Kind::Projector);
    shown.view.setTheme(projector);
    QCOMPARE(shown.window(),
             TimelineSceneBuilder::wholeWindow(100 * kMs, shown.view.width(), projector.scale));
    QVERIFY(shown.window() != shown.wholeOf(100 * kMs));
}

void TestTimelineView::clickingSelectsASlice()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kCore0, 50 * kMs));
    QCOMPARE(shown.selected.size(), std::size_t(1));
    QCOMPARE(shown.selected[0].slice.task, TaskId(2));
    QCOMPARE(shown.selected[0].slice.duration(), 20 * kMs);
}

void TestTimelineView::clickingBesideClearsTheSelection()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kCore0, 10 * kMs));
    shown.click(shown.at(kCore0, 90 * kMs)); // idle
    QCOMPARE(shown.selected.size(), std::size_t(2));
    QCOMPARE(shown.selected[1].track, kNoTrack);
    QVERIFY(!shown.view.state().selected);
}

void TestTimelineView::clickingANameSelectsItsFirstSlice()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(QPointF(30, shown.at(kPrime1, 0).y()));
    QCOMPARE(shown.selected.size(), std::size_t(1));
    QCOMPARE(shown.selected[0].index, std::int64_t(0));
}

void TestTimelineView::periodAndCommaWalkAlongTheTrack()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kPrime1, 10 * kMs));
    shown.key(Qt::Key_Period);
    QCOMPARE(shown.selected.back().slice.state, SliceState::Runnable);
    shown.key(Qt::Key_Comma);
    QCOMPARE(shown.selected.back().index, std::int64_t(0));
    const std::size_t count = shown.selected.size();
    shown.key(Qt::Key_Comma); // there is none before
    QCOMPARE(shown.selected.size(), count);
}

void TestTimelineView::controlDownWalksToTheNextTrack()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.key(Qt::Key_Period); // nothing is selected: the first track
    QCOMPARE(shown.selected.size(), std::size_t(1));
    const TrackIndex first = shown.selected.back().track;
    shown.key(Qt::Key_Down, Qt::ControlModifier);
    QCOMPARE(shown.selected.size(), std::size_t(2));
    QVERIFY(shown.selected.back().track != first);
    shown.key(Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(shown.selected.back().track, first);
}

void TestTimelineView::theSelectionIsSpoken()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kPrime1, 10 * kMs));
    QVERIFY(shown.view.accessibleDescription().contains(kPrime1));
    QVERIFY(!shown.view.accessibleName().isEmpty());
}

void TestTimelineView::theEndOfACancelledTaskIsSpokenWithItsLastSlice()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kPrime2, 50 * kMs));
    QVERIFY(!shown.view.accessibleDescription().contains(QStringLiteral("cancelled")));
    shown.click(shown.at(kPrime2, 90 * kMs));
    QVERIFY(shown.view.accessibleDescription().contains(QStringLiteral("cancelled at")));
}

void TestTimelineView::enterAsksForTheDetailsOfTheSelection()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    int requests = 0;
    QObject::connect(&shown.view, &TimelineView::detailsRequested, &shown.view,
                     [&requests] { ++requests; });
    shown.key(Qt::Key_Return);
    QCOMPARE(requests, 0); // there is nothing to explain
    shown.click(shown.at(kPrime1, 10 * kMs));
    shown.key(Qt::Key_Return);
    QCOMPARE(requests, 1);
    shown.key(Qt::Key_Escape);
    shown.drag(shown.at(kPrime1, 20 * kMs), shown.at(kPrime1, 70 * kMs));
    shown.key(Qt::Key_Enter);
    QCOMPARE(requests, 2);
}

void TestTimelineView::escapeClearsTheSelection()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kPrime1, 10 * kMs));
    shown.key(Qt::Key_Escape);
    QVERIFY(!shown.view.state().selected);
    QCOMPARE(shown.selected.back().track, kNoTrack);
}

void TestTimelineView::draggingSelectsASpan()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.drag(shown.at(kPrime1, 70 * kMs), shown.at(kPrime1, 20 * kMs)); // backwards
    QCOMPARE(shown.spans.size(), std::size_t(1));
    QVERIFY(std::abs(shown.spans[0].begin - 20 * kMs) < kMs);
    QVERIFY(std::abs(shown.spans[0].end - 70 * kMs) < kMs);
    QVERIFY(shown.selected.empty());
}

void TestTimelineView::zoomKeysZoomAroundThePointer()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    const DurationNs before = shown.window().duration();
    shown.hover(shown.at(kCore0, 60 * kMs));
    shown.key(Qt::Key_W);
    QVERIFY(shown.window().duration() < before);
    QVERIFY(shown.window().contains(60 * kMs));
    shown.key(Qt::Key_S);
    QVERIFY(std::abs(shown.window().duration() - before) < 10);
}

void TestTimelineView::controlWheelZoomsAroundThePointer()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    const QPointF pointer = shown.at(kCore0, 60 * kMs);
    const double x = shown.view.builder().timeScale().toX(60 * kMs);
    for (int i = 0; i < 10; ++i)
        shown.wheel(pointer, {0, 120}, Qt::ControlModifier);
    QVERIFY(shown.window().duration() < 20 * kMs);
    QVERIFY(std::abs(shown.view.builder().timeScale().toX(60 * kMs) - x) < 2);
}

void TestTimelineView::shiftWheelPans()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.key(Qt::Key_W);
    shown.key(Qt::Key_W);
    const TimeSpan before = shown.window();
    shown.wheel(shown.at(kCore0, 60 * kMs), {0, -120}, Qt::ShiftModifier);
    QVERIFY(shown.window().begin > before.begin);
    QCOMPARE(shown.window().duration(), before.duration());
}

void TestTimelineView::theWheelScrollsOnlyWhatDoesNotFit()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.wheel(QPointF(500, 300), {0, -120}, Qt::NoModifier);
    QCOMPARE(shown.view.state().scrollY, 0.0);
    shown.view.resize(1128, 160);
    shown.paint();
    shown.wheel(QPointF(500, 100), {0, -120}, Qt::NoModifier);
    QVERIFY(shown.view.state().scrollY > 0);
}

void TestTimelineView::theMiddleButtonPans()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    for (int i = 0; i < 4; ++i)
        shown.key(Qt::Key_W);
    const TimeSpan before = shown.window();
    shown.drag({600, 200}, {500, 200}, Qt::MiddleButton);
    QVERIFY(shown.window().begin > before.begin);
    QCOMPARE(shown.window().duration(), before.duration());
    QVERIFY(shown.spans.empty());
}

void TestTimelineView::draggingTheRulerPans()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    for (int i = 0; i < 4; ++i)
        shown.key(Qt::Key_W);
    const TimeSpan before = shown.window();
    const QPointF ruler = shown.view.builder().rulerArea().center();
    shown.drag(ruler, ruler + QPointF(50, 0));
    QVERIFY(shown.window().begin < before.begin);
}

void TestTimelineView::panningStaysWithinTheRun()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.key(Qt::Key_W);
    for (int i = 0; i < 50; ++i)
        shown.key(Qt::Key_A);
    QCOMPARE(shown.window().begin, TimestampNs(0));
    for (int i = 0; i < 50; ++i)
        shown.key(Qt::Key_D);
    QCOMPARE(shown.window().end, shown.wholeOf(100 * kMs).end);
}

void TestTimelineView::fZoomsToTheSelectionAndZeroFits()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kCore0, 50 * kMs));
    shown.key(Qt::Key_F);
    QVERIFY(shown.window().begin > 35 * kMs);
    QVERIFY(shown.window().end < 65 * kMs);
    shown.key(Qt::Key_0);
    QCOMPARE(shown.window(), shown.wholeOf(100 * kMs));
}

void TestTimelineView::clickingAHeadingFoldsItsGroup()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    const std::size_t lanes = shown.view.builder().layout().lanes().size();
    const QPointF heading = shown.at(QStringLiteral("Threads"), 10 * kMs);
    shown.click(heading);
    QCOMPARE(shown.view.builder().layout().lanes().size(), lanes - 2);
    shown.click(shown.at(QStringLiteral("Threads"), 10 * kMs));
    QCOMPARE(shown.view.builder().layout().lanes().size(), lanes);
}

void TestTimelineView::seekingInTheOverviewMovesTheWindow()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    for (int i = 0; i < 8; ++i)
        shown.key(Qt::Key_W);
    const QRectF overview = shown.view.builder().overviewArea();
    shown.click(QPointF(overview.right() - 5, overview.center().y()));
    QCOMPARE(shown.window().end, shown.wholeOf(100 * kMs).end);
    shown.click(QPointF(overview.left() + 1, overview.center().y()));
    QCOMPARE(shown.window().begin, TimestampNs(0));
}

void TestTimelineView::hoveringTellsTheSlice()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    QString told;
    QObject::connect(&shown.view, &TimelineView::hovered, &shown.view,
                     [&told](const QString &text) { told = text; });
    shown.hover(shown.at(kCore0, 10 * kMs));
    QVERIFY(told.contains(kPrime1));
    QVERIFY(told.contains(durationLabel(40 * kMs)));
    QCOMPARE(shown.view.state().hoveredTask, TaskId(1));
    QVERIFY(shown.view.state().cursor.has_value());
}

void TestTimelineView::hoveringTheMarkOfAnEndExplainsIt()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.hover(shown.at(kPrime2, 102 * kMs));
    const QStringList lines = shown.view.state().tooltip;
    QCOMPARE(lines.size(), qsizetype(2));
    QCOMPARE(lines.first(), kPrime2);
    QVERIFY(lines.last().startsWith(QStringLiteral("cancelled at")));
    shown.hover(shown.at(kPrime2, 90 * kMs)); // its last slice says it too, once
    QCOMPARE(shown.view.state().tooltip.filter(QStringLiteral("cancelled at")).size(),
             qsizetype(1));
}

void TestTimelineView::leavingTakesTheTooltipAway()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.hover(shown.at(kCore0, 10 * kMs));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&shown.view, &leave);
    QVERIFY(shown.view.state().tooltip.isEmpty());
    QVERIFY(!shown.view.state().cursor);
    QCOMPARE(shown.view.state().hoveredTask, kNoTask);
}

void TestTimelineView::theFilterHidesOtherTasks()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.view.setFilter(QStringLiteral("prime 2"));
    shown.paint();
    QCOMPARE(shown.at(kPrime1, 0), QPointF(-1, -1));
    QVERIFY(shown.at(QStringLiteral("prime 2"), 0) != QPointF(-1, -1));
}

void TestTimelineView::theFirstSliceIsToldOnce()
{
    ShownTimeline shown;
    HandmadeTrace made;
    const TrackIndex core = made.writable().addCoreTrack(0);
    shown.view.setRuns(viewsOf(made), true);
    shown.paint();
    QCOMPARE(shown.firstSlices, 0);
    made.add(core, 0, kMs, SliceState::Running, 1);
    made.publish(kMs);
    QTRY_COMPARE(shown.firstSlices, 1);
    shown.paint();
    shown.paint();
    QCOMPARE(shown.firstSlices, 1);
}

void TestTimelineView::aLiveRunIsFollowedUntilThePersonPans()
{
    ShownTimeline shown;
    HandmadeTrace made;
    made.writable().addCoreTrack(0);
    made.publish(kMs);
    shown.view.setRuns(viewsOf(made), true);
    shown.paint();
    QVERIFY(shown.view.isFollowing());
    made.publish(kSecond);
    shown.paint();
    QVERIFY(shown.window().end >= kSecond);

    shown.key(Qt::Key_W);
    QVERIFY(!shown.view.isFollowing());
    const TimeSpan kept = shown.window();
    made.publish(3 * kSecond);
    shown.paint();
    QCOMPARE(shown.window(), kept);

    shown.key(Qt::Key_L);
    QVERIFY(shown.view.isFollowing());
    QVERIFY(shown.window().end >= 3 * kSecond);
}

void TestTimelineView::theEndOfALiveRunFitsIt()
{
    ShownTimeline shown;
    HandmadeTrace made;
    made.writable().addCoreTrack(0);
    made.publish(400 * kMs);
    shown.view.setRuns(viewsOf(made), true);
    shown.paint();
    made.publish(500 * kMs);
    shown.view.setLive(false);
    QCOMPARE(shown.window(), shown.wholeOf(500 * kMs));
}

void TestTimelineView::newRunsForgetTheSelection()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.click(shown.at(kPrime1, 10 * kMs));
    shown.view.setRuns({}, false);
    QVERIFY(!shown.view.state().selected);
    QCOMPARE(shown.selected.back().track, kNoTrack);
    shown.click({600, 200});
    shown.hover({600, 250});
    QVERIFY(!shown.view.state().selected);
}

void TestTimelineView::otherThemesPaint()
{
    ShownTimeline shown;
    shown.showTwoTasks();
    shown.hover(shown.at(kPrime1, 10 * kMs));
    shown.view.setTheme(Theme::make(Theme::Kind::Projector));
    shown.paint();
    QVERIFY(shown.view.builder().lanesTop() > 62); // larger type, higher ruler
    shown.view.setTheme(Theme::make(Theme::Kind::Dark));
    const QImage image = shown.view.grab().toImage();
    QCOMPARE(image.pixelColor(4, image.height() - 8), Theme::make(Theme::Kind::Dark).canvas);
}

QTEST_MAIN(TestTimelineView)
#include "tst_timelineview.moc"
