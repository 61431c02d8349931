// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/swatch.h"

#include "ui/timeline/scenepainter.h"
#include "ui/timeline/taskend.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace Interleave
{

namespace
{

/// A little, more, all of the time.
void drawShaded(Scene &scene, const QRectF &area, const QColor &color)
{
    constexpr int kSteps = 3;
    const qreal step = std::floor(area.width() / kSteps);
    for (int i = 0; i < kSteps; ++i) {
        const SampledLook look = sampledLook((i + 1.0) / kSteps);
        QColor shade = color;
        shade.setAlphaF(look.opacity);
        const qreal height = std::round(area.height() * look.height);
        scene.rect(QRectF(area.left() + i * step, area.bottom() - height, step, height), shade,
                   Pattern::Hatched);
    }
}

void drawContended(Scene &scene, const QRectF &area, const QColor &color, const Theme &theme)
{
    const qreal line = std::max(2.0, std::round(area.height() / 5));
    scene.rect(area.adjusted(0, area.height() / 6, 0, -2 * line - 1), color);
    scene.rect(QRectF(area.left(), area.bottom() - 2 * line, area.width(), line), theme.alert);
}

void drawArrow(Scene &scene, const QRectF &area, const QColor &color, qreal pen, Pattern shaft)
{
    const QPointF end(area.center().x(), area.bottom());
    const qreal wing = std::round(area.height() / 4);
    scene.line({end.x(), area.top()}, end, color, pen, shaft);
    scene.line({end.x() - wing, end.y() - wing}, end, color, pen);
    scene.line({end.x() + wing, end.y() - wing}, end, color, pen);
}

void drawEndMark(Scene &scene, const QRectF &area, TaskOutcome outcome, const Theme &theme)
{
    QFont font = theme.smallFont;
    font.setWeight(QFont::DemiBold);
    scene.label(area, endMark(outcome), font, theme.alert, Qt::AlignCenter, false);
}

} // namespace

bool isLockWait(WaitReason reason)
{
    return reason == WaitReason::Lock || reason == WaitReason::GlobalLock;
}

Swatch swatchOf(SliceState state, WaitReason reason, bool isDerived)
{
    switch (state) {
    case SliceState::Running:
        return Swatch::Solid;
    case SliceState::Runnable:
        return Swatch::Hatched;
    case SliceState::Blocked:
        if (isDerived && reason != WaitReason::None)
            return reason == WaitReason::GlobalLock ? Swatch::InferredLine : Swatch::SampledLine;
        return isLockWait(reason) ? Swatch::AlertLine : Swatch::ThinLine;
    case SliceState::Suspended:
        return Swatch::DottedLine;
    case SliceState::Queued:
        return Swatch::Hollow;
    case SliceState::Lost:
        return Swatch::Crossed;
    case SliceState::Sampled:
        return Swatch::Shaded;
    case SliceState::Unknown:
        return Swatch::Dots;
    case SliceState::Others:
        return Swatch::Pale;
    case SliceState::Held:
        return Swatch::Held;
    }
    return Swatch::Solid;
}

std::optional<Swatch> swatchOf(TaskOutcome outcome)
{
    switch (outcome) {
    case TaskOutcome::Cancelled:
        return Swatch::CancelledEnd;
    case TaskOutcome::Failed:
    case TaskOutcome::Crashed:
        return Swatch::FailedEnd;
    case TaskOutcome::Running:
    case TaskOutcome::Finished:
    case TaskOutcome::NeverStarted:
        break;
    }
    return std::nullopt;
}

QColor severalHoldersColor(const QColor &ground, const Theme &theme)
{
    constexpr int kShare = 90; // parts of 255 of the neutral hue
    return QColor::fromRgb(Theme::blended(ground.rgb(), theme.neutral.rgb(), kShare));
}

SampledLook sampledLook(qreal share)
{
    return {0.25 + 0.75 * share, float(0.35 + 0.65 * share)};
}

void drawSwatch(Scene &scene, const QRectF &area, Swatch swatch, const QColor &color,
                const Theme &theme)
{
    const QPointF left(area.left(), area.center().y());
    const QPointF right(area.right(), area.center().y());
    switch (swatch) {
    case Swatch::Solid:
        scene.rect(area, color, Pattern::Solid, 2);
        break;
    case Swatch::Neutral:
        scene.rect(area, theme.neutral, Pattern::Solid, 2);
        break;
    case Swatch::Hatched:
        scene.rect(area, color, Pattern::Hatched);
        break;
    case Swatch::ThinLine:
        scene.line(left, right, theme.waiting, 1.5 * theme.scale);
        break;
    case Swatch::AlertLine:
        scene.line(left, right, theme.alert, 3 * theme.scale);
        break;
    case Swatch::InferredLine:
        scene.line(left, right, theme.alert, 3 * theme.scale, Pattern::Dashed);
        break;
    case Swatch::SampledLine:
        scene.line(left, right, theme.waiting, 1.5 * theme.scale, Pattern::Dashed);
        break;
    case Swatch::DottedLine:
        scene.line(left, right, theme.waiting, 1.5 * theme.scale, Pattern::Dotted);
        break;
    case Swatch::Hollow:
        scene.rect(area, color, Pattern::Hollow);
        break;
    case Swatch::Shaded:
        drawShaded(scene, area, color);
        break;
    case Swatch::Dots:
        scene.rect(area, color, Pattern::Dotted);
        break;
    case Swatch::Held:
        scene.rect(area.adjusted(0, area.height() / 4, 0, -area.height() / 4), color);
        break;
    case Swatch::HeldBySeveral:
        scene.rect(area.adjusted(0, area.height() / 4, 0, -area.height() / 4),
                   severalHoldersColor(theme.canvas, theme));
        break;
    case Swatch::Contended:
        drawContended(scene, area, color, theme);
        break;
    case Swatch::HandOver:
        drawArrow(scene, area, theme.neutral, theme.scale, Pattern::Solid);
        break;
    case Swatch::Resumed:
        drawArrow(scene, area, theme.waiting, theme.scale, Pattern::Dotted);
        break;
    case Swatch::Barrier:
        scene.line({area.center().x(), area.top()}, {area.center().x(), area.bottom()},
                   theme.mutedText, theme.scale);
        break;
    case Swatch::Pale:
        scene.rect(area, theme.others);
        break;
    case Swatch::Crossed:
        scene.rect(area, theme.alert, Pattern::CrossHatched);
        break;
    case Swatch::Diamond:
        scene.diamond(area.center(), area.height() * 0.4, theme.text);
        break;
    case Swatch::CancelledEnd:
        drawEndMark(scene, area, TaskOutcome::Cancelled, theme);
        break;
    case Swatch::FailedEnd:
        drawEndMark(scene, area, TaskOutcome::Failed, theme);
        break;
    }
}

void paintSwatch(QPainter &painter, const QRectF &area, Swatch swatch, const QColor &color,
                 const Theme &theme)
{
    Scene scene;
    drawSwatch(scene, area, swatch, color, theme);
    paintScene(scene, painter);
}

} // namespace Interleave
