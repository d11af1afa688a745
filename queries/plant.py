"""Plants as people call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def names(plants: Iterable[Mapping]) -> dict[str, str]:
    """Each plant's code and the name to show, of rows of the list plant; two of one name are told apart by their
    codes."""
    found = list(plants)
    named = [row["name"] for row in found]
    return {
        row["plant"]: row["name"] if row["name"] and named.count(row["name"]) == 1 else row["plant"] for row in found
    }
