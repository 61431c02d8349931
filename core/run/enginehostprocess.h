// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/record/messages.h"
#include "core/record/sharedrings.h"
#include "core/run/linereader.h"
#include "core/run/processstat.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

    /// Starts a host and its shared rings. Returns at once; see checkReady().
    /// Errors: NotFound when the engine is not where it should be, Io for anything the system refuses.
    static Result<EngineHostProcess> start(const Options &options);

    EngineHostProcess(EngineHostProcess &&) noexcept = default;
    EngineHostProcess &operator=(EngineHostProcess &&) = delete; // it would have to end one first
    /// Kills and reaps what still lives. Waits at most 4 s, and only for what waits in the kernel.
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
    /// The same for its raw standard output and error: whole lines, long ones in pieces (LineReader).
    void readOutput(std::vector<std::string> &out);
    /// The same, and the line that has no end: for when nothing more will come.
    void readRestOfOutput(std::vector<std::string> &out);

    /// Looks whether the host is ready for its run. Never blocks; messagesFd() or pidFd() become
    /// readable when there is news. \return its calibration, or nothing while it is not ready yet.
    /// Errors: Failed when it has ended, or has closed its pipe, before; with its last line of output.
    Result<std::optional<std::uint64_t>> checkReady();
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
    };
    /// Reaps the host when it has ended. Never blocks.
    std::optional<Exit> tryReap();
    /// Lets go of a host that cannot be ended: it is reaped at some later start(), when it has come back
    /// from the kernel. After this pid() is 0 and the destructor does not wait for it.
    void abandon();

    /// A process of the run, as its trace knows it.
    struct KnownProcess {
        pid_t pid = 0;
        TimestampNs created = 0; ///< or when it was first seen
    };
    /// Kills and reaps the orphans of this host: they are children of this process, its subreaper. Found
    /// by their process group or session, by the mark in their environment, and, where a process has
    /// changed all three, by `known`. Children that something else of this process has started have none
    /// of these and are left alone. Waits at most 2 s, and only for what waits in the kernel.
    /// \return how many.
    int sweep(const std::vector<KnownProcess> &known);
    /// Those that sweep() could not end: they wait in the kernel.
    [[nodiscard]] const std::vector<pid_t> &stuckOrphans() const { return m_stuck; }

private:
    EngineHostProcess() = default;
    [[nodiscard]] bool hasEnded() const;
    [[nodiscard]] bool isOrphanOfThis(pid_t child, const std::vector<KnownProcess> &known) const;

    struct Pid { // moves must leave none behind
        pid_t value = 0;
        Pid() = default;
        Pid(Pid &&other) noexcept
            : value(std::exchange(other.value, 0))
        {
        }
        Pid &operator=(Pid &&) = delete;
        operator pid_t() const { return value; } // NOLINT(google-explicit-constructor)
    };

    Pid m_pid;
    pid_t m_group =
        0; ///< its process group, and in the background its session; stays after its end
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
    std::vector<pid_t> m_stuck;
};

} // namespace Interleave
