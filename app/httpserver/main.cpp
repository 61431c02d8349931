// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/http/httpserver.h"

int main(int argc, char **argv)
{
    return Interleave::httpServerMain(argc, argv);
}
