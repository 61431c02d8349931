// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <vector>

namespace Interleave
{

/// One key of an object in a task-set file: what the reader checks and the schema says of it. Value.
struct FileKey {
    enum class Kind {
        Word, ///< exactly the text `expected`
        Text, ///< not blank; where there is a pattern, that of the whole text
        AnyText, ///< may be empty
        Boolean,
        Number, ///< from `least` to `most`
        Whole, ///< the same, without a fraction
        Names, ///< a list of at least `least` texts, none of them empty or there twice; a pattern is theirs
        Models, ///< the same, each of them one of modelsOfFiles()
        Command, ///< a list of texts; the first is not empty
        Program, ///< an object of programForm()
        Parameters, ///< a list of objects, each of one of parameterForms()
        Prediction, ///< an object of one of predictionForms()
        Values, ///< an object: a number, true or false, or a text by name
        Texts, ///< an object: a text by name; the pattern is that of the names
    };
    QLatin1StringView name;
    Kind kind = Kind::Text;
    QLatin1StringView help;
    bool isNeeded = true;
    // Their initialisers say that they may be left out. NOLINTBEGIN(readability-redundant-member-init)
    QLatin1StringView pattern = {}; ///< read alike by QRegularExpression and ECMA-262
    QLatin1StringView expected = {}; ///< the pattern in words; of a Word, the word
    // NOLINTEND(readability-redundant-member-init)
    double least = 0;
    double most = 0;
    bool hasLimits = false; ///< `least` and `most` bound a number
};

/// The keys that one kind of object has. Value.
struct FileForm {
    QLatin1StringView name; ///< "set"; of a parameter and a prediction, the word that chooses it
    QLatin1StringView help;
    std::vector<FileKey> keys;

    [[nodiscard]] QStringList names() const;
};

/// Whole numbers in a file are from minus this to this, 2^53: a JSON number holds no more exactly.
inline constexpr double kLargestWhole = 9007199254740992.0;

/// What can stand in "models": knownModels(), and "command" of a set that starts a program.
[[nodiscard]] QStringList modelsOfFiles();

/// What a file can be: "set" (built in), "derived" (a built-in set with other values), "command".
[[nodiscard]] const std::vector<FileForm> &taskSetForms();
/// "integer", "real", "boolean", "choice", "text": chosen by the key "type".
[[nodiscard]] const std::vector<FileForm> &parameterForms();
/// "number", "choice", "order": chosen by the key "kind".
[[nodiscard]] const std::vector<FileForm> &predictionForms();
/// "program": what a built-in set starts, under its key "command". The keys are those of
/// CommandSpec::toJson().
[[nodiscard]] const FileForm &programForm();
/// The form of that name, or nullptr.
[[nodiscard]] const FileForm *formNamed(const std::vector<FileForm> &forms, const QString &name);

/// The same tables as a JSON Schema document (draft 2020-12), for editors and other programs. It says
/// everything that the reader checks of one key; what the reader checks between keys (a default within
/// its limits) stands in the descriptions.
[[nodiscard]] QJsonObject taskSetSchema();

} // namespace Interleave
