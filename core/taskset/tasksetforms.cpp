// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one table of what may stand in a task-set file. FileChecker checks files by it, and
// taskSetSchema() prints it.
#include "core/taskset/taskset.h"
#include "core/taskset/tasksetschema.h"

#include <algorithm>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

using Kind = FileKey::Kind;

constexpr double kLongestText = 32767; // what a field of the window takes
constexpr QLatin1StringView kParameterName = "[a-z][a-z0-9_]*"_L1;

FileKey word(QLatin1StringView name, QLatin1StringView expected, QLatin1StringView help)
{
    FileKey key{name, Kind::Word, help};
    key.expected = expected;
    return key;
}

FileKey matching(FileKey key, QLatin1StringView pattern, QLatin1StringView expected)
{
    key.pattern = pattern;
    key.expected = expected;
    return key;
}

FileKey limited(FileKey key, double least, double most)
{
    key.least = least;
    key.most = most;
    key.hasLimits = true;
    return key;
}

FileKey atLeast(FileKey key, double least)
{
    key.least = least;
    return key;
}

FileKey whole(QLatin1StringView name, QLatin1StringView help)
{
    return limited({name, Kind::Whole, help}, -kLargestWhole, kLargestWhole);
}

FileKey optional(FileKey key)
{
    key.isNeeded = false;
    return key;
}

FileKey schemaKey()
{
    return word("schema"_L1, "interleave.taskset/1"_L1, "The format of this file."_L1);
}

/// A title that a person gave: drawn on one line of the gallery.
FileKey ownTitle()
{
    return matching({"title"_L1, Kind::Text, "The name in the gallery, under Mine."_L1},
                    "(?=.*\\S)[^\\x00-\\x1f\\x7f]{1,80}"_L1,
                    "one line of at most 80 characters"_L1);
}

std::vector<FileKey> ownTexts()
{
    return {
        optional({"summary"_L1, Kind::Text, "A few words below the title."_L1}),
        optional({"look"_L1, Kind::Text, "One sentence: what to look at."_L1}),
        optional({"question"_L1, Kind::Text, "A question to answer before it runs."_L1}),
        optional({"answer"_L1, Kind::Text, "The answer to the question."_L1}),
    };
}

FileForm setForm()
{
    return {
        "set"_L1,
        "A task set whose work is built in."_L1,
        {
            schemaKey(),
            matching({"id"_L1, Kind::Text, "Number in the catalogue."_L1}, "[A-Z][0-9]{2,3}"_L1,
                     "a letter and a number (S06)"_L1),
            matching({"slug"_L1, Kind::Text, "Name on the command line, and of the work."_L1},
                     "[a-z0-9]+(-[a-z0-9]+)*"_L1, "lower-case words joined by \"-\""_L1),
            {"group"_L1, Kind::Text, "Heading in the gallery."_L1},
            {"title"_L1, Kind::Text, "The name in the gallery."_L1},
            {"summary"_L1, Kind::Text, "A few words below the title."_L1},
            {"look"_L1, Kind::Text, "One sentence: what to look at."_L1},
            {"question"_L1, Kind::Text, "A question to answer before it runs."_L1},
            {"answer"_L1, Kind::Text, "The answer to the question."_L1},
            {"misconception"_L1, Kind::Text, "What it shows to be wrong."_L1},
            optional({"predict"_L1, Kind::Prediction,
                      "The question as data: what is guessed, and where the answer stands."_L1}),
            atLeast(
                {"models"_L1, Kind::Models, "How it can be run, in the order of a comparison."_L1},
                1),
            {"default_model"_L1, Kind::Text, "One of models."_L1},
            optional({"cpu_bound"_L1, Kind::Boolean,
                      "Whether its point needs cores with nothing else to do."_L1}),
            {"params"_L1, Kind::Parameters, "What can be set; no name twice."_L1},
            optional({"command"_L1, Kind::Program,
                      "A program that is started, in place of work that is built in; its model is "
                      "\"command\"."_L1}),
        },
    };
}

/// How a program is recorded: the same keys in both kinds of files.
std::vector<FileKey> recordingKeys()
{
    return {
        optional({"input_file"_L1, Kind::Text, "Its standard input; else nothing."_L1}),
        optional({"ask_python"_L1, Kind::Boolean,
                  "Whether Python programs tell the names of their tasks; else yes."_L1}),
        optional({"show_locks"_L1, Kind::Boolean,
                  "Whether they also tell their waits for locks; else no."_L1}),
        optional({"follow"_L1, Kind::Boolean,
                  "Whether what it leaves running is recorded to its end; else no."_L1}),
    };
}

FileForm derivedForm()
{
    FileForm form{
        "derived"_L1,
        "A built-in task set with values of one's own."_L1,
        {
            schemaKey(),
            {"based_on"_L1, Kind::Text, "Slug or number of the built-in task set."_L1},
            ownTitle(),
            optional(
                {"model"_L1, Kind::Text, "One of the models of that set; else its default."_L1}),
            optional({"params"_L1, Kind::Values,
                      "Values of that set's parameters, by name and within their limits "
                      "(interleave list shows them); the others keep their defaults."_L1}),
        },
    };
    const std::vector<FileKey> texts = ownTexts();
    form.keys.insert(form.keys.end(), texts.begin(), texts.end());
    return form;
}

FileForm commandForm()
{
    FileForm form{
        "command"_L1,
        "A task set that starts a command, after it has asked."_L1,
        {
            schemaKey(),
            ownTitle(),
            {"command"_L1, Kind::Command,
             "The program and its arguments, one text each; no shell."_L1},
            optional(
                {"working_folder"_L1, Kind::Text, "The folder in which the command starts."_L1}),
            matching(optional({"environment"_L1, Kind::Texts,
                               "Variables for the command, beside those of Interleave."_L1}),
                     "[A-Za-z_][A-Za-z0-9_]*"_L1, "letters, digits and _"_L1),
        },
    };
    for (const std::vector<FileKey> &more : {recordingKeys(), ownTexts()})
        form.keys.insert(form.keys.end(), more.begin(), more.end());
    return form;
}

FileForm parameterForm(QLatin1StringView type, QLatin1StringView help, std::vector<FileKey> own)
{
    FileForm form{
        type,
        help,
        {
            word("type"_L1, type, "The kind of its value."_L1),
            matching({"name"_L1, Kind::Text, "Name on the command line and in files."_L1},
                     kParameterName, "lower-case letters, digits and _"_L1),
            {"title"_L1, Kind::Text, "The label in the window."_L1},
            {"help"_L1, Kind::Text, "One sentence: what it changes."_L1},
            matching(
                optional(atLeast(
                    {"only_with"_L1, Kind::Names,
                     "What has to be chosen for it to mean anything: \"name=word\" or "
                     "\"name=word|word\", of a choice of the set, or of \"model\"; all of them. "
                     "The window greys it else."_L1},
                    1)),
                "[a-z][a-z0-9_]*=[^=|]+(\\|[^=|]+)*"_L1, "like mode=a or model=pool|threads"_L1),
        },
    };
    form.keys.insert(form.keys.end(), own.begin(), own.end());
    return form;
}

FileForm predictionForm(QLatin1StringView kind, QLatin1StringView help, const FileKey &own)
{
    return {
        kind,
        help,
        {
            word("kind"_L1, kind, "What is guessed."_L1),
            matching({"key"_L1, Kind::Text, "Where the answer stands in the run's document."_L1},
                     "[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*"_L1,
                     "a key of the run's document (wall_ns, result.value)"_L1),
            own,
        },
    };
}

} // namespace

QStringList FileForm::names() const
{
    QStringList names;
    for (const FileKey &key : keys)
        names.append(key.name);
    return names;
}

const FileForm *formNamed(const std::vector<FileForm> &forms, const QString &name)
{
    const auto found = std::find_if(forms.begin(), forms.end(),
                                    [&](const FileForm &form) { return form.name == name; });
    return found == forms.end() ? nullptr : &*found;
}

QStringList modelsOfFiles()
{
    return knownModels() << u"command"_s;
}

const FileForm &programForm()
{
    static const FileForm form = [] {
        FileForm program{
            "program"_L1,
            "What a built-in set starts."_L1,
            {
                {"words"_L1, Kind::Command,
                 "The program and its arguments, one text each; no shell. {name} stands for the "
                 "value of a parameter, {examples} for the folder of the Python examples, {python} "
                 "for the interpreter that runs them: the first python3 in PATH that is no "
                 "script."_L1},
                optional({"folder"_L1, Kind::Text, "The folder in which it starts."_L1}),
                optional({"environment"_L1, Kind::Names,
                          "\"NAME=value\" is set, \"NAME\" alone is removed."_L1}),
            },
        };
        const std::vector<FileKey> more = recordingKeys();
        program.keys.insert(program.keys.end(), more.begin(), more.end());
        return program;
    }();
    return form;
}

const std::vector<FileForm> &taskSetForms()
{
    static const std::vector<FileForm> forms{setForm(), derivedForm(), commandForm()};
    return forms;
}

const std::vector<FileForm> &parameterForms()
{
    const FileKey unit = optional({"unit"_L1, Kind::Text, "ms, %; counts have none."_L1});
    const FileKey least = matching(
        optional({"at_least"_L1, Kind::Text,
                  "The name of another number of the set; values of this one that are less "
                  "than that one's are refused."_L1}),
        kParameterName, "the name of a parameter"_L1);
    const FileKey pattern =
        optional({"pattern"_L1, Kind::Text,
                  "A regular expression for the whole text; what does not match is refused."_L1});
    const FileKey expected = optional(
        {"expected"_L1, Kind::Text,
         "The pattern in words, for the refusal; there with a pattern, and only then."_L1});
    static const std::vector<FileForm> forms{
        parameterForm("integer"_L1, "A whole number."_L1,
                      {whole("default"_L1, "From min to max."_L1), whole("min"_L1, "The least."_L1),
                       whole("max"_L1, "The most; not less than min."_L1), unit, least}),
        parameterForm("real"_L1, "A number."_L1,
                      {{"default"_L1, Kind::Number, "From min to max."_L1},
                       {"min"_L1, Kind::Number, "The least."_L1},
                       {"max"_L1, Kind::Number, "The most; not less than min."_L1},
                       unit,
                       least}),
        parameterForm("boolean"_L1, "True or false."_L1,
                      {{"default"_L1, Kind::Boolean, "True or false."_L1}}),
        parameterForm("choice"_L1, "One of some words."_L1,
                      {{"default"_L1, Kind::Text, "One of choices."_L1},
                       atLeast({"choices"_L1, Kind::Names, "What can be chosen."_L1}, 1)}),
        parameterForm(
            "text"_L1, "A line of text."_L1,
            {{"default"_L1, Kind::AnyText, "From min to max characters long; matches pattern."_L1},
             optional(
                 limited({"min"_L1, Kind::Whole, "Its least length; else 0."_L1}, 0, kLongestText)),
             optional(limited({"max"_L1, Kind::Whole, "Its greatest length; else 200."_L1}, 0,
                              kLongestText)),
             pattern,
             expected}),
    };
    return forms;
}

const std::vector<FileForm> &predictionForms()
{
    const FileKey choices = atLeast({"choices"_L1, Kind::Names, "What can be guessed."_L1}, 2);
    static const std::vector<FileForm> forms{
        predictionForm("number"_L1, "How long, or how many."_L1,
                       optional({"unit"_L1, Kind::Text, "ms; counts have none."_L1})),
        predictionForm("choice"_L1, "One of some answers."_L1, choices),
        predictionForm("order"_L1, "In which order."_L1, choices),
    };
    return forms;
}

} // namespace Interleave
