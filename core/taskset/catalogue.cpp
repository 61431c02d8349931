// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/catalogue.h"

#include "core/taskset/commonparameters.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>
#include <iterator>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

Result<TaskSet> readTaskSet(const QDir &folder, const QString &name)
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::ReadOnly))
        return Error{
            ErrorCode::Io,
            u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()).toStdString()};
    return parseTaskSet(file.readAll(), name);
}

/// The keys of the range are always there, null where the type has none: readers need no case.
QJsonObject toJson(const Parameter &parameter)
{
    const bool isNumber =
        parameter.type == Parameter::Type::Integer || parameter.type == Parameter::Type::Real;
    const bool isWhole = parameter.type == Parameter::Type::Integer;
    const auto limit = [&](double value) {
        if (!isNumber)
            return QJsonValue(QJsonValue::Null);
        return isWhole ? QJsonValue(qint64(value)) : QJsonValue(value);
    };
    QJsonObject object{
        {u"name"_s, parameter.name},          {u"title"_s, parameter.title},
        {u"type"_s, parameter.typeName()},    {u"default"_s, parameter.defaultValue},
        {u"min"_s, limit(parameter.minimum)}, {u"max"_s, limit(parameter.maximum)},
        {u"unit"_s, parameter.unit},          {u"help"_s, parameter.help},
    };
    if (parameter.type == Parameter::Type::Choice)
        object.insert(u"choices"_s, QJsonArray::fromStringList(parameter.choices));
    if (!parameter.atLeast.isEmpty())
        object.insert(u"at_least"_s, parameter.atLeast);
    if (!parameter.onlyWith.empty()) {
        QJsonArray conditions;
        for (const Condition &condition : parameter.onlyWith)
            conditions.append(condition.name + u'=' + condition.values.join(u'|'));
        object.insert(u"only_with"_s, conditions);
    }
    if (!parameter.pattern.isEmpty()) {
        object.insert(u"pattern"_s, parameter.pattern);
        object.insert(u"expected"_s, parameter.expected);
    }
    return object;
}

QJsonObject toJson(const TaskSet &set)
{
    QJsonArray parameters;
    for (const Parameter &parameter : set.parameters)
        parameters.append(toJson(parameter));
    QJsonObject object{
        {u"id"_s, set.id},
        {u"slug"_s, set.slug},
        {u"group"_s, set.group},
        {u"title"_s, set.title},
        {u"summary"_s, set.summary},
        {u"look"_s, set.look},
        {u"models"_s, QJsonArray::fromStringList(set.models)},
        {u"default_model"_s, set.defaultModel},
        {u"params"_s, parameters},
    };
    if (set.isOwn())
        object.insert("file"_L1, set.path);
    if (!set.basedOn.isEmpty())
        object.insert("based_on"_L1, set.basedOn);
    if (set.command)
        object.insert("command"_L1, QJsonArray::fromStringList(set.command->words));
    return object;
}

} // namespace

Result<Catalogue> Catalogue::load(const QString &folder)
{
    const QDir dir(folder);
    const QStringList names = dir.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    if (names.isEmpty())
        return Error{ErrorCode::NotFound,
                     u"%1 holds no task sets (*.json)"_s.arg(folder).toStdString()};
    Catalogue catalogue;
    for (const QString &name : names) {
        Result<TaskSet> set = readTaskSet(dir, name);
        if (!set)
            return set.error();
        addCommonParameters(set.value());
        for (const TaskSet &other : catalogue.m_sets) {
            if (other.id == set.value().id || other.slug == set.value().slug)
                return Error{ErrorCode::BadInput,
                             u"%1: another task set has the id %2 or the slug %3 already"_s
                                 .arg(name, set.value().id, set.value().slug)
                                 .toStdString()};
        }
        catalogue.m_sets.push_back(std::move(set).value());
    }
    std::stable_sort(
        catalogue.m_sets.begin(), catalogue.m_sets.end(), [](const TaskSet &a, const TaskSet &b) {
                         // Programs after the sets that explain what they show.
            return std::pair(a.command.has_value(), a.id) < std::pair(b.command.has_value(), b.id);
        });
    return catalogue;
}

void Catalogue::setOwnSets(std::vector<TaskSet> sets)
{
    std::erase_if(m_sets, [](const TaskSet &set) { return set.isOwn(); });
    std::move(sets.begin(), sets.end(), std::back_inserter(m_sets));
}

const TaskSet *Catalogue::findFile(const QString &path) const
{
    const QFileInfo wanted(path);
    const auto found = std::find_if(m_sets.begin(), m_sets.end(), [&](const TaskSet &set) {
        return set.isOwn() && QFileInfo(set.path) == wanted;
    });
    return found == m_sets.end() ? nullptr : &*found;
}

const TaskSet *Catalogue::find(const QString &name) const
{
    if (name.isEmpty()) // an own set has no number
        return nullptr;
    const auto isNamed = [&](const TaskSet &set) {
        return set.slug.compare(name, Qt::CaseInsensitive) == 0
            || set.id.compare(name, Qt::CaseInsensitive) == 0
            || set.title.compare(name, Qt::CaseInsensitive) == 0;
    };
    const auto found = std::find_if(m_sets.begin(), m_sets.end(), isNamed);
    return found == m_sets.end() ? nullptr : &*found;
}

Result<TaskSet> Catalogue::named(const QString &name) const
{
    const TaskSet *found = find(name);
    if (found && !found->fault.isEmpty())
        return Error{ErrorCode::BadInput, found->fault.toStdString()};
    if (found)
        return *found;
    static const QRegularExpression number(u"^[A-Za-z]?[0-9]+$"_s);
    const bool looksLikeId = number.match(name).hasMatch();
    QStringList names;
    for (const TaskSet &set : m_sets) {
        if (set.fault.isEmpty() && !(looksLikeId && set.isOwn()))
            names.append(looksLikeId ? set.id : set.slug);
    }
    return Error{
        ErrorCode::BadInput,
        u"there is no task set \"%1\"; nearest: %2 (\"interleave list\" shows all of them)"_s
            .arg(name, nearest(name, names).join(u", "_s))
            .toStdString()};
}

QJsonObject Catalogue::toJson() const
{
    QJsonArray sets;
    QJsonArray notUsable;
    for (const TaskSet &set : m_sets) {
        if (set.fault.isEmpty())
            sets.append(Interleave::toJson(set));
        else
            notUsable.append(QJsonObject{{u"file"_s, set.path}, {u"error"_s, set.fault}});
    }
    QJsonArray models;
    const QStringList known = knownModels();
    for (const QString &model : known)
        models.append(QJsonObject{{u"model"_s, model}, {u"title"_s, modelTitle(model)}});
    return {
        {u"schema"_s, u"interleave.list/1"_s},
        {u"task_sets"_s, sets},
        {u"models"_s, models},
        {u"not_usable"_s, notUsable},
    };
}

} // namespace Interleave
