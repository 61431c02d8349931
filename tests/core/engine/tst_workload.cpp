// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/workload.h"
#include "tests/core/engine/recording.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace Interleave;

namespace
{

using Params = std::map<std::string, std::string>;

RunSpec specOf(const char *slug, Model model, const Params &params)
{
    RunSpec spec;
    spec.slug = slug;
    spec.model = model;
    const QByteArray worker = qgetenv("INTERLEAVE_WORKER");
    spec.worker = worker.isEmpty()
        ? QString(QCoreApplication::applicationDirPath() + QStringLiteral("/../interleave-worker"))
              .toStdString()
        : worker.toStdString();
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

    [[nodiscard]] const Message &outcome() const { return messages.back(); }
    [[nodiscard]] std::vector<Message> ofKind(MessageKind kind) const
    {
        std::vector<Message> found;
        for (const Message &message : messages) {
            if (message.kind == kind)
                found.push_back(message);
        }
        return found;
    }
    /// -1 where it is not told.
    [[nodiscard]] int number(const std::string &key) const
    {
        for (const Message &message : ofKind(MessageKind::Result)) {
            if (message.key == key)
                return QByteArray::fromStdString(message.text).toInt();
        }
        return -1;
    }
    [[nodiscard]] QJsonArray result(const std::string &key) const
    {
        for (const Message &message : ofKind(MessageKind::Result)) {
            if (message.key == key)
                return QJsonDocument::fromJson(QByteArray::fromStdString(message.text)).array();
        }
        return {};
    }
};

Done execute(Recording &recording, RunSpec spec)
{
    Done done;
    EngineRun run(std::move(spec), recording.rings(), recording.messageFd(), 200);
    run.execute();
    done.tally = run.tally();
    done.mainTask = run.mainTask();
    done.events = recording.events();
    done.messages = recording.messages();
    return done;
}

} // namespace

class TestWorkload : public QObject
{
    Q_OBJECT

private slots:
    void theWorkersFollowTheirParameter_data()
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<QByteArray>("asked");
        QTest::addColumn<int>("workers");
        QTest::newRow("sleepers, not said") << QByteArray("two-sleepers") << QByteArray() << 5;
        QTest::newRow("sleepers, 0") << QByteArray("two-sleepers") << QByteArray("0") << 5;
        QTest::newRow("sleepers, 1") << QByteArray("two-sleepers") << QByteArray("1") << 1;
        QTest::newRow("sleepers, more than tasks")
            << QByteArray("two-sleepers") << QByteArray("32") << 32;
        QTest::newRow("sleepers, less than none")
            << QByteArray("two-sleepers") << QByteArray("-3") << 5;
        QTest::newRow("sleepers, too many")
            << QByteArray("two-sleepers") << QByteArray("99999999999") << 1024;
        QTest::newRow("jobs, not said") << QByteArray("pool-saturation") << QByteArray() << 2;
        QTest::newRow("jobs, 0") << QByteArray("pool-saturation") << QByteArray("0") << 2;
        QTest::newRow("jobs, 7") << QByteArray("pool-saturation") << QByteArray("7") << 7;
        QTest::newRow("primes, not said")
            << QByteArray("primes") << QByteArray() << coresOfThisRun();
        QTest::newRow("primes, 0") << QByteArray("primes") << QByteArray("0") << coresOfThisRun();
    }
    void theWorkersFollowTheirParameter()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, asked);
        QFETCH(int, workers);
        Recording recording;
        Params params{{"tasks", "5"}};
        if (!asked.isEmpty())
            params["workers"] = asked.toStdString();
        const EngineRun run(specOf(slug.constData(), Model::Pool, params), recording.rings(),
                            recording.messageFd(), 200);
        const std::unique_ptr<Workload> workload = makeWorkload(slug.constData(), run);
        QVERIFY(workload != nullptr);
        QCOMPARE(workload->workers(), workers);
    }

    /// A pool that gets fewer threads than it is told to have must not go on as if it had them.
    void setsWhoseTasksWaitForEachOtherNeedAllOfThem()
    {
        for (const char *const slug : {"deadlock", "philosophers"}) {
            for (const char *const kind : {"locks", "starvation"}) {
                Recording recording;
                const EngineRun run(specOf(slug, Model::Pool, {{"kind", kind}}), recording.rings(),
                                    recording.messageFd(), 200);
                const std::unique_ptr<Workload> workload = makeWorkload(slug, run);
                QVERIFY(workload != nullptr);
                QVERIFY(workload->needsAllTasks());
            }
        }
    }

    void theKernelIsAskedForTheNames_data()
    {
        QTest::addColumn<int>("model");
        for (const Model model :
             {Model::Sequential, Model::Threads, Model::Pool, Model::Processes, Model::Coroutines})
            QTest::newRow(taskKindWord(model)) << int(model);
    }
    void theKernelIsAskedForTheNames()
    {
        QFETCH(int, model);
        const std::vector<std::string> names{"reader", "a name that is too long",
                                             "fourteen bytes\xC3\xA9"};
        Recording recording;
        const Done done = execute(recording,
                                  specOf("named-workers", Model(model),
                                         {{"names", names[0] + ',' + names[1] + ',' + names[2]},
                                          {"iterations", "1"},
                                          {"period_ms", "1"}}));
        QVERIFY2(done.outcome().key == "finished", done.outcome().text.c_str());
        const QJsonArray told = done.result("kernel_names");
        QCOMPARE(told.size(), qsizetype(names.size()));
        const bool isShared =
            Model(model) == Model::Sequential || Model(model) == Model::Coroutines;
        QCOMPARE(done.number("kernel_name_count"), isShared ? 1 : 3);
        QCOMPARE(done.number("names_known"), isShared ? 0 : 3);
        // On one thread for all the kernel knows one name: that of the thread.
        const bool onMain = Model(model) == Model::Sequential || Model(model) == Model::Coroutines;
        for (std::size_t i = 0; i < names.size(); ++i)
            QCOMPARE(told[qsizetype(i)].toString().toStdString(),
                     onMain ? currentKernelName() : kernelName(names[i]));
    }

    void aTaskThatNeverRanHasNoNameInTheKernel()
    {
        Recording recording;
        recording.rings().requestStop();
        const Done done =
            execute(recording, specOf("named-workers", Model::Threads, {{"tasks", "2"}}));
        QCOMPARE(done.tally.cancelled, 2u);
        const QJsonArray told = done.result("kernel_names");
        QCOMPARE(told.size(), qsizetype(2));
        QVERIFY(told[0].isNull() && told[1].isNull());
        QCOMPARE(done.number("kernel_name_count"), 0);
        QCOMPARE(done.number("names_known"), 0);
    }

    void aChildIsBusyOnlyInsideItsTask()
    {
        Recording recording; // its ticks are nanoseconds
        const Done done = execute(
            recording,
            specOf("pool-saturation", Model::Processes,
                   {{"jobs", "4"}, {"workers", "2"}, {"job_ms_min", "1"}, {"job_ms_max", "2"}}));
        QVERIFY2(done.outcome().key == "finished", done.outcome().text.c_str());
        double withinMs = 0;
        for (const Recorded &r : done.events) {
            const double ms = double(r.event.ticks) / double(kMillisecond);
            if (r.event.task != done.mainTask && r.event.kind == EventKind::Begin)
                withinMs -= ms;
            else if (r.event.task != done.mainTask && r.event.kind == EventKind::End)
                withinMs += ms;
        }
        const QJsonArray busy = done.result("busy_ms");
        QVERIFY(busy.size() == 1 || busy.size() == 2);
        double busyMs = 0;
        for (const QJsonValue worker : busy)
            busyMs += worker.toDouble();
        QVERIFY(busyMs > 0);
        QVERIFY2(busyMs <= withinMs + 0.01, // it is told in microseconds
                 qPrintable(QStringLiteral("%1 of %2 ms").arg(busyMs).arg(withinMs)));
    }

    void everyChildIsToldWithItsEndAndItsTime()
    {
        Recording recording;
        const Done done =
            execute(recording,
                    specOf("test-crash", Model::Processes, {{"how", "kill"}, {"period_ms", "4"}}));
        std::set<std::uint64_t> pids;
        for (const Message &started : done.ofKind(MessageKind::ProcessStarted))
            pids.insert(started.number);
        QCOMPARE(pids.size(), std::size_t(3));
        const auto ended = done.ofKind(MessageKind::ProcessEnded);
        QCOMPARE(ended.size(), std::size_t(3));
        for (const Message &message : ended) {
            QCOMPARE(pids.erase(message.number), std::size_t(1));
            const bool crashed = message.task == done.mainTask + 2; // the second task does
            QCOMPARE(message.key, std::string(crashed ? "signal" : "exit"));
            QCOMPARE(message.cause, crashed ? 9u : 0u);
            long long user = -1, system = -1;
            QCOMPARE(std::sscanf(message.text.c_str(), "%lld %lld", &user, &system), 2);
            QVERIFY(user >= 0 && system >= 0 && user + system > 0);
        }
        const auto lines = done.ofKind(MessageKind::Output);
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0].task, done.mainTask + 2);
        QVERIFY2(lines[0].text.find("SIGKILL") != std::string::npos, lines[0].text.c_str());
    }

    void threadsThatFindNoRoomToRecordStillDoTheirWork()
    {
        Recording recording({4, 1024, 0});
        // They meet, so that all of them are there at once; main records, too.
        const Done done = execute(recording,
                                  specOf("ordering", Model::Threads,
                                         {{"tasks", "6"}, {"rounds", "1"}, {"letters", "1"}}));
        QCOMPARE(done.outcome().key, std::string("finished"));
        QCOMPARE(done.tally.finished, 6u);
        QCOMPARE(recording.rings().header().threadsWithoutRing.load(), 3u);
    }
};

QTEST_GUILESS_MAIN(TestWorkload)
#include "tst_workload.moc"
