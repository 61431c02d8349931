// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/enginerun.h"
#include "core/engine/work/bodies.h"

#include <QThread>

namespace Interleave
{

class Workload;

/// One task on a thread of its own. Named for the kernel as its task is (15 bytes).
/// Thread: used by the one that made it; it must have ended before it is destroyed.
class TaskThread final : public QThread
{
public:
    TaskThread(EngineRun &run, const Workload &workload, int index);

    /// Records Queued and starts. \return false when the system gives no thread.
    [[nodiscard]] bool tryStart();
    /// Waits for its end, recorded as Wait(Join).
    void join();

protected:
    void run() override;

private:
    EngineRun &m_run;
    BlockingBody m_body;
    TaskContext m_context;
};

} // namespace Interleave
