// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"
#include "ui/compare/outputpanel.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QAction>
#include <QDialog>
#include <QDir>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QProcess>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QTimer>
#include <QtTest>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

using namespace Interleave;

/// The window with the real engine behind it: what a person does, and a picture of each state.
class TestWindow : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue = Catalogue::load().value();
    QTemporaryDir m_folder;

    /// Saves a picture of the window and checks that it shows something: many colours, none missing.
    void shoot(QWidget &window, const char *name)
    {
        const QImage image = window.grab().toImage();
        const QString folder = qEnvironmentVariable("INTERLEAVE_SCREENSHOTS", m_folder.path());
        QVERIFY(
            image.save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
        std::set<QRgb> colours;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3)
                colours.insert(image.pixel(x, y));
        }
        QVERIFY2(colours.size() > 20, name);
    }

    static bool waitForRun(QSignalSpy &finished)
    {
        return !finished.isEmpty() || finished.wait(60'000);
    }

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("InterleaveTest"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_window"));
        QSettings().clear();
    }
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void everyMainStateHasAPicture_data()
    {
        QTest::addColumn<int>("theme");
        QTest::addColumn<QSize>("size");
        QTest::newRow("light-1280") << int(Theme::Kind::Light) << QSize(1280, 720);
        QTest::newRow("dark-1920") << int(Theme::Kind::Dark) << QSize(1920, 1080);
        QTest::newRow("projector-1920") << int(Theme::Kind::Projector) << QSize(1920, 1080);
    }
    void everyMainStateHasAPicture()
    {
        QFETCH(int, theme);
        QFETCH(QSize, size);
        const QByteArray tag = QTest::currentDataTag();
        MainWindow window(m_catalogue, Theme::Kind(theme));
        Session session(m_catalogue, window);
        window.resize(size);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        shoot(window, tag + "-empty");

        QSignalSpy firstSlice(window.timeline(), &TimelineView::firstSlicePainted);
        QSignalSpy report(&session, &Session::runReported);
        emit window.runRequested(QStringLiteral("primes"), QStringLiteral("threads"),
                                 {{QStringLiteral("tasks"), 4}, {QStringLiteral("work_ms"), 60}},
                                 1);
        QVERIFY(firstSlice.wait(20'000));
        shoot(window, tag + "-running");
        QVERIFY(waitForRun(report));
        shoot(window, tag + "-finished");

        QSignalSpy compared(&session, &Session::comparisonReported);
        emit window.compareRequested(QStringLiteral("two-sleepers"),
                                     {{QStringLiteral("tasks"), 2},
                                      {QStringLiteral("iterations"), 2},
                                      {QStringLiteral("period_ms"), 60}},
                                     1);
        QVERIFY(waitForRun(compared));
        shoot(window, tag + "-compared");
        QCOMPARE(window.timeline()->state().runs.size(), std::size_t(6));
        // Slices are of one run: what would be refused is not offered.
        QVERIFY(!window.findChild<QAction *>(QStringLiteral("actionExport.csv"))->isEnabled());
    }

    void valuesThatAreNotPossibleAreToldAndNothingStarts_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QJsonObject>("params");
        QTest::addColumn<QString>("expected");
        QTest::newRow("swapped") << QStringLiteral("gather")
                                 << QJsonObject{{QStringLiteral("shortest_ms"), 900},
                                                {QStringLiteral("longest_ms"), 100}}
                                 << QStringLiteral("longest_ms: 100 is less than shortest_ms");
        QTest::newRow("no times") << QStringLiteral(
            "pipeline") << QJsonObject{{QStringLiteral("stage_ms"), QStringLiteral("slow")}}
                                  << QStringLiteral("stage_ms: the text is not possible");
    }
    void valuesThatAreNotPossibleAreToldAndNothingStarts()
    {
        QFETCH(QString, slug);
        QFETCH(QJsonObject, params);
        QFETCH(QString, expected);
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        window.selectTaskSet(slug, QStringLiteral("threads"), params);
        QSignalSpy report(&session, &Session::runReported);
        const auto *banner = window.findChild<QLabel *>(QStringLiteral("bannerText"));
        for (const char *name : {"actionRun", "actionCompare"}) {
            window.showMessage(QStringLiteral("nothing yet"), true);
            auto *action = window.findChild<QAction *>(QString::fromLatin1(name));
            action->trigger();
            QVERIFY2(banner->text().contains(expected), qPrintable(banner->text()));
            QVERIFY(action->isEnabled());
            QVERIFY(!window.findChild<QAction *>(QStringLiteral("actionStop"))->isEnabled());
        }
        QVERIFY(report.isEmpty());
    }

    void stopEndsARunAndTheWindowSaysSo()
    {
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        QSignalSpy firstSlice(window.timeline(), &TimelineView::firstSlicePainted);
        QSignalSpy report(&session, &Session::runReported);
        emit window.runRequested(QStringLiteral("two-sleepers"), QStringLiteral("threads"),
                                 {{QStringLiteral("tasks"), 2},
                                  {QStringLiteral("iterations"), 20},
                                  {QStringLiteral("period_ms"), 2000}},
                                 1);
        QVERIFY(firstSlice.wait(20'000));
        emit window.stopRequested();
        QVERIFY(waitForRun(report));
        QCOMPARE(int(report.first().first().value<RunReport>().outcome),
                 int(RunOutcome::Cancelled));
        shoot(window, "cancelled");
    }

    void repeatsEndWithTheLastRunAndTheirDistribution()
    {
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        QSignalSpy repeated(&session, &Session::repeatsReported);
        emit window.runRequested(QStringLiteral("ordering"), QStringLiteral("threads"),
                                 {{QStringLiteral("tasks"), 3},
                                  {QStringLiteral("letters"), 3},
                                  {QStringLiteral("rounds"), 5}},
                                 4);
        QVERIFY(waitForRun(repeated));
        const auto runs = repeated.first().first().value<std::vector<RunReport>>();
        QCOMPARE(runs.size(), std::size_t(4));
        for (std::size_t i = 0; i + 1 < runs.size(); ++i)
            QVERIFY(!runs[i].trace);
        QVERIFY(runs.back().trace);
        QCOMPARE(window.timeline()->state().runs.size(), std::size_t(1));
        QVERIFY(window.timeline()->state().runs[0].trace == runs.back().trace);
        shoot(window, "repeats");
        const QString path = m_folder.filePath(QStringLiteral("repeats.json"));
        emit window.exportRequested(path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject document = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(document.value(QStringLiteral("repeats")).toArray().size(), 4);
        QVERIFY(document.contains(QStringLiteral("distribution")));
    }

    void locksAndQueuesHaveAPicture_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QJsonObject>("params");
        QTest::addColumn<int>("theme");
        const QJsonObject naive{{QStringLiteral("seats"), 5},
                                {QStringLiteral("strategy"), QStringLiteral("naive")},
                                {QStringLiteral("think_ms"), 20},
                                {QStringLiteral("eat_ms"), 20},
                                {QStringLiteral("delay_ms"), 100},
                                {QStringLiteral("deadlock_shown_ms"), 200}};
        const QJsonObject ordered{{QStringLiteral("seats"), 5},
                                  {QStringLiteral("strategy"), QStringLiteral("ordered")},
                                  {QStringLiteral("rounds"), 3},
                                  {QStringLiteral("think_ms"), 20},
                                  {QStringLiteral("eat_ms"), 20}};
        const QJsonObject queue{{QStringLiteral("items"), 30},
                                {QStringLiteral("produce_ms"), 5},
                                {QStringLiteral("consume_ms"), 20}};
        for (const auto &[name, kind] :
             {std::pair("light", Theme::Kind::Light), std::pair("dark", Theme::Kind::Dark),
              std::pair("projector", Theme::Kind::Projector)}) {
            QTest::addRow("deadlocked-%s", name)
                << QStringLiteral("philosophers") << naive << int(kind);
            QTest::addRow("ordered-%s", name)
                << QStringLiteral("philosophers") << ordered << int(kind);
            QTest::addRow("queue-%s", name)
                << QStringLiteral("producer-consumer") << queue << int(kind);
        }
    }
    void locksAndQueuesHaveAPicture()
    {
        QFETCH(QString, slug);
        QFETCH(QJsonObject, params);
        QFETCH(int, theme);
        const TaskSet *set = m_catalogue.find(slug);
        if (!set)
            QSKIP("this set is not in the catalogue");
        QJsonObject all = set->defaults();
        for (auto it = params.begin(); it != params.end(); ++it)
            all.insert(it.key(), it.value());
        MainWindow window(m_catalogue, Theme::Kind(theme));
        Session session(m_catalogue, window);
        window.resize(1600, 960);
        window.show();
        window.selectTaskSet(slug, QStringLiteral("threads"), all);
        QSignalSpy report(&session, &Session::runReported);
        emit window.runRequested(slug, QStringLiteral("threads"), all, 1);
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        const bool isNaive =
            params.value(QStringLiteral("strategy")).toString() == QLatin1String("naive");
        QCOMPARE(int(finished.outcome),
                 int(isNaive ? RunOutcome::Deadlocked : RunOutcome::Finished));
        QCOMPARE(window.timeline()->state().runs.at(0).deadlock.has_value(), isNaive);
        int counters = 0;
        for (const Lane &lane : window.timeline()->builder().layout().lanes())
            counters += lane.kind == Lane::Kind::Counter ? 1 : 0;
        if (slug == QLatin1String("producer-consumer"))
            QVERIFY(counters > 0);
        shoot(window, QTest::currentDataTag());
    }

    void aCommandIsStartedShownAndTold()
    {
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        QSignalSpy report(&session, &Session::runReported);
        window.findChild<QAction *>(QStringLiteral("actionProgram"))->trigger();
        auto *line = window.findChild<QLineEdit *>(QStringLiteral("commandLine"));
        QVERIFY(line->isVisible());
        auto *run = window.findChild<QAction *>(QStringLiteral("actionRun"));
        QVERIFY(!run->isEnabled()); // there is nothing to start yet
        line->setText(QStringLiteral("sh -c 'echo out; echo oops >&2; sleep 0.1 & wait; exit 3'"));
        QVERIFY(run->isEnabled());
        run->trigger();
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QVERIFY(finished.command.has_value());
        QCOMPARE(finished.command->exitCode.value_or(-1), 3);
        QVERIFY(finished.command->processes.size() >= 2);

        const auto *output = window.findChild<QPlainTextEdit *>(QStringLiteral("outputPanel"));
        const QString text = output->toPlainText();
        QVERIFY2(text.contains(QStringLiteral("\tout")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("stderr\toops")), qPrintable(text));
        const auto *banner = window.findChild<QLabel *>(QStringLiteral("bannerText"));
        QVERIFY2(banner->text().contains(QStringLiteral("ended with status 3")),
                 qPrintable(banner->text()));
        shoot(window, "command"); // the lanes are those of the last frame
        QStringList headings;
        bool hasOutputRow = false;
        for (const Lane &lane : window.timeline()->builder().layout().lanes()) {
            if (lane.process != kNoProcess)
                headings << lane.title;
            hasOutputRow = hasOutputRow || lane.kind == Lane::Kind::Output;
        }
        QVERIFY2(headings.join(u' ').contains(QStringLiteral("sleep")),
                 qPrintable(headings.join(u' ')));
        QVERIFY(hasOutputRow);
        const QString path = m_folder.filePath(QStringLiteral("command.svg"));
        emit window.exportRequested(path);
        QFile picture(path);
        QVERIFY(picture.open(QIODevice::ReadOnly));
        QVERIFY(picture.readAll().contains("helper on"));
        // It stands in the gallery from now on, also of the next window.
        MainWindow next(m_catalogue, Theme::Kind::Light);
        const auto *sets = next.findChild<QListView *>(QStringLiteral("taskSets"));
        const QModelIndexList found =
            sets->model()->match(sets->model()->index(0, 0), Qt::DisplayRole,
                                 QStringLiteral("sh -c"), -1, Qt::MatchStartsWith);
        QCOMPARE(found.size(), qsizetype(1));
    }

    void aFloodOfOutputLeavesTheWindowAlive_data()
    {
        QTest::addColumn<QString>("pipeline");
        QTest::addColumn<bool>("isEndless");
        const QString lines = QStringLiteral("yes ") + QString(99, u'x');
        QTest::newRow("100 MB") << lines + QStringLiteral(" | head -c 100000000") << false;
        QTest::newRow("without end, until Stop") << lines << true;
    }
    void aFloodOfOutputLeavesTheWindowAlive()
    {
        QFETCH(QString, pipeline);
        QFETCH(bool, isEndless);
        constexpr int kAnswers = 5;
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.show();
        QSignalSpy report(&session, &Session::runReported);
        const auto *output = window.findChild<OutputPanel *>(QStringLiteral("outputPanel"));
        const auto linesSoFar = [&] {
            return std::uint64_t(output->lineCount()) + output->goneCount();
        };
        // Each answer is one turn of the event loop that a person's click could have had.
        std::vector<std::uint64_t> answers; // with how many lines had come by then
        QTimer clock;
        connect(&clock, &QTimer::timeout, &window, [&] {
            if (linesSoFar() == 0)
                return;
            answers.push_back(linesSoFar());
            if (isEndless && linesSoFar() >= std::uint64_t(OutputPanel::kMostLines))
                window.findChild<QAction *>(QStringLiteral("actionStop"))->trigger();
        });
        clock.start(1);
        CommandSpec spec;
        spec.words = QStringList{QStringLiteral("sh"), QStringLiteral("-c"), pipeline};
        emit window.commandRequested(spec);
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QCOMPARE(int(finished.outcome),
                 int(isEndless ? RunOutcome::Cancelled : RunOutcome::Finished));
        const auto whileItCame =
            std::count_if(answers.begin(), answers.end(),
                          [&](std::uint64_t lines) { return lines < linesSoFar(); });
        QVERIFY2(whileItCame >= kAnswers, qPrintable(QString::number(whileItCame)));
        QCOMPARE(output->lineCount(), OutputPanel::kMostLines);
        QTRY_VERIFY_WITH_TIMEOUT(
            output->document()->firstBlock().text().contains(QStringLiteral("earlier lines")),
            60'000);
        QVERIFY(window.isVisible());
    }

    void aCommandThatCannotBeStartedIsExplained()
    {
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        QSignalSpy report(&session, &Session::runReported);
        CommandSpec spec;
        spec.words = QStringList{QStringLiteral("/no/such/program")};
        emit window.commandRequested(spec);
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QCOMPARE(int(finished.outcome), int(RunOutcome::Failed));
        const auto *banner = window.findChild<QLabel *>(QStringLiteral("bannerText"));
        QVERIFY2(banner->text().contains(QStringLiteral("/no/such/program")),
                 qPrintable(banner->text()));
        QVERIFY(!window.findChild<QAction *>(QStringLiteral("actionStop"))->isEnabled());
        shoot(window, "command-not-started");
    }

    void stopEndsACommandThatWouldGoOn()
    {
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        QSignalSpy firstSlice(window.timeline(), &TimelineView::firstSlicePainted);
        QSignalSpy report(&session, &Session::runReported);
        CommandSpec spec;
        spec.words = QStringList{QStringLiteral("sleep"), QStringLiteral("1000")};
        emit window.commandRequested(spec);
        QVERIFY(firstSlice.wait(20'000));
        emit window.stopRequested();
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QCOMPARE(int(finished.outcome), int(RunOutcome::Cancelled));
        QVERIFY(finished.command->signal.has_value());
    }

    void aProcessIsListedAndAttachedTo()
    {
        QProcess other;
        other.start(QStringLiteral("sh"),
                    {QStringLiteral("-c"), QStringLiteral("while read x; do :; done")});
        QVERIFY(other.waitForStarted());
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.resize(1280, 720);
        window.show();
        // What this program has started itself is not offered: so nothing is found to be missing.
        QTest::ignoreMessage(QtWarningMsg, "This plugin does not support propagateSizeHints()");
        window.findChild<QAction *>(QStringLiteral("actionAttach"))->trigger();
        auto *dialog = window.findChild<QDialog *>(QStringLiteral("attachDialog"));
        QVERIFY(dialog);
        const auto *table = dialog->findChild<QTableView *>(QStringLiteral("attachProcesses"));
        const auto *hint = dialog->findChild<QLabel *>(QStringLiteral("attachHint"));
        QTRY_VERIFY_WITH_TIMEOUT(!hint->text().contains(QStringLiteral("Looking")), 10'000);
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const QString pid = table->model()->index(row, 1).data().toString();
            QVERIFY(pid.toLongLong() != QCoreApplication::applicationPid());
            QVERIFY(pid.toLongLong() != other.processId());
        }
        dialog->reject();

        QSignalSpy report(&session, &Session::runReported);
        emit window.attachRequested(int(other.processId()), QStringLiteral("sh"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.timeline()->state().runs.empty(), 20'000);
        other.closeWriteChannel(); // it ends by itself
        QVERIFY(other.waitForFinished());
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QVERIFY2(finished.command.has_value() && finished.command->isAttached,
                 qPrintable(finished.message));
        QCOMPARE(other.exitStatus(), QProcess::NormalExit); // nobody has ended it
    }

    void aPythonExampleRunsFromTheGallery()
    {
        const TaskSet *set = m_catalogue.find(QStringLiteral("python-threads"));
        if (!set)
            QSKIP("this set is not in the catalogue");
        if (QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
            QSKIP("there is no python3 in PATH");
        MainWindow window(m_catalogue, Theme::Kind::Dark);
        Session session(m_catalogue, window);
        window.resize(1600, 960);
        window.show();
        window.selectTaskSet(set->slug);
        QSignalSpy report(&session, &Session::runReported);
        window.findChild<QAction *>(QStringLiteral("actionRun"))->trigger();
        QVERIFY(waitForRun(report));
        const auto finished = report.first().first().value<RunReport>();
        QVERIFY2(finished.command.has_value(), qPrintable(finished.message));
        QCOMPARE(finished.command->exitCode.value_or(-1), 0);
        QVERIFY(!finished.lines.empty());
        shoot(window, "python-threads");
    }

    void exportWritesWhatTheTimelineShows_data()
    {
        QTest::addColumn<QString>("ending");
        for (const char *ending : {"png", "svg", "pdf", "csv", "json"})
            QTest::newRow(ending) << QString::fromUtf8(ending);
    }
    void exportWritesWhatTheTimelineShows()
    {
        QFETCH(QString, ending);
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.show();
        QSignalSpy report(&session, &Session::runReported);
        emit window.runRequested(QStringLiteral("primes"), QStringLiteral("pool"),
                                 {{QStringLiteral("tasks"), 2}, {QStringLiteral("work_ms"), 50}},
                                 1);
        QVERIFY(waitForRun(report));
        const QString path = m_folder.filePath(QStringLiteral("run.") + ending);
        emit window.exportRequested(path);
        QVERIFY(QFile(path).size() > 100);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
