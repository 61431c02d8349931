// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What concerns all lanes of a run at once: barriers that open, and the moment from which a deadlock
// keeps its tasks from going on.
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineScene)
};

/// Lines closer than this are one.
constexpr double kLeastLineGapPx = 3;
constexpr int kVeilAlpha = 20;
/// Between the words of a head and the name of a barrier: without it the two read as one.
constexpr qreal kNameGapPx = 8;

/// Where the lanes of a run stand in the picture.
struct RunExtent {
    qreal top = 0;
    qreal bottom = 0; ///< not below `top`: nothing of it is to be seen
    qreal wordsTop = 0; ///< of its first heading of a group, where there is room for words

    [[nodiscard]] bool isVisible() const { return bottom > top; }
};

RunExtent extentOf(const std::vector<Lane> &lanes, int run, qreal lanesTop, qreal scrollY,
                   qreal height)
{
    RunExtent extent{height, lanesTop, lanesTop};
    bool hasWords = false;
    for (const Lane &lane : lanes) {
        if (lane.run != run || lane.kind == Lane::Kind::RunHeading)
            continue;
        const qreal top = lanesTop + lane.y - scrollY;
        extent.top = std::min(extent.top, top);
        extent.bottom = std::max(extent.bottom, top + lane.height);
        if (!hasWords && lane.kind == Lane::Kind::GroupHeading) {
            extent.wordsTop = std::max(top, lanesTop);
            hasWords = true;
        }
    }
    extent.top = std::max(extent.top, lanesTop);
    extent.bottom = std::min(extent.bottom, height);
    return extent;
}

/// The words at the line of a deadlock, and where they stand.
struct DeadlockBubble {
    QString text;
    QFont font;
    QRectF area;
};

/// \param lineX of the deadlock's line, in the picture. \param left, right  bounds of the lanes' area.
DeadlockBubble bubbleOf(const DeadlockReport &deadlock, const Theme &theme, qreal lineX,
                        qreal wordsTop, qreal left, qreal right)
{
    DeadlockBubble bubble;
    bubble.text = deadlock.isStarvation ? Texts::tr("pool starvation from here on")
        : deadlock.isLeak               ? Texts::tr("never free from here on")
                                        : Texts::tr("deadlock from here on");
    bubble.font = theme.smallFont;
    bubble.font.setWeight(QFont::DemiBold);
    const qreal width =
        std::ceil(QFontMetricsF(bubble.font).horizontalAdvance(bubble.text)) + 12 * theme.scale;
    const qreal x = std::max(left, std::min(lineX, right - width));
    bubble.area = QRectF(x, wordsTop + 2, width, std::round(17 * theme.scale));
    return bubble;
}

} // namespace

qreal TimelineSceneBuilder::endOfWords(qreal top, qreal bottom) const
{
    qreal end = m_headWidth;
    for (const HeadingWords &words : m_headingWords) {
        if (words.top < bottom && words.bottom > top)
            end = std::max(end, words.right);
    }
    return end;
}

void TimelineSceneBuilder::drawBarriers(Frame &frame)
{
    const Theme &theme = frame.theme;
    const qreal word = theme.smallFont.pixelSize() + 6;
    for (std::size_t run = 0; run < frame.snapshots.size(); ++run) {
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[run];
        const auto &openings = m_layout.objects(int(run)).openings();
        const RunExtent extent = extentOf(m_layout.lanes(), int(run), m_lanesTop,
                                          frame.state.scrollY, frame.size.height());
        if (!snapshot || openings.empty() || !extent.isVisible())
            continue;
        const qreal namesFrom =
            endOfWords(extent.wordsTop, extent.wordsTop + word) + kNameGapPx * theme.scale;
        // Drawn later, over all else.
        QRectF covered;
        const std::optional<DeadlockReport> &deadlock = frame.state.runs[run].deadlock;
        const double deadlockX = deadlock ? m_scale.toX(deadlock->since) : -1;
        if (deadlock && deadlockX >= 0 && deadlockX < m_scale.widthPx) {
            covered = bubbleOf(*deadlock, theme, m_headWidth + std::floor(deadlockX) + 0.5,
                               extent.wordsTop, m_headWidth, frame.size.width())
                          .area;
        }
        const TimestampNs origin = snapshot->origin();
        const TimestampNs end = std::min(origin + m_scale.window.end, snapshot->horizon());
        auto opening = std::lower_bound(
            openings.begin(), openings.end(), origin + m_scale.window.begin,
            [](const ObjectHistory::Opening &o, TimestampNs time) { return o.time < time; });
        double lastX = -1e9;
        for (; opening != openings.end() && opening->time < end; ++opening) {
            const double x = m_scale.toX(opening->time - origin);
            if (x < lastX + kLeastLineGapPx)
                continue;
            lastX = x;
            const qreal at = m_headWidth + std::floor(x) + 0.5;
            frame.scene.line({at, extent.top}, {at, extent.bottom}, theme.mutedText,
                             std::max(1.0, theme.scale));
            const QString name =
                QString::fromStdString(snapshot->trace().objectName(opening->object));
            auto next = opening + 1;
            while (next != openings.end() && m_scale.toX(next->time - origin) < x + kLeastLineGapPx)
                ++next;
            const double room = next != openings.end() && next->time < end
                ? m_scale.toX(next->time - origin) - x
                : m_scale.widthPx - x;
            const qreal width = name.isEmpty() ? 0 : std::ceil(m_widths.of(name)) + 1;
            if (name.isEmpty() || width + 10 > room)
                continue;
            const QRectF label(at + 5, extent.wordsTop + 1, width, word);
            const QRectF plate = label.adjusted(-2, 0, 2, 0);
            if (label.left() < namesFrom || plate.intersects(covered))
                continue;
            frame.scene.rect(plate, theme.laneHead);
            frame.scene.label(label, name, theme.smallFont, theme.mutedText,
                              Qt::AlignLeft | Qt::AlignVCenter, false);
        }
    }
}

void TimelineSceneBuilder::drawDeadlocks(Frame &frame)
{
    const Theme &theme = frame.theme;
    for (std::size_t run = 0; run < frame.state.runs.size(); ++run) {
        const std::optional<DeadlockReport> &deadlock = frame.state.runs[run].deadlock;
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[run];
        if (!deadlock || !snapshot)
            continue;
        const RunExtent extent = extentOf(m_layout.lanes(), int(run), m_lanesTop,
                                          frame.state.scrollY, frame.size.height());
        const double begin = m_scale.toX(deadlock->since);
        const double end = std::min(m_scale.toX(snapshot->horizon() - snapshot->origin()),
                                    double(m_scale.widthPx));
        if (!extent.isVisible() || begin >= m_scale.widthPx || end <= 0)
            continue;
        QColor veil = theme.alert;
        veil.setAlpha(kVeilAlpha);
        const qreal left = m_headWidth + std::max(begin, 0.0);
        frame.scene.rect(
            QRectF(left, extent.top, m_headWidth + end - left, extent.bottom - extent.top), veil);
        if (begin < 0)
            continue;
        const qreal at = m_headWidth + std::floor(begin) + 0.5;
        frame.scene.line({at, extent.top}, {at, extent.bottom}, theme.alert, 2 * theme.scale);
        const DeadlockBubble bubble =
            bubbleOf(*deadlock, theme, at, extent.wordsTop, m_headWidth, frame.size.width());
        frame.scene.rect(bubble.area, theme.alert, Pattern::Solid, 4);
        frame.scene.label(bubble.area, bubble.text, bubble.font, Theme::readableOn(theme.alert),
                          Qt::AlignCenter, false);
    }
}

} // namespace Interleave
