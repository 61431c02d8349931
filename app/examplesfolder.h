// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace Interleave
{

/// Where the Python examples are: the files of the resource ":/python/examples" on the disk, in the user's
/// cache, under a name made of their contents. Nobody but the user may look into it. What is there is
/// compared with the resource every time, and mended. It is not the folder of the Python helper: that is
/// on the path of the programs that are recorded, where nothing else may be found.
/// Thread: any, one at a time. Errors: NotFound when this build has no examples, Io.
[[nodiscard]] Result<QString> examplesFolder();

} // namespace Interleave
