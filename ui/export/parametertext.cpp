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

/// Whether it stands for "all that there are", "nothing" or "not at all": a person would not
/// mention it.
bool isUnset(const QString &name, const QJsonValue &value)
{
    if (value.isString()) {
        // Elsewhere "none" is a choice like any other: no lock, no remedy, no core of one's own.
        const bool noneIsUnset = name == QLatin1String("share");
        return value.toString().isEmpty()
            || (noneIsUnset && value.toString() == QLatin1String("none"));
    }
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
    QStringList words = name.split(QLatin1Char('_'));
    QString unit;
    for (const auto &[word, text] :
         {std::pair{"ms", " ms"}, std::pair{"us", " µs"}, std::pair{"percent", " %"},
          std::pair{"mib", " MiB"}, std::pair{"kb", " KiB"}}) {
        const qsizetype at = words.indexOf(QString::fromLatin1(word), 1); // or within: job_ms_min
        if (value.isDouble() && at > 0) {
            words.removeAt(at);
            unit = QString::fromUtf8(text);
        }
    }
    return words.join(QLatin1Char(' ')) + QLatin1Char(' ') + valueText(value) + unit;
}

} // namespace Interleave
