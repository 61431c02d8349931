// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/taskcontext.h"
#include "core/trace/trace.h"
#include "tests/core/engine/recording.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

/// Contexts for the tasks 1 to `count` of a recording.
class Contexts
{
public:
    Contexts(const Recording &recording, int count)
    {
        m_setup.rings = &recording.rings();
        m_setup.messageFd = recording.messageFd();
        m_setup.taskCount = count;
        for (int i = 0; i < count; ++i)
            m_contexts.emplace_back(m_setup, TaskId(i + 1), i, "task " + std::to_string(i + 1));
    }
    [[nodiscard]] TaskContext &operator[](TaskId task) { return m_contexts[task - 1]; }

private:
    RunSetup m_setup;
    std::deque<TaskContext> m_contexts; ///< addresses stay
};

/// Until `isTrue()`, for at most 10 s. \return whether it became true.
template<typename Predicate>
bool becomes(Predicate isTrue)
{
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (!isTrue()) {
        if (monotonicNow() > deadline)
            return false;
        std::this_thread::yield();
    }
    return true;
}

/// Runs `body(context)` for the tasks 1 to `count`, each on a thread of its own. \return how many of the
/// bodies gave true.
template<typename Body>
int inThreads(Contexts &contexts, int count, Body body)
{
    std::vector<char> results(std::size_t(count), 0);
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back(
            [&, i] { results[std::size_t(i)] = body(contexts[TaskId(i + 1)]) ? 1 : 0; });
    }
    for (std::thread &thread : threads)
        thread.join();
    return int(std::count(results.begin(), results.end(), 1));
}

/// The same, each in a child process.
template<typename Body>
int inProcesses(Contexts &contexts, int count, Body body)
{
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            Recorder::afterFork();
            const bool result = body(contexts[TaskId(i + 1)]);
            Recorder::detachThread();
            _exit(result ? 0 : 1);
        }
        if (child > 0)
            children.push_back(child);
    }
    int good = 0;
    for (const pid_t child : children) {
        int status = 0;
        if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0)
            ++good;
    }
    return good;
}

/// The most tasks that held the object at once by what is on record; 1,000,000 when somebody gave back
/// what it did not hold.
inline int mostHolders(const std::vector<Recorded> &events, ObjectId object)
{
    std::map<TaskId, int> holders;
    int now = 0, most = 0;
    for (const Recorded &r : events) {
        if (r.event.argument != object)
            continue;
        if (r.event.kind == EventKind::Acquire) {
            ++holders[r.event.task];
            most = std::max(most, ++now);
        } else if (r.event.kind == EventKind::Release) {
            --now;
            if (--holders[r.event.task] < 0)
                return 1'000'000;
        }
    }
    return most;
}

/// The events of `kind` that name the object, by time.
inline std::vector<Recorded> eventsOf(const std::vector<Recorded> &events, EventKind kind,
                                      ObjectId object)
{
    std::vector<Recorded> result;
    for (const Recorded &r : events) {
        if (r.event.kind == kind && r.event.argument == object)
            result.push_back(r);
    }
    return result;
}

/// Whether every recorded wait of a thread has ended on record.
inline bool allWaitsEnded(const std::vector<Recorded> &events)
{
    return countOf(events, EventKind::Wait) == countOf(events, EventKind::WaitEnd);
}

} // namespace Interleave
