// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/inspectorcontent.h"
#include "ui/theme/theme.h"
#include "ui/timeline/scenewidget.h"

#include <QRectF>
#include <QString>

#include <vector>

namespace Interleave
{

/// A task (a rounded box in its colour) or a thing that tasks wait for (a small square with its name).
struct WaitForNode {
    QString name;
    TaskId task = kNoTask;
    bool isObject = false;
    QRectF area; ///< of the box or the square
    QRectF nameArea; ///< of a thing's name, towards the middle
};

/// The nodes in the order of the circle, from the top right on clockwise, each thing between who waits
/// for it and who has it: two to a row, as many rows as that takes. Nothing ever overlaps.
/// \param isChain no circle: the last one's holder has ended, and is the last node.
/// \param widthPx of the picture, at least 160.
[[nodiscard]] std::vector<WaitForNode>
waitForNodes(const std::vector<InspectorContent::Wait> &waits, bool isChain, const Theme &theme,
             qreal widthPx);

/// The graph of who waits for whom: the nodes, arrows in the alert hue for "waits for" and in the neutral
/// one for "held by", and below what the arrows mean. Empty for no waits.
[[nodiscard]] Scene waitForScene(const std::vector<InspectorContent::Wait> &waits, bool isChain,
                                 const Theme &theme, qreal widthPx);

/// The same as a widget, as high as its width asks for; its accessible description says it in words.
/// GUI thread.
class WaitForPicture final : public SceneWidget
{
    Q_OBJECT

public:
    WaitForPicture(const std::vector<InspectorContent::Wait> &waits, bool isChain,
                   const Theme &theme, QWidget *parent = nullptr);
};

} // namespace Interleave
