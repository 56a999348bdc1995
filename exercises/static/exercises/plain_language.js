// Help under a text while it is written: long sentences and hard words, with a button that puts
// the simpler word in its place. It never stands in the way of saving, and says nothing when there
// is nothing to say. A replaced word is taken back as what was typed: Ctrl+Z.

import { csrfToken } from "../rugpijn/forms.js";

const WAIT = 600; // milliseconds after the last key
const places = document.querySelectorAll("[data-plain-language]");

places.forEach((place) => {
  place.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) {
      soon(place, event.target);
    }
  });
  place.querySelectorAll("textarea").forEach((field) => {
    if (field.value.trim() && !field.name.includes("__prefix__")) {
      new IntersectionObserver((seen, observer) => {
        if (seen[0].isIntersecting) {
          observer.disconnect();
          read(place, field);
        }
      }).observe(field);
    }
  });
});

function soon(place, field) {
  clearTimeout(field.timer);
  field.timer = setTimeout(() => {
    read(place, field);
  }, WAIT);
}

async function read(place, field) {
  const text = field.value;
  let found = { lines: [] };
  if (text.trim()) {
    try {
      found = await ask(place, text);
    } catch {
      return; // no connection: no help, and nothing lost
    }
  }
  if (field.value === text) {
    show(place, field, found.lines || []);
  }
}

async function ask(place, text) {
  const answer = await fetch(place.dataset.plainLanguage, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "X-CSRFToken": csrfToken(),
    },
    body: new URLSearchParams({ text: text, language: place.dataset.language }),
  });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}

function box(field) {
  if (!field.help) {
    field.help = document.createElement("div");
    field.help.className = "plain-language";
    field.help.setAttribute("role", "status");
    field.after(field.help);
  }
  return field.help;
}

function show(place, field, lines) {
  const said = JSON.stringify(lines);
  if (field.said === said || (!lines.length && !field.help)) {
    return; // what was said already is not said again
  }
  field.said = said;
  const list = document.createElement("ul");
  list.append(...lines.map((line) => item(place, field, line)));
  box(field).replaceChildren(...(lines.length ? [list] : []));
}

function item(place, field, line) {
  const row = document.createElement("li");
  row.append(line.says);
  row.classList.toggle("strong", Boolean(line.strong));
  if (line.button) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = line.button;
    button.setAttribute("aria-label", line.label);
    button.addEventListener("click", () => {
      replace(place, field, line);
    });
    row.append(" ", button);
  }
  return row;
}

// The server counts characters, a browser counts halves of the rare ones.
function inBrowser(text, place) {
  return Array.from(text).slice(0, place).join("").length;
}

function replace(place, field, line) {
  const start = inBrowser(field.value, line.start);
  const end = inBrowser(field.value, line.end);
  if (field.value.slice(start, end) !== line.hard) {
    read(place, field); // typed on meanwhile
    return;
  }
  field.focus();
  field.setSelectionRange(start, end);
  // The one way that the browser's own undo knows of.
  if (!document.execCommand("insertText", false, line.simple)) {
    field.setRangeText(line.simple, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  clearTimeout(field.timer);
  read(place, field);
}
