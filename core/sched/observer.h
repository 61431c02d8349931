// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/schedevent.h"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Where the truth about the cores comes from, best first (DESIGN.md, section 6).
enum class Source : std::uint8_t { KernelWide, Kernel, Sampled, Events };

/// "kernel-wide", "kernel", "sampled", "events": the words of the JSON documents.
[[nodiscard]] const char *sourceName(Source source);

/// Watches which of a process tree's threads run on which core. One owner, one thread: the collector.
class Observer
{
public:
    virtual ~Observer() = default;

    [[nodiscard]] virtual Source source() const = 0;
    /// Moves every record that is visible now to the end of `out`, in time order within each core.
    virtual void drain(std::vector<SchedEvent> &out) = 0;
    /// No record with an earlier time can still appear. Valid after drain().
    [[nodiscard]] virtual TimestampNs safeUntil() const = 0;
    /// Descriptors that become readable when a drain is urgent (rings half full). May be empty.
    [[nodiscard]] virtual std::vector<int> wakeDescriptors() const { return {}; }
    [[nodiscard]] virtual std::uint64_t lostRecords() const { return 0; }
    /// The cores that are observed, ascending.
    [[nodiscard]] virtual const std::vector<CoreId> &cores() const = 0;
    /// Something a person should know ("rings of 16 pages only: ..."), else empty.
    [[nodiscard]] virtual std::string remark() const { return {}; }
};

} // namespace Interleave
