// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/printed.h"

#include <QTest>

#include <algorithm>
#include <csignal>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S05: who can be stopped from outside, and how soon. A moment is what main's own record says, and an
/// end what the task's record or the kernel says.
class TestProofGather : public QObject
{
    Q_OBJECT

private:
    static constexpr DurationNs kSlack = 10 * kMillisecond;

    /// The four tasks take 100 to 140, 180 to 220, 260 to 300 and 340 to 380 ms. Who looks every 25 ms does
    /// so 10 ms after the time is up, and before the third one is through.
    static RunReport run(const char *model, const QString &waitFor, int checkMs = 25,
                         int timeoutMs = 240)
    {
        return runSet("gather", model,
                      {{u"tasks"_s, u"4"_s},
                       {u"wait_for"_s, waitFor},
                       {u"timeout_ms"_s, QString::number(timeoutMs)},
                       {u"check_ms"_s, QString::number(checkMs)},
                       {u"shortest_ms"_s, u"80"_s},
                       {u"longest_ms"_s, u"400"_s}});
    }
    static std::vector<TaskStatistics> endedAs(const RunReport &report, TaskOutcome outcome)
    {
        std::vector<TaskStatistics> tasks = tasksOf(report);
        std::erase_if(tasks,
                      [outcome](const TaskStatistics &task) { return task.outcome != outcome; });
        return tasks;
    }
    /// How long after main's word the cancelled tasks ended: the first of them and the last.
    struct Lateness {
        DurationNs least = 0;
        DurationNs most = 0;
    };
    static Lateness latenessOf(const RunReport &report)
    {
        const TimestampNs word = printedByMain(report).back().time;
        Lateness lateness{kSecond, 0};
        for (const TaskStatistics &task : endedAs(report, TaskOutcome::Cancelled)) {
            lateness.least = std::min(lateness.least, endOf(report, task) - word);
            lateness.most = std::max(lateness.most, endOf(report, task) - word);
        }
        return lateness;
    }
    static bool canOnlyBeAsked(const QByteArray &model)
    {
        return model == QByteArray("threads") || model == QByteArray("pool");
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void whatIsNotDoneInTimeEndsAsItsCarrierAllows_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("waitFor");
        QTest::addColumn<std::size_t>("done");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s, timeout", model)
                << QByteArray(model) << u"timeout"_s << std::size_t(2);
            QTest::addRow("%s, first", model) << QByteArray(model) << u"first"_s << std::size_t(1);
        }
    }
    void whatIsNotDoneInTimeEndsAsItsCarrierAllows()
    {
        constexpr int kCheckMs = 25;
        QFETCH(QByteArray, model);
        QFETCH(QString, waitFor);
        QFETCH(std::size_t, done);
        const RunReport report = run(model.constData(), waitFor, kCheckMs);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY2(report.message.isEmpty(), qPrintable(report.message));
        QCOMPARE(printedByMain(report).size(), std::size_t(1));
        const std::size_t finished = endedAs(report, TaskOutcome::Finished).size();
        const Lateness lateness = latenessOf(report);
        const DurationNs bound =
            (canOnlyBeAsked(model) ? kCheckMs * kMillisecond : DurationNs(0)) + kSlack;
        if (finished != done || lateness.most > bound) {
            if (const QString why = disturbance(report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QCOMPARE(finished, done);
        QCOMPARE(endedAs(report, TaskOutcome::Cancelled).size(), 4 - done);
        QCOMPARE(report.result.value("done"_L1).toInteger(), qint64(done));
        QCOMPARE(report.result.value("cancelled"_L1).toInteger(), qint64(4 - done));
        QVERIFY2(lateness.least >= 0, qPrintable(QString::number(lateness.least)));
        QVERIFY2(lateness.most <= bound, qPrintable(QString::number(lateness.most)));
        QVERIFY2(report.sentence.contains(u"cancelled"_s), qPrintable(report.sentence));
    }

    void whoLooksSeldomStopsLate()
    {
        // They look at 150 ms and then at 300; main has had enough at 200.
        const RunReport threads = run("threads", u"timeout"_s, 150, 200);
        const RunReport coroutines = run("coroutines", u"timeout"_s, 150, 200);
        QVERIFY2(threads.outcome == RunOutcome::Finished, qPrintable(outcomeText(threads)));
        QVERIFY2(coroutines.outcome == RunOutcome::Finished, qPrintable(outcomeText(coroutines)));
        for (const RunReport *report : {&threads, &coroutines}) {
            QVERIFY(!printedByMain(*report).empty());
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY(!endedAs(coroutines, TaskOutcome::Cancelled).empty());
        QVERIFY(latenessOf(threads).most >= 50 * kMillisecond);
        QVERIFY(latenessOf(coroutines).most <= kSlack);
    }

    void aProcessThatIsNotWantedAnyMoreIsKilled()
    {
        const RunReport report = run("processes", u"timeout"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.children.size(), std::size_t(4));
        QVERIFY(!printedByMain(report).empty());
        const TimestampNs word = printedByMain(report).back().time;
        for (const TaskStatistics &task : tasksOf(report)) {
            const auto child = std::find_if(
                report.children.begin(), report.children.end(),
                [&task](const ChildProcess &process) { return process.task == task.id; });
            QVERIFY(child != report.children.end());
            if (task.outcome == TaskOutcome::Finished) {
                QCOMPARE(child->end, ChildProcess::End::Exited);
                QCOMPARE(child->code, 0);
                continue;
            }
            QCOMPARE(task.outcome, TaskOutcome::Cancelled);
            QCOMPARE(child->end, ChildProcess::End::Signalled);
            QCOMPARE(child->code, SIGKILL);
            if (report.source != Source::Kernel && report.source != Source::KernelWide)
                continue;
            // The kernel's own word for it: the thread is gone.
            const ThreadIndex thread = report.trace->task(task.id).thread.load();
            QVERIFY(thread != kNoThread);
            const TimestampNs gone = report.trace->thread(thread).ended.load();
            QVERIFY(gone > word);
            if (const QString why = disturbance(report); !why.isEmpty() && gone - word > kSlack)
                QSKIP(qPrintable(why));
            QVERIFY2(gone - word <= kSlack, qPrintable(QString::number(gone - word)));
        }
    }

    void allOfThemTakeAsLongAsTheSlowest_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "processes", "coroutines"})
            QTest::addRow("%s", model) << QByteArray(model);
    }
    void allOfThemTakeAsLongAsTheSlowest()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), u"all"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(endedAs(report, TaskOutcome::Finished).size(), std::size_t(4));
        QCOMPARE(printedByMain(report).size(), std::size_t(1));
        DurationNs longest = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            longest = std::max(longest, task.end - task.start);
            QVERIFY(endOf(report, task) < printedByMain(report).back().time + kSlack);
        }
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY(report.statistics.wall <= longest * 11 / 10);
        QVERIFY(report.sentence.contains(u"Main waited for all 4 tasks"_s));
    }

    void oneAfterAnotherThereIsNothingLeftToCancel()
    {
        const RunReport report = runSet(
            "gather", "sequential",
            {{u"timeout_ms"_s, u"10"_s}, {u"shortest_ms"_s, u"10"_s}, {u"longest_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(endedAs(report, TaskOutcome::Finished).size(), std::size_t(4));
        QCOMPARE(waitOf(report, mainTask(report), WaitReason::Join), DurationNs(0));
        QVERIFY(report.sentence.contains(u"one after another"_s));
    }
};

QTEST_GUILESS_MAIN(TestProofGather)
#include "tst_proofgather.moc"
