// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/taskset/jsonlines.h"
#include "core/taskset/tasksetschema.h"

#include <QByteArray>
#include <QJsonObject>

#include <optional>

namespace Interleave
{

/// A task-set file while it is read: its object, and the first fault that was found in it.
///
/// Checks as a compiler does: what is unknown, missing, of the wrong type or out of its range is named
/// with its line, and nothing is guessed. After a fault everything goes on; later ones are not kept.
/// Members are named by their paths (JsonLines). Value. Errors: BadInput.
class FileChecker
{
public:
    /// Files beyond this are refused: a set of 4 KB is a long one, so it only bounds the harm.
    static constexpr qsizetype kLargestFile = 1 << 20;

    /// \param fileName  as messages shall name it.
    FileChecker(const QByteArray &json, QString fileName);

    /// The text with U+FFFD for what a terminal would take as a command: a file is not trusted.
    [[nodiscard]] static QString printable(QString text);

    [[nodiscard]] const QJsonObject &object() const { return m_object; } ///< empty: it is none
    [[nodiscard]] bool hasFailed() const { return m_error.has_value(); }
    [[nodiscard]] const Error &error() const { return *m_error; }
    /// Notes a fault of a member: "FILE, line N: "PATH" SENTENCE".
    void fail(const QString &path, const QString &sentence);
    /// Checks every key of an object. `path` is its own; that of the whole file is empty.
    void check(const QJsonObject &object, const QString &path, const FileForm &form);

private:
    void failAt(int line, const QString &sentence);
    void checkNames(const QJsonObject &object, const QString &path, const FileForm &form);
    void checkValue(const QJsonValue &value, const QString &path, const FileKey &key);
    void checkText(const QJsonValue &value, const QString &path, const FileKey &key);
    void checkNumber(const QJsonValue &value, const QString &path, const FileKey &key);
    void checkList(const QJsonValue &value, const QString &path, const FileKey &key);
    void checkCommand(const QJsonValue &value, const QString &path);
    void checkChosen(const QJsonValue &value, const QString &path,
                     const std::vector<FileForm> &forms, QLatin1StringView chooser);
    void checkParameters(const QJsonValue &value, const QString &path);
    void checkMembers(const QJsonValue &value, const QString &path, const FileKey &key);
    /// \return false, with a fault noted, when the value is of another type.
    bool isType(const QJsonValue &value, const QString &path, QJsonValue::Type type);

    QString m_fileName;
    QJsonObject m_object;
    std::optional<JsonLines> m_lines;
    std::optional<Error> m_error;
};

} // namespace Interleave
