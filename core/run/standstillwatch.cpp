// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/standstillwatch.h"

#include "core/base/uniquefd.h"
#include "core/base/waitreason.h"
#include "core/sched/processtree.h"
#include "core/sched/waitchannels.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <string>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// The first line of a file of /proc/PID/task/TID; empty when it may not be read.
std::string lineOf(pid_t pid, pid_t tid, const char *name)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/%s", pid, tid, name);
    const UniqueFd fd(::open(path.data(), O_RDONLY | O_CLOEXEC));
    if (!fd.isOpen())
        return {};
    std::array<char, 256> buffer;
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    const std::string text(buffer.data(), got > 0 ? std::size_t(got) : 0);
    return text.substr(0, text.find('\n'));
}

/// Whether the wait ends by itself when its time is up. Source: the arguments of futex(2), semop(2)
/// and of the calls of linux/futex.h; where a call cannot tell, it counts as one that does not.
bool isTimed(std::string_view syscallLine)
{
    long number = -1;
    std::array<std::uint64_t, 5> argument{};
    const std::string line(syscallLine);
    const int got =
        std::sscanf(line.c_str(), "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
                    &number, &argument[0], &argument[1], &argument[2], &argument[3], &argument[4]);
    if (got < 6)
        return false;
    switch (number) {
    case SYS_restart_syscall: // it was interrupted, and waits for the rest of its time
        return true;
    case SYS_futex:
    case 449: // futex_waitv(2), since Linux 5.16 everywhere
#ifdef SYS_semtimedop
    case SYS_semtimedop:
#endif
        return argument[3] != 0;
    case 455: // futex_wait(2), since Linux 6.7 everywhere
        return argument[4] != 0;
    default:
        return false;
    }
}

StandstillRole roleOfReason(WaitReason reason)
{
    switch (reason) {
    case WaitReason::Futex:
    case WaitReason::Lock:
    case WaitReason::Semaphore:
    case WaitReason::Join:
    case WaitReason::Condition:
    case WaitReason::Barrier:
    case WaitReason::GlobalLock:
    case WaitReason::Await:
        return StandstillRole::Lock;
    case WaitReason::Child:
        return StandstillRole::Child;
    case WaitReason::None:
        return StandstillRole::Unknown;
    case WaitReason::Sleep:
    case WaitReason::Io:
    case WaitReason::Queue: // those that the kernel knows are shared with other programs
    case WaitReason::Idle:
    case WaitReason::Yield:
    case WaitReason::Connection:
    case WaitReason::Event:
    case WaitReason::Poll:
        break;
    }
    return StandstillRole::Elsewhere;
}

} // namespace

StandstillWatch::StandstillWatch(const Trace &trace, DurationNs after, Reader reader)
    : m_trace(trace)
    , m_after(after)
    , m_reader(reader ? std::move(reader) : Reader(&StandstillWatch::readRole))
{
}

StandstillWatch::News StandstillWatch::look(TimestampNs now)
{
    if (now < m_next)
        return News::None;
    const TimestampNs begin = monotonicNow();
    News news = News::None;
    const std::optional<TimestampNs> last = lastMovement();
    if (m_suspectedSince && last != m_suspectedSince) {
        close(now);
        news = News::Over;
    } else if (!m_suspectedSince && last && last != m_harmlessSince
               && m_trace.horizon() - *last >= m_after && judge(*last)) {
        m_suspectedSince = last;
        m_quiet = m_trace.horizon() - *last;
        news = News::Suspected;
    }
    m_next = now + std::max(kLookPitch, 100 * (monotonicNow() - begin));
    return news;
}

bool StandstillWatch::end(TimestampNs now)
{
    const bool wasSuspected = m_suspectedSince.has_value();
    if (wasSuspected)
        close(now);
    return wasSuspected;
}

void StandstillWatch::close(TimestampNs now)
{
    const DurationNs lasted = std::max(m_quiet, now - *m_suspectedSince);
    m_longest = std::max(m_longest.value_or(0), lasted);
    m_suspectedSince.reset();
}

/// When a thread of the run moved last; nothing while one does, or when nobody knows. An end is a
/// movement, too: it may be what the others wait for.
std::optional<TimestampNs> StandstillWatch::lastMovement() const
{
    if (m_trace.source() == Source::Events)
        return std::nullopt;
    TimestampNs last = 0;
    bool isAnyAlive = false;
    const auto count = ThreadIndex(m_trace.threadCount());
    for (ThreadIndex i = 0; i < count; ++i) {
        const ThreadInfo &thread = m_trace.thread(i);
        if (!thread.ofRun.load(std::memory_order_relaxed))
            continue;
        const TimestampNs ended = thread.ended.load(std::memory_order_relaxed);
        if (ended != 0) {
            last = std::max(last, ended);
            continue;
        }
        const std::optional<TimestampNs> since = quietSince(i);
        if (!since)
            return std::nullopt;
        last = std::max(last, *since);
        isAnyAlive = true;
    }
    return isAnyAlive ? std::optional<TimestampNs>(last) : std::nullopt;
}

/// Of a living thread: since when it has been off its core; nothing when it is not.
std::optional<TimestampNs> StandstillWatch::quietSince(ThreadIndex thread) const
{
    const ThreadInfo &info = m_trace.thread(thread);
    const TrackIndex track = info.track.load(std::memory_order_acquire);
    if (m_trace.source() == Source::Sampled) { // it has slices only of when it did something
        const TimestampNs created = info.created.load(std::memory_order_relaxed);
        const TimestampNs known = std::max(created, m_trace.origin());
        if (track == kNoTrack || m_trace.track(track).slices.size() == 0)
            return known;
        const auto &slices = m_trace.track(track).slices;
        return std::max(known, slices[slices.size() - 1].end);
    }
    if (track == kNoTrack)
        return std::nullopt;
    const std::optional<Slice> open = TraceSnapshot(m_trace).openSlice(track);
    if (!open || open->state != SliceState::Blocked)
        return std::nullopt;
    return open->begin;
}

/// A stretch that is found harmless stays so: what changes that is a movement.
bool StandstillWatch::judge(TimestampNs since)
{
    std::vector<StandstillRole> roles;
    const auto count = ThreadIndex(m_trace.threadCount());
    for (ThreadIndex i = 0; i < count; ++i) {
        const ThreadInfo &thread = m_trace.thread(i);
        const bool isAlive = thread.ended.load(std::memory_order_relaxed) == 0;
        if (!isAlive || !thread.ofRun.load(std::memory_order_relaxed))
            continue;
        roles.push_back(m_reader(thread.pid.load(std::memory_order_relaxed),
                                 thread.tid.load(std::memory_order_relaxed)));
        if (roles.back() == StandstillRole::Moves)
            return false; // its record is about to come
        if (roles.back() == StandstillRole::Elsewhere)
            break;
    }
    const bool isSuspected = isSuspicious(roles) && !hasUnseenDescendants();
    if (!isSuspected)
        m_harmlessSince = since;
    return isSuspected;
}

bool StandstillWatch::hasUnseenDescendants() const
{
    std::unordered_set<pid_t> seen;
    std::vector<pid_t> roots;
    const auto isAlive = [](const ProcessInfo &process) {
        return process.ofRun.load(std::memory_order_relaxed)
            && process.ended.load(std::memory_order_relaxed) == 0;
    };
    const auto count = ProcessIndex(m_trace.processCount());
    for (ProcessIndex i = 0; i < count; ++i) {
        const ProcessInfo &process = m_trace.process(i);
        if (!isAlive(process))
            continue;
        const pid_t pid = process.pid.load(std::memory_order_relaxed);
        seen.insert(pid);
        const ProcessIndex parent = process.parent.load(std::memory_order_relaxed);
        if (parent >= count || !isAlive(m_trace.process(parent)))
            roots.push_back(pid);
    }
    const auto isUnseen = [&seen](pid_t pid) {
        if (seen.find(pid) != seen.end())
            return false;
        const std::optional<ThreadStatus> status = readThreadStatus(pid, pid);
        return status && !status->hasEnded();
    };
    return std::any_of(roots.begin(), roots.end(), [&isUnseen](pid_t root) {
        const std::vector<pid_t> tree = processTreeOfOthers(root);
        return std::any_of(tree.begin(), tree.end(), isUnseen);
    });
}

StandstillRole StandstillWatch::roleOf(char state, std::string_view syscallLine,
                                       std::string_view wchan)
{
    if (state == 'Z' || state == 'X')
        return StandstillRole::Ended;
    if (state == 'R' || syscallLine.substr(0, 7) == "running")
        return StandstillRole::Moves;
    if (state != 'S') // on a disk ('D'), or stopped ('T', 't') until somebody lets it go on
        return StandstillRole::Elsewhere;
    const bool isSecret = syscallLine.empty() && (wchan.empty() || wchan == "0");
    if (isSecret || isTimed(syscallLine))
        return StandstillRole::Elsewhere;
    const std::optional<std::uint8_t> reason = WaitChannels::reasonOf(syscallLine, wchan);
    return roleOfReason(reason ? WaitReason(*reason) : WaitReason::None);
}

StandstillRole StandstillWatch::readRole(pid_t pid, pid_t tid)
{
    const std::string syscallLine = lineOf(pid, tid, "syscall");
    const std::string wchan = lineOf(pid, tid, "wchan");
    // Last: what has woken up since must not be taken for what still waits.
    const std::optional<ThreadStatus> status = readThreadStatus(pid, tid);
    return status ? roleOf(status->state, syscallLine, wchan) : StandstillRole::Ended;
}

bool StandstillWatch::isSuspicious(const std::vector<StandstillRole> &roles)
{
    std::size_t living = 0;
    std::size_t locks = 0;
    std::size_t unknown = 0;
    for (const StandstillRole role : roles) {
        switch (role) {
        case StandstillRole::Ended:
            continue;
        case StandstillRole::Moves:
        case StandstillRole::Elsewhere:
            return false;
        case StandstillRole::Lock:
            ++locks;
            break;
        case StandstillRole::Unknown:
            ++unknown;
            break;
        case StandstillRole::Child:
            break;
        }
        ++living;
    }
    // A thread that is alone waits for something outside, unless it is known to wait for a lock.
    return locks > 0 || (unknown > 0 && living > 1);
}

} // namespace Interleave
