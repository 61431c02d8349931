// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/repeats.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

RunReport runWith(const QJsonObject &result, RunOutcome outcome = RunOutcome::Finished,
                  DurationNs wall = 100 * kMillisecond)
{
    RunReport report;
    report.result = result;
    report.outcome = outcome;
    report.statistics.wall = wall;
    return report;
}

const Distribution *find(const std::vector<Distribution> &distributions, const QString &key)
{
    for (const Distribution &distribution : distributions) {
        if (distribution.key == key)
            return &distribution;
    }
    return nullptr;
}

/// Runs whose "lost" is 0, 1, 2, ... step apart.
std::vector<RunReport> countingRuns(int count, double step = 1)
{
    std::vector<RunReport> runs;
    for (int i = 0; i < count; ++i)
        runs.push_back(runWith({{u"lost"_s, i * step}}));
    return runs;
}

} // namespace

class TestRepeats : public QObject
{
    Q_OBJECT

private slots:
    void noRunsHaveNoDistributions()
    {
        QVERIFY(distributionsOf({}).empty());
        QVERIFY(repeatsSentence({}).isEmpty());
        QVERIFY(repeatsToJson({}).isEmpty());
        QVERIFY(mainResultKey({}).isEmpty());
    }

    void aSingleRunDiffersInNothing()
    {
        const auto all = distributionsOf({runWith({{u"lost"_s, 3}})});
        QCOMPARE(all.size(), std::size_t(2));
        for (const Distribution &distribution : all) {
            QVERIFY(!distribution.differs());
            QCOMPARE(distribution.total(), 1);
        }
    }

    void equalValuesAreCountedTogetherAndSorted()
    {
        const auto all = distributionsOf({runWith({{u"lost"_s, 30}}), runWith({{u"lost"_s, 4}}),
                                          runWith({{u"lost"_s, 30}}), runWith({{u"lost"_s, 200}})});
        const Distribution *lost = find(all, u"lost"_s);
        QVERIFY(lost && lost->isNumeric && lost->differs());
        QCOMPARE(lost->values.size(), std::size_t(3));
        QCOMPARE(lost->values[0].value.toInt(), 4);
        QCOMPARE(lost->values[1].value.toInt(), 30);
        QCOMPARE(lost->values[1].count, 2);
        QCOMPARE(lost->values[2].value.toInt(), 200);
        QCOMPARE(lost->total(), 4);
    }

    void theOutcomeComesFirst()
    {
        const auto all = distributionsOf({runWith({{u"a"_s, 1}}, RunOutcome::Deadlocked),
                                          runWith({}), runWith({}, RunOutcome::Deadlocked)});
        QCOMPARE(all.front().key, u"outcome"_s);
        QVERIFY(!all.front().isNumeric);
        QCOMPARE(all.front().values.size(), std::size_t(2));
        QCOMPARE(all.front().values[0].value.toString(), u"deadlocked"_s);
        QCOMPARE(all.front().values[0].count, 2);
    }

    void aRunThatDidNotTellIsNotCounted()
    {
        const auto all =
            distributionsOf({runWith({{u"meals"_s, 25}}), runWith({}, RunOutcome::Deadlocked)});
        const Distribution *meals = find(all, u"meals"_s);
        QVERIFY(meals);
        QCOMPARE(meals->total(), 1);
        QVERIFY(!meals->differs());
    }

    void textsAndTruthValuesCountAndListsDoNot()
    {
        const auto all = distributionsOf(
            {runWith(
                 {{u"client"_s, u"socket"_s}, {u"pipe"_s, true}, {u"seen"_s, QJsonArray{1, 2}}}),
             runWith({{u"client"_s, u"qt"_s}, {u"pipe"_s, false}, {u"seen"_s, QJsonArray{3}}})});
        QVERIFY(find(all, u"client"_s) && find(all, u"client"_s)->differs());
        QVERIFY(!find(all, u"client"_s)->isNumeric);
        QVERIFY(find(all, u"pipe"_s) && find(all, u"pipe"_s)->differs());
        QVERIFY(!find(all, u"seen"_s));
    }

    void fewValuesHaveABarEach()
    {
        const auto all = distributionsOf(
            {runWith({{u"lost"_s, 909202}}), runWith({{u"lost"_s, 7}}), runWith({{u"lost"_s, 7}})});
        const std::vector<DistributionBar> bars = barsOf(*find(all, u"lost"_s), 10);
        const std::vector<DistributionBar> expected{{u"7"_s, 2}, {u"909,202"_s, 1}};
        QVERIFY(bars == expected);
    }

    void manyNumbersArePutTogetherInRanges()
    {
        const auto all = distributionsOf(countingRuns(100));
        const std::vector<DistributionBar> bars = barsOf(*find(all, u"lost"_s), 10);
        QCOMPARE(bars.size(), std::size_t(10));
        QCOMPARE(bars.front().label, u"0 to 9"_s);
        QCOMPARE(bars.back().label, u"90 to 99"_s);
        for (const DistributionBar &bar : bars)
            QCOMPARE(bar.count, 10);
    }

    void numbersThatNeverComeTwiceArePutTogetherToo()
    {
        std::vector<RunReport> runs;
        for (const int lost : {353712, 772967, 798859, 873091, 962034, 999944, 1043881, 1306977})
            runs.push_back(runWith({{u"lost"_s, lost}}));
        const auto all = distributionsOf(runs);
        const std::vector<DistributionBar> expected{
            {u"200,000 to 399,999"_s, 1},     {u"400,000 to 599,999"_s, 0},
            {u"600,000 to 799,999"_s, 2},     {u"800,000 to 999,999"_s, 3},
            {u"1,000,000 to 1,199,999"_s, 1}, {u"1,200,000 to 1,399,999"_s, 1}};
        QVERIFY(barsOf(*find(all, u"lost"_s), 10) == expected);
    }

    void everyNumberIsInOneRange_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<double>("step");
        QTest::addColumn<int>("bars");
        QTest::newRow("one too many") << 11 << 1.0 << 10;
        QTest::newRow("reals") << 37 << 0.1 << 7;
        QTest::newRow("huge") << 50 << 1e9 << 10;
        QTest::newRow("two bars") << 5 << 1.0 << 2;
        QTest::newRow("downwards") << 40 << -3.0 << 10;
        QTest::newRow("tiny") << 40 << 1e-300 << 10;
    }
    void everyNumberIsInOneRange()
    {
        QFETCH(int, count);
        QFETCH(double, step);
        QFETCH(int, bars);
        const auto all = distributionsOf(countingRuns(count, step));
        const std::vector<DistributionBar> ranges = barsOf(*find(all, u"lost"_s), bars);
        QVERIFY(int(ranges.size()) <= bars);
        int sum = 0;
        for (const DistributionBar &range : ranges) {
            QVERIFY(!range.label.isEmpty());
            sum += range.count;
        }
        QCOMPARE(sum, count);
    }

    void anEmptyRangeInBetweenKeepsItsPlace()
    {
        std::vector<RunReport> runs = countingRuns(11);
        runs.push_back(runWith({{u"lost"_s, 99}}));
        const auto all = distributionsOf(runs);
        const std::vector<DistributionBar> bars = barsOf(*find(all, u"lost"_s), 10);
        const std::vector<DistributionBar> expected{{u"0 to 19"_s, 11},
                                                    {u"20 to 39"_s, 0},
                                                    {u"40 to 59"_s, 0},
                                                    {u"60 to 79"_s, 0},
                                                    {u"80 to 99"_s, 1}};
        QVERIFY(bars == expected);
    }

    void theRarestTextsAreOthers()
    {
        std::vector<RunReport> runs;
        for (const QString &order : {u"abc"_s, u"abc"_s, u"abc"_s, u"bca"_s, u"cab"_s, u"acb"_s})
            runs.push_back(runWith({{u"order"_s, order}}));
        const auto all = distributionsOf(runs);
        const std::vector<DistributionBar> bars = barsOf(*find(all, u"order"_s), 3);
        QCOMPARE(bars.size(), std::size_t(3));
        QCOMPARE(bars[0].label, u"abc"_s);
        QCOMPARE(bars[0].count, 3);
        QCOMPARE(bars[2].label, u"2 others"_s);
        QCOMPARE(bars[2].count, 2);
    }

    void nothingHasNoBars() { QVERIFY(barsOf(Distribution(), 10).empty()); }

    void theMainResultIsTheFirstThatDiffers()
    {
        const std::vector<RunReport> runs{
            runWith({{u"expected"_s, 10}, {u"lost"_s, 3}, {u"name"_s, u"x"_s}, {u"value"_s, 7}}),
            runWith({{u"expected"_s, 10}, {u"lost"_s, 1}, {u"name"_s, u"y"_s}, {u"value"_s, 9}})};
        QCOMPARE(mainResultKey(runs), u"lost"_s);
        QCOMPARE(mainResultKey(runs, u"result.value"_s), u"value"_s);
        QCOMPARE(mainResultKey(runs, u"value"_s), u"value"_s);
        QCOMPARE(mainResultKey(runs, u"wall_ns"_s), u"lost"_s);
        QCOMPARE(mainResultKey({runs[0]}), u"expected"_s);
        QVERIFY(mainResultKey({runWith({{u"name"_s, u"x"_s}})}).isEmpty());
    }

    void theSentenceTellsOutcomesWallAndResult()
    {
        const QString sentence =
            repeatsSentence({runWith({{u"lost"_s, 3}}, RunOutcome::Finished, 100 * kMillisecond),
                             runWith({{u"lost"_s, 9}}, RunOutcome::Finished, 120 * kMillisecond),
                             runWith({}, RunOutcome::Deadlocked, 9 * kSecond)});
        QVERIFY(sentence.startsWith(u"3 runs: 2 finished, 1 deadlocked."_s));
        QVERIFY(sentence.contains(u"from 100 ms to 120 ms"_s));
        QVERIFY(!sentence.contains(u"9.00 s"_s)); // the time of a deadlock is not that of the work
        QVERIFY(sentence.contains(u"lost: 2 different values, from 3 to 9."_s));
        QVERIFY(repeatsSentence({runWith({}), runWith({})}).startsWith(u"2 runs: all finished."_s));
        QVERIFY(repeatsSentence({runWith({{u"a"_s, 1}}), runWith({{u"a"_s, 1}})})
                    .contains(u"a: 1 every time."_s));
    }

    void theSentenceSpeaksOfWhatTheQuestionAsks()
    {
        const std::vector<RunReport> runs{runWith({{u"lost"_s, 3}, {u"value"_s, 7}}),
                                          runWith({{u"lost"_s, 9}, {u"value"_s, 7}})};
        QVERIFY(repeatsSentence(runs).contains(u"lost: 2 different values, from 3 to 9."_s));
        const QString asked = repeatsSentence(runs, u"result.value"_s);
        QVERIFY2(asked.contains(u"value: 7 every time."_s), qPrintable(asked));
        QVERIFY2(!asked.contains(u"lost"_s), qPrintable(asked));
        // The wall is told in any case, and what the runs do not have cannot be.
        for (const QString &key : {u"wall_ns"_s, u"result.none"_s, QString()})
            QCOMPARE(repeatsSentence(runs, key), repeatsSentence(runs));
    }

    void theDocumentHasEachRunAndEachValue()
    {
        const std::vector<RunReport> runs{runWith({{u"lost"_s, 3}}),
                                          runWith({}, RunOutcome::Deadlocked, 5)};
        const QJsonArray repeats = repeatsToJson(runs);
        QCOMPARE(repeats.size(), qsizetype(2));
        QCOMPARE(repeats[0].toObject().value(u"result"_s).toObject().value(u"lost"_s).toInt(), 3);
        QCOMPARE(repeats[1].toObject().value(u"outcome"_s).toString(), u"deadlocked"_s);
        QCOMPARE(repeats[1].toObject().value(u"wall_ns"_s).toInt(), 5);
        const QJsonObject document = distributionsToJson(distributionsOf(runs));
        const QJsonArray outcomes = document.value(u"outcome"_s).toArray();
        QCOMPARE(outcomes.size(), qsizetype(2));
        QCOMPARE(outcomes[1].toObject().value(u"value"_s).toString(), u"finished"_s);
        QCOMPARE(outcomes[1].toObject().value(u"count"_s).toInt(), 1);
        QCOMPARE(document.value(u"lost"_s).toArray().size(), qsizetype(1));
    }

    void valuesAreWordedForAPerson()
    {
        QCOMPARE(resultValueText(QJsonValue(1090798)), u"1,090,798"_s);
        QCOMPARE(resultValueText(QJsonValue(0.875)), u"0.875"_s);
        QCOMPARE(resultValueText(QJsonValue(true)), u"yes"_s);
        QVERIFY(resultValueText(QJsonValue(QJsonValue::Undefined)).isEmpty());
        QCOMPARE(resultKeyText(u"distinct_orders"_s), u"distinct orders"_s);
    }
};

QTEST_GUILESS_MAIN(TestRepeats)
#include "tst_repeats.moc"
