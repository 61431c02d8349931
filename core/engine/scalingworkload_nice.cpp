// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/engine/enginerun.h"
#include "core/engine/scalingworkload_p.h"
#include "core/engine/work/nicelevelsstate.h"

#include <QJsonArray>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

/// S26: who gets a core, and which one. Only for what the kernel schedules one by one: threads and
/// processes. What tasks on a pool or an event loop set would stay with the thread for the next
/// one.
class NiceLevels final : public Workload
{
public:
    explicit NiceLevels(const EngineRun &run)
        : Workload(run)
        , m_plan(NiceLevelsPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "spinner"; }
    [[nodiscard]] bool hasOwnNames() const override
    {
        return m_plan.lesson != NiceLesson::Affinity;
    }
    [[nodiscard]] std::string taskName(int index) const override
    {
        switch (m_plan.lesson) {
        case NiceLesson::Nice:
            return "nice +" + std::to_string(m_plan.niceOf(index));
        case NiceLesson::Inversion:
            return index == NiceLevelsPlan::kLow   ? "low"
                : index == NiceLevelsPlan::kMedium ? "medium"
                                                   : "high";
        case NiceLesson::Affinity:
            break;
        }
        return Workload::taskName(index);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<NiceLevelsState>();
    }
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    /// Throws std::runtime_error with a sentence where the mask has no core that the run may use.
    void prepare() override
    {
        if (m_plan.pinMode() != PinMode::Mask)
            return;
        const std::vector<CoreId> allowed = allowedCores();
        m_mask = m_plan.coresOf(0, allowed);
        if (m_mask.empty())
            throw std::runtime_error(
                "the core mask has none of the cores that the run may use, which are "
                + textOf(allowed) + ": name some of them");
    }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(NiceLevelsState::kStart, ObjectKind::Barrier, "start",
                         std::uint32_t(m_plan.tasks));
        if (m_plan.lesson != NiceLesson::Inversion)
            return;
        run.defineObject(NiceLevelsState::kLockIsHeld, ObjectKind::Latch, "the lock is held", 1);
        run.defineObject(NiceLevelsState::kLock, ObjectKind::Lock, "lock");
    }

    /// By task: "nice" as the kernel has it, "cores" it was pinned to (null: no single one),
    /// "work_units" done. With a mask "mask": the cores of it that there are.
    /// Of the lesson nice: "nicer_percent" of the work that the second one did, and "share_ratio" of
    /// the first one to it. Of inversion: "high_waited_ms" for the lock, "medium_worked_ms" meanwhile.
    void finish(EngineRun &run) override
    {
        const auto &state = run.setup().board->object<NiceLevelsState>();
        QJsonArray nice, cores, units;
        for (int i = 0; i < m_plan.tasks; ++i) {
            const NiceLevelsState::Spinner &spinner = state.spinners[std::size_t(i)];
            nice.append(int(spinner.nice.load(std::memory_order_acquire)));
            const auto core = spinner.core.load(std::memory_order_acquire);
            cores.append(core == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(int(core) - 1));
            units.append(qint64(spinner.units.load(std::memory_order_acquire)));
        }
        run.result("nice", nice);
        run.result("cores", cores);
        run.result("work_units", units);
        if (!m_mask.empty()) {
            QJsonArray mask;
            for (const CoreId core : m_mask)
                mask.append(int(core));
            run.result("mask", mask);
        }
        if (m_plan.lesson == NiceLesson::Nice)
            tellShares(run, units.at(0).toDouble(), units.at(1).toDouble());
        if (m_plan.lesson == NiceLesson::Inversion) {
            const auto ms = [](const std::atomic<std::uint64_t> &time) {
                return rounded(double(time.load(std::memory_order_acquire)) / double(kMillisecond));
            };
            run.result("high_waited_ms", ms(state.spinners[NiceLevelsPlan::kHigh].waitedNs));
            run.result("medium_worked_ms", ms(state.spinners[NiceLevelsPlan::kMedium].workedNs));
        }
        if (m_plan.lesson == NiceLesson::Nice && !run.isStopRequested()
            && nice.at(1).toInt() - nice.at(0).toInt() < m_plan.nice)
            run.note("the second spinner is not as much nicer as was asked for: the engine itself "
                     "runs at nice "
                     + std::to_string(nice.at(0).toInt())
                     + ", and 19 is the highest; with exact priority it runs at 0");
    }

private:
    [[nodiscard]] static double rounded(double number) { return std::round(number * 100) / 100; }
    /// On one core both did work for as long as they had it.
    static void tellShares(EngineRun &run, double first, double second)
    {
        if (first + second <= 0)
            return;
        run.result("nicer_percent", rounded(100 * second / (first + second)));
        if (second > 0)
            run.result("share_ratio", rounded(first / second));
    }

    /// "0-3, 8".
    [[nodiscard]] static std::string textOf(const std::vector<CoreId> &cores)
    {
        std::string text;
        for (std::size_t first = 0, last = 0; first < cores.size(); first = last + 1) {
            for (last = first; last + 1 < cores.size() && cores[last + 1] == cores[last] + 1;)
                ++last;
            text += (text.empty() ? "" : ", ") + std::to_string(cores[first]);
            if (last > first)
                text += '-' + std::to_string(cores[last]);
        }
        return text;
    }

    const NiceLevelsPlan m_plan;
    std::vector<CoreId> m_mask; ///< from prepare() on
};

} // namespace

std::unique_ptr<Workload> makeNiceLevels(const EngineRun &run)
{
    return std::make_unique<NiceLevels>(run);
}

} // namespace Interleave
