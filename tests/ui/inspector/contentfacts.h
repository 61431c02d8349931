// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/inspectorcontent.h"

#include <QString>

#include <vector>

namespace Interleave
{

/// The value of the fact with that key; empty when there is none.
inline QString fact(const std::vector<InspectorContent::Fact> &facts, const char *key)
{
    for (const InspectorContent::Fact &fact : facts) {
        if (fact.key == QString::fromLatin1(key))
            return fact.value;
    }
    return {};
}

} // namespace Interleave
