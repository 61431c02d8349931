# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two threads of one process, each doing its rounds while the other does its own.

With --work wait (the default) a round is a printed line and a wait: both waits pass at the same
time. With --work compute a round is arithmetic: in CPython the threads take turns, as one lock
(the GIL) lets a single thread of a process run Python code at a time.
"""
import argparse
import threading
import time

ROUNDS = 5


def read_options():
    parser = argparse.ArgumentParser(description="Two threads, side by side.")
    parser.add_argument("--pace", choices=["as written", "class"], default="as written",
                        help="length of a round: 1 s as written, 300 ms in class")
    parser.add_argument("--class", dest="pace", action="store_const", const="class",
                        help="the same as --pace class")
    parser.add_argument("--work", choices=["wait", "compute"], default="wait")
    return parser.parse_args()


def compute(seconds):
    """Adds numbers up until this thread alone has had that much processor time."""
    total = 0
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        total += sum(range(2000))
    return total


def do_rounds(what, seconds, work):
    for number in range(1, ROUNDS + 1):
        print(f"{what}: round {number} of {ROUNDS}", flush=True)
        if work == "compute":
            compute(seconds)
        else:
            time.sleep(seconds)


def main():
    options = read_options()
    seconds = 0.3 if options.pace == "class" else 1.0
    threads = [
        threading.Thread(target=do_rounds, args=(what, seconds, options.work))
        for what in ("washing", "ironing")
    ]
    for thread in threads:
        thread.start()
    print("main: both threads are started, and main waits for them", flush=True)
    for thread in threads:
        thread.join()
    print("main: both threads have ended", flush=True)


if __name__ == "__main__":
    main()
