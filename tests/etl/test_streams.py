"""Several connections side by side: order, bounds, errors and stopping."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from typing import ClassVar

import pytest

from etl.odoo import Login, Odoo, OdooError
from etl.streams import Stopped, Streams, ahead, width

LOGIN = Login("odoo", "http://odoo.test", "plants", "anna", "secret", is_api_key=True)


class Wire:
    """A transport that notes which thread uses it, and how many are in use at a time."""

    name = "json-2"
    made: ClassVar[list[Wire]] = []
    busy = most = 0
    lock = threading.Lock()

    def __init__(self, login):
        self.inside = 0
        Wire.made.append(self)

    def call(self, model, method, arguments):
        with Wire.lock:
            self.inside += 1
            assert self.inside == 1, "a connection was shared"
            Wire.busy += 1
            Wire.most = max(Wire.most, Wire.busy)
        time.sleep(0.005)
        with Wire.lock:
            self.inside -= 1
            Wire.busy -= 1
        return len(arguments["domain"])


@pytest.fixture
def streams():
    Wire.made, Wire.busy, Wire.most = [], 0, 0

    def make(count: int) -> Streams:
        login = replace(LOGIN, streams=count)
        return Streams(Odoo(login, Wire(login), "19.0"))

    return make


@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_more_questions_at_a_time_than_streams_and_none_on_a_shared_connection(count, streams):
    odoo = streams(count)
    answers = [answer for _, answer in ahead(lambda n: odoo.count("x.y", [("id", "=", 1)] * n), range(40), 8)]
    assert answers == list(range(40))
    assert Wire.most == count == len(Wire.made) == width(odoo)


def test_an_odoo_of_its_own_has_one_stream(streams):
    assert width(streams(4).odoo) == 1
    assert streams(3).login.instance == "odoo" and streams(3).major == 19


def test_results_come_in_order_whatever_takes_long():
    def work(number: int) -> int:
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number * number

    assert list(ahead(work, range(20), 4)) == [(n, n * n) for n in range(20)]


def test_no_more_is_fetched_ahead_than_the_threads_and_one():
    begun = []
    results = ahead(begun.append, range(100), 2)
    next(results)
    time.sleep(0.05)
    assert begun == [0, 1, 2, 3]
    results.close()


def test_an_error_comes_at_its_turn_and_nothing_later_is_begun():
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 5:
            raise OdooError("row five")
        return number

    done = []
    with pytest.raises(OdooError, match="row five"):
        for number, _ in ahead(work, range(1000), 1):
            done.append(number)
    assert done == [0, 1, 2, 3, 4]
    time.sleep(0.05)
    assert max(begun) < 10


def test_after_stopping_no_question_is_asked(streams):
    odoo = streams(2)
    assert odoo.count("x.y", []) == 0
    odoo.stop()
    with pytest.raises(Stopped):
        odoo.count("x.y", [])


def test_a_signal_that_does_not_interrupt_the_waiting_is_heard_all_the_same():
    """It reaches another thread, as one that comes just before the waiting reaches none."""
    told = threading.Event()

    def work(_):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        told.wait(20)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # workers of a test session ignore it
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            list(ahead(work, [1], 1))
        assert time.monotonic() - started < 10
    finally:
        told.set()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        signal.signal(signal.SIGINT, before)
