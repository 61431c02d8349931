// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/models.h"
#include "core/engine/taskthread.h"
#include "core/engine/workload.h"

#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

void runThreads(EngineRun &run, Workload &workload)
{
    const int wanted = run.taskCount();
    std::vector<std::unique_ptr<TaskThread>> threads;
    threads.reserve(std::size_t(wanted));
    while (int(threads.size()) < wanted && !run.isStopRequested()) {
        if (!threads.empty() && !run.pauseBetweenStarts())
            break;
        auto thread = std::make_unique<TaskThread>(run, workload, int(threads.size()));
        if (!thread->tryStart())
            break;
        threads.push_back(std::move(thread));
    }
    const int created = int(threads.size());
    if (run.isStopRequested()) {
        TaskTally tally;
        tally.cancelled = std::uint32_t(wanted - created);
        run.add(tally);
    } else if (created < wanted) {
        std::string sentence = "created " + std::to_string(created) + " of "
            + std::to_string(wanted) + " threads: the system gives no more";
        if (created == 0 || workload.needsAllTasks()) {
            sentence += created == 0 ? ", so nothing can run" : ", and this set needs all of them";
            run.fail(sentence);
            run.setup().rings->requestStop();
        } else {
            run.note(sentence);
        }
    }
    workload.mainMeanwhile(run.mainContext());
    if (!workload.joins())
        run.endMain(TaskStatus::Finished);
    for (const auto &thread : threads)
        thread->join();
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
}

} // namespace Interleave
