// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/taskcontext.h"

namespace Interleave
{

/// What carries tasks and has other things to do while one of them waits: a pool, whose worker is free
/// for another job meanwhile. Thread: that of the task.
class TaskCarrier
{
public:
    virtual ~TaskCarrier() = default;
    /// The calling task is about to block. \return whether waitEnds() has to follow.
    [[nodiscard]] virtual bool waitBegins() = 0;
    virtual void waitEnds() = 0;
};

/// Around a wait: while this lives, the task's carrier serves others, where it can (RunSetup::carrier).
/// Costs one load where it cannot.
class BlockingScope
{
public:
    explicit BlockingScope(const TaskContext &context)
        : m_carrier(context.setup().carrier)
    {
        if (m_carrier && !m_carrier->waitBegins())
            m_carrier = nullptr;
    }
    ~BlockingScope()
    {
        if (m_carrier) [[unlikely]]
            m_carrier->waitEnds();
    }
    BlockingScope(const BlockingScope &) = delete;
    BlockingScope &operator=(const BlockingScope &) = delete;

private:
    TaskCarrier *m_carrier;
};

} // namespace Interleave
