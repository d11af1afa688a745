"""The parts of the governance page: findings of internal control, ways round controls, decisions that hold, automation
that was switched, who may approve, and what cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, panel, sparkline, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import below, inside, short
from queries import governance, readable
from queries.catalog import GOVERNED
from queries.governance import Held, Line, Way

KINDS = governance.KINDS
RUBBER_STAMP = "rubber_stamp_share"
CHECKED = ("rubber stamp", "overloaded", "one person")
SHOWN = 200


def summary(findings: Sequence[dict], chosen: Filters) -> None:
    """How much is wrong of each kind, how much of it is overdue, and how approvals are given."""
    about = {rule.name: rule.about for rule in governance.rules(data.exception_rules()).values()}
    counts = {kind: sum(about[row["exception"]] == kind for row in findings) for kind in GOVERNED}
    overdue = sum(bool(row["is_overdue"]) for row in findings)
    open_ones = sum(row["state"] == "open" for row in findings)
    panel.band("summary", {
        **{
            texts.GOVERNED[kind].partition(":")[0]: mark("bad", "✕", readable.number(count)) if count
            else mark("good", "✓", "nothing found")
            for kind, count in counts.items()
        },
        "Overdue": panel.count(overdue, len(findings), "bad", "✕"),
        "Nobody decided yet": panel.count(open_ones, len(findings), "warn", "!"),
        "How groups approve": _groups(data.approver_groups(chosen)),
    }, texts.GOVERNANCE)  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        components.link("approvals", "Approvals, rubber stamps and overload", chosen)
        for name in (RUBBER_STAMP, "manual_intervention_count"):
            if name in data.kpis():
                components.link("kpi", data.kpis()[name].title, chosen, kpi=name)
        components.link("process", "Process rules and who accepted what", chosen)


def _groups(groups: Sequence[dict]) -> str | None:
    if not groups:
        return None
    found = [mark(*texts.APPROVER_VERDICT[kind][:2], texts.groups_judged(count, len(groups), kind))
             for kind in CHECKED if (count := sum(row["verdict"] == kind for row in groups))]  # fmt: skip
    return " ".join(found) or mark("good", "✓", "nothing unusual")


def findings(rows: Sequence[dict], chosen: Filters) -> None:
    """Each rule by plant, and the records of one rule or of all."""
    rules = governance.rules(data.exception_rules())
    lines = governance.lines(rules.values(), rows)
    plants = chosen.plants or tuple(data.plant_names())
    nowhere = (None,) if any(None in line.counts for line in lines) else ()
    with st.container(border=True, key="panel-by-plant"):
        panel.head("governance_by_plant", "Findings by plant", texts.FINDINGS_BY_PLANT, [_as_row(one) for one in lines])
        for kind in GOVERNED:
            own = [line for line in lines if line.rule.about == kind]
            name = texts.GOVERNED[kind]
            st.html(f'<p class="pp-sub">{escape(name)}</p>')
            tables.table(name, {
                "Rule": lambda line: _rule(line, chosen),
                **{
                    _place(plant): lambda line, plant=plant: _count(line, plant, chosen)
                    for plant in (*plants, *nowhere)
                },
                "Look at it within": lambda line: _owned(line),
            }, own)  # fmt: skip
    named = [name for name in rules if any(row["exception"] == name for row in rows)]
    asked = choices.pick("finding", named, texts.FINDING_PICK, lambda name: rules[name].title) if named else None
    kept = [row for row in rows if asked in (None, row["exception"])]
    title = rules[asked].title if asked else "What was found"
    panel.listing("findings", title, texts.FINDINGS if kept else texts.FINDINGS_NONE, {
        "Record": lambda row: panel.first(row, chosen) + panel.plant(row),
        "What": lambda row: escape(row["title"]) + below(row["detail"] or ""),
        "Who": lambda row: escape(row["responsible"] or "nobody named"),
        "Money": short(lambda row: readable.money(row["amount"], row["currency"])),
        "For": _age,
        "Decided here": lambda row: escape("nothing yet" if row["standing"] == "open" else row["standing"]),
        "To do": lambda row: escape(row["remedy"]) + below(row["fallback"] if row["is_overdue"] else row["owner"]),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, kept)  # fmt: skip


def _place(plant: str | None) -> str:
    return data.plant_name(plant) if plant else "no plant"


def _rule(line: Line, chosen: Filters) -> str:
    if not line.total:
        return f'<span title="{escape(line.rule.definition, quote=True)}">{escape(line.rule.title)}</span>'
    return inside(_address(chosen, finding=line.rule.name), line.rule.title)


def _count(line: Line, plant: str | None, chosen: Filters) -> str:
    found, overdue = line.counts.get(plant, 0), line.overdue.get(plant, 0)
    if not found:
        return '<span class="pp-muted">0</span>'
    where = {"plant": plant} if plant else {}
    words = mark("bad", "✕", f"{overdue} overdue") if overdue else ""
    return inside(_address(chosen, finding=line.rule.name, **where), readable.number(found)) + (
        f'<span class="pp-below">{words}</span>' if words else ""
    )


def _owned(line: Line) -> str:
    return f'<span class="pp-nowrap">{escape(readable.duration(line.rule.sla))}</span>' + below(line.rule.owner)


def _address(chosen: Filters, **asked: str) -> str:
    return f"?{urlencode(chosen.query() | asked, doseq=True)}"


def _as_row(line: Line) -> dict:
    return {
        "rule": line.rule.name,
        "about": line.rule.about,
        "found": line.total,
        "overdue": sum(line.overdue.values()),
    } | {f"found in {plant or 'no plant'}": count for plant, count in line.counts.items()}


def _age(row: dict) -> str:
    """How long ago it happened, and how that is against the time it may take."""
    age = f'<span class="pp-nowrap">{escape(readable.duration(row["age_seconds"]))}</span>'
    limit = f"within {readable.duration(row['limit_seconds'])}"
    told = mark("bad", "✕", f"overdue: {limit}") if row["is_overdue"] else escape(limit)
    return f'{age}<span class="pp-below">{told}</span>'


def ways(found: Sequence[Way], chosen: Filters) -> None:
    """How often controls were gone round, by month and plant."""
    plants = chosen.plants or tuple(data.plant_names())
    nowhere = (None,) if any(None in one.by_plant for one in found) else ()
    panel.listing("ways-round", "Ways round controls", texts.WAYS_ROUND if found else texts.WAYS_ROUND_NONE, {
        "Way": lambda one: inside(_address(chosen, way=one.kind), texts.sentence(one.kind))
        + below(texts.WAY_ROUND[one.kind]),
        "12 months": lambda one: sparkline.draw(one.months[:-1], None, texts.months_of(one.kind, one.months[:-1])),
        "This month": tables.numbered(lambda one: one.months[-1]),
        **{
            _place(plant): tables.numbered(lambda one, plant=plant: one.by_plant.get(plant, 0))
            for plant in (*plants, *nowhere)
        },
        "In all": lambda one: f"<b>{readable.number(one.total)}</b>"
        + (below(f"of {readable.number(one.of_count)} approvals") if one.of_count is not None else ""),
    }, found, [_as_months(one) for one in found])  # fmt: skip


def _as_months(one: Way) -> dict:
    return {"way": one.kind, "of": one.of_count, "total": one.total} | {
        f"month {number - governance.MONTHS}": count for number, count in enumerate(one.months)
    }


def way(kind: str, chosen: Filters) -> None:
    """The newest cases of a way round a control."""
    rows = data.way_round(kind, chosen, SHOWN)
    note = f"{texts.WAY_ROUND[kind]}; {texts.WAY_RECORDS}" if rows else texts.NO_ROWS
    panel.listing("way-records", texts.sentence(kind), texts.sentence(note), {
        "Record": lambda row: panel.first(row, chosen) + panel.plant(row),
        "When (UTC)": short(lambda row: readable.moment(row["intervened_at"])),
        "Who": lambda row: escape(row["intervened_by"] or "not known"),
        "What": lambda row: escape(row["detail"] or row["product"] or "–"),
        "How sure": lambda row: escape(texts.confidence(row["confidence"]) if row["confidence"] else "certain"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows)  # fmt: skip


def decisions(found: Sequence[Held]) -> None:
    """What people decided here that holds against a number or a rule: with whom, and until when."""
    note = texts.HELD_DECISIONS if found else texts.HELD_DECISIONS_NONE
    panel.listing("held-decisions", "Decided in this app, and in force", note, {
        "What": lambda one: escape(texts.sentence(one.what)) + below(one.about),
        "State": lambda one: mark(*texts.DECISION_STATE[one.state]),
        "Until": short(lambda one: readable.day(one.until_on) if one.until_on else "–"),
        "Plant": lambda one: escape(data.plant_name(one.plant) if one.plant else "all plants"),
        "Who decided": lambda one: escape(one.who) + below(one.role or "role not said"),
        "Owner": lambda one: escape(one.owner or "–"),
        "Why": lambda one: escape(one.why or "–"),
    }, found, [asdict(one) for one in found])  # fmt: skip


def automation(rows: Sequence[dict]) -> None:
    """What was switched or changed of what machines do."""
    note = texts.SWITCHED if rows else texts.SWITCHED_NONE
    panel.listing("switched", "Automation that was switched or changed", note, {
        "Automation": lambda row: escape(row["name"]) + below(_places(row["plants"])),
        "What": lambda row: _switched(row),
        "When (UTC)": short(lambda row: _when(row)),
        "Now": lambda row: mark(*texts.AUTOMATION_STATE[row["state"]]) if row["state"] else "–",
        "Owner": lambda row: escape(row["owner"] or "nobody named") + (below(row["note"]) if row["note"] else ""),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows)  # fmt: skip


def _switched(row: dict) -> str:
    words = texts.sentence(row["what"])
    is_off = row["what"].endswith(("switched off", "deleted", "by Odoo"))
    return mark("warn", "!", words) if is_off else escape(words)


def _places(plants: Sequence[str] | None) -> str:
    return ", ".join(map(data.plant_name, plants)) if plants else "plants not known"


def _when(row: dict) -> str:
    if row["changed_at"] is None:
        return "not known"
    return (
        readable.day(row["changed_at"].date()) if row["time_quality"] == "date" else readable.moment(row["changed_at"])
    )


def roles(rows: Sequence[dict]) -> None:
    """Who may approve above the limit, since when, and whether they do."""
    panel.listing("roles", "Who may approve", texts.ROLES if rows else texts.ROLES_NONE, {
        "User": lambda row: escape(row["person"] or "no name") + below(_kind(row)),
        "Role": lambda row: escape(texts.sentence(row["role"])),
        "Holds it": lambda row: mark("warn", "!", texts.since_when(row))
        if row["held_from"] or row["held_to"] else escape(texts.since_when(row)),
        "Approved": tables.figure("approval_count"),
        "Last": short(lambda row: readable.day(row["last_at"].date()) if row["last_at"] else "–"),
        "": lambda row: mark("warn", "!", "right not used") if _is_idle(row) else "",
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows)  # fmt: skip


def _is_idle(row: dict) -> bool:
    """Whether a person may approve and does not."""
    return row["is_active"] and row["kind"] != "automation" and not (row["approval_count"] or row["held_to"])


def _kind(row: dict) -> str:
    words = {"human": "person", "external": "outside user"}.get(row["kind"], row["kind"] or "not known what")
    return words if row["is_active"] else f"{words}, archived"


def blind(states: Mapping[str, str]) -> None:
    """What the data cannot tell, and what would change that."""
    rows = [_seen(states, *one) for one in texts.AUDIT_GAPS]
    panel.listing("blind", "What cannot be seen", texts.BLIND_SPOTS, {
        "What": lambda row: escape(row["what"]),
        "Seen": lambda row: mark(*row["mark"]),
        "How far": lambda row: escape(row["seen"]),
        "What would help": lambda row: escape(row["remedy"]),
    }, sorted(rows, key=lambda row: row["mark"][0] == "good"), rows)  # fmt: skip


def _seen(states: Mapping[str, str], what: str, sources: Sequence[str], seen: str, unseen: str, remedy: str) -> dict:
    missing = [name for name in sources if states.get(name, "absent") in ("absent", "no right", "not read")]
    if not sources:
        told = ("none", "○", "never")
    elif missing:
        told = ("bad", "✕", f"no: {missing[0]} {states.get(missing[0], 'absent')}")
    else:
        told = ("good", "✓", "yes, as far as said")
    return {"what": what, "mark": told, "seen": unseen if missing or not sources else seen, "remedy": remedy}
