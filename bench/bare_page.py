"""The least page Streamlit can show: what bench/pages.py holds the pages of the dashboard against."""

import streamlit as st

st.metric("Orders", 42)
