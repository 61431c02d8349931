// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"

#include "core/taskset/taskset.h"

#include <QCommandLineParser>

namespace Interleave
{

namespace
{

const QStringList kCommands{QStringLiteral("list"), QStringLiteral("run"),
                            QStringLiteral("compare"), QStringLiteral("stats"),
                            QStringLiteral("doctor")};
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
        "  interleave stats SLICES.csv [--json]    the numbers of a saved run\n"
        "  interleave doctor [--json]              what this machine allows\n\n"
        "SET is a name or a number of the list, or a task-set file (FILE.json).\n\n"
        "Options of run and compare:\n"
        "  --out FILE       .png .svg .pdf .csv or .json, by the ending; may be given again\n"
        "  --size WxH, --scale 1..4, --theme light|dark|projector   of pictures\n"
        "  --source kernel-wide|kernel|sampled|events               instead of the best there "
        "is\n\n"
        "Exit codes: 0 done, 1 the run failed, 2 wrong usage or input, 3 this machine does not "
        "allow\n"
        "it, 130 interrupted (what was recorded is still written).\n");
}

void addOptions(QCommandLineParser &parser, Arguments::Command command)
{
    using C = Arguments::Command;
    parser.addOption(
        {QStringLiteral("json"), QStringLiteral("one JSON document on standard output")});
    if (command == C::List)
        parser.addOption(
            {QStringLiteral("schema"), QStringLiteral("the JSON Schema of task-set files")});
    if (command != C::Run && command != C::Compare)
        return;
    parser.addOptions({
        {QStringLiteral("param"), QStringLiteral("a parameter of the set"), QStringLiteral("k=v")},
        {QStringLiteral("repeat"), QStringLiteral("how often"), QStringLiteral("N"),
         QStringLiteral("1")},
        {QStringLiteral("out"), QStringLiteral("file to write"), QStringLiteral("FILE")},
        {QStringLiteral("size"), QStringLiteral("of pictures"), QStringLiteral("WxH")},
        {QStringLiteral("scale"), QStringLiteral("of PNG pictures"), QStringLiteral("F")},
        {QStringLiteral("theme"), QStringLiteral("light, dark or projector"), QStringLiteral("T")},
        {QStringLiteral("source"), QStringLiteral("source of the truth"), QStringLiteral("S")},
    });
    if (command == C::Run)
        parser.addOption({QStringLiteral("model"), QStringLiteral("model"), QStringLiteral("M")});
    else
        parser.addOption(
            {QStringLiteral("models"), QStringLiteral("models"), QStringLiteral("a,b")});
}

Result<void> readNumbers(const QCommandLineParser &parser, Arguments &out)
{
    bool ok = false;
    out.repeat = parser.value(QStringLiteral("repeat")).toInt(&ok);
    if (!ok || out.repeat < 1 || out.repeat > 1000)
        return badInput(QStringLiteral("--repeat %1: a number from 1 to 1000 is expected")
                            .arg(parser.value(QStringLiteral("repeat"))));
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

Result<void> readWords(const QCommandLineParser &parser, Arguments &out)
{
    for (const QString &text : parser.values(QStringLiteral("param"))) {
        const qsizetype equals = text.indexOf(QLatin1Char('='));
        if (equals < 1)
            return badInput(QStringLiteral("--param %1: NAME=VALUE is expected").arg(text));
        out.params.emplace_back(text.left(equals), text.mid(equals + 1));
    }
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
    const bool wantsSubject = command == C::Run || command == C::Compare || command == C::Stats;
    if (wantsSubject && positional.isEmpty())
        return badInput(
            command == C::Stats
                ? QStringLiteral("stats: a file of slices (.csv) is expected")
                : QStringLiteral("%1: a task set is expected; interleave list shows them")
                      .arg(words.first()));
    if (positional.size() > (wantsSubject ? 1 : 0))
        return badInput(
            QStringLiteral("'%1' is too much. See interleave --help.").arg(positional.last()));
    if (wantsSubject)
        out.subject = positional.first();
    if (command == C::Run || command == C::Compare) {
        if (auto numbers = readNumbers(parser, out); !numbers)
            return numbers.error();
        if (auto texts = readWords(parser, out); !texts)
            return texts.error();
        if (command == C::Run)
            out.model = parser.value(QStringLiteral("model"));
        else
            out.models =
                parser.value(QStringLiteral("models")).split(QLatin1Char(','), Qt::SkipEmptyParts);
    }
    return out;
}

} // namespace

Result<Arguments> parseArguments(const QStringList &words)
{
    Arguments out;
    if (words.isEmpty())
        return out;
    const QString &first = words.first();
    if (words.contains(QStringLiteral("--help")) || words.contains(QStringLiteral("-h"))
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
    constexpr Arguments::Command kKinds[] = {Arguments::Command::List, Arguments::Command::Run,
                                             Arguments::Command::Compare, Arguments::Command::Stats,
                                             Arguments::Command::Doctor};
    return parseCommand(kKinds[index], words);
}

} // namespace Interleave
