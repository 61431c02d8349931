// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/arguments.h"
#include "core/taskset/catalogue.h"

namespace Interleave
{

/// Carries out a command of the command line; needs a QCoreApplication, for pictures a
/// QGuiApplication. \return the exit code.
[[nodiscard]] int carryOut(const Arguments &arguments, const Catalogue &catalogue);

/// True when the command writes a picture, which needs fonts and so a QGuiApplication.
[[nodiscard]] bool needsFonts(const Arguments &arguments);

/// "interleave: SENTENCE" on standard error. \return the exit code that fits the error.
int complain(const Error &error);

} // namespace Interleave
