// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/outputpanel.h"

#include <QRegularExpression>
#include <QScrollBar>
#include <QTest>
#include <QTextBlock>
#include <QTextCursor>

using namespace Interleave;

class TstOutputPanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void asManyLinesAsThereIsRoomForAreAllKept();
    void oneMoreTakesTheOldestAwayAndSaysSo();
    void aFloodBetweenTwoUpdatesIsBounded();
    void theNoticeIsBroughtUpToDate();
    void aChangeOfThemeKeepsLinesAndNotice();
    void clearedLinesLeaveNoNotice();
    void thereIsAlwaysRoomForOneLine();
    void whatTheUserReadsStaysInPlace();
    void theWindowsPanelKeepsAHundredThousandLines();
    void theRestOfManyLinesComesByItself();
    void linesThatGoWhileOthersAreStillToComeAreTakenAway();
    void linesOfStandardErrorAreToldByAWordAndATint();
};

namespace
{

void add(OutputPanel &panel, int first, int last)
{
    for (int i = first; i <= last; ++i)
        panel.addLine(
            {QStringLiteral("0 s"), {}, kNoTask, QStringLiteral("line %1").arg(i), false});
}

QStringList linesOf(const OutputPanel &panel)
{
    return panel.toPlainText().split(u'\n');
}

/// Of `count` lines the ten newest are there, below a notice of how many are gone.
void verifyTenNewest(const OutputPanel &panel, int count)
{
    const QStringList lines = linesOf(panel);
    QCOMPARE(lines.size(), qsizetype(11));
    QVERIFY(lines.at(0).startsWith(QStringLiteral("%1 earlier").arg(count - 10)));
    QVERIFY(lines.at(1).endsWith(QStringLiteral("line %1").arg(count - 9)));
    QVERIFY(lines.last().endsWith(QStringLiteral("line %1").arg(count)));
}

} // namespace

void TstOutputPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstOutputPanel::asManyLinesAsThereIsRoomForAreAllKept()
{
    OutputPanel panel(nullptr, 10);
    add(panel, 1, 10);
    panel.flush();
    QCOMPARE(linesOf(panel).size(), qsizetype(10));
    QVERIFY(linesOf(panel).first().endsWith(QStringLiteral("line 1")));
    QCOMPARE(panel.goneCount(), std::uint64_t(0));
}

void TstOutputPanel::oneMoreTakesTheOldestAwayAndSaysSo()
{
    OutputPanel panel(nullptr, 10);
    add(panel, 1, 10);
    panel.flush();
    add(panel, 11, 11);
    panel.flush();
    verifyTenNewest(panel, 11);
    QVERIFY(linesOf(panel).at(0).contains(QStringLiteral("10")));
    QCOMPARE(panel.lineCount(), 10);
}

void TstOutputPanel::aFloodBetweenTwoUpdatesIsBounded()
{
    OutputPanel panel(nullptr, 10);
    add(panel, 1, 5);
    panel.flush();
    add(panel, 6, 400);
    panel.flush();
    verifyTenNewest(panel, 400);
}

void TstOutputPanel::theNoticeIsBroughtUpToDate()
{
    OutputPanel panel(nullptr, 10);
    for (int i = 1; i <= 30; ++i) {
        add(panel, i, i);
        panel.flush();
    }
    verifyTenNewest(panel, 30);
    QCOMPARE(panel.goneCount(), std::uint64_t(20));
}

void TstOutputPanel::aChangeOfThemeKeepsLinesAndNotice()
{
    OutputPanel panel(nullptr, 10);
    add(panel, 1, 12);
    panel.flush();
    const QString before = panel.toPlainText();
    panel.setTheme(Theme::make(Theme::Kind::Dark));
    QCOMPARE(panel.toPlainText(), before);
}

void TstOutputPanel::clearedLinesLeaveNoNotice()
{
    OutputPanel panel(nullptr, 10);
    add(panel, 1, 12);
    panel.flush();
    panel.clearLines();
    QCOMPARE(panel.goneCount(), std::uint64_t(0));
    add(panel, 1, 1);
    panel.flush();
    QCOMPARE(linesOf(panel).size(), qsizetype(1));
}

void TstOutputPanel::thereIsAlwaysRoomForOneLine()
{
    OutputPanel panel(nullptr, 0);
    add(panel, 1, 3);
    panel.flush();
    QCOMPARE(panel.lineCount(), 1);
    QVERIFY(linesOf(panel).last().endsWith(QStringLiteral("line 3")));
}

void TstOutputPanel::linesOfStandardErrorAreToldByAWordAndATint()
{
    OutputPanel panel;
    const Theme theme = Theme::make(Theme::Kind::Light);
    panel.setTheme(theme);
    panel.addLine({QStringLiteral("0.100 s"), {}, kNoTask, QStringLiteral("out"), false, false});
    panel.addLine({QStringLiteral("0.200 s"), {}, kNoTask, QStringLiteral("oops"), false, true});
    panel.flush();
    QCOMPARE(linesOf(panel).at(0), QStringLiteral("0.100 s\tout"));
    QCOMPARE(linesOf(panel).at(1), QStringLiteral("0.200 s\tstderr\toops"));
    const auto colorOf = [&](int line) { // of its last word
        QTextCursor cursor(panel.document()->findBlockByNumber(line));
        cursor.movePosition(QTextCursor::EndOfBlock);
        return cursor.charFormat().foreground().color();
    };
    QCOMPARE(colorOf(0), theme.text);
    QVERIFY(colorOf(1) != theme.text);
    QVERIFY(colorOf(1) != theme.alert); // it is no failure
    panel.selectAll();
    QVERIFY(panel.textCursor().selectedText().contains(QStringLiteral("oops"))); // to be copied
}

void TstOutputPanel::whatTheUserReadsStaysInPlace()
{
    OutputPanel panel(nullptr, 200);
    panel.resize(300, 100);
    panel.show();
    add(panel, 1, 200);
    panel.flush();
    QScrollBar *bar = panel.verticalScrollBar();
    QCOMPARE(bar->value(), bar->maximum()); // it follows
    bar->setValue(100);
    const QString read = panel.document()->findBlockByNumber(bar->value()).text();
    add(panel, 201, 210);
    panel.flush();
    QCOMPARE(panel.document()->findBlockByNumber(bar->value()).text(), read);
    add(panel, 211, 240);
    panel.flush();
    QCOMPARE(panel.document()->findBlockByNumber(bar->value()).text(), read);
}

void TstOutputPanel::theWindowsPanelKeepsAHundredThousandLines()
{
    OutputPanel panel;
    add(panel, 1, OutputPanel::kMostLines + 1);
    QCOMPARE(panel.lineCount(), 100'000);
    QCOMPARE(panel.goneCount(), std::uint64_t(1));
    panel.flush(); // the document takes seconds for all of them
    QVERIFY(panel.document()->blockCount() >= OutputPanel::kLeastShown);
    QVERIFY(panel.document()->blockCount() < 100'000);
    panel.clearLines();
    QCOMPARE(panel.document()->blockCount(), 1);
}

void TstOutputPanel::theRestOfManyLinesComesByItself()
{
    OutputPanel panel;
    add(panel, 1, 8 * OutputPanel::kLeastShown);
    QTRY_COMPARE(panel.document()->blockCount(), 8 * OutputPanel::kLeastShown);
    QVERIFY(panel.document()->lastBlock().text().endsWith(QStringLiteral("line 8000")));
}

void TstOutputPanel::linesThatGoWhileOthersAreStillToComeAreTakenAway()
{
    constexpr int kKept = 50 * OutputPanel::kLeastShown;
    OutputPanel panel(nullptr, kKept);
    add(panel, 1, kKept);
    panel.flush();
    add(panel, kKept + 1, kKept + 10); // takes away ten of those that are shown
    panel.flush();
    const QTextBlock notice = panel.document()->firstBlock();
    QVERIFY(notice.text().startsWith(QStringLiteral("10 earlier")));
    QVERIFY(notice.next().text().endsWith(QStringLiteral("line 11")));
    QTRY_COMPARE_WITH_TIMEOUT(panel.document()->blockCount(), kKept + 1, 60'000);
    QVERIFY(panel.document()->firstBlock().next().text().endsWith(QStringLiteral("line 11")));
    QVERIFY(panel.document()->lastBlock().text().endsWith(QStringLiteral("line 50010")));
}

QTEST_MAIN(TstOutputPanel)
#include "tst_outputpanel.moc"
