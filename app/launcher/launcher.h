// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Interleave
{

/// Waits until it is observed, and then becomes the program that it is told, in place: that has its
/// number, its parent and its descriptors.
///
///   interleave-launch --control FD --messages FD [--folder PATH] [--input PATH] [--descriptors N]
///                     -- PROGRAM [ARGUMENT...]
///
/// It says Ready on `messages` (`number`: the largest memory that the kernel has put down for it so
/// far, in KiB), and waits for a line on `control`; when that ends without one, so does it. Then it
/// enters `folder`, opens `input` there as its standard input, sets the soft limit of descriptors
/// to N, and executes the program, which it looks for in PATH as execvp(3) does. Both pipes are
/// closed by that. What goes wrong is told as an Outcome ("failed", `text`: one sentence, `number`:
/// the errno). Dispositions and mask of signals are set by whoever starts it.
/// \return 127 there is no such program, 126 it cannot be executed, 125 anything else: as env(1).
int launcherMain(int argc, char **argv);

} // namespace Interleave
