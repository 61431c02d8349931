// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/handmadetrace.h"
#include "ui/timeline/timelinescene.h"

#include <QTest>

#include <functional>
#include <vector>

namespace Interleave
{

/// A handmade trace as the timeline is asked to show it: one run of the model "threads".
inline std::vector<RunView> viewsOf(const HandmadeTrace &made)
{
    RunView view;
    view.trace = made.shared();
    view.model = QStringLiteral("threads");
    return {view};
}

/// One task, "prime 1", with one slice of this state in [10, 90) of 100 ms.
inline HandmadeTrace oneSlice(SliceState state, WaitReason reason = WaitReason::None)
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 10 * kMillisecond, 90 * kMillisecond, state, 1, reason);
    made.publish(100 * kMillisecond);
    return made;
}

/// Test data: a row for each state of a slice, in the column "state".
inline void addRowPerState()
{
    QTest::addColumn<int>("state");
    for (int state = 0; state < kSliceStateCount; ++state)
        QTest::addRow("%s", sliceStateName(SliceState(state))) << state;
}

/// The picture of a handmade trace, and what stands in it. The lanes are 1000 pixels wide: 0.1 ms a pixel
/// with the window of 100 ms.
class TimelinePicture
{
public:
    static constexpr int kLanesWidth = 1000;
    using Test = std::function<bool(const SceneItem &)>;

    explicit TimelinePicture(const HandmadeTrace &made)
    {
        state.runs = viewsOf(made);
        state.window = {0, 100 * kMillisecond};
    }

    void build(qreal height = 700)
    {
        builder.build(state, theme, QSizeF(widthPx(), height), scene);
    }
    /// Of the whole picture, with its heads, whose width depends on it.
    [[nodiscard]] qreal widthPx() const
    {
        qreal head = 0;
        for (int i = 0; i < 10; ++i) // each step comes seven times nearer
            head = TimelineSceneBuilder::headWidthOf(head + kLanesWidth, theme.scale);
        return head + kLanesWidth;
    }

    /// Of the lane itself, without its head; empty when it is not there.
    [[nodiscard]] QRectF areaOf(const QString &laneTitle) const
    {
        for (const Lane &lane : builder.layout().lanes()) {
            if (lane.title == laneTitle && !lane.isHeading())
                return {builder.headWidth(), builder.lanesTop() + lane.y - state.scrollY,
                        qreal(kLanesWidth), lane.height};
        }
        return {};
    }
    [[nodiscard]] std::vector<SceneItem> itemsOf(const QString &laneTitle, const Test &test) const
    {
        const QRectF lane = areaOf(laneTitle);
        std::vector<SceneItem> found;
        for (const SceneItem &item : scene.items) {
            if (item.area.top() >= lane.top() && item.area.bottom() <= lane.bottom()
                && item.area.left() >= lane.left() && test(item))
                found.push_back(item);
        }
        return found;
    }
    [[nodiscard]] std::vector<SceneItem> rectsOf(const QString &laneTitle, Pattern pattern,
                                                 const QColor &color) const
    {
        return itemsOf(laneTitle, [&](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Rect && item.pattern == pattern
                && item.color == color.rgba();
        });
    }
    [[nodiscard]] std::vector<SceneItem> rectsOf(const QString &laneTitle,
                                                 const QColor &color) const
    {
        return rectsOf(laneTitle, Pattern::Solid, color);
    }
    [[nodiscard]] std::vector<SceneItem> linesOf(const QString &laneTitle,
                                                 const QColor &color) const
    {
        return itemsOf(laneTitle, [&](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Line && item.color == color.rgba();
        });
    }
    [[nodiscard]] std::vector<SceneItem> linesIn(const QColor &color) const
    {
        std::vector<SceneItem> found;
        for (const SceneItem &item : scene.items) {
            if (item.kind == SceneItem::Kind::Line && item.color == color.rgba())
                found.push_back(item);
        }
        return found;
    }
    /// Vertical lines in the lanes that go over more than one of them.
    [[nodiscard]] std::vector<SceneItem> longLinesIn(const QColor &color) const
    {
        std::vector<SceneItem> found;
        for (const SceneItem &item : linesIn(color)) {
            if (item.area.left() == item.area.right() && item.area.height() > 60
                && item.area.left() > builder.headWidth())
                found.push_back(item);
        }
        return found;
    }
    /// nullptr when no such words are in the picture.
    [[nodiscard]] const SceneItem *labelOf(const QString &text) const
    {
        for (const SceneItem &item : scene.items) {
            if (item.kind == SceneItem::Kind::Label && scene.labels.at(item.index).text == text)
                return &item;
        }
        return nullptr;
    }
    [[nodiscard]] bool hasLabel(const QString &text) const { return labelOf(text) != nullptr; }
    [[nodiscard]] qreal xOf(TimestampNs time) const
    {
        return builder.headWidth() + builder.timeScale().toX(time);
    }

    Theme theme = Theme::make(Theme::Kind::Light);
    TimelineState state;
    TimelineSceneBuilder builder;
    Scene scene;
};

} // namespace Interleave
