// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSpinBox>
#include <QString>

namespace Interleave
{

/// A number with a slider beside it, as wide as the widest of its kind in the same form: so all sliders
/// begin at one place and are equally long. Else one at its least value stands in the middle of its
/// field, wherever the room for its longest number ends, and looks as if it were half-way.
/// GUI thread. Cost of a size hint: O(numbers in the form).
/// Its least value may have a word, which stands there while nobody types: in the field itself only its
/// letters could be edited, and "all" is not what begins with 1.
class NumberBox final : public QSpinBox
{
    Q_OBJECT

public:
    using QSpinBox::QSpinBox;

    /// "all" in place of 0.
    void setLeastWord(const QString &word);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    [[nodiscard]] QSize asWideAsAll(QSize size) const;
    /// With room for the word also while it does not stand there: nothing moves when somebody begins to type.
    [[nodiscard]] int widthWithWord() const;

    QString m_leastWord;
};

} // namespace Interleave
