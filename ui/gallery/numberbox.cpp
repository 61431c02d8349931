// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/numberbox.h"

#include <algorithm>

namespace Interleave
{

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
        size.setWidth(std::max(size.width(), box->QSpinBox::sizeHint().width()));
    return size;
}

} // namespace Interleave
