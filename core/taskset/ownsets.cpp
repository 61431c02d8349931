// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/ownsets.h"

#include "core/taskset/filechecker.h"

#include <QByteArrayList>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// What has no title of its own is called as its file.
TaskSet unusable(const QString &path, const QString &fault)
{
    TaskSet set;
    set.path = path;
    set.fault = fault;
    set.title = QFileInfo(path).fileName();
    set.group = ownGroup();
    set.summary = u"not usable"_s;
    set.look = fault;
    return set;
}

Result<QByteArray> bytesOf(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        return Error{ErrorCode::NotFound, u"there is no file %1"_s.arg(path).toStdString()};
    if (!info.isFile()) // a pipe would never end
        return Error{ErrorCode::BadInput,
                     u"%1 is not a file; a task-set file is expected"_s.arg(path).toStdString()};
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::Io,
                     u"%1 cannot be read: %2"_s.arg(path, file.errorString()).toStdString()};
    return file.read(FileChecker::kLargestFile + 1);
}

Result<TaskSet> readNamed(const QString &path, const QString &name, const Catalogue &catalogue)
{
    const Result<QByteArray> bytes = bytesOf(path);
    if (!bytes)
        return bytes.error();
    Result<TaskSet> set = parseOwnTaskSet(bytes.value(), name, catalogue);
    if (set)
        set.value().path = QFileInfo(path).absoluteFilePath();
    return set;
}

/// The files, each once: a file of the folder may also have been opened by its own path.
QStringList pathsOf(const QString &folder, const QStringList &files)
{
    QFileInfoList infos;
    if (!folder.isEmpty()) // to QDir that would be the current one
        infos = QDir(folder).entryInfoList({u"*.json"_s}, QDir::Files, QDir::Name);
    for (const QString &file : files)
        infos.append(QFileInfo(file));
    QStringList paths;
    QStringList seen;
    for (const QFileInfo &info : std::as_const(infos)) {
        const QString canonical = info.canonicalFilePath();
        if (!info.isFile() || seen.contains(canonical))
            continue;
        seen.append(canonical);
        paths.append(info.absoluteFilePath());
    }
    return paths;
}

/// A slug that no other of the sets has.
QString freeSlug(const QString &slug, const std::vector<TaskSet> &sets)
{
    const auto isTaken = [&](const QString &name) {
        return std::any_of(sets.begin(), sets.end(),
                           [&](const TaskSet &set) { return set.slug == name; });
    };
    QString word = slug;
    for (int i = 2; isTaken(word); ++i)
        word = u"%1-%2"_s.arg(slug, QString::number(i));
    return word;
}

/// A member of an object as one line of a file.
QByteArray line(const QByteArray &indent, const QString &key, const QJsonValue &value)
{
    const auto text = [](const QJsonValue &of) {
        return QJsonDocument(QJsonArray{of}).toJson(QJsonDocument::Compact).chopped(1).mid(1);
    };
    return indent + text(key) + ": " + text(value);
}

} // namespace

QString ownGroup()
{
    return u"Mine"_s;
}

QString ownSlug(const QString &title)
{
    QString slug;
    bool isBetweenWords = false;
    const QString letters = title.normalized(QString::NormalizationForm_KD).toLower();
    for (const QChar c : letters) {
        const bool isKept = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
        if (isKept) {
            if (isBetweenWords && !slug.isEmpty())
                slug += u'-';
            slug += c;
        }
        if (!c.isMark()) // an accent parts no words
            isBetweenWords = !isKept;
    }
    if (slug.isEmpty()) { // a title in another script
        slug = QString::fromLatin1(
            QCryptographicHash::hash(title.toUtf8(), QCryptographicHash::Sha1).toHex().left(8));
    }
    return u"mine/"_s + slug;
}

QString derivedSummary(const TaskSet &builtIn)
{
    return u"based on %1"_s.arg(builtIn.title);
}

Result<TaskSet> readOwnTaskSet(const QString &path, const Catalogue &catalogue)
{
    return readNamed(path, path, catalogue);
}

std::vector<TaskSet> readOwnTaskSets(const QString &folder, const QStringList &files,
                                     const Catalogue &catalogue)
{
    std::vector<TaskSet> sets;
    std::vector<TaskSet> rest;
    const QStringList paths = pathsOf(folder, files);
    const auto isElsewhere = [&](const QString &path) {
        return QFileInfo(path).absolutePath() != QFileInfo(folder).absoluteFilePath();
    };
    for (const QString &path : paths) {
        const QString name = QFileInfo(path).fileName();
        Result<TaskSet> read = readNamed(path, name, catalogue);
        if (!read) {
            rest.push_back(unusable(path, QString::fromStdString(read.error().message)));
            continue;
        }
        TaskSet set = std::move(read).value();
        set.isLinked = isElsewhere(path);
        const auto twin = std::find_if(
            sets.begin(), sets.end(), [&](const TaskSet &other) { return other.slug == set.slug; });
        if (twin == sets.end())
            sets.push_back(std::move(set));
        else
            rest.push_back(unusable(
                path,
                u"%1: the set of %2 is called %3 too; give one of them another title"_s.arg(
                    name, twin->path, set.slug)));
    }
    std::stable_sort(sets.begin(), sets.end(), [](const TaskSet &a, const TaskSet &b) {
        return a.title.compare(b.title, Qt::CaseInsensitive) < 0;
    });
    for (TaskSet &set : rest) {
        set.isLinked = isElsewhere(set.path);
        set.slug = freeSlug(ownSlug(set.title), sets);
        sets.push_back(std::move(set));
    }
    return sets;
}

QByteArray ownTaskSetJson(const TaskSet &set, const TaskSet &builtIn, const QString &title,
                          const QString &model, const QJsonObject &params)
{
    const QByteArray indent(4, ' ');
    QByteArrayList lines{
        line(indent, u"schema"_s, u"interleave.taskset/1"_s),
        line(indent, u"based_on"_s, builtIn.slug),
        line(indent, u"title"_s, title),
    };
    const std::pair<QString, QString TaskSet::*> texts[] = {
        {u"summary"_s, &TaskSet::summary},
        {u"look"_s, &TaskSet::look},
        {u"question"_s, &TaskSet::question},
        {u"answer"_s, &TaskSet::answer},
    };
    for (const auto &[key, member] : texts) {
        // What is as in the built-in set stays that set's, also when a later version words it better.
        const QString text = set.*member;
        if (text != builtIn.*member && !text.isEmpty() && text != derivedSummary(builtIn))
            lines.append(line(indent, key, text));
    }
    lines.append(line(indent, u"model"_s, model));
    QByteArrayList values;
    for (const Parameter &parameter : builtIn.parameters) {
        if (params.contains(parameter.name))
            values.append(line(indent + indent, parameter.name, params.value(parameter.name)));
    }
    const QByteArray inner =
        values.isEmpty() ? QByteArray("{}") : "{\n" + values.join(",\n") + '\n' + indent + '}';
    lines.append(indent + "\"params\": " + inner);
    return "{\n" + lines.join(",\n") + "\n}\n";
}

Result<void> checkRunnable(const TaskSet &set)
{
    if (!set.fault.isEmpty())
        return Error{ErrorCode::BadInput, set.fault.toStdString()};
    if (set.command && set.id.isEmpty()) // no built-in set: its words are a file's
        return Error{
            ErrorCode::Failed,
            u"\"%1\" would start the command %2, and a file does not run commands unasked: "
            u"start it in the window, which asks first, or with: interleave record -- %2"_s
                .arg(set.title, FileChecker::printable(set.command->text()))
                .toStdString()};
    return {};
}

} // namespace Interleave
