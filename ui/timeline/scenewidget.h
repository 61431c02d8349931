// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/timeline/scene.h"

#include <QWidget>

#include <functional>

namespace Interleave
{

/// A scene as a widget, as high as its width asks for, on the background of its parent. GUI thread.
class SceneWidget : public QWidget
{
    Q_OBJECT

public:
    /// The scene for a width in pixels, with its size.
    using Draw = std::function<Scene(qreal widthPx)>;

    SceneWidget(Draw draw, int usualWidthPx, QWidget *parent);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Draw m_draw;
    int m_usualWidth;
};

} // namespace Interleave
