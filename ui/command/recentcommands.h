// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/commandspec.h"
#include "core/taskset/taskset.h"

#include <QString>

#include <vector>

class QSettings;

namespace Interleave
{

/// The commands that a person has run, the newest first, and how they stand in the gallery: below the
/// entry where a new one is typed. Kept in the settings, without the values of secret variables. GUI
/// thread.
class RecentCommands
{
public:
    static constexpr std::size_t kMost = 10;

    void load(const QSettings &settings);
    void save(QSettings &settings) const;
    /// Puts it first; there it is only once.
    void note(const CommandSpec &spec);
    /// By its slug in the gallery; others are ignored.
    void remove(const QString &slug);

    [[nodiscard]] const std::vector<CommandSpec> &commands() const { return m_commands; }
    /// nullptr for a slug that is none of them.
    [[nodiscard]] const CommandSpec *find(const QString &slug) const;
    /// The gallery's group: the entry of a new command, then these.
    [[nodiscard]] std::vector<TaskSet> entries() const;

    /// The slug of the entry where a new command is typed.
    [[nodiscard]] static QString newSlug();
    /// Always the same for the same command.
    [[nodiscard]] static QString slugOf(const CommandSpec &spec);
    /// Whether a slug is of that group.
    [[nodiscard]] static bool isProgramSlug(const QString &slug);
    /// Whether it is that of a command that was run, which can be removed.
    [[nodiscard]] static bool isRecentSlug(const QString &slug);

private:
    std::vector<CommandSpec> m_commands;
};

} // namespace Interleave
