// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace Interleave
{

/// The longest thread name that the kernel keeps, in bytes (TASK_COMM_LEN 16 with the final 0).
constexpr std::size_t kLongestKernelName = 15;

/// The first bytes of `name` that fit, without half a UTF-8 character at the end.
[[nodiscard]] std::string kernelName(std::string_view name);

/// Names the calling thread for the kernel, and so for every lane that shows it.
void setKernelName(std::string_view name);
/// What the kernel calls the calling thread, asked now.
[[nodiscard]] std::string currentKernelName();

} // namespace Interleave
