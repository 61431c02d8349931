// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/themerows.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/waitforscene.h"

#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <set>

using namespace Interleave;

namespace
{

/// Philosophers in a circle, each waiting for the fork of the next one.
std::vector<InspectorContent::Wait> circleOf(int tasks, const QString &prefix)
{
    std::vector<InspectorContent::Wait> waits;
    for (int i = 0; i < tasks; ++i) {
        const int next = (i + 1) % tasks;
        InspectorContent::Wait wait;
        wait.waiter = TaskId(i + 1);
        wait.waiterName = prefix + QString::number(i + 1);
        wait.objectName = QStringLiteral("fork %1").arg(next + 1);
        wait.holder = TaskId(next + 1);
        wait.holderName = prefix + QString::number(next + 1);
        waits.push_back(wait);
    }
    return waits;
}

std::vector<QRectF> areasOf(const std::vector<WaitForNode> &nodes)
{
    std::vector<QRectF> areas;
    for (const WaitForNode &node : nodes) {
        areas.push_back(node.area);
        if (node.isObject)
            areas.push_back(node.nameArea);
    }
    return areas;
}

DeadlockReport twoForks()
{
    DeadlockReport deadlock;
    const QString lock = QStringLiteral("lock");
    deadlock.cycle = {
        {1, 2, 2, QStringLiteral("Alice"), QStringLiteral("fork 2"), QStringLiteral("Bob"), lock},
        {2, 1, 1, QStringLiteral("Bob"), QStringLiteral("fork 1"), QStringLiteral("Alice"), lock}};
    deadlock.since = 120 * kMillisecond;
    deadlock.foundAfter = 8 * kMillisecond;
    return deadlock;
}

} // namespace

class TestWaitForScene : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsDrawnForNoWaits();
    void thingsStandBetweenWhoWaitsAndWhoHasThem();
    void nothingOverlaps_data();
    void nothingOverlaps();
    void aTaskThatWaitsForItselfIsDrawn();
    void waitsForAnEndNeedNoThing();
    void aChainEndsWithWhoHasGone();
    void everyNodeHasItsNameAndItsColour();
    void everyThemeIsReadable_data();
    void everyThemeIsReadable();
    void theWidgetSaysItInWords();
    void aDeadlockedReportHasThePictureAndTheWords();
    void anOrdinaryReportHasNone();
};

void TestWaitForScene::nothingIsDrawnForNoWaits()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    QVERIFY(waitForNodes({}, false, theme, 200).empty());
    QVERIFY(waitForScene({}, false, theme, 200).items.empty());
    QVERIFY(waitForNodes({}, true, theme, 200).empty());
}

void TestWaitForScene::thingsStandBetweenWhoWaitsAndWhoHasThem()
{
    const auto nodes = waitForNodes(circleOf(2, QStringLiteral("task ")), false,
                                    Theme::make(Theme::Kind::Light), 200);
    QStringList names;
    for (const WaitForNode &node : nodes)
        names << node.name;
    const QStringList expected{QStringLiteral("task 1"), QStringLiteral("fork 2"),
                               QStringLiteral("task 2"), QStringLiteral("fork 1")};
    QCOMPARE(names, expected);
    QVERIFY(nodes[1].isObject && !nodes[2].isObject);
    QCOMPARE(nodes[2].task, TaskId(2));
}

void TestWaitForScene::nothingOverlaps_data()
{
    QTest::addColumn<int>("tasks");
    QTest::addColumn<qreal>("width");
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<int>("theme");
    for (int tasks = 2; tasks <= 9; ++tasks) {
        for (const qreal width : {160.0, 190.0, 240.0, 400.0}) {
            QTest::addRow("%d in %d", tasks, int(width))
                << tasks << width << QStringLiteral("task ") << int(Theme::Kind::Light);
            QTest::addRow("%d with long names in %d", tasks, int(width))
                << tasks << width << QStringLiteral("a philosopher with a long name ")
                << int(Theme::Kind::Dark);
            QTest::addRow("%d for the projector in %d", tasks, int(width))
                << tasks << width << QStringLiteral("task ") << int(Theme::Kind::Projector);
        }
    }
}

void TestWaitForScene::nothingOverlaps()
{
    QFETCH(int, tasks);
    QFETCH(qreal, width);
    QFETCH(QString, prefix);
    QFETCH(int, theme);
    const auto nodes =
        waitForNodes(circleOf(tasks, prefix), false, Theme::make(Theme::Kind(theme)), width);
    QCOMPARE(nodes.size(), std::size_t(2 * tasks));
    const std::vector<QRectF> areas = areasOf(nodes);
    const QRectF all(-0.01, 0, width + 0.02, 1e6); // the last digits of a double are no matter
    for (std::size_t i = 0; i < areas.size(); ++i) {
        QVERIFY(areas[i].width() > 0);
        QVERIFY(all.contains(areas[i]));
        for (std::size_t k = 0; k < i; ++k)
            QVERIFY(!areas[i].intersects(areas[k]));
    }
}

void TestWaitForScene::aTaskThatWaitsForItselfIsDrawn()
{
    const auto waits = circleOf(1, QStringLiteral("task "));
    const Theme theme = Theme::make(Theme::Kind::Light);
    const auto nodes = waitForNodes(waits, false, theme, 200);
    QCOMPARE(nodes.size(), std::size_t(2));
    QVERIFY(!nodes[0].area.intersects(nodes[1].area));
    QVERIFY(waitForScene(waits, false, theme, 200).size.height() > nodes[0].area.bottom());
}

void TestWaitForScene::waitsForAnEndNeedNoThing()
{
    auto waits = circleOf(3, QStringLiteral("job "));
    waits[1].objectName.clear();
    const Theme theme = Theme::make(Theme::Kind::Light);
    QCOMPARE(waitForNodes(waits, false, theme, 200).size(), std::size_t(5));
    for (InspectorContent::Wait &wait : waits)
        wait.objectName.clear();
    const auto nodes = waitForNodes(waits, false, theme, 200);
    QCOMPARE(nodes.size(), std::size_t(3));
    const std::vector<QRectF> areas = areasOf(nodes);
    QVERIFY(!areas[0].intersects(areas[1]) && !areas[1].intersects(areas[2])
            && !areas[0].intersects(areas[2]));
}

void TestWaitForScene::aChainEndsWithWhoHasGone()
{
    InspectorContent::Wait wait;
    wait.waiter = 2;
    wait.waiterName = QStringLiteral("query 2");
    wait.objectName = QStringLiteral("connections");
    wait.holder = 1;
    wait.holderName = QStringLiteral("query 1");
    const Theme theme = Theme::make(Theme::Kind::Light);
    const auto nodes = waitForNodes({wait}, true, theme, 200);
    QCOMPARE(nodes.size(), std::size_t(3));
    QCOMPARE(nodes.back().name, QStringLiteral("query 1"));
    const auto countLines = [&](bool isChain) {
        const Scene scene = waitForScene({wait}, isChain, theme, 200);
        return std::count_if(scene.items.begin(), scene.items.end(), [](const SceneItem &item) {
            return item.kind == SceneItem::Kind::Line;
        });
    };
    QCOMPARE(countLines(true), countLines(false)); // two arrows each; but none comes back
}

void TestWaitForScene::everyNodeHasItsNameAndItsColour()
{
    const Theme theme = Theme::make(Theme::Kind::Light);
    const Scene scene = waitForScene(circleOf(5, QStringLiteral("task ")), false, theme, 240);
    std::set<QRgb> fills;
    for (const SceneItem &item : scene.items) {
        if (item.kind == SceneItem::Kind::Rect)
            fills.insert(item.color);
    }
    for (TaskId task = 1; task <= 5; ++task) {
        QVERIFY(fills.contains(theme.taskColor(task).rgba()));
        const QString name = QStringLiteral("task %1").arg(task);
        QVERIFY(std::any_of(scene.labels.begin(), scene.labels.end(),
                            [&](const SceneLabel &label) { return label.text == name; }));
    }
}

void TestWaitForScene::everyThemeIsReadable_data()
{
    addRowPerTheme();
}

void TestWaitForScene::everyThemeIsReadable()
{
    QFETCH(int, kind);
    const Theme theme = Theme::make(Theme::Kind(kind));
    WaitForPicture picture(circleOf(5, QStringLiteral("task ")), false, theme);
    picture.resize(240, picture.heightForWidth(240));
    QImage image(picture.size(), QImage::Format_RGB32);
    image.fill(theme.panel);
    picture.render(&image, QPoint(), QRegion(), QWidget::DrawChildren);
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            colours.insert(image.pixel(x, y));
    }
    for (const QColor &colour : {theme.alert, theme.neutral, theme.taskColor(1), theme.text})
        QVERIFY(colours.contains(colour.rgb()));
    QVERIFY(picture.heightForWidth(160) >= picture.heightForWidth(400));
}

void TestWaitForScene::theWidgetSaysItInWords()
{
    const WaitForPicture picture(circleOf(2, QStringLiteral("task ")), false,
                                 Theme::make(Theme::Kind::Light));
    QVERIFY(!picture.accessibleName().isEmpty());
    QCOMPARE(picture.accessibleDescription(),
             QStringLiteral("task 1 waits for fork 2, held by task 2; "
                            "task 2 waits for fork 1, held by task 1"));
}

void TestWaitForScene::aDeadlockedReportHasThePictureAndTheWords()
{
    RunReport report;
    report.title = QStringLiteral("Dining philosophers");
    report.model = QStringLiteral("threads");
    report.outcome = RunOutcome::Deadlocked;
    report.deadlock = twoForks();
    InspectorPanel panel;
    panel.showReport(report, nullptr);
    const InspectorContent &content = panel.content();
    QCOMPARE(content.waitsTitle, QStringLiteral("Deadlock"));
    QCOMPARE(content.waits.size(), std::size_t(2));
    QCOMPARE(content.list.size(), std::size_t(2));
    QCOMPARE(content.list[0].name, QStringLiteral("Alice"));
    QCOMPARE(content.list[0].value, QStringLiteral("fork 2"));
    QCOMPARE(content.list[0].detail, QStringLiteral("held by Bob"));
    QVERIFY(panel.findChild<WaitForPicture *>(QStringLiteral("waitForPicture")));
    report.deadlock->isStarvation = true;
    panel.showReport(report, nullptr);
    QCOMPARE(panel.content().waitsTitle, QStringLiteral("Pool starvation"));
}

void TestWaitForScene::anOrdinaryReportHasNone()
{
    RunReport report;
    report.title = QStringLiteral("Primes");
    InspectorPanel panel;
    panel.showReport(report, nullptr);
    QVERIFY(panel.content().waits.empty());
    QVERIFY(!panel.findChild<WaitForPicture *>());
}

QTEST_MAIN(TestWaitForScene)
#include "tst_waitforscene.moc"
