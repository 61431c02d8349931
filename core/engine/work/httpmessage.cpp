// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/httpmessage.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostLengthDigits = 18; // fits into 64 bits whatever they are

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lowered(x) == lowered(y); });
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Source: RFC 9110, section 5.6.2, tchar.
bool isTokenCharacter(char c)
{
    return isDigit(c) || (lowered(c) >= 'a' && lowered(c) <= 'z')
        || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// For a sentence: short, and nothing in it that does harm to a terminal.
std::string quoted(std::string_view text)
{
    std::string result = "'";
    for (const char c : text.substr(0, 60))
        result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return result + (text.size() > 60 ? "...'" : "'");
}

} // namespace

namespace Detail
{

HttpLines::Got HttpLines::next(std::string_view &bytes)
{
    if (std::exchange(m_isWhole, false))
        m_line.clear();
    const std::size_t newline = bytes.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
    m_taken += taken;
    if (m_taken > m_most) {
        m_problem = "the head is longer than " + std::to_string(m_most) + " bytes";
        return Got::Bad;
    }
    m_line.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (newline == std::string_view::npos)
        return Got::NeedsMore;
    if (m_line.size() < 2 || m_line[m_line.size() - 2] != '\r') {
        m_problem = "a line of the head does not end in CRLF";
        return Got::Bad;
    }
    m_line.resize(m_line.size() - 2);
    const bool isPlain = std::all_of(m_line.begin(), m_line.end(), [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
    if (!isPlain) {
        m_problem = "there is a control character in the head: " + quoted(m_line);
        return Got::Bad;
    }
    m_isWhole = true;
    return Got::Line;
}

void HttpLines::reset()
{
    m_taken = 0;
    m_isWhole = false;
    m_line.clear();
    m_problem.clear();
}

std::string HttpHead::addField(std::string_view line)
{
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty()
        || !std::all_of(name.begin(), name.end(), isTokenCharacter))
        return "this is no header line: " + quoted(line);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equalsIgnoringCase(name, "transfer-encoding"))
        return "the body comes as " + quoted(value) + ", and only Content-Length is understood";
    if (equalsIgnoringCase(name, "connection")) {
        closes = closes || equalsIgnoringCase(value, "close");
        keepsAlive = keepsAlive || equalsIgnoringCase(value, "keep-alive");
        return {};
    }
    if (!equalsIgnoringCase(name, "content-length"))
        return {};
    if (value.empty() || value.size() > kMostLengthDigits
        || !std::all_of(value.begin(), value.end(), isDigit))
        return "Content-Length is " + quoted(value) + ", which is no length";
    std::uint64_t length = 0;
    for (const char digit : value)
        length = length * 10 + std::uint64_t(digit - '0');
    if (contentLength && *contentLength != length)
        return "there are two different Content-Lengths";
    contentLength = length;
    return {};
}

} // namespace Detail

HttpResponseParser::HttpResponseParser(HttpLimits limits)
    : m_limits(limits)
    , m_lines(limits.head)
{
}

void HttpResponseParser::reset(bool keepBody)
{
    m_lines.reset();
    m_head = {};
    m_state = State::Head;
    m_keepsBody = keepBody;
    m_isOldVersion = false;
    m_status = 0;
    m_length = 0;
    m_left = 0;
    m_body.clear();
    m_problem.clear();
}

std::size_t HttpResponseParser::feed(std::string_view bytes)
{
    std::string_view rest = bytes;
    while (m_state == State::Head && !rest.empty()) {
        const Detail::HttpLines::Got got = m_lines.next(rest);
        if (got == Detail::HttpLines::Got::Bad)
            fail(m_lines.problem());
        else if (got == Detail::HttpLines::Got::Line)
            readLine(m_lines.line());
    }
    if (m_state == State::Body)
        rest.remove_prefix(readBody(rest));
    return bytes.size() - rest.size();
}

void HttpResponseParser::endOfStream()
{
    if (m_state == State::Head)
        fail(hasBegun() ? "the connection was closed in the middle of an answer's head"
                        : "the connection was closed without an answer");
    else if (m_state == State::Body)
        fail("the connection was closed " + std::to_string(m_left)
             + " bytes before the end of an answer");
}

bool HttpResponseParser::keepsOpen() const
{
    if (m_state != State::Done || m_head.closes)
        return false;
    return !m_isOldVersion || m_head.keepsAlive;
}

void HttpResponseParser::readLine(std::string_view line)
{
    if (m_status == 0) {
        readStatusLine(line);
    } else if (line.empty()) {
        endHead();
    } else if (std::string problem = m_head.addField(line); !problem.empty()) {
        fail(std::move(problem));
    }
}

void HttpResponseParser::readStatusLine(std::string_view line)
{
    // "HTTP/1.1 200" and, after a space, a reason that means nothing.
    const std::string_view version = line.substr(0, 9);
    m_isOldVersion = version == "HTTP/1.0 ";
    const bool isVersion = m_isOldVersion || version == "HTTP/1.1 ";
    const std::string_view digits = line.substr(std::min<std::size_t>(9, line.size()), 3);
    const bool isNumber = digits.size() == 3 && std::all_of(digits.begin(), digits.end(), isDigit);
    if (!isVersion || !isNumber || (line.size() > 12 && line[12] != ' ')) {
        fail("this is no status line of HTTP/1.1: " + quoted(line));
        return;
    }
    const int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    if (status < 200 || status > 599) {
        fail("status " + std::string(digits) + " is no final answer");
        return;
    }
    m_status = status;
}

void HttpResponseParser::endHead()
{
    const bool hasNoBody = m_status == 204 || m_status == 304;
    if (!m_head.contentLength && !hasNoBody) {
        fail("the answer does not say its Content-Length");
        return;
    }
    m_length = hasNoBody ? 0 : *m_head.contentLength;
    if (m_length > m_limits.body) {
        fail("a body of " + std::to_string(m_length) + " bytes is longer than "
             + std::to_string(m_limits.body));
        return;
    }
    m_left = m_length;
    m_state = m_left == 0 ? State::Done : State::Body;
}

std::size_t HttpResponseParser::readBody(std::string_view bytes)
{
    const auto taken = std::size_t(std::min<std::uint64_t>(m_left, bytes.size()));
    if (m_keepsBody)
        m_body.append(bytes.substr(0, taken));
    m_left -= taken;
    if (m_left == 0)
        m_state = State::Done;
    return taken;
}

void HttpResponseParser::fail(std::string problem)
{
    m_problem = std::move(problem);
    m_state = State::Bad;
}

HttpRequestParser::HttpRequestParser(HttpLimits limits)
    : m_lines(limits.head)
{
}

void HttpRequestParser::reset()
{
    m_lines.reset();
    m_head = {};
    m_state = State::Head;
    m_target.clear();
    m_problem.clear();
}

std::size_t HttpRequestParser::feed(std::string_view bytes)
{
    std::string_view rest = bytes;
    while (m_state == State::Head && !rest.empty()) {
        const Detail::HttpLines::Got got = m_lines.next(rest);
        if (got == Detail::HttpLines::Got::Bad)
            fail(m_lines.problem());
        else if (got == Detail::HttpLines::Got::Line)
            readLine(m_lines.line());
    }
    return bytes.size() - rest.size();
}

void HttpRequestParser::readLine(std::string_view line)
{
    if (m_target.empty()) {
        readRequestLine(line);
    } else if (line.empty()) {
        if (m_head.contentLength.value_or(0) > 0)
            fail("a request with a body is not served");
        else
            m_state = State::Done;
    } else if (std::string problem = m_head.addField(line); !problem.empty()) {
        fail(std::move(problem));
    }
}

void HttpRequestParser::readRequestLine(std::string_view line)
{
    constexpr std::string_view kGet = "GET ";
    constexpr std::string_view kVersion = " HTTP/1.1";
    const bool isGet = line.size() > kGet.size() + kVersion.size()
        && line.substr(0, kGet.size()) == kGet
        && line.substr(line.size() - kVersion.size()) == kVersion;
    if (isGet)
        m_target = line.substr(kGet.size(), line.size() - kGet.size() - kVersion.size());
    if (!isGet || m_target.front() != '/' || m_target.find(' ') != std::string::npos)
        fail("only GET of a path is served, by HTTP/1.1: " + quoted(line));
}

void HttpRequestParser::fail(std::string problem)
{
    m_problem = std::move(problem);
    m_state = State::Bad;
}

std::string httpGetText(std::string_view target, bool keepAlive)
{
    std::string text = "GET ";
    text += target;
    text += " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    text += keepAlive ? "\r\n" : "Connection: close\r\n\r\n";
    return text;
}

} // namespace Interleave
