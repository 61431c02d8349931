// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/parametertext.h"

#include <QCoreApplication>
#include <QStringList>
#include <QVariant>

#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(ParameterText)
};

QString valueText(const QJsonValue &value)
{
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 12);
    if (value.isBool())
        return value.toBool() ? Texts::tr("yes") : Texts::tr("no");
    return value.toVariant().toString();
}

/// Whether it stands for "all that there are", "none" or "not at all": a person would not mention it.
bool isUnset(const QString &name, const QJsonValue &value)
{
    if (value.isString())
        return value.toString().isEmpty() || value.toString() == QLatin1String("none");
    if (!value.isDouble() || value.toDouble() != 0)
        return value.isNull() || value.isUndefined();
    // Elsewhere 0 is a quantity like any other: a share of 0 %, a time of 0 ms.
    static const QStringList zeroIsUnset{QStringLiteral("cores"), QStringLiteral("most_tasks"),
                                         QStringLiteral("start_stagger_ms"),
                                         QStringLiteral("workers")};
    return zeroIsUnset.contains(name);
}

} // namespace

QString parameterText(const QString &name, const QJsonValue &value)
{
    if (isUnset(name, value))
        return {};
    QString words = name;
    QString unit;
    for (const auto &[ending, text] :
         {std::pair{"_ms", " ms"}, std::pair{"_us", " µs"}, std::pair{"_percent", " %"},
          std::pair{"_mib", " MiB"}, std::pair{"_kb", " KiB"}}) {
        if (value.isDouble() && words.endsWith(QLatin1String(ending))) {
            words.chop(QLatin1String(ending).size());
            unit = QString::fromUtf8(text);
        }
    }
    words.replace(QLatin1Char('_'), QLatin1Char(' '));
    return words + QLatin1Char(' ') + valueText(value) + unit;
}

} // namespace Interleave
