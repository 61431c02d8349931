// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <QByteArray>
#include <QString>

#include <initializer_list>

namespace Interleave
{

/// A valid set with one parameter of each type, one member a line: "tasks" begins on line 16.
inline QByteArray validJson()
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
inline QByteArray programJson()
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

inline TaskSet validSet()
{
    return parseTaskSet(validJson(), QStringLiteral("test.json")).value();
}

/// The message that the set gives when `from` is replaced by `to`; empty when it is accepted.
inline QString messageOf(const QByteArray &from, const QByteArray &to)
{
    QByteArray json = validJson();
    json.replace(from, to);
    const Result<TaskSet> set = parseTaskSet(json, QStringLiteral("test.json"));
    return set ? QString() : QString::fromStdString(set.error().message);
}

inline TaskSet setWithParameters(std::initializer_list<Parameter> parameters)
{
    TaskSet set;
    set.slug = QStringLiteral("made");
    set.parameters = parameters;
    return set;
}

inline Parameter integerParameter(const QString &name, double least, double most)
{
    Parameter parameter;
    parameter.name = name;
    parameter.minimum = least;
    parameter.maximum = most;
    parameter.defaultValue = QJsonValue(qint64(least));
    return parameter;
}

inline QString refusal(const Parameter &parameter, const QString &text)
{
    const Result<QJsonValue> value = checkedValue(parameter, text);
    return value ? QStringLiteral("accepted") : QString::fromStdString(value.error().message);
}

} // namespace Interleave
