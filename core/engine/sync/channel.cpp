// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/channel.h"

#include "core/engine/sync/globallock.h"

#include <optional>

namespace Interleave::Detail
{

/// The sleepers of each side have a word of their own, so that a push wakes one that waits for an
/// item and nobody else. A wake-up is never lost: a sleeper reads the word and counts itself while it
/// holds the inner lock. Whoever changes what is waited for holds it, too: it finds the sleeper
/// counted, changes the word and wakes it; or it came first, and the sleeper has seen the change. Who
/// is woken and finds that another one was faster sleeps again, and that other one's item or room had
/// its own wake-up.
bool ChannelGate::enter(const TaskContext &context, bool toPush)
{
    if (tryLockWord(m_core->mutex.word)) [[likely]] {
        if (hasWay(toPush)) [[likely]]
            return true; // and keeps the lock
        unlockWord(m_core->mutex.word);
    }
    return enterSlowly(context, toPush);
}

/// Whether there is room, or an item. While the inner lock is held.
bool ChannelGate::hasWay(bool toPush) const
{
    if (!toPush)
        return m_core->count > 0;
    return m_core->isClosed.load(std::memory_order_acquire) == 0 && m_core->count < m_capacity;
}

bool ChannelGate::enterSlowly(const TaskContext &context, bool toPush)
{
    const std::atomic<std::uint32_t> &stopWord = stopWordOf(context);
    std::atomic<std::uint32_t> &word = toPush ? m_core->popped : m_core->pushed;
    std::atomic<std::uint32_t> &waiters = toPush ? m_core->pushers : m_core->poppers;
    std::optional<GilRelease> released; // from the first sleep on
    bool isRecorded = false, isIn = false;
    for (;;) {
        if (!tryLockWord(m_core->mutex.word)) {
            if (!released)
                released.emplace(
                    context); // who has the inner lock may be waiting for the global one
            if (lockWordSlowly(m_core->mutex.word, stopWord, kNoDeadline) != Acquired::Yes)
                break;
        }
        // Before the look at isClosed: close() sets that first and changes the word then.
        const std::uint32_t seen = word.load(std::memory_order_acquire);
        const bool isClosed = m_core->isClosed.load(std::memory_order_acquire) != 0;
        isIn = hasWay(toPush);
        if (isIn)
            break; // and keeps the lock
        if (isClosed) {
            unlockWord(m_core->mutex.word);
            break;
        }
        waiters.fetch_add(1, std::memory_order_relaxed);
        unlockWord(m_core->mutex.word);
        if (!released)
            released.emplace(context);
        if (!isRecorded) {
            Recorder::wait(WaitReason::Queue, m_object);
            isRecorded = true;
        }
        const bool going = waitWhileEqual(word, seen, stopWord);
        waiters.fetch_sub(1, std::memory_order_relaxed);
        if (!going)
            break;
    }
    if (isRecorded)
        Recorder::waitEnd();
    return isIn;
}

bool ChannelGate::enterToPush(const TaskContext &context)
{
    return enter(context, true);
}

bool ChannelGate::enterToPop(const TaskContext &context)
{
    return enter(context, false);
}

void ChannelGate::leave(const TaskContext &context, std::atomic<std::uint32_t> &word,
                        const std::atomic<std::uint32_t> &waiters)
{
    Recorder::counter(context.id(), m_object, m_core->count); // in the order of the changes
    const bool isWaitedFor = waiters.load(std::memory_order_relaxed) != 0;
    if (isWaitedFor) // the word is for sleepers; close() changes it without the lock
        word.fetch_add(1, std::memory_order_release);
    unlockWord(m_core->mutex.word);
    if (isWaitedFor)
        wakeOne(word);
}

void ChannelGate::leaveAfterPush(const TaskContext &context)
{
    leave(context, m_core->pushed, m_core->poppers);
}

void ChannelGate::leaveAfterPop(const TaskContext &context)
{
    leave(context, m_core->popped, m_core->pushers);
}

void ChannelGate::close()
{
    m_core->isClosed.store(1, std::memory_order_release);
    m_core->pushed.fetch_add(1, std::memory_order_release);
    m_core->popped.fetch_add(1, std::memory_order_release);
    wakeWord(m_core->pushed);
    wakeWord(m_core->popped);
}

} // namespace Interleave::Detail
