// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/record/helperboard.h"
#include "core/record/messages.h"
#include "core/record/sharedrings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QVersionNumber>

#include <algorithm>
#include <string>
#include <vector>

#include <unistd.h>

namespace Interleave::Support
{

/// A Python of this machine.
struct Python {
    QString program;
    QVersionNumber version;
    bool isFreeThreaded = false; ///< built without a global lock: "3.13t"
    [[nodiscard]] QString label() const
    {
        return version.toString() + (isFreeThreaded ? QStringLiteral("t") : QString());
    }
    [[nodiscard]] bool isHelped() const { return version >= QVersionNumber(3, 8); }
};

/// Every version of CPython once, with and without its global lock: those in PATH, and those of pyenv.
inline std::vector<Python> pythons()
{
    QStringList candidates;
    for (const char *name :
         {"python3", "python2", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10",
          "python3.11", "python3.12", "python3.13", "python3.13t", "python3.14", "python3.14t"})
        candidates.append(QStandardPaths::findExecutable(QString::fromLatin1(name)));
    const QDir pyenv(QDir::homePath() + QStringLiteral("/.pyenv/versions"));
    for (const QString &version : pyenv.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        candidates.append(pyenv.filePath(version + QStringLiteral("/bin/python")));
    const QString question =
        QStringLiteral("import sys, platform, sysconfig; "
                       "print(platform.python_implementation() + ' %d.%d' % sys.version_info[:2] "
                       "+ (sysconfig.get_config_var('Py_GIL_DISABLED') and 't ' or ' ') "
                       "+ sys.executable)");
    std::vector<Python> found;
    for (const QString &candidate : candidates) {
        if (candidate.isEmpty() || !QFile::exists(candidate))
            continue;
        QProcess process;
        process.start(candidate, {QStringLiteral("-c"), question});
        if (!process.waitForFinished(30'000) || process.exitCode() != 0)
            continue;
        const QStringList answer =
            QString::fromUtf8(process.readAllStandardOutput()).trimmed().split(QLatin1Char(' '));
        if (answer.size() != 3 || answer[0] != QLatin1String("CPython"))
            continue;
        const Python python{answer[2], QVersionNumber::fromString(answer[1]),
                            answer[1].endsWith(QLatin1Char('t'))};
        const bool isKnown = std::any_of(found.begin(), found.end(), [&](const Python &other) {
            return other.label() == python.label();
        });
        if (!isKnown)
            found.push_back(python);
    }
    return found;
}

/// An event of a helper, and where it came from.
struct HelperEvent {
    Event event;
    pid_t pid = 0;
    pid_t tid = 0;
    std::uint32_t slot = 0;
};

/// What one program printed, returned and told.
struct Told {
    int exitCode = -1;
    QString output;
    std::vector<HelperEvent> events; ///< by time
    std::vector<Message> messages;
    std::vector<pid_t> pids; ///< of the message with the same index
    std::vector<std::uint32_t> slotNumbers; ///< the same
    std::uint32_t refused = 0;
    std::uint64_t dropped = 0;
    std::uint64_t corrupted = 0;

    /// Texts of the messages of one kind, in order.
    [[nodiscard]] QStringList texts(MessageKind kind, const char *key = nullptr) const
    {
        QStringList out;
        for (const Message &message : messages) {
            if (message.kind == kind && (!key || message.key == key))
                out.append(QString::fromStdString(message.text));
        }
        return out;
    }
    /// The first message of that kind with that text, or nullptr.
    [[nodiscard]] const Message *find(MessageKind kind, const char *text) const
    {
        for (const Message &message : messages) {
            if (message.kind == kind && message.text == text)
                return &message;
        }
        return nullptr;
    }
    [[nodiscard]] pid_t pidOf(const Message *message) const
    {
        return pids[std::size_t(message - messages.data())];
    }
    /// "Queued Begin Suspend:Yield ...": what happened to a task, in order. \param pid 0: any
    [[nodiscard]] QString storyOf(TaskId task, pid_t pid = 0) const
    {
        QStringList out;
        for (const HelperEvent &told : events) {
            if (told.event.task == task && (pid == 0 || told.pid == pid))
                out.append(described(told.event));
        }
        return out.join(QLatin1Char(' '));
    }
    /// The same of the waits, acquisitions and releases of the program's threads.
    [[nodiscard]] QString waits() const
    {
        QStringList out;
        for (const HelperEvent &told : events) {
            if (told.event.task == kNoTask)
                out.append(described(told.event));
        }
        return out.join(QLatin1Char(' '));
    }
    /// The event of that kind of a task, or nullptr.
    [[nodiscard]] const HelperEvent *find(TaskId task, EventKind kind) const
    {
        for (const HelperEvent &told : events) {
            if (told.event.task == task && told.event.kind == kind)
                return &told;
        }
        return nullptr;
    }

    static QString described(const Event &event)
    {
        static const char *const kinds[kEventKindCount] = {
            "None",    "Queued", "Begin",     "End",    "Chain",   "Suspend", "Resume", "Wait",
            "WaitEnd", "Mark",   "Cancelled", "Failed", "Acquire", "Release", "Counter"};
        static const char *const reasons[kWaitReasonCount] = {
            "None",      "Sleep",      "Lock",       "Io",    "Child", "Join",
            "Condition", "Semaphore",  "Barrier",    "Queue", "Idle",  "Yield",
            "Await",     "GlobalLock", "Connection", "Event", "Futex", "Poll"};
        QString out = QString::fromLatin1(kinds[std::uint8_t(event.kind)]);
        if (event.kind == EventKind::Wait || event.kind == EventKind::Suspend) {
            const std::uint8_t reason = event.reason & ~kTimedWaitFlag;
            out += QLatin1Char(':')
                + QLatin1String(reason < kWaitReasonCount ? reasons[reason] : "unknown");
            if ((event.reason & kTimedWaitFlag) != 0)
                out += QLatin1Char('!');
        }
        return out;
    }
};

/// Starts programs in real Pythons as Interleave does, and hears what the helper tells.
class HelpedPython
{
public:
    explicit HelpedPython(const QString &program)
        : m_program(program)
    {
        // A copy, as Interleave makes one: Python leaves its bytecode beside.
        QDir().mkpath(helperFolder());
        const QDir source(qEnvironmentVariable("INTERLEAVE_SOURCE_DIR")
                          + QStringLiteral("/resources/python"));
        for (const QString &name : source.entryList({QStringLiteral("*.py")}, QDir::Files))
            QFile::copy(source.filePath(name), helperFolder() + QLatin1Char('/') + name);
    }

    std::uint32_t flags = 0; ///< of the board
    QStringList options; ///< of Python, before the script
    QStringList furtherPaths; ///< on PYTHONPATH, also without the helper
    bool isBoardFull = false;

    /// Where a script's own modules may be put.
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString helperFolder() const
    {
        return m_folder.filePath(QStringLiteral("helper"));
    }
    void write(const QString &name, const char *text) const
    {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("%s cannot be written", qPrintable(path));
        file.write(text);
    }

    /// Runs a script with the helper.
    [[nodiscard]] Told run(const char *script) const
    {
        auto board = HelperBoard::create(flags);
        auto rings = SharedRings::create(
            {HelperBoard::kSlots * HelperBoard::kRingsPerSlot, 8192, 1}, TickSource::Monotonic);
        if (!board || !rings)
            qFatal("no shared memory");
        if (isBoardFull)
            fill(board.value().fd());
        QProcessEnvironment environment = bareEnvironment();
        QStringList paths = furtherPaths;
        paths.prepend(helperFolder());
        environment.insert(QStringLiteral("PYTHONPATH"), paths.join(QLatin1Char(':')));
        const QString pid = QString::number(::getpid());
        environment.insert(QStringLiteral("INTERLEAVE_HELPER"),
                           QStringLiteral("/proc/%1/fd/%2:/proc/%1/fd/%3")
                               .arg(pid, QString::number(board.value().fd()),
                                    QString::number(rings.value().fd())));
        Told told = runIn(environment, script);
        hear(board.value(), rings.value(), told);
        return told;
    }
    /// Runs it as it is.
    [[nodiscard]] Told runBare(const char *script) const
    {
        QProcessEnvironment environment = bareEnvironment();
        if (!furtherPaths.isEmpty())
            environment.insert(QStringLiteral("PYTHONPATH"), furtherPaths.join(QLatin1Char(':')));
        return runIn(environment, script);
    }

private:
    [[nodiscard]] static QProcessEnvironment bareEnvironment()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("PYTHONPATH"));
        environment.remove(QStringLiteral("INTERLEAVE_HELPER"));
        return environment;
    }
    [[nodiscard]] Told runIn(const QProcessEnvironment &environment, const char *script) const
    {
        write(QStringLiteral("script.py"), script);
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setWorkingDirectory(m_folder.path());
        process.start(m_program, options + QStringList{QStringLiteral("script.py")});
        Told told;
        if (process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit)
            told.exitCode = process.exitCode();
        told.output = QString::fromUtf8(process.readAll());
        return told;
    }
    /// As if 256 processes had taken the slots.
    static void fill(int board)
    {
        for (std::uint32_t slot = 0; slot < HelperBoard::kSlots; ++slot) {
            const std::int32_t stateAndPid[2] = {1, 1};
            if (::pwrite(board, stateAndPid, sizeof stateAndPid,
                         off_t(4096 + sizeof(HelperSlot) * slot + 128))
                < 0)
                qFatal("the board cannot be written");
        }
    }
    static void hear(HelperBoard &board, const SharedRings &rings, Told &told)
    {
        std::vector<HelperBoard::Line> lines;
        board.drain(lines);
        for (const HelperBoard::Line &line : lines) {
            const auto message = parseMessage(line.text);
            if (!message)
                qFatal("not a message: %s", line.text.c_str());
            told.messages.push_back(*message);
            told.pids.push_back(line.pid);
            told.slotNumbers.push_back(line.slot);
        }
        RingReader reader(rings);
        const TimestampNs now = monotonicNow();
        std::vector<Event> events;
        std::vector<RingReader::DrainedRing> drained;
        reader.drain(now, std::uint64_t(now), events, drained);
        for (const RingReader::DrainedRing &ring : drained) {
            for (std::size_t i = ring.first; i < ring.first + ring.count; ++i) {
                told.events.push_back(
                    {events[i], ring.pid, ring.tid, ring.ring / HelperBoard::kRingsPerSlot});
            }
        }
        std::stable_sort(told.events.begin(), told.events.end(),
                         [](const HelperEvent &a, const HelperEvent &b) {
                             return a.event.ticks < b.event.ticks;
                         });
        told.refused = board.refusedProcesses();
        told.dropped = reader.droppedEvents();
        told.corrupted = reader.corruptedEvents();
    }

    QString m_program;
    QTemporaryDir m_folder;
};

} // namespace Interleave::Support
