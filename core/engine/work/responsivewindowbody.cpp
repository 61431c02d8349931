// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/responsivewindowstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>

namespace Interleave
{

ResponsiveWindowPlan ResponsiveWindowPlan::of(const WorkParameters &parameters)
{
    ResponsiveWindowPlan plan;
    plan.workMs = std::clamp(parameters.real("work_ms", 3000), 1.0, 60'000.0);
    plan.sliceMs = std::clamp(parameters.real("slice_ms", 5), 0.0, 60'000.0);
    return plan;
}

TaskStatus responsiveWindowBody(TaskContext &context)
{
    if (!context.setup().board)
        return context.fail("the set responsive-window needs shared memory, and none was given");
    const DoneNote note(context.setup().board->object<ResponsiveWindowState>());
    const bool going = context.burn(ResponsiveWindowPlan::of(context.parameters()).workMs);
    return context.outcome(going);
}

} // namespace Interleave
