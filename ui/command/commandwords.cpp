// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandwords.h"

#include "ui/timeline/timescale.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

#include <string.h> // sigabbrev_np

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(CommandWords)
};

constexpr qsizetype kLongestCommand = 60;
constexpr qsizetype kLongestErrorLine = 160;
constexpr std::size_t kMostPidsNamed = 3;

QString leftRunningWords(const CommandReport &command)
{
    QStringList pids;
    for (std::size_t i = 0; i < std::min(command.leftRunning.size(), kMostPidsNamed); ++i)
        pids << QString::number(command.leftRunning[i]);
    if (command.leftRunning.size() > kMostPidsNamed)
        pids << QStringLiteral("…");
    return command.leftRunning.size() == 1
        ? Texts::tr("It left a process running: %1").arg(pids.front())
        : Texts::tr("It left %1 processes running: %2")
              .arg(QString::number(command.leftRunning.size()), pids.join(QStringLiteral(", ")));
}

/// What a person can read of a line: without colours and other orders to a terminal.
QString readable(QString line)
{
    static const QRegularExpression orders(QStringLiteral("\\x1b\\[[0-?]*[ -/]*[@-~]"));
    line.remove(orders);
    for (QChar &c : line) {
        const QChar::Category category = c.category();
        if (category == QChar::Other_Control || category == QChar::Other_Format)
            c = u' ';
    }
    return line.simplified();
}

QString shortened(const QString &line)
{
    if (line.size() <= kLongestErrorLine)
        return line;
    qsizetype end = kLongestErrorLine - 1;
    if (line.at(end - 1).isHighSurrogate())
        --end; // half a character is none
    return line.left(end).trimmed() + QChar(0x2026);
}

QString bytesText(std::uint64_t bytes)
{
    return QLocale().formattedDataSize(qint64(bytes), 1);
}

} // namespace

QString signalWords(int signal)
{
    const char *name = ::sigabbrev_np(signal);
    return name ? QStringLiteral("SIG") + QString::fromLatin1(name)
                : Texts::tr("signal %1").arg(signal);
}

QString exitWords(const CommandReport &command)
{
    if (command.signal)
        return signalWords(*command.signal);
    if (command.exitCode)
        return Texts::tr("status %1").arg(*command.exitCode);
    return Texts::tr("not known");
}

QString commandEndWords(const RunReport &report)
{
    const CommandReport &command = *report.command;
    if (!command.failure.isEmpty())
        return Texts::tr("It was not started: %1").arg(command.failure);
    const QString wall = durationLabel(report.statistics.wall);
    QString words;
    if (command.signal)
        words = Texts::tr("ended by %1 after %2").arg(signalWords(*command.signal), wall);
    else if (command.exitCode)
        words = Texts::tr("ended with status %1 after %2")
                    .arg(QString::number(*command.exitCode), wall);
    else if (command.isAttached)
        words = Texts::tr("was watched for %1").arg(wall);
    else
        words = Texts::tr("still ran after %1").arg(wall);
    if (!command.leftRunning.empty() && !command.isAttached)
        words += QStringLiteral(". ") + leftRunningWords(command);
    return words;
}

bool isEndRemarkable(const RunReport &report)
{
    const CommandReport &command = *report.command;
    if (!command.failure.isEmpty() || command.signal)
        return true;
    if (command.isAttached)
        return false;
    return command.exitCode.value_or(-1) != 0 || !command.leftRunning.empty();
}

QString lastErrorWords(const RunReport &report)
{
    if (report.command->exitCode.value_or(0) == 0)
        return {};
    for (auto line = report.lines.rbegin(); line != report.lines.rend(); ++line) {
        if (line->stream != PrintedLine::Stream::Error)
            continue;
        const QString text = readable(line->text);
        if (!text.isEmpty())
            return Texts::tr("It said: %1").arg(shortened(text));
    }
    return {};
}

const ProcessReport *rootProcess(const CommandReport &command)
{
    const auto found =
        std::find_if(command.processes.begin(), command.processes.end(),
                     [](const ProcessReport &process) { return process.parentPid == 0; });
    if (found != command.processes.end())
        return &*found;
    return command.processes.empty() ? nullptr : &command.processes.front();
}

std::vector<std::pair<QString, QString>> commandFacts(const CommandReport &command)
{
    std::vector<std::pair<QString, QString>> facts;
    const auto add = [&](const QString &key, const QString &value) {
        facts.emplace_back(key, value);
    };
    if (!command.isAttached || command.exitCode || command.signal)
        add(Texts::tr("Ended with"), exitWords(command));
    int threads = 0;
    for (const ProcessReport &process : command.processes)
        threads += process.threads;
    add(Texts::tr("Processes"), QString::number(command.processes.size()));
    add(Texts::tr("Threads"), QString::number(threads));
    if (command.user + command.system > 0) {
        add(Texts::tr("User time"), durationLabel(command.user));
        add(Texts::tr("System time"), durationLabel(command.system));
    }
    if (command.maxRssBytes > 0)
        add(Texts::tr("Most memory"), bytesText(command.maxRssBytes));
    if (!command.isAttached) {
        const bool isLoaded =
            std::any_of(command.processes.begin(), command.processes.end(),
                        [](const ProcessReport &process) { return process.hasHelper; });
        add(Texts::tr("Python helper"),
            !command.isHelperOn ? Texts::tr("off")
                : isLoaded      ? Texts::tr("on")
                                : Texts::tr("on, not loaded"));
    }
    return facts;
}

QString commandStamp(const CommandReport &command)
{
    if (!command.isAttached)
        return command.isHelperOn ? Texts::tr("helper on") : Texts::tr("helper off");
    const ProcessReport *root = rootProcess(command);
    return root ? Texts::tr("attached to %1").arg(root->pid) : Texts::tr("attached");
}

QString shortCommand(const QString &text)
{
    return text.size() > kLongestCommand ? text.left(kLongestCommand - 1) + QChar(0x2026) : text;
}

} // namespace Interleave
