// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/record/recorder.h"

#include <atomic>
#include <thread>

namespace Interleave::Bench
{

namespace
{

constexpr int kEvents = 4'000'000;

template<typename Body>
double nsPerCall(Body &&body)
{
    return timed([&] {
               for (int i = 0; i < kEvents; ++i) {
                   body(i);
                   asm volatile("" ::: "memory");
               }
           })
        / kEvents;
}

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

} // namespace

void benchRecording(Report &report)
{
    // Room for what arrives between two drains at full speed: 100 M events/s for some ms.
    auto made = SharedRings::create({1, 1u << 24, 1}, bestTickSource());
    if (!made) {
        report.skipped("recording", made.error().message);
        return;
    }
    const SharedRings &rings = made.value();
    const auto clock = [&] {
        return nsPerCall([&](int) {
            std::uint64_t ticks = readTicks(rings.tickSource());
            asm volatile("" : "+r"(ticks));
        });
    };
    const double off = nsPerCall([](int i) { Recorder::begin(TaskId(i)); });

    const LiveReader reader(rings);
    Recorder::install(&rings);
    Recorder::attachThread();
    nsPerCall([](int i) { Recorder::begin(TaskId(i)); }); // the ring's pages are there from now on
    const std::uint64_t droppedBefore = rings.ring(0).dropped.load();
    const Pair event =
        alternate(9, clock, [] { return nsPerCall([](int i) { Recorder::begin(TaskId(i)); }); });
    const Pair job =
        alternate(9, clock, [] { return nsPerCall([](int i) { Recorder::chain(TaskId(i)); }); });
    const std::uint64_t dropped = rings.ring(0).dropped.load() - droppedBefore;
    Recorder::uninstall();

    const std::string note =
        std::to_string(dropped) + " of " + std::to_string(18ull * kEvents) + " dropped";
    report.ratio("recorded event, live reader / clock read", event.second, event.first, "ns",
                 Bar::AtMost, 1.10, note);
    report.ratio("recorded pool job, chained / clock read", job.second, job.first, "ns",
                 Bar::AtMost, 1.15);
    report.value("event while recording is off", off, "ns", Bar::AtMost, 1.0);
}

} // namespace Interleave::Bench
