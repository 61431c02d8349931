// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/setcommand.h"

#include <QRegularExpression>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

const QRegularExpression &placeholder()
{
    static const QRegularExpression expression(u"\\{([a-z][a-z0-9_]*)\\}"_s);
    return expression;
}

/// What a value inserts is not looked at again: it may hold braces of its own.
QString filled(const QString &word, const QJsonObject &values)
{
    QString text;
    qsizetype past = 0;
    auto matches = placeholder().globalMatch(word);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QString name = match.captured(1);
        text += word.mid(past, match.capturedStart() - past);
        text +=
            values.contains(name) ? values.value(name).toVariant().toString() : match.captured();
        past = match.capturedEnd();
    }
    return text + word.mid(past);
}

} // namespace

QString examplesPlaceholder()
{
    return u"examples"_s;
}

QString pythonPlaceholder()
{
    return u"python"_s;
}

QStringList placeholdersOf(const CommandSpec &command)
{
    QStringList names;
    for (const QString &word : command.words) {
        auto matches = placeholder().globalMatch(word);
        while (matches.hasNext()) {
            const QString name = matches.next().captured(1);
            if (!names.contains(name))
                names.append(name);
        }
    }
    return names;
}

CommandSpec commandOf(const TaskSet &set, const QJsonObject &params, const QString &examplesFolder,
                      const QString &python)
{
    if (!set.command)
        return {};
    CommandSpec spec = *set.command;
    if (set.id.isEmpty() && set.basedOn.isEmpty()) // neither built in nor based on such a one
        return spec;
    QJsonObject values = params;
    values.insert(examplesPlaceholder(), examplesFolder);
    values.insert(pythonPlaceholder(), python);
    for (QString &word : spec.words)
        word = filled(word, values);
    return spec;
}

} // namespace Interleave
