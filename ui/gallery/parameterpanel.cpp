// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/parameterpanel.h"

#include "ui/gallery/choicebox.h"
#include "ui/gallery/parametereditor.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Interleave
{

namespace
{

constexpr int kMostRepeats = 100; // of a set that takes ten seconds: a quarter of an hour
constexpr int kLeastTitlePx = 64; // so that the fields of most sets begin in the same place
constexpr int kWidestTitlePx = 96; // beyond, a title is broken between its words

/// The title of a field. Wraps between words, and is never narrower than its longest word.
class TitleLabel : public QLabel
{
public:
    TitleLabel(const QString &title, QWidget *field, QWidget *parent)
        : QLabel(title, parent)
    {
        setProperty("role", QStringLiteral("muted"));
        setTextFormat(Qt::PlainText);
        setWordWrap(true);
        setBuddy(field);
        setToolTip(field->toolTip());
    }

    [[nodiscard]] QSize sizeHint() const override
    {
        const int natural = std::min(QLabel::sizeHint().width(), kWidestTitlePx);
        const int width = std::max(natural, minimumSizeHint().width());
        return {width, heightForWidth(width)};
    }
};

} // namespace

ParameterPanel::ParameterPanel(QWidget *parent)
    : QScrollArea(parent)
    , m_content(new QWidget)
    , m_title(new QLabel(m_content))
    , m_look(new QLabel(m_content))
    , m_exact(new QCheckBox(tr("Exact priority"), m_content))
    , m_reset(new QPushButton(tr("Reset"), m_content))
{
    setObjectName(QStringLiteral("parameterPanel"));
    setAccessibleName(tr("Parameters"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_content->setObjectName(QStringLiteral("parameterContent"));

    m_title->setProperty("role", QStringLiteral("heading"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_look->setProperty("role", QStringLiteral("small"));
    m_look->setTextFormat(Qt::PlainText);
    m_look->setWordWrap(true);
    m_exact->setObjectName(QStringLiteral("exactPriority"));
    m_exact->setToolTip(tr(
        "The engine runs at the same priority as this window. Timings then are those of an "
        "ordinary "
        "program, but the window may stutter while every core is busy. Off: the engine runs in a "
        "session of its own that gives way to the window; its own tasks relate to each other just "
        "the same."));
    m_reset->setObjectName(QStringLiteral("resetParameters"));
    m_reset->setProperty("role", QStringLiteral("link"));
    m_reset->setFlat(true);
    m_reset->setCursor(Qt::PointingHandCursor);
    m_reset->setToolTip(tr("Every parameter back to its default"));
    m_reset->setAccessibleName(tr("Reset parameters"));

    auto *footer = new QHBoxLayout;
    footer->addWidget(m_exact);
    footer->addStretch(1);
    footer->addWidget(m_reset);
    auto *layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(16, 10, 12, 12);
    layout->setSpacing(6);
    layout->addWidget(m_title);
    layout->addWidget(m_look);
    layout->addLayout(footer);
    buildQuestion();
    layout->addWidget(m_questionBox);
    layout->addStretch(1);
    setWidget(m_content);
    // Both fill themselves with the palette otherwise, whatever the style sheet says.
    viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);

    connect(m_reset, &QPushButton::clicked, this, &ParameterPanel::resetValues);
    connect(m_exact, &QCheckBox::toggled, this, &ParameterPanel::exactPriorityChanged);
}

void ParameterPanel::buildQuestion()
{
    m_questionBox = new QWidget(m_content);
    m_questionBox->setObjectName(QStringLiteral("panelQuestionBox"));
    auto *heading = new QLabel(tr("Question"), m_questionBox);
    heading->setProperty("role", QStringLiteral("section"));
    m_question = new QLabel(m_questionBox);
    m_question->setObjectName(QStringLiteral("panelQuestion"));
    m_showAnswer = new QPushButton(m_questionBox);
    m_showAnswer->setObjectName(QStringLiteral("panelShowAnswer"));
    m_showAnswer->setProperty("role", QStringLiteral("link"));
    m_showAnswer->setFlat(true);
    m_showAnswer->setCursor(Qt::PointingHandCursor);
    m_answer = new QLabel(m_questionBox);
    m_answer->setObjectName(QStringLiteral("panelAnswer"));
    m_answer->setProperty("role", QStringLiteral("muted"));
    for (QLabel *label : {m_question, m_answer}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    auto *layout = new QVBoxLayout(m_questionBox);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(heading);
    layout->addWidget(m_question);
    layout->addWidget(m_showAnswer, 0, Qt::AlignLeft);
    layout->addWidget(m_answer);
    m_questionBox->hide();
    showAnswer(false);
    m_showAnswer->hide();
    connect(m_showAnswer, &QPushButton::clicked, this,
            [this] { showAnswer(m_answer->isHidden()); });
}

void ParameterPanel::showAnswer(bool isShown)
{
    m_answer->setVisible(isShown);
    m_showAnswer->setText(isShown ? tr("Hide answer") : tr("Show answer"));
}

void ParameterPanel::offerAnswer(bool isOffered)
{
    m_showAnswer->setVisible(isOffered && !m_set.answer.isEmpty());
    if (!isOffered)
        showAnswer(false);
}

void ParameterPanel::setTaskSet(const TaskSet &set, const QString &model, const QJsonObject &params)
{
    const int repeats = repeat();
    m_set = set;
    m_title->setText(set.title);
    m_look->setText(set.look);
    m_look->setVisible(!set.look.isEmpty());
    m_question->setText(set.question);
    m_answer->setText(set.answer);
    m_questionBox->setVisible(!set.question.isEmpty());
    offerAnswer(false); // it is to be guessed first
    buildRows();
    if (!set.fault.isEmpty()) // the line above says why: there is nothing to choose
        m_form->hide();
    setModel(set.models.contains(model) ? model : set.defaultModel);
    for (ParameterEditor *editor : m_editors) {
        if (params.contains(editor->name()))
            editor->setValue(params.value(editor->name()));
    }
    setRepeat(repeats);
    updateReset();
    updateApplying();
}

void ParameterPanel::buildRows()
{
    delete m_form;
    m_editors.clear();
    m_titles.clear();
    m_form = new QWidget(m_content);
    m_rows = new QGridLayout(m_form);
    m_rows->setContentsMargins(0, 4, 0, 2);
    m_rows->setHorizontalSpacing(8);
    m_rows->setVerticalSpacing(6);
    m_rows->setColumnMinimumWidth(0, kLeastTitlePx);
    m_rows->setColumnStretch(1, 1);

    m_model = new ChoiceBox(m_form);
    m_model->setObjectName(QStringLiteral("model"));
    m_model->setToolTip(tr("How the operating system carries the tasks"));
    for (const QString &word : m_set.models)
        m_model->addItem(modelTitle(word), word);
    // Below its title: the models' names are longer than what is left beside one.
    m_model->setAccessibleName(tr("Model"));
    m_rows->addWidget(new TitleLabel(tr("Model"), m_model, m_form), 0, 0, 1, 2);
    m_rows->addWidget(m_model, 1, 0, 1, 2);
    for (Parameter parameter : m_set.parameters) {
        if (const QString condition = conditionText(m_set, parameter); !condition.isEmpty())
            parameter.help += u'\n' + condition;
        auto *editor = new ParameterEditor(parameter, m_form);
        m_editors.push_back(editor);
        m_titles.push_back(addRow(parameter.title, editor, editor->focusProxy()));
        connect(editor, &ParameterEditor::valueChanged, this, &ParameterPanel::noteChange);
    }
    Parameter repeat;
    repeat.name = QStringLiteral("repeat");
    repeat.title = tr("Repeat");
    repeat.defaultValue = 1;
    repeat.minimum = 1;
    repeat.maximum = kMostRepeats;
    repeat.unit = QStringLiteral("×");
    repeat.help =
        tr("How often it is run, one run after the other; what came out how often is then "
           "shown.");
    m_repeat = new ParameterEditor(repeat, m_form);
    addRow(repeat.title, m_repeat, m_repeat->focusProxy());
    connect(m_repeat, &ParameterEditor::valueChanged, this, &ParameterPanel::noteChange);

    static_cast<QVBoxLayout *>(m_content->layout())->insertWidget(2, m_form);
    chainTabOrder();
    connect(m_model, &QComboBox::currentIndexChanged, this, [this] {
        updateApplying();
        emit modelChanged(model());
    });
}

QWidget *ParameterPanel::addRow(const QString &title, QWidget *editor, QWidget *field)
{
    const int row = m_rows->rowCount();
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(title);
    auto *label = new TitleLabel(title, field, m_form);
    m_rows->addWidget(label, row, 0);
    m_rows->addWidget(editor, row, 1);
    return label;
}

void ParameterPanel::chainTabOrder()
{
    QWidget *previous = m_model;
    for (ParameterEditor *editor : m_editors) {
        setTabOrder(previous, editor->focusProxy());
        previous = editor->focusProxy();
    }
    setTabOrder(previous, m_repeat->focusProxy());
    setTabOrder(m_repeat->focusProxy(), m_exact);
    setTabOrder(m_exact, m_reset);
    setTabOrder(m_reset, m_showAnswer);
}

QString ParameterPanel::model() const
{
    return m_model ? m_model->currentData().toString() : QString();
}

void ParameterPanel::setModel(const QString &model)
{
    const int index = m_model ? m_model->findData(model) : -1;
    if (index >= 0)
        m_model->setCurrentIndex(index);
}

QJsonObject ParameterPanel::params() const
{
    QJsonObject params;
    for (const ParameterEditor *editor : m_editors)
        params.insert(editor->name(), editor->value());
    return params;
}

int ParameterPanel::repeat() const
{
    return m_repeat ? m_repeat->value().toInt(1) : 1;
}

void ParameterPanel::setRepeat(int repeat)
{
    if (m_repeat)
        m_repeat->setValue(repeat);
}

bool ParameterPanel::isExactPriority() const
{
    return m_exact->isChecked();
}

void ParameterPanel::setExactPriority(bool exact)
{
    m_exact->setChecked(exact);
}

void ParameterPanel::resetValues()
{
    for (std::size_t i = 0; i < m_editors.size(); ++i)
        m_editors[i]->setValue(m_set.parameters[i].defaultValue);
    setRepeat(1);
}

void ParameterPanel::noteChange()
{
    updateReset();
    updateApplying();
    emit valuesChanged();
}

void ParameterPanel::updateApplying()
{
    const QString chosen = model();
    const QJsonObject values = params();
    for (std::size_t i = 0; i < m_editors.size(); ++i) {
        const bool isMeant = applies(m_set.parameters[i], chosen, values);
        m_editors[i]->setEnabled(isMeant);
        m_titles[i]->setEnabled(isMeant);
    }
}

void ParameterPanel::updateReset()
{
    bool differs = false;
    for (std::size_t i = 0; i < m_editors.size(); ++i) {
        if (m_editors[i]->value().toVariant().toString()
            != m_set.parameters[i].defaultValue.toVariant().toString())
            differs = true;
    }
    m_reset->setEnabled(differs || repeat() != 1);
}

} // namespace Interleave
