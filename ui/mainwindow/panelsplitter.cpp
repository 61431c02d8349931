// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/panelsplitter.h"

#include <algorithm>

namespace Interleave
{

namespace
{
constexpr int kLeastPanel = 220;
constexpr int kMostLeft = 256;
constexpr int kMostRight = 266;
constexpr double kLeftShare = 0.18; // 256 px of a window of 1440 px
constexpr double kRightShare = 0.185;
} // namespace

PanelSplitter::PanelSplitter(QWidget *parent)
    : QSplitter(Qt::Horizontal, parent)
{
    setHandleWidth(1);
    setChildrenCollapsible(false);
    connect(this, &QSplitter::splitterMoved, this, [this] { m_hasUserWidths = true; });
}

void PanelSplitter::setScale(qreal scale)
{
    m_scale = scale;
    applyWidths();
}

void PanelSplitter::resetWidths()
{
    m_hasUserWidths = false;
    applyWidths();
}

bool PanelSplitter::restoreWidths(const QByteArray &state)
{
    m_hasUserWidths = !state.isEmpty() && restoreState(state);
    // restoreState() takes these over from the file.
    setHandleWidth(1);
    setChildrenCollapsible(false);
    return m_hasUserWidths;
}

void PanelSplitter::resizeEvent(QResizeEvent *event)
{
    QSplitter::resizeEvent(event);
    applyWidths();
}

void PanelSplitter::applyWidths()
{
    if (m_hasUserWidths || count() != 3 || width() <= 0)
        return;
    const auto panel = [this](double share, int most) {
        return int(std::clamp(int(width() * share), kLeastPanel, most) * std::min(m_scale, 1.4));
    };
    const int left = panel(kLeftShare, kMostLeft);
    const int right = panel(kRightShare, kMostRight);
    setSizes({left, std::max(1, width() - left - right - 2 * handleWidth()), right});
}

} // namespace Interleave
