// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace Interleave::Fuzz
{

using Bytes = std::vector<std::uint8_t>;

/// Inputs that the program takes for good ones; the driver begins with them. Each target has its own.
std::vector<Bytes> seeds();

/// Stops the program, as a sanitizer would, when something that must always hold does not.
inline void require(bool holds, const char *what)
{
    if (holds)
        return;
    std::fprintf(stderr, "fuzzing: %s\n", what);
    std::abort();
}

/// Reads an input from its beginning to its end; beyond it there are zeros.
class Input
{
public:
    Input(const std::uint8_t *data, std::size_t size)
        : m_data(data)
        , m_size(size)
    {
    }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    template<typename Number>
    Number take()
    {
        static_assert(std::is_trivially_copyable_v<Number>);
        Number number{};
        fill(&number, sizeof number);
        return number;
    }
    void fill(void *to, std::size_t size)
    {
        const std::size_t taken = std::min(size, m_size);
        if (taken > 0)
            std::memcpy(to, m_data, taken);
        m_data += taken;
        m_size -= taken;
    }
    std::string text(std::size_t size)
    {
        std::string text(std::min(size, m_size), '\0');
        fill(text.data(), text.size());
        return text;
    }

private:
    const std::uint8_t *m_data;
    std::size_t m_size;
};

/// Writes what Input reads: for the seeds.
class Output
{
public:
    template<typename Number>
    Output &put(Number number)
    {
        static_assert(std::is_trivially_copyable_v<Number>);
        std::uint8_t raw[sizeof number];
        std::memcpy(raw, &number, sizeof number);
        m_bytes.insert(m_bytes.end(), raw, raw + sizeof number);
        return *this;
    }
    Output &text(const std::string &text)
    {
        m_bytes.insert(m_bytes.end(), text.begin(), text.end());
        return *this;
    }
    [[nodiscard]] const Bytes &bytes() const { return m_bytes; }

private:
    Bytes m_bytes;
};

} // namespace Interleave::Fuzz
