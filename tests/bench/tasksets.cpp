// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <map>

namespace Interleave::Bench
{

namespace
{

QJsonObject runSet(const std::vector<std::string> &words)
{
    std::vector<std::string> all{binFolder() + "/interleave", "run"};
    all.insert(all.end(), words.begin(), words.end());
    all.emplace_back("--json");
    const Output output = runProgram(all);
    return QJsonDocument::fromJson(QByteArray::fromStdString(output.text)).object();
}

double wallOf(const QJsonObject &run)
{
    return run.value(QStringLiteral("wall_ns")).toDouble();
}

void benchPrimes(Report &report)
{
    std::map<std::string, std::vector<double>> speedUps;
    for (int round = 0; round < 5; ++round) {
        const double serial = wallOf(runSet({"primes", "--model", "sequential"}));
        for (const char *model : {"threads", "pool", "processes", "coroutines"})
            speedUps[model].push_back(serial / wallOf(runSet({"primes", "--model", model})));
    }
    for (const char *model : {"threads", "pool", "processes"})
        report.value(std::string("primes speed-up, ") + model, median(speedUps[model]), "x",
                     Bar::AtLeast, 1.85);
    const double coroutines = median(speedUps["coroutines"]);
    report.value("primes speed-up, coroutines, distance from 1", std::abs(coroutines - 1), "x",
                 Bar::AtMost, 0.05, "speed-up " + std::to_string(coroutines));
}

void benchSleepers(Report &report)
{
    for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
        std::vector<double> walls, cpus;
        for (int round = 0; round < 3; ++round) {
            const QJsonObject run = runSet({"two-sleepers", "--model", model});
            walls.push_back(wallOf(run));
            cpus.push_back(run.value(QStringLiteral("cpu_ns")).toDouble());
        }
        const double sleeps = 5 * 300e6; // iterations x period, the defaults
        report.ratio(std::string("two sleepers, wall / sleeps, ") + model, median(walls) / 1e6,
                     sleeps / 1e6, "ms", Bar::AtMost, 1.03);
        report.ratio(std::string("two sleepers, CPU / wall, ") + model, median(cpus) / 1e6,
                     median(walls) / 1e6, "ms", Bar::AtMost, 0.01);
    }
}

} // namespace

void benchTaskSets(Report &report)
{
    benchPrimes(report);
    benchSleepers(report);
}

} // namespace Interleave::Bench
