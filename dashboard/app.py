"""Plant Pulse: the frame around every page.

Start it from the repository's root, which `-m` puts on the path: python -m streamlit run dashboard/app.py
"""

import streamlit as st

from dashboard import components, data, filters, navigation, texts

st.set_page_config(page_title=texts.APP, page_icon=str(components.ICON), layout="wide")
st.html(components.STYLE)
st.logo(str(components.LOGO), size="large")

page = st.navigation(navigation.pages(), position="top")
st.set_page_config(page_title=f"{page.title} · {texts.APP}")
version = components.use_published()

with st.container(key="head", horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(page.title, anchor=False, width="content")
    with st.container(key="filters", horizontal=True, vertical_alignment="top", width="content"):
        st.session_state["filters"] = filters.bar([row["plant"] for row in data.plants()])
components.trust_line(version)

with components.guard(page.title):
    page.run()
