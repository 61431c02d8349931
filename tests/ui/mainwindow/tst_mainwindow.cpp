// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/mainwindow/windowfixture.h"
#include "ui/compare/outputpanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/deadlockwords.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timelineview.h"

#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace Interleave;

class TstMainWindow : public QObject, private WindowFixture
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void theFirstStartOffersTwoSleepers();
    void theEmptyTimelineOffersWhatIsChosen();
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
    void aDeadlockIsSaidWhileItsRunGoesOn();
    void aSuspicionIsSaidUntilSomethingMoves();
    void whatIsNewerThanASuspicionStays();
    void aDeadlockedRunShowsItsCircle();
    void theAnswerIsOfferedOnceTheSetHasRun();
    void switchesThatNobodyKnowsAreNotCounted();
};

void TstMainWindow::initTestCase()
{
    prepare(QStringLiteral("tst_mainwindow"));
}

void TstMainWindow::init()
{
    beginAnew();
}

void TstMainWindow::theFirstStartOffersTwoSleepers()
{
    const auto window = makeWindow();
    QCOMPARE(find<ParameterPanel>(*window, "parameterPanel")->taskSet().slug,
             QStringLiteral("two-sleepers"));
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    emit window->timeline()->emptyActionTriggered();
    QCOMPARE(runs.count(), 1);
    QCOMPARE(runs.first().first().toString(), QStringLiteral("two-sleepers"));
}

void TstMainWindow::theEmptyTimelineOffersWhatIsChosen()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    QSignalSpy runs(window.get(), &MainWindow::runRequested);
    emit window->timeline()->emptyActionTriggered();
    QCOMPARE(runs.count(), 1);
    QCOMPARE(runs.first().first().toString(), QStringLiteral("primes"));
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

void TstMainWindow::aSuspicionIsSaidUntilSomethingMoves()
{
    const auto window = makeWindow();
    const QString title = QStringLiteral("./stuck");
    const QString model = QStringLiteral("command");
    window->runStarting(title, model);
    window->runStarted(makeTrace(), title, model);
    window->standstillOver(true); // nothing was suspected: nothing to say
    window->standstillSuspected(5 * kSecond);
    QVERIFY(isBannerShown(*window));
    QCOMPARE(find<QLabel>(*window, "bannerText")->text(), standstillSentence(5 * kSecond));
    QVERIFY(!find<QFrame>(*window, "banner")->property("alert").toBool());
    QVERIFY(action(*window, "actionStop")->isEnabled());
    window->standstillOver(true);
    QVERIFY(!isBannerShown(*window));
    auto *log = find<OutputPanel>(*window, "logPanel");
    log->flush();
    QVERIFY(log->toPlainText().contains(QStringLiteral("perhaps a deadlock")));
    QCOMPARE(log->toPlainText().count(QStringLiteral("The standstill is over.")), 1);
    window->standstillSuspected(6 * kSecond); // another one
    QCOMPARE(find<QLabel>(*window, "bannerText")->text(), standstillSentence(6 * kSecond));
    window->standstillOver(false); // nobody looks any more: it may stand still as before
    QVERIFY(!isBannerShown(*window));
    log->flush();
    QCOMPARE(log->toPlainText().count(QStringLiteral("The standstill is over.")), 1);
}

void TstMainWindow::whatIsNewerThanASuspicionStays()
{
    const auto window = makeWindow();
    const QString title = QStringLiteral("python3 stuck.py");
    const QString model = QStringLiteral("command");
    window->runStarting(title, model);
    window->runStarted(makeTrace(), title, model);
    window->standstillSuspected(5 * kSecond);
    window->deadlockFound(QStringLiteral("Alice waits for fork 2, held by Bob"));
    window->standstillOver(false);
    QVERIFY(isBannerShown(*window));
    QVERIFY(find<QLabel>(*window, "bannerText")->text().startsWith(QStringLiteral("Standstill: ")));
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

QTEST_MAIN(TstMainWindow)
#include "tst_mainwindow.moc"
