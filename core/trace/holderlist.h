// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/event.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace Interleave
{

/// Who holds one object, as the recorder tells it.
///
/// It mends itself where records are missing: who gets an object for itself alone is its only
/// holder, whatever was said before. A permit may be given back by a task that never took one: then the
/// one that was taken first is free again, and the object is a signal from then on (isSignal()). Up to
/// kMostNamed holders are told apart, more are only counted. Private to core/trace.
/// Cost: O(1) for an object that one task holds, else O(holders). Thread: one owner.
class HolderList
{
public:
    static constexpr std::size_t kMostNamed = 1024;

    /// \param capacity how many can hold it at once; 0: not known.
    void acquire(TaskId task, AccessMode mode, std::uint32_t capacity)
    {
        if (mode != m_mode || mode == AccessMode::Exclusive)
            clear();
        m_mode = mode;
        // One more than there can be is no contradiction: of two records with the same stamp, the
        // release may come last.
        if (mode == AccessMode::Permit && capacity != 0 && size() > capacity)
            dropFirst();
        if (m_named.size() < kMostNamed)
            m_named.push_back(task);
        else
            ++m_more;
    }
    /// \return whether the task is not named any more: it may have taken several permits.
    bool release(TaskId task)
    {
        const auto place = std::find(m_named.begin(), m_named.end(), task);
        if (place != m_named.end()) {
            const auto next = m_named.erase(place);
            return std::find(next, m_named.end(), task) == m_named.end();
        }
        if (m_more != 0) {
            --m_more; // it may have been one of those
            return true;
        }
        m_isReleasedByOthers = true;
        if (m_mode == AccessMode::Permit)
            dropFirst();
        return true;
    }

    [[nodiscard]] std::size_t size() const { return m_named.size() + m_more; }
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] AccessMode mode() const { return m_mode; }
    /// In the order in which they got it, as far as they are told apart.
    [[nodiscard]] const std::vector<TaskId> &named() const { return m_named; }
    [[nodiscard]] bool areAllNamed() const { return m_more == 0; }
    [[nodiscard]] bool isNamed(TaskId task) const
    {
        return std::find(m_named.begin(), m_named.end(), task) != m_named.end();
    }
    /// Whether its permits were given back by a task that had none: a semaphore as a signal. Who took
    /// one is then nobody to wait for.
    [[nodiscard]] bool isSignal() const
    {
        return m_isReleasedByOthers && m_mode == AccessMode::Permit;
    }
    /// The one holder, or kNoTask when there are several or none.
    [[nodiscard]] TaskId onlyOne() const
    {
        return m_named.size() == 1 && m_more == 0 ? m_named.front() : kNoTask;
    }

private:
    void clear()
    {
        m_named.clear();
        m_more = 0;
    }
    void dropFirst()
    {
        if (!m_named.empty())
            m_named.erase(m_named.begin());
    }

    std::vector<TaskId> m_named;
    std::size_t m_more = 0;
    AccessMode m_mode = AccessMode::Exclusive;
    bool m_isReleasedByOthers = false; ///< once, and for ever
};

} // namespace Interleave
