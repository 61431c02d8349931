// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/command/commandadvice.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace Interleave
{

/// Looks at programs and folders for a command line that is being typed, on a thread of its own,
/// "command line", so that a slow disk never holds up the typing.
///
/// Of questions that come faster than they are answered only the newest of each kind is. Made and used by
/// one thread with an event loop, on which the signals arrive. The destructor waits for the look at a
/// file that is going on.
class CommandAdvisor : public QObject
{
    Q_OBJECT

public:
    explicit CommandAdvisor(QObject *parent = nullptr);
    ~CommandAdvisor() override;

    void askCompletions(const QString &line, const QString &folder);
    void askVerdict(const QString &line, const QString &folder, const QString &inputFile);

signals:
    /// \param line that was asked about: it may be another one by now.
    void completionsFound(const QString &line, const QStringList &completions);
    void judged(const QString &line, const Interleave::CommandVerdict &verdict);

private:
    struct Question {
        QString line;
        QString folder;
        QString inputFile;
    };
    void ask(std::optional<Question> &place, Question question);
    void work(const std::stop_token &stop);
    void answerCompletions(const Question &question);
    void answerVerdict(const Question &question);

    std::mutex m_mutex; ///< guards the two below
    std::optional<Question> m_completions;
    std::optional<Question> m_verdict;
    std::condition_variable_any m_changed;
    std::jthread m_thread; ///< from the first question on; last: it uses the others
};

} // namespace Interleave
