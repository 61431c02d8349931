// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/tracefacts.h"
#include "core/sched/globallockwaits.h"
#include "core/sched/observer.h"
#include "core/sched/schedevent.h"
#include "core/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What the processes of a run execute: their command lines and interpreters, as /proc tells, and which
/// of them have ended.
///
/// A program is read once, when its exec is drained: some milliseconds later, so that one that has ended
/// by then keeps the kernel's name alone. A forked process has what its parent has, also the helper
/// that was loaded there: one that only computes never says so itself. Where execs are not seen (the
/// sampled tier), a new name of a first thread stands for one.
/// Source: proc_pid_cmdline(5), proc_pid_exe(5): both may be read by the owner of the process, unless it
/// has gained privileges.
/// Thread: the collector's. Cost: O(1) a creation or end, about 20 us an exec.
class ProcessDescriptions
{
public:
    struct Program {
        std::string commandLine; ///< its words, each with a NUL at the end
        std::string executable; ///< the path of its file
        bool isForked = false; ///< it is the parent's: no exec has followed the fork
    };
    using Reader = std::function<std::optional<Program>(pid_t pid)>;

    /// \param lockWaits is told which processes run Python with a global lock; it must outlive this.
    /// \param reader replaced in tests.
    ProcessDescriptions(Trace &trace, GlobalLockWaits &lockWaits, Source source,
                        Reader reader = {});

    /// The held process, before its release.
    void addRoot(pid_t pid);
    /// Of the events of one drain, those of threads that were there before; to be called before
    /// `lockWaits` gets them.
    void addFound(const std::vector<SchedEvent> &events);
    /// All events of one drain, in order of time within each core; after `lockWaits` has got them.
    void add(const std::vector<SchedEvent> &events);
    /// A helper has told what it is: so the process has one, and what is forked from it.
    void setInterpreter(pid_t pid, Interpreter interpreter, DurationNs switchInterval);
    /// Writes into the trace what its horizon has come to.
    void settle(TimestampNs now) { m_facts.settle(now); }
    void finish() { m_facts.finish(); }
    /// What was found out and could not wait for the trace: see TraceFacts.
    [[nodiscard]] std::uint64_t factsLeftOut() const { return m_facts.leftOut(); }
    /// The processes whose last thread has ended since the last call.
    [[nodiscard]] std::vector<pid_t> takeEnded();
    /// Whether it has been seen, and not its end.
    [[nodiscard]] bool isKnown(pid_t pid) const { return m_known.contains(pid); }

    /// By the name of the file: python3.11 is Python, python3.13t is FreePython. Python 2 is none: its
    /// global lock changes hands in another way.
    [[nodiscard]] static Interpreter interpreterOf(std::string_view executable);
    /// The words with blanks between them, at most 400 bytes, without control characters.
    [[nodiscard]] static std::string textOf(std::string_view commandLine);
    /// Whether Python's multiprocessing has started it for itself. What such a process forks then has
    /// the same command line, and is the program's own: a fork server's worker.
    [[nodiscard]] static bool isHousekeeping(std::string_view commandLine);

    static constexpr std::size_t kLongestText = 400;
    /// Of all command lines together; beyond, processes keep the kernel's names.
    static constexpr std::size_t kMostTexts = 64u << 20;

private:
    /// What an exec has loaded, the same in all that is forked from it afterwards.
    struct Image {
        bool hasHelper = false;
    };
    struct Known {
        /// Shared with the forks, as a helper may be heard after a fork that it was there before.
        std::shared_ptr<Image> image = std::make_shared<Image>();
        std::uint32_t commandLine = 0; ///< see Trace::text()
        Interpreter interpreter = Interpreter::None;
        DurationNs switchInterval = 0;
        bool hasTold = false; ///< its helper has spoken for this process
        bool isHousekeeping = false;
        int threads = 0;
    };
    /// What waits to be told shares it, so that in the end the newest is told, in whatever order.
    using KnownPointer = std::shared_ptr<Known>;

    void handle(const SchedEvent &event);
    void fork(const SchedEvent &event);
    void exec(const SchedEvent &event);
    void describe(pid_t pid, const KnownPointer &known, TimestampNs time);
    static void keepHelper(Known &known, const Known &before, bool isForked);
    void tell(pid_t pid, const KnownPointer &known, TimestampNs time);
    /// Makes one when the process is not known, unless other programs are observed, too: then nullptr.
    [[nodiscard]] KnownPointer knownOf(pid_t pid);

    Trace &m_trace;
    GlobalLockWaits &m_lockWaits;
    const bool m_seesExecs;
    const bool m_seesOthers; ///< programs that are not of the run
    Reader m_reader;
    TraceFacts m_facts;
    std::unordered_map<pid_t, KnownPointer> m_known; ///< of processes that live
    std::vector<SchedEvent> m_events; ///< of one drain, those that matter here
    std::vector<pid_t> m_ended;
    std::size_t m_textBytes = 0;
};

} // namespace Interleave
