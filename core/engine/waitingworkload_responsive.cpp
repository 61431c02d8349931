// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/executor.h"
#include "core/engine/waitingworkload_p.h"
#include "core/engine/work/responsivewindowstate.h"
#include "core/record/recorder.h"

#include <QEventLoop>
#include <QObject>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

constexpr DurationNs kFrame = ResponsiveWindowPlan::kFrameMs * kMillisecond;

/// A timer of 16 ms in Qt's event loop: what makes a window show its frames. Without the window, so that
/// it works where there is none. Thread: main.
class FrameTimer
{
public:
    FrameTimer()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { m_isDue = true; });
        m_timer.start(ResponsiveWindowPlan::kFrameMs);
    }
    /// Waits for the next tick; the first one is at once. All other events are handled meanwhile.
    void waitForTick()
    {
        while (!std::exchange(m_isDue, false)) {
            Recorder::wait(WaitReason::Idle);
            m_loop.processEvents(QEventLoop::WaitForMoreEvents);
            Recorder::waitEnd();
        }
    }

private:
    QEventLoop m_loop;
    QTimer m_timer;
    bool m_isDue = true;
};

/// S33: work of some seconds, and an event loop that wants to show a frame every 16 ms meanwhile. The
/// loop is main's; where the work is done is what the models are about.
class ResponsiveWindow final : public Workload
{
public:
    explicit ResponsiveWindow(const EngineRun &run)
        : Workload(run)
        , m_plan(ResponsiveWindowPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return 1; }
    [[nodiscard]] std::string prefix() const override { return "work"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int) const override { return "work"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<ResponsiveWindowState>();
    }
    [[nodiscard]] int workers() const override { return 1; }
    /// The loop would wait for ever for the end of work that never was.
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        const char *const kind = model() == Model::Coroutines ? "coroutine" : "step";
        m_frames.emplace(run.setup(), run.defineSubtasks(kind, "frames", 1, run.mainTask()), 1,
                         "frames");
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const DoneNote note(state());
        bool going = !context->stopRequested();
        for (double left = m_plan.workMs; going && left > 0;) {
            const double piece = m_plan.sliceMs > 0 ? std::min(left, m_plan.sliceMs) : left;
            going = context->burn(piece);
            left -= piece;
            if (going && left > 0)
                going = co_await yield();
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// The loop beside a thread, a job or a process that works.
    void mainMeanwhile(TaskContext &) override
    {
        Recorder::queued(m_frames->id(), run().mainTask());
        FrameTimer timer;
        showFrames(timer, 0);
        endFrames();
    }

    /// Under `sequential` the work is what an event handler of main's does: no other event, no frame
    /// either, is handled before it returns.
    bool runItself(EngineRun &run) override
    {
        if (model() != Model::Sequential)
            return false;
        Recorder::queued(m_frames->id(), run.mainTask());
        FrameTimer timer;
        showFrames(timer, ResponsiveWindowPlan::kFramesAround);
        TaskTally tally;
        if (run.isStopRequested()) {
            tally.add(TaskStatus::Cancelled);
        } else {
            Recorder::queued(run.taskId(0), run.mainTask());
            const MainSuspension suspension(run);
            TaskContext context(run.setup(), run.taskId(0), 0, taskName(0));
            const TaskStatus status = runRecorded(body(), context);
            tally.add(status, context.failure());
        }
        run.add(tally);
        showFrames(timer, 0);
        endFrames();
        return true;
    }

    [[nodiscard]] Task<TaskTally> mainCoroutine(TaskContext *main,
                                                std::deque<TaskContext> *contexts) override
    {
        TaskGroup frames(main->id());
        Task<TaskStatus> frame = framesCoroutine(&*m_frames);
        frame.setId(m_frames->id());
        frames.start(std::move(frame));
        TaskGroup work(main->id());
        startTasks(work, *this, *contexts);
        co_await work.all();
        co_await frames.all();
        TaskTally tally = tallyOf(work, *contexts);
        co_return tally;
    }

    /// "frames": shown; "frames_expected": one every 16 ms over the same time; "longest_gap_ms": between
    /// the begins of two frames.
    void finish(EngineRun &run) override
    {
        if (m_shown == 0)
            return;
        const double span = double(m_last - m_first) / double(kFrame);
        run.result("frames", m_shown);
        run.result("frames_expected", int(std::lround(span)) + 1);
        run.result("longest_gap_ms", double(m_longestGap) / double(kMillisecond));
    }

private:
    [[nodiscard]] ResponsiveWindowState &state() const
    {
        return run().setup().board->object<ResponsiveWindowState>();
    }
    [[nodiscard]] bool isWorkDone() const
    {
        return state().isDone.load(std::memory_order_acquire) != 0;
    }

    /// A frame: an instant on the lane of the frames, and some computing in place of painting.
    void showFrame()
    {
        const TimestampNs now = monotonicNow();
        if (m_shown == 0)
            m_first = now;
        else
            m_longestGap = std::max(m_longestGap, now - m_last);
        m_last = now;
        ++m_shown;
        const std::uint32_t number =
            run().setup().rings->header().nextMark.fetch_add(1, std::memory_order_relaxed);
        Recorder::mark(MarkKind::Value, m_frames->id(), number);
        (void)m_frames->burn(ResponsiveWindowPlan::kPaintMs); // a stop is noticed by the loop
    }

    /// One after the other as they are due: `count` of them; 0: until the work is done, and a few more.
    void showFrames(FrameTimer &timer, int count)
    {
        int left = count > 0 ? count : ResponsiveWindowPlan::kFramesAround;
        while (left > 0 && !run().isStopRequested()) {
            timer.waitForTick();
            if (m_shown == 0)
                Recorder::begin(m_frames->id());
            else
                Recorder::resume(m_frames->id());
            showFrame();
            Recorder::suspend(m_frames->id(), WaitReason::Sleep);
            if (count > 0 || isWorkDone())
                --left;
        }
    }
    void endFrames() { recordEnd(m_frames->id(), m_frames->outcome(!run().isStopRequested())); }

    /// The same as a coroutine beside the work, on one thread with it.
    Task<TaskStatus> framesCoroutine(TaskContext *context)
    {
        int left = ResponsiveWindowPlan::kFramesAround;
        TimestampNs due = monotonicNow();
        bool going = !context->stopRequested();
        while (going && left > 0) {
            showFrame();
            if (isWorkDone())
                --left;
            // Ticks that were missed are left out, as Qt's timer does.
            const DurationNs late = std::max<DurationNs>(0, monotonicNow() - due);
            due += (late / kFrame + 1) * kFrame;
            if (left > 0)
                going = co_await delayUntil(due);
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    const ResponsiveWindowPlan m_plan;
    std::optional<TaskContext> m_frames; ///< the task "frames"
    int m_shown = 0;
    TimestampNs m_first = 0;
    TimestampNs m_last = 0;
    DurationNs m_longestGap = 0;
};

} // namespace

std::unique_ptr<Workload> makeResponsiveWindow(const EngineRun &run)
{
    return std::make_unique<ResponsiveWindow>(run);
}

} // namespace Interleave
