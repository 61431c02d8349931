// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/processstat.h"
#include "core/run/runhost.h"

#include <string>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Children of this process that are hosts of runs, or could not be ended and were given up: nobody
/// may take them for orphans. Thread: any.
class KeptChildren
{
public:
    static void keep(pid_t pid);
    static void forget(pid_t pid);
    [[nodiscard]] static bool contains(pid_t pid);
    /// It cannot be ended now; reapGivenUp() reaps it when it has ended after all.
    static void giveUp(pid_t pid);
    static void reapGivenUp();
};

/// What the first process of a run has started: its descendants, and the orphans among them, which
/// come to this process, their subreaper.
///
/// Orphans are found by their process group or session, by the mark in their environment, by having
/// been seen as descendants before, and, where a process has changed all of that, by `known`.
/// Children that something else of this process has started have none of these and are left alone.
/// Thread: the collector's.
class ProcessFamily
{
public:
    using KnownProcess = RunHost::KnownProcess;

    ProcessFamily() = default;
    /// \param group that the first process has made for itself (and maybe its session); 0: none
    /// \param mark  in the environment of all of them
    ProcessFamily(pid_t group, std::string mark);

    /// A mark for the environment of a new run: "INTERLEAVE_RUN=1234.5;".
    [[nodiscard]] static std::string newMark();
    static constexpr const char *kMarkName = "INTERLEAVE_RUN";

    /// Children of this process that belong to the family, also ended ones.
    [[nodiscard]] std::vector<pid_t> orphans(const std::vector<KnownProcess> &known);
    /// Reaps the orphans that have ended. \return those that run.
    std::vector<pid_t> reapOrphans(const std::vector<KnownProcess> &known);
    /// All that run: the descendants of `root` (0: it has ended), the orphans and theirs. What is
    /// started while it looks may be missing.
    std::vector<pid_t> members(pid_t root, const std::vector<KnownProcess> &known);
    /// Kills and reaps the orphans and what descends from them. Waits at most 2 s, and only for
    /// what waits in the kernel. \return how many were reaped.
    int sweep(const std::vector<KnownProcess> &known);
    /// Those that sweep() could not end: they wait in the kernel, or are another user's.
    [[nodiscard]] const std::vector<pid_t> &stuck() const { return m_stuck; }

private:
    [[nodiscard]] bool isMember(pid_t child, const std::vector<KnownProcess> &known) const;
    void remember(pid_t pid);
    void addDescendants(pid_t pid, std::vector<pid_t> &out);

    pid_t m_group = 0;
    std::string m_mark;
    std::unordered_map<pid_t, TimestampNs> m_seen; ///< members: when they were started
    std::vector<pid_t> m_stuck;
};

} // namespace Interleave
