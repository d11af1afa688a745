"""Master data: which products, bills of materials, prices and vendors are wrong, what needs them, and whose they are.

Heads of engineering, purchasing and cost accounting open it and decide which records are cleaned first, and by whom.
Three clicks: a check or an owner; the record that costs most; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, master_data_view

TITLE = "Master data"
SECTION = "Control"

chosen = st.session_state["filters"]
with components.guard("Summary"):
    master_data_view.summary(data.master_data_faults(chosen), data.master_data_checks(chosen), chosen)
with components.guard("Records to clean first"):
    master_data_view.faults(data.master_data_faults(chosen), chosen)
with components.guard("Who is to clean"):
    master_data_view.owners(data.master_data_faults(chosen), chosen)
with components.guard("Checks"):
    master_data_view.checks(data.master_data_checks(chosen), chosen)
