// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

class QLabel;
class QLayout;
class QProgressBar;
class QVBoxLayout;

namespace Interleave
{

class SentenceLabel;

/// What several runs gave: a sentence when all are over, how far they are before, and below it the
/// tables of its owner. GUI thread.
class ResultPage : public QWidget
{
    Q_OBJECT

public:
    /// \param name of the owner, that the labels' object names begin with: "compare" gives
    /// "compareSentence" and "compareProgress". \param progressName what the bar counts, for who cannot
    /// see it.
    ResultPage(const QString &name, const QString &progressName, QWidget *parent);

    /// The rest of the page; takes all of the height that is left.
    void setContent(QWidget *content);
    void setContent(QLayout *content);

    /// Empty: none.
    void setSentence(const QString &sentence);
    /// `done` of `total` are over.
    void showProgress(int done, int total);
    void setProgressText(const QString &text);
    /// \param isTextKept what was said last stays, as after a stop.
    void hideProgress(bool isTextKept = false);

private:
    QVBoxLayout *m_rows = nullptr;
    SentenceLabel *m_sentence = nullptr;
    QLabel *m_progressText = nullptr;
    QProgressBar *m_progress = nullptr;
};

} // namespace Interleave
