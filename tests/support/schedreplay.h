// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/sched/schedevent.h"

#include <QString>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Replays scheduling records and looks for a contradiction: one task per core at a time, a task on
/// one core at a time, In and Out in turn, nothing after an Exit, time forward within each core.
/// Knows nothing of the time before the first record, and forgets at a loss.
/// In the whole machine the kernel may interrupt who has ended before it has taken it apart, and tells of
/// the switches: these are passed over.
class SchedReplay
{
public:
    /// \param ours only threads of this process are followed one by one, in the whole machine; 0: all,
    ///     in a tree of processes.
    explicit SchedReplay(pid_t ours = 0)
        : m_ours(ours)
    {
    }

    /// \return the first contradiction in words; empty when there is none.
    QString contradiction(std::vector<SchedEvent> events)
    {
        std::map<CoreId, TimestampNs> last;
        for (const SchedEvent &event : events) {
            if (event.time < last[event.core])
                return describe("time goes back", event);
            last[event.core] = event.time;
        }
        std::stable_sort(events.begin(), events.end(),
                         [](const SchedEvent &a, const SchedEvent &b) { return a.time < b.time; });
        for (const SchedEvent &event : events) {
            if (const char *problem = apply(event))
                return describe(problem, event);
        }
        return {};
    }

private:
    enum class State { Unknown, Running, Off, Ended };
    struct Thread {
        State state = State::Unknown;
        CoreId core = kNoCore;
    };

    const char *apply(const SchedEvent &event)
    {
        if (event.kind == SchedEventKind::Exit)
            m_ended.insert(event.tid);
        else if (event.kind == SchedEventKind::Fork)
            m_ended.erase(event.tid);
        else if (m_ours != 0 && m_ended.contains(event.tid))
            return nullptr;
        // There is one idle task per core, all with the number 0.
        const bool isFollowed = event.tid != 0 && (m_ours == 0 || event.pid == m_ours);
        Thread scratch;
        Thread &thread = isFollowed ? m_threads[event.tid] : scratch;
        switch (event.kind) {
        case SchedEventKind::SwitchIn:
            return switchIn(event, thread);
        case SchedEventKind::SwitchOut:
            return switchOut(event, thread);
        case SchedEventKind::Exit:
            if (thread.state == State::Ended)
                return "a second end";
            if (const auto at = m_onCore.find(event.core);
                at != m_onCore.end() && at->second == event.tid)
                m_onCore.erase(at);
            thread.state = State::Ended;
            return nullptr;
        case SchedEventKind::Fork:
            thread = {State::Off, kNoCore};
            return nullptr;
        case SchedEventKind::Exec:
            thread = {State::Running, event.core};
            m_onCore[event.core] = event.tid;
            return nullptr;
        case SchedEventKind::Lost:
            forget(event.core);
            return nullptr;
        default:
            return nullptr;
        }
    }
    const char *switchIn(const SchedEvent &event, Thread &thread)
    {
        if (m_onCore.contains(event.core))
            return "two tasks on one core";
        if (thread.state == State::Running)
            return "switched in twice";
        if (thread.state == State::Ended)
            return "runs after its end";
        m_onCore[event.core] = event.tid;
        thread = {State::Running, event.core};
        return nullptr;
    }
    const char *switchOut(const SchedEvent &event, Thread &thread)
    {
        const auto at = m_onCore.find(event.core);
        if (at != m_onCore.end() && at->second != event.tid)
            return "another task leaves the core than was on it";
        if (thread.state == State::Off)
            return "switched out without having been in";
        if (thread.state == State::Ended)
            return "switched out after its end";
        if (thread.state == State::Running && thread.core != event.core)
            return "leaves a core that it was not on";
        if (at != m_onCore.end())
            m_onCore.erase(at);
        thread = {State::Off, event.core};
        return nullptr;
    }
    void forget(CoreId core)
    {
        m_onCore.erase(core);
        for (auto &[tid, thread] : m_threads) {
            if (thread.state != State::Running || thread.core == core)
                thread.state = State::Unknown;
        }
    }
    static QString describe(const char *problem, const SchedEvent &event)
    {
        return QStringLiteral("%1: tid %2 on core %3 at %4")
            .arg(QString::fromLatin1(problem))
            .arg(event.tid)
            .arg(event.core)
            .arg(event.time);
    }

    pid_t m_ours;
    std::map<pid_t, Thread> m_threads;
    std::map<CoreId, pid_t> m_onCore;
    std::set<pid_t> m_ended;
};

} // namespace Interleave
