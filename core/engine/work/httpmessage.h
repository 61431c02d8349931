// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Interleave
{

/// How much of a message is taken in: whoever sends more is not one of ours.
struct HttpLimits {
    std::size_t head = std::size_t(16) << 10;
    std::size_t body = std::size_t(16) << 20;
};

namespace Detail
{

/// The fields of a head that matter here, and what is wrong with it. Value.
struct HttpHead {
    std::optional<std::uint64_t> contentLength;
    bool closes = false;
    bool keepsAlive = false;

    /// A header line without its end. \return what is wrong with it, or an empty text.
    [[nodiscard]] std::string addField(std::string_view line);
};

/// Cuts the bytes of a head, which come in pieces, into its lines.
class HttpLines
{
public:
    explicit HttpLines(std::size_t most)
        : m_most(most)
    {
    }
    enum class Got : std::uint8_t { Line, NeedsMore, Bad };
    /// Takes bytes from the front of `bytes`. After Line, line() is one line without its end, until
    /// the next call. Bad: see problem().
    [[nodiscard]] Got next(std::string_view &bytes);
    [[nodiscard]] std::string_view line() const { return m_line; }
    [[nodiscard]] const std::string &problem() const { return m_problem; }
    [[nodiscard]] bool isEmpty() const { return m_taken == 0; }
    void reset();

private:
    std::size_t m_most;
    std::size_t m_taken = 0;
    bool m_isWhole = false; ///< the line was handed out, the next call begins a new one
    std::string m_line;
    std::string m_problem;
};

} // namespace Detail

/// Reads one HTTP/1.1 answer after the other from bytes as they come.
///
/// Strict: lines end in CRLF, every answer that may have a body says its length with
/// Content-Length, which alone says it (no chunks), and nothing is longer than its limit. What is
/// not so ends in Bad with a sentence. Keeps its memory between answers. Thread: one at a time.
class HttpResponseParser
{
public:
    enum class State : std::uint8_t { Head, Body, Done, Bad };

    explicit HttpResponseParser(HttpLimits limits = {});

    /// Goes on with the next answer. \param keepBody whether body() is wanted, or its length
    /// enough.
    void reset(bool keepBody = false);
    /// \return how many of the bytes were used: all of them, unless the answer ended before.
    std::size_t feed(std::string_view bytes);
    /// The other side has closed: Bad, unless the answer is complete.
    void endOfStream();

    [[nodiscard]] State state() const { return m_state; }
    /// Whether any byte of the answer has come.
    [[nodiscard]] bool hasBegun() const { return m_state != State::Head || !m_lines.isEmpty(); }
    [[nodiscard]] int status() const { return m_status; } ///< 0 before its line has come
    [[nodiscard]] bool keepsOpen() const; ///< the connection can be used again
    [[nodiscard]] std::uint64_t bodyBytes() const { return m_length; }
    [[nodiscard]] const std::string &body() const { return m_body; }
    [[nodiscard]] const std::string &problem() const { return m_problem; }

private:
    void readLine(std::string_view line);
    void readStatusLine(std::string_view line);
    void endHead();
    std::size_t readBody(std::string_view bytes);
    void fail(std::string problem);

    HttpLimits m_limits;
    Detail::HttpLines m_lines;
    Detail::HttpHead m_head;
    State m_state = State::Head;
    bool m_keepsBody = false;
    bool m_isOldVersion = false; ///< HTTP/1.0: closes unless it says otherwise
    int m_status = 0;
    std::uint64_t m_length = 0;
    std::uint64_t m_left = 0;
    std::string m_body;
    std::string m_problem;
};

/// The same for requests: GET alone, without a body.
class HttpRequestParser
{
public:
    enum class State : std::uint8_t { Head, Done, Bad };

    explicit HttpRequestParser(HttpLimits limits = {});

    void reset();
    /// \return how many of the bytes were used.
    std::size_t feed(std::string_view bytes);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool hasBegun() const { return m_state != State::Head || !m_lines.isEmpty(); }
    [[nodiscard]] const std::string &target() const { return m_target; }
    [[nodiscard]] bool keepsOpen() const { return !m_head.closes; }
    [[nodiscard]] const std::string &problem() const { return m_problem; }

private:
    void readLine(std::string_view line);
    void readRequestLine(std::string_view line);
    void fail(std::string problem);

    Detail::HttpLines m_lines;
    Detail::HttpHead m_head;
    State m_state = State::Head;
    std::string m_target;
    std::string m_problem;
};

/// "GET target HTTP/1.1" with its head, for 127.0.0.1.
[[nodiscard]] std::string httpGetText(std::string_view target, bool keepAlive);

} // namespace Interleave
