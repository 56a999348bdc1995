// A form that is sent without a connection would make place for the browser's own page, and take what
// was typed with it. It stays where it is, and says so beside the button that was pressed.
"use strict";

const { words, look } = document.currentScript.dataset;
const note = document.createElement("p");
note.className = look;
note.setAttribute("role", "alert");

function stayWithForm(event) {
  const form = event.target;
  if (event.defaultPrevented || navigator.onLine || form.method !== "post") {
    return;
  }
  event.preventDefault();
  const button = event.submitter || form.querySelector("[type=submit], button:not([type])");
  (button ? button.closest("p, div") || button : form.lastElementChild).before(note);
  note.textContent = words; // after it stands in the page, or no voice reads it
  note.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", stayWithForm);
window.addEventListener("online", function () {
  note.remove();
});
