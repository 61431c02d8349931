// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QJsonArray>
#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S16: unprotected additions are lost, atomic ones and those under a lock never.
class TestProofLostUpdate : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, int increments, const QString &mode,
                         Params more = {})
    {
        more.emplace_back(u"increments"_s, QString::number(increments));
        more.emplace_back(u"mode"_s, mode);
        return runSet("lost-update", model.constData(), more);
    }
    static qint64 number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toInteger(-1);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void plainLosesInNineteenOfTwentyRuns()
    {
        int runsWithLoss = 0;
        QString why;
        for (int i = 0; i < 20; ++i) {
            const RunReport report = run("threads", 1'000'000, u"plain"_s);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QCOMPARE(number(report, "expected"_L1), qint64(2'000'000));
            QCOMPARE(number(report, "expected"_L1) - number(report, "value"_L1),
                     number(report, "lost"_L1));
            if (number(report, "lost"_L1) > 0)
                ++runsWithLoss;
            else if (why.isEmpty())
                why = disturbance(report);
        }
        if (runsWithLoss < 19 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(runsWithLoss >= 19,
                 qPrintable(u"%1 of 20 runs lost something"_s.arg(runsWithLoss)));
    }

    void anAtomicStepAndALockLoseNothing_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<int>("increments");
        QTest::addColumn<int>("runs");
        for (const QString &mode : {u"atomic"_s, u"lock"_s}) {
            for (const char *model : {"sequential", "pool", "processes", "coroutines"})
                QTest::addRow("%s, %s", model, qPrintable(mode))
                    << QByteArray(model) << mode << 100'000 << 1;
        }
        QTest::newRow("threads, atomic") << QByteArray("threads") << u"atomic"_s << 1'000'000 << 20;
        // A lock that is fought over costs some hundred ns a time.
        QTest::newRow("threads, lock") << QByteArray("threads") << u"lock"_s << 200'000 << 20;
    }
    void anAtomicStepAndALockLoseNothing()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, mode);
        QFETCH(int, increments);
        QFETCH(int, runs);
        for (int i = 0; i < runs; ++i) {
            const RunReport report = run(model, increments, mode,
                                         {{u"shared_memory"_s, u"true"_s}, {u"tasks"_s, u"3"_s}});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QCOMPARE(number(report, "value"_L1), 3 * qint64(increments));
            QCOMPARE(number(report, "lost"_L1), qint64(0));
        }
    }

    void oneAfterAnotherNothingIsLost()
    {
        const RunReport report = run("sequential", 100'000, u"plain"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "value"_L1), qint64(200'000));
        QVERIFY(report.sentence.contains(u"one after another"_s));
    }

    void coroutinesLoseOnlyAcrossAnAwait_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("await");
        QTest::addColumn<bool>("loses");
        QTest::newRow("plain") << u"plain"_s << false << false;
        QTest::newRow("plain with a co_await") << u"plain"_s << true << true;
        QTest::newRow("atomic with a co_await") << u"atomic"_s << true << false;
        QTest::newRow("lock with a co_await") << u"lock"_s << true << false;
    }
    void coroutinesLoseOnlyAcrossAnAwait()
    {
        QFETCH(QString, mode);
        QFETCH(bool, await);
        QFETCH(bool, loses);
        const RunReport report = run("coroutines", 100'000, mode,
                                     {{u"await_between"_s, await ? u"true"_s : u"false"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "lost"_L1) > 0, loses);
        QCOMPARE(number(report, "expected"_L1), qint64(200'000));
    }

    void processesCountEachForItself()
    {
        const RunReport report = run("processes", 100'000, u"plain"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.result.value("separate"_L1).toBool());
        const QJsonArray values = report.result.value("values"_L1).toArray();
        QCOMPARE(values.size(), qsizetype(2));
        QCOMPARE(values[0].toInteger(), qint64(100'000));
        QCOMPARE(values[1].toInteger(), qint64(100'000));
        QCOMPARE(number(report, "lost"_L1), qint64(0));
        QVERIFY(objectNamed(report, "counter of adder 1"));
        QVERIFY(objectNamed(report, "counter of adder 2"));
    }

    void processesLoseInSharedMemory()
    {
        qint64 lost = 0;
        QString why;
        for (int i = 0; i < 3 && lost == 0; ++i) {
            const RunReport report =
                run("processes", 1'000'000, u"plain"_s, {{u"shared_memory"_s, u"true"_s}});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QVERIFY(!report.result.value("separate"_L1).toBool());
            lost = number(report, "lost"_L1);
            why = disturbance(report);
        }
        if (lost == 0 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY(lost > 0);
    }

    void theCurveEndsWhereTheCounterStands()
    {
        const RunReport report = run("threads", 1'000'000, u"plain"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const ObjectInfo *counter = objectNamed(report, "counter");
        QVERIFY(counter);
        QCOMPARE(counter->kind, ObjectKind::Counter);
        QCOMPARE(counter->capacity, 2'000'000u); // the line that it is held against
        const std::vector<CounterSample> samples = samplesOf(report, "counter");
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        QVERIFY2(samples.size() >= 100 && samples.size() <= 1000,
                 qPrintable(QString::number(samples.size())));
        QCOMPARE(qint64(samples.back().value), number(report, "value"_L1));
        for (const CounterSample &sample : samples)
            QVERIFY(sample.value <= counter->capacity);
    }

    void theSmallestAndTheMostTasksEnd_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void theSmallestAndTheMostTasksEnd()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model, 1'000, u"plain"_s, {{u"tasks"_s, u"8"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "expected"_L1), qint64(8'000));
        QVERIFY(number(report, "lost"_L1) >= 0);
    }
};

QTEST_GUILESS_MAIN(TestProofLostUpdate)
#include "tst_prooflostupdate.moc"
