// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandadvice.h"

#include "core/taskset/commandspec.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QSet>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(CommandAdvice)
};

/// Of a folder with more entries the rest is not looked at.
constexpr int kMostEntries = 50'000;

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t';
}

QDir startOf(const QString &folder)
{
    return QDir(folder.isEmpty() ? QDir::currentPath() : folder);
}

/// Calls `take` with the name and the path of each entry whose name begins so.
template<typename Take>
void forEachEntry(const QString &folder, const QString &beginning, Take take)
{
    QDir::Filters filters = QDir::Dirs | QDir::Files | QDir::NoDotAndDotDot;
    if (beginning.startsWith(u'.'))
        filters |= QDir::Hidden;
    QDirIterator entries(folder, filters);
    for (int i = 0; i < kMostEntries && entries.hasNext(); ++i) {
        const QString path = entries.next();
        const QString name = entries.fileName();
        if (name.startsWith(beginning))
            take(name, path);
    }
}

QStringList shortened(const QSet<QString> &found)
{
    QStringList words(found.begin(), found.end());
    words.sort();
    return words.mid(0, kMostCompletions);
}

QStringList programsNamed(const QString &beginning)
{
    QSet<QString> found;
    const QStringList folders = qEnvironmentVariable("PATH").split(u':', Qt::SkipEmptyParts);
    for (const QString &folder : folders) {
        forEachEntry(folder, beginning, [&](const QString &name, const QString &path) {
            const QFileInfo file(path);
            if (!file.isDir() && file.isExecutable())
                found.insert(name);
        });
    }
    return shortened(found);
}

QStringList pathsNamed(const LastWord &word, const QString &folder)
{
    const qsizetype slash = word.text.lastIndexOf(u'/');
    const QString head = word.text.left(slash + 1);
    QString place = head;
    if (head.startsWith(QLatin1String("~/")))
        place.replace(0, 1, QDir::homePath());
    const QString where =
        head.isEmpty() ? startOf(folder).path() : startOf(folder).absoluteFilePath(place);
    QSet<QString> found;
    forEachEntry(where, word.text.mid(slash + 1), [&](const QString &name, const QString &path) {
        const QFileInfo file(path);
        if (file.isDir())
            found.insert(head + name + u'/');
        else if (!word.isProgram || file.isExecutable())
            found.insert(head + name);
    });
    return shortened(found);
}

CommandVerdict fault(const QString &sentence)
{
    return {sentence, true};
}

QString messageOf(const Error &error)
{
    return QString::fromStdString(error.message);
}

} // namespace

LastWord lastWordOf(const QString &line)
{
    LastWord word;
    bool hasBegun = false;
    QChar quote; // the one that is open
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (quote.isNull() && isBlank(c)) {
            if (hasBegun)
                word.isProgram = false;
            hasBegun = false;
            word.text.clear();
            continue;
        }
        if (!hasBegun) {
            hasBegun = true;
            word.start = i;
        }
        if (c == quote)
            quote = QChar();
        else if (quote.isNull() && (c == u'\'' || c == u'"'))
            quote = c;
        else if (c == u'\\' && quote != u'\'' && i + 1 < line.size())
            word.text += line[++i];
        else
            word.text += c;
    }
    if (!hasBegun)
        word.start = line.size();
    return word;
}

QString quotedWord(const QString &word)
{
    const QString home = QStringLiteral("~/");
    if (!word.startsWith(home))
        return joinCommandLine({word});
    const QString rest = word.mid(home.size());
    return rest.isEmpty() ? home : home + joinCommandLine({rest});
}

QStringList completionsOf(const QString &line, const QString &folder)
{
    const LastWord word = lastWordOf(line);
    if (word.text.isEmpty())
        return {};
    return word.isProgram && !word.text.contains(u'/') ? programsNamed(word.text)
                                                       : pathsNamed(word, folder);
}

CommandVerdict verdictOn(const QString &line, const QString &folder, const QString &inputFile)
{
    const Result<QStringList> words = splitCommandLine(line);
    if (!words)
        return fault(messageOf(words.error()));
    if (words.value().isEmpty()) {
        return {Texts::tr("Type a program and its arguments, or drop a script on this window. No "
                          "shell is started."),
                false};
    }
    if (!folder.isEmpty() && !QFileInfo(folder).isDir())
        return fault(Texts::tr("There is no folder %1.").arg(folder));
    const Result<QString> program = findProgram(words.value().front(), folder);
    if (!program)
        return fault(messageOf(program.error()));
    if (!inputFile.isEmpty()) {
        const QFileInfo input(startOf(folder).absoluteFilePath(inputFile));
        if (input.isDir() || !input.isReadable())
            return fault(Texts::tr("%1 cannot be read: choose another file as the standard input.")
                             .arg(inputFile));
    }
    const qsizetype arguments = words.value().size() - 1;
    if (arguments == 0)
        return {Texts::tr("Starts %1 without arguments.").arg(program.value()), false};
    return {arguments == 1 ? Texts::tr("Starts %1 with 1 argument.").arg(program.value())
                           : Texts::tr("Starts %1 with %2 arguments.")
                                 .arg(program.value(), QString::number(arguments)),
            false};
}

} // namespace Interleave
