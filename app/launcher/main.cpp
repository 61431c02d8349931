// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/launcher/launcher.h"

/// interleave-launch: becomes a person's program once it is observed. Started by interleave.
int main(int argc, char **argv)
{
    return Interleave::launcherMain(argc, argv);
}
