"""The stage of the flows: plants, products and approval rules, and the shorthand a flow uses on them."""

from dataclasses import dataclass
from datetime import timedelta

from etl import inbox
from queries.config import Config
from tests.live.player import OdooError, clock, text
from tests.live.truth import (
    ZONES,
    Exceptional,
    Expected,
    Hold,
    Maintenance,
    Production,
    Purchase,
    Reported,
    Span,
    Transaction,
    clocks_changed,
    closures,
    local,
    working_seconds,
)

APPROVAL_LIMIT = 5000
ROBOT = "n8n"  # a user that tests/live/ops.toml lists
PORTAL = Config().inboxes[0]
FLOWS = []


def flow(days_ago, flows=FLOWS):
    """Mark a flow; it begins so many days before the anchor, in every plant a few hours apart."""

    def mark(function):
        if function.__name__ in [known.__name__ for _, known in flows]:
            raise ValueError(f"Two flows are called {function.__name__}: rename one.")
        flows.append((days_ago, function))
        return function

    return mark


@dataclass
class Plant:
    """One warehouse and who works there; pierre works in French."""

    key: str
    warehouse: int
    code: str
    company: int
    company_name: str
    stock: int
    manufacture: int
    receive: int
    transfer: int
    quarantine: int
    planner: str
    approver: str


class Scene:
    """Everything the flows share, made once before they are played. Written for Odoo 19; see ``scene14.py``."""

    def __init__(self, player, flows):
        self.player = player
        self.start = player.anchor - timedelta(days=84)
        if player.sql("select 1 from product_product where default_code = 'PP-001'"):
            raise OdooError("The flows were already played into this database: run 'reset' of the server first.")
        self.plants = self.find_plants()
        self.set_approval_rules()
        self.set_closures()
        names = [function.__name__ for _, function in flows] + ["in_real_time"]
        self.products = self.make_products([(name, plant.key) for name in names for plant in self.plants])
        self.vendors = self.make_vendors(["Acier Rhône", "Bolts & Co", "Chemie Nord"])
        self.workcenters = self.make_workcenters()
        [(self.vendor_location,)] = player.sql(
            "select id from stock_location where usage = 'supplier' order by id limit 1"
        )
        self.inspected_for = self.make_test()
        self.make_robot()
        self.machines = self.make_machines()

    def create(self, model, values, at=None, company=None):
        """Create records as admin at a scripted time (default: before all flows)."""
        return self.player.step(at or self.start, "admin", model, "create", values, company=company)

    def find_plants(self):
        """WH and LYO of the first company and WH of the second."""
        rows = self.player.sql(
            "select w.id, w.code, c.id, c.name, w.lot_stock_id, w.manu_type_id, w.in_type_id, w.int_type_id, "
            "w.view_location_id "
            "from stock_warehouse w join res_company c on c.id = w.company_id "
            "where (c.id = 1 and w.code in ('WH', 'LYO')) or (c.name = 'Plant Pulse Nord' and w.code = 'WH') "
            "order by c.id, w.id"
        )
        people = [("planner", "admin"), ("pierre", "pierre"), ("planner", "pierre")]
        return [
            Plant(f"{name}/{code}", id, code, company, name, *places, self.make_quarantine(view, company), *who)
            for (id, code, company, name, *places, view), who in zip(rows, people, strict=True)
        ]

    def make_quarantine(self, view, company):
        """Where a warehouse keeps what is held."""
        values = {"name": "Quarantine", "usage": "internal", "location_id": view, "company_id": company}
        return self.create("stock.location", values, company=company)

    def make_robot(self):
        """A user from outside, who may buy."""
        groups = ["base.group_user", "purchase.group_purchase_user"]
        ids = [
            id
            for group in groups
            for (id,) in self.player.sql("select res_id from ir_model_data where module || '.' || name = %s", group)
        ]
        companies = [id for (id,) in self.player.sql("select id from res_company")]
        values = {"login": ROBOT, "password": ROBOT, "name": "Robot", "email": f"{ROBOT}@example.com"}
        values |= {"company_id": 1, "company_ids": [(6, 0, companies)], self.groups: [(6, 0, ids)]}
        self.player.step(self.start, "admin", "res.users", "create", values, context={"no_reset_password": True})

    def audit_activities(self):
        """From now on the audit log keeps what is written to activities."""
        if not self.player.sql("select 1 from auditlog_rule where name = 'activities'"):
            [(model,)] = self.player.sql("select id from ir_model where model = 'mail.activity'")
            values = {"name": "activities", "model_id": model, "log_write": True}
            rule = self.create("auditlog.rule", values)
            self.player.call("admin", "auditlog.rule", "set_to_confirmed", [rule])

    def make_machines(self):
        """In each plant a work center, mechanics and a machine, which ops.toml puts there; None without maintenance."""
        if not self.player.sql("select 1 from ir_model where model = 'maintenance.request'"):
            return None
        made = {}
        for plant in self.plants:
            values = {"name": f"Mechanics {plant.code}", "company_id": plant.company}
            team = self.create("maintenance.team", values, company=plant.company)
            press = {"name": f"Press {plant.code}", "company_id": plant.company}
            center = self.create("mrp.workcenter", press, company=plant.company)
            values = press | {"maintenance_team_id": team}
            made[plant.key] = center, team, self.create("maintenance.equipment", values, company=plant.company)
        return made

    groups = "group_ids"
    closes_companies = True

    def make_test(self):
        """What inspections ask; None without OCA's quality control."""
        if self.player.sql("select 1 from ir_model where model = 'qc.test'"):
            return self.create("qc.test", {"name": "Width"})

    def set_approval_rules(self):
        """Double validation above a limit, and two pairs of OCA tiers that ask for a vendor reference."""
        companies = sorted({plant.company for plant in self.plants})
        rule = {"po_double_validation": "two_step", "po_double_validation_amount": APPROVAL_LIMIT}
        for company in companies:  # one by one: an amount cannot be written in two currencies at once
            self.player.step(self.start, "admin", "res.company", "write", [company], rule)
        model = self.player.sql("select id from ir_model where model = 'purchase.order'")[0][0]
        tiers = []
        for prefix, in_sequence in (("SEQ", True), ("PAR", False)):
            # the highest sequence number reviews first
            for reviewer, sequence in (("pierre", 20), ("admin", 10)):
                tiers.append(
                    {
                        "name": f"{prefix} {reviewer}",
                        "model_id": model,
                        "review_type": "individual",
                        "reviewer_id": self.player.uid(reviewer),
                        "company_id": False,
                        "sequence": sequence,
                        "approve_sequence": in_sequence,
                        "definition_type": "domain",
                        "definition_domain": f"[('partner_ref', '=like', '{prefix}-%')]",
                    }
                )
        self.create("tier.definition", tiers)

    def set_closures(self):
        """Holidays of a calendar, and free afternoons of a whole company, as Odoo's form makes them."""
        for company, name in sorted({(plant.company, plant.company_name) for plant in self.plants}):
            [(calendar,)] = self.player.sql("select resource_calendar_id from res_company where id = %s", company)
            whole = self.closes_companies and name in ZONES
            begin = min(self.start.date(), clocks_changed(name, self.player.anchor) - timedelta(days=7))
            for number in range((self.player.anchor.date() - begin).days + 2):
                day = begin + timedelta(days=number)
                for title, first, last in closures(name, day):
                    values = {
                        "name": title,
                        "calendar_id": False if whole else calendar,
                        "date_from": text(local(name, day, first)),
                        "date_to": text(local(name, day, last) - timedelta(seconds=1)),
                    }
                    self.create("resource.calendar.leaves", values, company=company)

    def make_products(self, uses):
        """A finished product with one component for every flow and plant, so that no flow takes the
        stock another one waits for."""
        count = len(uses)
        codes = [f"PP-{n:03d}" for n in range(1, count + 1)]
        made = self.create(
            "product.product",
            [
                {"name": f"{kind} {code}", "default_code": f"{code}{suffix}", **self.kept_in_stock()}
                for kind, suffix in (("Pump", ""), ("Casing", "-C"))
                for code in codes
            ],
        )
        templates = dict(self.player.sql("select id, product_tmpl_id from product_product where id = any(%s)", made))
        boms = self.create(
            "mrp.bom",
            [
                {
                    "product_tmpl_id": templates[finished],
                    "product_qty": 1,
                    "company_id": False,
                    "consumption": "flexible",
                    "bom_line_ids": [(0, 0, {"product_id": component, "product_qty": 2})],
                }
                for finished, component in zip(made[:count], made[count:], strict=True)
            ],
        )
        things = zip(codes, made[:count], made[count:], boms, strict=True)
        return dict(zip(uses, things, strict=True))

    def kept_in_stock(self):
        """What makes a product one that is kept in stock."""
        return {"is_storable": True, "type": "consu"}

    def make_vendors(self, names):
        ids = self.create("res.partner", [{"name": name, "is_company": True} for name in names])
        return list(zip(names, ids, strict=True))

    def make_workcenters(self):
        """One work center per company."""
        return {
            company: self.create("mrp.workcenter", {"name": "Assembly", "company_id": company}, company=company)
            for company in sorted({plant.company for plant in self.plants})
        }

    def part(self, plant, function, days_ago, number):
        """The scene as one flow in one plant sees it."""
        # a start of its own for every flow and plant: other days, hours, minutes and seconds
        place = self.plants.index(plant)
        start = (
            self.player.anchor
            - timedelta(days=days_ago)
            + timedelta(
                hours=5 * place, minutes=(13 * number + 7 * place) % 60, seconds=(17 * number + 11 * place) % 60
            )
        )
        product = self.products[function.__name__, plant.key]
        return self.make_part(plant, clock(start), product, self.vendors[(number + place) % len(self.vendors)])

    def make_part(self, *arguments):
        """The shorthand of this version of Odoo."""
        return Part(self, *arguments)

    def play(self, flows):
        """Plays the flows in every plant; yields the truth."""
        for number, (days_ago, function) in enumerate(flows):
            for plant in self.plants:
                for order in function(self.part(plant, function, days_ago, number)):
                    for row in order.rows():
                        yield {**row, "flow": function.__name__}


class Part:
    """One flow in one plant: shorthand for its steps. ``at(days, hours, ...)`` counts from its start."""

    order_group = "production_group_id"  # what an order and its backorders share

    def __init__(self, scene, plant, at, product, vendor):
        self.scene, self.plant, self.at, self.vendor = scene, plant, at, vendor
        self.code, self.finished, self.component, self.bom = product
        self.planner, self.approver = plant.planner, plant.approver

    def step(self, at, user, model, method, *args, **options):
        """A step in this plant's company."""
        options.setdefault("company", self.plant.company)
        return self.scene.player.step(at, user, model, method, *args, **options)

    # ------------------------------------------------------------ production

    def finish_part(self, at, order):
        """Close the order with what was produced; returns the backorder that takes the rest."""
        # splitting reads analytic lines, which a plain manufacturing user may not
        self.on_order(
            at,
            order,
            "button_mark_done",
            "pierre",
            skip_backorder=True,
            skip_consumption=True,
            mo_ids_to_backorder=[order],
        )
        return self.scene.player.sql(
            f"select b.id from mrp_production b join mrp_production o using ({self.order_group}) "
            "where o.id = %s and b.backorder_sequence > 1",
            order,
        )[0][0]

    def backorder(self, order, note, split, **times):
        """The truth about a backorder."""
        return self.production(order, note, created=split, released=split, split=split, **times)

    def add_operation(self, at, name="Assemble", center=None):
        """Give the bill of materials an operation, so that its orders have a work order; at the company's work center
        unless told otherwise."""
        center = center or self.scene.workcenters[self.plant.company]
        self.step(
            at,
            "admin",
            "mrp.bom",
            "write",
            [self.bom],
            {
                "company_id": self.plant.company,
                "operation_ids": [(0, 0, {"name": name, "workcenter_id": center, "time_cycle_manual": 30})],
            },
        )

    def work_orders(self, order):
        """The ids of the order's work orders, in the order of its operations."""
        rows = self.scene.player.sql("select id from mrp_workorder where production_id = %s order by id", order)
        return [id for (id,) in rows]

    def work_order(self, order):
        """The id of the order's only work order."""
        return self.work_orders(order)[0]

    def on_work_order(self, at, order, method):
        """Call a button of the order's work order."""
        self.step(at, self.planner, "mrp.workorder", method, [self.work_order(order)])

    def log_work(self, at, order, begun, ended):
        """Enter by hand when the order's work order was worked on; returns the time log."""
        sql = self.scene.player.sql
        [(center,)] = sql("select workcenter_id from mrp_workorder where id = %s", self.work_order(order))
        [(loss,)] = sql(
            "select min(l.id) from mrp_workcenter_productivity_loss l "
            "join mrp_workcenter_productivity_loss_type t on t.id = l.loss_id where t.loss_type = 'productive'"
        )
        values = {"workorder_id": self.work_order(order), "workcenter_id": center, "loss_id": loss}
        values |= {"date_start": text(begun), "date_end": text(ended), "company_id": self.plant.company}
        return self.step(at, "pierre", "mrp.workcenter.productivity", "create", values)

    def production(self, order, note, **times):
        """The truth about a manufacturing order."""
        return Production(order, self.plant.key, self.plant.company_name, self.planner, self.code, note, **times)

    def new_order(self, at, quantity=5, **values):
        """Create a manufacturing order, planned for two days later."""
        planned = text(self.planned(at))
        return self.step(
            at,
            self.planner,
            "mrp.production",
            "create",
            {
                "product_id": self.finished,
                "bom_id": self.bom,
                "product_qty": quantity,
                "date_start": planned,
                "picking_type_id": self.plant.manufacture,
                "company_id": self.plant.company,
                **values,
            },
        )

    @staticmethod
    def planned(created):
        """The planned start of an order."""
        return created + timedelta(days=2)

    def on_order(self, at, order, method, user=None, **context):
        """Call a button of the manufacturing order."""
        return self.step(at, user or self.planner, "mrp.production", method, [order], context=context)

    def start(self, at, order):
        """Start work on the order by hand."""
        self.on_order(at, order, "action_start")

    def stock_arrives(self, at, quantity):
        """Count the component in; Odoo then reserves it for orders that wait for it."""
        quant = self.step(
            at,
            "admin",
            "stock.quant",
            "create",
            {
                "product_id": self.component,
                "location_id": self.plant.stock,
                "inventory_quantity": quantity,
            },
            context={"inventory_mode": True},
        )
        self.step(at, "admin", "stock.quant", "action_apply_inventory", [quant], context={"inventory_mode": True})

    def produce(self, at, order, quantity):
        """Enter the produced quantity, and with it what the form then fills in: two components each,
        picked. (Without it Odoo closes the order with nothing consumed.)"""
        moves = self.scene.player.sql("select id from stock_move where raw_material_production_id = %s", order)
        picked = {"quantity": 2 * quantity, "picked": True}
        self.step(
            at,
            self.planner,
            "mrp.production",
            "write",
            [order],
            {
                "qty_producing": quantity,
                "move_raw_ids": [(1, move, picked) for (move,) in moves],
            },
        )

    def finish(self, at, order):
        """Close the order without a backorder."""
        self.on_order(at, order, "button_mark_done", skip_backorder=True, skip_consumption=True)

    # ------------------------------------------------------------ quality

    def unit(self):
        """The unit of measure of the flow's products."""
        query = (
            "select uom_id from product_template t join product_product p on p.product_tmpl_id = t.id where p.id = %s"
        )
        return self.scene.player.sql(query, self.finished)[0][0]

    def transfer(self, at, source, target, quantity):
        """Move some of the component from one place to another; returns the transfer's id."""
        places = {"location_id": source, "location_dest_id": target, "company_id": self.plant.company}
        values = places | {"picking_type_id": self.plant.transfer}
        picking = self.step(at, "pierre", "stock.picking", "create", values)
        goods = self.goods(quantity)
        self.step(at, "pierre", "stock.move", "create", goods | places | {"picking_id": picking})
        for button in ("action_confirm", "action_assign"):
            self.step(at, "pierre", "stock.picking", button, [picking])
        self.take(at, picking, quantity)
        self.step(at, "pierre", "stock.picking", "button_validate", [picking], context={"skip_backorder": True})
        return picking

    def goods(self, quantity):
        """What a move moves."""
        return {"product_id": self.component, "product_uom": self.unit(), "product_uom_qty": quantity}

    def take(self, at, picking, quantity):
        """What is reserved is what is taken."""

    def scrap(self, at, place, quantity, **values):
        """Throw some of the component away, or of another product; returns the scrap order."""
        values = {"product_id": self.component} | values
        values |= {"product_uom_id": self.unit(), "scrap_qty": quantity}
        values |= {"location_id": place, "company_id": self.plant.company}
        scrap = self.step(at, "pierre", "stock.scrap", "create", values)
        self.step(at, "pierre", "stock.scrap", "do_scrap", [scrap])
        return scrap

    def made(self, at, quantity):
        """An order of which everything is made, done at a moment; returns it."""
        self.stock_arrives(self.at(), 2 * quantity)
        order = self.new_order(self.at(), quantity)
        self.on_order(self.at(hours=1), order, "action_confirm")
        self.produce(self.at(hours=2), order, quantity)
        self.finish(at, order)
        return order

    def unbuild(self, at, order, quantity):
        """Take some of what an order made apart again."""
        values = {"mo_id": order, "product_id": self.finished, "product_qty": quantity, "bom_id": self.bom}
        values |= {"product_uom_id": self.unit(), "company_id": self.plant.company}
        values |= {"location_id": self.plant.stock, "location_dest_id": self.plant.stock}
        unbuild = self.step(at, "pierre", "mrp.unbuild", "create", values)
        self.step(at, "pierre", "mrp.unbuild", "action_unbuild", [unbuild])

    def quality(self, order, note, done, **columns):
        """The truth about the yield of an order, and whether it was reworked."""
        reworked = columns.pop("is_reworked", False)
        for kpi, facts in (("first_pass_yield", columns), ("rework_ratio", {"is_bad": reworked})):
            yield self.expected(kpi, "mrp.production", order, note, at=text(done), **facts)

    def hold(self, picking, note, held, ends):
        """The truth about goods that a transfer brought into quarantine."""
        return Hold("stock.picking", picking, self.plant.key, self.plant.company_name, note, held, ends)

    def new_inspection(self, at, width, **values):
        """Create an inspection of the component, which must be one or two wide."""
        unit = self.unit()
        line = {"name": "Width", "question_type": "quantitative", "min_value": 1, "max_value": 2}
        line |= {"quantitative_value": width, "uom_id": unit, "test_uom_id": unit}
        values = {"object_id": f"product.product,{self.component}", "test": self.scene.inspected_for} | values
        return self.step(
            at, "admin", "qc.inspection", "create", values | {"qty": 4, "inspection_lines": [(0, 0, line)]}
        )

    def measured(self, at, inspection, width):
        """Measure again."""
        [(line,)] = self.scene.player.sql("select id from qc_inspection_line where inspection_id = %s", inspection)
        self.step(at, "admin", "qc.inspection.line", "write", [line], {"quantitative_value": width})

    def on_inspection(self, at, inspection, method):
        """Call a button of the inspection."""
        self.step(at, "admin", "qc.inspection", method, [inspection])

    def inspection(self, id, note, held=None, ended=None, outcome=None):
        """The truth about an inspection. Of a product Odoo knows the company only: a plant where that has just one."""
        ends = [(ended, outcome, 4)] if outcome else []
        return Hold("qc.inspection", id, self.only_plant(), self.plant.company_name, note, held, ends)

    def only_plant(self):
        """The plant where its company has no other, else None."""
        companies = [plant.company for plant in self.scene.plants]
        return self.plant.key if companies.count(self.plant.company) == 1 else None

    # ------------------------------------------------------------ maintenance

    @property
    def machine(self):
        """The work center of the plant's press."""
        return self.scene.machines[self.plant.key][0]

    def new_request(self, at, **values):
        """Ask for the press to be mended; to be kept, with values that say so."""
        _, team, press = self.scene.machines[self.plant.key]
        values = {"name": f"Press {self.code}", "equipment_id": press, "maintenance_team_id": team} | values
        values = {"maintenance_type": "corrective", "company_id": self.plant.company} | values
        return self.step(at, self.planner, "maintenance.request", "create", values)

    def on_request(self, at, request, **values):
        """Drag the request into another stage, or mark it."""
        self.step(at, "admin", "maintenance.request", "write", [request], values)

    def block(self, at, reason, **values):
        """Block the press for a reason, by the name Odoo gives it; returns the line of its log."""
        [(loss,)] = self.scene.player.sql("select res_id from ir_model_data where module = 'mrp' and name = %s", reason)
        values |= {"workcenter_id": self.machine, "loss_id": loss, "company_id": self.plant.company}
        return self.step(at, "admin", "mrp.workcenter.productivity", "create", values)

    def worked(self, started, ended):
        """Seconds in which the plant works."""
        return working_seconds(self.plant.company_name, started, ended)

    def maintenance(self, id, note, created, **facts):
        """The truth about a maintenance request."""
        return Maintenance(id, self.plant.key, self.plant.company_name, note, created, **facts)

    def expected(self, kpi, model, id, note, **columns):
        """The truth about a row of a KPI by its columns."""
        return Expected(kpi, model, id, self.plant.key, note, columns, self.plant.company_name)

    def nonconformity(self, at):
        """Report that something is wrong with an order of the plant, which it makes for that."""
        order = self.new_order(at)
        [(origin,)] = self.scene.player.sql("select id from mgmtsystem_nonconformity_origin order by id limit 1")
        people = dict.fromkeys(("responsible_user_id", "manager_user_id"), self.scene.player.uid("admin"))
        values = {"name": f"Scratches {self.code}", "description": "On the casing", "partner_id": self.vendor[1]}
        values |= people | {"origin_ids": [(6, 0, [origin])], "company_id": self.plant.company}
        values |= {"res_model": "mrp.production", "res_id": order}
        values |= {"action_comments": "Polish", "evaluation_comments": "Polished"}
        return self.step(at, "admin", "mgmtsystem.nonconformity", "create", values)

    def on_nonconformity(self, at, nonconformity, stage):
        """Move it into another stage; into progress opens its actions, too."""
        [(id,)] = self.scene.player.sql(
            "select id from mgmtsystem_nonconformity_stage where state = %s",
            {"open": "open", "closed": "done", "cancelled": "cancel"}[stage],
        )
        self.step(at, "admin", "mgmtsystem.nonconformity", "write", [nonconformity], {"stage_id": id})

    def new_action(self, at, nonconformity, due):
        """Agree on an action; returns it."""
        values = {"name": "Polish", "type_action": "correction", "company_id": self.plant.company}
        values |= {"date_deadline": str(due.date()) if due else False}
        action = self.step(at, "admin", "mgmtsystem.action", "create", values)
        link = {"action_ids": [(4, action)]}
        self.step(at, "admin", "mgmtsystem.nonconformity", "write", [nonconformity], link)
        return action

    def end_of_day(self, moment):
        """When the day of a moment (UTC) is over in the plant."""
        return local(self.plant.company_name, moment.date(), 24)

    def span(self, kpi, model, id, note, started, ended):
        """The truth about one row of a duration."""
        return Span(kpi, model, id, self.plant.key, self.plant.company_name, note, started, ended)

    def exception(self, rule, model, id, note, since=None):
        """The truth about an exception; since no moment: there must be none."""
        return Exceptional(rule, model, id, self.plant.key, note, since)

    # ------------------------------------------------------------ background jobs

    def contacts(self, at, in_a_circle=False):
        """Two contacts; in a circle, the second hangs below the first."""
        first = self.step(at, "admin", "res.partner", "create", {"name": f"{self.code} first"})
        second = {"name": f"{self.code} second", "parent_id": first if in_a_circle else False}
        return first, self.step(at, "admin", "res.partner", "create", second)

    def hang(self, created, first, second, begun=None, ended=None, when=""):
        """A job that hangs the first contact below the second; returns it."""
        call = f"write({{'parent_id': {second}}})"
        return self.in_background(created, "res.partner", f"browse({first})", call, begun, ended, when)

    def post(self, created, order, begun, ended, author=None):
        """A job that posts on a purchase order in the name of its vendor, or of another contact; returns it."""
        call = f"message_post(body='Sent', author_id={author or self.vendor[1]})"
        return self.in_background(created, "purchase.order", f"browse({order})", call, begun, ended)

    def in_background(self, created, model, records, call, begun=None, ended=None, when=""):
        """The administrator has a job call something on records of a model, which begins and ends then if it is to run
        at once; returns the job."""
        self.enqueue(created, model, f"model.{records}.with_delay({when}).{call}", begun, ended)
        return self.newest_job()

    def enqueue(self, created, model, code, begun=None, ended=None):
        """The administrator has jobs made by Python."""
        ended = ended or created
        action = self.step(created, "admin", "ir.actions.server", "create", self.action(model, code))
        self.step(ended, "admin", "ir.actions.server", "run", [action], jobs=(created, begun or ended))

    def newest_job(self):
        """The job that was made last."""
        return self.scene.player.sql("select max(id) from queue_job")[0][0]

    def newest_chain(self):
        """The last job that was made together with another one that waits for it, and that one."""
        newest = "select graph_uuid from queue_job order by id desc limit 1"
        chain = f"select id from queue_job where graph_uuid = ({newest}) order by state = 'wait_dependencies'"
        return [id for (id,) in self.scene.player.sql(chain)]

    def in_weeks(self):
        """A moment that no test lives to see; the job runner cannot sleep for longer."""
        return self.scene.player.anchor + timedelta(days=20)

    def numbers(self, at):
        """Numbers without gaps, which only one at a time can draw."""
        values = {"name": f"Labels {self.code}", "implementation": "no_gap"}
        return self.step(at, "admin", "ir.sequence", "create", values)

    def put_off(self, at, job, until):
        """The job is not to run before a moment; when that is past it runs."""
        self.step(at, "admin", "queue.job", "write", [job], {"eta": text(until)})

    def run_put_off(self, due, begun, ended, job):
        """The moment has come until which the job was put off; it runs."""
        self.step(ended, "admin", "queue.job", "write", [job], {"eta": text(due)}, jobs=(begun, begun))

    def action(self, model, code):
        """An action that runs Python."""
        [(id,)] = self.scene.player.sql("select id from ir_model where model = %s", model)
        return {"name": "Run", "model_id": id, "state": "code", "code": code}

    def scheduled(self, at, model, code):
        """A scheduled action of Odoo's system user, run once; returns it."""
        values = self.action(model, code) | {"user_id": 1, "interval_number": 1, "interval_type": "weeks"}
        cron = self.step(at, "admin", "ir.cron", "create", values)
        self.run_again(at, cron)
        return cron

    def run_again(self, at, cron):
        """Run a scheduled action as the scheduler does; Odoo dates it without a write date."""
        self.step(at, "admin", "ir.cron", "method_direct_trigger", [cron])
        self.scene.player.pg.execute(
            "update ir_cron set lastcall = %(at)s, first_failure_date = case when failure_count = 1 then %(at)s "
            "else first_failure_date end where id = %(cron)s",
            {"at": at, "cron": cron},
        )

    def on_job(self, at, job, method):
        """Call a button of the job, and let it run if it is to."""
        self.step(at, "admin", "queue.job", method, [job], jobs=(at, at))

    def mend(self, at, second):
        """Take the second contact out of the circle."""
        self.step(at, "admin", "res.partner", "write", [second], {"parent_id": False})

    def cron_run(self, cron, note, at, failed=False, **facts):
        """The truth about a run of a scheduled action."""
        facts |= {"failed": 1, "failed_at": at} if failed else {}
        facts |= {"model": "ir.cron", "is_scheduled": True, "is_given_up": False, "is_correlated": False}
        status = "failed" if failed else "success"
        return Transaction(cron, None, None, note, status, at, begun=at, ended=at, **facts)

    def job(self, id, note, status, created, **facts):
        """The truth about a job. Odoo knows its company only: a plant where that has just one."""
        return Transaction(id, self.only_plant(), self.plant.company_name, note, status, created, **facts)

    def job_for(self, id, note, status, created, **facts):
        """The truth about a job for a document of the plant."""
        return Transaction(id, self.plant.key, self.plant.company_name, note, status, created, **facts)

    # ------------------------------------------------------------ webhooks and e-mails

    def next_contact(self):
        """The id that the next contact will have."""
        return self.scene.player.sql("select last_value + 1 from res_partner_id_seq")[0][0]

    def webhook(self, getter, code):
        """A rule that others call and that logs its calls; returns it and its address."""
        [(model,)] = self.scene.player.sql("select id from ir_model where model = 'res.partner'")
        action = self.action("res.partner", code) | {"usage": "base_automation"}
        values = {"name": f"{self.code} calls", "model_id": model, "trigger": "on_webhook", "record_getter": getter}
        values |= {"log_webhook_calls": True, "action_server_ids": [(0, 0, action)]}
        rule = self.scene.player.call("admin", "base.automation", "create", values)
        [(address,)] = self.scene.player.sql("select webhook_uuid from base_automation where id = %s", rule)
        return rule, address

    def hook(self, at, address, payload):
        """Call a webhook; returns the HTTP status."""
        return self.scene.player.hook(at, address, payload)

    def call(self, rule, note, at, error=None):
        """The truth about a call of a webhook, which is of no plant."""
        facts = {"failed": 1, "failed_at": at, "error": error} if error else {"is_end_told": False}
        facts |= {"model": "base.automation", "is_given_up": False, "is_correlated": False}
        status = "failed" if error else "success"
        return Transaction(rule, None, None, note, status, at, begun=at, ended=at, **facts)

    def write_to_vendor(self, at, order):
        """Write to the vendor about a purchase order; returns what tells of the e-mail."""
        vendor = self.scene.player.sql("select partner_id from purchase_order where id = %s", order)[0][0]
        self.step(at, "admin", "res.partner", "write", [vendor], {"email": "vendor@plant.example.com"})
        said = {"body": "Please confirm", "partner_ids": [vendor], "message_type": "comment"}
        self.step(
            at, "admin", "purchase.order", "message_post", [order], **said, subtype_xmlid="mail.mt_comment"
        )  # fmt: skip
        [(notification,)] = self.scene.player.sql(
            "select n.id from mail_notification n join mail_message m on m.id = n.mail_message_id "
            "where m.model = 'purchase.order' and m.res_id = %s and n.res_partner_id = %s",
            order,
            vendor,
        )
        return notification

    def mail(self, model, id, note, created, failed, plant, error=None):
        """The truth about an e-mail that failed; how often it was tried is not told."""
        facts = {"failed": 1, "failed_at": failed, "ended": failed, "model": model, "error": error}
        facts |= {"are_attempts_told": False, "is_correlated": False}
        return Transaction(id, plant, None, note, "failed", created, **facts)

    def reported(self, note, status, created, order=None, processed=None):
        """The truth about a run that the portal reports: it began three seconds after it was asked for and ended, if it
        is known how, six seconds later."""
        begun, ended = created + timedelta(seconds=3), created + timedelta(seconds=9)
        is_known = status != "unknown"
        line = {"run_id": f"{self.code}-{text(created)}", "flow": "answers", "status": status, "direction": "in"}
        line |= {"plant": self.plant.key, "created_at": text(created), "correlation_id": f"{self.code} {order or note}"}
        line |= {"odoo_model": order and "purchase.order", "odoo_res_id": order, "attempts": 1}
        line |= {"started_at": text(begun), "ended_at": text(ended)} if is_known else {}
        facts = {"begun": begun, "ended": ended} if is_known else {}
        facts |= {"failed": 1, "failed_at": ended} if status == "failed" else {}
        facts |= {"processed": processed + timedelta(seconds=9)} if processed else {}
        id = inbox.id_of(line, PORTAL)
        run = Transaction(id, self.plant.key, None, note, status, created, model="inbox.event", **facts)
        return Reported(line, run)

    # ------------------------------------------------------------ purchase

    def ask_by_activity(self, at, order):
        """An activity that asks the manager to approve the purchase order, and the audit log to tell who is asked."""
        self.scene.audit_activities()
        [(model,)] = self.scene.player.sql("select id from ir_model where model = 'purchase.order'")
        values = {
            "res_model_id": model,
            "res_id": order,
            "user_id": self.scene.player.uid("admin"),
            "summary": "Approve",
        }
        return self.step(at, "admin", "mail.activity", "create", values)

    def give_away(self, at, activity):
        """Somebody else is to do the activity."""
        values = {"user_id": self.scene.player.uid("pierre")}
        self.step(at, "admin", "mail.activity", "write", [activity], values)

    def new_purchase(self, at, price, reference=None, user="buyer"):
        """Create a request for quotation of ten pieces."""
        return self.step(
            at,
            user,
            "purchase.order",
            "create",
            {
                "partner_id": self.vendor[1],
                "picking_type_id": self.plant.receive,
                "partner_ref": reference,
                "company_id": self.plant.company,
                "order_line": [(0, 0, self.purchase_line(price) | {"date_planned": text(at + timedelta(days=7))})],
            },
        )

    def purchase_line(self, price):
        """Ten pieces of the component."""
        return {"product_id": self.component, "product_qty": 10, "price_unit": price / 10, "tax_ids": [(5,)]}

    def on_purchase(self, at, order, method, user):
        """Call a button of the purchase order."""
        return self.step(at, user, "purchase.order", method, [order])

    def purchase(self, order, note, **facts):
        """The truth about a purchase order."""
        return Purchase(order, self.plant.key, self.plant.company_name, "buyer", self.vendor[0], note, **facts)

    def reviews(self, order):
        """The ids of the order's tier reviews by their sequence number."""
        rows = self.scene.player.sql(
            "select sequence, id from tier_review where model = 'purchase.order' and res_id = %s", order
        )
        return dict(rows)
