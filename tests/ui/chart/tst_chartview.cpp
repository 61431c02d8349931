// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/themerows.h"
#include "ui/chart/chartscene.h"
#include "ui/chart/chartview.h"
#include "ui/inspector/inspectorpanel.h"

#include <QImage>
#include <QJsonObject>
#include <QLabel>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

using namespace Interleave;

namespace
{

Chart barsOf(const std::vector<double> &costsNs)
{
    Chart chart;
    chart.kind = Chart::Kind::LogarithmicBars;
    chart.title = QStringLiteral("What one task costs");
    chart.xTitle = QStringLiteral("logarithmic");
    for (const double cost : costsNs)
        chart.bars.push_back({QStringLiteral("a thing of %1 ns").arg(cost), cost, false});
    return chart;
}

/// The law for a serial quarter, with points that stop to rise at two tasks.
Chart curveTo(int mostTasks)
{
    Chart chart;
    chart.kind = Chart::Kind::Curve;
    chart.title = QStringLiteral("How many times as fast as one task");
    chart.xTitle = QStringLiteral("tasks");
    chart.measuredName = QStringLiteral("measured");
    chart.curveName = QStringLiteral("Amdahl's law, 25 % serial");
    const auto law = [](double n) { return 1 / (0.25 + 0.75 / n); };
    for (int tasks = 1; tasks <= mostTasks; tasks *= 2) {
        chart.measured.push_back({double(tasks), 0.98 * law(std::min(tasks, 2))});
        chart.expected.push_back({double(tasks), law(tasks)});
    }
    for (int i = 0; i <= 20; ++i) {
        const double x = std::pow(mostTasks, i / 20.0);
        chart.curve.push_back({x, law(x)});
    }
    chart.mark = Chart::Mark{2, QStringLiteral("2 cores")};
    return chart;
}

std::vector<SceneItem> itemsOf(const Scene &scene, SceneItem::Kind kind)
{
    std::vector<SceneItem> items;
    for (const SceneItem &item : scene.items) {
        if (item.kind == kind)
            items.push_back(item);
    }
    return items;
}

std::vector<SceneItem> dashedDown(const Scene &scene)
{
    std::vector<SceneItem> lines = itemsOf(scene, SceneItem::Kind::Line);
    std::erase_if(lines, [](const SceneItem &line) {
        return line.pattern != Pattern::Dashed || line.area.width() != 0;
    });
    return lines;
}

bool hasText(const Scene &scene, const QString &text)
{
    return std::any_of(scene.labels.begin(), scene.labels.end(),
                       [&](const SceneLabel &label) { return label.text == text; });
}

bool isNear(double a, double b)
{
    return std::abs(a - b) < 0.01;
}

} // namespace

class TestChartView : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsDrawnForNoNumbers();
    void theSameRatioIsTheSameLength();
    void theShortestAndASingleBarAreSeen();
    void theAxisHasItsPowersOfTen();
    void aNarrowRangeHasTicksBetweenThem();
    void aReferenceLooksDifferent();
    void pointsLieOnTheCurveThatTheyFollow();
    void eachDoublingIsAsWide();
    void theMarkIsADashedLineThatLeavesTheValuesAlone();
    void aMarkBeyondThePointsIsNotDrawn();
    void nothingLeavesThePicture_data();
    void nothingLeavesThePicture();
    void everyThemeIsReadable_data();
    void everyThemeIsReadable();
    void theWidgetSaysItsNumbers();
    void aReportWithAChartShowsIt();
    void anOrdinaryReportHasNone();
};

void TestChartView::nothingIsDrawnForNoNumbers()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    QVERIFY(chartScene(barsOf({}), theme, 200).items.empty());
    Chart curve;
    curve.kind = Chart::Kind::Curve;
    QVERIFY(chartScene(curve, theme, 200).items.empty());
    QVERIFY(chartWords(curve).isEmpty());
}

void TestChartView::theSameRatioIsTheSameLength()
{
    const Scene scene =
        chartScene(barsOf({20, 2'000, 200'000}), Theme::make(Theme::Kind::Light), 240);
    const auto bars = itemsOf(scene, SceneItem::Kind::Rect);
    QCOMPARE(bars.size(), std::size_t(3));
    const double first = bars[1].area.width() - bars[0].area.width();
    const double second = bars[2].area.width() - bars[1].area.width();
    QVERIFY(first > 20);
    QVERIFY(isNear(first, second));
    for (const SceneItem &bar : bars)
        QCOMPARE(bar.area.left(), 0.0);
}

void TestChartView::theShortestAndASingleBarAreSeen()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    const std::vector<std::vector<double>> cases{{0.3, 85e6}, {1.0},  {1e3},       {999.9},
                                                 {0.0},       {1e12}, {10.0, 10.0}};
    for (const std::vector<double> &costs : cases) {
        const Scene scene = chartScene(barsOf(costs), theme, 240);
        const auto bars = itemsOf(scene, SceneItem::Kind::Rect);
        QCOMPARE(bars.size(), costs.size());
        for (const SceneItem &bar : bars) {
            QVERIFY(bar.area.width() >= 2);
            QVERIFY(bar.area.width() <= 240.01);
        }
    }
}

void TestChartView::theAxisHasItsPowersOfTen()
{
    const Scene scene = chartScene(barsOf({13, 85e6}), Theme::make(Theme::Kind::Light), 900);
    const QChar space(0x202f);
    for (const char *text :
         {"10-ns", "100-ns", "1-µs", "10-µs", "100-µs", "1-ms", "10-ms", "100-ms"})
        QVERIFY2(hasText(scene, QString::fromUtf8(text).replace(u'-', space)), text);
    QVERIFY(!hasText(scene, QStringLiteral("20") + space + QStringLiteral("ns")));
}

void TestChartView::aNarrowRangeHasTicksBetweenThem()
{
    const Scene scene = chartScene(barsOf({45'000, 50'000}), Theme::make(Theme::Kind::Light), 400);
    const QChar space(0x202f);
    for (const int ticks : {10, 20, 50, 100})
        QVERIFY(hasText(scene, QString::number(ticks) + space + QStringLiteral("µs")));
}

void TestChartView::aReferenceLooksDifferent()
{
    Chart chart = barsOf({50'000, 45'000});
    chart.bars[1].isReference = true;
    const auto bars =
        itemsOf(chartScene(chart, Theme::make(Theme::Kind::Light), 240), SceneItem::Kind::Rect);
    QCOMPARE(bars[0].pattern, Pattern::Solid);
    QCOMPARE(bars[1].pattern, Pattern::Hatched);
    QVERIFY(bars[0].color != bars[1].color);
}

void TestChartView::pointsLieOnTheCurveThatTheyFollow()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    Chart chart = curveTo(4);
    chart.measured = chart.expected;
    const Scene scene = chartScene(chart, theme, 240);
    const auto points = itemsOf(scene, SceneItem::Kind::Diamond);
    QCOMPARE(points.size(), std::size_t(4)); // three, and the one that says what they are
    std::vector<SceneItem> pieces = itemsOf(scene, SceneItem::Kind::Line);
    std::erase_if(pieces,
                  [&](const SceneItem &line) { return line.color != theme.neutral.rgba(); });
    QCOMPARE(pieces.size(), chart.curve.size()); // one less, and the one that says what it is
    QVERIFY(isNear(points[0].area.center().x(), pieces.front().area.left()));
    QVERIFY(isNear(points[0].area.center().y(), pieces.front().area.top()));
    const SceneItem &last = pieces[chart.curve.size() - 2];
    QVERIFY(isNear(points[2].area.center().x(), last.area.right()));
    QVERIFY(isNear(points[2].area.center().y(), last.area.bottom()));
    QVERIFY(points[2].area.center().y() < points[0].area.center().y()); // faster is higher
    for (const char *text : {"1.00", "1.60", "2.29", "1", "2", "4"})
        QVERIFY2(hasText(scene, QString::fromLatin1(text)), text);
}

void TestChartView::eachDoublingIsAsWide()
{
    const auto points = itemsOf(chartScene(curveTo(8), Theme::make(Theme::Kind::Light), 300),
                                SceneItem::Kind::Diamond);
    QCOMPARE(points.size(), std::size_t(5));
    const double first = points[1].area.left() - points[0].area.left();
    QVERIFY(first > 20);
    QVERIFY(isNear(points[2].area.left() - points[1].area.left(), first));
    QVERIFY(isNear(points[3].area.left() - points[2].area.left(), first));
}

void TestChartView::theMarkIsADashedLineThatLeavesTheValuesAlone()
{
    const Scene scene = chartScene(curveTo(4), Theme::make(Theme::Kind::Light), 240);
    const std::vector<SceneItem> mark = dashedDown(scene);
    QVERIFY(!mark.empty());
    const auto points = itemsOf(scene, SceneItem::Kind::Diamond);
    for (const SceneItem &piece : mark) {
        QVERIFY(isNear(piece.area.left(), points[1].area.center().x())); // at two tasks
        for (const SceneItem &label : itemsOf(scene, SceneItem::Kind::Label)) {
            const bool isBeside =
                piece.area.left() < label.area.left() || piece.area.left() > label.area.right();
            QVERIFY(isBeside || piece.area.bottom() <= label.area.top() + 0.01
                    || piece.area.top() >= label.area.bottom() - 0.01);
        }
    }
    QVERIFY(hasText(scene, QStringLiteral("2 cores")));
}

void TestChartView::aMarkBeyondThePointsIsNotDrawn()
{
    Chart chart = curveTo(4);
    chart.mark = Chart::Mark{64, QStringLiteral("64 cores")};
    const Scene scene = chartScene(chart, Theme::make(Theme::Kind::Light), 240);
    QVERIFY(dashedDown(scene).empty());
    QVERIFY(!hasText(scene, QStringLiteral("64 cores")));
}

void TestChartView::nothingLeavesThePicture_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<qreal>("width");
    QTest::addColumn<bool>("isCurve");
    for (const Theme::Kind kind : {Theme::Kind::Light, Theme::Kind::Projector}) {
        for (const qreal width : {160.0, 188.0, 240.0, 600.0}) {
            QTest::addRow("bars in %d, theme %d", int(width), int(kind))
                << int(kind) << width << false;
            QTest::addRow("curve in %d, theme %d", int(width), int(kind))
                << int(kind) << width << true;
        }
    }
}

void TestChartView::nothingLeavesThePicture()
{
    QFETCH(int, kind);
    QFETCH(qreal, width);
    QFETCH(bool, isCurve);
    const Chart chart = isCurve ? curveTo(64) : barsOf({2.5, 13, 9'000, 36'000, 85e6});
    const Scene scene = chartScene(chart, Theme::make(Theme::Kind(kind)), width);
    QCOMPARE(scene.size.width(), width);
    const QRectF all(-0.01, -0.01, width + 0.02, scene.size.height() + 0.02);
    std::vector<QRectF> texts;
    for (const SceneItem &item : scene.items) {
        const QRectF area = item.area.normalized();
        QVERIFY(all.contains(area.topLeft()));
        QVERIFY(all.contains(area.bottomRight()));
        if (item.kind != SceneItem::Kind::Label)
            continue;
        for (const QRectF &other : texts)
            QVERIFY(!area.intersects(other));
        texts.push_back(area);
    }
}

void TestChartView::everyThemeIsReadable_data()
{
    addRowPerTheme();
}

void TestChartView::everyThemeIsReadable()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    for (const Chart &chart : {barsOf({13, 36'000}), curveTo(4)}) {
        ChartView view(chart, theme);
        view.resize(240, view.heightForWidth(240));
        QImage image(view.size(), QImage::Format_RGB32);
        image.fill(theme.panel);
        view.render(&image, QPoint(), QRegion(), QWidget::DrawChildren);
        std::set<QRgb> colours;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                colours.insert(image.pixel(x, y));
        }
        QVERIFY(colours.contains(theme.accent.rgb()));
        QVERIFY(colours.contains(theme.mutedText.rgb())); // the axis
    }
}

void TestChartView::theWidgetSaysItsNumbers()
{
    const Theme theme = Theme::make(Theme::Kind::Dark);
    const ChartView bars(barsOf({2.5, 36'000}), theme);
    QCOMPARE(bars.accessibleName(), QStringLiteral("What one task costs"));
    QString said = bars.accessibleDescription();
    said.replace(QChar(0x202f), u' ');
    QCOMPARE(said, QStringLiteral("a thing of 2.5 ns: 2.5 ns; a thing of 36000 ns: 36.0 µs"));
    const ChartView curve(curveTo(2), theme);
    QCOMPARE(curve.accessibleDescription(),
             QStringLiteral("n = 1: 0.98 measured, 1.00 by the law; "
                            "n = 2: 1.57 measured, 1.60 by the law; 2 cores"));
    QCOMPARE(curve.toolTip().count(QStringLiteral("<br>")), 2);
}

void TestChartView::aReportWithAChartShowsIt()
{
    RunReport report;
    report.slug = QStringLiteral("spawn-cost");
    report.title = QStringLiteral("Spawn cost");
    report.model = QStringLiteral("threads");
    report.result = {{QStringLiteral("per_task_ns"), 50'000.0},
                     {QStringLiteral("bare_ns"), 45'000.0}};
    InspectorPanel panel;
    panel.showReport(report, nullptr);
    QVERIFY(panel.content().chart);
    const auto *view = panel.findChild<ChartView *>(QStringLiteral("chart"));
    QVERIFY(view);
    QVERIFY(view->accessibleDescription().contains(QStringLiteral("A bare QThread")));
    const auto labels = panel.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->text() == panel.content().chart->title;
    }));
}

void TestChartView::anOrdinaryReportHasNone()
{
    RunReport report;
    report.slug = QStringLiteral("primes");
    InspectorPanel panel;
    panel.showReport(report, nullptr);
    QVERIFY(!panel.content().chart);
    QVERIFY(!panel.findChild<ChartView *>());
}

QTEST_MAIN(TestChartView)
#include "tst_chartview.moc"
