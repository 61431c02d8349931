// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <csignal>

#include <unistd.h>

namespace RealProgram
{

// The real program, as a person at a terminal starts it.

using namespace Qt::StringLiterals;

constexpr int kPatienceMs = 90'000; ///< for a comparison of all models, with sanitizers too

struct Output {
    int code = -1; ///< -2: it crashed
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QJsonObject command() const { return json().value("command"_L1).toObject(); }
};

inline QString program()
{
    return qEnvironmentVariable("INTERLEAVE_BIN") + u"/interleave"_s;
}

inline Output outputOf(QProcess &process)
{
    Output result;
    if (!process.waitForFinished(kPatienceMs))
        return result;
    result.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

inline Output interleave(const QStringList &words, const QByteArray &input = {})
{
    QProcess process;
    process.start(program(), words);
    if (process.waitForStarted()) {
        process.write(input);
        process.closeWriteChannel();
    }
    return outputOf(process);
}

/// "run primes --json" as the shell takes it apart.
inline QStringList words(const char *line)
{
    return QString::fromUtf8(line).split(u' ');
}

inline QStringList shell(const QString &script)
{
    return {u"--"_s, u"sh"_s, u"-c"_s, script};
}

/// Starts it in a process group of its own, as a shell does with what it runs in the foreground: also
/// where the test itself was started with signals ignored, as in the background.
inline void startInGroup(QProcess &process, const QStringList &words)
{
    process.setChildProcessModifier([] {
        ::setpgid(0, 0);
        for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP})
            ::signal(signal, SIG_DFL);
    });
    process.start(program(), words);
}

/// Reads standard output until it holds `text`.
inline bool waitForOutput(QProcess &process, const QByteArray &text)
{
    QByteArray all;
    while (!all.contains(text)) {
        if (!process.waitForReadyRead(kPatienceMs))
            return false;
        all += process.readAllStandardOutput();
    }
    return true;
}

inline QString sourceHere()
{
    static const QString source =
        interleave({u"doctor"_s, u"--json"_s}).json().value("source"_L1).toString();
    return source;
}

} // namespace RealProgram
