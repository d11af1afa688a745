"""Six charts over a published warehouse in Dash, as a Python user would write them: beside bench/pages.py.

    python bench/dash_page.py WAREHOUSE PORT

Three figures with their trend, the weekly median by plant, a bar by plant, and the rows, with a filter on plants.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import plotly.express as px
from dash import Dash, Input, Output, dash_table, dcc, html
from waitress import serve

CASES = """select * from fct_production_order where created_at is not null
    and (len($plants) = 0 or list_contains($plants, plant))"""
WEEK = f"""with cases as ({CASES})
    select date_trunc('week', created_at) as week, coalesce(plant, 'none') as plant, count(*) as orders,
        median(epoch(released_at - created_at) / 3600) as hours, avg((released_at is null)::int) as waiting,
        sum(quantity) as quantity from cases group by all order by all"""
ROWS = f"""with cases as ({CASES}) select name, plant, product, created_at, released_at from cases
    order by created_at desc limit 500"""


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    con = duckdb.connect(str(folder / (folder / "CURRENT").read_text().strip()), read_only=True)
    plants = [plant for (plant,) in con.execute("select distinct plant from fct_production_order").fetchall() if plant]
    app = Dash(serve_locally=True)
    app.layout = html.Div(
        [html.H1("Production orders"), dcc.Checklist(sorted(plants)[:6], [], id="plants", inline=True)]
        + [dcc.Graph(id=name) for name in ("orders", "hours", "waiting", "weekly", "by_plant")]
        + [dash_table.DataTable(id="rows", page_size=500)]
    )

    @app.callback(
        [Output(name, "figure") for name in ("orders", "hours", "waiting", "weekly", "by_plant")]
        + [Output("rows", "data")],
        Input("plants", "value"),
    )
    def drawn(chosen: list[str]):
        own = con.cursor()
        weeks = own.execute(WEEK, {"plants": chosen}).df()
        together = weeks.groupby("week", as_index=False)[["orders", "hours", "waiting", "quantity"]].mean()
        rows = own.execute(ROWS, {"plants": chosen}).df()
        return [
            *(px.line(together, x="week", y=name) for name in ("orders", "hours", "waiting")),
            px.line(weeks, x="week", y="hours", color="plant"),
            px.bar(weeks.groupby("plant", as_index=False)["orders"].sum(), x="plant", y="orders"),
            rows.astype(str).to_dict("records"),
        ]

    serve(app.server, host="127.0.0.1", port=port, threads=4, _quiet=True)


if __name__ == "__main__":
    main()
