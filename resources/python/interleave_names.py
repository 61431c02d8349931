# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of asyncio are called, also when they get another name after they were made.

Task is a class of C in most programs: its set_name() cannot be hooked, and asking for the name at
each step would cost too much. Programs name a task right after they have made it, or first thing
within it. So its name is looked at before and after its first step, and at its end.
"""

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

SAID = "_interleave_name"  # the attribute that holds the name that was said, and the task's creator

#: Functions of asyncio that name the task after create_task() has returned, by their code.
_naming = set()


def names_later(function):
    """That function of asyncio calls create_task(), and then set_name() with its own `name`."""
    _naming.add(function.__code__)


def name_given(arguments, caller):
    """The name that the program gives to a new task, or None."""
    name = arguments.get("name")
    if name is None and caller is not None and caller.f_code in _naming:
        name = caller.f_locals.get("name")
    return name


def is_default(name):
    """Whether asyncio has made that name itself. "None" is what a task without a name is called by
    early versions of 3.13, where a task factory is set."""
    return name == "None" or name.startswith("Task-") and name[5:].isdigit()


def shown_name(task, name):
    """:param name: as the task has it. :return: as it is said"""
    if is_default(name):
        inner = getattr(task.get_coro(), "__name__", None)
        if isinstance(inner, str):
            return "%s (%s)" % (name, inner)  # as threading names a thread with a target
    return name


def check_name(task, number):
    """Says the name of a task again if it has changed."""
    try:
        said, creator = task._interleave_name
        name = task.get_name()
        if name == said:
            return
        setattr(task, SAID, (name, creator))
        helper.say("define", number, creator, 1, "coroutine", shown_name(task, name))
    except helper.OWN_ERRORS:
        pass  # a task of somebody else's making: it keeps the name that it has


def check_eager_name(task, number, given, creator):
    """The first step was run before there was a task to ask: it was called `given`, which asyncio
    may be about to make its name, or after its coroutine. It may have named itself meanwhile."""
    try:
        name = task.get_name()
        has_default = is_default(name)
        said = str(given) if given is not None else name if has_default else None
        setattr(task, SAID, (said, creator))
    except helper.OWN_ERRORS:
        return
    if not has_default:
        check_name(task, number)
