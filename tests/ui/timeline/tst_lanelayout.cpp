// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/timeline/lanelayout.h"

#include <QStringList>
#include <QTest>

using namespace Interleave;

namespace
{

RunView viewOf(const HandmadeTrace &made, const QString &model = QStringLiteral("threads"),
               const QString &title = {})
{
    RunView view;
    view.trace = made.shared();
    view.model = model;
    view.title = title;
    return view;
}

/// "[Cores]" for headings, "# Threads" for headings of runs, else the lane's name.
QStringList titlesOf(const LaneLayout &layout)
{
    QStringList titles;
    for (const Lane &lane : layout.lanes()) {
        switch (lane.kind) {
        case Lane::Kind::RunHeading:
            titles << QStringLiteral("# ") + lane.title;
            break;
        case Lane::Kind::GroupHeading:
            titles << QLatin1Char('[') + lane.title + QLatin1Char(']');
            break;
        case Lane::Kind::Track:
        case Lane::Kind::Counter:
        case Lane::Kind::Output:
            titles << lane.title;
            break;
        }
    }
    return titles;
}

const Lane *laneNamed(const LaneLayout &layout, const QString &title)
{
    for (const Lane &lane : layout.lanes()) {
        if (lane.title == title)
            return &lane;
    }
    return nullptr;
}

} // namespace

class TestLaneLayout : public QObject
{
    Q_OBJECT

private slots:
    void noRunsGiveNoLanes();
    void aRunWithoutTraceGivesNoLanes();
    void coresStandFirst();
    void lanesGrowToTheirMostAndNoFurther();
    void lanesKeepTheirLeastWhenNotAllFit();
    void lanesInBetweenFillTheHeight();
    void theScaleMakesEverythingTaller();
    void aFoldedGroupKeepsItsHeading();
    void aFoldedRunKeepsItsHeading();
    void theFilterKeepsCoresAndMatches();
    void poolWorkersStandBeforeTheirJobs();
    void aThreadThatOnlyCarriesItsTaskHasNoLane();
    void theThreadOfTheCoroutinesIsTheEventLoop();
    void threadsWithoutTaskStandLast();
    void locksAndCountersFollowTheTasks();
    void aCounterWithoutAValueHasNoLane();
    void countersAreTallerThanTasks();
    void severalRunsHaveHeadings();
    void lanesAreFoundByTheirHeight();
};

void TestLaneLayout::noRunsGiveNoLanes()
{
    LaneLayout layout;
    layout.update({}, 500, 1, {}, {});
    QVERIFY(layout.lanes().empty());
    QCOMPARE(layout.contentHeight(), 0.0);
    QCOMPARE(layout.laneAt(0), -1);
}

void TestLaneLayout::aRunWithoutTraceGivesNoLanes()
{
    LaneLayout layout;
    layout.update({RunView()}, 500, 1, {}, {});
    QVERIFY(layout.lanes().empty());
}

void TestLaneLayout::coresStandFirst()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 500, 1, {}, {});
    const QStringList expected{QStringLiteral("[Cores]"), QStringLiteral("Core 0"),
                               QStringLiteral("Core 1"),  QStringLiteral("[Threads]"),
                               QStringLiteral("prime 1"), QStringLiteral("prime 2")};
    QCOMPARE(titlesOf(layout), expected);
}

void TestLaneLayout::lanesGrowToTheirMostAndNoFurther()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 5000, 1, {}, {});
    QCOMPARE(laneNamed(layout, QStringLiteral("Core 0"))->height, 64.0);
    QCOMPARE(laneNamed(layout, QStringLiteral("prime 1"))->height, 40.0);
}

void TestLaneLayout::lanesKeepTheirLeastWhenNotAllFit()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 10, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("Core 0"))->height >= 28);
    QVERIFY(laneNamed(layout, QStringLiteral("prime 1"))->height >= 18);
    QVERIFY(layout.contentHeight() > 10);
}

void TestLaneLayout::lanesInBetweenFillTheHeight()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 200, 1, {}, {});
    QVERIFY(layout.contentHeight() <= 200);
    // Heights are whole pixels, so that up to one per lane is left over.
    QVERIFY(layout.contentHeight() > 200 - qreal(layout.lanes().size()));
}

void TestLaneLayout::theScaleMakesEverythingTaller()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 5000, 2, {}, {});
    QCOMPARE(laneNamed(layout, QStringLiteral("Core 1"))->height, 128.0);
}

void TestLaneLayout::aFoldedGroupKeepsItsHeading()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 500, 1, {QStringLiteral("0/cores")}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("Cores"))->collapsed);
    QVERIFY(!laneNamed(layout, QStringLiteral("Core 0")));
    QVERIFY(laneNamed(layout, QStringLiteral("prime 1")));
}

void TestLaneLayout::aFoldedRunKeepsItsHeading()
{
    LaneLayout layout;
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    layout.update({viewOf(made, QStringLiteral("threads"), QStringLiteral("Threads")),
                   viewOf(made, QStringLiteral("pool"), QStringLiteral("Pool"))},
                  500, 1, {QStringLiteral("0")}, {});
    QCOMPARE(layout.lanes().at(0).kind, Lane::Kind::RunHeading);
    QCOMPARE(layout.lanes().at(1).kind, Lane::Kind::RunHeading);
    QCOMPARE(layout.lanes().at(1).title, QStringLiteral("Pool"));
}

void TestLaneLayout::theFilterKeepsCoresAndMatches()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 500, 1, {}, QStringLiteral("PRIME 2"));
    QVERIFY(laneNamed(layout, QStringLiteral("Core 0")));
    QVERIFY(laneNamed(layout, QStringLiteral("prime 2")));
    QVERIFY(!laneNamed(layout, QStringLiteral("prime 1")));
}

void TestLaneLayout::poolWorkersStandBeforeTheirJobs()
{
    HandmadeTrace made;
    const ThreadIndex thread = made.writable().addThread(100, 101, HandmadeTrace::kOrigin, true);
    const TrackIndex worker = made.writable().addThreadTrack(thread);
    const TrackIndex job = made.addTask(1, "job 1", TaskKind::Job);
    made.add(worker, 0, kMillisecond, SliceState::Running, 1);
    made.add(job, 0, kMillisecond, SliceState::Running, 1);
    made.publish(kMillisecond);
    LaneLayout layout;
    layout.update({viewOf(made, QStringLiteral("pool"))}, 500, 1, {}, {});
    const QStringList titles = titlesOf(layout);
    QCOMPARE(titles.size(), 4);
    QCOMPARE(titles.at(0), QStringLiteral("[Pool workers]"));
    QCOMPARE(titles.at(2), QStringLiteral("[Jobs]"));
    QCOMPARE(layout.lanes().at(1).track, worker);
}

void TestLaneLayout::aThreadThatOnlyCarriesItsTaskHasNoLane()
{
    HandmadeTrace made;
    const ThreadIndex thread = made.writable().addThread(100, 101, HandmadeTrace::kOrigin, true);
    const TrackIndex carrier = made.writable().addThreadTrack(thread);
    const TrackIndex task = made.addTask(1, "prime 1");
    made.add(carrier, 0, kMillisecond, SliceState::Running, 1);
    made.add(task, 0, kMillisecond, SliceState::Running, 1);
    made.publish(kMillisecond);
    LaneLayout layout;
    layout.update({viewOf(made)}, 500, 1, {}, {});
    const QStringList expected{QStringLiteral("[Threads]"), QStringLiteral("prime 1")};
    QCOMPARE(titlesOf(layout), expected);
}

void TestLaneLayout::theThreadOfTheCoroutinesIsTheEventLoop()
{
    HandmadeTrace made;
    Trace &trace = made.writable();
    const ThreadIndex thread = trace.addThread(100, 100, HandmadeTrace::kOrigin, true);
    trace.writableThread(thread).name.store(trace.addText("interleave-engi"));
    const TrackIndex loop = trace.addThreadTrack(thread);
    const TrackIndex task = made.addTask(1, "fetch 1", TaskKind::Coroutine);
    trace.writableTask(1)->thread.store(thread);
    made.add(loop, 0, kMillisecond, SliceState::Running, 1);
    made.add(task, 0, kMillisecond, SliceState::Running, 1);
    made.publish(kMillisecond);
    LaneLayout layout;
    layout.update({viewOf(made, QStringLiteral("coroutines"))}, 500, 1, {}, {});
    const QStringList expected{QStringLiteral("[Event loop]"), QStringLiteral("event loop"),
                               QStringLiteral("[Coroutines]"), QStringLiteral("fetch 1")};
    QCOMPARE(titlesOf(layout), expected);
}

void TestLaneLayout::threadsWithoutTaskStandLast()
{
    HandmadeTrace made;
    const ThreadIndex thread = made.writable().addThread(100, 101, HandmadeTrace::kOrigin, true);
    const ThreadIndex silent = made.writable().addThread(100, 102, HandmadeTrace::kOrigin, true);
    const TrackIndex helper = made.writable().addThreadTrack(thread);
    made.writable().addThreadTrack(silent);
    const TrackIndex task = made.addTask(1, "prime 1");
    made.add(helper, 0, kMillisecond, SliceState::Running, kNoTask);
    made.add(task, 0, kMillisecond, SliceState::Running, 1);
    made.publish(kMillisecond);
    LaneLayout layout;
    layout.update({viewOf(made)}, 500, 1, {}, {});
    const QStringList titles = titlesOf(layout);
    QCOMPARE(titles.size(), 4); // the thread that never ran has no lane
    QCOMPARE(titles.at(2), QStringLiteral("[Other threads]"));
    QCOMPARE(layout.lanes().at(3).track, helper);
}

void TestLaneLayout::locksAndCountersFollowTheTasks()
{
    HandmadeTrace made = HandmadeTrace::twoTasks();
    made.addObject(2, ObjectKind::Lock, "fork 2");
    made.addObject(1, ObjectKind::Lock, "fork 1");
    made.addObject(3, ObjectKind::Channel, "queue", 8);
    made.addObject(4, ObjectKind::Barrier, "table");
    made.count(3, 10 * kMillisecond, 1);
    LaneLayout layout;
    layout.update({viewOf(made)}, 500, 1, {}, {});
    const QStringList expected{
        QStringLiteral("[Cores]"),    QStringLiteral("Core 0"),  QStringLiteral("Core 1"),
        QStringLiteral("[Threads]"),  QStringLiteral("prime 1"), QStringLiteral("prime 2"),
        QStringLiteral("[Locks]"),    QStringLiteral("fork 1"),  QStringLiteral("fork 2"),
        QStringLiteral("[Counters]"), QStringLiteral("queue")};
    QCOMPARE(titlesOf(layout), expected);
    QCOMPARE(laneNamed(layout, QStringLiteral("Locks"))->subtitle, QStringLiteral("2"));
    QCOMPARE(laneNamed(layout, QStringLiteral("queue"))->object, ObjectId(3));
    QCOMPARE(laneNamed(layout, QStringLiteral("queue"))->track, kNoTrack);

    layout.update({viewOf(made)}, 500, 1, {}, QStringLiteral("que"));
    QVERIFY(laneNamed(layout, QStringLiteral("queue")));
    QVERIFY(!laneNamed(layout, QStringLiteral("fork 1")));
    layout.update({viewOf(made)}, 500, 1, {QStringLiteral("0/counters")}, {});
    QVERIFY(!laneNamed(layout, QStringLiteral("queue")));
}

void TestLaneLayout::aCounterWithoutAValueHasNoLane()
{
    HandmadeTrace made = HandmadeTrace::twoTasks();
    made.addObject(3, ObjectKind::Counter, "total");
    LaneLayout layout;
    layout.update({viewOf(made)}, 500, 1, {}, {});
    QVERIFY(!laneNamed(layout, QStringLiteral("Counters")));
    made.count(3, 10 * kMillisecond, 0); // while the layout is kept
    layout.update({viewOf(made)}, 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("total")));
    layout.update({}, 500, 1, {}, {});
    QVERIFY(layout.lanes().empty());
}

void TestLaneLayout::countersAreTallerThanTasks()
{
    HandmadeTrace made = HandmadeTrace::twoTasks();
    made.addObject(3, ObjectKind::Counter, "total");
    made.count(3, 10 * kMillisecond, 7);
    LaneLayout layout;
    layout.update({viewOf(made)}, 10, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("total"))->height
            > laneNamed(layout, QStringLiteral("prime 1"))->height);
    layout.update({viewOf(made)}, 5000, 1, {}, {});
    QCOMPARE(laneNamed(layout, QStringLiteral("total"))->height, 64.0);
}

void TestLaneLayout::severalRunsHaveHeadings()
{
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    LaneLayout layout;
    layout.update({viewOf(made, QStringLiteral("threads"), QStringLiteral("Threads")),
                   viewOf(made, QStringLiteral("pool"), QStringLiteral("Thread pool"))},
                  2000, 1, {}, {});
    const QStringList titles = titlesOf(layout);
    QCOMPARE(titles.at(0), QStringLiteral("# Threads"));
    QCOMPARE(titles.at(7), QStringLiteral("# Thread pool"));
    QCOMPARE(layout.lanes().back().run, 1);
    QCOMPARE(layout.lanes().back().group, QStringLiteral("1/threads"));
}

void TestLaneLayout::lanesAreFoundByTheirHeight()
{
    LaneLayout layout;
    layout.update({viewOf(HandmadeTrace::twoTasks())}, 500, 1, {}, {});
    const std::vector<Lane> &lanes = layout.lanes();
    for (int i = 0; i < int(lanes.size()); ++i) {
        const Lane &lane = lanes[std::size_t(i)];
        QCOMPARE(layout.laneAt(lane.y), i);
        QCOMPARE(layout.laneAt(lane.y + lane.height - 0.5), i);
    }
    QCOMPARE(layout.laneAt(-0.5), -1);
    QCOMPARE(layout.laneAt(layout.contentHeight()), -1);
}

QTEST_GUILESS_MAIN(TestLaneLayout)
#include "tst_lanelayout.moc"
