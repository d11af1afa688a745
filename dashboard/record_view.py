"""The parts of the record timeline: find a record, what it is, what happened to it, what it is linked to."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import components, data, panel, texts
from dashboard.components import mark
from dashboard.filters import Filters
from queries import readable

SHOWN = 300


def search(filters: Filters) -> None:
    """Find a record by its document name or its origin."""
    text = st.text_input(
        "Document name or origin",
        key="find",
        bind="query-params",
        max_chars=80,
        placeholder="WH/MO/00042 or S00017",
        width=480,
    ).strip()
    if not text:
        st.html(f'<p class="pp-sub">{escape(texts.SEARCH_HINT)}</p>')
        components.link("unblock", texts.TO_UNBLOCK, filters)
        return
    found = data.rows("record_search", text=text)
    with st.container(border=True, gap=None, key="panel-found"):
        panel.head("found_records", texts.found(len(found)), "" if found else texts.SEARCH_NONE, found, of=())
        for row in found:
            with st.container(gap=None, key=f"row-{row['instance']}-{row['record_model']}-{row['record_id']}"):
                components.record_link(row, row["name"], filters)
                plant = data.plant_names().get(row["plant"], row["plant"])
                _line(texts.model(row["record_model"]), plant, row["state"], readable.moment(row["started_at"]))


def header(row: dict, zone: str | None) -> None:
    """What the record is, where it stands and how long it took."""
    end = row["ended_at"] or data.as_of()
    length = readable.duration((end - row["started_at"]).total_seconds()) if row["started_at"] else "–"
    state = mark("warn", "○", f"open for {length}") if row["is_open"] else mark("none", "✓", f"took {length}")
    facts = {
        "State": escape(row["state"] or "–"),
        "Plant": escape(data.plant_names().get(row["plant"], row["plant"]) or "no plant"),
        "Product": row["product"] and escape(row["product"]),
        "Vendor": row["vendor"] and escape(row["vendor"]),
        "Responsible": row["responsible"] and escape(row["responsible"]),
        "Amount": row["amount"] is not None and escape(readable.money(row["amount"], row["currency"])),
        "Origin": row["origin"] and escape(row["origin"]),
        "Started": escape(readable.moment(row["started_at"], zone)),
        "Ended": escape(readable.moment(row["ended_at"], zone)) if row["ended_at"] else None,
    }
    with st.container(border=True, gap=None, key="panel-record"):
        st.html(
            f'<div class="pp-facts"><div class="pp-fact pp-fact-main"><strong>{escape(row["name"] or "–")}</strong>'
            f"<span>{escape(texts.model(row['record_model']))} · {state}</span></div>{components.facts(facts)}</div>"
        )
        if row["record_url"]:
            st.link_button("Open in Odoo", row["record_url"], icon=":material/open_in_new:")
        else:
            st.html(f'<p class="pp-sub">{escape(texts.DEMO)}</p>')


def timeline(events: list[dict], row: dict, zone: str | None) -> None:
    """Every event in time order, with the gap before it, who did it and how sure that is."""
    with st.container(border=True, key="panel-timeline"):
        panel.head("timeline", "What happened", texts.events(len(events), zone), events, of=())
        if not events:
            st.html(f'<p class="pp-sub">{escape(texts.NO_EVENTS)}</p>')
            return
        longest = max(event["gap_seconds"] or 0 for event in events)
        items = "".join(_event(event, longest, zone) for event in events[:SHOWN])
        if len(events) > SHOWN:
            items += f"<li class='pp-muted'>{len(events) - SHOWN} later events are not shown</li>"
        if row["is_open"]:
            since = (data.as_of() - events[-1]["event_at"]).total_seconds()
            words = escape(texts.open_since(readable.duration(since)))
            items += f'<li><div class="pp-tl-gap pp-tl-long">{words}</div></li>'
        st.html(f'<ol class="pp-tl">{items}</ol>')


def _event(event: dict, longest: float, zone: str | None) -> str:
    gap = event["gap_seconds"]
    kind = event["actor_kind"] or "unknown"
    change = ""
    if event["old_value"] is not None or event["new_value"] is not None:
        old, new = (escape(str(event[name] or "empty")) for name in ("old_value", "new_value"))
        change = f'<span class="pp-change">{old} → {new}</span>'
    quality = event["time_quality"]
    loose = "" if quality in (None, "exact") else mark("warn", "~", texts.time_quality(quality))
    is_longest = bool(gap) and gap == longest and gap >= readable.HOUR
    when = escape(readable.moment(event["event_at"], zone))
    return (
        f'<li>{_gap(gap, is_longest)}<div class="pp-tl-body"><time>{when}</time>'
        f"<div><b>{escape(texts.sentence(event['activity']))}</b> {change} {loose}"
        f'<div class="pp-tl-who">{escape(event["actor"] or "nobody named")}'
        f'<span class="pp-actor pp-actor-{escape(kind)}" title="{escape(event["actor_rule"] or "", quote=True)}">'
        f"{texts.ACTOR_MARK.get(kind, '○')} {escape(texts.ACTOR.get(kind, kind))}, "
        f"{escape(texts.confidence(event['actor_confidence']))}</span></div></div></div></li>"
    )


def _gap(gap: float | None, is_longest: bool) -> str:
    if not gap:
        return ""
    words = f"+ {readable.duration(gap)}" + (" · the longest gap" if is_longest else "")
    return f'<div class="pp-tl-gap{" pp-tl-long" if is_longest else ""}">{escape(words)}</div>'


def links(rows: list[dict], row: dict, filters: Filters) -> None:
    """Records that led to this one or that it led to, each with its own timeline."""
    with st.container(border=True, gap=None, key="panel-links"):
        panel.head("linked_records", "Linked records", "" if rows else texts.NO_LINKS, rows, of=())
        relations: dict[tuple, list[dict]] = {}
        for link in rows:
            relations.setdefault((link["record_model"], link["record_id"]), []).append(link)
        for position, found in enumerate(relations.values()):
            link = {"instance": row["instance"]} | found[0]
            with st.container(gap=None, key=f"row-link-{position}"):
                components.record_link(link, link["name"] or f"{link['record_model']} {link['record_id']}", filters)
                _line(texts.model(link["record_model"]), link["state"])
                _line(*(texts.relation(one["direction"], one["kind"], one["confidence"]) for one in found))


def _line(*words: object) -> None:
    st.html(f'<div class="pp-row">{escape(" · ".join(str(word) for word in words if word))}</div>')
