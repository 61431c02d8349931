// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commandspec.h"

#include "core/taskset/commandbytes.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonValue>

#include <algorithm>
#include <iterator>
#include <optional>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr QLatin1String kWithheld("=...");

Error badInput(const QString &sentence)
{
    return {ErrorCode::BadInput, sentence.toStdString()};
}

/// Whether a variable's name speaks of a secret: "API_KEY", "db_password".
bool isSecret(const QString &name)
{
    static const char *const words[] = {"TOKEN", "PASSWORD", "SECRET", "KEY"};
    return std::any_of(std::begin(words), std::end(words), [&](const char *word) {
        return name.contains(QLatin1String(word), Qt::CaseInsensitive);
    });
}

QString withoutSecret(const QString &entry)
{
    const qsizetype equals = entry.indexOf(u'=');
    if (equals < 0 || !isSecret(entry.left(equals)))
        return entry;
    return entry.left(equals) + kWithheld;
}

bool isWithheld(const QString &entry)
{
    return entry.endsWith(kWithheld) && isSecret(entry.left(entry.indexOf(u'=')));
}

Result<QStringList> readList(const QJsonObject &json, QLatin1String key)
{
    const QJsonValue value = json.value(key);
    if (value.isUndefined())
        return QStringList();
    const Error wrong = badInput(u"\"%1\" must be a list of texts"_s.arg(key));
    if (!value.isArray())
        return wrong;
    QStringList list;
    for (const auto &entry : value.toArray()) {
        if (!entry.isString())
            return wrong;
        if (entry.toString().contains(QChar::Null))
            return badInput(
                u"\"%1\" holds a NUL character, which no program can be given"_s.arg(key));
        list.append(entry.toString());
    }
    return list;
}

Result<QString> readText(const QJsonObject &json, QLatin1String key)
{
    const QJsonValue value = json.value(key);
    if (value.isUndefined())
        return QString();
    if (!value.isString() || value.toString().contains(QChar::Null))
        return badInput(u"\"%1\" must be a text"_s.arg(key));
    return value.toString();
}

Result<bool> readBool(const QJsonObject &json, QLatin1String key, bool otherwise)
{
    const QJsonValue value = json.value(key);
    if (value.isUndefined())
        return otherwise;
    if (!value.isBool())
        return badInput(u"\"%1\" must be true or false"_s.arg(key));
    return value.toBool();
}

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t' || c == u'\n' || c == u'\r';
}

/// Reads a typed line from left to right, as sh(1) cuts it into words.
class WordCutter
{
public:
    explicit WordCutter(const QString &line)
        : m_line(line)
    {
    }

    Result<QStringList> cut()
    {
        for (; m_at < m_line.size(); ++m_at) {
            const QChar c = m_line[m_at];
            Result<void> taken;
            if (isBlank(c))
                endWord();
            else if (c == u'\\')
                taken = takeEscaped();
            else if (c == u'\'')
                taken = takeSingleQuoted();
            else if (c == u'"')
                taken = takeDoubleQuoted();
            else if (u"|&;<>`"_s.contains(c))
                taken = refuseShell(c);
            else
                takePlain(c);
            if (!taken)
                return taken.error();
        }
        endWord();
        return m_words;
    }

private:
    [[nodiscard]] QString column(qsizetype at) const { return u"column %1: "_s.arg(at + 1); }

    void begin()
    {
        if (!m_word)
            m_word = QString();
    }
    void endWord()
    {
        if (m_word)
            m_words.append(*m_word);
        m_word.reset();
    }

    void takePlain(QChar c)
    {
        const bool isHome = c == u'~' && !m_word
            && (m_at + 1 == m_line.size() || isBlank(m_line[m_at + 1]) || m_line[m_at + 1] == u'/');
        begin();
        *m_word += isHome ? QDir::homePath() : QString(c);
    }

    Result<void> takeEscaped()
    {
        if (m_at + 1 == m_line.size())
            return badInput(column(m_at)
                            + u"the line ends in a backslash: remove it, or write two"_s);
        ++m_at;
        if (m_line[m_at] != u'\n') { // a line that goes on
            begin();
            *m_word += m_line[m_at];
        }
        return {};
    }

    Result<void> takeSingleQuoted()
    {
        const qsizetype end = m_line.indexOf(u'\'', m_at + 1);
        if (end < 0)
            return badInput(column(m_at) + u"the ' has no second one: close it, or write \\'"_s);
        begin();
        *m_word += m_line.mid(m_at + 1, end - m_at - 1);
        m_at = end;
        return {};
    }

    Result<void> takeDoubleQuoted()
    {
        const qsizetype start = m_at;
        begin();
        for (++m_at; m_at < m_line.size(); ++m_at) {
            QChar c = m_line[m_at];
            if (c == u'"')
                return {};
            // Before anything else a backslash in double quotes is one.
            const bool isLast = m_at + 1 == m_line.size();
            if (c == u'\\' && !isLast && u"$`\"\\\n"_s.contains(m_line[m_at + 1])) {
                c = m_line[++m_at];
                if (c == u'\n')
                    continue;
            }
            *m_word += c;
        }
        return badInput(column(start) + u"the \" has no second one: close it, or write \\\""_s);
    }

    [[nodiscard]] Result<void> refuseShell(QChar c) const
    {
        const QString withShell = joinCommandLine({u"sh"_s, u"-c"_s, m_line});
        return badInput(column(m_at)
                        + u"%1 is for a shell, and none is started: quote it, or write %2"_s.arg(
                            QString(c), withShell));
    }

    const QString &m_line;
    qsizetype m_at = 0;
    std::optional<QString> m_word; ///< the one that has begun, be it empty: ''
    QStringList m_words;
};

bool needsQuotes(const QString &word)
{
    return word.isEmpty() || std::any_of(word.begin(), word.end(), [](QChar c) {
               return !c.isLetterOrNumber() && !u"_@%+=:,./-"_s.contains(c);
           });
}

/// The words with which an interpreter runs a script of this kind, by the end of its name.
QStringList interpreterFor(const QString &suffix)
{
    struct Kind {
        const char *suffix;
        const char *words;
    };
    static constexpr Kind kKinds[] = {
        {"py", "python3"}, {"sh", "sh"},   {"bash", "bash"}, {"js", "node"},       {"mjs", "node"},
        {"cjs", "node"},   {"rb", "ruby"}, {"pl", "perl"},   {"jar", "java -jar"},
    };
    for (const Kind &kind : kKinds) {
        if (suffix.compare(QLatin1String(kind.suffix), Qt::CaseInsensitive) == 0)
            return QString::fromLatin1(kind.words).split(u' ');
    }
    return {};
}

/// "#!/usr/bin/env python3" as the kernel takes it: the interpreter and at most one argument.
QStringList interpreterOf(const QString &path)
{
    constexpr qint64 kLongest = 256; // execve(2)
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.readLine(kLongest);
    if (!line.startsWith("#!"))
        return {};
    const QString rest = QString::fromLocal8Bit(line.mid(2)).trimmed();
    const QString interpreter = rest.section(u' ', 0, 0);
    const QString argument = rest.section(u' ', 1).trimmed();
    if (interpreter.isEmpty())
        return {};
    return argument.isEmpty() ? QStringList{interpreter} : QStringList{interpreter, argument};
}

/// Looks at a program that was named with its path.
Result<QString> checkedProgram(const QString &path)
{
    const QFileInfo file(path);
    if (!file.exists())
        return Error{ErrorCode::NotFound, u"there is no program %1"_s.arg(path).toStdString()};
    if (file.isDir())
        return badInput(u"%1 is a folder, not a program"_s.arg(path));
    if (file.isExecutable())
        return path;
    const auto words = commandForFile(path);
    return badInput(u"%1 is not executable: %2"_s.arg(
        path,
        words ? u"run it by its interpreter, %1"_s.arg(joinCommandLine(words.value()))
              : u"chmod +x makes it so, if it is a program"_s));
}

} // namespace

QString CommandSpec::text() const
{
    return joinCommandLine(words);
}

QJsonObject CommandSpec::toJson() const
{
    QStringList shown;
    for (const QString &entry : environment)
        shown.append(withoutSecret(entry));
    return {
        {u"words"_s, QJsonArray::fromStringList(readableTexts(words))},
        {u"folder"_s, folder},
        {u"environment"_s, QJsonArray::fromStringList(shown)},
        {u"input_file"_s, inputFile},
        {u"ask_python"_s, askPython},
        {u"show_locks"_s, showLocks},
        {u"follow"_s, follow},
    };
}

Result<CommandSpec> CommandSpec::fromJson(const QJsonObject &json)
{
    const auto words = readList(json, "words"_L1);
    if (!words)
        return words.error();
    if (words.value().isEmpty())
        return badInput(u"\"words\" must name a program"_s);
    const auto environment = readList(json, "environment"_L1);
    if (!environment)
        return environment.error();
    const auto folder = readText(json, "folder"_L1);
    if (!folder)
        return folder.error();
    const auto inputFile = readText(json, "input_file"_L1);
    if (!inputFile)
        return inputFile.error();
    CommandSpec spec;
    const auto askPython = readBool(json, "ask_python"_L1, spec.askPython);
    if (!askPython)
        return askPython.error();
    const auto showLocks = readBool(json, "show_locks"_L1, spec.showLocks);
    if (!showLocks)
        return showLocks.error();
    const auto follow = readBool(json, "follow"_L1, spec.follow);
    if (!follow)
        return follow.error();
    spec.words = words.value();
    spec.folder = folder.value();
    // A secret was not written down: its variable stays as it is here.
    for (const QString &entry : environment.value()) {
        if (!isWithheld(entry))
            spec.environment.append(entry);
    }
    spec.inputFile = inputFile.value();
    spec.askPython = askPython.value();
    spec.showLocks = showLocks.value();
    spec.follow = follow.value();
    return spec;
}

Result<QStringList> splitCommandLine(const QString &line)
{
    return WordCutter(line).cut();
}

QString joinCommandLine(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words) {
        QString inside = word;
        if (holdsRawBytes(word))
            inside = quotedBytes(word);
        else if (needsQuotes(word))
            inside = u'\'' + inside.replace(u"'"_s, u"'\\''"_s) + u'\'';
        quoted.append(inside);
    }
    return quoted.join(u' ');
}

Result<QString> findProgram(const QString &word, const QString &folder)
{
    if (word.isEmpty())
        return badInput(u"no program is given"_s);
    const QDir start(folder.isEmpty() ? QDir::currentPath() : folder);
    if (word.contains(u'/'))
        return checkedProgram(start.absoluteFilePath(word));
    const QString path = qEnvironmentVariableIsSet("PATH") ? QString::fromLocal8Bit(qgetenv("PATH"))
                                                           : u"/bin:/usr/bin"_s; // as execvp(3)
    for (const QString &entry : path.split(u':')) {
        // An empty entry is the current folder.
        const QString candidate = QDir(start.absoluteFilePath(entry)).absoluteFilePath(word);
        const QFileInfo file(candidate);
        if (file.isFile() && file.isExecutable())
            return candidate;
    }
    QString advice = u"check its name, or give its whole path"_s;
    const QString here = start.absoluteFilePath(word);
    if (QFileInfo(here).isFile()) {
        const auto words = commandForFile(here);
        advice = words ? u"the file of that name in the folder is run by %1"_s.arg(
                             joinCommandLine(words.value()))
                       : u"the file of that name in the folder is not executable"_s;
    }
    return Error{ErrorCode::NotFound,
                 u"there is no program %1 in PATH; %2"_s.arg(word, advice).toStdString()};
}

Result<QStringList> commandForFile(const QString &path)
{
    const QFileInfo file(path);
    const QString whole = file.absoluteFilePath();
    if (!file.exists())
        return Error{ErrorCode::NotFound, u"there is no file %1"_s.arg(whole).toStdString()};
    if (file.isDir())
        return badInput(u"%1 is a folder, not a program"_s.arg(whole));
    if (!file.isFile()) // to open a pipe waits for its other end, and a device may do anything
        return badInput(u"%1 is no file: a pipe or a device holds no program"_s.arg(whole));
    const bool isPython = file.suffix().compare("py"_L1, Qt::CaseInsensitive) == 0;
    if (file.isExecutable() && !isPython)
        return QStringList{whole};
    QStringList words = interpreterFor(file.suffix());
    if (words.isEmpty())
        words = interpreterOf(whole);
    if (words.isEmpty())
        return badInput(u"%1 is neither a script of a known kind nor executable: chmod +x makes it "
                        "so, if it is a program"_s.arg(whole));
    return words + QStringList{whole};
}

} // namespace Interleave
