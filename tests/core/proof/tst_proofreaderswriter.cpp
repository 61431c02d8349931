// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S21: a mutex lets in one reader at a time, a read-write lock all of them; who goes first decides
/// who starves.
class TestProofReadersWriter : public QObject
{
    Q_OBJECT

private:
    static constexpr int kReaders = 6;

    static RunReport run(const char *model, const QString &policy, int durationMs = 500)
    {
        return runSet("readers-writer", model,
                      {{u"readers"_s, QString::number(kReaders)},
                       {u"read_ms"_s, u"20"_s},
                       {u"write_ms"_s, u"20"_s},
                       {u"pause_ms"_s, u"1"_s},
                       {u"duration_ms"_s, QString::number(durationMs)},
                       {u"policy"_s, policy}});
    }
    static bool isWriterIn(const RunReport &report, const Slice &slice)
    {
        return slice.holders() == 1 && report.trace->taskName(slice.task).starts_with("writer");
    }
    /// The slices of the book during which readers, and not a writer, had it.
    static std::vector<Slice> readSlices(const RunReport &report)
    {
        std::vector<Slice> held = heldSlices(report, "book");
        std::erase_if(held, [&](const Slice &slice) { return isWriterIn(report, slice); });
        return held;
    }
    static double number(const RunReport &report, const char *key)
    {
        return report.result.value(QLatin1String(key)).toDouble(-1);
    }
    /// By the trace, in ms: the longest of a writer's waits for its turn. A sleeper who looks again whether
    /// it may go in, and may not, still waits: it is on a core for much less than it is inside a book.
    static double longestWriterWait(const RunReport &report)
    {
        constexpr DurationNs kLook = 2 * kMillisecond;
        DurationNs longest = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (!task.name.starts_with("writer"))
                continue;
            TimestampNs begin = 0, end = 0;
            for (const Slice &slice : slicesOf(report, report.trace->task(task.id).track.load())) {
                const bool isWait =
                    slice.state == SliceState::Blocked || slice.state == SliceState::Suspended;
                if (!isWait || slice.reason != WaitReason::Lock)
                    continue;
                if (slice.begin - end > kLook)
                    begin = slice.begin;
                end = slice.end;
                longest = std::max(longest, end - begin);
            }
        }
        return milliseconds(longest);
    }
    static bool isWaitWellTold(const RunReport &report)
    {
        const double seen = longestWriterWait(report);
        return seen > 0 && std::abs(number(report, "writer_wait_max_ms") - seen) <= 0.05 * seen + 2;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void aWriterIsAloneUnderEveryModelAndPolicy_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("policy");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            for (const QString &policy : {u"mutex"_s, u"prefer-readers"_s, u"prefer-writers"_s})
                QTest::addRow("%s, %s", model, qPrintable(policy)) << QByteArray(model) << policy;
        }
    }
    void aWriterIsAloneUnderEveryModelAndPolicy()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, policy);
        const RunReport report = run(model.constData(), policy, 120);
        // The set itself fails when somebody met a writer.
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "violations"), 0.0);
        QVERIFY(number(report, "reads") + number(report, "writes") > 0);
        const std::vector<Slice> held = heldSlices(report, "book");
        QVERIFY(!held.empty());
        if (policy == "mutex"_L1)
            QCOMPARE(mostHolders(held), 1u);
        else
            QVERIFY(mostHolders(held) <= unsigned(kReaders));
    }

    void aMutexLetsInOneReaderAndAReadWriteLockLetsInAll_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void aMutexLetsInOneReaderAndAReadWriteLockLetsInAll()
    {
        QFETCH(QByteArray, model);
        const RunReport mutex = run(model.constData(), u"mutex"_s, 200);
        const RunReport shared = run(model.constData(), u"prefer-readers"_s, 300);
        QVERIFY2(mutex.outcome == RunOutcome::Finished, qPrintable(outcomeText(mutex)));
        QVERIFY2(shared.outcome == RunOutcome::Finished, qPrintable(outcomeText(shared)));
        QCOMPARE(meanHolders(readSlices(mutex)), 1.0);
        QCOMPARE(mostHolders(readSlices(shared)), unsigned(kReaders));
        if (const QString why = disturbance(shared); !why.isEmpty())
            QSKIP(qPrintable(why));
        // A reader is in for 20 of 21 ms on average.
        const double mean = meanHolders(readSlices(shared));
        QVERIFY2(mean > 0.75 * kReaders, qPrintable(QString::number(mean)));
        QVERIFY(number(shared, "reads") > 2 * number(mutex, "reads"));
    }

    void theEngineAndTheTraceTellTheSameWait_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void theEngineAndTheTraceTellTheSameWait()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            tried([&] { return run(model.constData(), u"prefer-readers"_s, 200); },
                  [](const RunReport &done) { return isWaitWellTold(done); });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        PROVE(isWaitWellTold(report),
              u"%1 ms by the trace, %2 ms by the engine"_s.arg(longestWriterWait(report))
                  .arg(number(report, "writer_wait_max_ms")),
              disturbance(report));
    }

    void theWriterStarvesOnlyWhereReadersGoFirst_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void theWriterStarvesOnlyWhereReadersGoFirst()
    {
        QFETCH(QByteArray, model);
        const RunReport readers = run(model.constData(), u"prefer-readers"_s);
        const RunReport writers = run(model.constData(), u"prefer-writers"_s);
        QVERIFY2(readers.outcome == RunOutcome::Finished, qPrintable(outcomeText(readers)));
        QVERIFY2(writers.outcome == RunOutcome::Finished, qPrintable(outcomeText(writers)));
        for (const RunReport *report : {&readers, &writers}) {
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        const double starving = number(readers, "writer_wait_p95_ms");
        const double served = number(writers, "writer_wait_p95_ms");
        const QString told =
            u"%1 ms where readers go first, %2 ms where writers do"_s.arg(starving).arg(served);
        QVERIFY2(starving > 4 * served, qPrintable(told));
        QVERIFY(number(writers, "writes") > 2 * number(readers, "writes"));
        // The readers pay for it, and the shares are more equal.
        QVERIFY(number(writers, "reader_wait_mean_ms") > number(readers, "reader_wait_mean_ms"));
        QVERIFY(number(writers, "reads") < number(readers, "reads"));
        QVERIFY(number(writers, "fairness") > number(readers, "fairness"));
        QVERIFY(number(readers, "fairness") > 0 && number(writers, "fairness") <= 1);
    }
};

QTEST_GUILESS_MAIN(TestProofReadersWriter)
#include "tst_proofreaderswriter.moc"
