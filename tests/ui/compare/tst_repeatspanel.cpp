// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/histogramview.h"
#include "ui/compare/repeatsmodel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QProgressBar>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace Interleave;

class TstRepeatsPanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void beforeAnyRunItSaysWhatToDo();
    void eachRunHasARow();
    void aRunWithoutTheResultHasADash();
    void withoutNumbersTheColumnIsLeftOut();
    void thePreferredResultIsShown();
    void whatDiffersHasAHistogram();
    void equalRunsSaySo();
    void progressIsShownAndGoes();
    void aHistogramHasABarForEachValue();
    void aHistogramSaysItsNumbers();
    void aChangeOfThemeKeepsThePage();
};

namespace
{

RunReport makeRun(const QJsonObject &result, RunOutcome outcome = RunOutcome::Finished)
{
    RunReport report;
    report.outcome = outcome;
    report.result = result;
    report.statistics.wall = 120 * kMillisecond;
    return report;
}

QJsonObject lost(int count)
{
    return {{QStringLiteral("expected"), 2'000'000}, {QStringLiteral("lost"), count}};
}

QString cell(const RepeatsPanel &panel, int row, int column)
{
    return panel.model()->index(row, column).data().toString();
}

} // namespace

void TstRepeatsPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstRepeatsPanel::beforeAnyRunItSaysWhatToDo()
{
    const RepeatsPanel panel;
    QCOMPARE(panel.currentIndex(), 0);
    QVERIFY(!panel.findChild<QLabel *>(QStringLiteral("repeatsEmpty"))->text().isEmpty());
    QCOMPARE(panel.model()->rowCount(), 0);
}

void TstRepeatsPanel::eachRunHasARow()
{
    RepeatsPanel panel;
    const QAbstractItemModelTester tester(panel.model(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    RunReport bad = makeRun({}, RunOutcome::Deadlocked);
    bad.message = QStringLiteral("Alice waits for Bob");
    panel.showRepeats({makeRun(lost(909'202)), makeRun(lost(7)), bad});
    QCOMPARE(panel.currentIndex(), 1);
    QCOMPARE(panel.model()->rowCount(), 3);
    QCOMPARE(cell(panel, 0, RepeatsModel::RunColumn), QStringLiteral("1"));
    QCOMPARE(cell(panel, 0, RepeatsModel::WallColumn), durationLabel(120 * kMillisecond));
    QCOMPARE(cell(panel, 0, RepeatsModel::ResultColumn), QStringLiteral("909,202"));
    QCOMPARE(panel.model()
                 ->headerData(RepeatsModel::ResultColumn, Qt::Horizontal, Qt::DisplayRole)
                 .toString(),
             QStringLiteral("lost"));
    QCOMPARE(cell(panel, 2, RepeatsModel::OutcomeColumn), runOutcomeWords(RunOutcome::Deadlocked));
    QCOMPARE(panel.model()->index(2, 0).data(Qt::ToolTipRole).toString(), bad.message);
    QVERIFY(panel.findChild<QLabel *>(QStringLiteral("repeatsSentence"))
                ->text()
                .startsWith(QStringLiteral("3 runs: 2 finished, 1 deadlocked.")));
}

void TstRepeatsPanel::aRunWithoutTheResultHasADash()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun(lost(3)), makeRun({}, RunOutcome::Crashed)});
    QCOMPARE(cell(panel, 1, RepeatsModel::ResultColumn), dashMark());
}

void TstRepeatsPanel::withoutNumbersTheColumnIsLeftOut()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun({}), makeRun({})});
    QCOMPARE(panel.model()->columnCount(), int(RepeatsModel::ResultColumn));
}

void TstRepeatsPanel::thePreferredResultIsShown()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun(lost(3)), makeRun(lost(4))}, QStringLiteral("result.expected"));
    QCOMPARE(panel.model()->resultKey(), QStringLiteral("expected"));
}

void TstRepeatsPanel::whatDiffersHasAHistogram()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun(lost(3)), makeRun(lost(4)), makeRun({}, RunOutcome::Deadlocked)});
    QVERIFY(panel.findChild<HistogramView *>(QStringLiteral("histogram.lost")));
    QVERIFY(panel.findChild<HistogramView *>(QStringLiteral("histogram.outcome")));
    QVERIFY(!panel.findChild<HistogramView *>(QStringLiteral("histogram.expected")));
}

void TstRepeatsPanel::equalRunsSaySo()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun(lost(0)), makeRun(lost(0))});
    QVERIFY(!panel.findChild<HistogramView *>());
    const auto labels = panel.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().contains(QStringLiteral("same every time"));
    }));
}

void TstRepeatsPanel::progressIsShownAndGoes()
{
    RepeatsPanel panel;
    panel.showProgress({}, 0, 20);
    QCOMPARE(panel.currentIndex(), 1);
    const auto *text = panel.findChild<QLabel *>(QStringLiteral("repeatsProgress"));
    QVERIFY(!text->isHidden());
    QCOMPARE(text->text(), QStringLiteral("0 of 20 done"));
    panel.showProgress({makeRun(lost(3))}, 1, 20);
    QCOMPARE(panel.model()->rowCount(), 1);
    QCOMPARE(panel.findChild<QProgressBar *>()->value(), 1);
    panel.showRepeats({makeRun(lost(3)), makeRun(lost(4))});
    QVERIFY(text->isHidden());
    panel.showRepeats({});
    QCOMPARE(panel.currentIndex(), 0);
}

void TstRepeatsPanel::aHistogramHasABarForEachValue()
{
    const auto distributions = distributionsOf(
        {makeRun(lost(3)), makeRun(lost(3)), makeRun(lost(40)), makeRun(lost(900))});
    const Theme theme = Theme::make(Theme::Kind::Light);
    const Distribution &counts = distributions.back();
    QCOMPARE(counts.key, QStringLiteral("lost"));
    const Scene scene = histogramScene(counts, theme, 320);
    std::vector<SceneItem> bars;
    for (const SceneItem &item : scene.items) {
        if (item.kind == SceneItem::Kind::Rect && item.color == theme.accent.rgba())
            bars.push_back(item);
    }
    QCOMPARE(bars.size(), std::size_t(3));
    QVERIFY(bars[0].area.width() > 1.9 * bars[1].area.width());
    QCOMPARE(bars[1].area.width(), bars[2].area.width());
    QVERIFY(scene.size.height() >= bars[2].area.bottom());
    for (const SceneItem &item : scene.items)
        QVERIFY(item.area.right() <= 320 || item.kind == SceneItem::Kind::Label);
    QVERIFY(!histogramScene(counts, theme, 20).items.empty());
}

void TstRepeatsPanel::aHistogramSaysItsNumbers()
{
    const auto distributions = distributionsOf({makeRun(lost(3)), makeRun(lost(3))});
    const HistogramView view(distributions.back(), Theme::make(Theme::Kind::Dark));
    QVERIFY(view.accessibleName().startsWith(QStringLiteral("Lost")));
    QCOMPARE(view.accessibleDescription(), QStringLiteral("3: 2 times"));
}

void TstRepeatsPanel::aChangeOfThemeKeepsThePage()
{
    RepeatsPanel panel;
    panel.showRepeats({makeRun(lost(3)), makeRun(lost(4))});
    panel.setTheme(Theme::make(Theme::Kind::Projector));
    QCOMPARE(panel.model()->rowCount(), 2);
    QVERIFY(panel.findChild<HistogramView *>(QStringLiteral("histogram.lost")));
}

QTEST_MAIN(TstRepeatsPanel)
#include "tst_repeatspanel.moc"
