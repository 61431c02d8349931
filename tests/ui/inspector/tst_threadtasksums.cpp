// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/commandrun.h"
#include "tests/ui/inspector/contentfacts.h"
#include "ui/timeline/timescale.h"

#include <QTest>

#include <memory>

using namespace Interleave;

namespace
{

constexpr TaskId kOwn = 100; // the task that stands for the thread

/// One thread, whose own task begins at 110 ns. Two finer tasks run on it:
///   0 to 110 no task, own to 200, #1 to 300, own, preempted [400, 450), own to 500,
///   #2, preempted [520, 620), #2 on another core to 700, own, blocked [800, 860), own to the end
struct Program : CommandRun {
    Program()
    {
        in(100, kRoot, 0);
        exec(110, kRoot, "python3");
        begin(200, kRoot, 1);
        end(300, kRoot, 1);
        preempt(400, kRoot, 0);
        in(450, kRoot, 0);
        begin(500, kRoot, 2);
        preempt(520, kRoot, 0);
        in(620, kRoot, 1);
        end(700, kRoot, 2);
        out(800, kRoot, 1);
        in(860, kRoot, 1);
    }
    /// What is said of the slice on the thread's lane at that time.
    [[nodiscard]] InspectorContent at(TimestampNs time) const
    {
        const TraceSnapshot snapshot(trace);
        const TrackIndex lane = trace.thread(threadIndex(kRoot)).track.load();
        const std::optional<SliceHit> hit = sliceAt(snapshot, lane, time);
        return hit ? sliceContent(snapshot, *hit) : InspectorContent();
    }
    [[nodiscard]] RunView view() const
    {
        // Borrowed: it lives as long as this.
        const std::shared_ptr<const Trace> borrowed(std::shared_ptr<const Trace>(), &trace);
        return {borrowed, QStringLiteral("command"), {}, {}};
    }
};

DurationNs shareOf(const InspectorContent &content, SliceState state)
{
    DurationNs time = 0;
    for (const InspectorContent::Share &share : content.shares)
        time += share.state == state ? share.time : 0;
    return time;
}

} // namespace

/// Of a person's program: the sums of tasks that stand for threads, and of what ran on those.
class TestThreadTaskSums : public QObject
{
    Q_OBJECT

private slots:
    void aThreadsTaskHasItsOwnTimeOnly()
    {
        Program run;
        run.builder.finish(1000);
        const InspectorContent content = run.at(150);
        QVERIFY(content.task == kOwn);
        QCOMPARE(content.sharesTitle, QStringLiteral("This task, whole run"));
        QCOMPARE(content.shares.size(), std::size_t(3));
        QCOMPARE(shareOf(content, SliceState::Running), DurationNs(90 + 100 + 50 + 100 + 140));
        QCOMPARE(shareOf(content, SliceState::Runnable), DurationNs(50));
        QCOMPARE(shareOf(content, SliceState::Blocked), DurationNs(60));
        QCOMPARE(fact(content.sums, "Preempted"), QStringLiteral("1 ×"));
        QCOMPARE(fact(content.sums, "Voluntary"), QStringLiteral("1 ×"));
        QCOMPARE(fact(content.sums, "Migrations"), QStringLiteral("0 ×"));
        QCOMPARE(fact(content.sums, "Longest wait for a core"), durationLabel(50));
    }

    void whatRanOnItHasTheRest()
    {
        Program run;
        run.builder.finish(1000);
        const InspectorContent content = run.at(510);
        QVERIFY(content.task == TaskId(2));
        QCOMPARE(shareOf(content, SliceState::Running), DurationNs(20 + 80));
        QCOMPARE(shareOf(content, SliceState::Runnable), DurationNs(100));
        QCOMPARE(shareOf(content, SliceState::Blocked), DurationNs(0));
        QCOMPARE(fact(content.sums, "Preempted"), QStringLiteral("1 ×"));
        QCOMPARE(fact(content.sums, "Migrations"), QStringLiteral("1 ×"));
        QCOMPARE(fact(content.sums, "Longest wait for a core"), durationLabel(100));
    }

    void beforeItsTaskBeginsTheThreadHasAll()
    {
        Program run;
        run.builder.finish(1000);
        const InspectorContent content = run.at(105);
        QCOMPARE(content.sharesTitle, QStringLiteral("This thread, whole run"));
        QCOMPARE(shareOf(content, SliceState::Running), DurationNs(300 + 70 + 180 + 140));
        QCOMPARE(shareOf(content, SliceState::Runnable), DurationNs(50 + 100));
        QCOMPARE(shareOf(content, SliceState::Blocked), DurationNs(60));
        QCOMPARE(fact(content.sums, "Preempted"), QStringLiteral("2 ×"));
        QCOMPARE(fact(content.sums, "Longest wait for a core"), durationLabel(100));
    }

    void theOpenSliceIsAddedToWhoHasIt()
    {
        Program run;
        run.builder.process(480); // its own has been open since 450
        QCOMPARE(shareOf(run.at(150), SliceState::Running), DurationNs(90 + 100 + 30));
        run.builder.process(680); // #2 has been open since 620
        const InspectorContent own = run.at(150);
        QCOMPARE(shareOf(own, SliceState::Running), DurationNs(90 + 100 + 50));
        QCOMPARE(shareOf(own, SliceState::Runnable), DurationNs(50));
        QCOMPARE(shareOf(own, SliceState::Blocked), DurationNs(0));
        QCOMPARE(shareOf(run.at(510), SliceState::Running), DurationNs(20 + 60));
    }

    void aSpanOfTheWholeRunSaysTheSame()
    {
        Program run;
        run.builder.finish(1000);
        const InspectorContent content = spanContent({run.view()}, {0, 1000});
        QCOMPARE(content.list.size(), std::size_t(3));
        QVERIFY(content.list[0].task == kOwn);
        QCOMPARE(content.list[0].name, QStringLiteral("python3"));
        QCOMPARE(content.list[0].value, durationLabel(480));
        QCOMPARE(content.list[0].detail,
                 QStringLiteral("ready %1 · waiting %2").arg(durationLabel(50), durationLabel(60)));
        for (const InspectorContent::Row &row : {content.list[1], content.list[2]})
            QCOMPARE(row.value, durationLabel(100));
    }
};

QTEST_GUILESS_MAIN(TestThreadTaskSums)
#include "tst_threadtasksums.moc"
