# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared memory through which Interleave's helper speaks: a slot of the board and its rings.

The layout is that of core/record/helperboard.h, sharedrings.h and event.h. Both files are opened by
their paths below /proc, mapped, and closed again: the program finds no descriptor that it did not
open.
"""
import fcntl
import mmap
import os
import sys
from time import monotonic_ns, sleep

OWN_ERRORS = (AttributeError, TypeError, ValueError, LookupError)  # what code of ours may raise
FIRST_SPARE_FD = 256
FREE, ACTIVE, CLOSED = 0, 2, 3  # RingState
RING_WORDS = 24  # a RingHeader, in u64

_kept = []  # mappings, for ever: see _mapped()


class Slot:
    """One slot of the HelperBoard with its text ring, and its block of event rings.

    words: the HelperSlot, in u64; text: its bytes; heads: the RingHeaders, in u64; states: the
    same, in u32; events: their events, in u64. shows_locks: what the observing process asks for.
    earlier: how many slots the process had already when it took this one.
    """

    __slots__ = ("words", "text", "heads", "states", "events", "rings", "capacity", "shows_locks",
                 "earlier")

    def say(self, line):
        """Puts one line into the text ring, or counts it as dropped. One caller at a time."""
        words, text = self.words, self.text
        head = words[0]
        size = len(text)
        if head - words[8] + len(line) > size:
            words[1] += 1
            return
        at = head & size - 1
        begin, rest = line[:size - at], line[size - at:]
        text[at:at + len(begin)] = begin
        if rest:
            text[:len(rest)] = rest
        words[0] = head + len(line)

    def take_ring(self, pid, tid):
        """Makes a free ring that of a thread. :return: its number, or -1. One caller at a time."""
        states = self.states
        for ring in range(self.rings):
            at = ring * 48 + 32
            if states[at] == FREE:
                states[at + 1] = pid
                states[at + 2] = tid
                states[at] = ACTIVE
                return ring
        return -1

    def close_ring(self, ring):
        """Its thread has ended: the reader may free it once it has been read."""
        self.states[ring * 48 + 32] = CLOSED


def writer(slot, ring):
    """:return: write(word1, word2), which records one event into that ring. Its own thread only."""
    clock = monotonic_ns
    heads, events, capacity = slot.heads, slot.events, slot.capacity
    mask = capacity - 1
    first = ring * capacity * 3
    head_at = ring * RING_WORDS
    claim_at, dropped_at, tail_at = head_at + 1, head_at + 2, head_at + 8
    head = heads[head_at]
    limit = heads[tail_at] + capacity
    is_busy = False
    late = []

    def write(word1, word2):
        nonlocal head, limit, is_busy
        if is_busy:  # a signal handler or a finalizer in the midst of another event
            late.append((word1, word2))
            return
        is_busy = True
        try:
            number = head
            heads[claim_at] = number + 1
            now = clock()
            if number >= limit:
                limit = heads[tail_at] + capacity
                if number >= limit:
                    heads[dropped_at] += 1
                    heads[claim_at] = number
                    return
            at = first + (number & mask) * 3
            events[at] = now
            events[at + 1] = word1
            events[at + 2] = word2
            head = number = number + 1
            heads[head_at] = number
        finally:
            is_busy = False
        while late:
            write(*late.pop(0))

    return write


def open_slot(paths, is_first):
    """Claims a slot for this process and maps it.

    :param paths: of the board and of the rings
    :param is_first: the process may turn out to be one whose main interpreter has a slot already
    :return: a Slot, or None when there is none for us. Raises OSError and OWN_ERRORS.
    """
    fds = []
    files = []
    try:
        for path in paths:
            fds.append(os.open(path, os.O_RDWR | os.O_CLOEXEC))
            info = os.fstat(fds[-1])
            files.append((info.st_dev, info.st_ino))
        board, rings = fds
        header = os.pread(board, 64, 0)
        shared = os.pread(rings, 64, 0)
        slots, per_slot, text_bytes = _u32(header, 12), _u32(header, 16), _u32(header, 20)
        capacity = _u32(shared, 20)
        if (header[:8] != b"ILHELPER" or _u32(header, 8) != 1 or shared[:8] != b"INRLEAVE"
                or _u32(shared, 8) != 1 or _u32(shared, 16) != slots * per_slot
                or capacity & capacity - 1 or text_bytes & text_bytes - 1):
            return None
        number, earlier = _claimed(board, slots, is_first)
        if number < 0:
            return None
        slot = _mapped_slot(board, rings, number, (slots, per_slot, text_bytes, capacity))
        slot.shows_locks = bool(_u32(header, 24) & 1)
        slot.earlier = earlier
        return slot
    finally:
        for fd in fds:
            os.close(fd)
        if sys.version_info < (3, 13):
            _close_all_of(files)


def _u32(data, at):
    return int.from_bytes(data[at:at + 4], sys.byteorder)


def _page_floor(at):
    return at & ~4095


def _page_ceil(at):
    return at + 4095 & ~4095


def _claimed(board, slots, is_first):
    """Takes a slot, under the lock that all helpers share.

    :return: its number, or -1 when there is none for us; and how many this process had
    """
    for _ in range(50):
        try:
            fcntl.flock(board, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            sleep(0.0002)
    else:
        return -1, 0
    try:
        return _take_slot(board, slots, is_first)
    finally:
        # Closing would not do: the mappings hold on to the open file, and with it to its lock.
        fcntl.flock(board, fcntl.LOCK_UN)


def _take_slot(board, slots, is_first):
    pid = os.getpid()
    table = os.pread(board, 192 * slots, 4096)
    free = -1
    earlier = 0
    for slot in range(slots):
        at = slot * 192 + 128
        if not _u32(table, at):
            free = slot if free < 0 else free
        elif _u32(table, at + 4) == pid:
            earlier += 1
    if is_first and earlier and _is_mapped(board):
        return -1, earlier  # this is a subinterpreter
    if free < 0:
        refused = _u32(os.pread(board, 4, 28), 0) + 1
        os.pwrite(board, refused.to_bytes(4, sys.byteorder), 28)
        return -1, earlier
    at = 4096 + free * 192 + 128
    os.pwrite(board, pid.to_bytes(4, sys.byteorder), at + 4)
    os.pwrite(board, (1).to_bytes(4, sys.byteorder), at)
    return free, earlier


def _is_mapped(fd):
    wanted = b" %d " % os.fstat(fd).st_ino
    maps = os.open("/proc/self/maps", os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = b""
        while True:
            part = os.read(maps, 1 << 16)
            if not part:
                break
            text += part
    finally:
        os.close(maps)
    return any(wanted in line and b"/memfd:" in line for line in text.splitlines())


def _mapped_slot(board, rings, number, geometry):
    slots, per_slot, text_bytes, capacity = geometry
    events_bytes = 24 * capacity * per_slot
    spans = [(board, 4096 + 192 * number, 192),
             (board, 4096 + _page_ceil(192 * slots) + text_bytes * number, text_bytes),
             (rings, 4096 + 192 * per_slot * number, 192 * per_slot),
             (rings, 4096 + _page_ceil(192 * slots * per_slot) + events_bytes * number,
              events_bytes)]
    views = []
    for made, (_, at, length) in zip(_mapped(spans), spans):
        skipped = at - _page_floor(at)
        views.append(memoryview(made)[skipped:skipped + length])
    slot = Slot()
    slot.words = views[0].cast("Q")
    slot.text = views[1]
    slot.heads = views[2].cast("Q")
    slot.states = views[2].cast("I")
    slot.events = views[3].cast("Q")
    slot.rings = per_slot
    slot.capacity = capacity
    return slot


def _mapped(spans):
    """Maps each (fd, offset, length), rounded to whole pages.

    Before 3.13 a mmap object keeps a duplicate of the descriptor: the program would find its own
    descriptors numbered differently. _close_all_of() closes it. As the object would close that
    number once more at its own end, these objects are kept for ever, and the number is a high one,
    which hardly any program has in use when its interpreter ends.
    """
    pages = [(fd, _page_floor(at), _page_ceil(at + length) - _page_floor(at))
             for fd, at, length in spans]
    if sys.version_info >= (3, 13):
        maps = [mmap.mmap(fd, length, offset=at, trackfd=False) for fd, at, length in pages]
        _kept.extend(maps)
        return maps
    fillers = []
    try:
        try:
            while not fillers or fillers[-1] < FIRST_SPARE_FD - 1:
                fillers.append(os.dup(spans[0][0]))
        except OSError:  # not that many are allowed: make room for ours
            for _ in spans[:len(fillers)]:
                os.close(fillers.pop())
        maps = []
        for fd, at, length in pages:
            maps.append(mmap.mmap(fd, length, offset=at))
            _kept.append(maps[-1])
        return maps
    finally:
        for fd in fillers:
            os.close(fd)


def _close_all_of(files):
    """Closes the descriptors of these files (device, inode), which only mmap objects can have."""
    for name in os.listdir("/proc/self/fd"):
        try:
            info = os.fstat(int(name))
            if (info.st_dev, info.st_ino) in files:
                os.close(int(name))
        except OSError:
            pass
