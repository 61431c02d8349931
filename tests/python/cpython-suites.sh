#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# CPython's own tests, bare and recorded with the helper: what fails only with it is told.
#     cpython-suites.sh BIN [PYTHON...]     BIN: the folder of interleave; else every python of pyenv
# Debian and Ubuntu package these tests apart (libpython3-testsuite): a suite that is not there is told.
# Ends with 1 when a test fails only with the helper. Takes some five minutes for each Python.
set -uo pipefail

bin=${1:?usage: cpython-suites.sh BIN [PYTHON...]}
shift
suites=(test_threading test_queue test_subprocess test_asyncio test_concurrent_futures)
pythons=("$@")
if ((${#pythons[@]} == 0)); then
    for python in "$HOME"/.pyenv/versions/3.*/bin/python3; do
        [[ -x $python ]] && pythons+=("$python")
    done
fi
((${#pythons[@]} > 0)) || pythons=(python3)
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder" || exit 1

# run_suite NAME COMMAND...: leaves NAME.out and NAME.failed, a failed test a line.
run_suite() {
    local name=$1
    shift
    timeout 600 "$@" </dev/null >"$name.out" 2>&1
    printf '%d\n' $? >"$name.status"
    grep -aoE '^(ERROR|FAIL): .*' "$name.out" | sort -u >"$name.failed"
    grep -acE ' \.\.\. ok$' "$name.out" >"$name.passed"
}

worst=0
for python in "${pythons[@]}"; do
    version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])') || continue
    ((10#$(cut -d. -f2 <<<"$version") >= 8)) || continue # older ones are not helped
    for suite in "${suites[@]}"; do
        if ! "$python" -c "import importlib.util as u, sys; sys.exit(not u.find_spec('test.$suite'))"; then
            printf '%-8s %-24s is not installed\n' "$version" "$suite"
            continue
        fi
        command=("$python" -m test -v --timeout 300 "$suite")
        run_suite bare "${command[@]}"
        run_suite helped "$bin/interleave" record -- "${command[@]}"
        if (($(<bare.passed) == 0)); then
            printf '%-8s %-24s cannot be run bare: status %d\n' "$version" "$suite" "$(<bare.status)"
            continue
        fi
        only=$(comm -13 bare.failed helped.failed)
        result=same
        # A crash or a time that is up ends a run before it has told its failures.
        if [[ -n $only ]] || (($(<helped.status) != $(<bare.status))); then
            result="DIFFERENT: status $(<bare.status) and $(<helped.status); ${only//$'\n'/; }"
            worst=1
        fi
        printf '%-8s %-24s passed %5d bare, %5d helped, failed %3d and %3d: %s\n' "$version" "$suite" \
            "$(<bare.passed)" "$(<helped.passed)" "$(wc -l <bare.failed)" "$(wc -l <helped.failed)" \
            "$result"
    done
done
exit $worst
