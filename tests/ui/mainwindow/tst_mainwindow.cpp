// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/comparemodel.h"
#include "ui/compare/comparepanel.h"
#include "ui/compare/outputpanel.h"
#include "ui/compare/repeatsmodel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/deadlockwords.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/inspector/statewords.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"
#include "ui/timeline/timescale.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QFileDialog>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <optional>

using namespace Interleave;

class TstMainWindow : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void theFirstStartOffersTwoSleepers();
    void runAsksForTheShownSetWithItsValues();
    void controlRAndEnterInTheGalleryRun();
    void theKeyThatPresentsIsFree();
    void stopIsPossibleOnlyWhileSomethingRuns();
    void escapeStopsAlsoFromTheTimeline();
    void runIsNotPossibleWhileSomethingRuns();
    void aFinishedRunShowsItsNumbersAndCanBeExported();
    void failuresStandAboveTheTimeline_data();
    void failuresStandAboveTheTimeline();
    void aStoppedRunIsNoFailure();
    void errorsStandAboveTheTimelineUntilDismissed();
    void aComparisonGrowsAndEndsWithItsSentence();
    void aComparisonThatIsStoppedAtOnceLeavesTheWindowReady();
    void slicesAreOfferedOfOneRunOnly();
    void repeatsOfOneModelStillOfferSlices();
    void repeatsShowTheLastRunAndEachOfThem();
    void repeatsThatAreStoppedAtOnceLeaveTheWindowReady();
    void anotherSetsRunForgetsTheRepeats();
    void aDeadlockIsSaidWhileItsRunGoesOn();
    void aDeadlockedRunShowsItsCircle();
    void theAnswerIsOfferedOnceTheSetHasRun();
    void aSelectedSpanAndItsPageStayTogether();
    void enterOpensTheInspector();
    void switchesThatNobodyKnowsAreNotCounted();
    void theLegendFollowsTheRuns();
    void linesOfTasksAreShownWithTheirTime();
    void theSearchKeepsMatchingSets();
    void selectTaskSetChoosesModelAndValues();
    void anUnknownSetIsNamedInAMessage();
    void themesAreAppliedAndRemembered();
    void valuesAndPanelsAreRemembered();
    void panelsCanBeHiddenAndReset();
    void theChipTellsTheSource();
    void theExportDialogTellsThePath();
    void questionMarkShowsTheShortcuts();
    void sidePanelsShrinkOnSmallWindows();
    void controlsHaveAccessibleNames();

private:
    [[nodiscard]] std::unique_ptr<MainWindow> makeWindow() const;

    QTemporaryDir m_folder;
    Catalogue m_catalogue;
};

namespace
{

std::shared_ptr<const Trace> makeTrace()
{
    auto trace = std::make_shared<Trace>();
    trace->setOrigin(kSecond);
    const TrackIndex core = trace->addCoreTrack(0);
    const ThreadIndex thread = trace->addThread(1, 2, kSecond, true);
    trace->defineTasks(1, 1, TaskKind::Thread, kNoTask, "task one");
    Slice slice;
    slice.begin = kSecond;
    slice.end = kSecond + 50 * kMillisecond;
    slice.task = 1;
    slice.thread = thread;
    slice.core = 0;
    trace->append(core, slice);
    trace->publish(slice.end);
    trace->finish();
    return trace;
}

RunReport makeReport(const char *model, RunOutcome outcome = RunOutcome::Finished)
{
    RunReport report;
    report.taskSet = QStringLiteral("S06");
    report.slug = QStringLiteral("primes");
    report.title = QStringLiteral("Primes");
    report.model = QString::fromLatin1(model);
    report.source = Source::Kernel;
    report.priority = QStringLiteral("background session");
    report.outcome = outcome;
    report.sentence = QStringLiteral("It ran.");
    report.trace = makeTrace();
    report.statistics = computeStatistics(TraceSnapshot(*report.trace));
    report.statistics.wall = 50 * kMillisecond;
    return report;
}

template<typename T>
T *find(const MainWindow &window, const char *name)
{
    return window.findChild<T *>(QString::fromLatin1(name));
}

QAction *action(const MainWindow &window, const char *name)
{
    return find<QAction>(window, name);
}

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

bool isBannerShown(const MainWindow &window)
{
    return !find<QFrame>(window, "banner")->isHidden();
}

} // namespace

void TstMainWindow::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("interleave-tests"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_mainwindow"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    const Result<Catalogue> catalogue = Catalogue::load();
    QVERIFY(catalogue.isOk());
    m_catalogue = catalogue.value();
    QVERIFY(m_catalogue.find(QStringLiteral("primes")));
}

void TstMainWindow::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
    QSettings().clear();
}

std::unique_ptr<MainWindow> TstMainWindow::makeWindow() const
{
    auto window = std::make_unique<MainWindow>(m_catalogue, Theme::Kind::Light);
    window->resize(1280, 720);
    window->show();
    return window;
}

void TstMainWindow::theFirstStartOffersTwoSleepers()
{
    const auto window = makeWindow();
    QCOMPARE(find<ParameterPanel>(*window, "parameterPanel")->taskSet().slug,
             QStringLiteral("two-sleepers"));
    window->selectTaskSet(QStringLiteral("primes"));
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    emit window->timeline()->emptyActionTriggered();
    QCOMPARE(runs.count(), 1);
    QCOMPARE(runs.first().first().toString(), QStringLiteral("two-sleepers"));
}

void TstMainWindow::runAsksForTheShownSetWithItsValues()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"), QStringLiteral("pool"));
    find<QSpinBox>(*window, "value.tasks")->setValue(7);
    find<QSpinBox>(*window, "value.repeat")->setValue(3);
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    QTest::mouseClick(find<QToolButton>(*window, "runButton"), Qt::LeftButton);
    QCOMPARE(runs.count(), 1);
    const QList<QVariant> arguments = runs.first();
    QCOMPARE(arguments.at(0).toString(), QStringLiteral("primes"));
    QCOMPARE(arguments.at(1).toString(), QStringLiteral("pool"));
    QCOMPARE(arguments.at(2).toJsonObject().value(QStringLiteral("tasks")).toInt(), 7);
    QCOMPARE(arguments.at(3).toInt(), 3);
}

void TstMainWindow::controlRAndEnterInTheGalleryRun()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    QTest::keyClick(window.get(), Qt::Key_R, Qt::ControlModifier);
    QCOMPARE(runs.count(), 1);
    QTest::keyClick(find<QListView>(*window, "taskSets"), Qt::Key_Return);
    QCOMPARE(runs.count(), 2);
}

void TstMainWindow::theKeyThatPresentsIsFree()
{
    const auto window = makeWindow();
    for (const QAction *action : window->findChildren<QAction *>())
        QVERIFY(!action->shortcuts().contains(QKeySequence(Qt::Key_F5)));
    const auto *run = find<QToolButton>(*window, "runButton");
    const QString keys = QKeySequence(Qt::CTRL | Qt::Key_R).toString(QKeySequence::NativeText);
    QVERIFY(run->text().contains(keys));
    QVERIFY(run->toolTip().contains(keys));
}

void TstMainWindow::stopIsPossibleOnlyWhileSomethingRuns()
{
    const auto window = makeWindow();
    auto *stop = find<QToolButton>(*window, "stopButton");
    QVERIFY(!stop->isEnabled());
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    QVERIFY(stop->isEnabled());
    QSignalSpy stops(window.get(), &MainWindow::stopRequested);
    QTest::mouseClick(stop, Qt::LeftButton);
    QCOMPARE(stops.count(), 1);
    window->runFinished(makeReport("threads", RunOutcome::Cancelled));
    QVERIFY(!stop->isEnabled());
}

void TstMainWindow::escapeStopsAlsoFromTheTimeline()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    QSignalSpy stops(window.get(), &MainWindow::stopRequested);
    window->timeline()->setFocus();
    QTest::keyClick(window->timeline(), Qt::Key_Escape);
    QCOMPARE(stops.count(), 0);
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runStarted(makeTrace(), QStringLiteral("Primes"), QStringLiteral("threads"));
    QTest::keyClick(window->timeline(), Qt::Key_Escape);
    QCOMPARE(stops.count(), 1);
    window->runFinished(makeReport("threads"));
}

void TstMainWindow::runIsNotPossibleWhileSomethingRuns()
{
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    QSignalSpy compares(window.get(), &MainWindow::compareRequested);
    action(*window, "actionRun")->trigger();
    action(*window, "actionCompare")->trigger();
    emit window->timeline()->emptyActionTriggered();
    QCOMPARE(runs.count(), 0);
    QCOMPARE(compares.count(), 0);
}

void TstMainWindow::aFinishedRunShowsItsNumbersAndCanBeExported()
{
    const auto window = makeWindow();
    QAction *png = action(*window, "actionExport.png");
    QVERIFY(!png->isEnabled());
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    const RunReport report = makeReport("threads");
    window->runStarted(report.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
    QCOMPARE(window->timeline()->state().runs.size(), std::size_t(1));
    QVERIFY(!png->isEnabled());
    window->runFinished(report);
    QVERIFY(png->isEnabled());
    QVERIFY(!isBannerShown(*window));
    const QString status = find<QLabel>(*window, "statusText")->text();
    QVERIFY(status.contains(QStringLiteral("Finished")));
    QVERIFY(status.contains(QStringLiteral("own session")));
    const auto *inspector = find<InspectorPanel>(*window, "inspectorPanel");
    QCOMPARE(inspector->content().why, report.sentence);
    QVERIFY(!find<QLabel>(*window, "statusNumbers")->text().isEmpty());
}

void TstMainWindow::failuresStandAboveTheTimeline_data()
{
    QTest::addColumn<int>("outcome");
    QTest::newRow("failed") << int(RunOutcome::Failed);
    QTest::newRow("crashed") << int(RunOutcome::Crashed);
    QTest::newRow("timed out") << int(RunOutcome::TimedOut);
    QTest::newRow("deadlocked") << int(RunOutcome::Deadlocked);
}

void TstMainWindow::failuresStandAboveTheTimeline()
{
    QFETCH(int, outcome);
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    RunReport report = makeReport("threads", RunOutcome(outcome));
    report.message = QStringLiteral("The engine ended by signal 11.");
    window->runFinished(report);
    QVERIFY(isBannerShown(*window));
    QCOMPARE(find<QLabel>(*window, "bannerText")->text(), report.message);
    QVERIFY(action(*window, "actionRun")->isEnabled());
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    QVERIFY(!isBannerShown(*window));
}

void TstMainWindow::aStoppedRunIsNoFailure()
{
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads", RunOutcome::Cancelled));
    QVERIFY(isBannerShown(*window));
    QCOMPARE(find<QFrame>(*window, "banner")->property("alert").toBool(), false);
}

void TstMainWindow::errorsStandAboveTheTimelineUntilDismissed()
{
    const auto window = makeWindow();
    window->showMessage(QStringLiteral("Saved primes.png."), false);
    QVERIFY(!isBannerShown(*window));
    window->showMessage(QStringLiteral("cannot write primes.png: No space left on device"), true);
    QVERIFY(isBannerShown(*window));
    QTest::mouseClick(find<QToolButton>(*window, "bannerClose"), Qt::LeftButton);
    QVERIFY(!isBannerShown(*window));
    auto *log = find<OutputPanel>(*window, "logPanel");
    log->flush();
    QVERIFY(log->toPlainText().contains(QStringLiteral("No space left")));
}

void TstMainWindow::aComparisonGrowsAndEndsWithItsSentence()
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

void TstMainWindow::aComparisonThatIsStoppedAtOnceLeavesTheWindowReady()
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

void TstMainWindow::slicesAreOfferedOfOneRunOnly()
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

void TstMainWindow::repeatsOfOneModelStillOfferSlices()
{
    const auto window = makeWindow();
    const std::vector<RunReport> runs{makeReport("threads"), makeReport("threads")};
    window->comparisonFinished(compareRuns(runs));
    QVERIFY(action(*window, "actionExport.csv")->isEnabled());
}

void TstMainWindow::repeatsShowTheLastRunAndEachOfThem()
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

void TstMainWindow::repeatsThatAreStoppedAtOnceLeaveTheWindowReady()
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

void TstMainWindow::anotherSetsRunForgetsTheRepeats()
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

void TstMainWindow::aDeadlockIsSaidWhileItsRunGoesOn()
{
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runStarted(makeTrace(), QStringLiteral("Primes"), QStringLiteral("threads"));
    window->deadlockFound(QStringLiteral("Alice waits for fork 2, held by Bob"));
    QVERIFY(isBannerShown(*window));
    QVERIFY(find<QLabel>(*window, "bannerText")
                ->text()
                .startsWith(QStringLiteral("Standstill: Alice waits for fork 2, held by Bob.")));
    QVERIFY(action(*window, "actionStop")->isEnabled());
}

void TstMainWindow::aDeadlockedRunShowsItsCircle()
{
    const auto window = makeWindow();
    RunReport report = makeReport("threads", RunOutcome::Deadlocked);
    report.message = QStringLiteral("Alice holds fork 1");
    DeadlockReport deadlock;
    deadlock.since = 30 * kMillisecond;
    const QString alice = QStringLiteral("Alice");
    const QString bob = QStringLiteral("Bob");
    const QString lock = QStringLiteral("lock");
    deadlock.cycle = {{1, 2, 2, alice, QStringLiteral("fork 2"), bob, lock},
                      {2, 1, 1, bob, QStringLiteral("fork 1"), alice, lock}};
    report.deadlock = deadlock;
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runStarted(report.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(report);
    QVERIFY(window->timeline()->state().runs.at(0).deadlock.has_value());
    QCOMPARE(find<QLabel>(*window, "bannerText")->text(), deadlockSentence(report));
    QVERIFY(find<QFrame>(*window, "banner")->property("alert").toBool());
    QCOMPARE(find<InspectorPanel>(*window, "inspectorPanel")->content().waits.size(),
             std::size_t(2));
    QVERIFY(find<QWidget>(*window, "waitForPicture"));
}

void TstMainWindow::theAnswerIsOfferedOnceTheSetHasRun()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    const auto *link = find<QPushButton>(*window, "panelShowAnswer");
    QVERIFY(link->isHidden());
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads", RunOutcome::Cancelled));
    QVERIFY(link->isHidden()); // nothing was seen
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    QVERIFY(!link->isHidden());
    window->selectTaskSet(QStringLiteral("two-sleepers"));
    QVERIFY(link->isHidden());
    window->selectTaskSet(QStringLiteral("primes"));
    QVERIFY(!link->isHidden());
}

void TstMainWindow::aSelectedSpanAndItsPageStayTogether()
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

void TstMainWindow::enterOpensTheInspector()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    const auto *inspector = find<InspectorPanel>(*window, "inspectorPanel");
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    action(*window, "actionShowRight")->setChecked(false);
    QVERIFY(find<QWidget>(*window, "rightPanel")->isHidden());
    window->timeline()->setFocus();
    QTest::keyClick(window->timeline(), Qt::Key_Period); // the first slice of the first lane
    QVERIFY(window->timeline()->state().selected.has_value());
    QTest::keyClick(window->timeline(), Qt::Key_Return);
    QVERIFY(!find<QWidget>(*window, "rightPanel")->isHidden());
    QVERIFY(action(*window, "actionShowRight")->isChecked());
    QTRY_VERIFY(inspector->hasFocus());
    QCOMPARE(inspector->content().title, QStringLiteral("task one"));
}

void TstMainWindow::switchesThatNobodyKnowsAreNotCounted()
{
    const auto window = makeWindow();
    RunReport report = makeReport("threads");
    report.source = Source::Sampled;
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(report);
    const QString status = find<QLabel>(*window, "statusText")->text();
    QVERIFY(status.contains(QStringLiteral("switches not known")));
    const auto *sums = find<QLabel>(*window, "statisticsSums");
    QVERIFY(sums->text().contains(QStringLiteral("– switches")));
    QVERIFY(sums->toolTip().contains(unknownWords()));
}

void TstMainWindow::theLegendFollowsTheRuns()
{
    const auto window = makeWindow();
    const auto *legend = find<LegendPanel>(*window, "legendPanel");
    QVERIFY(legend->entries().empty()); // nothing is on screen
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    const RunReport report = makeReport("threads"); // one slice, on a core
    window->runStarted(report.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
    QCOMPARE(legend->entries().size(), std::size_t(1));
    QCOMPARE(legend->entries().front().swatch, Swatch::Solid);
    window->runFinished(report);
    QCOMPARE(legend->entries().size(), std::size_t(1));
}

void TstMainWindow::linesOfTasksAreShownWithTheirTime()
{
    const auto window = makeWindow();
    window->addLine({kSecond + 300 * kMillisecond, 1, QStringLiteral("one\ntwo")},
                    QStringLiteral("sleeper 1"), kSecond);
    auto *output = find<OutputPanel>(*window, "outputPanel");
    output->flush();
    const QString text = output->toPlainText();
    QVERIFY(text.startsWith(QStringLiteral("0.300 s\tsleeper 1\tone")));
    QCOMPARE(output->blockCount(), 1);
    QCOMPARE(output->lineCount(), 1);
}

void TstMainWindow::theSearchKeepsMatchingSets()
{
    const auto window = makeWindow();
    auto *search = find<QLineEdit>(*window, "search");
    const auto *list = find<QListView>(*window, "taskSets");
    const int all = list->model()->rowCount();
    QTest::keyClicks(search, QStringLiteral("primes"));
    QVERIFY(list->model()->rowCount() < all);
    QTest::keyClicks(search, QStringLiteral("zzz"));
    QCOMPARE(list->model()->rowCount(), 0);
    QVERIFY(!find<QLabel>(*window, "noMatch")->isHidden());
    QTest::keyClick(search, Qt::Key_Escape);
    QCOMPARE(list->model()->rowCount(), all);
    // The search looks, it does not choose.
    QCOMPARE(find<ParameterPanel>(*window, "parameterPanel")->taskSet().slug,
             QStringLiteral("two-sleepers"));
}

void TstMainWindow::selectTaskSetChoosesModelAndValues()
{
    const auto window = makeWindow();
    const auto *parameters = find<ParameterPanel>(*window, "parameterPanel");
    window->selectTaskSet(QStringLiteral("S06"), QStringLiteral("coroutines"),
                          {{QStringLiteral("tasks"), 9}});
    QCOMPARE(parameters->taskSet().slug, QStringLiteral("primes"));
    QCOMPARE(parameters->model(), QStringLiteral("coroutines"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 9);
    window->selectTaskSet(QStringLiteral("primes"), QStringLiteral("threads"));
    QCOMPARE(parameters->model(), QStringLiteral("threads"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 9);
}

void TstMainWindow::anUnknownSetIsNamedInAMessage()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("prmes"));
    QVERIFY(isBannerShown(*window));
    QVERIFY(find<QLabel>(*window, "bannerText")->text().contains(QStringLiteral("prmes")));
}

void TstMainWindow::themesAreAppliedAndRemembered()
{
    const Theme dark = Theme::make(Theme::Kind::Dark);
    {
        const auto window = makeWindow();
        QVERIFY(action(*window, "actionTheme.system")->isChecked());
        QVERIFY(!window->styleSheet().contains(dark.canvas.name()));
        action(*window, "actionTheme.dark")->trigger();
        QVERIFY(window->styleSheet().contains(dark.canvas.name()));
        action(*window, "actionTheme.projector")->trigger();
        QCOMPARE(window->font().pixelSize(), Theme::make(Theme::Kind::Projector).font.pixelSize());
        action(*window, "actionTheme.dark")->trigger();
        window->close();
    }
    const auto window = makeWindow();
    QVERIFY(action(*window, "actionTheme.dark")->isChecked());
    QVERIFY(window->styleSheet().contains(dark.canvas.name()));
}

void TstMainWindow::valuesAndPanelsAreRemembered()
{
    {
        const auto window = makeWindow();
        window->selectTaskSet(QStringLiteral("primes"));
        find<QSpinBox>(*window, "value.tasks")->setValue(11);
        auto *model = find<QComboBox>(*window, "model");
        model->setCurrentIndex(model->findData(QStringLiteral("processes")));
        action(*window, "actionShowRight")->setChecked(false);
        window->close();
    }
    const auto window = makeWindow();
    const auto *parameters = find<ParameterPanel>(*window, "parameterPanel");
    QCOMPARE(parameters->taskSet().slug, QStringLiteral("primes"));
    QCOMPARE(parameters->model(), QStringLiteral("processes"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 11);
    QVERIFY(find<QWidget>(*window, "rightPanel")->isHidden());
}

void TstMainWindow::panelsCanBeHiddenAndReset()
{
    const auto window = makeWindow();
    for (const char *name : {"actionShowLeft", "actionShowBottom", "actionShowRight"})
        action(*window, name)->trigger();
    for (const char *name : {"leftPanel", "bottomArea", "rightPanel"})
        QVERIFY2(find<QWidget>(*window, name)->isHidden(), name);
    action(*window, "actionResetLayout")->trigger();
    for (const char *name : {"leftPanel", "bottomArea", "rightPanel"})
        QVERIFY2(!find<QWidget>(*window, name)->isHidden(), name);
}

void TstMainWindow::theChipTellsTheSource()
{
    const auto window = makeWindow();
    auto *chip = find<QPushButton>(*window, "sourceChip");
    QVERIFY(chip->isHidden());
    window->setSourceChip({QStringLiteral("sampled · 2 cores"),
                           QStringLiteral("perf_event_open was refused."), false});
    QVERIFY(!chip->isHidden());
    QCOMPARE(chip->text(), QStringLiteral("sampled · 2 cores"));
    QCOMPARE(chip->property("good").toBool(), false);
    QVERIFY(chip->toolTip().contains(QStringLiteral("refused")));
    window->setSourceChip({QStringLiteral("kernel · 2 cores"), {}, true});
    QCOMPARE(chip->property("good").toBool(), true);
}

void TstMainWindow::theExportDialogTellsThePath()
{
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    QSignalSpy exports(window.get(), &MainWindow::exportRequested);
    action(*window, "actionExport.svg")->trigger();
    auto *dialog = find<QFileDialog>(*window, "exportDialog");
    QVERIFY(dialog);
    QCOMPARE(dialog->acceptMode(), QFileDialog::AcceptSave);
    QCOMPARE(dialog->defaultSuffix(), QStringLiteral("svg"));
    const QString path = m_folder.filePath(QStringLiteral("primes-threads.svg"));
    emit dialog->fileSelected(path);
    dialog->close();
    QCOMPARE(exports.count(), 1);
    QCOMPARE(exports.first().first().toString(), path);
}

void TstMainWindow::questionMarkShowsTheShortcuts()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    action(*window, "actionShortcuts")->trigger();
    const auto *sheet = find<QDialog>(*window, "shortcutSheet");
    QVERIFY(sheet);
    QStringList texts;
    for (const QLabel *label : sheet->findChildren<QLabel *>())
        texts << label->text();
    QVERIFY(texts.contains(QStringLiteral("Run")));
    const QString keys = QKeySequence(Qt::CTRL | Qt::Key_R).toString(QKeySequence::NativeText);
    QVERIFY(texts.contains(keys));
    QVERIFY(texts.filter(QStringLiteral("F5")).isEmpty());
    QVERIFY(
        action(*window, "actionShortcuts")->shortcuts().contains(QKeySequence(Qt::Key_Question)));
}

void TstMainWindow::sidePanelsShrinkOnSmallWindows()
{
    const auto window = makeWindow();
    const auto *left = find<QWidget>(*window, "leftPanel");
    const auto *right = find<QWidget>(*window, "rightPanel");
    QTRY_VERIFY(left->width() >= 220 && left->width() <= 256);
    QVERIFY(right->width() >= 220 && right->width() <= 266);
    QCOMPARE(window->size(), QSize(1280, 720)); // nothing inside asks for more
    window->resize(1600, 960);
    QTRY_COMPARE(left->width(), 256);
    QTRY_COMPARE(right->width(), 266);
}

void TstMainWindow::controlsHaveAccessibleNames()
{
    const auto window = makeWindow();
    for (const char *name : {"runButton", "stopButton", "compareButton", "liveButton", "fitButton",
                             "exportButton", "trackFilter", "sourceChip", "search", "taskSets",
                             "model", "timeline", "bottomArea", "compareTable", "statisticsTable",
                             "outputPanel", "logPanel", "inspectorPanel", "legendPanel"}) {
        const auto *widget = find<QWidget>(*window, name);
        QVERIFY2(widget, name);
        QVERIFY2(!widget->accessibleName().isEmpty(), name);
    }
}

QTEST_MAIN(TstMainWindow)
#include "tst_mainwindow.moc"
