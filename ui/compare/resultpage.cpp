// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/resultpage.h"

#include "ui/compare/sentencelabel.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include <algorithm>

namespace Interleave
{

ResultPage::ResultPage(const QString &name, const QString &progressName, QWidget *parent)
    : QWidget(parent)
    , m_rows(new QVBoxLayout(this))
    , m_sentence(new SentenceLabel(this))
    , m_progressText(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    m_sentence->setObjectName(name + QStringLiteral("Sentence"));
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setContentsMargins(16, 0, 16, 0);
    m_sentence->hide();
    m_progressText->setObjectName(name + QStringLiteral("Progress"));
    m_progressText->setProperty("role", QStringLiteral("muted"));
    m_progressText->setContentsMargins(16, 0, 16, 0);
    m_progress->setAccessibleName(progressName);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(4);

    m_rows->setContentsMargins(0, 10, 0, 0);
    m_rows->setSpacing(6);
    m_rows->addWidget(m_sentence);
    m_rows->addWidget(m_progressText);
    m_rows->addWidget(m_progress);
}

void ResultPage::setContent(QWidget *content)
{
    m_rows->addWidget(content, 1);
}

void ResultPage::setContent(QLayout *content)
{
    m_rows->addLayout(content, 1);
}

void ResultPage::setSentence(const QString &sentence)
{
    m_sentence->setSentence(sentence);
}

void ResultPage::showProgress(int done, int total)
{
    m_progressText->setText(tr("%1 of %2 done").arg(done).arg(total));
    m_progress->setRange(0, std::max(total, 1));
    m_progress->setValue(done);
    m_progressText->show();
    m_progress->show();
}

void ResultPage::setProgressText(const QString &text)
{
    m_progressText->setText(text);
}

void ResultPage::hideProgress(bool isTextKept)
{
    m_progressText->setVisible(isTextKept);
    m_progress->hide();
}

} // namespace Interleave
