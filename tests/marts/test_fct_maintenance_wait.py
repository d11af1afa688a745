"""Spans in which a maintenance request was marked as blocked."""

import pytest

from tests.machines import BUSY, DONE, Workshop
from tests.rows import at


@pytest.fixture(scope="module")
def waits(build):
    shop = Workshop()
    shop.request(1, ("2026-01-05 09:00", BUSY), ("2026-01-08 09:00", DONE))
    shop.mark("2026-01-05 10:00", 1, "normal", "blocked").mark("2026-01-06 10:00", 1, "blocked", "normal")
    shop.mark("2026-01-07 10:00", 1, "normal", "blocked").mark("2026-01-08 09:00", 1, "blocked", "normal")
    shop.request(2, kanban_state="blocked").mark("2026-01-06 10:00", 2, "normal", "blocked")
    shop.request(3, kanban_state="blocked")  # from the beginning
    shop.request(4).mark("2026-01-06 10:00", 4, "blocked", "done")  # from the beginning until then
    shop.request(5, kanban_state="blocked", is_archived=True)
    shop.request(6).mark("2026-01-06 10:00", 6, "normal", "done")
    shop.request(7, ("2026-01-08 09:00", DONE), kanban_state="blocked")  # what ends a request ends its wait
    found: dict[int, list] = {}
    for row in build(**shop.records).rows("from fct_maintenance_wait order by started_at"):
        found.setdefault(row["record_id"], []).append((row["started_at"], row["ended_at"], row["outcome"]))
    return found


def test_spans(waits):
    created = at("2026-01-05 08:00")
    assert waits == {
        1: [
            (at("2026-01-05 10:00"), at("2026-01-06 10:00"), "went on"),
            (at("2026-01-07 10:00"), at("2026-01-08 09:00"), "went on"),
        ],
        2: [(at("2026-01-06 10:00"), None, "open")],
        3: [(created, None, "open")],
        4: [(created, at("2026-01-06 10:00"), "went on")],
        5: [(created, None, "end not recorded")],
        7: [(created, at("2026-01-08 09:00"), "went on")],
    }
