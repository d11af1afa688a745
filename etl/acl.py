"""Writes the read-only group "Plant Pulse reader" as a data module that an administrator imports into Odoo.

One zip file, because Odoo imports it whole or not at all: the group, an access right to read for every model that
is read, and a record rule that shows the group every row of it. Rights and rules name their model by its technical
name, so nobody needs rights on Odoo's external ids to write the file. It holds no code.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from etl.odoo import ModelAbsent, NoRight, Odoo
from etl.source import Source

MODULE = "plant_pulse_reader"
GROUP = "Plant Pulse reader"
KEY_DAYS = 365
ALSO_READ = ("ir.model.fields", "res.company", "res.groups", "res.lang", "res.users")  # by the client and the check

HEADER = f"""The group "{GROUP}" for Odoo {{major}}: reads {{count}} models, writes none. Data only, no code.

Give it to the user of Plant Pulse, beside the role of an internal user and all companies.

Import as administrator: switch the developer mode on, then Apps > Import Module, choose this zip file, Install.
Or unpack it into a folder of addons_path, and: odoo-bin -d DATABASE -i {MODULE} --stop-after-init

Written by: python -m etl check --write-acl FILE
Write and import it again after an update of Plant Pulse, and when Odoo gained a module that it reads. Uninstalling
the module "{GROUP}" takes everything away again."""


def models(odoo: Odoo, sources: Iterable[Source], also: Iterable[str] = ()) -> list[str]:
    """The models that must be readable and that this database has, sorted; ModelAbsent when it lacks one of `also`."""
    found = {
        model for model in {*(model for source in sources for model in source.models), *ALSO_READ} if _has(odoo, model)
    }
    for model in also:
        if not _has(odoo, model):
            raise ModelAbsent(f"{odoo.login.instance} has no model {model}: leave it out, or correct its name.")
    return sorted(found | set(also))


def _has(odoo: Odoo, model: str) -> bool:
    try:
        odoo.fields(model)
    except ModelAbsent:
        return False
    except NoRight:
        return True
    return True


def write(path: Path, readable: list[str], major: int) -> None:
    """Writes the zip file for an Odoo of that major version."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files(readable, major).items():
            entry = zipfile.ZipInfo(f"{MODULE}/{name}")  # without the time of writing: the same rights, the same file
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed.getvalue())


def files(readable: list[str], major: int) -> dict[str, str]:
    """The files of the data module: name -> text."""
    header = HEADER.format(major=major, count=len(readable))
    manifest = {
        "name": GROUP,
        "summary": "Read-only access for the operations dashboard Plant Pulse",
        "version": "1.0",
        "author": "Plant Pulse",
        "license": "Other OSI approved licence",
        "category": "Administration",
        "depends": ["base", "mail"],
        "data": ["security/reader.xml"],
    }
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    lines = "".join(f"    {key!r}: {value!r},\n" for key, value in manifest.items())
    return {
        "__manifest__.py": f"{comment}{{\n{lines}}}\n",
        "__init__.py": "",
        "security/reader.xml": _xml(readable, major),
    }


def _xml(readable: list[str], major: int) -> str:
    records = [*_group(major)]
    for model in readable:
        name = model.replace(".", "_")
        of_model = f"""<field name="model_id" search="[('model', '=', '{escape(model)}')]"/>"""
        records.append(
            _record(
                f"access_{name}",
                "ir.model.access",
                _value("name", f"{GROUP}: {model}"),
                of_model,
                '<field name="group_id" ref="group_reader"/>',
                *_permissions(),
            )
        )
        records.append(
            _record(
                f"rule_{name}",
                "ir.rule",
                _value("name", f"{GROUP}: every row of {model}"),
                of_model,
                '<field name="groups" eval="[(6, 0, [ref(\'group_reader\')])]"/>',
                _value("domain_force", "[(1, '=', 1)]"),
                *_permissions(),
            )
        )
    comment = f'The group "{GROUP}": the head of __manifest__.py says what it is for and how to import it.'
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!-- {comment} -->\n<odoo>\n{"".join(records)}</odoo>\n'


def _group(major: int) -> Iterable[str]:
    """The group, under a heading of its own on the form of a user (Odoo 19 groups by privilege, before by category)."""
    yield _record("category", "ir.module.category", _value("name", "Plant Pulse"))
    heading = '<field name="category_id" ref="category"/>'
    if major >= 19:
        yield _record("privilege", "res.groups.privilege", _value("name", "Plant Pulse"), heading)
        heading = '<field name="privilege_id" ref="privilege"/>'
    fields = [
        _value("name", GROUP),
        heading,
        _value("comment", "Reads what Plant Pulse shows, in every company of the user. Writes nothing."),
    ]
    if major >= 18:
        fields.append(_value("api_key_duration", str(KEY_DAYS)))
    yield _record("group_reader", "res.groups", *fields)


def _permissions() -> list[str]:
    return [f'<field name="perm_{name}" eval="{name == "read"}"/>' for name in ("read", "write", "create", "unlink")]


def _value(name: str, text: str) -> str:
    return f'<field name="{name}">{escape(text)}</field>'


def _record(id: str, model: str, *fields: str) -> str:
    inner = "".join(f"        {field}\n" for field in fields)
    return f'    <record id="{id}" model="{model}">\n{inner}    </record>\n'
