"""The parts of the process page: what is compared, the map, the ways, and what breaks the rules of the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, download, panel, process_chart, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import below, inside, short, table
from queries import decision, process_map, readable
from queries.conformance import DeviationClass, Exposure
from queries.harmonization import LEAST_CASES
from queries.process_map import Passage, Step

SHOWN = 12  # ways before the rest is folded away
MOST = 200  # cases of a table
TOLD = 8  # differences between plants
COVERAGES, COVERAGE = (50, 100, 5), 80  # per cent of cases: least, most and step of the slider; where it starts
STROKE = tuple(f"pp-stroke {plant}" for plant in process_chart.PLANTS)


@dataclass(frozen=True)
class Compared:
    """A workflow in one plant, or in two: how many cases and ways each has, and its most frequent ways."""

    workflow: str
    sizes: dict[str, dict]
    ways: dict[str, list[dict]]

    @property
    def plants(self) -> list[str]:
        return list(self.sizes)

    @property
    def names(self) -> list[str]:
        return [data.plant_name(plant) for plant in self.sizes]

    @property
    def usual(self) -> dict:
        """The most frequent way of the first plant."""
        return self.ways[self.plants[0]][0]

    def query(self) -> dict[str, str]:
        """The choice as a link carries it."""
        beside = self.plants[1] if len(self.plants) > 1 else texts.ALONE
        return {"flow": self.workflow, "one": self.plants[0], "beside": beside}


def compared(chosen: Filters) -> Compared | None:
    """What the reader compares; at first, of the workflow with most cases, the two plants that have least in common."""
    sizes = data.process_sizes(chosen)
    if not sizes:
        st.html(f'<div class="pp-note">{escape(texts.NO_PROCESS)}</div>')
        return None
    with st.container(horizontal=True, gap="small", key="choices"):
        flows = list(dict.fromkeys(row["workflow"] for row in sizes))
        flow = choices.choice("flow", flows, "Workflow", texts.workflow)
        of_plant = {row["plant"]: row for row in sizes if row["workflow"] == flow}
        ways = {plant: found for plant, found in data.process_ways(flow, chosen).items() if plant in of_plant}
        many = {plant: found for plant, found in ways.items() if of_plant[plant]["case_count"] >= LEAST_CASES}
        plants = [*process_map.least_alike(many), *(plant for plant in ways if plant not in many)]
        names = {plant: data.plant_name(plant) for plant in plants}
        one = choices.choice("one", plants, "Plant", names.get)
        others = [plant for plant in plants if plant != one]
        other = texts.ALONE
        if others:
            beside = {plant: f"beside {names[plant]}" for plant in others} | {texts.ALONE: texts.ALONE}
            other = choices.choice("beside", list(beside), "Beside which plant", beside.get)
    both = [plant for plant in (one, other) if plant in of_plant]
    return Compared(flow, {plant: of_plant[plant] for plant in both}, {plant: ways[plant] for plant in both})


def coverage() -> int:
    """How many per cent of the cases the map and the ways show."""
    least, most, step = COVERAGES
    return st.slider(
        "Share of cases that the map and the ways cover", least, most, COVERAGE, step, format="%d %%", key="coverage",
        bind="query-params", width=420,
    )  # fmt: skip


def summary(of: Compared, chosen: Filters) -> None:
    """Whether the plants work alike, in a few figures."""
    rules = {row["plant"]: row for row in data.conforming(of.workflow, chosen)}
    lines = {
        "Cases": lambda plant: (
            texts.cases_of(of.sizes[plant]["case_count"]) + f", {readable.number(of.sizes[plant]['open_count'])} open"
        ),
        "Ways they took": lambda plant: readable.number(of.sizes[plant]["way_count"]),
        f"Ways of {COVERAGE} % of the cases": lambda plant: _needed(of.ways[plant]),
        "On the most frequent way": lambda plant: readable.share(of.ways[plant][0]["share"]),
        "Break no process rule": lambda plant: (
            texts.conform(rules[plant]) if plant in rules else "no rule, or none ended"
        ),
    }
    columns = {"": lambda line: escape(line)} | {
        data.plant_name(plant): lambda line, plant=plant: f"<b>{escape(lines[line](plant))}</b>" for plant in of.plants
    }
    with st.container(border=True, key="panel-alike"):
        note = ""
        if len(of.plants) > 1:
            common = readable.share(process_map.in_common(*of.ways.values()))
            note = f"{common} of their cases go the same way. "
        components.heading("Do they work alike?" if note else "How cases go", note + texts.PROCESS_PERIOD)
        table("Plants side by side", columns, list(lines))
        components.link("plants", "Plants side by side, with tests", chosen)


def _needed(ways: Sequence[dict]) -> str:
    found = process_map.covering(ways, COVERAGE / 100)
    is_all = found[-1]["coverage"] >= COVERAGE / 100
    return readable.number(len(found)) if is_all else f"more than {len(found)}"


def flow_map(of: Compared, percent: int, chosen: Filters) -> None:
    """The map, and beside it in words where the plants differ or where cases wait longest."""
    case_counts = {plant: row["case_count"] for plant, row in of.sizes.items()}
    rows = data.process_steps(of.workflow, chosen)
    steps = process_map.steps(rows, of.ways, case_counts, percent / 100)
    order = process_map.order(of.ways, percent / 100)
    drawn, told = st.columns([3, 2], gap="small")
    with drawn, st.container(border=True, key="panel-map"):
        drawing = process_chart.draw(steps, order, process_map.activities(of.usual), _alt(of, steps, percent))
        save = f'<button type="button" class="pp-part" data-picture="{process_chart.NAME}">{texts.PICTURE}</button>'
        st.html(components.between(components.heading_html("How cases flow", texts.map_of(percent)), save))
        st.html(_legend(of) + drawing)
    with told, st.container(border=True, key="panel-apart"):
        if len(of.plants) > 1:
            _apart(of, steps)
        else:
            _waits(steps)
    with told:
        every = process_map.all_steps(rows, case_counts)
        st.html(choices.unfolding("steps_table", texts.TABLE_BEHIND, lambda: _steps(of, every)))


def _legend(of: Compared) -> str:
    names = zip(STROKE, of.plants, strict=False)
    return '<div class="pp-legend">' + "".join(
        f'<span><i class="{stroke}"></i>{escape(data.plant_name(plant))}, '
        f"n = {readable.number(of.sizes[plant]['case_count'])}</span>"
        for stroke, plant in names
    ) + "</div>"  # fmt: skip


def _alt(of: Compared, steps: Sequence[Step], percent: int) -> str:
    most = f"; most often {steps[0].before}, then {steps[0].after}" if steps else ""
    return (
        f"Map of {texts.workflow(of.workflow).lower()} in {' and '.join(of.names)}: {len(steps)} steps between "
        f"activities cover {percent} % of the cases{most}. All steps are in the table below."
    )


def _apart(of: Compared, steps: Sequence[Step]) -> None:
    found = [(step, *told) for step in steps if (told := process_map.differs(step))]
    found.sort(key=lambda one: (one[1] == "wait", -_size(*one)))
    rows = [
        {"before": one.before, "after": one.after, "how": texts.apart(one, *told, of.names)} for one, *told in found
    ]
    panel.head("differing_steps", "Where they differ", texts.ONLY_APART if found else texts.NOTHING_APART, rows, of=())
    if found:
        table("Where they differ", {
            "Step": lambda one: _step(one[0]),
            "How": lambda one: escape(texts.apart(*one, of.names)),
        }, found[:TOLD])  # fmt: skip


def _size(step: Step, kind: str, by: float) -> float:
    return step.most if kind == "only" else abs(by)


def _waits(steps: Sequence[Step]) -> None:
    waits = [(step, step.passages[0]) for step in steps if step.passages[0] and step.passages[0].wait_seconds]
    waits.sort(key=lambda one: -one[1].per_case * one[1].wait_seconds)
    rows = [{"before": one.before, "after": one.after} | asdict(passage) for one, passage in waits]
    panel.head(
        "longest_waits", "Where cases wait longest", texts.LONGEST_WAITS if waits else texts.NO_WAITS, rows, of=()
    )
    if waits:
        table("Where cases wait longest", {
            "Step": lambda one: _step(one[0]),
            "Median wait": short(lambda one: readable.duration(one[1].wait_seconds)),
            "In 100 cases": lambda one: texts.often(one[1].per_case),
        }, waits[:TOLD])  # fmt: skip


def _step(step: Step) -> str:
    return f"{escape(step.before)} → {escape(step.after)}"


def _steps(of: Compared, steps: Sequence[Step]) -> str:
    """Every step with its figures in each plant."""
    columns = {"Step": _step}
    for number, name in enumerate(of.names):
        columns[f"{name}, in 100 cases"] = lambda step, n=number: _told(step, n, lambda one: texts.often(one.per_case))
        columns[f"{name}, median wait"] = short(
            lambda step, n=number: _told(step, n, lambda one: readable.duration(one.wait_seconds))
        )
    rows = [
        {"from": step.before, "to": step.after, "plant": plant, "cases": passage.count, "per_case": passage.per_case}
        | {"median_wait_seconds": passage.wait_seconds}
        for step in steps
        for plant, passage in zip(of.plants, step.passages, strict=True)
        if passage
    ]
    download.offer("steps", "All steps", rows)
    return tables.table_html("All steps", columns, steps)


def _told(step: Step, number: int, words: Callable[[Passage], str]) -> str:
    passage = step.passages[number]
    return "–" if passage is None else words(passage)


def ways(of: Compared, percent: int, chosen: Filters) -> None:
    """The ways that cases took, as what they have and lack beside the usual one; the most frequent first."""
    wanted = {way["variant"] for found in of.ways.values() for way in process_map.covering(found, percent / 100)}
    shown: dict[str, dict[str, dict]] = {}
    for plant, found in of.ways.items():
        for way in found:
            if way["variant"] in wanted:
                shown.setdefault(way["variant"], {})[plant] = way
    lines = sorted(shown.values(), key=lambda line: -sum(way["share"] for way in line.values()))
    columns = {"Way": lambda line: _way(line, of.usual)}
    for plant, name in zip(of.plants, of.names, strict=True):
        columns[name] = lambda line, plant=plant: _taken(line.get(plant), of, plant, chosen)
    with st.container(border=True, key="panel-ways"):
        note = f"the most frequent, of {percent} % of the cases of each plant"
        panel.head("ways", "Ways that cases take", note, [way for found in of.ways.values() for way in found], ())
        panel.body("Ways that cases take", columns, lines, SHOWN)


def _way(line: dict[str, dict], usual: dict) -> str:
    way = next(iter(line.values()))
    return f"<b>{escape(_title(way, usual))}</b>" + below(" → ".join(process_map.activities(way)))


def _address(of: Compared, chosen: Filters, **query: object) -> str:
    """A link within the page that keeps what is compared and the filters."""
    return f"?{urlencode(chosen.query() | of.query() | query, doseq=True)}"


def _title(way: dict, usual: dict) -> str:
    return texts.way(process_map.activities(way), *process_map.beside(way, usual))


def _taken(way: dict | None, of: Compared, plant: str, chosen: Filters) -> str:
    if way is None:
        is_all = len(of.ways[plant]) == of.sizes[plant]["way_count"]
        return f'<span class="pp-muted">{"no case" if is_all else "not among its most frequent"}</span>'
    address = _address(of, chosen, way=way["variant_number"], at=plant)
    takes = "" if way["median_seconds"] is None else f"half take less than {readable.duration(way['median_seconds'])}; "
    return (
        f'<span class="pp-nowrap"><b>{readable.share(way["share"])}</b> · '
        f"{inside(address, texts.cases_of(way['case_count']))}</span>"
        f'<span class="pp-bar"><i style="width:{100 * way["share"]:.1f}%"></i></span>'
        + below(f"{takes}no {way['variant_number']}, {readable.share(way['coverage'])} up to here")
    )


def one_way(workflow: str, plant: str, number: int, chosen: Filters) -> None:
    """The cases that took a way."""
    ways = data.process_ways(workflow, chosen).get(plant, [])
    way = next((one for one in ways if one["variant_number"] == number), None)
    if way is None:
        st.html(f'<div class="pp-note">{escape(texts.NO_WAY)}</div>')
        return
    found = data.way_cases(workflow, plant, number, chosen)
    usual = ways[0]
    facts = {
        "Cases": escape(texts.cases_of(way["case_count"])),
        "Share": escape(readable.share(way["share"])),
        "Half take less than": escape(readable.duration(way["median_seconds"])),
        "On the usual way": escape(readable.duration(usual["median_seconds"])),
        "Still open": escape(readable.number(way["open_count"])),
    }
    title = _title(way, usual)
    with st.container(border=True, gap=None, key="panel-way"):
        place = f"{texts.workflow(workflow)}, {data.plant_name(plant)}"
        st.html(components.band(title, escape(f"{place}: {' → '.join(process_map.activities(way))}"), facts))
    with st.container(border=True, key="panel-cases-way"):
        note = f"{len(found)} newest of {readable.number(way['case_count'])}"
        panel.head("way", "Its cases", note, found, of=())
        panel.body("Cases of the way", {
            "Record": lambda row: inside(tables.timeline(row, chosen), row["name"] or f"{row['record_id']}"),
            "Started": lambda row: tables.when(row["started_at"], row["plant"]),
            "Took": short(
                lambda row: readable.duration(row["elapsed_seconds"]) + (" so far" if row["is_open"] else "")
            ),
            "Product or vendor": lambda row: escape(row["product"] or row["vendor"] or "–"),
            "Odoo": lambda row: tables.outside(row["record_url"]),
        }, found)  # fmt: skip


def deviations(of: Compared, chosen: Filters) -> None:
    """What breaks the rules of the workflow, with what it costs; what was accepted, and the form that accepts."""
    classes = [
        one for one in data.deviation_classes(chosen)
        if one.workflow == of.workflow and (not chosen.plants or one.plant in chosen.plants)
    ]  # fmt: skip
    broken = [one for one in data.exposures(chosen) if one.of in classes]
    kept = sorted({one.rule for one in classes} - {one.of.rule for one in broken})
    with st.container(border=True, key="panel-cases-deviations"):
        note = texts.DEVIATIONS if classes else texts.NO_RULES
        note += texts.DEVIATIONS_NARROWED if classes and chosen.narrowed else ""
        rows = [vars(one.of) | {"score": one.score} for one in broken]
        panel.head("deviations", "What breaks the rules", note, rows, of=())
        if broken:
            table("What breaks the rules", _deviation_columns(of, chosen), broken)
        if kept:
            st.html(f'<p class="pp-sub">{mark("good", "✓", "Nothing breaks:")} {escape(", ".join(kept))}.</p>')
        if classes:
            _accepted({one.rule for one in classes}, [one.of for one in broken if one.of.acceptance is None])


def _deviation_columns(of: Compared, chosen: Filters) -> dict:
    return {
        "Rule": lambda one: (
            inside(
                _address(of, chosen, rule=one.of.rule, at=one.of.plant or ""),
                texts.sentence(one.of.rule),
            )
            + below(one.of.definition)
        ),
        "Plant": lambda one: escape(data.plant_name(one.of.plant) if one.of.plant else "no plant"),
        "Cases": lambda one: _broken_share(one.of),
        texts.BESIDE_CONFORMING: lambda one: escape(texts.longer(one.of)),
        "Hours": lambda one: readable.number(one.of.hours),
        "At stake": short(lambda one: readable.money(one.of.amount, one.of.currency)),
        "Exposure": _standing,
    }


def _broken_share(one: DeviationClass) -> str:
    words = f"{readable.number(one.n)} of {readable.number(one.n_concerned)}"
    low, high = (readable.number(100 * end, 1) for end in (one.low, one.high))
    interval = f"{readable.share(one.share)} ({low} to {high})"
    interval += f", {readable.number(one.n_open)} open"
    return f'<span class="pp-nowrap"><b>{words}</b></span>{below(interval)}'


def _standing(one: Exposure) -> str:
    held = one.of.acceptance
    if held:
        return mark("none", "○", f"accepted until {readable.day(held.until_on)}") + below(f"owned by {held.owner}")
    return f"<b>{one.score:.0f}</b> of 100{below(f'owner of the rule: {one.of.owner}')}"


def _accepted(rules: set[str], open_ones: list[DeviationClass]) -> None:
    """What was accepted of the rules of a workflow, and the forms that accept and take back."""
    today = readable.utc_now().date()
    may_decide = data.may_decide(decision.ACCEPTED_DEVIATION)
    found = [one for one in data.acceptances() if one.rule in rules]
    if found:
        holding = [one for one in found if one.holds(today)]
        with st.expander(f"Accepted deviations ({len(holding)} hold)", expanded=bool(holding), key="accepted"):
            table("Accepted deviations", {
                "Rule": lambda one: escape(one.rule),
                "Plant": lambda one: escape(data.plant_name(one.plant)) if one.plant else "<b>All plants</b>",
                "Until": short(lambda one: readable.day(one.until_on)),
                "Owner": lambda one: escape(one.owner),
                "Why": lambda one: escape(one.why),
                "Who": lambda one: f"{escape(one.who)}, {tables.when(one.decided_at)}",
                "State": lambda one: mark("good", "✓", "holds") if one.holds(today)
                else mark("none", "○", one.state(today)),
            }, found)  # fmt: skip
            if holding and may_decide:
                with st.popover("Take one back", icon=":material/undo:"), st.form("take back", border=False):
                    taken = st.selectbox("Which", holding, format_func=texts.acceptance)
                    who, role, why = components.who_decides()
                    if st.form_submit_button("Take it back"):
                        components.keep(lambda: data.withdraw(taken.id, who, why, role))
    if open_ones and may_decide:
        with st.popover("Accept a deviation", icon=":material/gavel:"), st.form("accept", border=False):
            st.html(f'<p class="pp-sub">{escape(texts.ACCEPT)}</p>')
            names = {one: _named(one) for one in open_ones}
            one = st.selectbox("Which", open_ones, format_func=names.get)
            everywhere = data.sees_all_plants() and st.checkbox("In all plants")
            owner = st.text_input("Owner until then")
            until = st.date_input("Last day", today + timedelta(days=28), format="YYYY-MM-DD")
            who, role, why = components.who_decides()
            if st.form_submit_button("Accept it"):
                plant = None if everywhere else one.plant
                components.keep(lambda: data.accept(who, owner, why, one.rule, until, plant=plant, role=role))


def _named(one: DeviationClass) -> str:
    return f"{texts.sentence(one.rule)}, {data.plant_name(one.plant) if one.plant else 'no plant'}"


def one_rule(rule: str, plant: str | None, chosen: Filters) -> None:
    """The cases that break a rule in a plant."""
    one = next((one for one in data.deviation_classes(chosen) if (one.rule, one.plant) == (rule, plant)), None)
    if one is None or not one.n:
        st.html(f'<div class="pp-note">{escape(texts.NO_RULE)}</div>')
        return
    found = data.deviations(rule, plant, MOST, chosen)
    facts = {
        "Cases": _broken_share(one),
        texts.BESIDE_CONFORMING: escape(texts.longer(one)),
        "Hours": escape(readable.number(one.hours)),
        "At stake": escape(readable.money(one.amount, one.currency)),
        "Owner of the rule": escape(one.owner),
    }
    place = f"{texts.workflow(one.workflow)}, {data.plant_name(plant) if plant else 'no plant'}"
    with st.container(border=True, gap=None, key="panel-rule"):
        st.html(components.band(texts.sentence(rule), escape(f"{place}. {one.definition}"), facts))
    with st.container(border=True, key="panel-cases-rule"):
        note = texts.newest(len(found), MOST)
        panel.head("deviating", "Cases that break it", note, data.all_deviations(rule, plant, chosen), of=())
        panel.body("Cases that break the rule", {
            "Record": lambda row: inside(tables.timeline(row, chosen), row["name"] or f"{row['record_id']}"),
            "When": lambda row: tables.when(row["at"], plant),
            "What": lambda row: escape(("no " if row["kind"] == "missing" else "") + row["activity"]),
            "Times": lambda row: readable.number(row["times"]),
            texts.BESIDE_CONFORMING: short(lambda row: _longer(row["delay_seconds"])),
            "At stake": short(lambda row: readable.money(row["amount"], row["currency"])),
            "Product or vendor": lambda row: escape(row["product_family"] or row["vendor"] or "–"),
            "Odoo": lambda row: tables.outside(row["record_url"]),
        }, found)  # fmt: skip


def _longer(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{readable.duration(abs(seconds))} {'longer' if seconds >= 0 else 'shorter'}"
