// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"
#include "core/base/uniquefd.h"
#include "core/run/setprogram.h"
#include "ui/mainwindow/mainwindow.h"

#include <QAction>
#include <QFile>
#include <QFileInfo>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Interleave;

/// The programs of built-in sets from the window: their files are not that one's affair.
class TestSessionPrograms : public QObject
{
    Q_OBJECT

private:
    static constexpr int kPatienceMs = 60'000;

    Catalogue m_catalogue = Catalogue::load().value();
    QByteArray m_cache; ///< of whoever runs this test
    std::unique_ptr<QTemporaryDir> m_folder;

    /// Starts the example of two threads as a person does.
    static void start(MainWindow &window)
    {
        window.selectTaskSet(QStringLiteral("python-threads"));
        window.findChild<QAction *>(QStringLiteral("actionRun"))->trigger();
    }
    static bool isRunOffered(const MainWindow &window)
    {
        return window.findChild<QAction *>(QStringLiteral("actionRun"))->isEnabled();
    }
    static RunReport reportOf(QSignalSpy &reports)
    {
        if (reports.isEmpty() && !reports.wait(kPatienceMs))
            qFatal("the run did not end");
        return reports.first().first().value<RunReport>();
    }

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("InterleaveTest"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_sessionprograms"));
        QSettings().clear();
        m_cache = qgetenv("XDG_CACHE_HOME");
    }
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CACHE_HOME", QFile::encodeName(m_folder->path()));
    }
    void cleanup()
    {
        if (m_cache.isEmpty())
            qunsetenv("XDG_CACHE_HOME");
        else
            qputenv("XDG_CACHE_HOME", m_cache);
    }

    void aSlowDiskHoldsUpTheRunAndNotTheWindow()
    {
        if (!QFileInfo(pythonInterpreter()).isAbsolute())
            QSKIP("there is no python3 in PATH");
        // A disk that does not answer: whoever reads a pipe waits for its other end.
        const QString file = examplesFolder().value() + QStringLiteral("/threads.py");
        QVERIFY(QFile::remove(file));
        QCOMPARE(::mkfifo(QFile::encodeName(file).constData(), 0600), 0);
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.show();
        QSignalSpy reports(&session, &Session::runReported);
        start(window);
        QVERIFY(!isRunOffered(window)); // the window tells that it starts
        // The disk answers, with nothing, to whoever asks it: that may be more than once.
        int answers = 0;
        const auto isAnswered = [&] {
            const UniqueFd otherEnd(
                ::open(QFile::encodeName(file).constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
            answers += otherEnd.isOpen() ? 1 : 0;
            return answers != 0;
        };
        QVERIFY(QTest::qWaitFor(isAnswered, kPatienceMs));
        QVERIFY(reports.isEmpty());
        const auto isOver = [&] {
            if (!QFileInfo(file).isFile())
                isAnswered();
            return !reports.isEmpty();
        };
        QVERIFY(QTest::qWaitFor(isOver, kPatienceMs));
        const RunReport report = reportOf(reports);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(report.message));
        QVERIFY(QFileInfo(file).isFile()); // mended before it ran
        QVERIFY(isRunOffered(window));
    }

    void aCacheThatCannotBeWrittenIsToldAndTheWindowGoesOn()
    {
        const QString file = m_folder->filePath(QStringLiteral("file"));
        QFile taken(file);
        QVERIFY(taken.open(QIODevice::WriteOnly));
        taken.close();
        qputenv("XDG_CACHE_HOME", QFile::encodeName(file));
        MainWindow window(m_catalogue, Theme::Kind::Light);
        Session session(m_catalogue, window);
        window.show();
        QSignalSpy reports(&session, &Session::runReported);
        start(window);
        const RunReport report = reportOf(reports);
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QVERIFY2(report.message.contains(file), qPrintable(report.message));
        QVERIFY(report.command.has_value());
        QCOMPARE(report.command->failure, report.message);
        QVERIFY(isRunOffered(window));
    }
};

QTEST_MAIN(TestSessionPrograms)
#include "tst_sessionprograms.moc"
