// Loaded by every page before the app itself (dashboard/server.py).
(() => {
  const root = new URL("..", document.currentScript.src);

  // Where the app is: it would look for it below the page first, and then wait.
  window.__streamlit = { BACKEND_BASE_URL: root.href };

  // A link in a table or chart changes the page in place, as one of the menu does, and does not load everything again.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]:not(.pp-button)");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.getAttribute("href"), location.href);
    const isPage = to.origin === root.origin && /^\w*$/.test(to.pathname.slice(root.pathname.length)) && to.pathname.startsWith(root.pathname);
    if (!isPage || to.hash || !["", "_self"].includes(link.target)) return;
    event.preventDefault();
    if (to.pathname !== location.pathname) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  });
})();
