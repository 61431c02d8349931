// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/runspec.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/messages.h"
#include "core/record/objectkind.h"

#include <QJsonValue>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace Interleave
{

class Workload;

/// How many tasks ended how. Value.
struct TaskTally {
    std::uint32_t finished = 0;
    std::uint32_t cancelled = 0; ///< also those that a stop request kept from starting
    std::uint32_t failed = 0;
    std::string firstFailure; ///< a sentence

    void add(TaskStatus status, const std::string &failure = {});
    void add(const TaskTally &other);
};

/// One run in the engine host: its task ids, what all tasks share, what is told to the observer.
///
/// Made and ended on the engine's main thread, which is the task "main". add*(), note() and result()
/// may be called by any thread; the rest by the main thread.
class EngineRun
{
public:
    /// \param rings borrowed, and installed in the recorder.
    EngineRun(RunSpec spec, const SharedRings &rings, int messageFd, double unitsPerMs);
    ~EngineRun();
    EngineRun(const EngineRun &) = delete;
    EngineRun &operator=(const EngineRun &) = delete;

    [[nodiscard]] const RunSpec &spec() const { return m_spec; }
    [[nodiscard]] const RunSetup &setup() const { return m_setup; }
    [[nodiscard]] bool isStopRequested() const { return m_setup.rings->isStopRequested(); }
    [[nodiscard]] TaskId mainTask() const { return m_mainTask; }
    [[nodiscard]] int taskCount() const { return m_setup.taskCount; }
    [[nodiscard]] TaskId taskId(int index) const { return m_firstTask + TaskId(index); }
    [[nodiscard]] TaskTally tally() const;
    /// Time spent in tasks, by worker number, in ns; of child processes see Workload::bodyTime().
    [[nodiscard]] std::map<int, DurationNs> busy() const;

    /// Runs everything: defines and begins main, defines the tasks, runs the model, tells results and
    /// the outcome, which is the last message. Never throws.
    void execute();

    // For models and workloads.
    TaskContext &mainContext() { return *m_mainContext; }
    /// Who is told when tasks wait (BlockingScope), or null. Borrowed. While no task runs.
    void setCarrier(TaskCarrier *carrier) { m_setup.carrier = carrier; }
    /// "start_stagger_ms": how long main waits between the starts of two tasks; 0: not at all.
    [[nodiscard]] DurationNs startStagger() const;
    /// Main does so. \return false when stopped.
    bool pauseBetweenStarts();
    /// Main gives its thread to other tasks, and takes it back.
    void suspendMain();
    void resumeMain();
    /// Main ends before its tasks do.
    void endMain(TaskStatus status);
    void add(const TaskTally &tally);
    void addBusy(int worker, DurationNs duration);
    void note(const std::string &text);
    void result(const char *key, const QJsonValue &value);
    /// Tells the observer of something that tasks share, before the first task touches it.
    /// \param id from 1, chosen by the set, the same in its bodies. \param capacity see ObjectKind.
    void defineObject(std::uint32_t id, ObjectKind kind, const std::string &name,
                      std::uint32_t capacity = 0);
    /// Defines \p count more tasks than taskCount(), for sets whose tasks make tasks of their own: "name 1",
    /// "name 2", ..., or `name` alone when there is one. \param kind "thread", "job", "process",
    /// "coroutine" or "step". \return the first one's id.
    TaskId defineSubtasks(const char *kind, const std::string &name, std::uint32_t count,
                          TaskId parent);
    void tell(const Message &message);
    /// The run as a whole fails, whatever its tasks do. The first sentence counts.
    void fail(const std::string &sentence);

private:
    bool prepare();
    void makeGlobalLock();
    void defineTasks(const Workload &workload);
    void tellOutcome();

    RunSpec m_spec;
    RunSetup m_setup;
    TaskId m_mainTask = kNoTask;
    TaskId m_firstTask = kNoTask;
    bool m_mainEnded = false;
    std::optional<SharedBoard> m_board;
    std::unique_ptr<GlobalLock> m_globalLock; ///< of the model `gil`
    std::optional<TaskContext> m_mainContext;
    std::unique_ptr<Workload> m_workload;
    mutable std::mutex m_mutex; ///< guards the three below
    TaskTally m_tally;
    std::map<int, DurationNs> m_busy;
    std::string m_failure;
};

/// Main is suspended while one of these lives: its thread runs other tasks.
class MainSuspension
{
public:
    explicit MainSuspension(EngineRun &run)
        : m_run(run)
    {
        m_run.suspendMain();
    }
    ~MainSuspension() { m_run.resumeMain(); }
    MainSuspension(const MainSuspension &) = delete;
    MainSuspension &operator=(const MainSuspension &) = delete;

private:
    EngineRun &m_run;
};

} // namespace Interleave
