// Draws what pages show of numbers over time: each .pp-spark as a line of its own (dashboard/sparkline.py), and each
// .pp-chart with Plotly, which a page without one never loads (dashboard/charts.py).
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const part = (name, attributes) => {
    const found = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => found.setAttribute(key, value));
    return found;
  };

  const line = (box) => {
    const { line, end, band, target } = box.dataset;
    const drawn = part("svg", { viewBox: "0 0 101.8 40", preserveAspectRatio: "none", "aria-hidden": "true" });
    if (band) {
      const [top, bottom] = band.split(" ");
      drawn.append(part("rect", { y: top, width: 100, height: bottom - top }));
    }
    if (target) drawn.append(part("path", { class: "pp-goal", d: `M0 ${target}H100` }));
    drawn.append(part("path", { d: line }), part("path", { class: "pp-end", d: `M${end}h0` }));
    box.replaceChildren(drawn);
  };

  // A line is drawn when one comes near it, and for paper.
  const seen = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
    if (isIntersecting && !target.firstChild) line(target);
  }), { rootMargin: "25%" });
  const sparks = document.getElementsByClassName("pp-spark");
  const lines = () => {
    for (const box of sparks) if (box.dataset.line && !box.firstChild) seen.observe(box);
  };
  addEventListener("beforeprint", () => { for (const box of sparks) if (box.dataset.line && !box.firstChild) line(box); });

  const address = document.currentScript.dataset.plotly;
  let loading;

  // The page has it among its scripts where it begins with a chart; one that comes to a chart later asks for it then.
  const plotly = () => {
    if (window.Plotly) return Promise.resolve();
    return loading ??= new Promise((loaded, failed) => {
      let script = document.querySelector(`script[src="${address}"]`);
      if (!script) {
        script = Object.assign(document.createElement("script"), { src: address });
        document.head.append(script);
      }
      script.addEventListener("load", loaded);
      script.addEventListener("error", () => { script.remove(); failed(); });
    });
  };

  // What a figure does not say is as the rest of the page, in the theme that the reader has now (style.css).
  const dressed = (box, data, layout) => {
    const { color, backgroundColor: ground, borderTopColor: grid, caretColor: muted, fontFamily: family } = getComputedStyle(box);
    const isNarrow = box.clientWidth < 480;
    const dress = (axis) => ({
      gridcolor: grid, linecolor: grid, zeroline: false, ticks: "", tickfont: { color: muted, size: 11 }, ...axis,
      tickvals: axis.tickvals?.filter((_, number) => !isNarrow || number % 2 === 0),
      dtick: axis.dtick && axis.dtick * (isNarrow ? 2 : 1),
      title: { standoff: 8, ...axis.title, font: { color: muted, size: 12 } },
    });
    const isLegendOfTwoLines = isNarrow && layout.showlegend && data.filter((one) => one.showlegend !== false).length > 2;
    const axes = Object.keys(layout).filter((name) => /^[xy]axis/.test(name));
    return {
      ...layout, autosize: true, margin: { ...layout.margin, b: layout.margin.b + 20 * isLegendOfTwoLines },
      paper_bgcolor: ground, plot_bgcolor: ground, font: { color, family, size: 12 },
      hoverlabel: { bgcolor: ground, bordercolor: grid, font: { color, family, size: 13 } },
      annotations: (layout.annotations ?? []).map((one) => ({ ...one, font: { color: muted, ...one.font } })),
      ...Object.fromEntries(axes.map((name) => [name, dress(layout[name])])),
    };
  };

  const draw = (box) => {
    const { data, layout, config } = JSON.parse(box.dataset.figure);
    window.Plotly.react(box, data, dressed(box, data, layout), config);
  };

  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    if (target.isConnected && target.clientWidth !== target._fullLayout?.width) window.Plotly.Plots.resize(target);
  }));

  const charts = document.getElementsByClassName("pp-chart");
  const look = async () => {
    lines();
    if (!charts.length || ![...charts].some((box) => !box.dataset.drawn)) return;
    try { await plotly(); } catch {
      loading = null; // the next look asks again; the table behind a chart tells the same
      return;
    }
    [...charts].filter((box) => !box.dataset.drawn).forEach((box) => {
      box.dataset.drawn = "yes";
      draw(box);
      widths.observe(box);
    });
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });

  // Another theme gives a chart another colour; style.css tells by a transition.
  document.addEventListener("transitionend", ({ target }) => { if (target.dataset?.drawn) draw(target); });
})();
