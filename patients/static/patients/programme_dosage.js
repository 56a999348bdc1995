// Reads a dosage back while it is typed, as the patient's sentence, and counts what all rows ask
// of the patient. The server reads every text, so the page and a save cannot disagree. Without
// this script the sentences and the minutes are those of the last save.

import { announcements, ask, field, group, isHere, present, rows, say } from "./programme_rows.js";

const WAIT = 300; // milliseconds after the last key
const PATIENCE = 900; // what is half typed is no mistake yet

if (isHere) {
  begin();
}

function begin() {
  group.querySelector(".all-rows").hidden = false;
  group.addEventListener("input", (event) => {
    if (event.target.matches("input[name$='-dosage']")) {
      soon(event.target.closest(".prescription"));
    }
  });
  group.addEventListener("change", (event) => {
    if (event.target.matches("input[name$='-dosage']")) {
      read(event.target.closest(".prescription"), true);
    }
  });
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-per-day]");
    if (button) {
      changeAll(button);
    } else if (event.target.closest(".undo-all")) {
      undoAll();
    }
  });
  group.addEventListener("rows:changed", () => {
    rows().forEach(describe);
    count();
  });
  rows().forEach((row) => {
    describe(row);
    // A row that came back from the server after a mistake in another one.
    if (!row.dataset.seconds && dosage(row).value && !row.querySelector(".row-dosage .errorlist")) {
      read(row, false);
    }
  });
  count();
}

// Those that the patient gets: chosen, and not removed.
function given() {
  return present().filter((row) => field(row, "exercise").value);
}

function dosage(row) {
  return field(row, "dosage");
}

function reading(row) {
  return row.querySelector(".reading");
}

function describe(row) {
  const field = dosage(row);
  const own = field.id + "-reading";
  reading(row).id = own;
  const errors = (field.getAttribute("aria-describedby") || "")
    .split(" ")
    .filter((id) => id && id !== own && row.querySelector("#" + CSS.escape(id)));
  field.setAttribute("aria-describedby", [...errors, own].join(" "));
}

function soon(row) {
  clearTimeout(row.timer);
  row.timer = setTimeout(() => {
    read(row, true);
  }, WAIT);
}

async function read(row, aloud) {
  clearTimeout(row.timer);
  const text = dosage(row).value.trim();
  if (!text) {
    row.dataset.read = "";
    const isNew = !row.classList.contains("has_original");
    show(row, { sentence: isNew ? group.dataset.sayEmpty : group.dataset.sayWrite, seconds: 0 });
    return;
  }
  if (aloud && text === row.dataset.read) {
    return;
  }
  let answer;
  try {
    answer = await ask(group.dataset.dosageAddress, {
      text: text,
      language: group.dataset.language,
    });
  } catch {
    return; // no connection: the save reads it too
  }
  if (dosage(row).value.trim() !== text) {
    return; // typed on meanwhile
  }
  if (answer.error && document.activeElement === dosage(row)) {
    row.timer = setTimeout(() => {
      settle(row, text, answer, aloud);
    }, PATIENCE);
  } else {
    settle(row, text, answer, aloud);
  }
}

function settle(row, text, answer, aloud) {
  row.dataset.read = text;
  show(row, answer);
  if (aloud) {
    say(row, answer.error || answer.sentence);
  }
}

function show(row, answer) {
  const wrong = Boolean(answer.error);
  const old = row.querySelector(".row-dosage .errorlist");
  if (old) {
    old.remove(); // what the last save said about another text
    describe(row);
  }
  reading(row).textContent = answer.error || answer.sentence;
  reading(row).classList.toggle("wrong", wrong);
  if (wrong) {
    dosage(row).setAttribute("aria-invalid", "true");
  } else {
    dosage(row).removeAttribute("aria-invalid");
    row.dataset.seconds = answer.seconds;
    count();
  }
}

// ------------------------------------------------------------ what all rows ask of the patient

function sum(all) {
  return all.reduce((seconds, row) => seconds + Number(row.dataset.seconds || 0), 0);
}

// The rows of the phase that asks most; all rows, when nothing is said about weeks.
function fullest(all) {
  const phases = all.map((one) => {
    const day = Number(one.dataset.first || 1);
    return all.filter((row) => {
      const last = Number(row.dataset.last || Infinity);
      return Number(row.dataset.first || 1) <= day && day <= last;
    });
  });
  return phases.reduce((most, phase) => (sum(phase) > sum(most) ? phase : most), phases[0] || []);
}

function count() {
  const everything = given();
  const all = fullest(everything);
  const seconds = sum(all);
  group.querySelector(".effort-fullest").hidden = all.length === everything.length;
  put(group.querySelector(".effort-count"), all.length);
  put(group.querySelector(".effort-minutes"), Math.ceil(seconds / 60));
  const hint = group.querySelector(".nudge.hint");
  const word = group.querySelector(".nudge.word");
  const many = Number(word.dataset.many);
  hint.hidden = all.length <= Number(hint.dataset.from) || all.length >= many;
  word.hidden = all.length < many;
}

function put(place, number) {
  const words = number === 1 ? place.dataset.one : place.dataset.more.replace("#", number);
  if (place.textContent !== words) {
    place.textContent = words;
  }
}

// ------------------------------------------------------------ all rows at once

let changed = []; // what the last change of all rows did: field, before, after

async function changeAll(button) {
  const asked = given().filter((row) => dosage(row).value.trim());
  let answers;
  try {
    answers = await Promise.all(
      asked.map((row) =>
        ask(group.dataset.dosageAddress, {
          text: dosage(row).value.trim(),
          language: group.dataset.language,
          per_day: button.dataset.perDay,
        }),
      ),
    );
  } catch {
    return;
  }
  const done = [];
  asked.forEach((row, index) => {
    const answer = answers[index];
    if (answer.error) {
      return; // that row says for itself what is wrong with it
    }
    done.push({ row: row, before: dosage(row).value, after: answer.notation });
    dosage(row).value = answer.notation;
    row.dataset.read = answer.notation;
    show(row, answer);
  });
  changed = done;
  group.querySelector(".undo-all").hidden = changed.length === 0;
  announcements.textContent =
    button.textContent.trim() + ": " + changed.length + " / " + given().length;
}

function undoAll() {
  changed.forEach((change) => {
    if (dosage(change.row).value === change.after) {
      dosage(change.row).value = change.before;
      read(change.row, false);
    }
  });
  changed = [];
  group.querySelector(".undo-all").hidden = true;
  group.querySelector("button[data-per-day]").focus();
  announcements.textContent = group.dataset.sayUndone;
}
