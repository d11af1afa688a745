"""What the demo group exchanges without background jobs: machines call a webhook, orders go to vendors by e-mail, and
their answers are fetched. One plant's mail server refuses often."""

from __future__ import annotations

from random import Random

from etl.demo.changes import WEBHOOK
from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.plants import INDUSTRIES, Plant

REFUSING = "Tulsa"
_WEEKS = 26
_CALLS_A_DAY = 8
_CALL_FAILS, _MAIL_FAILS, _MAIL_REFUSED = 0.03, 0.01, 0.3
_MAILED = 3  # every third purchase order goes by e-mail
_NO_RECORD = "Webhook #{0} could not be triggered because no record to run it on was found."
_RAISED = "Webhook #{0} failed with error:\nodoo.exceptions.UserError: The order is closed.\n"


def records(block: Block, found: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """`ir_logging`, `mail_notification`, `mail_mail` and `fetchmail_server` records beside those `found`; documents
    must have their ids."""
    [rule] = [rule for rule in found["base_automation"] if rule["name"] == WEBHOOK]
    return {
        "ir_logging": _calls(block, rule["id"]),
        **_mails(block, found["mail_message"]),
        "fetchmail_server": _servers(block),
    }


def _since(block: Block) -> int:
    """From when on something is known of messages and calls."""
    return max(block.start, block.anchor - _WEEKS * 7 * 86400)


def _calls(block: Block, rule: int) -> list[dict]:
    """Machines report counts; now and then of an order that is not there, or is closed."""
    office, calls = block.offices[INDUSTRIES.id], []
    for day, opening in zip(office.days, office.opens, strict=True):
        if _since(block) <= opening < block.now:
            dice = Random(f"{block.seed}/calls/{day}")
            for at in sorted(opening + int(dice.uniform(0, office.length)) for _ in range(_CALLS_A_DAY)):
                if at < block.now:
                    calls.append((at, "INFO", "Webhook #{0} triggered with payload {{…}}"))
                    if dice.random() < _CALL_FAILS:
                        calls.append((at, "ERROR", dice.choice((_NO_RECORD, _RAISED))))
    return [
        {
            "id": id,
            "name": "Webhook Log",
            "level": level,
            "path": f"base_automation({rule})",
            "func": False,
            "message": text.format(rule),
            "create_date": stamp(at),
        }
        for id, (at, level, text) in enumerate(calls, start=1)
    ]


def _mails(block: Block, messages: list[dict]) -> dict[str, list[dict]]:
    """Of the orders that go to vendors by e-mail, one notification each; what could not be sent is still there."""
    notifications, mails = [], []
    for message, plant in _orders(block, messages):
        dice = Random(f"{block.seed}/mail/{message['res_id']}")
        fails = dice.random() < (_MAIL_REFUSED if plant.name == REFUSING else _MAIL_FAILS)
        failure = {
            "failure_type": "mail_smtp" if fails else False,
            "failure_reason": "450 4.7.1 the mail server refused the connection" if fails else False,
        }
        if fails:
            mails.append(
                {
                    "id": len(mails) + 1,
                    "mail_message_id": message["id"],
                    "state": "exception",
                    "is_notification": True,
                    "auto_delete": True,
                    "scheduled_date": False,
                    "create_date": message["create_date"],
                    "write_date": message["create_date"],
                }
                | failure
            )
        notifications.append(
            {
                "id": len(notifications) + 1,
                "mail_message_id": message["id"],
                "mail_mail_id": len(mails) if fails else False,
                "notification_type": "email",
                "notification_status": "exception" if fails else "sent",
            }
            | failure
        )
    return {"mail_notification": notifications, "mail_mail": mails}


def _orders(block: Block, messages: list[dict]) -> list[tuple[dict, Plant]]:
    """The first message after the order of each purchase that goes by e-mail, and whose it is."""
    ordered = {
        purchase.id: (stamp(purchase.approved), purchase.plant)
        for purchase in block.purchases
        if purchase.approved is not None and purchase.approved >= _since(block) and purchase.id % _MAILED == 0
    }
    found = []
    for message in messages:
        if message["model"] == "purchase.order" and message["res_id"] in ordered:
            at, plant = ordered[message["res_id"]]
            if message["create_date"] >= at:
                found.append((message, plant))
                del ordered[message["res_id"]]
    return found


def _servers(block: Block) -> list[dict]:
    """Answers of vendors are fetched; one mailbox has been refusing for two days."""
    fetched = stamp(block.now - 240)
    failing = {
        "error_date": stamp(block.now - 2 * 86400),
        "error_message": "[AUTHENTICATIONFAILED] Invalid credentials",
    }
    well = dict.fromkeys(failing, False)
    return [
        {"id": id, "name": name, "state": "done", "active": True, "date": fetched, "write_date": fetched} | state
        for id, (name, state) in enumerate((("Answers of vendors", well), ("Orders of customers", failing)), start=1)
    ]
