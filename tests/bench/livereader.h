// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/sharedrings.h"

#include <atomic>
#include <ctime>
#include <thread>
#include <vector>

namespace Interleave::Bench
{

/// Reads rings in the background as the collector does, and throws the events away.
class LiveReader
{
public:
    explicit LiveReader(const SharedRings &rings)
        : m_thread([this, &rings] { drain(rings); })
    {
    }
    ~LiveReader()
    {
        m_stop = true;
        m_thread.join();
    }

private:
    void drain(const SharedRings &rings)
    {
        RingReader reader(rings);
        std::vector<Event> events(rings.ringCapacity()); // its pages are there from now on
        std::vector<RingReader::DrainedRing> drained;
        while (!m_stop) {
            events.clear();
            drained.clear();
            const ClockPair pair = takeClockPair(rings.tickSource());
            reader.drain(pair.time, pair.ticks, events, drained);
            const timespec pause{0, 5'000'000}; // the collector's
            clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
        }
    }
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

} // namespace Interleave::Bench
