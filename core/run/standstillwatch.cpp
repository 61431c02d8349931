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
#include <utility>

#include <fcntl.h>
#include <linux/futex.h>
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

/// A 32-bit program has other numbers under the same kernel; its stack lies in the first 4 GiB, where
/// that of a 64-bit one does not.
constexpr std::uint64_t kFirst64BitStack = std::uint64_t(1) << 32;

/// A system call that a thread is blocked in; number -1: it is blocked outside of any.
struct BlockedCall {
    long number = -1;
    std::array<std::uint64_t, 6> arguments{};
    std::uint64_t stack = 0;
};

/// Source: proc(5), "/proc/pid/syscall". \return nothing when the line does not tell.
std::optional<BlockedCall> parseCall(std::string_view syscallLine)
{
    BlockedCall call;
    std::array<std::uint64_t, 7> values{}; // six arguments and the stack pointer
    const std::string line(syscallLine);
    const int got = std::sscanf(line.c_str(),
                                "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
                                " %" SCNx64 " %" SCNx64,
                                &call.number, &values[0], &values[1], &values[2], &values[3],
                                &values[4], &values[5], &values[6]);
    if (got >= 2 && call.number < 0) { // "-1", the stack pointer and the instruction
        call.stack = values[0];
        return call;
    }
    if (got < 8)
        return std::nullopt;
    std::copy_n(values.begin(), call.arguments.size(), call.arguments.begin());
    call.stack = values[6];
    return call;
}

/// Of a thread that waits for a futex. Source: the arguments of futex(2) and of the calls of
/// linux/futex.h.
StandstillRole roleOfFutex(const BlockedCall &call)
{
    std::uint64_t flags = 0;
    std::uint64_t timeout = 0;
    switch (call.number) {
    case SYS_futex:
        flags = call.arguments[1];
        timeout = call.arguments[3];
        break;
    case 449: // futex_waitv(2), since Linux 5.16 everywhere; the flags lie in the program's memory
        timeout = call.arguments[3];
        break;
    case 455: // futex_wait(2), since Linux 6.7 everywhere
        flags = call.arguments[3];
        timeout = call.arguments[4];
        break;
    default: // nobody knows for how long
        return StandstillRole::Elsewhere;
    }
    if (timeout != 0)
        return StandstillRole::Elsewhere;
    const bool isPrivate = (flags & FUTEX_PRIVATE_FLAG) != 0;
    return isPrivate ? StandstillRole::Lock : StandstillRole::Shared;
}

} // namespace

StandstillWatch::StandstillWatch(const Trace &trace, DurationNs after, Reader reader, Clock clock)
    : m_trace(trace)
    , m_after(after)
    , m_reader(reader ? std::move(reader) : Reader(&StandstillWatch::readRole))
    , m_clock(clock ? std::move(clock) : Clock(&monotonicNow))
{
}

StandstillWatch::News StandstillWatch::look(TimestampNs now)
{
    if (now < m_next)
        return News::None;
    const TimestampNs begin = m_clock();
    News news = News::None;
    const std::optional<TimestampNs> last = lastMovement();
    if (m_suspectedSince && last != m_suspectedSince) {
        close(now);
        news = News::Over;
    } else if (!m_suspectedSince && last && last != m_harmlessSince
               && m_trace.horizon() - *last >= m_after && judge(*last)) {
        m_reading.reset();
        m_suspectedSince = last;
        m_quiet = m_trace.horizon() - *last;
        news = News::Suspected;
    }
    m_next = now + std::max(kLookPitch, 100 * (m_clock() - begin));
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
    // What it did while records were lost nobody knows, and since then it has done nothing: what it
    // does now, /proc tells.
    if (!open || (open->state != SliceState::Blocked && open->state != SliceState::Lost))
        return std::nullopt;
    return open->begin;
}

/// Reads on where the last look ended. \return whether it is to be told.
bool StandstillWatch::judge(TimestampNs since)
{
    if (!m_reading || m_reading->since != since) {
        m_reading.emplace();
        m_reading->since = since;
    }
    if (!m_reading->end) {
        int left = kMostReads;
        if (!readRoles(left) || !readProcesses(left))
            return false;
        m_reading->end = m_clock();
    }
    return m_trace.horizon() > *m_reading->end;
}

/// \param left so many more may be read in this look.
/// \return whether all threads have been read, and look like a deadlock. Those that do not are harmless
/// from now on: what changes that is a movement.
bool StandstillWatch::readRoles(int &left)
{
    const auto count = ThreadIndex(m_trace.threadCount());
    for (; m_reading->thread < count; ++m_reading->thread) {
        if (!isToBeRead(m_trace.thread(m_reading->thread)))
            continue;
        if (left == 0)
            return false;
        --left;
        const StandstillRole role = readRoleOf(m_reading->thread);
        if (role == StandstillRole::Moves) { // its record is about to come
            m_reading.reset();
            return false;
        }
        m_reading->roles.push_back(role);
        if (role == StandstillRole::Elsewhere)
            break;
    }
    const bool hasMoved = m_reading->hasMoved;
    const bool isSuspected = isSuspicious(m_reading->roles);
    if (isSuspected && !hasMoved)
        return true;
    if (!isSuspected && !hasMoved)
        m_harmlessSince = m_reading->since;
    m_reading.reset();
    return false;
}

bool StandstillWatch::isToBeRead(const ThreadInfo &thread) const
{
    const bool isAlive = thread.ended.load(std::memory_order_relaxed) == 0;
    if (!isAlive || !thread.ofRun.load(std::memory_order_relaxed))
        return false;
    const ProcessIndex process = thread.process.load(std::memory_order_relaxed);
    return process >= m_trace.processCount()
        || !m_trace.process(process).isHousekeeping.load(std::memory_order_relaxed);
}

/// Of a thread that is alive in the trace. That it has ended is a movement which the trace will know
/// soon; unless it is beyond that: then the record of the end was lost.
StandstillRole StandstillWatch::readRoleOf(ThreadIndex thread)
{
    const ThreadInfo &info = m_trace.thread(thread);
    const StandstillRole role = m_reader(info.pid.load(std::memory_order_relaxed),
                                         info.tid.load(std::memory_order_relaxed));
    if (role == StandstillRole::Ended) {
        const auto [gone, isNew] = m_gone.try_emplace(thread, m_clock());
        if (isNew || m_trace.horizon() <= gone->second)
            m_reading->hasMoved = true;
    }
    return role;
}

/// \return whether all processes of the machine have been read, and none runs below those of the run
/// that the trace does not have. Where one does, all is read again: it may end, or come into the trace.
bool StandstillWatch::readProcesses(int &left)
{
    if (!m_reading->areProcessesListed)
        listProcesses();
    std::vector<pid_t> &others = m_reading->otherProcesses;
    for (; !others.empty(); others.pop_back()) {
        if (left == 0)
            return false;
        --left;
        const std::optional<ThreadStatus> status = readThreadStatus(others.back(), others.back());
        if (status && !status->hasEnded()
            && m_reading->ownProcesses.find(status->parentPid) != m_reading->ownProcesses.end()) {
            m_reading.reset();
            return false;
        }
    }
    return true;
}

/// All but those that the trace has, and this one: a program may be recorded that has started it.
void StandstillWatch::listProcesses()
{
    m_reading->areProcessesListed = true;
    std::unordered_set<pid_t> &own = m_reading->ownProcesses;
    const auto count = ProcessIndex(m_trace.processCount());
    for (ProcessIndex i = 0; i < count; ++i) {
        const ProcessInfo &process = m_trace.process(i);
        if (process.ofRun.load(std::memory_order_relaxed)
            && process.ended.load(std::memory_order_relaxed) == 0)
            own.insert(process.pid.load(std::memory_order_relaxed));
    }
    if (own.empty())
        return; // nothing can run below them
    std::vector<pid_t> all = numbersIn("/proc").value_or(std::vector<pid_t>());
    std::erase_if(all, [&own](pid_t pid) { return pid == ::getpid() || own.contains(pid); });
    m_reading->otherProcesses = std::move(all);
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
    const std::optional<BlockedCall> call = parseCall(syscallLine);
    const bool is32Bit = call && call->stack < kFirst64BitStack;
    // A restarted call was interrupted, and waits for the rest of its time.
    if (isSecret || is32Bit || (call && call->number == SYS_restart_syscall))
        return StandstillRole::Elsewhere;
    const std::optional<std::uint8_t> reason = WaitChannels::reasonOf(syscallLine, wchan);
    if (!reason)
        return StandstillRole::Unknown;
    if (WaitReason(*reason) == WaitReason::Child)
        return StandstillRole::Child;
    const bool isFutex = WaitReason(*reason) == WaitReason::Futex;
    return isFutex && call ? roleOfFutex(*call) : StandstillRole::Elsewhere;
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
    std::size_t locks = 0;
    std::size_t others = 0; // that may wait for each other
    for (const StandstillRole role : roles) {
        switch (role) {
        case StandstillRole::Moves:
        case StandstillRole::Elsewhere:
            return false;
        case StandstillRole::Lock:
            ++locks;
            break;
        case StandstillRole::Shared:
        case StandstillRole::Unknown:
            ++others;
            break;
        case StandstillRole::Ended:
        case StandstillRole::Child: // goes on when the process does that it waits for
            break;
        }
    }
    // One that is alone waits for something outside, unless it is known to wait for a lock of its own.
    return locks > 0 || others > 1;
}

} // namespace Interleave
