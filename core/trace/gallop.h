// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>

namespace Interleave
{

/// First index in [from, size) for which `isPast` holds, by steps that double: what is looked for
/// lies close by. `isPast` must hold for all indices after the first.
template<typename Predicate>
std::size_t gallop(std::size_t from, std::size_t size, Predicate isPast)
{
    std::size_t step = 1;
    std::size_t low = from;
    std::size_t high = from;
    while (high < size && !isPast(high)) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    high = std::min(high, size);
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (isPast(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

} // namespace Interleave
