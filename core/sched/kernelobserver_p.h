// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/kernelobserver.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <linux/perf_event.h>

namespace Interleave
{

/// "EACCES".
[[nodiscard]] std::string errnoName(int error);
[[nodiscard]] std::size_t pageBytes();
/// Why an event could not be opened at all, for a person.
[[nodiscard]] Error openingError(int error, pid_t pid, CoreId core);

/// One ring and the perf events that write into it. The kernel writes, the collector reads.
struct KernelObserver::CoreRing {
    CoreRing(CoreId onCore, TimestampNs since)
        : core(onCore)
        , decoder(onCore, since)
    {
    }
    CoreRing(const CoreRing &) = delete;
    CoreRing &operator=(const CoreRing &) = delete;
    ~CoreRing();

    // \return 0 or the errno.
    /// The event of a held process, or of the whole core.
    int open(pid_t pid, bool wholeMachine, std::size_t ringBytes);
    /// An event that counts nothing: it only has the ring, for others to write into. It belongs to the
    /// calling thread, because one that belonged to an observed thread would hang up at that thread's
    /// end, and whoever waits for the ring would be woken for ever.
    int openOwner(std::size_t ringBytes);
    int map(std::size_t ringBytes);
    /// One more thread that runs already, and what it will make: it writes into this ring, too.
    int addThread(pid_t tid);

    void drain(std::vector<SchedEvent> &out);
    std::size_t decodeSplit(std::uint64_t tail, std::uint64_t head, std::vector<SchedEvent> &out);
    void removeRepeats(std::vector<SchedEvent> &events, std::size_t first);
    [[nodiscard]] std::uint64_t countedLosses() const;

    CoreId core;
    UniqueFd fd;
    bool isOwner = false; ///< `fd` was opened by openOwner(); `threads` write
    bool countsLosses = true;
    std::vector<UniqueFd> threads; ///< closing one would end the recording of what its thread made
    perf_event_mmap_page *control = nullptr;
    unsigned char *data = nullptr;
    std::size_t dataBytes = 0;
    PerfRecordDecoder decoder;
    SchedEvent last; ///< the newest record
    std::uint64_t lost = 0;
};

} // namespace Interleave
