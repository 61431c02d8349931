// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace Interleave
{

/// A thing that tasks share and wait for.
enum class ObjectKind : std::uint8_t {
    Lock, ///< held by one
    ReadWriteLock, ///< held by one writer or by several readers
    Semaphore, ///< held by up to `capacity`
    Condition,
    Barrier,
    Latch,
    Channel, ///< a bounded queue of `capacity` items
    Pool, ///< the workers of a pool: a queued job waits for one of `capacity`
    Connections, ///< a connection pool
    Counter, ///< a number over time; `capacity` is the value expected at the end, or 0
    GlobalLock, ///< the lock of an interpreter
};
constexpr int kObjectKindCount = 11;
/// "lock", "read-write lock", "semaphore", ...: the words of the Object message, and for a person.
[[nodiscard]] const char *objectKindName(ObjectKind kind);
[[nodiscard]] std::optional<ObjectKind> objectKindNamed(std::string_view word);
/// Whether tasks hold it, so that it gets a track of who does.
[[nodiscard]] bool isHeld(ObjectKind kind);

/// Number of an object within its run: small, from 1, given by the task set.
using ObjectId = std::uint32_t;
constexpr ObjectId kNoObject = 0;

} // namespace Interleave
