// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"
#include "core/query/knowledge.h"
#include "core/query/runreport.h"
#include "core/query/sentenceparts.h"

#include <QJsonArray>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// Runs of the same model differ by about this much on a quiet machine: less is no difference.
constexpr double kEqual = 0.03;

bool isEqual(double a, double b)
{
    return std::abs(a - b) <= kEqual * std::max(a, b);
}

Spread spreadOf(std::vector<double> numbers)
{
    if (numbers.empty())
        return {};
    std::sort(numbers.begin(), numbers.end());
    const std::size_t middle = numbers.size() / 2;
    const double median =
        numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    return {median, numbers.front(), numbers.back()};
}

/// The spread of one number over the runs of a model that ended as they should.
template<typename Get>
Spread spreadOver(const std::vector<const RunReport *> &runs, Get get)
{
    std::vector<double> numbers;
    numbers.reserve(runs.size());
    for (const RunReport *run : runs)
        numbers.push_back(double(get(*run)));
    return spreadOf(std::move(numbers));
}

ModelSummary summaryOf(const std::vector<RunReport> &runs, const QString &model)
{
    std::vector<const RunReport *> finished;
    for (const RunReport &run : runs) {
        if (run.model == model && run.outcome == RunOutcome::Finished)
            finished.push_back(&run);
    }
    ModelSummary s;
    s.model = model;
    s.runs = int(finished.size());
    s.wallNs = spreadOver(finished, [](const RunReport &r) { return r.statistics.wall; });
    s.cpuNs = spreadOver(finished, [](const RunReport &r) { return r.statistics.cpu; });
    s.parallelism =
        spreadOver(finished, [](const RunReport &r) { return r.statistics.parallelism; });
    s.voluntary = spreadOver(finished, [](const RunReport &r) { return r.statistics.voluntary; });
    s.involuntary =
        spreadOver(finished, [](const RunReport &r) { return r.statistics.involuntary; });
    s.migrations = spreadOver(finished, [](const RunReport &r) { return r.statistics.migrations; });
    s.runQueueP50Ns =
        spreadOver(finished, [](const RunReport &r) { return r.statistics.runQueueWait.p50; });
    s.runQueueP99Ns =
        spreadOver(finished, [](const RunReport &r) { return r.statistics.runQueueWait.p99; });
    s.peakRssBytes = spreadOver(finished, [](const RunReport &r) { return r.peakRssBytes; });
    s.spawnNs = spreadOver(finished, [](const RunReport &r) { return r.statistics.spawn; });
    return s;
}

/// A model as it stands in a sentence.
QString nameOf(const QString &model)
{
    if (model == "sequential"_L1)
        return u"one after another"_s;
    if (model == "gil"_L1)
        return u"threads under a global lock"_s;
    return model == "pool"_L1 ? u"the thread pool"_s : model;
}

QString capitalised(const QString &text)
{
    return text.left(1).toUpper() + text.mid(1);
}

QString wallText(const ModelSummary &summary)
{
    return QString::fromStdString(durationText(std::llround(summary.wallNs.median)));
}

/// "1/2160" of a model that is so much slower that its decimals would all be 0.
QString ratioText(double ratio)
{
    return ratio < 0.1 ? u"1/%1"_s.arg(std::llround(1 / ratio))
                       : QString::number(ratio, 'f', 2) + u'×';
}

/// "threads (1.95×) and the thread pool (1.97×)": how many times as fast as the baseline.
QString listedWithRatios(const std::vector<const ModelSummary *> &summaries, double baseline)
{
    QStringList words;
    for (const ModelSummary *summary : summaries)
        words.append(
            u"%1 (%2)"_s.arg(nameOf(summary->model), ratioText(baseline / summary->wallNs.median)));
    return listed(words);
}

QString listedNames(const std::vector<const ModelSummary *> &summaries)
{
    QStringList words;
    for (const ModelSummary *summary : summaries)
        words.append(nameOf(summary->model));
    return listed(words);
}

/// Every other measured model against one, by its median wall time.
QString againstBaseline(const std::vector<const ModelSummary *> &measured,
                        const ModelSummary &baseline)
{
    std::vector<const ModelSummary *> faster, equal, slower;
    for (const ModelSummary *summary : measured) {
        if (summary == &baseline)
            continue;
        if (isEqual(summary->wallNs.median, baseline.wallNs.median))
            equal.push_back(summary);
        else if (summary->wallNs.median < baseline.wallNs.median)
            faster.push_back(summary);
        else
            slower.push_back(summary);
    }
    const double wall = baseline.wallNs.median;
    QStringList clauses;
    if (!faster.empty())
        clauses.append(u"faster with %1"_s.arg(listedWithRatios(faster, wall)));
    if (!equal.empty())
        clauses.append(u"the same within 3 % with %1"_s.arg(listedNames(equal)));
    if (!slower.empty())
        clauses.append(u"slower with %1"_s.arg(listedWithRatios(slower, wall)));
    const QString subject = baseline.model == "sequential"_L1
        ? u"One after another it took %1"_s.arg(wallText(baseline))
        : u"With %1 it took %2"_s.arg(nameOf(baseline.model), wallText(baseline));
    return u"%1; it was %2."_s.arg(subject, clauses.join(u", "_s));
}

/// What kept the cores busy, when the walls differ and the sources know it.
QString parallelismSentence(const std::vector<const ModelSummary *> &measured)
{
    const auto byWall = [](const ModelSummary *a, const ModelSummary *b) {
        return a->wallNs.median < b->wallNs.median;
    };
    const ModelSummary *fastest = *std::min_element(measured.begin(), measured.end(), byWall);
    const ModelSummary *slowest = *std::max_element(measured.begin(), measured.end(), byWall);
    constexpr double kIdle = 0.05; // of one core
    if (std::all_of(measured.begin(), measured.end(),
                    [](const ModelSummary *s) { return s->parallelism.max < kIdle; }))
        return u" In none of them were the cores busy: nearly all of the time was waiting."_s;
    if (isEqual(fastest->parallelism.median, slowest->parallelism.median))
        return {};
    return u" On average %1 kept %2 cores busy, %3 %4."_s.arg(
        nameOf(fastest->model), QString::number(fastest->parallelism.median, 'f', 2),
        nameOf(slowest->model), QString::number(slowest->parallelism.median, 'f', 2));
}

QString unfinishedSentence(const std::vector<RunReport> &runs)
{
    QStringList words;
    for (const RunReport &run : runs) {
        const QString word = u"%1 (%2)"_s.arg(nameOf(run.model), runOutcomeName(run.outcome));
        if (run.outcome != RunOutcome::Finished && !words.contains(word))
            words.append(word);
    }
    return words.isEmpty() ? QString() : u"Did not finish: %1. "_s.arg(listed(words));
}

QString sentenceOf(const Comparison &comparison)
{
    std::vector<const ModelSummary *> measured;
    const ModelSummary *sequential = nullptr;
    for (const ModelSummary &summary : comparison.models) {
        if (summary.runs == 0 || summary.wallNs.median <= 0)
            continue;
        measured.push_back(&summary);
        if (summary.model == "sequential"_L1)
            sequential = &summary;
    }
    const QString unfinished = unfinishedSentence(comparison.runs);
    if (measured.empty())
        return (unfinished + u"There is nothing to compare."_s).trimmed();
    if (measured.size() == 1)
        return u"%1Only %2 was measured: it took %3."_s.arg(unfinished, nameOf(measured[0]->model),
                                                            wallText(*measured[0]));
    const auto byWall = [](const ModelSummary *a, const ModelSummary *b) {
        return a->wallNs.median < b->wallNs.median;
    };
    const auto [fastest, slowest] = std::minmax_element(measured.begin(), measured.end(), byWall);
    if (isEqual((*fastest)->wallNs.median, (*slowest)->wallNs.median))
        return u"%1%2 took the same time, within 3 %: %3."_s.arg(
            unfinished, capitalised(listedNames(measured)), wallText(**fastest));
    const ModelSummary &baseline = sequential ? *sequential : **slowest;
    const bool knowsCores =
        std::none_of(comparison.runs.begin(), comparison.runs.end(),
                     [](const RunReport &r) { return r.source == Source::Events; });
    return unfinished + againstBaseline(measured, baseline)
        + (knowsCores ? parallelismSentence(measured) : QString());
}

/// \param isKnown whether the sources of these runs can know it: else null, as 0 would be a claim.
QJsonValue spreadToJson(const Spread &spread, bool isKnown, bool isWhole = true)
{
    if (!isKnown)
        return QJsonValue(QJsonValue::Null);
    const auto number = [isWhole](double n) {
        return isWhole ? QJsonValue(qint64(std::llround(n))) : QJsonValue(n);
    };
    return QJsonObject{
        {u"median"_s, number(spread.median)},
        {u"min"_s, number(spread.min)},
        {u"max"_s, number(spread.max)},
    };
}

QJsonObject modelToJson(const ModelSummary &s, const std::vector<RunReport> &runs)
{
    const bool measured = s.runs > 0;
    Knowledge knows;
    for (const RunReport &run : runs) {
        if (run.model == s.model)
            knows = sharedKnowledge(knows, knowledgeOf(run.source));
    }
    const bool totals = measured && knows.totals;
    const bool switches = measured && knows.switches;
    return {
        {u"model"_s, s.model},
        {u"runs"_s, s.runs},
        {u"wall_ns"_s, spreadToJson(s.wallNs, measured)},
        {u"cpu_ns"_s, spreadToJson(s.cpuNs, totals)},
        {u"speed_up"_s, s.speedUp > 0 ? QJsonValue(s.speedUp) : QJsonValue(QJsonValue::Null)},
        {u"parallelism"_s, spreadToJson(s.parallelism, totals, false)},
        {u"voluntary"_s, spreadToJson(s.voluntary, switches)},
        {u"involuntary"_s, spreadToJson(s.involuntary, switches)},
        {u"migrations"_s, spreadToJson(s.migrations, switches)},
        {u"run_queue_p50_ns"_s, spreadToJson(s.runQueueP50Ns, switches)},
        {u"run_queue_p99_ns"_s, spreadToJson(s.runQueueP99Ns, switches)},
        {u"peak_rss_bytes"_s, spreadToJson(s.peakRssBytes, measured)},
        {u"spawn_ns"_s, spreadToJson(s.spawnNs, measured)},
    };
}

} // namespace

Comparison compareRuns(std::vector<RunReport> runs)
{
    Comparison comparison;
    comparison.runs = std::move(runs);
    if (!comparison.runs.empty()) {
        const RunReport &first = comparison.runs.front();
        comparison.taskSet = first.taskSet;
        comparison.slug = first.slug;
        comparison.title = first.title;
        comparison.params = first.params;
    }
    QStringList models;
    for (const RunReport &run : comparison.runs) {
        if (!models.contains(run.model))
            models.append(run.model);
    }
    for (const QString &model : models)
        comparison.models.push_back(summaryOf(comparison.runs, model));
    const auto sequential =
        std::find_if(comparison.models.begin(), comparison.models.end(), [](const ModelSummary &s) {
            return s.model == "sequential"_L1 && s.runs > 0;
        });
    if (sequential != comparison.models.end()) {
        const double baseline = sequential->wallNs.median;
        for (ModelSummary &summary : comparison.models) {
            if (summary.runs > 0 && summary.wallNs.median > 0)
                summary.speedUp = baseline / summary.wallNs.median;
        }
    }
    comparison.sentence = sentenceOf(comparison);
    return comparison;
}

QJsonObject Comparison::toJson() const
{
    QJsonArray runList;
    for (const RunReport &run : runs)
        runList.append(run.toJson());
    QJsonArray modelList;
    for (const ModelSummary &summary : models)
        modelList.append(modelToJson(summary, runs));
    return {
        {u"schema"_s, u"interleave.compare/1"_s},
        {u"task_set"_s, taskSet},
        {u"slug"_s, slug},
        {u"params"_s, params},
        {u"runs"_s, runList},
        {u"models"_s, modelList},
        {u"sentence"_s, sentence},
    };
}

} // namespace Interleave
