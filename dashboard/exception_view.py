"""The parts of the exceptions page: the queue and what narrows it, one exception, its kinds, and what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, decision_view, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short, table
from queries import exception, readable, subject
from queries.catalog import EXCEPTION_SEVERITIES
from queries.exception import Kind

SIZE = 25  # of a page of the queue
OVERDUE, ALONE, NEW = "overdue", "with no person", "new"


def summary(rows: Sequence[dict], chosen: Filters) -> None:
    """How much is open, how much of it is overdue, severe, new, or with nobody."""
    now, aside = decision_view.apart(rows)
    than = data.exceptions_since(chosen)
    count = {name: sum(map(is_so, now)) for name, is_so in _marks(than).items()}
    severe = [row for row in now if row["severity"] == EXCEPTION_SEVERITIES[0]]
    unknown = mark("none", "○", "not known")
    panel.band("summary", {
        "Open": escape(readable.number(len(now))),
        "Of high severity": panel.count(len(severe), len(now), "warn", "!"),
        "Overdue": panel.count(count[OVERDUE], len(now), "bad", "✕"),
        "High and overdue": panel.count(sum(bool(row["is_overdue"]) for row in severe), len(severe), "bad", "✕"),
        "With no person": panel.count(count[ALONE], len(now), "warn", "!"),
        "New": escape(readable.number(count[NEW])) if than else unknown,
        "No longer found": escape(readable.number(len(than.gone))) if than else unknown,
        "Muted or resolved": escape(readable.number(len(aside))),
    }, texts.exceptions_since(than), texts.EXCEPTION_PERIOD)  # fmt: skip
    decision_view.must_be_readable()


def _marks(than: exception.Since | None) -> dict[str, Callable[[dict], bool]]:
    """What a reader may ask for besides severity, kind and person; new only where it is known what is."""
    found = {
        OVERDUE: lambda row: bool(row["is_overdue"]),
        ALONE: lambda row: row["responsible"] is None and row["state_owner"] is None,
    }
    return found | ({NEW: lambda row: exception.is_new(row, than)} if than else {})


def queue(rows: Sequence[dict], chosen: Filters) -> None:
    """Every open exception that is of the kind, severity and person the reader chose, a page at a time."""
    now, aside = decision_view.apart(rows)
    with st.container(border=True, key="panel-cases-queue"):
        above = st.container()
        kept, asked = _narrowed(now, data.exceptions_since(chosen))
        with above:
            panel.head("exceptions", "What needs somebody", texts.EXCEPTION_ORDER, kept)
        rule = data.exception_rules().get(asked["kind"]) if asked.get("kind") else None
        if rule:
            st.html(f'<p class="pp-sub"><b>{escape(rule.title)}.</b> {escape(texts.rule(rule))}</p>')
        if not kept:
            st.html(f'<p class="pp-sub">{escape(texts.EXCEPTION_NONE if not now else texts.EXCEPTION_NOT_SO)}</p>')
        else:
            st.html(panel.paged("page_queue", "What needs somebody", _columns(chosen, asked), kept, SIZE))
        if aside:
            st.html(panel.folded(texts.put_aside(len(aside)), "Put aside", _columns(chosen, asked), aside))


def _narrowed(rows: Sequence[dict], than: exception.Since | None) -> tuple[list[dict], dict[str, str]]:
    """The rows that the reader asked for, and what was asked, as the URL says it. Each choice counts what those before
    it leave."""
    asked: dict[str, str | None] = {}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="choices"):
        severities = Counter(row["severity"] for row in rows)
        order = [name for name in EXCEPTION_SEVERITIES if name in severities]
        asked["severity"] = choices.pick(
            "severity", order, "Only this severity", lambda name: f"{texts.sentence(name)} {severities[name]}"
        )
        kept = [row for row in rows if asked["severity"] in (None, row["severity"])]
        marks = _marks(than)
        counts = {name: sum(map(is_so, kept)) for name, is_so in marks.items()}
        asked["is"] = choices.pick(
            "is", list(marks), "Only those", lambda name: f"{texts.sentence(name)} {counts[name]}"
        )
        kept = [row for row in kept if asked["is"] is None or marks[asked["is"]](row)]
        titles = {row["exception"]: row["title"] for row in rows}
        kinds = Counter(row["exception"] for row in kept)
        asked["kind"] = choices.pick_one(
            "kind", sorted(titles, key=titles.get), "All kinds", lambda name: f"{titles[name]} ({kinds[name]})"
        )
        kept = [row for row in kept if asked["kind"] in (None, row["exception"])]
        holders = exception.holders(kept)
        everybody = list(exception.holders(rows))
        asked["who"] = choices.pick_one("who", everybody, "With anybody", lambda who: f"{who} ({holders.get(who, 0)})")
        kept = [row for row in kept if asked["who"] is None or exception.is_with(row, asked["who"])]
    return kept, {name: value for name, value in asked.items() if value}


def _columns(chosen: Filters, asked: dict[str, str]) -> dict[str, Callable[[dict], str]]:
    asked = asked | choices.in_link("page_queue")

    def here(row: dict) -> str:
        return f"?{urlencode(chosen.query() | asked | {'exception': row['subject']}, doseq=True)}"

    return {
        "What": lambda row: tables.inside(here(row), _name(row)) + tables.below(_why(row)),
        "Severity": lambda row: mark(*texts.SEVERITY[row["severity"]]),
        "Age": _age,
        "With": lambda row: _with(row) + panel.plant(row),
        "Holds up": _holds_up,
        "State": lambda row: decision_view.state(row, here(row)),
        "Go to": lambda row: _links(row, chosen) or "–",
    }


def _name(row: dict) -> str:
    return row["name"] or f"{row['record_model']} {row['record_id']}"


def _why(row: dict) -> str:
    return " · ".join(filter(None, (row["title"], row["detail"] and texts.short(row["detail"], 140))))


def _age(row: dict) -> str:
    """How old it is, and how that is against what is acceptable."""
    beyond = exception.beyond(row)
    if beyond is None:
        return mark("none", "○", "since when is not known")
    age = f'<span class="pp-nowrap">{escape(readable.duration(row["age_seconds"]))}</span>'
    words = f"{readable.duration(abs(beyond))} {'overdue' if row['is_overdue'] else 'left'}"
    told = mark("bad", "✕", words) if row["is_overdue"] else escape(words)
    return f'{age}<span class="pp-below" title="{escape(texts.acceptable(row), quote=True)}">{told}</span>'


def _with(row: dict) -> str:
    """The person, and the role in charge: whose turn it is once it is overdue."""
    role = exception.in_charge(row)
    who = row.get("state_owner") or row["responsible"]
    turn = f"overdue: {role} takes over" if row["is_overdue"] else role
    return f"{escape(who)}{tables.below(turn)}" if who else f"{escape(role)}{tables.below(_nobody(row))}"


def _nobody(row: dict) -> str:
    return "takes over, no person named" if row["is_overdue"] else "no person named"


def _holds_up(row: dict) -> str:
    return escape(readable.held_up(row) or "–")


def _links(row: dict, chosen: Filters) -> str:
    timeline = tables.inside(tables.timeline(row, chosen), "timeline") if row["has_timeline"] else ""
    odoo = tables.outside(row["record_url"], "Odoo") if row["record_url"] else ""
    return " · ".join(filter(None, (timeline, odoo)))


def one(asked: str, rows: Sequence[dict], chosen: Filters) -> None:
    """One exception: what it is about, what is to be done, what is decided, and which orders wait for it."""
    row = next((row for row in rows if row["subject"] == asked), None)
    if row is None:
        st.html(f'<div class="pp-note">{escape(texts.EXCEPTION_GONE)}</div>')
        return
    zone = data.zone(row["plant"])
    rule = data.exception_rules().get(row["exception"])
    facts = {
        "Open it": _links(row, chosen) or "–",
        "Severity": mark(*texts.SEVERITY[row["severity"]]),
        "Age": _age(row),
        "Since": escape(f"{readable.moment(row['since_at'], zone)} {zone or 'UTC'}") if row["since_at"] else None,
        "Acceptable": escape(readable.duration(row["limit_seconds"])),
        "With": _with(row),
        "Then": None if row["is_overdue"] else escape(row["fallback"]),
        "Holds up": _holds_up(row),
        "Plant": escape(data.plant_name(row["plant"])) if row["plant"] else None,
        "State": decision_view.standing(row),
    }
    with st.container(border=True, gap=None, key="panel-exception"):
        below = " · ".join(filter(None, (row["title"], row["detail"])))
        st.html(components.band(_name(row), escape(below), facts))
        meaning = escape(rule.definition) if rule else ""
        st.html(f'<p class="pp-sub"><b>{escape(texts.sentence(row["remedy"]))}.</b> {meaning}</p>')
        with components.guard("Decisions"):
            decision_view.decisions(row["subject"], row["plant"], exception.also(row))
    with components.guard("Orders it holds up"):
        panel.held_up(data.orders_behind(row), chosen)
    others = [other for other in rows if other is not row and subject.of_record(other) == subject.of_record(row)]
    if others:
        panel.listing("others", "Also found of this record", "", _columns(chosen, {}), others)


def kinds(chosen: Filters) -> None:
    """Each kind: how many are open, or that none is, or why that cannot be told; what it means, and what to do."""
    found = data.exception_kinds(chosen)
    open_kinds = [one for one in found if one.open_count]
    rest = [one for one in found if not one.open_count]
    columns = {
        "Kind": lambda one: _kind(one, chosen) + tables.below(one.rule.definition),
        "Open": tables.numbered(lambda one: one.open_count),
        "Overdue": _state_of_kind,
        "Severity": lambda one: mark(*texts.SEVERITY[one.rule.severity]),
        "Acceptable": short(lambda one: readable.duration(one.rule.sla)),
        "With, then": lambda one: escape(one.rule.owner) + tables.below(one.rule.fallback),
        "What to do": lambda one: escape(texts.sentence(one.rule.remedy)),
    }
    stored = [
        vars(one.rule) | {"open": one.open_count, "overdue": one.overdue_count, "reason": one.reason} for one in found
    ]
    with st.container(border=True, key="panel-cases-kinds"):
        panel.head("kinds", "Kinds of exceptions", texts.kinds(found), [_without_sql(row) for row in stored], of=())
        table("Kinds of exceptions", columns, open_kinds)
        if rest:
            with st.expander(texts.kinds_without(rest), icon=":material/check:"):
                table("Kinds of which none is open", {
                    "State" if name == "Overdue" else name: cell for name, cell in columns.items() if name != "Open"
                }, rest)  # fmt: skip


def _without_sql(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in ("sql", "file")}


def _kind(one: Kind, chosen: Filters) -> str:
    if not one.open_count:
        return f"<b>{escape(one.rule.title)}</b>"
    return tables.inside(f"?{urlencode(chosen.query() | {'kind': one.rule.name}, doseq=True)}", one.rule.title)


def _state_of_kind(one: Kind) -> str:
    if one.overdue_count:
        return mark("bad", "✕", texts.of(one.overdue_count, one.open_count))
    if one.open_count:
        return mark("good", "✓", "none overdue")
    if one.is_off:
        return mark("none", "○", "switched off in ops.toml")
    if one.reason:
        return mark("none", "○", f"cannot be told: {one.reason}")
    return mark("good", "✓", "none open")


def gone(chosen: Filters) -> None:
    """What was found a day ago and is not any more."""
    than = data.exceptions_since(chosen)
    if than is None:
        return
    panel.listing("gone", "No longer found", texts.gone(than) if than.gone else texts.GONE_NONE, {
        "What": lambda row: panel.first(row, chosen) + tables.below(_why(row)) if row["has_timeline"]
        else escape(_name(row)) + tables.below(_why(row)),
        "Severity": lambda row: mark(*texts.SEVERITY[row["severity"]]),
        "Had lasted": short(lambda row: readable.duration(row["age_seconds"])),
        "With": lambda row: _with(row) + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, than.gone)  # fmt: skip
