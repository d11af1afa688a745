"""The stage as Odoo 14 wants it: the same shorthand, other fields and buttons."""

from datetime import timedelta

from tests.live.player import text
from tests.live.scene import Part, Scene


class Scene14(Scene):
    """Everything the flows share."""

    groups = "groups_id"
    closes_companies = False  # closures belong to calendars alone

    def kept_in_stock(self):
        return {"type": "product"}

    def make_part(self, *arguments):
        return Part14(self, *arguments)

    def lock_approved_orders(self, at, company, lock):
        """Whether approved purchase orders are locked at once; Odoo 14 calls that their state ``done``."""
        self.player.step(at, "admin", "res.company", "write", [company], {"po_lock": "lock" if lock else "edit"})


class Part14(Part):
    """One flow in one plant."""

    order_group = "procurement_group_id"

    def new_order(self, at, quantity=5, **values):
        """Create an order; over RPC its components come only with the context of an import."""
        planned = self.planned(at)
        values = {
            "product_id": self.finished,
            "product_uom_id": self.unit(),
            "bom_id": self.bom,
            "product_qty": quantity,
            "date_planned_start": text(planned),
            "date_planned_finished": text(planned + timedelta(hours=1)),
            "picking_type_id": self.plant.manufacture,
            "location_src_id": self.plant.stock,
            "location_dest_id": self.plant.stock,
            "company_id": self.plant.company,
            **values,
        }
        return self.step(at, self.planner, "mrp.production", "create", values, context={"import_file": True})

    def goods(self, quantity):
        return super().goods(quantity) | {"name": self.code}

    def take(self, at, picking, quantity):
        """What was done is entered, line by line."""
        lines = self.scene.player.sql("select id from stock_move_line where picking_id = %s", picking)
        for (line,) in lines:
            self.step(at, "pierre", "stock.move.line", "write", [line], {"qty_done": quantity})

    def add_work_order(self, at, order):
        """Give the order a work order, as the form does from the bill of materials."""
        center = self.scene.workcenters[self.plant.company]
        work = {"name": "Assemble", "workcenter_id": center, "product_uom_id": self.unit(), "consumption": "flexible"}
        self.step(at, self.planner, "mrp.production", "write", [order], {"workorder_ids": [(0, 0, work)]})

    def check_availability(self, at, order):
        """Reserve what is there. Odoo 14 does so only when asked, or when its scheduler runs."""
        self.on_order(at, order, "action_assign")

    def start(self, at, order):
        """Start work by hand: the first piece is on its way."""
        self.step(at, self.planner, "mrp.production", "write", [order], {"qty_producing": 1})

    def stock_arrives(self, at, quantity):
        """Count the component in, and reserve it for orders that wait for it."""
        values = {"product_id": self.component, "location_id": self.plant.stock, "inventory_quantity": quantity}
        self.step(at, "admin", "stock.quant", "create", values, context={"inventory_mode": True})
        waiting = "select id from mrp_production where product_id = %s and state in ('confirmed', 'progress')"
        for (order,) in self.scene.player.sql(waiting, self.finished):
            self.check_availability(at, order)

    def produce(self, at, order, quantity):
        """Enter the produced quantity, and with it two components each, as the form does."""
        moves = self.scene.player.sql("select id from stock_move where raw_material_production_id = %s", order)
        used = [(1, move, {"quantity_done": 2 * quantity}) for (move,) in moves]
        values = {"qty_producing": quantity, "move_raw_ids": used}
        self.step(at, self.planner, "mrp.production", "write", [order], values)

    def finish(self, at, order):
        """Close the order without a backorder; nothing entered yet means all of it at once."""
        context = {"skip_backorder": True, "skip_consumption": True}
        [(quantity,)] = self.scene.player.sql("select qty_producing from mrp_production where id = %s", order)
        if quantity:
            self.on_order(at, order, "button_mark_done", **context)
            return
        lines = [(0, 0, {"production_id": order, "to_immediate": True})]
        model, context = "mrp.immediate.production", context | {"button_mark_done_production_ids": [order]}
        wizard = self.step(at, self.planner, model, "create", {"immediate_production_line_ids": lines})
        self.step(at, self.planner, model, "process", [wizard], context=context)

    def purchase_line(self, price):
        return {
            "name": self.code,
            "product_id": self.component,
            "product_uom": self.unit(),
            "product_qty": 10,
            "price_unit": price / 10,
            "taxes_id": [(5,)],
        }
