// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"

namespace Interleave
{

/// Nothing but computing: what the lock of the model `gil` does to it is no business of the task.
TaskStatus globalLockBody(TaskContext &context)
{
    return context.outcome(context.burn(context.parameters().real("work_ms", 400)));
}

} // namespace Interleave
