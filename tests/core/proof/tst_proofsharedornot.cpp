// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QJsonArray>
#include <QStringList>
#include <QTest>

#include <algorithm>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// What the tasks read, in their order: "200 400".
QString seenText(const RunReport &report)
{
    QStringList seen;
    const QJsonArray values = report.result.value("seen"_L1).toArray();
    for (qsizetype i = 0; i < values.size(); ++i)
        seen.append(QString::number(values[i].toInteger(-1)));
    return seen.join(u' ');
}

bool hasLine(const RunReport &report, const QString &text)
{
    return std::any_of(report.lines.begin(), report.lines.end(),
                       [&](const PrintedLine &line) { return line.text == text; });
}

} // namespace

/// S28: who sees whose additions.
class TestProofSharedOrNot : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void whoSeesWhat_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("share");
        QTest::addColumn<QString>("seen");
        QTest::addColumn<int>("mainSees");
        QTest::newRow("sequential") << QByteArray("sequential") << u"none"_s << u"200 400"_s << 400;
        for (const char *model : {"threads", "pool", "coroutines"})
            QTest::newRow(model) << QByteArray(model) << u"none"_s << u"400 400"_s << 400;
        QTest::newRow("processes") << QByteArray("processes") << u"none"_s << u"200 200"_s << 0;
        QTest::newRow("processes with shared memory")
            << QByteArray("processes") << u"shared-memory"_s << u"400 400"_s << 400;
        QTest::newRow("processes with a pipe")
            << QByteArray("processes") << u"pipe"_s << u"200 200"_s << 400;
        QTest::newRow("threads, whatever processes would share")
            << QByteArray("threads") << u"pipe"_s << u"400 400"_s << 400;
    }
    void whoSeesWhat()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, share);
        QFETCH(QString, seen);
        QFETCH(int, mainSees);
        const RunReport report = runSet("shared-or-not", model.constData(),
                                        {{u"additions"_s, u"200"_s}, {u"share"_s, share}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(seenText(report), seen);
        QCOMPARE(report.result.value("main"_L1).toInt(-1), mainSees);
        // What was printed is what was read.
        const QStringList each = seen.split(u' ');
        for (qsizetype i = 0; i < each.size(); ++i)
            QVERIFY(hasLine(report, u"Task %1 sees %2"_s.arg(i + 1).arg(each[i])));
        QVERIFY(hasLine(report, u"main sees %1"_s.arg(mainSees)));
    }

    void theDefaultsAreThoseOfTheQuestion()
    {
        const RunReport report = runSet("shared-or-not", "processes");
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(seenText(report), u"1000 1000"_s);
        QCOMPARE(report.result.value("main"_L1).toInt(-1), 0);
        QVERIFY2(report.sentence.contains(u"main read 0"_s), qPrintable(report.sentence));
    }

    void eachProcessHasACurveOfItsOwn()
    {
        const RunReport report = runSet("shared-or-not", "processes", {{u"additions"_s, u"200"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(!objectNamed(report, "variable"));
        for (const char *name : {"variable of Task 1", "variable of Task 2"}) {
            const std::vector<CounterSample> samples = samplesOf(report, name);
            QVERIFY2(!samples.empty(), name);
            QCOMPARE(samples.back().value, 200u);
        }
    }

    void underALockTheCurveNeverFalls()
    {
        const RunReport report = runSet("shared-or-not", "threads", {{u"additions"_s, u"500"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<CounterSample> samples = samplesOf(report, "variable");
        QVERIFY(!samples.empty());
        for (std::size_t i = 1; i < samples.size(); ++i)
            QVERIFY(samples[i - 1].value < samples[i].value);
        QCOMPARE(samples.back().value, 1000u);
        QCOMPARE(mostHolders(heldSlices(report, "lock")), 1u);
    }

    void oneTaskAndEightTasksEnd_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("tasks");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
            for (const int tasks : {1, 8})
                QTest::addRow("%s, %d", model, tasks) << QByteArray(model) << tasks;
        }
    }
    void oneTaskAndEightTasksEnd()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, tasks);
        const RunReport report = runSet("shared-or-not", model.constData(),
                                        {{u"tasks"_s, QString::number(tasks)},
                                         {u"additions"_s, u"1"_s},
                                         {u"share"_s, u"shared-memory"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("main"_L1).toInt(-1), tasks);
    }
};

QTEST_GUILESS_MAIN(TestProofSharedOrNot)
#include "tst_proofsharedornot.moc"
