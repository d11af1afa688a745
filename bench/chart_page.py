"""The least page with one chart drawn by Streamlit's own Plotly, beside which bench/pages.py measures ours."""

import streamlit as st

st.metric("Orders", 42)
st.plotly_chart({"data": [{"type": "scatter", "x": [1, 2, 3], "y": [2, 3, 5]}], "layout": {"height": 280}})
