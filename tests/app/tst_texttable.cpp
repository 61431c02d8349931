// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/texttable.h"

#include <QStringList>
#include <QTest>

using namespace Interleave;

namespace
{

RunReport makeReport(Source source, const char *model = "threads")
{
    RunReport report;
    report.title = QStringLiteral("Primes");
    report.model = QString::fromLatin1(model);
    report.source = source;
    report.statistics.wall = 100 * kMillisecond;
    report.statistics.cpu = 190 * kMillisecond;
    report.statistics.parallelism = 1.9;
    report.statistics.voluntary = 12;
    TaskStatistics task;
    task.id = 1;
    task.name = "prime 1";
    task.running = 95 * kMillisecond;
    task.blocked = 3 * kMillisecond;
    task.involuntary = 7;
    report.statistics.tasks.push_back(task);
    return report;
}

/// The last line that begins with this (a sentence may do so too), with single spaces.
QString lineOf(const QString &text, const char *begin)
{
    QString found;
    const QStringList lines = text.split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        if (line.startsWith(QLatin1String(begin)))
            found = line.simplified();
    }
    return found;
}

} // namespace

class TestTextTable : public QObject
{
    Q_OBJECT

private slots:
    void theKernelKnowsAll()
    {
        const QString text = runText(makeReport(Source::Kernel));
        QCOMPARE(lineOf(text, "prime 1"),
                 QStringLiteral("prime 1 95.0 ms 0 ns 3.00 ms 0 ns 0 ns 0 7 0"));
        QVERIFY(lineOf(text, "wall").contains(QStringLiteral("switches 12 voluntary")));
    }

    void theSampledSourceKnowsSumsOnly()
    {
        const QString text = runText(makeReport(Source::Sampled));
        QCOMPARE(lineOf(text, "prime 1"),
                 QStringLiteral("prime 1 95.0 ms 0 ns 3.00 ms 0 ns 0 ns - - -"));
        const QString sums = lineOf(text, "wall");
        QVERIFY(sums.contains(QStringLiteral("CPU 190 ms")));
        QVERIFY(sums.contains(QStringLiteral("overlap -")));
        QVERIFY(sums.contains(QStringLiteral("switches - voluntary, - preempted")));
    }

    void eventsAloneKnowNoTimeOnCores()
    {
        const QString text = runText(makeReport(Source::Events));
        QCOMPARE(lineOf(text, "prime 1"), QStringLiteral("prime 1 - - 3.00 ms 0 ns 0 ns - - -"));
        QVERIFY(lineOf(text, "wall").contains(QStringLiteral("CPU - · parallelism -")));
    }

    void aComparisonKnowsWhatAllRunsOfAModelKnow()
    {
        const Comparison comparison =
            compareRuns({makeReport(Source::Kernel, "threads"), makeReport(Source::Events, "pool"),
                         makeReport(Source::Kernel, "pool")});
        const QString text = comparisonText(comparison);
        QVERIFY(lineOf(text, "Threads").contains(QStringLiteral("190 ms")));
        const QString pool = lineOf(text, "Thread pool");
        QVERIFY(pool.contains(QStringLiteral("100 ms")));
        QVERIFY(!pool.contains(QStringLiteral("190 ms")));
    }

    void aModelThatNeverFinishedHasNoNumbers()
    {
        RunReport failed = makeReport(Source::Kernel);
        failed.outcome = RunOutcome::Crashed;
        const QString text = comparisonText(compareRuns({failed}));
        QCOMPARE(lineOf(text, "Threads"), QStringLiteral("Threads - - - - - - - - -"));
    }

    void repeatsAreToldWithTheirDistribution()
    {
        RunReport first = makeReport(Source::Kernel);
        first.result = {{QStringLiteral("lost"), 7}, {QStringLiteral("expected"), 10}};
        RunReport second = first;
        second.result.insert(QStringLiteral("lost"), 1200);
        const QString text = repeatsText({first, second, first});
        QVERIFY(text.contains(QStringLiteral("3 runs: all finished.")));
        QCOMPARE(lineOf(text, "  7"), QStringLiteral("7 2"));
        QCOMPARE(lineOf(text, "  1,200"), QStringLiteral("1,200 1"));
        QVERIFY(!text.contains(QStringLiteral("\nexpected"))); // the same every time
    }
};

QTEST_GUILESS_MAIN(TestTextTable)
#include "tst_texttable.moc"
