// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop.h"

#include "core/run/calibrationcache.h"
#include "core/sched/kernelobserver.h"
#include "core/sched/processmemory.h"
#include "core/sched/sourceprobe.h"
#include "core/sched/topology.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

namespace Interleave
{

namespace
{

// Every drain takes a core from the run for a moment, and splits a slice. In the window it has to keep up
// with the frames; without one it only has to be well within what the rings hold: at least 40 ms of switches
// (kernel.md, section 2), for which their watermark wakes us anyway, and 130 ms of 250 k events/s a thread.
constexpr int kLiveTickMs = 5;
constexpr int kHeadlessTickMs = 20;
constexpr int kSampledTickMs = 2; // the observer itself decides whether a sample is due
constexpr DurationNs kReadyTimeout = 10 * kSecond;
constexpr DurationNs kAfterStopFlag = 500 * kMillisecond;
constexpr DurationNs kAfterTerm = kSecond;

TaskKind taskKindOf(const std::string &word)
{
    if (word == "main")
        return TaskKind::Main;
    if (word == "job")
        return TaskKind::Job;
    if (word == "process")
        return TaskKind::Process;
    if (word == "coroutine")
        return TaskKind::Coroutine;
    return word == "step" ? TaskKind::Step : TaskKind::Thread;
}

QString machineText()
{
    const MachineDescription m = describeMachine();
    return QStringLiteral("%1 · %2 cores · %3")
        .arg(QString::fromStdString(m.processor))
        .arg(m.cores)
        .arg(QString::fromStdString(m.kernel));
}

} // namespace

struct RunLoop::ActiveRun {
    ActiveRun(RunRequest asked, EngineHostProcess process)
        : request(std::move(asked))
        , host(std::move(process))
    {
    }

    RunRequest request;
    EngineHostProcess host;
    std::shared_ptr<Trace> trace;
    std::unique_ptr<Collector> collector;
    RunReport report;
    std::optional<Message> outcome;
    std::vector<CoreLoad> loadsBefore;
    std::vector<PrintedLine> fresh; ///< lines not yet told
    TimestampNs released = 0;
    TimestampNs memoryNext = 0; ///< when it is measured next
    std::uint64_t peakBytes = 0;
    std::size_t remarks = 0; ///< of the collector, told so far
    TimestampNs stopAsked = 0; ///< 0: not asked
    int rung = 0; ///< of the ladder: 0 flag, 1 SIGTERM sent, 2 SIGKILL sent
    bool timedOut = false;
    bool lowered = false;
};

RunLoop::RunLoop(Callbacks callbacks)
    : m_callbacks(std::move(callbacks))
    , m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

RunLoop::~RunLoop() = default;

void RunLoop::post(std::function<void()> command)
{
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    eventfd_write(m_wake.get(), 1);
}

void RunLoop::postPrepare(bool background)
{
    post([this, background] { prepare(background); });
}
void RunLoop::postStart(const RunRequest &request)
{
    post([this, request] { start(request); });
}
void RunLoop::postStop()
{
    post([this] { requestStop(false); });
}
void RunLoop::postQuit()
{
    post([this] { m_quit = true; });
}

void RunLoop::loop()
{
    prctl(PR_SET_NAME, "collector");
    // An engine that dies before it takes its run is an error to tell, not the end of the window.
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
    m_keeper = openKeeperEvent();
    while (!m_quit) {
        wait();
        runCommands();
        if (m_run)
            tick();
    }
    m_run.reset(); // kills and reaps what still runs
    m_spare.reset();
}

void RunLoop::runCommands()
{
    eventfd_t ignored;
    eventfd_read(m_wake.get(), &ignored);
    for (;;) {
        std::function<void()> command;
        {
            const std::lock_guard lock(m_mutex);
            if (m_commands.empty())
                return;
            command = std::move(m_commands.front());
            m_commands.pop_front();
        }
        command();
    }
}

void RunLoop::wait()
{
    std::vector<pollfd> fds{{m_wake.get(), POLLIN, 0}};
    int timeout = -1;
    if (m_run) {
        timeout = m_run->collector->observer().source() == Source::Sampled ? kSampledTickMs
            : m_run->request.background                                    ? kLiveTickMs
                                                                           : kHeadlessTickMs;
        fds.push_back({m_run->host.pidFd(), POLLIN, 0});
        for (const int fd : m_run->collector->observer().wakeDescriptors())
            fds.push_back({fd, POLLIN, 0});
    } else if (m_spare && !m_spareLowered) {
        timeout = 30;
    }
    ::poll(fds.data(), fds.size(), timeout);
    if (m_spare && !m_spareLowered)
        m_spareLowered = m_spare->lowerPriority();
}

std::string RunLoop::enginePath(const char *name)
{
    const QByteArray folder = qgetenv("INTERLEAVE_BIN");
    const QString base =
        folder.isEmpty() ? QCoreApplication::applicationDirPath() : QString::fromLocal8Bit(folder);
    return QString(base + QLatin1Char('/') + QLatin1String(name)).toStdString();
}

void RunLoop::prepare(bool background)
{
    if (m_run || (m_spare && m_spare->isBackground() == background))
        return;
    if (m_unitsPerMs == 0)
        m_unitsPerMs = cachedCalibration(enginePath("interleave-engine"));
    m_spare.reset();
    auto host =
        EngineHostProcess::start({enginePath("interleave-engine"), background, m_unitsPerMs});
    if (!host)
        return; // start() tries again and tells
    m_spare.emplace(std::move(host).value());
    m_spareLowered = m_spare->lowerPriority();
}

Result<EngineHostProcess> RunLoop::takeHost(const RunRequest &request)
{
    prepare(request.background);
    if (m_spare && m_spare->tryReap()) // it died while it waited
        m_spare.reset();
    if (!m_spare)
        prepare(request.background);
    if (!m_spare)
        return EngineHostProcess::start(
            {enginePath("interleave-engine"), request.background, m_unitsPerMs});
    EngineHostProcess host = std::move(*m_spare);
    m_spare.reset();
    return host;
}

void RunLoop::start(const RunRequest &request)
{
    if (m_run) {
        failToStart(request, {ErrorCode::Failed, "a run is in progress: stop it first"});
        return;
    }
    auto host = takeHost(request);
    if (!host) {
        failToStart(request, host.error());
        return;
    }
    auto run = std::make_unique<ActiveRun>(request, std::move(host).value());
    if (auto launched = launch(*run); !launched) {
        failToStart(request, launched.error());
        return;
    }
    m_run = std::move(run);
    m_callbacks.started(m_run->trace);
}

Result<void> RunLoop::launch(ActiveRun &run)
{
    auto ready = run.host.waitUntilReady(kReadyTimeout);
    if (!ready)
        return ready.error();
    if (m_unitsPerMs == 0 && ready.value() > 0) {
        m_unitsPerMs = ready.value();
        storeCalibration(enginePath("interleave-engine"), m_unitsPerMs);
    }
    run.lowered = run.host.lowerPriority();
    std::string remark;
    auto observer = openObserver(run.host.pid(), run.request.source, remark);
    run.trace = std::make_shared<Trace>();
    run.collector = std::make_unique<Collector>(run.trace, run.host.rings(), std::move(observer),
                                                run.host.firstPair());
    run.collector->addRoot(run.host.pid(), "interleave-engi"); // as the kernel cuts it
    run.report.source = run.collector->observer().source();
    run.report.sourceRemark =
        QString::fromStdString(remark.empty() ? run.collector->observer().remark() : remark);
    run.loadsBefore = readCoreLoads();

    const QJsonObject spec{
        {QStringLiteral("slug"), run.request.set.slug},
        {QStringLiteral("model"), run.request.model},
        {QStringLiteral("params"), run.request.params},
        {QStringLiteral("worker"), QString::fromStdString(enginePath("interleave-worker"))},
    };
    run.peakBytes = residentBytesOfTree(run.host.pid());
    run.released = monotonicNow();
    run.trace->setOrigin(run.released);
    return run.host.release(QJsonDocument(spec).toJson(QJsonDocument::Compact).toStdString());
}

void RunLoop::failToStart(const RunRequest &request, const Error &error)
{
    RunReport report;
    report.taskSet = request.set.id;
    report.slug = request.set.slug;
    report.title = request.set.title;
    report.model = request.model;
    report.params = request.params;
    report.outcome = RunOutcome::Failed;
    report.message = QString::fromStdString(error.message);
    report.sentence = report.message;
    m_callbacks.finished(report);
}

void RunLoop::requestStop(bool timedOut)
{
    if (!m_run || m_run->stopAsked != 0)
        return;
    m_run->stopAsked = monotonicNow();
    m_run->timedOut = timedOut;
    m_run->host.requestStop();
}

void RunLoop::tick()
{
    ActiveRun &run = *m_run;
    if (!run.lowered)
        run.lowered = run.host.lowerPriority();
    const auto exit = run.host.tryReap(); // before the drain: then the drain sees all of it
    if (exit)
        run.host.sweep();
    run.collector->tick([&] {
        std::vector<Message> messages;
        run.host.readMessages(messages);
        for (const Message &message : messages)
            handle(message);
        std::vector<std::string> output;
        run.host.readOutput(output);
        for (const std::string &line : output)
            run.fresh.push_back({monotonicNow(), kNoTask, QString::fromStdString(line)});
    });
    measureMemory();
    for (; run.remarks < run.collector->remarks().size(); ++run.remarks)
        run.fresh.push_back({monotonicNow(), kNoTask,
                             QString::fromStdString(run.collector->remarks()[run.remarks])});
    if (!run.fresh.empty()) {
        m_callbacks.printed(run.fresh);
        run.report.lines.insert(run.report.lines.end(), run.fresh.begin(), run.fresh.end());
        run.fresh.clear();
    }
    if (exit) {
        finishRun(*exit);
        return;
    }
    if (monotonicNow() - run.released > kLongestRun)
        requestStop(true);
    climbLadder();
}

void RunLoop::measureMemory()
{
    constexpr DurationNs kInterval =
        20 * kMillisecond; // below 1 % of a core for some ten processes
    ActiveRun &run = *m_run;
    const TimestampNs now = monotonicNow();
    if (now < run.memoryNext || run.host.pid() == 0)
        return;
    run.peakBytes = std::max(run.peakBytes, residentBytesOfTree(run.host.pid()));
    // Hundreds of threads take milliseconds to look at: never more than 1 % of a core.
    run.memoryNext = now + std::max(kInterval, 100 * (monotonicNow() - now));
}

void RunLoop::handle(const Message &message)
{
    ActiveRun &run = *m_run;
    switch (message.kind) {
    case MessageKind::Define:
        run.trace->defineTasks(
            message.task, std::uint32_t(std::min<std::uint64_t>(message.number, Trace::kMostTasks)),
            taskKindOf(message.key), message.cause, message.text);
        break;
    case MessageKind::Line:
        run.trace->setMarkText(std::uint32_t(message.number), message.text);
        run.fresh.push_back({message.time, message.task, QString::fromStdString(message.text)});
        break;
    case MessageKind::Result: {
        // A value, not a document: wrapped, because QJsonDocument reads objects and arrays only.
        const QByteArray wrapped = "[" + QByteArray::fromStdString(message.text) + "]";
        const QJsonValue value = QJsonDocument::fromJson(wrapped)[0];
        run.report.result.insert(QString::fromStdString(message.key), value);
        break;
    }
    case MessageKind::Outcome:
        run.outcome = message;
        break;
    case MessageKind::Note:
    case MessageKind::Output:
        run.fresh.push_back({message.time ? message.time : monotonicNow(), message.task,
                             QString::fromStdString(message.text)});
        if (message.kind == MessageKind::Note && run.report.message.isEmpty())
            run.report.message = QString::fromStdString(message.text);
        break;
    case MessageKind::Ready:
    case MessageKind::ProcessStarted:
    case MessageKind::ProcessEnded:
        break;
    }
}

void RunLoop::climbLadder()
{
    ActiveRun &run = *m_run;
    if (run.stopAsked == 0)
        return;
    const DurationNs since = monotonicNow() - run.stopAsked;
    if (run.rung == 0 && since > kAfterStopFlag) {
        run.host.signalGroup(SIGTERM);
        run.rung = 1;
    } else if (run.rung == 1 && since > kAfterStopFlag + kAfterTerm) {
        run.host.signalGroup(SIGKILL);
        ::kill(run.host.pid(), SIGKILL);
        run.rung = 2;
    }
}

void RunLoop::fillOutcome(RunReport &report, const EngineHostProcess::Exit &exit) const
{
    const ActiveRun &run = *m_run;
    if (run.timedOut) {
        report.outcome = RunOutcome::TimedOut;
        report.message = QStringLiteral("it was ended after %1 s, the longest that a run may last")
                             .arg(kLongestRun / kSecond);
    } else if (run.stopAsked != 0) {
        report.outcome = RunOutcome::Cancelled;
        report.message = run.rung == 0 ? QStringLiteral("stopped on request")
            : run.rung == 1
            ? QStringLiteral("stopped by SIGTERM: it did not answer the request")
            : QStringLiteral("stopped by SIGKILL: it answered neither the request nor SIGTERM");
    } else if (exit.signalled) {
        report.outcome = RunOutcome::Crashed;
        report.message =
            QStringLiteral("the engine was ended by signal %1 (SIG%2: %3)")
                .arg(exit.code)
                .arg(QLatin1String(sigabbrev_np(exit.code)), QLatin1String(sigdescr_np(exit.code)));
    } else if (run.outcome && run.outcome->key == "finished") {
        report.outcome = RunOutcome::Finished;
        if (!run.outcome->text.empty())
            report.message = QString::fromStdString(run.outcome->text);
    } else {
        report.outcome = RunOutcome::Failed;
        report.message = run.outcome
            ? QString::fromStdString(run.outcome->text)
            : QStringLiteral("the engine ended with exit code %1 before its work was done")
                  .arg(exit.code);
    }
}

void RunLoop::finishRun(const EngineHostProcess::Exit &exit)
{
    ActiveRun &run = *m_run;
    const TimestampNs end = monotonicNow();
    run.collector->finish(end);
    RunReport &report = run.report;
    report.taskSet = run.request.set.id;
    report.slug = run.request.set.slug;
    report.title = run.request.set.title;
    report.model = run.request.model;
    report.params = run.request.params;
    report.machine = machineText();
    report.priority = QString::fromStdString(run.host.priority());
    report.peakRssBytes = run.peakBytes;
    report.eventsRecorded = run.collector->recordedEvents();
    report.eventsDropped = run.collector->droppedEvents();
    report.recordsLost = run.collector->lostRecords();
    report.eventsLate = run.trace->lateEvents();
    report.trace = run.trace;
    report.statistics = computeStatistics(TraceSnapshot(*run.trace));
    if (report.source != Source::KernelWide) {
        // What the cores did beyond our own: coarse (10 ms ticks), but better than nothing.
        const std::vector<CoreLoad> after = readCoreLoads();
        auto &cores = report.statistics.cores;
        for (std::size_t i = 0; i < std::min({cores.size(), after.size(), run.loadsBefore.size()});
             ++i)
            cores[i].others =
                std::max<DurationNs>(0, after[i].busy - run.loadsBefore[i].busy - cores[i].busy);
    }
    fillOutcome(report, exit);
    const std::uint32_t ringless = run.host.rings().header().threadsWithoutRing.load();
    if (ringless > 0 && report.message.isEmpty())
        report.message =
            QStringLiteral("%1 threads found no room to record: what they did is missing")
                .arg(ringless);
    report.sentence = resultSentence(report);
    const RunReport finished = std::move(report);
    const bool background = run.request.background;
    const bool keepSpare = run.request.keepSpare;
    m_run.reset();
    m_callbacks.finished(finished);
    if (keepSpare)
        prepare(background);
}

} // namespace Interleave
