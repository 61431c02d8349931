// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandadvisor.h"

#include <QMetaObject>

#include <system_error>
#include <utility>

#include <pthread.h>

namespace Interleave
{

CommandAdvisor::CommandAdvisor(QObject *parent)
    : QObject(parent)
{
}

CommandAdvisor::~CommandAdvisor()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void CommandAdvisor::askCompletions(const QString &line, const QString &folder)
{
    ask(m_completions, {line, folder, {}});
}

void CommandAdvisor::askVerdict(const QString &line, const QString &folder,
                                const QString &inputFile)
{
    ask(m_verdict, {line, folder, inputFile});
}

void CommandAdvisor::ask(std::optional<Question> &place, Question question)
{
    {
        const std::lock_guard lock(m_mutex);
        place = std::move(question);
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        return;
    try {
        m_thread = std::jthread([this](const std::stop_token &stop) {
            pthread_setname_np(pthread_self(), "command line");
            work(stop);
        });
    } catch (const std::system_error &) {
        // The system gives no thread: nothing is said of this line, and it can be started all the same.
    }
}

void CommandAdvisor::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return m_completions || m_verdict; })) {
        if (stop.stop_requested())
            return;
        const std::optional<Question> completions = std::exchange(m_completions, std::nullopt);
        const std::optional<Question> verdict = std::exchange(m_verdict, std::nullopt);
        lock.unlock();
        if (completions)
            answerCompletions(*completions);
        if (verdict)
            answerVerdict(*verdict);
        lock.lock();
    }
}

void CommandAdvisor::answerCompletions(const Question &question)
{
    const QStringList words = completionsOf(question.line, question.folder);
    QMetaObject::invokeMethod(
        this, [this, line = question.line, words] { emit completionsFound(line, words); },
        Qt::QueuedConnection);
}

void CommandAdvisor::answerVerdict(const Question &question)
{
    const CommandVerdict verdict = verdictOn(question.line, question.folder, question.inputFile);
    QMetaObject::invokeMethod(
        this, [this, line = question.line, verdict] { emit judged(line, verdict); },
        Qt::QueuedConnection);
}

} // namespace Interleave
