// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/predictionreader.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

using Fail = std::function<void(const QString &path, const QString &sentence)>;

QString memberPath(const QString &key)
{
    return u"predict/"_s + key;
}

QString textOf(const QJsonObject &object, const QString &key, const Fail &fail)
{
    const QString text = object.value(key).toString();
    if (object.contains(key) && text.trimmed().isEmpty())
        fail(memberPath(key), u"must be a text that is not empty"_s);
    return text;
}

QStringList choicesOf(const QJsonObject &object, const Fail &fail)
{
    const QString key = u"choices"_s;
    QStringList choices;
    const QJsonArray array = object.value(key).toArray();
    for (const QJsonValue &element : array) {
        const QString choice = element.toString();
        if (choice.isEmpty() || choices.contains(choice))
            fail(memberPath(key), u"must be a list of different texts"_s);
        choices << choice;
    }
    if (object.contains(key) && choices.size() < 2)
        fail(memberPath(key), u"must be a list of two or more texts"_s);
    return choices;
}

/// \return whether the kind is known; "number" where it is not.
bool readKind(const QString &word, Prediction::Kind &kind)
{
    if (word == "choice"_L1)
        kind = Prediction::Kind::Choice;
    else if (word == "order"_L1)
        kind = Prediction::Kind::Order;
    return word == "number"_L1 || kind != Prediction::Kind::Number;
}

} // namespace

Prediction readPrediction(const QJsonValue &value, const Fail &fail)
{
    Prediction prediction;
    if (!value.isObject()) {
        fail(u"predict"_s, u"must be an object"_s);
        return prediction;
    }
    const QJsonObject object = value.toObject();
    const QString kind = textOf(object, u"kind"_s, fail);
    if (object.contains("kind"_L1) && !readKind(kind, prediction.kind))
        fail(memberPath(u"kind"_s), u"must be number, choice or order, not \"%1\""_s.arg(kind));
    const bool isNumber = prediction.kind == Prediction::Kind::Number;
    const QStringList needed =
        isNumber ? QStringList{u"kind"_s, u"key"_s} : QStringList{u"kind"_s, u"key"_s, u"choices"_s};
    const QStringList possible = isNumber ? needed + QStringList{u"unit"_s} : needed;
    const QStringList keys = object.keys();
    for (const QString &key : keys) {
        if (!possible.contains(key))
            fail(memberPath(key), u"is not a key of this format; nearest: %1"_s.arg(
                                      nearest(key, possible).join(u", "_s)));
    }
    for (const QString &key : needed) {
        if (!object.contains(key))
            fail(u"predict"_s, u"lacks the key \"%1\""_s.arg(key));
    }
    prediction.key = textOf(object, u"key"_s, fail);
    static const QRegularExpression path(u"^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$"_s);
    if (object.contains("key"_L1) && !path.match(prediction.key).hasMatch())
        fail(memberPath(u"key"_s),
             u"must be a key of the run's document (wall_ns, result.value), not \"%1\""_s.arg(
                 prediction.key));
    prediction.unit = textOf(object, u"unit"_s, fail);
    prediction.choices = choicesOf(object, fail);
    return prediction;
}

} // namespace Interleave
