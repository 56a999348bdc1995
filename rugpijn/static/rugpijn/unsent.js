// A page with several forms: sending one keeps what was typed in the others; so does a link that
// comes back to its form. It stays in this tab, for the person who typed it, until the page is shown
// again; logging out erases it.
const PREFIX = "unsent:";
const LASTS = 3600 * 1000; // as long as what a session keeps
// Who types here, and the words for what stands in a field and is not saved.
const { person, words: notSaved } = document.getElementById("unsent-script").dataset;
const here = PREFIX + location.pathname;

function forms() {
  return Array.from(document.querySelectorAll("form[method='post']"));
}

function typedIn(form) {
  return Array.from(form.elements).filter(
    (field) =>
      field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type),
  );
}

// A form and a field by what stays the same when the page is made anew.
function place(form, field) {
  const same = typedIn(form).filter((each) => each.name === field.name);
  const order = field.type === "radio" ? field.value : same.indexOf(field);
  const which = form.querySelector("input[type='hidden'][name='what']"); // of one page's own forms
  const address = form.getAttribute("action") || "";
  return [address, which ? which.value : "", field.name, order].join("|");
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.tagName === "SELECT") {
    const options = Array.from(field.options);
    const begins = options.some((option) => option.defaultSelected);
    return begins
      ? options.some((option) => option.selected !== option.defaultSelected)
      : field.selectedIndex > 0;
  }
  return field.value !== field.defaultValue;
}

function valueIn(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

function forgetAll() {
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(PREFIX))
    .forEach((key) => {
      sessionStorage.removeItem(key);
    });
}

function keepOthers(event) {
  const sent = event.target;
  if (event.defaultPrevented) {
    return;
  }
  // The attribute: `sent.action` is the field of that name where a form has one, as lists do.
  const address = new URL(sent.getAttribute("action") || "", location.href);
  if (address.pathname.endsWith("/logout/")) {
    forgetAll();
    return;
  }
  keep(forms().filter((each) => each !== sent));
}

// To a page where something is made for this form, which leads back to it.
function keepAll(event) {
  if (event.target.closest("a[data-comes-back]")) {
    keep(forms());
  }
}

function keep(unsent) {
  const typed = {};
  for (const form of unsent) {
    for (const field of typedIn(form).filter(isChanged)) {
      typed[place(form, field)] = valueIn(field);
    }
  }
  if (Object.keys(typed).length) {
    sessionStorage.setItem(here, JSON.stringify({ person, at: Date.now(), typed }));
  }
}

function putBack() {
  const kept = JSON.parse(sessionStorage.getItem(here) || "null");
  sessionStorage.removeItem(here);
  if (!kept || kept.person !== person || Date.now() - kept.at > LASTS) {
    return;
  }
  for (const form of forms()) {
    const back = [];
    for (const field of typedIn(form)) {
      const value = kept.typed[place(form, field)];
      if (value === undefined || isChanged(field)) {
        continue;
      }
      if (typeof value === "boolean") {
        field.checked = value;
      } else {
        field.value = value;
      }
      const folded = field.closest("details");
      if (folded) {
        folded.open = true;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      back.push(field);
    }
    sayNotSaved(form, back);
  }
}

function labelOf(field) {
  const group = field.type === "radio" ? field.closest("fieldset") : null;
  const label = (group && group.querySelector("legend")) || (field.labels && field.labels[0]);
  const text = field.getAttribute("aria-label") || (label ? label.textContent : "");
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/\s*[:*]$/, "");
}

// A field that was filled again looks saved: said in words beside the button that saves it.
function sayNotSaved(form, back) {
  const button = form.querySelector("button:not([type='button']), input[type='submit']");
  const named = Array.from(new Set(back.map(labelOf).filter(Boolean)));
  if (!back.length || !button || !notSaved) {
    return;
  }
  const said = document.createElement("p");
  said.className = "not-saved";
  said.setAttribute("role", "status");
  said.textContent = named.length ? `${notSaved} ${named.join(", ")}.` : notSaved;
  const rows = form.querySelectorAll(".submit-row");
  (rows.length ? rows[rows.length - 1] : button).before(said);
}

if (person) {
  document.addEventListener("submit", keepOthers);
  document.addEventListener("click", keepAll);
  document.addEventListener("DOMContentLoaded", putBack);
} else {
  forgetAll();
}
