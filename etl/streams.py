"""Several connections to one Odoo, used side by side: no more questions at a time than there are connections."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from etl.odoo import Odoo

Task = TypeVar("Task")
Result = TypeVar("Result")
HEARD_AFTER_SECONDS = 0.5


class Stopped(Exception):
    """Nothing more is asked: what the questions were for has failed elsewhere, or was told to stop."""


class Streams:
    """Answers like the Odoo it is made of, from any thread, over as many connections as its login allows.

    A connection serves one thread at a time, because odoorpc cannot be shared; further ones are made when needed.
    """

    def __init__(self, odoo: Odoo):
        self.odoo, self.number = odoo, odoo.login.streams
        self._free: queue.SimpleQueue[Odoo] = queue.SimpleQueue()
        self._free.put(odoo)
        self._made, self._making = 1, threading.Lock()
        self._stopped = False
        self._languages: list[str] | None = None

    def languages(self) -> list[str]:
        """Codes of the installed languages, asked for once."""
        if self._languages is None:
            with self._connection() as odoo:
                self._languages = odoo.languages()
        return self._languages

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.odoo, name)
        if not callable(value):
            return value

        def ask(*arguments, **named):
            with self._connection() as odoo:
                return getattr(odoo, name)(*arguments, **named)

        return ask

    def stop(self) -> None:
        """From now on every question raises Stopped."""
        self._stopped = True

    @contextmanager
    def _connection(self) -> Iterator[Odoo]:
        odoo = self._take()
        try:
            if self._stopped:
                raise Stopped
            yield odoo
        finally:
            self._free.put(odoo)

    def _take(self) -> Odoo:
        try:
            return self._free.get_nowait()
        except queue.Empty:
            with self._making:
                may_make = self._made < self.number
                self._made += may_make
            return self.odoo.again() if may_make else _awaited(self._free)


def width(odoo: Odoo | Streams) -> int:
    """How many questions may be asked at a time."""
    return odoo.number if isinstance(odoo, Streams) else 1


def ahead(work: Callable[[Task], Result], tasks: Iterable[Task], width: int) -> Iterator[tuple[Task, Result]]:
    """(task, work(task)) in order, worked on in `width` threads that are at most that many results and one ahead.

    What `work` raises is raised at its task's turn, and from then on no other task is begun. The threads do not keep a
    process alive.
    """
    todo: queue.SimpleQueue = queue.SimpleQueue()
    waiting: deque[tuple[Task, queue.SimpleQueue]] = deque()
    failed = threading.Event()

    def run() -> None:
        while (item := todo.get()) is not None:
            task, answer = item
            try:
                if failed.is_set():
                    raise Stopped
                answer.put((True, work(task)))
            except BaseException as error:
                failed.set()
                answer.put((False, error))

    threads = 0
    try:
        for task in tasks:
            if threads < width:
                threading.Thread(target=run, daemon=True).start()
                threads += 1
            waiting.append((task, queue.SimpleQueue()))
            todo.put(waiting[-1])
            if len(waiting) > width + 1:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        with suppress(queue.Empty):
            while True:  # what nobody began
                todo.get_nowait()
        for _ in range(threads):
            todo.put(None)


def _awaited(source: queue.SimpleQueue) -> Any:
    """What comes next. A signal that comes just before the waiting does not end it: it is heard when it begins anew."""
    while True:
        with suppress(queue.Empty):
            return source.get(timeout=HEARD_AFTER_SECONDS)


def _next(waiting: deque) -> tuple:
    task, answer = waiting.popleft()
    done, result = _awaited(answer)
    if not done:
        raise result
    return task, result
