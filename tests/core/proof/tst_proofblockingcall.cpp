// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/printed.h"

#include <QTest>

#include <algorithm>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S09: what one blocking call does to the other coroutines, and to nobody else.
class TestProofBlockingCall : public QObject
{
    Q_OBJECT

private:
    static constexpr int kIterations = 4;
    static constexpr int kPeriodMs = 40;
    /// What one task alone takes.
    static constexpr DurationNs kAlone = kIterations * kPeriodMs * kMillisecond;
    /// More than a printed line and a switch take, and much less than a wait.
    static constexpr DurationNs kShort = kPeriodMs / 2 * kMillisecond;

    static RunReport run(const char *model, const QString &mode)
    {
        return runSet("blocking-call", model,
                      {{u"tasks"_s, u"2"_s},
                       {u"iterations"_s, QString::number(kIterations)},
                       {u"period_ms"_s, QString::number(kPeriodMs)},
                       {u"mode"_s, mode}});
    }
    static double timesAlone(const RunReport &report)
    {
        return double(report.statistics.wall) / double(kAlone);
    }
    static DurationNs longestTurnOfAll(const RunReport &report)
    {
        DurationNs longest = 0;
        for (const TaskStatistics &task : tasksOf(report))
            longest = std::max(longest, longestTurn(report, task));
        return longest;
    }
    /// How long a task stood in the queue, ready to begin, at worst.
    static DurationNs longestQueued(const RunReport &report)
    {
        DurationNs longest = 0;
        for (const TaskStatistics &task : tasksOf(report))
            longest = std::max(longest, task.queued);
        return longest;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void aBlockingCallHasAllCoroutinesWait()
    {
        const RunReport report = run("coroutines", u"block"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        QCOMPARE(tasks.size(), std::size_t(2));
        for (const TaskStatistics &task : tasks) {
            // Visible as what it is: it never gives the thread up, and the thread sleeps.
            QCOMPARE(task.suspended, DurationNs(0));
            QVERIFY(longestTurn(report, task) >= kAlone);
            if (report.source != Source::Sampled)
                QVERIFY(waitOf(report, task, WaitReason::Sleep) >= kAlone * 9 / 10);
        }
        // The other one was ready all the time.
        QVERIFY(longestQueued(report) >= kAlone);
        QVERIFY(report.result.value("latest_ms"_L1).toDouble() >= double(kAlone / kMillisecond));
        QVERIFY(timesAlone(report) >= 2.0);
        QVERIFY2(report.sentence.contains(u"a call that blocks the thread"_s),
                 qPrintable(report.sentence));
        if (const QString why = disturbance(report); !why.isEmpty() && timesAlone(report) > 2.2)
            QSKIP(qPrintable(why));
        QVERIFY2(timesAlone(report) <= 2.2, qPrintable(QString::number(timesAlone(report))));
    }

    void whoAwaitsKeepsNobodyWaiting_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::newRow("await") << u"await"_s;
        QTest::newRow("offload") << u"offload"_s;
    }
    void whoAwaitsKeepsNobodyWaiting()
    {
        QFETCH(QString, mode);
        const RunReport report = run("coroutines", mode);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(tasksOf(report).size(), std::size_t(2));
        for (const TaskStatistics &task : tasksOf(report))
            QVERIFY(task.suspended >= kAlone * 9 / 10);
        const double times = timesAlone(report);
        QVERIFY2(times >= 1.0, qPrintable(QString::number(times)));
        const DurationNs turn = longestTurnOfAll(report);
        const DurationNs queued = longestQueued(report);
        const double latest = report.result.value("latest_ms"_L1).toDouble();
        const double shortMs = double(kShort / kMillisecond);
        if (times > 1.25 || turn > kShort || queued > kShort || latest > shortMs) {
            if (const QString why = disturbance(report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY2(times <= 1.25, qPrintable(QString::number(times)));
        QVERIFY2(turn <= kShort, qPrintable(QString::number(turn)));
        QVERIFY2(queued <= kShort, qPrintable(QString::number(queued)));
        QVERIFY2(latest <= shortMs, qPrintable(QString::number(latest)));
    }

    void whatBlocksIsDoneByThreadsOfThePool()
    {
        const RunReport report = run("coroutines", u"offload"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (report.source == Source::Sampled)
            QSKIP("needs each wait, which sampling does not give");
        const pid_t mainThread = mainTask(report).tid;
        DurationNs slept = 0;
        for (TrackIndex i = 0; i < report.trace->trackCount(); ++i) {
            const Track &track = report.trace->track(i);
            if (track.kind != TrackKind::Thread
                || report.trace->thread(track.thread).tid.load() == mainThread)
                continue;
            for (const Slice &slice : slicesOf(report, i)) {
                if (slice.state == SliceState::Blocked && slice.reason == WaitReason::Sleep)
                    slept += slice.duration();
            }
        }
        QVERIFY2(slept >= 2 * kAlone * 9 / 10, qPrintable(QString::number(slept)));
    }

    void onThreadsOfTheirOwnTheyBlockNobodyElse_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("mode");
        for (const char *model : {"threads", "pool", "processes"})
            QTest::addRow("%s, block", model) << QByteArray(model) << u"block"_s;
        QTest::newRow("threads, whatever coroutines would do")
            << QByteArray("threads") << u"await"_s;
    }
    void onThreadsOfTheirOwnTheyBlockNobodyElse()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, mode);
        const RunReport report = run(model.constData(), mode);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const double times = timesAlone(report);
        QVERIFY(times >= 1.0);
        QVERIFY(report.sentence.contains(u"each blocked only the"_s));
        if (const QString why = disturbance(report); !why.isEmpty() && times > 1.25)
            QSKIP(qPrintable(why));
        QVERIFY2(times <= 1.25, qPrintable(QString::number(times)));
    }

    void oneAfterAnotherIsTheBaseline()
    {
        const RunReport report = run("sequential", u"block"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(timesAlone(report) >= 2.0);
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        QCOMPARE(tasks.size(), std::size_t(2));
        QVERIFY(tasks[1].start >= tasks[0].end);
    }
};

QTEST_GUILESS_MAIN(TestProofBlockingCall)
#include "tst_proofblockingcall.moc"
