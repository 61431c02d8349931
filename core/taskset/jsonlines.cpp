// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/jsonlines.h"

#include <QtGlobal>

#include <algorithm>
#include <string_view>

namespace Interleave
{

namespace
{

QString joined(const QString &path, const QString &member)
{
    return path.isEmpty() ? member : QString(path + QLatin1Char('/') + member);
}

} // namespace

JsonLines::JsonLines(const QByteArray &json)
    : m_at(json.constData())
    , m_end(json.constData() + json.size())
{
    scanValue(QString());
    m_at = nullptr;
    m_end = nullptr;
}

int JsonLines::lineOf(const QString &path) const
{
    QString around = path;
    while (!m_lines.contains(around) && !around.isEmpty())
        around.truncate(std::max<qsizetype>(0, around.lastIndexOf(QLatin1Char('/'))));
    return m_lines.value(around, 1);
}

int JsonLines::lineAt(const QByteArray &json, qsizetype offset)
{
    const char *begin = json.constData();
    return 1 + int(std::count(begin, begin + std::clamp<qsizetype>(offset, 0, json.size()), '\n'));
}

void JsonLines::scanValue(const QString &path)
{
    skipSpace();
    if (!m_lines.contains(path)) // a member's line is that of its key
        m_lines.insert(path, m_line);
    if (isAt('{')) {
        scanObject(path);
    } else if (isAt('[')) {
        scanArray(path);
    } else if (isAt('"')) {
        scanString();
    } else {
        constexpr std::string_view kEnds = ",]} \t\r\n";
        while (m_at < m_end && kEnds.find(*m_at) == std::string_view::npos)
            ++m_at;
    }
    skipSpace();
}

void JsonLines::scanObject(const QString &path)
{
    take('{');
    skipSpace();
    while (isAt('"')) {
        const int line = m_line;
        const QString member = joined(path, scanString());
        if (m_lines.contains(member) && m_duplicate.isNull()) {
            m_duplicate = member;
            m_duplicateLine = line;
        }
        m_lines.insert(member, line);
        skipSpace();
        if (!take(':'))
            return;
        scanValue(member);
        if (!take(','))
            break;
        skipSpace();
    }
    take('}');
}

void JsonLines::scanArray(const QString &path)
{
    take('[');
    skipSpace();
    for (int i = 0; m_at < m_end && !isAt(']'); ++i) {
        scanValue(joined(path, QString::number(i)));
        if (!take(','))
            break;
    }
    take(']');
}

QString JsonLines::scanString()
{
    take('"');
    const char *begin = m_at;
    while (m_at < m_end && *m_at != '"')
        m_at += (*m_at == '\\' && m_at + 1 < m_end) ? 2 : 1;
    const QString text = QString::fromUtf8(begin, m_at - begin);
    take('"');
    return text;
}

void JsonLines::skipSpace()
{
    while (m_at < m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\r' || *m_at == '\n')) {
        if (*m_at == '\n')
            ++m_line;
        ++m_at;
    }
}

bool JsonLines::take(char c)
{
    if (!isAt(c))
        return false;
    ++m_at;
    return true;
}

} // namespace Interleave
