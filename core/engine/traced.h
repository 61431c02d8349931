// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"

#include <QCoroTask>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace Interleave
{

namespace Detail
{

template<typename Awaiter>
struct AwaiterResult {
    using Type = decltype(std::declval<Awaiter>().await_resume());
};
template<typename Awaitable>
    requires requires(Awaitable a) { std::forward<Awaitable>(a).operator co_await(); }
struct AwaiterResult<Awaitable> {
    using Type = decltype(std::declval<Awaitable>().operator co_await().await_resume());
};
/// What `co_await` of an awaitable gives inside a QCoro::Task, which knows Qt's own types.
template<typename Awaitable>
using ForeignResult = std::decay_t<
    typename AwaiterResult<decltype(std::declval<QCoro::detail::TaskPromiseBase &>()
                                        .await_transform(std::declval<Awaitable>()))>::Type>;

/// What a relay and the coroutine that waits for it share. The relay may outlive the waiter: nobody
/// can take an awaitable of another library back.
template<typename Result>
struct RelayState {
    using Stored = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;
    WaitingCoroutine *waiting = nullptr; ///< null when nobody waits (any more)
    std::optional<Stored> value;
    std::exception_ptr error;
    bool done = false;
};

/// Awaits a foreign awaitable in a coroutine of its own and then hands over to the executor's queue,
/// so that every coroutine of ours is resumed in one place, with its record.
template<typename Awaitable, typename Result>
QCoro::Task<> relay(Awaitable awaitable, std::shared_ptr<RelayState<Result>> state)
{
    try {
        if constexpr (std::is_void_v<Result>) {
            co_await std::move(awaitable);
            state->value.emplace();
        } else {
            state->value.emplace(co_await std::move(awaitable));
        }
    } catch (...) {
        state->error = std::current_exception();
    }
    state->done = true;
    if (state->waiting && state->waiting->isParked()) // else its executor may be gone
        state->waiting->executor->release(*state->waiting, kNoTask);
}

template<typename Awaitable>
class TracedAwaiter final : public SuspensionPoint
{
public:
    using Result = ForeignResult<Awaitable>;

    TracedAwaiter(WaitReason why, Awaitable awaitable)
        : m_why(why)
        , m_awaitable(std::move(awaitable))
        , m_state(std::make_shared<RelayState<Result>>())
    {
    }
    ~TracedAwaiter() { m_state->waiting = nullptr; }

    [[nodiscard]] bool await_ready()
    {
        m_waiting.cancelled = Executor::current()->isStopRequested();
        return m_waiting.cancelled;
    }
    /// Begins what is awaited. \return false when there is nothing to wait for.
    template<typename Promise>
    bool await_suspend(std::coroutine_handle<Promise> self)
    {
        m_waiting.cancelled = Executor::current()->isCancelled(self.promise().task());
        if (m_waiting.cancelled)
            return false;
        const QCoro::Task<> running = relay<Awaitable, Result>(std::move(m_awaitable), m_state);
        if (m_state->done)
            return false;
        m_state->waiting = &m_waiting;
        suspend(self, m_why).park(m_waiting);
        return true;
    }
    Result await_resume()
    {
        m_state->waiting = nullptr;
        if (m_waiting.cancelled)
            throw StopRequested{};
        if (m_state->error)
            std::rethrow_exception(m_state->error);
        if constexpr (!std::is_void_v<Result>)
            return std::move(*m_state->value);
    }

private:
    WaitReason m_why;
    Awaitable m_awaitable;
    std::shared_ptr<RelayState<Result>> m_state;
};

} // namespace Detail

/// `co_await traced(WaitReason::Io, awaitable)`: awaits anything that a QCoro coroutine can await (a
/// QCoro::Task, a QTimer pointer, a future, a reply), with the suspension on record.
/// A stop request, or the task's cancellation, ends the wait at once by throwing StopRequested; what was
/// awaited goes its own way.
template<typename Awaitable>
[[nodiscard]] auto traced(WaitReason why, Awaitable awaitable)
{
    return Detail::TracedAwaiter<Awaitable>(why, std::move(awaitable));
}

} // namespace Interleave
