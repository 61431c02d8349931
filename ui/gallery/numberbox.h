// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSpinBox>

namespace Interleave
{

/// A number with a slider beside it, as wide as the widest of its kind in the same form: so all sliders
/// begin at one place and are equally long. Else one at its least value stands in the middle of its
/// field, wherever the room for its longest number ends, and looks as if it were half-way.
/// GUI thread. Cost of a size hint: O(numbers in the form).
class NumberBox final : public QSpinBox
{
    Q_OBJECT

public:
    using QSpinBox::QSpinBox;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

private:
    [[nodiscard]] QSize asWideAsAll(QSize size) const;
};

} // namespace Interleave
