// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/pictureexport.h"

#include "core/query/chart.h"
#include "core/query/knowledge.h"
#include "core/taskset/taskset.h"
#include "ui/chart/chartscene.h"
#include "ui/command/commandwords.h"
#include "ui/export/parametertext.h"
#include "ui/inspector/deadlockwords.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/runviews.h"
#include "ui/timeline/scenepainter.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QFontMetricsF>
#include <QHash>
#include <QImage>
#include <QImageWriter>
#include <QMarginsF>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(PictureExport)
};

constexpr qreal kMarginPx = 24;
constexpr int kLeastWidthPx = 320;
/// Lanes get at least this much more than their least height, so that names stay readable.
constexpr qreal kLaneRoom = 1.25;
constexpr int kMostLanes = 64;
/// A chart has few numbers: wider, their bars and points would only be further apart.
constexpr qreal kMostChartWidthPx = 560;
/// QPdfWriter's resolution at which its pixels are those of the scene: 96 to the inch.
constexpr int kPixelsPerInch = 96;
constexpr qreal kPointsPerPixel = 72.0 / kPixelsPerInch;

QString titleOf(const std::vector<RunReport> &runs)
{
    if (runs.empty())
        return Texts::tr("No run");
    QStringList models;
    for (const RunReport &report : runs) {
        const QString model = modelTitle(report.model);
        if (!models.contains(model))
            models << model;
    }
    return runs.front().title + QStringLiteral(" · ") + models.join(QStringLiteral(", "));
}

QString parametersOf(const std::vector<RunReport> &runs)
{
    QStringList parts;
    if (runs.empty())
        return {};
    const QJsonObject &params = runs.front().params;
    for (auto it = params.begin(); it != params.end(); ++it) {
        const QString text = parameterText(it.key(), it.value());
        if (!text.isEmpty())
            parts << text;
    }
    if (runs.size() == 1) {
        const RunStatistics &numbers = runs.front().statistics;
        parts << Texts::tr("wall %1").arg(durationLabel(numbers.wall))
              << (knowledgeOf(runs.front().source).totals
                      ? Texts::tr("CPU %1").arg(durationLabel(numbers.cpu))
                      : Texts::tr("CPU time not known"));
    }
    return parts.join(QStringLiteral(" · "));
}

QString sentenceOf(const std::vector<RunReport> &runs)
{
    if (runs.empty())
        return {};
    if (runs.size() > 1)
        return compareRuns(runs).sentence;
    const RunReport &report = runs.front();
    if (report.deadlock) {
        const QString sentence = deadlockSentence(report);
        return report.sentence == report.message ? sentence
                                                 : sentence + QLatin1Char(' ') + report.sentence;
    }
    if (report.outcome == RunOutcome::Finished || report.message.isEmpty())
        return report.sentence;
    return report.message + QLatin1Char(' ') + report.sentence;
}

QString sourceText(Source source)
{
    switch (source) {
    case Source::KernelWide:
        return Texts::tr("Source: kernel context-switch records of the whole machine");
    case Source::Kernel:
        return Texts::tr("Source: kernel context-switch records");
    case Source::Sampled:
        return Texts::tr("Source: sampled; totals are right, placement on cores is not known");
    case Source::Events:
        return Texts::tr("Source: the program's own events; what ran on the cores is not known");
    }
    return {};
}

/// Every picture names where its truth comes from, and what is missing from it.
QStringList footerOf(const std::vector<RunReport> &runs)
{
    QStringList sources;
    std::uint64_t lost = 0;
    for (const RunReport &report : runs) {
        QString source = sourceText(report.source);
        if (!report.sourceRemark.isEmpty())
            source += QStringLiteral(" (") + report.sourceRemark + QLatin1Char(')');
        if (!sources.contains(source))
            sources << source;
        lost += report.recordsLost + report.eventsDropped;
    }
    QStringList lines;
    QStringList machine;
    if (!runs.empty() && !runs.front().machine.isEmpty())
        machine << runs.front().machine;
    if (!runs.empty() && !runs.front().priority.isEmpty())
        machine << Texts::tr("priority: %1").arg(runs.front().priority);
    if (!machine.isEmpty())
        lines << machine.join(QStringLiteral(" · "));
    // What was asked of a program, or that its begin is missing, is part of where the truth comes from.
    for (const RunReport &report : runs) {
        const QString stamp = report.command ? commandStamp(*report.command) : QString();
        if (!stamp.isEmpty() && !sources.contains(stamp))
            sources.prepend(stamp); // what follows may be too long for its line
    }
    if (lost > 0)
        sources << Texts::tr("%1 records lost").arg(lost);
    if (!sources.isEmpty())
        lines << sources.join(QStringLiteral(" · "));
    return lines;
}

QStringList wrapped(const QString &text, const QFont &font, qreal widthPx)
{
    const QFontMetricsF metrics(font);
    QStringList lines;
    QString line;
    const QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &word : words) {
        const QString longer = line.isEmpty() ? word : line + QLatin1Char(' ') + word;
        if (!line.isEmpty() && metrics.horizontalAdvance(longer) > widthPx) {
            lines << line;
            line = word;
        } else {
            line = longer;
        }
    }
    if (!line.isEmpty())
        lines << line;
    return lines;
}

/// Writes line after line from the top of the picture.
class Column
{
public:
    Column(Scene &scene, qreal left, qreal widthPx, qreal top)
        : m_scene(scene)
        , m_left(left)
        , m_width(widthPx)
        , m_y(top)
    {
    }

    void add(const QString &text, const QFont &font, const QColor &color)
    {
        if (text.isEmpty())
            return;
        const qreal height = std::ceil(QFontMetricsF(font).height()) + 3;
        m_scene.label(QRectF(m_left, m_y, m_width, height), text, font, color);
        m_y += height;
    }
    void skip(qreal pixels) { m_y += pixels; }
    [[nodiscard]] qreal y() const { return m_y; }

private:
    Scene &m_scene;
    qreal m_left;
    qreal m_width;
    qreal m_y;
};

/// Groups of so many lanes that the picture would be several pages high; their headings stay.
QSet<QString> crowdedGroups(const std::vector<Lane> &lanes)
{
    QHash<QString, int> counts;
    QSet<QString> crowded;
    for (const Lane &lane : lanes) {
        if (lane.kind == Lane::Kind::Track && ++counts[lane.group] > kMostLanes)
            crowded.insert(lane.group);
    }
    return crowded;
}

/// With its title, from the top left corner; nothing where no chart belongs to the runs.
Scene chartOfPicture(const std::vector<RunReport> &runs, const Theme &theme, qreal widthPx)
{
    Scene scene;
    std::optional<Chart> chart;
    if (!runs.empty())
        chart = runs.size() == 1 ? chartOf(runs.front()) : chartOfRuns(runs);
    if (!chart)
        return scene;
    const qreal width = std::min(widthPx, kMostChartWidthPx * theme.scale);
    QFont titleFont = theme.font;
    titleFont.setWeight(QFont::DemiBold);
    Column column(scene, 0, width, 0);
    column.add(chart->title, titleFont, theme.text);
    column.skip(4 * theme.scale);
    const Scene drawn = chartScene(*chart, theme, width);
    scene.append(drawn, QPointF(0, column.y()));
    scene.size = QSizeF(width, column.y() + drawn.size.height());
    return scene;
}

/// The timeline alone, as high as `least` or as its lanes need.
Scene timelineOf(const std::vector<RunView> &views, const Theme &theme, qreal widthPx, qreal least,
                 const std::optional<TimeSpan> &window)
{
    LaneLayout layout;
    layout.update(views, 0, theme.scale, {}, {});
    QSet<QString> collapsed = crowdedGroups(layout.lanes());
    for (std::size_t run = 0; run < views.size(); ++run)
        collapsed.insert(LaneLayout::housekeepingGroup(int(run)));
    layout.update(views, 0, theme.scale, collapsed, {});
    const qreal ruler = std::round(TimelineSceneBuilder::kRulerHeight * theme.scale);
    // As high as its lanes need, grown to the room that there is, and no hole below them.
    const qreal needed = std::ceil(layout.contentHeight() * kLaneRoom);
    layout.update(views, least - ruler, theme.scale, collapsed, {});
    const qreal height = std::max(needed, std::ceil(layout.contentHeight())) + ruler;

    TimelineState state;
    state.runs = views;
    state.showOverview = false;
    state.collapsedGroups = collapsed;
    state.window = window && !window->isEmpty()
        ? *window
        : TimelineSceneBuilder::wholeWindow(TimelineSceneBuilder::longestOf(views), widthPx,
                                            theme.scale);
    TimelineSceneBuilder builder;
    Scene scene;
    builder.build(state, theme, QSizeF(widthPx, height), scene);
    return scene;
}

QString nativeError(const QString &path, const QString &reason)
{
    return QStringLiteral("cannot write %1: %2").arg(path, reason);
}

Error ioError(const QString &path, const QString &reason)
{
    return {ErrorCode::Io, nativeError(path, reason).toStdString()};
}

Result<void> writePng(const Scene &scene, QSaveFile &file, qreal scale, const QString &title)
{
    const qreal factor = std::clamp<qreal>(scale, 1, 4);
    const QSize pixels(int(std::ceil(scene.size.width() * factor)),
                       int(std::ceil(scene.size.height() * factor)));
    // QPainter's raster engine does not draw beyond 32767 pixels.
    constexpr int kMostPixels = 32767;
    QImage image;
    if (pixels.width() <= kMostPixels && pixels.height() <= kMostPixels)
        image = QImage(pixels, QImage::Format_RGB32);
    if (image.isNull()) {
        return Error{
            ErrorCode::BadInput,
            QStringLiteral("a picture of %1 x %2 pixels is too large; choose a smaller size or "
                           "scale, or write .svg or .pdf")
                .arg(pixels.width())
                .arg(pixels.height())
                .toStdString()};
    }
    image.setDevicePixelRatio(factor);
    image.fill(scene.background);
    {
        QPainter painter(&image);
        paintScene(scene, painter);
    }
    image.setText(QStringLiteral("Title"), title);
    image.setText(QStringLiteral("Software"), QStringLiteral("Interleave"));
    QImageWriter writer(&file, "png");
    if (!writer.write(image)) {
        const QString reason =
            file.error() == QFileDevice::NoError ? writer.errorString() : file.errorString();
        return ioError(file.fileName(), reason);
    }
    return {};
}

Result<void> writePdf(const Scene &scene, QSaveFile &file, const QString &title)
{
    QPdfWriter writer(&file);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Interleave"));
    writer.setResolution(kPixelsPerInch);
    writer.setPageSize(QPageSize(scene.size * kPointsPerPixel, QPageSize::Point, QString(),
                                 QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    QPainter painter;
    if (!painter.begin(&writer))
        return ioError(file.fileName(), file.errorString());
    paintScene(scene, painter);
    painter.end();
    return {};
}

} // namespace

Scene composePicture(const std::vector<RunReport> &runs, const PictureOptions &options)
{
    const Theme theme = Theme::make(options.theme);
    const qreal margin = kMarginPx * theme.scale;
    const qreal width = std::max(options.size.width(), kLeastWidthPx);
    const qreal inner = width - 2 * margin;
    Scene scene;
    scene.background = theme.canvas;

    Column head(scene, margin, inner, margin);
    head.add(titleOf(runs), theme.headingFont, theme.text);
    head.add(parametersOf(runs), theme.smallFont, theme.mutedText);
    head.skip(6 * theme.scale);
    for (const QString &line : wrapped(sentenceOf(runs), theme.font, inner))
        head.add(line, theme.font, theme.text);
    head.skip(10 * theme.scale);

    const std::vector<RunView> views = viewsOf(runs, RunStack::Picture);
    const std::vector<LegendEntry> legend = legendEntries(views);
    const QStringList footer = footerOf(runs);
    const Scene chart = chartOfPicture(runs, theme, inner);
    const qreal chartGap = 8 * theme.scale;
    const qreal chartHeight = chart.size.isEmpty() ? 0 : chart.size.height() + 2 * chartGap;
    // Drawn once into nothing, to know how much of the height is left for the lanes.
    Scene scratch;
    const qreal legendHeight = drawLegendRows(scratch, legend, {0, 0}, inner, theme);
    const qreal footerLine = std::ceil(QFontMetricsF(theme.smallFont).height()) + 3;
    const qreal below = 10 * theme.scale + legendHeight + 4 * theme.scale + chartHeight
        + footerLine * qreal(footer.size()) + margin;

    const Scene timeline =
        timelineOf(views, theme, inner, options.size.height() - head.y() - below, options.window);
    scene.append(timeline, QPointF(margin, head.y()));
    const QRectF frame(QPointF(margin, head.y()), timeline.size);
    scene.rect(frame, theme.line, Pattern::Hollow);

    Column foot(scene, margin, inner, frame.bottom() + 10 * theme.scale);
    foot.skip(drawLegendRows(scene, legend, {margin, foot.y()}, inner, theme) + 4 * theme.scale);
    scene.append(chart, QPointF(margin, foot.y() + chartGap));
    foot.skip(chartHeight);
    for (const QString &line : footer)
        foot.add(line, theme.smallFont, theme.mutedText);
    scene.size = QSizeF(width, std::ceil(foot.y() + margin));
    return scene;
}

Result<void> exportPicture(const std::vector<RunReport> &runs, const QString &path,
                           const PictureOptions &options)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    const bool isPng = ending == QLatin1String("png");
    const bool isSvg = ending == QLatin1String("svg");
    if (!isPng && !isSvg && ending != QLatin1String("pdf")) {
        return Error{ErrorCode::BadInput,
                     QStringLiteral("cannot write %1 as a picture; use .png, .svg or .pdf")
                         .arg(path)
                         .toStdString()};
    }
    const Scene scene = composePicture(runs, options);
    const QString title = titleOf(runs);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return ioError(path, file.errorString());
    Result<void> written = isPng ? writePng(scene, file, options.scale, title)
        : isSvg                  ? writeSvg(scene, file, title)
                                 : writePdf(scene, file, title);
    if (!written) {
        const QString reason = file.errorString();
        file.cancelWriting();
        return isSvg ? Result<void>(ioError(path, reason)) : written;
    }
    if (!file.commit())
        return ioError(path, file.errorString());
    return {};
}

} // namespace Interleave
