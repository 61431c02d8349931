// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/taskset.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr QLatin1StringView kModelCondition = "model"_L1;

Error badInput(const QString &sentence)
{
    return {ErrorCode::BadInput, sentence.toStdString()};
}

/// "400", "0.5": as a person would type it.
QString numberText(double number)
{
    return QString::number(number, 'g', 15);
}

Error outOfRange(const Parameter &parameter, const QString &text)
{
    QString possible =
        u"%1 to %2"_s.arg(numberText(parameter.minimum), numberText(parameter.maximum));
    if (!parameter.unit.isEmpty())
        possible += u' ' + parameter.unit;
    return badInput(
        u"%1: %2 is out of range, %3 is possible"_s.arg(parameter.name, text, possible));
}

bool isInRange(const Parameter &parameter, double number)
{
    return number >= parameter.minimum && number <= parameter.maximum;
}

Result<QJsonValue> checkedInteger(const Parameter &parameter, const QString &text)
{
    bool isInteger = false;
    const qint64 number = text.toLongLong(&isInteger);
    if (!isInteger) {
        static const QRegularExpression digits(u"^[+-]?[0-9]+$"_s);
        if (digits.match(text).hasMatch()) // more digits than 64 bits hold
            return outOfRange(parameter, text);
        return badInput(u"%1: \"%2\" is not a whole number"_s.arg(parameter.name, text));
    }
    if (!isInRange(parameter, double(number)))
        return outOfRange(parameter, text);
    return QJsonValue(number);
}

Result<QJsonValue> checkedReal(const Parameter &parameter, const QString &text)
{
    bool isNumber = false;
    const double number = text.toDouble(&isNumber); // always with a decimal point, never a comma
    if (!isNumber || !std::isfinite(number))
        return badInput(u"%1: \"%2\" is not a number"_s.arg(parameter.name, text));
    if (!isInRange(parameter, number))
        return outOfRange(parameter, text);
    return QJsonValue(number);
}

Result<QJsonValue> checkedBoolean(const Parameter &parameter, const QString &text)
{
    const QString word = text.toLower();
    if (QStringList{u"true"_s, u"yes"_s, u"on"_s, u"1"_s}.contains(word))
        return QJsonValue(true);
    if (QStringList{u"false"_s, u"no"_s, u"off"_s, u"0"_s}.contains(word))
        return QJsonValue(false);
    return badInput(u"%1: \"%2\" is neither true nor false"_s.arg(parameter.name, text));
}

Result<QJsonValue> checkedChoice(const Parameter &parameter, const QString &text)
{
    for (const QString &choice : parameter.choices) {
        if (choice.compare(text, Qt::CaseInsensitive) == 0)
            return QJsonValue(choice);
    }
    return badInput(u"%1: \"%2\" is not possible, one of %3 is"_s.arg(
        parameter.name, text, parameter.choices.join(u", "_s)));
}

Result<QJsonValue> checkedText(const Parameter &parameter, const QString &text)
{
    for (const QChar c : text) {
        if (c.category() == QChar::Other_Control)
            return badInput(
                u"%1: line ends and control characters are not possible"_s.arg(parameter.name));
    }
    if (!isInRange(parameter, double(text.size())))
        return badInput(u"%1: %2 to %3 characters are possible, not %4"_s.arg(
            parameter.name, numberText(parameter.minimum), numberText(parameter.maximum),
            QString::number(text.size())));
    if (!parameter.pattern.isEmpty()) {
        const QRegularExpression whole(QRegularExpression::anchoredPattern(parameter.pattern));
        // Without the text: that may be an address with a password.
        if (!whole.isValid() || !whole.match(text).hasMatch())
            return badInput(u"%1: the text is not possible; expected is %2"_s.arg(
                parameter.name, parameter.expected));
    }
    return QJsonValue(text);
}

/// No number is less than the one that it must not be less than.
Result<void> checkPairs(const TaskSet &set, const QJsonObject &values)
{
    const QString name = swappedPair(set, values);
    if (name.isNull())
        return {};
    const QString least = set.parameter(name)->atLeast;
    return badInput(u"%1: %2 is less than %3, which is %4; it must be at least as much"_s.arg(
        name, numberText(values.value(name).toDouble()), least,
        numberText(values.value(least).toDouble())));
}

Error unknownParameter(const TaskSet &set, const QString &name)
{
    QStringList names;
    for (const Parameter &parameter : set.parameters)
        names.append(parameter.name);
    if (names.isEmpty())
        return badInput(u"%1 has no parameters, so \"%2\" cannot be set"_s.arg(set.slug, name));
    return badInput(u"%1 has no parameter \"%2\"; nearest: %3"_s.arg(
        set.slug, name, nearest(name, names).join(u", "_s)));
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
int editDistance(const QString &a, const QString &b)
{
    const auto width = std::size_t(b.size()) + 1;
    std::vector<int> beforeLast(width), last(width), current(width);
    for (std::size_t j = 0; j < width; ++j)
        last[j] = int(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        current[0] = int(i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto at = std::size_t(j);
            const int replaced = last[at - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[at] = std::min({last[at] + 1, current[at - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                current[at] = std::min(current[at], beforeLast[at - 2] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, current);
    }
    return last[width - 1];
}

/// 0 for the same word; a word that holds the other counts as one edit away.
int distanceBetween(const QString &word, const QString &candidate)
{
    const int edits = editDistance(word, candidate);
    const bool holds = word.size() >= 3 && candidate.contains(word);
    return holds ? std::min(edits, 1) : edits;
}

} // namespace

QStringList knownModels()
{
    return {u"sequential"_s, u"threads"_s, u"pool"_s, u"processes"_s, u"coroutines"_s, u"gil"_s};
}

QString modelTitle(const QString &model)
{
    if (model == "sequential"_L1)
        return u"One after another"_s;
    if (model == "threads"_L1)
        return u"Threads"_s;
    if (model == "pool"_L1)
        return u"Thread pool"_s;
    if (model == "processes"_L1)
        return u"Processes"_s;
    if (model == "coroutines"_L1)
        return u"Coroutines"_s;
    if (model == "gil"_L1)
        return u"Threads, one lock (GIL)"_s;
    if (model == "command"_L1)
        return u"A command"_s;
    if (model == "attached"_L1)
        return u"A running process"_s;
    return model;
}

bool isProgramModel(const QString &model)
{
    return model == "command"_L1 || model == "attached"_L1;
}

bool applies(const Parameter &parameter, const QString &model, const QJsonObject &values)
{
    return std::all_of(
        parameter.onlyWith.begin(), parameter.onlyWith.end(), [&](const Condition &condition) {
            if (condition.name == kModelCondition)
                return condition.values.contains(model);
            const QJsonValue value = values.value(condition.name);
            return value.isUndefined() || condition.values.contains(value.toVariant().toString());
        });
}

QString conditionText(const TaskSet &set, const Parameter &parameter)
{
    QStringList conditions;
    for (const Condition &condition : parameter.onlyWith) {
        const Parameter *const other = set.parameter(condition.name);
        const bool isYesOrNo = other && other->type == Parameter::Type::Boolean;
        QStringList words;
        for (const QString &value : condition.values) {
            words << (condition.name == kModelCondition ? modelTitle(value)
                          : !isYesOrNo                  ? value
                          : value == "true"_L1          ? u"yes"_s
                                                        : u"no"_s);
        }
        const QString title = condition.name == kModelCondition ? u"Model"_s
            : other                                             ? other->title
                                                                : condition.name;
        conditions << u"%1: %2"_s.arg(title, words.join(u" or "_s));
    }
    return conditions.isEmpty() ? QString() : u"Only with %1."_s.arg(conditions.join(u", and "_s));
}

QString Parameter::typeName() const
{
    switch (type) {
    case Type::Integer:
        return u"integer"_s;
    case Type::Real:
        return u"real"_s;
    case Type::Boolean:
        return u"boolean"_s;
    case Type::Choice:
        return u"choice"_s;
    case Type::Text:
        return u"text"_s;
    }
    return {};
}

const Parameter *TaskSet::parameter(const QString &name) const
{
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const Parameter &p) { return p.name == name; });
    return found == parameters.end() ? nullptr : &*found;
}

QJsonObject TaskSet::defaults() const
{
    QJsonObject values;
    for (const Parameter &parameter : parameters)
        values.insert(parameter.name, parameter.defaultValue);
    return values;
}

Result<QJsonValue> checkedValue(const Parameter &parameter, const QString &text)
{
    switch (parameter.type) {
    case Parameter::Type::Integer:
        return checkedInteger(parameter, text.trimmed());
    case Parameter::Type::Real:
        return checkedReal(parameter, text.trimmed());
    case Parameter::Type::Boolean:
        return checkedBoolean(parameter, text.trimmed());
    case Parameter::Type::Choice:
        return checkedChoice(parameter, text.trimmed());
    case Parameter::Type::Text:
        return checkedText(parameter, text);
    }
    return badInput(u"%1 cannot be set"_s.arg(parameter.name));
}

QString swappedPair(const TaskSet &set, const QJsonObject &values)
{
    for (const Parameter &parameter : set.parameters) {
        const QString &least = parameter.atLeast;
        if (!least.isEmpty() && values.contains(least)
            && values.value(parameter.name).toDouble() < values.value(least).toDouble())
            return parameter.name;
    }
    return {};
}

Result<QJsonObject> checkedParameters(const TaskSet &set,
                                      const std::vector<std::pair<QString, QString>> &given)
{
    QJsonObject values = set.defaults();
    for (const auto &[name, text] : given) {
        const Parameter *parameter = set.parameter(name);
        if (!parameter)
            return unknownParameter(set, name);
        const Result<QJsonValue> value = checkedValue(*parameter, text);
        if (!value)
            return value.error();
        values.insert(name, value.value());
    }
    if (const Result<void> pairs = checkPairs(set, values); !pairs)
        return pairs.error();
    return values;
}

Result<QJsonObject> checkedValues(const TaskSet &set, const QJsonObject &given)
{
    std::vector<std::pair<QString, QString>> texts;
    for (auto it = given.begin(); it != given.end(); ++it)
        texts.emplace_back(it.key(), it.value().toVariant().toString());
    return checkedParameters(set, texts);
}

QJsonObject withoutPasswords(QJsonObject values)
{
    // Up to the last @ of all: what was typed wrongly may have a password anywhere before it.
    static const QRegularExpression password(u"(://[^/?#:@]*):.*@"_s);
    for (auto it = values.begin(); it != values.end(); ++it) {
        if (it->isString() && it->toString().contains(u"://"_s))
            *it = it->toString().replace(password, u"\\1:...@"_s);
    }
    return values;
}

QStringList nearest(const QString &word, const QStringList &candidates)
{
    constexpr qsizetype kMost = 3;
    constexpr int kSlack = 2; // further away than the best by more than this is no help to anyone
    constexpr qsizetype kLongestWord = 100; // the cost grows with the square
    std::vector<std::pair<int, QString>> ranked;
    const QString lower = word.left(kLongestWord).toLower();
    for (const QString &candidate : candidates)
        ranked.emplace_back(distanceBetween(lower, candidate.left(kLongestWord).toLower()),
                            candidate);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    QStringList words;
    for (const auto &[distance, candidate] : ranked) {
        if (words.size() == kMost || distance > ranked.front().first + kSlack)
            break;
        words.append(candidate);
    }
    return words;
}

} // namespace Interleave
