"""Plant Pulse: the frame around every page. dashboard/server.py serves it."""

from contextlib import suppress
from html import escape

import streamlit as st

from dashboard import choices, components, data, download, filters, navigation, sign_in, texts, timing

reader = sign_in.reader()
page = st.navigation(navigation.pages(reader.roles), position="hidden")
components.window(page.title)
version = components.use_published()

chosen = st.session_state["filters"] = filters.asked(data.plants(), data.filter_options)
components.head(page, chosen, reader.roles)
sign_in.account(reader, data.plant_name)
filters.more(data.plants(), data.filter_options)
files = st.container(border=True, key="files") if choices.is_shown(filters.EXPORT) else None
components.trust_line(version, sign_in.still())

if navigation.is_for(page.url_path, reader.roles):
    download.begin()
    with suppress(components.PageEnds), components.guard(page.title), timing.SECONDS.labels(page.title).time():
        page.run()
    if files:
        with files, components.guard(texts.EXPORT):
            download.menu()
else:
    st.html(f'<div class="pp-note">{escape(texts.not_for(page.title, reader.roles))}</div>')
