// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace Interleave
{

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
{
    setObjectName(QStringLiteral("banner"));
    setAccessibleName(tr("Message"));
    m_text->setObjectName(QStringLiteral("bannerText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *close = new QToolButton(this);
    close->setObjectName(QStringLiteral("bannerClose"));
    close->setText(QStringLiteral("×"));
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss the message"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 5, 8, 5);
    layout->addWidget(m_text, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    connect(close, &QToolButton::clicked, this, &Banner::dismiss);
    hide();
}

void Banner::showSentence(const QString &sentence, bool isAlert)
{
    m_text->setText(sentence);
    setAccessibleDescription(sentence);
    setProperty("alert", isAlert);
    // A style sheet reads a property only when it polishes.
    style()->unpolish(this);
    style()->polish(this);
    show();
}

void Banner::dismiss()
{
    hide();
    m_text->clear();
}

QString Banner::sentence() const
{
    return m_text->text();
}

} // namespace Interleave
