# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three threads with names: each asks who it is and says so, in rounds.

One function serves all of them; what tells them apart is the name that threading.Thread() was
given. The last name is longer than the 15 bytes that the kernel keeps of a thread's name.
"""
import argparse
import threading
import time

ROUNDS = 5
NAMES = ("collector", "sorter", "long-distance-messenger")


def read_options():
    parser = argparse.ArgumentParser(description="Threads that know their names.")
    parser.add_argument("--pace", choices=["as written", "class"], default="as written",
                        help="length of a round: 1 s as written, 300 ms in class")
    parser.add_argument("--class", dest="pace", action="store_const", const="class",
                        help="the same as --pace class")
    return parser.parse_args()


def report(seconds):
    me = threading.current_thread()
    for number in range(1, ROUNDS + 1):
        print(f"{me.name} reports for the {number}. time", flush=True)
        time.sleep(seconds)


def main():
    seconds = 0.3 if read_options().pace == "class" else 1.0
    crew = [threading.Thread(target=report, args=(seconds,), name=name) for name in NAMES]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
        print(f"main: {thread.name} has ended", flush=True)


if __name__ == "__main__":
    main()
