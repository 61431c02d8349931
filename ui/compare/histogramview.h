// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/repeats.h"
#include "ui/theme/theme.h"
#include "ui/timeline/scene.h"

#include <QWidget>

namespace Interleave
{

/// How often each value came out: a heading, and below it a bar a row with its value and its number.
/// \param widthPx of the picture. \return with its size.
[[nodiscard]] Scene histogramScene(const Distribution &distribution, const Theme &theme,
                                   qreal widthPx);

/// The same as a widget, as high as its rows; its accessible description has the numbers. GUI thread.
class HistogramView : public QWidget
{
    Q_OBJECT

public:
    HistogramView(const Distribution &distribution, const Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Distribution m_distribution;
    Theme m_theme;
};

} // namespace Interleave
