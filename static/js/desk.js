/* The palette, the keys and their sheet. Every page works without: /desk/search/ and /desk/shortcuts/ say and do the same. */
(() => {
  "use strict";
  const menus = [...document.querySelectorAll(".bar details")];
  const closeBut = (place) => menus.forEach((menu) => { if (!menu.contains(place)) menu.open = false; });
  document.addEventListener("click", (event) => closeBut(event.target));
  document.addEventListener("focusin", (event) => closeBut(event.target));
  menus.forEach((menu) => menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  }));
  /* A form in a row of a list: Enter saves, Escape leaves. */
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-in-row]");
    if (!form || event.isComposing) return;
    if (event.key === "Escape") form.querySelector("[data-leave]").click();
    else if (event.key === "Enter" && event.target.matches("select")) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  const palette = document.getElementById("palette");
  if (!palette) return;
  const words = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const status = palette.querySelector("[role=status]");
  const help = document.getElementById("keys-help");
  let asked = 0;
  let waits;

  const read = (text) => new DOMParser().parseFromString(text, "text/html");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => list.querySelector("[aria-selected=true]");
  const select = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (option) option.scrollIntoView({ block: "nearest" });
    option ? words.setAttribute("aria-activedescendant", option.id) : words.removeAttribute("aria-activedescendant");
  };
  const open = (option) => location.assign(option.dataset.url);

  const fill = async () => {
    const mine = ++asked;
    const answer = await fetch(`${palette.dataset.options}?q=${encodeURIComponent(words.value)}`, { redirect: "error" }).catch(() => null);
    if (mine !== asked) return;
    if (!answer || !answer.ok) {
      list.replaceChildren();
      status.textContent = "No answer. Press Enter to open the search page.";
      return;
    }
    const page = read(await answer.text());
    if (mine !== asked) return;
    list.replaceChildren(...page.body.childNodes);
    options().forEach((option, place) => { option.id = `palette-option-${place}`; });
    words.setAttribute("aria-expanded", String(options().length > 0));
    select(words.value.trim() ? options()[0] : null);
    status.textContent = `${options().length} to choose from.`;
  };

  const show = () => {
    if (palette.open) return;
    palette.showModal();
    words.select();
    fill();
  };
  words.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(fill, 150); });
  words.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(active());
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, PageDown: Math.min(at + 5, all.length - 1), PageUp: Math.max(at - 5, 0) }[event.key];
    if (to !== undefined && all.length) { select(all[(to + all.length) % all.length]); event.preventDefault(); }
    else if (event.key === "Enter" && at >= 0) { open(all[at]); event.preventDefault(); }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) open(option); });
  [palette, help].forEach((dialog) => dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }));
  document.querySelectorAll("[data-palette]").forEach((link) => {
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); show(); } });
  });

  /* Single letters: off until the desk says that this person wants them. */
  const kept = "hrdd-single-keys";
  const here = document.querySelector("[data-single-keys]");
  if (here) sessionStorage.setItem(kept, here.dataset.singleKeys);
  const may = () => sessionStorage.getItem(kept) === "on";
  if (sessionStorage.getItem(kept) === null) {
    fetch(palette.dataset.keys, { redirect: "error" })
      .then((answer) => answer.json())
      .then((said) => sessionStorage.setItem(kept, said.single_keys ? "on" : "off"))
      .catch(() => {});
  }

  const sheet = async () => {
    const place = help.querySelector(".sheet");
    if (!place.firstElementChild) {
      const page = await fetch(palette.dataset.sheet, { redirect: "error" }).then((answer) => answer.text());
      place.replaceChildren(...read(page).getElementById("sheet").childNodes);
    }
    if (!help.open) help.showModal();
  };
  const rows = () => [...document.querySelectorAll("main table.stack > tbody > tr, main .list > li")]
    .map((row) => row.querySelector("th a[href], .row a[href]")).filter((link) => link && link.offsetParent);
  const step = (by) => {
    const links = rows();
    const row = document.activeElement.closest("tr, .list > li");
    const at = links.findIndex((link) => row && row.contains(link));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) next.focus();
  };
  const choose = () => {
    const row = document.activeElement.closest("tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  let going = 0;
  const go = async (letter) => {
    await sheet();
    const link = help.querySelector(`[data-go="${CSS.escape(letter)}"]`);
    if (link) location.assign(link.href);
  };
  const acts = { "/": show, "?": sheet, j: () => step(1), k: () => step(-1), x: choose, g: () => { going = Date.now(); } };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return show();
    }
    const typing = event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (!may() || event.defaultPrevented || document.querySelector("form[data-review]")) return;
    if (going && Date.now() - going < 2000 && /^[a-z]$/.test(event.key)) {
      going = 0;
      event.preventDefault();
      return go(event.key);
    }
    going = 0;
    if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
  });
})();
