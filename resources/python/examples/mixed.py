# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of it in one program: threads, asyncio tasks, a job of an executor, and a child process.

The thread "cruncher" computes, the thread "watcher" waits; the event loop of the main thread has
three tasks, one of which hands a job to a worker thread; the process "helper" computes on its own.
All threads of a process share one interpreter, so whoever wakes up beside the cruncher waits for
its lock (GIL).
"""
import argparse
import asyncio
import concurrent.futures
import multiprocessing
import threading
import time

ROUNDS = 3


def read_options():
    parser = argparse.ArgumentParser(description="Threads, tasks, a job and a process.")
    parser.add_argument("--pace", choices=["as written", "class"], default="as written",
                        help="length of a round: 1 s as written, 300 ms in class")
    parser.add_argument("--class", dest="pace", action="store_const", const="class",
                        help="the same as --pace class")
    return parser.parse_args()


def compute(seconds):
    """Adds numbers up until the calling thread alone has had that much processor time."""
    total = 0
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        total += sum(range(2000))
    return total


def crunch(seconds):
    for _ in range(ROUNDS):
        compute(seconds / 2)


def watch(seconds):
    for number in range(1, ROUNDS + 1):
        time.sleep(seconds)
        print(f"watcher: {number} of {ROUNDS}", flush=True)


def count_words(seconds):
    time.sleep(seconds)
    return "12 words"


async def tick(name, seconds):
    for number in range(1, ROUNDS + 1):
        await asyncio.sleep(seconds)
        print(f"{name}: {number} of {ROUNDS}", flush=True)


async def ask_worker(pool, seconds):
    loop = asyncio.get_running_loop()
    print("counting:", await loop.run_in_executor(pool, count_words, seconds), flush=True)


async def run_tasks(seconds):
    with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="worker") as pool:
        await asyncio.gather(
            asyncio.create_task(tick("left", seconds), name="left"),
            asyncio.create_task(tick("right", seconds), name="right"),
            asyncio.create_task(ask_worker(pool, seconds), name="counting"),
        )


def main():
    seconds = 0.3 if read_options().pace == "class" else 1.0
    helper = multiprocessing.get_context("fork").Process(
        target=crunch, args=(seconds,), name="helper")
    helper.start()  # before there are threads: a fork copies only the one that calls it
    threads = [
        threading.Thread(target=crunch, args=(seconds,), name="cruncher"),
        threading.Thread(target=watch, args=(seconds,), name="watcher"),
    ]
    for thread in threads:
        thread.start()
    asyncio.run(run_tasks(seconds))
    for thread in threads:
        thread.join()
    helper.join()
    print("main: everything has ended", flush=True)


if __name__ == "__main__":
    main()
