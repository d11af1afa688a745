"""The least page with one Plotly chart: what Plotly itself takes of the pages that bench/pages.py measures."""

import streamlit as st

st.metric("Orders", 42)
st.plotly_chart({"data": [{"type": "scatter", "x": [1, 2, 3], "y": [2, 3, 5]}], "layout": {"height": 280}})
