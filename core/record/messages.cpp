// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/messages.h"

#include <array>
#include <cerrno>
#include <charconv>

#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr std::array<std::string_view, 13> kWords = {
    "ready",   "define", "line",    "result",      "outcome", "note",  "output",
    "started", "ended",  "process", "interpreter", "thread",  "object"};
static_assert(kWords.size() == std::size_t(MessageKind::Object) + 1);

void appendEscaped(std::string &out, std::string_view text)
{
    for (const char c : text) {
        switch (c) {
        case '\t':
            out += "\\t";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\\':
            out += "\\\\";
            break;
        default:
            out += c;
        }
    }
}

std::string unescaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
    }
    return out;
}

template<typename T>
bool parseNumber(std::string_view text, T &out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

} // namespace

std::string formatMessage(const Message &message)
{
    std::string line(kWords[std::size_t(message.kind)]);
    line += '\t' + std::to_string(message.task) + '\t' + std::to_string(message.cause) + '\t'
        + std::to_string(message.number) + '\t' + std::to_string(message.time) + '\t';
    appendEscaped(line, message.key);
    line += '\t';
    appendEscaped(line, message.text);
    if (line.size() > kLargestMessage - 1) {
        line.resize(kLargestMessage - 1);
        while (!line.empty() && line.back() == '\\') // half of an escape
            line.pop_back();
    }
    line += '\n';
    return line;
}

std::optional<Message> parseMessage(std::string_view line)
{
    std::array<std::string_view, 7> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos && i + 1 < fields.size())
            return std::nullopt;
        fields[i] = i + 1 < fields.size() ? line.substr(0, tab) : line;
        if (i + 1 < fields.size())
            line.remove_prefix(tab + 1);
    }
    Message message;
    std::size_t word = 0;
    while (word < kWords.size() && kWords[word] != fields[0])
        ++word;
    if (word == kWords.size() || !parseNumber(fields[1], message.task)
        || !parseNumber(fields[2], message.cause) || !parseNumber(fields[3], message.number)
        || !parseNumber(fields[4], message.time))
        return std::nullopt;
    message.kind = MessageKind(word);
    message.key = unescaped(fields[5]);
    message.text = unescaped(fields[6]);
    return message;
}

bool sendMessage(int fd, const Message &message)
{
    const std::string line = formatMessage(message);
    for (;;) {
        const ssize_t n = ::write(fd, line.data(), line.size());
        if (n == ssize_t(line.size()))
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        return false;
    }
}

} // namespace Interleave
