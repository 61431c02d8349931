// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"

#include <QtTest>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <vector>

#include <linux/perf_event.h>

using namespace Interleave;

namespace
{

constexpr CoreId kCore = 5;

/// Records as the kernel lays them out, one after another.
class Ring
{
public:
    struct Stamp {
        std::uint32_t pid = 0;
        std::uint32_t tid = 0;
        std::uint64_t time = 0;
    };

    Ring &add(std::uint32_t type, std::uint16_t misc, const std::vector<unsigned char> &body,
              Stamp stamp)
    {
        const perf_event_header header{type, misc,
                                       std::uint16_t(sizeof(perf_event_header) + body.size() + 16)};
        put(header);
        m_bytes.insert(m_bytes.end(), body.begin(), body.end());
        put(stamp.pid);
        put(stamp.tid);
        put(stamp.time);
        return *this;
    }
    Ring &addSwitch(bool out, bool preempted, Stamp stamp)
    {
        return add(PERF_RECORD_SWITCH, switchMisc(out, preempted), {}, stamp);
    }
    Ring &addWideSwitch(bool out, bool preempted, Stamp stamp)
    {
        return add(PERF_RECORD_SWITCH_CPU_WIDE, switchMisc(out, preempted), words({1, 1}), stamp);
    }
    Ring &addTask(std::uint32_t type, std::uint32_t pid, std::uint32_t parentPid, std::uint32_t tid,
                  std::uint32_t parentTid, Stamp stamp)
    {
        const auto low = std::uint32_t(stamp.time);
        return add(type, 0, words({pid, parentPid, tid, parentTid, low, 0}), stamp);
    }
    Ring &addName(bool isExec, std::uint32_t pid, std::uint32_t tid, std::string_view name,
                  Stamp stamp)
    {
        std::vector<unsigned char> body = words({pid, tid});
        body.insert(body.end(), name.begin(), name.end());
        do
            body.push_back(0);
        while (body.size() % 8 != 0);
        return add(PERF_RECORD_COMM, isExec ? PERF_RECORD_MISC_COMM_EXEC : 0, body, stamp);
    }
    Ring &addLost(std::uint64_t count, Stamp stamp)
    {
        std::vector<unsigned char> body = words({9, 0});
        const std::vector<unsigned char> number =
            words({std::uint32_t(count), std::uint32_t(count >> 32)});
        body.insert(body.end(), number.begin(), number.end());
        return add(PERF_RECORD_LOST, 0, body, stamp);
    }

    static std::vector<unsigned char> words(std::initializer_list<std::uint32_t> values)
    {
        std::vector<unsigned char> bytes(values.size() * 4);
        std::memcpy(bytes.data(), values.begin(), bytes.size());
        return bytes;
    }
    [[nodiscard]] const std::vector<unsigned char> &bytes() const { return m_bytes; }
    [[nodiscard]] std::vector<unsigned char> &writableBytes() { return m_bytes; }

private:
    static std::uint16_t switchMisc(bool out, bool preempted)
    {
        return std::uint16_t((out ? PERF_RECORD_MISC_SWITCH_OUT : 0)
                             | (preempted ? PERF_RECORD_MISC_SWITCH_OUT_PREEMPT : 0));
    }
    template<typename T>
    void put(const T &value)
    {
        const auto *bytes = reinterpret_cast<const unsigned char *>(&value);
        m_bytes.insert(m_bytes.end(), bytes, bytes + sizeof value);
    }
    std::vector<unsigned char> m_bytes;
};

std::vector<SchedEvent> decoded(const Ring &ring)
{
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    const std::size_t understood = decoder.decode(ring.bytes().data(), ring.bytes().size(), events);
    return understood == ring.bytes().size() ? events : std::vector<SchedEvent>();
}

} // namespace

class TestPerfRecordDecoder : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void noBytesGiveNoEvents();
    void aSwitchCarriesTimeThreadAndCore();
    void aSwitchOutTellsWhetherItWasPreempted();
    void aWideSwitchIsReadLikeAnOrdinaryOne();
    void theIdleTaskHasTheNumberZero();
    void aTaskWithoutANumberIsSkipped();
    void inTheWholeMachineNothingFollowsAnExit();
    void aReusedNumberIsSeenAgainAfterItsFork();
    void inTheTreeAReusedNumberNeedsNothingElse();
    void aForkNamesTheCreator();
    void anExitNamesNoCreator();
    void aNameIsReadAndAnExecIsTold();
    void namesKeepFifteenBytes_data();
    void namesKeepFifteenBytes();
    void aLossSpansFromTheLastGoodRecord();
    void aLossBeforeAnyRecordBeginsWhenTheRingWasOpened();
    void twoLossesDoNotOverlap();
    void aHugeLossIsCountedInFull();
    void lostSamplesCountAsLosses();
    void anUnknownTypeIsSkipped();
    void aRecordThatIsCutOffIsLeftForLater();
    void aRecordThatIsTooShortForItsTypeEndsTheBatch();
    void aSizeOfNothingEndsTheBatch();
    void equalTimesKeepTheirOrder();
    void thousandsOfRecordsAreAllDecoded();
};

void TestPerfRecordDecoder::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestPerfRecordDecoder::noBytesGiveNoEvents()
{
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    QCOMPARE(decoder.decode(nullptr, 0, events), std::size_t(0));
    QVERIFY(events.empty());
}

void TestPerfRecordDecoder::aSwitchCarriesTimeThreadAndCore()
{
    const auto events = decoded(Ring().addSwitch(false, false, {10, 11, 123'456'789'012'345}));
    QCOMPARE(events.size(), std::size_t(1));
    QVERIFY(events[0].kind == SchedEventKind::SwitchIn);
    QCOMPARE(events[0].time, TimestampNs(123'456'789'012'345));
    QCOMPARE(events[0].pid, 10);
    QCOMPARE(events[0].tid, 11);
    QCOMPARE(events[0].core, kCore);
    QVERIFY(!events[0].preempted);
}

void TestPerfRecordDecoder::aSwitchOutTellsWhetherItWasPreempted()
{
    const auto events =
        decoded(Ring().addSwitch(true, false, {10, 11, 100}).addSwitch(true, true, {10, 11, 200}));
    QCOMPARE(events.size(), std::size_t(2));
    QVERIFY(events[0].kind == SchedEventKind::SwitchOut);
    QVERIFY(!events[0].preempted);
    QVERIFY(events[1].kind == SchedEventKind::SwitchOut);
    QVERIFY(events[1].preempted);
}

void TestPerfRecordDecoder::aWideSwitchIsReadLikeAnOrdinaryOne()
{
    const Ring ring = Ring().addWideSwitch(true, true, {10, 11, 100});
    QCOMPARE(ring.bytes().size(), std::size_t(32));
    const auto events = decoded(ring);
    QCOMPARE(events.size(), std::size_t(1));
    QVERIFY(events[0].kind == SchedEventKind::SwitchOut);
    QVERIFY(events[0].preempted);
    QCOMPARE(events[0].tid, 11);
    QCOMPARE(events[0].time, TimestampNs(100));
}

void TestPerfRecordDecoder::theIdleTaskHasTheNumberZero()
{
    const auto events = decoded(Ring().addWideSwitch(false, false, {0, 0, 100}));
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(events[0].tid, 0);
}

void TestPerfRecordDecoder::aTaskWithoutANumberIsSkipped()
{
    constexpr std::uint32_t kNone = 0xffffffffu;
    const auto events = decoded(Ring()
                                    .addWideSwitch(true, false, {kNone, kNone, 100})
                                    .addSwitch(true, false, {kNone, kNone, 150})
                                    .addWideSwitch(false, false, {20, 21, 200}));
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(events[0].tid, 21);
}

void TestPerfRecordDecoder::inTheWholeMachineNothingFollowsAnExit()
{
    const auto events = decoded(Ring()
                                    .addWideSwitch(false, false, {10, 10, 100})
                                    .addTask(PERF_RECORD_EXIT, 10, 1, 10, 1, {10, 10, 200})
                                    .addWideSwitch(true, true, {10, 10, 210})
                                    .addWideSwitch(false, false, {10, 10, 220})
                                    .addWideSwitch(true, false, {10, 10, 230})
                                    .addWideSwitch(false, false, {0, 0, 231}));
    QCOMPARE(events.size(), std::size_t(3));
    QVERIFY(events[1].kind == SchedEventKind::Exit);
    QVERIFY(events[2].kind == SchedEventKind::SwitchIn);
    QCOMPARE(events[2].tid, 0);
}

void TestPerfRecordDecoder::aReusedNumberIsSeenAgainAfterItsFork()
{
    const auto events = decoded(Ring()
                                    .addTask(PERF_RECORD_EXIT, 10, 1, 10, 1, {10, 10, 200})
                                    .addTask(PERF_RECORD_FORK, 10, 7, 10, 7, {7, 7, 300})
                                    .addWideSwitch(false, false, {10, 10, 400}));
    QCOMPARE(events.size(), std::size_t(3));
    QVERIFY(events[2].kind == SchedEventKind::SwitchIn);
    QCOMPARE(events[2].tid, 10);
}

void TestPerfRecordDecoder::inTheTreeAReusedNumberNeedsNothingElse()
{
    // Its FORK stands in another core's ring.
    const auto events = decoded(Ring()
                                    .addTask(PERF_RECORD_EXIT, 10, 1, 10, 1, {10, 10, 200})
                                    .addSwitch(false, false, {10, 10, 400}));
    QCOMPARE(events.size(), std::size_t(2));
    QVERIFY(events[1].kind == SchedEventKind::SwitchIn);
}

void TestPerfRecordDecoder::aForkNamesTheCreator()
{
    // pid, parent's pid, tid, parent's tid; the stamp is the parent's
    const auto events = decoded(Ring().addTask(PERF_RECORD_FORK, 10, 7, 12, 8, {7, 8, 300}));
    QCOMPARE(events.size(), std::size_t(1));
    QVERIFY(events[0].kind == SchedEventKind::Fork);
    QCOMPARE(events[0].pid, 10);
    QCOMPARE(events[0].tid, 12);
    QCOMPARE(events[0].parentPid, 7);
    QCOMPARE(events[0].parentTid, 8);
    QCOMPARE(events[0].time, TimestampNs(300));
}

void TestPerfRecordDecoder::anExitNamesNoCreator()
{
    const auto events = decoded(Ring().addTask(PERF_RECORD_EXIT, 10, 7, 12, 8, {10, 12, 300}));
    QCOMPARE(events.size(), std::size_t(1));
    QVERIFY(events[0].kind == SchedEventKind::Exit);
    QCOMPARE(events[0].pid, 10);
    QCOMPARE(events[0].tid, 12);
    QCOMPARE(events[0].parentPid, 0);
    QCOMPARE(events[0].parentTid, 0);
}

void TestPerfRecordDecoder::aNameIsReadAndAnExecIsTold()
{
    const auto events = decoded(Ring()
                                    .addName(false, 10, 12, "worker", {10, 12, 100})
                                    .addName(true, 10, 10, "sleep", {10, 10, 200}));
    QCOMPARE(events.size(), std::size_t(2));
    QVERIFY(events[0].kind == SchedEventKind::Name);
    QCOMPARE(events[0].tid, 12);
    QCOMPARE(static_cast<const char *>(events[0].name.data()), "worker");
    QVERIFY(events[1].kind == SchedEventKind::Exec);
    QCOMPARE(events[1].pid, 10);
    QCOMPARE(static_cast<const char *>(events[1].name.data()), "sleep");
}

void TestPerfRecordDecoder::namesKeepFifteenBytes_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("one") << QByteArray("a");
    QTest::newRow("seven, the padding is the end") << QByteArray("1234567");
    QTest::newRow("eight") << QByteArray("12345678");
    QTest::newRow("fifteen") << QByteArray("123456789012345");
    QTest::newRow("longer than any kernel writes") << QByteArray("12345678901234567890");
}

void TestPerfRecordDecoder::namesKeepFifteenBytes()
{
    QFETCH(QByteArray, name);
    const std::string_view text(name.constData(), std::size_t(name.size()));
    const auto events = decoded(Ring().addName(false, 10, 12, text, {10, 12, 100}));
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(QByteArray(events[0].name.data()), name.left(15));
}

void TestPerfRecordDecoder::aLossSpansFromTheLastGoodRecord()
{
    const Ring ring = Ring()
                          .addSwitch(false, false, {10, 11, 100})
                          .addLost(77, {10, 11, 500})
                          .addSwitch(true, false, {10, 11, 500});
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    QCOMPARE(decoder.decode(ring.bytes().data(), ring.bytes().size(), events), ring.bytes().size());
    QCOMPARE(events.size(), std::size_t(3));
    QVERIFY(events[1].kind == SchedEventKind::Lost);
    QCOMPARE(events[1].lostRecords, 77u);
    QCOMPARE(events[1].lostSince, TimestampNs(100));
    QCOMPARE(events[1].time, TimestampNs(500));
    QCOMPARE(events[1].core, kCore);
    QCOMPARE(decoder.lostRecords(), std::uint64_t(77));
    QVERIFY(events[2].kind == SchedEventKind::SwitchOut);
}

void TestPerfRecordDecoder::aLossBeforeAnyRecordBeginsWhenTheRingWasOpened()
{
    const Ring ring = Ring().addLost(3, {10, 11, 500});
    PerfRecordDecoder decoder(kCore, 420);
    std::vector<SchedEvent> events;
    decoder.decode(ring.bytes().data(), ring.bytes().size(), events);
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(events[0].lostSince, TimestampNs(420));
}

void TestPerfRecordDecoder::twoLossesDoNotOverlap()
{
    const auto events = decoded(Ring().addLost(1, {10, 11, 500}).addLost(2, {10, 11, 900}));
    QCOMPARE(events.size(), std::size_t(2));
    QCOMPARE(events[1].lostSince, events[0].time);
}

void TestPerfRecordDecoder::aHugeLossIsCountedInFull()
{
    constexpr std::uint64_t kHuge = std::uint64_t(1) << 40;
    const Ring ring = Ring().addLost(kHuge, {10, 11, 500}).addLost(1, {10, 11, 600});
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    decoder.decode(ring.bytes().data(), ring.bytes().size(), events);
    QCOMPARE(events.size(), std::size_t(2));
    QCOMPARE(events[0].lostRecords, std::numeric_limits<std::uint32_t>::max());
    QCOMPARE(decoder.lostRecords(), kHuge + 1);
}

void TestPerfRecordDecoder::lostSamplesCountAsLosses()
{
    const auto events =
        decoded(Ring().add(PERF_RECORD_LOST_SAMPLES, 0, Ring::words({4, 0}), {10, 11, 500}));
    QCOMPARE(events.size(), std::size_t(1));
    QVERIFY(events[0].kind == SchedEventKind::Lost);
    QCOMPARE(events[0].lostRecords, 4u);
}

void TestPerfRecordDecoder::anUnknownTypeIsSkipped()
{
    Ring ring;
    ring.add(PERF_RECORD_MMAP2, 0, std::vector<unsigned char>(104, 0xaa), {1, 1, 50});
    ring.add(4711, 0xffff, {}, {1, 1, 60});
    ring.addSwitch(false, false, {10, 11, 100});
    const auto events = decoded(ring);
    QCOMPARE(events.size(), std::size_t(1));
    QCOMPARE(events[0].tid, 11);
}

void TestPerfRecordDecoder::aRecordThatIsCutOffIsLeftForLater()
{
    const Ring ring =
        Ring().addSwitch(false, false, {10, 11, 100}).addSwitch(true, false, {10, 11, 200});
    const std::size_t one = ring.bytes().size() / 2;
    for (std::size_t size = one; size < ring.bytes().size(); ++size) {
        PerfRecordDecoder decoder(kCore);
        std::vector<SchedEvent> events;
        QCOMPARE(decoder.decode(ring.bytes().data(), size, events), one);
        QCOMPARE(events.size(), std::size_t(1));
        decoder.decode(ring.bytes().data() + one, one, events);
        QCOMPARE(events.size(), std::size_t(2));
    }
}

void TestPerfRecordDecoder::aRecordThatIsTooShortForItsTypeEndsTheBatch()
{
    Ring ring;
    ring.addSwitch(false, false, {10, 11, 100});
    const std::size_t good = ring.bytes().size();
    ring.add(PERF_RECORD_FORK, 0, Ring::words({1, 2}), {10, 11, 200});
    ring.addSwitch(true, false, {10, 11, 300});
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    QCOMPARE(decoder.decode(ring.bytes().data(), ring.bytes().size(), events), good);
    QCOMPARE(events.size(), std::size_t(1));
}

void TestPerfRecordDecoder::aSizeOfNothingEndsTheBatch()
{
    Ring ring;
    ring.addSwitch(false, false, {10, 11, 100});
    ring.writableBytes()[offsetof(perf_event_header, size)] = 0;
    PerfRecordDecoder decoder(kCore);
    std::vector<SchedEvent> events;
    QCOMPARE(decoder.decode(ring.bytes().data(), ring.bytes().size(), events), std::size_t(0));
    QVERIFY(events.empty());
}

void TestPerfRecordDecoder::equalTimesKeepTheirOrder()
{
    const auto events = decoded(
        Ring().addSwitch(true, false, {10, 11, 100}).addSwitch(false, false, {10, 12, 100}));
    QCOMPARE(events.size(), std::size_t(2));
    QCOMPARE(events[0].tid, 11);
    QCOMPARE(events[1].tid, 12);
}

void TestPerfRecordDecoder::thousandsOfRecordsAreAllDecoded()
{
    constexpr std::uint64_t kCount = 20'000;
    Ring ring;
    for (std::uint64_t i = 0; i < kCount; ++i)
        ring.addSwitch(i % 2 == 1, false, {10, 11, 1'000 + i});
    const auto events = decoded(ring);
    QCOMPARE(events.size(), std::size_t(kCount));
    for (std::uint64_t i = 0; i < kCount; ++i)
        QCOMPARE(events[i].time, TimestampNs(1'000 + i));
}

QTEST_GUILESS_MAIN(TestPerfRecordDecoder)
#include "tst_perfrecorddecoder.moc"
