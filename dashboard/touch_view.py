"""The parts of the automation page: orders without a person, what to automate next, the map of touches, those that
changed nothing, what is done by hand, and whether the automation in place works."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, panel, sparkline, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short, table
from queries import readable, touch
from queries.touch import Candidate, Untouched

KPIS = (
    "no_touch_share", "automated_event_share", "empty_touch_share",
    "manual_intervention_share", "manual_intervention_count", "recording_lag",
)  # fmt: skip
MOST = 200  # rows that lists of touches and interventions give
RARE = 0.05  # of the orders: touches of fewer are folded away
DARKEST = 55  # per cent of the colour of a cell in which every order is touched
WRONG = ("failing", "late", "deactivated by Odoo", "never ran")


def summary(chosen: Filters) -> None:
    """How much runs without people, how often they touch an order, what changes nothing, and what is done by hand."""
    whole = _together(chosen)
    empty, told, _ = touch.told(data.touches(chosen))
    found = data.interventions(chosen)
    now, before = (sum(row[name] for row in found) for name in ("now_count", "before_count"))
    states = Counter(row["state"] for row in data.rows("automation"))
    wrong = sum(states[state] for state in WRONG)
    panel.band("summary", {
        "Orders without a person": _share(whole),
        "Touches by people": escape(texts.touches_each(whole.touches)) if whole.case_count else None,
        "Touches that changed nothing": escape(texts.of(empty, told)) if told else mark("none", "○", "cannot be told"),
        "Manual interventions": escape(readable.number(now)) + tables.below(texts.against_before(now, before)),
        "Automation that does not work": panel.count(wrong, states.total(), "bad", "✕"),
    }, texts.TOUCH_PERIOD, texts.TOUCH_ACTORS)  # fmt: skip


def _together(chosen: Filters) -> Untouched:
    found = touch.untouched(data.no_touch(chosen))
    parts = [one for (_, plant), one in found.items() if plant is None]
    return Untouched(
        *(sum(getattr(one, name) for one in parts) for name in ("case_count", "untouched_count", "touch_count"))
    )


def _share(one: Untouched) -> str:
    """0.4 %; below it what that rests on."""
    if not one.case_count:
        return mark("none", "○", "none completed")
    sure = texts.interval(*one.interval) if one.interval else f"too few: {touch.FEW} needed"
    below = f"{sure} · n = {readable.number(one.case_count)}"
    return f"<b>{escape(readable.share(one.share))}</b>{tables.below(below)}"


def untouched(chosen: Filters) -> None:
    """The share of orders without a person by workflow and plant, and how it is known who acted."""
    rows = data.no_touch(chosen)
    found = touch.untouched(rows)
    plants = list(dict.fromkeys(row["plant"] for row in rows))
    with st.container(border=True, key="panel-matrix"):
        panel.head(
            "no_touch", "Orders processed without a person", texts.UNTOUCHED if rows else texts.NO_ORDERS, rows, ()
        )
        if not rows:
            return
        columns = {"Workflow": lambda flow: f"<b>{escape(texts.workflow(flow))}</b>"}
        for plant in [*([None] if len(plants) > 1 else []), *plants]:
            columns[data.plant_name(plant) if plant else "All of them"] = lambda flow, plant=plant: _cell_untouched(
                found.get((flow, plant))
            )
        table("Orders processed without a person", columns, touch.WORKFLOWS)
        with st.expander("How it is known who acted", icon=":material/help:"):
            table("How it is known who acted", {
                "Sure": lambda row: escape(f"{row['confidence'] or '–'}: {texts.confidence(row['confidence'])}"),
                "By which rule": tables.text("rule"),
                "Orders": tables.figure("case_count"),
                "Share": short(lambda row: readable.share(row["share"])),
            }, touch.known_by(rows))  # fmt: skip


def _cell_untouched(one: Untouched | None) -> str:
    return "–" if one is None else _share(one) + tables.below(texts.touches_each(one.touches))


def candidates(chosen: Filters) -> None:
    """Steps that people do and a rule could do, those that would spare most orders a touch first."""
    found = touch.candidates(data.touches(chosen), data.touches(replace(chosen, plants=())))
    top = max((one.orders for one in found), default=0) or 1
    stored = [vars(one) | {"share": one.share, "orders": one.orders} for one in found]
    panel.listing("candidates", "What to automate next", texts.CANDIDATES if found else texts.CANDIDATES_NONE, {
        "Step": lambda one: _to_step(one, chosen),
        "": lambda one: tables.bar(one.orders / top),
        "Could go without": tables.numbered(lambda one: round(one.orders)),
        "By a person": lambda one: f"<b>{escape(readable.share(one.share))}</b>" + tables.below(
            texts.of(one.touched_order_count, one.order_count)
        ),
        "Regular": short(lambda one: readable.share(one.regular)),
        "Most and least": _most_and_least,
        "What could do it": lambda one: escape(texts.AUTOMATE.get(one.kind, "–")),
    }, found, stored, ())  # fmt: skip


def _to_step(one: Candidate, chosen: Filters) -> str:
    row = {"workflow": one.workflow, "stands_at": one.stands_at, "kind": one.kind}
    return _step(row, chosen) + tables.below(f"{texts.workflow(one.workflow)} · {texts.at_step(one.stands_at)}")


def _most_and_least(one: Candidate) -> str:
    found = dict(filter(None, (one.most, one.least)))
    return "".join(
        f'<span class="pp-nowrap">{escape(data.plant_name(plant))} <b>{share * 100:.0f} %</b></span><br>'
        for plant, share in found.items()
    )


def _step(row: dict, chosen: Filters, words: str | None = None) -> str:
    query = {"flow": row["workflow"], "step": row["stands_at"], "touched": row["kind"]}
    query |= {"at": row["plant"]} if row.get("plant") else {}
    return tables.inside(f"?{urlencode(chosen.query() | query, doseq=True)}", words or texts.sentence(row["kind"]))


def touch_map(chosen: Filters) -> None:
    """Of each step and what people do there, the share of orders in each plant."""
    rows = data.touches(chosen)
    with st.container(border=True, key="panel-touches"):
        panel.head("touch_map", "Where people touch orders", texts.TOUCH_MAP if rows else texts.TOUCH_NONE, rows, ())
        if not rows:
            return
        flows = [flow for flow in touch.WORKFLOWS if any(row["workflow"] == flow for row in rows)]
        flow = choices.choice("flow", flows, "Workflow", texts.workflow)
        kept = [row for row in rows if row["workflow"] == flow]
        found = touch.positions(kept)
        orders = {row["plant"]: row["order_count"] for row in kept}
        columns = {
            "Step": lambda one: escape(texts.sentence(one.stands_at)),
            "What people do": lambda one: f"<b>{escape(texts.sentence(one.kind))}</b>",
        }
        for plant in sorted(orders):
            title = f"{data.plant_name(plant)}, n = {readable.number(orders[plant])}"
            columns[title] = lambda one, plant=plant: _cell(one.cells.get(plant), chosen)
        table("Where people touch orders", columns, [one for one in found if one.share >= RARE])
        rare = [one for one in found if one.share < RARE]
        if rare:
            with st.expander(f"{len(rare)} rare kinds of touches, of fewer than {RARE:.0%} of the orders"):
                table("Rare touches", columns, rare)


def _cell(row: dict | None, chosen: Filters) -> str:
    """The share of orders touched there, on a ground that is the darker the larger it is."""
    if row is None:
        return '<span class="pp-muted">–</span>'
    share = row["touched_order_count"] / row["order_count"]
    few = row["order_count"] < touch.FEW
    words = "too few" if few else readable.share(share)
    since = "" if row["median_since_seconds"] is None else f"after {readable.duration(row['median_since_seconds'])}"
    nothing = f"{row['empty_count']} changed nothing" if row["empty_count"] else ""
    below = tables.below(" · ".join(filter(None, (since, nothing))) or "–")
    return (
        f'<span class="pp-heat" style="--heat:{0 if few else DARKEST * share:.0f}%" '
        f'title="{escape(texts.touched_there(row), quote=True)}">{_step(row, chosen, words)}{below}</span>'
    )


def empty(chosen: Filters) -> None:
    """Touches that changed nothing, by step and plant; by person where that is asked for and may be seen."""
    rows = data.touches(chosen)
    found = touch.empty(rows)
    _, told, count = touch.told(rows)
    note = " ".join(
        filter(None, (f"{texts.EMPTY_TOUCHES if found else texts.EMPTY_NONE}.", texts.untold_touches(told, count)))
    )
    panel.listing("empty", "Touches that changed nothing", note, {
        "What people do": lambda row: _step(row, chosen) + tables.below(
            f"{texts.workflow(row['workflow'])} · {texts.at_step(row['stands_at'])}"
        ),
        "Plant": lambda row: escape(data.plant_name(row["plant"])),
        "Changed nothing": tables.figure("empty_count"),
        "Of these touches": _empty_share,
    }, found, of=())  # fmt: skip
    if found and data.sees_names() and st.toggle(texts.EMPTY_PEOPLE, key="people", bind="query-params"):
        panel.listing("people", "Whose touches changed nothing", texts.EMPTY_BY_PERSON, {
            "Who": tables.text("person"),
            "What": lambda row: escape(texts.sentence(row["kind"])) + tables.below(texts.workflow(row["workflow"])),
            "Plant": lambda row: escape(data.plant_name(row["plant"])) if row["plant"] else "–",
            "Changed nothing": short(lambda row: texts.of(row["empty_count"], row["told_count"])),
        }, data.empty_touches_by_person(chosen), of=())  # fmt: skip


def _empty_share(row: dict) -> str:
    if row["told_count"] < touch.FEW:
        return escape(f"of {row['told_count']}, too few to say")
    around = texts.interval(row["empty_share_low"], row["empty_share_high"])
    return escape(readable.share(row["empty_share"])) + tables.below(
        f"{around} · n = {readable.number(row['told_count'])}"
    )


def interventions(chosen: Filters) -> None:
    """What people did by hand, by kind, with its weeks."""
    found = data.interventions(chosen)
    seen = [row for row in found if any(row["weeks"]) or row["now_count"] or row["before_count"]]
    none = [row["kind"] for row in found if row not in seen]
    with st.container(border=True, key="panel-cases-interventions"):
        stored = [row | {"weeks": " ".join(map(str, row["weeks"]))} for row in seen]
        panel.head(
            "interventions",
            "Manual interventions",
            texts.INTERVENTIONS if seen else texts.INTERVENTIONS_NONE,
            stored,
            (),
        )
        if seen:
            table("Manual interventions", {
                "Kind": lambda row: tables.inside(
                    f"?{urlencode(chosen.query() | {'by_hand': row['kind']}, doseq=True)}", texts.sentence(row["kind"])
                ) + tables.below(texts.BY_HAND.get(row["kind"], "")),
                "In the period": tables.figure("now_count"),
                "Before": tables.figure("before_count"),
                "Weeks": lambda row: sparkline.draw(row["weeks"], None, texts.weekly(row["kind"], row["weeks"])),
            }, seen)  # fmt: skip
        if none:
            st.html(f'<p class="pp-sub">{mark("good", "✓", "None seen:")} {escape(", ".join(none))}.</p>')
        components.link("kpi", "By responsible person, product and company", chosen, kpi="manual_intervention_count")


def in_place(chosen: Filters) -> None:
    """How many scheduled actions, rules and webhooks work, which do not, and where their effect is told."""
    rows = data.rows("automation")
    states = Counter(row["state"] for row in rows)
    wrong = [row for row in rows if row["state"] in WRONG]
    with st.container(border=True, key="panel-cases-in-place"):
        components.heading("Does the automation in place work?", texts.IN_PLACE if rows else texts.NO_AUTOMATION)
        facts = {texts.sentence(words): mark(kind, sign, str(states[state]))
                 for state, (kind, sign, words) in texts.AUTOMATION_STATE.items() if states[state]}  # fmt: skip
        st.html(f'<div class="pp-facts">{components.facts(facts)}</div>')
        if wrong:
            table("Automation that does not work", {
                "Name": lambda row: (tables.outside(row["record_url"], row["name"]) if row["record_url"]
                                     else escape(row["name"])) + tables.below(row["kind"]),
                "State": tables.status("state", texts.AUTOMATION_STATE),
                "Since": short(lambda row: readable.moment(row["failing_since_at"] or row["late_since_at"])
                               if row["failing_since_at"] or row["late_since_at"] else "–"),
            }, wrong)  # fmt: skip
        with st.container(horizontal=True, gap="medium"):
            components.link("integrations", "Why, and the others: Integrations", chosen)
            components.link("plants", "What automation changed, before and after: Plants", chosen)


def position(flow: str | None, stands_at: str, kind: str, plant: str | None, chosen: Filters) -> None:
    """What people did at a step, order by order."""
    flow = flow if flow in touch.WORKFLOWS else touch.WORKFLOWS[0]
    found = [
        row for row in data.touches(replace(chosen, plants=()))
        if (row["workflow"], row["stands_at"], row["kind"]) == (flow, stands_at, kind) and plant in (None, row["plant"])
    ]  # fmt: skip
    if not found:
        st.html(f'<div class="pp-note">{escape(texts.TOUCH_GONE)}</div>')
        return
    title = f"{texts.sentence(kind)}, {texts.at_step(stands_at)}"
    facts = {
        data.plant_name(row["plant"]): escape(readable.share(row["touched_order_count"] / row["order_count"]))
        + tables.below(texts.touched_there(row))
        for row in found
    }
    with st.container(border=True, gap=None, key="panel-position"):
        st.html(components.band(title, escape(texts.workflow(flow)), facts))
        st.html(f'<p class="pp-sub">{escape(texts.TOUCH_PERIOD)}</p>')
    rows = data.touches_at(flow, stands_at, kind, plant, chosen)
    note = f"{texts.shown(len(rows), MOST)}; {texts.TOUCHES_ORDER}"
    panel.listing("touches", "Orders in which people did this", note, {
        "Order": lambda row: panel.first(row, chosen) + panel.plant(row),
        "When": short(lambda row: readable.moment(row["touched_at"], data.zone(row["plant"]))),
        "By": lambda row: escape(row["person"] or "–") + tables.below(texts.confidence(row["confidence"])),
        "After": short(lambda row: readable.duration(row["since_seconds"])),
        "Changed": lambda row: _changed(row) + tables.below(row["rule"]),
        "Product or vendor": lambda row: escape(row["product"] or row["vendor"] or "–"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows, of=())  # fmt: skip


def _changed(row: dict) -> str:
    if row["changed_nothing"] is None:
        return mark("none", "○", "cannot be told")
    return mark("warn", "!", "nothing") if row["changed_nothing"] else escape(row["field"] or "something")


def by_hand(kind: str, chosen: Filters) -> None:
    """What was done by hand, the newest first."""
    rows = data.intervention_cases(kind, chosen)
    if not rows:
        st.html(f'<div class="pp-note">{escape(texts.INTERVENTION_NONE)}</div>')
        return
    note = f"{texts.BY_HAND.get(kind, '')}; {texts.shown(len(rows), MOST)}, the newest first"
    panel.listing("by-hand", texts.sentence(kind), note, {
        "What": lambda row: _document(row, chosen) + panel.plant(row),
        "When": short(lambda row: readable.moment(row["intervened_at"], data.zone(row["plant"]))),
        "By": lambda row: escape(row["intervened_by"] or "–") + tables.below(texts.confidence(row["confidence"])),
        "Detail": tables.text("detail"),
        "Product": tables.text("product"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows, of=())  # fmt: skip


def _document(row: dict, chosen: Filters) -> str:
    """The document it was done to leads to its timeline, where it is one."""
    if row["document_id"] is None:
        return escape(row["name"] or f"{row['record_model']} {row['record_id']}")
    about = {"instance": row["instance"], "record_model": row["document_model"], "record_id": row["document_id"]}
    return panel.first(about, chosen, row["name"] or f"{row['document_model']} {row['document_id']}")
