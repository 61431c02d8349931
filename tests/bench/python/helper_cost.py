#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Python helper costs: per event, per start of the interpreter, per step of an asyncio
task, per task that is created, per thread that is started.

usage: helper_cost.py [PYTHON...]      (none: the python3 that runs this)

It plays the observing process itself: the shared memory is of the same layout, and a thread of this
process empties it as the real one does. Runs with and without the helper take turns, and the median
of each is compared, so that a slow moment of the machine hits both. Nothing is asserted: budgets
are printed beside.
"""
import glob
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

SLOTS, PER_SLOT, TEXT_BYTES, CAPACITY = 256, 16, 256 * 1024, 8192
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../resources/python")
STARTS = 60
ROUNDS = 7

EVENTS = """
import time
from concurrent.futures import thread
write = thread._WorkItem.run.__globals__["helper"].state_here().write
def rounds(function, count=4000):
    best = 1e9
    for _ in range(10):
        begin = time.perf_counter_ns()
        for _ in range(count):
            function(1, 9)
        best = min(best, time.perf_counter_ns() - begin)
        time.sleep(0.02)
    return best / count
def nothing(word1, word2): pass
kind = 2 << 32 | 0xffff << 48
def record(word1, word2):
    write(1, kind)
print(rounds(record) - rounds(nothing))
"""

STEPS = """
import asyncio, time
async def main(count=20000):
    best = 1e9
    for _ in range(5):
        begin = time.perf_counter_ns()
        for _ in range(count):
            await %s
        best = min(best, time.perf_counter_ns() - begin)
        time.sleep(0.05)
    return best / count
print(asyncio.run(main()))
"""
# One step: a bare yield, and one that waits for a future which a callback of the loop resolves.
PLAIN = "asyncio.sleep(0)"
WAITING = "resolved()"
RESOLVED = """
def resolved():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    return future
"""

# What a thread does more at its start: the rest of a start takes far longer and differs by more.
THREADS = """
import threading, time
def rounds(count=1000):
    best = 1e9
    for _ in range(10):
        threads = [threading.Thread(name="worker %d" % n) for n in range(count)]
        begin = time.perf_counter_ns()
        for thread in threads:
            thread._set_native_id()
        best = min(best, time.perf_counter_ns() - begin)
        time.sleep(0.02)
    return best / count
print(rounds())
"""

TASKS = """
import asyncio, time
async def nothing(): pass
async def main(count=1000):
    loop = asyncio.get_running_loop()
    best = 1e9
    for _ in range(10):
        coroutines = [nothing() for _ in range(count)]
        tasks = []
        begin = time.perf_counter_ns()
        for coroutine in coroutines:
            tasks.append(loop.create_task(coroutine))
        best = min(best, time.perf_counter_ns() - begin)
        await asyncio.gather(*tasks)
        time.sleep(0.02)
    return best / count
print(asyncio.run(main()))
"""


def page_ceil(at):
    return at + 4095 & ~4095


class Observer:
    """The observing process's side: makes the shared memory and empties it."""

    def __init__(self, folder):
        self.folder = folder  # a copy of the helper: Python leaves bytecode there
        rings = SLOTS * PER_SLOT
        self.board = os.memfd_create("interleave-board")
        self.rings = os.memfd_create("interleave-rings")
        os.ftruncate(self.board, 4096 + page_ceil(192 * SLOTS) + SLOTS * TEXT_BYTES)
        os.ftruncate(self.rings, 4096 + page_ceil(192 * rings) + rings * CAPACITY * 24)
        self.board_map = mmap.mmap(self.board, 0)
        self.rings_map = mmap.mmap(self.rings, 4096 + page_ceil(192 * rings))
        self.board_map[:32] = b"ILHELPER" + struct.pack("<6I", 1, SLOTS, PER_SLOT, TEXT_BYTES, 0, 0)
        self.rings_map[:24] = b"INRLEAVE" + struct.pack("<4I", 1, 0, rings, CAPACITY)
        self.is_running = True
        self.thread = threading.Thread(target=self.empty, daemon=True)
        self.thread.start()

    def empty(self):
        """Marks what has been written as read, every 5 ms; only of the first slot: all there is."""
        pause = threading.Event()
        while self.is_running:
            for ring in range(PER_SLOT):
                at = 4096 + 192 * ring
                self.rings_map[at + 64:at + 72] = self.rings_map[at:at + 8]
            self.board_map[4096 + 64:4096 + 72] = self.board_map[4096:4096 + 8]
            pause.wait(0.005)

    def forget(self):
        """The process has ended: its slot and rings are free again."""
        for slot in range(SLOTS):
            at = 4096 + 192 * slot + 128
            self.board_map[at:at + 4] = bytes(4)
        for ring in range(PER_SLOT * 2):
            at = 4096 + 192 * ring + 128
            self.rings_map[at:at + 4] = bytes(4)

    def environment(self):
        environment = dict(os.environ)
        environment["PYTHONPATH"] = self.folder
        environment["INTERLEAVE_HELPER"] = "/proc/%d/fd/%d:/proc/%d/fd/%d" % (
            os.getpid(), self.board, os.getpid(), self.rings)
        return environment


def bare_environment():
    return {key: value for key, value in os.environ.items()
            if key not in ("PYTHONPATH", "INTERLEAVE_HELPER")}


def run(python, script, environment):
    result = subprocess.run([python, "-c", script], env=environment, stdout=subprocess.PIPE,
                            check=True)
    return float(result.stdout or 0)


def wall_ms(python, script, environment):
    begin = time.perf_counter()
    subprocess.run([python, "-c", script], env=environment, check=True)
    return (time.perf_counter() - begin) * 1000


def compare(python, script, observer, measure, rounds):
    """Medians (without, with) of runs that take turns."""
    without, helped = [], []
    for _ in range(rounds):
        without.append(measure(python, script, bare_environment()))
        helped.append(measure(python, script, observer.environment()))
        observer.forget()
    return statistics.median(without), statistics.median(helped)


def report(python, observer):
    version = subprocess.run([python, "-V"], stdout=subprocess.PIPE, check=True).stdout
    print("%s (%s)" % (version.decode().strip(), python))
    costs = []
    for _ in range(ROUNDS):
        costs.append(run(python, EVENTS, observer.environment()))
        observer.forget()
    print("  event                        %8.0f ns           budget    600 ns"
          % statistics.median(costs))
    for name, script in (("start, nothing imported", "pass"),
                         ("start, threading", "import threading"),
                         ("start, asyncio", "import asyncio")):
        without, helped = compare(python, script, observer, wall_ms, STARTS)
        print("  %-25s %6.2f -> %6.2f ms (%+.2f)  budget     10 ms"
              % (name, without, helped, helped - without))
    for name, script, budget in (("step, bare yield", RESOLVED + STEPS % PLAIN, 2.5),
                                 ("step and a callback", RESOLVED + STEPS % WAITING, 2.5),
                                 ("a task, its creation", TASKS, 10),
                                 ("a thread, its name", THREADS, 5)):
        without, helped = compare(python, script, observer, run, ROUNDS)
        print("  %-25s %6.2f -> %6.2f us (%+.2f)  budget %6.1f us"
              % (name, without / 1000, helped / 1000, (helped - without) / 1000, budget))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for file in glob.glob(os.path.join(SOURCE, "*.py")):
            shutil.copy(file, folder)
        observer = Observer(folder)
        for python in sys.argv[1:] or [sys.executable]:
            report(python, observer)
        observer.is_running = False
        observer.thread.join()


if __name__ == "__main__":
    main()
