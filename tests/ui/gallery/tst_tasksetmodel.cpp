// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/recentcommands.h"
#include "ui/gallery/tasksetmodel.h"

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Interleave;

class TstTaskSetModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void everyGroupHasOneHeadingAboveItsSets();
    void headingsCannotBeSelected();
    void aFilterKeepsMatchingSetsAndTheirHeadings();
    void aFilterWantsEveryWord();
    void aFilterFindsModels();
    void aFilterThatMatchesNothingLeavesNoRows();
    void theSameFilterDoesNotResetTheModel();
    void anEmptyCatalogueHasNoRows();
    void otherSetsKeepTheFilter();
    void ownSetsAreToldFromBuiltInOnes();
    void aFileThatDoesNotReadSaysWhy();
    void aToolTipIsNeverMarkup();
    void programsStandBehindTheSetsAndAreNoneOfThem();
    void lookIsShortenedToItsFirstClause_data();
    void lookIsShortenedToItsFirstClause();
};

namespace
{

TaskSet makeSet(const char *slug, const char *group, const char *title)
{
    TaskSet set;
    set.slug = QString::fromLatin1(slug);
    set.group = QString::fromLatin1(group);
    set.title = QString::fromLatin1(title);
    set.look = QStringLiteral("Thin ticks in long waits: the cores are idle.");
    set.models = QStringList{QStringLiteral("threads")};
    return set;
}

/// Two groups whose sets do not follow each other in the catalogue.
std::vector<TaskSet> threeSets()
{
    std::vector<TaskSet> sets{makeSet("sleepers", "Basics", "Two sleepers"),
                              makeSet("primes", "Computing", "Primes"),
                              makeSet("named", "Basics", "Named workers")};
    sets[1].models << QStringLiteral("processes");
    return sets;
}

QStringList titles(const TaskSetModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list << model.index(row).data().toString();
    return list;
}

} // namespace

void TstTaskSetModel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TstTaskSetModel::everyGroupHasOneHeadingAboveItsSets()
{
    TaskSetModel model(threeSets());
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QStringList expected{QStringLiteral("Basics"), QStringLiteral("Two sleepers"),
                               QStringLiteral("Named workers"), QStringLiteral("Computing"),
                               QStringLiteral("Primes")};
    QCOMPARE(titles(model), expected);
    QVERIFY(model.index(0).data(TaskSetModel::IsHeadingRole).toBool());
    QVERIFY(!model.index(1).data(TaskSetModel::IsHeadingRole).toBool());
    QCOMPARE(model.rowOf(QStringLiteral("named")), 2);
    QCOMPARE(model.rowOf(QStringLiteral("unknown")), -1);
    QCOMPARE(model.firstSetRow(), 1);
}

void TstTaskSetModel::headingsCannotBeSelected()
{
    const TaskSetModel model(threeSets());
    QVERIFY(model.flags(model.index(0)) == Qt::NoItemFlags);
    QVERIFY(model.flags(model.index(1)).testFlag(Qt::ItemIsSelectable));
    QVERIFY(model.index(0).data(TaskSetModel::SlugRole).toString().isEmpty());
}

void TstTaskSetModel::aFilterKeepsMatchingSetsAndTheirHeadings()
{
    TaskSetModel model(threeSets());
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFilter(QStringLiteral("PRIM"));
    QCOMPARE(titles(model), (QStringList{QStringLiteral("Computing"), QStringLiteral("Primes")}));
    model.setFilter(QString());
    QCOMPARE(model.rowCount(), 5);
}

void TstTaskSetModel::aFilterWantsEveryWord()
{
    TaskSetModel model(threeSets());
    model.setFilter(QStringLiteral("  basics   workers "));
    QCOMPARE(titles(model),
             (QStringList{QStringLiteral("Basics"), QStringLiteral("Named workers")}));
}

void TstTaskSetModel::aFilterFindsModels()
{
    TaskSetModel model(threeSets());
    model.setFilter(QStringLiteral("processes"));
    QCOMPARE(model.rowOf(QStringLiteral("primes")), 1);
    QCOMPARE(model.rowCount(), 2);
}

void TstTaskSetModel::aFilterThatMatchesNothingLeavesNoRows()
{
    TaskSetModel model(threeSets());
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFilter(QStringLiteral("zebra"));
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.firstSetRow(), -1);
    QCOMPARE(model.setCount(), 3);
}

void TstTaskSetModel::theSameFilterDoesNotResetTheModel()
{
    TaskSetModel model(threeSets());
    model.setFilter(QStringLiteral("primes"));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.setFilter(QStringLiteral(" primes "));
    QCOMPARE(resets.count(), 0);
}

void TstTaskSetModel::anEmptyCatalogueHasNoRows()
{
    const TaskSetModel model({});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.firstSetRow(), -1);
}

void TstTaskSetModel::otherSetsKeepTheFilter()
{
    TaskSetModel model(threeSets());
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFilter(QStringLiteral("primes"));
    std::vector<TaskSet> sets = threeSets();
    sets.push_back(makeSet("mine/my-primes", "Mine", "My primes"));
    model.setSets(sets);
    QCOMPARE(titles(model),
             (QStringList{QStringLiteral("Computing"), QStringLiteral("Primes"),
                          QStringLiteral("Mine"), QStringLiteral("My primes")}));
    QCOMPARE(model.setCount(), 4);
    model.setSets({});
    QCOMPARE(model.rowCount(), 0);
}

void TstTaskSetModel::ownSetsAreToldFromBuiltInOnes()
{
    std::vector<TaskSet> sets = threeSets();
    sets.push_back(makeSet("mine/here", "Mine", "Here"));
    sets.back().path = QStringLiteral("/data/here.json");
    sets.push_back(makeSet("mine/there", "Mine", "There"));
    sets.back().path = QStringLiteral("/home/there.json");
    sets.back().isLinked = true;
    const TaskSetModel model(sets);
    const auto isSo = [&](const char *slug, int role) {
        return model.index(model.rowOf(QString::fromLatin1(slug))).data(role).toBool();
    };
    QVERIFY(!isSo("primes", TaskSetModel::IsOwnRole));
    QVERIFY(isSo("mine/here", TaskSetModel::IsOwnRole));
    QVERIFY(!isSo("mine/here", TaskSetModel::IsLinkedRole));
    QVERIFY(isSo("mine/there", TaskSetModel::IsLinkedRole));
    QVERIFY(isSo("mine/there", TaskSetModel::IsUsableRole));
    QVERIFY(!model.index(0).data(TaskSetModel::IsUsableRole).toBool());
}

void TstTaskSetModel::aFileThatDoesNotReadSaysWhy()
{
    TaskSet set = makeSet("mine/bad-json", "Mine", "bad.json");
    set.path = QStringLiteral("/data/bad.json");
    set.fault = QStringLiteral("bad.json, line 3: this is not JSON");
    set.look = set.fault;
    set.summary = QStringLiteral("not usable");
    const TaskSetModel model({set});
    const QModelIndex index = model.index(1);
    QVERIFY(!index.data(TaskSetModel::IsUsableRole).toBool());
    QCOMPARE(index.data(Qt::ToolTipRole).toString(), set.fault);
    QCOMPARE(index.data(TaskSetModel::LookRole).toString(), set.summary);
    // It can be chosen, so that the keyboard reaches it and its fault is read.
    QVERIFY(model.flags(index).testFlag(Qt::ItemIsSelectable));
}

void TstTaskSetModel::programsStandBehindTheSetsAndAreNoneOfThem()
{
    TaskSetModel model(threeSets());
    RecentCommands recent;
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("make"), QStringLiteral("-j2")};
    recent.note(spec);
    model.setPrograms(recent.entries());
    QCOMPARE(model.setCount(), 3);
    QCOMPARE(titles(model).last(), QStringLiteral("make -j2"));
    QVERIFY(model.contains(RecentCommands::newSlug()));
    const QModelIndex entry = model.index(model.rowOf(RecentCommands::newSlug()));
    QVERIFY(!entry.data(TaskSetModel::IsRecentRole).toBool()); // it cannot be taken away
    QVERIFY(!entry.data(TaskSetModel::IsOwnRole).toBool());
    const QModelIndex made = model.index(model.rowOf(RecentCommands::slugOf(spec)));
    QVERIFY(made.data(TaskSetModel::IsRecentRole).toBool());
    model.setSets({makeSet("other", "Basics", "Other")});
    QCOMPARE(model.setCount(), 1);
    QCOMPARE(titles(model).last(), QStringLiteral("make -j2"));
    recent.remove(RecentCommands::slugOf(spec));
    model.setPrograms(recent.entries());
    QCOMPARE(model.setCount(), 1);
    QVERIFY(!model.contains(RecentCommands::slugOf(spec)));
}

void TstTaskSetModel::aToolTipIsNeverMarkup()
{
    TaskSet set = makeSet("mine/x", "Mine", "X");
    set.look = QStringLiteral("<img src='x'> & more");
    const TaskSetModel model({set});
    const QString tip = model.index(1).data(Qt::ToolTipRole).toString();
    QVERIFY(!tip.contains(QStringLiteral("<img")));
    QVERIFY(tip.contains(QStringLiteral("&lt;img")));
}

void TstTaskSetModel::lookIsShortenedToItsFirstClause_data()
{
    QTest::addColumn<QString>("look");
    QTest::addColumn<QString>("expected");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("one sentence") << QStringLiteral("Bars fill as the share rises.")
                                  << QStringLiteral("Bars fill as the share rises");
    QTest::newRow("two clauses") << QStringLiteral("Only thin ticks; the rest is waiting.")
                                 << QStringLiteral("Only thin ticks");
    QTest::newRow("early colon") << QStringLiteral("CPU-bound: what do more cores buy?")
                                 << QStringLiteral("CPU-bound: what do more cores buy?");
    QTest::newRow("point in a number") << QStringLiteral("Waits of 0.5 seconds each")
                                       << QStringLiteral("Waits of 0.5 seconds each");
}

void TstTaskSetModel::lookIsShortenedToItsFirstClause()
{
    QFETCH(QString, look);
    QFETCH(QString, expected);
    QCOMPARE(TaskSetModel::shortLook(look), expected);
}

QTEST_GUILESS_MAIN(TstTaskSetModel)
#include "tst_tasksetmodel.moc"
