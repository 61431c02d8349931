// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/scenewidget.h"

#include "ui/timeline/scenepainter.h"

#include <QPainter>
#include <QSizePolicy>

#include <cmath>
#include <utility>

namespace Interleave
{

SceneWidget::SceneWidget(Draw draw, int usualWidthPx, QWidget *parent)
    : QWidget(parent)
    , m_draw(std::move(draw))
    , m_usualWidth(usualWidthPx)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QSize SceneWidget::sizeHint() const
{
    return {m_usualWidth, heightForWidth(m_usualWidth)};
}

int SceneWidget::heightForWidth(int width) const
{
    return int(std::ceil(m_draw(width).size.height()));
}

void SceneWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintScene(m_draw(width()), painter);
}

} // namespace Interleave
