// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace Interleave
{

/// What numbers show, in words above their table. Takes the height that its text needs at its width, and
/// never less: a layout squeezes wrapped labels otherwise, and the last line is cut off. GUI thread.
class SentenceLabel : public QLabel
{
    Q_OBJECT

public:
    explicit SentenceLabel(QWidget *parent = nullptr);

    /// Empty: the label goes away.
    void setSentence(const QString &sentence);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
};

} // namespace Interleave
