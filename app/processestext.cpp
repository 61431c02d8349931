// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/processestext.h"

#include "app/texttable.h"
#include "core/query/explanation.h"

#include <QStringList>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostRows = 40; // what a terminal shows without scrolling away the rest
constexpr qsizetype kLongestTitle = 60;

struct Node {
    std::size_t process;
    int depth;
};

QString duration(DurationNs ns)
{
    return QString::fromStdString(durationText(ns));
}

QString knownOrDash(bool isKnown, const QString &text)
{
    return isKnown ? text : QStringLiteral("-");
}

/// All processes, each followed by those that it made. A hidden one gives its children to its parent.
std::vector<Node> treeOf(const std::vector<ProcessReport> &processes)
{
    std::map<pid_t, std::size_t> byPid; // the newest of a number: it may have been given again
    std::vector<std::vector<std::size_t>> children(processes.size());
    std::vector<Node> open; // the next one last
    for (std::size_t i = 0; i < processes.size(); ++i) {
        const auto parent = byPid.find(processes[i].parentPid);
        if (parent != byPid.end())
            children[parent->second].push_back(i);
        else
            open.push_back({i, 0});
        byPid[processes[i].pid] = i;
    }
    std::reverse(open.begin(), open.end());
    std::vector<Node> tree;
    while (!open.empty()) {
        const Node node = open.back();
        open.pop_back();
        tree.push_back(node);
        const int depth = node.depth + (processes[node.process].isHousekeeping ? 0 : 1);
        const auto &made = children[node.process];
        for (auto child = made.rbegin(); child != made.rend(); ++child)
            open.push_back({*child, depth});
    }
    return tree;
}

QString titleOf(const ProcessReport &process, int depth)
{
    QString title = oneLine(process.title.isEmpty() ? process.commandLine : process.title);
    if (title.size() > kLongestTitle)
        title = title.left(kLongestTitle - 3) + QStringLiteral("...");
    QStringList notes;
    if (!process.verdict.isEmpty())
        notes.append(process.verdict);
    if (process.wasThere)
        notes.append(QStringLiteral("was running before"));
    if (!notes.isEmpty())
        title += QStringLiteral(" [%1]").arg(notes.join(QStringLiteral(", ")));
    return QString(2 * std::min(depth, 20), QLatin1Char(' ')) + title;
}

QStringList rowOf(const ProcessReport &process, int depth)
{
    const bool knows = process.knows.switches;
    return {titleOf(process, depth),
            QString::number(process.pid),
            QString::number(process.threads),
            duration(process.end - process.start),
            knownOrDash(process.knows.totals, duration(process.cpu)),
            knownOrDash(knows, duration(process.overlap)),
            knownOrDash(knows, duration(process.globalLockWait))};
}

} // namespace

QString processesText(const CommandReport &command)
{
    if (command.processes.empty())
        return {};
    std::vector<QStringList> rows{{QStringLiteral("process"), QStringLiteral("pid"),
                                   QStringLiteral("threads"), QStringLiteral("lived"),
                                   QStringLiteral("CPU"), QStringLiteral("overlap"),
                                   QStringLiteral("GIL waits")}};
    std::size_t hidden = 0;
    std::size_t more = 0;
    for (const Node &node : treeOf(command.processes)) {
        const ProcessReport &process = command.processes[node.process];
        if (process.isHousekeeping)
            ++hidden;
        else if (rows.size() > kMostRows)
            ++more;
        else
            rows.push_back(rowOf(process, node.depth));
    }
    QString out = alignedRows(rows);
    if (more > 0)
        out += QStringLiteral("... and %1 more\n").arg(more);
    if (hidden > 0)
        out +=
            QStringLiteral("and %1 that Python's multiprocessing keeps for itself\n").arg(hidden);
    return out;
}

} // namespace Interleave
