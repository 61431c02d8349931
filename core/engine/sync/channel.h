// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/condition.h"

#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

namespace Interleave
{

/// The part of a channel that knows nothing of the items. All bytes 0 is "empty and open".
struct ChannelCore {
    MutexState mutex; ///< guards the rest; not recorded: it is held for nanoseconds
    std::uint32_t first;
    std::uint32_t count;
    std::atomic<std::uint32_t> pushed; ///< what those sleep on that wait for an item
    std::atomic<std::uint32_t> popped; ///< what those sleep on that wait for room
    std::atomic<std::uint32_t> poppers; ///< number of those that wait for an item
    std::atomic<std::uint32_t> pushers; ///< number of those that wait for room
    std::atomic<std::uint32_t> isClosed;
};
template<typename T, std::size_t kMost>
struct ChannelState {
    static_assert(std::is_trivially_copyable_v<T>);
    ChannelCore core;
    std::array<T, kMost> items;
};

namespace Detail
{
/// push and pop without the items; see Channel.
class ChannelGate
{
public:
    ChannelGate(ChannelCore &core, ObjectId object, std::uint32_t capacity)
        : m_core(&core)
        , m_object(object)
        , m_capacity(capacity)
    {
    }
    /// Waits (Wait(Queue)) until there is room and takes the inner lock. \return false when stopped or
    /// closed: then the lock is not held.
    bool enterToPush(const TaskContext &context);
    /// The same until there is an item. \return false when stopped, or closed and empty.
    bool enterToPop(const TaskContext &context);
    /// Notes the new depth as the value of the counter `object`, gives the lock back, wakes one of those
    /// on the other side.
    void leaveAfterPush(const TaskContext &context);
    void leaveAfterPop(const TaskContext &context);
    void close();
    [[nodiscard]] ChannelCore &core() const { return *m_core; }

private:
    bool enter(const TaskContext &context, bool toPush);
    [[gnu::noinline]] bool enterSlowly(const TaskContext &context, bool toPush);
    [[nodiscard]] bool hasWay(bool toPush) const;
    void leave(const TaskContext &context, std::atomic<std::uint32_t> &word,
               const std::atomic<std::uint32_t> &waiters);

    ChannelCore *m_core;
    ObjectId m_object;
    std::uint32_t m_capacity;
};
} // namespace Detail

/// A bounded queue between tasks: push() waits while it is full, pop() while it is empty. Each change of
/// its depth is a Counter record of its object. Whoever comes first gets the item or the room, as with
/// Mutex. Thread: any; between processes, too.
template<typename T, std::size_t kMost>
class Channel
{
public:
    /// \param capacity 1 to kMost
    Channel(ChannelState<T, kMost> &state, ObjectId object, std::uint32_t capacity)
        : m_gate(state.core, object, capacity)
        , m_items(&state.items)
        , m_capacity(capacity)
    {
    }
    /// \return false when stopped or closed.
    [[nodiscard]] bool push(const TaskContext &context, const T &item)
    {
        if (!m_gate.enterToPush(context))
            return false;
        ChannelCore &core = m_gate.core();
        (*m_items)[placeOf(core.first + core.count)] = item;
        ++core.count;
        m_gate.leaveAfterPush(context);
        return true;
    }
    /// \return nothing when stopped, or when it is closed and empty.
    [[nodiscard]] std::optional<T> pop(const TaskContext &context)
    {
        if (!m_gate.enterToPop(context))
            return std::nullopt;
        ChannelCore &core = m_gate.core();
        const T item = (*m_items)[core.first];
        core.first = placeOf(core.first + 1);
        --core.count;
        m_gate.leaveAfterPop(context);
        return item;
    }
    /// No more items will come: who waits for one gets nothing once it is empty.
    void close() { m_gate.close(); }

private:
    /// \param number less than twice the capacity. A division would cost as much as a record.
    [[nodiscard]] std::uint32_t placeOf(std::uint32_t number) const
    {
        return number < m_capacity ? number : number - m_capacity;
    }

    Detail::ChannelGate m_gate;
    std::array<T, kMost> *m_items;
    std::uint32_t m_capacity;
};

} // namespace Interleave
