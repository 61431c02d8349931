// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/record/recorder.h"
#include "livereader.h"

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
