"""The parts of the data health page: runs, sources, checks and labels nobody could match."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import components, tables, texts
from dashboard.components import mark
from dashboard.tables import figure, short, status, table, text
from queries import readable


def summary(runs: list[dict], sources: list[dict], checks: list[dict]) -> None:
    """The four answers somebody on call wants first."""
    good = next((run for run in runs if run["published_at"]), None)
    last = runs[0] if runs else None
    wrong = [source for source in sources if source["status"] != "ok"]
    failed = [check for check in checks if check["status"] == "fail"]
    warned = [check for check in checks if check["status"] == "warn"]
    counted = [source for source in sources if source["odoo_count"] is not None]
    gaps = [source for source in counted if not source["is_explained"]]
    facts = {
        "Last published": escape(readable.ago(good["published_at"])) if good else mark("bad", "✕", "never"),
        "Last run": mark(*texts.RUN_STATUS.get(last["status"], ("none", "○", last["status"]))) if last else "–",
        "Sources": mark("warn", "!", f"{len(wrong)} of {len(sources)} incomplete")
        if wrong
        else mark("good", "✓", f"all {len(sources)} read"),
        "Rows against Odoo": mark("warn", "!", f"{len(gaps)} of {len(counted)} sources differ")
        if gaps
        else mark("good", "✓", "the same")
        if counted
        else "not counted",
        "Checks": mark("bad", "✕", f"{len(failed)} failed")
        if failed
        else mark("warn", "!", f"{len(warned)} of {len(checks)} warn")
        if warned
        else mark("good", "✓", f"all {len(checks)} pass"),
    }
    with st.container(border=True, key="panel-summary"):
        st.html(f'<div class="pp-facts">{components.facts(facts)}</div><p class="pp-sub">{texts.NOT_FILTERED}</p>')


def missing(sources: list[dict]) -> None:
    """What could not be read and which numbers it costs."""
    wrong = [source for source in sources if source["status"] != "ok"]
    with st.container(border=True, key="panel-missing"):
        components.heading("What is missing, and what it costs", "" if wrong else "Nothing is missing.")
        if wrong:
            table("What is missing", {
                "Source": text("source"),
                "Status": status("status", texts.SOURCE_STATUS),
                "What": lambda s: escape(s["problem"] or s["missing_fields"] or "–"),
                "Without it": lambda s: escape(s["cost"] or (texts.STALE_COST if s["status"] == "stale" else "–")),
                "KPIs affected": lambda s: escape(s["kpis"] or "–"),
            }, wrong)  # fmt: skip


def checks(rows: list[dict]) -> None:
    with st.container(border=True, key="panel-checks"):
        components.heading("Checks", "what must not be in the data; a failed check keeps a run from being published")
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
    zone = st.context.timezone
    with st.container(border=True, key="panel-runs"):
        components.heading("Runs", f"newest first, times in {zone or 'UTC'}")
        table("Runs", {
            "Started": short(lambda r: readable.moment(r["started_at"], zone)),
            "Took": short(_took),
            "Status": status("status", texts.RUN_STATUS),
            "Read": figure("rows_read"),
            "New": figure("rows_new"),
            "Changed": figure("rows_changed"),
            "Closed": figure("rows_closed"),
            "Message": lambda r: escape(r["message"] or ""),
        }, rows[:20])  # fmt: skip


def _took(run: dict) -> str:
    if not run["published_at"]:
        return "not published"
    return readable.duration((run["published_at"] - run["started_at"]).total_seconds())


def sources(rows: list[dict]) -> None:
    with st.container(border=True, key="panel-sources"):
        components.heading("Sources", "what is read from each Odoo; changed and closed rows are those of the last run")
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
        components.heading("Labels without a key", texts.LABELS if rows else "Every state label was recognised.")
        if rows:
            columns = {"Model": text("model"), "Field": text("field"), "Label": text("label"), "Events": figure("n")}
            tables.table("Labels without a key", columns, rows)
