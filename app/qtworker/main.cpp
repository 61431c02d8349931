// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/qtworkermain.h"

/// interleave-qt-worker: one task of a run in a process of its own, with Qt. Started by interleave-engine.
int main(int argc, char **argv)
{
    return Interleave::qtWorkerMain(argc, argv);
}
