"""The parts of the data health page: runs, sources, checks and labels nobody could match."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import components, data, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import figure, short, status, table, text
from queries import readable
from queries.catalog import MASTER_DATA

FEW = 5  # names of KPIs before the rest is counted


def connect() -> None:
    """Where the plants are the invented ones: how to see the own."""
    if data.trust().is_demo:
        with st.container(border=True, key="panel-connect"):
            components.heading(texts.CONNECT_TITLE, texts.CONNECT_LEAD)
            st.html(components.steps(texts.CONNECT_STEPS))


def summary(runs: list[dict], sources: list[dict], checks: list[dict]) -> None:
    """The four answers somebody on call wants first."""
    good = next((run for run in runs if run["published_at"]), None)
    last = runs[0] if runs else None
    wrong = [source for source in sources if source["status"] != "ok"]
    found = data.trust()
    facts = {
        "Last published": escape(readable.ago(good["published_at"])) if good else mark("bad", "✕", "never"),
        "Last run": mark(*texts.RUN_STATUS.get(last["status"], ("none", "○", last["status"]))) if last else "–",
        "Sources": mark("warn", "!", f"{len(wrong)} of {len(sources)} incomplete")
        if wrong
        else mark("good", "✓", f"all {len(sources)} read"),
        "Rows against Odoo": mark(*texts.against_odoo(found)) if found.counted_count else "not counted",
        "Checks": mark(*texts.checks(found)),
        "Master data": _master_data(checks),
    }
    with st.container(border=True, key="panel-summary"):
        st.html(f'<div class="pp-facts">{components.facts(facts)}</div><p class="pp-sub">{texts.NOT_FILTERED}</p>')


def missing(sources: list[dict]) -> None:
    """What could not be read and which numbers it costs."""
    wrong = [source for source in sources if source["status"] != "ok"]
    with st.container(border=True, key="panel-missing"):
        note = "" if wrong else "Every source was read in full; what its rows say is checked below."
        panel.head("missing_sources", "What is missing, and what it costs", note, wrong, of=())
        if wrong:
            table("What is missing", {
                "Source": text("source"),
                "Status": status("status", texts.SOURCE_STATUS),
                "What": lambda s: escape(s["problem"] or s["missing_fields"] or "–"),
                "Without it": lambda s: escape(s["cost"] or (texts.STALE_COST if s["status"] == "stale" else "–")),
                "KPIs affected": lambda s: _few(s["kpis"]),
            }, wrong)  # fmt: skip


def _few(kpis: str | None) -> str:
    """The first of many names; under the pointer, and in the files of the panel, are all."""
    names = (kpis or "–").split(", ")
    if len(names) <= FEW:
        return escape(", ".join(names))
    return (
        f'<span title="{escape(kpis, quote=True)}">{escape(", ".join(names[:FEW]))} and {len(names) - FEW} more</span>'
    )


def _master_data(checks: list[dict]) -> str | None:
    """What checks about master data found, which has a page of its own."""
    found = [check["failed_count"] for check in checks if check["about"] == MASTER_DATA]
    if not found:
        return None
    wrong = sum(found)
    return (
        mark("warn", "!", f"{readable.number(wrong)} wrong records") if wrong else mark("good", "✓", "no record wrong")
    )


def checks(rows: list[dict], chosen: Filters) -> None:
    """Checks of the data; those about master data stand on a page of their own."""
    rows = [row for row in rows if row["about"] != MASTER_DATA]
    with st.container(border=True, key="panel-checks"):
        note = "what must not be in the data; a failed check keeps a run from being published"
        panel.head("checks", "Checks", note, rows, of=())
        components.link("master_data", "Checks about master data, and the records they find", chosen)
        columns = {
            "Check": text("title"),
            "Result": status("status", texts.CHECK_STATUS),
            "Rows": figure("failed_count"),
            "What to do": lambda c: escape(c["remedy"]) if c["status"] != "pass" else "",
        }
        wrong, good = ([c for c in rows if (c["status"] == "pass") is passed] for passed in (False, True))
        if wrong:
            table("Checks that found something", columns, wrong)
        with st.expander(f"{len(good)} checks pass", expanded=not wrong and len(good) <= 8, icon=":material/check:"):
            table("Checks that pass", columns, good)


def runs(rows: list[dict]) -> None:
    with st.container(border=True, key="panel-runs"):
        panel.head("runs", "Runs", f"newest first, times in {components.zone()}", rows, of=())
        table("Runs", {
            "Started": lambda r: tables.when(r["started_at"]),
            "Took": short(_took),
            "Status": status("status", texts.RUN_STATUS),
            "Read": figure("rows_read"),
            "New": figure("rows_new"),
            "Changed": figure("rows_changed"),
            "Closed": figure("rows_closed"),
            "Message": lambda r: escape(r["message"] or ""),
        }, rows[:20])  # fmt: skip


def coverage(rows: list[dict]) -> None:
    """The runs that each n8n counted beside those that are known; nothing where none counts."""
    if rows:
        with st.container(border=True, key="panel-coverage"):
            panel.head("n8n_runs", "Runs against n8n", texts.COVERAGE, rows, of=())
            table("Runs against n8n", {
                "n8n": text("instance"),
                "Between": lambda r: f"{tables.when(r['counted_from_at'])} and {tables.when(r['counted_at'])}",
                "Started": figure("started_count"),
                "Known": figure("known_count"),
                "": _coverage,
            }, rows)  # fmt: skip


def _coverage(row: dict) -> str:
    if row["is_implausible"]:
        return mark("none", "○", "n8n counts only a part")
    if row["unknown_count"]:
        return mark("warn", "!", f"{readable.number(row['unknown_count'])} not known")
    return mark("good", "✓", "all known")


def _took(run: dict) -> str:
    if not run["published_at"]:
        return "not published"
    return readable.duration((run["published_at"] - run["started_at"]).total_seconds())


def sources(rows: list[dict]) -> None:
    with st.container(border=True, key="panel-sources"):
        note = "what is read from each Odoo; changed and closed rows are those of the last run"
        panel.head("sources", "Sources", note, rows, of=())
        table("Sources", {
            "Source": text("source"),
            "Instance": text("instance"),
            "Status": status("status", texts.SOURCE_STATUS),
            "Rows": figure("row_count"),
            "In Odoo": _in_odoo,
            "Read": short(lambda s: readable.ago(s["last_read_at"])),
            "Changed": figure("rows_changed"),
            "Closed": figure("rows_closed"),
        }, rows)  # fmt: skip


def _in_odoo(source: dict) -> str:
    """What Odoo counted right after the reading, and whether what came and went meanwhile explains a difference."""
    if source["odoo_count"] is None:
        return "–"
    if not source["rows_apart"]:
        return mark("good", "✓", "the same")
    if source["is_explained"]:
        moved = f"{source['came_meanwhile']} came and {source['went_meanwhile']} went meanwhile"
        return mark("good", "✓", "the same", moved)
    return mark("warn", "!", f"{readable.number(source['odoo_count'])}, {source['rows_apart']} apart")


def labels(rows: list[dict]) -> None:
    with st.container(border=True, key="panel-labels"):
        note = texts.LABELS if rows else "Every state label was recognised."
        panel.head("labels", "Labels without a key", note, rows, of=())
        if rows:
            columns = {"Model": text("model"), "Field": text("field"), "Label": text("label"), "Events": figure("n")}
            tables.table("Labels without a key", columns, rows)
