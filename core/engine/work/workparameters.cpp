// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workparameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace Interleave
{

namespace
{

template<typename T>
std::optional<T> parsed(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

void WorkParameters::set(std::string name, std::string value)
{
    m_values.insert_or_assign(std::move(name), std::move(value));
}

bool WorkParameters::setFromArgument(std::string_view argument)
{
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return false;
    set(std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1)));
    return true;
}

bool WorkParameters::contains(std::string_view name) const
{
    return m_values.find(name) != m_values.end();
}

std::int64_t WorkParameters::integer(std::string_view name, std::int64_t fallback) const
{
    const auto found = m_values.find(name);
    if (found == m_values.end())
        return fallback;
    if (const auto whole = parsed<std::int64_t>(found->second))
        return *whole;
    const auto broken = parsed<double>(found->second); // "4.0" and "1e3" are numbers, too
    if (!broken || !std::isfinite(*broken) || std::abs(*broken) > 9e15)
        return fallback;
    return std::int64_t(std::llround(*broken));
}

int WorkParameters::count(std::string_view name, int fallback, int least, int most) const
{
    return int(std::clamp<std::int64_t>(integer(name, fallback), least, most));
}

double WorkParameters::real(std::string_view name, double fallback) const
{
    const auto found = m_values.find(name);
    if (found == m_values.end())
        return fallback;
    const auto value = parsed<double>(found->second);
    return value && std::isfinite(*value) ? *value : fallback;
}

bool WorkParameters::boolean(std::string_view name, bool fallback) const
{
    const auto found = m_values.find(name);
    if (found == m_values.end())
        return fallback;
    const std::string &word = found->second;
    if (word == "true" || word == "on" || word == "yes")
        return true;
    if (word == "false" || word == "off" || word == "no")
        return false;
    const auto number = parsed<double>(word);
    return number ? *number != 0.0 : fallback;
}

std::string WorkParameters::text(std::string_view name, std::string_view fallback) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::string(fallback) : found->second;
}

std::vector<std::string> WorkParameters::toArguments() const
{
    std::vector<std::string> arguments;
    arguments.reserve(m_values.size());
    for (const auto &[name, value] : m_values)
        arguments.push_back(name + '=' + value);
    return arguments;
}

} // namespace Interleave
