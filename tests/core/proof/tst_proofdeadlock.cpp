// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

constexpr DurationNs kFoundWithin = 100 * kMillisecond;

QJsonObject deadlockOf(const RunReport &report)
{
    return report.toJson().value("deadlock"_L1).toObject();
}

/// "Task 1 > lock B > Task 2" for each edge: waiter, object, holder.
std::set<QString> edgesOf(const RunReport &report)
{
    std::set<QString> edges;
    const QJsonArray cycle = deadlockOf(report).value("cycle"_L1).toArray();
    for (qsizetype i = 0; i < cycle.size(); ++i) {
        const QJsonObject edge = cycle[i].toObject();
        edges.insert(u"%1 > %2 > %3"_s.arg(edge.value("waiter"_L1).toString(),
                                           edge.value("object"_L1).toString(),
                                           edge.value("holder"_L1).toString()));
    }
    return edges;
}

DurationNs foundAfter(const RunReport &report)
{
    return deadlockOf(report).value("found_after_ns"_L1).toInteger(-1);
}

/// "Task 1 > lock B > Task 2" and back.
const std::set<QString> &theCircle()
{
    static const std::set<QString> edges{u"Task 1 > lock B > Task 2"_s,
                                         u"Task 2 > lock A > Task 1"_s};
    return edges;
}

/// What the tasks of a run had of the cores in [begin, end), in ns of CLOCK_MONOTONIC.
struct OnCores {
    DurationNs time = 0;
    int switchesIn = 0;
};

QString textOf(const OnCores &had)
{
    return u"%1 ns on cores, switched in %2 times"_s.arg(had.time).arg(had.switchesIn);
}

OnCores onCores(const RunReport &report, TimestampNs begin, TimestampNs end)
{
    OnCores result;
    for (const TaskStatistics &task : tasksOf(report)) {
        TimestampNs ranUntil = 0;
        for (const Slice &slice : slicesOf(report, report.trace->task(task.id).track.load())) {
            if (slice.state != SliceState::Running)
                continue;
            const bool isWithin = slice.begin >= begin && slice.begin < end;
            result.switchesIn += isWithin && slice.begin != ranUntil ? 1 : 0;
            result.time +=
                std::max<DurationNs>(0, std::min(slice.end, end) - std::max(slice.begin, begin));
            ranUntil = slice.end;
        }
    }
    return result;
}

} // namespace

/// S19: a circle of waits is found, certainly and soon, and each way out avoids it.
class TestProofDeadlock : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, const QString &fix, Params more = {})
    {
        more.emplace_back(u"fix"_s, fix);
        return runSet("deadlock", model.constData(), more);
    }
    static void addModels(std::initializer_list<const char *> models)
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : models)
            QTest::newRow(model) << QByteArray(model);
    }

    static constexpr DurationNs kShown = 2000 * kMillisecond; ///< the set's own default
    // Of a run that deadlocked and was shown for that long; in ns of CLOCK_MONOTONIC.
    static TimestampNs sinceOf(const RunReport &report)
    {
        return report.trace->origin() + report.deadlock->since;
    }
    static TimestampNs foundOf(const RunReport &report)
    {
        return sinceOf(report) + report.deadlock->foundAfter;
    }
    static TimestampNs stopOf(const RunReport &report) { return foundOf(report) + kShown; }
    /// Whether no task came on a core from its begin to the stop. The second one records its wait while
    /// it is still on its core, on its way to sleep.
    static bool isStill(const RunReport &report)
    {
        if (!report.deadlock || !knowsEachSwitch(report))
            return true; // trying again would not help
        const OnCores all = onCores(report, sinceOf(report), stopOf(report));
        return all.switchesIn == 0 && all.time <= kMillisecond
            && onCores(report, foundOf(report), stopOf(report)).time == 0;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theNaiveOrderIsFoundEveryTime_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("delayMs"); // longer than it takes to start the second task
        QTest::newRow("threads") << QByteArray("threads") << u"30"_s;
        QTest::newRow("pool") << QByteArray("pool") << u"30"_s;
        QTest::newRow("processes") << QByteArray("processes") << u"100"_s;
        QTest::newRow("coroutines") << QByteArray("coroutines") << u"30"_s;
    }
    void theNaiveOrderIsFoundEveryTime()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, delayMs);
        constexpr int kRuns = 20;
        QString lateBecause;
        for (int i = 0; i < kRuns; ++i) {
            const RunReport report =
                run(model, u"none"_s, {{u"delay_ms"_s, delayMs}, {u"deadlock_shown_ms"_s, u"0"_s}});
            // Who comes so late that the other one is through by then meets nobody.
            PROVE(report.outcome == RunOutcome::Deadlocked, outcomeText(report),
                  disturbance(report));
            QVERIFY2(edgesOf(report) == theCircle(), qPrintable(report.message));
            QVERIFY(!deadlockOf(report).value("starvation"_L1).toBool());
            QVERIFY(foundAfter(report) >= 0);
            QCOMPARE(report.result.value("got_both"_L1).toInt(-1), 0);
            if (foundAfter(report) <= kFoundWithin)
                continue;
            lateBecause = disturbance(report); // the other runs are still to be seen
            QVERIFY2(!lateBecause.isEmpty(),
                     qPrintable(u"found after %1 ns"_s.arg(foundAfter(report))));
        }
        if (!lateBecause.isEmpty())
            QSKIP(qPrintable(lateBecause));
    }

    void nothingMovesUntilItIsStopped()
    {
        const RunReport report = tried([] { return run("threads", u"none"_s); },
                                       [](const RunReport &r) { return isStill(r); });
        PROVE(report.outcome == RunOutcome::Deadlocked, outcomeText(report), disturbance(report));
        QVERIFY(report.deadlock.has_value());
        QVERIFY2(edgesOf(report) == theCircle(), qPrintable(report.message));
        QCOMPARE(report.deadlock->cycle.size(), std::size_t(2));
        for (const TaskStatistics &task : tasksOf(report))
            QVERIFY2(endOf(report, task) >= stopOf(report), "it was not left on screen");
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        PROVE(isStill(report), textOf(onCores(report, sinceOf(report), stopOf(report))),
              disturbance(report));
    }

    void inOrderItNeverDeadlocks_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("runs");
        QTest::newRow("threads") << QByteArray("threads") << 20;
        QTest::newRow("pool") << QByteArray("pool") << 5;
        QTest::newRow("processes") << QByteArray("processes") << 5;
        QTest::newRow("coroutines") << QByteArray("coroutines") << 5;
    }
    void inOrderItNeverDeadlocks()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, runs);
        for (int i = 0; i < runs; ++i) {
            const RunReport report =
                run(model, u"ordered"_s, {{u"delay_ms"_s, u"5"_s}, {u"hold_ms"_s, u"2"_s}});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QVERIFY(!report.deadlock);
            QCOMPARE(report.result.value("got_both"_L1).toInt(-1), 2);
        }
    }

    void withoutADelayTheTwoTakeAsLongAsTheirWork()
    {
        constexpr DurationNs kWork = 2 * 100 * kMillisecond; // of both
        const auto isShort = [](const RunReport &report) {
            return report.statistics.wall * 10 <= kWork * 12;
        };
        const RunReport report = tried(
            [] {
                return run("threads", u"ordered"_s,
                           {{u"delay_ms"_s, u"0"_s}, {u"hold_ms"_s, u"100"_s}});
            },
            isShort);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        // One after the other under the lock: so no faster than both holds together.
        DurationNs held = 0;
        const std::vector<Slice> slices = heldSlices(report, "lock A");
        for (const Slice &slice : slices)
            held += slice.duration();
        QCOMPARE(mostHolders(slices), 1u);
        QVERIFY2(report.statistics.wall >= held, qPrintable(outcomeText(report)));
        QString why = disturbance(report);
        if (why.isEmpty() && knowsEachSwitch(report) && runningOf(report) * 100 > kWork * 105)
            why = u"the processor is not as fast now as when it was measured"_s;
        PROVE(isShort(report), outcomeText(report), why);
    }

    void aFoundDeadlockIsLeftOnScreen_data()
    {
        addModels({"threads", "pool", "processes", "coroutines"});
    }
    void aFoundDeadlockIsLeftOnScreen()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            run(model, u"none"_s, {{u"delay_ms"_s, u"100"_s}, {u"deadlock_shown_ms"_s, u"100"_s}});
        PROVE(report.outcome == RunOutcome::Deadlocked, outcomeText(report), disturbance(report));
        for (const char *name : {"lock A", "lock B"}) {
            DurationNs longest = 0;
            for (const Slice &slice : heldSlices(report, name)) {
                if (slice.waiters() == 1)
                    longest = std::max(longest, slice.duration());
            }
            QVERIFY2(longest >= 90 * kMillisecond, name);
        }
        for (const TaskStatistics &task : tasksOf(report)) {
            QVERIFY(waitOf(report, task, WaitReason::Lock) >= 90 * kMillisecond);
            QVERIFY2(task.running < 20 * kMillisecond, "a deadlock needs no core");
        }
    }

    void noWayOutDeadlocks_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("fix");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            for (const QString &fix : {u"ordered"_s, u"try_lock"_s, u"timeout"_s})
                QTest::addRow("%s, %s", model, qPrintable(fix)) << QByteArray(model) << fix;
        }
    }
    void noWayOutDeadlocks()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, fix);
        const RunReport report =
            run(model, fix,
                {{u"delay_ms"_s, u"10"_s}, {u"hold_ms"_s, u"5"_s}, {u"timeout_ms"_s, u"20"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!report.deadlock);
        QCOMPARE(report.result.value("got_both"_L1).toInt(-1), 2);
        QCOMPARE(mostHolders(heldSlices(report, "lock A")), 1u);
        QCOMPARE(mostHolders(heldSlices(report, "lock B")), 1u);
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::Finished);
    }

    void whatIsGivenBackIsCounted()
    {
        // Coroutines: one thread, so the first attempts always meet.
        const RunReport report =
            run("coroutines", u"try_lock"_s, {{u"delay_ms"_s, u"10"_s}, {u"hold_ms"_s, u"5"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.result.value("retries"_L1).toInt() >= 1);
    }

    void inOrderTheTasksTakeTurns()
    {
        constexpr DurationNs kHold = 30 * kMillisecond;
        const RunReport report =
            run("threads", u"ordered"_s, {{u"delay_ms"_s, u"5"_s}, {u"hold_ms"_s, u"30"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        std::set<TaskId> holders;
        DurationNs held = 0;
        for (const Slice &slice : heldSlices(report, "lock A")) {
            holders.insert(slice.task);
            held += slice.duration();
        }
        QCOMPARE(holders.size(), std::size_t(2));
        // Both held it for the delay and for the work, which is calibrated CPU time.
        QVERIFY2(held >= 2 * kHold * 8 / 10, qPrintable(QString::number(held)));
    }

    void aSingleWorkerNeverHasBothJobs()
    {
        const RunReport report =
            run("pool", u"none"_s,
                {{u"workers"_s, u"1"_s}, {u"delay_ms"_s, u"10"_s}, {u"hold_ms"_s, u"5"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("got_both"_L1).toInt(-1), 2);
    }

    void aFullPoolStarves_data()
    {
        QTest::addColumn<QString>("workers");
        for (const char *workers : {"1", "2", "3", "4"})
            QTest::newRow(workers) << QString::fromLatin1(workers);
    }
    void aFullPoolStarves()
    {
        QFETCH(QString, workers);
        const RunReport report = run("pool", u"none"_s,
                                     {{u"kind"_s, u"starvation"_s},
                                      {u"workers"_s, workers},
                                      {u"deadlock_shown_ms"_s, u"0"_s}});
        QVERIFY2(report.outcome == RunOutcome::Deadlocked, qPrintable(outcomeText(report)));
        QVERIFY(deadlockOf(report).value("starvation"_L1).toBool());
        const std::set<QString> edges = edgesOf(report);
        const auto has = [&](const QString &begin, const QString &middle) {
            return std::any_of(edges.begin(), edges.end(), [&](const QString &edge) {
                return edge.startsWith(begin) && edge.contains(middle);
            });
        };
        QVERIFY2(has(u"asking "_s, u" >  > answering "_s), qPrintable(report.message));
        QVERIFY2(has(u"answering "_s, u" > the pool > asking "_s), qPrintable(report.message));
        if (const QString why = disturbance(report);
            foundAfter(report) > kFoundWithin && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY(foundAfter(report) >= 0 && foundAfter(report) <= kFoundWithin);
    }

    void aWayOutFeedsThePool_data()
    {
        QTest::addColumn<QString>("fix");
        QTest::addColumn<int>("helped");
        QTest::addColumn<int>("gaveUp");
        QTest::newRow("ordered") << u"ordered"_s << 0 << 0;
        QTest::newRow("try_lock") << u"try_lock"_s << 2 << 0;
        QTest::newRow("timeout") << u"timeout"_s << 0 << 2;
    }
    void aWayOutFeedsThePool()
    {
        QFETCH(QString, fix);
        QFETCH(int, helped);
        QFETCH(int, gaveUp);
        const RunReport report = run("pool", fix,
                                     {{u"kind"_s, u"starvation"_s},
                                      {u"workers"_s, u"2"_s},
                                      {u"hold_ms"_s, u"30"_s},
                                      {u"timeout_ms"_s, u"20"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!report.deadlock);
        // The second one may still get its answer from the worker that the first one left.
        const int gave = report.result.value("gave_up"_L1).toInt(-1);
        QVERIFY2(gave <= gaveUp && gave >= std::min(1, gaveUp), qPrintable(report.sentence));
        QCOMPARE(report.result.value("helped"_L1).toInt(-1), helped);
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::Finished);
    }

    void outsideAPoolNobodyStarves_data() { addModels({"threads", "processes", "coroutines"}); }
    void outsideAPoolNobodyStarves()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            run(model, u"none"_s, {{u"kind"_s, u"starvation"_s}, {u"hold_ms"_s, u"5"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!report.deadlock);
        QCOMPARE(tasksOf(report).size(), std::size_t(4));
    }
};

QTEST_GUILESS_MAIN(TestProofDeadlock)
#include "tst_proofdeadlock.moc"
