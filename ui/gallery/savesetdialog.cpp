// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/savesetdialog.h"

#include "core/taskset/ownsets.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

namespace
{
constexpr int kLongestTitle = 80; // what a task-set file takes
}

SaveSetDialog::SaveSetDialog(Catalogue catalogue, const QString &title, QWidget *parent)
    : QDialog(parent)
    , m_catalogue(std::move(catalogue))
    , m_title(new QLineEdit(title, this))
    , m_hint(new QLabel(this))
{
    setObjectName(QStringLiteral("saveSetDialog"));
    setWindowTitle(tr("Save as a task set"));
    m_title->setObjectName(QStringLiteral("setTitle"));
    m_title->setAccessibleName(tr("Title"));
    m_title->setMaxLength(kLongestTitle);
    m_title->setMinimumWidth(360);
    m_title->selectAll();
    m_hint->setObjectName(QStringLiteral("setTitleHint"));
    m_hint->setProperty("role", QStringLiteral("small"));
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setWordWrap(true);

    auto *label = new QLabel(tr("&Title"), this);
    label->setBuddy(m_title);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_save = buttons->addButton(tr("&Save"), QDialogButtonBox::AcceptRole);
    m_save->setObjectName(QStringLiteral("saveSet"));
    m_save->setDefault(true);
    m_saveAs = buttons->addButton(tr("Save &as…"), QDialogButtonBox::ActionRole);
    m_saveAs->setObjectName(QStringLiteral("saveSetAs"));
    m_saveAs->setAutoDefault(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 16);
    layout->setSpacing(8);
    layout->addWidget(label);
    layout->addWidget(m_title);
    layout->addWidget(m_hint);
    layout->addSpacing(8);
    layout->addWidget(buttons);

    connect(m_title, &QLineEdit::textChanged, this, &SaveSetDialog::judgeTitle);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        const QString chosen = this->title();
        accept();
        emit saveRequested(chosen);
    });
    connect(m_saveAs, &QPushButton::clicked, this, [this] {
        const QString chosen = this->title();
        accept();
        emit saveAsRequested(chosen);
    });
    judgeTitle();
}

QString SaveSetDialog::title() const
{
    return m_title->text().simplified();
}

void SaveSetDialog::judgeTitle()
{
    const QString chosen = title();
    const TaskSet *titled = m_catalogue.find(chosen);
    const TaskSet *same = m_catalogue.find(ownSlug(chosen));
    const bool isTaken = titled && !titled->isOwn();
    const bool isReplacing = same && same->fault.isEmpty();
    m_save->setEnabled(!chosen.isEmpty() && !isTaken);
    m_saveAs->setEnabled(m_save->isEnabled() && !isReplacing);
    m_save->setText(isReplacing && !chosen.isEmpty() ? tr("&Replace") : tr("&Save"));
    if (chosen.isEmpty())
        m_hint->setText(tr("A task set needs a title."));
    else if (isTaken)
        m_hint->setText(tr("A built-in task set is called so."));
    else if (isReplacing)
        m_hint->setText(tr("There is one called so: its file %1 is replaced.").arg(same->path));
    else
        m_hint->setText(tr("It will stand in the gallery, under %1.").arg(ownGroup()));
}

} // namespace Interleave
