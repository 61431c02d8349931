// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>
#include <QTest>

#include <set>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S22: who all take the left fork first wait for ever; any one break of the circle is enough.
class TestProofPhilosophers : public QObject
{
    Q_OBJECT

private:
    static QStringList names()
    {
        return {u"Alice"_s, u"Bob"_s,   u"Carol"_s, u"Dave"_s, u"Eve"_s,
                u"Frank"_s, u"Grace"_s, u"Heidi"_s, u"Ivan"_s};
    }
    static RunReport run(const char *model, const QString &strategy, int seats, int delayMs = 20,
                         int rounds = 2, int workers = 0)
    {
        return runSet("philosophers", model,
                      {{u"seats"_s, QString::number(seats)},
                       {u"strategy"_s, strategy},
                       {u"rounds"_s, QString::number(rounds)},
                       {u"think_ms"_s, u"5"_s},
                       {u"eat_ms"_s, u"5"_s},
                       {u"delay_ms"_s, QString::number(delayMs)},
                       {u"workers"_s, QString::number(workers)},
                       {u"deadlock_shown_ms"_s, u"0"_s}});
    }
    /// What is wrong with the circle that was named; empty: nothing.
    static QString faultOfCycle(const RunReport &report, int seats)
    {
        const QJsonObject deadlock = report.toJson().value("deadlock"_L1).toObject();
        const QJsonArray cycle = deadlock.value("cycle"_L1).toArray();
        if (cycle.size() != seats)
            return u"%1 of %2 are named"_s.arg(cycle.size()).arg(seats);
        std::set<QString> waiters;
        for (qsizetype i = 0; i < cycle.size(); ++i) {
            const QJsonObject edge = cycle[i].toObject();
            const QString waiter = edge.value("waiter"_L1).toString();
            const QString object = edge.value("object"_L1).toString();
            const QString holder = edge.value("holder"_L1).toString();
            const qsizetype seat = names().indexOf(waiter);
            // Each waits for the fork to the right, which the right neighbour has.
            const qsizetype right = (seat + 1) % seats;
            const QString next =
                cycle[(i + 1) % cycle.size()].toObject().value("waiter"_L1).toString();
            waiters.insert(waiter);
            if (seat < 0 || seat >= seats || holder != names().at(right) || holder != next
                || object != u"fork %1"_s.arg(right + 1))
                return u"%1 is said to wait for %2, held by %3"_s.arg(waiter, object, holder);
        }
        return waiters.size() == std::size_t(seats) ? QString() : u"somebody is named twice"_s;
    }
    static void checkDeadlock(const RunReport &report, int seats)
    {
        QVERIFY2(report.outcome == RunOutcome::Deadlocked, qPrintable(outcomeText(report)));
        const QString fault = faultOfCycle(report, seats);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        for (int i = 0; i < seats; ++i)
            QVERIFY2(report.message.contains(names().at(i)), qPrintable(report.message));
        QCOMPARE(report.result.value("meals_in_all"_L1).toInt(-1), 0);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theNaiveOnesAlwaysDeadlockAndItIsFoundAtOnce()
    {
        int slow = 0;
        QString why;
        for (int i = 0; i < 20; ++i) {
            const RunReport report = run("threads", u"naive"_s, 5, 30);
            // Who comes so late that a neighbour has eaten by then breaks the circle.
            PROVE(report.outcome == RunOutcome::Deadlocked, outcomeText(report),
                  disturbance(report));
            checkDeadlock(report, 5);
            if (QTest::currentTestFailed())
                return;
            const QJsonObject deadlock = report.toJson().value("deadlock"_L1).toObject();
            const double found = deadlock.value("found_after_ns"_L1).toDouble(-1);
            QVERIFY(found >= 0);
            if (found <= 100.0 * kMillisecond)
                continue;
            ++slow;
            why = disturbance(report);
            QVERIFY2(!why.isEmpty(), qPrintable(u"found after %1 ns"_s.arg(found, 0, 'f', 0)));
        }
        if (slow > 0)
            QSKIP(qPrintable(why));
    }

    void theNaiveOnesDeadlockUnderEveryModelAndAtEveryTable_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("seats");
        QTest::addColumn<int>("runs");
        QTest::newRow("pool") << QByteArray("pool") << 5 << 5;
        QTest::newRow("processes") << QByteArray("processes") << 5 << 5;
        QTest::newRow("coroutines") << QByteArray("coroutines") << 5 << 5;
        QTest::newRow("two seats") << QByteArray("threads") << 2 << 1;
        QTest::newRow("nine seats") << QByteArray("threads") << 9 << 1;
    }
    void theNaiveOnesDeadlockUnderEveryModelAndAtEveryTable()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, seats);
        QFETCH(int, runs);
        for (int i = 0; i < runs && !QTest::currentTestFailed(); ++i) {
            const RunReport report = run(model.constData(), u"naive"_s, seats, 80);
            PROVE(report.outcome == RunOutcome::Deadlocked, outcomeText(report),
                  disturbance(report));
            checkDeadlock(report, seats);
        }
    }

    void anOtherStrategyLetsEverybodyEat_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("strategy");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            for (const QString &strategy : {u"ordered"_s, u"waiter"_s, u"try-and-back-off"_s})
                QTest::addRow("%s, %s", model, qPrintable(strategy))
                    << QByteArray(model) << strategy;
        }
        QTest::newRow("naive, one after another") << QByteArray("sequential") << u"naive"_s;
    }
    void anOtherStrategyLetsEverybodyEat()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, strategy);
        const RunReport report = run(model.constData(), strategy, 5, 5);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!report.toJson().contains("deadlock"_L1));
        const QJsonArray meals = report.result.value("meals"_L1).toArray();
        QCOMPARE(meals.size(), qsizetype(5));
        for (qsizetype i = 0; i < meals.size(); ++i) {
            QCOMPARE(meals[i].toInt(), 2);
            // Each meal is a step of that seat's counter.
            const std::vector<CounterSample> samples =
                samplesOf(report, "meals of " + names().at(i).toStdString());
            QCOMPARE(samples.size(), std::size_t(2));
            QCOMPARE(samples.back().value, 2u);
        }
        // A fork is in one hand at a time.
        for (int fork = 1; fork <= 5; ++fork)
            QCOMPARE(mostHolders(heldSlices(report, "fork " + std::to_string(fork))), 1u);
        if (strategy == "waiter"_L1)
            QVERIFY(mostHolders(heldSlices(report, "waiter")) <= 4);
        const double fairness = report.result.value("fairness"_L1).toDouble();
        QVERIFY2(fairness > 0.5 && fairness <= 1, qPrintable(QString::number(fairness)));
        if (strategy == "try-and-back-off"_L1)
            QVERIFY(report.result.value("back_offs"_L1).toInt() > 0);
    }

    void theOrderedOnesNeverDeadlock_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("runs");
        QTest::newRow("threads") << QByteArray("threads") << 20;
        QTest::newRow("pool") << QByteArray("pool") << 5;
        QTest::newRow("processes") << QByteArray("processes") << 5;
        QTest::newRow("coroutines") << QByteArray("coroutines") << 5;
    }
    void theOrderedOnesNeverDeadlock()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, runs);
        for (int i = 0; i < runs; ++i) {
            // All reach for their forks at once, and wait between them: naive, each would end.
            const int seats = 3 + i % 3;
            const RunReport report = run(model.constData(), u"ordered"_s, seats, 3, 1);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QVERIFY(!report.deadlock);
            QCOMPARE(report.result.value("meals_in_all"_L1).toInt(-1), seats);
        }
    }

    void aPoolWithFewerWorkersThanSeatsIsAWaiter()
    {
        const RunReport report = run("pool", u"naive"_s, 5, 20, 2, 4);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("meals_in_all"_L1).toInt(), 10);
        QVERIFY(report.sentence.contains(u"never more than 4 at the table"_s));
    }
};

QTEST_GUILESS_MAIN(TestProofPhilosophers)
#include "tst_proofphilosophers.moc"
