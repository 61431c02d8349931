// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"

#include "core/taskset/commandbytes.h"
#include "core/taskset/taskset.h"

#include <QCommandLineParser>

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

const QStringList kCommands{QStringLiteral("list"),    QStringLiteral("run"),
                            QStringLiteral("compare"), QStringLiteral("record"),
                            QStringLiteral("attach"),  QStringLiteral("stats"),
                            QStringLiteral("doctor")};
constexpr Arguments::Command kCommandKinds[] = {
    Arguments::Command::List,   Arguments::Command::Run,    Arguments::Command::Compare,
    Arguments::Command::Record, Arguments::Command::Attach, Arguments::Command::Stats,
    Arguments::Command::Doctor};
const QStringList kEndings{QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"),
                           QStringLiteral("csv"), QStringLiteral("json")};

Error badInput(const QString &sentence)
{
    return {ErrorCode::BadInput, sentence.toStdString()};
}

QString generalHelp()
{
    return QStringLiteral(
        "Interleave shows what really ran on which core.\n\n"
        "  interleave                              open the window\n"
        "  interleave list [--json]                task sets, models, parameters\n"
        "  interleave list --schema                the JSON Schema of task-set files\n"
        "  interleave run SET [--model M] [--param k=v]... [--repeat N] [--out FILE]... [--json]\n"
        "  interleave compare SET [--models a,b,...] [--param k=v]... [--repeat N] [--out "
        "FILE]...\n"
        "                         [--json]\n"
        "  interleave record [--no-helper] [--show-locks] [--follow] [--for SECONDS] [--out "
        "FILE]...\n"
        "                    [--json] -- COMMAND [ARGUMENT...]     any program\n"
        "  interleave attach PID [--for SECONDS] [--out FILE]... [--json]     a program that runs\n"
        "  interleave stats SLICES.csv [--json]    the numbers of a saved run\n"
        "  interleave doctor [--json]              what this machine allows\n\n"
        "SET is a name or a number of the list, or a task-set file (FILE.json).\n\n"
        "Options of record and attach:\n"
        "  --no-helper      do not ask Python programs for the names of their tasks\n"
        "  --show-locks     ask them for their waits for locks and queues, too\n"
        "  --follow         go on until what the command left running has ended\n"
        "  --for SECONDS    no longer than that\n"
        "Options of all four:\n"
        "  --out FILE       .png .svg .pdf .csv or .json, by the ending; may be given again\n"
        "  --size WxH, --scale 1..4, --theme light|dark|projector   of pictures\n"
        "  --source kernel-wide|kernel|sampled|events               instead of the best there "
        "is\n\n"
        "Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 3 this machine does not "
        "allow\n"
        "it, 130 interrupted (what was recorded is still written). record ends with the command's "
        "own\n"
        "status (128 + n for signal n), 125 when Interleave itself could not, 126 when the command "
        "is no\n"
        "program, 127 when there is no such command. The command keeps the terminal: Ctrl+C is its "
        "own;\n"
        "twice within a second ends it and all that it started.\n");
}

bool isOfTaskSet(Arguments::Command command)
{
    return command == Arguments::Command::Run || command == Arguments::Command::Compare;
}

/// Whether it makes a trace that can be written.
bool records(Arguments::Command command)
{
    return isOfTaskSet(command) || command == Arguments::Command::Record
        || command == Arguments::Command::Attach;
}

/// What is missing without one; %1 is the command's word.
QString expectedSubject(Arguments::Command command)
{
    if (command == Arguments::Command::Stats)
        return QStringLiteral("%1: a file of slices (.csv) is expected");
    if (command == Arguments::Command::Attach)
        return QStringLiteral("%1: the number of a process is expected; ps -e lists them");
    return QStringLiteral("%1: a task set is expected; interleave list shows them");
}

void addOptions(QCommandLineParser &parser, Arguments::Command command)
{
    using C = Arguments::Command;
    parser.addOption(
        {QStringLiteral("json"), QStringLiteral("one JSON document on standard output")});
    if (command == C::List)
        parser.addOption(
            {QStringLiteral("schema"), QStringLiteral("the JSON Schema of task-set files")});
    if (!records(command))
        return;
    parser.addOptions({
        {QStringLiteral("out"), QStringLiteral("file to write"), QStringLiteral("FILE")},
        {QStringLiteral("size"), QStringLiteral("of pictures"), QStringLiteral("WxH")},
        {QStringLiteral("scale"), QStringLiteral("of PNG pictures"), QStringLiteral("F")},
        {QStringLiteral("theme"), QStringLiteral("light, dark or projector"), QStringLiteral("T")},
        {QStringLiteral("source"), QStringLiteral("source of the truth"), QStringLiteral("S")},
    });
    if (isOfTaskSet(command))
        parser.addOptions({
            {QStringLiteral("param"), QStringLiteral("a parameter of the set"),
             QStringLiteral("k=v")},
            {QStringLiteral("repeat"), QStringLiteral("how often"), QStringLiteral("N"),
             QStringLiteral("1")},
        });
    else
        parser.addOption({QStringLiteral("for"), QStringLiteral("the longest that it may take"),
                          QStringLiteral("SECONDS")});
    if (command == C::Run)
        parser.addOption({QStringLiteral("model"), QStringLiteral("model"), QStringLiteral("M")});
    if (command == C::Compare)
        parser.addOption(
            {QStringLiteral("models"), QStringLiteral("models"), QStringLiteral("a,b")});
    if (command == C::Record)
        parser.addOptions({
            {QStringLiteral("no-helper"), QStringLiteral("do not ask Python for names of tasks")},
            {QStringLiteral("show-locks"), QStringLiteral("ask Python for waits for locks")},
            {QStringLiteral("follow"), QStringLiteral("until what was left running has ended")},
        });
}

Result<void> readPictureNumbers(const QCommandLineParser &parser, Arguments &out)
{
    bool ok = false;
    if (parser.isSet(QStringLiteral("scale"))) {
        out.scale = parser.value(QStringLiteral("scale")).toDouble(&ok);
        if (!ok || out.scale < 1 || out.scale > 4)
            return badInput(QStringLiteral("--scale %1: a number from 1 to 4 is expected")
                                .arg(parser.value(QStringLiteral("scale"))));
    }
    if (parser.isSet(QStringLiteral("size"))) {
        const QStringList parts = parser.value(QStringLiteral("size")).split(QLatin1Char('x'));
        out.size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
        if (out.size.width() < 320 || out.size.height() < 200 || out.size.width() > 16384
            || out.size.height() > 16384)
            return badInput(
                QStringLiteral("--size %1: WIDTHxHEIGHT from 320x200 to 16384x16384 is expected")
                    .arg(parser.value(QStringLiteral("size"))));
    }
    return {};
}

/// What only runs of task sets have.
Result<void> readSetOptions(const QCommandLineParser &parser, Arguments &out)
{
    bool ok = false;
    out.repeat = parser.value(QStringLiteral("repeat")).toInt(&ok);
    if (!ok || out.repeat < 1 || out.repeat > 1000)
        return badInput(QStringLiteral("--repeat %1: a number from 1 to 1000 is expected")
                            .arg(parser.value(QStringLiteral("repeat"))));
    for (const QString &text : parser.values(QStringLiteral("param"))) {
        const qsizetype equals = text.indexOf(QLatin1Char('='));
        if (equals < 1)
            return badInput(QStringLiteral("--param %1: NAME=VALUE is expected").arg(text));
        out.params.emplace_back(text.left(equals), text.mid(equals + 1));
    }
    if (out.command == Arguments::Command::Run)
        out.model = parser.value(QStringLiteral("model"));
    else
        out.models =
            parser.value(QStringLiteral("models")).split(QLatin1Char(','), Qt::SkipEmptyParts);
    return {};
}

/// What only runs of programs have.
Result<void> readProgramOptions(const QCommandLineParser &parser, Arguments &out)
{
    constexpr double kMost = 86'400; // a day
    if (parser.isSet(QStringLiteral("for"))) {
        bool ok = false;
        const double seconds = parser.value(QStringLiteral("for")).toDouble(&ok);
        if (!ok || !(seconds >= 0.001 && seconds <= kMost))
            return badInput(
                QStringLiteral("--for %1: a number of seconds from 0.001 to 86400 is expected")
                    .arg(parser.value(QStringLiteral("for"))));
        out.longest = DurationNs(seconds * double(kSecond));
    }
    if (out.command == Arguments::Command::Record) {
        out.askPython = !parser.isSet(QStringLiteral("no-helper"));
        out.showLocks = parser.isSet(QStringLiteral("show-locks"));
        out.follow = parser.isSet(QStringLiteral("follow"));
        if (out.showLocks && !out.askPython)
            return badInput(QStringLiteral(
                "--show-locks needs the helper: leave --no-helper out, or --show-locks"));
        return {};
    }
    bool ok = false;
    out.pid = out.subject.toInt(&ok);
    if (!ok || out.pid < 1)
        return badInput(QStringLiteral("attach: '%1' is no number of a process; ps -e lists them")
                            .arg(out.subject));
    return {};
}

Result<void> readOutputs(const QCommandLineParser &parser, Arguments &out)
{
    out.outs = parser.values(QStringLiteral("out"));
    for (const QString &path : out.outs) {
        if (!kEndings.contains(path.section(QLatin1Char('.'), -1).toLower())
            || !path.contains(QLatin1Char('.')))
            return badInput(QStringLiteral("--out %1: the ending says the format: .%2 are possible")
                                .arg(path, kEndings.join(QStringLiteral(", ."))));
    }
    if (parser.isSet(QStringLiteral("theme"))) {
        out.theme = parser.value(QStringLiteral("theme"));
        const QStringList themes{QStringLiteral("light"), QStringLiteral("dark"),
                                 QStringLiteral("projector")};
        if (!themes.contains(out.theme))
            return badInput(
                QStringLiteral("--theme %1: light, dark or projector is expected").arg(out.theme));
    }
    if (parser.isSet(QStringLiteral("source"))) {
        const QString word = parser.value(QStringLiteral("source"));
        for (const Source source :
             {Source::KernelWide, Source::Kernel, Source::Sampled, Source::Events}) {
            if (word == QLatin1String(sourceName(source)))
                out.source = source;
        }
        if (!out.source)
            return badInput(
                QStringLiteral("--source %1: kernel-wide, kernel, sampled or events is expected")
                    .arg(word));
    }
    return {};
}

Result<Arguments> parseCommand(Arguments::Command command, const QStringList &words)
{
    using C = Arguments::Command;
    Arguments out;
    out.command = command;
    QCommandLineParser parser;
    addOptions(parser, command);
    if (!parser.parse(words))
        return badInput(parser.errorText() + QStringLiteral(" See interleave --help."));
    out.json = parser.isSet(QStringLiteral("json"));
    out.schema = command == C::List && parser.isSet(QStringLiteral("schema"));
    const QStringList positional = parser.positionalArguments();
    const bool wantsSubject = isOfTaskSet(command) || command == C::Attach || command == C::Stats;
    if (wantsSubject && positional.isEmpty())
        return badInput(expectedSubject(command).arg(words.first()));
    if (positional.size() > (wantsSubject ? 1 : 0))
        return badInput(
            QStringLiteral("'%1' is too much. See interleave --help.").arg(positional.last()));
    if (wantsSubject)
        out.subject = positional.first();
    if (!records(command))
        return out;
    if (auto numbers = readPictureNumbers(parser, out); !numbers)
        return numbers.error();
    if (auto outputs = readOutputs(parser, out); !outputs)
        return outputs.error();
    const auto own =
        isOfTaskSet(command) ? readSetOptions(parser, out) : readProgramOptions(parser, out);
    if (!own)
        return own.error();
    return out;
}

/// Where the command of `record` begins; the number of words when there is none.
qsizetype commandBegin(const QStringList &words)
{
    const QStringList withValue{QStringLiteral("--out"),    QStringLiteral("--size"),
                                QStringLiteral("--scale"),  QStringLiteral("--theme"),
                                QStringLiteral("--source"), QStringLiteral("--for")};
    qsizetype i = 1;
    while (i < words.size() && words[i].startsWith(QLatin1Char('-')) && words[i].size() > 1) {
        if (words[i] == QLatin1String("--"))
            return i + 1;
        i += withValue.contains(words[i]) ? 2 : 1;
    }
    return std::min(i, words.size());
}

Result<Arguments> parseRecord(const QStringList &words, qsizetype begin)
{
    QStringList own = words.mid(0, begin);
    if (own.last() == QLatin1String("--"))
        own.removeLast();
    auto parsed = parseCommand(Arguments::Command::Record, own);
    if (!parsed)
        return parsed;
    Arguments out = std::move(parsed).value();
    out.words = words.mid(begin);
    if (out.words.isEmpty())
        return badInput(QStringLiteral("record: a command is expected, for example interleave "
                                       "record -- python3 script.py"));
    return out;
}

} // namespace

Result<Arguments> parseArguments(const QStringList &words)
{
    Arguments out;
    if (words.isEmpty())
        return out;
    const QString &first = words.first();
    const bool isRecord = first == QLatin1String("record");
    const qsizetype ownCount = isRecord ? commandBegin(words) : words.size();
    const QStringList own = words.mid(0, ownCount); // what comes after is the command's own
    for (const QString &word : own) {
        if (holdsRawBytes(word))
            return badInput(
                QStringLiteral("the argument %1 is not valid UTF-8: rename the file that "
                               "it names, or put a link with another name beside it")
                    .arg(quotedBytes(word)));
    }
    if (own.contains(QStringLiteral("--help")) || own.contains(QStringLiteral("-h"))
        || first == QLatin1String("help")) {
        out.command = Arguments::Command::Help;
        out.help = generalHelp();
        return out;
    }
    if (first == QLatin1String("--measure-start")) {
        out.measureStart = true;
        return out;
    }
    if (first == QLatin1String("--version")) {
        out.command = Arguments::Command::Version;
        return out;
    }
    const qsizetype index = kCommands.indexOf(first);
    if (index < 0) {
        const QStringList near = nearest(first, kCommands);
        return badInput(
            QStringLiteral("there is no command '%1'; did you mean %2? See interleave --help.")
                .arg(first,
                     near.isEmpty() ? kCommands.join(QStringLiteral(", "))
                                    : near.join(QStringLiteral(" or "))));
    }
    if (isRecord)
        return parseRecord(words, ownCount);
    return parseCommand(kCommandKinds[index], words);
}

} // namespace Interleave
