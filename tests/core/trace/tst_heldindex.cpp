// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/heldindex.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace Interleave;

class TestHeldIndex : public QObject
{
    Q_OBJECT

private:
    static std::vector<ObjectId> of(const HeldIndex &index, TaskId task)
    {
        std::vector<ObjectId> objects;
        index.forEach(task, [&](ObjectId object) { objects.push_back(object); });
        std::sort(objects.begin(), objects.end());
        return objects;
    }

private slots:
    void whoHoldsNothingHasNoEntries()
    {
        HeldIndex index;
        QVERIFY(of(index, 1).empty());
        QVERIFY(of(index, std::numeric_limits<TaskId>::max()).empty());
        index.remove(1, 1);
        index.add(1, 4);
        index.remove(1, 5); // another one
        QCOMPARE(of(index, 1), std::vector<ObjectId>{4});
        QVERIFY(of(index, 2).empty());
    }

    void anObjectIsThereOnce()
    {
        HeldIndex index;
        index.add(1, 4);
        index.add(1, 4);
        QCOMPARE(of(index, 1), std::vector<ObjectId>{4});
        index.remove(1, 4);
        QVERIFY(of(index, 1).empty());
    }

    void tasksThatAreNotKeptHaveNone()
    {
        HeldIndex index;
        index.add(Trace::kMostTasks, 1);
        index.add(std::numeric_limits<TaskId>::max(), 1);
        QVERIFY(of(index, Trace::kMostTasks).empty());
        index.add(Trace::kMostTasks - 1, 1);
        QCOMPARE(of(index, Trace::kMostTasks - 1), std::vector<ObjectId>{1});
    }

    void itAgreesWithAMapOfSets()
    {
        std::mt19937 random(11);
        std::map<TaskId, std::set<ObjectId>> expected;
        HeldIndex index;
        for (int step = 0; step < 20'000; ++step) {
            const TaskId task = TaskId(random() % 20);
            const ObjectId object = 1 + ObjectId(random() % 6);
            if (random() % 2 == 0) {
                index.add(task, object);
                expected[task].insert(object);
            } else {
                index.remove(task, object);
                expected[task].erase(object);
            }
            const std::set<ObjectId> &held = expected[task];
            QCOMPARE(of(index, task), std::vector<ObjectId>(held.begin(), held.end()));
        }
    }
};

QTEST_GUILESS_MAIN(TestHeldIndex)
#include "tst_heldindex.moc"
