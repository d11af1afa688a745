"""Bills of a vendor whose bank account changed before they were paid."""

from __future__ import annotations

from tests.conftest import Chatter
from tests.rows import at, bill, named, versions

AS_OF = at("2026-03-02 12:00")
BILL, BANK = "account.move", "res.partner.bank"
OTHERS = [{"id": id, "name": f"Vendor {id}", "is_company": True, "commercial_partner_id": id} for id in range(20, 29)]


def vendor(id: int, number: int, **values) -> dict:
    row, _ = bill(id, name=f"BILL/{id}", partner_id=number, commercial_partner_id=number, **values)
    return row


def account(id: int, number: int, created: str = "2024-01-01", **values) -> dict:
    row = {"id": id, "partner_id": number, "account": "a…1", "created_at": at(created), "changed_at": at(created)}
    return row | values


def test_changed_numbers_and_new_accounts(build):
    chatter = Chatter()

    def changed(on: str, id: int) -> None:
        chatter.say(on, BANK, id, acc_number=("[account]", "[number]"))

    def paid(on: str, id: int) -> None:
        chatter.say(on, BILL, id, payment_state=("Not Paid", "Paid"))

    # 20: changed after the bill came, not paid; 21: long before it came; 22: changed and paid; 23: paid, then changed
    changed("2026-02-20 10:00", 20)
    changed("2025-06-01 10:00", 21)
    changed("2026-02-20 10:00", 22)
    paid("2026-02-23 10:00", 22)
    paid("2026-02-19 10:00", 23)
    changed("2026-02-20 10:00", 23)
    # 24: changed shortly before the bill came; 25: a new account of a vendor that had been paid before
    changed("2026-02-05 10:00", 24)
    paid("2025-12-01 10:00", 125)
    # 26: the first account of a new vendor; 27: seen to have changed between two refreshes; 28: paid long ago
    changed("2025-10-01 10:00", 28)
    paid("2025-10-02 10:00", 28)
    early = at("2025-09-25 10:00")
    built = build(
        AS_OF,
        res_partner=[{"id": 2, "name": "Anna", "lang": "en_US"}, *OTHERS],
        account_move=[
            vendor(20, 20),
            vendor(21, 21),
            vendor(22, 22, payment_state="paid"),
            vendor(23, 23, payment_state="paid"),
            vendor(24, 24, created_at=at("2026-02-10 08:00")),
            vendor(125, 25, payment_state="paid", created_at=at("2025-11-20 08:00")),
            vendor(25, 25),
            vendor(26, 26),
            vendor(27, 27),
            vendor(28, 28, payment_state="paid", created_at=early),
            vendor(30, 20, move_type="in_refund"),
        ],
        res_partner_bank=[
            *(account(id, id) for id in (20, 21, 22, 23, 24, 28)),
            account(25, 25, created="2026-02-21 10:00"),
            account(26, 26, created="2026-02-21 10:00"),
            *versions(
                account(27, 27) | {"seen": "2026-02-01 02:00"},
                account(27, 27, account="b…2", changed_at=at("2026-02-22 01:30")) | {"seen": "2026-02-22 02:00"},
            ),
        ],
        **chatter.records,
    )
    found = named(built, "bank_account_changed_before_payment")
    assert {id: (row["since_at"], row["detail"]) for id, row in found.items()} == {
        20: (at("2026-02-20 10:00"), "number changed, not paid yet"),
        22: (at("2026-02-20 10:00"), "number changed, then paid"),
        24: (at("2026-02-05 10:00"), "number changed, not paid yet"),
        25: (at("2026-02-21 10:00"), "account added, not paid yet"),
        27: (at("2026-02-22 01:30"), "number changed, not paid yet"),
    }
    assert (found[20]["amount"], found[20]["currency"]) == (1000.0, "EUR")
