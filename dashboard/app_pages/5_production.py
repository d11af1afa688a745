"""Production: orders at risk, what keeps orders from beginning, work-center queues, the frozen plan, shifts.

A plant manager or head of production opens it before the morning meeting and decides which orders to push, which
blocker to remove and which work center to feed; a shift leader opens its shift view at the hand-over. Three clicks: a
blocker or order; its timeline; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, panel, production_view, shift_view

TITLE = "Production"
CHARTS = True
SECTION = "Operations"

chosen = st.session_state["filters"]
view = production_view.choose()
if view == "shift":
    with components.guard("The shift"):
        shift_view.show(chosen)
    components.end()

with components.guard("Open orders"):
    orders, blocked, queues = (
        data.open_production(chosen),
        data.release_blockers(chosen),
        data.work_center_queues(chosen),
    )
    production_view.summary(orders, blocked, queues)
    production_view.at_risk(orders, chosen)
with components.guard("What keeps orders from beginning"):
    production_view.blockers(data.release_blockers(chosen), chosen)
with components.guard("Queues of work centers"):
    production_view.queues(data.work_center_queues(chosen))
with components.guard("The frozen plan"):
    production_view.plan(data.open_production(chosen), chosen)
with components.guard("KPIs of production"):
    panel.kpis("How production develops", production_view.KPIS, chosen)
components.show({"How long releases take": lambda: production_view.lead_time(chosen)})
