// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/setrun.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QRegularExpression>
#include <QStringList>
#include <QTest>

#include <map>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// How a short run may end.
enum class Ending { Finishes, Deadlocks };

struct ShortForm {
    Params params;
    Ending ending = Ending::Finishes;
};

/// What makes a set short, by its slug: well below a second under each of its models. A set that is not
/// among these runs with its defaults.
const std::map<QString, ShortForm> &shortForms()
{
    static const std::map<QString, ShortForm> forms{
        {u"two-sleepers"_s, {{{u"iterations"_s, u"1"_s}, {u"period_ms"_s, u"50"_s}}}},
        {u"main-keeps-going"_s,
         {{{u"iterations"_s, u"1"_s}, {u"period_ms"_s, u"20"_s}, {u"main_work_ms"_s, u"10"_s}}}},
        {u"named-workers"_s, {{{u"iterations"_s, u"1"_s}, {u"period_ms"_s, u"20"_s}}}},
        {u"join-order"_s, {{{u"scale"_s, u"0.1"_s}}}},
        {u"gather"_s,
         {{{u"timeout_ms"_s, u"60"_s},
           {u"check_ms"_s, u"10"_s},
           {u"shortest_ms"_s, u"20"_s},
           {u"longest_ms"_s, u"120"_s}}}},
        {u"primes"_s, {{{u"tasks"_s, u"2"_s}, {u"work_ms"_s, u"50"_s}}}},
        {u"io-or-cpu"_s, {{{u"tasks"_s, u"2"_s}, {u"total_ms"_s, u"50"_s}}}},
        {u"global-lock"_s, {{{u"work_ms"_s, u"50"_s}}}},
        {u"blocking-call"_s, {{{u"iterations"_s, u"2"_s}, {u"period_ms"_s, u"20"_s}}}},
        {u"many-requests"_s,
         {{{u"requests"_s, u"10"_s}, {u"latency_ms"_s, u"20"_s}, {u"concurrency"_s, u"4"_s}}}},
        {u"file-io"_s, {{{u"files"_s, u"3"_s}, {u"size_mib"_s, u"0.2"_s}}}},
        {u"clients-and-server"_s,
         {{{u"clients"_s, u"4"_s},
           {u"requests_each"_s, u"2"_s},
           {u"slow_clients"_s, u"1"_s},
           {u"slow_ms"_s, u"20"_s}}}},
        {u"async-http"_s,
         {{{u"urls"_s, u"8"_s},
           {u"latency_min_ms"_s, u"5"_s},
           {u"latency_max_ms"_s, u"20"_s},
           {u"limit"_s, u"3"_s}}}},
        {u"database"_s,
         {{{u"queries"_s, u"8"_s}, {u"query_ms"_s, u"10"_s}, {u"pool_max"_s, u"3"_s}}}},
        {u"ordering"_s, {{{u"rounds"_s, u"3"_s}}}},
        {u"lost-update"_s, {{{u"increments"_s, u"20000"_s}}}},
        {u"lock-cost"_s, {{{u"iterations"_s, u"1000"_s}}}},
        {u"permits"_s, {{{u"tasks"_s, u"6"_s}, {u"hold_ms"_s, u"10"_s}}}},
        {u"deadlock"_s,
         {{{u"delay_ms"_s, u"80"_s}, {u"hold_ms"_s, u"5"_s}, {u"deadlock_shown_ms"_s, u"0"_s}},
          Ending::Deadlocks}},
        {u"producer-consumer"_s,
         {{{u"items"_s, u"12"_s}, {u"produce_ms"_s, u"4"_s}, {u"consume_ms"_s, u"10"_s}}}},
        {u"readers-writer"_s,
         {{{u"duration_ms"_s, u"150"_s}, {u"read_ms"_s, u"5"_s}, {u"write_ms"_s, u"10"_s}}}},
        {u"philosophers"_s,
         {{{u"rounds"_s, u"1"_s},
           {u"think_ms"_s, u"10"_s},
           {u"eat_ms"_s, u"10"_s},
           {u"delay_ms"_s, u"80"_s}, // so that all have a fork, however busy the machine is
           {u"deadlock_shown_ms"_s, u"0"_s}},
          Ending::Deadlocks}},
        {u"straggler"_s, {{{u"phases"_s, u"2"_s}, {u"work_ms"_s, u"10"_s}}}},
        {u"pool-saturation"_s, {{{u"jobs"_s, u"12"_s}, {u"job_ms_max"_s, u"5"_s}}}},
        {u"false-sharing"_s, {{{u"increments"_s, u"1000000"_s}}}},
        {u"nice-levels"_s, {{{u"spin_ms"_s, u"100"_s}}}},
        {u"oversubscription"_s, {{{u"tasks"_s, u"8"_s}, {u"total_ms"_s, u"100"_s}}}},
        {u"shared-or-not"_s, {{{u"additions"_s, u"100"_s}}}},
        {u"spawn-cost"_s, {{{u"count"_s, u"10"_s}}}},
        {u"pipeline"_s, {{{u"items"_s, u"6"_s}, {u"stage_ms"_s, u"2,6,2"_s}}}},
        {u"map-reduce"_s,
         {{{u"chunks"_s, u"4"_s},
           {u"map_ms"_s, u"5"_s},
           {u"reduce_ms"_s, u"1"_s},
           {u"transfer_kb"_s, u"64"_s}}}},
        {u"amdahl"_s, {{{u"total_ms"_s, u"100"_s}, {u"most_tasks"_s, u"2"_s}}}},
        {u"responsive-window"_s, {{{u"work_ms"_s, u"100"_s}}}},
    };
    return forms;
}

ShortForm shortFormOf(const QString &slug)
{
    const auto found = shortForms().find(slug);
    return found == shortForms().end() ? ShortForm{} : found->second;
}

/// One after another nobody waits for what another one has.
RunOutcome meantOutcome(const QString &slug, const QString &model)
{
    const bool deadlocks =
        shortFormOf(slug).ending == Ending::Deadlocks && model != u"sequential"_s;
    return deadlocks ? RunOutcome::Deadlocked : RunOutcome::Finished;
}

/// "deadlocked: Task 1 holds ..."
QString endText(const RunReport &report)
{
    return runOutcomeName(report.outcome) + u": "_s + report.message + u" | "_s + report.sentence;
}

/// What stands under a key with dots; undefined when nothing does.
QJsonValue valueAt(const QJsonObject &document, const QString &key)
{
    QJsonValue value(document);
    const QStringList names = key.split(u'.');
    for (const QString &name : names)
        value = value.toObject().value(name);
    return value;
}

/// Why no guess can be compared with the value; empty: one can.
QString faultOf(const Prediction &prediction, const QJsonValue &value)
{
    if (prediction.kind == Prediction::Kind::Number)
        return value.isDouble() ? QString() : u"is no number"_s;
    if (prediction.kind == Prediction::Kind::Choice)
        return prediction.choices.contains(value.toString()) ? QString()
                                                             : u"is none of the choices"_s;
    const QJsonArray list = value.toArray();
    QStringList listed;
    for (qsizetype i = 0; i < list.size(); ++i)
        listed.append(list[i].toVariant().toString());
    QStringList choices = prediction.choices;
    listed.sort();
    choices.sort();
    return listed == choices ? QString() : u"is no list of all choices"_s;
}

} // namespace

/// The whole catalogue: every set under every model that it lists runs, ends by itself as it is meant to,
/// and has something to say.
class TestEverySet : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue = Catalogue::load().value();
    std::map<QString, QJsonObject> m_documents; ///< of each set under its default model, by slug
    QElapsedTimer m_clock;
    int m_runs = 0;

    RunReport runShort(const TaskSet &set, const QString &model)
    {
        ++m_runs;
        RunReport report = runSet(set.slug.toUtf8().constData(), model.toUtf8().constData(),
                                  shortFormOf(set.slug).params);
        if (model == set.defaultModel)
            m_documents[set.slug] = report.toJson();
        return report;
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        m_clock.start();
    }

    void theTableNamesOnlySetsThatThereAre()
    {
        for (const auto &[slug, form] : shortForms())
            QVERIFY2(m_catalogue.find(slug), qPrintable(slug));
    }

    void everySetRunsUnderEveryModel_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("model");
        for (const TaskSet &set : m_catalogue.sets()) {
            if (set.command) // no work of the engine: their examples have tests of their own
                continue;
            for (const QString &model : set.models)
                QTest::addRow("%s, %s", qPrintable(set.slug), qPrintable(model))
                    << set.slug << model;
        }
    }
    void everySetRunsUnderEveryModel()
    {
        QFETCH(QString, slug);
        QFETCH(QString, model);
        const TaskSet *const set = m_catalogue.find(slug);
        QVERIFY(set);
        const RunReport report = runShort(*set, model);

        QVERIFY2(report.outcome == meantOutcome(slug, model), qPrintable(endText(report)));
        QVERIFY(!report.sentence.trimmed().isEmpty());
        static const QRegularExpression gap(u"%[0-9]|\\b(nan|inf)\\b"_s);
        QVERIFY2(!report.sentence.contains(gap), qPrintable(report.sentence));
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        QCOMPARE(report.eventsLate, std::uint64_t(0));
        QVERIFY(report.trace && report.trace->isFinished());
        QVERIFY(report.statistics.wall > 0);
        QVERIFY(!tasksOf(report).empty());
        for (const TaskStatistics &task : report.statistics.tasks) {
            const bool isOver = task.outcome == TaskOutcome::Finished
                || task.outcome == TaskOutcome::Cancelled
                || task.outcome == TaskOutcome::NeverStarted;
            QVERIFY2(isOver, task.name.c_str());
        }
        QCOMPARE(report.deadlock.has_value(), report.outcome == RunOutcome::Deadlocked);
    }

    void whatIsGuessedStandsInTheDocument_data()
    {
        QTest::addColumn<QString>("slug");
        for (const TaskSet &set : m_catalogue.sets()) {
            if (!set.command)
                QTest::addRow("%s", qPrintable(set.slug)) << set.slug;
        }
    }
    void whatIsGuessedStandsInTheDocument()
    {
        QFETCH(QString, slug);
        const TaskSet *const set = m_catalogue.find(slug);
        QVERIFY(set && set->predict);
        if (!m_documents.contains(slug)) // this test was chosen alone
            runShort(*set, set->defaultModel);
        const QJsonObject &document = m_documents[slug];
        const QString key = set->predict->key;
        const QJsonValue value = valueAt(document, key);
        const QString source = document.value("source"_L1).toString();
        if (value.isNull() && !source.startsWith("kernel"_L1))
            QSKIP(qPrintable(u"the source %1 cannot know %2"_s.arg(source, key)));
        QVERIFY2(!value.isUndefined(), qPrintable(key + u" is not there"_s));
        const QString fault = faultOf(*set->predict, value);
        QVERIFY2(fault.isEmpty(), qPrintable(u"%1 %2"_s.arg(key, fault)));
    }

    void cleanupTestCase() const
    {
        qInfo("%d runs in %lld s", m_runs, static_cast<long long>(m_clock.elapsed() / 1000));
    }
};

QTEST_GUILESS_MAIN(TestEverySet)
#include "tst_everyset.moc"
