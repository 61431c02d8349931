// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/recentcommands.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonDocument>
#include <QSettings>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(RecentCommands)
};

QString settingsKey()
{
    return QStringLiteral("commands/recent");
}

QString recentPrefix()
{
    return RecentCommands::newSlug() + u'/';
}

QByteArray jsonOf(const CommandSpec &spec)
{
    return QJsonDocument(spec.toJson()).toJson(QJsonDocument::Compact);
}

/// A few words below the command: what is not to be seen in its line.
QString summaryOf(const CommandSpec &spec)
{
    QStringList parts;
    if (!spec.folder.isEmpty())
        parts << Texts::tr("in %1").arg(spec.folder);
    if (!spec.inputFile.isEmpty())
        parts << Texts::tr("reads %1").arg(spec.inputFile);
    if (!spec.environment.isEmpty())
        parts << Texts::tr("with %1 variables").arg(spec.environment.size());
    if (!spec.askPython)
        parts << Texts::tr("kernel view only");
    return parts.isEmpty() ? Texts::tr("run before") : parts.join(QStringLiteral(" · "));
}

TaskSet entryOf(const QString &slug, const QString &title, const QString &summary,
                const QString &look)
{
    TaskSet entry;
    entry.slug = slug;
    entry.group = Texts::tr("Your program");
    entry.title = title;
    entry.summary = summary;
    entry.look = look;
    return entry;
}

} // namespace

QString RecentCommands::newSlug()
{
    return QStringLiteral("your-program");
}

QString RecentCommands::slugOf(const CommandSpec &spec)
{
    const QByteArray hash = QCryptographicHash::hash(jsonOf(spec), QCryptographicHash::Sha1);
    return recentPrefix() + QString::fromLatin1(hash.toHex().left(12));
}

bool RecentCommands::isProgramSlug(const QString &slug)
{
    return slug == newSlug() || isRecentSlug(slug);
}

bool RecentCommands::isRecentSlug(const QString &slug)
{
    return slug.startsWith(recentPrefix());
}

void RecentCommands::load(const QSettings &settings)
{
    m_commands.clear();
    const QStringList stored = settings.value(settingsKey()).toStringList();
    for (const QString &json : stored) {
        const Result<CommandSpec> spec =
            CommandSpec::fromJson(QJsonDocument::fromJson(json.toUtf8()).object());
        // Whoever edited the file by hand loses what does not read.
        if (spec && m_commands.size() < kMost && !find(slugOf(spec.value())))
            m_commands.push_back(spec.value());
    }
}

void RecentCommands::save(QSettings &settings) const
{
    QStringList stored;
    for (const CommandSpec &spec : m_commands)
        stored << QString::fromUtf8(jsonOf(spec));
    settings.setValue(settingsKey(), stored);
}

void RecentCommands::note(const CommandSpec &spec)
{
    remove(slugOf(spec));
    m_commands.insert(m_commands.begin(), spec);
    if (m_commands.size() > kMost)
        m_commands.resize(kMost);
}

void RecentCommands::remove(const QString &slug)
{
    std::erase_if(m_commands, [&](const CommandSpec &spec) { return slugOf(spec) == slug; });
}

const CommandSpec *RecentCommands::find(const QString &slug) const
{
    const auto found = std::find_if(m_commands.begin(), m_commands.end(),
                                    [&](const CommandSpec &spec) { return slugOf(spec) == slug; });
    return found == m_commands.end() ? nullptr : &*found;
}

std::vector<TaskSet> RecentCommands::entries() const
{
    std::vector<TaskSet> entries{
        entryOf(newSlug(), Texts::tr("Run a command…"), Texts::tr("any program, as it is"),
                Texts::tr("Any program of yours: its processes and threads on the cores, with "
                          "nothing to install and no change to it."))};
    for (const CommandSpec &spec : m_commands)
        entries.push_back(entryOf(slugOf(spec), spec.text(), summaryOf(spec), spec.text()));
    return entries;
}

} // namespace Interleave
