// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/recorder.h"

#include <QThread>

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <vector>

namespace Interleave
{

// What the set "spawn-cost" measures with, and what it compares its tasks with.

[[nodiscard]] inline double medianOf(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Nanoseconds per call of `once`, over a batch: the clock itself costs 24 ns a reading.
template<typename Once>
[[nodiscard]] double costOfBatch(Once &&once)
{
    constexpr int kBatchSize = 10'000;
    const TimestampNs begin = monotonicNow();
    for (int i = 0; i < kBatchSize; ++i)
        once();
    return double(monotonicNow() - begin) / kBatchSize;
}

/// For a compiler that sees that a task does nothing: it must not leave it out.
template<typename T>
void keep(T &thing)
{
    asm volatile("" : : "r"(&thing) : "memory");
}

/// Nothing of this process is recorded while one lives. No other thread may be about to.
class RecordingPause
{
public:
    RecordingPause()
        : m_rings(Recorder::installed())
    {
        Recorder::uninstall();
    }
    ~RecordingPause() { Recorder::install(m_rings); }
    RecordingPause(const RecordingPause &) = delete;
    RecordingPause &operator=(const RecordingPause &) = delete;

private:
    const SharedRings *m_rings;
};

class BareThread final : public QThread
{
protected:
    void run() override {}
};

/// The least that C++ makes a coroutine of: lazy, resumed once, destroyed by its owner.
class BareCoroutine
{
public:
    struct promise_type {
        BareCoroutine get_return_object()
        {
            return BareCoroutine(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(TaskStatus value) noexcept { status = value; }
        void unhandled_exception() noexcept { std::terminate(); }
        TaskStatus status = TaskStatus::Finished;
    };

    explicit BareCoroutine(std::coroutine_handle<promise_type> handle)
        : m_handle(handle)
    {
    }
    ~BareCoroutine() { m_handle.destroy(); }
    BareCoroutine(const BareCoroutine &) = delete;
    BareCoroutine &operator=(const BareCoroutine &) = delete;
    void resume() { m_handle.resume(); }

private:
    std::coroutine_handle<promise_type> m_handle;
};

} // namespace Interleave
