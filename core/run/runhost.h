// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/timestamp.h"
#include "core/record/helperboard.h"
#include "core/record/messages.h"
#include "core/record/sharedrings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace Interleave
{

/// A line that came out of a run's standard output or error.
struct OutputLine {
    enum class Stream : std::uint8_t { Output, Error };
    Stream stream = Stream::Output;
    std::string text;
};

/// The process at the root of a run: held until its release, observed, ended and reaped.
/// EngineHostProcess runs a task set, CommandProcess a person's program, AttachedProcess is one that
/// runs already. Thread: the collector's, which must live as long as the application.
class RunHost
{
public:
    RunHost() = default;
    RunHost(const RunHost &) = delete;
    RunHost &operator=(const RunHost &) = delete;
    /// Kills and reaps what still lives and is ours.
    virtual ~RunHost() = default;

    /// 0 once it has been reaped or given up.
    [[nodiscard]] virtual pid_t pid() const = 0;
    [[nodiscard]] virtual const SharedRings &rings() const = 0;
    /// Of a command with a helper, else nullptr.
    [[nodiscard]] virtual HelperBoard *helperBoard() { return nullptr; }
    [[nodiscard]] virtual ClockPair firstPair() const = 0;
    /// Becomes readable when the process has ended.
    [[nodiscard]] virtual int pidFd() const = 0;
    /// Descriptors that become readable when there is news while it gets ready.
    [[nodiscard]] virtual int messagesFd() const = 0;
    /// How it is scheduled, in words.
    [[nodiscard]] virtual const std::string &priority() const = 0;
    /// Kernel name of its first thread when it is observed.
    [[nodiscard]] virtual const char *firstName() const = 0;

    virtual void readMessages(std::vector<Message> &out) = 0;
    /// Whole lines; of a host that keeps its streams to itself, none.
    virtual void readOutput(std::vector<OutputLine> &out) = 0;
    /// The same, and the lines that have no end: for when nothing more will come.
    virtual void readRestOfOutput(std::vector<OutputLine> &out) = 0;

    /// \return a number that means "ready" (an engine's calibration), or nothing while it is not.
    /// Errors: Failed when it has ended before.
    virtual Result<std::optional<std::uint64_t>> checkReady() = 0;
    /// Lets it go. \param runSpec what an engine shall do; others ignore it.
    virtual Result<void> release(const std::string &runSpec) = 0;

    /// The first rung of the StopLadder: a flag (engine), SIGINT (command), nothing (attached).
    virtual void requestStop() = 0;
    /// To its process group, and of a command to everything that it has started.
    virtual void signalGroup(int signal) = 0;
    /// \return true when nothing more is to be tried.
    virtual bool lowerPriority() = 0;

    struct Exit {
        bool signalled = false;
        int code = 0; ///< exit code or signal
        std::optional<rusage> usage; ///< of it and the children that it waited for
        std::string failure; ///< why a command could not be executed at all; else empty
        bool isKnown = true; ///< not of a process that somebody else is the parent of
    };
    /// Reaps it when it has ended. Never blocks.
    virtual std::optional<Exit> tryReap() = 0;
    virtual void abandon() = 0;

    /// A process of the run, as its trace knows it.
    struct KnownProcess {
        pid_t pid = 0;
        TimestampNs created = 0; ///< or when it was first seen
    };
    /// Ends and reaps what is left of the run. \return how many.
    virtual int sweep(const std::vector<KnownProcess> &known) = 0;
    /// Reaps what a command has left to this process (daemons, background jobs) and what has ended.
    virtual void reapOrphans(const std::vector<KnownProcess> &) {}
    /// What a command has started and what still runs, without itself. Cost: O(all of them).
    virtual std::vector<pid_t> stillRunning(const std::vector<KnownProcess> &) { return {}; }
    [[nodiscard]] virtual const std::vector<pid_t> &stuckOrphans() const = 0;
};

} // namespace Interleave
