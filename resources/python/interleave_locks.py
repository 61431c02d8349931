# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show locks: what the program's own locks, semaphores, conditions, events, barriers and queues are
waited for and, of locks and semaphores, who holds them. Only loaded when the observing process asks
for it.

Those that the standard library makes for itself stay what they are: they are not what a program is
about, and the library's own speed is not to change.
"""
import itertools
import os
import sys
from _thread import allocate_lock

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

NUMBER = helper.NUMBER
_WAIT, _WAIT_END = helper.WAIT, helper.WAIT_END
_ACQUIRE, _RELEASE = helper.ACQUIRE, helper.RELEASE
_PERMIT, _LOCK, _TIMED = helper.PERMIT, helper.LOCK, helper.TIMED

_library = os.path.dirname(os.__file__) + os.sep
_frame = sys._getframe
_serials = {}  # of each kind
_reasons = {}  # by the code of who calls Condition.wait(): the reason to wait for its self


def _place(frame):
    """Where the program makes something: "bank.py:12"; None when it is the library that does."""
    if frame is None:
        return None
    file = frame.f_code.co_filename
    if file.startswith("<frozen ") or (file.startswith(_library)
                                       and "-packages" + os.sep not in file):
        return None
    return "%s:%d" % (os.path.basename(file), frame.f_lineno)


def _define(kind, word, place, capacity=0):
    serial = next(_serials.setdefault(word, itertools.count(1)))
    name = "%s %d (%s)" % (word, serial, place)
    return helper.new_object(kind, name, capacity), name


class _Lock:
    """Stands for a lock of _thread, and does what that does."""

    __slots__ = ("_raw", "_number", "_name", "__weakref__")

    def __new__(cls):
        place = _place(_frame().f_back) if helper.is_on else None
        if place is None:
            return allocate_lock()
        self = object.__new__(cls)
        self._raw = allocate_lock()
        self._number, self._name = _define("lock", "Lock", place)
        return self

    def _sent(self):
        """Its number in this process, which may have been forked from the one where it was made."""
        number = self._number - helper.object_base
        if number <= 0 and self._number:
            self._number = helper.new_object("lock", self._name)
            number = self._number - helper.object_base
        return max(number, 0)

    def acquire(self, blocking=True, timeout=-1):
        raw = self._raw
        state = helper.state_here()
        number = self._sent()
        if timeout == -1 and raw.acquire(False):
            state.write(0, _ACQUIRE | number)
            return True
        try:
            if not blocking:
                return raw.acquire(blocking, timeout)
            state.write(0, _WAIT | _LOCK | number | (_TIMED if timeout != -1 else 0))
            try:
                taken = raw.acquire(blocking, timeout)
            finally:
                state.write(0, _WAIT_END)
        except BaseException as error:
            helper.hide(error)
            raise
        if taken:
            state.write(0, _ACQUIRE | number)
        return taken

    def release(self):
        if self._raw.locked():
            # Before the next one can have it.
            helper.state_here().write(0, _RELEASE | self._sent())
        try:
            self._raw.release()
        except BaseException as error:
            helper.hide(error)
            raise

    def locked(self):
        return self._raw.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind, value, trace):
        self.release()

    def __repr__(self):
        return repr(self._raw)

    def _at_fork_reinit(self):
        self._raw = allocate_lock()

    acquire_lock, release_lock, locked_lock = acquire, release, locked


class _RLock:
    """Stands for a recursive lock: its holder's first acquire() and last release() are told."""

    __slots__ = ("_raw", "_number", "_name", "_depth", "__weakref__")
    _sent = _Lock._sent

    def __init__(self, raw, place):
        self._raw = raw
        self._depth = 0
        self._number, self._name = _define("lock", "RLock", place)

    def acquire(self, blocking=True, timeout=-1):
        raw = self._raw
        try:
            if raw._is_owned() or (timeout == -1 and raw.acquire(False)):
                if self._depth:
                    raw.acquire()
                else:
                    helper.state_here().write(0, _ACQUIRE | self._sent())
                self._depth += 1
                return True
            if not blocking:
                return raw.acquire(blocking, timeout)
            return self._wait(lambda: raw.acquire(blocking, timeout), timeout != -1, 1)
        except BaseException as error:
            helper.hide(error)
            raise

    def _wait(self, acquire, is_timed, depth):
        state = helper.state_here()
        number = self._sent()
        state.write(0, _WAIT | _LOCK | number | (_TIMED if is_timed else 0))
        try:
            taken = acquire()
        finally:
            state.write(0, _WAIT_END)
        if taken is not False:
            state.write(0, _ACQUIRE | number)
            self._depth = depth
        return taken

    def release(self):
        if self._raw._is_owned():
            self._depth -= 1
            if not self._depth:
                helper.state_here().write(0, _RELEASE | self._sent())
        try:
            self._raw.release()
        except BaseException as error:
            helper.hide(error)
            raise

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind, value, trace):
        self.release()

    def __repr__(self):
        return repr(self._raw)

    def __getattr__(self, name):  # locked(), _recursion_count(): in some versions
        return getattr(self._raw, name)

    # What Condition needs.

    def _is_owned(self):
        return self._raw._is_owned()

    def _release_save(self):
        helper.state_here().write(0, _RELEASE | self._sent())
        depth, self._depth = self._depth, 0
        return self._raw._release_save(), depth

    def _acquire_restore(self, saved):
        self._wait(lambda: self._raw._acquire_restore(saved[0]), False, saved[1])

    def _at_fork_reinit(self):
        self._depth = 0
        self._raw._at_fork_reinit()


# --- Objects of Python classes: they get a number where they are made

def _number_in(thing):
    try:
        return max(getattr(thing, NUMBER, 0) - helper.object_base, 0)
    except TypeError:
        return 0


def _patch_init(made_class, kind, word, capacity):
    original = made_class.__init__
    if helper.is_hook(original):
        return

    def made(thing, frame):
        while frame is not None and frame.f_code.co_name == "__init__" \
                and frame.f_locals.get("self") is thing:
            frame = frame.f_back  # the constructor of a derived class
        place = _place(frame)
        if place is not None:
            setattr(thing, NUMBER, _define(kind, word, place, capacity(thing))[0])

    def __init__(self, *args, **kwargs):
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            helper.hide(error)
            raise
        if helper.is_on:
            helper.swallow(made, self, _frame().f_back)

    made_class.__init__ = helper.dress(__init__, original)


def _patch_semaphore(threading):
    semaphore, bounded = threading.Semaphore, threading.BoundedSemaphore
    original_acquire = semaphore.acquire

    def acquire(self, blocking=True, timeout=None):
        try:
            taken = original_acquire(self, blocking, timeout)
        except BaseException as error:
            helper.hide(error)
            raise
        number = _number_in(self) if taken else 0
        if number:
            helper.state_here().write(0, _ACQUIRE | _PERMIT | number)
        return taken

    semaphore.acquire = semaphore.__enter__ = helper.dress(acquire, original_acquire)
    for made_class in (semaphore, bounded):
        made_class.release = _releasing(made_class.release)
    return original_acquire


def _releasing(original):
    def release(self, *args, **kwargs):
        number = _number_in(self)
        if number:
            for _ in range(min(args[0] if args and type(args[0]) is int else 1, 64)):
                helper.state_here().write(0, _RELEASE | number)
        try:
            return original(self, *args, **kwargs)
        except BaseException as error:
            helper.hide(error)
            raise

    return helper.dress(release, original)


def patch_threading(threading):
    """Makes the program's locks tell; called by patch_threading() of interleave_threads."""
    _Lock.__name__ = _Lock.__qualname__ = "lock"
    _Lock.__module__ = _RLock.__module__ = "_thread"
    _RLock.__name__ = _RLock.__qualname__ = "RLock"
    threading.Lock = _Lock
    original_rlock = threading.RLock

    def RLock(*args, **kwargs):
        place = _place(_frame().f_back) if helper.is_on else None
        raw = original_rlock(*args, **kwargs)
        return raw if place is None else _RLock(raw, place)

    threading.RLock = helper.dress(RLock, original_rlock)
    _patch_init(threading.Condition, "condition", "Condition", lambda thing: 0)
    _patch_init(threading.Semaphore, "semaphore", "Semaphore", lambda thing: thing._value)
    _patch_init(threading.Event, "latch", "Event", lambda thing: 0)
    _patch_init(threading.Barrier, "barrier", "Barrier", lambda thing: thing.parties)
    _reasons[threading.Event.wait.__code__] = helper.EVENT
    _reasons[_patch_semaphore(threading).__code__] = helper.SEMAPHORE
    for name in ("_wait", "_enter"):
        _reasons[getattr(threading.Barrier, name).__code__] = helper.BARRIER


def patch_queue(queue):
    """Queues by name."""
    _patch_init(queue.Queue, "channel", "Queue", lambda thing: max(thing.maxsize, 0))


def reason_of(condition, caller, reasons, passing):
    """Why a thread waits whose condition.wait() was called by that frame.

    :param reasons: those that interleave_threads knows; :param passing: who waits for somebody else
    :return: reason and object, or None when it is not for an object of the program
    """
    number = _number_in(condition)
    if number:
        return helper.CONDITION | number
    for _ in range(3):
        if caller is None:
            return None
        code = caller.f_code
        reason = _reasons.get(code) or reasons.get(code)
        number = _number_in(caller.f_locals.get("self")) if reason is not None else 0
        if number:
            return reason | number
        if code not in passing:
            return None
        caller = caller.f_back
    return None
