// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/taskset/commandspec.h"

#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

namespace Interleave
{

/// How the tasks of a set are carried by the operating system (DESIGN.md, section 5).
/// The words are those of the command line and the JSON documents.
[[nodiscard]] QStringList knownModels(); ///< sequential, threads, pool, processes, coroutines, gil
/// "Threads", "Thread pool", ...: for a person; also of the models of programs.
[[nodiscard]] QString modelTitle(const QString &model);
/// Whether a program of its own is recorded, and not work of the engine: "command", one that is started,
/// and "attached", one that ran already.
[[nodiscard]] bool isProgramModel(const QString &model);

/// What has to be chosen for a parameter to mean anything. Value.
struct Condition {
    QString name; ///< of a choice or a yes or no of the same set, or "model"
    QStringList values; ///< any of these words
    bool operator==(const Condition &) const = default;
};

/// One adjustable value of a task set.
struct Parameter {
    enum class Type { Integer, Real, Boolean, Choice, Text };
    QString name; ///< key on the command line
    QString title; ///< label in the window
    Type type = Type::Integer;
    QJsonValue defaultValue;
    double minimum = 0; ///< of a number; of a text, its shortest length in characters
    double maximum = 0; ///< of a number; of a text, its longest length in characters
    QString unit; ///< "ms", "%", empty for counts
    QStringList choices;
    QString help;
    QString
        atLeast; ///< of a number: the name of the one that it must not be less than; may be empty
    QString pattern; ///< of a text: the regular expression of the whole of it; empty: any
    QString expected; ///< the pattern in words, for the refusal of a text
    std::vector<Condition> onlyWith; ///< all of them; none: it always means something
    /// "integer", "real", "boolean", "choice", "text"
    [[nodiscard]] QString typeName() const;
};

/// What is guessed before a run and compared with what then came out: the question as data. Value.
struct Prediction {
    enum class Kind {
        Number, ///< how long, how many: compared with the number under `key`
        Choice, ///< one of `choices`: compared with the text under `key`
        Order, ///< all of `choices`, sorted: compared with the list under `key`
    };
    Kind kind = Kind::Number;
    QString unit; ///< of a number: "ms"; empty for counts
    QStringList choices;
    QString key; ///< of the run's document: "wall_ns", "result.value"
    bool operator==(const Prediction &) const = default;
};

/// A demonstration: what can be run, under which models, with which parameters.
struct TaskSet {
    QString id; ///< "S06"
    QString slug; ///< "primes"
    QString group; ///< "Basics", "I/O or CPU", ...
    QString title;
    QString summary; ///< a few words below the title
    QString look; ///< one sentence: what to look at
    QString question; ///< prediction question
    QString answer;
    QString misconception;
    std::optional<Prediction> predict; ///< not every question has an answer that can be computed
    QStringList models; ///< in the order in which compare runs them
    QString defaultModel;
    bool cpuBound = false; ///< its point needs cores with nothing else to do ("cpu_bound")
    std::vector<Parameter> parameters;
    /// Of a set that starts a program, and has no work in the engine: its model is "command". In the words
    /// of a built-in one stand for others: see commandOf() in setcommand.h.
    std::optional<CommandSpec> command;

    // Of a person's own set, read from a file (ownsets.h); empty for those that are built in.
    QString path; ///< the file
    bool isLinked = false; ///< the file was opened from elsewhere than the folder of own sets
    /// Why it cannot be used: the file's name is then its title, and it has no models.
    QString fault;
    QString basedOn; ///< slug of the built-in set whose work it does

    [[nodiscard]] bool isOwn() const { return !path.isEmpty(); }
    /// What documents call it: its number, of an own set its slug.
    [[nodiscard]] const QString &name() const { return id.isEmpty() ? slug : id; }
    /// Slug of the work that the engine does.
    [[nodiscard]] const QString &work() const { return basedOn.isEmpty() ? slug : basedOn; }
    [[nodiscard]] const Parameter *parameter(const QString &name) const;
    [[nodiscard]] QJsonObject defaults() const;
};

/// Reads one built-in task set. Errors: BadInput, naming the file, the line, the key, and what was
/// expected there.
[[nodiscard]] Result<TaskSet> parseTaskSet(const QByteArray &json, const QString &fileName);

/// Checks one value against its parameter and gives it its proper type.
/// Errors: BadInput "tasks: 99 is out of range, 1 to 32 is possible"; what does not match a pattern is
/// not repeated, for it may hold a password.
[[nodiscard]] Result<QJsonValue> checkedValue(const Parameter &parameter, const QString &text);

/// Whether the parameter means anything under this model and with these values of the others: by
/// Parameter::onlyWith. A value that is not among `values` is as good as any.
[[nodiscard]] bool applies(const Parameter &parameter, const QString &model,
                           const QJsonObject &values);
/// "Only with Lesson: affinity, and Pinned: each or one." Empty when it always means something.
[[nodiscard]] QString conditionText(const TaskSet &set, const Parameter &parameter);

/// Name of the first parameter that is less than the one it must not be less than
/// (Parameter::atLeast); null when there is none.
[[nodiscard]] QString swappedPair(const TaskSet &set, const QJsonObject &values);

/// Default values overlaid with `given` (name -> text). Errors: BadInput; an unknown name is told
/// with the nearest valid ones.
[[nodiscard]] Result<QJsonObject>
checkedParameters(const TaskSet &set, const std::vector<std::pair<QString, QString>> &given);
/// The same for values that are JSON already, as the window and a saved set have them.
[[nodiscard]] Result<QJsonObject> checkedValues(const TaskSet &set, const QJsonObject &given);

/// The same values, but in texts that are addresses ("scheme://user:password@host") with "..." in place
/// of the password: what is shown, exported and saved.
[[nodiscard]] QJsonObject withoutPasswords(QJsonObject values);

/// The up to three of `candidates` that are closest to `word` (edit distance), best first.
[[nodiscard]] QStringList nearest(const QString &word, const QStringList &candidates);

} // namespace Interleave
