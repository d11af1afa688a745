"""The parts of the integrations page: how each interface is and why, its hours, what keeps failing, one path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import charts, choices, components, data, decision_view, panel, tables, texts
from dashboard.choices import unfolding
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short, table_html, text
from queries import issue, readable
from queries.catalog import CatalogError

SHOWN = 25  # rows of a table before the rest is folded away
HOURS = 200  # with failures, the newest

Issues = Callable[[], list[dict]]


def summary(filters: Filters, failing: Issues) -> None:
    """How many are in which state, what failed lately, and what nobody answers for."""
    found = data.interfaces(filters)
    states = Counter(row["state"] for row in found)
    marks = "".join(
        mark(kind, sign, f"{states[state]} {words}")
        for state, (kind, sign, words) in texts.INTERFACE_STATE.items()
        if states[state]
    )
    runs, failures = (sum(row[f"day_{what}_count"] or 0 for row in found) for what in ("run", "failure"))
    given_up = sum(row["dead_letter_count"] or 0 for row in found)
    unowned = sum(not row["is_owned"] for row in found)
    standing = Counter(row["state"] for row in failing())
    facts = {
        "Interfaces": f'<span class="pp-beside">{marks}</span>' if found else "none seen",
        "Failed, last 24 h": escape(texts.failed_of(failures, runs)),
        "Given up": mark("bad", "✕", f"{readable.number(given_up)} runs") if given_up else mark("good", "✓", "none"),
        "Error issues": mark("warn", "!", f"{standing['open']} open of {standing.total()}")
        if standing["open"]
        else mark("good", "✓", f"none open of {standing.total()}"),
        "Without an owner": mark("warn", "!", f"{unowned} of {len(found)}") if unowned else mark("good", "✓", "none"),
    }
    told = [
        components.not_narrowed_html(list(filters.narrowed)),
        f'<div class="pp-facts">{components.facts(facts)}</div>',
    ]
    told.append(components.sub(texts.INTEGRATIONS))
    if data.integrations_as_of() > data.as_of():
        note = texts.ages_of_integrations(data.integrations_as_of(), data.as_of(), components.zone())
        told.append(f'<div class="pp-note">{escape(note)}</div>')
    told += [
        components.link_html("kpi", kpi.title, filters, kpi=kpi.name)
        for kpi in data.kpis().values()
        if kpi.domain == "integration" and kpi.headline is not None
    ]
    components.panel("summary", *told, _trace_search())


def _trace_search() -> str:
    """Asks for a record, a document's name or a correlation id, and leads to its path."""
    return choices.search("trace", texts.TRACE, texts.TRACE_HINT)


def interfaces(filters: Filters) -> None:
    """Every interface, the worst first."""
    found = data.interfaces(filters)
    troubled = [row for row in found if row["state"] != "up"]
    good = [row for row in found if row["state"] == "up"]
    parts = [panel.head_of("interfaces", "Interfaces", texts.INTERFACES if found else texts.NO_INTERFACES, found)]
    if troubled:
        parts.append(table_html("Interfaces that need somebody", _interface_columns(filters), troubled))
    if good:
        table = table_html("Interfaces that are up", _interface_columns(filters), good)
        parts.append(components.fold(f"{len(good)} up", table, not troubled))
    components.panel("cases-interfaces", *parts)


def _interface_columns(filters: Filters) -> dict:
    return {
        "State": tables.status("state", texts.INTERFACE_STATE),
        "Interface": lambda row: (
            _to(filters, row["interface"], interface=row["interface_key"]) + tables.below(_where(row))
        ),
        "Why": text("reason"),
        "Failed 24 h": short(lambda row: texts.of(row["day_failure_count"], row["day_run_count"])),
        "7 days": short(lambda row: texts.of(row["week_failure_count"], row["week_run_count"])),
        "95 % within": short(_through),
        "Owner": lambda row: escape(row["owner"]) if row["owner"] else mark("warn", "!", "nobody"),
    }


def _to(filters: Filters, words: str, **query: str) -> str:
    """A link within the page that keeps the filters."""
    return tables.inside(f"?{urlencode(filters.query() | query, doseq=True)}", words)


def _where(row: dict) -> str:
    plant = data.plant_name(row["plant"]) if row["plant"] else None
    return " · ".join(word for word in (texts.SOURCE.get(row["source"], row["source"]), plant) if word)


def _through(row: dict) -> str:
    within = "–" if row["p95_seconds"] is None else readable.duration(row["p95_seconds"])
    return f"{within} of {readable.duration(row['latency_seconds'])}" if row["latency_seconds"] else within


def hours(filters: Filters) -> None:
    """When what ran and failed over the last seven days."""
    found = data.interface_hours(filters)
    parts = [
        panel.head_of("interface_hours", "By the hour, last seven days", texts.HOURS if found else texts.NO_ROWS, found)
    ]
    if found:
        failed = [row for row in found if row["failure_count"]]
        newest = sorted(failed, key=lambda row: row["hour_at"], reverse=True)[:HOURS]
        parts.append(charts.draw(charts.hours(found, data.integrations_as_of()), "hours", texts.hours(found)))
        parts.append(unfolding("hours_table", texts.TABLE_BEHIND, lambda: table_html("Hours with failures", {
            "Hour (UTC)": short(lambda row: f"{row['hour_at']:%a %d %b %H:%M}"),
            "Interface": lambda row: escape(row["label"]),
            "Failed": short(lambda row: texts.of(row["failure_count"], row["run_count"])),
        }, newest)))  # fmt: skip
    components.panel("hours", *parts)


def issues(filters: Filters, failing: Issues) -> None:
    """What keeps failing, those that nobody has seen to first."""
    found = failing()
    head = panel.head_of("error_issues", "Error issues", texts.ISSUES if found else texts.NO_ISSUES, found)
    body = panel.body_html("Error issues", _issue_columns(filters), found, SHOWN) if found else ""
    components.panel("cases-issues", head, body)


def _issue_columns(filters: Filters) -> dict:
    return {
        "State": decision_view.standing,
        "What fails": lambda row: (
            _to(filters, row["flow_name"] or row["source"], issue=row["issue"]) + tables.below(issue.what(row))
        ),
        "Last": short(lambda row: _ago(row["last_seen_at"])),
        "Runs": tables.figure("run_count"),
        "Last 7 days": lambda row: escape(issue.trend(row)),
        "Holds up": lambda row: escape(issue.stuck(row) or "–"),
        "Plants": lambda row: escape(row["plants"] or "–"),
    }


def automation() -> None:
    """Which scheduled actions and rules work, and which do not."""
    found = data.rows("automation")
    wrong = [row for row in found if row["state"] in ("failing", "late", "deactivated by Odoo", "never ran")]
    rest = [row for row in found if row not in wrong]
    columns = {
        "State": tables.status("state", texts.AUTOMATION_STATE),
        "Name": lambda row: (
            (tables.outside(row["record_url"], row["name"]) if row["record_url"] else escape(row["name"]))
            + tables.below(row["kind"] + (f" · {texts.model(row['target_model'])}" if row["target_model"] else ""))
        ),
        "Since": lambda row: tables.when(row["failing_since_at"] or row["late_since_at"]),
        "Last run": short(lambda row: _ago(row["last_run_at"]) if row["last_run_at"] else "–"),
        "Why unknown": lambda row: escape(row["unknown_because"] or "–"),
    }
    parts = [panel.head_of(
        "automation", "Odoo's own automation", texts.AUTOMATION if found else texts.NO_AUTOMATION, found
    )]  # fmt: skip
    if wrong:
        parts.append(table_html("Automation that does not work", columns, wrong))
    if rest:
        parts.append(components.fold(f"{len(rest)} others", table_html("Other automation", columns, rest)))
    components.panel("cases-automation", *parts)


def blind_spots() -> None:
    """What each source tells, and what it cannot."""
    sources = data.integration_sources()
    head = panel.head_of("blind_spots", "What the sources cannot tell", texts.BLIND, sources, of=())
    table = table_html("What the sources tell", {
        "Source": text("title"), "Tells": text("definition"), "Cannot tell": text("blind"),
    }, sources)  # fmt: skip
    components.panel("blind", head, components.fold("By source", table))


def interface(key: str, filters: Filters) -> None:
    """One interface: how it is, who answers for it, and its newest runs."""
    row = next((row for row in data.interfaces(Filters()) if row["interface_key"] == key), None)
    if row is None:
        st.html(f'<div class="pp-note">{escape(texts.NO_INTERFACE)}</div>')
        return
    kind, sign, words = texts.INTERFACE_STATE.get(row["state"], ("none", "○", row["state"]))
    facts = {
        "Why": escape(row["reason"] or "–"),
        "Owner": escape(row["owner"] or "nobody"),
        "System of record": row["system_of_record"] and escape(row["system_of_record"]),
        "Last run": escape(_ago(row["last_run_at"])) if row["last_run_at"] else "never seen",
        "Last success": escape(_ago(row["last_success_at"])) if row["last_success_at"] else "none",
        "Failed, 24 h": escape(texts.of(row["day_failure_count"], row["day_run_count"])),
        "Failed, 7 days": escape(texts.of(row["week_failure_count"], row["week_run_count"])),
        "Half within": escape(readable.duration(row["p50_seconds"])),
        "95 % within": escape(_through(row)),
        "Waiting": escape(readable.number(row["waiting_count"] or 0)),
        "Stuck": escape(readable.number(row["stuck_count"] or 0)),
        "Given up": escape(readable.number(row["dead_letter_count"] or 0)),
    }
    with st.container(border=True, gap=None, key="panel-interface"):
        st.html(components.band(row["interface"], f"{escape(_where(row))} · {mark(kind, sign, words)}", facts))
    with st.container(border=True, key="panel-cases-runs"):
        found = data.interface_runs(key)
        panel.head("interface_runs", "Newest runs", texts.runs(components.zone()), found)
        panel.body(f"Runs of {row['interface']}", {
            "When": lambda run: tables.when(run["started_at"] or run["created_at"] or run["ended_at"], row["plant"]),
            "Status": tables.status("status", texts.INTEGRATION_STATUS),
            "Waited": short(lambda run: _length(run["queue_seconds"])),
            "Took": short(lambda run: _length(run["exec_seconds"])),
            "Tries": tables.figure("attempts"),
            "What went wrong": lambda run: escape(texts.error(run)),
            "For": lambda run: _about(filters, run["odoo_instance"], run["odoo_model"], run["odoo_res_id"]),
            "Path": lambda run: _to(filters, "trace", trace=run["correlation_id"] or run["transaction_key"]),
            "At its source": lambda run: tables.outside(run["record_url"]),
        }, found)  # fmt: skip


def _ago(moment: datetime) -> str:
    return readable.ago(moment, data.integrations_as_of())


def _length(seconds: float | None) -> str:
    return "–" if seconds is None else readable.duration(seconds)


def _about(filters: Filters, instance: str | None, model: str | None, number: int | None) -> str:
    """The record a run is for, leading to its timeline."""
    if model is None:
        return "–"
    if instance is None or number is None:
        return escape(texts.model(model))
    record = {"instance": instance, "record_model": model, "record_id": number}
    return tables.inside(tables.timeline(record, filters), f"{texts.model(model)} {number}")


def error_issue(key: str, filters: Filters) -> None:
    """One error issue: what fails since when, what is decided about it, and the runs behind it."""
    row = next((row for row in data.error_issues(Filters()) if row["issue"] == key), None)
    if row is None:
        st.html(f'<div class="pp-note">{escape(texts.NO_ISSUE)}</div>')
        return
    facts = {
        "State": decision_view.standing(row),
        "First seen": tables.when(row["first_seen_at"]),
        "Last seen": escape(_ago(row["last_seen_at"])),
        "Runs": escape(readable.number(row["run_count"])),
        "Last 7 days": escape(issue.trend(row)),
        "Holds up": escape(issue.stuck(row) or "nothing known"),
        "Plants": escape(row["plants"] or "–"),
    }
    with st.container(border=True, gap=None, key="panel-issue"):
        st.html(components.band(row["flow_name"] or "–", escape(issue.what(row)), facts))
        with components.guard("Decisions"):
            decision_view.of_issue(row)
    with st.container(border=True, key="panel-cases-issue-runs"):
        runs = data.issue_runs(key)
        panel.head("issue_runs", "Runs behind it", texts.issue_runs(len(runs), components.zone()), runs)
        panel.body("Runs of the issue", {
            "Failed": lambda run: tables.when(run["failed_at"], run["plant"]),
            "Since then": lambda run: mark("bad", "✕", "nothing succeeded") if run["is_stuck"]
            else mark("none", "○", run["resolved_by"] or run["status"]),
            "Text": lambda run: escape(run["error_text"] or "–"),
            "For": lambda run: _about(filters, run["record_instance"], run["record_model"], run["record_id"]),
            "Holds up": lambda run: escape(readable.held_up(run) or "–"),
            "Path": lambda run: _to(filters, "trace", trace=run["event_key"]),
            "At its source": lambda run: tables.outside(run["run_url"]),
        }, runs, SHOWN * 4)  # fmt: skip


def trace(what: str, filters: Filters) -> None:
    """The path of one transaction through all systems, in time order."""
    try:
        steps, note = data.trace(what), ""
    except CatalogError as error:
        steps, note = [], texts.sentence(str(error))
    with st.container(border=True, key="panel-trace"):
        panel.head("path", f"The path of {what}", note or texts.trace(len(steps), components.zone()), steps, of=())
        items = "".join(_step(step, filters) for step in steps)
        if items:
            st.html(f'<ol class="pp-tl">{items}</ol>')
    st.html(_trace_search())


def _step(step: dict, filters: Filters) -> str:
    gap = step["gap_seconds"]
    before = f'<div class="pp-tl-gap">+ {escape(readable.duration(gap))}</div>' if gap else ""
    who = texts.SOURCE.get(step["source"], step["source"]) if step["kind"] == "run" else step["actor"]
    name = step["name"] or f"{step['record_model']} {step['record_id']}"
    name = tables.inside(tables.timeline(step, filters), name) if step["kind"] == "document" else escape(name)
    status = ""
    if step["status"] in texts.INTEGRATION_STATUS and step["activity"] == step["status"]:
        status = mark(*texts.INTEGRATION_STATUS[step["status"]])
    activity = "" if status else f"<b>{escape(texts.sentence(step['activity']))}</b>"
    detail = f'<span class="pp-change">{escape(step["detail"])}</span>' if step["detail"] else ""
    outside = f" · {tables.outside(step['record_url'])}" if step["record_url"] else ""
    return (
        f'<li>{before}<div class="pp-tl-body">{tables.when(step["event_at"], step["plant"], seconds=True)}'
        f'<div>{activity}{status} {detail}<div class="pp-tl-who">{name} · {escape(who or "nobody named")}'
        f" · {escape(step['instance'])}{outside}</div></div></div></li>"
    )
