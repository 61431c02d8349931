// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/sampledobserver.h"

#include "core/base/topology.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Three descriptors a thread: more would run into the usual soft limit of 1024.
constexpr std::size_t kMostKept = 64;

/// A sample may cost a twentieth of the time between two: 5 % of a core (kernel.md, section 3).
constexpr DurationNs kCostShare = 20;

/// Totals stay right at any rate, but at less than this there is nothing to look at. 20 000 sleeping
/// threads are below the 5 % with it, at some 2.5 us each.
constexpr DurationNs kLongestInterval = kSecond;

/// A child is listed with the thread that made it, and a thread that has not run has made none. But when
/// its maker ends, another thread of the process gets it: all are asked once in so many samples.
constexpr unsigned kAllChildrenEvery = 8;

/// 1 kHz, 250 Hz, 50 Hz: what was measured to stay below 5 % of a core (kernel.md, section 3).
constexpr DurationNs intervalFor(std::size_t threads)
{
    if (threads <= 8)
        return kMillisecond;
    return threads <= 64 ? 4 * kMillisecond : 20 * kMillisecond;
}

DurationNs threadCpuTime()
{
    timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

/// One file of one thread in /proc; opened on first use, closed after it unless it is to be kept.
class ThreadFile
{
public:
    ThreadFile(UniqueFd &fd, pid_t pid, pid_t tid, const char *name, bool isKept)
        : m_fd(fd)
        , m_isKept(isKept)
    {
        if (m_fd.isOpen())
            return;
        std::array<char, 64> path;
        std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/%s", pid, tid, name);
        m_fd.reset(::open(path.data(), O_RDONLY | O_CLOEXEC));
    }
    ThreadFile(const ThreadFile &) = delete;
    ThreadFile &operator=(const ThreadFile &) = delete;
    ~ThreadFile()
    {
        if (!m_isKept)
            m_fd.reset();
    }

    /// \return what stands at `offset`; empty at the end, and when the thread is gone.
    template<std::size_t N>
    std::string_view read(std::array<char, N> &buffer, off_t offset = 0) const
    {
        if (!m_fd.isOpen())
            return {};
        const ssize_t got = ::pread(m_fd.get(), buffer.data(), buffer.size(), offset);
        return got > 0 ? std::string_view(buffer.data(), std::size_t(got)) : std::string_view();
    }

private:
    UniqueFd &m_fd;
    bool m_isKept;
};

/// Takes the next number off `text`. \return false when there is none.
bool takeNumber(std::string_view &text, std::uint64_t &number)
{
    const std::size_t first = text.find_first_not_of(" \n");
    if (first == std::string_view::npos)
        return false;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + first, end, number);
    if (parsed.ec != std::errc())
        return false;
    text.remove_prefix(std::size_t(parsed.ptr - text.data()));
    return true;
}

std::uint32_t clampedNs(std::uint64_t ns)
{
    return std::uint32_t(std::min<std::uint64_t>(ns, std::numeric_limits<std::uint32_t>::max()));
}

SchedEvent eventOf(SchedEventKind kind, TimestampNs time, pid_t pid, pid_t tid)
{
    SchedEvent event;
    event.kind = kind;
    event.time = time;
    event.pid = pid;
    event.tid = tid;
    return event;
}

} // namespace

SampledObserver::SampledObserver(pid_t rootPid, Start start)
    : m_root(rootPid)
    , m_start(start)
    , m_cores(onlineCores())
    , m_lastSample(monotonicNow())
    , m_now(m_lastSample)
{
    m_processes.try_emplace(m_root);
    const DurationNs cpuBefore = threadCpuTime();
    sampleTree(m_pending);
    m_isFirst = false;
    setInterval(threadCpuTime() - cpuBefore);
}

SampledObserver::~SampledObserver() = default;

void SampledObserver::drain(std::vector<SchedEvent> &out)
{
    out.insert(out.end(), m_pending.begin(), m_pending.end());
    m_pending.clear();
    const TimestampNs now = monotonicNow();
    if (now - m_lastSample < m_interval)
        return;
    m_now = now;
    const DurationNs cpuBefore = threadCpuTime();
    sampleTree(out);
    m_lastSample = m_now;
    setInterval(threadCpuTime() - cpuBefore);
}

void SampledObserver::setInterval(DurationNs cost)
{
    m_interval =
        std::max(intervalFor(m_threads.size()), std::min(kCostShare * cost, kLongestInterval));
}

bool SampledObserver::keepsFiles() const
{
    return m_threads.size() <= kMostKept;
}

void SampledObserver::sampleTree(std::vector<SchedEvent> &out)
{
    ++m_samples;
    for (auto &[tid, thread] : m_threads)
        thread.isSeen = false;
    m_toVisit.clear();
    for (auto &[pid, process] : m_processes) {
        process.isSeen = false;
        m_toVisit.push_back(pid);
    }
    while (!m_toVisit.empty()) { // sampleProcess() adds the children that it finds
        const pid_t pid = m_toVisit.back();
        m_toVisit.pop_back();
        sampleProcess(pid, out);
    }
    std::erase_if(m_processes, [](const auto &entry) { return !entry.second.isSeen; });
    for (auto it = m_threads.begin(); it != m_threads.end();) {
        if (it->second.isSeen) {
            ++it;
            continue;
        }
        if (!it->second.hasEnded)
            out.push_back(eventOf(SchedEventKind::Exit, m_now, it->second.pid, it->first));
        it = m_threads.erase(it);
    }
}

void SampledObserver::sampleProcess(pid_t pid, std::vector<SchedEvent> &out)
{
    std::array<char, 32> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task", pid);
    DIR *directory = opendir(path.data());
    if (!directory) {
        if (errno == ENOENT || errno == ESRCH)
            return;
        // Out of descriptors, say: that is no proof of anything's end.
        m_processes[pid].isSeen = true;
        for (auto &[tid, thread] : m_threads)
            thread.isSeen = thread.isSeen || thread.pid == pid;
        return;
    }
    m_processes[pid].isSeen = true;
    while (const dirent *entry = readdir(directory)) {
        const char *end = entry->d_name + std::strlen(entry->d_name);
        pid_t tid = 0;
        if (std::from_chars(entry->d_name, end, tid).ptr == end && tid > 0)
            sampleThread(pid, tid, out);
    }
    closedir(directory);
}

void SampledObserver::sampleThread(pid_t pid, pid_t tid, std::vector<SchedEvent> &out)
{
    const auto [found, isNew] = m_threads.try_emplace(tid);
    Thread &thread = found->second;
    std::array<char, 96> buffer;
    std::string_view text =
        ThreadFile(thread.schedstat, pid, tid, "schedstat", keepsFiles()).read(buffer);
    std::uint64_t ran = 0;
    std::uint64_t ready = 0;
    if ((!isNew && thread.pid != pid) || !takeNumber(text, ran) || !takeNumber(text, ready)) {
        // Gone; a kept descriptor says so even when another thread has been given the number.
        if (!isNew && !thread.hasEnded)
            out.push_back(eventOf(SchedEventKind::Exit, m_now, thread.pid, tid));
        m_threads.erase(found);
        if (!isNew)
            sampleThread(pid, tid, out); // at most once deeper: it is new now
        return;
    }
    thread.isSeen = true;
    if (isNew) {
        thread.pid = pid;
        if (m_isFirst && m_start == Start::Running)
            reportFound(tid, thread, out);
        else
            reportFork(pid, tid, out);
    } else if (thread.hasEnded) {
        if (ran == thread.ranNs)
            return;
        thread.ranNs = ran;
        thread.readyNs = ready;
        const std::optional<ThreadStatus> status = statusOf(tid, thread);
        if (!status || status->hasEnded())
            return; // its last steps, counted after it had been seen as ended
        thread.hasEnded = false; // an exec from another thread has taken the leader's number over
        reportFork(pid, tid, out);
    }
    // Less than before: the same exec while the leader lived. Its life so far is not ours to add.
    if ((isNew && m_isFirst) || ran < thread.ranNs || ready < thread.readyNs) {
        thread.ranNs = ran;
        thread.readyNs = ready;
    }
    const bool hasRun = isNew || ran != thread.ranNs;
    if (hasRun || ready != thread.readyNs)
        reportProgress(tid, thread, ran, ready, out);
    if (!thread.hasEnded && (hasRun || m_samples % kAllChildrenEvery == 0))
        findChildren(tid, thread);
}

std::optional<ThreadStatus> SampledObserver::statusOf(pid_t tid, Thread &thread) const
{
    std::array<char, 1024> buffer;
    const ThreadFile file(thread.stat, thread.pid, tid, "stat", keepsFiles());
    return parseThreadStatus(file.read(buffer));
}

void SampledObserver::reportProgress(pid_t tid, Thread &thread, std::uint64_t ran,
                                     std::uint64_t ready, std::vector<SchedEvent> &out)
{
    SchedEvent sample = eventOf(SchedEventKind::Sampled, m_now, thread.pid, tid);
    sample.lostSince = m_lastSample;
    sample.ranNs = clampedNs(ran - thread.ranNs);
    sample.readyNs = clampedNs(ready - thread.readyNs);
    thread.ranNs = ran;
    thread.readyNs = ready;

    ThreadStatus status;
    // What has not run has neither a new name nor a new core, nor can it have ended.
    if (sample.ranNs > 0 || thread.name.empty())
        status = statusOf(tid, thread).value_or(ThreadStatus());
    if (!status.name.empty() && status.name != thread.name) {
        const TimestampNs since = thread.name.empty() ? m_lastSample : m_now;
        thread.name = status.name;
        SchedEvent name = eventOf(SchedEventKind::Name, since, thread.pid, tid);
        std::memcpy(name.name.data(), thread.name.data(),
                    std::min(thread.name.size(), name.name.size() - 1));
        out.push_back(name);
    }
    if (sample.ranNs > 0 || sample.readyNs > 0) {
        sample.core = sample.ranNs > 0 ? status.core : kNoCore;
        out.push_back(sample);
    }
    if (status.hasEnded()) {
        thread.hasEnded = true;
        out.push_back(eventOf(SchedEventKind::Exit, m_now, thread.pid, tid));
    }
}

void SampledObserver::reportFork(pid_t pid, pid_t tid, std::vector<SchedEvent> &out) const
{
    if (tid == m_root)
        return;
    SchedEvent event = eventOf(SchedEventKind::Fork, m_lastSample, pid, tid);
    const auto process = m_processes.find(pid);
    if (tid == pid && process != m_processes.end()) {
        event.parentPid = process->second.parentPid;
        event.parentTid = process->second.parentTid;
    } else {
        event.parentPid = pid; // which of its threads it was cannot be seen
        event.parentTid = pid;
    }
    out.push_back(event);
}

/// It was there when the first sample was taken.
void SampledObserver::reportFound(pid_t tid, Thread &thread, std::vector<SchedEvent> &out) const
{
    const std::optional<ThreadStatus> status = statusOf(tid, thread);
    if (!status)
        return; // it has just ended: the next sample tells that
    SchedEvent event = eventOf(SchedEventKind::Found, m_lastSample, thread.pid, tid);
    event.parentPid = tid == thread.pid ? status->parentPid : thread.pid;
    event.parentTid = event.parentPid; // which of its threads it was cannot be seen
    event.lostSince = std::min(status->started, m_lastSample);
    event.waiting = status->isWaiting();
    out.push_back(event);
}

void SampledObserver::findChildren(pid_t tid, Thread &thread)
{
    const ThreadFile file(thread.children, thread.pid, tid, "children", keepsFiles());
    std::array<char, 4096> buffer;
    std::string list;
    std::string_view part;
    do {
        part = file.read(buffer, off_t(list.size()));
        list += part;
    } while (!part.empty());
    std::string_view text = list;
    for (std::uint64_t child = 0; takeNumber(text, child);) {
        if (pid_t(child) == getpid())
            continue; // an observer is no part of what it observes
        const auto [process, isNew] = m_processes.try_emplace(pid_t(child));
        if (!isNew)
            continue;
        process->second.parentPid = thread.pid;
        process->second.parentTid = tid;
        m_toVisit.push_back(process->first);
    }
}

EventsOnlyObserver::EventsOnlyObserver()
    : m_cores(onlineCores())
    , m_now(monotonicNow())
{
}

void EventsOnlyObserver::drain(std::vector<SchedEvent> &)
{
    m_now = monotonicNow();
}

} // namespace Interleave
