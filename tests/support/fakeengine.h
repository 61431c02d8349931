// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

namespace Interleave
{

/// A shell script in the place of the engine: it has the control pipe at 3, the messages at 4.
class FakeEngine
{
public:
    /// Says that it is ready, with 100 units per ms, and takes its run.
    static constexpr const char *kGetReady =
        "printf 'ready\\t0\\t0\\t100\\t0\\t\\t\\n' >&4\nread spec <&3\n";

    explicit FakeEngine(const QByteArray &script)
    {
        QFile file(path());
        if (!file.open(QIODevice::WriteOnly)
            || file.write("#!/bin/sh\n" + script) != script.size() + 10)
            qFatal("no script");
        file.close();
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner
                            | QFileDevice::ExeOwner);
    }

    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString path() const
    {
        return m_folder.filePath(QStringLiteral("interleave-engine"));
    }
    /// What the script wrote into the file "$0.note", once that has a whole line.
    [[nodiscard]] QByteArray note() const
    {
        QFile file(path() + QStringLiteral(".note"));
        const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        return text.endsWith('\n') ? text.chopped(1) : QByteArray();
    }

private:
    QTemporaryDir m_folder;
};

} // namespace Interleave
