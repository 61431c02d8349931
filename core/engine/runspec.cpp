// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/runspec.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>

#include <cmath>

namespace Interleave
{

namespace
{

struct ModelWord {
    std::string_view word;
    Model model;
    const char *kind;
};
constexpr ModelWord kModels[] = {
    {"sequential", Model::Sequential, "step"},
    {"threads", Model::Threads, "thread"},
    {"pool", Model::Pool, "job"},
    {"processes", Model::Processes, "process"},
    {"coroutines", Model::Coroutines, "coroutine"},
    {"gil", Model::Gil, "thread"},
};

Error badSpec(const std::string &what)
{
    return {ErrorCode::BadInput, "the run specification is not usable: " + what};
}

/// The value as a worker's argument spells it; nothing for arrays, objects and null.
std::optional<std::string> parameterText(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? "true" : "false";
    if (value.isString())
        return value.toString().toStdString();
    if (!value.isDouble())
        return std::nullopt;
    const double number = value.toDouble();
    if (number == std::floor(number) && std::abs(number) < 9e15)
        return std::to_string(static_cast<long long>(number));
    return QByteArray::number(number, 'g', 17).toStdString();
}

} // namespace

std::optional<Model> modelNamed(std::string_view word)
{
    for (const ModelWord &entry : kModels) {
        if (entry.word == word)
            return entry.model;
    }
    return std::nullopt;
}

const char *taskKindWord(Model model)
{
    for (const ModelWord &entry : kModels) {
        if (entry.model == model)
            return entry.kind;
    }
    return "thread";
}

Result<RunSpec> parseRunSpec(const QByteArray &json)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(json, &problem);
    if (!document.isObject())
        return badSpec("no JSON object: " + problem.errorString().toStdString());
    const QJsonObject object = document.object();
    RunSpec spec;
    spec.slug = object[QLatin1String("slug")].toString().toStdString();
    if (spec.slug.empty())
        return badSpec("\"slug\" is missing");
    const std::string word = object[QLatin1String("model")].toString().toStdString();
    const std::optional<Model> model = modelNamed(word);
    if (!model)
        return badSpec("no model is called '" + word + "'");
    spec.model = *model;
    spec.worker = object[QLatin1String("worker")].toString().toStdString();
    const QJsonObject params = object[QLatin1String("params")].toObject();
    for (auto it = params.begin(); it != params.end(); ++it) {
        const auto text = parameterText(it.value());
        if (!text)
            return badSpec("parameter " + it.key().toStdString()
                           + " is no number, text or truth value");
        spec.parameters.set(it.key().toStdString(), *text);
    }
    return spec;
}

} // namespace Interleave
