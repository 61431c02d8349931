// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/inspector/contentfacts.h"
#include "ui/inspector/inspectorbody.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

using namespace Interleave;

class TstInspectorPanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void withoutASetItSaysWhatToDo();
    void aSetThatHasNotRunAsksItsQuestion();
    void theAnswerIsHiddenUntilAskedFor();
    void aRunningSliceSaysWhenAndWhere();
    void aWaitSaysWhoHadTheCore();
    void theWholeRunAddsUp();
    void aThreadWithoutATaskIsNamedByItsThread();
    void anOpenSliceGrowsOnRefresh();
    void anOpenSliceIsReadOnceMoreWhenItsRunIsOver();
    void aBadEndIsSaid();
    void aSliceSaysWhatItsSourceCannotKnow();
    void aSpanAddsUpCoresAndTasks();
    void aSpanGrowsWithItsRunOnRefresh();
    void aSpanSaysWhatItsSourceCannotKnow();
    void sampledTasksAddUpToTheParallelismOfASpan();
    void anEmptySpanIsSaidToBeEmpty();
    void severalRunsGetOneRowEach();
    void manyTasksAreCutOffAndCounted();
    void aReportShowsItsNumbersAndItsSentence();
    void aReportSaysWhatItsSourceCannotKnow_data();
    void aReportSaysWhatItsSourceCannotKnow();
    void aChangeOfThemeKeepsThePage();
    void anEmptyLegendTakesNoRoom();
    void theLegendGrowsWithWhatTheRunsShow();
    void percentagesAreReadable_data();
    void percentagesAreReadable();
};

namespace
{

constexpr TimestampNs kOrigin = 1'000 * kSecond;

/// Two tasks on core 0: "red" runs [0, 10) ms, then waits [10, 20) while "blue" runs.
struct TwoTasks {
    std::shared_ptr<Trace> trace = std::make_shared<Trace>();
    TrackIndex core = kNoTrack;
    TrackIndex red = kNoTrack;
    TrackIndex blue = kNoTrack;
    ThreadIndex redThread = kNoThread;
    ThreadIndex blueThread = kNoThread;

    TwoTasks()
    {
        trace->setOrigin(kOrigin);
        trace->setSource(Source::Kernel);
        core = trace->addCoreTrack(0);
        redThread = trace->addThread(4711, 48213, kOrigin, true);
        blueThread = trace->addThread(4711, 48214, kOrigin, true);
        trace->addThreadTrack(redThread);
        trace->addThreadTrack(blueThread);
        trace->defineTasks(1, 1, TaskKind::Thread, kNoTask, "red");
        trace->defineTasks(2, 1, TaskKind::Thread, kNoTask, "blue");
        red = trace->task(1).track.load();
        blue = trace->task(2).track.load();
        add(core, 0, 10, 1, SliceState::Running);
        add(core, 10, 20, 2, SliceState::Running);
        add(red, 0, 10, 1, SliceState::Running);
        add(red, 10, 20, 1, SliceState::Runnable);
        add(blue, 0, 10, 2, SliceState::Queued);
        add(blue, 10, 20, 2, SliceState::Running);
        trace->writableTask(1)->totals.running.store(10 * kMillisecond);
        trace->writableTask(1)->totals.runnable.store(30 * kMillisecond);
        trace->writableTask(1)->totals.involuntary.store(3);
        trace->writableTask(1)->totals.migrations.store(2);
        trace->publish(kOrigin + 20 * kMillisecond);
    }

    Slice slice(DurationNs fromMs, DurationNs toMs, TaskId task, SliceState state) const
    {
        Slice slice;
        slice.begin = kOrigin + fromMs * kMillisecond;
        slice.end = kOrigin + toMs * kMillisecond;
        slice.task = task;
        slice.thread = task == 1 ? redThread : blueThread;
        slice.core = 0;
        slice.state = state;
        return slice;
    }
    void add(TrackIndex track, DurationNs fromMs, DurationNs toMs, TaskId task, SliceState state)
    {
        trace->append(track, slice(fromMs, toMs, task, state));
    }
    SliceHit hit(TrackIndex track, std::int64_t index) const
    {
        return {track, index, trace->track(track).slices[std::size_t(index)]};
    }
    RunView view(const char *title = "") const
    {
        return {trace, QStringLiteral("threads"), QString::fromLatin1(title), {}};
    }
};

/// Shows the slice of "red" that has been open since 20 ms, at 25 ms.
void showOpenSlice(const TwoTasks &run, InspectorPanel &panel)
{
    run.trace->setOpen(run.red, run.slice(20, 20, 1, SliceState::Running));
    run.trace->publish(kOrigin + 25 * kMillisecond);
    const std::optional<SliceHit> hit =
        sliceAt(TraceSnapshot(*run.trace), run.red, kOrigin + 22 * kMillisecond);
    QVERIFY(hit.has_value());
    panel.showSlice(run.trace, *hit);
}

/// How often a dash that says why it is there stands on the page.
int explainedDashes(const QWidget &page)
{
    int count = 0;
    for (const QLabel *label : page.findChildren<QLabel *>()) {
        if (label->text() == dashMark() && label->toolTip() == unknownWords()
            && label->accessibleName() == unknownWords())
            ++count;
    }
    return count;
}

TaskSet askingSet()
{
    TaskSet set;
    set.title = QStringLiteral("Primes");
    set.question = QStringLiteral("How long does it take?");
    set.answer = QStringLiteral("Half as long.");
    return set;
}

} // namespace

void TstInspectorPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstInspectorPanel::withoutASetItSaysWhatToDo()
{
    InspectorPanel panel;
    QVERIFY(!panel.content().hint.isEmpty());
    QVERIFY(panel.content().question.isEmpty());
}

void TstInspectorPanel::aSetThatHasNotRunAsksItsQuestion()
{
    InspectorPanel panel;
    const TaskSet set = askingSet();
    panel.showEmpty(&set);
    QCOMPARE(panel.content().title, set.title);
    const auto *question = panel.findChild<QLabel *>(QStringLiteral("inspectorQuestion"));
    QVERIFY(question);
    QCOMPARE(question->text(), set.question);
}

void TstInspectorPanel::theAnswerIsHiddenUntilAskedFor()
{
    InspectorPanel panel;
    const TaskSet set = askingSet();
    panel.showEmpty(&set);
    auto *answer = panel.findChild<QLabel *>(QStringLiteral("inspectorAnswer"));
    auto *link = panel.findChild<QPushButton *>(QStringLiteral("showAnswer"));
    QVERIFY(answer && link);
    QVERIFY(answer->isHidden());
    link->click();
    QVERIFY(!answer->isHidden());
    QCOMPARE(answer->text(), set.answer);
    link->click();
    QVERIFY(answer->isHidden());
}

void TstInspectorPanel::aRunningSliceSaysWhenAndWhere()
{
    const TwoTasks run;
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.blue, 1));
    const InspectorContent &content = panel.content();
    QCOMPARE(content.title, QStringLiteral("blue"));
    QVERIFY(content.task == TaskId(2));
    QCOMPARE(content.subtitle, QStringLiteral("thread 48214 · running"));
    QCOMPARE(fact(content.facts, "From"), timeLabel(10 * kMillisecond, 10000.0));
    QCOMPARE(fact(content.facts, "To"), timeLabel(20 * kMillisecond, 10000.0));
    QCOMPARE(fact(content.facts, "Length"), durationLabel(10 * kMillisecond));
    QCOMPARE(fact(content.facts, "Core"), QStringLiteral("core 0"));
}

void TstInspectorPanel::aWaitSaysWhoHadTheCore()
{
    const TwoTasks run;
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.red, 1));
    const InspectorContent &content = panel.content();
    QCOMPARE(content.subtitle, QStringLiteral("thread 48213 · waiting for a core"));
    QCOMPARE(fact(content.facts, "Preempted by"), QStringLiteral("blue"));
    QCOMPARE(fact(content.facts, "Ran last on"), QStringLiteral("core 0"));
    QCOMPARE(content.whyTitle, QStringLiteral("Why this gap?"));
    QVERIFY(content.why.contains(QStringLiteral("blue")));
    QVERIFY(panel.findChild<QLabel *>(QStringLiteral("inspectorWhy")));
}

void TstInspectorPanel::theWholeRunAddsUp()
{
    const TwoTasks run;
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.red, 1));
    const InspectorContent &content = panel.content();
    QCOMPARE(content.shares.size(), std::size_t(2)); // what there was none of is left out
    QCOMPARE(content.shares[0].time, 10 * kMillisecond);
    QCOMPARE(content.shares[1].time, 30 * kMillisecond);
    QCOMPARE(fact(content.sums, "Preempted"), QStringLiteral("3 ×"));
    QCOMPARE(fact(content.sums, "Migrations"), QStringLiteral("2 ×"));
    QCOMPARE(fact(content.sums, "Longest wait for a core"), durationLabel(10 * kMillisecond));
    QVERIFY(panel.findChild<ShareBar *>());
}

void TstInspectorPanel::aThreadWithoutATaskIsNamedByItsThread()
{
    const TwoTasks run;
    SliceHit hit = run.hit(run.core, 0);
    hit.slice.task = kNoTask;
    const InspectorContent content = sliceContent(TraceSnapshot(*run.trace), hit);
    QCOMPARE(content.title, QStringLiteral("thread 48213"));
    QCOMPARE(content.sharesTitle, QStringLiteral("This thread, whole run"));
}

void TstInspectorPanel::anOpenSliceGrowsOnRefresh()
{
    const TwoTasks run;
    InspectorPanel panel;
    showOpenSlice(run, panel);
    QCOMPARE(fact(panel.content().facts, "Length"), durationLabel(5 * kMillisecond));
    run.trace->publish(kOrigin + 32 * kMillisecond);
    panel.refresh();
    QCOMPARE(fact(panel.content().facts, "Length"), durationLabel(12 * kMillisecond));
}

void TstInspectorPanel::anOpenSliceIsReadOnceMoreWhenItsRunIsOver()
{
    const TwoTasks run;
    InspectorPanel panel;
    showOpenSlice(run, panel);
    run.trace->clearOpen(run.red);
    run.trace->append(run.red, run.slice(20, 40, 1, SliceState::Running));
    run.trace->publish(kOrigin + 40 * kMillisecond);
    run.trace->finish();
    panel.refresh();
    QCOMPARE(fact(panel.content().facts, "Length"), durationLabel(20 * kMillisecond));
}

void TstInspectorPanel::aBadEndIsSaid()
{
    const TwoTasks run;
    run.trace->writableTask(1)->outcome.store(TaskOutcome::Cancelled);
    run.trace->writableTask(2)->outcome.store(TaskOutcome::Finished);
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.red, 1));
    QCOMPARE(fact(panel.content().sums, "The task ended"), outcomeWords(TaskOutcome::Cancelled));
    panel.showSlice(run.trace, run.hit(run.blue, 1));
    QVERIFY(fact(panel.content().sums, "The task ended").isEmpty());
}

void TstInspectorPanel::aSliceSaysWhatItsSourceCannotKnow()
{
    TwoTasks run;
    run.trace->setSource(Source::Events);
    run.trace->writableTask(1)->totals.running.store(0);
    run.trace->writableTask(1)->totals.runnable.store(0);
    run.add(run.red, 20, 50, 1, SliceState::Unknown);
    run.trace->publish(kOrigin + 50 * kMillisecond);
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.red, 2));
    const InspectorContent &content = panel.content();
    QCOMPARE(content.shares.size(), std::size_t(2));
    QVERIFY(content.shares[0].isUnknown);
    QCOMPARE(content.shares[1].state, SliceState::Unknown);
    QCOMPARE(content.shares[1].time, 30 * kMillisecond);
    QCOMPARE(fact(content.sums, "Preempted"), dashMark());
    QCOMPARE(fact(content.sums, "Migrations"), dashMark());
    QCOMPARE(explainedDashes(panel), 5); // running, three counts and the longest wait
}

void TstInspectorPanel::aSpanAddsUpCoresAndTasks()
{
    const TwoTasks run;
    InspectorPanel panel;
    panel.showSpan({run.view()}, {5 * kMillisecond, 15 * kMillisecond});
    const InspectorContent &content = panel.content();
    QCOMPARE(fact(content.facts, "Core 0 busy"), QStringLiteral("100 %"));
    QCOMPARE(fact(content.facts, "Parallelism"), QStringLiteral("1.00"));
    QCOMPARE(content.list.size(), std::size_t(2));
    QCOMPARE(content.list[0].name, QStringLiteral("red"));
    QCOMPARE(content.list[0].value, durationLabel(5 * kMillisecond));
    QVERIFY(content.list[0].detail.contains(durationLabel(5 * kMillisecond))); // ready [10, 15)
    QCOMPARE(content.list[1].name, QStringLiteral("blue"));
}

void TstInspectorPanel::aSpanGrowsWithItsRunOnRefresh()
{
    TwoTasks run;
    InspectorPanel panel;
    panel.showSpan({run.view()}, {0, 40 * kMillisecond});
    QCOMPARE(fact(panel.content().facts, "Core 0 busy"), QStringLiteral("50 %"));
    run.add(run.core, 20, 40, 1, SliceState::Running);
    run.trace->publish(kOrigin + 40 * kMillisecond);
    run.trace->finish();
    panel.refresh();
    QCOMPARE(fact(panel.content().facts, "Core 0 busy"), QStringLiteral("100 %"));
    QCOMPARE(panel.content().subtitle, durationLabel(40 * kMillisecond));
}

void TstInspectorPanel::aSpanSaysWhatItsSourceCannotKnow()
{
    auto trace = std::make_shared<Trace>();
    trace->setOrigin(kOrigin);
    trace->setSource(Source::Events);
    trace->addCoreTrack(0);
    trace->defineTasks(1, 1, TaskKind::Thread, kNoTask, "red");
    Slice slice;
    slice.begin = kOrigin;
    slice.end = kOrigin + 20 * kMillisecond;
    slice.task = 1;
    slice.state = SliceState::Unknown;
    trace->append(trace->task(1).track.load(), slice);
    trace->publish(kOrigin + 40 * kMillisecond);
    InspectorPanel panel;
    const RunView view{trace, QStringLiteral("threads"), QStringLiteral("Threads"), {}};
    panel.showSpan({view}, {0, 40 * kMillisecond});
    const InspectorContent &content = panel.content();
    QCOMPARE(fact(content.facts, "Core 0 busy"), dashMark());
    QCOMPARE(fact(content.facts, "Parallelism"), dashMark());
    QCOMPARE(content.list.size(), std::size_t(1));
    QVERIFY(content.list[0].isUnknown);
    QVERIFY(content.list[0].detail.contains(durationLabel(20 * kMillisecond)));
    QCOMPARE(explainedDashes(panel), 3);
    panel.showSpan({view, view}, {0, 40 * kMillisecond});
    QCOMPARE(panel.content().list.size(), std::size_t(2));
    QCOMPARE(panel.content().list[0].value, dashMark());
    QVERIFY(panel.content().list[0].detail.isEmpty());
}

void TstInspectorPanel::sampledTasksAddUpToTheParallelismOfASpan()
{
    const TwoTasks run;
    run.trace->setSource(Source::Sampled);
    Slice slice = run.slice(20, 40, 1, SliceState::Sampled);
    slice.fraction = 255;
    run.trace->append(run.red, slice);
    run.trace->publish(kOrigin + 40 * kMillisecond);
    const InspectorContent content =
        spanContent({run.view()}, {20 * kMillisecond, 40 * kMillisecond});
    QCOMPARE(fact(content.facts, "Core 0 busy"), dashMark());
    QCOMPARE(fact(content.facts, "Parallelism"), QStringLiteral("1.00"));
}

void TstInspectorPanel::anEmptySpanIsSaidToBeEmpty()
{
    const TwoTasks run;
    const InspectorContent content = spanContent({run.view()}, {5, 5});
    QVERIFY(content.list.empty());
    QCOMPARE(content.subtitle, QStringLiteral("empty"));
}

void TstInspectorPanel::severalRunsGetOneRowEach()
{
    const TwoTasks run;
    const InspectorContent content =
        spanContent({run.view("Threads"), run.view("Pool"), RunView{}}, {0, 40 * kMillisecond});
    QCOMPARE(content.list.size(), std::size_t(2)); // a run without a trace has nothing to say
    QCOMPARE(content.list[1].name, QStringLiteral("Pool"));
    QCOMPARE(content.list[1].value, QStringLiteral("0.50"));
}

void TstInspectorPanel::manyTasksAreCutOffAndCounted()
{
    auto trace = std::make_shared<Trace>();
    trace->setOrigin(kOrigin);
    const TrackIndex core = trace->addCoreTrack(0);
    const ThreadIndex thread = trace->addThread(1, 2, kOrigin, true);
    trace->defineTasks(1, 40, TaskKind::Job, kNoTask, "job");
    for (TaskId id = 1; id <= 40; ++id) {
        Slice slice;
        slice.begin = kOrigin + TimestampNs(id) * kMicrosecond;
        slice.end = slice.begin + kMicrosecond;
        slice.task = id;
        slice.thread = thread;
        slice.core = 0;
        trace->append(core, slice);
    }
    trace->publish(kOrigin + kMillisecond);
    const InspectorContent content =
        spanContent({RunView{trace, QStringLiteral("pool"), {}, {}}}, {0, kMillisecond});
    QCOMPARE(content.list.size(), std::size_t(13));
    QCOMPARE(content.list.back().name, QStringLiteral("and 28 more"));
}

void TstInspectorPanel::aReportShowsItsNumbersAndItsSentence()
{
    RunReport report;
    report.title = QStringLiteral("Primes");
    report.model = QStringLiteral("threads");
    report.sentence = QStringLiteral("Both cores were busy.");
    report.statistics.wall = 121 * kMillisecond;
    report.statistics.parallelism = 1.94;
    report.source = Source::Kernel;
    InspectorPanel panel;
    const TaskSet set = askingSet();
    panel.showReport(report, &set);
    const InspectorContent &content = panel.content();
    QCOMPARE(fact(content.facts, "Wall"), durationLabel(121 * kMillisecond));
    QCOMPARE(fact(content.facts, "Parallelism"), QStringLiteral("1.94"));
    QCOMPARE(fact(content.facts, "Source"), QStringLiteral("kernel"));
    QVERIFY(fact(content.facts, "Priority").isEmpty()); // not known: no row
    QCOMPARE(content.why, report.sentence);
    QCOMPARE(content.answer, set.answer);
}

void TstInspectorPanel::aReportSaysWhatItsSourceCannotKnow_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<int>("dashes");
    QTest::newRow("kernel") << int(Source::Kernel) << 0;
    QTest::newRow("sampled") << int(Source::Sampled) << 6; // peak, overlap, counts, core wait
    QTest::newRow("events") << int(Source::Events) << 8; // and CPU, parallelism
}

void TstInspectorPanel::aReportSaysWhatItsSourceCannotKnow()
{
    QFETCH(int, source);
    QFETCH(int, dashes);
    RunReport report;
    report.title = QStringLiteral("Primes");
    report.model = QStringLiteral("threads");
    report.source = Source(source);
    InspectorPanel panel;
    panel.showReport(report, nullptr);
    QCOMPARE(explainedDashes(panel), dashes);
    QVERIFY(fact(panel.content().facts, "Wall") != dashMark());
}

void TstInspectorPanel::aChangeOfThemeKeepsThePage()
{
    const TwoTasks run;
    InspectorPanel panel;
    panel.showSlice(run.trace, run.hit(run.red, 0));
    panel.setTheme(Theme::make(Theme::Kind::Dark));
    QCOMPARE(panel.content().title, QStringLiteral("red"));
    const auto *title = panel.findChild<QLabel *>(QStringLiteral("inspectorTitle"));
    QVERIFY(title);
    QCOMPARE(title->text(), QStringLiteral("red"));
}

void TstInspectorPanel::anEmptyLegendTakesNoRoom()
{
    LegendPanel legend;
    legend.setTheme(Theme::make(Theme::Kind::Light));
    QVERIFY(legend.entries().empty());
    QCOMPARE(legend.sizeHint().height(), 0);
    QVERIFY(!legend.accessibleName().isEmpty());
}

void TstInspectorPanel::theLegendGrowsWithWhatTheRunsShow()
{
    const TwoTasks run;
    LegendPanel legend;
    legend.setRuns({run.view()});
    QVERIFY(legend.entries() == legendEntries({run.view()}));
    QVERIFY(legend.accessibleDescription().contains(QStringLiteral("waiting for a core")));
    QVERIFY(!legend.accessibleDescription().contains(QStringLiteral("records lost")));
    const int before = legend.sizeHint().height();
    QVERIFY(before > 0);
    run.trace->writableTask(1)->ended.store(kOrigin + 20 * kMillisecond);
    run.trace->writableTask(1)->outcome.store(TaskOutcome::Cancelled);
    legend.setRuns({run.view()});
    QVERIFY(legend.accessibleDescription().contains(QStringLiteral("cancelled")));
    QVERIFY(legend.sizeHint().height() > before);
    legend.resize(legend.sizeHint());
    QVERIFY(!legend.grab().isNull());
    legend.setRuns({});
    QCOMPARE(legend.sizeHint().height(), 0);
}

void TstInspectorPanel::percentagesAreReadable_data()
{
    QTest::addColumn<qint64>("part");
    QTest::addColumn<qint64>("whole");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing of nothing") << qint64(0) << qint64(0) << QStringLiteral("–");
    QTest::newRow("nothing") << qint64(0) << qint64(10) << QStringLiteral("0 %");
    QTest::newRow("very little") << qint64(1) << qint64(1'000'000) << QStringLiteral("< 1 %");
    QTest::newRow("half") << qint64(5) << qint64(10) << QStringLiteral("50 %");
    QTest::newRow("all, of years") << qint64(9e18) << qint64(9e18) << QStringLiteral("100 %");
}

void TstInspectorPanel::percentagesAreReadable()
{
    QFETCH(qint64, part);
    QFETCH(qint64, whole);
    QFETCH(QString, expected);
    QCOMPARE(percentWords(part, whole), expected);
}

QTEST_MAIN(TstInspectorPanel)
#include "tst_inspectorpanel.moc"
