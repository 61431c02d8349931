// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/run/linereader.h"
#include "core/run/processfamily.h"
#include "core/run/runhost.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// One `interleave-engine` process: held from its start until release(), then running one task set.
///
/// Thread: the collector's, which must live as long as the application: the engine host asks the
/// kernel to be killed when the *thread* that started it ends (PR_SET_PDEATHSIG).
class EngineHostProcess final : public RunHost
{
public:
    struct Options {
        std::string enginePath;
        bool background = false; ///< a session of its own, autogroup or nice 19
        std::uint64_t unitsPerMs =
            0; ///< known calibration; 0: the host calibrates while it is held
    };

    /// Starts a host and its shared rings. Returns at once; see checkReady().
    /// Errors: NotFound when the engine is not where it should be, Io for anything the system refuses.
    static Result<std::unique_ptr<EngineHostProcess>> start(const Options &options);
    /// Kills and reaps what still lives. Waits at most 4 s, and only for what waits in the kernel.
    ~EngineHostProcess() override;

    [[nodiscard]] pid_t pid() const override { return m_pid; }
    [[nodiscard]] const SharedRings &rings() const override { return *m_rings; }
    [[nodiscard]] int messagesFd() const override { return m_messages.get(); }
    [[nodiscard]] int outputFd() const { return m_output.get(); }
    [[nodiscard]] int pidFd() const override { return m_pidFd.get(); }
    [[nodiscard]] bool isBackground() const { return m_background; }
    [[nodiscard]] ClockPair firstPair() const override { return m_firstPair; }
    /// How the host is scheduled, in words ("own session, autogroup 19").
    [[nodiscard]] const std::string &priority() const override { return m_priority; }
    [[nodiscard]] const char *firstName() const override { return "interleave-engi"; }

    /// Reads what the host has said since the last call. Never blocks.
    void readMessages(std::vector<Message> &out) override;
    /// The same for its raw standard output and error, which are one: whole lines, long ones in pieces
    /// (LineReader).
    void readOutput(std::vector<OutputLine> &out) override;
    /// The same, and the line that has no end: for when nothing more will come.
    void readRestOfOutput(std::vector<OutputLine> &out) override;

    /// Looks whether the host is ready for its run. Never blocks; messagesFd() or pidFd() become
    /// readable when there is news. \return its calibration, or nothing while it is not ready yet.
    /// Errors: Failed when it has ended, or has closed its pipe, before; with its last line of output.
    Result<std::optional<std::uint64_t>> checkReady() override;
    /// Hands over the run (one line of JSON) and lets the host go. Returns at once, unless the line is
    /// longer than the pipe. Errors: Io when the host is gone, or does not read it within 2 s.
    Result<void> release(const std::string &runSpec) override;

    void requestStop() override { m_rings->requestStop(); }
    /// Sends a signal to the host's process group. No effect once it has been reaped.
    void signalGroup(int signal) override;
    /// Tries once to set the autogroup's nice level; the kernel takes one write per 100 ms.
    /// \return true when nothing more is to be tried.
    bool lowerPriority() override;

    /// Reaps the host when it has ended. Never blocks.
    std::optional<Exit> tryReap() override;
    /// Lets go of a host that cannot be ended: it is reaped at some later start(), when it has come
    /// back from the kernel. After this pid() is 0 and the destructor does not wait for it.
    void abandon() override;

    /// Kills and reaps the orphans of this host (ProcessFamily). Waits at most 2 s, and only for what
    /// waits in the kernel. \return how many.
    int sweep(const std::vector<KnownProcess> &known) override;
    /// Those that sweep() could not end: they wait in the kernel.
    [[nodiscard]] const std::vector<pid_t> &stuckOrphans() const override
    {
        return m_family.stuck();
    }

private:
    EngineHostProcess() = default;
    [[nodiscard]] bool hasEnded() const;

    pid_t m_pid = 0;
    UniqueFd m_pidFd;
    UniqueFd m_control;
    UniqueFd m_messages;
    UniqueFd m_output;
    std::optional<SharedRings> m_rings;
    ClockPair m_firstPair;
    bool m_background = false;
    std::string m_mark;
    std::string m_priority;
    LineReader m_messageLines;
    LineReader m_outputLines;
    std::vector<Message> m_early; ///< came before it was ready
    std::optional<std::uint64_t> m_calibration; ///< once it is ready
    ProcessFamily m_family;
};

} // namespace Interleave
