// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/sourceprobe.h"

#include "core/sched/kernelobserver.h"
#include "core/sched/machineload.h"
#include "core/sched/processtree.h"
#include "core/sched/sampledobserver.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// The smallest rings will do: a test of 1 ms writes a handful of records.
constexpr std::size_t kProbePages = 8;

constexpr std::array kBestFirst = {Source::KernelWide, Source::Kernel, Source::Sampled,
                                   Source::Events};

constexpr const char *kSilent =
    "perf_event_open works, but the kernel reports no context switches of this program";

pid_t ownTid()
{
    return pid_t(syscall(SYS_gettid));
}

/// A number from /proc/sys/kernel, -1 when it cannot be read.
int kernelSetting(const char *name)
{
    std::ifstream file(std::string("/proc/sys/kernel/") + name);
    int value = -1;
    return file >> value ? value : -1;
}

/// Renames the calling thread for its lifetime: a mark in the kernel's own stream (kernel.md,
/// section 4).
class TemporaryName
{
public:
    explicit TemporaryName(const char *name)
    {
        prctl(PR_GET_NAME, m_before.data());
        prctl(PR_SET_NAME, name);
    }
    TemporaryName(const TemporaryName &) = delete;
    TemporaryName &operator=(const TemporaryName &) = delete;
    ~TemporaryName() { prctl(PR_SET_NAME, m_before.data()); }

private:
    std::array<char, 16> m_before{};
};

void sleepOneMillisecond()
{
    const timespec duration{0, long(kMillisecond)};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, nullptr);
}

/// Opens, maps, renames, sleeps and reads, all on the calling thread.
/// Success when the rename and both switches of the sleep came out with true times.
Result<void> testKernelSource()
{
    constexpr const char *kMark = "observed-myself";
    const pid_t tid = ownTid();
    KernelObserverOptions options;
    options.ringPages = kProbePages;
    const auto observer = KernelObserver::open(tid, options);
    if (!observer)
        return observer.error();

    const TimestampNs before = monotonicNow();
    {
        const TemporaryName name(kMark);
        sleepOneMillisecond();
    }
    const TimestampNs after = monotonicNow();

    std::vector<SchedEvent> events;
    observer.value()->drain(events);
    const auto reports = [&](SchedEventKind kind) {
        return std::any_of(events.begin(), events.end(), [&](const SchedEvent &event) {
            return event.kind == kind && event.tid == tid && event.time >= before
                && event.time <= after
                && (kind != SchedEventKind::Name || std::string_view(event.name.data()) == kMark);
        });
    };
    if (!reports(SchedEventKind::Name) || !reports(SchedEventKind::SwitchOut)
        || !reports(SchedEventKind::SwitchIn))
        return Error{ErrorCode::Failed, kSilent};
    return {};
}

Result<void> testWholeMachine()
{
    KernelObserverOptions options;
    options.wholeMachine = true;
    options.ringPages = kProbePages;
    const auto observer = KernelObserver::open(-1, options);
    if (!observer)
        return observer.error();
    return {};
}

bool canSample(pid_t pid, pid_t tid)
{
    ThreadSchedStat stat;
    return readThreadSchedStat(pid, tid, stat);
}

/// Why the kernel tier was refused, with the setting that usually is the cause.
std::string refusalReason(const Error &error, int paranoid)
{
    if (error.code != ErrorCode::NotAllowed)
        return error.message;
    std::string reason = error.message;
    if (paranoid >= 0)
        reason += ", kernel.perf_event_paranoid is " + std::to_string(paranoid);
    if (paranoid >= 0 && paranoid <= 2)
        reason += "; a sandbox such as a container's seccomp profile forbids it";
    return reason;
}

/// Why only the own programs: said in the words of the setting when that is what is in the way.
std::string ownProgramsReason(const Error &error, int paranoid)
{
    if (error.code == ErrorCode::NotAllowed && paranoid > 0)
        return "the kernel allows only your own programs to be observed"
               " (kernel.perf_event_paranoid is "
            + std::to_string(paranoid) + ")";
    return "the whole machine cannot be observed: " + refusalReason(error, paranoid);
}

std::string noSchedstat(pid_t pid, pid_t tid)
{
    return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid)
        + "/schedstat cannot be read";
}

/// How a run's process is met.
enum class Meeting { Held, Running };

/// What openTier() and its callers share.
struct Opening {
    pid_t pid = 0;
    Meeting meeting = Meeting::Held;
    std::string reason; ///< why the tier that was tried last is refused
    std::optional<Error> error; ///< that lies in the process: no tier will do
};

/// A kernel that takes the event and then reports nothing does not begin to report later, so this
/// is found out once. Everything else is found out by opening, and may change at any time.
bool isKernelSilent()
{
    static const bool isSilent = [] {
        const Result<void> tested = testKernelSource();
        return !tested && tested.error().code == ErrorCode::Failed;
    }();
    return isSilent;
}

/// One tier for one process; null with the reason when this machine refuses it.
std::unique_ptr<Observer> openTier(Source tier, Opening &opening)
{
    const pid_t pid = opening.pid;
    if (tier == Source::Events)
        return std::make_unique<EventsOnlyObserver>();
    if (tier == Source::Sampled) {
        if (canSample(pid, pid)) {
            return std::make_unique<SampledObserver>(pid,
                                                     opening.meeting == Meeting::Running
                                                         ? SampledObserver::Start::Running
                                                         : SampledObserver::Start::Held);
        }
        opening.reason = noSchedstat(pid, pid);
        return nullptr;
    }
    if (isKernelSilent()) {
        opening.reason = kSilent;
        return nullptr;
    }
    KernelObserverOptions options;
    options.wholeMachine = tier == Source::KernelWide;
    auto observer = opening.meeting == Meeting::Running ? KernelObserver::attach(pid, options)
                                                        : KernelObserver::open(pid, options);
    if (observer)
        return std::move(observer).value();
    const Error &error = observer.error();
    const int paranoid = kernelSetting("perf_event_paranoid");
    opening.reason =
        options.wholeMachine ? ownProgramsReason(error, paranoid) : refusalReason(error, paranoid);
    // Where this program may observe itself, it is the other one that may not be observed.
    const bool isOfProcess = error.code == ErrorCode::NotFound
        || (error.code == ErrorCode::NotAllowed && tier == Source::Kernel
            && testKernelSource().isOk());
    if (opening.meeting == Meeting::Running && isOfProcess)
        opening.error = error;
    return nullptr;
}

std::optional<Source> sourceFromEnvironment(std::string &remark)
{
    const char *text = std::getenv("INTERLEAVE_SOURCE");
    if (!text || !*text)
        return std::nullopt;
    for (const Source source : kBestFirst) {
        if (std::string_view(text) == sourceName(source))
            return source;
    }
    remark = std::string("INTERLEAVE_SOURCE is \"") + text
        + "\", which is no source; it may be kernel-wide, kernel, sampled or events";
    return std::nullopt;
}

void addSentence(std::string &text, const std::string &sentence)
{
    if (sentence.empty())
        return;
    if (!text.empty())
        text += "; ";
    text += sentence;
}

/// The tier asked for, or the best that works from there downwards; null only with opening.error.
std::unique_ptr<Observer> openBest(Opening &opening, std::optional<Source> wanted,
                                   std::string &remark)
{
    remark.clear();
    if (!wanted)
        wanted = sourceFromEnvironment(remark);
    const Source from = wanted.value_or(kBestFirst.front());
    std::string why;
    for (const Source tier : kBestFirst) {
        if (tier < from)
            continue;
        opening.reason.clear();
        std::unique_ptr<Observer> observer = openTier(tier, opening);
        if (opening.error)
            return nullptr;
        if (observer) {
            addSentence(remark, why);
            return observer;
        }
        // Refused altogether is what counts then, no longer "only your own programs".
        if (tier == Source::Kernel)
            why.clear();
        addSentence(why, opening.reason);
    }
    addSentence(remark, why);
    return std::make_unique<EventsOnlyObserver>();
}

} // namespace

SourceVerdict probeSources()
{
    SourceVerdict verdict;
    verdict.paranoid = kernelSetting("perf_event_paranoid");
    verdict.mlockKb = kernelSetting("perf_event_mlock_kb");
    const Result<void> own = testKernelSource();
    if (own) {
        const Result<void> whole = testWholeMachine();
        verdict.best = whole ? Source::KernelWide : Source::Kernel;
        if (!whole) {
            verdict.reason = ownProgramsReason(whole.error(), verdict.paranoid);
            if (whole.error().code == ErrorCode::NotAllowed && verdict.paranoid > 0)
                verdict.remedy = "sudo sysctl kernel.perf_event_paranoid=0";
        }
        return verdict;
    }
    verdict.reason = refusalReason(own.error(), verdict.paranoid);
    if (own.error().code == ErrorCode::NotAllowed && verdict.paranoid > 2)
        verdict.remedy = "sudo sysctl kernel.perf_event_paranoid=2";
    verdict.best = Source::Sampled;
    if (!canSample(getpid(), ownTid())) {
        verdict.best = Source::Events;
        addSentence(verdict.reason, noSchedstat(getpid(), ownTid()));
    }
    return verdict;
}

std::unique_ptr<Observer> openObserver(pid_t pid, std::optional<Source> wanted, std::string &remark)
{
    Opening opening;
    opening.pid = pid;
    return openBest(opening, wanted, remark);
}

Result<std::unique_ptr<Observer>> openAttachedObserver(pid_t pid, std::optional<Source> wanted,
                                                       std::string &remark)
{
    if (pid <= 0 || threadsOf(pid).empty())
        return Error{ErrorCode::NotFound,
                     "there is no process " + std::to_string(pid) + " that could be observed"};
    Opening opening;
    opening.pid = pid;
    opening.meeting = Meeting::Running;
    std::unique_ptr<Observer> observer = openBest(opening, wanted, remark);
    if (opening.error)
        return *opening.error;
    addSentence(remark, observer->remark()); // a part of the tree may be left out
    return Result<std::unique_ptr<Observer>>(std::move(observer));
}

} // namespace Interleave
