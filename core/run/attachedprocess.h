// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/run/runhost.h"
#include "core/taskset/commandspec.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

/// A process that runs already and belongs to somebody else: it is watched, never signalled, and
/// goes on when the recording ends. Its exit status is its parent's business and not known here.
/// Where Interleave was started from it (a shell), Interleave's own processes are no part of it.
/// Thread: the collector's.
class AttachedProcess final : public RunHost
{
public:
    /// Errors: NotFound when there is no such process (any more), BadInput for a number that is a
    /// thread's or this process's own.
    static Result<std::unique_ptr<AttachedProcess>> open(pid_t pid);

    /// Its command line as /proc has it; of one without, its name in brackets: "[kthreadd]".
    [[nodiscard]] const CommandSpec &spec() const { return m_spec; }
    /// What a person should know of the recording, one sentence; else empty.
    [[nodiscard]] std::string remark() const;

    [[nodiscard]] pid_t pid() const override { return m_hasEnded ? 0 : m_pid; }
    [[nodiscard]] const SharedRings &rings() const override { return *m_rings; }
    [[nodiscard]] ClockPair firstPair() const override { return m_firstPair; }
    [[nodiscard]] int pidFd() const override { return m_pidFd.get(); }
    [[nodiscard]] int messagesFd() const override { return -1; }
    [[nodiscard]] const std::string &priority() const override { return m_priority; }
    [[nodiscard]] const char *firstName() const override { return m_name.c_str(); }

    void readMessages(std::vector<Message> &) override {}
    void readOutput(std::vector<OutputLine> &) override {}
    void readRestOfOutput(std::vector<OutputLine> &) override {}

    /// Errors: Failed when it has ended.
    Result<std::optional<std::uint64_t>> checkReady() override;
    Result<void> release(const std::string &) override { return {}; }

    /// Ends the recording: tryReap() then says that nothing more comes. The process is not touched.
    void requestStop() override { m_isStopped = true; }
    void signalGroup(int) override {}
    bool lowerPriority() override { return true; }
    /// An unknown exit, once the process has ended or the recording was stopped.
    std::optional<Exit> tryReap() override;
    void abandon() override {}
    int sweep(const std::vector<KnownProcess> &) override { return 0; }
    [[nodiscard]] const std::vector<pid_t> &stuckOrphans() const override { return m_stuck; }

private:
    AttachedProcess() = default;
    [[nodiscard]] bool hasEnded() const;
    void readNames();

    pid_t m_pid = 0;
    UniqueFd m_pidFd;
    std::optional<SharedRings> m_rings; ///< nobody writes, but a run has rings
    ClockPair m_firstPair;
    CommandSpec m_spec;
    std::string m_name;
    std::string m_priority = "its own";
    std::vector<pid_t> m_stuck; ///< none: nothing is ended
    bool m_isStopped = false;
    bool m_hasEnded = false;
};

} // namespace Interleave
