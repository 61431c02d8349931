// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/themerows.h"
#include "tests/ui/timeline/timelinepicture.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/swatch.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <set>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

std::set<Swatch> formsOf(const std::vector<LegendEntry> &entries)
{
    std::set<Swatch> forms;
    for (const LegendEntry &entry : entries)
        forms.insert(entry.swatch);
    return forms;
}

std::set<Swatch> formsOf(const HandmadeTrace &made)
{
    return formsOf(legendEntries(viewsOf(made)));
}

/// A wait whose reason nobody recorded.
HandmadeTrace derivedWait(WaitReason reason)
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    Slice wait = HandmadeTrace::slice(0, 50 * kMs, SliceState::Blocked, 1, reason);
    wait.derived = true;
    made.writable().append(track, wait);
    made.publish(100 * kMs);
    return made;
}

QImage imageOf(Swatch swatch, const Theme &theme)
{
    QImage image(26, 14, QImage::Format_RGB32);
    image.fill(theme.canvas);
    {
        QPainter painter(&image);
        paintSwatch(painter, QRectF(1, 1, 24, 12), swatch, theme.accent, theme);
    }
    return image;
}

} // namespace

class TestLegend : public QObject
{
    Q_OBJECT

private slots:
    void everyFormLooksDifferent_data();
    void everyFormLooksDifferent();
    void everyStateIsExplainedWhereItOccurs_data();
    void everyStateIsExplainedWhereItOccurs();
    void queuedIsAnOutlineAndUnknownIsDots();
    void onlyWhatOccursIsExplained();
    void noRunsNeedNoLegend();
    void badEndsAreExplainedWhereTheyOccur();
    void locksAreExplainedOnceOneIsHeld();
    void aLockThatSeveralHoldIsExplained();
    void coresThatRunThreadsWithoutATaskAreExplained();
    void aLegendGrowsWithItsRuns();
    void anotherRunIsReadFromItsBegin();
    void aLostRecordStaysExplained();
    void whatNobodyRecordedIsToldFromWhatWasRecorded();
    void everyEntryHasItsOwnWords();
    void rowsAreBrokenWhereThereIsNoRoom();
};

void TestLegend::everyFormLooksDifferent_data()
{
    addRowPerTheme();
}

void TestLegend::everyFormLooksDifferent()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    QImage blank(26, 14, QImage::Format_RGB32);
    blank.fill(theme.canvas);
    std::vector<QImage> seen{blank};
    for (int i = 0; i < kSwatchCount; ++i) {
        const QImage image = imageOf(Swatch(i), theme);
        for (const QImage &other : seen)
            QVERIFY2(image != other, qPrintable(QStringLiteral("form %1").arg(i)));
        seen.push_back(image);
    }
}

void TestLegend::everyStateIsExplainedWhereItOccurs_data()
{
    addRowPerState();
}

void TestLegend::everyStateIsExplainedWhereItOccurs()
{
    QFETCH(int, state);
    QVERIFY(formsOf(oneSlice(SliceState(state)))
            == std::set<Swatch>{swatchOf(SliceState(state), WaitReason::None)});
}

void TestLegend::queuedIsAnOutlineAndUnknownIsDots()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    Scene queued;
    drawSwatch(queued, QRectF(0, 0, 20, 10), swatchOf(SliceState::Queued, WaitReason::None),
               theme.accent, theme);
    Scene unknown;
    drawSwatch(unknown, QRectF(0, 0, 20, 10), swatchOf(SliceState::Unknown, WaitReason::None),
               theme.accent, theme);
    QCOMPARE(queued.items.at(0).pattern, Pattern::Hollow);
    QCOMPARE(unknown.items.at(0).pattern, Pattern::Dotted);
}

void TestLegend::onlyWhatOccursIsExplained()
{
    const std::set<Swatch> expected{Swatch::Solid,     Swatch::Hatched, Swatch::ThinLine,
                                    Swatch::AlertLine, Swatch::Hollow,  Swatch::CancelledEnd};
    QVERIFY(formsOf(HandmadeTrace::twoTasks()) == expected);
}

void TestLegend::noRunsNeedNoLegend()
{
    QVERIFY(legendEntries({}).empty());
    QVERIFY(legendEntries({RunView()}).empty());
    QVERIFY(legendEntries(viewsOf(HandmadeTrace(Source::Sampled))).empty()); // no record yet
}

void TestLegend::badEndsAreExplainedWhereTheyOccur()
{
    HandmadeTrace made;
    made.addTask(1, "prime 1");
    made.addTask(2, "prime 2");
    made.endTask(1, 40 * kMs, TaskOutcome::Finished);
    made.endTask(2, 60 * kMs, TaskOutcome::Crashed);
    made.publish(50 * kMs);
    QVERIFY(formsOf(made).empty()); // not yet
    made.publish(60 * kMs);
    QVERIFY(formsOf(made) == std::set<Swatch>{Swatch::FailedEnd});
}

void TestLegend::locksAreExplainedOnceOneIsHeld()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.addObject(2, ObjectKind::Barrier, "table");
    made.publish(100 * kMs);
    QVERIFY(formsOf(made).empty()); // none of it has happened

    made.hold(fork, 0, 50 * kMs, 1);
    QVERIFY(formsOf(made) == std::set<Swatch>{Swatch::Held});
    made.hold(fork, 50 * kMs, 60 * kMs, kNoTask, 0, 1);
    made.publish(100 * kMs);
    QVERIFY(formsOf(made).contains(Swatch::Contended));
}

void TestLegend::aLockThatSeveralHoldIsExplained()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex permits = made.addObject(1, ObjectKind::Semaphore, "permits", 4);
    made.hold(permits, 0, 50 * kMs, kNoTask, 2);
    made.publish(60 * kMs);
    QVERIFY(formsOf(made) == std::set<Swatch>{Swatch::HeldBySeveral});
    made.hold(permits, 60 * kMs, 70 * kMs, 1);
    made.publish(80 * kMs);
    QVERIFY(formsOf(made) == (std::set<Swatch>{Swatch::Held, Swatch::HeldBySeveral}));
}

void TestLegend::coresThatRunThreadsWithoutATaskAreExplained()
{
    HandmadeTrace made;
    const TrackIndex core = made.writable().addCoreTrack(0);
    made.add(core, 0, 10 * kMs, SliceState::Running, kNoTask);
    made.publish(20 * kMs);
    QVERIFY(formsOf(made) == std::set<Swatch>{Swatch::Neutral});
    made.add(core, 20 * kMs, 30 * kMs, SliceState::Running, 1);
    made.publish(40 * kMs);
    QVERIFY(formsOf(made) == (std::set<Swatch>{Swatch::Solid, Swatch::Neutral}));
}

void TestLegend::aLegendGrowsWithItsRuns()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.addObject(2, ObjectKind::Barrier, "table");
    made.add(track, 0, 10 * kMs, SliceState::Running, 1);
    made.publish(10 * kMs);
    Legend legend;
    legend.update(viewsOf(made));
    QVERIFY(formsOf(legend.entries()) == std::set<Swatch>{Swatch::Solid});
    made.add(track, 10 * kMs, 20 * kMs, SliceState::Runnable, 1);
    made.openBarrier(2, 20 * kMs);
    made.handOver(2, 20 * kMs, 1, 1);
    const TrackIndex late = made.addTask(2, "prime 2");
    made.add(late, 10 * kMs, 20 * kMs, SliceState::Suspended, 2);
    made.publish(30 * kMs);
    legend.update(viewsOf(made));
    const std::set<Swatch> expected{Swatch::Solid, Swatch::Hatched, Swatch::DottedLine,
                                    Swatch::HandOver, Swatch::Barrier};
    QVERIFY(formsOf(legend.entries()) == expected);
    QVERIFY(legend.entries() == legendEntries(viewsOf(made)));
}

void TestLegend::anotherRunIsReadFromItsBegin()
{
    const HandmadeTrace first = oneSlice(SliceState::Running);
    const HandmadeTrace second = oneSlice(SliceState::Queued);
    std::vector<RunView> both = viewsOf(first);
    both.push_back(viewsOf(second).front());
    Legend legend;
    legend.update(viewsOf(first));
    legend.update(both);
    QVERIFY(formsOf(legend.entries()) == (std::set<Swatch>{Swatch::Solid, Swatch::Hollow}));
    legend.update(viewsOf(second));
    QVERIFY(formsOf(legend.entries()) == std::set<Swatch>{Swatch::Hollow});
    legend.update({});
    QVERIFY(legend.entries().empty());
}

void TestLegend::aLostRecordStaysExplained()
{
    HandmadeTrace made = oneSlice(SliceState::Running);
    Legend legend;
    legend.update(viewsOf(made));
    QVERIFY(!formsOf(legend.entries()).contains(Swatch::Crossed)); // none was lost
    const TrackIndex track = made.shared()->task(1).track.load();
    made.add(track, 90 * kMs, 91 * kMs, SliceState::Lost, 1);
    made.publish(95 * kMs);
    for (int i = 0; i < 2; ++i) {
        legend.update(viewsOf(made));
        QVERIFY(formsOf(legend.entries()).contains(Swatch::Crossed));
    }
}

void TestLegend::whatNobodyRecordedIsToldFromWhatWasRecorded()
{
    QVERIFY(formsOf(derivedWait(WaitReason::GlobalLock)) == std::set<Swatch>{Swatch::InferredLine});
    QVERIFY(formsOf(derivedWait(WaitReason::Futex)) == std::set<Swatch>{Swatch::SampledLine});
    QVERIFY(formsOf(derivedWait(WaitReason::Lock)) == std::set<Swatch>{Swatch::SampledLine});
    // The wait for a core after a wake-up is computed, and leaves a wait without a reason.
    QVERIFY(formsOf(derivedWait(WaitReason::None)) == std::set<Swatch>{Swatch::ThinLine});
    QVERIFY(formsOf(oneSlice(SliceState::Blocked, WaitReason::GlobalLock))
            == std::set<Swatch>{Swatch::AlertLine});
}

void TestLegend::everyEntryHasItsOwnWords()
{
    HandmadeTrace rest = oneSlice(SliceState::Blocked, WaitReason::Lock);
    rest.hold(rest.addObject(1, ObjectKind::Lock, "total"), 0, 90 * kMs, 1, 1, 1);
    rest.hold(rest.addObject(3, ObjectKind::Semaphore, "permits", 4), 0, 90 * kMs, kNoTask, 2);
    rest.add(rest.writable().addCoreTrack(0), 0, 10 * kMs, SliceState::Running, kNoTask);
    rest.handOver(1, 20 * kMs, 1, 2);
    rest.handOver(kNoObject, 25 * kMs, 1, 2); // resumed
    rest.openBarrier(2, 30 * kMs);
    rest.publish(100 * kMs);
    rest.endTask(1, 90 * kMs, TaskOutcome::Cancelled);
    rest.addTask(2, "prime 2");
    rest.endTask(2, 90 * kMs, TaskOutcome::Failed);
    MarkInfo mark;
    mark.time = HandmadeTrace::kOrigin + 50 * kMs;
    mark.task = 1;
    mark.kind = MarkKind::Printed;
    rest.writable().addMark(mark);
    std::vector<RunView> runs = viewsOf(rest);
    for (int state = 0; state < kSliceStateCount; ++state)
        runs.push_back(viewsOf(oneSlice(SliceState(state))).front());
    for (const WaitReason reason : {WaitReason::GlobalLock, WaitReason::Poll})
        runs.push_back(viewsOf(derivedWait(reason)).front());

    const std::vector<LegendEntry> entries = legendEntries(runs);
    QCOMPARE(entries.size(), std::size_t(kSwatchCount));
    std::set<QString> texts;
    for (const LegendEntry &entry : entries) {
        QVERIFY(!entry.text.isEmpty());
        texts.insert(entry.text);
    }
    QCOMPARE(texts.size(), entries.size());
}

void TestLegend::rowsAreBrokenWhereThereIsNoRoom()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    const std::vector<LegendEntry> entries = legendEntries(viewsOf(HandmadeTrace::twoTasks()));
    Scene scene;
    const qreal oneRow = drawLegendRows(scene, entries, {0, 0}, 10'000, theme);
    const qreal column = drawLegendRows(scene, entries, {0, 0}, 10, theme);
    QCOMPARE(column, oneRow * qreal(entries.size()));
    QCOMPARE(drawLegendRows(scene, {}, {0, 0}, 100, theme), 0.0);
}

QTEST_MAIN(TestLegend)
#include "tst_legend.moc"
