// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginehost.h"

/// interleave-engine: runs one task set where it can do no harm to the window. Started by interleave.
int main(int argc, char **argv)
{
    return Interleave::engineHostMain(argc, argv);
}
