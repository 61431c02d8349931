# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many threads that compute outside of the interpreter's lock, wait for each other, start and end.

Prints its wall time in ns and its involuntary switches. The hashing lets go of the lock, so that
more threads want cores than there are: the switches that a disturbance would add to.
"""
import hashlib
import queue
import resource
import threading
import time

WORKERS = 8
BLOCKS = 640
SHORT_LIVED = 600
BLOCK = bytes(2 << 20)


def hash_blocks(todo, done):
    while True:
        number = todo.get()
        if number is None:
            return
        done.put(hashlib.sha256(BLOCK).hexdigest())


def add_up(numbers, results, lock):
    total = sum(numbers)
    with lock:
        results.append(total)


def main():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
    begin = time.monotonic_ns()
    todo, done = queue.Queue(), queue.Queue()
    workers = [
        threading.Thread(target=hash_blocks, args=(todo, done), name=f"hasher {number}")
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for number in range(BLOCKS):
        todo.put(number)
    results, lock = [], threading.Lock()
    for number in range(SHORT_LIVED):
        short = threading.Thread(target=add_up, args=(range(2000), results, lock))
        short.start()
        short.join()
    for _ in range(BLOCKS):
        done.get()
    for _ in workers:
        todo.put(None)
    for worker in workers:
        worker.join()
    wall = time.monotonic_ns() - begin
    print(wall, resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - before)


if __name__ == "__main__":
    main()
