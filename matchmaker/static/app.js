// Comfort, never a condition: every page works without this file.
(() => {
  "use strict";

  // A second tap on a slow line must not send twice. After ten seconds (a download has come, the page is still
  // there) or after coming back by the browser's arrow the button is free again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => release(form), 10000);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(release);
  });
  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }

  document.querySelectorAll("[data-print], [data-copy]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (button?.dataset.copy) copy(button);
    else if (button) window.print();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    // The old way stays for plain http, where navigator.clipboard does not exist.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    const label = button.querySelector("span");
    const before = label.textContent;
    label.setAttribute("role", "status");
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2500);
  }

  // A region with data-refresh-url is fetched again until the answer has none;
  // data-refresh-done opens that page.
  function watch(region) {
    const seconds = Math.max(1, Number(region.dataset.refreshSeconds) || 2);
    let misses = 0;
    const look = async () => {
      if (document.hidden) return again(seconds);
      try {
        const answer = await fetch(region.dataset.refreshUrl, { headers: { "X-Fragment": "1" }, credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        misses = 0;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
        const done = fresh.querySelector("[data-refresh-done]");
        if (done) return window.location.assign(done.dataset.refreshDone || window.location.href);
        const inner = fresh.querySelector("[data-refresh-url]");
        // The same words would be read aloud again.
        if ((inner || fresh).innerHTML !== region.innerHTML) region.replaceChildren(...(inner || fresh).childNodes);
        if (!inner) return;
        region.dataset.refreshUrl = inner.dataset.refreshUrl;
        again(seconds);
      } catch {
        misses += 1;
        if (misses < 8) again(seconds * 2 ** misses);
      }
    };
    const again = (wait) => setTimeout(look, wait * 1000);
    again(seconds);
  }
  document.querySelectorAll("[data-refresh-url]").forEach(watch);

  // A changed choice is counted before anything is sent; the button says so.
  document.addEventListener("change", (event) => {
    event.target.form?.querySelectorAll("[data-changed-label]").forEach((button) => {
      Object.assign(button, { name: "count", value: "1", disabled: false });
      button.querySelector("span").textContent = button.dataset.changedLabel;
    });
  });

  document.querySelector("[data-focus]")?.focus();
})();
