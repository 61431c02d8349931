// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/repeats.h"

#include "core/query/explanation.h"

#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// Beyond, a double has no digits for single units: it is written as a real.
constexpr double kLargestWhole = 9007199254740992.0; // 2^53
constexpr std::size_t kScattered = 5; ///< fewer values are told one by one

bool isWhole(double number)
{
    return number == std::floor(number) && std::abs(number) <= kLargestWhole;
}

QString numberText(double number)
{
    const QLocale english(QLocale::English, QLocale::UnitedStates);
    return isWhole(number) ? english.toString(qlonglong(number)) : english.toString(number, 'g', 4);
}

bool isCounted(const QJsonValue &value)
{
    return value.isDouble() || value.isString() || value.isBool();
}

/// Sorts the values and counts the equal ones.
Distribution distributionOf(const QString &key, std::vector<QJsonValue> values)
{
    Distribution result;
    result.key = key;
    result.isNumeric = !values.empty()
        && std::all_of(values.begin(), values.end(),
                       [](const QJsonValue &value) { return value.isDouble(); });
    const auto less = [&](const QJsonValue &a, const QJsonValue &b) {
        return result.isNumeric ? a.toDouble() < b.toDouble()
                                : resultValueText(a) < resultValueText(b);
    };
    std::stable_sort(values.begin(), values.end(), less);
    for (const QJsonValue &value : values) {
        if (result.values.empty() || less(result.values.back().value, value))
            result.values.push_back({value, 0});
        ++result.values.back().count;
    }
    return result;
}

/// The least of 1, 2 and 5 times a power of ten that is not below `width`.
double roundWidth(double width)
{
    const double power = std::pow(10.0, std::floor(std::log10(width)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= width)
            return factor * power;
    }
    return 10 * power;
}

/// Numbers in ranges of equal width that begin at round numbers; whole ones in ranges of whole numbers.
/// The ranges are about as many as the root of how many numbers there are, so that most have some.
std::vector<DistributionBar> rangesOf(const Distribution &distribution, int mostBars)
{
    const std::vector<Distribution::Count> &values = distribution.values;
    const double least = values.front().value.toDouble();
    const double greatest = values.back().value.toDouble();
    const bool areWhole =
        std::all_of(values.begin(), values.end(), [](const Distribution::Count &value) {
            return isWhole(value.value.toDouble());
        });
    const int wanted = std::clamp(int(std::ceil(std::sqrt(distribution.total()))) + 2, 2, mostBars);
    double width = roundWidth((greatest - least + (areWhole ? 1 : 0)) / wanted);
    if (areWhole)
        width = std::max(width, 1.0);
    const auto barsOfWidth = [&] {
        return std::floor(greatest / width) - std::floor(least / width);
    };
    while (barsOfWidth() >= mostBars)
        width = roundWidth(width * 1.5);
    const double begin = std::floor(least / width) * width;
    std::vector<DistributionBar> bars;
    std::size_t next = 0;
    for (int i = 0; i < mostBars && next < values.size(); ++i) {
        const double from = begin + i * width;
        const double to = from + width;
        const double last = areWhole ? to - 1 : to;
        DistributionBar bar;
        bar.label =
            last > from ? u"%1 to %2"_s.arg(numberText(from), numberText(last)) : numberText(from);
        // The last one also takes what rounding has left over.
        while (next < values.size() && (i + 1 == mostBars || values[next].value.toDouble() < to))
            bar.count += values[next++].count;
        bars.push_back(std::move(bar));
    }
    return bars;
}

std::vector<DistributionBar> commonestOf(std::vector<Distribution::Count> values, int mostBars)
{
    std::stable_sort(values.begin(), values.end(),
                     [](const Distribution::Count &a, const Distribution::Count &b) {
                         return a.count > b.count;
                     });
    const std::size_t named = std::size_t(mostBars) - 1;
    std::vector<DistributionBar> bars;
    bars.reserve(named + 1);
    for (std::size_t i = 0; i < named; ++i)
        bars.push_back({resultValueText(values[i].value), values[i].count});
    DistributionBar rest;
    rest.label = u"%1 others"_s.arg(values.size() - named);
    for (std::size_t i = named; i < values.size(); ++i)
        rest.count += values[i].count;
    bars.push_back(std::move(rest));
    return bars;
}

QString durationWords(double ns)
{
    return QString::fromStdString(durationText(DurationNs(ns)));
}

/// "18 deadlocked, 2 finished", the commonest first; "all finished".
QString outcomesText(const Distribution &outcomes)
{
    std::vector<Distribution::Count> counts = outcomes.values;
    if (counts.size() == 1)
        return (counts.front().count > 1 ? u"all "_s : QString()) + counts.front().value.toString();
    std::stable_sort(counts.begin(), counts.end(),
                     [](const Distribution::Count &a, const Distribution::Count &b) {
                         return a.count > b.count;
                     });
    QStringList parts;
    for (const Distribution::Count &count : counts)
        parts << u"%1 %2"_s.arg(QString::number(count.count), count.value.toString());
    return parts.join(u", "_s);
}

/// Of the runs that ended as they should: the others' time says something else.
QString wallText(const std::vector<RunReport> &runs)
{
    std::vector<double> walls;
    for (const RunReport &run : runs) {
        if (run.outcome == RunOutcome::Finished)
            walls.push_back(double(run.statistics.wall));
    }
    if (walls.empty())
        return {};
    std::sort(walls.begin(), walls.end());
    const std::size_t middle = walls.size() / 2;
    const double median =
        walls.size() % 2 == 1 ? walls[middle] : (walls[middle - 1] + walls[middle]) / 2;
    if (walls.size() == 1)
        return u" Wall %1."_s.arg(durationWords(median));
    return u" Wall %1 in the median, from %2 to %3."_s.arg(
        durationWords(median), durationWords(walls.front()), durationWords(walls.back()));
}

QString mainResultText(const std::vector<RunReport> &runs,
                       const std::vector<Distribution> &distributions, const QString &preferred)
{
    const QString key = mainResultKey(runs, preferred);
    for (const Distribution &distribution : distributions) {
        if (key.isEmpty() || distribution.key != key || distribution.total() < 2)
            continue;
        const QString name = resultKeyText(key);
        const QString first = resultValueText(distribution.values.front().value);
        if (!distribution.differs())
            return u" %1: %2 every time."_s.arg(name, first);
        return u" %1: %2 different values, from %3 to %4."_s.arg(
            name, QString::number(distribution.values.size()), first,
            resultValueText(distribution.values.back().value));
    }
    return {};
}

} // namespace

int Distribution::total() const
{
    int sum = 0;
    for (const Count &count : values)
        sum += count.count;
    return sum;
}

std::vector<Distribution> distributionsOf(const std::vector<RunReport> &runs)
{
    if (runs.empty())
        return {};
    std::vector<QJsonValue> outcomes;
    QStringList keys;
    for (const RunReport &run : runs) {
        outcomes.emplace_back(runOutcomeName(run.outcome));
        for (auto it = run.result.begin(); it != run.result.end(); ++it) {
            if (isCounted(it.value()) && !keys.contains(it.key()))
                keys << it.key();
        }
    }
    keys.sort();
    std::vector<Distribution> result{distributionOf(u"outcome"_s, std::move(outcomes))};
    for (const QString &key : std::as_const(keys)) {
        std::vector<QJsonValue> values;
        for (const RunReport &run : runs) {
            const QJsonValue value = run.result.value(key);
            if (isCounted(value))
                values.push_back(value);
        }
        result.push_back(distributionOf(key, std::move(values)));
    }
    return result;
}

std::vector<DistributionBar> barsOf(const Distribution &distribution, int mostBars)
{
    const std::vector<Distribution::Count> &values = distribution.values;
    const int most = std::max(mostBars, 2);
    // Numbers of which hardly one comes twice would all have the same bar.
    const bool areScattered = distribution.isNumeric && values.size() >= kScattered
        && 2 * values.size() > std::size_t(distribution.total());
    if (values.size() > std::size_t(most) || areScattered)
        return distribution.isNumeric ? rangesOf(distribution, most) : commonestOf(values, most);
    std::vector<DistributionBar> bars;
    bars.reserve(values.size());
    for (const Distribution::Count &value : values)
        bars.push_back({resultValueText(value.value), value.count});
    return bars;
}

QString mainResultKey(const std::vector<RunReport> &runs, const QString &preferred)
{
    const std::vector<Distribution> distributions = distributionsOf(runs);
    QString wanted = preferred.startsWith("result."_L1) ? preferred.mid(qsizetype(7)) : preferred;
    QString first;
    QString differing;
    for (std::size_t i = 1; i < distributions.size(); ++i) { // the first is the outcome's
        const Distribution &distribution = distributions[i];
        if (!distribution.isNumeric)
            continue;
        if (!wanted.isEmpty() && distribution.key == wanted)
            return wanted;
        if (first.isEmpty())
            first = distribution.key;
        if (differing.isEmpty() && distribution.differs())
            differing = distribution.key;
    }
    return differing.isEmpty() ? first : differing;
}

QString resultKeyText(const QString &key)
{
    QString text = key;
    return text.replace(u'_', u' ');
}

QString resultValueText(const QJsonValue &value)
{
    if (value.isDouble())
        return numberText(value.toDouble());
    if (value.isBool())
        return value.toBool() ? u"yes"_s : u"no"_s;
    return value.toString();
}

QString repeatsSentence(const std::vector<RunReport> &runs, const QString &preferred)
{
    if (runs.empty())
        return {};
    const std::vector<Distribution> distributions = distributionsOf(runs);
    const QString count = runs.size() == 1 ? u"1 run"_s : u"%1 runs"_s.arg(runs.size());
    return count + u": "_s + outcomesText(distributions.front()) + u'.' + wallText(runs)
        + mainResultText(runs, distributions, preferred);
}

QJsonArray repeatsToJson(const std::vector<RunReport> &runs)
{
    QJsonArray array;
    for (const RunReport &run : runs) {
        array.append(QJsonObject{
            {u"outcome"_s, runOutcomeName(run.outcome)},
            {u"wall_ns"_s, qint64(run.statistics.wall)},
            {u"result"_s, run.result},
        });
    }
    return array;
}

QJsonObject distributionsToJson(const std::vector<Distribution> &distributions)
{
    QJsonObject object;
    for (const Distribution &distribution : distributions) {
        QJsonArray values;
        for (const Distribution::Count &value : distribution.values)
            values.append(QJsonObject{{u"value"_s, value.value}, {u"count"_s, value.count}});
        object.insert(distribution.key, values);
    }
    return object;
}

} // namespace Interleave
