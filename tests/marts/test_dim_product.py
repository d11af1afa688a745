"""Products as Odoo shows them: code and name, with their category as family."""

import pytest

TEMPLATE = {"id": 1, "name": "Table", "categ_id": 1}


@pytest.mark.parametrize(("code", "expected"), [("T-1", "[T-1] Table"), (None, "Table")])
def test_product_is_named_with_its_code(build, code, expected):
    built = build(product_product=[{"id": 1, "product_tmpl_id": 1, "default_code": code}])
    [found] = built.rows("select * from dim_product")
    assert found["product"] == expected
    assert (found["family"], found["family_path"]) == ("Frames", "All / Frames")


def test_variants_of_one_template_are_rows_of_their_own(build):
    variants = [{"id": i, "product_tmpl_id": 1, "default_code": f"T-{i}"} for i in (1, 2)]
    found = build(product_product=variants).rows("select product from dim_product order by product_id")
    assert [row["product"] for row in found] == ["[T-1] Table", "[T-2] Table"]


@pytest.mark.parametrize("missing", ["product_template", "product_category"])
def test_product_stays_when_what_it_names_was_not_read(build, missing):
    [found] = build(**{missing: []}).rows("select * from dim_product")
    assert found["product_id"] == 1
    assert found["family"] is None


def test_another_instance_lends_no_name(build):
    [found] = build(product_template=[TEMPLATE | {"instance": "other"}]).rows("select * from dim_product")
    assert found["name"] is None
