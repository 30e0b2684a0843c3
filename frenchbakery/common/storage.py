"""Where state lives: one SQLite file when a service runs alone, a DynamoDB table when tasks share it."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from fastapi.concurrency import run_in_threadpool

from frenchbakery.common.errors import unavailable

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Sqlite:
    """A SQLite database shared by the threads of this process and, as a file, by other processes.

    One connection behind a lock is enough for a shop. WAL lets readers work beside the writer;
    BEGIN IMMEDIATE takes the write lock first, so no transaction fails half-way.
    """

    def __init__(self, path: str, schema: str) -> None:
        self._lock = threading.Lock()
        # timeout: seconds to wait for another process; isolation_level None: transactions are ours
        self._connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        with self.transaction() as connection:
            connection.execute(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, rolled back on an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def dynamodb() -> Any:
    """A DynamoDB client with short time-outs (a shop's page is waiting); safe to share between threads."""
    import boto3  # imported only where a table is used: it would slow every other start
    from botocore.config import Config

    config = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "max_attempts": 3})
    region = os.environ.get("AWS_REGION") or None  # set by ECS; boto3 itself reads AWS_DEFAULT_REGION only
    return boto3.client("dynamodb", region_name=region, config=config)


async def ask(store: str, work: Callable[..., Result], *arguments: Any) -> Result:
    """Run one blocking call of a store in a thread. Raises ServiceError (503) when the store fails."""
    try:
        return await run_in_threadpool(work, *arguments)
    except Exception as problem:  # whatever the driver raises: the caller can only come back later
        log.warning("%s does not answer: %s", store, type(problem).__name__)
        raise unavailable(store) from problem
