// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QJsonArray>
#include <QStringList>
#include <QTest>

#include <map>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S15: nothing but a scheduler of one's own promises an order.
class TestProofOrdering : public QObject
{
    Q_OBJECT

private:
    static constexpr int kTasks = 4, kLetters = 3, kRounds = 20;

    static RunReport run(const QByteArray &model, int seed = 1)
    {
        return runSet("ordering", model.constData(),
                      {{u"tasks"_s, QString::number(kTasks)},
                       {u"letters"_s, QString::number(kLetters)},
                       {u"rounds"_s, QString::number(kRounds)},
                       {u"work_us"_s, u"100"_s},
                       {u"seed"_s, QString::number(seed)}});
    }
    static QStringList ordersOf(const RunReport &report)
    {
        QStringList orders;
        const QJsonArray told = report.result.value("orders"_L1).toArray();
        for (qsizetype i = 0; i < told.size(); ++i)
            orders.append(told[i].toString());
        return orders;
    }
    static int distinctOf(const RunReport &report)
    {
        return report.result.value("distinct_orders"_L1).toInt(-1);
    }
    /// The letters as they were printed, one after the other.
    static QString printed(const RunReport &report)
    {
        QString letters;
        for (const Printed &line : printedLines(report))
            letters += QString::fromStdString(line.text);
        return letters;
    }
    static void addPreemptiveModels()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes"})
            QTest::newRow(model) << QByteArray(model);
    }
    /// Each model runs once, and is looked at from several sides.
    const RunReport &known(const QByteArray &model)
    {
        const auto found = m_runs.find(model);
        if (found != m_runs.end())
            return found->second;
        return m_runs
            .emplace(model,
                     tried([&] { return run(model); },
                           [](const RunReport &report) { return distinctOf(report) >= 5; }))
            .first->second;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void whoPreemptsGivesManyOrders_data() { addPreemptiveModels(); }
    void whoPreemptsGivesManyOrders()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = known(model);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("rounds"_L1).toInt(), kRounds);
        // A quarter of the rounds: usually nearly every one has an order of its own.
        PROVE(distinctOf(report) >= 5, outcomeText(report), disturbance(report));
        QVERIFY2(report.sentence.contains(u"different orders"_s), qPrintable(report.sentence));
    }

    void noLetterIsLostOrPrintedTwice_data() { addPreemptiveModels(); }
    void noLetterIsLostOrPrintedTwice()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = known(model);
        const QStringList orders = ordersOf(report);
        QCOMPARE(orders.size(), qsizetype(kRounds));
        for (const QString &order : orders) {
            QCOMPARE(order.size(), qsizetype(kTasks * kLetters));
            for (int task = 0; task < kTasks; ++task)
                QCOMPARE(order.count(QChar(u'A' + task)), qsizetype(kLetters));
        }
        QCOMPARE(printed(report).size(), qsizetype(kTasks * kLetters * kRounds));
    }

    void theTasksComputeAtTheSameTime_data() { addPreemptiveModels(); }
    void theTasksComputeAtTheSameTime()
    {
        QFETCH(QByteArray, model);
        QCOMPARE(mostInProgress(known(model)), kTasks);
        QCOMPARE(threadsOf(known(model)), std::size_t(kTasks));
    }

    void coroutinesGiveTheSameOrderEachTime()
    {
        const RunReport first = run("coroutines");
        const RunReport second = run("coroutines");
        const RunReport otherSeed = run("coroutines", 2);
        for (const RunReport *report : {&first, &second, &otherSeed}) {
            QVERIFY2(report->outcome == RunOutcome::Finished, qPrintable(outcomeText(*report)));
            QCOMPARE(distinctOf(*report), 1);
            QCOMPARE(ordersOf(*report).size(), qsizetype(kRounds));
            // What the trace saw, letter by letter, is what the tasks had written.
            QCOMPARE(printed(*report), ordersOf(*report).join(QString()));
            QVERIFY2(report->sentence.contains(u"only where they give way"_s),
                     qPrintable(report->sentence));
        }
        QCOMPARE(ordersOf(second), ordersOf(first));
        QCOMPARE(ordersOf(first).front(), u"ABCDABCDABCD"_s);
        // They took turns on one thread all the time.
        QCOMPARE(threadsOf(first), std::size_t(1));
        QVERIFY(shareOfWall(first, first.statistics.overlap) <= 0.01);
    }

    void oneAfterAnotherTheOrderIsThatOfTheTasks()
    {
        const RunReport report = run("sequential");
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(distinctOf(report), 1);
        QCOMPARE(ordersOf(report).front(), u"AAABBBCCCDDD"_s);
        QCOMPARE(mostInProgress(report), 1);
    }

private:
    std::map<QByteArray, RunReport> m_runs;
};

QTEST_GUILESS_MAIN(TestProofOrdering)
#include "tst_proofordering.moc"
