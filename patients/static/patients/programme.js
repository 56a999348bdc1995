// The rows of a programme: their order, duplicating one, and removing one with a way back.
// Without this script the order is a number that can be typed and removing is a box that can be
// ticked; the server reads the same fields either way. The other scripts of this page hear of a
// change by the event "rows:changed".

import { field, group, isHere, present, rows, say, title } from "./programme_rows.js";

if (isHere) {
  begin();
}

function begin() {
  document.documentElement.classList.add("can-move");
  inAskedOrder();
  rows().forEach((row) => {
    if (removal(row) && removal(row).checked) {
      setRemoved(row, true);
    }
  });
  number();
  group.addEventListener("click", (event) => {
    const button = event.target.closest(".row-act");
    if (button) {
      event.preventDefault();
      act(button.closest(".prescription"), button.dataset.act);
    }
  });
  document.addEventListener("formset:added", number);
  letDrag();
}

function removal(row) {
  return field(row, "DELETE");
}

function button(row, name) {
  return row.querySelector(".row-act[data-act='" + name + "']");
}

function sayPlace(row) {
  const all = present();
  say(row, all.indexOf(row) + 1 + " / " + all.length);
}

// Rows that are removed keep a place, so that undo brings them back where they stood.
function number() {
  const all = present();
  rows().forEach((row, index) => {
    field(row, "position").value = index;
    row.querySelectorAll(".row-act").forEach((each) => {
      each.hidden = false;
    });
    button(row, "up").setAttribute("aria-disabled", String(row === all[0]));
    button(row, "down").setAttribute("aria-disabled", String(row === all[all.length - 1]));
  });
  group.dispatchEvent(new CustomEvent("rows:changed"));
}

// After an error the server shows the lines as they lie in the database;
// the order that was asked for is in their numbers.
function inAskedOrder() {
  const after = group.querySelector(".empty-form");
  if (!after) {
    return;
  }
  rows()
    .sort(
      (one, other) => Number(field(one, "position").value) - Number(field(other, "position").value),
    )
    .forEach((row) => {
      after.before(row);
    });
}

function act(row, name) {
  if (name === "up" || name === "down") {
    move(row, name === "up" ? -1 : 1);
    button(row, name).focus();
  } else if (name === "duplicate") {
    duplicate(row);
  } else {
    setRemoved(row, name === "remove");
    number();
    button(row, name === "remove" ? "undo" : "remove").focus();
    say(row, name === "remove" ? group.dataset.sayRemoved : group.dataset.sayBack);
  }
}

function move(row, step) {
  const all = present();
  const to = all.indexOf(row) + step;
  if (to < 0 || to >= all.length) {
    return;
  }
  if (step < 0) {
    all[to].before(row);
  } else {
    all[to].after(row);
  }
  number();
  sayPlace(row);
}

function setRemoved(row, removed) {
  removal(row).checked = removed;
  row.classList.toggle("removed", removed);
  row.querySelector(".row-undo").hidden = !removed;
}

// Django's own script makes the row, so that its numbers and names are right.
function duplicate(row) {
  const add = group.querySelector(".add-row a");
  if (!add || add.offsetParent === null) {
    return; // as many rows as there may be
  }
  let copy = null;
  document.addEventListener(
    "formset:added",
    (event) => {
      copy = event.target;
    },
    { once: true },
  );
  add.click();
  row.after(copy);
  const exercise = field(row, "exercise").value;
  if (exercise) {
    const picked = new Option(title(row), exercise, true, true);
    const list = field(copy, "exercise");
    list.append(picked);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const picture = row.querySelector(".thumbnail");
  if (picture) {
    copy.querySelector("h3").before(picture.cloneNode());
  }
  ["note", "steps", "period", "dosage"].forEach((name) => {
    field(copy, name).value = field(row, name).value;
  });
  field(copy, "on_share_page").checked = field(row, "on_share_page").checked;
  copy.querySelector(".row-steps").hidden = row.querySelector(".row-steps").hidden;
  number();
  ["period", "dosage"].forEach((name) => {
    field(copy, name).dispatchEvent(new Event("input", { bubbles: true }));
  });
  field(copy, "dosage").focus();
  say(row, group.dataset.sayCopied);
}

// With a mouse, by the dots at the left. For everyone else there are the buttons.
function letDrag() {
  let dragged = null;
  let stoodBefore = null;

  group.addEventListener("dragstart", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(".drag")) {
      return;
    }
    dragged = event.target.closest(".prescription");
    stoodBefore = dragged.nextElementSibling;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // Firefox drags nothing without
    event.dataTransfer.setDragImage(dragged, 20, 20);
    dragged.classList.add("dragged");
  });

  group.addEventListener("dragover", (event) => {
    if (!dragged) {
      return;
    }
    event.preventDefault();
    const over = event.target.closest(".prescription:not(.empty-form)");
    if (!over || over === dragged) {
      return;
    }
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) {
      over.before(dragged);
    } else {
      over.after(dragged);
    }
  });

  group.addEventListener("drop", (event) => {
    if (dragged) {
      event.preventDefault(); // a field would take the dropped text
    }
  });

  group.addEventListener("dragend", (event) => {
    if (!dragged) {
      return;
    }
    if (event.dataTransfer.dropEffect === "none") {
      stoodBefore.before(dragged); // Escape, or let go elsewhere
    }
    const row = dragged;
    dragged.classList.remove("dragged");
    dragged = null;
    number();
    sayPlace(row);
  });
}
