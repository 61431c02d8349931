// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadeprogram.h"
#include "ui/command/attachdialog.h"
#include "ui/command/commandpanel.h"
#include "ui/command/recentcommands.h"
#include "ui/compare/processesmodel.h"
#include "ui/compare/statisticspanel.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/gallery/tasksetmodel.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QAction>
#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFrame>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <memory>
#include <utility>

using namespace Interleave;

namespace
{

template<typename T>
T *find(const MainWindow &window, const char *name)
{
    return window.findChild<T *>(QString::fromLatin1(name));
}

QString banner(const MainWindow &window)
{
    return find<QFrame>(window, "banner")->isHidden() ? QString()
                                                      : find<QLabel>(window, "bannerText")->text();
}

bool isCommandShown(const MainWindow &window)
{
    return find<QStackedWidget>(window, "leftPages")->currentWidget()
        == find<CommandPanel>(window, "commandPanel");
}

RunReport programReport(const QString &title, RunOutcome outcome = RunOutcome::Finished)
{
    HandmadeProgram made;
    const TrackIndex core = made.writable().addCoreTrack(0);
    const ProcessIndex process = made.addProcess(200, kNoProcess, "python3 a.py");
    made.writable().writableProcess(process).interpreter.store(Interpreter::Python);
    const TrackIndex thread = made.addThread(process, 200, "MainThread", 1);
    made.add(core, 0, 50 * kMillisecond, SliceState::Running, 1);
    made.add(thread, 0, 50 * kMillisecond, SliceState::Running, 1);
    made.publish(50 * kMillisecond);
    made.writable().finish();
    RunReport report;
    report.title = title;
    report.model = QStringLiteral("command");
    report.source = Source::Kernel;
    report.outcome = outcome;
    report.trace = made.shared();
    report.statistics = computeStatistics(TraceSnapshot(*report.trace));
    report.statistics.wall = 2100 * kMillisecond;
    CommandReport command;
    command.spec.words = QStringList{QStringLiteral("python3"), QStringLiteral("a.py")};
    command.exitCode = 0;
    ProcessReport root;
    root.pid = 200;
    root.verdict = QStringLiteral("one at a time: GIL");
    command.processes = {root};
    report.command = command;
    return report;
}

} // namespace

class TstCommandWindow : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void theEntryShowsTheCommandInPlaceOfTheParameters();
    void runAsksForTheCommandThatIsTyped();
    void whatWasRunStandsInTheGalleryAndCanBeTakenAway();
    void aDroppedScriptIsACommandThatIsNotStarted();
    void aDroppedFileThatCannotRunIsExplained();
    void anOwnSetThatStartsACommandAsksOnce();
    void anotherCommandOfTheSameSetIsAskedAboutAgain();
    void attachingIsAskedForByItsNumber();
    void aRunningCommandTellsHowLong();
    void theEndOfACommandIsTold_data();
    void theEndOfACommandIsTold();
    void whatAFailedCommandSaidLastStandsInTheBanner();
    void theNumbersOfTheProcessesStandOnTheirHeadings();
    void bothStreamsAreTold();
    void aCommandIsNoSetThatIsCalledSo();

private:
    [[nodiscard]] std::unique_ptr<MainWindow> makeWindow() const;
    [[nodiscard]] Catalogue withOwnCommand(const QString &word) const;

    Catalogue m_catalogue;
};

void TstCommandWindow::initTestCase()
{
    QCoreApplication::setOrganizationName(QStringLiteral("InterleaveTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_commandwindow"));
    m_catalogue = Catalogue::load().value();
}

void TstCommandWindow::init()
{
    QSettings().clear();
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

std::unique_ptr<MainWindow> TstCommandWindow::makeWindow() const
{
    auto window = std::make_unique<MainWindow>(m_catalogue, Theme::Kind::Light);
    window->resize(1280, 720);
    window->show();
    return window;
}

Catalogue TstCommandWindow::withOwnCommand(const QString &word) const
{
    TaskSet set;
    set.slug = QStringLiteral("mine/greet");
    set.group = QStringLiteral("Mine");
    set.title = QStringLiteral("Greet");
    set.path = QStringLiteral("/data/greet.json");
    set.models = QStringList{QStringLiteral("command")};
    set.defaultModel = QStringLiteral("command");
    CommandSpec command;
    command.words = QStringList{QStringLiteral("echo"), word};
    set.command = command;
    Catalogue catalogue = m_catalogue;
    catalogue.setOwnSets({set});
    return catalogue;
}

void TstCommandWindow::theEntryShowsTheCommandInPlaceOfTheParameters()
{
    const auto window = makeWindow();
    auto *gallery = find<GalleryPanel>(*window, "galleryPanel");
    QVERIFY(!isCommandShown(*window));
    gallery->select(RecentCommands::newSlug());
    QVERIFY(isCommandShown(*window));
    QVERIFY(!find<QAction>(*window, "actionRun")->isEnabled()); // nothing is typed yet
    QVERIFY(!find<QAction>(*window, "actionCompare")->isEnabled());
    QVERIFY(!find<QAction>(*window, "actionSaveSet")->isEnabled());
    gallery->select(QStringLiteral("primes"));
    QVERIFY(!isCommandShown(*window));
    QVERIFY(find<QAction>(*window, "actionRun")->isEnabled());
    find<QAction>(*window, "actionProgram")->trigger();
    QVERIFY(isCommandShown(*window));
}

void TstCommandWindow::runAsksForTheCommandThatIsTyped()
{
    const auto window = makeWindow();
    QSignalSpy commands(window.get(), &MainWindow::commandRequested);
    QSignalSpy sets(window.get(), &MainWindow::runRequested);
    find<QAction>(*window, "actionProgram")->trigger();
    auto *line = find<QLineEdit>(*window, "commandLine");
    line->setText(QStringLiteral("python3 'my script.py'"));
    find<QAction>(*window, "actionRun")->trigger();
    QCOMPARE(commands.count(), 1);
    QCOMPARE(commands.first().first().value<CommandSpec>().words,
             (QStringList{QStringLiteral("python3"), QStringLiteral("my script.py")}));
    line->setText(QStringLiteral("ls 'a"));
    QVERIFY(!find<QAction>(*window, "actionRun")->isEnabled());
    QTest::keyClick(line, Qt::Key_Return);
    QCOMPARE(commands.count(), 1);
    QVERIFY(banner(*window).contains(QStringLiteral("column")));
    QVERIFY(sets.isEmpty());
}

void TstCommandWindow::whatWasRunStandsInTheGalleryAndCanBeTakenAway()
{
    {
        const auto window = makeWindow();
        find<QAction>(*window, "actionProgram")->trigger();
        find<QLineEdit>(*window, "commandLine")->setText(QStringLiteral("python3 a.py"));
        find<QAction>(*window, "actionRun")->trigger();
        QCOMPARE(find<GalleryPanel>(*window, "galleryPanel")->selectedSlug(),
                 RecentCommands::newSlug());
    }
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("python3"), QStringLiteral("a.py")};
    const QString slug = RecentCommands::slugOf(spec);
    const auto window = makeWindow();
    auto *gallery = find<GalleryPanel>(*window, "galleryPanel");
    QVERIFY(gallery->model()->rowOf(slug) >= 0);
    QCOMPARE(gallery->model()->setCount(), int(m_catalogue.sets().size())); // it is no task set
    gallery->select(slug);
    QCOMPARE(find<QLineEdit>(*window, "commandLine")->text(), QStringLiteral("python3 a.py"));
    QTest::keyClick(find<QListView>(*window, "taskSets"), Qt::Key_Delete);
    QCOMPARE(gallery->model()->rowOf(slug), -1);
    QCOMPARE(gallery->selectedSlug(), RecentCommands::newSlug());
    QVERIFY(isCommandShown(*window));
    const auto next = makeWindow();
    QCOMPARE(find<GalleryPanel>(*next, "galleryPanel")->model()->rowOf(slug), -1);
}

namespace
{

void drop(MainWindow &window, const QStringList &paths)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString &path : paths)
        urls << QUrl::fromLocalFile(path);
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent dropped(QPointF(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &dropped);
}

void writeFile(const QString &path)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("print('hello')\n");
}

} // namespace

void TstCommandWindow::aDroppedScriptIsACommandThatIsNotStarted()
{
    const QTemporaryDir folder;
    const QString script = folder.filePath(QStringLiteral("my script.py"));
    const QString set = folder.filePath(QStringLiteral("set.json"));
    writeFile(script);
    writeFile(set);
    const auto window = makeWindow();
    QSignalSpy commands(window.get(), &MainWindow::commandRequested);
    QSignalSpy opened(window.get(), &MainWindow::taskSetOpenRequested);
    drop(*window, {script, set});
    QVERIFY(isCommandShown(*window));
    const Result<CommandSpec> spec = find<CommandPanel>(*window, "commandPanel")->command();
    QVERIFY(spec.isOk());
    QCOMPARE(spec.value().words, (QStringList{QStringLiteral("python3"), script}));
    QCOMPARE(spec.value().folder, folder.path());
    QVERIFY(commands.isEmpty());
    QCOMPARE(opened.count(), 1); // a task set stays one
    QCOMPARE(opened.first().first().toString(), set);
}

void TstCommandWindow::aDroppedFileThatCannotRunIsExplained()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("notes.txt"));
    writeFile(path);
    const auto window = makeWindow();
    drop(*window, {path});
    QVERIFY2(banner(*window).contains(path), qPrintable(banner(*window)));
    QVERIFY(!isCommandShown(*window));
}

void TstCommandWindow::anOwnSetThatStartsACommandAsksOnce()
{
    MainWindow window(withOwnCommand(QStringLiteral("hello there")), Theme::Kind::Light);
    window.show();
    window.selectTaskSet(QStringLiteral("mine/greet"));
    QSignalSpy runs(&window, &MainWindow::runRequested);
    auto *run = find<QAction>(window, "actionRun");
    run->trigger();
    QVERIFY(runs.isEmpty());
    auto *box = find<QMessageBox>(window, "startCommandDialog");
    QVERIFY(box);
    QVERIFY2(box->text().contains(QStringLiteral("echo 'hello there'")), qPrintable(box->text()));
    QTest::mouseClick(box->button(QMessageBox::Cancel), Qt::LeftButton);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(runs.isEmpty());

    run->trigger();
    box = find<QMessageBox>(window, "startCommandDialog");
    QVERIFY(box);
    QTest::mouseClick(box->findChild<QPushButton *>(QStringLiteral("startCommandButton")),
                      Qt::LeftButton);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCOMPARE(runs.count(), 1);
    run->trigger();
    QCOMPARE(runs.count(), 2);
    QVERIFY(!find<QMessageBox>(window, "startCommandDialog"));
}

void TstCommandWindow::anotherCommandOfTheSameSetIsAskedAboutAgain()
{
    MainWindow window(withOwnCommand(QStringLiteral("hello")), Theme::Kind::Light);
    window.show();
    window.selectTaskSet(QStringLiteral("mine/greet"));
    QSignalSpy runs(&window, &MainWindow::runRequested);
    find<QAction>(window, "actionRun")->trigger();
    QTest::mouseClick(find<QPushButton>(window, "startCommandButton"), Qt::LeftButton);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCOMPARE(runs.count(), 1);
    window.setCatalogue(withOwnCommand(QStringLiteral("farewell"))); // its file has been changed
    window.selectTaskSet(QStringLiteral("mine/greet"));
    find<QAction>(window, "actionRun")->trigger();
    QCOMPARE(runs.count(), 1);
    QVERIFY(find<QMessageBox>(window, "startCommandDialog"));
}

void TstCommandWindow::attachingIsAskedForByItsNumber()
{
    const auto window = makeWindow();
    QSignalSpy lists(window.get(), &MainWindow::attachListRequested);
    QSignalSpy attached(window.get(), &MainWindow::attachRequested);
    find<QAction>(*window, "actionAttach")->trigger();
    auto *dialog = find<AttachDialog>(*window, "attachDialog");
    QVERIFY(dialog);
    QVERIFY(lists.count() >= 1);
    window->setProcesses({{4711, QStringLiteral("python3"), QStringLiteral("python3 a.py"), 0.5}});
    emit dialog->attachRequested(4711);
    QCOMPARE(attached.count(), 1);
    QCOMPARE(attached.first().at(0).toInt(), 4711);
    QCOMPARE(attached.first().at(1).toString(), QStringLiteral("python3 a.py"));
    dialog->reject();
    window->runStarting(QStringLiteral("python3 a.py"), QStringLiteral("attached"));
    QVERIFY(!find<QAction>(*window, "actionAttach")->isEnabled());
}

void TstCommandWindow::aRunningCommandTellsHowLong()
{
    const auto window = makeWindow();
    const RunReport report = programReport(QStringLiteral("python3 a.py"));
    window->runStarting(report.title, report.model);
    QVERIFY(find<QAction>(*window, "actionStop")->isEnabled());
    const auto *state = find<QLabel>(*window, "commandState");
    QVERIFY(state->text().contains(QStringLiteral("Starting")));
    window->runStarted(report.trace, report.title, report.model);
    QVERIFY(state->text().contains(QStringLiteral("Running for")));
    QCOMPARE(find<QTabWidget>(*window, "bottomArea")->currentWidget()->objectName(),
             QStringLiteral("outputPanel"));
    window->runFinished(report);
    QVERIFY(!find<QAction>(*window, "actionStop")->isEnabled());
    QVERIFY2(state->text().contains(QStringLiteral("ended with status 0")),
             qPrintable(state->text()));
    QVERIFY(banner(*window).isEmpty()); // it ended as it should
}

void TstCommandWindow::theEndOfACommandIsTold_data()
{
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("isAlert");
    QTest::newRow("a status") << 3 << 0 << QString()
                              << QStringLiteral("the command ended with status 3")
                              << int(RunOutcome::Failed)
                              << QStringLiteral("ended with status 3 after 2.1") << false;
    QTest::newRow("not started") << -1 << 0 << QStringLiteral("there is no program fooo")
                                 << QStringLiteral("there is no program fooo")
                                 << int(RunOutcome::Failed)
                                 << QStringLiteral("there is no program fooo") << true;
    QTest::newRow("too large") << -1 << 15 << QString()
                               << QStringLiteral("the recording grew too large")
                               << int(RunOutcome::Failed)
                               << QStringLiteral("the recording grew too large") << true;
    QTest::newRow("a remark") << 0 << 0 << QString() << QStringLiteral("the helper is missing")
                              << int(RunOutcome::Finished)
                              << QStringLiteral("the helper is missing") << false;
    QTest::newRow("stopped") << -1 << 2 << QString() << QString() << int(RunOutcome::Cancelled)
                             << QStringLiteral("ended by SIGINT") << false;
}

void TstCommandWindow::theEndOfACommandIsTold()
{
    QFETCH(int, exitCode);
    QFETCH(int, signal);
    QFETCH(QString, failure);
    QFETCH(QString, message);
    QFETCH(int, outcome);
    QFETCH(QString, words);
    QFETCH(bool, isAlert);
    const auto window = makeWindow();
    RunReport report = programReport(QStringLiteral("python3 a.py"), RunOutcome(outcome));
    report.message = message;
    report.command->exitCode.reset();
    if (exitCode >= 0)
        report.command->exitCode = exitCode;
    if (signal != 0)
        report.command->signal = signal;
    report.command->failure = failure;
    window->runStarting(report.title, report.model);
    window->runFinished(report);
    QVERIFY2(banner(*window).contains(words), qPrintable(banner(*window)));
    QCOMPARE(find<QFrame>(*window, "banner")->property("alert").toBool(), isAlert);
}

void TstCommandWindow::whatAFailedCommandSaidLastStandsInTheBanner()
{
    const auto window = makeWindow();
    RunReport report = programReport(QStringLiteral("python3 a.py"), RunOutcome::Failed);
    report.command->exitCode = 2;
    report.message = QStringLiteral("the command ended with status 2");
    PrintedLine line;
    line.text = QStringLiteral("a.py: the server refuses %1");
    line.stream = PrintedLine::Stream::Error;
    report.lines = {line};
    line.text = QStringLiteral("good bye");
    line.stream = PrintedLine::Stream::Output;
    report.lines.push_back(line);
    window->runStarting(report.title, report.model);
    window->runFinished(report);
    const QString told = banner(*window);
    QVERIFY2(told.startsWith(QStringLiteral("python3 a.py ended with status 2 after 2.1")),
             qPrintable(told));
    QVERIFY2(told.endsWith(QStringLiteral(". It said: a.py: the server refuses %1")),
             qPrintable(told));
    QVERIFY(!find<QFrame>(*window, "banner")->property("alert").toBool());
}

void TstCommandWindow::theNumbersOfTheProcessesStandOnTheirHeadings()
{
    const auto window = makeWindow();
    const RunReport report = programReport(QStringLiteral("python3 a.py"));
    window->runStarting(report.title, report.model);
    window->runStarted(report.trace, report.title, report.model);
    window->runFinished(report);
    QCOMPARE(find<StatisticsPanel>(*window, "statisticsPanel")->processes()->rowCount(), 1);
    window->grab();
    bool hasVerdict = false;
    for (const Lane &lane : window->timeline()->builder().layout().lanes())
        hasVerdict = hasVerdict || lane.subtitle.contains(QStringLiteral("one at a time: GIL"));
    QVERIFY(hasVerdict);
}

void TstCommandWindow::bothStreamsAreTold()
{
    const auto window = makeWindow();
    PrintedLine line;
    line.time = kSecond + 100 * kMillisecond;
    line.text = QStringLiteral("fine");
    window->addLine(line, {}, kSecond);
    line.text = QStringLiteral("oops");
    line.stream = PrintedLine::Stream::Error;
    window->addLine(line, {}, kSecond);
    const auto *output = find<QPlainTextEdit>(*window, "outputPanel");
    QTRY_VERIFY(output->toPlainText().contains(QStringLiteral("0.100 s\tstderr\toops")));
    QVERIFY(output->toPlainText().contains(QStringLiteral("0.100 s\tfine")));
}

void TstCommandWindow::aCommandIsNoSetThatIsCalledSo()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("primes"));
    const RunReport report = programReport(QStringLiteral("primes")); // a program of that name
    window->runStarting(report.title, report.model);
    window->runStarted(report.trace, report.title, report.model);
    window->runFinished(report);
    // The set has not been run: its answer is still to be guessed.
    QVERIFY(find<QPushButton>(*window, "panelShowAnswer")->isHidden());
}

QTEST_MAIN(TstCommandWindow)
#include "tst_commandwindow.moc"
