// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/catalogue.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray resourceBytes(const QString &name)
{
    QFile file(u":/tasksets/"_s + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// What a number of the run's document can be guessed in; empty: the key does not say it.
QStringList unitsOf(const QString &key)
{
    if (key.contains("_ns"_L1))
        return {u"ns"_s, u"µs"_s, u"ms"_s};
    if (key.endsWith("_ms"_L1))
        return {u"ms"_s};
    if (key.endsWith("_percent"_L1))
        return {u"%"_s};
    return {};
}

} // namespace

class CatalogueTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Result<Catalogue> catalogue = Catalogue::load();
        QVERIFY2(catalogue.isOk(), catalogue ? "" : catalogue.error().message.c_str());
        m_catalogue = std::move(catalogue).value();
    }

    void theBuiltInSetsStandInCatalogueOrder()
    {
        QStringList ids, expected;
        for (const TaskSet &set : m_catalogue.sets())
            ids.append(set.id);
        for (int number = 1; number <= 33; ++number)
            expected.append(QStringLiteral("S%1").arg(number, 2, 10, QLatin1Char('0')));
        // Programs stand behind what explains them, whatever their letter.
        for (int number = 1; number <= 7; ++number)
            expected.append(QStringLiteral("P%1").arg(number, 2, 10, QLatin1Char('0')));
        QCOMPARE(ids.join(u' '), expected.join(u' '));
    }

    void everySetHasItsTextsAndKnownModels()
    {
        for (const TaskSet &set : m_catalogue.sets()) {
            QVERIFY2(set.question.endsWith(u'?'), qPrintable(set.slug));
            QVERIFY2(set.answer.size() > 40, qPrintable(set.slug));
            QVERIFY2(set.look.size() > 20 && set.misconception.size() > 20, qPrintable(set.slug));
            // One task after another needs tasks that can go on alone.
            const QStringList together{u"deadlock"_s,  u"producer-consumer"_s, u"readers-writer"_s,
                                       u"straggler"_s, u"nice-levels"_s,       u"amdahl"_s,
                                       u"pipeline"_s};
            QVERIFY2(set.models.contains(u"sequential"_s) || together.contains(set.slug)
                         || set.command,
                     qPrintable(set.slug));
            QCOMPARE(set.command.has_value(), set.models == QStringList{u"command"_s});
            QVERIFY2(set.models.contains(set.defaultModel), qPrintable(set.slug));
        }
    }

    void everySetHasAQuestionThatCanBeAnsweredByAGuess()
    {
        for (const TaskSet &set : m_catalogue.sets()) {
            QVERIFY2(set.predict.has_value(), qPrintable(set.slug));
            QVERIFY2(set.question.endsWith(u'?'), qPrintable(set.slug));
            QVERIFY2(!set.predict->key.isEmpty(), qPrintable(set.slug));
            const QStringList units = unitsOf(set.predict->key);
            QVERIFY2(units.isEmpty() || units.contains(set.predict->unit), qPrintable(set.slug));
        }
    }

    void noTitleIsTooLongForItsPlace()
    {
        for (const TaskSet &set : m_catalogue.sets()) {
            QVERIFY2(set.title.size() <= 32, qPrintable(set.title));
            QVERIFY2(set.summary.size() <= 44, qPrintable(set.summary));
            for (const Parameter &parameter : set.parameters)
                QVERIFY2(parameter.title.size() <= 16, qPrintable(parameter.title));
        }
    }

    void everyDefaultPassesItsOwnCheck()
    {
        for (const TaskSet &set : m_catalogue.sets()) {
            std::vector<std::pair<QString, QString>> given;
            for (const Parameter &parameter : set.parameters)
                given.emplace_back(parameter.name, parameter.defaultValue.toVariant().toString());
            const Result<QJsonObject> values = checkedParameters(set, given);
            QVERIFY2(values.isOk(), values ? "" : values.error().message.c_str());
            QCOMPARE(values.value(), set.defaults());
        }
    }

    void theParametersOfTheEngineAreThere_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("names");
        QTest::newRow("S01") << u"two-sleepers"_s
                             << u"tasks iterations period_ms workers "
                                "start_stagger_ms"_s;
        QTest::newRow("S02") << u"main-keeps-going"_s
                             << u"tasks iterations period_ms main_work_ms join "
                                "start_stagger_ms"_s;
        QTest::newRow("S03") << u"named-workers"_s << u"tasks names period_ms iterations"_s;
        QTest::newRow("S06") << u"primes"_s << u"tasks work_ms start_stagger_ms"_s;
        QTest::newRow("S07") << u"io-or-cpu"_s
                             << u"tasks cpu_share period_ms total_ms "
                                "start_stagger_ms"_s;
        QTest::newRow("S15") << u"ordering"_s << u"tasks letters work_us rounds seed"_s;
        QTest::newRow("S24")
            << u"pool-saturation"_s
            << u"jobs workers job_ms_min job_ms_max seed blocking_share dispatch scheduling order "
               "release_while_waiting"_s;
        QTest::newRow("S27") << u"oversubscription"_s << u"tasks fixed total_ms each_ms"_s;
        QTest::newRow("S08") << u"global-lock"_s
                             << u"tasks work_ms switch_interval_ms "
                                "start_stagger_ms"_s;
        QTest::newRow("S25") << u"false-sharing"_s << u"tasks increments padding"_s;
        QTest::newRow("S26") << u"nice-levels"_s
                             << u"lesson nice spin_ms hold_ms pin core_mask tasks"_s;
        QTest::newRow("S32") << u"amdahl"_s << u"serial_percent total_ms most_tasks"_s;
        QTest::newRow("S29") << u"spawn-cost"_s << u"count"_s;
    }
    void theParametersOfTheEngineAreThere()
    {
        QFETCH(QString, slug);
        QFETCH(QString, names);
        const TaskSet *set = m_catalogue.find(slug);
        QVERIFY(set);
        QStringList found;
        for (const Parameter &parameter : set->parameters)
            found.append(parameter.name);
        QCOMPARE(found.join(u' '), QString(names + u" cores"_s)); // which all have
    }

    void everySetCanBeKeptToSomeCores()
    {
        for (const TaskSet &set : m_catalogue.sets()) {
            const Parameter *cores = set.parameter(u"cores"_s);
            if (set.command) { // programs run as they are
                QVERIFY2(!cores, qPrintable(set.slug));
                continue;
            }
            QVERIFY2(cores, qPrintable(set.slug));
            QCOMPARE(cores->defaultValue, QJsonValue(0));
            QCOMPARE(set.defaults().value("cores"_L1), QJsonValue(0));
        }
    }

    void whatASetDefinesItselfIsNotReplaced()
    {
        const QTemporaryDir folder;
        QByteArray json = resourceBytes(u"06-primes.json"_s);
        json.replace("\"name\": \"work_ms\"", "\"name\": \"cores\"");
        writeFile(folder.filePath(u"a.json"_s), json);
        const Result<Catalogue> catalogue = Catalogue::load(folder.path());
        QVERIFY(catalogue.isOk());
        const TaskSet &set = catalogue.value().sets().front();
        QCOMPARE(set.parameter(u"cores"_s)->defaultValue, QJsonValue(400));
        const auto named = std::count_if(set.parameters.begin(), set.parameters.end(),
                                         [](const Parameter &p) { return p.name == "cores"_L1; });
        QCOMPARE(int(named), 1);
    }

    void theLongestIsNowhereLessThanTheShortest_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("least");
        QTest::addColumn<QString>("most");
        QTest::newRow("S05") << u"gather"_s << u"shortest_ms"_s << u"longest_ms"_s;
        QTest::newRow("S13") << u"async-http"_s << u"latency_min_ms"_s << u"latency_max_ms"_s;
        QTest::newRow("S24") << u"pool-saturation"_s << u"job_ms_min"_s << u"job_ms_max"_s;
    }
    void theLongestIsNowhereLessThanTheShortest()
    {
        QFETCH(QString, slug);
        QFETCH(QString, least);
        QFETCH(QString, most);
        const TaskSet set = m_catalogue.named(slug).value();
        const auto swapped = checkedParameters(set, {{least, u"200"_s}, {most, u"100"_s}});
        QVERIFY(!swapped);
        QCOMPARE(QString::fromStdString(swapped.error().message),
                 u"%1: 100 is less than %2, which is 200; it must be at least as much"_s.arg(
                     most, least));
        QVERIFY(checkedParameters(set, {{least, u"200"_s}, {most, u"200"_s}}).isOk());
    }

    void textsAreCheckedBeforeAnythingStarts_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isPossible");
        const auto row = [](const char *tag, const char *slug, const char *name,
                            const QString &text, bool isPossible) {
            QTest::newRow(tag) << QString::fromLatin1(slug) << QString::fromLatin1(name) << text
                               << isPossible;
        };
        row("times", "pipeline", "stage_ms", u"20,60,20"_s, true);
        row("one time", "pipeline", "stage_ms", u"7"_s, true);
        row("spaces and fractions", "pipeline", "stage_ms", u" 1.5 , 0.25,3 "_s, true);
        row("words", "pipeline", "stage_ms", u"20,slow,20"_s, false);
        row("a hole", "pipeline", "stage_ms", u"20,,20"_s, false);
        row("an end", "pipeline", "stage_ms", u"9,"_s, false);
        row("below nothing", "pipeline", "stage_ms", u"-1"_s, false);
        row("too long", "pipeline", "stage_ms", u"123456"_s, false);
        const auto database = [&](const char *tag, const QString &text, bool isPossible) {
            row(tag, "database", "database", text, isPossible);
        };
        database("embedded", QString(), true);
        database("server", u"mysql://me:a%3Ab@db.example:3307/shop"_s, true);
        database("socket", u"mariadb://root@localhost/shop?socket=/run/my%20sql.sock"_s, true);
        database("neither host nor user", u"mysql:///shop?socket=/run/s"_s, true);
        database("numbers as host", u"mysql://me@[::1]:65535/shop"_s, true);
        database("a file", u"/tmp/a.db"_s, false);
        database("another kind", u"postgres://me@host/db"_s, false);
        database("no database", u"mysql://me@host"_s, false);
        database("two databases", u"mysql://me@host/a/b"_s, false);
        database("no port", u"mysql://me@host:many/db"_s, false);
        database("too high a port", u"mysql://me@host:65536/db"_s, false);
        database("another option", u"mysql://me@host/db?ssl=1"_s, false);
        database("a relative socket", u"mysql://me@host/db?socket=a.sock"_s, false);
        database("a bare @", u"mysql://me:se@cret@host/db"_s, false);
    }
    void textsAreCheckedBeforeAnythingStarts()
    {
        QFETCH(QString, slug);
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(bool, isPossible);
        const auto values = checkedParameters(m_catalogue.named(slug).value(), {{name, text}});
        QVERIFY2(values.isOk() == isPossible, values ? "" : values.error().message.c_str());
        if (isPossible)
            return;
        const QString message = QString::fromStdString(values.error().message);
        QVERIFY2(message.startsWith(name + u": the text is not possible; expected is "_s),
                 qPrintable(message));
        QVERIFY2(!message.contains(text), qPrintable(message)); // it may hold a password
    }

    void aSetIsFoundBySlugIdAndTitle()
    {
        for (const QString &name : {u"primes"_s, u"PRIMES"_s, u"S06"_s, u"s06"_s, u"Primes"_s}) {
            const TaskSet *set = m_catalogue.find(name);
            QVERIFY2(set, qPrintable(name));
            QCOMPARE(set->slug, u"primes"_s);
        }
        QVERIFY(!m_catalogue.find(QString()));
        QCOMPARE(m_catalogue.named(u"Two sleepers"_s).value().id, u"S01"_s);
    }

    void anUnknownNameIsToldWithTheNearest()
    {
        const Result<TaskSet> slug = m_catalogue.named(u"prims"_s);
        QVERIFY(!slug);
        QCOMPARE(slug.error().code, ErrorCode::BadInput);
        QVERIFY(slug.error().message.find("nearest: primes") != std::string::npos);
        const Result<TaskSet> id = m_catalogue.named(u"S99"_s);
        QVERIFY(!id);
        QVERIFY(id.error().message.find("nearest: S") != std::string::npos);
    }

    void theListKeepsItsContract()
    {
        const QJsonObject list = m_catalogue.toJson();
        QCOMPARE(list.value("schema"_L1).toString(), u"interleave.list/1"_s);
        const QJsonArray sets = list.value("task_sets"_L1).toArray();
        QCOMPARE(sets.size(), qsizetype(40));
        const QJsonObject primes = sets[5].toObject();
        QCOMPARE(primes.value("id"_L1).toString(), u"S06"_s);
        QCOMPARE(primes.value("slug"_L1).toString(), u"primes"_s);
        QCOMPARE(primes.value("models"_L1).toArray().size(), qsizetype(6));
        const QJsonObject tasks = primes.value("params"_L1)[0].toObject();
        for (const QString &key :
             {u"name"_s, u"type"_s, u"default"_s, u"min"_s, u"max"_s, u"help"_s})
            QVERIFY2(tasks.contains(key), qPrintable(key));
        QCOMPARE(tasks.value("max"_L1).toInteger(), qint64(32));
        const QJsonObject dispatch = sets[23].toObject().value("params"_L1)[6].toObject();
        QCOMPARE(dispatch.value("name"_L1).toString(), u"dispatch"_s);
        QVERIFY(dispatch.value("min"_L1).isNull());
        QCOMPARE(dispatch.value("choices"_L1).toArray().size(), qsizetype(2));
        QCOMPARE(dispatch.value("only_with"_L1).toArray(),
                 (QJsonArray{u"model=pool"_s, u"scheduling=single"_s}));
        QVERIFY(!tasks.contains("only_with"_L1));
    }

    void aFolderWithoutSetsIsAnError()
    {
        const QTemporaryDir empty;
        QVERIFY(empty.isValid());
        QCOMPARE(Catalogue::load(empty.path()).error().code, ErrorCode::NotFound);
        QCOMPARE(Catalogue::load(empty.filePath(u"nothing"_s)).error().code, ErrorCode::NotFound);
    }

    void theFaultyFileIsNamed()
    {
        const QTemporaryDir folder;
        writeFile(folder.filePath(u"1-good.json"_s), resourceBytes(u"06-primes.json"_s));
        writeFile(folder.filePath(u"2-bad.json"_s), "{\n]");
        const Result<Catalogue> catalogue = Catalogue::load(folder.path());
        QVERIFY(!catalogue);
        QVERIFY(catalogue.error().message.starts_with("2-bad.json, line 2: "));
    }

    void twoSetsOfOneNameAreRefused()
    {
        const QTemporaryDir folder;
        writeFile(folder.filePath(u"a.json"_s), resourceBytes(u"06-primes.json"_s));
        writeFile(folder.filePath(u"b.json"_s), resourceBytes(u"06-primes.json"_s));
        const Result<Catalogue> catalogue = Catalogue::load(folder.path());
        QVERIFY(!catalogue);
        QVERIFY(catalogue.error().message.starts_with("b.json: another task set has the id S06"));
    }

private:
    Catalogue m_catalogue;
};

QTEST_GUILESS_MAIN(CatalogueTest)
#include "tst_catalogue.moc"
