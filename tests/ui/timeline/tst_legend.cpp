// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
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

std::vector<RunView> viewsOf(const HandmadeTrace &made)
{
    RunView view;
    view.trace = made.shared();
    view.model = QStringLiteral("threads");
    return {view};
}

/// One task with one slice of this state.
HandmadeTrace oneSlice(SliceState state, WaitReason reason = WaitReason::None)
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 10 * kMs, 90 * kMs, state, 1, reason);
    made.publish(100 * kMs);
    return made;
}

std::set<Swatch> formsOf(const HandmadeTrace &made, LegendScope scope)
{
    std::set<Swatch> forms;
    for (const LegendEntry &entry : legendEntries(viewsOf(made), scope))
        forms.insert(entry.swatch);
    return forms;
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
    void everyStateOccursInThePicturesLegend_data();
    void everyStateOccursInThePicturesLegend();
    void queuedIsAnOutlineAndUnknownIsDots();
    void aPictureExplainsOnlyWhatOccurs();
    void noRunsLeaveThePictureWithoutALegend();
    void theWindowExplainsTheUsualFormsAlways();
    void theWindowExplainsWhatItsSourceShows_data();
    void theWindowExplainsWhatItsSourceShows();
    void badEndsAreExplainedWhereTheyOccur();
    void locksAreExplainedWhereThereAreSome();
    void everyEntryHasItsOwnWords();
    void rowsAreBrokenWhereThereIsNoRoom();
};

void TestLegend::everyFormLooksDifferent_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("light") << int(Theme::Kind::Light);
    QTest::newRow("dark") << int(Theme::Kind::Dark);
    QTest::newRow("projector") << int(Theme::Kind::Projector);
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

void TestLegend::everyStateOccursInThePicturesLegend_data()
{
    QTest::addColumn<int>("state");
    for (int state = 0; state < kSliceStateCount; ++state)
        QTest::addRow("%s", sliceStateName(SliceState(state))) << state;
}

void TestLegend::everyStateOccursInThePicturesLegend()
{
    QFETCH(int, state);
    const std::set<Swatch> forms = formsOf(oneSlice(SliceState(state)), LegendScope::Picture);
    QCOMPARE(forms.size(), std::size_t(1));
    QVERIFY(forms.contains(swatchOf(SliceState(state), WaitReason::None)));
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

void TestLegend::aPictureExplainsOnlyWhatOccurs()
{
    const std::set<Swatch> expected{Swatch::Solid,     Swatch::Hatched, Swatch::ThinLine,
                                    Swatch::AlertLine, Swatch::Hollow,  Swatch::CancelledEnd};
    QVERIFY(formsOf(HandmadeTrace::twoTasks(), LegendScope::Picture) == expected);
}

void TestLegend::noRunsLeaveThePictureWithoutALegend()
{
    QVERIFY(legendEntries({}, LegendScope::Picture).empty());
    QVERIFY(legendEntries({RunView()}, LegendScope::Picture).empty());
}

void TestLegend::theWindowExplainsTheUsualFormsAlways()
{
    const std::vector<LegendEntry> entries = legendEntries({}, LegendScope::Window);
    QCOMPARE(entries.size(), std::size_t(9));
    QVERIFY(legendEntries(viewsOf(HandmadeTrace()), LegendScope::Window) == entries);
}

void TestLegend::theWindowExplainsWhatItsSourceShows_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<bool>("hasShaded");
    QTest::addColumn<bool>("hasDots");
    QTest::newRow("whole machine") << int(Source::KernelWide) << false << false;
    QTest::newRow("kernel") << int(Source::Kernel) << false << false;
    QTest::newRow("sampled") << int(Source::Sampled) << true << true;
    QTest::newRow("events") << int(Source::Events) << false << true;
}

void TestLegend::theWindowExplainsWhatItsSourceShows()
{
    QFETCH(int, source);
    QFETCH(bool, hasShaded);
    QFETCH(bool, hasDots);
    const std::set<Swatch> forms =
        formsOf(HandmadeTrace(Source(source)), LegendScope::Window); // before its first record
    QCOMPARE(forms.contains(Swatch::Shaded), hasShaded);
    QCOMPARE(forms.contains(Swatch::Dots), hasDots);
}

void TestLegend::badEndsAreExplainedWhereTheyOccur()
{
    HandmadeTrace made;
    made.addTask(1, "prime 1");
    made.addTask(2, "prime 2");
    made.endTask(1, 40 * kMs, TaskOutcome::Finished);
    made.endTask(2, 60 * kMs, TaskOutcome::Crashed);
    made.publish(50 * kMs);
    QVERIFY(!formsOf(made, LegendScope::Window).contains(Swatch::FailedEnd)); // not yet
    made.publish(60 * kMs);
    for (const LegendScope scope : {LegendScope::Window, LegendScope::Picture}) {
        const std::set<Swatch> forms = formsOf(made, scope);
        QVERIFY(forms.contains(Swatch::FailedEnd));
        QVERIFY(!forms.contains(Swatch::CancelledEnd));
    }
}

void TestLegend::locksAreExplainedWhereThereAreSome()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.addObject(2, ObjectKind::Barrier, "table");
    made.publish(100 * kMs);
    const std::set<Swatch> window = formsOf(made, LegendScope::Window);
    for (const Swatch form : {Swatch::Held, Swatch::Contended, Swatch::HandOver, Swatch::Barrier})
        QVERIFY(window.contains(form));
    QVERIFY(formsOf(made, LegendScope::Picture).empty()); // none of it has happened

    made.hold(fork, 0, 50 * kMs, 1);
    QVERIFY(formsOf(made, LegendScope::Picture) == std::set<Swatch>{Swatch::Held});
    made.hold(fork, 50 * kMs, 60 * kMs, kNoTask, 0, 1);
    made.publish(100 * kMs);
    QVERIFY(formsOf(made, LegendScope::Picture).contains(Swatch::Contended));
}

void TestLegend::everyEntryHasItsOwnWords()
{
    HandmadeTrace rest = oneSlice(SliceState::Blocked, WaitReason::Lock);
    rest.hold(rest.addObject(1, ObjectKind::Lock, "total"), 0, 90 * kMs, 1, 1, 1);
    rest.handOver(1, 20 * kMs, 1, 2);
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

    const std::vector<LegendEntry> entries = legendEntries(runs, LegendScope::Picture);
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
    const std::vector<LegendEntry> entries = legendEntries({}, LegendScope::Window);
    Scene scene;
    const qreal oneRow = drawLegendRows(scene, entries, {0, 0}, 10'000, theme);
    const qreal column = drawLegendRows(scene, entries, {0, 0}, 10, theme);
    QCOMPARE(column, oneRow * qreal(entries.size()));
    QCOMPARE(drawLegendRows(scene, {}, {0, 0}, 100, theme), 0.0);
}

QTEST_MAIN(TestLegend)
#include "tst_legend.moc"
