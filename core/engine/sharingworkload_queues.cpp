// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/sharingworkload_p.h"
#include "core/engine/work/permitsstate.h"
#include "core/engine/work/producerconsumerstate.h"
#include "core/engine/workload.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

namespace Interleave
{

namespace
{

/// A folder for what processes share by its name, gone at the end of the run. Errors are thrown.
class PrivateFolder
{
public:
    PrivateFolder()
        : m_folder(QDir::tempPath() + QStringLiteral("/interleave-XXXXXX"))
    {
        if (!m_folder.isValid())
            throw std::runtime_error("there is no folder for what the processes share: "
                                     + m_folder.errorString().toStdString());
    }
    [[nodiscard]] std::string path() const
    {
        return QFile::encodeName(m_folder.path()).toStdString();
    }

private:
    QTemporaryDir m_folder;
};

/// For the workers: the board is what they get of the engine. Its memory is 0, so the text ends.
void tellPath(const std::string &path, std::array<char, 256> &out)
{
    if (path.size() >= out.size())
        throw std::runtime_error("the name of the temporary folder is too long: " + path);
    std::copy(path.begin(), path.end(), out.begin());
}

/// S18: more tasks than may be inside at once.
class Permits final : public Workload
{
public:
    explicit Permits(const EngineRun &run)
        : Workload(run)
        , m_plan(permitsPlan(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "visitor"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<PermitsState>();
    }
    /// The permits are to be what limits, not the pool.
    [[nodiscard]] int workers() const override { return workersOr(taskCount()); }
    /// The permit of one that crashed would never come back.
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kPermitsObject, ObjectKind::Semaphore, "permits",
                         std::uint32_t(m_plan.permits));
    }
    void prepare() override
    {
        m_semaphore.emplace(kPermitsObject, std::uint32_t(m_plan.permits));
        if (model() == Model::Processes && m_plan.usesLockFiles)
            makeLockFiles();
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = co_await m_semaphore->acquire(*context);
        if (going) {
            state().enter();
            going = co_await sleepFor(m_plan.hold);
            state().leave();
            m_semaphore->release(*context);
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// "peak_inside": by the tasks' own count; "lock_files": whether the permits were files.
    void finish(EngineRun &run) override
    {
        const int most = int(state().mostInside.load(std::memory_order_relaxed));
        run.result("peak_inside", most);
        run.result("lock_files", m_folder != nullptr);
        if (most > m_plan.permits)
            run.fail(std::to_string(most) + " tasks were inside at once, with "
                     + std::to_string(m_plan.permits) + " permits");
    }

private:
    [[nodiscard]] PermitsState &state() const
    {
        return run().setup().board->object<PermitsState>();
    }
    void makeLockFiles()
    {
        m_folder = std::make_unique<PrivateFolder>();
        const std::string folder = m_folder->path();
        for (int i = 0; i < m_plan.permits; ++i) {
            QFile file(QFile::decodeName(QByteArray::fromStdString(permitFile(folder, i))));
            if (!file.open(QIODevice::WriteOnly))
                throw std::runtime_error("a lock file cannot be made: "
                                         + file.errorString().toStdString());
        }
        tellPath(folder, state().folder);
    }

    const PermitsPlan m_plan;
    std::optional<AsyncSemaphore> m_semaphore;
    std::unique_ptr<PrivateFolder> m_folder;
};

/// S20: some make items, others use them up, with a bounded queue between them.
class ProducerConsumer final : public Workload
{
public:
    explicit ProducerConsumer(const EngineRun &run)
        : Workload(run)
        , m_plan(producerConsumerPlan(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks(); }
    [[nodiscard]] std::string prefix() const override { return "task"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override
    {
        return m_plan.isProducer(index)
            ? "producer " + std::to_string(index + 1)
            : "consumer " + std::to_string(index - m_plan.producers + 1);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<ProducerConsumerState>();
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // they wait for each other
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kItemQueueObject, ObjectKind::Channel, "queue",
                         std::uint32_t(m_plan.capacity));
        if (hasPipe())
            run.defineObject(kPipeEndsObject, ObjectKind::Latch, "ends of the pipe",
                             std::uint32_t(taskCount()));
    }
    void prepare() override
    {
        m_channel.emplace(kItemQueueObject, std::uint32_t(m_plan.capacity));
        if (hasPipe())
            makePipe();
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = false;
        if (m_plan.isProducer(context->index()))
            going = co_await produce(context);
        else
            going = co_await consume(context);
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void finish(EngineRun &run) override;

private:
    [[nodiscard]] ProducerConsumerState &state() const
    {
        return run().setup().board->object<ProducerConsumerState>();
    }
    [[nodiscard]] bool hasPipe() const { return model() == Model::Processes && m_plan.usesPipe; }
    void makePipe()
    {
        m_folder = std::make_unique<PrivateFolder>();
        const std::string path = m_folder->path() + "/items";
        if (::mkfifo(path.c_str(), 0600) != 0)
            throw std::runtime_error("no pipe can be made in the temporary folder: "
                                     + std::string(std::strerror(errno)));
        tellPath(path, state().pipe);
    }

    Task<bool> work(TaskContext *context, double ms)
    {
        bool going = true;
        if (m_plan.isCpuWork)
            going = context->burn(ms);
        else
            going = co_await sleepFor(DurationNs(ms * double(kMillisecond)));
        co_return going;
    }
    Task<bool> produce(TaskContext *context)
    {
        for (int i = context->index(); i < m_plan.items; i += m_plan.producers) {
            const auto item = std::uint32_t(i + 1);
            bool going = co_await work(context, m_plan.produceMs);
            if (going)
                going = co_await m_channel->push(*context, item);
            if (!going)
                co_return false;
        }
        if (state().noteProducerDone(m_plan))
            m_channel->close();
        co_return true;
    }
    Task<bool> consume(TaskContext *context)
    {
        for (;;) {
            const std::optional<std::uint32_t> item = co_await m_channel->pop(*context);
            if (!item)
                break;
            const bool going = co_await work(context, m_plan.consumeMs);
            if (!going)
                co_return false;
            state().noteConsumed(*item);
        }
        const bool going = !context->stopRequested();
        co_return going;
    }

    const ProducerConsumerPlan m_plan;
    std::optional<AsyncChannel<std::uint32_t>> m_channel;
    std::unique_ptr<PrivateFolder> m_folder;
};

/// "items": how many came through; "items_per_second": from the first to the last that was done.
void ProducerConsumer::finish(EngineRun &run)
{
    const std::uint32_t consumed = state().consumed.load(std::memory_order_acquire);
    const DurationNs span = state().lastConsumed.load(std::memory_order_relaxed)
        - state().firstConsumed.load(std::memory_order_relaxed);
    run.result("items", qint64(consumed));
    if (consumed > 1 && span > 0)
        run.result("items_per_second",
                   std::round(double(consumed - 1) * 1e12 / double(span)) / 1000.0);
    run.result("pipe", m_folder != nullptr);
    const auto items = std::uint64_t(m_plan.items);
    if (!run.isStopRequested()
        && (consumed != items
            || state().sum.load(std::memory_order_relaxed) != items * (items + 1) / 2))
        run.fail("not every item came through the queue exactly once: " + std::to_string(consumed)
                 + " of " + std::to_string(items) + " were used up");
}

} // namespace

std::unique_ptr<Workload> makePermits(const EngineRun &run)
{
    return std::make_unique<Permits>(run);
}

std::unique_ptr<Workload> makeProducerConsumer(const EngineRun &run)
{
    return std::make_unique<ProducerConsumer>(run);
}

} // namespace Interleave
