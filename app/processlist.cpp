// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/processlist.h"

#include "core/base/timestamp.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QDir>
#include <QFile>
#include <QMetaObject>

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr qint64 kLongestCommandLine = 4096;

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(kLongestCommandLine) : QByteArray();
}

/// What /proc/PID/stat tells.
struct Stat {
    QString name;
    char state = 0;
    int parent = 0;
    std::uint64_t ticks = 0; ///< of CPU time, user and system
    std::uint64_t started = 0;
};

/// Nothing when it is gone. The name may hold blanks and brackets: the last ')' ends it.
std::optional<Stat> readStat(int pid)
{
    const QByteArray text = contentsOf(QStringLiteral("/proc/%1/stat").arg(pid));
    const qsizetype open = text.indexOf('(');
    const qsizetype close = text.lastIndexOf(')');
    if (open < 0 || close < open)
        return std::nullopt;
    // From the third field on: state, parent, ... (proc(5)).
    const QByteArrayList fields = text.mid(close + 2).split(' ');
    constexpr qsizetype kUser = 14 - 3, kSystem = 15 - 3, kStarted = 22 - 3;
    if (fields.size() <= kStarted || fields[0].isEmpty())
        return std::nullopt;
    Stat stat;
    stat.name = QString::fromLocal8Bit(text.mid(open + 1, close - open - 1));
    stat.state = fields[0][0];
    stat.parent = fields[1].toInt();
    stat.ticks = fields[kUser].toULongLong() + fields[kSystem].toULongLong();
    stat.started = fields[kStarted].toULongLong();
    return stat;
}

QString commandLineOf(int pid)
{
    QByteArray words = contentsOf(QStringLiteral("/proc/%1/cmdline").arg(pid));
    words.replace('\0', ' ');
    return QString::fromLocal8Bit(words).simplified();
}

bool isOurs(int pid)
{
    struct stat info = {};
    const QByteArray path = "/proc/" + QByteArray::number(pid);
    return ::stat(path.constData(), &info) == 0 && info.st_uid == ::geteuid();
}

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

ProcessList::ProcessList(QObject *parent)
    : QObject(parent)
{
}

ProcessList::~ProcessList()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void ProcessList::request()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isRequested = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        return;
    try {
        m_thread = std::jthread([this](const std::stop_token &stop) {
            pthread_setname_np(pthread_self(), "process list");
            work(stop);
        });
    } catch (const std::system_error &) { // the system gives no thread: then it is done here
        emit listed(read());
    }
}

void ProcessList::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return m_isRequested; })) {
        if (stop.stop_requested())
            return;
        m_isRequested = false;
        lock.unlock();
        std::vector<RunningProcess> processes = read();
        QMetaObject::invokeMethod(
            this, [this, processes = std::move(processes)] { emit listed(processes); },
            Qt::QueuedConnection);
        lock.lock();
    }
}

std::vector<RunningProcess> ProcessList::read()
{
    const std::int64_t now = nowNs();
    const double elapsedTicks =
        double(now - m_readAt) / double(kSecond) * double(::sysconf(_SC_CLK_TCK));
    const bool hasBefore = m_readAt != 0 && elapsedTicks > 0;
    const int self = ::getpid();
    std::map<int, Used> used;
    std::vector<RunningProcess> processes;
    const QStringList names =
        QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::NoSort);
    for (const QString &name : names) {
        bool isNumber = false;
        const int pid = name.toInt(&isNumber);
        if (!isNumber || pid == self || !isOurs(pid))
            continue;
        const std::optional<Stat> stat = readStat(pid);
        if (!stat || stat->state == 'Z' || stat->parent == self)
            continue;
        RunningProcess process;
        process.pid = pid;
        process.name = stat->name;
        process.commandLine = commandLineOf(pid);
        if (process.commandLine.isEmpty()) // a thread of the kernel
            continue;
        const auto before = m_used.find(pid);
        if (hasBefore && before != m_used.end() && before->second.started == stat->started
            && stat->ticks >= before->second.ticks)
            process.cpuShare = double(stat->ticks - before->second.ticks) / elapsedTicks;
        used[pid] = {stat->ticks, stat->started};
        processes.push_back(std::move(process));
    }
    std::sort(processes.begin(), processes.end(),
              [](const RunningProcess &a, const RunningProcess &b) { return a.pid < b.pid; });
    m_used = std::move(used);
    m_readAt = now;
    return processes;
}

} // namespace Interleave
