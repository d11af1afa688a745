"""Who holds the role of a purchase manager, and from when to when refreshes saw it."""

from __future__ import annotations

from tests.rows import at, versions

MANAGER, FINANCE = 72, 80
RIGHTS = {
    "res_groups": [{"id": FINANCE, "implied_ids": [MANAGER]}, {"id": 1}],
    "ir_model_data": [{"id": 1, "module": "purchase", "name": "group_purchase_manager", "res_id": MANAGER}],
}


def roles(build, users: list[dict], **rights) -> dict[int, list[tuple]]:
    found: dict[int, list[tuple]] = {}
    built = build(at("2026-03-02 12:00"), res_users=users, **rights)
    for row in built.rows("select * from fct_role order by user_id, held_from"):
        found.setdefault(row["user_id"], []).append((row["is_held"], row["held_from"], row["held_to"]))
    return found


ALWAYS = at("1970-01-01 00:00")
GIVEN = versions(
    {"id": 2, "login": "anna", "partner_id": 2, "group_ids": [1], "seen": "2026-01-01 02:00"},
    {"id": 2, "login": "anna.b", "partner_id": 2, "group_ids": [1], "seen": "2026-01-10 02:00"},
    {"id": 2, "login": "anna.b", "partner_id": 2, "group_ids": [1, FINANCE], "seen": "2026-02-01 02:00"},
    {"id": 2, "login": "anna.b", "partner_id": 2, "group_ids": [1], "seen": "2026-02-20 02:00"},
)


def test_a_role_is_given_and_taken_away(build):
    found = roles(build, [*GIVEN, {"id": 5, "login": "pierre", "group_ids": [MANAGER]}], **RIGHTS)
    given, taken = at("2026-02-01 02:00"), at("2026-02-20 02:00")
    assert found[2] == [(False, ALWAYS, given), (True, given, taken), (False, taken, None)]
    assert found[5] == [(True, ALWAYS, None)]


def test_where_groups_cannot_be_read_nobody_is_said_to_hold_it(build):
    assert roles(build, GIVEN) == {}
    assert roles(build, [{"id": 5, "login": "pierre"}], **RIGHTS) == {}
