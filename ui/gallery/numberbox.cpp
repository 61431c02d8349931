// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/numberbox.h"

#include <QFocusEvent>
#include <QFontMetrics>

#include <algorithm>

namespace Interleave
{

void NumberBox::setLeastWord(const QString &word)
{
    m_leastWord = word;
    setSpecialValueText(hasFocus() ? QString() : word);
    updateGeometry();
}

void NumberBox::focusInEvent(QFocusEvent *event)
{
    if (!m_leastWord.isEmpty())
        setSpecialValueText({});
    QSpinBox::focusInEvent(event);
}

void NumberBox::focusOutEvent(QFocusEvent *event)
{
    QSpinBox::focusOutEvent(event);
    // Its own menu takes the focus only as long as it is open.
    if (!m_leastWord.isEmpty() && event->reason() != Qt::PopupFocusReason)
        setSpecialValueText(m_leastWord);
}

QSize NumberBox::sizeHint() const
{
    return asWideAsAll(QSpinBox::sizeHint());
}

QSize NumberBox::minimumSizeHint() const
{
    return asWideAsAll(QSpinBox::minimumSizeHint());
}

QSize NumberBox::asWideAsAll(QSize size) const
{
    const QWidget *field = parentWidget();
    const QWidget *form = field ? field->parentWidget() : nullptr;
    if (!form)
        return size;
    const auto boxes = form->findChildren<NumberBox *>();
    for (const NumberBox *box : boxes)
        size.setWidth(std::max(size.width(), box->widthWithWord()));
    return size;
}

int NumberBox::widthWithWord() const
{
    const int width = QSpinBox::sizeHint().width();
    if (m_leastWord.isEmpty() || !specialValueText().isEmpty())
        return width; // the hint knows of it
    const QFontMetrics metrics = fontMetrics();
    const auto widthOf = [&](int value) {
        return metrics.horizontalAdvance(prefix() + textFromValue(value) + suffix() + u' ');
    };
    const int numbers = std::max(widthOf(minimum()), widthOf(maximum()));
    return width + std::max(0, metrics.horizontalAdvance(m_leastWord) - numbers);
}

} // namespace Interleave
