# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Interleave's helper does in every Python process: it offers the other files a way to record
events and to say words, and calls them when the program has imported what they patch.

Rules of all of these files. The program's own behaviour comes first: nothing is printed, nothing
imported that the program does not import, no exception changed. Only errors that can be ours are
caught, as an exception may also come from a signal handler of the program, at any place. No lock is
waited for that the same thread could hold, further up, when a signal handler or a finalizer comes
in between.
"""
import itertools
import os
import sys
from _collections import deque  # without what collections brings along
from _thread import _local, allocate_lock, get_ident, get_native_id
from time import monotonic_ns

from interleave_memory import OWN_ERRORS, open_slot, writer

# The second word of an event: EventKind, and WaitReason or AccessMode, of core/record/event.h. The
# core is not known to a Python program.
(QUEUED, BEGIN, END, CHAIN, SUSPEND, RESUME, WAIT, WAIT_END, MARK, CANCELLED, FAILED, ACQUIRE,
 RELEASE) = (kind << 32 | 0xffff << 48 for kind in range(1, 14))
(SLEEP, LOCK, IO, CHILD, JOIN, CONDITION, SEMAPHORE, BARRIER, QUEUE, IDLE, YIELD, AWAIT,
 GLOBAL_LOCK, CONNECTION, EVENT) = (reason << 40 for reason in range(1, 16))
TIMED = 0x80 << 40
PERMIT = 2 << 40

NUMBER = "_interleave"  # the attribute that holds the number of a task, a job, an object
LONGEST_TEXT = 512  # characters of a name, so that a line never has more than 4096 bytes
MOST_SLOTS = 16  # of one process: 256 threads with events at the same time
MOST_OBJECTS = 999

is_on = False
shows_locks = False
#: Numbers up to these belong to the process that this one was forked from. What is sent is the
#: difference.
task_base = 0
object_base = 0
here = _local()  # .state: the State of a thread, from its first event on
on_fork = []  # what the other files do first in a forked child

_folder = ""
_paths = ()
_own = None  # the Slot whose text ring is ours
_slots = []
_tasks = itertools.count(1)
_objects = itertools.count(1)
_object_limit = MOST_OBJECTS
_claim_lock = allocate_lock()
_claimer = 0  # the thread that holds it
_lines = deque()
_lines_lock = allocate_lock()


class State:
    """What belongs to one thread. It goes when its thread ends, and gives back the ring."""

    __slots__ = ("write", "current", "slot", "ring", "pid")

    def __del__(self, getpid=os.getpid):
        # In a forked child, the other threads' rings are still the parent's.
        if self.slot is not None and self.pid == getpid():
            self.slot.close_ring(self.ring)


def state_here():
    """The State of the calling thread."""
    try:
        return here.state
    except AttributeError:
        return new_state()


def new_state():
    """Makes the State of the calling thread, at its first event."""
    state = State()
    state.current = 0  # the number of the task that runs on the thread, as it is sent
    state.slot = None
    state.pid = os.getpid()
    state.write = _without_ring()
    here.state = state
    _claim(state)
    return state


def _without_ring():
    """A write() that loses its events, and now and then lets the thread look for a ring again."""
    calls = 0

    def write(word1, word2):
        nonlocal calls
        calls += 1
        if calls & 255 == 0 and is_on:
            here.__dict__.pop("state", None)

    return write


def _claim(state):
    """Makes sure that the process has a slot, and that `state`, where given, has a ring."""
    global _claimer
    if _claimer == get_ident():  # a signal handler in the midst of this
        return
    with _claim_lock:
        try:
            _claimer = get_ident()
            if is_on and _has_slot() and state is not None:
                _take_ring(state)
        except (OSError, *OWN_ERRORS):
            _give_up()
        finally:
            _claimer = 0


def _has_slot():
    """A forked child has none until it has something to tell."""
    global _own
    if _own is None:
        _own = open_slot(_paths, False)
        if _own is None:
            _give_up()
            return False
        _slots.append(_own)
    return True


def _take_ring(state):
    for slot in _slots:
        ring = slot.take_ring(state.pid, get_native_id())
        if ring >= 0:
            break
    else:
        slot = open_slot(_paths, False) if len(_slots) < MOST_SLOTS else None
        if slot is None:
            return
        _slots.append(slot)
        ring = slot.take_ring(state.pid, get_native_id())
        if ring < 0:
            return
    state.ring = ring
    state.slot = slot
    state.write = writer(slot, ring)


def _give_up():
    """From now on nothing new is defined or said. Who writes already has a ring of its own."""
    global is_on
    is_on = False


def swallow(function, *arguments):
    """Calls a part of the helper. An error of its own ends the helper, never the program."""
    try:
        return function(*arguments)
    except OWN_ERRORS:
        _give_up()
        return None


def say(word, task=0, cause=0, number=0, key="", text=""):
    """Sends one line of core/record/messages.h. Any thread; nobody waits for anybody."""
    if not is_on:
        return
    text = text[:LONGEST_TEXT].replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    line = "%s\t%d\t%d\t%d\t%d\t%s\t%s\n" % (word, task, cause, number, monotonic_ns(), key, text)
    _lines.append(line.encode("utf-8", "replace"))
    if _own is None:
        _claim(None)
    # Who has the lock also sends what others leave here in the meantime.
    while _lines and _own is not None and _lines_lock.acquire(False):
        try:
            while _lines:
                _own.say(_lines.popleft())
        finally:
            _lines_lock.release()


def new_task(kind, name, parent=0):
    """Defines a task: "coroutine", "job", "request".

    :return: its number, from which `task_base` is to be taken before it is sent
    """
    number = next(_tasks)
    say("define", number - task_base, parent, 1, kind, name)
    return number


def new_object(kind, name, capacity=0):
    """Defines a lock or the like. :return: its number, or 0 when there are too many."""
    number = next(_objects)
    if number - object_base > _object_limit:
        return 0
    say("object", number - object_base, 0, capacity, kind, name)
    return number


def hide(error):
    """Takes the calling hook out of a traceback, where a bare `raise` leaves it out: from 3.11."""
    trace = error.__traceback__
    if trace is not None:
        error.__traceback__ = trace.tb_next


def dress(hook, original):
    """Makes a hook look like what it stands for. :return: the hook"""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(hook, name, getattr(original, name))
        except AttributeError:
            pass
    hook.__wrapped__ = original  # inspect.signature() follows it
    hook._interleave = True
    return hook


def is_hook(function):
    """Whether it is ours already: a module may be reloaded, or found in two ways."""
    return getattr(function, "_interleave", None) is True


# Called when a module has been imported: file of ours and function in it.
_watched = {
    "threading": ("interleave_threads", "patch_threading"),
    "queue": ("interleave_threads", "patch_queue"),
    "concurrent.futures._base": ("interleave_threads", "patch_futures"),
    "concurrent.futures.thread": ("interleave_threads", "patch_thread_pool"),
    "concurrent.futures.process": ("interleave_processes", "patch_process_pool"),
    "multiprocessing.util": ("interleave_threads", "patch_multiprocessing"),
    "multiprocessing.context": ("interleave_threads", "patch_spawn"),
    "multiprocessing.popen_fork": ("interleave_threads", "patch_process_wait"),
    "asyncio.base_events": ("interleave_asyncio", "patch_asyncio"),
    "asyncio.taskgroups": ("interleave_asyncio", "patch_task_groups"),
    "aiohttp.client": ("interleave_clients", "patch_aiohttp"),
    "aiomysql.pool": ("interleave_clients", "patch_aiomysql_pool"),
    "aiomysql.cursors": ("interleave_clients", "patch_aiomysql_cursors"),
}
_parts = {}
_this = sys.modules[__name__]
_Spec = type(sys.__spec__)


class _WatchedSpec(_Spec):
    """The spec of a module while it is being imported: tells when that is done.

    The import system sets `_initializing` to False then. So no frame of ours is on the stack while
    the module runs, and its loader stays what it is.
    """

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == "_initializing" and not value:
            self.__class__ = _Spec
            module = sys.modules.get(self.name)
            if module is not None and getattr(module, "__spec__", None) is self:
                _imported(self.name, module)


class _Finder:
    """The first of sys.meta_path: finds nothing itself, but learns of the watched modules."""

    def find_spec(self, name, path=None, target=None):
        if name not in _watched:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if type(spec) is _Spec:
                    spec.__class__ = _WatchedSpec
                return spec
        return None


def _imported(name, module):
    file, function = _watched[name]
    try:
        getattr(part(file), function)(module)
    except (OSError, ImportError, SyntaxError, *OWN_ERRORS):
        _give_up()


def part(file):
    """Another file of the helper, imported when first needed. Its global `helper` is this one."""
    found = _parts.get(file)
    if found is None:
        loader = type(__spec__.loader)(file, _folder + "/" + file + ".py")
        found = type(sys)(file)
        found.__file__ = loader.path
        found.helper = _this
        writes_no_bytecode = sys.dont_write_bytecode
        sys.dont_write_bytecode = False  # see sitecustomize.py
        try:
            loader.exec_module(found)
        finally:
            sys.dont_write_bytecode = writes_no_bytecode
        _parts[file] = found
    return found


def _forked():
    """First of all in a forked child: it has neither slot nor ring nor other threads."""
    global _own, _slots, _claim_lock, _claimer, _lines, _lines_lock
    global task_base, object_base, _object_limit
    state = here.__dict__.pop("state", None)
    if state is not None:
        state.write = _without_ring()  # hooks that are on the stack have it in their hands
    _own = None
    _slots = []
    _claim_lock = allocate_lock()
    _claimer = 0
    _lines = deque()
    _lines_lock = allocate_lock()
    task_base = next(_tasks)
    object_base = next(_objects)
    _object_limit = MOST_OBJECTS
    for function in on_fork:
        swallow(function)


def say_interpreter():
    """Tells which Python this is, and how often its global lock changes hands."""
    has_lock = getattr(sys, "_is_gil_enabled", None)
    say("interpreter", 0, sys.version_info[0] * 100 + sys.version_info[1], os.getpid(),
        "free" if has_lock is not None and not has_lock() else "gil",
        str(int(sys.getswitchinterval() * 1e9)))


def _patch_switch_interval():
    original = sys.setswitchinterval

    def setswitchinterval(interval, /):
        try:
            original(interval)
        except BaseException as error:
            hide(error)
            raise
        swallow(say_interpreter)

    sys.setswitchinterval = dress(setswitchinterval, original)


def _say_housekeeping():
    """Processes that multiprocessing starts for itself."""
    arguments = getattr(sys, "orig_argv", None)
    if arguments is None:  # before 3.10
        fd = os.open("/proc/self/cmdline", os.O_RDONLY | os.O_CLOEXEC)
        try:
            arguments = os.fsdecode(os.read(fd, 4096)).split("\0")
        finally:
            os.close(fd)
    for name in ("resource_tracker", "forkserver"):
        if any(("from multiprocessing.%s import main" % name) in word for word in arguments):
            say("process", 0, 0, os.getpid(), "housekeeping", name.replace("_", " "))


def start(folder):
    """Begins in this process, if the environment names an observing process within reach."""
    global _folder, _paths, _own, _tasks, _objects, _object_limit, is_on, shows_locks
    sys.modules.pop("interleave_memory", None)
    _folder = folder
    _paths = tuple(os.environ["INTERLEAVE_HELPER"].split(":"))
    if len(_paths) != 2 or not all(path.startswith("/proc/") for path in _paths):
        return
    _own = open_slot(_paths, True)
    if _own is None:
        return
    _slots.append(_own)
    if _own.earlier:  # a Python that took the place of another (exec): no number is used again
        _tasks = itertools.count((_own.earlier << 24) + 1)
        _objects = itertools.count(_own.earlier * MOST_OBJECTS + 1)
        _object_limit = (_own.earlier + 1) * MOST_OBJECTS
    is_on = True
    shows_locks = _own.shows_locks
    say_interpreter()
    _say_housekeeping()
    _patch_switch_interval()
    os.register_at_fork(after_in_child=_forked)
    sys.meta_path.insert(0, _Finder())
    for name in list(_watched):
        if name in sys.modules:
            _imported(name, sys.modules[name])
