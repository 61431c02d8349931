// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/taskset.h"
#include "tests/support/handmadetrace.h"
#include "ui/timeline/runviews.h"
#include "ui/timeline/timescale.h"

#include <QTest>

using namespace Interleave;

namespace
{

const QString kThreads = QStringLiteral("threads");
const QString kPool = QStringLiteral("pool");

RunReport makeReport(const QString &model)
{
    RunReport report;
    report.model = model;
    report.statistics.wall = 121 * kMillisecond;
    report.trace = HandmadeTrace().shared();
    return report;
}

} // namespace

class TestRunViews : public QObject
{
    Q_OBJECT

private slots:
    void noRunsGiveNoViews();
    void aSingleRunNeedsNoHeading();
    void severalRunsAreHeadedByTheirModelAndWall();
    void aRunThatDidNotFinishSaysSo();
    void aRunWithoutATraceIsLeftOut();
    void aPictureHasEveryRepeat();
    void aComparisonHasTheFirstOfEachModel();
    void aComparisonIsHeadedFromItsFirstRun();
    void theFirstRepeatThatHasATraceStandsForItsModel();
};

void TestRunViews::noRunsGiveNoViews()
{
    QVERIFY(viewsOf({}, RunStack::Picture).empty());
    QVERIFY(viewsOf({}, RunStack::Comparison).empty());
}

void TestRunViews::aSingleRunNeedsNoHeading()
{
    const RunReport report = makeReport(kThreads);
    const std::vector<RunView> views = viewsOf({report}, RunStack::Picture);
    QCOMPARE(views.size(), std::size_t(1));
    QVERIFY(views[0].trace == report.trace);
    QCOMPARE(views[0].model, kThreads);
    QVERIFY(views[0].title.isEmpty());
    QVERIFY(views[0].subtitle.isEmpty());
}

void TestRunViews::severalRunsAreHeadedByTheirModelAndWall()
{
    const std::vector<RunReport> runs{makeReport(kThreads), makeReport(kPool)};
    const std::vector<RunView> views = viewsOf(runs, RunStack::Picture);
    QCOMPARE(views.size(), std::size_t(2));
    QCOMPARE(views[1].title, modelTitle(kPool));
    QCOMPARE(views[1].subtitle, QStringLiteral("wall ") + durationLabel(121 * kMillisecond));
}

void TestRunViews::aRunThatDidNotFinishSaysSo()
{
    RunReport report = makeReport(kThreads);
    report.outcome = RunOutcome::Crashed;
    const std::vector<RunView> views = viewsOf({report}, RunStack::Comparison);
    QVERIFY(views.at(0).subtitle.startsWith(QStringLiteral("crashed after")));
}

void TestRunViews::aRunWithoutATraceIsLeftOut()
{
    RunReport lost = makeReport(kPool);
    lost.trace.reset();
    const std::vector<RunReport> runs{lost, makeReport(kThreads)};
    QCOMPARE(viewsOf(runs, RunStack::Picture).size(), std::size_t(1));
    QCOMPARE(viewsOf(runs, RunStack::Comparison).size(), std::size_t(1));
}

void TestRunViews::aPictureHasEveryRepeat()
{
    const std::vector<RunReport> runs{makeReport(kThreads), makeReport(kThreads)};
    QCOMPARE(viewsOf(runs, RunStack::Picture).size(), std::size_t(2));
}

void TestRunViews::aComparisonHasTheFirstOfEachModel()
{
    const std::vector<RunReport> runs{makeReport(kThreads), makeReport(kThreads),
                                      makeReport(kPool)};
    const std::vector<RunView> views = viewsOf(runs, RunStack::Comparison);
    QCOMPARE(views.size(), std::size_t(2));
    QVERIFY(views[0].trace == runs[0].trace);
    QVERIFY(views[1].trace == runs[2].trace);
}

void TestRunViews::aComparisonIsHeadedFromItsFirstRun()
{
    const std::vector<RunView> views = viewsOf({makeReport(kThreads)}, RunStack::Comparison);
    QCOMPARE(views.at(0).title, modelTitle(kThreads));
}

void TestRunViews::theFirstRepeatThatHasATraceStandsForItsModel()
{
    RunReport lost = makeReport(kThreads);
    lost.trace.reset();
    const RunReport found = makeReport(kThreads);
    const std::vector<RunView> views = viewsOf({lost, found}, RunStack::Comparison);
    QCOMPARE(views.size(), std::size_t(1));
    QVERIFY(views[0].trace == found.trace);
}

QTEST_GUILESS_MAIN(TestRunViews)
#include "tst_runviews.moc"
