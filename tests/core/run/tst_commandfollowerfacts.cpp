// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandfollower.h"
#include "tests/core/record/helperwriter.h"

#include <QtTest>

#include <string>
#include <utility>

using namespace Interleave;

namespace
{

constexpr pid_t kFlooding = 4711;
constexpr pid_t kOther = 4712;
constexpr TimestampNs kNow = 1'000;
constexpr std::size_t kBatch = 1'000; ///< lines that a slot has room for

std::string threadNamed(pid_t tid)
{
    return "thread\t0\t0\t" + std::to_string(tid) + "\t0\t\tname\n";
}

} // namespace

/// Names that have to wait for the trace.
class TestCommandFollowerFacts : public QObject
{
    Q_OBJECT

private slots:
    void whatHasNoRoomIsCountedAndOthersComeThrough()
    {
        auto rings = SharedRings::create({1, 16, 0}, TickSource::Monotonic);
        auto board = HelperBoard::create(0);
        QVERIFY(rings.isOk() && board.isOk());
        RingReader reader(rings.value());
        const HelperWriter writer(board.value());
        Trace trace;
        CommandFollower follower(trace, reader, &board.value(), Source::Kernel);
        writer.claim(0, kFlooding);
        writer.claim(1, kOther);

        // None of these threads is in the trace yet.
        constexpr std::size_t kLines = TraceFacts::kMostWaiting + kBatch;
        for (std::size_t i = 0; i < kLines; ++i) {
            QVERIFY(writer.write(0, threadNamed(pid_t(10'000 + i))));
            if ((i + 1) % kBatch == 0)
                follower.hear(kNow);
        }
        // One more fact of the process is that it has a helper.
        QCOMPARE(follower.factsLeftOut(), std::uint64_t(kLines + 1 - TraceFacts::kMostOfOne));

        QVERIFY(writer.write(1, "process\t0\t0\t" + std::to_string(kOther) + "\t0\t\tWorker\n"));
        follower.hear(kNow);
        const ProcessIndex other = trace.addProcess(kOther, kNoProcess, 50, true);
        follower.finish();
        QCOMPARE(QString::fromStdString(trace.processName(other)), QStringLiteral("Worker"));
        QCOMPARE(follower.leftOut(), std::uint64_t(0)); // events and lines that made no sense
    }
};

QTEST_GUILESS_MAIN(TestCommandFollowerFacts)
#include "tst_commandfollowerfacts.moc"
