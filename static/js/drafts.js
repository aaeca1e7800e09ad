/* What is typed into a long form stays in this tab until it is sent, discarded or signed out of.
   Only forms that carry data-draft: nothing sealed, nothing of a case, nothing outside the desk. */
(() => {
  "use strict";
  const prefix = "hrdd-draft:";
  const sent = "hrdd-draft-sent";
  const here = location.pathname + location.search;
  const drop = (keep) => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix) && !keep(key)).forEach((key) => sessionStorage.removeItem(key));

  const left = sessionStorage.getItem(sent);
  if (left && left !== here) sessionStorage.removeItem(prefix + left); // it was taken: a refused form stays where it is
  sessionStorage.removeItem(sent);

  document.querySelectorAll('form[action$="/sign-out/"]').forEach((form) => form.addEventListener("submit", () => drop(() => false)));

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const person = form.dataset.draft;
  const owned = (key) => { try { return JSON.parse(sessionStorage.getItem(key)).person === person; } catch { return false; } };
  drop(owned);

  const fields = [...form.elements].filter((one) => one.name && one.matches("textarea, input[type=text]"));
  const note = form.querySelector("[data-draft-note]");
  const kept = sessionStorage.getItem(prefix + here);
  const typed = kept ? JSON.parse(kept).typed : {};
  // A refused form comes back with what was typed as its own text: it stays a draft over what stood before.
  const over = (one) => left === here && typed[one.name] && typed[one.name].text === one.defaultValue ? typed[one.name].over : one.defaultValue;
  const back = fields.filter((one) => typed[one.name] && typed[one.name].over === one.defaultValue && typed[one.name].text !== one.value);
  back.forEach((one) => { one.value = typed[one.name].text; });
  if (note && back.length) {
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      sessionStorage.removeItem(prefix + here);
      back.forEach((one) => { one.value = one.defaultValue; });
      note.hidden = true;
      back[0].focus();
    });
  }

  form.addEventListener("input", () => {
    const now = {};
    fields.filter((one) => one.value !== over(one)).forEach((one) => { now[one.name] = { text: one.value, over: over(one) }; });
    sessionStorage.setItem(prefix + here, JSON.stringify({ person, typed: now }));
  });
  form.addEventListener("submit", () => sessionStorage.setItem(sent, here));
})();
