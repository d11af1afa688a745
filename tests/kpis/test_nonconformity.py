"""How old nonconformities and the actions they lead to get, and which actions are overdue."""

from datetime import date

import pytest

from queries import catalog, measure
from tests.marts.test_fct_nonconformity import CLOSED, MASTER, action, nonconformity
from tests.rows import at, counted

EIGHT, NINE = at("2026-01-05 08:00"), at("2026-01-06 08:00")
WEEK = date(2026, 1, 5), date(2026, 1, 12)


@pytest.fixture(scope="module")
def built(build):
    return build(
        as_of=at("2026-01-12 08:00"),
        mgmtsystem_nonconformity=[
            nonconformity(1, action_ids=[1]),
            nonconformity(2, "done", closed_at=NINE),
            nonconformity(3, "cancel"),
            nonconformity(4, _valid_to=NINE, _closed_by="deleted"),
        ],
        mgmtsystem_action=[
            action(1, due_on=date(2026, 1, 7)),
            action(2, CLOSED, closed_at=NINE, due_on=date(2026, 1, 5)),
            action(3, due_on=date(2026, 1, 12)),  # until the end of the day
            action(4),
            action(5, due_on=date(2026, 1, 7), active=False),
        ],
        **MASTER,
    )


def test_nonconformities(built):
    assert counted(built, "nonconformity_age") == {1: [(EIGHT, None)], 2: [(EIGHT, NINE)]}
    [found] = built.kpi("nonconformity_age", *WEEK, by="severity")
    assert (found["cut"], found["value"], found["n"], found["n_open"]) == ("Major", 86400, 2, 1)


def test_actions(built):
    found = counted(built, "corrective_action_age")
    assert found == {1: [(EIGHT, None)], 2: [(EIGHT, NINE)], 3: [(EIGHT, None)], 4: [(EIGHT, None)]}
    assert {row["cut"]: row["n"] for row in built.kpi("corrective_action_age", *WEEK, by="responsible")} == {
        "Pierre": 4
    }


def test_overdue_actions(built):
    rows = built.rows("from fct_exception where exception = 'overdue_corrective_action'")
    assert [(row["record_id"], row["since_at"], row["responsible"], row["detail"]) for row in rows] == [
        (1, at("2026-01-08"), "Pierre", "corrective action due 2026-01-07, for NC/1")
    ]


def test_without_the_modules_there_is_no_number(build):
    for kpi in ("nonconformity_age", "corrective_action_age"):
        [found] = build().kpi(kpi, *WEEK)
        assert found["value"] is None and found["reason"]


def test_an_action_falls_due_under_a_service_level_by_its_age_and_not_by_its_deadline(built):
    kpi = catalog.load()["corrective_action_age"]
    missed = measure.missed(built, kpi, "elapsed", {"": 2 * 86400.0}, date(2020, 1, 1), date(2030, 1, 1)).to_pylist()
    assert {(row["record_id"], row["due_at"]) for row in missed} == {(id, at("2026-01-07 08:00")) for id in (1, 3, 4)}
