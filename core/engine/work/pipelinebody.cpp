// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/pipelinestate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How long a task sleeps on a pipe before it looks whether a stop was requested.
constexpr int kPipePatienceMs = 20;

constexpr double kLongestStageMs = 1e5;

/// A queue as a stage sees it: one that it takes from, or one that it puts into.
class StageLink
{
public:
    StageLink() = default;
    virtual ~StageLink() = default;
    StageLink(const StageLink &) = delete;
    StageLink &operator=(const StageLink &) = delete;

    /// \return false when stopped.
    [[nodiscard]] virtual bool push(const TaskContext &context, const PipelineItem &item) = 0;
    /// \return nothing when stopped, or when nothing more will come.
    [[nodiscard]] virtual std::optional<PipelineItem> pop(const TaskContext &context) = 0;
    /// Nothing more will come.
    virtual void close() = 0;
};

class MemoryLink final : public StageLink
{
public:
    MemoryLink(PipelineState &state, const PipelinePlan &plan, int queue)
        : m_channel(state.queues[std::size_t(queue)], kFirstStageQueueObject + ObjectId(queue),
                    std::uint32_t(plan.queue))
    {
    }
    [[nodiscard]] bool push(const TaskContext &context, const PipelineItem &item) override
    {
        return m_channel.push(context, item);
    }
    [[nodiscard]] std::optional<PipelineItem> pop(const TaskContext &context) override
    {
        return m_channel.pop(context);
    }
    void close() override { m_channel.close(); }

private:
    Channel<PipelineItem, kMostStageItems> m_channel;
};

/// A wait on record from the first time that it is needed.
class PipeWait
{
public:
    PipeWait(int fd, short events, ObjectId object)
        : m_poll{fd, events, 0}
        , m_object(object)
    {
    }
    ~PipeWait()
    {
        if (m_isOpen)
            Recorder::waitEnd();
    }
    PipeWait(const PipeWait &) = delete;
    PipeWait &operator=(const PipeWait &) = delete;

    /// \return false when stopped.
    [[nodiscard]] bool wait(const TaskContext &context)
    {
        if (context.stopRequested())
            return false;
        if (!std::exchange(m_isOpen, true))
            Recorder::wait(WaitReason::Queue, m_object);
        ::poll(&m_poll, 1, kPipePatienceMs);
        return true;
    }

private:
    pollfd m_poll;
    ObjectId m_object;
    bool m_isOpen = false;
};

/// One end of a pipe, as in `a | b | c`. An item is a packet (pipe2(2), O_DIRECT), and a packet
/// takes one place, so that the pipe is full when its places are taken and the writer waits in the
/// kernel. The end of the last writer is the end of the file.
class PipeLink final : public StageLink
{
public:
    PipeLink(int fd, int queue)
        : m_object(kFirstStageQueueObject + ObjectId(queue))
        , m_end(fd)
    {
    }

    [[nodiscard]] bool push(const TaskContext &context, const PipelineItem &item) override
    {
        PipeWait wait(m_end.get(), POLLOUT, m_object);
        for (;;) {
            if (::write(m_end.get(), &item, sizeof item) == ssize_t(sizeof item)) {
                noteDepth(context);
                return true;
            }
            if (errno == EPIPE && context.stopRequested())
                return false; // who reads has stopped already
            if (errno != EAGAIN && errno != EINTR)
                fail("written to");
            if (!wait.wait(context))
                return false;
        }
    }

    [[nodiscard]] std::optional<PipelineItem> pop(const TaskContext &context) override
    {
        PipelineItem item;
        PipeWait wait(m_end.get(), POLLIN, m_object);
        for (;;) {
            const ssize_t n = ::read(m_end.get(), &item, sizeof item);
            if (n == ssize_t(sizeof item)) {
                noteDepth(context);
                return item;
            }
            if (n == 0)
                return std::nullopt;
            if (n > 0 || (errno != EAGAIN && errno != EINTR))
                fail("read");
            if (!wait.wait(context))
                return std::nullopt;
        }
    }

    void close() override {} // the kernel does it with the last writer's end

private:
    /// As the kernel counts it, in bytes.
    void noteDepth(const TaskContext &context) const
    {
        int bytes = 0;
        if (::ioctl(m_end.get(), FIONREAD, &bytes) == 0)
            Recorder::counter(context.id(), m_object,
                              std::uint32_t(bytes) / std::uint32_t(sizeof(PipelineItem)));
    }
    [[noreturn]] static void fail(const char *what)
    {
        throw std::runtime_error("the pipe between two stages cannot be " + std::string(what) + ": "
                                 + std::strerror(errno));
    }

    ObjectId m_object;
    UniqueFd m_end;
};

/// What a task has at its two sides; nothing at the ends of the pipeline.
struct StageLinks {
    std::unique_ptr<StageLink> in;
    std::unique_ptr<StageLink> out;
};

StageLinks memoryLinks(PipelineState &state, const PipelinePlan &plan, int stage)
{
    StageLinks links;
    if (stage > 0)
        links.in = std::make_unique<MemoryLink>(state, plan, stage - 1);
    if (stage + 1 < plan.stages)
        links.out = std::make_unique<MemoryLink>(state, plan, stage);
    return links;
}

/// A child process has inherited both ends of all pipes. It closes what is not its own, or nobody
/// would ever see the end of a pipe.
StageLinks pipeLinks(const PipelineState &state, const PipelinePlan &plan, int stage)
{
    StageLinks links;
    for (int queue = 0; queue + 1 < plan.stages; ++queue) {
        const auto place = std::size_t(queue);
        UniqueFd reading(state.readingEnds[place].load(std::memory_order_acquire) - 1);
        UniqueFd writing(state.writingEnds[place].load(std::memory_order_acquire) - 1);
        if (queue == stage - 1)
            links.in = std::make_unique<PipeLink>(reading.release(), queue);
        if (queue == stage)
            links.out = std::make_unique<PipeLink>(writing.release(), queue);
    }
    return links;
}

/// \return false when stopped.
bool workOn(TaskContext &context, const PipelinePlan &plan, PipelineState &state, int stage)
{
    const double ms = plan.ms[std::size_t(stage)];
    const TimestampNs begin = monotonicNow();
    const bool going =
        plan.isCpuWork ? context.burn(ms) : context.sleepFor(DurationNs(ms * double(kMillisecond)));
    state.busy[std::size_t(stage)].fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
    return going;
}

/// \return false when stopped.
bool runStage(TaskContext &context, const PipelinePlan &plan, PipelineState &state, int stage,
              const StageLinks &links)
{
    for (;;) {
        const std::optional<PipelineItem> item =
            links.in ? links.in->pop(context) : state.takeNew(plan);
        if (!item)
            break;
        if (!workOn(context, plan, state, stage))
            return false;
        if (!links.out)
            state.noteOut(*item);
        else if (!links.out->push(context, *item))
            return false;
    }
    if (state.noteTaskDone(plan, stage) && links.out)
        links.out->close();
    return !context.stopRequested();
}

[[noreturn]] void refuseTimes(const std::string &text)
{
    throw std::runtime_error("stage_ms is \"" + text
                             + "\", which is no list of times in ms such as 20,60,20");
}

/// Numbers with commas between them; spaces do not matter. Errors: std::runtime_error.
std::vector<double> stageTimes(const std::string &text)
{
    std::vector<double> times;
    std::string_view rest = text;
    for (bool isMore = true; isMore;) {
        const std::size_t comma = rest.find(',');
        isMore = comma != std::string_view::npos;
        std::string_view word = rest.substr(0, comma);
        rest.remove_prefix(isMore ? comma + 1 : rest.size());
        word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
        word.remove_suffix(word.size() - std::min(word.find_last_not_of(' ') + 1, word.size()));
        double ms = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), ms);
        const bool isNumber = error == std::errc() && end == word.data() + word.size();
        if (!isNumber || !std::isfinite(ms) || ms < 0 || ms > kLongestStageMs)
            refuseTimes(text);
        times.push_back(ms);
    }
    return times;
}

} // namespace

PipelinePlan PipelinePlan::of(const WorkParameters &parameters)
{
    PipelinePlan plan;
    plan.stages = parameters.count("stages", 3, 2, kMostStages);
    plan.items = parameters.count("items", 24, 0, 1'000'000);
    plan.queue = parameters.count("queue", 2, 1, 100);
    plan.replicas = parameters.count("replicate", 1, 1, 4);
    plan.isCpuWork = parameters.text("work", "wait") == "cpu";
    plan.usesPipe = parameters.text("processes_use", "shared-memory") == "pipe";
    const std::vector<double> times = stageTimes(parameters.text("stage_ms", "20,60,20"));
    for (std::size_t i = 0; i < plan.ms.size(); ++i)
        plan.ms[i] = times[std::min(i, times.size() - 1)];
    return plan;
}

int PipelinePlan::slowest() const
{
    return int(std::max_element(ms.begin(), ms.begin() + stages) - ms.begin());
}

int PipelinePlan::stageOf(int task) const
{
    const int slow = slowest();
    if (task < slow)
        return task;
    return std::max(slow, task - (replicas - 1));
}

int PipelinePlan::firstTaskOf(int stage) const
{
    return stage <= slowest() ? stage : stage + replicas - 1;
}

int PipelinePlan::pipePlaces() const
{
    int places = 1;
    while (places < queue)
        places *= 2;
    return places;
}

std::optional<PipelineItem> PipelineState::takeNew(const PipelinePlan &plan)
{
    const std::uint32_t number = itemsIn.fetch_add(1, std::memory_order_relaxed) + 1;
    if (number > std::uint32_t(plan.items))
        return std::nullopt;
    const TimestampNs now = monotonicNow();
    TimestampNs none = 0;
    firstIn.compare_exchange_strong(none, now, std::memory_order_relaxed);
    return PipelineItem{number, now};
}

void PipelineState::noteOut(const PipelineItem &item)
{
    const TimestampNs now = monotonicNow();
    const auto raise = [](std::atomic<std::int64_t> &most, std::int64_t value) {
        std::int64_t seen = most.load(std::memory_order_relaxed);
        while (seen < value
               && !most.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
        }
    };
    TimestampNs none = 0;
    firstOut.compare_exchange_strong(none, now, std::memory_order_relaxed);
    raise(lastOut, now);
    raise(longestLatency, now - item.begin);
    latency.fetch_add(now - item.begin, std::memory_order_relaxed);
    numbersOut.fetch_add(item.number, std::memory_order_relaxed);
    itemsOut.fetch_add(1, std::memory_order_acq_rel);
}

bool PipelineState::noteTaskDone(const PipelinePlan &plan, int stage)
{
    const std::uint32_t done =
        tasksDone[std::size_t(stage)].fetch_add(1, std::memory_order_acq_rel) + 1;
    return done == std::uint32_t(plan.tasksOf(stage));
}

TaskStatus pipelineBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set pipeline needs shared memory, and none was given");
    auto &state = setup.board->object<PipelineState>();
    const PipelinePlan plan = PipelinePlan::of(setup.parameters);
    const int stage = plan.stageOf(context.index());
    const bool hasPipes = state.readingEnds[0].load(std::memory_order_acquire) != 0;
    const StageLinks links =
        hasPipes ? pipeLinks(state, plan, stage) : memoryLinks(state, plan, stage);
    const bool going = !context.stopRequested() && runStage(context, plan, state, stage, links);
    return context.outcome(going);
}

} // namespace Interleave
