# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of aiohttp's client, and connections and queries of aiomysql, each as a span of its own.

A request is a task that is on no thread: it is suspended from the call to the result. Neither
library is imported from here; their own functions are called with what the program gave, and
nothing else of theirs is used (no trace_configs of aiohttp: awaiting them changes the program's
timing).
"""
import sys

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

_CO_COROUTINE = 0x80  # inspect.CO_COROUTINE


def _is_cancelled(error):
    cancelled = getattr(sys.modules.get("asyncio"), "CancelledError", GeneratorExit)
    return isinstance(error, (cancelled, GeneratorExit))


def _begin(name, reason):
    state = helper.state_here()
    absolute = helper.new_task("request", name, state.current)
    state.write(absolute - helper.task_base, helper.SUSPEND | reason)
    return absolute


def _finish(absolute, kind):
    number = absolute - helper.task_base
    if number > 0:  # else this is a fork of the process where it began
        helper.state_here().write(number, kind)


def _patch(owner, name, reason, name_of):
    """Makes a span of every call of a coroutine function.

    :param name_of: makes the span's name from the arguments
    """
    original = getattr(owner, name, None)
    code = getattr(original, "__code__", None)
    if code is None or not code.co_flags & _CO_COROUTINE or helper.is_hook(original):
        return

    async def span(*args, **kwargs):
        absolute = helper.swallow(_begin, helper.swallow(name_of, args, kwargs) or name, reason)
        kind = helper.END
        try:
            return await original(*args, **kwargs)
        except BaseException as error:
            helper.hide(error)
            kind = helper.CANCELLED if _is_cancelled(error) else helper.FAILED
            raise
        finally:
            if absolute:
                helper.swallow(_finish, absolute, kind)

    helper.part("interleave_asyncio").know_reason(span.__code__, reason)
    setattr(owner, name, helper.dress(span, original))


def _request_name(args, kwargs):
    """"GET example.org/path": without what identifies a person, and without the query."""
    method = args[1] if len(args) > 1 else kwargs.get("method", "")
    url = str(args[2] if len(args) > 2 else kwargs.get("str_or_url", ""))
    place = url.split("?", 1)[0].split("#", 1)[0].split("://", 1)[-1]
    host, slash, path = place.partition("/")
    return "%s %s%s%s" % (str(method).upper(), host.rsplit("@", 1)[-1], slash, path)


def _query_name(args, kwargs):
    """The statement as the program wrote it, without its arguments."""
    query = args[1] if len(args) > 1 else kwargs.get("query", "")
    if isinstance(query, (bytes, bytearray)):
        query = bytes(query[:400]).decode("utf-8", "replace")
    return " ".join(str(query)[:400].split())[:120]


def patch_aiohttp(module):
    """From the call of a request to its response's headers."""
    _patch(module.ClientSession, "_request", helper.IO, _request_name)


def patch_aiomysql_pool(module):
    """The wait for a connection of the pool."""
    _patch(module.Pool, "_acquire", helper.CONNECTION,
           lambda args, kwargs: "connection")


def patch_aiomysql_cursors(module):
    """A query, from its call to its result."""
    _patch(module.Cursor, "execute", helper.IO, _query_name)
