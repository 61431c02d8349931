// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/record/messages.h"
#include "core/record/sharedrings.h"

#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace Interleave
{

/// One `interleave-engine` process: held from its start until release(), then running one task set.
///
/// Thread: the collector's, which must live as long as the application: the engine host asks the
/// kernel to be killed when the *thread* that started it ends (PR_SET_PDEATHSIG).
class EngineHostProcess
{
public:
    struct Options {
        std::string enginePath;
        bool background = false; ///< a session of its own, autogroup or nice 19
        std::uint64_t unitsPerMs =
            0; ///< known calibration; 0: the host calibrates while it is held
    };

    /// Starts a host and its shared rings. Returns at once; wait for isReady().
    /// Errors: NotFound when the engine is not where it should be, Io for anything the system refuses.
    static Result<EngineHostProcess> start(const Options &options);

    EngineHostProcess(EngineHostProcess &&) noexcept = default;
    EngineHostProcess &operator=(EngineHostProcess &&) noexcept = default;
    /// Kills and reaps what still lives.
    ~EngineHostProcess();

    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] const SharedRings &rings() const { return *m_rings; }
    [[nodiscard]] int messagesFd() const { return m_messages.get(); }
    [[nodiscard]] int outputFd() const { return m_output.get(); }
    [[nodiscard]] int pidFd() const { return m_pidFd.get(); }
    [[nodiscard]] bool isBackground() const { return m_background; }
    [[nodiscard]] ClockPair firstPair() const { return m_firstPair; }
    /// How the host is scheduled, in words ("own session, autogroup 19").
    [[nodiscard]] const std::string &priority() const { return m_priority; }

    /// Reads what the host has said since the last call. Never blocks.
    void readMessages(std::vector<Message> &out);
    /// The same for its raw standard output and error, whole lines.
    void readOutput(std::vector<std::string> &out);

    /// Waits for the Ready message. \return its calibration. Errors: Failed after `timeout`.
    Result<std::uint64_t> waitUntilReady(DurationNs timeout);
    /// Hands over the run (one line of JSON) and lets the host go. Errors: Io when the host is gone.
    Result<void> release(const std::string &runSpec);

    void requestStop() const { m_rings->requestStop(); }
    /// Sends a signal to the host's process group. No effect once it has been reaped.
    void signalGroup(int signal) const;
    /// Tries once to set the autogroup's nice level; the kernel takes one write per 100 ms.
    /// \return true when nothing more is to be tried.
    bool lowerPriority();

    struct Exit {
        bool signalled = false;
        int code = 0; ///< exit code or signal
        rusage usage{};
    };
    /// Reaps the host when it has ended. Never blocks.
    std::optional<Exit> tryReap();
    /// Kills and reaps every process that descends from this host, also those that double-forked or
    /// changed their session: they are found by the mark in their environment. \return how many.
    int sweep() const;

private:
    EngineHostProcess() = default;
    static void readLines(int fd, std::string &pending, std::vector<std::string> &out);

    struct Pid { // moves must leave none behind
        pid_t value = 0;
        Pid() = default;
        Pid(Pid &&other) noexcept
            : value(std::exchange(other.value, 0))
        {
        }
        Pid &operator=(Pid &&other) noexcept
        {
            std::swap(value, other.value);
            return *this;
        }
        operator pid_t() const { return value; } // NOLINT(google-explicit-constructor)
    };

    Pid m_pid;
    UniqueFd m_pidFd;
    UniqueFd m_control;
    UniqueFd m_messages;
    UniqueFd m_output;
    std::optional<SharedRings> m_rings;
    ClockPair m_firstPair;
    bool m_background = false;
    std::string m_mark;
    std::string m_priority;
    std::string m_pendingMessages;
    std::string m_pendingOutput;
    std::vector<Message> m_early; ///< came while waiting for Ready
};

} // namespace Interleave
