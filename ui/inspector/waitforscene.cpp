// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/waitforscene.h"

#include "ui/timeline/scenepainter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLineF>
#include <QPainter>
#include <QSizePolicy>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(WaitFor)
};

constexpr qreal kLeastWidthPx = 160;
constexpr qreal kSquarePx = 12;
/// Between the boxes of two rows: an arrow that is seen.
constexpr qreal kRowGapPx = 24;

struct Sizes {
    Sizes(const Theme &theme, qreal widthPx)
        : width(std::max(widthPx, kLeastWidthPx))
        , scale(theme.scale)
        , word(std::ceil(QFontMetricsF(theme.smallFont).height()))
        , box(word + 8 * scale)
        , square(std::round(kSquarePx * scale))
        , gap(4 * scale)
    {
    }
    qreal width;
    qreal scale;
    qreal word; ///< height of a line of small type
    qreal box; ///< height of a task's box
    qreal square;
    qreal gap; ///< between a square and its name
};

/// Where a node stands: down the right half, and up again on the left.
struct Place {
    std::size_t row = 0;
    bool isRight = true;
};

Place placeOf(std::size_t node, std::size_t nodes)
{
    const std::size_t rows = (nodes + 1) / 2;
    if (node < rows)
        return {node, true};
    return {rows - 1 - (node - rows), false};
}

/// How far from the middle a row's boxes stand: as on a circle, but never so near that two of a row meet.
qreal offsetOf(std::size_t row, std::size_t rows, qreal boxWidth, const Sizes &sizes)
{
    const qreal most = (sizes.width - boxWidth) / 2;
    const qreal least = boxWidth / 2 + 3 * sizes.scale;
    const qreal t = (qreal(row) - (qreal(rows) - 1) / 2) / (qreal(rows) / 2);
    return std::min(std::max(least, most * std::sqrt(1 - t * t)), most);
}

std::vector<WaitForNode> namesOf(const std::vector<InspectorContent::Wait> &waits, bool isChain)
{
    std::vector<WaitForNode> nodes;
    for (const InspectorContent::Wait &wait : waits) {
        WaitForNode task;
        task.name = wait.waiterName;
        task.task = wait.waiter;
        nodes.push_back(task);
        if (wait.objectName.isEmpty())
            continue;
        WaitForNode object;
        object.name = wait.objectName;
        object.isObject = true;
        nodes.push_back(object);
    }
    if (isChain && !waits.empty()) {
        WaitForNode last;
        last.name = waits.back().holderName;
        last.task = waits.back().holder;
        nodes.push_back(last);
    }
    return nodes;
}

QRectF around(QPointF centre, qreal width, qreal height)
{
    return {centre.x() - width / 2, centre.y() - height / 2, width, height};
}

/// From the square towards the middle, at most up to the box on the other side. In the first and the last
/// row an arrow runs there: then below it.
QRectF nameAreaOf(const std::vector<WaitForNode> &nodes, std::size_t index, qreal textWidth,
                  const Sizes &sizes)
{
    const QRectF &square = nodes[index].area;
    const Place place = placeOf(index, nodes.size());
    qreal limit = sizes.width / 2;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (i != index && placeOf(i, nodes.size()).row == place.row && !nodes[i].isObject)
            limit = place.isRight ? nodes[i].area.right() : nodes[i].area.left();
    }
    const qreal from = place.isRight ? square.left() - sizes.gap : square.right() + sizes.gap;
    const qreal width = std::min(textWidth, std::max(1.0, std::abs(from - limit) - sizes.gap));
    const bool isBelowArrow = place.row == 0 || place.row + 1 == (nodes.size() + 1) / 2;
    const qreal top = square.center().y() + (isBelowArrow ? 3 * sizes.scale : -sizes.word / 2);
    return {place.isRight ? from - width : from, top, width, sizes.word};
}

/// Where the way from the middle of `area` to `target` leaves it.
QPointF borderOf(const QRectF &area, QPointF target)
{
    const QPointF centre = area.center();
    const QPointF way = target - centre;
    const qreal toSide = way.x() == 0 ? 1e9 : (area.width() / 2 + 2) / std::abs(way.x());
    const qreal toEdge = way.y() == 0 ? 1e9 : (area.height() / 2 + 2) / std::abs(way.y());
    return centre + way * std::min({toSide, toEdge, 1.0});
}

void drawArrow(Scene &scene, const WaitForNode &from, const WaitForNode &to, const QColor &color,
               qreal pen, qreal scale)
{
    const QPointF begin = borderOf(from.area, to.area.center());
    const QPointF end = borderOf(to.area, from.area.center());
    const QLineF way(begin, end);
    scene.line(begin, end, color, pen);
    if (way.length() < 1)
        return;
    for (const qreal turn : {150.0, -150.0}) {
        QLineF wing = way;
        wing.translate(end - begin);
        wing.setLength(6 * scale);
        wing.setAngle(way.angle() + turn);
        scene.line(wing.p1(), wing.p2(), color, pen);
    }
}

/// What the two kinds of arrows mean, in one line.
void drawKey(Scene &scene, const Theme &theme, const Sizes &sizes, qreal top, bool hasObjects)
{
    const QFontMetricsF metrics(theme.smallFont);
    const qreal line = 18 * sizes.scale;
    const qreal y = top + std::floor(sizes.word / 2);
    qreal x = 0;
    const auto add = [&](const QString &text, const QColor &color, qreal pen) {
        scene.line({x, y}, {x + line, y}, color, pen);
        const qreal width = std::ceil(metrics.horizontalAdvance(text)) + 2;
        scene.label(QRectF(x + line + 5, top, width, sizes.word), text, theme.smallFont,
                    theme.mutedText, Qt::AlignLeft | Qt::AlignVCenter, false);
        x += line + 5 + width + 12 * sizes.scale;
    };
    add(Words::tr("waits for"), theme.alert, 2 * sizes.scale);
    if (hasObjects)
        add(Words::tr("held by"), theme.neutral, 1.5 * sizes.scale);
}

QString sentenceOf(const InspectorContent::Wait &wait, bool isLeaked)
{
    if (isLeaked)
        return Words::tr("%1 waits for %2, with which %3 ended")
            .arg(wait.waiterName, wait.objectName, wait.holderName);
    return wait.objectName.isEmpty()
        ? Words::tr("%1 waits for the end of %2").arg(wait.waiterName, wait.holderName)
        : Words::tr("%1 waits for %2, held by %3")
              .arg(wait.waiterName, wait.objectName, wait.holderName);
}

} // namespace

std::vector<WaitForNode> waitForNodes(const std::vector<InspectorContent::Wait> &waits,
                                      bool isChain, const Theme &theme, qreal widthPx)
{
    std::vector<WaitForNode> nodes = namesOf(waits, isChain);
    const Sizes sizes(theme, widthPx);
    const QFontMetricsF metrics(theme.smallFont);
    const auto textWidth = [&](const WaitForNode &node) {
        return std::ceil(metrics.horizontalAdvance(node.name)) + 2;
    };
    qreal boxWidth = 0;
    for (const WaitForNode &node : nodes) {
        if (!node.isObject)
            boxWidth = std::max(boxWidth, textWidth(node) + 14 * sizes.scale);
    }
    boxWidth = std::min(boxWidth, std::floor(sizes.width / 2 - 6 * sizes.scale));

    const std::size_t rows = (nodes.size() + 1) / 2;
    const qreal pitch = std::round(sizes.box + kRowGapPx * sizes.scale);
    const qreal centre = sizes.width / 2;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        WaitForNode &node = nodes[i];
        const Place place = placeOf(i, nodes.size());
        qreal offset = offsetOf(place.row, rows, boxWidth, sizes);
        if (node.isObject) // further out: its name needs the room towards the middle
            offset += (boxWidth - sizes.square) / 4;
        const QPointF at(place.isRight ? centre + offset : centre - offset,
                         sizes.box / 2 + 1 + qreal(place.row) * pitch);
        node.area = node.isObject ? around(at, sizes.square, sizes.square)
                                  : around(at, boxWidth, sizes.box);
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].isObject)
            nodes[i].nameArea = nameAreaOf(nodes, i, textWidth(nodes[i]), sizes);
    }
    return nodes;
}

Scene waitForScene(const std::vector<InspectorContent::Wait> &waits, bool isChain,
                   const Theme &theme, qreal widthPx)
{
    Scene scene;
    const std::vector<WaitForNode> nodes = waitForNodes(waits, isChain, theme, widthPx);
    if (nodes.empty())
        return scene;
    const Sizes sizes(theme, widthPx);
    qreal bottom = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const WaitForNode &next = nodes[(i + 1) % nodes.size()];
        const bool isWait = !nodes[i].isObject;
        if (!isChain || i + 1 < nodes.size())
            drawArrow(scene, nodes[i], next, isWait ? theme.alert : theme.neutral,
                      (isWait ? 2 : 1.5) * sizes.scale, sizes.scale);
        bottom = std::max({bottom, nodes[i].area.bottom(), nodes[i].nameArea.bottom()});
    }
    for (const WaitForNode &node : nodes) {
        if (node.isObject) {
            scene.rect(node.area, theme.text, Pattern::Solid, 2);
            scene.label(node.nameArea, node.name, theme.smallFont, theme.text, Qt::AlignCenter);
            continue;
        }
        const QColor fill = theme.taskColor(node.task);
        scene.rect(node.area, fill, Pattern::Solid, 5);
        scene.label(node.area.adjusted(4, 0, -4, 0), node.name, theme.smallFont,
                    Theme::readableOn(fill), Qt::AlignCenter);
    }
    const qreal keyTop = std::ceil(bottom) + 8 * sizes.scale;
    const bool hasObjects =
        std::any_of(nodes.begin(), nodes.end(), [](const WaitForNode &n) { return n.isObject; });
    drawKey(scene, theme, sizes, keyTop, hasObjects);
    scene.size = QSizeF(sizes.width, keyTop + sizes.word + 2);
    return scene;
}

WaitForPicture::WaitForPicture(const std::vector<InspectorContent::Wait> &waits, bool isChain,
                               const Theme &theme, QWidget *parent)
    : SceneWidget([waits, isChain,
                   theme](qreal widthPx) { return waitForScene(waits, isChain, theme, widthPx); },
                  int(kLeastWidthPx + 30), parent)
{
    setObjectName(QStringLiteral("waitForPicture"));
    setAccessibleName(tr("Who waits for whom"));
    QStringList sentences;
    for (const InspectorContent::Wait &wait : waits)
        sentences << sentenceOf(wait, isChain && &wait == &waits.back());
    setAccessibleDescription(sentences.join(QStringLiteral("; ")));
    setToolTip(sentences.join(u'\n'));
}

} // namespace Interleave
