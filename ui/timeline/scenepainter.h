// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/timeline/scene.h"

class QIODevice;
class QPainter;

namespace Interleave
{

/// Draws a scene with QPainter: screen, QImage, PDF. GUI thread for widgets; any for images.
void paintScene(const Scene &scene, QPainter &painter);

/// Writes a scene as SVG 1.1 with real text and patterns. Errors: Io.
Result<void> writeSvg(const Scene &scene, QIODevice &device, const QString &title);

} // namespace Interleave
