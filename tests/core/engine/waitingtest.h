// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/engine/recording.h"
#include "tests/core/engine/synctest.h"

#include <atomic>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

namespace Interleave
{

/// The state of a thread of this process as proc(5) has it: 'R', 'S' (sleeps), ...; 0 when it is gone.
inline char stateOfThread(pid_t tid)
{
    std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/stat");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    const std::size_t end = line.rfind(')'); // the name before it may hold anything
    return end == std::string::npos || end + 2 >= line.size() ? '\0' : line[end + 2];
}

/// A thread that waits for something, and of which a test can be sure that it does.
class Waiter
{
public:
    /// \param body waits once, and for nothing but what is tested
    template<typename Body>
    explicit Waiter(Body body)
        : m_thread([this, body] {
            m_tid.store(gettid());
            body();
            m_hasEnded.store(true);
        })
    {
    }
    ~Waiter() { join(); }
    Waiter(const Waiter &) = delete;
    Waiter &operator=(const Waiter &) = delete;

    /// Until the kernel has put it to sleep, for at most 10 s. \return whether it has.
    [[nodiscard]] bool sleeps()
    {
        return becomes([this] { return m_tid.load() != 0 && stateOfThread(m_tid.load()) == 'S'; });
    }
    /// Until the body is over, for at most 10 s. \return whether it is.
    [[nodiscard]] bool ends()
    {
        return becomes([this] { return m_hasEnded.load(); });
    }
    void join()
    {
        if (m_thread.joinable())
            m_thread.join();
    }

private:
    std::atomic<pid_t> m_tid{0};
    std::atomic<bool> m_hasEnded{false};
    std::thread m_thread;
};

/// Requests a stop as soon as the coroutines of an executor are seen to wait: so many tasks are suspended
/// on record, and so the executor's thread waits, too, because nothing can go on. A stop that came before
/// would find nobody who has to be woken.
///
/// Made before the executor's run(). It is the only one who reads the recording until allWaited().
class StopOnceAllWait
{
public:
    StopOnceAllWait(Recording &recording, std::size_t tasks)
        : m_thread([this, &recording, tasks] {
            m_haveWaited = becomes([&] {
                for (const Recorded &r : recording.events())
                    note(r);
                return m_isIdle && m_suspended.size() == tasks;
            });
            recording.rings().requestStop();
        })
    {
    }
    ~StopOnceAllWait() { join(); }
    StopOnceAllWait(const StopOnceAllWait &) = delete;
    StopOnceAllWait &operator=(const StopOnceAllWait &) = delete;

    /// After run(): whether all had waited before the stop was requested.
    [[nodiscard]] bool allWaited()
    {
        join();
        return m_haveWaited;
    }
    /// What was recorded before the stop was requested. After allWaited().
    [[nodiscard]] const std::vector<Recorded> &eventsBefore() const { return m_before; }

private:
    void note(const Recorded &r)
    {
        m_before.push_back(r);
        if (r.event.kind == EventKind::Suspend)
            m_suspended.insert(r.event.task);
        else if (r.event.kind == EventKind::Resume)
            m_suspended.erase(r.event.task);
        m_isIdle =
            r.event.kind == EventKind::Wait && r.event.reason == std::uint8_t(WaitReason::Idle);
    }
    void join()
    {
        if (m_thread.joinable())
            m_thread.join();
    }

    std::vector<Recorded> m_before;
    std::set<TaskId> m_suspended;
    bool m_isIdle = false;
    bool m_haveWaited = false;
    std::thread m_thread;
};

} // namespace Interleave
