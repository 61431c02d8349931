// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/ownsets.h"
#include "core/taskset/setcommand.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

/// A set based on another, one member a line: "tasks" stands on line 8.
QByteArray derivedJson()
{
    return R"({
    "schema": "interleave.taskset/1",
    "based_on": "pool-saturation",
    "title": "Two workers",
    "model": "pool",
    "look": "Only two.",
    "params": {
        "jobs": 12,
        "workers": 2,
        "job_ms_min": 1,
        "job_ms_max": 2
    }
}
)";
}

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray derivedFrom(const QByteArray &slug, const QByteArray &title)
{
    return "{\"schema\": \"interleave.taskset/1\", \"based_on\": \"" + slug + "\", \"title\": \""
        + title + "\"}";
}

/// The file of the built-in set with that number.
QJsonObject builtInObject(const QString &id)
{
    const QDir folder(u":/tasksets"_s);
    const QStringList names = folder.entryList({u"*.json"_s});
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        if (object.value("id"_L1).toString() == id)
            return object;
    }
    return {};
}

} // namespace

class TaskSetFileTest : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] Result<TaskSet> parse(const QByteArray &json) const
    {
        return parseOwnTaskSet(json, u"mine.json"_s, m_catalogue);
    }

    [[nodiscard]] QString messageOf(const QByteArray &json) const
    {
        const Result<TaskSet> set = parse(json);
        return set ? u"accepted"_s : QString::fromStdString(set.error().message);
    }

    Catalogue m_catalogue;

private slots:
    void initTestCase() { m_catalogue = Catalogue::load().value(); }

    void aDerivedSetIsItsBaseWithOtherValues()
    {
        const Result<TaskSet> read = parse(derivedJson());
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const TaskSet &set = read.value();
        const TaskSet &base = *m_catalogue.find(u"pool-saturation"_s);
        QCOMPARE(set.title, u"Two workers"_s);
        QCOMPARE(set.slug, u"mine/two-workers"_s);
        QCOMPARE(set.group, u"Mine"_s);
        QVERIFY(set.id.isEmpty());
        QCOMPARE(set.basedOn, base.slug);
        QCOMPARE(set.work(), base.slug);
        QCOMPARE(set.name(), set.slug);
        QCOMPARE(base.name(), base.id);
        QCOMPARE(set.models, base.models);
        QCOMPARE(set.defaultModel, u"pool"_s);
        QCOMPARE(set.look, u"Only two."_s);
        QCOMPARE(set.question, base.question);
        QCOMPARE(set.parameters.size(), base.parameters.size());
        QCOMPARE(set.defaults().value("jobs"_L1), QJsonValue(12));
        QCOMPARE(set.defaults().value("seed"_L1), base.defaults().value("seed"_L1));
        QCOMPARE(checkedParameters(set, {}).value(), set.defaults());
        QVERIFY(checkRunnable(set).isOk());
    }

    void onlyWhatItSaysIsNeeded()
    {
        const Result<TaskSet> set = parse(derivedFrom("S06", "Short"));
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        const TaskSet &primes = *m_catalogue.find(u"primes"_s);
        QCOMPARE(set.value().basedOn, u"primes"_s);
        QCOMPARE(set.value().defaultModel, primes.defaultModel);
        QCOMPARE(set.value().defaults(), primes.defaults());
        QCOMPARE(set.value().summary, u"based on Primes"_s);
    }

    void aFaultIsNamedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *from, const char *to,
                            const QString &expected) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << expected;
        };
        row("unknown key", "\"look\"", "\"lok\"", u"line 6: \"lok\" is not a key of this format"_s);
        row("unknown base", "pool-saturation", "pool-satiation",
            u"line 3: \"based_on\" names no built-in task set: \"pool-satiation\"; "
            u"nearest: pool-saturation"_s);
        row("no base", "    \"based_on\": \"pool-saturation\",\n", "",
            u"line 1: lacks the key \"based_on\""_s);
        row("no title", "    \"title\": \"Two workers\",\n", "",
            u"line 1: lacks the key \"title\""_s);
        row("title of two lines", "Two workers", "Two\\nworkers",
            u"line 4: \"title\" must be one line of at most 80 characters"_s);
        row("unknown model", "\"model\": \"pool\"", "\"model\": \"fibres\"",
            u"line 5: \"model\" is none that pool-saturation has: \"fibres\"; it has "_s);
        row("unknown parameter", "\"workers\"", "\"wokers\"",
            u"line 9: \"params.wokers\" is not a parameter of pool-saturation; nearest: workers"_s);
        row("out of range", "\"workers\": 2", "\"workers\": 999",
            u"line 9: \"params.workers\" cannot be so: 999 is out of range, "_s);
        row("no whole number", "\"workers\": 2", "\"workers\": 2.5",
            u"line 9: \"params.workers\" cannot be so: \"2.5\" is not a whole number"_s);
        row("text for a number", "\"workers\": 2", "\"workers\": \"2\"",
            u"line 9: \"params.workers\" must be a number"_s);
        row("list for a number", "\"workers\": 2", "\"workers\": [2]",
            u"line 9: \"params.workers\" must be a number, true or false, or a text, not a list"_s);
        row("number for a choice", "\"workers\": 2", "\"dispatch\": 2",
            u"line 9: \"params.dispatch\" must be a text"_s);
        row("no such choice", "\"workers\": 2", "\"dispatch\": \"trains\"",
            u"line 9: \"params.dispatch\" cannot be so: \"trains\" is not possible"_s);
        row("least above most", "\"job_ms_min\": 1", "\"job_ms_min\": 3",
            u"line 11: \"params.job_ms_max\" cannot be so: job_ms_max: 2 is less than "
            u"job_ms_min, which is 3"_s);
        row("least above the other's default", "\"job_ms_min\": 1,\n        \"job_ms_max\": 2",
            "\"job_ms_min\": 30",
            u"line 10: \"params.job_ms_min\" cannot be so: job_ms_max: 20 is less than "
            u"job_ms_min, which is 30"_s);
        row("a value twice", "\"workers\": 2,", "\"workers\": 2,\n\"workers\": 2,",
            u"line 10: \"params.workers\" stands here a second time"_s);
        row("other format", "interleave.taskset/1", "interleave.list/1",
            u"line 2: \"schema\" must be \"interleave.taskset/1\", not \"interleave.list/1\""_s);
        row("no JSON", "\"jobs\": 12,", "\"jobs\" 12,", u"line 8: this is not JSON"_s);
    }
    void aFaultIsNamedWithItsLine()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, expected);
        QVERIFY(derivedJson().contains(from));
        QByteArray json = derivedJson();
        json.replace(from, to);
        const QString message = messageOf(json);
        QVERIFY2(message.startsWith(QString(u"mine.json, "_s + expected)), qPrintable(message));
    }

    void aCommandIsKeptAndNotRunUnasked()
    {
        const Result<TaskSet> read = parse(
            R"({"schema": "interleave.taskset/1", "title": "Greet",
                "command": ["python3", "my script.py", ""], "working_folder": "/tmp",
                "environment": {"GREETING": "hello"}, "question": "Who?"})");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const TaskSet &set = read.value();
        QVERIFY(set.command.has_value());
        QCOMPARE(set.command->words, (QStringList{u"python3"_s, u"my script.py"_s, QString()}));
        QCOMPARE(set.command->folder, u"/tmp"_s);
        QCOMPARE(set.command->environment, QStringList{u"GREETING=hello"_s});
        QVERIFY(set.command->askPython);
        QVERIFY(!set.command->showLocks);
        QCOMPARE(set.slug, u"mine/greet"_s);
        QCOMPARE(set.models, QStringList{u"command"_s});
        QCOMPARE(set.question, u"Who?"_s);
        QVERIFY(!modelTitle(set.defaultModel).isEmpty());
        const Result<void> runnable = checkRunnable(set);
        QVERIFY(!runnable.isOk());
        const QString message = QString::fromStdString(runnable.error().message);
        QVERIFY(message.contains(u"python3 'my script.py' ''"_s));
        QVERIFY(message.contains(u"does not run commands"_s));
        QVERIFY(message.contains(u"interleave record -- python3 'my script.py' ''"_s));
    }

    void aCommandSaysHowItIsRecorded()
    {
        const Result<TaskSet> read = parse(
            R"({"schema": "interleave.taskset/1", "title": "Greet", "command": ["cat", "{x}"],
                "input_file": "/etc/hostname", "ask_python": false, "show_locks": true,
                "follow": true})");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const CommandSpec &command = *read.value().command;
        QCOMPARE(command.inputFile, u"/etc/hostname"_s);
        QVERIFY(!command.askPython && command.showLocks && command.follow);
        // Its words stand for nothing but themselves.
        QCOMPARE(commandOf(read.value(), {{u"x"_s, u"value"_s}}, u"/e"_s).words,
                 (QStringList{u"cat"_s, u"{x}"_s}));
    }

    void aProgramOfABuiltInSetIsNotTheFilesToChange()
    {
        const TaskSet *program = nullptr;
        for (const TaskSet &set : m_catalogue.sets()) {
            if (set.command)
                program = &set;
        }
        if (!program)
            QSKIP("no built-in set starts a program");
        const QByteArray json =
            ownTaskSetJson(*program, *program, u"My own"_s, u"command"_s, program->defaults());
        const Result<TaskSet> derived = parse(json);
        QVERIFY2(derived.isOk(), derived ? "" : derived.error().message.c_str());
        QVERIFY(derived.value().command == program->command);
        QVERIFY(!checkRunnable(derived.value()).isOk()); // it is a file that starts a program
        QVERIFY(checkRunnable(*program).isOk());

        QJsonObject object = builtInObject(program->id);
        QVERIFY(!object.isEmpty());
        QVERIFY(parse(QJsonDocument(object).toJson()).isOk());
        QJsonObject command = object.value("command"_L1).toObject();
        command.insert("words"_L1, QJsonArray{u"rm"_s, u"-r"_s});
        object.insert("command"_L1, command);
        const QString message = messageOf(QJsonDocument(object).toJson());
        QVERIFY2(message.contains(u"\"command\" is not that of"_s), qPrintable(message));
    }

    void aBuiltInFileIsTakenAsOnesOwn()
    {
        QFile file(u":/tasksets/06-primes.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray json = file.readAll();
        const Result<TaskSet> set = parse(json);
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QCOMPARE(set.value().slug, u"mine/primes"_s);
        QCOMPARE(set.value().work(), u"primes"_s);

        QByteArray wider = json;
        wider.replace("\"max\": 32", "\"max\": 33");
        QVERIFY(wider != json);
        QVERIFY2(messageOf(wider).contains(u"allows more than \"tasks\" of primes does"_s),
                 qPrintable(messageOf(wider)));
        QByteArray narrower = json;
        narrower.replace("\"max\": 32", "\"max\": 8");
        QCOMPARE(parse(narrower).value().parameter(u"tasks"_s)->maximum, 8.0);
        QByteArray foreign = json;
        foreign.replace("\"slug\": \"primes\"", "\"slug\": \"my-primes\"");
        QVERIFY2(messageOf(foreign).contains(u"\"slug\" names no built-in task set"_s),
                 qPrintable(messageOf(foreign)));
    }

    void aBuiltInFileCannotAllowMoreByLeavingOutWhatIsChecked()
    {
        QFile file(u":/tasksets/30-pipeline.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        QJsonArray params = object.value("params"_L1).toArray();
        for (qsizetype i = 0; i < params.size(); ++i) {
            QJsonObject param = params[i].toObject();
            if (param.value("name"_L1) != "stage_ms"_L1)
                continue;
            param.remove("pattern"_L1);
            param.remove("expected"_L1);
            params[i] = param;
        }
        object.insert("params"_L1, params);
        const Result<TaskSet> set = parse(QJsonDocument(object).toJson());
        QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
        QVERIFY(!checkedParameters(set.value(), {{u"stage_ms"_s, u"slow"_s}}));
        QByteArray json = QJsonDocument(object).toJson();
        json.replace("20,60,20", "slow,slow");
        QVERIFY2(messageOf(json).contains(u"stage_ms: the text is not possible"_s),
                 qPrintable(messageOf(json)));
    }

    void whatIsSavedIsReadBack()
    {
        for (const TaskSet &base : m_catalogue.sets()) {
            const QByteArray json = ownTaskSetJson(base, base, u"Saved \"so\" \\ és"_s,
                                                   base.models.last(), base.defaults());
            const Result<TaskSet> set = parse(json);
            QVERIFY2(set.isOk(), set ? "" : set.error().message.c_str());
            QCOMPARE(set.value().title, u"Saved \"so\" \\ és"_s);
            QCOMPARE(set.value().defaultModel, base.models.last());
            QCOMPARE(set.value().defaults(), base.defaults());
            QCOMPARE(set.value().look, base.look);
            // Again from the own set: what it says of its own is kept, what it inherits is not copied.
            const QByteArray again = ownTaskSetJson(set.value(), base, set.value().title,
                                                    set.value().defaultModel, base.defaults());
            QCOMPARE(again, json);
        }
    }

    void textsOfItsOwnAreKeptWhenSavedAgain()
    {
        const TaskSet set = parse(derivedJson()).value();
        const TaskSet &base = *m_catalogue.find(set.basedOn);
        const TaskSet again =
            parse(ownTaskSetJson(set, base, u"Other"_s, u"pool"_s, set.defaults())).value();
        QCOMPARE(again.look, u"Only two."_s);
        QCOMPARE(again.defaults(), set.defaults());
    }

    void aSlugIsMadeOfTheTitle_data()
    {
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("slug");
        QTest::newRow("words") << u"Two fast sleepers!"_s << u"mine/two-fast-sleepers"_s;
        QTest::newRow("accents") << u"Éxito — año 2"_s << u"mine/exito-ano-2"_s;
        QTest::newRow("signs around") << u"  (mine)  "_s << u"mine/mine"_s;
        QTest::newRow("a path") << u"../../etc/passwd"_s << u"mine/etc-passwd"_s;
    }
    void aSlugIsMadeOfTheTitle()
    {
        QFETCH(QString, title);
        QFETCH(QString, slug);
        QCOMPARE(ownSlug(title), slug);
    }

    void titlesInOtherScriptsHaveSlugsOfTheirOwn()
    {
        const QString one = ownSlug(u"素数"_s);
        QCOMPARE(one.size(), QString(u"mine/"_s).size() + 8);
        QVERIFY(one != ownSlug(u"眠る"_s));
        QCOMPARE(one, ownSlug(u"素数"_s));
    }

    void aFolderIsReadWholeWhateverIsInIt()
    {
        const QTemporaryDir folder;
        const QTemporaryDir elsewhere;
        writeFile(folder.filePath(u"b.json"_s), derivedFrom("primes", "Beta"));
        writeFile(folder.filePath(u"a.json"_s), derivedFrom("primes", "alpha"));
        writeFile(folder.filePath(u"broken.json"_s), "{\n\n]");
        writeFile(folder.filePath(u"twin.json"_s), derivedFrom("ordering", "Alpha"));
        writeFile(folder.filePath(u"notes.txt"_s), "no task set");
        writeFile(elsewhere.filePath(u"linked.json"_s), derivedFrom("primes", "Linked"));
        const QStringList files{elsewhere.filePath(u"linked.json"_s),
                                elsewhere.filePath(u"gone.json"_s), folder.filePath(u"a.json"_s)};
        Catalogue catalogue = m_catalogue;
        const std::size_t builtIn = catalogue.sets().size();
        catalogue.setOwnSets(readOwnTaskSets(folder.path(), files, catalogue));
        QStringList titles;
        for (std::size_t i = builtIn; i < catalogue.sets().size(); ++i)
            titles.append(catalogue.sets()[i].title);
        QCOMPARE(titles.join(u' '), u"alpha Beta Linked broken.json twin.json"_s);

        QVERIFY(catalogue.find(u"mine/linked"_s)->isLinked);
        QVERIFY(!catalogue.find(u"mine/beta"_s)->isLinked);
        const TaskSet *broken = catalogue.findFile(folder.filePath(u"broken.json"_s));
        QVERIFY(broken);
        QVERIFY2(broken->fault.startsWith("broken.json, line 3: "_L1), qPrintable(broken->fault));
        QCOMPARE(broken->look, broken->fault);
        QCOMPARE(broken->group, ownGroup());
        QVERIFY(!catalogue.named(broken->slug).isOk());
        QVERIFY(!checkRunnable(*broken).isOk());
        const TaskSet *twin = catalogue.findFile(folder.filePath(u"twin.json"_s));
        QVERIFY(twin && twin->fault.contains(u"mine/alpha"_s) && twin->fault.contains(u"a.json"_s));
        // Read again, they do not add up.
        catalogue.setOwnSets(readOwnTaskSets(folder.path(), files, catalogue));
        QCOMPARE(catalogue.sets().size(), builtIn + 5);
        catalogue.setOwnSets({});
        QCOMPARE(catalogue.sets().size(), builtIn);
    }

    void theListTellsOwnSetsAndWhatIsNotUsable()
    {
        const QTemporaryDir folder;
        writeFile(folder.filePath(u"good.json"_s), derivedFrom("primes", "Good"));
        writeFile(folder.filePath(u"bad.json"_s), "[]");
        Catalogue catalogue = m_catalogue;
        catalogue.setOwnSets(readOwnTaskSets(folder.path(), {}, catalogue));
        const QJsonObject list = catalogue.toJson();
        const QJsonObject good = list.value("task_sets"_L1).toArray().last().toObject();
        QCOMPARE(good.value("slug"_L1).toString(), u"mine/good"_s);
        QCOMPARE(good.value("based_on"_L1).toString(), u"primes"_s);
        QCOMPARE(good.value("file"_L1).toString(), folder.filePath(u"good.json"_s));
        const QJsonArray bad = list.value("not_usable"_L1).toArray();
        QCOMPARE(bad.size(), qsizetype(1));
        QVERIFY(bad[0].toObject().value("error"_L1).toString().startsWith("bad.json, line 1"_L1));
    }

    void aFolderThatIsNotThereHoldsNothing()
    {
        QVERIFY(readOwnTaskSets(u"/nowhere/at/all"_s, {}, m_catalogue).empty());
        QVERIFY(readOwnTaskSets(QString(), {}, m_catalogue).empty());
    }

    void whatIsNoFileIsToldAtOnce()
    {
        const QTemporaryDir folder;
        const auto missing = readOwnTaskSet(folder.filePath(u"no.json"_s), m_catalogue);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QCOMPARE(readOwnTaskSet(folder.path(), m_catalogue).error().code, ErrorCode::BadInput);
        QCOMPARE(readOwnTaskSet(u"/dev/zero"_s, m_catalogue).error().code, ErrorCode::BadInput);
        writeFile(folder.filePath(u"large.json"_s), QByteArray(2 << 20, ' '));
        const auto large = readOwnTaskSet(folder.filePath(u"large.json"_s), m_catalogue);
        QVERIFY(!large);
        QVERIFY(large.error().message.find("too large") != std::string::npos);
    }

    void anEmptyNameFindsNothingAmongOwnSets()
    {
        Catalogue catalogue = m_catalogue;
        TaskSet set = parse(derivedFrom("primes", "Own")).value();
        set.path = u"/x/own.json"_s;
        catalogue.setOwnSets({set});
        QVERIFY(!catalogue.find(QString()));
        QVERIFY(catalogue.find(u"own"_s));
        QVERIFY(!catalogue.named(u"S99"_s).isOk());
    }
};

QTEST_GUILESS_MAIN(TaskSetFileTest)
#include "tst_tasksetfile.moc"
