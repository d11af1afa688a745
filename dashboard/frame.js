// Loaded by every page before the app itself (dashboard/server.py).
(() => {
  const root = new URL("..", document.currentScript.src);

  // Where the app is: it would look for it below the page first, and then wait.
  window.__streamlit = { BACKEND_BASE_URL: root.href };

  // What drops down folds again, except where the reader is.
  const close = (at) => {
    document.querySelectorAll("details.pp-drop[open]").forEach((one) => { if (!one.contains(at)) one.open = false; });
    const menu = document.querySelector(".pp-menu-button"); // on a phone
    const isOpen = menu?.getAttribute("aria-expanded") === "true";
    menu?.setAttribute("aria-expanded", at === menu ? !isOpen : isOpen && Boolean(at?.closest(".pp-menu")));
  };

  // To another address of the app, in place, as one of Streamlit's own links does: nothing is loaded again.
  const go = (to) => {
    if (to.pathname !== location.pathname) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    close(null);
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  };

  // A filter changes its own part of the address; the rest is as the widgets of the page have left it. What is asked
  // anew begins at its first page.
  const changed = (name, values, isFilter = true) => {
    const to = new URL(location.href);
    const dropped = [...to.searchParams.keys()].filter((key) => key === name || (isFilter && key.startsWith("page_")));
    dropped.forEach((key) => to.searchParams.delete(key));
    values.forEach((value) => to.searchParams.append(name, value));
    return to;
  };

  document.addEventListener("click", (event) => {
    close(event.target);
    const ticked = event.target.closest("button[data-filter]");
    if (ticked) {
      const boxes = [...ticked.parentElement.querySelectorAll("input:checked")];
      go(changed(ticked.dataset.filter, boxes.map((one) => one.value)));
      return;
    }
    const link = event.target.closest("a[href]:not(.pp-button)");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.getAttribute("href"), location.href);
    const isPage = to.origin === root.origin && /^\w*$/.test(to.pathname.slice(root.pathname.length)) && to.pathname.startsWith(root.pathname);
    if (!isPage || to.hash || !["", "_self"].includes(link.target)) return;
    event.preventDefault();
    const { filter, part } = link.dataset;
    go(filter || part ? changed(filter || part, to.searchParams.getAll(filter || part), Boolean(filter)) : to);
  });

  document.addEventListener("change", ({ target }) => {
    if (target.matches(":is(select, input:is([type=date], [type=search]))[data-filter]")) go(changed(target.dataset.filter, target.value ? [target.value] : []));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector('details.pp-drop[open] > summary, .pp-menu-button[aria-expanded="true"]');
    close(null);
    open?.focus();
  });
})();
