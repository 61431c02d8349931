// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/sentencelabel.h"

#include <QResizeEvent>

#include <algorithm>

namespace Interleave
{

SentenceLabel::SentenceLabel(QWidget *parent)
    : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
}

void SentenceLabel::setSentence(const QString &sentence)
{
    setText(sentence);
    setVisible(!sentence.isEmpty());
}

QSize SentenceLabel::minimumSizeHint() const
{
    QSize least = QLabel::minimumSizeHint();
    // Before it is shown its width is not yet that of its place.
    if (isVisible())
        least.setHeight(std::max(least.height(), heightForWidth(width())));
    return least;
}

void SentenceLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        updateGeometry();
}

void SentenceLabel::showEvent(QShowEvent *event)
{
    QLabel::showEvent(event);
    updateGeometry();
}

} // namespace Interleave
