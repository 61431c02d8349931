// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timescale.h"

#include "core/query/explanation.h"

#include <QChar>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace Interleave
{

namespace
{

/// Narrower would show less than the clock's own error (DESIGN.md, section 2).
constexpr DurationNs kNarrowest = 100;

TimestampNs clamped(long double time)
{
    constexpr auto most = static_cast<long double>(std::numeric_limits<TimestampNs>::max());
    if (time >= most)
        return std::numeric_limits<TimestampNs>::max();
    if (time <= -most)
        return -std::numeric_limits<TimestampNs>::max();
    return static_cast<TimestampNs>(std::llroundl(time));
}

struct Unit {
    DurationNs size;
    int digits; ///< of one unit in nanoseconds, as a power of ten
    const char16_t *name;
};
constexpr std::array<Unit, 4> kUnits{{
    {kSecond, 9, u"s"},
    {kMillisecond, 6, u"ms"},
    {kMicrosecond, 3, u"\u00b5s"},
    {1, 0, u"ns"},
}};

const Unit &unitFor(TimestampNs largest, DurationNs step)
{
    const DurationNs reach = std::max<DurationNs>(largest, step);
    for (const Unit &unit : kUnits) {
        if (reach >= unit.size)
            return unit;
    }
    return kUnits.back();
}

/// "50 ms": a multiple of `step`, with as many digits after the point as the step needs.
QString tickText(TimestampNs time, const Unit &unit, int stepDigits)
{
    const TimestampNs magnitude = time < 0 ? -time : time;
    QString text = QString::number(magnitude / unit.size);
    const int decimals = unit.digits - stepDigits;
    if (decimals > 0) {
        const QString rest =
            QString::number(magnitude % unit.size).rightJustified(unit.digits, QLatin1Char('0'));
        text += QLatin1Char('.') + rest.left(decimals);
    }
    if (time < 0)
        text.prepend(QChar(0x2212));
    return text + QChar(0x202f) + QString::fromUtf16(unit.name);
}

struct Step {
    DurationNs size = 1;
    int digit = 1; ///< 1, 2 or 5
    int power = 0; ///< size == digit * 10^power
};

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
Step stepFor(double least)
{
    Step step;
    DurationNs decade = 1;
    for (int power = 0; power < 18; ++power, decade *= 10) {
        for (const int digit : {1, 2, 5}) {
            step = {decade * digit, digit, power};
            if (double(step.size) >= least)
                return step;
        }
    }
    return step;
}

/// A fifth of steps of 1 and 5, a quarter of steps of 2: again 1, 2, 5 times a power of ten.
DurationNs minorOf(const Step &step)
{
    if (step.size == 1)
        return 1;
    if (step.digit == 2)
        return step.power == 0 ? 1 : step.size / 4;
    return step.size / 5;
}

} // namespace

double TimeScale::nsPerPixel() const
{
    const double length = double(window.end) - double(window.begin);
    return std::max(length, 1.0) / std::max(widthPx, 1);
}

double TimeScale::toX(TimestampNs time) const
{
    // Exact while the difference fits; windows at opposite ends of time need not be.
    TimestampNs difference = 0;
    if (__builtin_sub_overflow(time, window.begin, &difference))
        return (double(time) - double(window.begin)) / nsPerPixel();
    return double(difference) / nsPerPixel();
}

TimestampNs TimeScale::toTime(double x) const
{
    return clamped(static_cast<long double>(window.begin)
                   + static_cast<long double>(x) * static_cast<long double>(nsPerPixel()));
}

TimeScale TimeScale::zoomed(double factor, double x, DurationNs longest) const
{
    if (!(factor > 0))
        return *this;
    const double most = double(std::max(longest, kNarrowest));
    const double length =
        std::clamp(nsPerPixel() * std::max(widthPx, 1) / factor, double(kNarrowest), most);
    const TimestampNs fixed = toTime(x);
    const double share = x / std::max(widthPx, 1);
    TimeScale result = *this;
    result.window.begin =
        clamped(static_cast<long double>(fixed) - static_cast<long double>(share * length));
    result.window.end =
        clamped(static_cast<long double>(result.window.begin) + static_cast<long double>(length));
    return result;
}

TimeScale TimeScale::panned(double pixels) const
{
    const auto shift = static_cast<long double>(pixels) * static_cast<long double>(nsPerPixel());
    TimeScale result = *this;
    result.window.begin = clamped(static_cast<long double>(window.begin) + shift);
    // Both ends by the same integer, so that panning never changes the zoom.
    const TimestampNs moved = result.window.begin - window.begin;
    if (__builtin_add_overflow(window.end, moved, &result.window.end))
        return *this;
    return result;
}

std::vector<RulerTick> rulerTicks(const TimeScale &scale, double majorPx)
{
    std::vector<RulerTick> ticks;
    if (scale.window.isEmpty() || scale.widthPx < 1)
        return ticks;
    const Step major = stepFor(std::max(majorPx, 1.0) * scale.nsPerPixel());
    const DurationNs minor = minorOf(major);
    const TimestampNs begin = scale.window.begin;
    const TimestampNs end = scale.window.end;
    const Unit &unit = unitFor(std::max(begin < 0 ? -begin : begin, end), major.size);

    TimestampNs time = begin / minor * minor;
    if (time < begin)
        time += minor;
    while (time < end) {
        RulerTick tick;
        tick.x = scale.toX(time);
        tick.major = time % major.size == 0;
        if (tick.major)
            tick.text = tickText(time, unit, major.power);
        ticks.push_back(std::move(tick));
        if (__builtin_add_overflow(time, minor, &time))
            break;
    }
    return ticks;
}

QString timeLabel(TimestampNs time, double nsPerPixel)
{
    const Step step = stepFor(std::max(nsPerPixel, 1.0));
    const TimestampNs told = time / step.size * step.size;
    return tickText(told, unitFor(told < 0 ? -told : told, step.size), step.power);
}

QString countLabel(std::uint64_t count)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(qulonglong(count));
}

QString durationLabel(DurationNs duration)
{
    return QString::fromStdString(durationText(duration)).replace(QLatin1Char(' '), QChar(0x202f));
}

} // namespace Interleave
