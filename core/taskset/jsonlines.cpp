// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/jsonlines.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QStringList>

#include <algorithm>
#include <string_view>

namespace Interleave
{

using namespace Qt::StringLiterals;

JsonLines::JsonLines(const QByteArray &json)
    : m_at(json.constData())
    , m_end(json.constData() + json.size())
{
    if (json.startsWith("\xEF\xBB\xBF")) // a byte order mark, which QJsonDocument takes too
        m_at += 3;
    scanValue(QString());
    m_at = nullptr;
    m_end = nullptr;
}

QString JsonLines::member(const QString &path, const QString &key)
{
    QString name = key;
    name.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
    return path.isEmpty() ? name : QString(path + u'/' + name);
}

QString JsonLines::shown(const QString &path)
{
    QString shown;
    const QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    for (QString part : parts) {
        bool isIndex = false;
        part.toInt(&isIndex);
        part.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        if (isIndex)
            shown += u"[%1]"_s.arg(part);
        else
            shown += (shown.isEmpty() ? QString() : u"."_s) + part;
    }
    return shown;
}

int JsonLines::lineOf(const QString &path) const
{
    QString around = path;
    while (!m_lines.contains(around) && !around.isEmpty())
        around.truncate(std::max<qsizetype>(0, around.lastIndexOf(u'/')));
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
        const QString name = member(path, scanString());
        if (m_lines.contains(name) && m_duplicate.isNull()) {
            m_duplicate = name;
            m_duplicateLine = line;
        }
        m_lines.insert(name, line);
        skipSpace();
        if (!take(':'))
            return;
        scanValue(name);
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
        scanValue(member(path, QString::number(i)));
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
    const QByteArray raw(begin, m_at - begin);
    take('"');
    if (!raw.contains('\\'))
        return QString::fromUtf8(raw);
    // The same key may be written in several ways.
    return QJsonDocument::fromJson("[\"" + raw + "\"]").array().at(0).toString();
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
