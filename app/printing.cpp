// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/printing.h"

#include <QJsonDocument>

#include <cstdio>

#include <unistd.h>

namespace Interleave
{

namespace
{

void write(const QString &text, std::FILE *stream)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), stream);
}

} // namespace

void printText(const QString &text)
{
    write(text, stdout);
}

void printJson(const QJsonObject &document)
{
    printText(QString::fromUtf8(QJsonDocument(document).toJson()));
}

void printAside(const QString &text)
{
    write(text, stderr);
}

void showProgress(const QString &text)
{
    if (isatty(STDERR_FILENO))
        std::fprintf(stderr, "\r\033[K%s", qPrintable(text));
}

} // namespace Interleave
