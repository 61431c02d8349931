// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workermain.h"

/// interleave-worker: one task of a run in a process of its own. Started by interleave-engine.
int main(int argc, char **argv)
{
    return Interleave::workerMain(argc, argv);
}
