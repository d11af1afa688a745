"""Process rules as they apply: those that come with Plant Pulse (process_rules.toml), and those of ops.toml.

The four kinds are those of Celonis's conformance checker (missing, too often, out of sequence, excluded); they are
templates of Declare: existence, absence after n, precedence (where both happen), and absence, not co-existence and
negative succession. Aalst, W. van der, Pesic, M., Schonenberg, H. (2009), Declarative workflows: balancing between
flexibility and support, Computer Science - Research and Development 23.

`cfg_process_rule` holds what applies to each rule in each plant ("" for all plants that have no line of their own).
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import pyarrow as pa

from queries.config import Config, ConfigError, PlantRule, Process, ProcessRule, processes

BUILT_IN = Path(__file__).with_name("process_rules.toml")
# What can happen in a workflow, as dim_activity and fct_event name it; fields that merely changed are no step of it.
ACTIVITIES = {
    "production": (
        "created",
        "confirmed",
        "material short",
        "material awaited from another operation",
        "material ready",
        "started",
        "ready to close",
        "done",
        "cancelled",
        "reset to draft",
        "review requested",
        "review approved",
        "review rejected",
    ),
    "purchase": (
        "created",
        "request sent",
        "approval requested",
        "approved",
        "ordered",
        "received",
        "goods held",
        "goods released",
        "goods rejected",
        "locked",
        "cancelled",
        "reset to draft",
        "review requested",
        "review approved",
        "review rejected",
    ),
}
WITH_AMOUNT = ("purchase",)  # workflows whose documents carry an amount
TEXTS = pa.list_(pa.string())
RULE = pa.schema(
    [(name, pa.string()) for name in ("rule", "workflow", "plant", "kind", "relation", "definition", "owner", "note")]
    + [(name, TEXTS) for name in ("activities", "others", "product_families", "products")]
    + [("at_most", pa.int64()), ("from_amount", pa.float64()), ("weight", pa.float64())]
    + [("is_built_in", pa.bool_()), ("is_off", pa.bool_())]
)


def tables(config: Config) -> dict[str, pa.Table]:
    """cfg_process_rule; ConfigError names what ops.toml says of a workflow or an activity that does not exist."""
    return {"cfg_process_rule": pa.Table.from_pylist([row for rule in in_force(config) for row in _rows(rule)], RULE)}


def in_force(config: Config) -> list[ProcessRule]:
    """The rules of ops.toml, and those built in that it neither replaces nor leaves out."""
    own = {rule.name: rule for process in config.processes for rule in process.rules}
    for process in config.processes:
        _check(process)
    left_out = {name for process in config.processes for name in process.without}
    return [rule for name, rule in built_in().items() if name not in left_out | set(own)] + list(own.values())


@cache
def built_in() -> dict[str, ProcessRule]:
    content = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
    found = processes(content["process"], BUILT_IN.name)
    for process in found:
        _check(process, BUILT_IN.name)
    return {rule.name: rule for process in found for rule in process.rules}


def _check(process: Process, file: str = "ops.toml") -> None:
    where = f"{file}: [[process]] {process.workflow!r}"
    if process.workflow not in ACTIVITIES:
        raise ConfigError(f"{where}: the workflow is unknown: {_nearest(process.workflow, ACTIVITIES)}")
    known = ACTIVITIES[process.workflow]
    for name in process.without:
        ours = [rule.name for rule in built_in().values() if rule.workflow == process.workflow]
        if name not in ours:
            raise ConfigError(f"{where} without {name!r}: no such rule is built in: {_nearest(name, ours)}")
    for rule in process.rules:
        here = f"{file}: [[process.rule]] {rule.name!r}"
        for activity in (*rule.activity, *rule.others):
            if activity not in known:
                raise ConfigError(
                    f"{here}: there is no activity {activity!r} in {process.workflow}: {_nearest(activity, known)}"
                )
        if both := set(rule.activity) & set(rule.others):
            raise ConfigError(f"{here}: {min(both)!r} stands on both sides: keep it on one.")
        amounts = [rule.from_amount, *(one.from_amount for one in rule.plant)]
        if process.workflow not in WITH_AMOUNT and any(amount is not None for amount in amounts):
            raise ConfigError(
                f"{here}: a {process.workflow} order carries no amount: leave from_amount out, or name products."
            )


def _nearest(name: str, known) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(known)}."


def _rows(rule: ProcessRule) -> list[dict]:
    """What applies in all plants without a line of their own, then in those that have one."""
    own = {one.plant: one for one in rule.plant}
    plants = {"": PlantRule("", is_off=bool(rule.plants))}
    plants |= {plant: PlantRule(plant) for plant in rule.plants}
    plants |= {plant: PlantRule(plant, is_off=True) for plant in rule.except_plants} | own
    return [_row(rule, one) for one in plants.values()]


def _row(rule: ProcessRule, one: PlantRule) -> dict:
    changed = {
        key: getattr(one, key) for key in ("at_most", "from_amount", "weight", "owner") if getattr(one, key) is not None
    }
    held = replace(rule, **changed)
    return {
        "rule": rule.name,
        "plant": one.plant,
        "relation": "before" if rule.before else "after" if rule.after else "with" if rule.with_ else "",
        "definition": definition(held),
        "activities": list(rule.activity),
        "others": list(rule.others),
        "product_families": list(rule.product_families),
        "products": list(rule.products),
        "is_built_in": built_in().get(rule.name) == rule,
        "is_off": one.is_off,
    } | {key: getattr(held, key) for key in ("workflow", "kind", "owner", "note", "at_most", "from_amount", "weight")}


def definition(rule: ProcessRule) -> str:
    """What must hold, in words: "approved or review approved at most once"."""
    what, others = " or ".join(rule.activity), " or ".join(rule.others)
    if rule.kind == "missing":
        return f"{what} happens before a case is completed"
    if rule.kind == "too often":
        times = {1: "once", 2: "twice"}.get(rule.at_most, f"{rule.at_most} times")
        return f"{what} at most {times}"
    if rule.before:
        return f"{what} comes before {others}"
    if rule.after:
        return f"no {what} after {others}"
    return f"{what} and {others} not in one case" if rule.with_ else f"no {what}"
