"""The read-only group as a file: what stands in the zip, without an Odoo."""

from __future__ import annotations

import ast
import zipfile
from xml.etree import ElementTree

import pytest

from etl import acl
from etl.odoo import Login, ModelAbsent, NoRight, Odoo
from etl.source import discover

MODELS = ["mail.message", "mail.tracking.value", "maintenance.request"]


class Pretended:
    """An Odoo with some models, of which the user may see nothing."""

    name = "json-2"

    def __init__(self, *models: str):
        self.models = models

    def call(self, model, method, arguments):
        assert method == "fields_get"
        if model not in self.models:
            raise ModelAbsent(f"no {model}")
        raise NoRight("no")


def odoo(*models: str) -> Odoo:
    return Odoo(Login("test", "http://odoo.test", "db", "me", "secret", is_api_key=True), Pretended(*models), "19.0")


def records(major: int = 19) -> dict[str, tuple[str, dict]]:
    """id -> (model, field -> element) of the data file, attributes under their names."""
    root = ElementTree.fromstring(acl.files(MODELS, major)["security/reader.xml"])
    return {record.get("id"): (record.get("model"), {field.get("name"): field for field in record}) for record in root}


def test_only_models_of_this_odoo_are_asked_for_even_without_any_right():
    sources = list(discover().values())
    found = acl.models(odoo("mrp.production", "res.users", "crm.lead"), sources)
    assert found == ["mrp.production", "res.users"]
    assert acl.models(odoo("mrp.production", "account.move"), sources, ["account.move"]) == [
        "account.move",
        "mrp.production",
    ]
    with pytest.raises(ModelAbsent, match=r"has no model account\.mov:"):
        acl.models(odoo("mrp.production"), sources, ["account.mov"])


def test_every_model_gets_the_right_to_read_every_row_and_no_other():
    found = records()
    for model in MODELS:
        for kind in ("access", "rule"):
            _, fields = found[f"{kind}_{model.replace('.', '_')}"]
            assert ast.literal_eval(fields["model_id"].get("search")) == [("model", "=", model)]
            rights = {name: fields[f"perm_{name}"].get("eval") for name in ("read", "write", "create", "unlink")}
            assert rights == {"read": "True", "write": "False", "create": "False", "unlink": "False"}
            assert "group_reader" in str(fields["group_id" if kind == "access" else "groups"].attrib)
    assert found["rule_mail_message"][1]["domain_force"].text == "[(1, '=', 1)]"
    kinds = sorted(model for model, _ in found.values())
    assert kinds.count("ir.model.access") == kinds.count("ir.rule") == len(MODELS)
    assert set(kinds) == {
        "ir.model.access",
        "ir.rule",
        "ir.module.category",
        "res.groups",
        "res.groups.privilege",
    }


@pytest.mark.parametrize(
    ("major", "heading", "key_days"),
    [(14, "category_id", False), (17, "category_id", False), (18, "category_id", True), (19, "privilege_id", True)],
)
def test_the_group_stands_under_a_heading_where_that_version_has_it(major, heading, key_days):
    found = records(major)
    _, group = found["group_reader"]
    assert group["name"].text == acl.GROUP
    assert heading in group and {"category_id", "privilege_id"} & set(group) == {heading}
    assert ("api_key_duration" in group) is key_days
    assert ("privilege" in found) is (major >= 19)


def test_the_zip_holds_one_module_of_data_with_its_instructions(tmp_path):
    path = tmp_path / "new" / "reader.zip"
    acl.write(path, MODELS, 19)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
        head = archive.read(f"{acl.MODULE}/__manifest__.py").decode()
    assert {name.split("/")[0] for name in names} == {acl.MODULE}
    manifest = ast.literal_eval(head)
    assert manifest["data"] == ["security/reader.xml"] and "depends" in manifest
    assert "Apps > Import Module" in head and "--write-acl" in head and f"reads {len(MODELS)} models" in head
    again = tmp_path / "again.zip"
    acl.write(again, MODELS, 19)
    assert again.read_bytes() == path.read_bytes()
