// Reads the weeks of a row back while they are typed, as the patient will read them. The server
// reads the text, so the page and a save cannot disagree.

import { ask, field, group, isHere, rows, say } from "./programme_rows.js";

const WAIT = 400; // milliseconds after the last key

if (isHere) {
  begin();
}

function begin() {
  group.addEventListener("input", (event) => {
    if (event.target.matches("input[name$='-period']")) {
      const row = event.target.closest(".prescription");
      clearTimeout(row.periodTimer);
      row.periodTimer = setTimeout(() => {
        read(row);
      }, WAIT);
    }
  });
  rows().forEach(describe);
  group.addEventListener("rows:changed", () => {
    rows().forEach(describe);
  });
}

function describe(row) {
  const reading = row.querySelector(".period-reading");
  reading.id = field(row, "period").id + "-reading";
  field(row, "period").setAttribute("aria-describedby", reading.id);
}

async function read(row) {
  const text = field(row, "period").value.trim();
  let answer;
  try {
    answer = await ask(group.dataset.periodAddress, {
      text: text,
      language: group.dataset.language,
      started: group.dataset.started,
    });
  } catch {
    return; // no connection: the save reads it too
  }
  if (field(row, "period").value.trim() !== text) {
    return; // typed on meanwhile
  }
  const reading = row.querySelector(".period-reading");
  const old = row.querySelector(".row-period .errorlist");
  if (old) {
    old.remove();
  }
  reading.textContent = answer.error || answer.sentence;
  reading.classList.toggle("wrong", Boolean(answer.error));
  field(row, "period").toggleAttribute("aria-invalid", Boolean(answer.error));
  if (!answer.error) {
    row.dataset.first = answer.first;
    row.dataset.last = answer.last === null ? "" : answer.last;
    group.dispatchEvent(new CustomEvent("rows:changed"));
  }
  say(row, reading.textContent);
}
