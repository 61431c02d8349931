// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/mainwindow/windowfixture.h"
#include "ui/compare/outputpanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/timeline/timelineview.h"

#include <QComboBox>
#include <QDialog>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace Interleave;

class TstMainWindowPanels : public QObject, private WindowFixture
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void enterOpensTheInspector();
    void theLegendFollowsTheRuns();
    void linesOfTasksAreShownWithTheirTime();
    void theSearchKeepsMatchingSets();
    void selectTaskSetChoosesModelAndValues();
    void anUnknownSetIsNamedInAMessage();
    void themesAreAppliedAndRemembered();
    void valuesAndPanelsAreRemembered();
    void panelsCanBeHiddenAndReset();
    void theChipTellsTheSource();
    void theExportDialogTellsThePath();
    void questionMarkShowsTheShortcuts();
    void sidePanelsShrinkOnSmallWindows();
    void controlsHaveAccessibleNames();
};

void TstMainWindowPanels::initTestCase()
{
    prepare(QStringLiteral("tst_mainwindowpanels"));
}

void TstMainWindowPanels::init()
{
    beginAnew();
}

void TstMainWindowPanels::enterOpensTheInspector()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    const auto *inspector = find<InspectorPanel>(*window, "inspectorPanel");
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    action(*window, "actionShowRight")->setChecked(false);
    QVERIFY(find<QWidget>(*window, "rightPanel")->isHidden());
    window->timeline()->setFocus();
    QTest::keyClick(window->timeline(), Qt::Key_Period); // the first slice of the first lane
    QVERIFY(window->timeline()->state().selected.has_value());
    QTest::keyClick(window->timeline(), Qt::Key_Return);
    QVERIFY(!find<QWidget>(*window, "rightPanel")->isHidden());
    QVERIFY(action(*window, "actionShowRight")->isChecked());
    QTRY_VERIFY(inspector->hasFocus());
    QCOMPARE(inspector->content().title, QStringLiteral("task one"));
}

void TstMainWindowPanels::theLegendFollowsTheRuns()
{
    const auto window = makeWindow();
    const auto *legend = find<LegendPanel>(*window, "legendPanel");
    QVERIFY(legend->entries().empty()); // nothing is on screen
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    const RunReport report = makeReport("threads"); // one slice, on a core
    window->runStarted(report.trace, QStringLiteral("Primes"), QStringLiteral("threads"));
    QCOMPARE(legend->entries().size(), std::size_t(1));
    QCOMPARE(legend->entries().front().swatch, Swatch::Solid);
    window->runFinished(report);
    QCOMPARE(legend->entries().size(), std::size_t(1));
}

void TstMainWindowPanels::linesOfTasksAreShownWithTheirTime()
{
    const auto window = makeWindow();
    window->addLine({kSecond + 300 * kMillisecond, 1, QStringLiteral("one\ntwo")},
                    QStringLiteral("sleeper 1"), kSecond);
    auto *output = find<OutputPanel>(*window, "outputPanel");
    output->flush();
    const QString text = output->toPlainText();
    QVERIFY(text.startsWith(QStringLiteral("0.300 s\tsleeper 1\tone")));
    QCOMPARE(output->blockCount(), 1);
    QCOMPARE(output->lineCount(), 1);
}

void TstMainWindowPanels::theSearchKeepsMatchingSets()
{
    const auto window = makeWindow();
    auto *search = find<QLineEdit>(*window, "search");
    const auto *list = find<QListView>(*window, "taskSets");
    const int all = list->model()->rowCount();
    QTest::keyClicks(search, QStringLiteral("primes"));
    QVERIFY(list->model()->rowCount() < all);
    QTest::keyClicks(search, QStringLiteral("zzz"));
    QCOMPARE(list->model()->rowCount(), 0);
    QVERIFY(!find<QLabel>(*window, "noMatch")->isHidden());
    QTest::keyClick(search, Qt::Key_Escape);
    QCOMPARE(list->model()->rowCount(), all);
    // The search looks, it does not choose.
    QCOMPARE(find<ParameterPanel>(*window, "parameterPanel")->taskSet().slug,
             QStringLiteral("two-sleepers"));
}

void TstMainWindowPanels::selectTaskSetChoosesModelAndValues()
{
    const auto window = makeWindow();
    const auto *parameters = find<ParameterPanel>(*window, "parameterPanel");
    window->selectTaskSet(QStringLiteral("S06"), QStringLiteral("coroutines"),
                          {{QStringLiteral("tasks"), 9}});
    QCOMPARE(parameters->taskSet().slug, QStringLiteral("primes"));
    QCOMPARE(parameters->model(), QStringLiteral("coroutines"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 9);
    window->selectTaskSet(QStringLiteral("primes"), QStringLiteral("threads"));
    QCOMPARE(parameters->model(), QStringLiteral("threads"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 9);
}

void TstMainWindowPanels::anUnknownSetIsNamedInAMessage()
{
    const auto window = makeWindow();
    window->selectTaskSet(QStringLiteral("prmes"));
    QVERIFY(isBannerShown(*window));
    QVERIFY(find<QLabel>(*window, "bannerText")->text().contains(QStringLiteral("prmes")));
}

void TstMainWindowPanels::themesAreAppliedAndRemembered()
{
    const Theme dark = Theme::make(Theme::Kind::Dark);
    {
        const auto window = makeWindow();
        QVERIFY(action(*window, "actionTheme.system")->isChecked());
        QVERIFY(!window->styleSheet().contains(dark.canvas.name()));
        action(*window, "actionTheme.dark")->trigger();
        QVERIFY(window->styleSheet().contains(dark.canvas.name()));
        action(*window, "actionTheme.projector")->trigger();
        QCOMPARE(window->font().pixelSize(), Theme::make(Theme::Kind::Projector).font.pixelSize());
        action(*window, "actionTheme.dark")->trigger();
        window->close();
    }
    const auto window = makeWindow();
    QVERIFY(action(*window, "actionTheme.dark")->isChecked());
    QVERIFY(window->styleSheet().contains(dark.canvas.name()));
}

void TstMainWindowPanels::valuesAndPanelsAreRemembered()
{
    {
        const auto window = makeWindow();
        window->selectTaskSet(QStringLiteral("primes"));
        find<QSpinBox>(*window, "value.tasks")->setValue(11);
        auto *model = find<QComboBox>(*window, "model");
        model->setCurrentIndex(model->findData(QStringLiteral("processes")));
        action(*window, "actionShowRight")->setChecked(false);
        window->close();
    }
    const auto window = makeWindow();
    const auto *parameters = find<ParameterPanel>(*window, "parameterPanel");
    QCOMPARE(parameters->taskSet().slug, QStringLiteral("primes"));
    QCOMPARE(parameters->model(), QStringLiteral("processes"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 11);
    QVERIFY(find<QWidget>(*window, "rightPanel")->isHidden());
}

void TstMainWindowPanels::panelsCanBeHiddenAndReset()
{
    const auto window = makeWindow();
    for (const char *name : {"actionShowLeft", "actionShowBottom", "actionShowRight"})
        action(*window, name)->trigger();
    for (const char *name : {"leftPanel", "bottomArea", "rightPanel"})
        QVERIFY2(find<QWidget>(*window, name)->isHidden(), name);
    action(*window, "actionResetLayout")->trigger();
    for (const char *name : {"leftPanel", "bottomArea", "rightPanel"})
        QVERIFY2(!find<QWidget>(*window, name)->isHidden(), name);
}

void TstMainWindowPanels::theChipTellsTheSource()
{
    const auto window = makeWindow();
    auto *chip = find<QPushButton>(*window, "sourceChip");
    QVERIFY(chip->isHidden());
    window->setSourceChip({QStringLiteral("sampled · 2 cores"),
                           QStringLiteral("perf_event_open was refused."), false});
    QVERIFY(!chip->isHidden());
    QCOMPARE(chip->text(), QStringLiteral("sampled · 2 cores"));
    QCOMPARE(chip->property("good").toBool(), false);
    QVERIFY(chip->toolTip().contains(QStringLiteral("refused")));
    window->setSourceChip({QStringLiteral("kernel · 2 cores"), {}, true});
    QCOMPARE(chip->property("good").toBool(), true);
}

void TstMainWindowPanels::theExportDialogTellsThePath()
{
    const auto window = makeWindow();
    window->runStarting(QStringLiteral("Primes"), QStringLiteral("threads"));
    window->runFinished(makeReport("threads"));
    QSignalSpy exports(window.get(), &MainWindow::exportRequested);
    action(*window, "actionExport.svg")->trigger();
    auto *dialog = find<QFileDialog>(*window, "exportDialog");
    QVERIFY(dialog);
    QCOMPARE(dialog->acceptMode(), QFileDialog::AcceptSave);
    QCOMPARE(dialog->defaultSuffix(), QStringLiteral("svg"));
    const QString path = m_folder.filePath(QStringLiteral("primes-threads.svg"));
    emit dialog->fileSelected(path);
    dialog->close();
    QCOMPARE(exports.count(), 1);
    QCOMPARE(exports.first().first().toString(), path);
}

void TstMainWindowPanels::questionMarkShowsTheShortcuts()
{
    const auto window = makeWindow();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    action(*window, "actionShortcuts")->trigger();
    const auto *sheet = find<QDialog>(*window, "shortcutSheet");
    QVERIFY(sheet);
    QStringList texts;
    for (const QLabel *label : sheet->findChildren<QLabel *>())
        texts << label->text();
    QVERIFY(texts.contains(QStringLiteral("Run")));
    const QString keys = QKeySequence(Qt::CTRL | Qt::Key_R).toString(QKeySequence::NativeText);
    QVERIFY(texts.contains(keys));
    QVERIFY(texts.filter(QStringLiteral("F5")).isEmpty());
    QVERIFY(
        action(*window, "actionShortcuts")->shortcuts().contains(QKeySequence(Qt::Key_Question)));
}

void TstMainWindowPanels::sidePanelsShrinkOnSmallWindows()
{
    const auto window = makeWindow();
    const auto *left = find<QWidget>(*window, "leftPanel");
    const auto *right = find<QWidget>(*window, "rightPanel");
    QTRY_VERIFY(left->width() >= 220 && left->width() <= 256);
    QVERIFY(right->width() >= 220 && right->width() <= 266);
    QCOMPARE(window->size(), QSize(1280, 720)); // nothing inside asks for more
    window->resize(1600, 960);
    QTRY_COMPARE(left->width(), 256);
    QTRY_COMPARE(right->width(), 266);
}

void TstMainWindowPanels::controlsHaveAccessibleNames()
{
    const auto window = makeWindow();
    for (const char *name : {"runButton", "stopButton", "compareButton", "liveButton", "fitButton",
                             "exportButton", "trackFilter", "sourceChip", "search", "taskSets",
                             "model", "timeline", "bottomArea", "compareTable", "statisticsTable",
                             "outputPanel", "logPanel", "inspectorPanel", "legendPanel"}) {
        const auto *widget = find<QWidget>(*window, name);
        QVERIFY2(widget, name);
        QVERIFY2(!widget->accessibleName().isEmpty(), name);
    }
}

QTEST_MAIN(TstMainWindowPanels)
#include "tst_mainwindowpanels.moc"
