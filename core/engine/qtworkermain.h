// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Interleave
{

/// The whole of `interleave-qt-worker`: workerMain() for the sets whose work needs Qt
/// (Workload::needsQtWorker). It costs what loading Qt costs, so the other sets do not use it.
int qtWorkerMain(int argc, char **argv);

} // namespace Interleave
