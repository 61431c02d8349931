// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/lockgraph.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace Interleave;

class TestWaitForGraphSearch : public QObject
{
    Q_OBJECT

private slots:
    void whereNothingHasChangedNothingIsLookedAt();
    void aLookIsBoundedAndTheRestComesNext();
    void afterItsEndTheSearchFindsNothing();
    void itAgreesWithTryingEverySet_data();
    void itAgreesWithTryingEverySet();
};

namespace
{

/// What the test itself knows of a random graph.
struct World {
    struct Waiting {
        ObjectId object = kNoObject;
        TaskId awaited = kNoTask;
    };
    static constexpr TaskId kTasks = 7;
    static constexpr ObjectId kSemaphore = 4;
    /// 1, 2 locks; 3 a read-write lock; 4 a semaphore of two permits; 5 a condition
    static constexpr ObjectId kObjects = 5;

    std::map<ObjectId, std::vector<TaskId>> holders;
    std::map<ObjectId, bool> isShared;
    std::map<TaskId, Waiting> waits; ///< without a time limit

    /// Whether every task of the set waits for what only tasks of the set can give.
    [[nodiscard]] bool isStuck(unsigned set) const
    {
        const auto isIn = [set](TaskId task) { return (set >> task & 1) != 0; };
        for (TaskId task = 1; task <= kTasks; ++task) {
            if (!isIn(task))
                continue;
            const auto wait = waits.find(task);
            if (wait == waits.end())
                return false;
            if (wait->second.awaited != kNoTask) {
                if (!isIn(wait->second.awaited))
                    return false;
                continue;
            }
            const auto held = holders.find(wait->second.object);
            const std::size_t least = wait->second.object == kSemaphore ? 2 : 1;
            if (wait->second.object == kObjects || held == holders.end()
                || held->second.size() < least
                || !std::all_of(held->second.begin(), held->second.end(), isIn))
                return false;
        }
        return true;
    }
    [[nodiscard]] bool hasStuckSet() const
    {
        for (unsigned set = 2; set < 1u << (kTasks + 1); set += 2) {
            if (isStuck(set))
                return true;
        }
        return false;
    }
    [[nodiscard]] bool agreesWith(const Deadlock &deadlock) const
    {
        for (std::size_t i = 0; i < deadlock.cycle.size(); ++i) {
            const WaitEdge &edge = deadlock.cycle[i];
            const auto wait = waits.find(edge.waiter);
            if (wait == waits.end() || wait->second.object != edge.object)
                return false;
            const auto held = holders.find(edge.object);
            const bool has = edge.object == kNoObject ? wait->second.awaited == edge.holder
                                                      : held != holders.end()
                    && std::count(held->second.begin(), held->second.end(), edge.holder) > 0;
            if (!has || deadlock.cycle[(i + 1) % deadlock.cycle.size()].waiter != edge.holder)
                return false;
        }
        return !deadlock.cycle.empty();
    }
};

} // namespace

void TestWaitForGraphSearch::whereNothingHasChangedNothingIsLookedAt()
{
    constexpr TaskId kWaiters = 1'000;
    LockGraph graph;
    graph.take(1, 1);
    for (TaskId task = 2; task < 2 + kWaiters; ++task)
        graph.want(task, 1);
    QVERIFY(graph.hasChanged());
    QVERIFY(!graph.find());
    QVERIFY(graph.stepsOfLastLook() >= kWaiters);
    QVERIFY(!graph.hasChanged());
    QVERIFY(!graph.find());
    QCOMPARE(graph.stepsOfLastLook(), std::size_t(0));
    graph.take(2, 2);
    graph.want(1, 2); // a circle, among all those that wait
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 2 of 2; 2 wants 1 of 1"));
    QVERIFY(graph.stepsOfLastLook() < 20);
    QVERIFY(graph.hasChanged()); // as long as it is there
}

void TestWaitForGraphSearch::aLookIsBoundedAndTheRestComesNext()
{
    constexpr TaskId kWaiters = 200'000;
    LockGraph graph;
    graph.take(1, 1);
    for (TaskId task = 10; task < 10 + kWaiters; ++task)
        graph.want(task, 1);
    graph.take(2, 2);
    graph.take(3, 3);
    graph.want(2, 3, 10);
    graph.want(3, 2, 20);
    std::optional<Deadlock> found;
    int looks = 0;
    for (; !found && graph.hasChanged(); ++looks) {
        found = graph.find();
        QVERIFY(graph.stepsOfLastLook() < 100'000);
    }
    QVERIFY(looks > 2);
    QCOMPARE(textOf(found), QStringLiteral("2 wants 3 of 3; 3 wants 2 of 2"));
}

void TestWaitForGraphSearch::afterItsEndTheSearchFindsNothing()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.want(1, 1);
    QVERIFY(graph.find());
    graph.endSearch();
    graph.want(2, 1);
    graph.take(3, 3);
    graph.want(3, 3);
    QVERIFY(!graph.hasChanged());
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(3));
}

void TestWaitForGraphSearch::itAgreesWithTryingEverySet_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 40; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TestWaitForGraphSearch::itAgreesWithTryingEverySet()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    WaitForGraph graph;
    graph.defineObject(1, ObjectKind::Lock, 0);
    graph.defineObject(2, ObjectKind::Lock, 0);
    graph.defineObject(3, ObjectKind::ReadWriteLock, 0);
    graph.defineObject(World::kSemaphore, ObjectKind::Semaphore, 2);
    graph.defineObject(World::kObjects, ObjectKind::Condition, 0);
    World world;
    std::map<TaskId, bool> isTimed;
    for (int step = 0; step < 400; ++step) {
        const TaskId task = 1 + TaskId(random() % World::kTasks);
        const ObjectId object = 1 + ObjectId(random() % World::kObjects);
        std::vector<TaskId> &held = world.holders[object];
        const bool waits = world.waits.contains(task) || isTimed[task];
        const unsigned action = unsigned(random() % 8);
        if (waits && action < 2) {
            graph.waitEnd(task);
            world.waits.erase(task);
            isTimed[task] = false;
        } else if (!waits && action < 4 && object != World::kObjects) {
            const bool shared = object == 3 && random() % 2 == 0;
            const bool isFree = object == World::kSemaphore
                ? held.size() < 2
                : held.empty() || (shared && world.isShared[object]);
            if (!isFree)
                continue;
            const bool holdsIt = std::find(held.begin(), held.end(), task) != held.end();
            if (object != World::kSemaphore && holdsIt)
                continue;
            world.isShared[object] = shared;
            held.push_back(task);
            graph.acquire(task, object,
                          object == World::kSemaphore ? AccessMode::Permit
                              : shared                ? AccessMode::Shared
                                                      : AccessMode::Exclusive);
        } else if (!waits && action == 4) {
            const auto place = std::find(held.begin(), held.end(), task);
            if (place == held.end())
                continue;
            held.erase(place);
            graph.release(task, object);
        } else if (!waits) {
            const TaskId awaited = 1 + TaskId(random() % World::kTasks);
            const bool forTask = action == 5 && awaited != task;
            const bool timed = random() % 5 == 0;
            graph.wait(task, WaitReason::Lock, forTask ? kNoObject : object,
                       forTask ? awaited : kNoTask, timed, step);
            isTimed[task] = timed;
            if (!timed)
                world.waits[task] = {forTask ? kNoObject : object, forTask ? awaited : kNoTask};
        }
        const auto found = graph.find();
        QCOMPARE(found.has_value(), world.hasStuckSet());
        if (found)
            QVERIFY2(world.agreesWith(*found), qPrintable(textOf(found)));
    }
}

QTEST_GUILESS_MAIN(TestWaitForGraphSearch)
#include "tst_waitforgraphsearch.moc"
