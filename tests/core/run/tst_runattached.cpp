// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/runlistener.h"

#include <QProcess>
#include <QtTest>

#include <vector>

#include <unistd.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

/// Processes that run already, from the start of the recording to the report.
class TestRunAttached : public QObject
{
    Q_OBJECT

private:
    static constexpr int kPatienceMs = RunListener::kPatienceMs;

    /// A process that is not ours to end, and that does nothing.
    struct Sleeper {
        Sleeper()
        {
            process.start(u"sleep"_s, {u"1000"_s});
            if (!process.waitForStarted())
                qFatal("there is no sleep");
        }
        ~Sleeper() { end(); }
        void end()
        {
            process.kill();
            process.waitForFinished();
        }
        [[nodiscard]] pid_t pid() const { return pid_t(process.processId()); }
        QProcess process;
    };
    static RunRequest attachedTo(const Sleeper &sleeper)
    {
        RunRequest request;
        request.attachTo = sleeper.pid();
        return request;
    }

private slots:
    void initTestCase() { registerRunTypes(); }

    void itIsRecordedUntilItEnds()
    {
        Sleeper sleeper;
        RunController controller;
        RunListener listener(controller);
        const RunRequest request = attachedTo(sleeper);
        controller.start(request);
        QTRY_VERIFY_WITH_TIMEOUT(!listener.started.isEmpty() || !listener.finished.isEmpty(),
                                 kPatienceMs);
        if (listener.started.isEmpty())
            QFAIL(qPrintable(listener.report().message));
        sleeper.end();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.model, u"attached"_s);
        QVERIFY(report.command->isAttached);
        QVERIFY(!report.command->exitCode && !report.command->signal);
        QCOMPARE(report.command->spec.words.size(), qsizetype(2));
        QVERIFY(report.command->spec.words.first().endsWith(u"sleep"_s));
        QCOMPARE(report.command->spec.words.last(), u"1000"_s);
        if (report.source != Source::Kernel && report.source != Source::KernelWide)
            return;
        QVERIFY(!report.command->processes.empty());
        QCOMPARE(report.command->processes.front().pid, *request.attachTo);
        QVERIFY(report.command->processes.front().wasThere);
    }

    void whetherItStillRunsIsTold_data()
    {
        QTest::addColumn<int>("source"); // the best of these that this machine allows
        QTest::addColumn<bool>("ends");
        QTest::addColumn<QString>("told");
        for (const Source source : {Source::Kernel, Source::Sampled, Source::Events}) {
            QTest::addRow("%s, it ends", sourceName(source))
                << int(source) << true << u"The process ended; only its parent knows how."_s;
            QTest::addRow("%s, it goes on", sourceName(source))
                << int(source) << false
                << u"The process was still running when the recording ended."_s;
        }
    }
    void whetherItStillRunsIsTold()
    {
        QFETCH(int, source);
        QFETCH(bool, ends);
        QFETCH(QString, told);
        Sleeper sleeper;
        const pid_t pid = sleeper.pid();
        RunController controller;
        RunListener listener(controller);
        RunRequest request = attachedTo(sleeper);
        request.source = Source(source);
        controller.start(request);
        QTRY_VERIFY_WITH_TIMEOUT(!listener.started.isEmpty() || !listener.finished.isEmpty(),
                                 kPatienceMs);
        if (ends)
            sleeper.end();
        else
            controller.stop();
        const RunReport report = listener.report();
        QVERIFY2(report.trace, qPrintable(report.message));
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QVERIFY2(report.sentence.contains(told), qPrintable(report.sentence));
        QCOMPARE(report.command->hasEnded, ends);
        for (const ProcessReport &process : report.command->processes)
            QCOMPARE(process.hasEnded, ends && process.pid == pid);
        QCOMPARE(isAlive(pid), !ends);
    }

    void aStopEndsOnlyTheRecording()
    {
        Sleeper sleeper;
        {
            RunController controller;
            RunListener listener(controller);
            RunRequest request = attachedTo(sleeper);
            controller.start(request);
            QTRY_VERIFY_WITH_TIMEOUT(!listener.started.isEmpty() || !listener.finished.isEmpty(),
                                     kPatienceMs);
            controller.stop();
            const RunReport report = listener.report();
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(report.message));
            QVERIFY(report.command->leftRunning.empty());
            // And its time being up, too.
            request.longest = 50 * kMillisecond;
            controller.start(request);
            QCOMPARE(int(listener.report().outcome), int(RunOutcome::Finished));
            // Nor does the end of the window touch it.
            request.longest = 0;
            controller.start(request);
            QTRY_VERIFY_WITH_TIMEOUT(listener.started.size() == 3, kPatienceMs);
        }
        QVERIFY(isAlive(sleeper.pid()));
        QCOMPARE(sleeper.process.state(), QProcess::Running);
    }

    void aRecordingThatGrowsTooLargeEndsWithoutIt()
    {
        Sleeper sleeper;
        RunRequest request = attachedTo(sleeper);
        request.largestTrace = 1; // any is larger
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QVERIFY2(report.message.startsWith(u"it was ended because its recording had grown to "_s),
                 qPrintable(report.message));
        QVERIFY2(report.sentence.contains(u"was still running"_s), qPrintable(report.sentence));
        QVERIFY(report.trace && report.trace->isFinished());
        QVERIFY(isAlive(sleeper.pid()));
    }

    void whatCannotBeAttachedToIsTold()
    {
        Sleeper ended; // its number is free again, or soon somebody else's
        const pid_t pid = ended.pid();
        ended.end();
        for (const pid_t attached : {pid, getpid()}) {
            RunRequest request;
            request.attachTo = attached;
            const RunReport report = runToEnd(request);
            QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
            QVERIFY2(report.message.contains(QString::number(attached)),
                     qPrintable(report.message));
            QVERIFY(report.command.has_value() && report.command->isAttached);
            QCOMPARE(report.command->failure, report.message);
            QVERIFY(!report.trace);
        }
    }
};

QTEST_GUILESS_MAIN(TestRunAttached)
#include "tst_runattached.moc"
