// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/stoppablewait.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/objectkind.h"
#include "core/record/recorder.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// How a wait for an object ended.
enum class Acquired : std::uint8_t { Yes, TimedOut, Stopped };

/// What a Mutex is made of; all bytes 0 is "free". In memory that all users share (SharedBoard, or any
/// object that outlives the tasks).
struct MutexState {
    std::atomic<std::uint32_t> word; ///< 0 free, 1 held, 2 held and perhaps waited for
    std::atomic<TaskId> owner;
    std::atomic<std::uint32_t> depth; ///< of a RecursiveMutex
};

namespace Detail
{

/// What ends every wait of a task.
[[nodiscard]] inline const std::atomic<std::uint32_t> &stopWordOf(const TaskContext &context)
{
    return context.setup().rings->header().stopWord;
}

/// The lock of a Mutex without its records.
[[nodiscard]] inline bool tryLockWord(std::atomic<std::uint32_t> &word)
{
    std::uint32_t expected = 0;
    // acquire: pairs with the release in unlockWord()
    return word.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                        std::memory_order_relaxed);
}
/// Sleeps until it has the lock. \return how that ended.
[[nodiscard]] Acquired lockWordSlowly(std::atomic<std::uint32_t> &word,
                                      const std::atomic<std::uint32_t> &stopWord,
                                      TimestampNs deadline);
/// The word may be gone as soon as it is 0: the wake-up only names its address.
inline void unlockWord(std::atomic<std::uint32_t> &word)
{
    if (word.exchange(0, std::memory_order_release) == 2) [[unlikely]]
        wakeOne(word);
}

/// Records the begin of a wait. \param deadline kNoDeadline: it does not end by itself.
inline void recordWait(WaitReason why, ObjectId object, TimestampNs deadline)
{
    if (deadline == kNoDeadline)
        Recorder::wait(why, object);
    else
        Recorder::timedWait(why, object);
}

} // namespace Detail

/// A lock that tells who waits for it, who holds it and who gives it to whom. Between threads, pool jobs
/// and processes; coroutines have AsyncMutex.
///
/// Uncontended, lock() is one compare-and-swap and one record, unlock() one record and one exchange; no
/// system call. Contended, it sleeps on the word (waitWhileEqual), and a stop request ends the wait.
/// The records are ordered so that holders never overlap: Acquire after the lock is had, Release before
/// it is given back. Who comes first after an unlock() takes it (no queue), as with std::mutex.
/// Source of the three-valued word: Drepper, "Futexes Are Tricky" (2011), mutex 2.
/// Thread: any. A view: cheap to make, kept by value.
class Mutex
{
public:
    Mutex(MutexState &state, ObjectId object)
        : m_state(&state)
        , m_object(object)
    {
    }

    /// Records Wait(Lock) only when it has to wait. \return false when a stop request ended the wait.
    [[nodiscard]] bool lock(const TaskContext &context);
    [[nodiscard]] bool tryLock(const TaskContext &context);
    /// Its wait is recorded as one that ends by itself.
    [[nodiscard]] Acquired lockFor(const TaskContext &context, DurationNs patience);
    void unlock(const TaskContext &context);

    [[nodiscard]] ObjectId object() const { return m_object; }
    /// Who holds it, or kNoTask. May be outdated when it is returned.
    [[nodiscard]] TaskId owner() const { return m_state->owner.load(std::memory_order_relaxed); }

private:
    [[gnu::noinline]] Acquired lockSlowly(const TaskContext &context, TimestampNs deadline);
    void noteHeld(TaskId task)
    {
        m_state->owner.store(task, std::memory_order_relaxed);
        Recorder::acquire(task, m_object);
    }

    MutexState *m_state;
    ObjectId m_object;
};

/// The same, but its holder, a task with an id, may lock it again. Only the outermost lock() and unlock()
/// are recorded.
class RecursiveMutex
{
public:
    RecursiveMutex(MutexState &state, ObjectId object)
        : m_mutex(state, object)
        , m_state(&state)
    {
    }
    [[nodiscard]] bool lock(const TaskContext &context);
    [[nodiscard]] bool tryLock(const TaskContext &context);
    [[nodiscard]] Acquired lockFor(const TaskContext &context, DurationNs patience);
    void unlock(const TaskContext &context);

private:
    /// \return whether the task holds it already and now does once more.
    bool lockAgain(const TaskContext &context);

    Mutex m_mutex;
    MutexState *m_state;
};

/// Unlocks at the end of its scope what it could lock.
template<typename Lock>
class Held
{
public:
    Held(Lock lock, const TaskContext &context)
        : m_lock(lock)
        , m_context(context)
        , m_isHeld(m_lock.lock(context))
    {
    }
    ~Held()
    {
        if (m_isHeld)
            m_lock.unlock(m_context);
    }
    Held(const Held &) = delete;
    Held &operator=(const Held &) = delete;
    /// false: a stop request ended the wait.
    explicit operator bool() const { return m_isHeld; }

private:
    Lock m_lock;
    const TaskContext &m_context;
    bool m_isHeld;
};

inline bool Mutex::lock(const TaskContext &context)
{
    if (!Detail::tryLockWord(m_state->word)) [[unlikely]] {
        if (lockSlowly(context, kNoDeadline) != Acquired::Yes)
            return false;
    }
    noteHeld(context.id());
    return true;
}

inline bool Mutex::tryLock(const TaskContext &context)
{
    if (!Detail::tryLockWord(m_state->word))
        return false;
    noteHeld(context.id());
    return true;
}

inline void Mutex::unlock(const TaskContext &context)
{
    m_state->owner.store(kNoTask, std::memory_order_relaxed);
    Recorder::release(context.id(), m_object);
    Detail::unlockWord(m_state->word);
}

} // namespace Interleave
