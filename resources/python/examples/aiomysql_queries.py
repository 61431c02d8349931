# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many SQL queries at once over the few connections of a pool, with the real aiomysql.

The database is a MariaDB or MySQL on this machine, reached by its Unix socket. The queries only
wait in the server; nothing in it is changed.
"""
import argparse
import asyncio
import getpass
import os
import sys


def give_up(sentence):
    print(f"aiomysql_queries.py: {sentence}", file=sys.stderr)
    sys.exit(2)


try:
    import aiomysql
except ImportError:
    give_up("the package aiomysql is missing: install python3-aiomysql with the system's packages, "
            f"or run: {sys.executable} -m pip install aiomysql")


def read_options():
    parser = argparse.ArgumentParser(description="SQL queries that share connections.")
    parser.add_argument("--socket", default="/run/mysqld/mysqld.sock",
                        help="the server's Unix socket")
    parser.add_argument("--user", default=getpass.getuser(),
                        help="the password is taken from the variable MYSQL_PWD, if there is one")
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--connections", type=int, default=5, help="in the pool, at most")
    parser.add_argument("--wait-ms", type=int, default=100, help="how long a query takes")
    return parser.parse_args()


async def ask(pool, number, seconds):
    async with pool.acquire() as connection:
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT SLEEP(%s), %s", (seconds, number))
            row = await cursor.fetchone()
            print(f"query {row[1]}: answered", flush=True)


async def ask_all(options):
    pool = await aiomysql.create_pool(
        unix_socket=options.socket, user=options.user, password=os.environ.get("MYSQL_PWD", ""),
        minsize=1, maxsize=options.connections)
    try:
        await asyncio.gather(*(
            asyncio.create_task(ask(pool, number, options.wait_ms / 1000), name=f"ask {number}")
            for number in range(1, options.queries + 1)
        ))
    finally:
        pool.close()
        await pool.wait_closed()


def main():
    options = read_options()
    try:
        asyncio.run(ask_all(options))
    except (OSError, aiomysql.MySQLError) as error:
        give_up(f"the server at {options.socket} refuses: {error}")


if __name__ == "__main__":
    main()
