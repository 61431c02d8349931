// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/paintcache.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QHash>
#include <QImage>
#include <QTransform>

#include <algorithm>
#include <cmath>

namespace Interleave
{

namespace
{

/// Share of 255 that the lines of a hatched area add: they stand out even when printed in grey.
constexpr int kHatchLine = 165;
/// The same of the dots, which are small.
constexpr int kStippleDot = 223;
/// More texts than a full screen of labels; beyond, the caches begin anew.
constexpr qsizetype kMostCached = 4000;

/// 0 ... 255: how much of a pixel a diagonal line covers, `d` steps along the other diagonal.
int lineCoverage(int d, int tile, qreal scale)
{
    const qreal halfWidth = 0.85 * scale;
    const qreal distance = std::abs(d - tile / 2.0);
    return int(std::clamp(halfWidth + 0.5 - distance, 0.0, 1.0) * 255);
}

/// Way from the middle of a pixel to a line that comes again with every tile.
qreal distanceIn(int pixel, qreal line, int tile)
{
    const qreal d = std::abs(pixel + 0.5 - line);
    return std::min(d, tile - d);
}

/// 0 ... 255: how much of a pixel the two dots of a tile cover, half a tile apart both ways.
int dotCoverage(int x, int y, int tile, qreal scale)
{
    // A third and not a quarter: at scale 1 the dots are then whole pixels.
    const qreal first = tile / 3.0;
    const qreal second = first + tile / 2.0;
    const qreal distance =
        std::min(std::hypot(distanceIn(x, first, tile), distanceIn(y, first, tile)),
                 std::hypot(distanceIn(x, second, tile), distanceIn(y, second, tile)));
    return int(std::clamp(kStippleRadiusPx * scale + 0.5 - distance, 0.0, 1.0) * 255);
}

/// Of a tile that is a dash and the gap behind it.
int dashOf(int tile)
{
    return qRound(tile * kDashPx / kDashPitchPx);
}

/// Logical size of the square that is repeated.
qreal pitchOf(Texture kind)
{
    switch (kind) {
    case Texture::DottedAcross:
    case Texture::DottedDown:
        return kDotPitchPx;
    case Texture::DashedAcross:
    case Texture::DashedDown:
        return kDashPitchPx;
    case Texture::Hatched:
    case Texture::CrossHatched:
    case Texture::Stippled:
        break;
    }
    return kHatchPitchPx;
}

int textureAlpha(Texture kind, int x, int y, int tile, qreal scale)
{
    switch (kind) {
    case Texture::DottedAcross:
        return x % tile < tile / 2 ? 255 : 0;
    case Texture::DottedDown:
        return y % tile < tile / 2 ? 255 : 0;
    case Texture::DashedAcross:
        return x % tile < dashOf(tile) ? 255 : 0;
    case Texture::DashedDown:
        return y % tile < dashOf(tile) ? 255 : 0;
    case Texture::Stippled:
        return kStippleGround + kStippleDot * dotCoverage(x, y, tile, scale) / 255;
    case Texture::Hatched:
    case Texture::CrossHatched:
        break;
    }
    int coverage = lineCoverage((x + y) % tile, tile, scale);
    if (kind == Texture::CrossHatched)
        coverage = std::max(coverage, lineCoverage((x - y + tile) % tile, tile, scale));
    return kHatchGround + kHatchLine * coverage / 255;
}

struct LabelKey {
    QString text;
    QFont font;
    int elideWidthPx = -1; ///< -1: whole
    bool operator==(const LabelKey &other) const
    {
        return elideWidthPx == other.elideWidthPx && text == other.text && font == other.font;
    }
};

size_t qHash(const LabelKey &key, size_t seed = 0)
{
    return ::qHash(key.text, seed) ^ ::qHash(key.font, seed) ^ size_t(key.elideWidthPx);
}

QHash<LabelKey, PreparedLabel> &labelCache()
{
    thread_local QHash<LabelKey, PreparedLabel> cache;
    return cache;
}

} // namespace

QBrush textureBrush(QRgb color, Texture kind, qreal scaleX, qreal scaleY)
{
    const int tile = std::clamp(qRound(pitchOf(kind) * scaleX), 2, 255);
    const quint64 key = quint64(color) << 16 | quint64(kind) << 8 | quint64(tile);
    thread_local QHash<quint64, QBrush> cache;
    if (const auto found = cache.constFind(key); found != cache.constEnd())
        return *found;
    if (cache.size() > kMostCached)
        cache.clear();

    QImage image(tile, tile, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < tile; ++y) {
        auto *row = reinterpret_cast<QRgb *>(image.scanLine(y));
        for (int x = 0; x < tile; ++x) {
            const int alpha = textureAlpha(kind, x, y, tile, scaleX) * qAlpha(color) / 255;
            row[x] = qPremultiply(qRgba(qRed(color), qGreen(color), qBlue(color), alpha));
        }
    }
    QBrush brush(image);
    brush.setTransform(QTransform::fromScale(1 / scaleX, 1 / scaleY));
    cache.insert(key, brush);
    return brush;
}

PreparedLabel preparedLabel(const QString &text, const QFont &font, int elideWidthPx)
{
    // Prepared texts hold font engines, which must not outlive the application.
    static const bool registered = [] {
        qAddPostRoutine([] { labelCache().clear(); });
        return true;
    }();
    Q_UNUSED(registered)

    auto &cache = labelCache();
    const LabelKey key{text, font, elideWidthPx};
    if (const auto found = cache.constFind(key); found != cache.constEnd())
        return *found;
    if (cache.size() > kMostCached)
        cache.clear();
    PreparedLabel label;
    label.shown = elideWidthPx < 0
        ? text
        : QFontMetricsF(font).elidedText(text, Qt::ElideRight, qreal(elideWidthPx));
    label.prepared.setTextFormat(Qt::PlainText);
    label.prepared.setPerformanceHint(QStaticText::AggressiveCaching);
    label.prepared.setText(label.shown);
    label.prepared.prepare(QTransform(), font);
    label.size = label.prepared.size();
    cache.insert(key, label);
    return label;
}

} // namespace Interleave
