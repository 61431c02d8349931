# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many HTTP requests at once over a few connections, with the real aiohttp.

The server is Interleave's own, which answers after the time that a request asks for. Its address
is the argument, or stands in the variable INTERLEAVE_SERVER_URL; without either, interleave-server
is started for as long as this program runs.
"""
import argparse
import asyncio
import os
import shutil
import subprocess
import sys


def give_up(sentence):
    print(f"aiohttp_requests.py: {sentence}", file=sys.stderr)
    sys.exit(2)


try:
    import aiohttp
except ImportError:
    give_up("the package aiohttp is missing: install python3-aiohttp with the system's packages, "
            f"or run: {sys.executable} -m pip install aiohttp")


def read_options():
    parser = argparse.ArgumentParser(description="HTTP requests that wait together.")
    parser.add_argument("url", nargs="?", default=os.environ.get("INTERLEAVE_SERVER_URL", ""),
                        help="of the server, such as http://127.0.0.1:8080")
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--connections", type=int, default=5, help="at once, at most")
    parser.add_argument("--wait-ms", type=int, default=200, help="how late the server answers")
    return parser.parse_args()


def server_program():
    """Where interleave-server is: in PATH, or beside the program that records this one."""
    folders = [os.environ.get("INTERLEAVE_BIN", "")]
    try:
        folders.append(os.path.dirname(os.readlink(f"/proc/{os.getppid()}/exe")))
    except OSError:
        pass  # not ours to look into
    for folder in filter(None, folders):
        found = shutil.which("interleave-server", path=folder)
        if found:
            return found
    return shutil.which("interleave-server")


def start_server():
    """Returns the process, which ends when its standard input does, and its address."""
    program = server_program()
    if not program:
        give_up("there is no interleave-server in PATH: install Interleave, or give the URL of a "
                "server as the argument")
    server = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().strip()
    if not port.isdigit():
        give_up(f"{program} did not start")
    return server, f"http://127.0.0.1:{port}"


async def fetch(session, url, number):
    async with session.get(url) as response:
        body = await response.read()
        print(f"request {number}: status {response.status}, {len(body)} bytes", flush=True)


async def fetch_all(url, options):
    connector = aiohttp.TCPConnector(limit=options.connections)
    address = f"{url.rstrip('/')}/wait?ms={options.wait_ms}&body=64"
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(
            asyncio.create_task(fetch(session, address, number), name=f"fetch {number}")
            for number in range(1, options.requests + 1)
        ))


def main():
    options = read_options()
    server, url = (None, options.url) if options.url else start_server()
    try:
        asyncio.run(fetch_all(url, options))
    except aiohttp.ClientError as error:
        give_up(f"{url} does not answer: {error}")
    finally:
        if server:
            server.stdin.close()
            server.wait()


if __name__ == "__main__":
    main()
