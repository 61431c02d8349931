// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace Interleave
{

/// What came of a job with a person's own task sets. Value.
struct OwnSetsAnswer {
    std::shared_ptr<const std::vector<TaskSet>>
        sets; ///< all own sets as they are now; null: as before
    QString slug; ///< of the one to be selected; empty: none
    QString message; ///< one sentence for the person; may be empty
    bool isError = false; ///< the message tells why something was not done
};

/// Reads, writes and deletes the files of own task sets on a thread of its own, "own sets", so that a slow
/// disk never holds up the window.
///
/// Jobs are done one after another, in the order in which they were posted, and each is answered once.
/// Thread: made and used by one thread with an event loop, on which answered() is emitted; jobs run on the
/// other thread and must bring along whatever they need. The destructor waits until all jobs are done: what
/// a person has asked to be saved is saved.
class OwnSetsWorker : public QObject
{
    Q_OBJECT

public:
    using Job = std::function<OwnSetsAnswer()>;

    explicit OwnSetsWorker(QObject *parent = nullptr);
    ~OwnSetsWorker() override;

    void post(Job job);
    /// Posts the job of reading all own sets.
    void read(const Catalogue &catalogue);
    /// Puts what read() has found into the catalogue. Where the disk is so slow that this would be noticed it
    /// gives up waiting; answered() then tells the sets when they have been read.
    void takeInto(Catalogue &catalogue);
    /// Waits for the next answer, for that long at the most. One that is taken is not told by answered().
    [[nodiscard]] std::optional<OwnSetsAnswer> takeAnswer(std::chrono::milliseconds longest);

    /// The answer of a job that has changed nothing but read them: all own sets of a catalogue.
    [[nodiscard]] static OwnSetsAnswer allOf(const Catalogue &catalogue);

signals:
    void answered(const Interleave::OwnSetsAnswer &answer);

private:
    void work(const std::stop_token &stop);
    void deliver();

    std::mutex m_mutex; ///< guards the two below
    std::deque<Job> m_jobs;
    std::deque<OwnSetsAnswer> m_answers;
    std::condition_variable_any m_changed;
    std::jthread m_thread; ///< from the first job on; last: it uses the others
};

} // namespace Interleave
