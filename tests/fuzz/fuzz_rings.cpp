// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// RingReader over rings that somebody writes what they like into: counters, states and events, between
// two readings too. An input is a list of steps.
#include "core/record/sharedrings.h"
#include "fuzzinput.h"

using namespace Interleave;
using Fuzz::Input;
using Fuzz::require;

namespace
{

constexpr std::uint32_t kRings = 4;
constexpr std::uint32_t kCapacity = 16;
constexpr std::size_t kHeaderBytes = kRings * sizeof(RingHeader);
constexpr std::size_t kEventBytes = kRings * kCapacity * sizeof(Event);
constexpr int kMostSteps = 48;
constexpr TimestampNs kBegin = kSecond;

enum Step : std::uint8_t { Drain, Scribble, Publish, Pass, Release, Look, Attach, kSteps };

SharedRings makeRings()
{
    auto rings = SharedRings::create({kRings, kCapacity, kRings}, TickSource::Monotonic);
    require(rings.isOk(), "there are no rings");
    return std::move(rings).value();
}

/// Reads as the collector does, and checks what comes out.
class Checker
{
public:
    Checker(const SharedRings &rings, std::size_t mostEvents)
        : m_rings(rings)
        , m_reader(rings, mostEvents)
        , m_mostEvents(mostEvents)
    {
    }

    void drain()
    {
        m_events.clear();
        m_drained.clear();
        m_reader.drain(m_now, std::uint64_t(m_now), m_events, m_drained);
        require(m_reader.safeUntil() <= m_now, "the horizon is in the future");
        require(m_now - m_reader.safeUntil() <= RingReader::kLongestHold,
                "a writer holds the horizon back for too long");
        require(m_events.size() <= m_mostEvents + kCapacity, "a drain has no bound");
        std::size_t sum = 0;
        for (const RingReader::DrainedRing &ring : m_drained) {
            require(ring.ring < kRings, "an unknown ring");
            require(ring.first == sum, "the rings' events do not follow each other");
            sum += ring.count;
        }
        require(sum == m_events.size(), "events of no ring");
        for (const Event &event : m_events) {
            require(event.kind != EventKind::None && std::uint8_t(event.kind) < kEventKindCount,
                    "an event of no kind");
            require(event.ticks <= std::uint64_t(m_now), "an event of the future");
        }
    }
    void pass(DurationNs time) { m_now += time; }
    void publish(std::uint32_t index, const Event &event) const
    {
        RingHeader &ring = m_rings.ring(index);
        const std::uint64_t head = ring.head.load();
        ring.claim.store(head + 1);
        m_rings.eventsOf(index)[head & (kCapacity - 1)] = event;
        ring.head.store(head + 1);
    }
    RingReader &reader() { return m_reader; }

private:
    const SharedRings &m_rings;
    RingReader m_reader;
    const std::size_t m_mostEvents;
    TimestampNs m_now = kBegin;
    std::vector<Event> m_events;
    std::vector<RingReader::DrainedRing> m_drained;
};

/// Anywhere in the headers or in the events.
void scribble(const SharedRings &rings, Input &input)
{
    const std::size_t at = input.take<std::uint16_t>() % (kHeaderBytes + kEventBytes);
    const std::size_t size = input.take<std::uint8_t>() % 64;
    if (at < kHeaderBytes) {
        auto *headers = reinterpret_cast<char *>(&rings.ring(0));
        input.fill(headers + at, std::min(size, kHeaderBytes - at));
    } else {
        auto *events = reinterpret_cast<char *>(rings.eventsOf(0));
        const std::size_t from = at - kHeaderBytes;
        input.fill(events + from, std::min(size, kEventBytes - from));
    }
}

/// What somebody who is handed the memory makes of its first bytes.
void attach(const SharedRings &rings, Input &input)
{
    SharedHeader &header = rings.header();
    const std::uint64_t magic = header.magic;
    if (input.take<std::uint8_t>() % 4 == 0)
        header.magic ^= input.take<std::uint64_t>();
    header.tickSource = TickSource(input.take<std::uint8_t>());
    header.ringCount = input.take<std::uint32_t>();
    header.ringCapacity = input.take<std::uint32_t>();
    if (auto attached = SharedRings::attach(rings.fd())) {
        const SharedRings &other = attached.value();
        RingReader reader(other);
        std::vector<Event> events;
        std::vector<RingReader::DrainedRing> drained;
        reader.drain(kBegin, std::uint64_t(kBegin), events, drained);
    }
    header.magic = magic;
    header.tickSource = TickSource::Monotonic;
    header.ringCount = kRings;
    header.ringCapacity = kCapacity;
}

void step(Checker &checker, const SharedRings &rings, Input &input)
{
    switch (Step(input.take<std::uint8_t>() % kSteps)) {
    case Drain:
        checker.drain();
        break;
    case Scribble:
        scribble(rings, input);
        break;
    case Publish: {
        const std::uint32_t index = input.take<std::uint8_t>() % kRings;
        const auto event = input.take<Event>();
        checker.publish(index, event);
        break;
    }
    case Pass:
        checker.pass(DurationNs(input.take<std::uint16_t>()) * kMicrosecond * 10);
        break;
    case Release:
        checker.reader().release(pid_t(input.take<std::int32_t>()));
        break;
    case Look:
        checker.reader().lookBelow(input.take<std::uint32_t>());
        break;
    case Attach:
        attach(rings, input);
        break;
    case kSteps:
        break;
    }
}

Fuzz::Output &claimRing(Fuzz::Output &out, std::uint32_t index, std::int32_t pid, RingState state)
{
    const auto at = std::uint16_t(index * sizeof(RingHeader) + 128);
    return out.put(Scribble).put(at).put(std::uint8_t(12)).put(state).put(pid).put(pid + 1);
}

Fuzz::Output &publish(Fuzz::Output &out, std::uint8_t ring, EventKind kind, TimestampNs time)
{
    Event event;
    event.ticks = std::uint64_t(time);
    event.task = 1;
    event.kind = kind;
    return out.put(Publish).put(ring).put(event);
}

} // namespace

std::vector<Fuzz::Bytes> Interleave::Fuzz::seeds()
{
    Output ordinary; // two threads, one of which ends
    ordinary.put(std::uint8_t(0));
    claimRing(ordinary, 0, 100, RingState::Active);
    claimRing(ordinary, 2, 100, RingState::Active);
    publish(ordinary, 0, EventKind::Begin, kBegin - 10);
    publish(ordinary, 2, EventKind::Wait, kBegin - 5);
    ordinary.put(Drain).put(Pass).put(std::uint16_t(500));
    publish(ordinary, 0, EventKind::End, kBegin + 20);
    claimRing(ordinary, 0, 100, RingState::Closed).put(Drain).put(Release).put(std::int32_t(100));

    Output full; // more than a ring holds
    full.put(std::uint8_t(1));
    claimRing(full, 1, 7, RingState::Active);
    for (std::uint8_t i = 0; i < 20; ++i)
        publish(full, 1, EventKind(1 + i % 14), kBegin - 100 + i);
    full.put(Look).put(std::uint32_t(2)).put(Drain).put(Drain);

    Output holding; // a claim that never ends
    holding.put(std::uint8_t(0));
    claimRing(holding, 3, 9, RingState::Active);
    holding.put(Scribble).put(std::uint16_t(3 * sizeof(RingHeader) + 8)).put(std::uint8_t(8));
    holding.put(std::uint64_t(1));
    for (int i = 0; i < 6; ++i)
        holding.put(Drain).put(Pass).put(std::uint16_t(30'000));

    Output attached;
    attached.put(std::uint8_t(0)).put(Attach).put(std::uint8_t(1)).put(std::uint8_t(0));
    attached.put(kRings).put(kCapacity);
    return {ordinary.bytes(), full.bytes(), holding.bytes(), attached.bytes()};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const SharedRings rings = makeRings();
    std::memset(reinterpret_cast<char *>(&rings.ring(0)), 0, kHeaderBytes);
    std::memset(reinterpret_cast<char *>(rings.eventsOf(0)), 0, kEventBytes);
    Input input(data, size);
    const bool isNarrow = input.take<std::uint8_t>() % 2 == 1;
    Checker checker(rings, isNarrow ? kCapacity + 4 : RingReader::kMostEvents);
    for (int i = 0; i < kMostSteps && !input.isEmpty(); ++i)
        step(checker, rings, input);
    checker.drain();
    (void)checker.reader().droppedEvents();
    (void)checker.reader().corruptedEvents();
    return 0;
}
