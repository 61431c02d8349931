// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Interleave
{

class EngineRun;
class Workload;

/// Runs a workload's tasks under the model of the run: starts them, lets main do its part, waits for
/// all of them, and adds up how they ended (EngineRun::add). On the engine's main thread.
void runModel(EngineRun &run, Workload &workload);

/// One after another on the main thread, before main does its part.
void runSequential(EngineRun &run, Workload &workload);
/// A QThread for each task, all at once. Under the model `gil`, too: there the run has a global lock
/// (RunSetup::globalLock), under which runRecorded() runs the bodies. Main runs without it.
void runThreads(EngineRun &run, Workload &workload);
/// A QThreadPool. "dispatch": "jobs" hands every task to the pool's queue; "drivers" starts one
/// runnable per worker, which take indices. "scheduling": "single", or "static" and "steal", which
/// are for drivers. "release_while_waiting": of jobs, see JobPool::waitBegins().
void runPool(EngineRun &run, Workload &workload);
/// Whether runPool() uses drivers for this run.
[[nodiscard]] bool usesDrivers(const EngineRun &run);
/// A child process for each task.
void runProcesses(EngineRun &run, Workload &workload);
/// Coroutines on the main thread.
void runCoroutines(EngineRun &run, Workload &workload);

} // namespace Interleave
