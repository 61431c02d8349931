// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/busycheck.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <utility>

namespace Interleave
{

namespace
{

DurationNs ownCpuNow()
{
    timespec ts = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + DurationNs(ts.tv_nsec);
}

} // namespace

void BusyCheck::sample()
{
    const TimestampNs now = monotonicNow();
    if (now >= nextSample())
        add({now, ownCpuNow(), readCoreLoads()});
}

void BusyCheck::forget()
{
    m_last.reset();
    m_isWindow = false;
    m_share.reset();
}

TimestampNs BusyCheck::nextSample() const
{
    return m_last ? m_last->time + kWindow : 0;
}

void BusyCheck::add(Reading reading)
{
    m_isWindow = m_last.has_value();
    m_share = m_last ? shareBetween(*m_last, reading) : std::nullopt;
    m_last = std::move(reading);
}

bool BusyCheck::isMeasuredAt(TimestampNs now) const
{
    return m_isWindow && now - m_last->time <= kMostAge;
}

std::optional<double> BusyCheck::shareAt(TimestampNs now) const
{
    return isMeasuredAt(now) ? m_share : std::nullopt;
}

std::optional<double> BusyCheck::shareBetween(const Reading &before, const Reading &after)
{
    if (before.cores.size() != after.cores.size())
        return std::nullopt;
    DurationNs busy = 0, all = 0;
    for (std::size_t i = 0; i < after.cores.size(); ++i) {
        // Now and then the kernel's idle time goes back by a tick (proc_stat(5), "iowait").
        const auto grown = [&](DurationNs CoreLoad::*part) {
            return std::max<DurationNs>(0, after.cores[i].*part - before.cores[i].*part);
        };
        const DurationNs taken = grown(&CoreLoad::busy) + grown(&CoreLoad::steal);
        busy += taken;
        all += taken + grown(&CoreLoad::idle);
    }
    if (all <= 0)
        return std::nullopt;
    const DurationNs others = busy - std::max<DurationNs>(0, after.own - before.own);
    return std::clamp(double(others) / double(all), 0.0, 1.0);
}

std::string BusyCheck::remark() const
{
    return remarkFor(share());
}

std::string BusyCheck::remarkFor(std::optional<double> share)
{
    if (!share || *share < kBusyShare)
        return {};
    return "this machine is " + std::to_string(std::lround(*share * 100))
        + " % busy with something else: speed-ups will be too small";
}

} // namespace Interleave
