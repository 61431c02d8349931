// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"
#include "core/engine/work/primework.h"
#include "core/engine/work/workparameters.h"
#include "core/record/sharedrings.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Interleave
{

class GlobalLock;
class SharedBoard;
class TaskCarrier;

/// How the work of a task ended.
enum class TaskStatus : std::uint8_t { Finished, Cancelled, Failed };

/// Records the end of `task` as its status says. Hot path.
void recordEnd(TaskId task, TaskStatus status);

/// What is the same for all tasks of a run. Everything pointed to is borrowed and outlives the run.
struct RunSetup {
    WorkParameters parameters;
    double unitsPerMs = 1000; ///< see calibrateUnitsPerMs()
    const SharedRings *rings = nullptr; ///< never null while tasks run
    const SharedBoard *board = nullptr; ///< null when the set needs none
    int messageFd = -1;
    int taskCount = 0;
    GlobalLock *globalLock = nullptr; ///< under which all tasks run; null but for the model `gil`
    TaskCarrier *carrier = nullptr; ///< to be told of waits (BlockingScope); null: need not know
};

/// What a task's work can ask and do: one per running task, used by the thread that runs it.
///
/// Every wait ends early when a stop is requested, and so does burn() within a millisecond of CPU
/// time; what returns false then asks its caller to end with TaskStatus::Cancelled.
/// Under a global lock (RunSetup::globalLock) what blocks gives it up meanwhile, and burn() gives way
/// between its pieces to a task that has asked for it.
class TaskContext
{
public:
    /// \param setup borrowed.
    TaskContext(const RunSetup &setup, TaskId id, int index, std::string name);

    [[nodiscard]] TaskId id() const { return m_id; }
    [[nodiscard]] int index() const { return m_index; } ///< from 0 within the run
    [[nodiscard]] const std::string &name() const { return m_name; }
    [[nodiscard]] const RunSetup &setup() const { return *m_setup; }
    [[nodiscard]] const WorkParameters &parameters() const { return m_setup->parameters; }
    [[nodiscard]] bool stopRequested() const { return m_setup->rings->isStopRequested(); }
    /// Why fail() was called; empty when it was not.
    [[nodiscard]] const std::string &failure() const { return m_failure; }
    [[nodiscard]] const PrimeWork &work() const { return m_work; }

    /// A line of output: an instant on the task's track and a message with its text.
    void print(std::string_view text);
    /// Blocks the thread, recorded as Wait(Sleep). \return false when stopped.
    [[nodiscard]] bool sleepFor(DurationNs duration);
    /// Computes for `ms` of calibrated CPU time, in pieces of at most 1 ms (under a global lock:
    /// GlobalLock::kLongestPiece) and without a record of its own. Fractions are carried over to the
    /// next call. \return false when stopped.
    [[nodiscard]] bool burn(double ms);
    /// Notes why the task fails. \return Failed
    TaskStatus fail(std::string why);
    /// Finished or Cancelled; Failed when the work that was done so far gave a wrong count.
    /// \param completed false when one of the calls above returned false.
    TaskStatus outcome(bool completed);
    /// Goes on as another task, with work of its own: for a driver that runs one job after another.
    void become(TaskId id, int index);

private:
    const RunSetup *m_setup;
    TaskId m_id;
    int m_index;
    double m_owedUnits = 0;
    PrimeWork m_work;
    std::string m_name;
    std::string m_failure;
};

} // namespace Interleave
