// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"
#include "ui/mainwindow/mainwindow.h"

#include <QAction>
#include <QCoreApplication>
#include <QFrame>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace Interleave
{

inline std::shared_ptr<const Trace> makeTrace()
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

inline RunReport makeReport(const char *model, RunOutcome outcome = RunOutcome::Finished)
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

inline QAction *action(const MainWindow &window, const char *name)
{
    return find<QAction>(window, name);
}

inline bool isBannerShown(const MainWindow &window)
{
    return !find<QFrame>(window, "banner")->isHidden();
}

/// What a test of the window begins with: the built-in sets, and settings of its own.
class WindowFixture
{
protected:
    /// For initTestCase(). \param name of the test.
    void prepare(const QString &name)
    {
        QVERIFY(m_folder.isValid());
        QCoreApplication::setOrganizationName(QStringLiteral("interleave-tests"));
        QCoreApplication::setApplicationName(name);
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        const Result<Catalogue> catalogue = Catalogue::load();
        QVERIFY(catalogue.isOk());
        m_catalogue = catalogue.value();
        QVERIFY(m_catalogue.find(QStringLiteral("primes")));
    }
    /// For init(): every test is a first start.
    static void beginAnew()
    {
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
        QSettings().clear();
    }

    /// Shown.
    [[nodiscard]] std::unique_ptr<MainWindow> makeWindow() const
    {
        auto window = std::make_unique<MainWindow>(m_catalogue, Theme::Kind::Light);
        window->resize(1280, 720);
        window->show();
        return window;
    }

    QTemporaryDir m_folder;
    Catalogue m_catalogue;
};

} // namespace Interleave
