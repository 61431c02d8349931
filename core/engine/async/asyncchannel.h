// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/queuedwait.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace Interleave
{

/// A bounded queue between coroutines of one executor: `co_await channel.push(context, item)` waits while
/// it is full, `co_await channel.pop(context)` while it is empty, first come, first served.
///
/// An item goes straight to the longest waiting consumer, and counts as queued until that one goes on;
/// where its frame is destroyed before, the item is for the next one. An item that is queued stays so,
/// whatever becomes of its producer.
/// Each change of the depth is a Counter record of the object. Thread: the executor's; it lives longer
/// than the coroutines that use it.
template<typename T>
class AsyncChannel
{
public:
    /// \param capacity at least 1
    AsyncChannel(ObjectId object, std::size_t capacity)
        : m_object(object)
        , m_capacity(std::max<std::size_t>(1, capacity))
    {
    }

    class Push final : public Detail::QueuedWait
    {
    public:
        Push(AsyncChannel &channel, TaskId task, T item)
            : QueuedWait(task)
            , m_channel(channel)
            , m_item(std::move(item))
        {
        }
        [[nodiscard]] bool await_ready()
        {
            if (isOverBefore() || m_channel.m_isClosed)
                return true;
            m_isGranted = m_channel.depth() < m_channel.m_capacity;
            if (m_isGranted)
                m_channel.put(std::move(m_item), task());
            return m_isGranted;
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            waitIn(m_channel.m_pushers, self, WaitReason::Queue, m_channel.m_object);
        }
        /// \return whether the item is queued; false when stopped or closed.
        [[nodiscard]] bool await_resume()
        {
            leaveQueue();
            return m_isGranted;
        }

    private:
        friend AsyncChannel;
        AsyncChannel &m_channel;
        T m_item;
    };

    class Pop final : public Detail::QueuedWait
    {
    public:
        Pop(AsyncChannel &channel, TaskId task)
            : QueuedWait(task)
            , m_channel(channel)
        {
        }
        ~Pop()
        {
            if (m_isOnItsWay)
                m_channel.putBack(std::move(*m_item), task());
        }
        [[nodiscard]] bool await_ready()
        {
            if (isOverBefore())
                return true;
            if (m_channel.m_items.empty())
                return m_channel.m_isClosed;
            m_item.emplace(std::move(m_channel.m_items.front()));
            m_channel.m_items.pop_front();
            m_channel.itemTaken(task());
            return true;
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            waitIn(m_channel.m_poppers, self, WaitReason::Queue, m_channel.m_object);
        }
        /// \return nothing when stopped, or when it is closed and empty.
        [[nodiscard]] std::optional<T> await_resume()
        {
            leaveQueue();
            if (std::exchange(m_isOnItsWay, false)) {
                --m_channel.m_onTheirWay;
                m_channel.itemTaken(task());
            }
            return std::move(m_item);
        }

    private:
        friend AsyncChannel;
        AsyncChannel &m_channel;
        std::optional<T> m_item;
        bool m_isOnItsWay = false; ///< it was given an item, and has not gone on yet
    };

    [[nodiscard]] Push push(const TaskContext &context, T item)
    {
        return Push(*this, context.id(), std::move(item));
    }
    [[nodiscard]] Pop pop(const TaskContext &context) { return Pop(*this, context.id()); }
    /// No more items will come: who waits for room gives up, who waits for an item gets nothing once it
    /// is empty. \param by who closes it, as the cause why the others go on
    void close(TaskId by = kNoTask)
    {
        m_isClosed = true;
        while (Detail::QueuedWait *const popper = m_poppers.first())
            m_poppers.letGo(*popper, by);
        while (Detail::QueuedWait *const pusher = m_pushers.first())
            m_pushers.letGo(*pusher, by);
    }
    /// How many items it holds, those on their way to a consumer among them.
    [[nodiscard]] std::size_t depth() const { return m_items.size() + m_onTheirWay; }
    [[nodiscard]] bool isClosed() const { return m_isClosed; }

private:
    void noteDepth(TaskId task)
    {
        Recorder::counter(Detail::recordedId(task), m_object, std::uint32_t(depth()));
    }
    /// There is room for it.
    void put(T item, TaskId task)
    {
        if (Detail::QueuedWait *const wait = m_poppers.first())
            giveTo(static_cast<Pop &>(*wait), std::move(item), task);
        else
            m_items.push_back(std::move(item));
        noteDepth(task);
    }
    void giveTo(Pop &popper, T item, TaskId cause)
    {
        popper.m_item.emplace(std::move(item));
        popper.m_isOnItsWay = true;
        ++m_onTheirWay;
        m_poppers.grant(popper, cause);
    }
    /// Its consumer `task` goes without having gone on: it is the next item again. The depth stays.
    void putBack(T item, TaskId task)
    {
        --m_onTheirWay;
        // Outside of the executor's run(), nobody goes on any more.
        Detail::QueuedWait *const wait = Executor::current() ? m_poppers.first() : nullptr;
        if (wait)
            giveTo(static_cast<Pop &>(*wait), std::move(item), task);
        else
            m_items.push_front(std::move(item));
    }
    /// There is room again: the longest waiting may push.
    void itemTaken(TaskId task)
    {
        noteDepth(task);
        while (depth() < m_capacity) {
            Detail::QueuedWait *const wait = m_pushers.first();
            if (!wait)
                return;
            Push &pusher = static_cast<Push &>(*wait);
            m_pushers.grant(pusher, task);
            put(std::move(pusher.m_item), pusher.task());
        }
    }

    ObjectId m_object;
    std::size_t m_capacity;
    std::size_t m_onTheirWay = 0;
    bool m_isClosed = false;
    std::deque<T> m_items;
    Detail::WaiterQueue m_poppers;
    Detail::WaiterQueue m_pushers;
};

} // namespace Interleave
