// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/ownsets.h"
#include "core/taskset/tasksetschema.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <utility>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

/// As much of JSON Schema as taskSetSchema() uses; a keyword that it does not know fails.
class SchemaChecker
{
public:
    explicit SchemaChecker(QJsonObject root)
        : m_root(std::move(root))
    {
    }

    /// \return why the value does not satisfy the schema; empty when it does.
    [[nodiscard]] QString fault(const QJsonValue &value) const
    {
        return fault(value, m_root, u"/"_s);
    }

private:
    QString fault(const QJsonValue &value, const QJsonObject &schema, const QString &path) const
    {
        for (auto it = schema.begin(); it != schema.end(); ++it) {
            const QString why = faultOf(it.key(), value, schema, path);
            if (!why.isEmpty())
                return why;
        }
        return {};
    }

    QString faultOf(const QString &word, const QJsonValue &value, const QJsonObject &schema,
                    const QString &path) const
    {
        static const QStringList notes{u"$schema"_s, u"$id"_s, u"$defs"_s, u"title"_s,
                                       u"description"_s};
        if (notes.contains(word))
            return {};
        const QJsonValue rule = schema.value(word);
        const QString wrong = path + u": "_s + word;
        if (word == "$ref"_L1)
            return fault(value, definition(rule.toString()), path);
        if (word == "oneOf"_L1)
            return countOf(value, rule.toArray(), path) == 1 ? QString() : wrong;
        if (word == "type"_L1)
            return isType(value, rule) ? QString() : wrong;
        if (word == "const"_L1)
            return value == rule ? QString() : wrong;
        if (word == "enum"_L1)
            return rule.toArray().contains(value) ? QString() : wrong;
        if (word == "pattern"_L1)
            return QRegularExpression(rule.toString()).match(value.toString()).hasMatch()
                ? QString()
                : wrong;
        if (word == "minLength"_L1)
            return value.toString().size() >= rule.toInt() ? QString() : wrong;
        if (word == "minimum"_L1)
            return value.toDouble() >= rule.toDouble() ? QString() : wrong;
        if (word == "maximum"_L1)
            return value.toDouble() <= rule.toDouble() ? QString() : wrong;
        if (word == "minItems"_L1)
            return value.toArray().size() >= rule.toInt() ? QString() : wrong;
        if (word == "uniqueItems"_L1)
            return areUnique(value.toArray()) ? QString() : wrong;
        if (word == "items"_L1 || word == "prefixItems"_L1)
            return faultOfItems(value.toArray(), schema, path);
        if (word == "properties"_L1 || word == "additionalProperties"_L1
            || word == "propertyNames"_L1 || word == "required"_L1)
            return faultOfMembers(value.toObject(), schema, path);
        return path + u": the checker does not know "_s + word;
    }

    [[nodiscard]] QJsonObject definition(const QString &reference) const
    {
        const QString name = reference.section(u'/', -1);
        return m_root.value("$defs"_L1).toObject().value(name).toObject();
    }

    int countOf(const QJsonValue &value, const QJsonArray &schemas, const QString &path) const
    {
        int count = 0;
        for (const QJsonValue &schema : schemas)
            count += fault(value, schema.toObject(), path).isEmpty() ? 1 : 0;
        return count;
    }

    static bool isType(const QJsonValue &value, const QJsonValue &rule)
    {
        if (rule.isArray()) {
            const QJsonArray types = rule.toArray();
            return std::any_of(types.begin(), types.end(),
                               [&](const QJsonValue &type) { return isType(value, type); });
        }
        const QString type = rule.toString();
        return (type == "string"_L1 && value.isString()) || (type == "boolean"_L1 && value.isBool())
            || (type == "number"_L1 && value.isDouble()) || (type == "array"_L1 && value.isArray())
            || (type == "object"_L1 && value.isObject())
            || (type == "integer"_L1 && value.isDouble()
                && value.toDouble() == std::floor(value.toDouble()));
    }

    static bool areUnique(const QJsonArray &array)
    {
        for (qsizetype i = 0; i < array.size(); ++i) {
            for (qsizetype j = 0; j < i; ++j) {
                if (array[i] == array[j])
                    return false;
            }
        }
        return true;
    }

    QString faultOfItems(const QJsonArray &array, const QJsonObject &schema,
                         const QString &path) const
    {
        const QJsonArray first = schema.value("prefixItems"_L1).toArray();
        for (qsizetype i = 0; i < array.size(); ++i) {
            const QJsonObject rule =
                i < first.size() ? first[i].toObject() : schema.value("items"_L1).toObject();
            const QString why = fault(array[i], rule, u"%1/%2"_s.arg(path).arg(i));
            if (!why.isEmpty())
                return why;
        }
        return {};
    }

    QString faultOfMembers(const QJsonObject &object, const QJsonObject &schema,
                           const QString &path) const
    {
        const QJsonArray required = schema.value("required"_L1).toArray();
        for (const QJsonValue &key : required) {
            if (!object.contains(key.toString()))
                return path + u": lacks "_s + key.toString();
        }
        const QJsonObject properties = schema.value("properties"_L1).toObject();
        const QJsonValue others = schema.value("additionalProperties"_L1);
        for (auto it = object.begin(); it != object.end(); ++it) {
            const QString at = path + it.key();
            QString why = fault(it.key(), schema.value("propertyNames"_L1).toObject(), at);
            if (properties.contains(it.key()))
                why += fault(it.value(), properties.value(it.key()).toObject(), at + u'/');
            else if (others.isBool() && !others.toBool())
                why += at + u": is not known"_s;
            else
                why += fault(it.value(), others.toObject(), at + u'/');
            if (!why.isEmpty())
                return why;
        }
        return {};
    }

    QJsonObject m_root;
};

QJsonObject resourceObject(const QString &name)
{
    QFile file(u":/tasksets/"_s + name);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

} // namespace

class SchemaTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_catalogue = Catalogue::load().value(); }

    void itNamesItsDialect()
    {
        const QJsonObject schema = taskSetSchema();
        QCOMPARE(schema.value("$schema"_L1).toString(),
                 u"https://json-schema.org/draft/2020-12/schema"_s);
        const QJsonObject set = schema.value("$defs"_L1).toObject().value("set"_L1).toObject();
        const QJsonObject format =
            set.value("properties"_L1).toObject().value("schema"_L1).toObject();
        QCOMPARE(format.value("const"_L1).toString(), u"interleave.taskset/1"_s);
    }

    void everyKeyIsDescribed()
    {
        const QJsonObject definitions = taskSetSchema().value("$defs"_L1).toObject();
        for (auto form = definitions.begin(); form != definitions.end(); ++form) {
            const QJsonObject keys = form.value().toObject().value("properties"_L1).toObject();
            for (auto key = keys.begin(); key != keys.end(); ++key)
                QVERIFY2(!key.value().toObject().value("description"_L1).toString().isEmpty(),
                         qPrintable(form.key() + u'.' + key.key()));
        }
    }

    void whatIsCheckedOfAValueIsDocumented()
    {
        const QJsonObject definitions = taskSetSchema().value("$defs"_L1).toObject();
        const auto has = [&](const QString &form, const QString &key) {
            return definitions.value(form)
                .toObject()
                .value("properties"_L1)
                .toObject()
                .contains(key);
        };
        for (const QString &form : {u"integer_parameter"_s, u"real_parameter"_s})
            QVERIFY2(has(form, u"at_least"_s) && !has(form, u"pattern"_s), qPrintable(form));
        QVERIFY(has(u"text_parameter"_s, u"pattern"_s) && has(u"text_parameter"_s, u"expected"_s));
        QVERIFY(!has(u"text_parameter"_s, u"at_least"_s));
        for (const FileForm &form : parameterForms())
            QVERIFY2(has(form.name + u"_parameter"_s, u"only_with"_s),
                     qPrintable(form.names().join(u' ')));
    }

    void everyReferenceLeadsSomewhere()
    {
        const QJsonObject schema = taskSetSchema();
        const QString text = QString::fromUtf8(QJsonDocument(schema).toJson());
        static const QRegularExpression reference(u"\"#/\\$defs/([a-z_]+)\""_s);
        auto matches = reference.globalMatch(text);
        int count = 0;
        while (matches.hasNext()) {
            const QString name = matches.next().captured(1);
            QVERIFY2(schema.value("$defs"_L1).toObject().contains(name), qPrintable(name));
            ++count;
        }
        QVERIFY(count >= 11);
    }

    void everyBuiltInFileSatisfiesIt_data()
    {
        QTest::addColumn<QString>("name");
        const QStringList names = QDir(u":/tasksets"_s).entryList({u"*.json"_s});
        QVERIFY(names.size() >= 9);
        for (const QString &name : names)
            QTest::newRow(qPrintable(name)) << name;
    }
    void everyBuiltInFileSatisfiesIt()
    {
        QFETCH(QString, name);
        const QString fault = SchemaChecker(taskSetSchema()).fault(resourceObject(name));
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

    void whatIsSavedSatisfiesIt()
    {
        const SchemaChecker checker(taskSetSchema());
        for (const TaskSet &set : m_catalogue.sets()) {
            const QByteArray json =
                ownTaskSetJson(set, set, u"My own"_s, set.defaultModel, set.defaults());
            const QString fault = checker.fault(QJsonDocument::fromJson(json).object());
            QVERIFY2(fault.isEmpty(), qPrintable(set.slug + u": "_s + fault));
        }
    }

    void theReaderAndTheSchemaRefuseTheSame_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<bool>("isValid");
        const auto derived = [](const QByteArray &rest) {
            return QByteArray("{\"schema\": \"interleave.taskset/1\", \"based_on\": \"primes\", "
                              "\"title\": \"Mine\""
                              + rest + "}");
        };
        const auto command = [](const QByteArray &rest) {
            return QByteArray("{\"schema\": \"interleave.taskset/1\", \"title\": \"Mine\", "
                              "\"command\": "
                              + rest + "}");
        };
        QTest::newRow("derived") << derived({}) << true;
        QTest::newRow("with values")
            << derived(R"(, "params": {"tasks": 2}, "model": "pool")") << true;
        QTest::newRow("with texts")
            << derived(R"(, "look": "a", "question": "b", "answer": "c")") << true;
        QTest::newRow("unknown key") << derived(R"(, "lok": "a")") << false;
        QTest::newRow("blank text") << derived(R"(, "look": "  ")") << false;
        QTest::newRow("text as number") << derived(R"(, "look": 1)") << false;
        QTest::newRow("values as list") << derived(R"(, "params": [1])") << false;
        QTest::newRow("value as list") << derived(R"(, "params": {"tasks": [2]})") << false;
        QTest::newRow("both forms") << derived(R"(, "command": ["ls"])") << false;
        QTest::newRow("command") << command(R"(["python3", "", "a b"])") << true;
        QTest::newRow("environment") << command(R"(["ls"], "environment": {"A_1": ""})") << true;
        QTest::newRow("working folder") << command(R"(["ls"], "working_folder": "/tmp")") << true;
        QTest::newRow("how it is recorded")
            << command(R"(["ls"], "ask_python": false, "show_locks": true, "follow": true)")
            << true;
        QTest::newRow("an input that is no text") << command(R"(["ls"], "input_file": 1)") << false;
        QTest::newRow("a choice that is no truth")
            << command(R"(["ls"], "follow": "yes")") << false;
        QTest::newRow("words as an object") << command(R"({"words": ["ls"]})") << false;
        QTest::newRow("no words") << command("[]") << false;
        QTest::newRow("no program") << command(R"([""])") << false;
        QTest::newRow("one text") << command(R"("ls -l")") << false;
        QTest::newRow("a number") << command(R"(["ls", 1])") << false;
        QTest::newRow("variable's name")
            << command(R"(["ls"], "environment": {"A-B": ""})") << false;
        QTest::newRow("variable's value") << command(R"(["ls"], "environment": {"A": 1})") << false;
        QTest::newRow("other schema") << QByteArray(R"({"schema": "interleave.run/1"})") << false;
        QTest::newRow("nothing") << QByteArray("{}") << false;
        QTest::newRow("two lines as a title")
            << QByteArray("{\"schema\": \"interleave.taskset/1\", \"based_on\": \"primes\", "
                          "\"title\": \"a\\nb\"}")
            << false;
    }
    void theReaderAndTheSchemaRefuseTheSame()
    {
        QFETCH(QByteArray, json);
        QFETCH(bool, isValid);
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(json, &error);
        QCOMPARE(error.error, QJsonParseError::NoError);
        const QString fault = SchemaChecker(taskSetSchema()).fault(document.object());
        QVERIFY2(fault.isEmpty() == isValid, qPrintable(fault));
        const Result<TaskSet> set = parseOwnTaskSet(json, u"mine.json"_s, m_catalogue);
        QVERIFY2(set.isOk() == isValid, set ? "accepted" : set.error().message.c_str());
    }

    void aChangedBuiltInFileIsRefusedByBoth_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("models are a text") << u"models"_s << QJsonValue(u"threads"_s);
        QTest::newRow("unknown model") << u"models"_s << QJsonValue(QJsonArray{u"fibres"_s});
        QTest::newRow("a model twice")
            << u"models"_s << QJsonValue(QJsonArray{u"threads"_s, u"threads"_s});
        QTest::newRow("no model") << u"models"_s << QJsonValue(QJsonArray());
        QTest::newRow("number as slug") << u"slug"_s << QJsonValue(6);
        QTest::newRow("slug with a space") << u"slug"_s << QJsonValue(u"two words"_s);
        QTest::newRow("params as object") << u"params"_s << QJsonValue(QJsonObject());
        QTest::newRow("a parameter of no type")
            << u"params"_s << QJsonValue(QJsonArray{QJsonObject{{u"name"_s, u"a"_s}}});
        QTest::newRow("cpu_bound as text") << u"cpu_bound"_s << QJsonValue(u"yes"_s);
        QTest::newRow("prediction as text") << u"predict"_s << QJsonValue(u"more"_s);
    }
    void aChangedBuiltInFileIsRefusedByBoth()
    {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        QJsonObject object = resourceObject(u"06-primes.json"_s);
        object.insert(key, value);
        QVERIFY(!SchemaChecker(taskSetSchema()).fault(object).isEmpty());
        QVERIFY(!parseTaskSet(QJsonDocument(object).toJson(), u"x.json"_s).isOk());
    }

private:
    Catalogue m_catalogue;
};

QTEST_GUILESS_MAIN(SchemaTest)
#include "tst_schema.moc"
