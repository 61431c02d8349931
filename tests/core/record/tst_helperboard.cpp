// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/timestamp.h"
#include "core/record/helperboard.h"
#include "tests/core/record/helperwriter.h"

#include <QtTest>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace Interleave;

namespace
{

constexpr pid_t kPid = 4711;

HelperBoard makeBoard(std::uint32_t flags = 0)
{
    auto board = HelperBoard::create(flags);
    if (!board)
        qFatal("%s", board.error().message.c_str());
    return std::move(board).value();
}

/// What one drain brings: "slot pid text; ...".
QString drained(HelperBoard &board)
{
    std::vector<HelperBoard::Line> lines;
    board.drain(lines);
    QStringList texts;
    for (const HelperBoard::Line &line : lines) {
        texts.append(QStringLiteral("%1 %2 %3")
                         .arg(QString::number(line.slot), QString::number(line.pid),
                              QString::fromStdString(line.text)));
    }
    return texts.join(QStringLiteral("; "));
}

} // namespace

class TestHelperBoard : public QObject
{
    Q_OBJECT

private slots:
    void itsHeaderTellsTheLayout()
    {
        const HelperBoard board = makeBoard(HelperBoard::kShowLocks);
        const HelperWriter writer(board);
        const HelperBoardHeader &header = writer.header();
        QCOMPARE(std::memcmp(&header, "ILHELPER", 8), 0);
        QCOMPARE(header.version, 1u);
        QCOMPARE(header.slotCount, 256u);
        QCOMPARE(header.ringsPerSlot, 16u);
        QCOMPARE(header.textBytes, 256u * 1024);
        QCOMPARE(header.flags, HelperBoard::kShowLocks);
        QVERIFY2(ftruncate(board.fd(), 0) != 0, "it cannot shrink under its reader");
    }

    void aLineComesWithItsSlotAndProcess()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        QCOMPARE(drained(board), QString());
        writer.claim(3, kPid);
        QVERIFY(writer.write(3, "one\ntwo\nhal"));
        QCOMPARE(drained(board), QStringLiteral("3 4711 one; 3 4711 two"));
        QVERIFY(writer.write(3, "f\n\n"));
        QCOMPARE(drained(board), QStringLiteral("3 4711 half; 3 4711 "));
        QCOMPARE(drained(board), QString());
        QCOMPARE(board.droppedLines(), std::uint64_t(0));
    }

    void aSlotThatNobodyHasClaimedIsNotRead()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        QVERIFY(writer.write(0, "nobody\n"));
        QCOMPARE(drained(board), QString());
        QVERIFY(board.owners().empty());
        QCOMPARE(board.slotsInUse(), 0u);
    }

    void theTextWrapsManyTimes()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        for (int round = 0; round < 2000; ++round) {
            const std::string text(997, char('a' + round % 26));
            QVERIFY(writer.write(0, text + '\n'));
            QCOMPARE(drained(board), QStringLiteral("0 4711 ") + QString::fromStdString(text));
        }
    }

    void whatHasNoRoomIsCounted()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        const std::string line = std::string(1023, 'x') + '\n';
        for (std::uint32_t i = 0; i < HelperBoard::kTextBytes / 1024; ++i)
            QVERIFY(writer.write(0, line));
        QVERIFY(!writer.write(0, "y"));
        QCOMPARE(board.droppedLines(), std::uint64_t(1));
        std::vector<HelperBoard::Line> lines;
        board.drain(lines);
        QCOMPARE(lines.size(), std::size_t(256));
        QVERIFY(writer.write(0, "y\n"));
        QCOMPARE(drained(board), QStringLiteral("0 4711 y"));
        board.release(kPid);
        QCOMPARE(board.droppedLines(), std::uint64_t(1));
    }

    void aLineThatIsTooLongIsSkippedToItsEnd_data()
    {
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("longest") << int(HelperBoard::kLongestLine) << true;
        QTest::newRow("one more") << int(HelperBoard::kLongestLine) + 1 << false;
        QTest::newRow("far more") << 200'000 << false;
    }
    void aLineThatIsTooLongIsSkippedToItsEnd()
    {
        QFETCH(int, length);
        QFETCH(bool, isKept);
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        QVERIFY(writer.write(0, std::string(std::size_t(length) - 100, 'x')));
        std::vector<HelperBoard::Line> lines;
        board.drain(lines); // in two parts, so that nothing hangs on where they are cut
        QVERIFY(writer.write(0, std::string(100, 'x') + "\nafter\n"));
        board.drain(lines);
        QCOMPARE(lines.size(), std::size_t(isKept ? 2 : 1));
        QCOMPARE(lines.back().text, std::string("after"));
        QCOMPARE(board.droppedLines(), std::uint64_t(isKept ? 0 : 1));
    }

    void oneThatFloodsDoesNotKeepTheOthersOut()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        const std::string full = std::string(HelperBoard::kTextBytes - 1, '\n') + 'x';
        for (std::uint32_t slot = 0; slot < 5; ++slot)
            writer.claim(slot, kPid + pid_t(slot));
        for (std::uint32_t slot = 0; slot < 4; ++slot)
            QVERIFY(writer.write(slot, full));
        QVERIFY(writer.write(4, "quiet\n"));
        std::vector<HelperBoard::Line> lines;
        board.drain(lines);
        QCOMPARE(lines.size(), 4 * std::size_t(HelperBoard::kTextBytes - 1));
        for (std::uint32_t slot = 0; slot < 4; ++slot)
            QVERIFY(writer.write(slot, full));
        lines.clear();
        board.drain(lines);
        QVERIFY(lines.size() > 1);
        QCOMPARE(lines.front().text, std::string("quiet"));
    }

    void whoClaimsASlotWhileOthersFloodIsNoticed()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        const std::string full = std::string(HelperBoard::kTextBytes - 1, '\n') + 'x';
        for (std::uint32_t slot = 0; slot < 4; ++slot) {
            writer.claim(slot, kPid);
            QVERIFY(writer.write(slot, full));
        }
        writer.claim(200, kPid + 1);
        QVERIFY(writer.write(200, "quiet\n"));
        std::vector<HelperBoard::Line> lines;
        board.drain(lines); // takes as much as it may from the first four
        QCOMPARE(lines.size(), 4 * std::size_t(HelperBoard::kTextBytes - 1));
        writer.slot(200).pid.store(kPid); // too late to be somebody else
        const std::vector<std::pair<std::uint32_t, pid_t>> all = {
            {0, kPid}, {1, kPid}, {2, kPid}, {3, kPid}, {200, kPid + 1}};
        QVERIFY(board.owners() == all);
        board.release(kPid);
        QCOMPARE(drained(board), QStringLiteral("200 4712 quiet"));
        QCOMPARE(board.owners().size(), std::size_t(1));
        board.release(kPid + 1);
        QVERIFY(board.owners().empty());
        QCOMPARE(board.slotsInUse(), 0u);
    }

    void aProcessThatClaimsEverySlotIsNoticedAndReleased()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        std::string text; // 64 KiB: one drain reads as much of 16 slots
        for (int line = 0; line < 64; ++line)
            text += std::string(1023, 'x') + '\n';
        for (std::uint32_t slot = 0; slot < HelperBoard::kSlots; ++slot) {
            writer.claim(slot, kPid);
            QVERIFY(writer.write(slot, text));
        }
        std::vector<HelperBoard::Line> lines;
        board.drain(lines);
        QCOMPARE(board.owners().size(), std::size_t(HelperBoard::kSlots));
        board.release(kPid); // it has ended; what it left is still to be read
        for (std::uint32_t read = 16; read < HelperBoard::kSlots; read += 16) {
            QVERIFY(!board.owners().empty());
            board.drain(lines);
        }
        QCOMPARE(lines.size(), std::size_t(HelperBoard::kSlots) * 64);
        QVERIFY(board.owners().empty());
        QCOMPARE(board.slotsInUse(), 0u);
        writer.claim(0, kPid + 1);
        QVERIFY(writer.write(0, "next\n"));
        QCOMPARE(drained(board), QStringLiteral("0 4712 next"));
    }

    void slotsThatAreClaimedDuringAFloodAreAllNoticed()
    {
        constexpr std::uint32_t kFlooding = 4;
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        std::atomic<bool> isOver{false};
        std::vector<std::jthread> threads;
        for (std::uint32_t slot = 0; slot < kFlooding; ++slot) {
            threads.emplace_back([&writer, &isOver, slot] {
                writer.claim(slot, kPid + pid_t(slot));
                const std::string text = std::string(4095, 'x') + '\n';
                while (!isOver.load())
                    writer.write(slot, text);
            });
        }
        threads.emplace_back([&writer] {
            for (std::uint32_t slot = kFlooding; slot < HelperBoard::kSlots; ++slot)
                writer.claim(slot, kPid + pid_t(slot));
        });
        std::vector<HelperBoard::Line> lines;
        const TimestampNs deadline = monotonicNow() + 30 * kSecond;
        while (board.owners().size() < HelperBoard::kSlots && monotonicNow() < deadline) {
            lines.clear();
            board.drain(lines);
        }
        isOver.store(true);
        threads.clear(); // joins them
        const auto owners = board.owners();
        QCOMPARE(owners.size(), std::size_t(HelperBoard::kSlots));
        for (const auto &[slot, pid] : owners)
            QCOMPARE(pid, kPid + pid_t(slot));
    }

    void aReleasedSlotBeginsAnotherLife()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        QVERIFY(writer.write(0, "old\nhalf of a li"));
        board.release(kPid);
        QVERIFY2(writer.slot(0).state.load() == SlotState::Active, "it has not been drained yet");
        std::vector<HelperBoard::Line> lines;
        board.drain(lines);
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0].life, 0u);
        QVERIFY(writer.slot(0).state.load() == SlotState::Free);
        QCOMPARE(writer.slot(0).life.load(), 1u);
        QVERIFY(board.owners().empty());

        writer.claim(0, kPid + 1);
        QVERIFY(writer.write(0, "new\n"));
        lines.clear();
        board.drain(lines);
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0].text, std::string("new")); // nothing of the half line before
        QCOMPARE(lines[0].pid, kPid + 1);
        QCOMPARE(lines[0].life, 1u);
    }

    void everySlotOfAProcessIsReleased()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        writer.claim(1, kPid + 1);
        writer.claim(255, kPid);
        QCOMPARE(board.slotsInUse(), 256u);
        drained(board);
        const std::vector<std::pair<std::uint32_t, pid_t>> all = {
            {0, kPid}, {1, kPid + 1}, {255, kPid}};
        QVERIFY(board.owners() == all);
        board.release(kPid);
        QCOMPARE(board.owners().size(), std::size_t(1));
        QCOMPARE(board.slotsInUse(), 2u);
        QVERIFY(writer.slot(255).state.load() == SlotState::Free);
    }

    void aHostileWriterIsCountedAndSurvived()
    {
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        writer.claim(1, kPid + 1);
        drained(board);
        writer.slot(0).textHead.store(~std::uint64_t(0) / 2);
        writer.slot(0).textTail.store(12345);
        writer.slot(0).textDropped.store(~std::uint64_t(0));
        writer.slot(0).pid.store(kPid + 1); // it cannot become somebody else
        writer.slot(0).life.store(77);
        writer.header().textBytes = 0;
        writer.header().slotCount = 1 << 30;
        QVERIFY(writer.write(1, "well\n"));
        QCOMPARE(drained(board), QStringLiteral("1 4712 well"));
        QVERIFY(board.droppedLines() > 0);
        QCOMPARE(board.owners()[0].second, kPid);

        writer.slot(0).textHead.store(3); // and back again
        QCOMPARE(drained(board), QString());
        writer.slot(0).state.store(SlotState::Free); // as if that ended its life
        board.release(kPid);
        QCOMPARE(board.owners().size(), std::size_t(1));
        QCOMPARE(writer.slot(0).life.load(), 1u);

        writer.claim(0, kPid + 2);
        QVERIFY(writer.write(0, "again\n"));
        QCOMPARE(drained(board), QStringLiteral("0 4713 again"));
    }

    void refusedProcessesAreTold()
    {
        const HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        QCOMPARE(board.refusedProcesses(), 0u);
        writer.header().refused = 2;
        QCOMPARE(board.refusedProcesses(), 2u);
    }

    void aLiveWriterLosesNothing()
    {
        constexpr int kLines = 50'000;
        HelperBoard board = makeBoard();
        const HelperWriter writer(board);
        writer.claim(0, kPid);
        std::thread thread([&writer] {
            for (int i = 0; i < kLines; ++i) {
                const std::string line = std::to_string(i) + '\n';
                while (!writer.write(0, line))
                    std::this_thread::yield();
            }
        });
        int next = 0;
        bool areInOrder = true;
        const TimestampNs deadline = monotonicNow() + 30 * kSecond;
        std::vector<HelperBoard::Line> lines;
        while (next < kLines && monotonicNow() < deadline) {
            lines.clear();
            board.drain(lines);
            for (const HelperBoard::Line &line : lines)
                areInOrder = areInOrder && line.text == std::to_string(next++);
        }
        thread.join();
        QVERIFY(areInOrder);
        QCOMPARE(next, kLines);
    }
};

QTEST_GUILESS_MAIN(TestHelperBoard)
#include "tst_helperboard.moc"
