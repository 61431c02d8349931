// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncrecursivemutex.h"

namespace Interleave
{

bool AsyncRecursiveMutex::lockAgain(TaskId task)
{
    if (task == kNoTask || m_depth == 0 || m_holder != task)
        return false;
    ++m_depth;
    return true;
}

void AsyncRecursiveMutex::noteHeld(TaskId task)
{
    m_holder = task;
    m_depth = 1;
}

bool AsyncRecursiveMutex::tryLock(const TaskContext &context)
{
    if (lockAgain(context.id()))
        return true;
    if (!m_mutex.tryLock(context))
        return false;
    noteHeld(context.id());
    return true;
}

void AsyncRecursiveMutex::unlock(const TaskContext &context)
{
    if (m_depth == 0 || m_holder != context.id())
        return;
    if (--m_depth > 0)
        return;
    m_holder = kNoTask;
    m_mutex.unlock(context);
}

} // namespace Interleave
