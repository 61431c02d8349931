# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes with names: the same rounds as threads.py, each with an interpreter of its own.

With --work compute (the default) they compute at the same time, where the machine has two free
cores: each has a lock (GIL) of its own. --start chooses how they come to life; spawn and
forkserver also start processes that only serve the library.
"""
import argparse
import multiprocessing
import time

ROUNDS = 5


def read_options():
    parser = argparse.ArgumentParser(description="Two processes, side by side.")
    parser.add_argument("--pace", choices=["as written", "class"], default="as written",
                        help="length of a round: 1 s as written, 300 ms in class")
    parser.add_argument("--class", dest="pace", action="store_const", const="class",
                        help="the same as --pace class")
    parser.add_argument("--work", choices=["wait", "compute"], default="compute")
    parser.add_argument("--start", choices=["fork", "spawn", "forkserver"], default="fork")
    return parser.parse_args()


def compute(seconds):
    """Adds numbers up until this process has had that much processor time."""
    total = 0
    end = time.process_time() + seconds
    while time.process_time() < end:
        total += sum(range(2000))
    return total


def do_rounds(seconds, work):
    me = multiprocessing.current_process()
    for number in range(1, ROUNDS + 1):
        print(f"{me.name}: round {number} of {ROUNDS}", flush=True)
        if work == "compute":
            compute(seconds)
        else:
            time.sleep(seconds)


def main():
    options = read_options()
    seconds = 0.3 if options.pace == "class" else 1.0
    context = multiprocessing.get_context(options.start)
    workers = [
        context.Process(target=do_rounds, args=(seconds, options.work), name=name)
        for name in ("east", "west")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        print(f"main: {worker.name} ended with status {worker.exitcode}", flush=True)


if __name__ == "__main__":
    main()
