// Asks before a programme with unsaved changes is left. A page that came back with a mistake in it
// was not saved either.

import { snapshot } from "../rugpijn/forms.js";

const form = document.querySelector(".prescriptions")?.closest("form");
let saved = null;
let sending = false;

if (form) {
  window.addEventListener("load", () => {
    saved = form.querySelector(".errornote, .errorlist") ? null : snapshot(form);
  });
  form.addEventListener("submit", () => {
    sending = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && snapshot(form) !== saved) {
      event.preventDefault();
    }
  });
}
