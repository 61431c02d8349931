// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/slice.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanelayout.h"
#include "ui/timeline/scene.h"

#include <QWidget>

#include <vector>

namespace Interleave
{

/// One line of the legend: how a state looks and what it means.
struct LegendEntry {
    enum class Form { Slice, Mark };
    Form form = Form::Slice;
    SliceState state = SliceState::Running;
    WaitReason reason = WaitReason::None;
    QString text;
};

/// What a wait is for, in words that fit on a lane: "sleep", "a lock"; "blocked" when not known.
[[nodiscard]] QString waitText(WaitReason reason);
/// A state as a person says it: "running", "ready, waiting for a core", "blocked on a lock".
[[nodiscard]] QString stateText(SliceState state, WaitReason reason = WaitReason::None);

/// The entries that are always worth explaining.
[[nodiscard]] std::vector<LegendEntry> legendEntries();
/// Those that occur in these runs, for a picture that stands alone.
/// Cost: O(tracks), and O(slices) for what no sum tells (locks, lost records).
[[nodiscard]] std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs);

/// Draws the sign of an entry into `area`, as the lanes draw it in the accent colour.
void drawLegendSign(Scene &scene, const LegendEntry &entry, const QRectF &area, const Theme &theme);
/// Draws the entries side by side from the top left, in as many rows as `widthPx` asks for.
/// \return the height that was used.
qreal drawLegendRows(Scene &scene, const std::vector<LegendEntry> &entries, QPointF topLeft,
                     qreal widthPx, const Theme &theme);

/// The legend as a column beside the timeline. GUI thread.
class LegendWidget : public QWidget
{
    Q_OBJECT

public:
    explicit LegendWidget(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setEntries(std::vector<LegendEntry> entries);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] int rowHeight() const;

    Theme m_theme;
    std::vector<LegendEntry> m_entries;
    Scene m_scene;
};

} // namespace Interleave
