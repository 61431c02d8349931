// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/work/workplan.h"
#include "core/engine/workload.h"
#include "tests/core/engine/recording.h"

#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

using Given = std::initializer_list<std::pair<const char *, const char *>>;

RunSpec poolOf(Given params)
{
    RunSpec spec;
    spec.slug = "pool-saturation";
    spec.model = Model::Pool;
    for (const auto &[name, value] : params)
        spec.parameters.set(name, value);
    return spec;
}

/// What is left of a run when it is over.
struct Done {
    std::vector<Recorded> events; ///< of its jobs
    TaskTally tally;
    TaskId firstTask = kNoTask;
    std::string outcome;
};

Done execute(Recording &recording, RunSpec spec)
{
    EngineRun run(std::move(spec), recording.rings(), recording.messageFd(), 200);
    run.execute();
    Done done;
    done.tally = run.tally();
    done.firstTask = run.taskId(0);
    for (const Recorded &r : recording.events()) {
        if (r.event.task != run.mainTask())
            done.events.push_back(r);
    }
    done.outcome = recording.messages().back().key;
    return done;
}

/// How many of the jobs were under way at the same time, at most.
int mostAtOnce(const Done &done)
{
    int open = 0, most = 0;
    for (const Recorded &r : done.events) {
        if (r.event.kind == EventKind::Begin)
            most = std::max(most, ++open);
        else if (r.event.kind == EventKind::End)
            --open;
    }
    return most;
}

} // namespace

/// The parameters of S24 that say whom the pool's queue serves, and when.
class TestPoolModel : public QObject
{
    Q_OBJECT

private slots:
    void jobsAreTakenInTheAskedOrder_data()
    {
        QTest::addColumn<QByteArray>("order");
        QTest::newRow("short ones first") << QByteArray("short-first");
        QTest::newRow("long ones first") << QByteArray("long-first");
    }
    void jobsAreTakenInTheAskedOrder()
    {
        QFETCH(QByteArray, order);
        Recording recording;
        RunSpec spec = poolOf({{"jobs", "30"},
                               {"workers", "1"},
                               {"job_ms_min", "0"},
                               {"job_ms_max", "2"},
                               {"order", order.constData()}});
        const WorkParameters parameters = spec.parameters;
        const Done done = execute(recording, std::move(spec));
        QCOMPARE(done.outcome, std::string("finished"));
        QCOMPARE(done.tally.finished, 30u);
        std::vector<int> sizes;
        for (const Recorded &r : done.events) {
            if (r.event.kind == EventKind::Begin)
                sizes.push_back(poolJobSize(parameters, int(r.event.task - done.firstTask), 30));
        }
        std::vector<int> expected = sizes;
        std::sort(expected.begin(), expected.end());
        QVERIFY(expected.front() != expected.back());
        if (order == "long-first")
            std::reverse(expected.begin(), expected.end());
        QCOMPARE(sizes.size(), std::size_t(30));
        QCOMPARE(sizes, expected);
    }

    void anOrderIsNoneOfTheDriversBusiness()
    {
        Recording recording;
        const Done done = execute(recording,
                                  poolOf({{"jobs", "20"},
                                          {"job_ms_min", "0"},
                                          {"job_ms_max", "0"},
                                          {"scheduling", "steal"},
                                          {"release_while_waiting", "true"},
                                          {"order", "long-first"}}));
        QCOMPARE(done.outcome, std::string("finished"));
        QCOMPARE(done.tally.finished, 20u);
    }

    void jobsThatWaitAreUnderWayTogetherWhereTheyGiveTheirWorkerBack_data()
    {
        QTest::addColumn<QByteArray>("givesBack");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");
        QTest::newRow("kept") << QByteArray("false") << 1 << 1;
        QTest::newRow("given back") << QByteArray("true") << 2 << 6;
    }
    void jobsThatWaitAreUnderWayTogetherWhereTheyGiveTheirWorkerBack()
    {
        QFETCH(QByteArray, givesBack);
        QFETCH(int, least);
        QFETCH(int, most);
        Recording recording;
        const Done done = execute(recording,
                                  poolOf({{"jobs", "6"},
                                          {"workers", "1"},
                                          {"job_ms_min", "40"},
                                          {"job_ms_max", "40"},
                                          {"blocking_share", "100"},
                                          {"release_while_waiting", givesBack.constData()}}));
        QCOMPARE(done.outcome, std::string("finished"));
        QCOMPARE(done.tally.finished, 6u);
        QVERIFY(mostAtOnce(done) >= least);
        QVERIFY(mostAtOnce(done) <= most);
    }

    void theJobsAreTheSameHoweverTheyAreSharedOut()
    {
        WorkParameters parameters;
        std::vector<std::vector<double>> lengths;
        for (const char *scheduling : {"single", "static", "steal"}) {
            parameters.set("scheduling", scheduling);
            std::vector<double> &these = lengths.emplace_back();
            for (int i = 0; i < 40; ++i)
                these.push_back(poolJob(parameters, i, 40).burnMs);
        }
        QCOMPARE(lengths[2], lengths[1]);
        QVERIFY(lengths[0] != lengths[1]); // in another order
        for (std::vector<double> &these : lengths)
            std::sort(these.begin(), these.end());
        QCOMPARE(lengths[0], lengths[1]);
    }

    void noJobComesTwice()
    {
        const WorkParameters parameters;
        for (const int jobs : {1, 2, 3, 4, 6, 30, 1000}) {
            std::set<double> distinct;
            for (int i = 0; i < jobs; ++i)
                distinct.insert(poolJob(parameters, i, jobs).burnMs);
            QCOMPARE(distinct.size(), std::size_t(jobs));
        }
    }

    void theSizeOfAJobIsThatOfItsWorkOrItsWait()
    {
        WorkParameters parameters;
        for (int i = 0; i < 40; ++i) {
            parameters.set("blocking_share", "0");
            const int computing = poolJobSize(parameters, i, 40);
            QVERIFY(computing >= 0 && computing <= 100);
            parameters.set("blocking_share", "100");
            QVERIFY(std::abs(poolJobSize(parameters, i, 40) - computing) <= 1);
        }
        parameters.set("job_ms_min", "0");
        parameters.set("job_ms_max", "0");
        QCOMPARE(poolJobSize(parameters, 0, 1), 0);
        parameters.set("job_ms_min", "5"); // more than the longest: then all are as long
        QCOMPARE(poolJobSize(parameters, 0, 1), 100);
    }
};

QTEST_GUILESS_MAIN(TestPoolModel)
#include "tst_poolmodel.moc"
