/* Passkeys: asks the device, puts its answer into the form and sends it. Everything else of a page works without. */
(() => {
  "use strict";
  const bytes = (said) => Uint8Array.from(atob(said.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const toAsk = (options) => ({ ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) });
  const toMake = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: ids(options.excludeCredentials),
  });

  const told = (made) => {
    const answer = made.response;
    const response = { clientDataJSON: text(answer.clientDataJSON) };
    if (answer.attestationObject) {
      response.attestationObject = text(answer.attestationObject);
    } else {
      response.authenticatorData = text(answer.authenticatorData);
      response.signature = text(answer.signature);
      if (answer.userHandle) response.userHandle = text(answer.userHandle);
    }
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
  };

  const ask = async (form) => {
    const sent = new FormData();
    sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(form.dataset.passkeyOptions, { method: "POST", body: sent, credentials: "same-origin" });
    const options = await answer.json();
    if (!answer.ok) throw new Error(options.refusal || options.detail || "The site did not answer. Load the page again.");
    const asked = options.publicKey;
    const making = Boolean(asked.user);
    const made = making
      ? await navigator.credentials.create({ publicKey: toMake(asked) })
      : await navigator.credentials.get({ publicKey: toAsk(asked) });
    form.elements[form.dataset.passkeyField].value = JSON.stringify(told(made));
    form.submit();
  };

  document.querySelectorAll("form[data-passkey-options]").forEach((form) => {
    const said = form.querySelector("[data-passkey-said]");
    if (!window.PublicKeyCredential) {
      said.textContent = "This browser knows no passkeys here. They need HTTPS, or the host name “localhost” in a trial.";
      return;
    }
    form.querySelectorAll("[data-passkey-button]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", (event) => {
        event.preventDefault();
        if (form.dataset.asking || !form.reportValidity()) return; // a second challenge would make the first answer void
        form.dataset.asking = "yes";
        said.textContent = "Your device asks you now.";
        ask(form).catch((failure) => {
          delete form.dataset.asking;
          said.textContent = failure.name === "NotAllowedError"
            ? "Nothing was confirmed on the device. Try again, or take another way."
            : failure.message;
        });
      });
    });
  });
})();
