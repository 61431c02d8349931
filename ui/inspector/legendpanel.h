// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"
#include "ui/timeline/legend.h"

#include <QWidget>

#include <vector>

namespace Interleave
{

/// What the forms on the timeline mean: the legend of the pictures as a column, and no room where there is
/// nothing to explain. One widget that draws its rows itself. GUI thread.
class LegendPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LegendPanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Explains what these runs show. Cost: see Legend::update().
    void setRuns(const std::vector<RunView> &runs);
    [[nodiscard]] const std::vector<LegendEntry> &entries() const { return m_entries; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void setEntries(std::vector<LegendEntry> entries);
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] int headingHeight() const;

    Theme m_theme;
    Legend m_legend;
    std::vector<LegendEntry> m_entries;
};

} // namespace Interleave
