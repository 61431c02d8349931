// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

namespace Interleave
{

/// The line on which each member of a JSON text stands, for messages that name it: QJsonDocument
/// forgets positions. A member is named by its path, "params/2/min", in which a key's own "~" and "/"
/// are "~0" and "~1" (as in RFC 6901); the whole text is "". Value.
class JsonLines
{
public:
    /// \param json a text that QJsonDocument has accepted (so that its depth is known to be bounded).
    /// Cost: O(size), once.
    explicit JsonLines(const QByteArray &json);

    /// Path of a member of the object at `path`.
    [[nodiscard]] static QString member(const QString &path, const QString &key);
    /// "params/2/min" as people write it: "params[2].min".
    [[nodiscard]] static QString shown(const QString &path);

    /// From 1. Of a member that is not there, the line of the nearest one around it.
    [[nodiscard]] int lineOf(const QString &path) const;
    /// The first member that stands twice in the same object (QJsonDocument keeps the last and says
    /// nothing), or a null string.
    [[nodiscard]] const QString &duplicate() const { return m_duplicate; }
    [[nodiscard]] int duplicateLine() const { return m_duplicateLine; }

    /// The line, from 1, that the byte at `offset` stands on.
    [[nodiscard]] static int lineAt(const QByteArray &json, qsizetype offset);

private:
    void scanValue(const QString &path);
    void scanObject(const QString &path);
    void scanArray(const QString &path);
    QString scanString();
    void skipSpace();
    [[nodiscard]] bool isAt(char c) const { return m_at < m_end && *m_at == c; }
    /// Steps over `c`. \return false, without a step, when something else stands here.
    bool take(char c);

    const char *m_at = nullptr; ///< while scanning; nullptr afterwards
    const char *m_end = nullptr;
    int m_line = 1;
    QHash<QString, int> m_lines;
    QString m_duplicate;
    int m_duplicateLine = 0;
};

} // namespace Interleave
