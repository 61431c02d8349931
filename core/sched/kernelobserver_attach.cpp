// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver_p.h"
#include "core/sched/processtree.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <sys/resource.h>

namespace Interleave
{

namespace
{

/// A thread inherits its maker's events at one moment of its making, and the FORK record is stamped at a
/// later one; in between lies the copying of memory when it is a process.
constexpr DurationNs kThreadTakes = kMillisecond;
constexpr DurationNs kProcessTakes = 50 * kMillisecond;

/// A program that makes threads faster than they can be opened must not keep us for ever.
constexpr DurationNs kLongestAttach = 2 * kSecond;

/// Descriptors that are left to everybody else.
constexpr rlim_t kSpareDescriptors = 256;

std::string refusalOf(pid_t pid, const std::string &name, int error)
{
    std::ifstream file("/proc/sys/kernel/perf_event_paranoid");
    int paranoid = 0;
    const bool isKnown = bool(file >> paranoid);
    return "process " + std::to_string(pid) + (name.empty() ? "" : " (" + name + ')')
        + " may not be observed: perf_event_open was refused with " + errnoName(error)
        + "; it has to be one of the same user that is neither setuid nor protected from ptrace, or"
          " Interleave needs CAP_PERFMON"
        + (isKnown ? " (kernel.perf_event_paranoid is " + std::to_string(paranoid) + ')' : "");
}

} // namespace

/// What attach() knows while it is at work.
///
/// No thread is stopped, so that threads come and go while others are being opened. A thread that a
/// fully opened one made later has inherited all of its events, as its FORK record proves. Of one that
/// was made while its maker was being opened nobody knows what it has inherited: it is opened, too, and
/// what it then writes twice is taken out (CoreRing::removeRepeats()).
struct KernelObserver::Attaching {
    struct Thread {
        pid_t pid = 0;
        pid_t tid = 0;
        TimestampNs since = 0; ///< before its first event was opened
        bool wasWaiting = false; ///< then
        TimestampNs statusAt = 0; ///< after its last one was
        std::optional<ThreadStatus> status; ///< nothing: it had ended by then
    };
    struct Switch {
        TimestampNs time = 0;
        bool isIn = false;
    };

    Attaching(KernelObserver &ofObserver, pid_t rootPid)
        : observer(ofObserver)
        , root(rootPid)
    {
    }

    Result<void> openAll();
    void listAll();
    void finish();

    [[nodiscard]] std::vector<Thread> newThreads() const;
    Result<void> openThread(Thread thread);
    int openOnEveryCore(pid_t tid);
    void refuse(pid_t pid, const std::string &name, int error);
    void readRecords();
    void addFound(const Thread &thread, std::vector<SchedEvent> &out) const;
    [[nodiscard]] bool wasWaiting(const Thread &thread) const;

    KernelObserver &observer;
    pid_t root;
    TimestampNs begun = monotonicNow();
    std::vector<Thread> threads; ///< that were opened, or in the whole-machine tier listed
    std::map<pid_t, TimestampNs> covered; ///< threads, and since when their events are complete
    std::set<pid_t> refused; ///< processes
    std::vector<SchedEvent> records;
    std::size_t recordsRead = 0;
    std::set<pid_t> forked; ///< threads that a record tells the beginning of
    std::set<pid_t> ended;
    std::map<pid_t, Switch> firstSwitch;
};

Result<std::unique_ptr<KernelObserver>> KernelObserver::attach(pid_t pid,
                                                               const KernelObserverOptions &options)
{
    const Error gone{ErrorCode::NotFound,
                     "there is no process " + std::to_string(pid) + " that could be observed"};
    if (pid <= 0 || threadsOf(pid).empty())
        return gone;
    std::unique_ptr<KernelObserver> observer(new KernelObserver);
    observer->m_isAttached = true;
    Attaching attaching(*observer, pid);
    if (const Result<void> opened = observer->openRings(pid, options); !opened)
        return opened.error();
    if (options.wholeMachine) {
        attaching.listAll();
    } else if (const Result<void> opened = attaching.openAll(); !opened) {
        return opened.error();
    }
    if (attaching.threads.empty())
        return gone; // a zombie, or it ended a moment ago
    attaching.finish();
    return Result<std::unique_ptr<KernelObserver>>(std::move(observer));
}

/// Lists and opens until a list has nothing new.
Result<void> KernelObserver::Attaching::openAll()
{
    for (;;) {
        std::vector<Thread> listed = newThreads();
        readRecords(); // after the list: what inherited everything is known by now
        std::erase_if(listed,
                      [this](const Thread &thread) { return covered.contains(thread.tid); });
        if (listed.empty())
            return {};
        for (const Thread &thread : listed) {
            if (refused.contains(thread.pid))
                continue;
            if (Result<void> opened = openThread(thread); !opened)
                return opened;
        }
        if (monotonicNow() - begun > kLongestAttach) {
            observer.m_attachRemark = "process " + std::to_string(root)
                + " makes threads faster than they can be observed: some of them may be missing";
            return {};
        }
    }
}

/// Every core is observed already: what is missing is only who was there.
void KernelObserver::Attaching::listAll()
{
    threads = newThreads();
    for (Thread &thread : threads) {
        // Since the rings are open: else its first records would be those of a foreign thread.
        thread.since = begun;
        thread.wasWaiting = true; // what became of it since is in the records
        thread.status = readThreadStatus(thread.pid, thread.tid);
        thread.statusAt = monotonicNow();
    }
    std::erase_if(threads,
                  [](const Thread &thread) { return !thread.status || thread.status->hasEnded(); });
}

std::vector<KernelObserver::Attaching::Thread> KernelObserver::Attaching::newThreads() const
{
    std::vector<Thread> listed;
    for (const pid_t pid :
         processTreeOfOthers(root)) { // an observer is no part of what it observes
        if (refused.contains(pid))
            continue;
        for (const pid_t tid : threadsOf(pid)) {
            if (!covered.contains(tid))
                listed.push_back({pid, tid, 0, false, 0, std::nullopt});
        }
    }
    return listed;
}

Result<void> KernelObserver::Attaching::openThread(Thread thread)
{
    thread.since = monotonicNow();
    const auto before = readThreadStatus(thread.pid, thread.tid);
    thread.wasWaiting = before && before->isWaiting();
    const int error = openOnEveryCore(thread.tid);
    thread.statusAt = monotonicNow();
    covered[thread.tid] = thread.statusAt;
    switch (error) {
    case 0:
        thread.status = readThreadStatus(thread.pid, thread.tid);
        thread.statusAt = monotonicNow();
        threads.push_back(std::move(thread));
        return {};
    case ESRCH: // it has ended, or is a zombie
        return {};
    case EACCES:
    case EPERM: {
        const std::string name = before ? before->name : std::string();
        if (thread.pid == root)
            return Error{ErrorCode::NotAllowed, refusalOf(root, name, error)};
        refuse(thread.pid, name, error);
        return {};
    }
    case EMFILE:
    case ENFILE:
        return Error{ErrorCode::Io,
                     "process " + std::to_string(root)
                         + " has more threads than this program may open files for ("
                         + errnoName(error) + "): raise the limit with ulimit -n"};
    default:
        return openingError(error, root, observer.m_cores.front());
    }
}

/// \return 0 or the errno.
int KernelObserver::Attaching::openOnEveryCore(pid_t tid)
{
    for (const auto &ring : observer.m_rings) {
        int error = ring->addThread(tid);
        rlimit limit{};
        const bool isNearLimit = error == EMFILE
            || (error == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0
                && rlim_t(ring->threads.back().get()) + kSpareDescriptors > limit.rlim_cur);
        if (isNearLimit && getrlimit(RLIMIT_NOFILE, &limit) == 0
            && limit.rlim_cur < limit.rlim_max) {
            limit.rlim_cur = limit.rlim_max;
            const bool isRaised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
            if (isRaised && error == EMFILE)
                error = ring->addThread(tid);
        }
        if (error != 0 && error != ENODEV) // a core that went offline a moment ago
            return error;
    }
    return 0;
}

void KernelObserver::Attaching::refuse(pid_t pid, const std::string &name, int error)
{
    if (!refused.insert(pid).second)
        return;
    if (observer.m_attachRemark.empty())
        observer.m_attachRemark = refusalOf(pid, name, error);
    // Further ones are refused for the same reason; naming each would hide it.
}

/// Notes what the records since the last time tell about threads.
void KernelObserver::Attaching::readRecords()
{
    observer.drainRings(records);
    std::vector<SchedEvent> fresh(records.begin() + std::ptrdiff_t(recordsRead), records.end());
    recordsRead = records.size();
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const SchedEvent &a, const SchedEvent &b) { return a.time < b.time; });
    for (const SchedEvent &event : fresh) {
        switch (event.kind) {
        case SchedEventKind::SwitchIn:
        case SchedEventKind::SwitchOut: {
            const Switch seen{event.time, event.kind == SchedEventKind::SwitchIn};
            const auto [first, isFirst] = firstSwitch.try_emplace(event.tid, seen);
            if (!isFirst && event.time < first->second.time)
                first->second = seen;
            break;
        }
        case SchedEventKind::Fork: {
            forked.insert(event.tid);
            ended.erase(event.tid);
            const DurationNs takes = event.pid == event.tid ? kProcessTakes : kThreadTakes;
            const auto maker = covered.find(event.parentTid);
            if (maker != covered.end() && event.time - maker->second > takes)
                covered.try_emplace(event.tid, event.time);
            break;
        }
        case SchedEventKind::Exit:
            ended.insert(event.tid);
            break;
        default:
            break;
        }
    }
}

/// Puts together what the first drain() gives.
void KernelObserver::Attaching::finish()
{
    readRecords();
    std::vector<SchedEvent> &pending = observer.m_pending;
    for (const Thread &thread : threads) {
        if (forked.contains(thread.tid))
            continue; // its Fork tells more
        if (thread.status && !thread.status->hasEnded()) {
            addFound(thread, pending);
            continue;
        }
        // It ended while it was being opened, perhaps on a core where nobody looked yet.
        if (ended.contains(thread.tid) || !firstSwitch.contains(thread.tid))
            continue;
        SchedEvent end;
        end.kind = SchedEventKind::Exit;
        end.time = thread.statusAt;
        end.pid = thread.pid;
        end.tid = thread.tid;
        records.push_back(end);
    }
    pending.insert(pending.end(), records.begin(), records.end());
}

void KernelObserver::Attaching::addFound(const Thread &thread, std::vector<SchedEvent> &out) const
{
    SchedEvent found;
    found.kind = SchedEventKind::Found;
    found.time = thread.since;
    found.pid = thread.pid;
    found.tid = thread.tid;
    found.parentPid = thread.tid == thread.pid ? thread.status->parentPid : thread.pid;
    found.parentTid = found.parentPid; // which of its threads it was cannot be seen
    found.lostSince = std::min(thread.status->started, thread.since);
    found.waiting = wasWaiting(thread);
    out.push_back(found);

    SchedEvent name;
    name.kind = SchedEventKind::Name;
    name.time = thread.since;
    name.pid = thread.pid;
    name.tid = thread.tid;
    const std::string &text = thread.status->name;
    std::memcpy(name.name.data(), text.data(), std::min(text.size(), name.name.size() - 1));
    out.push_back(name);
}

/// Whether it was off its core when its first event was opened: by the records, where there are any from
/// before its state was read.
bool KernelObserver::Attaching::wasWaiting(const Thread &thread) const
{
    const auto first = firstSwitch.find(thread.tid);
    if (first != firstSwitch.end() && !first->second.isIn)
        return false;
    if (first != firstSwitch.end() && first->second.time <= thread.statusAt)
        return thread.wasWaiting; // or it was in a queue
    return thread.status->isWaiting();
}

} // namespace Interleave
