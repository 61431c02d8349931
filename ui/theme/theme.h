// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/trace/slice.h"

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

namespace Interleave
{

/// Every colour and type size of the product. Value; pass by const reference.
///
/// The task palette is Okabe and Ito's, extended; hue is never the only carrier of a meaning.
struct Theme {
    enum class Kind { Light, Dark, Projector };
    Kind kind = Kind::Light;

    QColor window; ///< behind panels
    QColor panel; ///< gallery, inspector, toolbar
    QColor canvas; ///< behind the lanes
    QColor laneHead; ///< group headings
    QColor line; ///< hairlines
    QColor grid;
    QColor text;
    QColor mutedText;
    QColor accent;
    QColor accentText; ///< on accent
    QColor selection; ///< fill behind a selected row or lane
    QColor alert; ///< blocked on a lock, failures
    QColor good; ///< the source chip when it is the kernel
    QColor others; ///< core time of other programs
    QColor neutral; ///< running, but on behalf of no task
    QColor waiting; ///< I/O, sleep, join, suspended

    QFont font; ///< body
    QFont smallFont;
    QFont headingFont;
    qreal scale = 1.0; ///< lanes and lines; 1.6 for the projector

    /// The colour of a task: the same on every lane, table, chart and export.
    [[nodiscard]] QColor taskColor(TaskId task) const;
    /// Black or white, whichever reads better on `fill`.
    [[nodiscard]] static QColor readableOn(const QColor &fill);
    /// `share` of 255 parts `over`, the rest `base`; mixed in linear light, opaque.
    [[nodiscard]] static QRgb blended(QRgb base, QRgb over, int share);
    /// `color` with 60 % of its contrast against `ground`, so that something else stands out and this
    /// is still read. Contrast is that of the Web Content Accessibility Guidelines, less its 1.
    [[nodiscard]] static QColor dimmed(const QColor &ground, const QColor &color);

    /// The accent under the pointer: further from accentText, so that this is read as well as before.
    [[nodiscard]] QColor accentHover() const;

    [[nodiscard]] static Theme make(Kind kind);
    /// "light", "dark", "projector"; nothing else. \return Light for other words.
    [[nodiscard]] static Kind kindOf(const QString &word);
    /// Light or dark as the desktop says.
    [[nodiscard]] static Kind systemKind();
    /// Style sheet for the widgets of the window. A label's role is its dynamic property "role":
    /// "heading", "muted" or "small". Buttons: "role" "primary" or "flat".
    [[nodiscard]] QString styleSheet() const;
    /// The same colours for what a style sheet does not reach (item delegates, native dialogs).
    [[nodiscard]] QPalette palette() const;
};

} // namespace Interleave
