// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/setcommand.h"
#include "core/taskset/taskset.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

/// A valid set with one parameter of each type, one member a line: "tasks" begins on line 16.
QByteArray validJson()
{
    return R"({
    "schema": "interleave.taskset/1",
    "id": "S99",
    "slug": "for-the-test",
    "group": "Basics",
    "title": "For the test",
    "summary": "Short.", "look": "Look here.",
    "question": "What?",
    "answer": "That.",
    "misconception": "This.",
    "models": ["sequential", "threads"],
    "default_model": "threads",
    "params": [
        {"name": "share", "title": "Share", "type": "real", "default": 0.5, "min": 0, "max": 1, "help": "h"},
        {"name": "join", "title": "Join", "type": "boolean", "default": true, "help": "h"},
        {"name": "tasks",
         "title": "Tasks",
         "type": "integer",
         "default": 2,
         "min": 1,
         "max": 32,
         "unit": "ms",
         "help": "h"},
        {"name": "way", "title": "Way", "type": "choice", "default": "a", "choices": ["a", "b"], "help": "h"},
        {"name": "names", "title": "Names", "type": "text", "default": "x,y", "max": 10, "help": "h"}
    ]
}
)";
}

/// A set that starts a program.
QByteArray programJson()
{
    return R"({
    "schema": "interleave.taskset/1",
    "id": "P99",
    "slug": "a-program",
    "group": "Python",
    "title": "A program",
    "summary": "Short.", "look": "Look here.",
    "question": "What?",
    "answer": "That.",
    "misconception": "This.",
    "models": ["command"], "default_model": "command",
    "command": {"words": ["python3", "{examples}/a.py", "-n{tasks}"], "ask_python": false},
    "params": [
        {"name": "tasks", "title": "Tasks", "type": "integer", "default": 2, "min": 1, "max": 32, "help": "h"}
    ]
}
)";
}

TaskSet validSet()
{
    return parseTaskSet(validJson(), u"test.json"_s).value();
}

/// The message that the set gives when `from` is replaced by `to`; empty when it is accepted.
QString messageOf(const QByteArray &from, const QByteArray &to)
{
    QByteArray json = validJson();
    json.replace(from, to);
    const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
    return set ? QString() : QString::fromStdString(set.error().message);
}

TaskSet setWithParameters(std::initializer_list<Parameter> parameters)
{
    TaskSet set;
    set.slug = u"made"_s;
    set.parameters = parameters;
    return set;
}

Parameter integerParameter(const QString &name, double least, double most)
{
    Parameter parameter;
    parameter.name = name;
    parameter.minimum = least;
    parameter.maximum = most;
    parameter.defaultValue = QJsonValue(qint64(least));
    return parameter;
}

QString refusal(const Parameter &parameter, const QString &text)
{
    const Result<QJsonValue> value = checkedValue(parameter, text);
    return value ? u"accepted"_s : QString::fromStdString(value.error().message);
}

} // namespace

class TaskSetTest : public QObject
{
    Q_OBJECT

private slots:
    void aValidSetIsReadWhole()
    {
        const Result<TaskSet> set = parseTaskSet(validJson(), u"test.json"_s);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QCOMPARE(set.value().id, u"S99"_s);
        QCOMPARE(set.value().slug, u"for-the-test"_s);
        QCOMPARE(set.value().models, (QStringList{u"sequential"_s, u"threads"_s}));
        QCOMPARE(set.value().defaultModel, u"threads"_s);
        QCOMPARE(set.value().parameters.size(), std::size_t(5));
        const Parameter *tasks = set.value().parameter(u"tasks"_s);
        QVERIFY(tasks);
        QCOMPARE(tasks->typeName(), u"integer"_s);
        QCOMPARE(tasks->defaultValue, QJsonValue(2));
        QCOMPARE(tasks->minimum, 1.0);
        QCOMPARE(tasks->maximum, 32.0);
        QCOMPARE(tasks->unit, u"ms"_s);
        QVERIFY(!set.value().parameter(u"Tasks"_s));
    }

    void aProgramIsRead()
    {
        const Result<TaskSet> set = parseTaskSet(programJson(), u"test.json"_s);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QVERIFY(set.value().command.has_value());
        QCOMPARE(set.value().command->words,
                 (QStringList{u"python3"_s, u"{examples}/a.py"_s, u"-n{tasks}"_s}));
        QVERIFY(!set.value().command->askPython);
        QCOMPARE(placeholdersOf(*set.value().command), (QStringList{u"examples"_s, u"tasks"_s}));
        const CommandSpec spec =
            commandOf(set.value(), {{u"tasks"_s, 3}}, u"/some folder/{tasks}"_s);
        // A value that looks like another placeholder stays what it is, and no word is cut.
        QCOMPARE(spec.words, (QStringList{u"python3"_s, u"/some folder/{tasks}/a.py"_s, u"-n3"_s}));
        QVERIFY(!spec.askPython);
    }

    void aProgramThatIsWrongIsNamed_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *from, const char *to,
                            const QString &expected) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << expected;
        };
        row("no such parameter", "-n{tasks}", "-n{task}",
            u"\"command.words\" name {task}, and no parameter is called so"_s);
        row("another model", "[\"command\"], \"default_model\": \"command\"",
            "[\"threads\"], \"default_model\": \"threads\"", u"\"models\" must be [\"command\"]"_s);
        row("another key", "\"command\": {", "\"commands\": {", u"is not a key of this format"_s);
        row("no program", "\"python3\"", "\"\"", u"must name a program"_s);
        row("a line for a shell", "[\"python3\", \"{examples}/a.py\", \"-n{tasks}\"]",
            "\"python3 a.py\"", u"must be a list"_s);
        row("an unknown key", "\"ask_python\"", "\"ask_perl\"", u"is not a key of this format"_s);
        row("no truth", "\"ask_python\": false", "\"ask_python\": 0", u"must be"_s);
    }
    void aProgramThatIsWrongIsNamed()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, expected);
        QByteArray json = programJson();
        QVERIFY(json.contains(from));
        json.replace(from, to);
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY(!set.isOk());
        const QString message = QString::fromStdString(set.error().message);
        QVERIFY2(message.contains(expected), qPrintable(message));
        QVERIFY2(message.startsWith(u"test.json, line "_s), qPrintable(message));
    }

    void theModelOfProgramsIsForProgramsOnly()
    {
        QByteArray json = validJson();
        json.replace("\"sequential\"", "\"command\"");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY(!set.isOk());
        QVERIFY(QString::fromStdString(set.error().message).contains(u"\"models\""_s));
        QVERIFY(isProgramModel(u"command"_s) && isProgramModel(u"attached"_s));
        QVERIFY(!isProgramModel(u"processes"_s));
    }

    void aSetNeedsNoPrediction() { QVERIFY(!validSet().predict.has_value()); }

    void aPredictionIsRead_data()
    {
        QTest::addColumn<QByteArray>("predict");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QStringList>("choices");
        QTest::addColumn<QString>("key");
        QTest::newRow("number") << QByteArray(
            R"({"kind": "number", "unit": "ms", "key": "wall_ns"})")
                                << int(Prediction::Kind::Number) << u"ms"_s << QStringList()
                                << u"wall_ns"_s;
        QTest::newRow("choice") << QByteArray(
            R"({"kind": "choice", "choices": ["less", "more"], "key": "result.sign"})")
                                << int(Prediction::Kind::Choice) << QString()
                                << QStringList{u"less"_s, u"more"_s} << u"result.sign"_s;
        QTest::newRow("order") << QByteArray(
            R"({"kind": "order", "choices": ["a", "b", "c"], "key": "result.order"})")
                               << int(Prediction::Kind::Order) << QString()
                               << QStringList{u"a"_s, u"b"_s, u"c"_s} << u"result.order"_s;
    }
    void aPredictionIsRead()
    {
        QFETCH(QByteArray, predict);
        QFETCH(int, kind);
        QFETCH(QString, unit);
        QFETCH(QStringList, choices);
        QFETCH(QString, key);
        QByteArray json = validJson();
        json.replace("\"models\"", "\"predict\": " + predict + ",\n    \"models\"");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QVERIFY(set.value().predict.has_value());
        const Prediction expected{Prediction::Kind(kind), unit, choices, key};
        QVERIFY(*set.value().predict == expected);
    }

    void aFaultOfAPredictionIsNamedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("predict");
        QTest::addColumn<QString>("expected");
        QTest::newRow("no object")
            << QByteArray("7") << u"line 11: \"predict\" must be an object"_s;
        QTest::newRow("no kind") << QByteArray(R"({"key": "wall_ns"})")
                                 << u"\"predict\" lacks the key \"kind\""_s;
        QTest::newRow("unknown kind") << QByteArray(R"({"kind": "guess", "key": "wall_ns"})")
                                      << u"line 11: \"predict.kind\" must be number"_s;
        QTest::newRow("unknown key")
            << QByteArray(R"({"kind": "number", "key": "wall_ns", "unot": "ms"})")
            << u"line 11: \"predict.unot\" is not a key"_s;
        QTest::newRow("no choices") << QByteArray(R"({"kind": "choice", "key": "result.a"})")
                                    << u"\"predict\" lacks the key \"choices\""_s;
        QTest::newRow("one choice")
            << QByteArray(R"({"kind": "choice", "key": "result.a", "choices": ["a"]})")
            << u"line 11: \"predict.choices\" must be a list of two"_s;
        QTest::newRow("a choice twice")
            << QByteArray(R"({"kind": "order", "key": "result.a", "choices": ["a", "a"]})")
            << u"line 11: \"predict.choices[1]\" names \"a\" a second time"_s;
        QTest::newRow("a number has no choices")
            << QByteArray(R"({"kind": "number", "key": "wall_ns", "choices": ["a", "b"]})")
            << u"line 11: \"predict.choices\" is not a key"_s;
        QTest::newRow("no path") << QByteArray(R"({"kind": "number", "key": "wall ns"})")
                                 << u"line 11: \"predict.key\" must be a key of the run"_s;
    }
    void aFaultOfAPredictionIsNamedWithItsLine()
    {
        QFETCH(QByteArray, predict);
        QFETCH(QString, expected);
        const QString message =
            messageOf("\"models\"", "\"predict\": " + predict + ",\n    \"models\"");
        QVERIFY2(message.contains(expected), qPrintable(message));
        QVERIFY2(message.startsWith("test.json, line 11: "_L1), qPrintable(message));
    }

    void defaultsHoldEveryParameter()
    {
        const QJsonObject defaults = validSet().defaults();
        QCOMPARE(defaults.size(), qsizetype(5));
        QCOMPARE(defaults.value("join"_L1), QJsonValue(true));
        QCOMPARE(defaults.value("way"_L1), QJsonValue(u"a"_s));
        QCOMPARE(defaults.value("share"_L1), QJsonValue(0.5));
    }

    void aFaultIsNamedWithFileLineAndKey_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("expected");
        QTest::newRow("unknown key") << QByteArray("\"look\"") << QByteArray("\"lok\"")
                                     << u"test.json, line 7: \"lok\" is not a key"_s;
        QTest::newRow("missing key") << QByteArray("    \"answer\": \"That.\",\n") << QByteArray()
                                     << u"lacks the key \"answer\""_s;
        QTest::newRow("wrong type") << QByteArray("\"max\": 32") << QByteArray("\"max\": \"32\"")
                                    << u"test.json, line 21: \"params[2].max\" must be a number"_s;
        QTest::newRow("not whole") << QByteArray("\"min\": 1,") << QByteArray("\"min\": 1.5,")
                                   << u"line 20: \"params[2].min\" must be a whole number"_s;
        QTest::newRow("default too large")
            << QByteArray("\"default\": 2,") << QByteArray("\"default\": 33,")
            << u"line 19: \"params[2].default\" is out of range"_s;
        QTest::newRow("limits swapped") << QByteArray("\"min\": 1,") << QByteArray("\"min\": 40,")
                                        << u"line 20: \"params[2].min\" must not exceed"_s;
        QTest::newRow("unknown type") << QByteArray("\"integer\"") << QByteArray("\"int\"")
                                      << u"line 18: \"params[2].type\" must be integer"_s;
        QTest::newRow("choice has no range") << QByteArray("\"choices\": [\"a\", \"b\"]")
                                             << QByteArray("\"choices\": [\"a\"], \"min\": 1")
                                             << u"line 24: \"params[3].min\" is not a key"_s;
        QTest::newRow("default is no choice")
            << QByteArray("\"default\": \"a\"") << QByteArray("\"default\": \"c\"")
            << u"line 24: \"params[3].default\" must be one of"_s;
        QTest::newRow("text too long") << QByteArray("\"max\": 10") << QByteArray("\"max\": 2")
                                       << u"line 25: \"params[4].default\" is out of range"_s;
        QTest::newRow("boolean as number")
            << QByteArray("\"default\": true") << QByteArray("\"default\": 1")
            << u"line 15: \"params[1].default\" must be true or false"_s;
        QTest::newRow("unknown model")
            << QByteArray("\"sequential\", ") << QByteArray("\"fibres\", ")
            << u"line 11: \"models[0]\" names no model: \"fibres\""_s;
        QTest::newRow("no models")
            << QByteArray("[\"sequential\", \"threads\"]") << QByteArray("[]")
            << u"line 11: \"models\" must be a list of one or more"_s;
        QTest::newRow("default model not offered")
            << QByteArray("\"default_model\": \"threads\"")
            << QByteArray("\"default_model\": \"pool\"")
            << u"line 12: \"default_model\" must be one of"_s;
        QTest::newRow("two of a name")
            << QByteArray("\"name\": \"way\"") << QByteArray("\"name\": \"tasks\"")
            << u"line 24: \"params[3].name\" names \"tasks\" a second time"_s;
        QTest::newRow("a key twice") << QByteArray("\"look\": \"Look here.\",")
                                     << QByteArray("\"look\": \"a\",\n    \"look\": \"b\",")
                                     << u"test.json, line 8: \"look\" stands here a second time"_s;
        QTest::newRow("bad id") << QByteArray("\"S99\"") << QByteArray("\"99\"")
                                << u"line 3: \"id\" must be a letter and a number"_s;
        QTest::newRow("bad slug") << QByteArray("\"for-the-test\"")
                                  << QByteArray("\"For the test\"")
                                  << u"line 4: \"slug\" must be lower-case words"_s;
        QTest::newRow("empty text") << QByteArray("\"What?\"") << QByteArray("\" \"")
                                    << u"line 8: \"question\" must not be empty"_s;
        QTest::newRow("other schema") << QByteArray("taskset/1") << QByteArray("taskset/2")
                                      << u"line 2: \"schema\" must be \"interleave.taskset/1\""_s;
        QTest::newRow("written with an escape")
            << QByteArray("\"max\": 32") << QByteArray("\"m\\u0061x\": \"32\"")
            << u"test.json, line 21: \"params[2].max\" must be a number"_s;
        QTest::newRow("a key twice, written in two ways")
            << QByteArray("\"look\": \"Look here.\",")
            << QByteArray("\"look\": \"a\",\n    \"l\\u006fok\": \"b\",")
            << u"test.json, line 8: \"look\" stands here a second time"_s;
        QTest::newRow("no type") << QByteArray("\"type\": \"real\", ") << QByteArray()
                                 << u"line 14: \"params[0]\" lacks the key \"type\""_s;
        QTest::newRow("text limits") << QByteArray("\"max\": 10") << QByteArray("\"max\": -1")
                                     << u"line 25: \"params[4].max\" must be from 0 to 32767"_s;
        QTest::newRow("cpu_bound") << QByteArray("\"answer\": \"That.\",")
                                   << QByteArray("\"answer\": \"That.\", \"cpu_bound\": 1,")
                                   << u"line 9: \"cpu_bound\" must be true or false"_s;
        QTest::newRow("not less than nothing")
            << QByteArray("\"max\": 32,") << QByteArray("\"max\": 32, \"at_least\": \"shares\",")
            << u"\"params[2].at_least\" must name another number of the set, not \"shares\""_s;
        QTest::newRow("not less than itself")
            << QByteArray("\"max\": 32,") << QByteArray("\"max\": 32, \"at_least\": \"tasks\",")
            << u"\"params[2].at_least\" must name another number"_s;
        QTest::newRow("not less than a text")
            << QByteArray("\"max\": 32,") << QByteArray("\"max\": 32, \"at_least\": \"names\",")
            << u"\"params[2].at_least\" must name another number"_s;
        QTest::newRow("no pattern")
            << QByteArray("\"max\": 10")
            << QByteArray("\"max\": 10, \"pattern\": \"[a\", \"expected\": \"an a\"")
            << u"line 25: \"params[4].pattern\" is no regular expression"_s;
        QTest::newRow("a pattern without words")
            << QByteArray("\"max\": 10") << QByteArray("\"max\": 10, \"pattern\": \".*\"")
            << u"line 25: \"params[4]\" must have both of \"pattern\" and \"expected\""_s;
        QTest::newRow("a default that does not match")
            << QByteArray("\"max\": 10")
            << QByteArray("\"max\": 10, \"pattern\": \"z\", \"expected\": \"a z\"")
            << u"line 25: \"params[4].default\""_s;
        QTest::newRow("broken JSON")
            << QByteArray("\"id\": \"S99\",") << QByteArray("\"id\" \"S99\",")
            << u"test.json, line 3: this is not JSON"_s;
    }
    void aFaultIsNamedWithFileLineAndKey()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, expected);
        QVERIFY(validJson().contains(from));
        const QString message = messageOf(from, to);
        QVERIFY2(message.contains(expected), qPrintable(message));
        QVERIFY2(message.startsWith("test.json, line "_L1), qPrintable(message));
    }

    void aDefaultThatIsLessThanItMayBeIsNamed()
    {
        QCOMPARE(messageOf("\"max\": 1, ", "\"max\": 1, \"at_least\": \"tasks\", "),
                 u"test.json, line 14: \"params[0].default\" is less than that of \"tasks\""_s);
    }

    void whatANumberMustNotBeLessThanIsRead()
    {
        QByteArray json = validJson();
        json.replace("\"max\": 32,", "\"max\": 32, \"at_least\": \"share\",");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QCOMPARE(set.value().parameter(u"tasks"_s)->atLeast, u"share"_s);
        QVERIFY(set.value().parameter(u"share"_s)->atLeast.isEmpty());
    }

    void aPatternIsReadWithItsWords()
    {
        QByteArray json = validJson();
        json.replace("\"max\": 10",
                     "\"max\": 10, \"pattern\": \"[a-z](,[a-z])*\", \"expected\": \"letters\"");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QCOMPARE(set.value().parameter(u"names"_s)->pattern, u"[a-z](,[a-z])*"_s);
        QVERIFY(checkedParameters(set.value(), {{u"names"_s, u"a,b,c"_s}}).isOk());
        QVERIFY(!checkedParameters(set.value(), {{u"names"_s, u"a,bc"_s}}));
    }

    void aByteOrderMarkMovesNoLine()
    {
        const Result<TaskSet> whole = parseTaskSet("\xEF\xBB\xBF" + validJson(), u"test.json"_s);
        QVERIFY2(whole.isOk(), whole ? "" : whole.error().message.c_str());
        QByteArray json = "\xEF\xBB\xBF" + validJson();
        json.replace("\"max\": 32", "\"max\": true");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY(!set);
        QVERIFY(set.error().message.starts_with("test.json, line 21: "));
    }

    void whatIsNoObjectIsRefused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("an empty object") << QByteArray("{}");
        QTest::newRow("cut off") << validJson().left(200);
        QTest::newRow("params are no list")
            << validJson().left(validJson().indexOf("\"params\"")) + QByteArray("\"params\": 1}");
        QTest::newRow("a parameter is no object")
            << validJson().left(validJson().indexOf("\"params\"")) + QByteArray("\"params\": [1]}");
        QTest::newRow("too large") << QByteArray(2 << 20, ' ');
        QTest::newRow("nested without end") << QByteArray(100'000, '[');
    }
    void whatIsNoObjectIsRefused()
    {
        QFETCH(QByteArray, json);
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY(!set);
        QCOMPARE(set.error().code, ErrorCode::BadInput);
        QVERIFY(set.error().message.starts_with("test.json, line "));
    }

    void anIntegerIsCheckedAgainstItsRange_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("least") << u"1"_s << u"accepted"_s;
        QTest::newRow("most") << u"32"_s << u"accepted"_s;
        QTest::newRow("spaces") << u" 7 "_s << u"accepted"_s;
        QTest::newRow("below") << u"0"_s << u"tasks: 0 is out of range, 1 to 32 is possible"_s;
        QTest::newRow("above") << u"99"_s << u"tasks: 99 is out of range, 1 to 32 is possible"_s;
        QTest::newRow("beyond 64 bits") << u"99999999999999999999"_s
                                        << u"tasks: 99999999999999999999 is out of range, "
                                           u"1 to 32 is possible"_s;
        QTest::newRow("fraction") << u"2.5"_s << u"tasks: \"2.5\" is not a whole number"_s;
        QTest::newRow("word") << u"two"_s << u"tasks: \"two\" is not a whole number"_s;
        QTest::newRow("nothing") << QString() << u"tasks: \"\" is not a whole number"_s;
    }
    void anIntegerIsCheckedAgainstItsRange()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(refusal(integerParameter(u"tasks"_s, 1, 32), text), expected);
    }

    void theRangeIsToldWithItsUnit()
    {
        Parameter period = integerParameter(u"period_ms"_s, 50, 2000);
        period.unit = u"ms"_s;
        QCOMPARE(refusal(period, u"5"_s),
                 u"period_ms: 5 is out of range, 50 to 2000 ms is possible"_s);
    }

    void aRealTakesNoInfinity()
    {
        Parameter real = integerParameter(u"share"_s, 0, 1);
        real.type = Parameter::Type::Real;
        QCOMPARE(checkedValue(real, u"0.25"_s).value(), QJsonValue(0.25));
        QCOMPARE(refusal(real, u"inf"_s), u"share: \"inf\" is not a number"_s);
        QCOMPARE(refusal(real, u"nan"_s), u"share: \"nan\" is not a number"_s);
        QCOMPARE(refusal(real, u"1.01"_s), u"share: 1.01 is out of range, 0 to 1 is possible"_s);
    }

    void aBooleanTakesTheUsualWords()
    {
        Parameter join;
        join.name = u"join"_s;
        join.type = Parameter::Type::Boolean;
        for (const QString &word : {u"true"_s, u"YES"_s, u"on"_s, u"1"_s})
            QCOMPARE(checkedValue(join, word).value(), QJsonValue(true));
        for (const QString &word : {u"false"_s, u"no"_s, u"Off"_s, u"0"_s})
            QCOMPARE(checkedValue(join, word).value(), QJsonValue(false));
        QCOMPARE(refusal(join, u"maybe"_s), u"join: \"maybe\" is neither true nor false"_s);
    }

    void aChoiceNamesWhatIsPossible()
    {
        Parameter way;
        way.name = u"way"_s;
        way.type = Parameter::Type::Choice;
        way.choices = {u"jobs"_s, u"drivers"_s};
        QCOMPARE(checkedValue(way, u"Drivers"_s).value(), QJsonValue(u"drivers"_s));
        QCOMPARE(refusal(way, u"trains"_s),
                 u"way: \"trains\" is not possible, one of jobs, drivers is"_s);
    }

    void aTextIsBoundedAndHasNoControlCharacters()
    {
        Parameter names;
        names.name = u"names"_s;
        names.type = Parameter::Type::Text;
        names.minimum = 1;
        names.maximum = 5;
        QCOMPARE(checkedValue(names, u"a, b"_s).value(), QJsonValue(u"a, b"_s));
        QVERIFY(refusal(names, QString()).contains(u"1 to 5 characters"_s));
        QVERIFY(refusal(names, u"abcdef"_s).contains(u"1 to 5 characters"_s));
        QVERIFY(refusal(names, u"a\nb"_s).contains(u"control characters"_s));
    }

    void givenValuesOverlayTheDefaults()
    {
        const TaskSet set = validSet();
        const auto values = checkedParameters(set, {{u"tasks"_s, u"5"_s}, {u"join"_s, u"off"_s}});
        QVERIFY(values.isOk());
        QCOMPARE(values.value().value("tasks"_L1), QJsonValue(5));
        QCOMPARE(values.value().value("join"_L1), QJsonValue(false));
        QCOMPARE(values.value().value("way"_L1), QJsonValue(u"a"_s));
        QCOMPARE(checkedParameters(set, {}).value(), set.defaults());
    }

    void anUnknownParameterIsToldWithTheNearest()
    {
        const auto values = checkedParameters(validSet(), {{u"taks"_s, u"5"_s}});
        QVERIFY(!values);
        QCOMPARE(values.error().code, ErrorCode::BadInput);
        QVERIFY(values.error().message.starts_with(
            "for-the-test has no parameter \"taks\"; nearest: tasks"));
    }

    void aSetWithoutParametersSaysSo()
    {
        const auto values = checkedParameters(setWithParameters({}), {{u"x"_s, u"1"_s}});
        QVERIFY(!values);
        QVERIFY(values.error().message.starts_with("made has no parameters"));
    }

    void aLeastMustNotExceedItsMost()
    {
        Parameter longest = integerParameter(u"longest"_s, 1, 100);
        longest.atLeast = u"shortest"_s;
        const TaskSet set = setWithParameters({longest, integerParameter(u"shortest"_s, 1, 100)});
        const auto wrong =
            checkedParameters(set, {{u"shortest"_s, u"30"_s}, {u"longest"_s, u"20"_s}});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, ErrorCode::BadInput);
        QCOMPARE(QString::fromStdString(wrong.error().message),
                 u"longest: 20 is less than shortest, which is 30; it must be at least as much"_s);
        QVERIFY(!checkedParameters(set, {{u"shortest"_s, u"2"_s}})); // the other one's default is 1
        QVERIFY(checkedParameters(set, {{u"shortest"_s, u"20"_s}, {u"longest"_s, u"20"_s}}).isOk());
        QVERIFY(!checkedValues(set, {{u"shortest"_s, 30}, {u"longest"_s, 20}}));
    }

    void valuesOfTheWindowAreCheckedAlike()
    {
        const TaskSet set = validSet();
        const auto values = checkedValues(
            set, {{u"tasks"_s, 5}, {u"share"_s, 0.25}, {u"join"_s, false}, {u"way"_s, u"b"_s}});
        QVERIFY2(values.isOk(), values ? "" : values.error().message.c_str());
        QCOMPARE(values.value().value("tasks"_L1), QJsonValue(5));
        QCOMPARE(values.value().value("share"_L1), QJsonValue(0.25));
        QCOMPARE(values.value().value("join"_L1), QJsonValue(false));
        QCOMPARE(values.value().value("way"_L1), QJsonValue(u"b"_s));
        QCOMPARE(values.value().value("names"_L1), QJsonValue(u"x,y"_s)); // its default
        QCOMPARE(checkedValues(set, {}).value(), set.defaults());
        QVERIFY(!checkedValues(set, {{u"tasks"_s, 99}}));
        QVERIFY(!checkedValues(set, {{u"tasks"_s, u"many"_s}}));
        QVERIFY(!checkedValues(set, {{u"names"_s, u"much too long"_s}}));
        QVERIFY(!checkedValues(set, {{u"unknown"_s, 1}}));
    }

    void aTextMatchesItsPatternAsAWhole()
    {
        Parameter times;
        times.name = u"times"_s;
        times.type = Parameter::Type::Text;
        times.maximum = 20;
        times.pattern = u"[0-9]+|none"_s;
        times.expected = u"a number, or none"_s;
        QCOMPARE(checkedValue(times, u"42"_s).value(), QJsonValue(u"42"_s));
        QCOMPARE(checkedValue(times, u"none"_s).value(), QJsonValue(u"none"_s));
        for (const QString &text : {QString(), u"4 2"_s, u"42 "_s, u"nonesuch"_s, u"x42"_s})
            QCOMPARE(refusal(times, text),
                     u"times: the text is not possible; expected is a number, or none"_s);
    }

    void aPasswordIsTakenOutOfWhatIsShown_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("usual") << u"mysql://me:secret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("an @ in it")
            << u"mysql://me:se@cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a ? in it")
            << u"mysql://me:se?cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a / in it") << u"mysql://me:1/cret@host/db"_s << u"mysql://me:...@host/db"_s;
        QTest::newRow("a # in it") << u"mysql://me:se#cret@host"_s << u"mysql://me:...@host"_s;
        QTest::newRow("none") << u"mysql://me@host:3307/db?socket=/a"_s
                              << u"mysql://me@host:3307/db?socket=/a"_s;
        QTest::newRow("no address") << u"a:b@c"_s << u"a:b@c"_s;
    }
    void aPasswordIsTakenOutOfWhatIsShown()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const QJsonObject values = withoutPasswords({{u"database"_s, text}, {u"tasks"_s, 2}});
        QCOMPARE(values.value("database"_L1).toString(), shown);
        QCOMPARE(values.value("tasks"_L1).toInt(), 2);
    }

    void theNearestWordsComeFirst()
    {
        const QStringList words{u"two-sleepers"_s, u"primes"_s, u"pool-saturation"_s,
                                u"ordering"_s};
        QCOMPARE(nearest(u"prmies"_s, words).first(), u"primes"_s);
        QCOMPARE(nearest(u"SLEEPERS"_s, words), (QStringList{u"two-sleepers"_s}));
        QCOMPARE(nearest(u"primes"_s, words), (QStringList{u"primes"_s}));
        QVERIFY(nearest(u"x"_s, {}).isEmpty());
        QVERIFY(!nearest(QString(), words).isEmpty());
        QCOMPARE(nearest(u"a"_s, {u"b"_s, u"c"_s, u"d"_s, u"e"_s}).size(), qsizetype(3));
        QCOMPARE(nearest(QString(100'000, u'x'), words).size() > 0, true);
    }

    void everyModelHasATitle()
    {
        const QStringList models = knownModels();
        QCOMPARE(models.size(), qsizetype(6));
        for (const QString &model : models)
            QVERIFY(!modelTitle(model).isEmpty());
        QCOMPARE(modelTitle(u"pool"_s), u"Thread pool"_s);
    }
};

QTEST_GUILESS_MAIN(TaskSetTest)
#include "tst_taskset.moc"
