// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace Interleave
{

/// A slim line above the timeline that says in one sentence what went wrong. The user dismisses it.
/// GUI thread.
class Banner : public QFrame
{
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);

    /// `isAlert`: a failure; else a remark (a run that was stopped).
    void showSentence(const QString &sentence, bool isAlert);
    void dismiss();
    [[nodiscard]] QString sentence() const;

private:
    QLabel *m_text = nullptr;
};

} // namespace Interleave
