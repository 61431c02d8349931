// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace Interleave
{

/// The parameters of a run as the work sees them: names and texts, read as numbers where used.
///
/// They were checked against the task set before the run was released; a value that is missing or is
/// no number gives the fallback. Value; const access from any thread.
class WorkParameters
{
public:
    void set(std::string name, std::string value);
    /// Takes "name=value". \return false when there is no name or no '='.
    bool setFromArgument(std::string_view argument);

    [[nodiscard]] bool contains(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback) const;
    /// integer() brought into [least, most].
    [[nodiscard]] int count(std::string_view name, int fallback, int least, int most) const;
    [[nodiscard]] double real(std::string_view name, double fallback) const;
    /// "true", "on", "yes" and numbers other than 0 are true.
    [[nodiscard]] bool boolean(std::string_view name, bool fallback) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const;
    /// "name=value" for each, in the order of the names: what a worker is started with.
    [[nodiscard]] std::vector<std::string> toArguments() const;

private:
    std::map<std::string, std::string, std::less<>> m_values;
};

} // namespace Interleave
