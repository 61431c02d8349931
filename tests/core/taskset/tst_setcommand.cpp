// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/catalogue.h"
#include "core/taskset/setcommand.h"
#include "core/taskset/tasksetschema.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

/// The words of a set that starts a program, and what is put in their places.
class SetCommandTest : public QObject
{
    Q_OBJECT

private:
    static TaskSet setWith(const QStringList &words)
    {
        TaskSet set;
        set.id = u"P99"_s;
        set.slug = u"a-program"_s;
        set.command.emplace().words = words;
        return set;
    }
    static QByteArray fileOf(const char *name)
    {
        QFile file(u":/tasksets/"_s + QLatin1String(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void theInterpreterAndTheFolderStandInTheirPlaces()
    {
        const TaskSet set =
            setWith({u"{python}"_s, u"{examples}/a.py"_s, u"--with={python}"_s, u"{tasks}"_s});
        QCOMPARE(placeholdersOf(*set.command),
                 (QStringList{u"python"_s, u"examples"_s, u"tasks"_s}));
        // What is put there is not looked at again, and no word is cut.
        const CommandSpec spec =
            commandOf(set, {{u"tasks"_s, 3}}, u"/e {python}"_s, u"/opt/my {tasks}/python3"_s);
        QCOMPARE(spec.words,
                 (QStringList{u"/opt/my {tasks}/python3"_s, u"/e {python}/a.py"_s,
                              u"--with=/opt/my {tasks}/python3"_s, u"3"_s}));
    }

    void withoutAnInterpreterTheWordsAreForAPerson()
    {
        const CommandSpec spec =
            commandOf(setWith({u"{python}"_s, u"{examples}/a.py"_s}), {}, u"{examples}"_s);
        QCOMPARE(spec.words, (QStringList{u"python3"_s, u"{examples}/a.py"_s}));
    }

    void theWordsOfAFileOfOnesOwnStayAsTheyAre()
    {
        TaskSet set = setWith({u"python3"_s, u"{python}"_s});
        set.id.clear();
        QCOMPARE(commandOf(set, {}, u"/e"_s, u"/p"_s).words,
                 (QStringList{u"python3"_s, u"{python}"_s}));
        set.basedOn = u"a-program"_s; // then the words are those of the built-in one
        QCOMPARE(commandOf(set, {}, u"/e"_s, u"/p"_s).words, (QStringList{u"python3"_s, u"/p"_s}));
    }

    void everyPythonExampleIsStartedByTheInterpreterItself()
    {
        int examples = 0;
        const Catalogue catalogue = Catalogue::load().value();
        for (const TaskSet &set : catalogue.sets()) {
            if (set.group != u"Python"_s)
                continue;
            ++examples;
            QVERIFY2(set.command.has_value(), qPrintable(set.slug));
            QCOMPARE(set.command->words.first(), u"{python}"_s);
        }
        QVERIFY(examples > 0);
    }

    void aFileMayNameTheInterpreterAndNothingUnknown()
    {
        QByteArray json = fileOf("P01-python-threads.json");
        QVERIFY(json.contains("\"{python}\""));
        QVERIFY(parseTaskSet(json, u"test.json"_s).isOk());
        json.replace("\"{python}\"", "\"{perl}\"");
        const Result<TaskSet> set = parseTaskSet(json, u"test.json"_s);
        QVERIFY(!set.isOk());
        QVERIFY(QString::fromStdString(set.error().message).contains(u"{perl}"_s));
    }

    void theSchemaSaysWhatStandsForWhat()
    {
        const QByteArray schema = QJsonDocument(taskSetSchema()).toJson();
        for (const char *name : {"{name}", "{examples}", "{python}"})
            QVERIFY2(schema.contains(name), name);
    }
};

QTEST_GUILESS_MAIN(SetCommandTest)
#include "tst_setcommand.moc"
