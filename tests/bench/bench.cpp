// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdio>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace Interleave::Bench
{

void Report::add(Row row, Bar bar, double limit)
{
    char text[64];
    const char *sign = bar == Bar::AtMost ? "<=" : bar == Bar::AtLeast ? ">=" : "=";
    std::snprintf(text, sizeof text, "%s %.4g", sign, limit);
    row.bar = text;
    row.met = bar == Bar::AtMost ? row.ratio <= limit
        : bar == Bar::AtLeast    ? row.ratio >= limit
                                 : row.ratio == limit;
    std::fprintf(stderr, "  %-52s %10.4g   %s %s\n", row.name.c_str(), row.ratio, row.bar.c_str(),
                 row.met ? "met" : "NOT MET");
    m_rows.push_back(std::move(row));
}

void Report::ratio(const std::string &name, double value, double baseline, const std::string &unit,
                   Bar bar, double limit, const std::string &note)
{
    add({name, value, unit, baseline, baseline > 0 ? value / baseline : HUGE_VAL, {}, false, note},
        bar, limit);
}

void Report::value(const std::string &name, double value, const std::string &unit, Bar bar,
                   double limit, const std::string &note)
{
    add({name, value, unit, 0, value, {}, false, note}, bar, limit);
}

void Report::skipped(const std::string &name, const std::string &why)
{
    std::fprintf(stderr, "  %-52s not measured: %s\n", name.c_str(), why.c_str());
    m_rows.push_back({name, 0, {}, 0, 0, {}, false, "not measured: " + why});
}

void Report::printTable() const
{
    std::printf("%-54s %12s %12s %-6s %9s  %-10s %s\n", "figure", "value", "baseline", "unit",
                "ratio", "bar", "");
    for (const Row &row : m_rows) {
        std::printf("%-54s %12.5g %12.5g %-6s %9.4g  %-10s %s%s%s\n", row.name.c_str(), row.value,
                    row.baseline, row.unit.c_str(), row.ratio, row.bar.c_str(),
                    row.met ? "met" : "NOT MET", row.note.empty() ? "" : "  ", row.note.c_str());
    }
}

std::string Report::json() const
{
    QJsonArray rows;
    for (const Row &row : m_rows) {
        QJsonObject object{{QStringLiteral("name"), QString::fromStdString(row.name)},
                           {QStringLiteral("value"), row.value},
                           {QStringLiteral("unit"), QString::fromStdString(row.unit)},
                           {QStringLiteral("baseline"), row.baseline},
                           {QStringLiteral("ratio"), row.ratio},
                           {QStringLiteral("bar"), QString::fromStdString(row.bar)},
                           {QStringLiteral("met"), row.met}};
        if (!row.note.empty())
            object.insert(QStringLiteral("note"), QString::fromStdString(row.note));
        rows.append(object);
    }
    const QJsonObject document{{QStringLiteral("schema"), QStringLiteral("interleave.bench/1")},
                               {QStringLiteral("rows"), rows}};
    return QJsonDocument(document).toJson().toStdString();
}

double median(std::vector<double> values)
{
    return percentile(std::move(values), 50);
}

double percentile(std::vector<double> values, double percent)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto rank = std::size_t(std::ceil(percent / 100 * double(values.size())));
    return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

Pair alternate(int rounds, const std::function<double()> &first,
               const std::function<double()> &second)
{
    std::vector<double> a, b, ratios;
    for (int i = 0; i < rounds; ++i) {
        double x, y;
        if (i % 2 == 0) {
            x = first();
            y = second();
        } else {
            y = second();
            x = first();
        }
        a.push_back(x);
        b.push_back(y);
        ratios.push_back(y / x);
    }
    return {median(a), median(b), median(ratios)};
}

std::string binFolder()
{
    char path[PATH_MAX];
    const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
    std::string folder(path, n > 0 ? std::size_t(n) : 0);
    folder.erase(folder.rfind('/')); // .../bin/tests
    folder.erase(folder.rfind('/')); // .../bin
    return folder;
}

Output runProgram(const std::vector<std::string> &words)
{
    int fds[2];
    Output output;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return output;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    std::vector<char *> argv;
    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    const TimestampNs begin = monotonicNow();
    const int rc = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(fds[1]);
    char buffer[65536];
    for (ssize_t n; rc == 0 && (n = ::read(fds[0], buffer, sizeof buffer)) > 0;)
        output.text.append(buffer, std::size_t(n));
    ::close(fds[0]);
    if (rc == 0) {
        int status = 0;
        ::waitpid(pid, &status, 0);
        output.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    output.wallNs = double(monotonicNow() - begin);
    return output;
}

std::vector<std::string> recordedCommand(const std::vector<std::string> &options,
                                         const std::vector<std::string> &command)
{
    std::vector<std::string> words{binFolder() + "/interleave", "record"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

} // namespace Interleave::Bench
