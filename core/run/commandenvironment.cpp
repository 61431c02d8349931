// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandenvironment.h"

#include <algorithm>

#include <unistd.h>

namespace Interleave
{

namespace
{

std::string_view nameOf(std::string_view entry)
{
    return entry.substr(0, entry.find('='));
}

} // namespace

CommandEnvironment::CommandEnvironment()
{
    for (char **entry = environ; entry && *entry; ++entry)
        m_entries.emplace_back(*entry);
}

void CommandEnvironment::apply(const QStringList &changes)
{
    for (const QString &change : changes) {
        const std::string entry = change.toLocal8Bit().toStdString();
        if (entry.find('=') == std::string::npos)
            remove(entry);
        else
            setEntry(entry);
    }
}

void CommandEnvironment::setEntry(const std::string &entry)
{
    remove(nameOf(entry));
    m_entries.push_back(entry);
}

void CommandEnvironment::remove(std::string_view name)
{
    std::erase_if(m_entries, [&](const std::string &entry) { return nameOf(entry) == name; });
}

void CommandEnvironment::putFirst(const std::string &name, const std::string &folder)
{
    const std::string others = valueOf(name); // an empty one would be the current folder
    setEntry(name + '=' + folder + (others.empty() ? std::string() : ':' + others));
}

bool CommandEnvironment::has(std::string_view name) const
{
    return std::any_of(m_entries.begin(), m_entries.end(),
                       [&](const std::string &entry) { return nameOf(entry) == name; });
}

std::string CommandEnvironment::valueOf(std::string_view name) const
{
    for (const std::string &entry : m_entries) {
        if (nameOf(entry) == name && entry.size() > name.size())
            return entry.substr(name.size() + 1);
    }
    return {};
}

bool CommandEnvironment::names(const QStringList &changes, std::string_view name)
{
    return std::any_of(changes.begin(), changes.end(), [&](const QString &change) {
        return nameOf(change.toLocal8Bit().toStdString()) == name;
    });
}

} // namespace Interleave
