// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/taskset.h"
#include "tests/support/handmadetrace.h"
#include "ui/export/pictureexport.h"
#include "ui/timeline/timescale.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>
#include <string>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

RunReport reportOf(const HandmadeTrace &made, const QString &model = QStringLiteral("threads"))
{
    RunReport report;
    report.taskSet = QStringLiteral("S06");
    report.slug = QStringLiteral("primes");
    report.title = QStringLiteral("Primes");
    report.model = model;
    report.params = {{QStringLiteral("tasks"), 2}, {QStringLiteral("limit"), 200000}};
    report.source = Source::Kernel;
    report.machine = QStringLiteral("A processor with 2 cores");
    report.sentence = QStringLiteral("Two tasks shared two cores.");
    report.statistics.wall = 100 * kMs;
    report.statistics.cpu = 120 * kMs;
    report.trace = made.shared();
    return report;
}

bool hasText(const Scene &scene, const QString &part)
{
    return std::any_of(scene.labels.begin(), scene.labels.end(),
                       [&](const SceneLabel &label) { return label.text.contains(part); });
}

/// One pool with more jobs than a page has room for.
HandmadeTrace manyJobs(int count)
{
    HandmadeTrace made;
    for (int i = 0; i < count; ++i) {
        const auto id = TaskId(i + 1);
        const TrackIndex track = made.addTask(id, "job", TaskKind::Job);
        made.add(track, i * kMs, (i + 1) * kMs, SliceState::Running, id);
    }
    made.publish(count * kMs);
    return made;
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestPictureExport : public QObject
{
    Q_OBJECT

private slots:
    void thePictureSaysWhatItShows();
    void parametersReadAsAPersonWouldSayThem();
    void whatIsNotSetIsNotMentioned();
    void thePictureNamesItsSource_data();
    void thePictureNamesItsSource();
    void lostRecordsAreTold();
    void theLegendNamesOnlyWhatOccurs();
    void tasksInProgressAreDottedInEveryFormat();
    void cpuTimeThatTheSourceCannotKnowIsNotClaimed();
    void everythingLiesWithinThePicture();
    void thePictureGrowsWithItsLanes();
    void aCrowdedGroupIsFolded();
    void severalRunsStandAboveEachOther();
    void theChartOfASetIsInThePicture_data();
    void theChartOfASetIsInThePicture();
    void aWindowIsKept();
    void noRunsStillGiveAPicture();
    void pngHasTheScaledSize_data();
    void pngHasTheScaledSize();
    void svgIsWellFormed();
    void pdfIsWritten();
    void otherEndingsAreRefused_data();
    void otherEndingsAreRefused();
    void aFailureIsToldAndLeavesTheOldFile();
    void anExistingFileIsReplaced();
    void aPictureBeyondReasonIsRefused();
};

void TestPictureExport::thePictureSaysWhatItShows()
{
    const Scene scene = composePicture({reportOf(HandmadeTrace::twoTasks())}, {});
    QVERIFY(hasText(scene, QStringLiteral("Primes")));
    QVERIFY(hasText(scene, QStringLiteral("tasks 2")));
    QVERIFY(hasText(scene, QStringLiteral("limit 200000")));
    QVERIFY(hasText(scene, QStringLiteral("Two tasks shared two cores.")));
    QVERIFY(hasText(scene, QStringLiteral("A processor with 2 cores")));
    QVERIFY(hasText(scene, QStringLiteral("Core 1")));
    QVERIFY(hasText(scene, QStringLiteral("prime 2")));
}

void TestPictureExport::parametersReadAsAPersonWouldSayThem()
{
    RunReport report = reportOf(HandmadeTrace::twoTasks());
    report.params = {
        {QStringLiteral("work_ms"), 400},    {QStringLiteral("hold_us"), 5},
        {QStringLiteral("fail_percent"), 0}, {QStringLiteral("size_mib"), 0.5},
        {QStringLiteral("join"), true},      {QStringLiteral("keep_alive"), false},
        {QStringLiteral("cores"), 1},        {QStringLiteral("mode"), QStringLiteral("a")}};
    const Scene scene = composePicture({report}, {});
    for (const char *part : {"work 400 ms", "hold 5 µs", "fail 0 %", "size 0.5 MiB", "join yes",
                             "keep alive no", "cores 1", "mode a"})
        QVERIFY2(hasText(scene, QString::fromUtf8(part)), part);
}

void TestPictureExport::whatIsNotSetIsNotMentioned()
{
    RunReport report = reportOf(HandmadeTrace::twoTasks());
    report.params = {
        {QStringLiteral("cores"), 0},   {QStringLiteral("start_stagger_ms"), 0},
        {QStringLiteral("tasks"), 2},   {QStringLiteral("database"), QString()},
        {QStringLiteral("workers"), 0}, {QStringLiteral("share"), QStringLiteral("none")}};
    const Scene scene = composePicture({report}, {});
    QVERIFY(hasText(scene, QStringLiteral("tasks 2 · wall")));
    for (const char *part : {"cores 0", "stagger", "database", "workers", "share none"})
        QVERIFY2(!hasText(scene, QString::fromUtf8(part)), part);
}

void TestPictureExport::thePictureNamesItsSource_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<QString>("word");
    QTest::newRow("wide") << int(Source::KernelWide) << QStringLiteral("whole machine");
    QTest::newRow("kernel") << int(Source::Kernel)
                            << QStringLiteral("kernel context-switch records");
    QTest::newRow("sampled") << int(Source::Sampled) << QStringLiteral("sampled");
    QTest::newRow("events") << int(Source::Events) << QStringLiteral("own events");
}

void TestPictureExport::thePictureNamesItsSource()
{
    QFETCH(int, source);
    QFETCH(QString, word);
    RunReport report = reportOf(HandmadeTrace::twoTasks());
    report.source = Source(source);
    report.sourceRemark = QStringLiteral("because so");
    const Scene scene = composePicture({report}, {});
    QVERIFY(hasText(scene, word));
    QVERIFY(hasText(scene, QStringLiteral("because so")));
}

void TestPictureExport::lostRecordsAreTold()
{
    RunReport report = reportOf(HandmadeTrace::twoTasks());
    report.recordsLost = 7;
    QVERIFY(hasText(composePicture({report}, {}), QStringLiteral("7 records lost")));
}

void TestPictureExport::theLegendNamesOnlyWhatOccurs()
{
    const Scene scene = composePicture({reportOf(HandmadeTrace::twoTasks())}, {});
    QVERIFY(hasText(scene, QStringLiteral("running on a core")));
    QVERIFY(hasText(scene, QStringLiteral("blocked on a lock")));
    QVERIFY(hasText(scene, QStringLiteral("cancelled before its end")));
    QVERIFY(!hasText(scene, QStringLiteral("failed or crashed")));
    QVERIFY(!hasText(scene, QStringLiteral("suspended coroutine")));
    QVERIFY(!hasText(scene, QStringLiteral("printed a line")));
}

void TestPictureExport::tasksInProgressAreDottedInEveryFormat()
{
    HandmadeTrace made(Source::Events);
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 0, 40 * kMs, SliceState::Queued, 1);
    made.add(track, 40 * kMs, 90 * kMs, SliceState::Unknown, 1, WaitReason::None, kNoCore);
    made.publish(100 * kMs);
    const Scene scene = composePicture({reportOf(made)}, {});
    const auto dotted =
        std::count_if(scene.items.begin(), scene.items.end(), [](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Rect && item.pattern == Pattern::Dotted;
        });
    QCOMPARE(int(dotted), 2); // on its lane and in the legend

    const QTemporaryDir folder;
    const QString svg = folder.filePath(QStringLiteral("primes.svg"));
    QVERIFY(exportPicture({reportOf(made)}, svg, {}).isOk());
    QVERIFY(contentsOf(svg).contains("<circle"));
    const QString pdf = folder.filePath(QStringLiteral("primes.pdf"));
    QVERIFY(exportPicture({reportOf(made)}, pdf, {}).isOk());
    QVERIFY(contentsOf(pdf).startsWith("%PDF-"));
}

void TestPictureExport::cpuTimeThatTheSourceCannotKnowIsNotClaimed()
{
    RunReport report = reportOf(HandmadeTrace::twoTasks());
    QVERIFY(!hasText(composePicture({report}, {}), QStringLiteral("CPU time not known")));
    report.source = Source::Events;
    QVERIFY(hasText(composePicture({report}, {}), QStringLiteral("CPU time not known")));
}

void TestPictureExport::everythingLiesWithinThePicture()
{
    const Scene scene = composePicture({reportOf(HandmadeTrace::twoTasks())}, {});
    QCOMPARE(scene.size.width(), 1600.0);
    QVERIFY(scene.size.height() < 903);
    const QRectF whole(QPointF(0, 0), scene.size);
    for (const SceneItem &item : scene.items) {
        if (item.kind == SceneItem::Kind::Rect)
            QVERIFY(whole.contains(item.area));
    }
}

void TestPictureExport::thePictureGrowsWithItsLanes()
{
    const Scene scene = composePicture({reportOf(manyJobs(60), QStringLiteral("pool"))}, {});
    QVERIFY(scene.size.height() > 1200);
}

void TestPictureExport::aCrowdedGroupIsFolded()
{
    const Scene scene = composePicture({reportOf(manyJobs(300), QStringLiteral("pool"))}, {});
    QVERIFY(scene.size.height() < 903);
    QVERIFY(hasText(scene, QStringLiteral("300"))); // the heading still counts them
}

void TestPictureExport::severalRunsStandAboveEachOther()
{
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    const Scene scene =
        composePicture({reportOf(made), reportOf(made, QStringLiteral("pool"))}, {});
    QVERIFY(hasText(scene, modelTitle(QStringLiteral("threads"))));
    QVERIFY(hasText(scene, modelTitle(QStringLiteral("pool"))));
    QVERIFY(hasText(scene, QStringLiteral("wall")));
}

void TestPictureExport::theChartOfASetIsInThePicture_data()
{
    QTest::addColumn<int>("runs");
    QTest::newRow("a run") << 1;
    QTest::newRow("a comparison") << 2;
}

void TestPictureExport::theChartOfASetIsInThePicture()
{
    QFETCH(int, runs);
    const QString title = QStringLiteral("What one task costs");
    std::vector<RunReport> reports;
    for (const char *model : {"threads", "pool"}) {
        if (int(reports.size()) == runs)
            break;
        RunReport report = reportOf(HandmadeTrace::twoTasks(), QString::fromLatin1(model));
        report.result = {{QStringLiteral("per_task_ns"), 41'000},
                         {QStringLiteral("bare_ns"), 36'000}};
        reports.push_back(std::move(report));
    }
    const Scene without = composePicture(reports, {});
    QVERIFY(!hasText(without, title)); // the numbers belong to another set
    for (RunReport &report : reports)
        report.slug = QStringLiteral("spawn-cost");
    const Scene scene = composePicture(reports, {});
    QVERIFY(hasText(scene, title));
    QVERIFY(hasText(scene, durationLabel(41'000)));
    QCOMPARE(hasText(scene, QStringLiteral("A bare QThread")), runs == 1);
    // The lanes give way, the footer stays below.
    qreal chart = 0, footer = 0;
    for (const SceneItem &item : scene.items) {
        if (item.kind != SceneItem::Kind::Label)
            continue;
        const QString &text = scene.labels[item.index].text;
        if (text == title)
            chart = item.area.top();
        if (text.contains(QStringLiteral("A processor with 2 cores")))
            footer = item.area.top();
        QVERIFY2(QRectF(QPointF(), scene.size).contains(item.area), qPrintable(text));
    }
    QVERIFY(chart > 0);
    QVERIFY(footer > chart + 40);
    QVERIFY(scene.size.height() <= std::max(900.0, without.size.height()) + 1);
}

void TestPictureExport::aWindowIsKept()
{
    PictureOptions options;
    options.window = TimeSpan{0, 30 * kMs};
    const Scene scene = composePicture({reportOf(HandmadeTrace::twoTasks())}, options);
    // The sleep of task 2 comes later, so that no lane names it.
    QVERIFY(std::none_of(scene.labels.begin(), scene.labels.end(), [](const SceneLabel &label) {
        return label.text == QLatin1String("sleep");
    }));
}

void TestPictureExport::noRunsStillGiveAPicture()
{
    const Scene scene = composePicture({}, {});
    QVERIFY(!scene.items.empty());
}

void TestPictureExport::pngHasTheScaledSize_data()
{
    QTest::addColumn<double>("scale");
    QTest::addColumn<int>("width");
    QTest::newRow("1") << 1.0 << 800;
    QTest::newRow("2.5") << 2.5 << 2000;
    QTest::newRow("4") << 4.0 << 3200;
    QTest::newRow("more than there is") << 9.0 << 3200;
    QTest::newRow("less than there is") << 0.0 << 800;
}

void TestPictureExport::pngHasTheScaledSize()
{
    QFETCH(double, scale);
    QFETCH(int, width);
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("primes.png"));
    PictureOptions options;
    options.size = QSize(800, 500);
    options.scale = scale;
    const Result<void> result = exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, options);
    QVERIFY2(result.isOk(), result.isOk() ? "" : result.error().message.c_str());
    const QImage image(path);
    QCOMPARE(image.width(), width);
    QCOMPARE(image.pixelColor(0, 0), QColor(Qt::white));
}

void TestPictureExport::svgIsWellFormed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("primes.SVG"));
    QVERIFY(exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, {}).isOk());
    QXmlStreamReader reader(contentsOf(path));
    int texts = 0;
    int rects = 0;
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement)
            continue;
        texts += reader.name() == QLatin1String("text") ? 1 : 0;
        rects += reader.name() == QLatin1String("rect") ? 1 : 0;
    }
    QVERIFY(!reader.hasError());
    QVERIFY(texts > 10);
    QVERIFY(rects > 10);
}

void TestPictureExport::pdfIsWritten()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("primes.pdf"));
    QVERIFY(exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, {}).isOk());
    const QByteArray contents = contentsOf(path);
    QVERIFY(contents.startsWith("%PDF-"));
    QVERIFY(contents.contains("/FontFile")); // the fonts travel with it
}

void TestPictureExport::otherEndingsAreRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("gif") << QStringLiteral("primes.gif");
    QTest::newRow("none") << QStringLiteral("primes");
    QTest::newRow("a dot") << QStringLiteral("primes.");
    QTest::newRow("nothing") << QString();
}

void TestPictureExport::otherEndingsAreRefused()
{
    QFETCH(QString, name);
    const Result<void> result = exportPicture({}, name, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::BadInput);
    QVERIFY(result.error().message.find(".svg") != std::string::npos);
}

void TestPictureExport::aFailureIsToldAndLeavesTheOldFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("no/such/folder/primes.png"));
    const Result<void> result = exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Io);
    QVERIFY(result.error().message.find("primes.png") != std::string::npos);

    // A folder stands where the file should: it cannot be replaced, and stays.
    const QString taken = folder.filePath(QStringLiteral("taken.svg"));
    QVERIFY(QDir().mkdir(taken));
    QVERIFY(!exportPicture({reportOf(HandmadeTrace::twoTasks())}, taken, {}));
    QVERIFY(QFileInfo(taken).isDir());
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(),
             qsizetype(1)); // and no temporary file is left
}

void TestPictureExport::anExistingFileIsReplaced()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("primes.svg"));
    QFile old(path);
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    QVERIFY(exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, {}).isOk());
    QVERIFY(contentsOf(path).contains("<svg"));
}

void TestPictureExport::aPictureBeyondReasonIsRefused()
{
    const QTemporaryDir folder;
    PictureOptions options;
    options.size = QSize(20'000, 100);
    options.scale = 4;
    const QString path = folder.filePath(QStringLiteral("primes.png"));
    const Result<void> result = exportPicture({reportOf(HandmadeTrace::twoTasks())}, path, options);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::BadInput);
    QVERIFY(!QFileInfo::exists(path));
}

QTEST_MAIN(TestPictureExport)
#include "tst_pictureexport.moc"
