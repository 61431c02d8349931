// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <string>
#include <string_view>
#include <vector>

namespace Interleave
{

/// The variables that a command is started with: those of this process, with changes. Value.
/// Thread: one owner; the constructor reads environ(7), which nobody may change meanwhile.
class CommandEnvironment
{
public:
    CommandEnvironment();

    /// "NAME=value" is set, "NAME" alone is removed.
    void apply(const QStringList &changes);
    /// \param entry "NAME=value", in the place of what the name had.
    void setEntry(const std::string &entry);
    void remove(std::string_view name);
    /// Puts a folder before the others of a list that ':' separates.
    void putFirst(const std::string &name, const std::string &folder);

    [[nodiscard]] bool has(std::string_view name) const;
    /// Empty when it is not set.
    [[nodiscard]] std::string valueOf(std::string_view name) const;
    /// "NAME=value" each.
    [[nodiscard]] const std::vector<std::string> &entries() const { return m_entries; }

    /// Whether the changes set or remove the variable.
    [[nodiscard]] static bool names(const QStringList &changes, std::string_view name);

private:
    std::vector<std::string> m_entries;
};

} // namespace Interleave
