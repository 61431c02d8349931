// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tickclock.h"

#include <cstring>

#include <fcntl.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace Interleave
{

namespace
{

bool kernelTrustsTsc()
{
    const int fd = ::open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                          O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    char text[8] = {};
    const ssize_t n = ::read(fd, text, sizeof text - 1);
    ::close(fd);
    return n >= 3 && std::strncmp(text, "tsc", 3) == 0;
}

bool hasInvariantTsc()
{
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    // CPUID 8000_0007h, EDX bit 8: invariant TSC (AMD APM volume 3, appendix E; Intel SDM 17.17.1)
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8));
#else
    return false;
#endif
}

} // namespace

TickSource bestTickSource()
{
    static const TickSource best =
        hasInvariantTsc() && kernelTrustsTsc() ? TickSource::Tsc : TickSource::Monotonic;
    return best;
}

ClockPair takeClockPair(TickSource source)
{
    if (source == TickSource::Monotonic) {
        const TimestampNs now = monotonicNow();
        return {std::uint64_t(now), now};
    }
    ClockPair best;
    std::uint64_t tightest = ~std::uint64_t(0);
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t before = readTsc();
        const TimestampNs time = monotonicNow();
        const std::uint64_t after = readTsc();
        if (after - before < tightest) {
            tightest = after - before;
            best = {before + (after - before) / 2, time};
        }
    }
    return best;
}

TickConverter::TickConverter(TickSource source)
    : m_source(source)
{
}

void TickConverter::addPair(ClockPair pair)
{
    if (m_pairs > 0 && (pair.ticks <= m_newer.ticks || pair.time <= m_newer.time))
        return;
    m_older = m_pairs > 0 ? m_newer : pair;
    m_newer = pair;
    ++m_pairs;
    if (m_pairs > 1) {
        m_nsPerTick = double(m_newer.time - m_older.time) / double(m_newer.ticks - m_older.ticks);
    }
}

TimestampNs TickConverter::toTime(std::uint64_t ticks) const
{
    if (m_source == TickSource::Monotonic)
        return TimestampNs(ticks);
    // The difference is small (two drains), so a double keeps it to far below a nanosecond.
    const double delta = double(std::int64_t(ticks - m_newer.ticks)) * m_nsPerTick;
    return m_newer.time + TimestampNs(delta);
}

} // namespace Interleave
