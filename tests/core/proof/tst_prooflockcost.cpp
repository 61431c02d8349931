// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QTest>

#include <utility>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// How long both were held at once.
DurationNs heldTogether(const std::vector<Slice> &a, const std::vector<Slice> &b)
{
    DurationNs sum = 0;
    for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
        sum += std::max<DurationNs>(
            0, std::min(a[i].end, b[k].end) - std::max(a[i].begin, b[k].begin));
        if (a[i].end < b[k].end)
            ++i;
        else
            ++k;
    }
    return sum;
}

/// The waits of all tasks for a lock, from its track.
DurationNs waitedFor(const RunReport &report, const std::string &name)
{
    DurationNs sum = 0;
    const ObjectInfo *object = objectNamed(report, name);
    for (const Slice &slice : slicesOf(report, object ? object->track : kNoTrack)) {
        if (slice.state == SliceState::Held)
            sum += slice.duration() * DurationNs(slice.waiters());
    }
    return sum;
}

} // namespace

/// S17: only the right lock is right, and what locks cost.
class TestProofLockCost : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, const QString &mode, int iterations,
                         Params more = {})
    {
        more.emplace_back(u"mode"_s, mode);
        more.emplace_back(u"iterations"_s, QString::number(iterations));
        return runSet("lock-cost", model.constData(), more);
    }
    static qint64 number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toInteger(-1);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theRightLockIsRightEverywhere_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("use");
        for (const QString &mode : {u"right"_s, u"chunked"_s}) {
            for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"})
                QTest::addRow("%s, %s", model, qPrintable(mode))
                    << QByteArray(model) << mode << u"shared-memory"_s;
            QTest::addRow("processes with a lock file, %s", qPrintable(mode))
                << QByteArray("processes") << mode << u"file-lock"_s;
        }
    }
    void theRightLockIsRightEverywhere()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, mode);
        QFETCH(QString, use);
        const RunReport report =
            run(model, mode, 1'000,
                {{u"tasks"_s, u"3"_s}, {u"chunk"_s, u"100"_s}, {u"processes_use"_s, use}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "value"_L1), qint64(3'000));
        QCOMPARE(number(report, "lost"_L1), qint64(0));
        QCOMPARE(number(report, "times_locked"_L1), qint64(mode == "chunked"_L1 ? 30 : 3'000));
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        const std::vector<Slice> held = heldSlices(report, "lock");
        QVERIFY(!held.empty());
        QCOMPARE(mostHolders(held), 1u);
    }

    void noLockAndTheWrongLockLose_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("mode");
        for (const QString &mode : {u"none"_s, u"two-locks"_s}) {
            for (const char *model : {"threads", "pool", "processes", "coroutines"})
                QTest::addRow("%s, %s", model, qPrintable(mode)) << QByteArray(model) << mode;
        }
    }
    void noLockAndTheWrongLockLose()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, mode);
        const RunReport report =
            run(model, mode, 3'000, {{u"hold_us"_s, u"10"_s}, {u"work_us"_s, u"2"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "expected"_L1), qint64(6'000));
        const qint64 lost = number(report, "lost"_L1);
        if (const QString why = disturbance(report); lost == 0 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(lost > 0, qPrintable(report.sentence));
    }

    void twoLocksAreHeldAtOnce()
    {
        const RunReport report = run("threads", u"two-locks"_s, 3'000,
                                     {{u"hold_us"_s, u"20"_s}, {u"work_us"_s, u"2"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Slice> a = heldSlices(report, "lock A");
        const std::vector<Slice> b = heldSlices(report, "lock B");
        QVERIFY(!a.empty() && !b.empty());
        const DurationNs together = heldTogether(a, b);
        if (const QString why = disturbance(report); together == 0 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(together > 0, "the two sections never overlapped");
    }

    void withoutAnAwaitInsideCoroutinesNeedNoLock()
    {
        const RunReport report =
            run("coroutines", u"none"_s, 1'000, {{u"await_between"_s, u"false"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "value"_L1), qint64(2'000));
        QVERIFY(!objectNamed(report, "lock"));
    }

    void aLongSectionIsWaitedFor_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("use");
        QTest::newRow("threads") << QByteArray("threads") << u"shared-memory"_s;
        QTest::newRow("processes") << QByteArray("processes") << u"shared-memory"_s;
        QTest::newRow("processes with a lock file") << QByteArray("processes") << u"file-lock"_s;
    }
    void aLongSectionIsWaitedFor()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, use);
        const RunReport report =
            run(model, u"right"_s, 200,
                {{u"hold_us"_s, u"500"_s}, {u"work_us"_s, u"2"_s}, {u"processes_use"_s, use}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        // The sections follow one another. A thread that comes back at once may have the lock again
        // and again before the other one is awake; then the other one waits for all of that, which
        // is half of the time, and has the lock for itself afterwards.
        const std::vector<Slice> held = heldSlices(report, "lock");
        QVERIFY(!held.empty());
        const DurationNs waited = waitedFor(report, "lock");
        const DurationNs span = held.back().end - held.front().begin;
        if (const QString why = disturbance(report); waited < span / 3 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(waited >= span / 3, qPrintable(u"waited %1 ns of %2 ns"_s.arg(waited).arg(span)));
    }

    void chunksSaveTheSwitches()
    {
        const Params work{{u"hold_us"_s, u"10"_s}, {u"work_us"_s, u"2"_s}};
        Params coarse = work;
        coarse.emplace_back(u"chunk"_s, u"1000"_s);
        const auto switches = [](const RunReport &report) {
            std::uint64_t sum = 0;
            for (const TaskStatistics &task : tasksOf(report))
                sum += task.voluntary;
            return sum;
        };
        // Each of the 8 sections in chunks may be waited for once, and a task has a wait or two of its
        // own: a tenth can only be asked of more than that.
        constexpr std::uint64_t kEnough = 150;
        const auto isTenth = [&](const std::pair<RunReport, RunReport> &runs) {
            return switches(runs.first) >= 10 * switches(runs.second);
        };
        const auto runs = tried(
            [&] {
                return std::make_pair(run("threads", u"right"_s, 4'000, work),
                                      run("threads", u"chunked"_s, 4'000, coarse));
            },
            [&](const auto &both) { return switches(both.first) >= kEnough && isTenth(both); });
        const auto &[fine, chunked] = runs;
        QVERIFY2(fine.outcome == RunOutcome::Finished, qPrintable(outcomeText(fine)));
        QVERIFY2(chunked.outcome == RunOutcome::Finished, qPrintable(outcomeText(chunked)));
        QCOMPARE(number(fine, "times_locked"_L1), qint64(8'000));
        QCOMPARE(number(chunked, "times_locked"_L1), qint64(8));
        if (!knowsEachSwitch(fine) || !knowsEachSwitch(chunked))
            QSKIP("without the kernel's records the switches are not known");
        const QString told = u"%1 and %2"_s.arg(switches(fine)).arg(switches(chunked));
        const QString why = firstReason({disturbance(fine), disturbance(chunked)});
        PROVE(switches(fine) > switches(chunked), told, why);
        if (switches(fine) >= kEnough)
            PROVE(isTenth(runs), told, why);
    }
};

QTEST_GUILESS_MAIN(TestProofLockCost)
#include "tst_prooflockcost.moc"
