// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/printed.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <map>
#include <utility>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S04: whomever main joins first, the whole takes as long as the slowest task.
class TestProofJoinOrder : public QObject
{
    Q_OBJECT

private:
    /// 90, 30 and 60 ms.
    static constexpr double kScale = 0.1;
    static constexpr DurationNs kLongest = 90 * kMillisecond;
    static constexpr DurationNs kSum = 180 * kMillisecond;

    /// Each is run once and looked at from several sides.
    const RunReport &run(const QByteArray &model, const QString &order)
    {
        const auto key = std::make_pair(model, order);
        const auto known = m_runs.find(key);
        if (known != m_runs.end())
            return known->second;
        RunReport report = runSet("join-order", model.constData(),
                                  {{u"order"_s, order}, {u"scale"_s, QString::number(kScale)}});
        return m_runs.emplace(key, std::move(report)).first->second;
    }
    static QString numbers(const QJsonValue &list)
    {
        QString text;
        const QJsonArray array = list.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            text += QString::number(array[i].toInt());
        return text;
    }
    static TimestampNs timeOf(const std::vector<Printed> &lines, const std::string &text)
    {
        const auto found = std::find_if(lines.begin(), lines.end(),
                                        [&](const Printed &line) { return line.text == text; });
        return found == lines.end() ? 0 : found->time;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theLongestTaskDecidesInEveryOrder_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("order");
        QTest::addColumn<QString>("joined");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s, given", model) << QByteArray(model) << u"given"_s << u"123"_s;
            QTest::addRow("%s, reversed", model) << QByteArray(model) << u"reversed"_s << u"321"_s;
            QTest::addRow("%s, as completed", model)
                << QByteArray(model) << u"as-completed"_s << u"231"_s;
        }
    }
    void theLongestTaskDecidesInEveryOrder()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, order);
        QFETCH(QString, joined);
        const RunReport &report = run(model, order);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const DurationNs wall = report.statistics.wall;
        QVERIFY2(wall >= kLongest, qPrintable(QString::number(wall)));
        const QString ended = numbers(report.result.value("ended"_L1));
        if (ended != "231"_L1 || wall > kLongest * 13 / 10) {
            if (const QString why = disturbance(report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QCOMPARE(ended, u"231"_s);
        QCOMPARE(numbers(report.result.value("joined"_L1)), joined);
        QVERIFY2(wall <= kLongest * 13 / 10, qPrintable(QString::number(wall)));
        QVERIFY2(report.sentence.contains(u"Main joined"_s), qPrintable(report.sentence));
    }

    void mainGoesOnWithEachJoinAsSoonAsItsTaskHasEnded_data()
    {
        theLongestTaskDecidesInEveryOrder_data();
    }
    void mainGoesOnWithEachJoinAsSoonAsItsTaskHasEnded()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, order);
        const RunReport &report = run(model, order);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Printed> all = printedLines(report);
        const std::vector<Printed> joins = printedByMain(report);
        QCOMPARE(joins.size(), std::size_t(3));
        TimestampNs due = 0; // the latest end of those that are joined so far
        DurationNs late = 0;
        for (const Printed &join : joins) {
            QVERIFY(join.text.rfind("joined Task ", 0) == 0);
            const TimestampNs done = timeOf(all, join.text.substr(7) + " is done");
            QVERIFY2(done != 0, join.text.c_str());
            due = std::max(due, done);
            QVERIFY2(join.time > due, join.text.c_str());
            late = std::max(late, join.time - due);
        }
        if (const QString why = disturbance(report); !why.isEmpty() && late > 15 * kMillisecond)
            QSKIP(qPrintable(why));
        QVERIFY2(late <= 15 * kMillisecond, qPrintable(QString::number(late)));
    }

    void mainWaitsAsLongInEveryOrder_data() { theLongestTaskDecidesInEveryOrder_data(); }
    void mainWaitsAsLongInEveryOrder()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, order);
        const RunReport &report = run(model, order);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (report.source == Source::Sampled)
            QSKIP("needs each wait, which sampling does not give");
        WaitReason why = WaitReason::Join;
        if (model == QByteArray("processes"))
            why = WaitReason::Child;
        else if (model == QByteArray("coroutines"))
            why = WaitReason::Await;
        const DurationNs waited = waitOf(report, mainTask(report), why);
        if (const QString text = disturbance(report); !text.isEmpty())
            QSKIP(qPrintable(text));
        // The first task may have been under way a little before main came to wait for it.
        QVERIFY2(waited >= kLongest * 8 / 10 && waited <= kLongest * 13 / 10,
                 qPrintable(QString::number(waited)));
    }

    void oneAfterAnotherNobodyIsWaitedFor()
    {
        const RunReport &report = run("sequential", u"reversed"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.statistics.wall >= kSum);
        QCOMPARE(numbers(report.result.value("ended"_L1)), u"123"_s);
        QCOMPARE(numbers(report.result.value("joined"_L1)), u"321"_s);
        QCOMPARE(waitOf(report, mainTask(report), WaitReason::Join), DurationNs(0));
        QVERIFY(report.sentence.contains(u"one after another"_s));
    }

private:
    std::map<std::pair<QByteArray, QString>, RunReport> m_runs;
};

QTEST_GUILESS_MAIN(TestProofJoinOrder)
#include "tst_proofjoinorder.moc"
