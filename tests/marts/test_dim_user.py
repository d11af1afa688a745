"""Who is a person and who a machine, and by which rule."""

import pytest

from queries.config import Config, Users
from tests.rows import user


def users(built) -> dict[str, dict]:
    return {row["login"]: row for row in built.rows("select * from dim_user")}


def test_kinds_without_configuration(build):
    portal, partner = user(7, "customer", share=True)
    found = users(
        build(
            res_users=[
                {"id": 1, "login": "__system__", "partner_id": 1},
                {"id": 2, "login": "anna", "partner_id": 2},
                {"id": 3, "login": "public"},
                portal,
            ],
            res_partner=[{"id": 1, "name": "OdooBot"}, {"id": 2, "name": "Anna", "lang": "fr_FR"}, partner],
        )
    )
    assert {login: row["kind"] for login, row in found.items()} == {
        "__system__": "automation",
        "anna": "human",
        "public": "integration",
        "customer": "external",
    }
    assert {row["confidence"] for row in found.values()} == {"B"}
    assert len({row["rule"] for row in found.values()}) == 4
    assert (found["anna"]["name"], found["anna"]["language"]) == ("Anna", "fr_FR")


@pytest.mark.parametrize("kind", ["automation", "integration", "human"])
def test_configuration_decides_with_certainty_whatever_the_case_of_the_login(build, kind):
    built = build(
        config=Config(users=Users(**{kind: ("N8N@Example.com",)})),
        res_users=[{"id": 8, "login": "n8n@example.COM", "share": True}],
    )
    [found] = built.rows("select kind, confidence, rule from dim_user")
    assert found == {"kind": kind, "confidence": "A", "rule": "listed in ops.toml"}


def test_human_overrides_the_other_lists_and_no_user_counts_twice(build):
    lists = Users(automation=("anna", "ANNA"), integration=("anna",), human=("anna",))
    found = build(config=Config(users=lists)).rows("select kind from dim_user where login = 'anna'")
    assert found == [{"kind": "human"}]


def test_public_user_listed_as_human_is_human(build):
    found = users(build(config=Config(users=Users(human=("public",)))))
    assert found["public"]["kind"] == "human"


def test_user_without_a_partner_has_no_name(build):
    assert users(build())["public"]["name"] is None


def test_same_ids_in_two_instances_are_two_users(build):
    here, partner = user(2, "anna", "Anna")
    built = build(
        res_users=[here, here | {"instance": "other", "login": "bob"}],
        res_partner=[partner, partner | {"instance": "other", "name": "Bob"}],
    )
    assert {(row["instance"], row["login"], row["name"]) for row in built.rows("select * from dim_user")} == {
        ("test", "anna", "Anna"),
        ("other", "bob", "Bob"),
    }
