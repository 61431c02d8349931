// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

// A claim may fail where something else took much of the cores, but only there.
#define PROVE_BOTH(claim, told, first, second)                                                     \
    do {                                                                                           \
        PROVE(claim, told, firstReason({disturbance(first), disturbance(second)}));                \
    } while (false)

/// S11: what is in the page cache is copied by the processor; only the disk makes tasks wait.
class TestProofFileIo : public QObject
{
    Q_OBJECT

private:
    static constexpr double kMiB = 1024.0 * 1024.0;

    static RunReport run(const QByteArray &model, int files, double sizeMib, Params more = {})
    {
        more.emplace_back(u"files"_s, QString::number(files));
        more.emplace_back(u"size_mib"_s, QString::number(sizeMib));
        return runSet("file-io", model.constData(), more);
    }
    static double number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toDouble(-1);
    }
    static bool isKernel(const RunReport &report)
    {
        return report.source == Source::Kernel || report.source == Source::KernelWide;
    }
    static DurationNs runningOf(const RunReport &report)
    {
        DurationNs sum = 0;
        for (const TaskStatistics &task : tasksOf(report))
            sum += task.running;
        return sum;
    }
    static DurationNs blockedOf(const RunReport &report)
    {
        DurationNs sum = 0;
        for (const TaskStatistics &task : tasksOf(report))
            sum += task.blocked;
        return sum;
    }
    static DurationNs ioWaitOf(const RunReport &report)
    {
        DurationNs sum = 0;
        for (const TaskStatistics &task : tasksOf(report))
            sum += waitOf(report, task, WaitReason::Io);
        return sum;
    }
    /// The part of the time in threads, waits for cores left out, that was waiting.
    static double waitingShare(const RunReport &report)
    {
        const double all = double(runningOf(report) + blockedOf(report));
        return all > 0 ? double(blockedOf(report)) / all : 0;
    }
    /// From the begin of the first file to the end of the last, without the heartbeat beside them.
    static DurationNs spanOfFiles(const RunReport &report)
    {
        TimestampNs begin = 0, end = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (!task.name.starts_with("file "))
                continue;
            begin = end == 0 ? task.start : std::min(begin, task.start);
            end = std::max(end, task.end);
        }
        return end - begin;
    }
    static int countNamed(const RunReport &report, const char *prefix)
    {
        int count = 0;
        for (const TaskStatistics &task : tasksOf(report))
            count += task.name.starts_with(prefix) ? 1 : 0;
        return count;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyFileIsDoneUnderEveryModel_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<bool>("isWrite");
        QTest::addColumn<bool>("isOffloaded");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s read", model) << QByteArray(model) << false << false;
            QTest::addRow("%s write", model) << QByteArray(model) << true << false;
        }
        QTest::newRow("coroutines read on a pool") << QByteArray("coroutines") << false << true;
        QTest::newRow("coroutines write on a pool") << QByteArray("coroutines") << true << true;
    }
    void everyFileIsDoneUnderEveryModel()
    {
        QFETCH(QByteArray, model);
        QFETCH(bool, isWrite);
        QFETCH(bool, isOffloaded);
        const RunReport report = run(model, 3, 0.75,
                                     {{u"operation"_s, isWrite ? u"write"_s : u"read"_s},
                                      {u"fsync"_s, isWrite ? u"true"_s : u"false"_s},
                                      {u"cache"_s, u"cold"_s},
                                      {u"offload"_s, isOffloaded ? u"true"_s : u"false"_s}});
        // The set itself fails when what was read is not what was written.
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "files"_L1), 3.0);
        QCOMPARE(number(report, "bytes"_L1), 3 * 0.75 * kMiB);
        QVERIFY(number(report, "mb_per_second"_L1) > 0);
        QVERIFY(number(report, "calls_ms"_L1) > 0);
        QVERIFY(!report.result.value("file_system"_L1).toString().isEmpty());
        QCOMPARE(report.result.contains("cold_percent"_L1), !isWrite);
        QCOMPARE(report.result.contains("loop_stall_ms"_L1), model == "coroutines");
        QCOMPARE(countNamed(report, "file "), 3);
        QCOMPARE(countNamed(report, "heartbeat"), model == "coroutines" ? 1 : 0);
        QCOMPARE(countNamed(report, isWrite ? "write " : "read "), isOffloaded ? 3 : 0);
        QVERIFY(report.sentence.contains(isWrite ? u"written"_s : u"read"_s));
    }

    void theSmallestFileIsWholePages()
    {
        const RunReport report = run("threads", 1, 0.1);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "bytes"_L1), 26 * 4096.0);
    }

    void nothingIsLeftInTheTemporaryFolder()
    {
        const QTemporaryDir folder;
        QVERIFY(folder.isValid());
        const QByteArray before = qgetenv("TMPDIR");
        qputenv("TMPDIR", QFile::encodeName(folder.path()));
        const RunReport report = run("processes", 3, 1, {{u"operation"_s, u"write"_s}});
        if (before.isNull())
            qunsetenv("TMPDIR");
        else
            qputenv("TMPDIR", before);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const auto all = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
        QCOMPARE(QDir(folder.path()).entryList(all).join(u' '), QString());
    }

    void whatIsInTheCacheIsCopiedByTheProcessorAndWhatIsNotIsWaitedFor()
    {
        // Copying takes a few milliseconds: one wait for a page of memory would already be a large share.
        const RunReport warm = tried([this] { return run("threads", 4, 16); },
                                     [](const RunReport &r) { return waitingShare(r) < 0.2; });
        const RunReport cold = run("threads", 4, 16, {{u"cache"_s, u"cold"_s}});
        QVERIFY2(warm.outcome == RunOutcome::Finished, qPrintable(outcomeText(warm)));
        QVERIFY2(cold.outcome == RunOutcome::Finished, qPrintable(outcomeText(cold)));
        if (!isKernel(warm) || !isKernel(cold))
            QSKIP("needs the kernel as source");
        if (number(warm, "cold_percent"_L1) > 5)
            QSKIP(qPrintable(u"%1 % of what had just been written was not in the page cache"_s.arg(
                number(warm, "cold_percent"_L1))));
        PROVE_BOTH(waitingShare(warm) < 0.2, QString::number(waitingShare(warm)), warm, cold);
        if (number(cold, "cold_percent"_L1) < 50)
            QSKIP(qPrintable(u"the kernel keeps files of this file system (%1) in memory: only "
                             "%2 % were out of the page cache"_s.arg(
                                 cold.result.value("file_system"_L1).toString(),
                                 QString::number(number(cold, "cold_percent"_L1)))));
        const QString told =
            u"waiting: %1 cold, %2 warm"_s.arg(waitingShare(cold)).arg(waitingShare(warm));
        PROVE_BOTH(waitingShare(cold) > waitingShare(warm) + 0.1, told, warm, cold);
        PROVE_BOTH(ioWaitOf(cold) > 3 * ioWaitOf(warm), told, warm, cold);
        PROVE_BOTH(number(cold, "mb_per_second"_L1) < number(warm, "mb_per_second"_L1), told, warm,
                   cold);
    }

    void whatHasToReachTheDiskIsWaitedFor()
    {
        const RunReport quick = run("threads", 2, 4, {{u"operation"_s, u"write"_s}});
        const RunReport safe =
            run("threads", 2, 4, {{u"operation"_s, u"write"_s}, {u"fsync"_s, u"true"_s}});
        QVERIFY2(quick.outcome == RunOutcome::Finished, qPrintable(outcomeText(quick)));
        QVERIFY2(safe.outcome == RunOutcome::Finished, qPrintable(outcomeText(safe)));
        if (!isKernel(quick) || !isKernel(safe))
            QSKIP("needs the kernel as source");
        if (ioWaitOf(safe) < kMillisecond)
            QSKIP(qPrintable(u"fsync waits for nothing on this file system (%1)"_s.arg(
                safe.result.value("file_system"_L1).toString())));
        const QString told =
            u"%1 ns with fsync, %2 ns without"_s.arg(ioWaitOf(safe)).arg(ioWaitOf(quick));
        PROVE_BOTH(ioWaitOf(safe) > 3 * ioWaitOf(quick), told, quick, safe);
        PROVE_BOTH(waitingShare(safe) > waitingShare(quick), told, quick, safe);
    }

    void aCallThatBlocksHoldsTheLoopUpAndAPoolKeepsItFree()
    {
        const RunReport direct = run("coroutines", 4, 32);
        const RunReport pooled =
            run("coroutines", 4, 32, {{u"offload"_s, u"true"_s}, {u"workers"_s, u"1"_s}});
        QVERIFY2(direct.outcome == RunOutcome::Finished, qPrintable(outcomeText(direct)));
        QVERIFY2(pooled.outcome == RunOutcome::Finished, qPrintable(outcomeText(pooled)));
        const double stall = number(direct, "loop_stall_ms"_L1);
        const double calls = number(direct, "calls_ms"_L1);
        const double wall = double(direct.statistics.wall) / double(kMillisecond);
        const QString told =
            u"%1 ms of stall, %2 ms in calls, %3 ms wall; %4 ms with a pool"_s.arg(stall)
                .arg(calls)
                .arg(wall)
                .arg(number(pooled, "loop_stall_ms"_L1));
        // The heart beats every 2 ms, and all files are read between two beats.
        QVERIFY2(stall > calls - 4, qPrintable(told));
        QVERIFY2(stall <= wall, qPrintable(told));
        if (stall < 3)
            QSKIP(
                qPrintable(u"the files are read too fast here for a stall that counts: "_s + told));
        PROVE_BOTH(number(pooled, "loop_stall_ms"_L1) < stall / 3, told, direct, pooled);
    }

    void offloadedTheyTakeAsLongAsThePoolThatDoesTheWork()
    {
        // The least of some attempts: how fast memory is copied varies from one moment to the next.
        DurationNs pooled = 0, offloaded = 0;
        QString why;
        const auto isTheSame = [&] {
            return pooled * 4 <= offloaded * 5 && offloaded * 4 <= pooled * 5;
        };
        for (int i = 0; i < kAttempts && (i == 0 || !isTheSame()); ++i) {
            const RunReport pool = run("pool", 8, 16, {{u"workers"_s, u"2"_s}});
            const RunReport coroutines =
                run("coroutines", 8, 16, {{u"offload"_s, u"true"_s}, {u"workers"_s, u"2"_s}});
            QVERIFY2(pool.outcome == RunOutcome::Finished, qPrintable(outcomeText(pool)));
            QVERIFY2(coroutines.outcome == RunOutcome::Finished,
                     qPrintable(outcomeText(coroutines)));
            const DurationNs onPool = spanOfFiles(pool), besides = spanOfFiles(coroutines);
            QVERIFY(onPool > 0 && besides > 0);
            pooled = i == 0 ? onPool : std::min(pooled, onPool);
            offloaded = i == 0 ? besides : std::min(offloaded, besides);
            why = firstReason(
                {disturbance(pool), disturbance(coroutines), changeOfSpeed(pool, coroutines)});
        }
        PROVE(isTheSame(),
              u"%1 ms on a pool, %2 ms offloaded"_s.arg(milliseconds(pooled))
                  .arg(milliseconds(offloaded)),
              why);
    }

    void theJobsOfThePoolDoTheWorkWhileTheirCoroutinesAreSuspended()
    {
        const RunReport report = run("coroutines", 2, 8, {{u"offload"_s, u"true"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!isKernel(report))
            QSKIP("needs the kernel as source");
        DurationNs ofJobs = 0, ofFiles = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (task.name.starts_with("read "))
                ofJobs += task.running;
            else if (task.name.starts_with("file "))
                ofFiles += task.running;
        }
        QVERIFY2(ofJobs > ofFiles, qPrintable(u"%1 ns, %2 ns"_s.arg(ofJobs).arg(ofFiles)));
    }
};

QTEST_GUILESS_MAIN(TestProofFileIo)
#include "tst_prooffileio.moc"
