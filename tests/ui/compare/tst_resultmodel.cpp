// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/resultmodel.h"
#include "ui/inspector/statewords.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QRegularExpression>
#include <QTest>

#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

struct Runner {
    QString name;
    int laps = 0;
};

/// Runners with their laps; how fast they were nobody has measured.
class Runners : public ResultModel
{
public:
    enum Column { NameColumn, LapsColumn, SpeedColumn };

    Runners()
        : ResultModel(kHeads, nullptr)
    {
    }

    void set(std::vector<Runner> runners)
    {
        beginResetModel();
        m_runners = std::move(runners);
        resetRows(m_runners.size());
        endResetModel();
    }
    void append(const Runner &runner)
    {
        const int row = rowCount();
        beginInsertRows({}, row, row);
        m_runners.push_back(runner);
        appendRows(m_runners.size());
        endInsertRows();
        applyOrder();
    }
    [[nodiscard]] QStringList names() const
    {
        QStringList names;
        for (int row = 0; row < rowCount(); ++row)
            names << index(row, NameColumn).data().toString();
        return names;
    }

private:
    static constexpr Head kHeads[] = {
        {"Name", "Of the runner", true}, {"Laps", "How many", false}, {"Speed", "In all", false}};

    [[nodiscard]] QString text(std::size_t item, int column) const override
    {
        return column == NameColumn ? m_runners[item].name : QString::number(m_runners[item].laps);
    }
    [[nodiscard]] bool isUnknown(int column) const override { return column == SpeedColumn; }
    [[nodiscard]] bool isLess(std::size_t left, std::size_t right, int column) const override
    {
        return isText(column) ? m_runners[left].name < m_runners[right].name
                              : m_runners[left].laps < m_runners[right].laps;
    }
    [[nodiscard]] QVariant ownData(std::size_t item, int column, int role) const override
    {
        if (role == Qt::ToolTipRole && column == NameColumn)
            return m_runners[item].name.toUpper();
        return {};
    }

    std::vector<Runner> m_runners;
};

std::vector<Runner> threeRunners()
{
    return {{QStringLiteral("b"), 12}, {QStringLiteral("c"), 3}, {QStringLiteral("a"), 3}};
}

QStringList letters(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

} // namespace

class TstResultModel : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void withoutItemsThereAreColumnsAndNoRows()
    {
        Runners model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.columnCount(), 3);
        model.sort(Runners::LapsColumn, Qt::DescendingOrder);
        QCOMPARE(model.rowCount(), 0);
    }

    void headsAndCellsAreAlignedAlike()
    {
        Runners model;
        model.set(threeRunners());
        for (const int column : {Runners::NameColumn, Runners::LapsColumn}) {
            const Qt::Alignment side =
                column == Runners::NameColumn ? Qt::AlignLeft : Qt::AlignRight;
            const int expected = int(side | Qt::AlignVCenter);
            QCOMPARE(model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt(),
                     expected);
            QCOMPARE(model.index(0, column).data(Qt::TextAlignmentRole).toInt(), expected);
        }
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("Laps"));
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::ToolTipRole).toString(),
                 QStringLiteral("How many"));
        QVERIFY(!model.headerData(3, Qt::Horizontal, Qt::DisplayRole).isValid());
        QVERIFY(!model.headerData(-1, Qt::Horizontal, Qt::DisplayRole).isValid());
        QVERIFY(!model.headerData(0, Qt::Vertical, Qt::DisplayRole).isValid());
    }

    void theUnknownIsADashThatSaysSo()
    {
        Runners model;
        model.set(threeRunners());
        const QModelIndex speed = model.index(0, Runners::SpeedColumn);
        QCOMPARE(speed.data().toString(), dashMark());
        QCOMPARE(speed.data(Qt::ToolTipRole).toString(), unknownWords());
        QCOMPARE(speed.data(Qt::AccessibleTextRole).toString(), unknownWords());
        QVERIFY(!model.index(0, Runners::LapsColumn).data(Qt::ToolTipRole).isValid());
        QVERIFY(!model.index(0, Runners::LapsColumn).data(Qt::AccessibleTextRole).isValid());
    }

    void whatOnlyTheTableHasGoesFirst()
    {
        Runners model;
        model.set(threeRunners());
        QCOMPARE(model.index(0, Runners::NameColumn).data(Qt::ToolTipRole).toString(),
                 QStringLiteral("B"));
    }

    void rowsAreSortedByValuesAndEqualOnesStay()
    {
        Runners model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.set(threeRunners());
        model.sort(Runners::LapsColumn, Qt::AscendingOrder); // as texts 12 would be less than 3
        QCOMPARE(model.names(), letters("c a b"));
        model.sort(Runners::LapsColumn, Qt::DescendingOrder);
        QCOMPARE(model.names(), letters("b c a"));
        model.sort(Runners::NameColumn);
        QCOMPARE(model.names(), letters("a b c"));
        model.sort(3); // there is no such column: the order of the items
        QCOMPARE(model.names(), letters("b c a"));
    }

    void aNewRowFindsItsPlaceAndTheOthersKeepTheirSelection()
    {
        Runners model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.set(threeRunners());
        model.sort(Runners::LapsColumn, Qt::DescendingOrder);
        const QPersistentModelIndex selected = model.index(0, Runners::NameColumn);
        model.append({QStringLiteral("d"), 20});
        QCOMPARE(model.names(), letters("d b c a"));
        QCOMPARE(selected.row(), 1);
        QCOMPARE(selected.data().toString(), QStringLiteral("b"));
    }
};

QTEST_MAIN(TstResultModel)
#include "tst_resultmodel.moc"
