// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commandbytes.h"

#include <QStringView>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr char16_t kSurrogates = 0xdc00; // a byte stands as this and its number
constexpr char16_t kFirstByte = kSurrogates + 0x80;
constexpr char16_t kLastByte = kSurrogates + 0xff;

/// How many bytes the character at `at` has; 0 where there is none.
qsizetype characterLength(const QByteArray &bytes, qsizetype at)
{
    const auto first = static_cast<unsigned char>(bytes[at]);
    if (first < 0x80)
        return 1;
    const qsizetype length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const QByteArray piece = bytes.mid(at, length);
    return QString::fromUtf8(piece).toUtf8() == piece ? length : 0;
}

/// Where the next byte that is no character stands, from `from` on; the text's size when there is none.
qsizetype nextRawByte(const QString &text, qsizetype from)
{
    for (qsizetype i = from; i < text.size(); ++i) {
        const char16_t unit = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate())
            ++i; // the second half of a character
        else if (unit >= kFirstByte && unit <= kLastByte)
            return i;
    }
    return text.size();
}

} // namespace

QString textOfBytes(const QByteArray &bytes)
{
    const QString plain = QString::fromUtf8(bytes);
    if (plain.toUtf8() == bytes)
        return plain;
    QString text;
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype length = characterLength(bytes, at);
        if (length > 0)
            text += QString::fromUtf8(bytes.mid(at, length));
        else
            text += QChar(char16_t(kSurrogates + static_cast<unsigned char>(bytes[at])));
        at += length > 0 ? length : 1;
    }
    return text;
}

QByteArray bytesOfText(const QString &text)
{
    QByteArray bytes;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype raw = nextRawByte(text, at);
        bytes += text.mid(at, raw - at).toUtf8();
        if (raw < text.size())
            bytes += char(text[raw].unicode() - kSurrogates);
        at = raw + 1;
    }
    return bytes;
}

bool holdsRawBytes(const QString &text)
{
    return nextRawByte(text, 0) < text.size();
}

QString readableText(const QString &text)
{
    QString readable;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype raw = nextRawByte(text, at);
        readable += text.mid(at, raw - at);
        if (raw < text.size())
            readable += u"\\x"_s + QString::number(text[raw].unicode() - kSurrogates, 16);
        at = raw + 1;
    }
    return readable;
}

QStringList readableTexts(const QStringList &texts)
{
    QStringList readable;
    for (const QString &text : texts)
        readable.append(readableText(text));
    return readable;
}

QString quotedBytes(const QString &word)
{
    QString inside = word;
    inside.replace(u"\\"_s, u"\\\\"_s).replace(u"'"_s, u"\\'"_s);
    return u"$'"_s + readableText(inside) + u'\'';
}

} // namespace Interleave
