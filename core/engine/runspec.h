// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/engine/work/workparameters.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Interleave
{

/// What carries the tasks of a run (DESIGN.md, section 5).
enum class Model : std::uint8_t { Sequential, Threads, Pool, Processes, Coroutines, Gil };

/// By the word of the command line: "sequential", "threads", "pool", "processes", "coroutines",
/// "gil".
[[nodiscard]] std::optional<Model> modelNamed(std::string_view word);
/// The word for the kind of its tasks in a Define message: "step", "thread", "job", ...
[[nodiscard]] const char *taskKindWord(Model model);

/// What a held engine host is told to run.
struct RunSpec {
    std::string slug;
    Model model = Model::Sequential;
    WorkParameters parameters;
    std::string worker; ///< path of interleave-worker
};

/// Reads {"slug", "model", "params": {...}, "worker"}. Errors: BadInput, naming the key.
[[nodiscard]] Result<RunSpec> parseRunSpec(const QByteArray &json);

} // namespace Interleave
