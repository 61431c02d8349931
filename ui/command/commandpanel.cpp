// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandpanel.h"

#include "ui/command/commandadvisor.h"
#include "ui/command/commandcompleter.h"
#include "ui/command/environmenttable.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

namespace
{

constexpr int kPauseMs = 200; // whoever stops typing for so long reads

/// A style sheet reads a property only when it polishes.
void setRole(QLabel *label, const char *role)
{
    label->setProperty("role", QString::fromLatin1(role));
    label->style()->unpolish(label);
    label->style()->polish(label);
}

QLabel *textLabel(const char *name, const char *role, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setProperty("role", QString::fromLatin1(role));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

CommandPanel::CommandPanel(QWidget *parent)
    : QScrollArea(parent)
    , m_content(new QWidget)
    , m_advisor(new CommandAdvisor(this))
{
    setObjectName(QStringLiteral("commandPanel"));
    setAccessibleName(tr("Your program"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_content->setObjectName(QStringLiteral("commandContent"));
    m_isFilling = true; // until every field is there

    auto *rows = new QVBoxLayout(m_content);
    rows->setContentsMargins(16, 10, 12, 12);
    rows->setSpacing(6);
    QLabel *title = textLabel("commandTitle", "heading", m_content);
    title->setText(tr("Your program"));
    rows->addWidget(title);
    buildLine(rows);
    buildPlaces(rows);
    buildChoices(rows);
    buildEnvironment(rows);
    auto *attach = new QPushButton(tr("Attach to a running process…"), m_content);
    attach->setObjectName(QStringLiteral("commandAttach"));
    attach->setProperty("role", QStringLiteral("link"));
    attach->setFlat(true);
    attach->setCursor(Qt::PointingHandCursor);
    rows->addWidget(attach, 0, Qt::AlignLeft);
    rows->addStretch(1);
    setWidget(m_content);
    viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);

    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this,
            [this] { m_advisor->askVerdict(m_line->text(), m_folder->text(), m_input->text()); });
    connect(m_advisor, &CommandAdvisor::judged, this,
            [this](const QString &line, const CommandVerdict &verdict) {
                if (line == m_line->text())
                    showVerdict(verdict);
            });
    connect(m_advisor, &CommandAdvisor::completionsFound, this,
            [this](const QString &line, const QStringList &words) {
                if (line == m_line->text())
                    m_completer->offer(words);
            });
    connect(attach, &QPushButton::clicked, this, &CommandPanel::attachWanted);
    m_isFilling = false;
    noteChange();
}

CommandPanel::~CommandPanel() = default;

void CommandPanel::buildLine(QVBoxLayout *rows)
{
    m_line = new QLineEdit(m_content);
    m_line->setObjectName(QStringLiteral("commandLine"));
    m_line->setAccessibleName(tr("Command line"));
    m_line->setPlaceholderText(tr("python3 script.py"));
    m_line->setToolTip(tr("The program and its arguments, given to it as they stand here. Blanks "
                          "separate them, quotes keep them together."));
    m_line->setClearButtonEnabled(true);
    m_completer = new CommandCompleter(m_line);
    m_hint = textLabel("commandHint", "small", m_content);
    m_state = textLabel("commandState", "section", m_content);
    m_state->hide();
    rows->addWidget(m_line);
    rows->addWidget(m_hint);
    rows->addWidget(m_state);
    connect(m_line, &QLineEdit::textEdited, this, &CommandPanel::noteEdit);
    connect(m_line, &QLineEdit::textChanged, this, &CommandPanel::noteChange);
    connect(m_line, &QLineEdit::returnPressed, this, &CommandPanel::pressEnter);
}

void CommandPanel::buildPlaces(QVBoxLayout *rows)
{
    m_folder = new QLineEdit(m_content);
    m_folder->setObjectName(QStringLiteral("commandFolder"));
    m_folder->setAccessibleName(tr("Working folder"));
    m_folder->setPlaceholderText(QDir::currentPath());
    m_input = new QLineEdit(m_content);
    m_input->setObjectName(QStringLiteral("commandInput"));
    m_input->setAccessibleName(tr("Standard input"));
    m_input->setPlaceholderText(tr("none"));

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    const auto addRow = [&](const QString &title, QLineEdit *field, QWidget *editor) {
        const int row = grid->rowCount();
        auto *label = new QLabel(title, m_content);
        label->setProperty("role", QStringLiteral("muted"));
        label->setBuddy(field);
        grid->addWidget(label, row, 0);
        grid->addWidget(editor, row, 1);
        connect(field, &QLineEdit::textChanged, this, &CommandPanel::noteChange);
    };
    addRow(tr("Folder"), m_folder,
           withButton(m_folder, "commandChooseFolder", tr("Choose the folder it runs in"), true));
    addRow(tr("Input"), m_input,
           withButton(m_input, "commandChooseInput", tr("Choose a file as its standard input"),
                      false));
    rows->addLayout(grid);
}

QWidget *CommandPanel::withButton(QLineEdit *field, const char *name, const QString &tip,
                                  bool isFolder)
{
    auto *both = new QWidget(m_content);
    auto *button = new QToolButton(both);
    button->setObjectName(QString::fromLatin1(name));
    button->setText(QStringLiteral("…"));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    auto *row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(field, 1);
    row->addWidget(button);
    connect(button, &QToolButton::clicked, this,
            [this, field, isFolder] { chooseFor(field, isFolder); });
    return both;
}

void CommandPanel::chooseFor(QLineEdit *field, bool isFolder)
{
    auto *dialog = new QFileDialog(this, field->accessibleName(), QDir::currentPath());
    dialog->setObjectName(QStringLiteral("commandFileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    dialog->setOption(QFileDialog::ShowDirsOnly, isFolder);
    const QString present = isFolder ? field->text() : QFileInfo(field->text()).path();
    if (!field->text().isEmpty())
        dialog->setDirectory(present);
    connect(dialog, &QFileDialog::fileSelected, field, &QLineEdit::setText);
    dialog->open();
}

void CommandPanel::buildChoices(QVBoxLayout *rows)
{
    const auto addChoice = [&](const char *name, const QString &text, const QString &tip) {
        auto *choice = new QCheckBox(text, m_content);
        choice->setObjectName(QString::fromLatin1(name));
        choice->setToolTip(tip);
        rows->addWidget(choice);
        connect(choice, &QCheckBox::toggled, this, &CommandPanel::noteChange);
        return choice;
    };
    m_askPython = addChoice(
        "commandAskPython", tr("Ask Python for task names"),
        tr("Python programs get a helper, which tells the names of threads and processes, asyncio "
           "tasks, jobs and requests. What the program does and prints stays the same. Off: only "
           "what the kernel knows."));
    m_showLocks = addChoice(
        "commandShowLocks", tr("Show locks"),
        tr("The helper also tells waits for locks, conditions and queues. That costs more "
           "than the rest."));
    m_follow =
        addChoice("commandFollow", tr("Follow what it leaves running"),
                  tr("Go on recording until all that it has started has ended, too. Off: one "
                     "second after its own end the recording is over."));
    m_askPython->setChecked(CommandSpec().askPython);
    m_showLocks->setEnabled(m_askPython->isChecked());
    connect(m_askPython, &QCheckBox::toggled, m_showLocks, &QWidget::setEnabled);
}

void CommandPanel::buildEnvironment(QVBoxLayout *rows)
{
    m_environmentToggle = new QPushButton(m_content);
    m_environmentToggle->setObjectName(QStringLiteral("commandEnvironmentToggle"));
    m_environmentToggle->setProperty("role", QStringLiteral("link"));
    m_environmentToggle->setFlat(true);
    m_environmentToggle->setCursor(Qt::PointingHandCursor);
    m_environment = new EnvironmentTable(m_content);
    rows->addWidget(m_environmentToggle, 0, Qt::AlignLeft);
    rows->addWidget(m_environment);
    showEnvironment(false);
    connect(m_environmentToggle, &QPushButton::clicked, this,
            [this] { showEnvironment(m_environment->isHidden()); });
    connect(m_environment, &EnvironmentTable::entriesChanged, this, [this] {
        tellEnvironment();
        noteChange();
    });
}

void CommandPanel::showEnvironment(bool isShown)
{
    m_environment->setVisible(isShown);
    tellEnvironment();
}

void CommandPanel::tellEnvironment()
{
    const qsizetype count = m_environment->entries().size();
    const QString mark = m_environment->isHidden() ? QStringLiteral("▸ ") : QStringLiteral("▾ ");
    m_environmentToggle->setText(
        mark + (count == 0 ? tr("Environment") : tr("Environment · %1 set").arg(count)));
}

void CommandPanel::setCommand(const CommandSpec &spec)
{
    m_isFilling = true;
    m_completer->offer({});
    m_line->setText(spec.text());
    m_folder->setText(spec.folder);
    m_input->setText(spec.inputFile);
    m_askPython->setChecked(spec.askPython);
    m_showLocks->setChecked(spec.showLocks);
    m_follow->setChecked(spec.follow);
    m_environment->setEntries(spec.environment);
    tellEnvironment();
    m_isFilling = false;
    noteChange();
}

Result<CommandSpec> CommandPanel::command() const
{
    Result<QStringList> words = splitCommandLine(m_line->text());
    if (!words)
        return words.error();
    if (words.value().isEmpty())
        return Error{ErrorCode::BadInput, tr("Type the command that shall run.").toStdString()};
    CommandSpec spec;
    spec.words = std::move(words).value();
    spec.folder = m_folder->text();
    spec.environment = m_environment->entries();
    spec.inputFile = m_input->text();
    spec.askPython = m_askPython->isChecked();
    spec.showLocks = spec.askPython && m_showLocks->isChecked();
    spec.follow = m_follow->isChecked();
    return spec;
}

void CommandPanel::noteEdit(const QString &line)
{
    const LastWord word = lastWordOf(line);
    const QString head = word.text.left(word.text.lastIndexOf(u'/') + 1);
    const QString place = (word.isProgram ? u'1' : u'2') + head;
    // What was found for another word or folder must not be offered for this one meanwhile.
    const bool isInMiddle = m_line->cursorPosition() != line.size();
    if (place != m_completedPlace || word.text.isEmpty() || isInMiddle)
        m_completer->offer({});
    m_completedPlace = place;
    if (!isInMiddle)
        m_advisor->askCompletions(line, m_folder->text());
}

void CommandPanel::noteChange()
{
    if (m_isFilling)
        return;
    m_isReady = command().isOk();
    m_pause.start();
    emit changed();
}

void CommandPanel::pressEnter()
{
    const QAbstractItemView *popup = m_completer->popup();
    if (popup->isVisible() && popup->currentIndex().isValid())
        return; // it takes the word that is chosen there
    emit runRequested();
}

void CommandPanel::showVerdict(const CommandVerdict &verdict)
{
    m_hint->setText(verdict.sentence);
    m_line->setAccessibleDescription(verdict.sentence);
    setRole(m_hint, verdict.isFault ? "fault" : "small");
}

void CommandPanel::setState(const QString &sentence, bool isAlert)
{
    m_state->setText(sentence);
    setRole(m_state, isAlert ? "fault" : "section");
    m_state->setVisible(!sentence.isEmpty());
}

void CommandPanel::focusLine()
{
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

} // namespace Interleave
