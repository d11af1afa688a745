"""How a subject stands by what was decided about it."""

from datetime import date, datetime, timedelta

import pytest

from queries import subject
from queries.decision import ACKNOWLEDGEMENT, ASSIGNMENT, COMMENT, MUTE, REOPENING, RESOLUTION, Decision
from queries.subject import State

START = datetime(2026, 3, 2, 8)
TODAY = date(2026, 3, 4)
ACK, OWN, RESOLVED, REOPENED = (ACKNOWLEDGEMENT,), (ASSIGNMENT, "Bo"), (RESOLUTION,), (REOPENING,)


def mute(until: date) -> tuple:
    return (MUTE, None, until)


def said(*what: tuple, withdrawn: int | None = None) -> list[Decision]:
    """Decisions an hour apart, number 1 at START: (what, owner, until)."""
    found = []
    for number, (kind, owner, until) in enumerate(((*one, None, None)[:3] for one in what), start=1):
        at, taken = START + timedelta(hours=number - 1), START if number == withdrawn else None
        found.append(Decision(number, at, f"P{number}", None, kind, "issue:x", None, owner, until, "why", taken))
    return found


def hour(number: float) -> datetime:
    """So long after the first decision."""
    return START + timedelta(hours=number)


@pytest.mark.parametrize(
    ("what", "seen_at", "state", "by", "owner"),
    [
        ([], None, "open", None, None),
        ([ACK], hour(-1), "acknowledged", "P1", None),
        ([ACK], hour(9), "acknowledged", "P1", None),  # it goes on failing: that is known
        ([OWN], hour(-1), "owned", "P1", "Bo"),
        ([ACK, OWN], hour(-1), "owned", "P2", "Bo"),
        ([OWN, ACK], hour(-1), "owned", "P1", "Bo"),
        ([OWN, (ASSIGNMENT, "Cy")], hour(-1), "owned", "P2", "Cy"),
        ([(COMMENT,)], hour(-1), "open", None, None),
        ([ACK, mute(TODAY)], hour(9), "muted", "P2", None),
        ([ACK, mute(TODAY - timedelta(1))], hour(9), "acknowledged", "P1", None),
        ([mute(TODAY - timedelta(1))], hour(9), "open", None, None),
        ([mute(TODAY), mute(TODAY - timedelta(1))], hour(9), "open", None, None),  # the later word counts
        ([mute(TODAY), ACK], hour(9), "muted", "P1", None),
        ([OWN, mute(TODAY)], hour(9), "muted", "P2", "Bo"),
        ([OWN, RESOLVED], hour(0.5), "resolved", "P2", "Bo"),
        ([RESOLVED], None, "resolved", "P1", None),
        ([OWN, RESOLVED], hour(1.5), "open", None, "Bo"),
        ([OWN, mute(TODAY), RESOLVED], hour(5), "open", None, "Bo"),  # what was said before ended with it
        ([RESOLVED, ACK], hour(0.5), "acknowledged", "P2", None),
        ([RESOLVED, ACK], hour(-1), "resolved", "P1", None),
        ([RESOLVED, RESOLVED], hour(0.5), "resolved", "P2", None),
        ([RESOLVED, REOPENED], hour(-1), "open", "P2", None),
        ([ACK, REOPENED], hour(-1), "open", "P2", None),
        ([mute(TODAY), REOPENED, OWN], hour(-1), "owned", "P3", "Bo"),
    ],
)  # fmt: skip
def test_how_a_subject_stands(what, seen_at, state, by, owner):
    found = subject.state(reversed(said(*what)), seen_at, TODAY)
    assert (found.state, found.by, found.owner) == (state, by, owner)


def test_it_is_open_again_when_it_was_seen_after_it_was_resolved():
    decisions = said(OWN, RESOLVED)
    assert subject.state(decisions, hour(1), TODAY).reopened_at is None
    found = subject.state(decisions, hour(30), TODAY)
    assert (found.reopened_at, found.words) == (hour(30), "open, seen again on 3 Mar")


def test_what_was_withdrawn_was_never_said():
    assert subject.state(said(ACK, RESOLVED, withdrawn=2), hour(-1), TODAY).state == "acknowledged"
    assert subject.state(said(OWN, withdrawn=1), hour(-1), TODAY) == State()


def test_in_words():
    today = date.today()
    assert State().words == "open"
    assert State("owned", owner="Ann").words == "owned by Ann"
    assert State("acknowledged", by="Ann").words == "acknowledged by Ann"
    assert State("muted", until_on=date(today.year, 12, 3), by="Bo").words == "muted until 3 Dec by Bo"
    assert State("resolved", by="Bo").words == "resolved by Bo"


def test_rows_are_told_how_they_stand():
    rows = [{"issue": "x", "at": hour(-1)}, {"issue": "y", "at": hour(-1)}]
    one, other = subject.with_states(rows, subject.of_issue, lambda row: row["at"], said(OWN), TODAY)
    assert (one["subject"], one["state"], one["state_owner"], one["decided_why"]) == ("issue:x", "owned", "Bo", "why")
    assert (other["subject"], other["state"], other["standing"]) == ("issue:y", "open", "open")


def test_names_of_subjects():
    row = {"exception": "late_receipt", "instance": "prod", "record_model": "purchase.order", "record_id": 12}
    assert subject.of_exception(row) == "exception:late_receipt:prod:purchase.order,12"
    assert subject.of_record(row) == "record:prod:purchase.order,12"
