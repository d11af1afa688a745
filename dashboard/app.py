"""Plant Pulse: the frame around every page. dashboard/server.py serves it."""

from html import escape

import streamlit as st

from dashboard import components, data, download, filters, navigation, sign_in, texts, timing

st.set_page_config(page_title=texts.APP, page_icon=str(components.ICON), layout="wide")
st.html(components.STYLE)
st.logo(str(components.LOGO), size="large")

reader = sign_in.reader()
page = st.navigation(navigation.pages(reader.roles), position="top")
st.set_page_config(page_title=f"{page.title} · {texts.APP}")
version = components.use_published()

sign_in.account(reader, data.plant_name)
with st.container(key="head", horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(page.title, anchor=False, width="content")
    with st.container(key="filters", horizontal=True, vertical_alignment="top", width="content"):
        st.session_state["filters"] = filters.bar(data.plants(), data.filter_options)
        files = st.container(width="content", key="files")
components.trust_line(version, sign_in.still())

if navigation.is_for(page.url_path, reader.roles):
    download.begin()
    with components.guard(page.title), timing.SECONDS.labels(page.title).time():
        page.run()
    with files, components.guard(texts.EXPORT):
        download.menu()
else:
    st.html(f'<div class="pp-note">{escape(texts.not_for(page.title, reader.roles))}</div>')
