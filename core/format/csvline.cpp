// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/csvline.h"

#include <utility>

namespace Interleave
{

bool splitCsvLine(const QByteArray &line, QByteArray *fields, std::size_t count)
{
    std::size_t column = 0;
    QByteArray field;
    bool quoted = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted) {
            if (c == '"' && i + 1 < line.size() && line[i + 1] == '"')
                field += line[++i];
            else if (c == '"')
                quoted = false;
            else
                field += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            if (column + 1 >= count)
                return false;
            fields[column++] = std::exchange(field, {});
        } else {
            field += c;
        }
    }
    fields[column] = field;
    return !quoted && column + 1 == count;
}

} // namespace Interleave
