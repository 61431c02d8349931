// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ownsetsworker.h"

#include "app/owntasksets.h"

#include <QMetaObject>

#include <system_error>
#include <utility>

#include <pthread.h>

namespace Interleave
{

OwnSetsWorker::OwnSetsWorker(QObject *parent)
    : QObject(parent)
{
}

OwnSetsWorker::~OwnSetsWorker()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void OwnSetsWorker::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        return;
    try {
        m_thread = std::jthread([this](const std::stop_token &stop) {
            pthread_setname_np(pthread_self(), "own sets");
            work(stop);
        });
    } catch (const std::system_error &) { // the system gives no thread: then it is done here
        std::stop_source stopped;
        stopped.request_stop();
        work(stopped.get_token());
    }
}

void OwnSetsWorker::read(const Catalogue &catalogue)
{
    post([sets = catalogue]() mutable {
        addOwnTaskSets(sets);
        return allOf(sets);
    });
}

void OwnSetsWorker::takeInto(Catalogue &catalogue)
{
    // A few files are read in a millisecond; nobody notices twenty.
    constexpr std::chrono::milliseconds kLongest(20);
    if (const std::optional<OwnSetsAnswer> answer = takeAnswer(kLongest); answer && answer->sets)
        catalogue.setOwnSets(*answer->sets);
}

OwnSetsAnswer OwnSetsWorker::allOf(const Catalogue &catalogue)
{
    OwnSetsAnswer answer;
    answer.sets = std::make_shared<const std::vector<TaskSet>>(ownTaskSets(catalogue));
    return answer;
}

std::optional<OwnSetsAnswer> OwnSetsWorker::takeAnswer(std::chrono::milliseconds longest)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, longest, [this] { return !m_answers.empty(); }))
        return std::nullopt;
    std::optional<OwnSetsAnswer> answer(std::in_place);
    std::swap(*answer, m_answers.front());
    m_answers.pop_front();
    return answer;
}

/// Until a stop is requested and no job is left.
void OwnSetsWorker::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_jobs.empty(); })) {
        const Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        OwnSetsAnswer answer = job();
        lock.lock();
        m_answers.push_back(std::move(answer));
        m_changed.notify_all();
        QMetaObject::invokeMethod(this, &OwnSetsWorker::deliver, Qt::QueuedConnection);
    }
}

void OwnSetsWorker::deliver()
{
    // The answer of this call's job, unless that was taken before.
    if (const std::optional<OwnSetsAnswer> answer = takeAnswer(std::chrono::milliseconds(0)))
        emit answered(*answer);
}

} // namespace Interleave
