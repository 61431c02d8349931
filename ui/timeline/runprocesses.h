// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <QString>

#include <cstddef>
#include <memory>
#include <vector>

namespace Interleave
{

/// The processes of a run of a program, with their threads and finer tasks, sorted out of its trace as that
/// grows, and the order in which they stand above each other.
///
/// Keeps its trace alive. Thread: its owner's.
class RunProcesses
{
public:
    /// So many processes that were gone at once are shown one by one; more stand together.
    static constexpr std::size_t kMostShort = 30;
    /// Gone at once: after less than this part of the run's time so far.
    static constexpr DurationNs kShortShare = 200;

    /// A process and how deep it is nested in those that made it.
    struct Row {
        ProcessIndex process = kNoProcess;
        int depth = 0;
    };
    /// A finer task of a process, nested in the one that waits for it where both are of one thread.
    struct TaskRow {
        TrackIndex track = kNoTrack;
        int depth = 0;
        /// Below which of threadsOf() it stands, by its place there; their number: below all of them.
        std::size_t thread = 0;
    };

    explicit RunProcesses(std::shared_ptr<const Trace> trace = nullptr);

    [[nodiscard]] const std::shared_ptr<const Trace> &trace() const { return m_trace; }
    /// Reads the tracks that are new. Cost: O(these).
    void update();
    /// Brings rows() and what follows up to date. Cost: O(processes log processes + tracks whose process was
    /// not known).
    void arrange();

    /// In the order in which they were forked, each behind the one that made it; without those that were gone
    /// at once, where these are many.
    [[nodiscard]] const std::vector<Row> &rows() const { return m_rows; }
    /// The others, in their order; empty where they are few.
    [[nodiscard]] const std::vector<ProcessIndex> &shortOnes() const { return m_short; }
    /// How many of those lived at some moment of [begin, end), absolute. Cost: O(log processes).
    [[nodiscard]] std::size_t shortOnesIn(TimestampNs begin, TimestampNs end) const;

    /// The tracks of a process's threads, as they were created.
    [[nodiscard]] const std::vector<TrackIndex> &threadsOf(ProcessIndex process) const;
    /// Coroutines, jobs and requests in the order of the threads they stand below: of the one that each began
    /// on; of a task that has not begun, of the one that made it. Each has what it waits for behind it.
    /// Cost: O(threads + tasks log tasks).
    [[nodiscard]] std::vector<TaskRow> tasksOf(ProcessIndex process) const;
    /// Tracks of threads and tasks whose process nobody knows.
    [[nodiscard]] const std::vector<TrackIndex> &homeless() const { return m_homeless; }
    [[nodiscard]] const std::vector<TrackIndex> &locks() const { return m_locks; }
    /// Whether the program has printed lines that stand on the timeline.
    [[nodiscard]] bool hasOutput() const { return m_hasOutput; }

    /// The thread's name as it is now. Cost: O(1) while it stays the same.
    [[nodiscard]] const QString &threadName(ThreadIndex thread);
    /// "python3 a.py": what it calls itself, else its command line without the folders of its programs.
    [[nodiscard]] static QString processName(const Trace &trace, ProcessIndex process);

private:
    struct Members {
        std::vector<TrackIndex> threads;
        std::vector<TrackIndex> tasks;
    };
    struct Name {
        std::uint32_t number = 0xffffffffu; ///< of the text that was looked up
        QString text;
    };
    void sortIn(TrackIndex track);
    void readMarks();
    [[nodiscard]] std::vector<bool> findShortOnes() const;
    void nest(const std::vector<bool> &isShort);

    std::shared_ptr<const Trace> m_trace;
    std::size_t m_tracksRead = 0;
    std::size_t m_marksRead = 0;
    bool m_hasOutput = false;
    std::vector<Members> m_members; ///< by process
    std::vector<TrackIndex> m_homeless;
    std::vector<TrackIndex> m_locks;
    std::vector<Name> m_names; ///< by thread
    std::vector<Row> m_rows;
    std::vector<ProcessIndex> m_short;
    std::vector<TimestampNs> m_shortBegins; ///< ascending
    std::vector<TimestampNs> m_shortEnds; ///< ascending
};

} // namespace Interleave
