// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/coroutine.h"
#include "core/engine/runspec.h"
#include "core/engine/work/bodies.h"
#include "core/record/objectkind.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace Interleave
{

class ChildProcesses;
class EngineRun;
struct TaskTally;

/// How many processors this process may use.
[[nodiscard]] int coresOfThisRun();

/// A task set as the engine runs it: its tasks, what each does, what main does meanwhile, and what is
/// measured at the end. The models decide what carries the tasks.
///
/// To add a set: its blocking body (work/bodies.h), a class like those in the *workload*.cpp files
/// where the defaults here do not fit, and a line in workload.cpp.
/// Thread: the engine's main thread, except coroutine()'s code (the executor's, which is the same).
class Workload
{
public:
    /// \param run borrowed; it owns the workload.
    explicit Workload(const EngineRun &run);
    virtual ~Workload();
    Workload(const Workload &) = delete;
    Workload &operator=(const Workload &) = delete;

    /// What threads, jobs, processes and steps run.
    [[nodiscard]] BlockingBody body() const { return m_body; }
    /// At least 1; the parameter "tasks" by default.
    [[nodiscard]] virtual int taskCount() const;
    /// "prime" for tasks called "prime 1", "prime 2", ...
    [[nodiscard]] virtual std::string prefix() const = 0;
    /// Whether taskName() gives other names than the prefix and a number.
    [[nodiscard]] virtual bool hasOwnNames() const { return false; }
    [[nodiscard]] virtual std::string taskName(int index) const;
    /// 64-bit cells of memory that the tasks share (SharedBoard); 0: no such memory.
    [[nodiscard]] virtual std::size_t boardCells() const { return 0; }
    /// Threads of the pool. The parameter "workers", or one for each allowed core.
    [[nodiscard]] virtual int workers() const;
    /// How long the body of a task took that ran in a child process, as the child itself has measured
    /// it; 0 where the set does not measure that.
    [[nodiscard]] virtual DurationNs bodyTime(int index) const;
    /// The pool's object (defineObjects(), ObjectKind::Pool), so that a job that never gets a worker is
    /// found; kNoObject: the set does not care.
    [[nodiscard]] virtual ObjectId poolObject() const { return kNoObject; }
    /// Whether the queue of a pool takes its jobs by priority(), and not as they come in.
    [[nodiscard]] virtual bool hasPriorities() const { return false; }
    /// Where hasPriorities(): jobs with a higher one are taken first, equal ones as they came in; >= 0.
    [[nodiscard]] virtual int priority(int /*index*/) const { return 0; }
    /// Whether a child process needs interleave-qt-worker, because the work is done by Qt.
    [[nodiscard]] virtual bool needsQtWorker() const { return false; }
    /// Child processes that may run at once.
    [[nodiscard]] virtual int mostProcesses() const { return taskCount(); }
    /// Whether a run with only some of its tasks makes no sense (they wait for each other).
    [[nodiscard]] virtual bool needsAllTasks() const { return false; }
    /// Whether main waits for its tasks before it ends itself.
    [[nodiscard]] virtual bool joins() const { return true; }

    /// Tells what the tasks share (EngineRun::defineObject), before prepare().
    virtual void defineObjects(EngineRun &) {}
    /// Before the first task starts; the board and the task ids are there.
    virtual void prepare() {}
    /// A task as a coroutine; by default the blocking body, which never gives up the thread.
    /// \param context lives as long as the coroutine.
    [[nodiscard]] virtual Task<TaskStatus> coroutine(TaskContext *context);
    /// On main, after the tasks were started (under `sequential`: have run).
    virtual void mainMeanwhile(TaskContext &) {}
    /// Under `coroutines`, for sets whose main waits for single tasks: main's part as a coroutine beside
    /// them, in place of mainMeanwhile(). It starts the tasks itself, one for each of `contexts`, and
    /// waits for all of them. \return (of the co_await) how they ended; by default no coroutine.
    [[nodiscard]] virtual Task<TaskTally> mainCoroutine(TaskContext *main,
                                                        std::deque<TaskContext> *contexts);
    /// On main, after it has waited for all tasks.
    virtual void mainAfterwards(TaskContext &) {}
    /// For sets that are about starting tasks: does everything that a model would do. \return whether
    /// it did.
    virtual bool runItself(EngineRun &) { return false; }
    /// Tells the results and checks them, after all tasks have ended.
    virtual void finish(EngineRun &) {}

    /// For the model `processes`: what mainMeanwhile() may use; borrowed.
    void setChildren(ChildProcesses *children) { m_children = children; }

protected:
    [[nodiscard]] const EngineRun &run() const { return m_run; }
    [[nodiscard]] const WorkParameters &parameters() const;
    [[nodiscard]] Model model() const;
    /// The parameter "workers"; `fallback` where it is missing or 0.
    [[nodiscard]] int workersOr(int fallback) const;
    /// Another body than the one of its slug, before the tasks start; not for child processes.
    void setBody(BlockingBody body) { m_body = body; }
    /// The processes of the tasks, during mainMeanwhile() under `processes`; null elsewhere.
    [[nodiscard]] ChildProcesses *children() const { return m_children; }

private:
    const EngineRun &m_run;
    BlockingBody m_body;
    ChildProcesses *m_children = nullptr;
};

/// The workload of a set, or null when there is none of that name. Hidden sets are found, too.
[[nodiscard]] std::unique_ptr<Workload> makeWorkload(std::string_view slug, const EngineRun &run);

// One for each file of sets: null when the slug is none of theirs.
[[nodiscard]] std::unique_ptr<Workload> makeSleeperWorkload(std::string_view slug,
                                                            const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeCpuWorkload(std::string_view slug,
                                                        const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeOrderingWorkload(std::string_view slug,
                                                             const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeSaturationWorkload(std::string_view slug,
                                                               const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeSpawnCostWorkload(std::string_view slug,
                                                              const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeHazardWorkload(std::string_view slug,
                                                           const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeSharingWorkload(std::string_view slug,
                                                            const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeNetworkWorkload(std::string_view slug,
                                                            const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeScalingWorkload(std::string_view slug,
                                                            const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeDatabaseWorkload(std::string_view slug,
                                                             const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeFlowWorkload(std::string_view slug,
                                                         const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeWaitingWorkload(std::string_view slug,
                                                            const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeFaultWorkload(std::string_view slug,
                                                          const EngineRun &run);

} // namespace Interleave
