// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadeprogram.h"
#include "tests/ui/timeline/timelinepicture.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/timelinetooltip.h"

#include <QStringList>
#include <QTest>

#include <cmath>
#include <memory>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

std::vector<RunView> viewsOfProgram(const HandmadeTrace &made)
{
    RunView view;
    view.trace = made.shared();
    view.model = QStringLiteral("command");
    return {view};
}

/// "[python3 a.py]" for headings, "[+python3 b.py]" for folded ones, two blanks for each step of indentation.
QStringList titlesOf(const LaneLayout &layout)
{
    QStringList titles;
    for (const Lane &lane : layout.lanes()) {
        const QString indent(2 * lane.depth, u' ');
        titles << (lane.isHeading() ? indent + QLatin1Char('[')
                           + (lane.collapsed ? QStringLiteral("+") : QString()) + lane.title
                           + QLatin1Char(']')
                                    : indent + lane.title);
    }
    return titles;
}

QStringList titlesOf(const HandmadeTrace &made, const QSet<QString> &collapsed = {},
                     const QString &filter = {})
{
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, collapsed, filter);
    return titlesOf(layout);
}

const Lane *laneNamed(const LaneLayout &layout, const QString &title)
{
    for (const Lane &lane : layout.lanes()) {
        if (lane.title == title)
            return &lane;
    }
    return nullptr;
}

/// A shell that starts Python, which forks a worker; and a second thread in Python.
HandmadeProgram threeProcesses()
{
    HandmadeProgram made;
    made.writable().addCoreTrack(0);
    const ProcessIndex shell = made.addProcess(100, kNoProcess, "/bin/sh -c run");
    const ProcessIndex python =
        made.addProcess(200, shell, "/usr/bin/python3 /home/me/a.py --fast");
    const ProcessIndex other = made.addProcess(300, shell, "sleep 1");
    const ProcessIndex worker = made.addProcess(400, python, "python3 a.py");
    made.nameProcess(worker, "Process-1");
    made.addThread(shell, 100, "sh", 1);
    made.addThread(python, 200, "MainThread", 2);
    made.addThread(python, 201, "collector", 3);
    made.addThread(other, 300, "sleep", 4);
    made.addThread(worker, 400, "python3", 5);
    made.publish(1000 * kMs);
    return made;
}

} // namespace

class TestLanesOfProcesses : public QObject
{
    Q_OBJECT

private slots:
    void processesStandAsTheyWereForked();
    void aProcessThatIsNotOfTheRunHasNoPlace();
    void aParentThatIsNotKnownMakesARoot();
    void aCircleOfParentsLosesNobody();
    void housekeepingIsFoldedUntilItIsUnfolded();
    void aFoldedProcessLeavesThoseThatItMade();
    void finerTasksStandBelowTheThreadTheyRunOn();
    void aTaskOfAnotherThreadDoesNotStandWithWhoMadeIt();
    void aTaskWhoseThreadHasNoLaneStandsBelowAllThreads();
    void aTaskThatHasNotBegunStandsWithWhoMadeIt();
    void fewShortProcessesStandForThemselves();
    void manyShortProcessesStandTogether();
    void childrenOfShortProcessesStayInSight();
    void theFilterFindsProcessesThreadsAndNumbers();
    void aNameThatIsGivenLaterIsShown();
    void whatIsNewIsShownAndNothingElseIsMadeAnew();
    void ofManyLanesOnlyTheMomentCounts();
    void theNumbersOfTheProcessesComeWithTheEnd();
    void whoWasThereBeforeSaysSo();
    void printedLinesHaveAThinRow();
    void waitsForTheInterpretersLockAreDashed();
    void whatWasSeenInProcIsDashedAndGrey();
    void aThreadsSliceNamesItsCoreAndNotItself();
    void theHeadingOfShortProcessesShowsHowManyThereWere();
};

void TestLanesOfProcesses::processesStandAsTheyWereForked()
{
    const QStringList expected{QStringLiteral("[Cores]"),
                               QStringLiteral("Core 0"),
                               QStringLiteral("[sh -c run]"),
                               QStringLiteral("sh"),
                               QStringLiteral("  [python3 a.py --fast]"),
                               QStringLiteral("  MainThread"),
                               QStringLiteral("  collector"),
                               QStringLiteral("    [Process-1]"),
                               QStringLiteral("    python3"),
                               QStringLiteral("  [sleep 1]"),
                               QStringLiteral("  sleep")};
    QCOMPARE(titlesOf(threeProcesses()), expected);
    LaneLayout layout;
    layout.update(viewsOfProgram(threeProcesses()), 500, 1, {}, {});
    const Lane *python = laneNamed(layout, QStringLiteral("python3 a.py --fast"));
    QVERIFY2(python->subtitle.contains(QStringLiteral("200")), qPrintable(python->subtitle));
    QVERIFY2(python->subtitle.contains(QStringLiteral("2 threads")), qPrintable(python->subtitle));
}

void TestLanesOfProcesses::aProcessThatIsNotOfTheRunHasNoPlace()
{
    HandmadeProgram made = threeProcesses();
    made.writable().writableProcess(1).ofRun.store(false); // the one that forked the worker
    const QStringList titles = titlesOf(made);
    QVERIFY(!titles.contains(QStringLiteral("  [python3 a.py --fast]")));
    QVERIFY(titles.contains(QStringLiteral("  [Process-1]"))); // below the shell now
}

void TestLanesOfProcesses::aParentThatIsNotKnownMakesARoot()
{
    HandmadeProgram made;
    made.addThread(made.addProcess(7, kNoProcess, "one"), 7, "one", 1);
    made.addThread(made.addProcess(8, kNoProcess, "two"), 8, "two", 2);
    made.publish(kMs);
    QCOMPARE(titlesOf(made),
             (QStringList{QStringLiteral("[one]"), QStringLiteral("one"), QStringLiteral("[two]"),
                          QStringLiteral("two")}));
}

void TestLanesOfProcesses::aCircleOfParentsLosesNobody()
{
    HandmadeProgram made;
    made.addProcess(7, 1, "one");
    made.addProcess(8, 0, "two");
    made.publish(kMs);
    const QStringList titles = titlesOf(made);
    QCOMPARE(titles.size(), qsizetype(2));
    QVERIFY(titles.join(u' ').contains(QStringLiteral("one")));
    QVERIFY(titles.join(u' ').contains(QStringLiteral("two")));
}

void TestLanesOfProcesses::housekeepingIsFoldedUntilItIsUnfolded()
{
    HandmadeProgram made = threeProcesses();
    made.writable().writableProcess(2).isHousekeeping.store(true);
    QVERIFY(titlesOf(made).contains(QStringLiteral("  [+sleep 1]")));
    QVERIFY(!titlesOf(made).contains(QStringLiteral("  sleep")));
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    const QString group = laneNamed(layout, QStringLiteral("sleep 1"))->group;
    QVERIFY(titlesOf(made, {group}).contains(QStringLiteral("  sleep")));
}

void TestLanesOfProcesses::aFoldedProcessLeavesThoseThatItMade()
{
    const HandmadeProgram made = threeProcesses();
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    const QString group = laneNamed(layout, QStringLiteral("python3 a.py --fast"))->group;
    const QStringList titles = titlesOf(made, {group});
    QVERIFY(titles.contains(QStringLiteral("  [+python3 a.py --fast]")));
    QVERIFY(!titles.contains(QStringLiteral("  collector")));
    QVERIFY(titles.contains(QStringLiteral("    [Process-1]")));
}

void TestLanesOfProcesses::finerTasksStandBelowTheThreadTheyRunOn()
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    const ProcessIndex other = made.addProcess(300, python, "other");
    const TrackIndex main = made.addThread(python, 200, "MainThread", 1);
    const TrackIndex pool = made.addThread(python, 201, "pool 1", 2);
    made.addThread(other, 300, "other", 3);
    made.addFinerTask(10, TaskKind::Coroutine, 1, "main()", main);
    made.addFinerTask(14, TaskKind::Job, 1, "job 1", pool);
    made.addFinerTask(11, TaskKind::Coroutine, 10, "fetch a", main);
    made.addFinerTask(12, TaskKind::Coroutine, 10, "fetch b", main);
    made.addFinerTask(13, TaskKind::Request, 11, "GET /a", main);
    made.publish(100 * kMs);
    const QStringList expected{QStringLiteral("[python3 a.py]"), QStringLiteral("MainThread"),
                               QStringLiteral("  main()"),       QStringLiteral("    fetch a"),
                               QStringLiteral("      GET /a"),   QStringLiteral("    fetch b"),
                               QStringLiteral("pool 1"),         QStringLiteral("  job 1"),
                               QStringLiteral("  [other]"),      QStringLiteral("  other")};
    QCOMPARE(titlesOf(made), expected);
}

void TestLanesOfProcesses::aTaskOfAnotherThreadDoesNotStandWithWhoMadeIt()
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    const TrackIndex main = made.addThread(python, 200, "MainThread", 1);
    const TrackIndex loop = made.addThread(python, 201, "loop", 2);
    made.addThread(python, 202, "idle", 3);
    made.addFinerTask(10, TaskKind::Coroutine, 1, "serve()", loop); // made by the main thread
    made.addFinerTask(11, TaskKind::Job, 10, "job", main);
    made.addFinerTask(12, TaskKind::Coroutine, 10, "not begun");
    made.addFinerTask(13, TaskKind::Coroutine, 11, "of the job");
    made.publish(100 * kMs);
    const QStringList expected{QStringLiteral("[python3 a.py]"), QStringLiteral("MainThread"),
                               QStringLiteral("  job"),          QStringLiteral("    of the job"),
                               QStringLiteral("loop"),           QStringLiteral("  serve()"),
                               QStringLiteral("    not begun"),  QStringLiteral("idle")};
    QCOMPARE(titlesOf(made), expected);
}

void TestLanesOfProcesses::aTaskWhoseThreadHasNoLaneStandsBelowAllThreads()
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    const TrackIndex main = made.addThread(python, 200, "MainThread", 1);
    made.addThread(python, 201, "second", 2);
    const ThreadIndex unseen = made.writable().addThread(200, 209, HandmadeTrace::kOrigin, true);
    made.writable().writableThread(unseen).process.store(python);
    made.addFinerTask(10, TaskKind::Coroutine, kNoTask, "unseen");
    made.writable().writableTask(10)->thread.store(unseen);
    made.addFinerTask(11, TaskKind::Coroutine, kNoTask, "seen", main);
    made.publish(100 * kMs);
    const QStringList expected{QStringLiteral("[python3 a.py]"), QStringLiteral("MainThread"),
                               QStringLiteral("  seen"), QStringLiteral("second"),
                               QStringLiteral("  unseen")};
    QCOMPARE(titlesOf(made), expected);
}

void TestLanesOfProcesses::aTaskThatHasNotBegunStandsWithWhoMadeIt()
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    made.addThread(python, 200, "MainThread", 1);
    made.addFinerTask(10, TaskKind::Coroutine, 1, "waits");
    made.addFinerTask(11, TaskKind::Coroutine, kNoTask, "whose");
    made.publish(100 * kMs);
    const QStringList titles = titlesOf(made);
    QCOMPARE(titles.indexOf(QStringLiteral("  waits")), qsizetype(2));
    QCOMPARE(titles.last(), QStringLiteral("whose")); // nobody knows: it is not lost
}

void TestLanesOfProcesses::fewShortProcessesStandForThemselves()
{
    HandmadeProgram made;
    const ProcessIndex make = made.addProcess(1, kNoProcess, "make");
    for (int i = 0; i < int(RunProcesses::kMostShort); ++i)
        made.addProcess(10 + i, make, "true", i * kMs, i * kMs + kMs);
    made.publish(1000 * kMs);
    const QStringList titles = titlesOf(made);
    QCOMPARE(titles.count(QStringLiteral("  [true]")), qsizetype(RunProcesses::kMostShort));
}

void TestLanesOfProcesses::manyShortProcessesStandTogether()
{
    HandmadeProgram made;
    const ProcessIndex make = made.addProcess(1, kNoProcess, "make");
    const int many = int(RunProcesses::kMostShort) + 1;
    for (int i = 0; i < many; ++i) {
        const ProcessIndex one = made.addProcess(10 + i, make, "true", i * kMs, i * kMs + kMs);
        made.addThread(one, 10 + i, "true", TaskId(100 + i));
    }
    made.addProcess(9, make, "cc1", 0, 900 * kMs);
    made.addProcess(8, make, "lives", 999 * kMs); // it may live long yet
    made.publish(1000 * kMs);
    const QStringList expected{QStringLiteral("[make]"), QStringLiteral("  [cc1]"),
                               QStringLiteral("  [lives]"),
                               QStringLiteral("[+%1 short processes]").arg(many)};
    QCOMPARE(titlesOf(made), expected);
    const QStringList unfolded = titlesOf(made, {LaneLayout::shortProcessesGroup(0)});
    QCOMPARE(unfolded.count(QStringLiteral("  [true]")), qsizetype(many));
    QCOMPARE(unfolded.count(QStringLiteral("  true")), qsizetype(many));
}

void TestLanesOfProcesses::childrenOfShortProcessesStayInSight()
{
    HandmadeProgram made;
    const ProcessIndex make = made.addProcess(1, kNoProcess, "make");
    ProcessIndex last = make;
    for (int i = 0; i < 40; ++i)
        last = made.addProcess(10 + i, make, "sh", i * kMs, i * kMs + kMs);
    made.addProcess(99, last, "daemon", 40 * kMs); // forked twice
    made.publish(1000 * kMs);
    QVERIFY(titlesOf(made).contains(QStringLiteral("  [daemon]")));
}

void TestLanesOfProcesses::theFilterFindsProcessesThreadsAndNumbers()
{
    const HandmadeProgram made = threeProcesses();
    const QString cores = QStringLiteral("[Cores]");
    const QString core = QStringLiteral("Core 0");
    QCOMPARE(titlesOf(made, {}, QStringLiteral("COLL")),
             (QStringList{cores, core, QStringLiteral("  [python3 a.py --fast]"),
                          QStringLiteral("  collector")}));
    QCOMPARE(titlesOf(made, {}, QStringLiteral("a.py")),
             (QStringList{cores, core, QStringLiteral("  [python3 a.py --fast]"),
                          QStringLiteral("  MainThread"), QStringLiteral("  collector")}));
    QCOMPARE(titlesOf(made, {}, QStringLiteral("400")),
             (QStringList{cores, core, QStringLiteral("    [Process-1]"),
                          QStringLiteral("    python3")}));
    QCOMPARE(titlesOf(made, {}, QStringLiteral("nothing")), (QStringList{cores, core}));
}

void TestLanesOfProcesses::aNameThatIsGivenLaterIsShown()
{
    HandmadeProgram made = threeProcesses();
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("collector")));
    made.nameThread(2, "sorter");
    made.nameProcess(1, "the server");
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    layout.refreshTitles(0, layout.lanes().size());
    QVERIFY(laneNamed(layout, QStringLiteral("sorter")));
    QVERIFY(laneNamed(layout, QStringLiteral("the server")));
}

void TestLanesOfProcesses::whatIsNewIsShownAndNothingElseIsMadeAnew()
{
    HandmadeProgram made = threeProcesses();
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    made.publish(1001 * kMs);
    made.nameThread(2, "renamed"); // is seen where lanes are made anew
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("collector")));
    made.addThread(1, 202, "late", 6);
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("late")));
    QVERIFY(laneNamed(layout, QStringLiteral("renamed")));
    // A flag has no number that grows: it is seen a moment later.
    made.writable().writableProcess(2).isHousekeeping.store(true);
    made.publish(1300 * kMs);
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("sleep 1"))->collapsed);
    // What a person does is followed at once.
    layout.update(viewsOfProgram(made), 500, 1, {}, QStringLiteral("late"));
    QVERIFY(!laneNamed(layout, QStringLiteral("renamed")));
    layout.update(viewsOfProgram(HandmadeTrace::twoTasks()), 500, 1, {}, {});
    QVERIFY(!laneNamed(layout, QStringLiteral("late")));
}

void TestLanesOfProcesses::ofManyLanesOnlyTheMomentCounts()
{
    HandmadeProgram made;
    const ProcessIndex program = made.addProcess(1, kNoProcess, "many");
    for (int i = 0; i < 3000; ++i)
        made.addThread(program, 1 + i, "thread", TaskId(1 + i));
    made.publish(100 * kMs);
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    layout.update(viewsOfProgram(made), 500, 1, {}, {}); // it is known now that there are many
    const std::size_t count = layout.lanes().size();
    QCOMPARE(count, std::size_t(3001));
    made.addThread(program, 9000, "late", 9000);
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QCOMPARE(layout.lanes().size(), count);
    made.publish(1200 * kMs);
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QCOMPARE(layout.lanes().size(), count + 1);
    const auto [first, last] = layout.lanesIn(1000, 1500);
    QVERIFY(first > 0 && last > first && last < first + 60);
    QVERIFY(layout.lanes()[first].y <= 1000);
    QVERIFY(layout.lanes()[last].y >= 1500);
}

void TestLanesOfProcesses::theNumbersOfTheProcessesComeWithTheEnd()
{
    HandmadeProgram made = threeProcesses();
    made.writable().writableProcess(1).interpreter.store(Interpreter::Python);
    std::vector<RunView> views = viewsOfProgram(made);
    LaneLayout layout;
    layout.update(views, 500, 1, {}, {});
    ProcessReport report;
    report.pid = 200;
    report.verdict = QStringLiteral("one at a time: GIL");
    views.front().processes =
        std::make_shared<const std::vector<ProcessReport>>(std::vector<ProcessReport>{report});
    layout.update(views, 500, 1, {}, {});
    const Lane *python = laneNamed(layout, QStringLiteral("python3 a.py --fast"));
    QVERIFY2(python->subtitle.endsWith(report.verdict), qPrintable(python->subtitle));
    QVERIFY(!laneNamed(layout, QStringLiteral("sleep 1"))->subtitle.contains(report.verdict));
}

void TestLanesOfProcesses::whoWasThereBeforeSaysSo()
{
    HandmadeProgram made = threeProcesses();
    made.writable().writableProcess(0).wasThere.store(true);
    LaneLayout layout;
    layout.update(viewsOfProgram(made), 500, 1, {}, {});
    QVERIFY(laneNamed(layout, QStringLiteral("sh -c run"))
                ->subtitle.contains(QStringLiteral("was running before")));
    QVERIFY(
        !laneNamed(layout, QStringLiteral("sleep 1"))->subtitle.contains(QStringLiteral("before")));
}

void TestLanesOfProcesses::printedLinesHaveAThinRow()
{
    HandmadeProgram made = threeProcesses();
    QVERIFY(!titlesOf(made).contains(QStringLiteral("Output")));
    made.print(50 * kMs, 1, "hello");
    made.publish(1500 * kMs);
    QCOMPARE(titlesOf(made).indexOf(QStringLiteral("Output")), qsizetype(2)); // below the cores
    TimelinePicture picture(made);
    picture.state.runs = viewsOfProgram(made);
    picture.build();
    const auto marks = picture.itemsOf(QStringLiteral("Output"), [](const SceneItem &item) {
        return item.kind == SceneItem::Kind::Diamond;
    });
    QCOMPARE(marks.size(), std::size_t(1));
    QVERIFY(std::abs(marks.front().area.center().x() - picture.xOf(50 * kMs)) <= 1);
    const TraceSnapshot snapshot(*made.shared());
    QCOMPARE(outputNear(snapshot, HandmadeTrace::kOrigin + 51 * kMs, 2 * kMs),
             QStringLiteral("hello"));
    QVERIFY(outputNear(snapshot, HandmadeTrace::kOrigin + 60 * kMs, 2 * kMs).isEmpty());
}

namespace
{

/// One thread that waits in [10, 90) of 100 ms, as `reason` says and nobody recorded.
HandmadeProgram derivedWait(WaitReason reason)
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    const TrackIndex track = made.addThread(python, 200, "MainThread", 1);
    Slice wait = HandmadeTrace::slice(10 * kMs, 90 * kMs, SliceState::Blocked, 1, reason);
    wait.derived = true;
    made.writable().append(track, wait);
    made.publish(100 * kMs);
    return made;
}

} // namespace

void TestLanesOfProcesses::waitsForTheInterpretersLockAreDashed()
{
    const HandmadeProgram made = derivedWait(WaitReason::GlobalLock);
    TimelinePicture picture(made);
    picture.state.runs = viewsOfProgram(made);
    picture.build();
    const auto lines = picture.linesOf(QStringLiteral("MainThread"), picture.theme.alert);
    QVERIFY(!lines.empty());
    for (const SceneItem &line : lines)
        QCOMPARE(int(line.pattern), int(Pattern::Dashed));
    QVERIFY(picture.hasLabel(QStringLiteral("waits for the GIL (inferred)")));
    const std::vector<LegendEntry> legend = legendEntries(picture.state.runs);
    QCOMPARE(legend.size(), std::size_t(1));
    QCOMPARE(int(legend.front().swatch), int(Swatch::InferredLine));
    const TraceSnapshot snapshot(*made.shared());
    const auto hit = sliceAt(snapshot, 0, HandmadeTrace::kOrigin + 50 * kMs);
    QVERIFY(hit.has_value());
    QVERIFY(sliceTooltip(snapshot, *hit, 1000)
                .contains(QStringLiteral("waiting for the GIL (inferred)")));
}

void TestLanesOfProcesses::whatWasSeenInProcIsDashedAndGrey()
{
    // Also a lock of the kernel: nobody has recorded who has it.
    for (const WaitReason reason : {WaitReason::Poll, WaitReason::Futex, WaitReason::Lock}) {
        const HandmadeProgram made = derivedWait(reason);
        TimelinePicture picture(made);
        picture.state.runs = viewsOfProgram(made);
        picture.build();
        QVERIFY(picture.linesOf(QStringLiteral("MainThread"), picture.theme.alert).empty());
        const auto lines = picture.linesOf(QStringLiteral("MainThread"), picture.theme.waiting);
        QVERIFY(!lines.empty());
        QCOMPARE(int(lines.front().pattern), int(Pattern::Dashed));
        QCOMPARE(int(legendEntries(picture.state.runs).front().swatch), int(Swatch::SampledLine));
    }
}

void TestLanesOfProcesses::aThreadsSliceNamesItsCoreAndNotItself()
{
    HandmadeProgram made;
    const ProcessIndex python = made.addProcess(200, kNoProcess, "python3 a.py");
    const TrackIndex main = made.addThread(python, 200, "MainThread", 1);
    made.addFinerTask(10, TaskKind::Coroutine, 1, "fetch", main);
    made.add(main, 0, 40 * kMs, SliceState::Running, 1);
    made.add(main, 40 * kMs, 90 * kMs, SliceState::Running, 10);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.state.runs = viewsOfProgram(made);
    picture.build();
    QVERIFY(picture.hasLabel(QStringLiteral("core 0")));
    const auto bars = picture.rectsOf(QStringLiteral("MainThread"), picture.theme.taskColor(10));
    QCOMPARE(bars.size(), std::size_t(1)); // the finer task has its own colour there
}

void TestLanesOfProcesses::theHeadingOfShortProcessesShowsHowManyThereWere()
{
    HandmadeProgram made;
    const ProcessIndex make = made.addProcess(1, kNoProcess, "make");
    for (int i = 0; i < 40; ++i)
        made.addProcess(10 + i, make, "true", 20 * kMs, 20 * kMs + 100'000);
    made.publish(100 * kMs);
    TimelinePicture picture(made);
    picture.state.runs = viewsOfProgram(made);
    picture.build();
    QVERIFY(picture.hasLabel(QStringLiteral("40 short processes")));
    const RunProcesses &processes = picture.builder.layout().processes(0);
    const TimestampNs zero = HandmadeTrace::kOrigin;
    QCOMPARE(processes.shortOnesIn(zero, zero + 20 * kMs), std::size_t(0));
    QCOMPARE(processes.shortOnesIn(zero + 20 * kMs, zero + 20 * kMs + 1), std::size_t(40));
    QCOMPARE(processes.shortOnesIn(zero + 21 * kMs, zero + 100 * kMs), std::size_t(0));
    int filled = 0;
    for (const SceneItem &item : picture.scene.items) {
        if (item.kind != SceneItem::Kind::Strip)
            continue;
        for (std::uint32_t i = 0; i < item.count; ++i)
            filled += qAlpha(picture.scene.strips.at(item.index + i)) != 0 ? 1 : 0;
    }
    QVERIFY(filled >= 1 && filled <= 3); // a tenth of a millisecond is one pixel
}

QTEST_MAIN(TestLanesOfProcesses)
#include "tst_lanesofprocesses.moc"
