// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace Interleave
{

// What a command of the command line says. Standard output is for its answer alone.

void printText(const QString &text);
/// One document, indented.
void printJson(const QJsonObject &document);
/// To standard error: for what a person shall read while standard output belongs to somebody else.
void printAside(const QString &text);
/// Progress for a person at a terminal, in place of the progress before; silence in scripts. An empty one
/// clears the line.
void showProgress(const QString &text);

} // namespace Interleave
