// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/knowledge.h"

namespace Interleave
{

Knowledge knowledgeOf(Source source)
{
    Knowledge knows;
    knows.totals = source != Source::Events;
    knows.switches = source == Source::Kernel || source == Source::KernelWide;
    return knows;
}

Knowledge sharedKnowledge(Knowledge a, Knowledge b)
{
    return {a.totals && b.totals, a.switches && b.switches};
}

} // namespace Interleave
