// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/engine/coroutine.h"

#include <coroutine>
#include <cstdlib>
#include <new>

namespace Interleave::Bench
{

namespace
{

/// The least that C++20 makes a coroutine of: lazy, resumed once, destroyed by its owner.
class RawTask
{
public:
    struct promise_type {
        RawTask get_return_object()
        {
            return RawTask(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(TaskStatus value) noexcept { status = value; }
        void unhandled_exception() noexcept { std::abort(); }
        TaskStatus status = TaskStatus::Finished;
    };
    explicit RawTask(std::coroutine_handle<promise_type> handle)
        : m_handle(handle)
    {
    }
    RawTask(const RawTask &) = delete;
    RawTask &operator=(const RawTask &) = delete;
    ~RawTask() { m_handle.destroy(); }
    void resume() { m_handle.resume(); }
    [[nodiscard]] TaskStatus status() const { return m_handle.promise().status; }

private:
    std::coroutine_handle<promise_type> m_handle;
};

[[gnu::noinline]] RawTask rawTask(int *counter)
{
    ++*counter;
    co_return TaskStatus::Finished;
}

[[gnu::noinline]] Task<TaskStatus> tracedTask(int *counter)
{
    ++*counter;
    co_return TaskStatus::Finished;
}

constexpr int kTasks = 2'000'000;

template<typename Make>
double cost(Make &&make)
{
    int counter = 0;
    return timed([&] {
               for (int i = 0; i < kTasks; ++i) {
                   auto task = make(&counter);
                   task.resume();
                   asm volatile("" : : "r"(&task) : "memory");
               }
           })
        / kTasks;
}

} // namespace

void benchCoroutines(Report &report)
{
    const Pair pair = alternate(
        15, [] { return cost(rawTask); },
        [] {
            return cost([](int *counter) {
                auto task = tracedTask(counter);
                task.setId(7);
                return task;
            });
        });
    report.ratio("coroutine create, resume, finish, not recorded / raw", pair.first * pair.ratio,
                 pair.first, "ns", Bar::AtMost, 1.2);
    // What a frame has beyond a raw coroutine's: the promise, and what the executor keeps of it.
    const double promise = double(sizeof(Detail::Promise<TaskStatus>));
    const double executor = double(sizeof(Task<TaskStatus>));
    report.value("idle coroutine beyond its frame",
                 promise + executor - double(sizeof(RawTask::promise_type)), "bytes", Bar::AtMost,
                 64);
}

} // namespace Interleave::Bench
