// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/schedevent.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace Interleave
{

/// Notices programs that the kernel stopped to show because they gained privileges.
///
/// When an observed process calls exec on a setuid program, the kernel takes the event away from it: an
/// EXIT record follows the exec at once although the process lives on (kernel.md, section 1).
/// Thread: one owner, the collector's. Cost: O(1) an event.
class PrivilegedExecDetector
{
public:
    /// \param isAlive whether a process still runs; replaced in tests.
    explicit PrivilegedExecDetector(std::function<bool(pid_t)> isAlive = {});

    /// Feed every event in order of time within its core. \return true when this event reveals one.
    bool add(const SchedEvent &event);
    /// "The kernel stopped the recording of sudo (1234): it is a privileged program.", one per program.
    [[nodiscard]] const std::vector<std::string> &sentences() const { return m_sentences; }

    /// An EXIT later than this after the exec is believed.
    static constexpr DurationNs kSuspiciousNs = kMillisecond;

private:
    struct Exec {
        TimestampNs time = 0;
        std::string name;
    };
    std::function<bool(pid_t)> m_isAlive;
    std::unordered_map<pid_t, Exec> m_execs;
    std::vector<std::string> m_sentences;
};

} // namespace Interleave
