"""Exceptions and checks as they apply: as their files say, unless ops.toml says otherwise for all plants or for one.

`cfg_exception` holds what applies to each exception in each plant ("" for all plants that have no line of their own),
`cfg_limit` the limits that exceptions and checks ask for by `limit_of('<name>', plant)`: null where a rule is off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import pyarrow as pa

from queries.catalog import EXCEPTION_SEVERITIES, SEVERITIES, Check, ExceptionRule
from queries.config import Config, ConfigError, RuleSetting

EXCEPTION = pa.schema(
    [(name, pa.string()) for name in ("exception", "plant", "severity", "owner", "fallback")]
    + [("sla", pa.float64()), ("is_off", pa.bool_())]
)
LIMIT = pa.schema([("rule", pa.string()), ("plant", pa.string()), ("value", pa.float64())])


def tables(config: Config, exceptions: Mapping[str, ExceptionRule], checks: Mapping[str, Check]) -> dict[str, pa.Table]:
    """cfg_exception and cfg_limit; ConfigError names what ops.toml says of a rule that does not exist."""
    settings = _settled(exceptions, config.exceptions, "exception", EXCEPTION_SEVERITIES)
    limits = settings + _settled(checks, config.checks, "check", SEVERITIES)
    return {
        "cfg_exception": pa.Table.from_pylist(
            [{"exception": one.rule} | {name: getattr(one, name) for name in EXCEPTION.names[1:]} for one in settings],
            EXCEPTION,
        ),
        "cfg_limit": pa.Table.from_pylist(
            [
                {"rule": one.rule, "plant": one.plant, "value": None if one.is_off else one.limit}
                for one in limits
                if one.limit is not None
            ],
            LIMIT,
        ),
    }


def checks_in_force(checks: Mapping[str, Check], config: Config) -> dict[str, Check]:
    """The checks that are on, with the severity and the owner of ops.toml."""
    settled = {one.rule: one for one in _settled(checks, config.checks, "check", SEVERITIES) if not one.plant}
    return {
        name: replace(check, severity=settled[name].severity, owner=settled[name].owner)
        for name, check in checks.items()
        if not settled[name].is_off
    }


def _settled(rules: Mapping, given: tuple[RuleSetting, ...], section: str, severities) -> list[RuleSetting]:
    """What applies to each rule in all plants, and in each plant that ops.toml names."""
    for one in given:
        where = f"ops.toml: [{section}.{one.rule}]"
        if one.rule not in rules:
            near = get_close_matches(one.rule, rules, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(rules)}."
            raise ConfigError(f"{where} is no {section}: {hint}")
        if one.severity is not None and one.severity not in severities:
            raise ConfigError(f"{where} severity {one.severity!r} is unknown: use one of {', '.join(severities)}.")
        if one.limit is not None and rules[one.rule].limit is None:
            raise ConfigError(f"{where} has no limit: leave it out.")
    found = []
    for name, rule in rules.items():
        own = {one.plant: one for one in given if one.rule == name}
        everywhere = _over(RuleSetting(name, "", **_written(rule)), own.pop("", None))
        found += [everywhere, *(_over(replace(everywhere, plant=plant), one) for plant, one in own.items())]
    return found


def _written(rule: ExceptionRule | Check) -> dict:
    return {key: getattr(rule, key, None) for key in ("severity", "sla", "limit", "owner", "fallback")}


def _over(base: RuleSetting, changed: RuleSetting | None) -> RuleSetting:
    if changed is None:
        return base
    given = {key: getattr(changed, key) for key in ("severity", "sla", "limit", "owner", "fallback")}
    return replace(base, is_off=changed.is_off, **{key: value for key, value in given.items() if value is not None})
