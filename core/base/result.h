// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace Interleave
{

/// What went wrong, in the terms a caller can act on.
enum class ErrorCode {
    BadInput, ///< an argument, a parameter, a file's contents: the user can mend it (exit code 2)
    NotAllowed, ///< this machine or this user may not (exit code 3)
    NotFound,
    Io, ///< the operating system refused a read, write, open
    Failed, ///< anything else
};

/// A failure: a code for the program and one clear sentence for a person.
struct Error {
    ErrorCode code = ErrorCode::Failed;
    std::string message;
};

/// A value or an Error. Check isOk() (or `if (result)`) before value().
template<typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) // NOLINT(google-explicit-constructor): a value is a result
        : m_data(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error) // NOLINT(google-explicit-constructor): an error is a result
        : m_data(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] bool isOk() const { return m_data.index() == 0; }
    explicit operator bool() const { return isOk(); }
    [[nodiscard]] T &value() & { return std::get<0>(m_data); }
    [[nodiscard]] const T &value() const & { return std::get<0>(m_data); }
    [[nodiscard]] T &&value() && { return std::get<0>(std::move(m_data)); }
    [[nodiscard]] const Error &error() const { return std::get<1>(m_data); }

private:
    std::variant<T, Error> m_data;
};

/// Success without a value, or an Error.
template<>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) // NOLINT(google-explicit-constructor): an error is a result
        : m_error(std::move(error))
    {
    }

    [[nodiscard]] bool isOk() const { return !m_error.has_value(); }
    explicit operator bool() const { return isOk(); }
    [[nodiscard]] const Error &error() const { return *m_error; }

private:
    std::optional<Error> m_error;
};

} // namespace Interleave
