// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/mainwindow/windowfixture.h"
#include "ui/compare/comparemodel.h"
#include "ui/compare/comparepanel.h"
#include "ui/compare/repeatsmodel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/timeline/timelineview.h"
#include "ui/timeline/timescale.h"

#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include <optional>
#include <vector>

using namespace Interleave;

class TstMainWindowComparison : public QObject, private WindowFixture
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void aComparisonGrowsAndEndsWithItsSentence();
    void aComparisonThatIsStoppedAtOnceLeavesTheWindowReady();
    void slicesAreOfferedOfOneRunOnly();
    void repeatsOfOneModelStillOfferSlices();
    void repeatsShowTheLastRunAndEachOfThem();
    void repeatsThatAreStoppedAtOnceLeaveTheWindowReady();
    void anotherSetsRunForgetsTheRepeats();
    void aSelectedSpanAndItsPageStayTogether();
};

namespace
{

/// Drags below the lanes, from one distance behind their heads to another.
void dragOnTimeline(TimelineView &timeline, qreal fromPx, qreal toPx)
{
    const qreal left = timeline.builder().headWidth();
    const qreal y = timeline.height() - 6;
    const auto send = [&](QEvent::Type type, qreal x, Qt::MouseButton button,
                          Qt::MouseButtons buttons) {
        const QPointF at(left + x, y);
        QMouseEvent event(type, at, timeline.mapToGlobal(at), button, buttons, Qt::NoModifier);
        QApplication::sendEvent(&timeline, &event);
    };
    send(QEvent::MouseButtonPress, fromPx, Qt::LeftButton, Qt::LeftButton);
    send(QEvent::MouseMove, toPx, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseButtonRelease, toPx, Qt::LeftButton, Qt::NoButton);
}

} // namespace

void TstMainWindowComparison::initTestCase()
{
    prepare(QStringLiteral("tst_mainwindowcomparison"));
}

void TstMainWindowComparison::init()
{
    beginAnew();
}

void TstMainWindowComparison::aComparisonGrowsAndEndsWithItsSentence()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    QSignalSpy compares(window.get(), &MainWindow::compareRequested);
    QTest::mouseClick(find<QToolButton>(*window, "compareButton"), Qt::LeftButton);
    QCOMPARE(compares.count(), 1);
    auto *panel = find<ComparePanel>(*window, "comparePanel");

    window->runStarting(QStringLiteral("Primes"), QStringLiteral("sequential"));
    window->runStarted(makeTrace(), QStringLiteral("Primes"), QStringLiteral("sequential"));
    QVERIFY(find<QLabel>(*window, "compareProgress")->text().startsWith(QStringLiteral("1 of 6")));
    std::vector<RunReport> runs{makeReport("sequential")};
    window->comparisonProgress(runs, 1, 5);
    QCOMPARE(panel->model()->rowCount(), 1);
    window->runStarted(makeTrace(), QStringLiteral("Primes"), QStringLiteral("threads"));
    QCOMPARE(window->timeline()->state().runs.size(), std::size_t(2));
    QVERIFY(!action(*window, "actionRun")->isEnabled());

    runs.push_back(makeReport("threads"));
    const Comparison comparison = compareRuns(runs);
    window->comparisonFinished(comparison);
    QCOMPARE(panel->model()->rowCount(), 2);
    QCOMPARE(window->timeline()->state().runs.size(), std::size_t(2));
    QCOMPARE(window->timeline()->state().runs.back().title, modelTitle(QStringLiteral("threads")));
    QCOMPARE(find<QLabel>(*window, "compareSentence")->text(), comparison.sentence);
    QVERIFY(action(*window, "actionRun")->isEnabled());
}

void TstMainWindowComparison::aComparisonThatIsStoppedAtOnceLeavesTheWindowReady()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    action(*window, "actionCompare")->trigger();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("sequential"));
    window->comparisonFinished({});
    QVERIFY(action(*window, "actionRun")->isEnabled());
    QVERIFY(!action(*window, "actionStop")->isEnabled());
    QCOMPARE(find<ComparePanel>(*window, "comparePanel")->currentIndex(), 0);
}

void TstMainWindowComparison::slicesAreOfferedOfOneRunOnly()
{
    const auto window = makeWindow();
    const QAction *csv = action(*window, "actionExport.csv");
    const QAction *png = action(*window, "actionExport.png");
    const QString plainTip = csv->toolTip();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    QVERIFY(csv->isEnabled());

    const std::vector<RunReport> runs{makeReport("sequential"), makeReport("threads")};
    window->comparisonProgress(runs, 2, 2);
    window->comparisonFinished(compareRuns(runs));
    QVERIFY(png->isEnabled());
    QVERIFY(!csv->isEnabled());
    QVERIFY(csv->toolTip().contains(QStringLiteral("one run")));
    QVERIFY(find<QToolButton>(*window, "exportButton")->menu()->toolTipsVisible());

    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    QVERIFY(csv->isEnabled());
    QCOMPARE(csv->toolTip(), plainTip);
}

void TstMainWindowComparison::repeatsOfOneModelStillOfferSlices()
{
    const auto window = makeWindow();
    const std::vector<RunReport> runs{makeReport("threads"), makeReport("threads")};
    window->comparisonFinished(compareRuns(runs));
    QVERIFY(action(*window, "actionExport.csv")->isEnabled());
}

void TstMainWindowComparison::repeatsShowTheLastRunAndEachOfThem()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"), QStringLiteral("threads"));
    find<QSpinBox>(*window, "value.repeat")->setValue(3);
    const auto *panel = find<RepeatsPanel>(*window, "repeatsPanel");
    const auto *tabs = find<QTabWidget>(*window, "bottomArea");
    QCOMPARE(panel->currentIndex(), 0);
    QTest::mouseClick(find<QToolButton>(*window, "runButton"), Qt::LeftButton);
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    QVERIFY(tabs->currentWidget() == panel);
    QVERIFY(!action(*window, "actionRun")->isEnabled());

    std::vector<RunReport> runs;
    for (int i = 0; i < 3; ++i) {
        RunReport report = makeReport("threads");
        report.result.insert(QStringLiteral("lost"), 10 * i);
        window->runStarted(report.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
        QCOMPARE(window->timeline()->state().runs.size(), std::size_t(1));
        QVERIFY(window->timeline()->state().runs[0].trace == report.trace);
        if (!runs.empty())
            runs.back().trace.reset(); // as the queue keeps them
        runs.push_back(report);
        window->repeatProgress(runs, i + 1, 3);
        QCOMPARE(panel->model()->rowCount(), i + 1);
        QVERIFY(!action(*window, "actionRun")->isEnabled());
    }
    window->repeatsFinished(runs);
    QVERIFY(action(*window, "actionRun")->isEnabled());
    QCOMPARE(window->timeline()->state().runs.size(), std::size_t(1));
    QVERIFY(window->timeline()->state().runs[0].trace == runs.back().trace);
    QVERIFY(tabs->currentWidget() == panel);
    QVERIFY(find<QLabel>(*window, "repeatsSentence")->text().startsWith(QStringLiteral("3 runs")));
    QVERIFY(find<QLabel>(*window, "statusText")->text().contains(QStringLiteral("Ran 3 times")));
    QVERIFY(action(*window, "actionExport.csv")->isEnabled());
    QCOMPARE(find<InspectorPanel>(*window, "inspectorPanel")->content().why, runs.back().sentence);

    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads")); // one run of the same set: they stay
    QCOMPARE(panel->model()->rowCount(), 3);
    QVERIFY(tabs->currentWidget() != panel);
}

void TstMainWindowComparison::repeatsThatAreStoppedAtOnceLeaveTheWindowReady()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    find<QSpinBox>(*window, "value.repeat")->setValue(3);
    action(*window, "actionRun")->trigger();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->repeatsFinished({});
    QVERIFY(action(*window, "actionRun")->isEnabled());
    QVERIFY(!action(*window, "actionStop")->isEnabled());
    QCOMPARE(find<RepeatsPanel>(*window, "repeatsPanel")->currentIndex(), 0);

    const RunReport stopped = makeReport("threads", RunOutcome::Cancelled);
    window->repeatProgress({stopped}, 1, 3);
    window->repeatsFinished({stopped});
    QVERIFY(action(*window, "actionRun")->isEnabled());
    QVERIFY(isBannerShown(*window));
    QCOMPARE(find<QFrame>(*window, "banner")->property("alert").toBool(), false);
}

void TstMainWindowComparison::anotherSetsRunForgetsTheRepeats()
{
    const auto window = makeWindow();
    const std::vector<RunReport> runs{makeReport("threads"), makeReport("threads")};
    window->repeatProgress(runs, 2, 2);
    window->repeatsFinished(runs);
    const auto *panel = find<RepeatsPanel>(*window, "repeatsPanel");
    QCOMPARE(panel->currentIndex(), 1);
    const TaskSet *other = m_catalogue.find(QStringLiteral("two-sleepers"));
    window->runStarting(other->title, QStringLiteral("threads"));
    window->runStarted(makeTrace(), other->title, QStringLiteral("threads"));
    QCOMPARE(panel->currentIndex(), 0);
}

void TstMainWindowComparison::aSelectedSpanAndItsPageStayTogether()
{
    const auto window = makeWindow();
    const auto *inspector = find<InspectorPanel>(*window, "inspectorPanel");
    TimelineView *timeline = window->timeline();
    const std::vector<RunReport> runs{makeReport("sequential"), makeReport("threads")};
    window->comparisonProgress(runs, 2, 2);
    dragOnTimeline(*timeline, 100, 300);
    const std::optional<TimeSpan> span = timeline->state().selectedSpan;
    QVERIFY(span.has_value());
    const QString page = durationLabel(span->duration());
    QCOMPARE(inspector->content().subtitle, page);

    window->comparisonProgress(runs, 2, 2); // the same runs again: nothing is to be taken away
    QVERIFY(timeline->state().selectedSpan == span);
    QCOMPARE(inspector->content().subtitle, page);
    window->comparisonFinished(compareRuns(runs));
    QVERIFY(timeline->state().selectedSpan == span);
    QCOMPARE(inspector->content().subtitle, page);

    // Other runs: neither the span nor what was said of it.
    const RunReport other = makeReport("threads");
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runStarted(other.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
    QVERIFY(!timeline->state().selectedSpan.has_value());
    QVERIFY(inspector->content().subtitle != page);
    window->runFinished(other);
    QCOMPARE(inspector->content().why, other.sentence);
}

QTEST_MAIN(TstMainWindowComparison)
#include "tst_mainwindowcomparison.moc"
