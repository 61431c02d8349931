// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a built-in task set's JSON ("interleave.taskset/1"). FileChecker checks each key alone; here is
// what has to be right between them.
#include "core/taskset/filechecker.h"
#include "core/taskset/taskset.h"

#include <QJsonArray>

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
    for (const QJsonValue &text : array)
        texts.append(text.toString());
    return texts;
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
    for (const QJsonValue &param : params)
        set.parameters.push_back(parameterOf(param.toObject()));
    return set;
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
        if (set.parameter(parameter.name) != &parameter)
            checker.fail(JsonLines::member(path, u"name"_s),
                         u"names \"%1\" a second time"_s.arg(parameter.name));
        if (parameter.name == swapped)
            checker.fail(JsonLines::member(path, u"default"_s),
                         u"is more than that of the parameter called ..._max"_s);
    }
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
    checkTogether(set, checker);
    if (checker.hasFailed())
        return checker.error();
    return set;
}

} // namespace Interleave
