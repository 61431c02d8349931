// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/scene.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

void Scene::clear()
{
    items.clear();
    labels.clear();
    strips.clear();
}

void Scene::rect(const QRectF &area, const QColor &color, Pattern pattern, int corner)
{
    if (area.width() <= 0 || area.height() <= 0)
        return;
    SceneItem item;
    item.kind = SceneItem::Kind::Rect;
    item.pattern = pattern;
    item.corner = static_cast<std::uint8_t>(std::clamp(corner, 0, 255));
    item.area = area;
    item.color = color.rgba();
    items.push_back(item);
}

void Scene::line(QPointF from, QPointF to, const QColor &color, qreal width, Pattern pattern)
{
    SceneItem item;
    item.kind = SceneItem::Kind::Line;
    item.pattern = pattern;
    item.area = QRectF(from, to);
    item.color = color.rgba();
    item.penWidth = float(width);
    items.push_back(item);
}

void Scene::label(const QRectF &area, const QString &text, const QFont &font, const QColor &color,
                  Qt::Alignment align, bool elide)
{
    if (text.isEmpty())
        return;
    SceneItem item;
    item.kind = SceneItem::Kind::Label;
    item.index = std::uint32_t(labels.size());
    item.area = area;
    item.color = color.rgba();
    items.push_back(item);
    SceneLabel label;
    label.text = text;
    label.font = font;
    label.align = align;
    label.elide = elide;
    labels.push_back(std::move(label));
}

void Scene::strip(const QRectF &area, const std::vector<QRgb> &columns)
{
    if (columns.empty() || area.height() <= 0)
        return;
    SceneItem item;
    item.kind = SceneItem::Kind::Strip;
    item.index = std::uint32_t(strips.size());
    item.count = std::uint32_t(columns.size());
    item.area = QRectF(area.left(), area.top(), qreal(columns.size()), area.height());
    items.push_back(item);
    strips.insert(strips.end(), columns.begin(), columns.end());
}

void Scene::diamond(QPointF centre, qreal radius, const QColor &color)
{
    SceneItem item;
    item.kind = SceneItem::Kind::Diamond;
    item.area = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
    item.color = color.rgba();
    items.push_back(item);
}

void Scene::pushClip(const QRectF &area)
{
    SceneItem item;
    item.kind = SceneItem::Kind::PushClip;
    item.area = area;
    items.push_back(item);
}

void Scene::popClip()
{
    SceneItem item;
    item.kind = SceneItem::Kind::PopClip;
    items.push_back(item);
}

void Scene::append(const Scene &other, QPointF offset)
{
    const QRectF whole(offset, other.size);
    pushClip(whole);
    if (other.background.isValid())
        rect(whole, other.background);
    const auto firstLabel = std::uint32_t(labels.size());
    const auto firstStrip = std::uint32_t(strips.size());
    items.reserve(items.size() + other.items.size() + 1);
    for (SceneItem item : other.items) {
        item.area.translate(offset);
        if (item.kind == SceneItem::Kind::Label)
            item.index += firstLabel;
        else if (item.kind == SceneItem::Kind::Strip)
            item.index += firstStrip;
        items.push_back(item);
    }
    labels.insert(labels.end(), other.labels.begin(), other.labels.end());
    strips.insert(strips.end(), other.strips.begin(), other.strips.end());
    popClip();
}

} // namespace Interleave
