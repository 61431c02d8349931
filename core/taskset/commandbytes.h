// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace Interleave
{

// The words of a command are bytes to the kernel, and texts to us. Nearly always they are UTF-8. Each byte
// that is part of no character stands in the text as a lone surrogate, U+DC80 to U+DCFF, which UTF-8 never
// holds (PEP 383): so it is given to a program as it came. Before a person sees such a text, or a document
// holds it, it is made readable. Thread: any. Cost: O(bytes).

/// The text that stands for these bytes, and for no others.
[[nodiscard]] QString textOfBytes(const QByteArray &bytes);
/// The opposite.
[[nodiscard]] QByteArray bytesOfText(const QString &text);
/// Whether a byte that is part of no character stands in the text.
[[nodiscard]] bool holdsRawBytes(const QString &text);

/// With each such byte as "\xff"; other texts as they are. Not to be read back.
[[nodiscard]] QString readableText(const QString &text);
[[nodiscard]] QStringList readableTexts(const QStringList &texts);
/// A word that holds such bytes, quoted as bash(1) reads it: $'caf\xe9'.
[[nodiscard]] QString quotedBytes(const QString &word);

} // namespace Interleave
