// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/asyncbarrier.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/hazardworkload.h"
#include "core/engine/work/sharedornotstate.h"
#include "core/record/recorder.h"

#include <QJsonArray>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// S28: tasks add to "the same" variable, and then all of them and main look at it.
class SharedOrNot final : public Workload
{
public:
    explicit SharedOrNot(const EngineRun &run)
        : Workload(run)
        , m_plan(SharedOrNotPlan::of(parameters()))
        , m_share(run.spec().model == Model::Processes ? parameters().text("share", "none") : "")
    {
    }

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 2, 1, int(SharedOrNotState::kMostTasks));
    }
    [[nodiscard]] std::string prefix() const override { return "Task"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<SharedOrNotState>();
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        const auto each = m_plan.additions;
        const auto tasks = std::uint32_t(taskCount());
        if (isSeparate()) {
            for (std::uint32_t i = 0; i < tasks; ++i) {
                const std::string whose = " of " + taskName(int(i));
                const ObjectId own = SharedOrNotState::kOwn + 2 * i;
                run.defineObject(own, ObjectKind::Counter, "variable" + whose, each);
                run.defineObject(own + 1, ObjectKind::Lock, "lock" + whose);
            }
        } else {
            run.defineObject(SharedOrNotState::kVariable, ObjectKind::Counter, "variable",
                             each * tasks);
            if (model() != Model::Coroutines)
                run.defineObject(SharedOrNotState::kLock, ObjectKind::Lock, "lock");
        }
        if (model() != Model::Sequential)
            run.defineObject(SharedOrNotState::kMeeting, ObjectKind::Barrier, "all have added",
                             tasks);
    }

    void prepare() override
    {
        const int together = model() == Model::Sequential ? 1 : taskCount();
        state().participants.store(std::uint32_t(together), std::memory_order_release);
        state().isSeparate.store(isSeparate() ? 1 : 0, std::memory_order_release);
        state().isInBoard.store(m_share == "shared-memory" ? 1 : 0, std::memory_order_release);
        m_meeting.emplace(std::size_t(taskCount()), SharedOrNotState::kMeeting);
        ownVariable().value = 0;
        if (m_share == "pipe")
            openPipe();
    }

    /// No lock: nothing else runs between reading and writing, as there is no co_await.
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        SharedVariable &variable = ownVariable();
        bool going = !context->stopRequested();
        for (std::uint32_t i = 1; going && i <= m_plan.additions; ++i) {
            ++variable.value;
            going = context->burn(m_plan.workMs);
            if (i % m_plan.sampleEvery != 0 && i != m_plan.additions)
                continue;
            Recorder::counter(context->id(), SharedOrNotState::kVariable,
                              std::uint32_t(variable.value));
            if (going)
                going = co_await yield();
        }
        if (going)
            going = co_await m_meeting->arrive();
        if (going) {
            state().seen[std::size_t(context->index())].store(variable.value,
                                                              std::memory_order_relaxed);
            context->print(context->name() + " sees " + std::to_string(variable.value));
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void mainAfterwards(TaskContext &main) override
    {
        SharedVariable &variable = m_share == "shared-memory" ? state().variable : ownVariable();
        std::int64_t sum = 0;
        while (m_reading.isOpen()
               && ::read(m_reading.get(), &sum, sizeof sum) == ssize_t(sizeof sum))
            variable.value += sum;
        m_mainSees = variable.value; // all tasks have ended: no lock is needed
        main.print("main sees " + std::to_string(m_mainSees));
    }

    /// "expected": additions asked for; "seen": what each task read after all had added, or under
    /// `sequential` after its own additions; "main": what main read at the end; "separate".
    void finish(EngineRun &run) override
    {
        QJsonArray seen;
        for (int i = 0; i < taskCount(); ++i)
            seen.append(qint64(state().seen[std::size_t(i)].load(std::memory_order_acquire)));
        run.result("expected", qint64(m_plan.additions) * taskCount());
        run.result("seen", seen);
        run.result("main", qint64(m_mainSees));
        run.result("separate", isSeparate());
    }

private:
    [[nodiscard]] SharedOrNotState &state() const
    {
        return run().setup().board->object<SharedOrNotState>();
    }
    [[nodiscard]] bool isSeparate() const
    {
        return model() == Model::Processes && m_share != "shared-memory";
    }
    /// The children inherit the end that is written to, on purpose; main reads when they are done.
    void openPipe()
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
            throw std::runtime_error(std::string("no pipe for the child processes: ")
                                     + std::strerror(errno));
        m_reading.reset(ends[0]);
        m_writing.reset(ends[1]);
        fcntl(m_writing.get(), F_SETFD, 0);
        state().pipe.store(std::uint32_t(m_writing.get()) + 1, std::memory_order_release);
    }

    SharedOrNotPlan m_plan;
    std::string m_share; ///< what the processes share; empty under other models
    std::optional<AsyncBarrier> m_meeting;
    UniqueFd m_reading;
    UniqueFd m_writing;
    std::int64_t m_mainSees = 0;
};

} // namespace

std::unique_ptr<Workload> makeSharedOrNot(const EngineRun &run)
{
    return std::make_unique<SharedOrNot>(run);
}

} // namespace Interleave
