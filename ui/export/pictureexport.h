// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/query/runreport.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timelinescene.h"

#include <QSize>
#include <QString>

#include <optional>

namespace Interleave
{

/// What a picture of one or more runs shall look like.
struct PictureOptions {
    /// Logical pixels. Higher when the lanes need more, lower when they would leave a hole.
    QSize size{1600, 900};
    qreal scale = 1.0; ///< 1 to 4, PNG only
    Theme::Kind theme = Theme::Kind::Light;
    std::optional<TimeSpan> window; ///< relative to zero; nothing: the whole run
};

/// The picture: title, sentence, timeline, legend, the chart that belongs to the set, parameters, machine and
/// the note of the source.
[[nodiscard]] Scene composePicture(const std::vector<RunReport> &runs,
                                   const PictureOptions &options);

/// Writes a picture as its ending says: .png, .svg, .pdf. Written to a temporary file beside `path`
/// and renamed, so that a failure leaves an existing file untouched.
/// Errors: BadInput for other endings; Io "cannot write primes.png: No space left on device".
/// Thread: GUI. Needs a QGuiApplication.
Result<void> exportPicture(const std::vector<RunReport> &runs, const QString &path,
                           const PictureOptions &options);

} // namespace Interleave
