"""Models of Enterprise, and of modules that no tested Odoo has, as public documentation and code describe them:
constructed, never run.

No such server was read. Field names and values follow what is public; `id`, dates and people are invented.
"""

from __future__ import annotations

from tests.etl.fake_odoo import STAMPS

_AT = {"create_date": "2026-02-02 08:00:00", "write_date": "2026-02-02 09:30:00", "create_uid": 2, "write_uid": 5}


def _model(fields: str, *rows: dict) -> tuple[dict[str, str], list[dict]]:
    """`fields` as "name:type …"; every row has Odoo's own stamps."""
    types = dict(pair.split(":") for pair in fields.split())
    return types | STAMPS, [_AT | row for row in rows]


CONSTRUCTED = {
    "account.edi.document": _model(
        "move_id:many2one edi_format_id:many2one state:selection error:html blocking_level:selection",
        {"id": 1, "move_id": 4, "edi_format_id": 1, "state": "to_send", "error": "no", "blocking_level": "error"},
        {"id": 2, "move_id": 5, "edi_format_id": 1, "state": "sent"},
    ),
    "account.edi.format": _model("name:char code:char", {"id": 1, "name": "Factur-X", "code": "facturx"}),
    "edi.exchange.record": _model(
        "identifier:char external_identifier:char type_id:many2one backend_id:many2one model:char "
        "res_id:many2one_reference edi_exchange_state:selection exchange_error:text parent_id:many2one "
        "ack_exchange_id:many2one exchanged_on:datetime company_id:many2one active:boolean",
        {"id": 1, "identifier": "EDI/1", "type_id": 1, "edi_exchange_state": "output_sent", "active": True},
        {"id": 2, "identifier": "EDI/2", "type_id": 2, "model": "purchase.order", "res_id": 7, "parent_id": 1},
    ),
    "edi.exchange.type": _model(
        "name:char code:char direction:selection ack_type_id:many2one",
        {"id": 1, "name": "Orders", "code": "orders", "direction": "output", "ack_type_id": 2},
        {"id": 2, "name": "Answers", "code": "answers", "direction": "input"},
    ),
    "quality.check": _model(
        "name:char title:char quality_state:selection point_id:many2one test_type:char product_id:many2one "
        "lot_ids:many2many qty_tested:float picking_id:many2one production_id:many2one workorder_id:many2one "
        "workcenter_id:many2one user_id:many2one team_id:many2one company_id:many2one measure_on:selection "
        "control_date:datetime",
        {"id": 1, "name": "QC00001", "quality_state": "none", "lot_ids": [4], "picking_id": 7},
        {"id": 2, "name": "QC00002", "quality_state": "fail", "control_date": "2026-02-02 09:30:00", "user_id": 5},
    ),
    "quality.alert": _model(
        "name:char title:char stage_id:many2one priority:selection reason_id:many2one product_id:many2one "
        "product_tmpl_id:many2one lot_id:many2one picking_id:many2one check_id:many2one production_id:many2one "
        "workorder_id:many2one workcenter_id:many2one partner_id:many2one user_id:many2one team_id:many2one "
        "company_id:many2one date_assign:datetime date_close:datetime",
        {"id": 1, "name": "QA00001", "stage_id": 1, "lot_id": 4, "date_assign": "2026-02-02 08:10:00"},
    ),
    "quality.alert.stage": _model("name:char sequence:integer done:boolean", {"id": 1, "name": "New", "sequence": 1}),
    "approval.request": _model(
        "name:char category_id:many2one request_status:selection request_owner_id:many2one company_id:many2one "
        "partner_id:many2one reference:char amount:float quantity:float date_confirmed:datetime date:datetime "
        "date_start:datetime date_end:datetime",
        {"id": 1, "name": "New press", "request_status": "pending", "date_confirmed": "2026-02-02 08:05:00"},
        {"id": 2, "name": "Gloves", "request_status": "approved", "date_confirmed": "2026-01-12 08:05:00"},
    ),
    "approval.approver": _model(
        "request_id:many2one user_id:many2one status:selection sequence:integer required:boolean company_id:many2one",
        {"id": 1, "request_id": 1, "user_id": 5, "status": "pending", "sequence": 10, "required": True},
        {"id": 2, "request_id": 2, "user_id": 5, "status": "approved", "sequence": 10},
    ),
    "approval.category": _model(
        "name:char approval_minimum:integer approver_sequence:boolean company_id:many2one active:boolean",
        {"id": 1, "name": "Investment", "approval_minimum": 2, "approver_sequence": True, "active": True},
    ),
    "studio.approval.rule": _model(
        "name:char model_name:char method:char action_id:many2one approval_group_id:many2one responsible_id:many2one "
        "approver_ids:many2many exclusive_user:boolean notification_order:selection active:boolean",
        {"id": 1, "model_name": "purchase.order", "method": "button_confirm", "approver_ids": [9, 5], "active": True},
    ),
    "studio.approval.entry": _model(
        "rule_id:many2one user_id:many2one model:char res_id:integer approved:boolean",
        {"id": 1, "rule_id": 1, "user_id": 5, "model": "purchase.order", "res_id": 12, "approved": True},
    ),
    "studio.approval.request": _model(
        "rule_id:many2one res_id:integer mail_activity_id:many2one",
        {"id": 1, "rule_id": 1, "res_id": 13, "mail_activity_id": 77},
    ),
    "mrp.eco": _model(
        "name:char state:selection stage_id:many2one type_id:many2one kanban_state:selection product_tmpl_id:many2one "
        "bom_id:many2one new_bom_id:many2one production_id:many2one user_id:many2one company_id:many2one "
        "effectivity:selection effectivity_date:datetime",
        {"id": 1, "name": "ECO0001", "state": "progress", "bom_id": 3, "effectivity": "asap"},
        {"id": 2, "name": "ECO0002", "state": "done", "effectivity": "date", "effectivity_date": "2026-01-20 00:00:00"},
    ),
}
