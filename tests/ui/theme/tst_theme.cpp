// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/themerows.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSet>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QWidget>

#include <algorithm>
#include <cmath>

using namespace Interleave;

namespace
{

double linear(int component)
{
    const double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

/// Contrast ratio of the Web Content Accessibility Guidelines: 1 to 21.
double contrast(const QColor &a, const QColor &b)
{
    const auto luminance = [](const QColor &color) {
        return 0.2126 * linear(color.red()) + 0.7152 * linear(color.green())
            + 0.0722 * linear(color.blue());
    };
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private slots:
    void everyColourIsSet_data() { addRowPerTheme(); }
    void everyColourIsSet();
    void textIsReadable_data() { addRowPerTheme(); }
    void textIsReadable();
    void thePrimaryButtonIsReadableUnderThePointer_data() { addRowPerTheme(); }
    void thePrimaryButtonIsReadableUnderThePointer();
    void theCornerBetweenScrollBarsIsNoBoxOfItsOwn_data() { addRowPerTheme(); }
    void theCornerBetweenScrollBarsIsNoBoxOfItsOwn();
    void tasksDifferFromEachOther_data() { addRowPerTheme(); }
    void tasksDifferFromEachOther();
    void tasksStandOutFromTheCanvas_data() { addRowPerTheme(); }
    void tasksStandOutFromTheCanvas();
    void noTaskIsNeutral();
    void aTaskKeepsItsColour();
    void namesOnTasksAreReadable_data() { addRowPerTheme(); }
    void namesOnTasksAreReadable();
    void blendingRunsFromOneColourToTheOther();
    void dimmedTasksKeepMostOfTheirContrast_data() { addRowPerTheme(); }
    void dimmedTasksKeepMostOfTheirContrast();
    void whatIsNotOfferedNowCanStillBeRead_data() { addRowPerTheme(); }
    void whatIsNotOfferedNowCanStillBeRead();
    void aColourAsLightAsItsGroundIsNotDimmed();
    void wordsNameKinds();
    void theProjectorIsLarger();
    void thereAreThreeSizesOfType();
    void theStyleSheetIsComplete_data() { addRowPerTheme(); }
    void theStyleSheetIsComplete();
};

void TestTheme::everyColourIsSet()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (const QColor &color :
         {theme.window, theme.panel, theme.canvas, theme.laneHead, theme.line, theme.grid,
          theme.text, theme.mutedText, theme.accent, theme.accentText, theme.selection, theme.alert,
          theme.good, theme.others, theme.neutral, theme.waiting})
        QVERIFY(color.isValid());
}

void TestTheme::textIsReadable()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (const QColor &ground : {theme.canvas, theme.panel, theme.selection, theme.laneHead}) {
        QVERIFY(contrast(theme.text, ground) >= 7);
        QVERIFY(contrast(theme.mutedText, ground) >= 4.5);
    }
    QVERIFY(contrast(theme.accentText, theme.accent) >= 4.5);
}

void TestTheme::thePrimaryButtonIsReadableUnderThePointer()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    const QColor hover = theme.accentHover();
    QVERIFY(hover != theme.accent);
    QVERIFY(contrast(theme.accentText, hover) >= 4.5);
    QVERIFY(contrast(theme.accentText, hover) >= contrast(theme.accentText, theme.accent));
    QVERIFY(theme.styleSheet().contains(hover.name()));
}

void TestTheme::theCornerBetweenScrollBarsIsNoBoxOfItsOwn()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    QWidget window;
    window.setPalette(theme.palette());
    window.setStyleSheet(theme.styleSheet());
    window.resize(240, 240);
    QTableView table(&window);
    table.setModel(new QStandardItemModel(100, 30, &table));
    table.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    table.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    table.setGeometry(20, 20, 200, 200);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const int bar = table.verticalScrollBar()->width();
    QVERIFY(bar > 4 && table.horizontalScrollBar()->height() == bar);
    const QImage image = window.grab(table.geometry()).toImage();
    const QColor corner = image.pixelColor(image.width() - bar / 2, image.height() - bar / 2);
    // Its handle is at the top.
    const QColor track = image.pixelColor(image.width() - bar / 2, image.height() - bar - 8);
    QCOMPARE(corner, track);
}

void TestTheme::tasksDifferFromEachOther()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    QSet<QRgb> colours;
    for (TaskId task = 1; task <= 60; ++task)
        colours.insert(theme.taskColor(task).rgb());
    QCOMPARE(colours.size(), qsizetype(60));
    QVERIFY(!colours.contains(theme.alert.rgb()));
}

void TestTheme::tasksStandOutFromTheCanvas()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (TaskId task = 1; task <= 12; ++task)
        QVERIFY(contrast(theme.taskColor(task), theme.canvas) >= 1.9);
}

void TestTheme::noTaskIsNeutral()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    QCOMPARE(theme.taskColor(kNoTask), theme.neutral);
}

void TestTheme::aTaskKeepsItsColour()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    QCOMPARE(theme.taskColor(1), QColor(0x00, 0x72, 0xb2));
    QCOMPARE(theme.taskColor(3'999'999), Theme::make(Theme::Kind::Light).taskColor(3'999'999));
}

void TestTheme::namesOnTasksAreReadable()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (TaskId task = 1; task <= 60; ++task) {
        const QColor fill = theme.taskColor(task);
        QVERIFY(contrast(Theme::readableOn(fill), fill) >= 4.5);
    }
}

void TestTheme::blendingRunsFromOneColourToTheOther()
{
    const QRgb white = qRgb(255, 255, 255);
    const QRgb blue = qRgb(0, 114, 178);
    QCOMPARE(Theme::blended(white, blue, 0), white);
    QCOMPARE(Theme::blended(white, blue, 255), blue);
    QCOMPARE(Theme::blended(white, blue, 9999), blue);
    // Half the light of white is far brighter than half its number.
    QVERIFY(qRed(Theme::blended(white, qRgb(0, 0, 0), 128)) > 180);
}

void TestTheme::whatIsNotOfferedNowCanStillBeRead()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    QWidget window;
    window.setStyleSheet(theme.styleSheet());
    window.setPalette(theme.palette());
    QPushButton button(QStringLiteral("MMMM"), &window);
    button.setProperty("role", QStringLiteral("primary"));
    button.setEnabled(false);
    button.resize(200, 40);
    window.resize(220, 60);
    const QImage image = window.grab(button.geometry()).toImage();
    const QColor ground = image.pixelColor(image.width() / 8, image.height() / 2);
    double best = 1;
    for (int x = image.width() / 4; x < image.width() * 3 / 4; ++x)
        best = std::max(best, contrast(ground, image.pixelColor(x, image.height() / 2)));
    QVERIFY2(best >= 1.9, qPrintable(QString::number(best)));
}

void TestTheme::dimmedTasksKeepMostOfTheirContrast()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (const QColor &ground : {theme.canvas, theme.selection}) {
        for (TaskId task = kNoTask; task <= 12; ++task) {
            const QColor hue = theme.taskColor(task);
            const QColor dimmed = Theme::dimmed(ground, hue);
            const double kept = (contrast(dimmed, ground) - 1) / (contrast(hue, ground) - 1);
            QVERIFY2(kept >= 0.55, qPrintable(QStringLiteral("task %1: %2").arg(task).arg(kept)));
            QVERIFY2(kept <= 0.7, qPrintable(QStringLiteral("task %1: %2").arg(task).arg(kept)));
        }
    }
}

void TestTheme::aColourAsLightAsItsGroundIsNotDimmed()
{
    const QColor grey(120, 120, 120);
    QCOMPARE(Theme::dimmed(grey, grey), grey);
    QVERIFY(Theme::dimmed(QColor(Qt::white), QColor(Qt::black)) != QColor(Qt::black));
}

void TestTheme::wordsNameKinds()
{
    QCOMPARE(Theme::kindOf(QStringLiteral("dark")), Theme::Kind::Dark);
    QCOMPARE(Theme::kindOf(QStringLiteral("projector")), Theme::Kind::Projector);
    QCOMPARE(Theme::kindOf(QStringLiteral("light")), Theme::Kind::Light);
    QCOMPARE(Theme::kindOf(QString()), Theme::Kind::Light);
    QCOMPARE(Theme::kindOf(QStringLiteral("Dark")), Theme::Kind::Light);
}

void TestTheme::theProjectorIsLarger()
{
    const Theme light = Theme::make(Theme::Kind::Light);
    const Theme projector = Theme::make(Theme::Kind::Projector);
    QVERIFY(projector.scale > 1.4);
    QVERIFY(projector.font.pixelSize() > light.font.pixelSize());
}

void TestTheme::thereAreThreeSizesOfType()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    QVERIFY(theme.smallFont.pixelSize() < theme.font.pixelSize());
    QVERIFY(theme.font.pixelSize() < theme.headingFont.pixelSize());
}

void TestTheme::theStyleSheetIsComplete()
{
    QFETCH(int, kind);
    QTest::failOnWarning(QRegularExpression(QStringLiteral("stylesheet"),
                                            QRegularExpression::CaseInsensitiveOption));
    const QString sheet = Theme::make(Theme::Kind(kind)).styleSheet();
    QVERIFY(!sheet.contains(QLatin1Char('@'))); // every name was replaced
    QWidget widget;
    widget.setStyleSheet(sheet);
    widget.ensurePolished();
    QCOMPARE(widget.styleSheet(), sheet);
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
