// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/catalogue.h"
#include "ui/gallery/choicebox.h"
#include "ui/gallery/parametereditor.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFocusEvent>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTest>

#include <algorithm>

using namespace Interleave;

class TstParameterPanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void aChoiceWithoutRoomIsShortened();
    void everyParameterGetsTheFieldOfItsType();
    void defaultsAreShownAndGivenBack();
    void givenValuesAreShown();
    void valuesOutOfRangeGoToTheNearestBound();
    void sliderAndNumberFollowEachOther();
    void allSlidersBeginAtOnePlace();
    void whatZeroMeansIsAWordUntilSomebodyTypes();
    void aFieldIsAsWideWithItsWordAsWithout();
    void aLongTextShowsItsBeginning();
    void aLargeRangeHasNoSlider();
    void anIntegerBeyondIntKeepsItsValue();
    void unknownModelsAreIgnored();
    void choosingAModelTellsIt();
    void resetBringsTheDefaultsBack();
    void aNewSetReplacesTheFieldsAndKeepsTheRepeat();
    void exactPriorityIsTold();
    void aHundredRepeatsArePossible();
    void theAnswerIsOfferedAfterARunOnly();
    void everyFieldHasAnAccessibleName();
    void everyBuiltInSetCanBeShown();
    void noTitleIsCutOff();
    void whatMeansNothingIsGreyAndKeepsItsValue();
    void theModelHasTheWholeWidth();
};

namespace
{

Parameter makeParameter(const char *name, Parameter::Type type, const QJsonValue &value)
{
    Parameter parameter;
    parameter.name = QString::fromLatin1(name);
    parameter.title = parameter.name;
    parameter.type = type;
    parameter.defaultValue = value;
    return parameter;
}

TaskSet makeSet()
{
    TaskSet set;
    set.slug = QStringLiteral("demo");
    set.title = QStringLiteral("Demo");
    set.models = QStringList{QStringLiteral("sequential"), QStringLiteral("threads")};
    set.defaultModel = QStringLiteral("threads");
    Parameter tasks = makeParameter("tasks", Parameter::Type::Integer, 4);
    tasks.minimum = 1;
    tasks.maximum = 32;
    Parameter work = makeParameter("work", Parameter::Type::Real, 1.5);
    work.maximum = 10;
    work.unit = QStringLiteral("ms");
    const Parameter join = makeParameter("join", Parameter::Type::Boolean, true);
    Parameter mode = makeParameter("mode", Parameter::Type::Choice, QStringLiteral("await"));
    mode.choices = QStringList{QStringLiteral("block"), QStringLiteral("await")};
    Parameter names = makeParameter("names", Parameter::Type::Text, QStringLiteral("a,b"));
    names.minimum = 1;
    names.maximum = 5;
    set.parameters = {tasks, work, join, mode, names};
    return set;
}

QSpinBox *number(const ParameterPanel &panel, const char *name)
{
    return panel.findChild<QSpinBox *>(QStringLiteral("value.") + QString::fromLatin1(name));
}

} // namespace

void TstParameterPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstParameterPanel::aChoiceWithoutRoomIsShortened()
{
    const auto pictureOf = [](const QString &choice) {
        ChoiceBox box;
        box.addItem(choice);
        box.resize(80, 28);
        return box.grab().toImage();
    };
    const QImage shortened = pictureOf(QStringLiteral("shared-memory-and-more"));
    bool isShortened = false; // to some beginning of it and an ellipsis
    for (int length = 1; length < 12 && !isShortened; ++length) {
        const QString begin = QStringLiteral("shared-memory-and-more").left(length);
        isShortened = shortened == pictureOf(begin + QChar(0x2026));
    }
    QVERIFY(isShortened);
}

void TstParameterPanel::whatMeansNothingIsGreyAndKeepsItsValue()
{
    TaskSet set = makeSet();
    set.parameters[0].onlyWith = {{QStringLiteral("mode"), {QStringLiteral("block")}},
                                  {QStringLiteral("model"), {QStringLiteral("threads")}}};
    ParameterPanel panel;
    panel.setTaskSet(set);
    QSpinBox *const tasks = number(panel, "tasks");
    const auto title = [&] {
        const QList<QLabel *> labels = panel.findChildren<QLabel *>();
        const auto found = std::find_if(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->buddy() == tasks;
        });
        return found == labels.end() ? nullptr : *found;
    }();
    QVERIFY(title);
    tasks->setValue(7);
    QVERIFY(!tasks->isEnabled() && !title->isEnabled()); // the mode is "await"
    QVERIFY(
        tasks->toolTip().contains(QStringLiteral("Only with mode: block, and Model: Threads.")));
    QVERIFY(panel.findChild<QCheckBox *>(QStringLiteral("value.join"))->isEnabled());
    panel.findChild<QComboBox *>(QStringLiteral("value.mode"))
        ->setCurrentText(QStringLiteral("block"));
    QVERIFY(tasks->isEnabled() && title->isEnabled());
    panel.setModel(QStringLiteral("sequential"));
    QVERIFY(!tasks->isEnabled() && !title->isEnabled());
    panel.setModel(QStringLiteral("threads"));
    QVERIFY(tasks->isEnabled());
    QCOMPARE(panel.params().value(QStringLiteral("tasks")), QJsonValue(7));
}

void TstParameterPanel::everyParameterGetsTheFieldOfItsType()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    QVERIFY(number(panel, "tasks"));
    QVERIFY(panel.findChild<QSlider *>(QStringLiteral("slider.tasks")));
    const auto *work = panel.findChild<QDoubleSpinBox *>(QStringLiteral("value.work"));
    QVERIFY(work);
    QVERIFY(work->suffix().endsWith(QStringLiteral("ms")));
    QVERIFY(panel.findChild<QCheckBox *>(QStringLiteral("value.join")));
    QVERIFY(panel.findChild<QComboBox *>(QStringLiteral("value.mode")));
    const auto *names = panel.findChild<QLineEdit *>(QStringLiteral("value.names"));
    QVERIFY(names);
    QCOMPARE(names->maxLength(), 5);
}

void TstParameterPanel::defaultsAreShownAndGivenBack()
{
    ParameterPanel panel;
    const TaskSet set = makeSet();
    panel.setTaskSet(set);
    QCOMPARE(panel.model(), set.defaultModel);
    QCOMPARE(panel.params(), set.defaults());
    QCOMPARE(panel.repeat(), 1);
    QVERIFY(!panel.findChild<QPushButton *>(QStringLiteral("resetParameters"))->isEnabled());
}

void TstParameterPanel::givenValuesAreShown()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet(), QStringLiteral("sequential"),
                     {{QStringLiteral("tasks"), 7},
                      {QStringLiteral("mode"), QStringLiteral("block")},
                      {QStringLiteral("unknown"), 1}});
    QCOMPARE(panel.model(), QStringLiteral("sequential"));
    const QJsonObject params = panel.params();
    QCOMPARE(params.value(QStringLiteral("tasks")).toInt(), 7);
    QCOMPARE(params.value(QStringLiteral("mode")).toString(), QStringLiteral("block"));
    QCOMPARE(params.value(QStringLiteral("join")).toBool(), true);
    QVERIFY(!params.contains(QStringLiteral("unknown")));
}

void TstParameterPanel::valuesOutOfRangeGoToTheNearestBound()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet(), {}, {{QStringLiteral("tasks"), 1e12}});
    QCOMPARE(panel.params().value(QStringLiteral("tasks")).toInt(), 32);
    panel.setTaskSet(makeSet(), {}, {{QStringLiteral("tasks"), -1e12}});
    QCOMPARE(panel.params().value(QStringLiteral("tasks")).toInt(), 1);
}

void TstParameterPanel::sliderAndNumberFollowEachOther()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    auto *slider = panel.findChild<QSlider *>(QStringLiteral("slider.tasks"));
    QSignalSpy changes(&panel, &ParameterPanel::valuesChanged);
    slider->setValue(9);
    QCOMPARE(number(panel, "tasks")->value(), 9);
    QCOMPARE(changes.count(), 1);
    number(panel, "tasks")->setValue(3);
    QCOMPARE(slider->value(), 3);
    QCOMPARE(panel.params().value(QStringLiteral("tasks")).toInt(), 3);
}

/// Else one at 0 looks as if it were half-way, where the room for the longest number is wide.
void TstParameterPanel::allSlidersBeginAtOnePlace()
{
    TaskSet set = makeSet();
    Parameter stagger = makeParameter("stagger", Parameter::Type::Integer, 0);
    stagger.maximum = 5000;
    stagger.unit = QStringLiteral("ms");
    set.parameters.push_back(stagger);
    ParameterPanel panel;
    panel.setStyleSheet(Theme::make(Theme::Kind::Light).styleSheet());
    panel.setTaskSet(set);
    panel.resize(300, 600);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const auto placeOf = [&panel](const char *name) {
        const auto *slider =
            panel.findChild<QSlider *>(QStringLiteral("slider.") + QString::fromLatin1(name));
        return QRect(slider->mapTo(&panel, QPoint(0, 0)), slider->size());
    };
    const QRect tasks = placeOf("tasks"), zero = placeOf("stagger"), repeat = placeOf("repeat");
    QCOMPARE(zero.left(), tasks.left());
    QCOMPARE(zero.left(), repeat.left());
    QCOMPARE(zero.width(), tasks.width());
    QVERIFY(tasks.width() >= 24);
    const int room =
        number(panel, "stagger")->fontMetrics().horizontalAdvance(QStringLiteral("5000\u00a0ms"));
    QVERIFY(number(panel, "stagger")->width() > room); // and no number is cut off
}

void TstParameterPanel::whatZeroMeansIsAWordUntilSomebodyTypes()
{
    TaskSet set = makeSet();
    for (const char *name : {"cores", "workers", "limit"}) {
        Parameter parameter = makeParameter(name, Parameter::Type::Integer, 0);
        parameter.maximum = 64;
        set.parameters.push_back(parameter);
    }
    ParameterPanel panel;
    panel.setTaskSet(set);
    QSpinBox *cores = number(panel, "cores");
    QCOMPARE(cores->text(), QStringLiteral("all"));
    QCOMPARE(number(panel, "workers")->text(), QStringLiteral("auto"));
    QCOMPARE(number(panel, "limit")->text(), QStringLiteral("0"));
    QCOMPARE(panel.params().value(QStringLiteral("cores")).toInt(), 0);

    QFocusEvent in(QEvent::FocusIn, Qt::TabFocusReason);
    QApplication::sendEvent(cores, &in);
    QCOMPARE(cores->text(), QStringLiteral("0"));
    QTest::keyClicks(cores, QStringLiteral("12"));
    QCOMPARE(cores->value(), 12);
    cores->selectAll();
    QTest::keyClicks(cores, QStringLiteral("0"));
    QCOMPARE(cores->value(), 0);
    QFocusEvent out(QEvent::FocusOut, Qt::TabFocusReason);
    QApplication::sendEvent(cores, &out);
    QCOMPARE(cores->text(), QStringLiteral("all"));
    cores->setValue(3);
    QCOMPARE(cores->text(), QStringLiteral("3"));
    // Where none is too few, the least is a number like all others.
    set.parameters.back() = makeParameter("workers", Parameter::Type::Integer, 1);
    set.parameters.back().minimum = 1;
    set.parameters.back().maximum = 64;
    set.parameters.erase(set.parameters.end() - 2);
    panel.setTaskSet(set);
    QCOMPARE(number(panel, "workers")->text(), QStringLiteral("1"));
}

void TstParameterPanel::aFieldIsAsWideWithItsWordAsWithout()
{
    Parameter workers = makeParameter("workers", Parameter::Type::Integer, 0);
    workers.maximum = 2;
    QWidget form;
    const ParameterEditor editor(workers, &form);
    auto *box = editor.findChild<QSpinBox *>();
    QVERIFY(box);
    const QSize size = box->sizeHint();
    QFocusEvent in(QEvent::FocusIn, Qt::TabFocusReason);
    QApplication::sendEvent(box, &in);
    QCOMPARE(box->text(), QStringLiteral("0"));
    QCOMPARE(box->sizeHint(), size);
    QVERIFY(size.width() > box->fontMetrics().horizontalAdvance(QStringLiteral("auto")));
}

void TstParameterPanel::aLongTextShowsItsBeginning()
{
    Parameter words = makeParameter("words", Parameter::Type::Text, QString(200, u'a'));
    words.maximum = 500;
    ParameterEditor editor(words);
    const auto *line = editor.findChild<QLineEdit *>();
    QVERIFY(line);
    QCOMPARE(line->cursorPosition(), 0);
    editor.setValue(QString(300, u'b'));
    QCOMPARE(line->text().size(), qsizetype(300));
    QCOMPARE(line->cursorPosition(), 0);
}

void TstParameterPanel::aLargeRangeHasNoSlider()
{
    Parameter seed = makeParameter("seed", Parameter::Type::Integer, 1);
    seed.maximum = ParameterEditor::kLargestSliderRange + 1;
    ParameterEditor large(seed);
    QVERIFY(!large.findChild<QSlider *>());
    seed.maximum = ParameterEditor::kLargestSliderRange;
    ParameterEditor small(seed);
    QVERIFY(small.findChild<QSlider *>());
    seed.maximum = 0; // one value only: nothing to slide
    ParameterEditor single(seed);
    QVERIFY(!single.findChild<QSlider *>());
}

void TstParameterPanel::anIntegerBeyondIntKeepsItsValue()
{
    Parameter seed = makeParameter("seed", Parameter::Type::Integer, 2147483648.0);
    seed.maximum = 2147483648.0;
    ParameterEditor editor(seed);
    QCOMPARE(editor.value().toInteger(), Q_INT64_C(2147483648));
}

void TstParameterPanel::unknownModelsAreIgnored()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet(), QStringLiteral("carrier-pigeons"));
    QCOMPARE(panel.model(), QStringLiteral("threads"));
    panel.setModel(QStringLiteral("carrier-pigeons"));
    QCOMPARE(panel.model(), QStringLiteral("threads"));
}

void TstParameterPanel::choosingAModelTellsIt()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    QSignalSpy changes(&panel, &ParameterPanel::modelChanged);
    auto *box = panel.findChild<QComboBox *>(QStringLiteral("model"));
    box->setCurrentIndex(0);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes.first().first().toString(), QStringLiteral("sequential"));
}

void TstParameterPanel::resetBringsTheDefaultsBack()
{
    ParameterPanel panel;
    const TaskSet set = makeSet();
    panel.setTaskSet(set, QStringLiteral("sequential"), {{QStringLiteral("tasks"), 7}});
    panel.setRepeat(5);
    auto *reset = panel.findChild<QPushButton *>(QStringLiteral("resetParameters"));
    QVERIFY(reset->isEnabled());
    reset->click();
    QCOMPARE(panel.params(), set.defaults());
    QCOMPARE(panel.repeat(), 1);
    QCOMPARE(panel.model(), QStringLiteral("sequential"));
    QVERIFY(!reset->isEnabled());
}

void TstParameterPanel::aNewSetReplacesTheFieldsAndKeepsTheRepeat()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    panel.setRepeat(3);
    TaskSet other = makeSet();
    other.slug = QStringLiteral("other");
    other.parameters.resize(1);
    panel.setTaskSet(other);
    QCOMPARE(int(panel.params().size()), 1);
    QVERIFY(!panel.findChild<QCheckBox *>(QStringLiteral("value.join")));
    QCOMPARE(panel.repeat(), 3);
}

void TstParameterPanel::exactPriorityIsTold()
{
    ParameterPanel panel;
    QSignalSpy changes(&panel, &ParameterPanel::exactPriorityChanged);
    panel.findChild<QCheckBox *>(QStringLiteral("exactPriority"))->click();
    QCOMPARE(changes.count(), 1);
    QVERIFY(panel.isExactPriority());
}

void TstParameterPanel::aHundredRepeatsArePossible()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    panel.setRepeat(100);
    QCOMPARE(panel.repeat(), 100);
    panel.setRepeat(1000);
    QCOMPARE(panel.repeat(), 100);
    panel.setRepeat(0);
    QCOMPARE(panel.repeat(), 1);
}

void TstParameterPanel::theAnswerIsOfferedAfterARunOnly()
{
    ParameterPanel panel;
    TaskSet set = makeSet();
    set.question = QStringLiteral("How long does it take?");
    set.answer = QStringLiteral("Half as long.");
    panel.setTaskSet(set);
    const auto *question = panel.findChild<QLabel *>(QStringLiteral("panelQuestion"));
    auto *link = panel.findChild<QPushButton *>(QStringLiteral("panelShowAnswer"));
    const auto *answer = panel.findChild<QLabel *>(QStringLiteral("panelAnswer"));
    QCOMPARE(question->text(), set.question);
    QVERIFY(link->isHidden());
    QVERIFY(answer->isHidden());
    panel.offerAnswer(true);
    QVERIFY(!link->isHidden());
    QVERIFY(answer->isHidden());
    link->click();
    QVERIFY(!answer->isHidden());
    QCOMPARE(answer->text(), set.answer);
    link->click();
    QVERIFY(answer->isHidden());
    link->click();
    panel.setTaskSet(set); // another set: it is to be guessed anew
    QVERIFY(link->isHidden());
    QVERIFY(answer->isHidden());

    set.question.clear();
    panel.setTaskSet(set);
    QVERIFY(panel.findChild<QWidget *>(QStringLiteral("panelQuestionBox"))->isHidden());
}

void TstParameterPanel::everyFieldHasAnAccessibleName()
{
    ParameterPanel panel;
    panel.setTaskSet(makeSet());
    for (const char *name : {"value.tasks", "slider.tasks", "value.work", "value.join",
                             "value.mode", "value.names", "model", "value.repeat"}) {
        const auto *field = panel.findChild<QWidget *>(QString::fromLatin1(name));
        QVERIFY2(field, name);
        QVERIFY2(!field->accessibleName().isEmpty(), name);
    }
}

void TstParameterPanel::everyBuiltInSetCanBeShown()
{
    const Result<Catalogue> catalogue = Catalogue::load();
    QVERIFY(catalogue.isOk());
    ParameterPanel panel;
    for (const TaskSet &set : catalogue.value().sets()) {
        panel.setTaskSet(set);
        QCOMPARE(panel.model(), set.defaultModel);
        QCOMPARE(panel.params(), set.defaults());
    }
}

void TstParameterPanel::noTitleIsCutOff()
{
    const Result<Catalogue> catalogue = Catalogue::load();
    QVERIFY(catalogue.isOk());
    ParameterPanel panel;
    panel.setFont(Theme::make(Theme::Kind::Light).font);
    panel.resize(240, 700); // as on a small screen
    panel.show();
    for (const TaskSet &set : catalogue.value().sets()) {
        panel.setTaskSet(set);
        QTRY_VERIFY(panel.findChild<QComboBox *>(QStringLiteral("model"))->isVisible());
        panel.grab(); // everything has its place now
        for (const QLabel *label : panel.widget()->findChildren<QLabel *>()) {
            if (!label->isVisible() || label->text().isEmpty())
                continue;
            const QString where = set.slug + QStringLiteral(": ") + label->text();
            QVERIFY2(label->width() >= label->minimumSizeHint().width(), qPrintable(where));
            QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(where));
        }
    }
}

void TstParameterPanel::theModelHasTheWholeWidth()
{
    ParameterPanel panel;
    panel.resize(256, 500);
    panel.show();
    panel.setTaskSet(makeSet());
    const auto *model = panel.findChild<QComboBox *>(QStringLiteral("model"));
    QTRY_VERIFY(model->isVisible());
    panel.grab(); // everything has its place now
    const auto *tasks = panel.findChild<QSpinBox *>(QStringLiteral("value.tasks"));
    QVERIFY(model->width() >= model->parentWidget()->contentsRect().width());
    QVERIFY(model->mapTo(panel.widget(), QPoint()).x()
            < tasks->mapTo(panel.widget(), QPoint()).x());
    const auto *title = model->parentWidget()->findChild<QLabel *>();
    QVERIFY(title);
    QVERIFY(title->buddy() == model);
    QVERIFY(title->geometry().bottom() < model->geometry().top());
}

QTEST_MAIN(TstParameterPanel)
#include "tst_parameterpanel.moc"
