"""What was decided about a subject, and the form that decides: the same wherever something needs somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard import components, data, tables, texts
from dashboard.tables import short, table
from queries import decision, issue, readable
from queries import subject as subjects


def standing(row: dict) -> str:
    """How a subject stands, as sign and words."""
    return components.mark(*texts.ISSUE_STATE.get(row["state"], ("none", "○")), row["standing"])


def state(row: dict, address: str) -> str:
    """How a subject stands, or a link to where that can be decided."""
    if row["state"] == "open" and not row["reopened_at"]:
        return tables.inside(address, "decide")
    return standing(row)


def apart(rows: Iterable[dict]) -> tuple[list[dict], list[dict]]:
    """Rows that need somebody, and those that were muted or resolved."""
    now, aside = [], []
    for row in rows:
        (aside if row["state"] in subjects.PUT_ASIDE else now).append(row)
    return now, aside


def must_be_readable() -> None:
    """Says so where decisions cannot be read: what was decided is not told then."""
    with components.guard("What was decided"):
        data.subject_decisions()


def of_issue(row: dict) -> None:
    """Decisions about an error issue; where it hits plants that the reader does not see, these are not for them."""
    whole = data.sees_all_plants() or not row["is_elsewhere"]
    whats = [one for one in decision.ABOUT_A_SUBJECT if whole or one not in issue.FOR_ALL]
    note = "" if whole else texts.ISSUE_ELSEWHERE
    _decisions(
        row["subject"], (), lambda who, what, why, **of: data.decide_issue(who, what, row, why, **of), whats, note
    )


def decisions(subject: str, plant: str | None, earlier: tuple[str, ...] = ()) -> None:
    """Decisions about a subject of a plant (None: of none), or about one of `earlier`, names it also has."""
    plants = (plant,) if plant else ()
    _decisions(subject, earlier, lambda who, what, why, **of: data.decide(who, what, subject, why, plants=plants, **of))


def _decisions(
    subject: str,
    earlier: tuple[str, ...],
    decide: Callable[..., None],
    whats: Sequence[str] = decision.ABOUT_A_SUBJECT,
    note: str = "",
) -> None:
    found = [one for one in data.subject_decisions() if one.subject in (subject, *earlier)]
    if found:
        table("Decisions", {
            "When (UTC)": short(lambda one: readable.moment(one.decided_at)),
            "Who": lambda one: escape(f"{one.who}, {one.role}" if one.role else one.who),
            "What": lambda one: escape(texts.decided(one)),
            "Why": lambda one: escape(one.why or "–"),
        }, found)  # fmt: skip
    with st.popover("Decide", icon=":material/gavel:"), st.form("decide", border=False):
        if note:
            st.html(f'<p class="pp-sub">{escape(note)}</p>')
        what = st.selectbox("What", whats, format_func=texts.sentence)
        owner = st.text_input("Owner, where it is given to somebody")
        until = st.date_input("Last day, where it is muted", data.as_of().date() + timedelta(days=7))
        who, role, why = components.who_decides()
        if st.form_submit_button("Decide"):
            components.keep(lambda: decide(who, what, why, owner=owner, until_on=until, role=role))
