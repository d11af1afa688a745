"""Rows about machines, as staging tables hold them: teams, work centers, requests and the chatter of their stages."""

from __future__ import annotations

from datetime import datetime

from tests.conftest import PLANTS
from tests.rows import at

MODEL = "maintenance.request"
NEW, BUSY, DONE, SCRAP = 1, 2, 3, 4
STAGES = [
    {"id": NEW, "name": "New Request", "sequence": 1, "is_done": False},
    {"id": BUSY, "name": "In Progress", "sequence": 2, "is_done": False},
    {"id": DONE, "name": "Repaired", "sequence": 3, "is_done": True},
    {"id": SCRAP, "name": "Scrap", "sequence": 4, "is_done": True},
]
FIELDS = [
    {"id": 31, "document_model": MODEL, "field_name": "stage_id", "field_type": "many2one"},
    {"id": 32, "document_model": MODEL, "field_name": "kanban_state", "field_type": "selection"},
]
MARKS = {"normal": "In Progress", "blocked": "Blocked", "done": "Ready for next stage"}
# A company of two plants, Nord/WH and Nord/LYO, and one of one, South/WH.
MASTER = {
    "stock_warehouse": [*PLANTS["stock_warehouse"], {"id": 3, "code": "LYO", "name": "Lyon", "company_id": 1}],
    "maintenance_stage": STAGES,
    "maintenance_team": [{"id": 1, "name": "Mechanics"}, {"id": 2, "name": "Electricians", "company_id": 1}],
    "ir_model_fields": [*PLANTS["ir_model_fields"], *FIELDS],
    "ir_model_fields_selection": [
        *PLANTS["ir_model_fields_selection"],
        *({"id": 900 + n, "lang": "en_US", "field_id": 32, "value": value, "label": label}
          for n, (value, label) in enumerate(MARKS.items())),
    ],
}  # fmt: skip


class Workshop:
    """Maintenance requests of South/WH, and what happens to them; pass **records to build."""

    def __init__(self):
        self.requests, self.messages, self.changes = [], [], []

    def request(self, id: int, *stages: tuple[str, int], created: str = "2026-01-05 08:00", **values) -> Workshop:
        """A corrective request and its moves: (when, into which stage)."""
        row = {"id": id, "name": f"Request {id}", "maintenance_type": "corrective", "company_id": 2, "team_id": 1}
        row |= {"stage_id": NEW, "kanban_state": "normal", "priority": "2", "user_id": 2, "created_at": at(created)}
        for moment, stage in stages:
            self.change(moment, id, 31, old_integer=row["stage_id"], new_integer=stage)
            row["stage_id"] = stage
            row["closed_on"] = at(moment).date() if stage in (DONE, SCRAP) else None
        self.requests.append(row | values)
        return self

    def mark(self, moment: str, id: int, old: str, new: str) -> Workshop:
        """The mark of a request changes."""
        return self.change(moment, id, 32, old_label=MARKS[old], new_label=MARKS[new])

    def change(self, moment: str, id: int, field: int, **values) -> Workshop:
        number = len(self.messages) + 1
        sent: datetime = at(moment)
        self.messages.append({"id": number, "document_model": MODEL, "document_id": id, "created_by_id": 2,
                              "message_type": "notification", "sent_at": sent, "created_at": sent})  # fmt: skip
        self.changes.append({"id": number, "message_id": number, "field_id": field} | values)
        return self

    @property
    def records(self) -> dict[str, list[dict]]:
        chatter = {"mail_message": self.messages, "mail_tracking_value": self.changes}
        return MASTER | chatter | {"maintenance_request": self.requests}
