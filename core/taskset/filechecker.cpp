// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/filechecker.h"

#include "core/taskset/taskset.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <cmath>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

using Kind = FileKey::Kind;

QString typeWord(QJsonValue::Type type)
{
    switch (type) {
    case QJsonValue::Null:
        return u"null"_s;
    case QJsonValue::Bool:
        return u"true or false"_s;
    case QJsonValue::Double:
        return u"a number"_s;
    case QJsonValue::String:
        return u"a text"_s;
    case QJsonValue::Array:
        return u"a list"_s;
    case QJsonValue::Object:
        return u"an object"_s;
    case QJsonValue::Undefined:
        break;
    }
    return u"nothing"_s;
}

QString numberText(double number)
{
    return QString::number(number, 'g', 16);
}

bool isWhole(const QString &text, QLatin1StringView pattern)
{
    const QString anchored = QRegularExpression::anchoredPattern(QString(pattern));
    return QRegularExpression(anchored).match(text).hasMatch();
}

/// "integer, real, boolean, choice or text"
QString choiceOf(const std::vector<FileForm> &forms)
{
    QString words;
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const bool isLast = i + 1 == forms.size();
        words += i == 0 ? QString() : isLast ? u" or "_s : u", "_s;
        words += forms[i].name;
    }
    return words;
}

} // namespace

FileChecker::FileChecker(const QByteArray &json, QString fileName)
    : m_fileName(std::move(fileName))
{
    if (json.size() > kLargestFile) {
        failAt(1, u"the file is too large for a task set"_s);
        return;
    }
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        failAt(JsonLines::lineAt(json, parseError.offset),
               u"this is not JSON: %1"_s.arg(parseError.errorString()));
        return;
    }
    m_lines.emplace(json);
    if (!document.isObject()) {
        failAt(1, u"a task set is an object, { ... }"_s);
        return;
    }
    m_object = document.object();
    if (!m_lines->duplicate().isNull()) {
        failAt(m_lines->duplicateLine(),
               u"\"%1\" stands here a second time"_s.arg(JsonLines::shown(m_lines->duplicate())));
    }
}

void FileChecker::failAt(int line, const QString &sentence)
{
    if (m_error)
        return;
    const QString where = u"%1, line %2: "_s.arg(m_fileName, QString::number(line));
    m_error = Error{ErrorCode::BadInput, printable(where + sentence).toStdString()};
}

QString FileChecker::printable(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = QChar(QChar::ReplacementCharacter);
    }
    return text;
}

void FileChecker::fail(const QString &path, const QString &sentence)
{
    const QString shown = JsonLines::shown(path);
    failAt(m_lines ? m_lines->lineOf(path) : 1,
           shown.isEmpty() ? sentence : QString(u'"' + shown + u"\" "_s + sentence));
}

void FileChecker::check(const QJsonObject &object, const QString &path, const FileForm &form)
{
    // First what decides on the rest: a file of another kind has other keys throughout.
    for (const FileKey &key : form.keys) {
        if (key.kind == Kind::Word && object.contains(key.name))
            checkText(object.value(key.name), JsonLines::member(path, key.name), key);
    }
    checkNames(object, path, form);
    for (const FileKey &key : form.keys) {
        if (object.contains(key.name))
            checkValue(object.value(key.name), JsonLines::member(path, key.name), key);
    }
}

void FileChecker::checkNames(const QJsonObject &object, const QString &path, const FileForm &form)
{
    const QStringList known = form.names();
    const QStringList keys = object.keys();
    for (const QString &key : keys) {
        if (!known.contains(key))
            fail(JsonLines::member(path, key),
                 u"is not a key of this format; nearest: %1"_s.arg(
                     nearest(key, known).join(u", "_s)));
    }
    for (const FileKey &key : form.keys) {
        if (key.isNeeded && !object.contains(key.name))
            fail(path, u"lacks the key \"%1\""_s.arg(key.name));
    }
}

void FileChecker::checkValue(const QJsonValue &value, const QString &path, const FileKey &key)
{
    switch (key.kind) {
    case Kind::Word:
    case Kind::Text:
        checkText(value, path, key);
        break;
    case Kind::AnyText:
        isType(value, path, QJsonValue::String);
        break;
    case Kind::Boolean:
        isType(value, path, QJsonValue::Bool);
        break;
    case Kind::Number:
    case Kind::Whole:
        checkNumber(value, path, key);
        break;
    case Kind::Names:
    case Kind::Models:
        checkList(value, path, key);
        break;
    case Kind::Command:
        checkCommand(value, path);
        break;
    case Kind::Program:
        if (isType(value, path, QJsonValue::Object))
            check(value.toObject(), path, programForm());
        break;
    case Kind::Parameters:
        checkParameters(value, path);
        break;
    case Kind::Prediction:
        checkChosen(value, path, predictionForms(), "kind"_L1);
        break;
    case Kind::Values:
    case Kind::Texts:
        checkMembers(value, path, key);
        break;
    }
}

bool FileChecker::isType(const QJsonValue &value, const QString &path, QJsonValue::Type type)
{
    if (value.type() == type)
        return true;
    fail(path, u"must be %1, not %2"_s.arg(typeWord(type), typeWord(value.type())));
    return false;
}

void FileChecker::checkText(const QJsonValue &value, const QString &path, const FileKey &key)
{
    if (!isType(value, path, QJsonValue::String))
        return;
    const QString text = value.toString();
    if (text.trimmed().isEmpty())
        fail(path, u"must not be empty"_s);
    else if (key.kind == Kind::Word && text != key.expected)
        fail(path, u"must be \"%1\", not \"%2\""_s.arg(key.expected, text));
    else if (!key.pattern.isEmpty() && !isWhole(text, key.pattern))
        fail(path, u"must be %1, not \"%2\""_s.arg(key.expected, text.left(100)));
}

void FileChecker::checkNumber(const QJsonValue &value, const QString &path, const FileKey &key)
{
    if (!isType(value, path, QJsonValue::Double))
        return;
    const double number = value.toDouble();
    if (key.kind == Kind::Whole && number != std::floor(number))
        fail(path, u"must be a whole number, not %1"_s.arg(numberText(number)));
    else if (key.hasLimits && (number < key.least || number > key.most))
        fail(path,
             u"must be from %1 to %2, not %3"_s.arg(numberText(key.least), numberText(key.most),
                                                    numberText(number)));
}

void FileChecker::checkList(const QJsonValue &value, const QString &path, const FileKey &key)
{
    const QJsonArray array = value.toArray();
    if (!value.isArray() || array.size() < int(key.least)) {
        fail(path,
             u"must be a list of %1 or more texts"_s.arg(key.least > 1 ? u"two"_s : u"one"_s));
        return;
    }
    QStringList texts;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString at = JsonLines::member(path, QString::number(i));
        const QString text = array[i].toString();
        if (!isType(array[i], at, QJsonValue::String))
            return;
        if (text.isEmpty())
            fail(at, u"must not be empty"_s);
        else if (texts.contains(text))
            fail(at, u"names \"%1\" a second time"_s.arg(text));
        else if (!key.pattern.isEmpty() && !isWhole(text, key.pattern))
            fail(at, u"must be %1, not \"%2\""_s.arg(key.expected, text.left(100)));
        else if (key.kind == Kind::Models && !modelsOfFiles().contains(text))
            fail(
                at,
                u"names no model: \"%1\"; known are %2"_s.arg(text, modelsOfFiles().join(u", "_s)));
        texts.append(text);
    }
}

void FileChecker::checkCommand(const QJsonValue &value, const QString &path)
{
    const QJsonArray array = value.toArray();
    if (!value.isArray() || array.isEmpty()) {
        fail(path, u"must be a list: the program, then its arguments"_s);
        return;
    }
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString at = JsonLines::member(path, QString::number(i));
        if (!isType(array[i], at, QJsonValue::String))
            return;
        if (array[i].toString().contains(QChar(QChar::Null)))
            fail(at, u"must not hold the character U+0000"_s);
    }
    if (array[0].toString().isEmpty())
        fail(JsonLines::member(path, u"0"_s), u"must name a program"_s);
}

void FileChecker::checkChosen(const QJsonValue &value, const QString &path,
                              const std::vector<FileForm> &forms, QLatin1StringView chooser)
{
    if (!isType(value, path, QJsonValue::Object))
        return;
    const QJsonObject object = value.toObject();
    const QString at = JsonLines::member(path, chooser);
    if (!object.contains(chooser)) {
        fail(path, u"lacks the key \"%1\""_s.arg(chooser));
        return;
    }
    if (!isType(object.value(chooser), at, QJsonValue::String))
        return;
    const QString word = object.value(chooser).toString();
    if (const FileForm *form = formNamed(forms, word))
        check(object, path, *form);
    else
        fail(at, u"must be %1, not \"%2\""_s.arg(choiceOf(forms), word));
}

void FileChecker::checkParameters(const QJsonValue &value, const QString &path)
{
    if (!isType(value, path, QJsonValue::Array))
        return;
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size() && !hasFailed(); ++i)
        checkChosen(array[i], JsonLines::member(path, QString::number(i)), parameterForms(),
                    "type"_L1);
}

void FileChecker::checkMembers(const QJsonValue &value, const QString &path, const FileKey &key)
{
    if (!isType(value, path, QJsonValue::Object))
        return;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString at = JsonLines::member(path, it.key());
        const QJsonValue member = it.value();
        if (!key.pattern.isEmpty() && !isWhole(it.key(), key.pattern))
            fail(at, u"must be named by %1"_s.arg(key.expected));
        if (key.kind == Kind::Texts)
            isType(member, at, QJsonValue::String);
        else if (!member.isDouble() && !member.isBool() && !member.isString())
            fail(at,
                 u"must be a number, true or false, or a text, not %1"_s.arg(
                     typeWord(member.type())));
    }
}

} // namespace Interleave
