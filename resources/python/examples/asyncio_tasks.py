# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two asyncio tasks on one thread: while one waits, the other has its turn.

That only works because a waiting task gives the thread back. With --wait time.sleep it does not:
the whole event loop stands still until the call returns, and the tasks come one after another.
"""
import argparse
import asyncio
import time

ROUNDS = 5


def read_options():
    parser = argparse.ArgumentParser(description="Two asyncio tasks on one thread.")
    parser.add_argument("--pace", choices=["as written", "class"], default="as written",
                        help="length of a wait: 1 s as written, 300 ms in class")
    parser.add_argument("--class", dest="pace", action="store_const", const="class",
                        help="the same as --pace class")
    parser.add_argument("--wait", choices=["asyncio.sleep", "time.sleep"], default="asyncio.sleep")
    return parser.parse_args()


async def stroll(where, seconds, wait):
    for number in range(1, ROUNDS + 1):
        print(f"{where}: step {number} of {ROUNDS}", flush=True)
        if wait == "time.sleep":
            time.sleep(seconds)  # the mistake: it blocks the thread, not only this task
        else:
            await asyncio.sleep(seconds)
    return where


async def stroll_together(seconds, wait):
    tasks = [
        asyncio.create_task(stroll(where, seconds, wait), name=where)
        for where in ("harbour", "market")
    ]
    for where in await asyncio.gather(*tasks):
        print(f"main: {where} is done", flush=True)


def main():
    options = read_options()
    seconds = 0.3 if options.pace == "class" else 1.0
    asyncio.run(stroll_together(seconds, options.wait))


if __name__ == "__main__":
    main()
