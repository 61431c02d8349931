// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"

namespace Interleave
{

std::string durationText(DurationNs duration)
{
    const std::string sign = duration < 0 ? "-" : "";
    const std::uint64_t ns = duration < 0 ? 0 - std::uint64_t(duration) : std::uint64_t(duration);
    if (ns < 1000)
        return sign + std::to_string(ns) + " ns";
    struct Unit {
        std::uint64_t ns;
        const char *name;
    };
    static constexpr Unit kUnits[] = {{1'000, "\u00b5s"}, {1'000'000, "ms"}, {1'000'000'000, "s"}};
    // The unit and the decimals are chosen by the rounded value: 999.6 us is 1.00 ms.
    const Unit *unit = kUnits;
    while (unit->ns != 1'000'000'000 && ns + unit->ns / 2 >= 1000 * unit->ns)
        ++unit;
    std::uint64_t parts = 100; // of a unit, to which it is rounded
    if (ns + unit->ns / 20 >= 100 * unit->ns)
        parts = 1;
    else if (ns + unit->ns / 200 >= 10 * unit->ns)
        parts = 10;
    const std::uint64_t step = unit->ns / parts;
    const std::uint64_t rounded = (ns + step / 2) / step;
    std::string text = sign + std::to_string(rounded / parts);
    if (parts > 1) {
        const std::string decimals = std::to_string(rounded % parts);
        text += '.' + std::string(parts == 100 && decimals.size() < 2 ? 1 : 0, '0') + decimals;
    }
    return text + ' ' + unit->name;
}

} // namespace Interleave
