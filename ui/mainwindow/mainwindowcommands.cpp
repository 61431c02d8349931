// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window does with a person's own programs: it asks for them to be started, or attached to.
#include "core/query/commandsentence.h"
#include "core/taskset/setcommand.h"
#include "ui/command/attachdialog.h"
#include "ui/command/commandpanel.h"
#include "ui/command/commandwords.h"
#include "ui/compare/comparepanel.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindowprivate.h"

#include <QAction>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStringList>

#include <algorithm>

namespace Interleave
{

namespace
{

/// Everything of a command that a person has to know to agree to it.
QString wholeCommand(const CommandSpec &spec)
{
    QStringList lines{spec.text()};
    if (!spec.folder.isEmpty())
        lines << MainWindow::tr("in the folder %1").arg(spec.folder);
    if (!spec.inputFile.isEmpty())
        lines << MainWindow::tr("reading %1").arg(spec.inputFile);
    if (!spec.environment.isEmpty())
        lines << MainWindow::tr("with %1").arg(spec.environment.join(QStringLiteral(", ")));
    for (QString &line : lines) {
        for (QChar &c : line) { // a file is not trusted: nothing of it may move or hide the rest
            const QChar::Category category = c.category();
            if (category == QChar::Other_Control || category == QChar::Other_Format
                || category == QChar::Separator_Line || category == QChar::Separator_Paragraph)
                c = QChar(QChar::ReplacementCharacter);
        }
    }
    return lines.join(u'\n');
}

} // namespace

void MainWindow::setProcesses(const std::vector<RunningProcess> &processes)
{
    d->processes = processes;
    if (d->attachDialog)
        d->attachDialog->setProcesses(processes);
}

void MainWindow::Private::connectCommands()
{
    QObject::connect(actions.program, &QAction::triggered, q, [this] {
        actions.showLeft->setChecked(true);
        gallery->select(RecentCommands::newSlug());
        command->focusLine();
    });
    QObject::connect(actions.attach, &QAction::triggered, q, [this] { openAttach(); });
    QObject::connect(command, &CommandPanel::attachWanted, q, [this] { openAttach(); });
    QObject::connect(command, &CommandPanel::changed, q, [this] { updateActions(); });
    QObject::connect(command, &CommandPanel::runRequested, q, [this] { requestRun(); });
    QObject::connect(gallery, &GalleryPanel::forgetRequested, q,
                     [this](const QString &slug) { forgetCommand(slug); });
}

bool MainWindow::Private::isProgramSelected() const
{
    return RecentCommands::isProgramSlug(gallery->selectedSlug());
}

void MainWindow::Private::showProgram(const QString &slug)
{
    if (const CommandSpec *spec = recent.find(slug))
        command->setCommand(*spec);
    pages->setCurrentWidget(command);
    if (comparedSlug.isEmpty() && !isComparing)
        compare->showEmpty({}, 1);
    if (runs.empty())
        inspector->showEmpty(nullptr);
    updateActions();
}

void MainWindow::Private::requestCommand()
{
    const Result<CommandSpec> spec = command->command();
    if (!spec) {
        command->focusLine();
        q->showMessage(QString::fromStdString(spec.error().message), true);
        return;
    }
    noteCommand(spec.value());
    emit q->commandRequested(spec.value());
}

void MainWindow::Private::noteCommand(const CommandSpec &spec)
{
    recent.note(spec);
    QSettings settings;
    recent.save(settings);
    gallery->setPrograms(recent.entries());
}

void MainWindow::Private::forgetCommand(const QString &slug)
{
    recent.remove(slug);
    QSettings settings;
    recent.save(settings);
    gallery->setPrograms(recent.entries());
}

void MainWindow::Private::openAttach()
{
    if (isBusy || attachDialog)
        return;
    attachDialog = new AttachDialog(q);
    attachDialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(attachDialog, &AttachDialog::listRequested, q,
                     &MainWindow::attachListRequested);
    QObject::connect(attachDialog, &AttachDialog::attachRequested, q,
                     [this](int pid) { requestAttach(pid); });
    attachDialog->open();
}

void MainWindow::Private::requestAttach(int pid)
{
    if (isBusy)
        return;
    const auto found =
        std::find_if(processes.begin(), processes.end(),
                     [pid](const RunningProcess &process) { return process.pid == pid; });
    QString name;
    if (found != processes.end())
        name = found->commandLine.isEmpty() ? found->name : found->commandLine;
    emit q->attachRequested(pid, name);
}

void MainWindow::Private::takeFile(const QString &path)
{
    const Result<QStringList> words = commandForFile(path);
    if (!words) {
        q->showMessage(QString::fromStdString(words.error().message), true);
        return;
    }
    CommandSpec spec;
    spec.words = words.value();
    spec.folder = QFileInfo(path).absolutePath();
    actions.showLeft->setChecked(true);
    gallery->select(RecentCommands::newSlug());
    command->setCommand(spec);
    command->focusLine();
    setStatus(MainWindow::tr("%1 starts it.")
                  .arg(actions.run->shortcut().toString(QKeySequence::NativeText)));
}

bool MainWindow::Private::isAgreedTo(const TaskSet &set)
{
    if (!set.command || !set.id.isEmpty()) // only built-in sets have numbers
        return true;
    // The folder of the examples is this program's own: its name would say nothing.
    const CommandSpec spec =
        commandOf(set, parameters->params(), u'{' + examplesPlaceholder() + u'}');
    if (std::find(agreed.begin(), agreed.end(), spec) != agreed.end())
        return true;
    auto *box = new QMessageBox(q);
    box->setObjectName(QStringLiteral("startCommandDialog"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setTextFormat(Qt::PlainText);
    box->setWindowTitle(MainWindow::tr("Task set"));
    box->setText(MainWindow::tr("“%1” starts this command:").arg(set.title) + u'\n'
                 + wholeCommand(spec));
    box->setInformativeText(
        MainWindow::tr("It can do whatever you can. Its file is %1.").arg(set.path));
    QPushButton *yes = box->addButton(MainWindow::tr("&Start"), QMessageBox::AcceptRole);
    yes->setObjectName(QStringLiteral("startCommandButton"));
    QPushButton *no = box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(no);
    box->setEscapeButton(no);
    QObject::connect(yes, &QPushButton::clicked, q, [this, spec, slug = set.slug] {
        agreed.push_back(spec);
        // It may have become another one while the box was open: then that is asked about.
        if (gallery->selectedSlug() == slug)
            requestRun();
    });
    box->open();
    return false;
}

void MainWindow::Private::presentProgram(const RunReport &report)
{
    const CommandReport &ended = *report.command;
    const QString words = commandEndWords(report);
    // How a program ends is its own affair: a status other than 0 is no failure of the recording.
    const QString own = QStringLiteral("the command ") + commandEndText(ended);
    const bool isOwnEnd = report.message.startsWith(own);
    const bool hasFailed = !ended.failure.isEmpty() || (isFailure(report.outcome) && !isOwnEnd);
    // What is to be said of the recording comes behind it.
    const QString remark = isOwnEnd ? report.message.mid(own.size())
        : report.message.isEmpty()  ? QString()
                                    : QStringLiteral("; ") + report.message;
    command->setState(words, hasFailed || ended.signal.has_value());
    if (hasFailed) {
        banner->showSentence(ended.failure.isEmpty() ? failureOf(report) : words, true);
    } else if (report.outcome == RunOutcome::Cancelled) {
        banner->showSentence(MainWindow::tr("Stopped: it %1.").arg(words), false);
    } else if (isEndRemarkable(report) || !remark.isEmpty()) {
        QString sentence =
            MainWindow::tr("%1 %2%3.").arg(shortCommand(report.title), words, remark);
        if (const QString said = lastErrorWords(report); !said.isEmpty())
            sentence += u' ' + said;
        banner->showSentence(sentence, ended.signal.has_value());
    }
}

} // namespace Interleave
