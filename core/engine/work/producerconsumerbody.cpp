// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/producerconsumerstate.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/stoppablewait.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How long a task sleeps on the pipe before it looks whether a stop was requested.
constexpr int kPipePatienceMs = 20;

/// A wait on record from the first time that it is needed.
class QueueWait
{
public:
    QueueWait() = default;
    ~QueueWait()
    {
        if (m_isOpen)
            Recorder::waitEnd();
    }
    QueueWait(const QueueWait &) = delete;
    QueueWait &operator=(const QueueWait &) = delete;
    void begin()
    {
        if (!std::exchange(m_isOpen, true))
            Recorder::wait(WaitReason::Queue, kItemQueueObject);
    }

private:
    bool m_isOpen = false;
};

/// A queue of items that is a pipe of the kernel (a FIFO: the processes inherit no pipe in common).
///
/// The kernel's own limit of a pipe is in pages and not in items, so that places are counted beside
/// it: a producer takes one before it writes and waits while there is none, a consumer gives it back
/// after it has read. Readers wait in poll(2); the end of the last producer is the end of the file.
class ItemPipe
{
public:
    ItemPipe(ProducerConsumerState &state, const ProducerConsumerPlan &plan, bool isProducer)
        : m_depth(state.pipeDepth)
        , m_capacity(std::uint32_t(plan.capacity))
        // For both directions a writer never has to wait for a reader to open it (fifo(7)).
        , m_end(
              ::open(state.pipe.data(), (isProducer ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC))
    {
        if (!m_end.isOpen())
            fail("opened");
    }

    [[nodiscard]] bool push(const TaskContext &context, std::uint32_t item)
    {
        std::uint32_t depth = 0;
        if (!takePlace(context, depth))
            return false;
        Recorder::counter(context.id(), kItemQueueObject, depth);
        // At most 4,000 bytes are in the pipe, so this never waits; and it is never cut (pipe(7)).
        if (::write(m_end.get(), &item, sizeof item) != ssize_t(sizeof item))
            fail("written");
        return true;
    }

    [[nodiscard]] std::optional<std::uint32_t> pop(const TaskContext &context)
    {
        std::uint32_t item = 0;
        if (!readOne(context, item))
            return std::nullopt;
        const std::uint32_t left = m_depth.fetch_sub(1, std::memory_order_acq_rel) - 1;
        Recorder::counter(context.id(), kItemQueueObject, left);
        wakeWord(m_depth);
        return item;
    }

    void close() {} // the kernel does it with the last producer's end

private:
    /// \param taken how many places are taken afterwards. \return false when stopped.
    bool takePlace(const TaskContext &context, std::uint32_t &taken)
    {
        QueueWait wait;
        std::uint32_t depth = m_depth.load(std::memory_order_acquire);
        for (;;) {
            if (depth < m_capacity) {
                taken = depth + 1;
                if (m_depth.compare_exchange_weak(depth, taken, std::memory_order_acq_rel))
                    return true;
                continue;
            }
            wait.begin();
            if (!waitWhileEqual(m_depth, depth, context.setup().rings->header().stopWord))
                return false;
            depth = m_depth.load(std::memory_order_acquire);
        }
    }

    /// \return false at the end of the file, or when stopped.
    bool readOne(const TaskContext &context, std::uint32_t &item)
    {
        QueueWait wait;
        for (;;) {
            const ssize_t n = ::read(m_end.get(), &item, sizeof item);
            if (n == ssize_t(sizeof item))
                return true;
            if (n == 0)
                return false;
            if (n > 0 || (errno != EAGAIN && errno != EINTR))
                fail("read");
            if (context.stopRequested())
                return false;
            wait.begin();
            pollfd readable{m_end.get(), POLLIN, 0};
            ::poll(&readable, 1, kPipePatienceMs);
        }
    }

    [[noreturn]] static void fail(const char *what)
    {
        throw std::runtime_error("the pipe between the processes cannot be " + std::string(what)
                                 + ": " + std::strerror(errno));
    }

    std::atomic<std::uint32_t> &m_depth;
    std::uint32_t m_capacity;
    UniqueFd m_end;
};

bool work(TaskContext &context, const ProducerConsumerPlan &plan, double ms)
{
    return plan.isCpuWork ? context.burn(ms)
                          : context.sleepFor(DurationNs(ms * double(kMillisecond)));
}

template<typename Queue>
bool produce(TaskContext &context, const ProducerConsumerPlan &plan, ProducerConsumerState &state,
             Queue &queue)
{
    for (int i = context.index(); i < plan.items; i += plan.producers) {
        if (!work(context, plan, plan.produceMs) || !queue.push(context, std::uint32_t(i + 1)))
            return false;
    }
    if (state.noteProducerDone(plan))
        queue.close();
    return true;
}

template<typename Queue>
bool consume(TaskContext &context, const ProducerConsumerPlan &plan, ProducerConsumerState &state,
             Queue &queue)
{
    while (const std::optional<std::uint32_t> item = queue.pop(context)) {
        if (!work(context, plan, plan.consumeMs))
            return false;
        state.noteConsumed(*item);
    }
    return !context.stopRequested();
}

template<typename Queue>
bool takePart(TaskContext &context, const ProducerConsumerPlan &plan, ProducerConsumerState &state,
              Queue &queue)
{
    return plan.isProducer(context.index()) ? produce(context, plan, state, queue)
                                            : consume(context, plan, state, queue);
}

/// Nobody reads before all have opened their ends: a pipe without a writer looks like one at its
/// end.
bool takePartByPipe(TaskContext &context, const ProducerConsumerPlan &plan,
                    ProducerConsumerState &state)
{
    try {
        ItemPipe pipe(state, plan, plan.isProducer(context.index()));
        CountdownLatch ends(state.pipeEnds, kPipeEndsObject, std::uint32_t(plan.tasks()));
        ends.countDown(context);
        return ends.wait(context) && takePart(context, plan, state, pipe);
    } catch (const std::runtime_error &) {
        context.setup().rings->requestStop(); // the others would wait for ever
        throw;
    }
}

} // namespace

ProducerConsumerPlan producerConsumerPlan(const WorkParameters &parameters)
{
    ProducerConsumerPlan plan;
    plan.producers = parameters.count("producers", 1, 1, 256);
    plan.consumers = parameters.count("consumers", 2, 1, 256);
    plan.capacity = parameters.count("capacity", 8, 1, int(kMostQueuedItems));
    plan.items = parameters.count("items", 60, 0, 1'000'000);
    plan.produceMs = std::clamp(parameters.real("produce_ms", 20), 0.0, 1e5);
    plan.consumeMs = std::clamp(parameters.real("consume_ms", 50), 0.0, 1e5);
    plan.isCpuWork = parameters.text("work", "wait") == "cpu";
    plan.usesPipe = parameters.text("processes_use", "shared-memory") == "pipe";
    return plan;
}

void ProducerConsumerState::noteConsumed(std::uint32_t item)
{
    const TimestampNs now = monotonicNow();
    TimestampNs none = 0;
    firstConsumed.compare_exchange_strong(none, now, std::memory_order_relaxed);
    TimestampNs last = lastConsumed.load(std::memory_order_relaxed);
    while (last < now
           && !lastConsumed.compare_exchange_weak(last, now, std::memory_order_relaxed)) {
    }
    sum.fetch_add(item, std::memory_order_relaxed);
    consumed.fetch_add(1, std::memory_order_acq_rel);
}

bool ProducerConsumerState::noteProducerDone(const ProducerConsumerPlan &plan)
{
    return producersDone.fetch_add(1, std::memory_order_acq_rel) + 1
        == std::uint32_t(plan.producers);
}

TaskStatus producerConsumerBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set producer-consumer needs shared memory, and none was given");
    auto &state = setup.board->object<ProducerConsumerState>();
    const ProducerConsumerPlan plan = producerConsumerPlan(setup.parameters);
    bool going = !context.stopRequested();
    if (going && state.pipe[0] != '\0') {
        going = takePartByPipe(context, plan, state);
    } else if (going) {
        Channel<std::uint32_t, kMostQueuedItems> channel(state.channel, kItemQueueObject,
                                                         std::uint32_t(plan.capacity));
        going = takePart(context, plan, state, channel);
    }
    return context.outcome(going);
}

} // namespace Interleave
