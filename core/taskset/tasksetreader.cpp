// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a task set's JSON ("interleave.taskset/1") as a compiler reads a program: what is unknown,
// missing, of the wrong type or out of its range is named with its line, and nothing is guessed.
#include "core/taskset/jsonlines.h"
#include "core/taskset/predictionreader.h"
#include "core/taskset/taskset.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <cmath>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype kLargestFile = 1
    << 20; // a set of 4 KB is a long one; this only bounds the harm
constexpr double kLargestInteger = 9007199254740992.0; // 2^53: a JSON number holds no more exactly
constexpr double kLongestText = 200;

/// Reads one file; keeps the first fault and goes on with empty values after it.
class Reader
{
public:
    Reader(const QByteArray &json, QString fileName)
        : m_lines(json)
        , m_fileName(std::move(fileName))
    {
    }

    TaskSet taskSet(const QJsonObject &object);
    [[nodiscard]] bool hasFailed() const { return m_error.has_value(); }
    [[nodiscard]] const Error &error() const { return *m_error; }
    void checkDuplicates();

private:
    Parameter parameter(const QJsonObject &object, const QString &path);
    void readNumberLimits(const QJsonObject &object, const QString &path, Parameter &parameter);
    void readChoices(const QJsonObject &object, const QString &path, Parameter &parameter);
    void readTextLimits(const QJsonObject &object, const QString &path, Parameter &parameter);
    void readDefault(const QJsonObject &object, const QString &path, Parameter &parameter);
    QStringList models(const QJsonObject &object);

    void checkKeys(const QJsonObject &object, const QString &path, const QStringList &needed,
                   const QStringList &possible);
    QString text(const QJsonObject &object, const QString &path, QLatin1StringView key);
    QString patternedText(const QJsonObject &object, const QString &path, QLatin1StringView key,
                          const QString &pattern, const QString &expected);
    double number(const QJsonObject &object, const QString &path, QLatin1StringView key,
                  bool whole);
    QStringList texts(const QJsonObject &object, const QString &path, QLatin1StringView key);
    void fail(const QString &path, const QString &sentence);

    JsonLines m_lines;
    QString m_fileName;
    std::optional<Error> m_error;
};

QString memberPath(const QString &path, const QString &key)
{
    return path.isEmpty() ? key : QString(path + u'/' + key);
}

/// "params/2/min" as people write it: "params[2].min".
QString shownPath(const QString &path)
{
    QString shown;
    const QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        bool isIndex = false;
        part.toInt(&isIndex);
        if (isIndex)
            shown += u"[%1]"_s.arg(part);
        else
            shown += (shown.isEmpty() ? QString() : u"."_s) + part;
    }
    return shown;
}

QString typeWord(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Null:
        return u"null"_s;
    case QJsonValue::Bool:
        return u"true or false"_s;
    case QJsonValue::Double:
        return u"a number"_s;
    case QJsonValue::String:
        return u"a text"_s;
    case QJsonValue::Array:
        return u"a list"_s;
    case QJsonValue::Object:
        return u"an object"_s;
    case QJsonValue::Undefined:
        break;
    }
    return u"nothing"_s;
}

void Reader::fail(const QString &path, const QString &sentence)
{
    if (m_error)
        return;
    const QString shown = shownPath(path);
    const QString where = u"%1, line %2: "_s.arg(m_fileName, QString::number(m_lines.lineOf(path)));
    const QString what = shown.isEmpty() ? sentence : QString(u'"' + shown + u"\" "_s + sentence);
    m_error = Error{ErrorCode::BadInput, (where + what).toStdString()};
}

void Reader::checkDuplicates()
{
    if (m_lines.duplicate().isNull() || m_error)
        return;
    m_error = Error{ErrorCode::BadInput,
                    u"%1, line %2: \"%3\" stands here a second time"_s
                        .arg(m_fileName, QString::number(m_lines.duplicateLine()),
                             shownPath(m_lines.duplicate()))
                        .toStdString()};
}

void Reader::checkKeys(const QJsonObject &object, const QString &path, const QStringList &needed,
                       const QStringList &possible)
{
    const QStringList keys = object.keys();
    for (const QString &key : keys) {
        if (!needed.contains(key) && !possible.contains(key))
            fail(memberPath(path, key),
                 u"is not a key of this format; nearest: %1"_s.arg(
                     nearest(key, needed + possible).join(u", "_s)));
    }
    for (const QString &key : needed) {
        if (!object.contains(key))
            fail(path, u"lacks the key \"%1\""_s.arg(key));
    }
}

QString Reader::text(const QJsonObject &object, const QString &path, QLatin1StringView key)
{
    const QJsonValue value = object.value(key);
    const QString at = memberPath(path, key);
    if (value.isUndefined())
        fail(path, u"lacks the key \"%1\""_s.arg(key));
    else if (!value.isString())
        fail(at, u"must be a text, not %1"_s.arg(typeWord(value)));
    else if (value.toString().trimmed().isEmpty())
        fail(at, u"must not be empty"_s);
    return value.toString();
}

QString Reader::patternedText(const QJsonObject &object, const QString &path, QLatin1StringView key,
                              const QString &pattern, const QString &expected)
{
    const QString value = text(object, path, key);
    if (!QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(value).hasMatch())
        fail(memberPath(path, key), u"must be %1, not \"%2\""_s.arg(expected, value));
    return value;
}

double Reader::number(const QJsonObject &object, const QString &path, QLatin1StringView key,
                      bool whole)
{
    const QJsonValue value = object.value(key);
    const QString at = memberPath(path, key);
    if (!value.isDouble()) {
        fail(at, u"must be a number, not %1"_s.arg(typeWord(value)));
        return 0;
    }
    const double number = value.toDouble();
    if (whole && (number != std::floor(number) || std::abs(number) > kLargestInteger))
        fail(at, u"must be a whole number, not %1"_s.arg(QString::number(number, 'g', 15)));
    return number;
}

QStringList Reader::texts(const QJsonObject &object, const QString &path, QLatin1StringView key)
{
    const QJsonValue value = object.value(key);
    const QString at = memberPath(path, key);
    if (!value.isArray() || value.toArray().isEmpty()) {
        fail(at, u"must be a list of one or more texts"_s);
        return {};
    }
    QStringList result;
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString element = array[i].toString();
        const QString elementPath = memberPath(at, QString::number(i));
        if (!array[i].isString() || element.isEmpty())
            fail(elementPath, u"must be a text, not %1"_s.arg(typeWord(array[i])));
        else if (result.contains(element))
            fail(elementPath, u"names \"%1\" a second time"_s.arg(element));
        result.append(element);
    }
    return result;
}

QStringList Reader::models(const QJsonObject &object)
{
    const QStringList names = texts(object, {}, "models"_L1);
    for (qsizetype i = 0; i < names.size(); ++i) {
        if (!knownModels().contains(names[i]))
            fail(u"models/%1"_s.arg(i),
                 u"names no model: \"%1\"; known are %2"_s.arg(names[i],
                                                               knownModels().join(u", "_s)));
    }
    return names;
}

void Reader::readNumberLimits(const QJsonObject &object, const QString &path, Parameter &parameter)
{
    const bool whole = parameter.type == Parameter::Type::Integer;
    parameter.minimum = number(object, path, "min"_L1, whole);
    parameter.maximum = number(object, path, "max"_L1, whole);
    if (parameter.minimum > parameter.maximum)
        fail(memberPath(path, u"min"_s), u"must not exceed \"max\""_s);
    if (object.contains("unit"_L1))
        parameter.unit = text(object, path, "unit"_L1);
}

void Reader::readTextLimits(const QJsonObject &object, const QString &path, Parameter &parameter)
{
    parameter.maximum = kLongestText;
    if (object.contains("min"_L1))
        parameter.minimum = number(object, path, "min"_L1, true);
    if (object.contains("max"_L1))
        parameter.maximum = number(object, path, "max"_L1, true);
    if (parameter.minimum < 0 || parameter.minimum > parameter.maximum)
        fail(memberPath(path, u"min"_s), u"must be from 0 to \"max\""_s);
}

void Reader::readChoices(const QJsonObject &object, const QString &path, Parameter &parameter)
{
    parameter.choices = texts(object, path, "choices"_L1);
}

void Reader::readDefault(const QJsonObject &object, const QString &path, Parameter &parameter)
{
    const QJsonValue value = object.value("default"_L1);
    const QString at = memberPath(path, u"default"_s);
    switch (parameter.type) {
    case Parameter::Type::Integer:
    case Parameter::Type::Real: {
        const bool whole = parameter.type == Parameter::Type::Integer;
        const double standard = number(object, path, "default"_L1, whole);
        if (standard < parameter.minimum || standard > parameter.maximum)
            fail(at,
                 u"is out of range: %1 is not from \"min\" to \"max\""_s.arg(
                     QString::number(standard, 'g', 15)));
        parameter.defaultValue = whole ? QJsonValue(qint64(standard)) : QJsonValue(standard);
        return;
    }
    case Parameter::Type::Boolean:
        if (!value.isBool())
            fail(at, u"must be true or false, not %1"_s.arg(typeWord(value)));
        break;
    case Parameter::Type::Choice:
        if (!parameter.choices.contains(text(object, path, "default"_L1)))
            fail(at, u"must be one of \"choices\""_s);
        break;
    case Parameter::Type::Text: {
        if (!value.isString())
            fail(at, u"must be a text, not %1"_s.arg(typeWord(value)));
        else if (const auto checked = checkedValue(parameter, value.toString()); !checked)
            fail(at, u"is out of range: %1"_s.arg(QString::fromStdString(checked.error().message)));
        break;
    }
    }
    parameter.defaultValue = value;
}

Parameter Reader::parameter(const QJsonObject &object, const QString &path)
{
    Parameter parameter;
    const QString type = text(object, path, "type"_L1);
    QStringList needed{u"name"_s, u"title"_s, u"type"_s, u"default"_s, u"help"_s};
    QStringList possible;
    if (type == "integer"_L1 || type == "real"_L1) {
        parameter.type = type == "real"_L1 ? Parameter::Type::Real : Parameter::Type::Integer;
        needed << u"min"_s << u"max"_s;
        possible << u"unit"_s;
    } else if (type == "boolean"_L1) {
        parameter.type = Parameter::Type::Boolean;
    } else if (type == "choice"_L1) {
        parameter.type = Parameter::Type::Choice;
        needed << u"choices"_s;
    } else if (type == "text"_L1) {
        parameter.type = Parameter::Type::Text;
        possible << u"min"_s << u"max"_s;
    } else {
        fail(memberPath(path, u"type"_s),
             u"must be integer, real, boolean, choice or text, not \"%1\""_s.arg(type));
    }
    checkKeys(object, path, needed, possible);
    parameter.name = patternedText(object, path, "name"_L1, u"[a-z][a-z0-9_]*"_s,
                                   u"lower-case letters, digits and _"_s);
    parameter.title = text(object, path, "title"_L1);
    parameter.help = text(object, path, "help"_L1);
    if (parameter.type == Parameter::Type::Integer || parameter.type == Parameter::Type::Real)
        readNumberLimits(object, path, parameter);
    else if (parameter.type == Parameter::Type::Choice)
        readChoices(object, path, parameter);
    else if (parameter.type == Parameter::Type::Text)
        readTextLimits(object, path, parameter);
    readDefault(object, path, parameter);
    return parameter;
}

TaskSet Reader::taskSet(const QJsonObject &object)
{
    TaskSet set;
    const QString schema = text(object, {}, "schema"_L1);
    if (schema != "interleave.taskset/1"_L1)
        fail(u"schema"_s, u"must be \"interleave.taskset/1\", not \"%1\""_s.arg(schema));
    checkKeys(object, {},
              {u"schema"_s, u"id"_s, u"slug"_s, u"group"_s, u"title"_s, u"summary"_s, u"look"_s,
               u"question"_s, u"answer"_s, u"misconception"_s, u"models"_s, u"default_model"_s,
               u"params"_s},
              {u"cpu_bound"_s, u"predict"_s});
    set.id =
        patternedText(object, {}, "id"_L1, u"[A-Z][0-9]{2,3}"_s, u"a letter and a number (S06)"_s);
    set.slug = patternedText(object, {}, "slug"_L1, u"[a-z0-9]+(-[a-z0-9]+)*"_s,
                             u"lower-case words joined by \"-\""_s);
    set.group = text(object, {}, "group"_L1);
    set.title = text(object, {}, "title"_L1);
    set.summary = text(object, {}, "summary"_L1);
    set.look = text(object, {}, "look"_L1);
    set.question = text(object, {}, "question"_L1);
    set.answer = text(object, {}, "answer"_L1);
    set.misconception = text(object, {}, "misconception"_L1);
    if (object.contains("predict"_L1)) {
        set.predict = readPrediction(
            object.value("predict"_L1),
            [this](const QString &path, const QString &sentence) { fail(path, sentence); });
    }
    set.models = models(object);
    set.defaultModel = text(object, {}, "default_model"_L1);
    if (!set.models.contains(set.defaultModel))
        fail(u"default_model"_s, u"must be one of \"models\", not \"%1\""_s.arg(set.defaultModel));
    const QJsonValue cpuBound = object.value("cpu_bound"_L1);
    if (!cpuBound.isUndefined() && !cpuBound.isBool())
        fail(u"cpu_bound"_s, u"must be true or false, not %1"_s.arg(typeWord(cpuBound)));
    set.cpuBound = cpuBound.toBool(false);
    const QJsonValue params = object.value("params"_L1);
    if (!params.isArray())
        fail(u"params"_s, u"must be a list, not %1"_s.arg(typeWord(params)));
    const QJsonArray array = params.toArray();
    for (qsizetype i = 0; i < array.size() && !hasFailed(); ++i) {
        const QString path = u"params/%1"_s.arg(i);
        if (!array[i].isObject())
            fail(path, u"must be an object, not %1"_s.arg(typeWord(array[i])));
        Parameter parameter = this->parameter(array[i].toObject(), path);
        if (set.parameter(parameter.name))
            fail(path + u"/name"_s, u"names \"%1\" a second time"_s.arg(parameter.name));
        set.parameters.push_back(std::move(parameter));
    }
    return set;
}

} // namespace

Result<TaskSet> parseTaskSet(const QByteArray &json, const QString &fileName)
{
    const auto refused = [&](int line, const QString &why) {
        return Error{ErrorCode::BadInput,
                     u"%1, line %2: %3"_s.arg(fileName, QString::number(line), why).toStdString()};
    };
    if (json.size() > kLargestFile)
        return refused(1, u"the file is too large for a task set"_s);
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parseError);
    if (parseError.error != QJsonParseError::NoError)
        return refused(JsonLines::lineAt(json, parseError.offset),
                       u"this is not JSON: %1"_s.arg(parseError.errorString()));
    if (!document.isObject())
        return refused(1, u"a task set is an object, { ... }"_s);
    Reader reader(json, fileName);
    reader.checkDuplicates();
    TaskSet set = reader.taskSet(document.object());
    if (reader.hasFailed())
        return reader.error();
    return set;
}

} // namespace Interleave
