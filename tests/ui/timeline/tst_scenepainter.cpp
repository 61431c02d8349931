// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/scenepainter.h"

#include <QBuffer>
#include <QHash>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QXmlStreamReader>

#include <cmath>
#include <string>

using namespace Interleave;

namespace
{

/// Refuses every byte, as a full disk does.
class FullDevice : public QIODevice
{
public:
    FullDevice()
    {
        open(QIODevice::WriteOnly | QIODevice::Unbuffered);
        setErrorString(QStringLiteral("No space left on device"));
    }

protected:
    qint64 readData(char *, qint64) override { return -1; }
    qint64 writeData(const char *, qint64) override { return -1; }
};

Scene emptyScene()
{
    Scene scene;
    scene.size = QSizeF(60, 40);
    scene.background = QColor(Qt::white);
    return scene;
}

QImage painted(const Scene &scene, qreal scale = 1)
{
    QImage image(int(std::ceil(scene.size.width() * scale)),
                 int(std::ceil(scene.size.height() * scale)), QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::red);
    {
        QPainter painter(&image);
        paintScene(scene, painter);
    }
    return image;
}

QSet<QRgb> coloursIn(const QImage &image, const QRect &area)
{
    QSet<QRgb> colours;
    for (int y = area.top(); y <= area.bottom(); ++y) {
        for (int x = area.left(); x <= area.right(); ++x)
            colours.insert(image.pixel(x, y));
    }
    return colours;
}

QByteArray svgOf(const Scene &scene, const QString &title = QStringLiteral("A picture"))
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const Result<void> written = writeSvg(scene, buffer, title);
    return written ? bytes : QByteArray();
}

/// How often each element occurs; empty when the document is not well formed.
QHash<QString, int> elementsOf(const QByteArray &svg)
{
    QHash<QString, int> counts;
    QXmlStreamReader reader(svg);
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement)
            ++counts[reader.name().toString()];
    }
    return reader.hasError() ? QHash<QString, int>() : counts;
}

} // namespace

class TestScenePainter : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void anEmptySceneIsItsBackground();
    void rectsAreCrispAtAnyScale_data();
    void rectsAreCrispAtAnyScale();
    void aRectThinnerThanAPixelIsSeen();
    void linesAreCrispAtAnyScale_data();
    void linesAreCrispAtAnyScale();
    void roundedCornersLeaveTheGround();
    void aHatchedAreaHasGroundAndLines();
    void aDottedAreaIsNeitherHatchedNorAnOutline_data();
    void aDottedAreaIsNeitherHatchedNorAnOutline();
    void aDottedLineHasGaps();
    void aDashedLineHasLongerDashesThanGaps();
    void aHollowRectKeepsItsInside();
    void aStripHasOneColourPerColumn();
    void transparentColumnsLeaveTheGround();
    void aClipHidesWhatLiesOutside();
    void anElidedLabelStaysWithinItsArea();
    void anAppendedSceneIsMoved();
    void clearingKeepsNothing();
    void svgIsWellFormedAndComplete();
    void svgMergesEqualColumns();
    void svgHasOnePatternPerColour();
    void svgReplacesForbiddenCharacters();
    void svgOfAFullDiskIsAnError();
};

void TestScenePainter::anEmptySceneIsItsBackground()
{
    const QImage image = painted(emptyScene());
    QCOMPARE(coloursIn(image, image.rect()), QSet<QRgb>{qRgb(255, 255, 255)});
}

void TestScenePainter::rectsAreCrispAtAnyScale_data()
{
    QTest::addColumn<double>("scale");
    QTest::newRow("1") << 1.0;
    QTest::newRow("1.25") << 1.25;
    QTest::newRow("1.5") << 1.5;
    QTest::newRow("2") << 2.0;
}

void TestScenePainter::rectsAreCrispAtAnyScale()
{
    QFETCH(double, scale);
    Scene scene = emptyScene();
    scene.rect(QRectF(10.3, 5.7, 20.4, 11.1), Qt::black);
    const QImage image = painted(scene, scale);
    const QSet<QRgb> expected{qRgb(0, 0, 0), qRgb(255, 255, 255)};
    QCOMPARE(coloursIn(image, image.rect()), expected);
}

void TestScenePainter::aRectThinnerThanAPixelIsSeen()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(10.1, 5, 0.2, 10), Qt::black);
    QVERIFY(coloursIn(painted(scene), QRect(0, 0, 60, 40)).contains(qRgb(0, 0, 0)));
}

void TestScenePainter::linesAreCrispAtAnyScale_data()
{
    rectsAreCrispAtAnyScale_data();
}

void TestScenePainter::linesAreCrispAtAnyScale()
{
    QFETCH(double, scale);
    Scene scene = emptyScene();
    scene.line({5, 10.5}, {50, 10.5}, Qt::black);
    scene.line({20.5, 2}, {20.5, 30}, Qt::black);
    const QImage image = painted(scene, scale);
    const QSet<QRgb> expected{qRgb(0, 0, 0), qRgb(255, 255, 255)};
    QCOMPARE(coloursIn(image, image.rect()), expected);
}

void TestScenePainter::roundedCornersLeaveTheGround()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(10, 10, 20, 20), Qt::black, Pattern::Solid, 2);
    const QImage image = painted(scene);
    QCOMPARE(image.pixel(10, 10), qRgb(255, 255, 255));
    QCOMPARE(image.pixel(29, 29), qRgb(255, 255, 255));
    QCOMPARE(image.pixel(20, 10), qRgb(0, 0, 0));
    QCOMPARE(image.pixel(10, 20), qRgb(0, 0, 0));
}

void TestScenePainter::aHatchedAreaHasGroundAndLines()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(10, 10, 30, 20), QColor(0, 114, 178), Pattern::Hatched);
    const QSet<QRgb> colours = coloursIn(painted(scene), QRect(10, 10, 30, 20));
    QVERIFY(colours.size() >= 2);
    QVERIFY(!colours.contains(qRgb(255, 255, 255)));
}

void TestScenePainter::aDottedAreaIsNeitherHatchedNorAnOutline_data()
{
    rectsAreCrispAtAnyScale_data();
}

void TestScenePainter::aDottedAreaIsNeitherHatchedNorAnOutline()
{
    QFETCH(double, scale);
    const auto imageOf = [scale](Pattern pattern) {
        Scene scene = emptyScene();
        scene.rect(QRectF(6, 6, 48, 24), QColor(0, 114, 178), pattern);
        return painted(scene, scale);
    };
    const QImage dotted = imageOf(Pattern::Dotted);
    for (const Pattern other :
         {Pattern::Solid, Pattern::Hatched, Pattern::Hollow, Pattern::CrossHatched})
        QVERIFY(dotted != imageOf(other));
    // Its edge is no line: along it there are dots and what lies between them.
    const int left = int(std::round(6 * scale));
    const QSet<QRgb> edge = coloursIn(dotted, QRect(left, left, 1, int(24 * scale) - 1));
    QVERIFY(edge != QSet<QRgb>{qRgb(0, 114, 178)});
    const QSet<QRgb> area =
        coloursIn(dotted, QRect(left, left, int(48 * scale) - 1, int(24 * scale) - 1));
    QVERIFY(area.size() >= 2);
    QVERIFY(!area.contains(qRgb(255, 255, 255)));
}

void TestScenePainter::aDottedLineHasGaps()
{
    Scene scene = emptyScene();
    scene.line({5, 10.5}, {50, 10.5}, Qt::black, 1, Pattern::Dotted);
    const QSet<QRgb> expected{qRgb(0, 0, 0), qRgb(255, 255, 255)};
    QCOMPARE(coloursIn(painted(scene), QRect(8, 10, 30, 1)), expected);
}

void TestScenePainter::aDashedLineHasLongerDashesThanGaps()
{
    Scene scene = emptyScene();
    scene.line({0, 10.5}, {50, 10.5}, Qt::black, 1, Pattern::Dashed);
    const QImage image = painted(scene);
    int dark = 0;
    for (int x = 8; x < 40; ++x) // four times a dash and its gap
        dark += image.pixel(x, 10) == qRgb(0, 0, 0) ? 1 : 0;
    QCOMPARE(dark, 20);
    QVERIFY(svgOf(scene).contains("stroke-dasharray=\"5 3\""));
}

void TestScenePainter::aHollowRectKeepsItsInside()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(10, 10, 20, 10), Qt::black, Pattern::Hollow);
    const QImage image = painted(scene);
    QCOMPARE(image.pixel(10, 10), qRgb(0, 0, 0));
    QCOMPARE(image.pixel(20, 15), qRgb(255, 255, 255));
}

void TestScenePainter::aStripHasOneColourPerColumn()
{
    Scene scene = emptyScene();
    scene.strip(QRectF(10, 5, 0, 8), {qRgb(10, 20, 30), qRgb(40, 50, 60), qRgb(70, 80, 90)});
    const QImage image = painted(scene);
    for (int y = 5; y < 13; ++y) {
        QCOMPARE(image.pixel(10, y), qRgb(10, 20, 30));
        QCOMPARE(image.pixel(11, y), qRgb(40, 50, 60));
        QCOMPARE(image.pixel(12, y), qRgb(70, 80, 90));
    }
    QCOMPARE(image.pixel(13, 8), qRgb(255, 255, 255));
    QCOMPARE(image.pixel(11, 13), qRgb(255, 255, 255));
}

void TestScenePainter::transparentColumnsLeaveTheGround()
{
    Scene scene = emptyScene();
    scene.strip(QRectF(10, 5, 0, 8), {qRgb(10, 20, 30), 0, qRgb(70, 80, 90)});
    QCOMPARE(painted(scene).pixel(11, 8), qRgb(255, 255, 255));
}

void TestScenePainter::aClipHidesWhatLiesOutside()
{
    Scene scene = emptyScene();
    scene.pushClip(QRectF(0, 0, 20, 40));
    scene.rect(QRectF(10, 10, 30, 10), Qt::black);
    scene.popClip();
    scene.rect(QRectF(50, 10, 5, 5), Qt::black);
    const QImage image = painted(scene);
    QCOMPARE(image.pixel(19, 15), qRgb(0, 0, 0));
    QCOMPARE(image.pixel(20, 15), qRgb(255, 255, 255));
    QCOMPARE(image.pixel(52, 12), qRgb(0, 0, 0));
}

void TestScenePainter::anElidedLabelStaysWithinItsArea()
{
    Scene scene = emptyScene();
    QFont font;
    font.setPixelSize(12);
    scene.label(QRectF(2, 2, 36, 20), QStringLiteral("a name that is far too long"), font,
                Qt::black);
    const QImage image = painted(scene);
    QCOMPARE(coloursIn(image, QRect(40, 0, 20, 40)), QSet<QRgb>{qRgb(255, 255, 255)});
}

void TestScenePainter::anAppendedSceneIsMoved()
{
    Scene inner = emptyScene();
    inner.background = QColor(Qt::yellow);
    inner.rect(QRectF(1, 2, 3, 4), Qt::black);
    inner.label(QRectF(5, 6, 50, 10), QStringLiteral("inner"), QFont(), Qt::black);
    inner.strip(QRectF(0, 30, 0, 5), {qRgb(1, 2, 3)});
    Scene outer = emptyScene();
    outer.label(QRectF(0, 0, 50, 10), QStringLiteral("outer"), QFont(), Qt::black);
    outer.strip(QRectF(0, 0, 0, 5), {qRgb(7, 8, 9), qRgb(7, 8, 9)});
    outer.append(inner, QPointF(100, 200));

    bool sawLabel = false;
    bool sawStrip = false;
    for (const SceneItem &item : outer.items) {
        if (item.kind == SceneItem::Kind::Label && item.area.left() > 100) {
            sawLabel = outer.labels.at(item.index).text == QLatin1String("inner");
            QCOMPARE(item.area.topLeft(), QPointF(105, 206));
        }
        if (item.kind == SceneItem::Kind::Strip && item.area.left() >= 100)
            sawStrip = outer.strips.at(item.index) == qRgb(1, 2, 3);
    }
    QVERIFY(sawLabel);
    QVERIFY(sawStrip);
}

void TestScenePainter::clearingKeepsNothing()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(1, 1, 2, 2), Qt::black);
    scene.label(QRectF(1, 1, 2, 2), QStringLiteral("a"), QFont(), Qt::black);
    scene.strip(QRectF(0, 0, 0, 5), {qRgb(7, 8, 9)});
    scene.clear();
    QVERIFY(scene.items.empty());
    QVERIFY(scene.labels.empty());
    QVERIFY(scene.strips.empty());
}

void TestScenePainter::svgIsWellFormedAndComplete()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(1, 1, 5, 5), Qt::black);
    scene.line({0, 0}, {5, 5}, Qt::black, 1, Pattern::Dotted);
    scene.diamond({20, 20}, 4, Qt::black);
    scene.pushClip(QRectF(0, 0, 30, 30));
    scene.label(QRectF(0, 0, 600, 20), QStringLiteral("a < b & c"), QFont(), Qt::black);
    scene.popClip();
    const QByteArray svg = svgOf(scene);
    const QHash<QString, int> elements = elementsOf(svg);
    QCOMPARE(elements.value(QStringLiteral("svg")), 1);
    QCOMPARE(elements.value(QStringLiteral("title")), 1);
    QCOMPARE(elements.value(QStringLiteral("rect")), 3); // background, rect, clip
    QCOMPARE(elements.value(QStringLiteral("line")), 1);
    QCOMPARE(elements.value(QStringLiteral("polygon")), 1);
    QCOMPARE(elements.value(QStringLiteral("text")), 1);
    QCOMPARE(elements.value(QStringLiteral("clipPath")), 1);
    QVERIFY(svg.contains("a &lt; b &amp; c"));
}

void TestScenePainter::svgMergesEqualColumns()
{
    Scene scene = emptyScene();
    const QRgb one = qRgb(10, 20, 30);
    const QRgb other = qRgb(40, 50, 60);
    scene.strip(QRectF(0, 0, 0, 5), {one, one, one, other, 0, 0, one});
    QCOMPARE(elementsOf(svgOf(scene)).value(QStringLiteral("rect")), 4); // and the background
}

void TestScenePainter::svgHasOnePatternPerColour()
{
    Scene scene = emptyScene();
    scene.rect(QRectF(0, 0, 9, 9), Qt::blue, Pattern::Hatched);
    scene.rect(QRectF(9, 0, 9, 9), Qt::blue, Pattern::Hatched);
    scene.rect(QRectF(18, 0, 9, 9), Qt::red, Pattern::Hatched);
    scene.rect(QRectF(27, 0, 9, 9), Qt::red, Pattern::CrossHatched);
    scene.rect(QRectF(36, 0, 9, 9), Qt::red, Pattern::Dotted);
    scene.rect(QRectF(45, 0, 9, 9), Qt::red, Pattern::Dotted);
    const QHash<QString, int> elements = elementsOf(svgOf(scene));
    QCOMPARE(elements.value(QStringLiteral("pattern")), 4);
    QCOMPARE(elements.value(QStringLiteral("circle")), 2); // of one pattern
}

void TestScenePainter::svgReplacesForbiddenCharacters()
{
    Scene scene = emptyScene();
    const QString nasty = QStringLiteral("bell") + QChar(7) + QChar(0xd800) + QStringLiteral("end");
    scene.label(QRectF(0, 0, 500, 20), nasty, QFont(), Qt::black);
    const QHash<QString, int> elements = elementsOf(svgOf(scene, nasty));
    QCOMPARE(elements.value(QStringLiteral("text")), 1);
}

void TestScenePainter::svgOfAFullDiskIsAnError()
{
    FullDevice device;
    const Result<void> written = writeSvg(emptyScene(), device, QStringLiteral("A picture"));
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Io);
    QVERIFY(written.error().message.find("No space left") != std::string::npos);
}

QTEST_MAIN(TestScenePainter)
#include "tst_scenepainter.moc"
