// What is typed is not lost, on every page.
//
// The answer to a form, such as the form with what is wrong, becomes an ordinary entry of the history:
// Back and reload ask for that page, and the browser does not ask whether to send the form once more.
window.history.replaceState(window.history.state, "", window.location.href);

// A form that is sent without a connection would make place for the browser's own page, and take what
// was typed with it. It stays where it is, and says so beside the button that was pressed.
const { words, look } = document.getElementById("forms_stay-script").dataset;
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
window.addEventListener("online", () => {
  note.remove();
});
