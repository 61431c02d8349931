// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/swatch.h"
#include "ui/theme/theme.h"

#include <QWidget>

#include <vector>

namespace Interleave
{

/// What the forms on the timeline mean. One widget that draws its rows itself. GUI thread.
class LegendPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LegendPanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    [[nodiscard]] int rowCount() const { return int(m_rows.size()); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Row {
        Swatch swatch;
        QString text;
    };
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] int headingHeight() const;

    Theme m_theme;
    std::vector<Row> m_rows;
};

} // namespace Interleave
