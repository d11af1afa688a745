"""docs/kpis.md, written from the files of KPIs, exceptions and checks so that it cannot say anything else than they
do."""

from __future__ import annotations

from queries import catalog, dictionary
from queries.catalog import Kpi
from queries.readable import duration, measured, service_level

INTRODUCTION = """# KPIs

<!-- Written by `make docs` from queries/; do not edit by hand. -->

Every KPI is one file, `queries/kpis/<domain>/<name>.sql`. Its SELECT returns the rows behind the number, and one of
the measures below turns them into the number. Times are UTC; weeks begin on Monday.

| measure | the number | which rows belong to a period |
|---|---|---|
| duration | a quantile over all cases, open ones included (Kaplan-Meier) | cases that *started* in it |
| share | share of hits, with Wilson's 95 % interval | cases dated in it |
| stock | how many were there, or a quantile of their ages | what was there at its end, or when the data were read |
| ratio | sum of numerators over sum of denominators | rows dated in it |
| sum | total | rows dated in it |
| index | mean of the plants' indices by their cases, with an interval | the newest index of each plant in it |

A value is *final* when later events can no longer move it; only final values enter trends. By the clock *working* a
duration counts only the hours in which the plant is open ([how](operating.md#working-time)); targets are of elapsed
time. A KPI with a service level has a budget of misses ([how](operating.md#budgets)).
"""

RECORDED = """
## Where runs of integrations are recorded

Every source is one file, `queries/integrations/<name>.sql`. What is not listed as lost is found by the next reading,
however late it comes; [how often to read](operating.md#integrations-every-few-minutes).

| source | what is read of it | what it does not tell |
|---|---|---|
"""

RULES = """
## Exceptions: records that need somebody

Severity, owner, limit and time may be set in `ops.toml`, for all plants or for one.

| exception | what it is | limit | to be done within | owner, then | what to do |
|---|---|---|---|---|---|
"""
CHECKS = """
## Checks: what must not be in the data

| check | what must hold | about | severity | limit | owner | what to do |
|---|---|---|---|---|---|---|
"""
TERMS = """
## Terms

| term | meaning |
|---|---|
"""


def render() -> str:
    """The whole text of docs/kpis.md."""
    domains: dict[str, list[Kpi]] = {}
    for kpi in catalog.load().values():
        domains.setdefault(kpi.domain, []).append(kpi)
    parts = [INTRODUCTION]
    for domain, kpis in sorted(domains.items()):
        parts.append(f"\n## {domain.capitalize()}\n")
        parts += [_section(kpi) for kpi in sorted(kpis, key=lambda kpi: kpi.title)]
    parts.append(RECORDED)
    parts += [f"| {one.title} | {one.definition} | {one.blind} |\n" for one in catalog.integrations().values()]
    parts.append(RULES)
    parts += [
        f"| {one.title} | {one.definition} | {dictionary.limit(one, one.limit) or 'none'} | {duration(one.sla)} "
        f"| {one.owner}, {one.fallback} | {one.remedy} |\n"
        for one in catalog.exceptions().values()
    ]
    parts.append(CHECKS)
    parts += [
        f"| {one.title} | {one.definition} | {one.about} | {one.severity} "
        f"| {dictionary.limit(one, one.limit) or 'none'} | {one.owner} | {one.remedy} |\n"
        for one in catalog.checks().values()
    ]
    parts.append(TERMS)
    parts += [f"| {term} | {meaning} |\n" for term, meaning in dictionary.GLOSSARY]
    return "".join(parts)


def _section(kpi: Kpi) -> str:
    marts = ", ".join(f"`{mart}`" for mart in sorted(catalog.marts_of(kpi, catalog.marts())))
    target = "none" if kpi.target is None else f"{_at(kpi.direction)} {measured(kpi.target, kpi.unit)}"
    level = "none" if kpi.objective is None else service_level(kpi.objective, kpi.limit, "elapsed")
    return f"""
### {kpi.title}

`{kpi.name}`: {kpi.definition}

| | |
|---|---|
| number | {kpi.statistic} ({kpi.measure}), unit {kpi.unit}, {_better(kpi.direction)} |
| target | {target} |
| service level | {level} |
| owner | {kpi.owner} |
| clocks | {", ".join(kpi.clocks)} |
| cut by | {", ".join(kpi.dimensions).replace("_", " ")} |
| read by | {", ".join(kpi.audience)} |
| made from | {marts} |
"""


def _better(direction: str) -> str:
    return {"lower": "lower is better", "higher": "higher is better", "none": "neither way is better"}[direction]


def _at(direction: str) -> str:
    return {"lower": "at most", "higher": "at least", "none": ""}[direction]
