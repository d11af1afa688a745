"""Chatter records: messages, tracked values, and the field definitions that tell what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.demo.clock import stamp
from etl.demo.document import Bill, Event, Job, Order, Purchase, Sale, Transfer
from etl.demo.inspections import STATES as INSPECTION_STATES
from etl.demo.inspections import Inspection
from etl.demo.maintenance import MARKS, STAGES, Request
from etl.demo.people import PERSON, VENDOR
from etl.demo.quality import ACTION_STAGES, NONCONFORMITY_STAGES, SCRAP_STATES, Action, Nonconformity, Scrap

LANGUAGES = ("en_US", "fr_FR")


@dataclass(frozen=True)
class Tracked:
    """A tracked field: its id in ir.model.fields and the labels of its values per language."""

    id: int
    model: str
    name: str
    type: str
    labels: dict[str | int, tuple[str, str]] = field(default_factory=dict)


_ORDER_STATE = {
    "draft": ("Draft", "Brouillon"),
    "confirmed": ("Confirmed", "Confirmé"),
    "progress": ("In Progress", "En cours"),
    "to_close": ("To Close", "À clôturer"),
    "done": ("Done", "Terminé"),
    "cancel": ("Cancelled", "Annulé"),
}
_RESERVATION_STATE = {
    "confirmed": ("Waiting", "En attente"),
    "assigned": ("Ready", "Prêt"),
    "waiting": ("Waiting Another Operation", "En attente d'une autre opération"),
}
_PURCHASE_STATE = {
    "draft": ("RFQ", "Demande de prix"),
    "sent": ("RFQ Sent", "Envoyé"),
    "to approve": ("To Approve", "À approuver"),
    "purchase": ("Purchase Order", "Bon de commande fournisseur"),
    "cancel": ("Cancelled", "Annulé"),
}
_BILL_STATE = {
    "draft": ("Draft", "Brouillon"),
    "posted": ("Posted", "Comptabilisé"),
    "cancel": ("Cancelled", "Annulé"),
}
_PAYMENT_STATE = {
    "not_paid": ("Not Paid", "Non payé"),
    "in_payment": ("In Payment", "En paiement"),
    "paid": ("Paid", "Payé"),
}
_TRANSFER_STATE = {
    "draft": ("Draft", "Brouillon"),
    "waiting": ("Waiting Another Operation", "En attente d'une autre opération"),
    "confirmed": ("Waiting", "En attente"),
    "assigned": ("Ready", "Prêt"),
    "done": ("Done", "Fait"),
    "cancel": ("Cancelled", "Annulé"),
}
_SALE_STATE = {
    "draft": ("Quotation", "Devis"),
    "sent": ("Quotation Sent", "Devis envoyé"),
    "sale": ("Sales Order", "Bon de commande"),
    "cancel": ("Cancelled", "Annulé"),
}
TRACKED = (
    Tracked(5104, "account.move", "payment_state", "selection", _PAYMENT_STATE),
    Tracked(5112, "account.move", "state", "selection", _BILL_STATE),
    Tracked(5307, "res.partner.bank", "acc_number", "char"),
    Tracked(6204, "purchase.order", "acknowledged", "boolean"),
    Tracked(6212, "purchase.order", "amount_untaxed", "monetary"),
    Tracked(6231, "purchase.order", "partner_id", "many2one"),
    Tracked(6243, "purchase.order", "locked", "boolean"),
    Tracked(6247, "purchase.order", "state", "selection", _PURCHASE_STATE),
    Tracked(6258, "purchase.order", "user_id", "many2one"),
    Tracked(8681, "mrp.production", "product_qty", "float"),
    Tracked(8690, "mrp.production", "reservation_state", "selection", _RESERVATION_STATE),
    Tracked(8695, "mrp.production", "state", "selection", _ORDER_STATE),
    Tracked(9102, "maintenance.request", "kanban_state", "selection", MARKS),
    Tracked(9107, "maintenance.request", "stage_id", "many2one", STAGES),
    Tracked(9112, "stock.picking", "scheduled_date", "datetime"),
    Tracked(9118, "stock.picking", "state", "selection", _TRANSFER_STATE),
    Tracked(9204, "sale.order", "state", "selection", _SALE_STATE),
    Tracked(9310, "mgmtsystem.action", "stage_id", "many2one", ACTION_STAGES),
    Tracked(9344, "mgmtsystem.nonconformity", "stage_id", "many2one", NONCONFORMITY_STAGES),
    Tracked(9420, "qc.inspection", "state", "selection", INSPECTION_STATES),
    Tracked(9501, "stock.scrap", "state", "selection", SCRAP_STATES),
)
MODEL = {
    Bill: "account.move",
    Order: "mrp.production",
    Purchase: "purchase.order",
    Job: "queue.job",
    Transfer: "stock.picking",
    Sale: "sale.order",
    Request: "maintenance.request",
    Nonconformity: "mgmtsystem.nonconformity",
    Action: "mgmtsystem.action",
    Scrap: "stock.scrap",
    Inspection: "qc.inspection",
}
# What Odoo calls an attribute of a document that has another name here.
_ODOO = {"scheduled": "scheduled_date"}
JOB_FAILED = 40
_BY_NAME = {(tracked.model, tracked.name): tracked for tracked in TRACKED}


def definitions(written: str) -> dict[str, list[dict]]:
    """`ir_model_fields`, `ir_model_fields_selection` (once per language) and `mail_message_subtype` records."""
    fields = [{"id": t.id, "model": t.model, "name": t.name, "ttype": t.type, "write_date": written} for t in TRACKED]
    values = [(t, value, labels) for t in TRACKED if t.type == "selection" for value, labels in t.labels.items()]
    selections = [
        {"id": number, "lang": lang, "field_id": tracked.id, "value": value, "name": label}
        for number, (tracked, value, labels) in enumerate(values, start=1401)
        for lang, label in zip(LANGUAGES, labels, strict=True)
    ]
    subtypes = [{"id": JOB_FAILED, "name": "Job failed", "res_model": MODEL[Job], "write_date": written}]
    return {
        "ir_model_fields": fields,
        "ir_model_fields_selection": selections,
        "mail_message_subtype": subtypes,
    }


def records(events: list[Event]) -> dict[str, list[dict]]:
    """`mail_message` and `mail_tracking_value` records of all events; documents must have their ids."""
    messages, values = [], []
    for number, event in enumerate(sorted(events, key=lambda event: event.at), start=1):
        created = stamp(event.at)
        person = PERSON[event.by]
        messages.append(
            {
                "id": number,
                "model": MODEL[type(event.document)],
                "res_id": event.document.id,
                "message_type": event.kind,
                "subtype_id": JOB_FAILED if isinstance(event.document, Job) else False,
                "mail_activity_type_id": False,
                # Odoo stamps the message when it is posted, a moment after the transaction began.
                "date": stamp(event.at + 1) if (event.at + event.document.id) % 3 == 0 else created,
                "author_id": event.author or person.partner_id,
                "create_uid": event.by,
                "create_date": created,
            }
        )
        for name, old, new in event.changes:
            tracked = _BY_NAME[MODEL[type(event.document)], _ODOO.get(name, name)]
            head = {"id": len(values) + 1, "mail_message_id": number, "field_id": tracked.id}
            values.append(head | _change(tracked, old, new, person.lang))
    return {"mail_message": messages, "mail_tracking_value": values}


def _named(tracked: Tracked, id: int, lang: str) -> str:
    """The display name of what a many2one refers to."""
    if tracked.labels:
        return tracked.labels[id][LANGUAGES.index(lang)]
    return (PERSON if tracked.name == "user_id" else VENDOR)[id].name


def _change(tracked: Tracked, old: object, new: object, lang: str) -> dict:
    """Old and new value the way Odoo keeps them: labels in the language of who made it, numbers as such."""
    record = {
        "old_value_char": False,
        "new_value_char": False,
        "old_value_integer": 0,
        "new_value_integer": 0,
        "old_value_float": 0.0,
        "new_value_float": 0.0,
        "old_value_datetime": False,
        "new_value_datetime": False,
    }
    if tracked.type == "selection":
        # An empty selection is tracked as an empty text, not as nothing.
        column = LANGUAGES.index(lang)
        record["old_value_char"] = tracked.labels[old][column] if old else ""
        record["new_value_char"] = tracked.labels[new][column] if new else ""
    elif tracked.type == "many2one":
        record["old_value_integer"], record["new_value_integer"] = old, new
        record["old_value_char"], record["new_value_char"] = (_named(tracked, id, lang) for id in (old, new))
    elif tracked.type == "boolean":
        record["old_value_integer"], record["new_value_integer"] = int(old), int(new)
    elif tracked.type == "datetime":
        record["old_value_datetime"], record["new_value_datetime"] = stamp(old), stamp(new)
    else:
        record["old_value_float"], record["new_value_float"] = old, new
    return record
