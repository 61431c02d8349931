// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/async/asyncchannel.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/flowworkload_p.h"
#include "core/engine/work/pipelinestate.h"
#include "core/engine/workload.h"

#include <QJsonArray>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// S30: every item goes through all stages, and each stage works on another item meanwhile.
class Pipeline final : public Workload
{
public:
    explicit Pipeline(const EngineRun &run)
        : Workload(run)
        , m_plan(PipelinePlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks(); }
    [[nodiscard]] std::string prefix() const override { return "stage"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    /// "stage 1", "stage 2.1", "stage 2.2", "stage 3"
    [[nodiscard]] std::string taskName(int index) const override
    {
        const int stage = m_plan.stageOf(index);
        std::string name = "stage " + std::to_string(stage + 1);
        if (m_plan.tasksOf(stage) > 1)
            name += '.' + std::to_string(index - m_plan.firstTaskOf(stage) + 1);
        return name;
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<PipelineState>();
    }
    [[nodiscard]] int workers() const override { return m_plan.tasks(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        for (int i = 0; i + 1 < m_plan.stages; ++i)
            run.defineObject(kFirstStageQueueObject + ObjectId(i), ObjectKind::Channel,
                             "queue " + std::to_string(i + 1) + " to " + std::to_string(i + 2),
                             std::uint32_t(places()));
    }
    void prepare() override
    {
        if (hasPipes())
            makePipes();
        for (int i = 0; i + 1 < m_plan.stages; ++i)
            m_queues.emplace_back(kFirstStageQueueObject + ObjectId(i), std::size_t(m_plan.queue));
    }
    /// All children have their ends by now. With one left here, nobody would see the end of a pipe.
    void mainMeanwhile(TaskContext &) override { m_pipeEnds.clear(); }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override;
    void finish(EngineRun &run) override;

private:
    [[nodiscard]] bool hasPipes() const { return model() == Model::Processes && m_plan.usesPipe; }
    [[nodiscard]] int places() const { return hasPipes() ? m_plan.pipePlaces() : m_plan.queue; }
    [[nodiscard]] PipelineState &state() const
    {
        return run().setup().board->object<PipelineState>();
    }
    void makePipes();
    Task<bool> workOn(TaskContext *context, int stage);
    void tellStages(EngineRun &run, DurationNs elapsed) const;

    const PipelinePlan m_plan;
    std::vector<UniqueFd> m_pipeEnds;
    std::deque<AsyncChannel<PipelineItem>> m_queues; ///< addresses stay
};

/// O_DIRECT: what is written at once is a packet with a place of its own, however small. A place is
/// a page. The children inherit all ends and close what is not theirs.
void Pipeline::makePipes()
{
    const auto size = int(m_plan.pipePlaces() * ::sysconf(_SC_PAGESIZE));
    for (int i = 0; i + 1 < m_plan.stages; ++i) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK | O_DIRECT) != 0)
            throw std::runtime_error(std::string("no pipe between the stages: ")
                                     + std::strerror(errno));
        m_pipeEnds.emplace_back(ends[0]);
        m_pipeEnds.emplace_back(ends[1]);
        if (::fcntl(ends[1], F_SETPIPE_SZ, size) < 0)
            throw std::runtime_error("a pipe with " + std::to_string(m_plan.pipePlaces())
                                     + " places is refused: " + std::strerror(errno));
        ::fcntl(ends[0], F_SETFD, 0);
        ::fcntl(ends[1], F_SETFD, 0);
        state().writingEnds[std::size_t(i)].store(ends[1] + 1, std::memory_order_release);
        state().readingEnds[std::size_t(i)].store(ends[0] + 1, std::memory_order_release);
    }
}

Task<TaskStatus> Pipeline::coroutine(TaskContext *context)
{
    const int stage = m_plan.stageOf(context->index());
    AsyncChannel<PipelineItem> *const in = stage > 0 ? &m_queues[std::size_t(stage - 1)] : nullptr;
    AsyncChannel<PipelineItem> *const out =
        stage + 1 < m_plan.stages ? &m_queues[std::size_t(stage)] : nullptr;
    bool going = !context->stopRequested();
    while (going) {
        std::optional<PipelineItem> item;
        if (in)
            item = co_await in->pop(*context);
        else
            item = state().takeNew(m_plan);
        if (!item)
            break;
        going = co_await workOn(context, stage);
        if (!going)
            break;
        if (out)
            going = co_await out->push(*context, *item);
        else
            state().noteOut(*item);
    }
    if (state().noteTaskDone(m_plan, stage) && out)
        out->close(context->id());
    const TaskStatus status = context->outcome(!context->stopRequested());
    co_return status;
}

/// \return false when stopped.
Task<bool> Pipeline::workOn(TaskContext *context, int stage)
{
    const double ms = m_plan.ms[std::size_t(stage)];
    const TimestampNs begin = monotonicNow();
    bool going = true;
    if (m_plan.isCpuWork)
        going = context->burn(ms);
    else
        going = co_await sleepFor(DurationNs(ms * double(kMillisecond)));
    state().busy[std::size_t(stage)].fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
    co_return going;
}

/// "items" that came out; "elapsed_ms" from the first that was taken to the last that came out;
/// "items_per_second" from the first to the last that came out; "latency_mean_ms", "latency_max_ms"
/// of an item from the first stage to the last; "pipe"; and tellStages().
void Pipeline::finish(EngineRun &run)
{
    const PipelineState &s = state();
    const std::uint32_t out = s.itemsOut.load(std::memory_order_acquire);
    const TimestampNs last = s.lastOut.load(std::memory_order_relaxed);
    const DurationNs elapsed = last - s.firstIn.load(std::memory_order_relaxed);
    const DurationNs span = last - s.firstOut.load(std::memory_order_relaxed);
    run.result("items", qint64(out));
    run.result("pipe", hasPipes());
    if (out > 0) {
        run.result("elapsed_ms", resultMs(elapsed));
        run.result("latency_mean_ms", resultMs(s.latency.load(std::memory_order_relaxed) / out));
        run.result("latency_max_ms", resultMs(s.longestLatency.load(std::memory_order_relaxed)));
        tellStages(run, elapsed);
    }
    if (out > 1 && span > 0)
        run.result("items_per_second", std::round(double(out - 1) * 1e12 / double(span)) / 1000.0);
    const auto items = std::uint64_t(m_plan.items);
    if (!run.isStopRequested() && run.tally().failed == 0
        && (out != items
            || s.numbersOut.load(std::memory_order_relaxed) != items * (items + 1) / 2))
        run.fail("not every item came through all stages exactly once: " + std::to_string(out)
                 + " of " + std::to_string(items) + " came out");
}

/// "stage_busy_percent": for each stage the part of the time that its tasks were at work on items,
/// on average over its tasks; "busiest_stage", from 1.
void Pipeline::tellStages(EngineRun &run, DurationNs elapsed) const
{
    QJsonArray percents;
    int busiest = 0;
    double most = -1;
    for (int stage = 0; stage < m_plan.stages; ++stage) {
        const DurationNs busy = state().busy[std::size_t(stage)].load(std::memory_order_relaxed);
        const double percent = resultPercent(double(busy), double(elapsed) * m_plan.tasksOf(stage));
        percents.append(percent);
        if (percent > most) {
            most = percent;
            busiest = stage;
        }
    }
    run.result("stage_busy_percent", percents);
    run.result("busiest_stage", busiest + 1);
}

} // namespace

std::unique_ptr<Workload> makePipeline(const EngineRun &run)
{
    return std::make_unique<Pipeline>(run);
}

} // namespace Interleave
