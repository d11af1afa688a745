"""Flows of orders that several hold at once, or one after the other. Each function plays one case in one plant; its
truth is who held the order from when to when, and who did too."""

from __future__ import annotations

from tests.live.player import text
from tests.live.purchase_flows import HIGH
from tests.live.scene import flow


class Ledger:
    """The stretches of an order in the order of time: what comes first begins with its creation."""

    def __init__(self, p, order, note, *stretches):
        """Each stretch is (from, owner, losers) and what more its row must say, up to where the next begins; then the
        end of the last."""
        self.row = {"record_model": "mrp.production", "record_id": order, "note": note}
        self.row |= {"plant": p.plant.key, "company": p.plant.company_name}
        *stretches, end = stretches
        ends = [*(one[0] for one in stretches[1:]), end]
        self.row["stretches"] = [
            {"from_at": text(since), "to_at": text(until), "owner": owner, "losers": losers, **dict(*more)}
            for (since, owner, losers, *more), until in zip(stretches, ends, strict=True)
        ]

    def rows(self):
        """One row, with all of its stretches."""
        return [self.row]


@flow(days_ago=43)
def held_while_short(p):
    """Short of a component, which arrives and is held; meanwhile a purchase for the order waits for its approval."""
    created, released = p.at(), p.at(hours=3, seconds=7)
    arrived, asked = p.at(days=1, hours=2, seconds=11), p.at(days=2, hours=1, minutes=5, seconds=13)
    decided, freed = p.at(days=3, hours=4, seconds=17), p.at(days=4, hours=6, seconds=19)
    started, made = p.at(days=5, hours=1, seconds=23), p.at(days=5, hours=5, minutes=7, seconds=29)
    done = p.at(days=6, hours=2, seconds=31)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.transfer(arrived, p.scene.vendor_location, p.plant.quarantine, 10)
    [(name,)] = p.scene.player.sql("select name from mrp_production where id = %s", order)
    purchase = p.new_purchase(p.at(days=1, hours=20), HIGH)
    p.step(p.at(days=1, hours=21), "buyer", "purchase.order", "write", [purchase], {"origin": name})
    p.on_purchase(asked, purchase, "button_confirm", "buyer")
    p.on_purchase(decided, purchase, "button_approve", p.approver)
    p.transfer(freed, p.plant.quarantine, p.plant.stock, 10)
    p.start(started, order)
    p.produce(made, order, 5)
    p.finish(done, order)
    return [
        Ledger(
            p, order, "held while short, and a purchase for it waits for approval",
            (created, "planner", []),
            (released, "supplier or stock", []),
            (arrived, "quality", ["supplier or stock"]),
            (asked, "approver", ["quality", "supplier or stock"]),
            (decided, "quality", ["supplier or stock"]),
            (freed, "work center", [], {"detail": "ready, not begun"}),
            (started, "work center", [], {"detail": "begun"}),
            (made, "nobody", [], {"detail": "all is made, not closed"}),
            done,
        )
    ]  # fmt: skip


@flow(days_ago=46)
def begun_while_short(p):
    """Begun without its component, which arrives while work goes on."""
    created, released, started = p.at(), p.at(hours=5, seconds=3), p.at(days=1, hours=2, seconds=9)
    arrived, made = p.at(days=2, hours=3, minutes=1, seconds=21), p.at(days=3, hours=1, seconds=27)
    done = p.at(days=3, hours=22, seconds=33)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.stock_arrives(arrived, 10)
    p.produce(made, order, 5)
    p.finish(done, order)
    return [
        Ledger(
            p, order, "begun while short",
            (created, "planner", []),
            (released, "supplier or stock", [], {"is_begun": False}),
            (started, "supplier or stock", ["work center"], {"is_begun": True}),
            (arrived, "work center", []),
            (made, "nobody", []),
            done,
        )
    ]  # fmt: skip


@flow(days_ago=48)
def two_work_centers(p):
    """Work goes from one work center to the next, where it lies for a night; the order is closed two days later."""
    created, released = p.at(), p.at(hours=2, seconds=5)
    # Both take longer than expected, so that Odoo splits their logs: it is one stretch of work.
    first, through = p.at(days=1, hours=1, seconds=15), p.at(days=1, hours=4, minutes=20, seconds=25)
    second, made = p.at(days=2, hours=2, seconds=35), p.at(days=2, hours=6, minutes=10, seconds=45)
    done = p.at(days=4, hours=3, seconds=55)
    packing = {"name": f"Packing {p.code}", "company_id": p.plant.company}
    center = p.step(p.at(hours=-3), "admin", "mrp.workcenter", "create", packing)
    p.stock_arrives(p.at(hours=-2), 10)
    p.add_operation(p.at(hours=-1))
    p.add_operation(p.at(hours=-1), "Pack", center)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    assembled, packed = p.work_orders(order)
    for at, work, button in (
        (first, assembled, "button_start"),
        (through, assembled, "button_finish"),
        (second, packed, "button_start"),
        (made, packed, "button_finish"),
    ):
        p.step(at, p.planner, "mrp.workorder", button, [work])
    p.finish(done, order)
    here, there = {"work_center": "Assembly"}, {"work_center": packing["name"]}
    return [
        Ledger(
            p, order, "through two work centers, closed late",
            (created, "planner", [], {"is_touch": False}),
            (released, "work center", [], here | {"is_touch": False, "detail": "ready, not begun"}),
            (first, "work center", [], here | {"is_touch": True, "detail": "begun"}),
            (through, "work center", [], there | {"is_touch": False}),
            (second, "work center", [], there | {"is_touch": True}),
            (made, "nobody", [], {"work_center": None, "is_touch": False, "detail": "all is made, not closed"}),
            done,
        )
    ]  # fmt: skip
