// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop.h"

#include "core/run/calibrationcache.h"
#include "core/run/runloop_p.h"
#include "core/sched/kernelobserver.h"
#include "core/sched/processmemory.h"
#include "core/sched/sourceprobe.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <csignal>

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

/// For poll(2): until `time`, and not a moment less.
int msUntil(TimestampNs time)
{
    return int(std::max<DurationNs>(0, time - monotonicNow()) / kMillisecond) + 1;
}

/// The window looks at the machine's load while nothing runs; elsewhere it is measured before a run.
bool isMeasuredAhead(const RunRequest &request)
{
    return request.keepSpare && request.background;
}

} // namespace

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
    post([this] { requestStop(StopReason::Asked); });
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
        if (!m_run || m_quit)
            continue;
        if (m_run->isReleased())
            watch();
        else
            getReady();
    }
    // What a run has made (files, a table in a database) it removes itself when it is asked to stop.
    if (m_run && m_run->isReleased()) {
        m_run->request.keepSpare = false;
        requestStop(StopReason::Asked);
        const TimestampNs until = monotonicNow() + StopLadder::kAfterFlag;
        while (m_run && monotonicNow() < until) {
            wait();
            eventfd_t ignored;
            eventfd_read(m_wake.get(), &ignored);
            watch();
        }
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
    if (m_run && !m_run->isReleased()) {
        timeout = msUntil(m_run->readyBy);
        if (!isMeasuredAhead(m_run->request) && m_busy.nextSample() != 0)
            timeout = std::min(timeout, msUntil(m_busy.nextSample()));
        fds.push_back({m_run->host->pidFd(), POLLIN, 0});
        fds.push_back({m_run->host->messagesFd(), POLLIN, 0});
    } else if (m_run) {
        timeout = m_run->collector->observer().source() == Source::Sampled ? kSampledTickMs
            : m_run->request.background                                    ? kLiveTickMs
                                                                           : kHeadlessTickMs;
        if (!m_run->exit) // it stays readable
            fds.push_back({m_run->host->pidFd(), POLLIN, 0});
        for (const int fd : m_run->collector->observer().wakeDescriptors())
            fds.push_back({fd, POLLIN, 0});
    } else if (m_spare && !m_spareLowered) {
        timeout = 30;
    } else if (m_spare) { // the window is idle
        timeout = m_busy.nextSample() == 0 ? int(BusyCheck::kWindow / kMillisecond)
                                           : msUntil(m_busy.nextSample());
    }
    ::poll(fds.data(), fds.size(), timeout);
    if (m_spare && !m_spareLowered)
        m_spareLowered = m_spare->lowerPriority();
    if (!m_run && m_spare)
        watchLoadWhileIdle();
}

/// So that the answer is there at once when a run is started. Not before the spare engine is ready, which
/// is busy itself until then.
void RunLoop::watchLoadWhileIdle()
{
    const auto ready = m_spare->checkReady();
    if (ready && ready.value())
        m_busy.sample();
}

/// Whether it is known what else the machine does, as far as the run wants to know. The window has
/// measured that while nothing ran; without one it is measured now, while the engine is held.
bool RunLoop::isLoadKnown()
{
    if (!m_run->isTaskSet() || !m_run->request.set.cpuBound || isMeasuredAhead(m_run->request)
        || m_busy.isMeasured())
        return true;
    m_busy.sample();
    return m_busy.isMeasured();
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
    m_spare = std::move(host).value();
    m_busy.forget();
    m_spareLowered = m_spare->lowerPriority();
}

Result<std::unique_ptr<RunHost>> RunLoop::takeHost(const RunRequest &request)
{
    if (request.command || request.attachTo)
        return makeCommandHost(request);
    prepare(request.background);
    if (m_spare && m_spare->tryReap()) // it died while it waited
        m_spare.reset();
    if (!m_spare)
        prepare(request.background);
    if (!m_spare) {
        auto started = EngineHostProcess::start(
            {enginePath("interleave-engine"), request.background, m_unitsPerMs});
        if (!started)
            return started.error();
        m_spare = std::move(started).value();
    }
    std::unique_ptr<RunHost> host = std::move(m_spare);
    return host;
}

void RunLoop::start(RunRequest request)
{
    if (m_run) {
        tellThatItNeverRan(request, RunOutcome::Failed,
                           QStringLiteral("a run is in progress: stop it first"));
        return;
    }
    if (const auto found = findProgramOfSet(request); !found) {
        tellThatItNeverRan(request, RunOutcome::Failed,
                           QString::fromStdString(found.error().message));
        return;
    }
    if (isRefused(request)) // and that has been told
        return;
    auto host = takeHost(request);
    if (!host) {
        tellThatItNeverRan(request, RunOutcome::Failed,
                           QString::fromStdString(host.error().message));
        return;
    }
    m_run = std::make_unique<ActiveRun>(request, std::move(host).value());
    m_run->readyBy = monotonicNow() + kReadyTimeout;
    if (!m_run->isTaskSet())
        describeCommand();
}

/// Looks whether the host is ready, and lets it go when it is. Between two looks the loop waits, and
/// hears a stop or the end of the window at once.
void RunLoop::getReady()
{
    ActiveRun &run = *m_run;
    const auto ready = run.host->checkReady();
    if (!ready) {
        endBeforeRelease(RunOutcome::Failed, QString::fromStdString(ready.error().message));
        return;
    }
    if (!ready.value()) {
        if (monotonicNow() >= run.readyBy)
            endBeforeRelease(
                RunOutcome::Failed,
                QStringLiteral("the %1 did not get ready within %2 s")
                    .arg(run.isTaskSet() ? QLatin1String("engine") : QLatin1String("launcher"))
                    .arg(kReadyTimeout / kSecond));
        return;
    }
    if (!isLoadKnown())
        return;
    if (const auto launched = launch(run, *ready.value()); !launched) {
        endBeforeRelease(RunOutcome::Failed, QString::fromStdString(launched.error().message));
        return;
    }
    m_callbacks.started(run.trace);
}

Result<void> RunLoop::launch(ActiveRun &run, std::uint64_t unitsPerMs)
{
    if (run.isTaskSet() && m_unitsPerMs == 0 && unitsPerMs > 0) {
        m_unitsPerMs = unitsPerMs;
        storeCalibration(enginePath("interleave-engine"), m_unitsPerMs);
    }
    run.rootPid = run.host->pid();
    run.lowered = run.host->lowerPriority();
    std::string remark;
    const TimestampNs before = monotonicNow();
    Result<std::unique_ptr<Observer>> observer = run.request.attachTo
        ? openAttachedObserver(run.rootPid, run.request.source, remark)
        : openObserver(run.rootPid, run.request.source, remark);
    if (!observer)
        return observer.error();
    run.trace = std::make_shared<Trace>();
    run.collector =
        std::make_unique<Collector>(run.trace, run.host->rings(), std::move(observer).value(),
                                    run.host->firstPair(), run.host->helperBoard());
    if (!run.isTaskSet()) {
        run.collector->followCommand();
        run.standstill.emplace(*run.trace, run.request.standstillAfter);
    }
    // What runs already is told by its observer, if there is one.
    if (!run.request.attachTo || run.collector->observer().source() == Source::Events)
        run.collector->addRoot(run.rootPid, run.host->firstName());
    run.report.source = run.collector->observer().source();
    run.report.sourceRemark =
        QString::fromStdString(remark.empty() ? run.collector->observer().remark() : remark);
    run.loadsBefore = readCoreLoads();
    const std::string busy =
        run.isTaskSet() && run.request.set.cpuBound ? m_busy.remark() : std::string();
    m_busy.forget(); // a window that this run lies in says nothing about anything else
    run.report.machineRemark = QString::fromStdString(busy);

    const QJsonObject spec{
        {QStringLiteral("slug"), run.request.set.work()},
        {QStringLiteral("model"), run.request.model},
        {QStringLiteral("params"), run.request.params},
        {QStringLiteral("worker"), QString::fromStdString(enginePath("interleave-worker"))},
    };
    if (run.isTaskSet()) // what a launcher takes is not the command's
        run.peakBytes = residentBytesOfTree(run.rootPid);
    run.released = run.request.attachTo ? before : monotonicNow();
    run.trace->setOrigin(run.released);
    if (!run.hostRemark.isEmpty())
        run.addLine(run.released, kNoTask, run.hostRemark.toStdString());
    if (!busy.empty())
        run.addLine(run.released, kNoTask, busy);
    return run.host->release(QJsonDocument(spec).toJson(QJsonDocument::Compact).toStdString());
}

void RunLoop::requestStop(StopReason reason)
{
    if (!m_run || m_run->ladder.isAsked())
        return;
    if (!m_run->isReleased()) {
        endBeforeRelease(RunOutcome::Cancelled, QStringLiteral("stopped before it began"));
        return;
    }
    m_run->ladder.ask(monotonicNow());
    m_run->stopReason = reason;
    m_run->host->requestStop();
}

void RunLoop::endBeforeRelease(RunOutcome outcome, const QString &message)
{
    const RunRequest request = m_run->request;
    m_run.reset(); // kills the host
    tellThatItNeverRan(request, outcome, message);
    if (outcome == RunOutcome::Cancelled && request.keepSpare)
        prepare(request.background);
}

void RunLoop::tellThatItNeverRan(const RunRequest &request, RunOutcome outcome,
                                 const QString &message, std::optional<int> status)
{
    RunReport report;
    if (request.command || request.attachTo) {
        CommandReport command;
        command.spec = request.command.value_or(CommandSpec());
        command.isAttached = request.attachTo.has_value();
        if (outcome == RunOutcome::Failed)
            command.failure = message;
        command.exitCode = status;
        report.command = std::move(command);
    }
    describeRequest(request, report);
    report.outcome = outcome;
    report.message = message;
    report.sentence = message;
    m_callbacks.finished(report);
}

} // namespace Interleave
