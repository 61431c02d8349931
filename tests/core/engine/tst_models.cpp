// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/workload.h"
#include "tests/core/engine/recording.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

std::string workerPath()
{
    const QByteArray named = qgetenv("INTERLEAVE_WORKER");
    if (!named.isEmpty())
        return named.toStdString();
    return QString(QCoreApplication::applicationDirPath() + QStringLiteral("/../interleave-worker"))
        .toStdString();
}

RunSpec specOf(const char *slug, Model model, std::map<std::string, std::string> params)
{
    RunSpec spec;
    spec.slug = slug;
    spec.model = model;
    spec.worker = workerPath();
    for (const auto &[name, value] : params)
        spec.parameters.set(name, value);
    return spec;
}

/// What is left of a run when it is over.
struct Done {
    std::vector<Recorded> events;
    std::vector<Message> messages;
    TaskTally tally;
    TaskId mainTask = kNoTask;
    int tasks = 0;

    [[nodiscard]] TaskId task(int index) const { return mainTask + 1 + TaskId(index); }
    [[nodiscard]] const Message &outcome() const { return messages.back(); }
    [[nodiscard]] QJsonValue result(const std::string &key) const
    {
        for (const Message &message : messages) {
            if (message.kind == MessageKind::Result && message.key == key)
                return QJsonDocument::fromJson(
                    QByteArray::fromStdString('[' + message.text + ']'))[0];
        }
        return QJsonValue(QJsonValue::Undefined);
    }
};

Done execute(Recording &recording, RunSpec spec)
{
    Done done;
    EngineRun run(std::move(spec), recording.rings(), recording.messageFd(), 200);
    run.execute();
    done.tally = run.tally();
    done.mainTask = run.mainTask();
    done.tasks = run.taskCount();
    done.events = recording.events();
    done.messages = recording.messages();
    return done;
}

constexpr Model kAllModels[] = {Model::Sequential, Model::Threads, Model::Pool, Model::Processes,
                                Model::Coroutines};

bool hasEnded(EventKind kind)
{
    return kind == EventKind::End || kind == EventKind::Cancelled || kind == EventKind::Failed;
}

} // namespace

class TestModels : public QObject
{
    Q_OBJECT

private:
    static void addEveryModel()
    {
        QTest::addColumn<int>("model");
        for (const Model model : kAllModels)
            QTest::newRow(taskKindWord(model)) << int(model);
    }

private slots:
    void initTestCase()
    {
        QVERIFY2(QFile::exists(QString::fromStdString(workerPath())), workerPath().c_str());
    }

    void everySetRunsUnderEveryModel_data()
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<int>("model");
        for (const char *slug :
             {"two-sleepers", "main-keeps-going", "named-workers", "primes", "io-or-cpu",
              "ordering", "pool-saturation", "oversubscription", "spawn-cost"}) {
            for (const Model model : kAllModels)
                QTest::addRow("%s as %s", slug, taskKindWord(model))
                    << QByteArray(slug) << int(model);
        }
    }
    void everySetRunsUnderEveryModel()
    {
        QFETCH(QByteArray, slug);
        QFETCH(int, model);
        Recording recording;
        const Done done = execute(recording,
                                  specOf(slug.constData(), Model(model),
                                         {{"tasks", "3"},
                                          {"jobs", "5"},
                                          {"count", "3"},
                                          {"iterations", "2"},
                                          {"period_ms", "2"},
                                          {"work_ms", "2"},
                                          {"total_ms", "6"},
                                          {"main_work_ms", "1"},
                                          {"job_ms_min", "0"},
                                          {"job_ms_max", "2"},
                                          {"rounds", "2"},
                                          {"letters", "2"},
                                          {"work_us", "20"}}));
        QVERIFY2(done.outcome().kind == MessageKind::Outcome, "the outcome is the last message");
        QVERIFY2(done.outcome().key == "finished", done.outcome().text.c_str());
        QCOMPARE(done.outcome().text, std::string());
        QCOMPARE(done.tally.finished, std::uint32_t(done.tasks));
        QCOMPARE(recording.dropped(), std::uint64_t(0));
        for (int i = 0; i < done.tasks; ++i) {
            const auto kinds = kindsOf(done.events, done.task(i));
            QCOMPARE(std::count(kinds.begin(), kinds.end(), EventKind::Begin), std::ptrdiff_t(1));
            QCOMPARE(kinds.back(), EventKind::End);
        }
        QCOMPARE(kindsOf(done.events, done.mainTask).front(), EventKind::Begin);
        QCOMPARE(kindsOf(done.events, done.mainTask).back(), EventKind::End);
    }

    void mainIsDefinedFirstAndThenTheTasks_data() { addEveryModel(); }
    void mainIsDefinedFirstAndThenTheTasks()
    {
        QFETCH(int, model);
        Recording recording;
        const Done done =
            execute(recording, specOf("primes", Model(model), {{"tasks", "4"}, {"work_ms", "1"}}));
        const Message &main = done.messages[0];
        const Message &tasks = done.messages[1];
        QCOMPARE(main.kind, MessageKind::Define);
        QCOMPARE(main.key, std::string("main"));
        QCOMPARE(main.task, done.mainTask);
        QCOMPARE(tasks.kind, MessageKind::Define);
        QCOMPARE(tasks.key, std::string(taskKindWord(Model(model))));
        QCOMPARE(tasks.task, done.task(0));
        QCOMPARE(tasks.number, std::uint64_t(4));
        QCOMPARE(tasks.cause, done.mainTask);
        QCOMPARE(tasks.text, std::string("prime"));
    }

    void eachModelUsesItsOwnCarriers_data() { addEveryModel(); }
    void eachModelUsesItsOwnCarriers()
    {
        QFETCH(int, model);
        Recording recording;
        // They wait for each other, so that none can serve two.
        const Done done = execute(
            recording,
            specOf("ordering", Model(model), {{"tasks", "3"}, {"rounds", "2"}, {"letters", "1"}}));
        std::set<pid_t> pids, tids;
        for (const Recorded &r : done.events) {
            if (r.event.kind == EventKind::Begin && r.event.task != done.mainTask) {
                pids.insert(r.pid);
                tids.insert(r.tid);
            }
        }
        const bool ownProcesses = Model(model) == Model::Processes;
        const bool onMain = Model(model) == Model::Sequential || Model(model) == Model::Coroutines;
        QCOMPARE(tids.size(), std::size_t(onMain ? 1 : 3));
        QCOMPARE(pids.size(), std::size_t(ownProcesses ? 3 : 1));
        QCOMPARE(pids.contains(getpid()), !ownProcesses);
        QCOMPARE(tids.contains(gettid()), onMain);
    }

    void coroutinesHaveTheSameOrderInEveryRound()
    {
        Recording recording;
        const Done done = execute(
            recording, specOf("ordering", Model::Coroutines, {{"rounds", "6"}, {"work_us", "50"}}));
        QCOMPARE(done.result("distinct_orders").toInt(), 1);
        QCOMPARE(done.result("rounds").toInt(), 6);
        const QJsonArray orders = done.result("orders").toArray();
        QCOMPARE(orders.size(), qsizetype(6));
        QCOMPARE(orders[0].toString(), QStringLiteral("ABCDABCDABCDABCDABCDABCD"));
    }

    void everyRoundHasAllLetters_data() { addEveryModel(); }
    void everyRoundHasAllLetters()
    {
        QFETCH(int, model);
        Recording recording;
        const Done done = execute(
            recording,
            specOf("ordering", Model(model), {{"tasks", "3"}, {"rounds", "3"}, {"letters", "4"}}));
        const QJsonArray orders = done.result("orders").toArray();
        QCOMPARE(orders.size(), qsizetype(3));
        for (const QJsonValue order : orders) {
            for (const char letter : {'A', 'B', 'C'})
                QCOMPARE(order.toString().count(QLatin1Char(letter)), qsizetype(4));
        }
    }

    void aStopRequestEndsARunAsCancelled_data() { addEveryModel(); }
    void aStopRequestEndsARunAsCancelled()
    {
        QFETCH(int, model);
        Recording recording;
        // The first printed line says that a task is in the middle of its sleep, or about to be.
        std::vector<Message> before;
        std::thread stopper([&] {
            while (const auto message = recording.nextMessage()) {
                before.push_back(*message);
                if (message->kind == MessageKind::Line)
                    break;
            }
            recording.rings().requestStop();
        });
        EngineRun run(specOf("two-sleepers", Model(model),
                             {{"tasks", "3"}, {"iterations", "1000"}, {"period_ms", "60000"}}),
                      recording.rings(), recording.messageFd(), 200);
        run.execute();
        stopper.join();
        const auto messages = recording.messages();
        QVERIFY(!messages.empty());
        QCOMPARE(messages.back().key, std::string("finished"));
        QCOMPARE(messages.back().text, std::string("stopped before the end"));
        QCOMPARE(run.tally().cancelled, 3u);
        QCOMPARE(run.tally().finished, 0u);
        const auto events = recording.events();
        QVERIFY(countOf(events, EventKind::Cancelled) >= 1);
        QCOMPARE(countOf(events, EventKind::End), 1); // main
    }

    void mainPrintsFirstWhereItsTasksHaveToWaitForIt()
    {
        Recording recording;
        const Done done = execute(recording,
                                  specOf("main-keeps-going", Model::Coroutines,
                                         {{"iterations", "1"}, {"period_ms", "1"}}));
        std::vector<std::string> lines;
        for (const Message &message : done.messages) {
            if (message.kind == MessageKind::Line)
                lines.push_back(message.text);
        }
        QCOMPARE(lines.front(), std::string("Main thread is running"));
        QCOMPARE(lines.back(), std::string("Main thread exiting"));
    }

    void withoutJoiningMainEndsBeforeItsTasks_data() { addEveryModel(); }
    void withoutJoiningMainEndsBeforeItsTasks()
    {
        QFETCH(int, model);
        Recording recording;
        const Done done = execute(recording,
                                  specOf("main-keeps-going", Model(model),
                                         {{"join", "false"},
                                          {"iterations", "2"},
                                          {"period_ms", "100"},
                                          {"main_work_ms", "0"}}));
        QCOMPARE(done.outcome().key, std::string("finished"));
        std::vector<TaskId> ended;
        for (const Recorded &r : done.events) {
            if (hasEnded(r.event.kind))
                ended.push_back(r.event.task);
        }
        QCOMPARE(ended.size(), std::size_t(3));
        const bool oneAfterAnother = Model(model) == Model::Sequential;
        QCOMPARE(ended.front() == done.mainTask, !oneAfterAnother);
    }

    void namesAreTakenFromTheListAndFilledUp()
    {
        Recording recording;
        const Done done = execute(recording,
                                  specOf("named-workers", Model::Threads,
                                         {{"names", "reader, a name that is too long"},
                                          {"iterations", "1"},
                                          {"period_ms", "1"}}));
        std::vector<std::string> names;
        for (const Message &message : done.messages) {
            if (message.kind == MessageKind::Define && message.task != done.mainTask)
                names.push_back(message.text);
        }
        const std::vector<std::string> expected{"reader", "a name that is too long", "Thread-3"};
        QCOMPARE(names, expected);
        QCOMPARE(done.result("kernel_names").toArray()[1].toString(),
                 QStringLiteral("a name that is "));
    }

    void everySchedulingDoesEveryJob_data()
    {
        QTest::addColumn<QByteArray>("dispatch");
        QTest::addColumn<QByteArray>("scheduling");
        QTest::newRow("jobs") << QByteArray("jobs") << QByteArray("single");
        QTest::newRow("drivers") << QByteArray("drivers") << QByteArray("single");
        QTest::newRow("static") << QByteArray("drivers") << QByteArray("static");
        QTest::newRow("steal") << QByteArray("jobs") << QByteArray("steal");
    }
    void everySchedulingDoesEveryJob()
    {
        QFETCH(QByteArray, dispatch);
        QFETCH(QByteArray, scheduling);
        Recording recording;
        const Done done = execute(recording,
                                  specOf("pool-saturation", Model::Pool,
                                         {{"jobs", "100"},
                                          {"workers", "3"},
                                          {"job_ms_min", "0"},
                                          {"job_ms_max", "1"},
                                          {"dispatch", dispatch.toStdString()},
                                          {"scheduling", scheduling.toStdString()}}));
        QCOMPARE(done.outcome().key, std::string("finished"));
        QCOMPARE(done.tally.finished, 100u);
        std::set<TaskId> begun;
        for (const Recorded &r : done.events) {
            if (r.event.kind == EventKind::Begin || r.event.kind == EventKind::Chain)
                begun.insert(r.event.task);
        }
        QCOMPARE(begun.size(), std::size_t(101)); // and main
        QCOMPARE(countOf(done.events, EventKind::Queued), 100);
        QVERIFY(done.result("busy_ms").toArray().size() >= 1);
        const bool plain = dispatch == "jobs" && scheduling == "single";
        QCOMPARE(done.result("dispatch").toString(),
                 plain ? QStringLiteral("jobs") : QStringLiteral("drivers"));
    }

    void aSmallPoolRunsItsJobsOneAfterAnother()
    {
        Recording recording;
        const Done done = execute(
            recording,
            specOf("two-sleepers", Model::Pool,
                   {{"tasks", "3"}, {"workers", "1"}, {"iterations", "1"}, {"period_ms", "1"}}));
        int open = 0;
        for (const Recorded &r : done.events) {
            if (r.event.task == done.mainTask)
                continue;
            open += r.event.kind == EventKind::Begin ? 1 : hasEnded(r.event.kind) ? -1 : 0;
            QVERIFY(open <= 1);
        }
        QCOMPARE(done.tally.finished, 3u);
    }

    void nobodyRunsMoreProcessesThanAllowed()
    {
        Recording recording;
        const Done done = execute(
            recording,
            specOf("pool-saturation", Model::Processes,
                   {{"jobs", "6"}, {"workers", "2"}, {"job_ms_min", "1"}, {"job_ms_max", "1"}}));
        int open = 0, most = 0;
        for (const Message &message : done.messages) {
            open += message.kind == MessageKind::ProcessStarted ? 1
                : message.kind == MessageKind::ProcessEnded     ? -1
                                                                : 0;
            most = std::max(most, open);
        }
        QCOMPARE(open, 0);
        QVERIFY(most <= 2);
        QCOMPARE(done.tally.finished, 6u);
    }

    void spawnCostTellsTheCostOfOne_data() { addEveryModel(); }
    void spawnCostTellsTheCostOfOne()
    {
        QFETCH(int, model);
        Recording recording;
        const Done done = execute(recording, specOf("spawn-cost", Model(model), {{"count", "4"}}));
        QCOMPARE(done.result("count").toInt(), 4);
        QVERIFY(done.result("per_task_ns").toDouble() > 0);
        QVERIFY(done.result("total_ns").toDouble() > 0);
    }

    void aCrashInAChildFailsTheRunWithItsSignal()
    {
        Recording recording;
        const Done done =
            execute(recording,
                    specOf("test-crash", Model::Processes, {{"how", "kill"}, {"period_ms", "4"}}));
        QCOMPARE(done.outcome().key, std::string("failed"));
        QVERIFY2(done.outcome().text.find("signal 9 SIGKILL") != std::string::npos,
                 done.outcome().text.c_str());
        QCOMPARE(done.tally.finished, 2u);
        QCOMPARE(done.tally.failed, 1u);
    }

    void anExceptionInATaskFailsTheRunWithItsText_data() { addEveryModel(); }
    void anExceptionInATaskFailsTheRunWithItsText()
    {
        QFETCH(int, model);
        Recording recording;
        const Done done = execute(
            recording, specOf("test-crash", Model(model), {{"how", "throw"}, {"period_ms", "1"}}));
        QCOMPARE(done.outcome().key, std::string("failed"));
        QCOMPARE(done.tally.failed, 1u);
        QCOMPARE(done.tally.finished, 2u);
        QCOMPARE(kindsOf(done.events, done.task(1)).back(), EventKind::Failed);
        const bool told =
            std::any_of(done.messages.begin(), done.messages.end(), [](const Message &m) {
                return m.text.find("thrown on purpose") != std::string::npos;
            });
        QVERIFY(told);
    }

    void aWorkerThatIsNotThereIsTold()
    {
        Recording recording;
        RunSpec spec = specOf("primes", Model::Processes, {{"tasks", "2"}, {"work_ms", "1"}});
        spec.worker = "/nonexistent/interleave-worker";
        const Done done = execute(recording, std::move(spec));
        QCOMPARE(done.outcome().key, std::string("failed"));
        QVERIFY(done.outcome().text.find("/nonexistent/interleave-worker") != std::string::npos);
    }

    void aSetThatIsNotThereIsTold()
    {
        Recording recording;
        const Done done = execute(recording, specOf("no-such-set", Model::Threads, {}));
        QCOMPARE(done.outcome().key, std::string("failed"));
        QVERIFY(done.outcome().text.find("no-such-set") != std::string::npos);
        QCOMPARE(kindsOf(done.events, done.mainTask).back(), EventKind::End);
    }

    void everyMarkOfAStormIsRecordedOrCounted()
    {
        Recording recording;
        const Done done = execute(recording,
                                  specOf("test-storm", Model::Threads,
                                         {{"tasks", "2"}, {"rate", "50000"}, {"duration", "50"}}));
        const auto marks = std::uint64_t(countOf(done.events, EventKind::Mark));
        QCOMPARE(done.result("marks").toDouble(), 5000.0);
        QCOMPARE(marks + recording.dropped(), std::uint64_t(5000));
    }

    void aSpecificationIsReadOrRefusedWithAReason()
    {
        const auto spec = parseRunSpec(R"({"slug":"primes","model":"pool","worker":"/w",
            "params":{"tasks":4,"share":12.5,"join":true,"names":"a,b"}})");
        QVERIFY(spec.isOk());
        QCOMPARE(spec.value().model, Model::Pool);
        QCOMPARE(spec.value().worker, std::string("/w"));
        const std::vector<std::string> expected{"join=true", "names=a,b", "share=12.5", "tasks=4"};
        QCOMPARE(spec.value().parameters.toArguments(), expected);
        QVERIFY(!parseRunSpec("").isOk());
        QVERIFY(!parseRunSpec("[]").isOk());
        QVERIFY(!parseRunSpec(R"({"model":"pool"})").isOk());
        QVERIFY(!parseRunSpec(R"({"slug":"primes","model":"magic"})").isOk());
        const auto list = parseRunSpec(R"({"slug":"s","model":"pool","params":{"x":[1]}})");
        QVERIFY(!list.isOk());
        QVERIFY(list.error().message.find("parameter x") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
