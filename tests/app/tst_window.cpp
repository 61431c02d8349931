// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QAction>
#include <QDir>
#include <QImage>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <set>

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
        QCOMPARE(window.timeline()->state().runs.size(), std::size_t(5));
        // Slices are of one run: what would be refused is not offered.
        QVERIFY(!window.findChild<QAction *>(QStringLiteral("actionExport.csv"))->isEnabled());
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
                                 {{QStringLiteral("tasks"), 2}, {QStringLiteral("work_ms"), 20}},
                                 1);
        QVERIFY(waitForRun(report));
        const QString path = m_folder.filePath(QStringLiteral("run.") + ending);
        emit window.exportRequested(path);
        QVERIFY(QFile(path).size() > 100);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
