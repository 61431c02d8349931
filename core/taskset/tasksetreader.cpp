// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a built-in task set's JSON ("interleave.taskset/1"). FileChecker checks each key alone; here is
// what has to be right between them.
#include "core/taskset/filechecker.h"
#include "core/taskset/setcommand.h"
#include "core/taskset/taskset.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double kLongestText = 200; // where the file does not say

Parameter::Type typeOf(const QString &word)
{
    if (word == "real"_L1)
        return Parameter::Type::Real;
    if (word == "boolean"_L1)
        return Parameter::Type::Boolean;
    if (word == "choice"_L1)
        return Parameter::Type::Choice;
    if (word == "text"_L1)
        return Parameter::Type::Text;
    return Parameter::Type::Integer;
}

QStringList textsOf(const QJsonValue &list)
{
    QStringList texts;
    const QJsonArray array = list.toArray();
    for (const QJsonValue text : array)
        texts.append(text.toString());
    return texts;
}

/// "lesson=affinity|nice"
Condition conditionOf(const QString &text)
{
    return {text.section(u'=', 0, 0), text.section(u'=', 1).split(u'|')};
}

/// \param object  checked by its form.
Parameter parameterOf(const QJsonObject &object)
{
    Parameter parameter;
    parameter.type = typeOf(object.value("type"_L1).toString());
    parameter.name = object.value("name"_L1).toString();
    parameter.title = object.value("title"_L1).toString();
    parameter.help = object.value("help"_L1).toString();
    parameter.unit = object.value("unit"_L1).toString();
    parameter.choices = textsOf(object.value("choices"_L1));
    parameter.atLeast = object.value("at_least"_L1).toString();
    parameter.pattern = object.value("pattern"_L1).toString();
    parameter.expected = object.value("expected"_L1).toString();
    const QStringList conditions = textsOf(object.value("only_with"_L1));
    for (const QString &condition : conditions)
        parameter.onlyWith.push_back(conditionOf(condition));
    const double most = parameter.type == Parameter::Type::Text ? kLongestText : 0;
    parameter.minimum = object.value("min"_L1).toDouble(0);
    parameter.maximum = object.value("max"_L1).toDouble(most);
    parameter.defaultValue = object.value("default"_L1);
    if (parameter.type == Parameter::Type::Integer)
        parameter.defaultValue = QJsonValue(qint64(parameter.defaultValue.toDouble()));
    else if (parameter.type == Parameter::Type::Real)
        parameter.defaultValue = QJsonValue(parameter.defaultValue.toDouble());
    return parameter;
}

/// \param object  checked by its form.
Prediction predictionOf(const QJsonObject &object)
{
    Prediction prediction;
    const QString kind = object.value("kind"_L1).toString();
    if (kind == "choice"_L1)
        prediction.kind = Prediction::Kind::Choice;
    else if (kind == "order"_L1)
        prediction.kind = Prediction::Kind::Order;
    prediction.key = object.value("key"_L1).toString();
    prediction.unit = object.value("unit"_L1).toString();
    prediction.choices = textsOf(object.value("choices"_L1));
    return prediction;
}

/// \param object  checked by its form.
TaskSet taskSetOf(const QJsonObject &object)
{
    TaskSet set;
    set.id = object.value("id"_L1).toString();
    set.slug = object.value("slug"_L1).toString();
    set.group = object.value("group"_L1).toString();
    set.title = object.value("title"_L1).toString();
    set.summary = object.value("summary"_L1).toString();
    set.look = object.value("look"_L1).toString();
    set.question = object.value("question"_L1).toString();
    set.answer = object.value("answer"_L1).toString();
    set.misconception = object.value("misconception"_L1).toString();
    if (object.contains("predict"_L1))
        set.predict = predictionOf(object.value("predict"_L1).toObject());
    set.models = textsOf(object.value("models"_L1));
    set.defaultModel = object.value("default_model"_L1).toString();
    set.cpuBound = object.value("cpu_bound"_L1).toBool(false);
    const QJsonArray params = object.value("params"_L1).toArray();
    for (const QJsonValue param : params)
        set.parameters.push_back(parameterOf(param.toObject()));
    return set;
}

/// \param object  checked by its form.
void readProgram(TaskSet &set, const QJsonObject &object, FileChecker &checker)
{
    if (!object.contains("command"_L1))
        return;
    const Result<CommandSpec> command =
        CommandSpec::fromJson(object.value("command"_L1).toObject());
    if (command)
        set.command = command.value();
    else
        checker.fail(u"command"_s,
                     u"cannot be so: %1"_s.arg(QString::fromStdString(command.error().message)));
}

/// What a program's words stand for is there, and it is run as a program and as nothing else.
void checkProgram(const TaskSet &set, FileChecker &checker)
{
    const QString model = u"command"_s;
    if (!set.command) {
        if (set.models.contains(model))
            checker.fail(u"models"_s, u"can be \"command\" only with the key \"command\""_s);
        return;
    }
    if (set.models != QStringList{model})
        checker.fail(u"models"_s, u"must be [\"command\"] of a set that starts a program"_s);
    const QStringList names = placeholdersOf(*set.command);
    for (const QString &name : names) {
        if (!set.parameter(name) && name != examplesPlaceholder() && name != pythonPlaceholder())
            checker.fail(u"command/words"_s,
                         u"name {%1}, and no parameter is called so"_s.arg(name));
    }
}

/// A pattern can be read, and there are words for who does not match it.
void checkPattern(const Parameter &parameter, const QString &path, FileChecker &checker)
{
    const QRegularExpression pattern(parameter.pattern);
    if (!pattern.isValid())
        checker.fail(JsonLines::member(path, u"pattern"_s),
                     u"is no regular expression: %1"_s.arg(pattern.errorString()));
    if (parameter.pattern.isEmpty() != parameter.expected.isEmpty())
        checker.fail(path, u"must have both of \"pattern\" and \"expected\", or none"_s);
}

void checkParameter(const Parameter &parameter, const QString &path, FileChecker &checker)
{
    const QString at = JsonLines::member(path, u"default"_s);
    if (parameter.minimum > parameter.maximum)
        checker.fail(JsonLines::member(path, u"min"_s), u"must not exceed \"max\""_s);
    switch (parameter.type) {
    case Parameter::Type::Boolean:
        break;
    case Parameter::Type::Choice:
        if (!parameter.choices.contains(parameter.defaultValue.toString()))
            checker.fail(at, u"must be one of \"choices\""_s);
        break;
    case Parameter::Type::Text: {
        checkPattern(parameter, path, checker);
        const auto checked = checkedValue(parameter, parameter.defaultValue.toString());
        if (!checked)
            checker.fail(
                at, u"is out of range: %1"_s.arg(QString::fromStdString(checked.error().message)));
        break;
    }
    case Parameter::Type::Integer:
    case Parameter::Type::Real: {
        const double standard = parameter.defaultValue.toDouble();
        if (standard < parameter.minimum || standard > parameter.maximum)
            checker.fail(at,
                         u"is out of range: %1 is not from \"min\" to \"max\""_s.arg(
                             QString::number(standard, 'g', 15)));
        break;
    }
    }
}

bool isNumber(const Parameter &parameter)
{
    return parameter.type == Parameter::Type::Integer || parameter.type == Parameter::Type::Real;
}

/// What a number must not be less than is another number of the set.
void checkAtLeast(const TaskSet &set, const Parameter &parameter, const QString &path,
                  FileChecker &checker)
{
    if (parameter.atLeast.isEmpty())
        return;
    const Parameter *const least = set.parameter(parameter.atLeast);
    if (!least || !isNumber(*least) || least->name == parameter.name)
        checker.fail(JsonLines::member(path, u"at_least"_s),
                     u"must name another number of the set, not \"%1\""_s.arg(parameter.atLeast));
}

/// The words that a condition may name; nothing when it is about what has none.
QStringList wordsOf(const TaskSet &set, const Condition &condition)
{
    if (condition.name == "model"_L1)
        return set.models;
    const Parameter *const other = set.parameter(condition.name);
    if (other && other->type == Parameter::Type::Boolean)
        return {u"true"_s, u"false"_s};
    return other ? other->choices : QStringList();
}

/// What a parameter depends on can be chosen.
void checkConditions(const TaskSet &set, const Parameter &parameter, const QString &path,
                     FileChecker &checker)
{
    for (std::size_t i = 0; i < parameter.onlyWith.size(); ++i) {
        const Condition &condition = parameter.onlyWith[i];
        const QString at =
            JsonLines::member(JsonLines::member(path, u"only_with"_s), QString::number(i));
        const QStringList known = wordsOf(set, condition);
        if (known.isEmpty() || condition.name == parameter.name) {
            checker.fail(at,
                         u"must name \"model\", or another choice of the set, not \"%1\""_s.arg(
                             condition.name));
            continue;
        }
        for (const QString &value : condition.values) {
            if (!known.contains(value))
                checker.fail(at,
                             u"names \"%1\", and %2 is one of %3"_s.arg(value, condition.name,
                                                                        known.join(u", "_s)));
        }
    }
}

void checkTogether(const TaskSet &set, FileChecker &checker)
{
    if (!set.models.contains(set.defaultModel))
        checker.fail(u"default_model"_s,
                     u"must be one of \"models\", not \"%1\""_s.arg(set.defaultModel));
    const QString swapped = swappedPair(set, set.defaults());
    for (std::size_t i = 0; i < set.parameters.size(); ++i) {
        const Parameter &parameter = set.parameters[i];
        const QString path = u"params/%1"_s.arg(i);
        checkParameter(parameter, path, checker);
        checkAtLeast(set, parameter, path, checker);
        checkConditions(set, parameter, path, checker);
        if (set.parameter(parameter.name) != &parameter)
            checker.fail(JsonLines::member(path, u"name"_s),
                         u"names \"%1\" a second time"_s.arg(parameter.name));
        if (parameter.name == swapped)
            checker.fail(JsonLines::member(path, u"default"_s),
                         u"is less than that of \"%1\""_s.arg(parameter.atLeast));
    }
    checkProgram(set, checker);
}

} // namespace

Result<TaskSet> parseTaskSet(const QByteArray &json, const QString &fileName)
{
    FileChecker checker(json, fileName);
    if (checker.hasFailed())
        return checker.error();
    checker.check(checker.object(), {}, taskSetForms().front());
    if (checker.hasFailed())
        return checker.error();
    TaskSet set = taskSetOf(checker.object());
    readProgram(set, checker.object(), checker);
    checkTogether(set, checker);
    if (checker.hasFailed())
        return checker.error();
    return set;
}

} // namespace Interleave
