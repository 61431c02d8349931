// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/recentcommands.h"

#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Interleave;

class TstRecentCommands : public QObject
{
    Q_OBJECT

private slots:
    void theNewestStandsFirstAndOnce();
    void tenAreKept();
    void oneCanBeTakenAway();
    void theyAreReadBackWithoutSecrets();
    void whatDoesNotReadIsLeftOut();
    void theEntryOfANewOneIsAlwaysThere();
};

namespace
{

CommandSpec commandOf(const QString &program)
{
    CommandSpec spec;
    spec.words = QStringList{program, QStringLiteral("an argument")};
    return spec;
}

} // namespace

void TstRecentCommands::theNewestStandsFirstAndOnce()
{
    RecentCommands recent;
    recent.note(commandOf(QStringLiteral("a")));
    recent.note(commandOf(QStringLiteral("b")));
    recent.note(commandOf(QStringLiteral("a")));
    QCOMPARE(recent.commands().size(), std::size_t(2));
    QCOMPARE(recent.commands().front().words.front(), QStringLiteral("a"));
    CommandSpec elsewhere = commandOf(QStringLiteral("a"));
    elsewhere.folder = QStringLiteral("/tmp");
    recent.note(elsewhere); // another command
    QCOMPARE(recent.commands().size(), std::size_t(3));
}

void TstRecentCommands::tenAreKept()
{
    RecentCommands recent;
    for (int i = 0; i < 11; ++i)
        recent.note(commandOf(QString::number(i)));
    QCOMPARE(recent.commands().size(), RecentCommands::kMost);
    QCOMPARE(recent.commands().back().words.front(), QStringLiteral("1"));
}

void TstRecentCommands::oneCanBeTakenAway()
{
    RecentCommands recent;
    recent.note(commandOf(QStringLiteral("a")));
    recent.note(commandOf(QStringLiteral("b")));
    const QString slug = RecentCommands::slugOf(commandOf(QStringLiteral("a")));
    QVERIFY(RecentCommands::isRecentSlug(slug));
    QVERIFY(recent.find(slug));
    recent.remove(slug);
    QVERIFY(!recent.find(slug));
    recent.remove(RecentCommands::newSlug()); // is none of them
    QCOMPARE(recent.commands().size(), std::size_t(1));
}

void TstRecentCommands::theyAreReadBackWithoutSecrets()
{
    const QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("a.ini")), QSettings::IniFormat);
    RecentCommands recent;
    CommandSpec spec = commandOf(QStringLiteral("my program"));
    spec.environment = QStringList{QStringLiteral("API_TOKEN=hush"), QStringLiteral("LANG=C")};
    spec.askPython = false;
    recent.note(spec);
    recent.note(commandOf(QStringLiteral("b")));
    recent.save(settings);
    settings.sync();
    QFile file(folder.filePath(QStringLiteral("a.ini")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("hush"));

    RecentCommands again;
    again.load(settings);
    QCOMPARE(again.commands().size(), std::size_t(2));
    QVERIFY(again.commands().front() == commandOf(QStringLiteral("b")));
    QCOMPARE(again.commands().back().words, spec.words);
    QCOMPARE(again.commands().back().environment, QStringList{QStringLiteral("LANG=C")});
    QVERIFY(!again.commands().back().askPython);
}

void TstRecentCommands::whatDoesNotReadIsLeftOut()
{
    const QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("a.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("commands/recent"),
                      QStringList{QStringLiteral("no json"), QStringLiteral("{\"words\": []}"),
                                  QStringLiteral("{\"words\": [\"ls\"]}")});
    RecentCommands recent;
    recent.load(settings);
    QCOMPARE(recent.commands().size(), std::size_t(1));
    QCOMPARE(recent.commands().front().words, QStringList{QStringLiteral("ls")});
}

void TstRecentCommands::theEntryOfANewOneIsAlwaysThere()
{
    RecentCommands recent;
    QCOMPARE(recent.entries().size(), std::size_t(1));
    QCOMPARE(recent.entries().front().slug, RecentCommands::newSlug());
    recent.note(commandOf(QStringLiteral("a")));
    const std::vector<TaskSet> entries = recent.entries();
    QCOMPARE(entries.size(), std::size_t(2));
    QCOMPARE(entries[0].group, entries[1].group);
    QCOMPARE(entries[1].title, QStringLiteral("a 'an argument'"));
    QVERIFY(RecentCommands::isProgramSlug(entries[0].slug));
    QVERIFY(!RecentCommands::isRecentSlug(entries[0].slug));
    QVERIFY(!RecentCommands::isProgramSlug(QStringLiteral("primes")));
}

QTEST_GUILESS_MAIN(TstRecentCommands)
#include "tst_recentcommands.moc"
