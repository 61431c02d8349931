// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/arguments.h"
#include "core/query/runreport.h"
#include "core/taskset/catalogue.h"

namespace Interleave
{

/// Carries out a command of the command line; needs a QCoreApplication, for pictures a
/// QGuiApplication. \param catalogue  the built-in sets; own ones are read where the command needs them.
/// \return the exit code.
[[nodiscard]] int carryOut(const Arguments &arguments, Catalogue catalogue);

/// True when the command writes a picture, which needs fonts and so a QGuiApplication.
[[nodiscard]] bool needsFonts(const Arguments &arguments);

/// "interleave: SENTENCE" on standard error. \return the exit code that fits the error.
int complain(const Error &error);

/// Complains when a source was asked for and the run had another. \return the exit code, else 0.
[[nodiscard]] int sourceRefused(const Arguments &arguments, const RunReport &report);

} // namespace Interleave
