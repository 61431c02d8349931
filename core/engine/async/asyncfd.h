// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"
#include "core/record/objectkind.h"

#include <QSocketNotifier>

#include <memory>

namespace Interleave
{

/// A file descriptor (pipe, socket) for whose readiness coroutines wait: `co_await d.readable(why)`,
/// `co_await d.writable(why)`. At most one coroutine for each direction at a time. A wait that need not
/// wait is not on record; one that does is ended by a stop request or the task's cancellation.
///
/// Keeps its notifiers from wait to wait. Thread: the executor's. The descriptor is borrowed and stays
/// open while somebody waits.
class AsyncDescriptor
{
public:
    explicit AsyncDescriptor(int fd)
        : m_fd(fd)
    {
    }
    AsyncDescriptor(const AsyncDescriptor &) = delete;
    AsyncDescriptor &operator=(const AsyncDescriptor &) = delete;

    class Wait final : public Detail::SuspensionPoint
    {
    public:
        Wait(AsyncDescriptor &descriptor, QSocketNotifier::Type type, WaitReason why,
             ObjectId object)
            : m_descriptor(descriptor)
            , m_type(type)
            , m_why(why)
            , m_object(object)
        {
        }
        ~Wait() { m_descriptor.disarm(m_type, m_waiting); }
        [[nodiscard]] bool await_ready()
        {
            m_waiting.cancelled = Executor::current()->isStopRequested();
            return m_waiting.cancelled || m_descriptor.isReady(m_type);
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            Executor &executor = suspend(self, m_why, m_object);
            m_descriptor.arm(m_type, m_waiting);
            executor.park(m_waiting);
        }
        /// \return whether it is ready, or will give an error at once; false when stopped.
        [[nodiscard]] bool await_resume()
        {
            m_descriptor.disarm(m_type, m_waiting);
            return !m_waiting.cancelled;
        }

    private:
        AsyncDescriptor &m_descriptor;
        QSocketNotifier::Type m_type;
        WaitReason m_why;
        ObjectId m_object;
    };
    /// Until there is something to read, or the end of it.
    [[nodiscard]] Wait readable(WaitReason why = WaitReason::Io, ObjectId object = kNoObject)
    {
        return Wait(*this, QSocketNotifier::Read, why, object);
    }
    /// Until there is room to write, or nobody who reads.
    [[nodiscard]] Wait writable(WaitReason why = WaitReason::Io, ObjectId object = kNoObject)
    {
        return Wait(*this, QSocketNotifier::Write, why, object);
    }

private:
    struct Side {
        std::unique_ptr<QSocketNotifier> notifier;
        WaitingCoroutine *waiting = nullptr;
    };
    [[nodiscard]] Side &sideOf(QSocketNotifier::Type type)
    {
        return type == QSocketNotifier::Read ? m_reading : m_writing;
    }
    [[nodiscard]] bool isReady(QSocketNotifier::Type type) const;
    void arm(QSocketNotifier::Type type, WaitingCoroutine &waiting);
    void disarm(QSocketNotifier::Type type, const WaitingCoroutine &waiting);

    int m_fd;
    Side m_reading;
    Side m_writing;
};

namespace Detail
{

/// A single wait, with an AsyncDescriptor of its own.
class LoneDescriptorWait
{
public:
    LoneDescriptorWait(int fd, QSocketNotifier::Type type, WaitReason why, ObjectId object)
        : m_descriptor(fd)
        , m_wait(m_descriptor, type, why, object)
    {
    }
    [[nodiscard]] bool await_ready() { return m_wait.await_ready(); }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        m_wait.await_suspend(self);
    }
    [[nodiscard]] bool await_resume() { return m_wait.await_resume(); }

private:
    AsyncDescriptor m_descriptor;
    AsyncDescriptor::Wait m_wait;
};

} // namespace Detail

/// `co_await readable(fd, WaitReason::Io, object)`: until there is something to read, or the end of it.
/// \return false when stopped or cancelled. Who waits more than once for one descriptor better keeps an
/// AsyncDescriptor.
[[nodiscard]] inline Detail::LoneDescriptorWait readable(int fd, WaitReason why = WaitReason::Io,
                                                         ObjectId object = kNoObject)
{
    return Detail::LoneDescriptorWait(fd, QSocketNotifier::Read, why, object);
}

/// The same until there is room to write, or nobody who reads.
[[nodiscard]] inline Detail::LoneDescriptorWait writable(int fd, WaitReason why = WaitReason::Io,
                                                         ObjectId object = kNoObject)
{
    return Detail::LoneDescriptorWait(fd, QSocketNotifier::Write, why, object);
}

} // namespace Interleave
