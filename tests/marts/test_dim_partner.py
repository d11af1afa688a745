"""Companies are named; people are named only in a column that is masked."""


def partners(built) -> dict[int, dict]:
    return {row["partner_id"]: row for row in built.rows("select * from dim_partner")}


def test_contact_of_a_company_goes_by_the_company(build):
    found = partners(
        build(
            res_partner=[
                {"id": 9, "name": "Steelworks", "is_company": True, "commercial_partner_id": 9},
                {"id": 10, "name": "Zoe", "is_company": False, "commercial_partner_id": 9, "parent_id": 9},
            ]
        )
    )
    assert found[10]["company_name"] == "Steelworks"
    assert (found[10]["person_name"], found[10]["company_partner_id"]) == ("Zoe", 9)


def test_private_person_has_no_company_name(build):
    zoe = {"id": 10, "name": "Zoe", "is_company": False, "commercial_partner_id": 10}
    assert partners(build(res_partner=[zoe]))[10]["company_name"] is None


def test_company_whose_commercial_partner_is_unknown_keeps_its_name(build):
    alone = {"id": 11, "name": "Lumber", "is_company": True, "commercial_partner_id": 999}
    assert partners(build(res_partner=[alone]))[11]["company_name"] == "Lumber"
