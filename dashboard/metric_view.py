"""The parts of the metric dictionary: KPIs by domain, one of them in full, exceptions, checks and terms."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import cards, choices, components, data, kpi_view, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.reading import Reading
from dashboard.tables import below, inside, short, table
from queries import dictionary, readable
from queries.catalog import MASTER_DATA, Check, ExceptionRule, Kpi

OPEN_AT_ONCE = 25  # entries up to which what a search finds stands open


def search(chosen: Filters) -> tuple[str, str | None]:
    """The words looked for and the domain chosen, both kept in the URL; and how many there are of what."""
    domains = sorted({kpi.domain for kpi in data.kpis().values()})
    with st.container(border=True, key="panel-search"):
        st.html(f'<p class="pp-sub">{escape(texts.DICTIONARY)}</p>')
        words = st.text_input(
            texts.DICTIONARY_SEARCH, key="find", bind="query-params", placeholder=texts.DICTIONARY_HINT, type="search",
            max_chars=80, label_visibility="collapsed",
        )  # fmt: skip
        domain = choices.pick("domain", domains, "Domain", texts.domain)
    return (words or "").strip(), domain


def kpis(words: str, domain: str | None, chosen: Filters) -> None:
    """Every KPI that the words find, by domain."""
    found = [kpi for kpi in dictionary.found(data.kpis().values(), words) if domain in (None, kpi.domain)]
    with st.container(border=True, key="panel-cases-dictionary"):
        panel.head("kpis", "KPIs", texts.entries(len(found), "KPI") if found else texts.DICTIONARY_NONE,
                   [_as_row(kpi) for kpi in found])  # fmt: skip
        if not found:
            return
        latest = data.latest(chosen)
        is_open = bool(words or domain) and len(found) <= OPEN_AT_ONCE
        for name, listed in data.domains().items():
            own = [kpi for kpi in listed if kpi in found]
            title = texts.HEADLINES if name == data.HEADLINE else texts.domain(name)
            if own:
                is_first = name == data.HEADLINE or domain is not None
                with st.expander(f"{title}: {texts.entries(len(own), 'KPI')}", expanded=is_open or is_first):
                    table(title, _columns(latest, chosen), own)


def _columns(latest: Mapping[str, Reading], chosen: Filters) -> dict:
    return {
        "KPI": lambda kpi: inside(_address(kpi, chosen), kpi.title) + below(kpi.definition),
        "Number": lambda kpi: escape(texts.number_of(kpi)),
        "Latest": lambda kpi: _latest(kpi, latest),
        "Target": short(lambda kpi: _target(kpi, latest)),
        "Owner": lambda kpi: escape(kpi.owner),
        "Sources": lambda kpi: _sources(kpi),
    }


def _address(kpi: Kpi, chosen: Filters) -> str:
    return f"?{urlencode(chosen.query() | {'metric': kpi.name}, doseq=True)}"


def _target(kpi: Kpi, latest: Mapping[str, Reading]) -> str:
    value = latest[kpi.name].target if kpi.name in latest else kpi.target
    return texts.target(kpi, value) if value is not None else texts.NO_LIMIT


def _latest(kpi: Kpi, latest: Mapping[str, Reading]) -> str:
    """The value with its cases, or why there is none."""
    if kpi.name not in latest:
        return mark("none", "○", texts.NEW_KPI)
    reading = latest[kpi.name]
    if reading.now.value is None:
        return mark("none", "○", reading.now.reason or "no value and no reason given")
    words = escape(readable.measured(reading.now.value, reading.kpi.unit))
    return f'<strong class="pp-nowrap">{words}</strong>' + below(texts.cases(kpi, reading.now))


def _sources(kpi: Kpi) -> str:
    missing = [row for row in data.sources_of(kpi) if row["status"] != "ok"]
    if not missing:
        return mark("good", "✓", "all read")
    return mark("none", "○", f"without {missing[0]['source']}", missing[0]["cost"] or "")


def entry(kpi: Kpi, chosen: Filters) -> None:
    """One KPI in full."""
    reading = data.latest(chosen).get(kpi.name)
    target = _target_words(kpi, chosen)
    with st.container(border=True, key="panel-entry"):
        st.html(components.band(kpi.title, escape(texts.domain(kpi.domain)), {
            "Latest": _latest(kpi, {kpi.name: reading} if reading else {}),
            "Target": cards.target(reading) if reading else escape(target),
            "Verdict": cards.verdict(reading) if reading else None,
            "Of": escape(texts.period(kpi, *reading.now.days)) if reading else None,
            "Data": escape(readable.ago(reading.as_of)) if reading else None,
        }))  # fmt: skip
        more = {"Service level": _service_levels(kpi), "File": f"queries/{kpi.file}"}
        st.html(components.definitions(kpi_view.definition_facts(kpi, target) | more))
        with st.container(horizontal=True, gap="small"):
            components.link("kpi", "Its page, with the cases behind it", chosen, kpi=kpi.name)
            components.link("plants", "Plants side by side", chosen)
    _made_from(kpi)


def _target_words(kpi: Kpi, chosen: Filters) -> str:
    """The target of the chosen plant or of all, where it comes from, and what single plants have instead."""
    plant = chosen.plants[0] if len(chosen.plants) == 1 else None
    value = data.target(kpi, plant)
    others = [f"{data.plant_name(code)}: {texts.target(kpi, other)}" for code, other in data.plant_targets(kpi).items()]
    if value is None:
        return "; ".join(["none set", *others])
    told = f"{texts.target(kpi, value)} ({texts.target_from(data.target_is_configured(kpi, plant))})"
    return "; ".join([told, *others])


def _service_levels(kpi: Kpi) -> str:
    return "; ".join(
        f"{readable.service_level(row['objective'], row['limit_seconds'], row['clock'])}"
        f" ({data.plant_name(row['plant']) if row['plant'] else 'all plants'})"
        for row in data.service_levels(kpi) if row["objective"] is not None
    ) or "none"  # fmt: skip


def _made_from(kpi: Kpi) -> None:
    rows = data.sources_of(kpi)
    note = texts.METRIC_SOURCES if rows else texts.METRIC_SOURCES_NONE
    panel.listing("metric-sources", "What it is measured from", note, {
        "Source": lambda row: escape(row["source"]) + below(row["model"]),
        "Instance": tables.text("instance"),
        "Status": tables.status("status", texts.SOURCE_STATUS),
        "Read": short(lambda row: readable.ago(row["last_read_at"]) if row["last_read_at"] else "never"),
        "Rows": tables.figure("row_count"),
        "What is missing": lambda row: escape(row["problem"] or row["missing_fields"] or "–"),
        "Without it": lambda row: escape(row["cost"] or "–"),
    }, rows)  # fmt: skip


def _as_row(kpi: Kpi) -> dict:
    return {name: getattr(kpi, name) for name in (
        "name", "domain", "title", "definition", "unit", "measure", "statistic", "direction", "target", "owner",
        "clocks", "dimensions", "audience",
    )}  # fmt: skip


def exceptions(words: str, chosen: Filters) -> None:
    """What needs somebody: by which rule, how long it may take, and who."""
    found = dictionary.found(data.exception_rules().values(), words)
    if words and not found:
        return
    settings = data.rule_settings()
    with _panel("exceptions", "Exceptions", texts.DICTIONARY_EXCEPTIONS, len(found), "exception", words):
        table("Exceptions", {
            "Exception": lambda rule: escape(rule.title) + below(rule.definition),
            "Severity": lambda rule: _settled(rule, settings, "severity", str),
            "Limit": lambda rule: _settled(rule, settings, "limit", lambda value: dictionary.limit(rule, value)),
            "May take": lambda rule: _settled(rule, settings, "sla", readable.duration),
            "Owner": lambda rule: _settled(rule, settings, "owner", str)
            + below(f"overdue: {_of_all(rule, settings, 'fallback')}"),
            "What to do": lambda rule: escape(rule.remedy),
        }, found)  # fmt: skip


def checks(words: str, chosen: Filters) -> None:
    """What must not be in the data, and what it found."""
    found = dictionary.found(data.checks().values(), words)
    if words and not found:
        return
    settings = data.rule_settings()
    results = {row["name"]: row for row in data.rows("check_result")}
    with _panel("checks", "Checks", texts.DICTIONARY_CHECKS, len(found), "check", words):
        table("Checks", {
            "Check": lambda rule: escape(rule.title) + below(rule.definition),
            "About": lambda rule: _about(rule, chosen),
            "Result": lambda rule: _result(results.get(rule.name)),
            "Limit": lambda rule: _settled(rule, settings, "limit", lambda value: dictionary.limit(rule, value)),
            "Owner": lambda rule: escape((results.get(rule.name) or {}).get("owner") or rule.owner),
            "What to do": lambda rule: escape(rule.remedy),
        }, found)  # fmt: skip


def _about(rule: Check, chosen: Filters) -> str:
    page = "master_data" if rule.about == MASTER_DATA else "data_health"
    query = urlencode(chosen.query(), doseq=True)
    return inside(f"{page}{f'?{query}' if query else ''}", rule.about)


def _result(row: dict | None) -> str:
    if row is None:
        return mark("none", "○", "switched off")
    kind, sign, words = texts.CHECK_STATUS[row["status"]]
    return mark(kind, sign, words if row["status"] == "pass" else f"{words}: {readable.number(row['failed_count'])}")


def glossary(words: str) -> None:
    """What terms mean."""
    found = dictionary.terms(words)
    if words and not found:
        return
    with _panel("terms", "Terms", "", len(found), "term", words):
        st.html(components.definitions(dict(found)))


def _panel(name: str, title: str, note: str, count: int, what: str, words: str):
    """A panel that is folded while nobody looks for something."""
    box = st.container(border=True, key=f"panel-cases-{name}")
    with box:
        components.heading(title, note)
        return st.expander(texts.entries(count, what), expanded=bool(words) and count <= OPEN_AT_ONCE)


def _settled(rule: ExceptionRule | Check, settings: Mapping[str, Mapping[str, dict]], key: str, words) -> str:
    """What applies to a rule in all plants, and below what another plant has."""
    known = settings.get(rule.name, {})
    everywhere = known.get("", {}).get(key, getattr(rule, key, None))
    others = [
        f"{data.plant_name(plant)}: {'off' if row['is_off'] else words(row[key])}"
        for plant, row in known.items() if plant and (row["is_off"] or row[key] != everywhere)
    ]  # fmt: skip
    told = "off" if known.get("", {}).get("is_off") else (words(everywhere) if everywhere is not None else None)
    return f'<span class="pp-nowrap">{escape(told or texts.NO_LIMIT)}</span>' + "".join(map(below, others))


def _of_all(rule: ExceptionRule, settings: Mapping[str, Mapping[str, dict]], key: str) -> str:
    return settings.get(rule.name, {}).get("", {}).get(key) or getattr(rule, key)
