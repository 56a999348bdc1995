// “Easier” and “Harder” in the row of an exercise: up to three suggestions, one of which is taken
// over by a click, with a way back. What they are is the server's. Without this script a dosage is
// typed and an exercise is picked, as always.

import { ask, field, group, isHere, present, rows, say } from "./programme_rows.js";

if (isHere) {
  begin();
}

function begin() {
  group.addEventListener("rows:changed", show);
  group.addEventListener("click", (event) => {
    const row = event.target.closest(".prescription");
    const opener = event.target.closest(".row-progress button[data-direction]");
    if (opener) {
      toggle(row, opener);
    } else if (event.target.closest(".step-undo")) {
      undo(row);
    } else if (event.target.closest(".row-act[data-act='undo']")) {
      bringBack(row);
    }
  });
  group.addEventListener("keydown", (event) => {
    const panel = event.target.closest(".step-panel, .row-progress");
    if (event.key === "Escape" && panel) {
      const row = panel.closest(".prescription");
      const opener = row.querySelector("button[aria-expanded='true']");
      if (opener) {
        close(row);
        opener.focus();
      }
    }
  });
  show();
}

// An exercise that is not chosen yet has no variants.
function show() {
  rows().forEach((row) => {
    row.querySelector(".row-progress").hidden = !field(row, "exercise").value;
  });
}

function close(row) {
  row.querySelector(".step-panel").hidden = true;
  row.querySelectorAll("button[aria-expanded]").forEach((button) => {
    button.setAttribute("aria-expanded", "false");
  });
}

async function toggle(row, opener) {
  const wasOpen = opener.getAttribute("aria-expanded") === "true";
  close(row);
  if (wasOpen) {
    return;
  }
  opener.setAttribute("aria-expanded", "true");
  const panel = row.querySelector(".step-panel");
  let found = { error: panel.dataset.sayOffline };
  try {
    found = await ask(group.dataset.stepsAddress, {
      exercise: field(row, "exercise").value,
      text: field(row, "dosage").value,
      direction: opener.dataset.direction,
      language: group.dataset.language,
    });
  } catch {
    // no connection: said in the panel
  }
  if (opener.getAttribute("aria-expanded") !== "true") {
    return; // closed meanwhile
  }
  fill(row, panel, found);
  panel.hidden = false;
}

function fill(row, panel, found) {
  const given = present().map((each) => field(each, "exercise").value);
  const fresh = (found.suggestions || []).filter((each) => !each.id || !given.includes(each.id));
  const when = panel.querySelector(".step-when");
  when.textContent = found.error || found.when || "";
  when.hidden = !when.textContent;
  panel.querySelector(".step-list").replaceChildren(...fresh.map((each) => item(row, each)));
  panel.querySelector(".step-none").hidden = fresh.length > 0 || Boolean(found.error);
  panel.querySelector(".step-source").hidden = fresh.length === 0;
  const none = found.error ? "" : panel.querySelector(".step-none").textContent;
  const all = fresh.map(
    (each) => each.says + ": " + [each.text, each.sentence].filter(Boolean).join(", "),
  );
  say(row, [when.textContent, all.join("; ") || none].filter(Boolean).join(" "));
}

function item(row, suggestion) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  const what = document.createElement("strong");
  button.type = "button";
  button.className = "button";
  what.textContent = suggestion.says + ": ";
  const words = [suggestion.text, suggestion.sentence].filter(Boolean).join(" · ");
  button.append(what, words);
  button.addEventListener("click", () => {
    close(row);
    if (suggestion.id) {
      swap(row, suggestion);
    } else {
      takeDosage(row, suggestion);
    }
  });
  line.append(button);
  return line;
}

// ------------------------------------------------------------ the dosage

function takeDosage(row, suggestion) {
  const dosage = field(row, "dosage");
  const back = row.querySelector(".step-undo");
  row.dosageBefore = dosage.value;
  dosage.value = suggestion.dosage;
  dosage.dispatchEvent(new Event("input", { bubbles: true })); // read back and counted
  back.hidden = false;
  back.focus();
  say(row, suggestion.sentence);
}

function undo(row) {
  const dosage = field(row, "dosage");
  dosage.value = row.dosageBefore;
  dosage.dispatchEvent(new Event("input", { bubbles: true }));
  row.querySelector(".step-undo").hidden = true;
  dosage.focus();
  say(row, group.dataset.sayUndone);
}

// ------------------------------------------------------------ another exercise

// The new one takes the place, and with it what else was set on the row; the note was about the
// other exercise. The old one stays to be seen until the save, with its own undo.
function swap(row, suggestion) {
  const before = new Set(group.querySelectorAll(".prescription"));
  row.querySelector(".row-act[data-act='duplicate']").click();
  const added = Array.from(group.querySelectorAll(".prescription")).find(
    (each) => !before.has(each),
  );
  if (!added) {
    return; // as many rows as there may be
  }
  field(added, "note").value = "";
  field(added, "on_share_page").checked = false;
  field(added, "dosage").value = "";
  const list = field(added, "exercise");
  list.replaceChildren(new Option(suggestion.text, suggestion.id, true, true));
  list.dispatchEvent(new Event("change", { bubbles: true }));
  // The picker does the rest, as when somebody picked it: picture, dosage, instruction.
  window.django.jQuery(list).trigger({ type: "select2:select", params: { data: suggestion } });
  row.querySelector(".row-act[data-act='remove']").click();
  row.swappedFor = added;
  say(row, group.dataset.saySwapped + " " + suggestion.text + ". " + suggestion.sentence);
}

function bringBack(row) {
  const added = row.swappedFor;
  row.swappedFor = null;
  if (added && !added.classList.contains("removed")) {
    added.querySelector(".row-act[data-act='remove']").click();
    row.querySelector(".row-act[data-act='remove']").focus();
    say(row, group.dataset.sayUndone);
  }
}
