/* An access review by the keyboard: j and k move, y keeps, x ticks. Everything works by buttons too. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-review]");
  if (!form) return;
  const lines = [...form.querySelectorAll("[data-line]")];
  const place = "hrdd-review-line";
  const go = (at) => {
    const line = lines[Math.max(0, Math.min(at, lines.length - 1))];
    if (line) line.focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, input:not([type=checkbox]), select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || sessionStorage.getItem("hrdd-single-keys") === "off") return;
    const at = lines.indexOf(document.activeElement.closest("[data-line]"));
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) lines[at].querySelector("input[type=checkbox]").click();
    else if (event.key === "y" && at >= 0) {
      const keep = lines[at].querySelector("button[name=verdict]");
      if (!keep) return go(at + 1);
      sessionStorage.setItem(place, String(at + 1));
      keep.click();
    } else return;
    event.preventDefault();
  });
  const next = sessionStorage.getItem(place);
  if (next !== null) {
    sessionStorage.removeItem(place);
    go(Number(next));
  }
})();
