// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a task-set file of one's own against the built-in set that it is based on.
#include "core/taskset/filechecker.h"
#include "core/taskset/ownsets.h"

#include <QJsonArray>

#include <algorithm>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// The built-in set of that slug or number; nullptr, with a fault noted, when there is none.
const TaskSet *builtInSet(const Catalogue &catalogue, const QString &name, const QString &path,
                          FileChecker &checker)
{
    QStringList slugs;
    for (const TaskSet &set : catalogue.sets()) {
        if (set.isOwn())
            continue;
        if (set.slug == name || set.id == name)
            return &set;
        slugs.append(set.slug);
    }
    checker.fail(path,
                 u"names no built-in task set: \"%1\"; nearest: %2"_s.arg(
                     name.left(100), nearest(name, slugs).join(u", "_s)));
    return nullptr;
}

/// A value of a file for a parameter; null, with a fault noted, when it is not one.
QJsonValue valueFor(const Parameter &parameter, const QJsonValue &given, const QString &path,
                    FileChecker &checker)
{
    using Type = Parameter::Type;
    const bool isNumber = parameter.type == Type::Integer || parameter.type == Type::Real;
    const bool isFitting = isNumber       ? given.isDouble()
        : parameter.type == Type::Boolean ? given.isBool()
                                          : given.isString();
    if (!isFitting) {
        checker.fail(path,
                     u"must be %1"_s.arg(isNumber                              ? u"a number"_s
                                             : parameter.type == Type::Boolean ? u"true or false"_s
                                                                               : u"a text"_s));
        return {};
    }
    const Result<QJsonValue> value = checkedValue(parameter, given.toVariant().toString());
    if (value)
        return value.value();
    // It begins with the parameter's name, which the path has already.
    QString why = QString::fromStdString(value.error().message);
    if (why.startsWith(QString(parameter.name + u": "_s)))
        why.remove(0, parameter.name.size() + 2);
    checker.fail(path, u"cannot be so: %1"_s.arg(why));
    return {};
}

Parameter *parameterOf(TaskSet &set, const QString &name)
{
    const auto found = std::find_if(set.parameters.begin(), set.parameters.end(),
                                    [&](const Parameter &p) { return p.name == name; });
    return found == set.parameters.end() ? nullptr : &*found;
}

void setValues(TaskSet &set, const QJsonObject &values, FileChecker &checker)
{
    QStringList names;
    for (const Parameter &parameter : set.parameters)
        names.append(parameter.name);
    for (auto it = values.begin(); it != values.end(); ++it) {
        const QString path = JsonLines::member(u"params"_s, it.key());
        Parameter *parameter = parameterOf(set, it.key());
        if (!parameter) {
            checker.fail(path,
                         names.isEmpty()
                             ? u"is too much: %1 has no parameters"_s.arg(set.basedOn)
                             : u"is not a parameter of %1; nearest: %2"_s.arg(
                                   set.basedOn, nearest(it.key(), names).join(u", "_s)));
            continue;
        }
        parameter->defaultValue = valueFor(*parameter, it.value(), path, checker);
    }
    const QString swapped = swappedPair(set, set.defaults());
    if (!swapped.isNull() && !checker.hasFailed()) {
        const auto pair = checkedParameters(set, {});
        // Of the two the one that stands in the file.
        const QString &given = values.contains(swapped) ? swapped : set.parameter(swapped)->atLeast;
        checker.fail(JsonLines::member(u"params"_s, given),
                     pair
                         ? QString()
                         : u"cannot be so: %1"_s.arg(QString::fromStdString(pair.error().message)));
    }
}

void readTexts(TaskSet &set, const QJsonObject &object)
{
    set.title = object.value("title"_L1).toString();
    set.summary = object.value("summary"_L1).toString(set.summary);
    set.look = object.value("look"_L1).toString(set.look);
    set.question = object.value("question"_L1).toString(set.question);
    set.answer = object.value("answer"_L1).toString(set.answer);
}

/// What makes a set one of a person's own.
void becomeOwn(TaskSet &set, const QString &basedOn)
{
    set.id.clear();
    set.basedOn = basedOn;
    set.slug = ownSlug(set.title);
    set.group = ownGroup();
}

TaskSet derivedSet(const Catalogue &catalogue, FileChecker &checker)
{
    const QJsonObject &object = checker.object();
    const TaskSet *base =
        builtInSet(catalogue, object.value("based_on"_L1).toString(), u"based_on"_s, checker);
    if (!base)
        return {};
    TaskSet set = *base;
    set.summary = derivedSummary(*base);
    readTexts(set, object);
    if (object.contains("question"_L1) || object.contains("answer"_L1))
        set.predict.reset(); // it belongs to the other question
    becomeOwn(set, base->slug);
    set.defaultModel = object.value("model"_L1).toString(base->defaultModel);
    if (!base->models.contains(set.defaultModel))
        checker.fail(u"model"_s,
                     u"is none that %1 has: \"%2\"; it has %3"_s.arg(
                         base->slug, set.defaultModel.left(100), base->models.join(u", "_s)));
    setValues(set, object.value("params"_L1).toObject(), checker);
    return set;
}

TaskSet commandSet(const FileChecker &checker)
{
    const QJsonObject &object = checker.object();
    TaskSet set;
    CommandSpec command;
    const QJsonArray words = object.value("command"_L1).toArray();
    for (const QJsonValue word : words)
        command.words.append(word.toString());
    set.summary = u"starts %1"_s.arg(command.text());
    readTexts(set, object);
    becomeOwn(set, {});
    set.models = {u"command"_s};
    set.defaultModel = u"command"_s;
    command.folder = object.value("working_folder"_L1).toString();
    const QJsonObject variables = object.value("environment"_L1).toObject();
    for (auto it = variables.begin(); it != variables.end(); ++it)
        command.environment.append(it.key() + u'=' + it.value().toString());
    command.inputFile = object.value("input_file"_L1).toString();
    command.askPython = object.value("ask_python"_L1).toBool(command.askPython);
    command.showLocks = object.value("show_locks"_L1).toBool(command.showLocks);
    command.follow = object.value("follow"_L1).toBool(command.follow);
    set.command = std::move(command);
    return set;
}

/// Whether everything that `narrow` takes `wide` takes too.
bool isWithin(const Parameter &narrow, const Parameter &wide)
{
    if (narrow.type != wide.type || narrow.minimum < wide.minimum || narrow.maximum > wide.maximum)
        return false;
    return std::all_of(narrow.choices.begin(), narrow.choices.end(),
                       [&](const QString &choice) { return wide.choices.contains(choice); });
}

/// A set in the form of the built-in ones: it may offer less than that of its slug.
TaskSet describedSet(TaskSet set, const Catalogue &catalogue, FileChecker &checker)
{
    const TaskSet *base = builtInSet(catalogue, set.slug, u"slug"_s, checker);
    if (!base)
        return {};
    for (qsizetype i = 0; i < set.models.size(); ++i) {
        if (!base->models.contains(set.models[i]))
            checker.fail(u"models/%1"_s.arg(i),
                         u"is none that %1 has: \"%2\""_s.arg(base->slug, set.models[i]));
    }
    for (std::size_t i = 0; i < set.parameters.size(); ++i) {
        Parameter &parameter = set.parameters[i];
        const Parameter *wide = base->parameter(parameter.name);
        const QString path = u"params/%1"_s.arg(i);
        if (!wide) {
            checker.fail(path + u"/name"_s,
                         u"is not a parameter of %1: \"%2\""_s.arg(base->slug, parameter.name));
            continue;
        }
        if (!isWithin(parameter, *wide))
            checker.fail(path,
                         u"allows more than \"%1\" of %2 does"_s.arg(parameter.name, base->slug));
        parameter.title = wide->title; // what it means is not the file's to say
        parameter.help = wide->help;
        parameter.unit = wide->unit;
        parameter.atLeast = wide->atLeast; // nor what it may be beside others
        parameter.onlyWith = wide->onlyWith;
        parameter.pattern = wide->pattern;
        parameter.expected = wide->expected;
        if (const auto fits =
                checkedValue(parameter, parameter.defaultValue.toVariant().toString());
            !fits)
            checker.fail(path + u"/default"_s,
                         u"cannot be so: %1"_s.arg(QString::fromStdString(fits.error().message)));
    }
    if (set.command && set.command != base->command)
        checker.fail(u"command"_s,
                     u"is not that of %1: a program of one's own goes into a file of the form "
                     "\"command\""_s.arg(base->slug));
    set.command = base->command;
    for (const Parameter &parameter : base->parameters) {
        if (!set.parameter(parameter.name))
            set.parameters.push_back(parameter);
    }
    if (const auto together = checkedParameters(set, {}); !together && !checker.hasFailed())
        checker.fail(u"params"_s,
                     u"cannot be so: %1"_s.arg(QString::fromStdString(together.error().message)));
    becomeOwn(set, base->slug);
    return set;
}

} // namespace

Result<TaskSet> parseOwnTaskSet(const QByteArray &json, const QString &fileName,
                                const Catalogue &catalogue)
{
    FileChecker checker(json, fileName);
    if (checker.hasFailed())
        return checker.error();
    // Of a built-in set it is an object.
    const bool isCommand = checker.object().contains("command"_L1)
        && !(checker.object().contains("slug"_L1)
             && checker.object().value("command"_L1).isObject());
    const bool isSet = !isCommand && checker.object().contains("slug"_L1);
    TaskSet set;
    if (isSet) {
        Result<TaskSet> described = parseTaskSet(json, fileName);
        if (!described)
            return described;
        set = describedSet(std::move(described).value(), catalogue, checker);
    } else {
        const QString form = isCommand ? u"command"_s : u"derived"_s;
        checker.check(checker.object(), {}, *formNamed(taskSetForms(), form));
        if (checker.hasFailed())
            return checker.error();
        set = isCommand ? commandSet(checker) : derivedSet(catalogue, checker);
    }
    if (checker.hasFailed())
        return checker.error();
    return set;
}

} // namespace Interleave
