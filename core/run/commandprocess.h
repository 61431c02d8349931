// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/run/helperfolder.h"
#include "core/run/linereader.h"
#include "core/run/processfamily.h"
#include "core/run/runhost.h"
#include "core/taskset/commandspec.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

/// A person's program: `interleave-launch`, held until release(), which then becomes it.
///
/// In the window (`background`) it has a session, and so a process group, of its own. Started from
/// a terminal it stays in the group of this process: it may read the terminal, and Ctrl+C reaches
/// it. Processes that it leaves running (daemons, background jobs) stay when it has ended by
/// itself; after requestStop(), or when this object ends before it, all of them are ended.
/// Thread: the collector's, which must live as long as the application: the kernel kills the
/// program when the *thread* that started it ends (PR_SET_PDEATHSIG).
class CommandProcess final : public RunHost
{
public:
    struct Options {
        CommandSpec spec;
        std::string launcherPath;
        bool background = false; ///< a session of its own, autogroup 19 where there are autogroups
    };

    /// Starts the launcher. Returns at once; see checkReady(). Where the helper for Python cannot
    /// be had, the program runs without; see helperRemark().
    /// Errors: NotFound when the launcher is not where it should be, BadInput for words that no
    /// program can be given, Io for anything the system refuses.
    static Result<std::unique_ptr<CommandProcess>> start(const Options &options);
    /// Waits at most 4 s, and only for what waits in the kernel.
    ~CommandProcess() override;

    [[nodiscard]] pid_t pid() const override { return m_pid; }
    [[nodiscard]] const SharedRings &rings() const override { return *m_rings; }
    [[nodiscard]] HelperBoard *helperBoard() override { return m_board ? &*m_board : nullptr; }
    [[nodiscard]] ClockPair firstPair() const override { return m_firstPair; }
    [[nodiscard]] int pidFd() const override { return m_pidFd.get(); }
    [[nodiscard]] int messagesFd() const override { return m_messages.get(); }
    [[nodiscard]] const std::string &priority() const override { return m_priority; }
    [[nodiscard]] const char *firstName() const override { return "interleave-laun"; }
    [[nodiscard]] bool hasHelper() const { return m_board.has_value(); }
    /// Why there is no helper though it was asked for: one sentence; else empty.
    [[nodiscard]] const std::string &helperRemark() const { return m_helperRemark; }

    /// The launcher has nothing to say that is not in checkReady() and tryReap().
    void readMessages(std::vector<Message> &out) override;
    void readOutput(std::vector<OutputLine> &out) override;
    void readRestOfOutput(std::vector<OutputLine> &out) override;

    Result<std::optional<std::uint64_t>> checkReady() override;
    /// Errors: Io when the launcher is gone.
    Result<void> release(const std::string &runSpec) override;

    /// SIGINT: in the background to its process group, else to it and all that it has started.
    void requestStop() override;
    void signalGroup(int signal) override;
    bool lowerPriority() override;
    /// In the usage `ru_maxrss` is 0 where the kernel's number is not the program's: a process
    /// keeps the peak of the one that it was started from, and nothing tells a smaller one of its
    /// own.
    std::optional<Exit> tryReap() override;
    void abandon() override;
    int sweep(const std::vector<KnownProcess> &known) override;
    [[nodiscard]] const std::vector<pid_t> &stuckOrphans() const override
    {
        return m_family.stuck();
    }
    void reapOrphans(const std::vector<KnownProcess> &known) override;
    std::vector<pid_t> stillRunning(const std::vector<KnownProcess> &known) override;

private:
    struct ChildEnds; ///< of its pipes

    CommandProcess() = default;
    static void readOn(UniqueFd end);
    Result<void> makeRings(const CommandSpec &spec);
    Result<void> makeHelper(bool showLocks);
    Result<void> makePipes(bool isCaptured, ChildEnds &ends);
    Result<void> spawn(const Options &options, const ChildEnds &ends);
    [[nodiscard]] std::vector<std::string> environmentFor(const CommandSpec &spec) const;
    [[nodiscard]] bool hasEnded() const;
    void hearLauncher();

    pid_t m_pid = 0;
    pid_t m_group = 0; ///< 0: it has none of its own
    std::string m_mark;
    UniqueFd m_pidFd;
    UniqueFd m_control;
    UniqueFd m_messages;
    UniqueFd m_output, m_error; ///< where they are captured
    std::optional<SharedRings> m_rings;
    std::optional<HelperBoard> m_board;
    std::unique_ptr<HelperFolder> m_helper;
    std::string m_helperRemark;
    ClockPair m_firstPair;
    bool m_background = false;
    bool m_isReady = false;
    bool m_isStopping = false;
    long m_peakBefore = 0; ///< KiB that its ru_maxrss had before it was a program
    std::string m_failure; ///< why it could not be executed
    std::string m_priority;
    LineReader m_messageLines, m_outputLines, m_errorLines;
    ProcessFamily m_family;
    std::vector<KnownProcess> m_known; ///< as last told
};

} // namespace Interleave
