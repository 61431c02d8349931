// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/setcommand.h"
#include "tests/core/taskset/handmadesets.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

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
        QTest::newRow("a condition that is none")
            << QByteArray("\"max\": 32,") << QByteArray("\"max\": 32, \"only_with\": [\"share\"],")
            << u"\"params[2].only_with[0]\" must be like mode=a or model=pool|threads"_s;
        QTest::newRow("a condition on nothing")
            << QByteArray("\"max\": 32,")
            << QByteArray("\"max\": 32, \"only_with\": [\"shares=1\"],")
            << u"\"params[2].only_with[0]\" must name \"model\", or another choice"_s;
        QTest::newRow("a condition on a number")
            << QByteArray("\"max\": 32,")
            << QByteArray("\"max\": 32, \"only_with\": [\"share=1\"],")
            << u"must name \"model\", or another choice of the set, not \"share\""_s;
        QTest::newRow("a condition on a model that there is not")
            << QByteArray("\"max\": 32,")
            << QByteArray("\"max\": 32, \"only_with\": [\"model=threads|gil\"],")
            << u"names \"gil\", and model is one of"_s;
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

    void aParameterMeansSomethingOnlyWithWhatItNames()
    {
        QByteArray json = validJson();
        json.replace(
            "\"max\": 32,",
            "\"max\": 32, \"only_with\": [\"model=threads\", \"way=a|b\", \"join=false\"],");
        const Result<TaskSet> read = parseTaskSet(json, u"test.json"_s);
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const TaskSet &set = read.value();
        const Parameter *const tasks = set.parameter(u"tasks"_s);
        QCOMPARE(tasks->onlyWith.size(), std::size_t(3));
        QCOMPARE(tasks->onlyWith[1], (Condition{u"way"_s, {u"a"_s, u"b"_s}}));
        QVERIFY(applies(*tasks, u"threads"_s, {{u"way"_s, u"b"_s}, {u"join"_s, false}}));
        QVERIFY(!applies(*tasks, u"threads"_s, {{u"way"_s, u"c"_s}, {u"join"_s, false}}));
        QVERIFY(!applies(*tasks, u"threads"_s, {{u"way"_s, u"b"_s}, {u"join"_s, true}}));
        QVERIFY(!applies(*tasks, u"pool"_s, {{u"way"_s, u"b"_s}, {u"join"_s, false}}));
        QVERIFY(applies(*tasks, u"threads"_s, {})); // nothing speaks against it
        QVERIFY(applies(*set.parameter(u"share"_s), u"pool"_s, {}));
        QCOMPARE(conditionText(set, *tasks),
                 u"Only with Model: Threads, and Way: a or b, and Join: no."_s);
        QVERIFY(conditionText(set, *set.parameter(u"share"_s)).isEmpty());
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
};

QTEST_GUILESS_MAIN(TaskSetTest)
#include "tst_taskset.moc"
