# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by app/run, tests/run and .ci/run:
#     ensure_packages build|test|check
# installs what is missing for that purpose with apt-get (Debian 12, Ubuntu 24.04 and what derives from
# them). Does nothing, in a few milliseconds, when all is there. INTERLEAVE_SKIP_INSTALL=1 goes on with
# what the machine has.

# One sentence, and the exit status for "this machine does not allow it".
give_up() {
    printf 'interleave: %s\n' "$*" >&2
    exit 3
}

fail() {
    printf 'interleave: %s\n' "$*" >&2
    exit 1
}

is_ubuntu() {
    local id='' like=''
    if [[ -r /etc/os-release ]]; then
        id=$(sed -n 's/^ID=//p' /etc/os-release)
        like=$(sed -n 's/^ID_LIKE=//p' /etc/os-release)
    fi
    [[ "$id $like" == *ubuntu* ]]
}

# Prints the packages among the arguments that are not installed, one a line.
missing_packages() {
    local present package
    # dpkg-query fails when it does not know one of the names; what it knows it prints all the same.
    present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qxF "installed $package" <<<"$present" || printf '%s\n' "$package"
    done
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif ! command -v sudo >/dev/null; then
        give_up "installing packages needs root, and there is no sudo; as root, run: $*"
    elif { : </dev/tty; } 2>/dev/null; then
        sudo "$@" # asks for the password on the terminal, whatever standard input is
    else
        sudo -n "$@" || give_up "sudo needs a password; as root, run: $*"
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null >&2
}

apt_update_once() {
    if [[ -z ${apt_lists_are_new:-} ]]; then
        echo 'interleave: reading the package lists' >&2
        apt_get update || echo 'interleave: apt-get update failed; trying with the lists at hand' >&2
        apt_lists_are_new=1
    fi
}

is_available() {
    [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]
}

# The first of the arguments that can be had, else the first.
first_available() {
    local package
    for package in "$@"; do
        if is_available "$package"; then
            printf '%s\n' "$package"
            return
        fi
    done
    printf '%s\n' "$1"
}

install_needed() {
    local package
    for package in "$@"; do
        is_available "$package" || apt_update_once
    done
    echo "interleave: installing $*" >&2
    apt_get install --no-install-recommends "$@" && return
    apt_update_once # lists may be older than what the servers hold
    apt_get install --no-install-recommends "$@" \
        || give_up "these packages could not be installed: $*"
}

# What cannot be had is noted, so that it is asked for once and not at every start.
install_useful() {
    local notes=${XDG_CACHE_HOME:-$HOME/.cache}/interleave/not-available package
    for package in "$@"; do
        grep -qxF "$package" "$notes" 2>/dev/null && continue
        is_available "$package" || apt_update_once
        echo "interleave: installing $package" >&2
        if ! apt_get install --no-install-recommends "$package"; then
            echo "interleave: going on without $package: what needs it is skipped" >&2
            mkdir -p "${notes%/*}" && printf '%s\n' "$package" >>"$notes"
        fi
    done
}

ensure_packages() {
    local purpose=$1 missing
    local needed=(g++ cmake ninja-build ccache qt6-base-dev qt6-websockets-dev qt6-httpserver-dev qcoro-qt6-dev
        libsqlite3-dev libqt6sql6-sqlite)
    local useful=(fonts-inter libqt6sql6-mysql)
    [[ -z ${INTERLEAVE_SKIP_INSTALL:-} ]] || return 0
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        give_up "this system has no apt-get; install a C++20 compiler (g++ 12 or newer), CMake 3.22," \
            "Ninja, Qt 6.4 (base and HTTP server, with headers), QCoro for Qt 6 and SQLite by its own" \
            "means, then run again with INTERLEAVE_SKIP_INSTALL=1"
    fi
    [[ -z ${DISPLAY:-} && -n ${WAYLAND_DISPLAY:-} ]] && useful+=(qt6-wayland)
    if [[ $purpose == test || $purpose == check ]]; then
        useful+=(libtbb-dev mariadb-server) # the server is started by the tests alone, on a socket of theirs
        useful+=(python3-aiohttp python3-aiomysql) # programs that the tests record use them
        if is_ubuntu; then useful+=(linux-tools-generic); else useful+=(linux-perf); fi
    fi
    if [[ $purpose == check ]]; then
        needed+=(git shellcheck)
        local tool
        for tool in clang-format clang-tidy; do
            command -v "$tool-19" >/dev/null && continue
            is_available "$tool-19" || apt_update_once
            needed+=("$(first_available "$tool-19" "$tool-18")")
        done
    fi
    mapfile -t missing < <(missing_packages "${needed[@]}")
    ((${#missing[@]} == 0)) || install_needed "${missing[@]}"
    mapfile -t missing < <(missing_packages "${useful[@]}")
    ((${#missing[@]} == 0)) || install_useful "${missing[@]}"
}
