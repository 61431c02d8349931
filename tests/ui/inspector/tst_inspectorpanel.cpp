// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
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
    void aSpanAddsUpCoresAndTasks();
    void anEmptySpanIsSaidToBeEmpty();
    void severalRunsGetOneRowEach();
    void manyTasksAreCutOffAndCounted();
    void aReportShowsItsNumbersAndItsSentence();
    void aChangeOfThemeKeepsThePage();
    void theLegendExplainsEveryForm();
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

QString fact(const std::vector<InspectorContent::Fact> &facts, const char *key)
{
    for (const InspectorContent::Fact &fact : facts) {
        if (fact.key == QString::fromLatin1(key))
            return fact.value;
    }
    return {};
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
    run.trace->setOpen(run.red, run.slice(20, 20, 1, SliceState::Running));
    run.trace->publish(kOrigin + 25 * kMillisecond);
    const std::optional<SliceHit> hit =
        sliceAt(TraceSnapshot(*run.trace), run.red, kOrigin + 22 * kMillisecond);
    QVERIFY(hit.has_value());
    InspectorPanel panel;
    panel.showSlice(run.trace, *hit);
    QCOMPARE(fact(panel.content().facts, "Length"), durationLabel(5 * kMillisecond));
    run.trace->publish(kOrigin + 32 * kMillisecond);
    panel.refresh();
    QCOMPARE(fact(panel.content().facts, "Length"), durationLabel(12 * kMillisecond));
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

void TstInspectorPanel::theLegendExplainsEveryForm()
{
    LegendPanel legend;
    legend.setTheme(Theme::make(Theme::Kind::Light));
    QVERIFY(legend.rowCount() >= 7);
    QVERIFY(legend.accessibleDescription().contains(QStringLiteral("waiting for a core")));
    legend.resize(legend.sizeHint());
    QVERIFY(!legend.grab().isNull());
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
