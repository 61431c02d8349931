// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/sharedobjects.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

constexpr int kAttempts = 3;

/// On how many real cores the logical ones lie that may be used: the threads of one core share its
/// cache.
std::size_t realCores()
{
    std::set<CoreId> first;
    for (const CoreId core : allowedCores()) {
        QFile file(u"/sys/devices/system/cpu/cpu%1/topology/thread_siblings_list"_s.arg(core));
        const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const auto siblings = parseCoreList(text.trimmed().toStdString());
        first.insert(siblings.empty() ? core : siblings.front());
    }
    return first.size();
}

} // namespace

/// S25: what lies on one cache line is slow for two cores, though nobody shares anything.
class TestProofFalseSharing : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int padding)
    {
        return runSet("false-sharing", model,
                      {{u"tasks"_s, u"2"_s},
                       {u"increments"_s, u"10000000"_s},
                       {u"padding"_s, QString::number(padding)}});
    }
    static double each(const RunReport &report)
    {
        return report.result.value("ns_per_increment"_L1).toDouble();
    }
    /// How many times as slow it is without padding, and why that may mean nothing.
    struct Slowdown {
        double ratio = 0;
        QString spoiltBy;
    };
    static Slowdown slowdown(const char *model)
    {
        const RunReport beside = run(model, 0);
        const RunReport apart = run(model, 64);
        Slowdown result;
        if (beside.outcome == RunOutcome::Finished && apart.outcome == RunOutcome::Finished)
            result.ratio = each(beside) / std::max(each(apart), 1e-9);
        result.spoiltBy = firstReason({disturbance(beside), disturbance(apart)});
        return result;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void neighboursOnOneLineSlowEachOtherDown()
    {
        if (realCores() < 2)
            QSKIP("the cores that may be used are threads of one core, which share its cache");
        Slowdown seen;
        for (int i = 0; i < kAttempts && seen.ratio < 1.5; ++i) {
            const Slowdown now = slowdown("threads");
            QVERIFY(now.ratio > 0);
            if (now.ratio > seen.ratio)
                seen = now;
        }
        if (seen.ratio < 1.5 && !seen.spoiltBy.isEmpty())
            QSKIP(qPrintable(seen.spoiltBy));
        QVERIFY2(seen.ratio >= 1.5, qPrintable(u"only %1 times as slow"_s.arg(seen.ratio)));
    }

    void inMemoriesOfTheirOwnTheyDoNot()
    {
        Slowdown seen;
        for (int i = 0; i < kAttempts && !(seen.ratio >= 0.8 && seen.ratio <= 1.25); ++i) {
            seen = slowdown("processes");
            QVERIFY(seen.ratio > 0);
        }
        const bool isTheSame = seen.ratio >= 0.8 && seen.ratio <= 1.25;
        if (!isTheSame && !seen.spoiltBy.isEmpty())
            QSKIP(qPrintable(seen.spoiltBy));
        QVERIFY2(isTheSame, qPrintable(u"%1 times as slow"_s.arg(seen.ratio)));
    }

    void everyModelCountsToTheEndAndSaysHowLongThatTook_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"})
            QTest::addRow("%s", model) << QByteArray(model);
    }
    void everyModelCountsToTheEndAndSaysHowLongThatTook()
    {
        QFETCH(QByteArray, model);
        const RunReport report = runSet(
            "false-sharing", model.constData(),
            {{u"tasks"_s, u"4"_s}, {u"increments"_s, u"1000000"_s}, {u"padding"_s, u"128"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(each(report) > 0);
        QCOMPARE(report.result.value("distance_bytes"_L1).toInt(), 128);
        QCOMPARE(tasksOf(report).size(), std::size_t(4));
        QVERIFY(report.sentence.contains(u"ns of a core for each increment"_s));
        QVERIFY(report.sentence.contains(u"timeline does not show"_s));
    }
};

QTEST_GUILESS_MAIN(TestProofFalseSharing)
#include "tst_prooffalsesharing.moc"
