// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>

namespace Interleave
{

/// Left panel, centre, right panel. The panels shrink with the window (gallery 256 to 220 px,
/// inspector 266 to 220 px, times the theme's scale) until the user gives them a width. GUI thread.
class PanelSplitter : public QSplitter
{
    Q_OBJECT

public:
    explicit PanelSplitter(QWidget *parent = nullptr);

    void setScale(qreal scale);
    /// Forgets the user's widths.
    void resetWidths();
    [[nodiscard]] bool hasUserWidths() const { return m_hasUserWidths; }
    /// Widths from an earlier session.
    bool restoreWidths(const QByteArray &state);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void applyWidths();

    qreal m_scale = 1;
    bool m_hasUserWidths = false;
};

} // namespace Interleave
