// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QTest>

#include <cstddef>
#include <map>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S29: what a task costs is the cost of what carries it, and these are worlds apart.
class TestProofSpawnCost : public QObject
{
    Q_OBJECT

private:
    /// How much dearer a task may be than what it is made of.
    static constexpr double kMostTimesBare = 1.3;

    /// So many that a median means something: jobs and threads in several rounds.
    static int countFor(const QByteArray &model)
    {
        if (model == "pool")
            return 6000;
        if (model == "threads")
            return 400;
        return model == "processes" ? 40 : 100;
    }
    static double number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toDouble(0);
    }
    static double each(const RunReport &report) { return number(report, "per_task_ns"_L1); }
    static double timesBare(const RunReport &report)
    {
        const double bare = number(report, "bare_ns"_L1);
        return bare > 0 ? each(report) / bare : 0;
    }
    static RunReport run(const QByteArray &model)
    {
        return runSet("spawn-cost", model.constData(),
                      {{u"count"_s, QString::number(countFor(model))}});
    }
    /// Each model runs once, or until it costs as little as it should, and is looked at from several
    /// sides.
    const RunReport &known(const QByteArray &model)
    {
        const auto found = m_runs.find(model);
        if (found != m_runs.end())
            return found->second;
        return m_runs
            .emplace(
                model,
                tried([&] { return run(model); },
                      [](const RunReport &report) { return timesBare(report) <= kMostTimesBare; }))
            .first->second;
    }
    static void addModels(const std::vector<const char *> &models)
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : models)
            QTest::newRow(model) << QByteArray(model);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void aTaskCostsHardlyMoreThanWhatItIsMadeOf_data()
    {
        addModels({"coroutines", "pool", "threads", "processes"});
    }
    void aTaskCostsHardlyMoreThanWhatItIsMadeOf()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = known(model);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(number(report, "bare_ns"_L1) > 0);
        QVERIFY2(report.sentence.contains(u"that nobody records takes"_s),
                 qPrintable(report.sentence));
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("a sanitizer has a price of its own, and not the same for both");
#endif
        PROVE(timesBare(report) <= kMostTimesBare, report.sentence, disturbance(report));
    }

    void aCoroutineIsCheaperThanAJobThanAThreadThanAProcess()
    {
        const std::vector<const char *> models{"coroutines", "pool", "threads", "processes"};
        QString why;
        for (const char *model : models) {
            QVERIFY2(each(known(model)) > 0, model);
            why += disturbance(known(model));
        }
        for (std::size_t i = 1; i < models.size(); ++i) {
            const double cheap = each(known(models[i - 1]));
            const double dear = each(known(models[i]));
            PROVE(dear >= 2 * cheap,
                  u"%1 costs %2 ns and %3 costs %4 ns"_s.arg(QString::fromLatin1(models[i - 1]))
                      .arg(cheap)
                      .arg(QString::fromLatin1(models[i]))
                      .arg(dear),
                  why);
        }
    }

    void everyTaskIsOnRecord_data()
    {
        addModels({"sequential", "coroutines", "pool", "threads", "processes"});
    }
    void everyTaskIsOnRecord()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = known(model);
        const auto count = std::size_t(countFor(model));
        QCOMPARE(tasksOf(report).size(), count);
        QCOMPARE(std::size_t(number(report, "count"_L1)), count);
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::Finished);
        QVERIFY(number(report, "total_ns"_L1) > 0);
    }

    void aCallIsMadeOfNothing()
    {
        const RunReport &report = known("sequential");
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!report.result.contains("bare_ns"_L1));
        QVERIFY(!report.sentence.contains(u"that nobody records"_s));
        QVERIFY(each(report) > 0);
    }

    void onlyProcessesAndThreadsAreMadeAnewForEach()
    {
        QCOMPARE(threadsOf(known("coroutines")), std::size_t(1));
        QVERIFY(threadsOf(known("pool")) < std::size_t(countFor("pool")));
        // The kernel gives a number again, but not so soon.
        QCOMPARE(threadsOf(known("threads")), std::size_t(countFor("threads")));
        QCOMPARE(threadsOf(known("processes")), std::size_t(countFor("processes")));
    }

private:
    std::map<QByteArray, RunReport> m_runs;
};

QTEST_GUILESS_MAIN(TestProofSpawnCost)
#include "tst_proofspawncost.moc"
