// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/tasksetschema.h"

#include <QJsonArray>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

QJsonObject typed(QLatin1StringView type)
{
    return {{u"type"_s, type}};
}

QJsonObject nonEmptyText()
{
    return {{u"type"_s, u"string"_s}, {u"minLength"_s, 1}};
}

QJsonObject wholePattern(QLatin1StringView pattern)
{
    return {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^(?:%1)$"_s.arg(pattern)}};
}

QJsonObject numberSchema(const FileKey &key)
{
    QJsonObject schema = typed(key.kind == FileKey::Kind::Whole ? "integer"_L1 : "number"_L1);
    if (key.hasLimits) {
        schema.insert("minimum"_L1, qint64(key.least));
        schema.insert("maximum"_L1, qint64(key.most));
    }
    return schema;
}

QJsonObject listSchema(const FileKey &key, const QJsonObject &items)
{
    return {
        {u"type"_s, u"array"_s},
        {u"items"_s, items},
        {u"minItems"_s, int(key.least)},
        {u"uniqueItems"_s, true},
    };
}

QJsonObject reference(const QString &definition)
{
    return {{u"$ref"_s, QString(u"#/$defs/"_s + definition)}};
}

QJsonObject textSchema(const FileKey &key)
{
    if (key.pattern.isEmpty())
        return {{u"type"_s, u"string"_s}, {u"pattern"_s, u"\\S"_s}}; // somewhere no space
    return wholePattern(key.pattern);
}

QJsonObject schemaOfKind(const FileKey &key)
{
    switch (key.kind) {
    case FileKey::Kind::Word:
        return {{u"const"_s, key.expected}};
    case FileKey::Kind::Text:
        return textSchema(key);
    case FileKey::Kind::AnyText:
        return typed("string"_L1);
    case FileKey::Kind::Boolean:
        return typed("boolean"_L1);
    case FileKey::Kind::Number:
    case FileKey::Kind::Whole:
        return numberSchema(key);
    case FileKey::Kind::Names:
        return listSchema(key, key.pattern.isEmpty() ? nonEmptyText() : wholePattern(key.pattern));
    case FileKey::Kind::Models:
        return listSchema(key, {{u"enum"_s, QJsonArray::fromStringList(modelsOfFiles())}});
    case FileKey::Kind::Command:
        return {{u"type"_s, u"array"_s},
                {u"prefixItems"_s, QJsonArray{nonEmptyText()}},
                {u"items"_s, typed("string"_L1)},
                {u"minItems"_s, 1}};
    case FileKey::Kind::Program:
        return reference(programForm().name);
    case FileKey::Kind::Parameters:
        return {{u"type"_s, u"array"_s}, {u"items"_s, reference(u"parameter"_s)}};
    case FileKey::Kind::Prediction:
        return reference(u"prediction"_s);
    case FileKey::Kind::Values:
        return {{u"type"_s, u"object"_s},
                {u"additionalProperties"_s,
                 QJsonObject{{u"type"_s, QJsonArray{u"number"_s, u"boolean"_s, u"string"_s}}}}};
    case FileKey::Kind::Texts:
        return {{u"type"_s, u"object"_s},
                {u"propertyNames"_s, wholePattern(key.pattern)},
                {u"additionalProperties"_s, typed("string"_L1)}};
    }
    return {};
}

QJsonObject schemaOf(const FileForm &form)
{
    QJsonObject properties;
    QJsonArray required;
    for (const FileKey &key : form.keys) {
        QJsonObject schema = schemaOfKind(key);
        schema.insert("description"_L1, key.help);
        properties.insert(key.name, schema);
        if (key.isNeeded)
            required.append(key.name);
    }
    return {
        {u"type"_s, u"object"_s},           {u"description"_s, form.help},
        {u"properties"_s, properties},      {u"required"_s, required},
        {u"additionalProperties"_s, false},
    };
}

/// Puts the forms below `definitions` and says that a value is of one of them.
QJsonArray define(QJsonObject &definitions, const std::vector<FileForm> &forms,
                  const QString &suffix)
{
    QJsonArray references;
    for (const FileForm &form : forms) {
        const QString name = form.name + suffix;
        definitions.insert(name, schemaOf(form));
        references.append(reference(name));
    }
    return references;
}

} // namespace

QJsonObject taskSetSchema()
{
    QJsonObject definitions;
    definitions.insert(
        "parameter"_L1,
        QJsonObject{{u"oneOf"_s, define(definitions, parameterForms(), u"_parameter"_s)}});
    definitions.insert(
        "prediction"_L1,
        QJsonObject{{u"oneOf"_s, define(definitions, predictionForms(), u"_prediction"_s)}});
    definitions.insert(programForm().name, schemaOf(programForm()));
    const QJsonArray forms = define(definitions, taskSetForms(), {});
    return {
        {u"$schema"_s, u"https://json-schema.org/draft/2020-12/schema"_s},
        {u"$id"_s, u"urn:interleave:taskset:1"_s},
        {u"title"_s, u"Task set of Interleave"_s},
        {u"description"_s,
         u"A file that says what can be run: a built-in task set, one of one's own that is based "
         u"on "
         u"a built-in one, or a command."_s},
        {u"oneOf"_s, forms},
        {u"$defs"_s, definitions},
    };
}

} // namespace Interleave
