// A star is given or taken without leaving the page. In the library that works without this script
// too, by reloading it; in a programme the star appears with it.

import { csrfToken } from "../rugpijn/forms.js";

const group = document.querySelector(".prescriptions");
const starred = new Map(); // exercise: whether it is a favourite

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.star");
  if (button) {
    event.preventDefault();
    press(button);
  }
});

if (group) {
  group.querySelectorAll(".row-progress .star").forEach((button) => {
    starred.set(chosen(button), button.getAttribute("aria-pressed") === "true");
  });
  group.addEventListener("rows:changed", showAll);
  document.addEventListener("exercise:starred", (event) => {
    starred.set(event.detail.id, event.detail.starred);
    showAll();
  });
  // The picker's star is for a mouse: an option of a list holds no button.
  document.addEventListener(
    "mouseup",
    (event) => {
      const star = event.target.closest(".found-exercise .star");
      if (star) {
        event.stopPropagation(); // this picks nothing
        starOfResult(star);
      }
    },
    true,
  );
}

function chosen(button) {
  return button.closest(".prescription").querySelector("[name$='-exercise']").value;
}

function showAll() {
  group.querySelectorAll(".prescription:not(.empty-form) .star").forEach((button) => {
    button.setAttribute("aria-pressed", String(Boolean(starred.get(chosen(button)))));
  });
}

async function press(button) {
  const wanted = button.getAttribute("aria-pressed") !== "true";
  const inRow = group && button.closest(".prescription");
  const address = inRow ? addressOf(chosen(button)) : button.formAction;
  if (!(await send(address, wanted))) {
    return;
  }
  button.setAttribute("aria-pressed", String(wanted));
  button.value = wanted ? "" : "1";
  if (inRow) {
    starred.set(chosen(button), wanted);
    showAll();
  }
}

async function starOfResult(star) {
  const wanted = star.dataset.starred !== "true";
  if (await send(addressOf(star.dataset.exercise), wanted)) {
    star.dataset.starred = String(wanted);
    starred.set(star.dataset.exercise, wanted);
    showAll();
  }
}

function addressOf(exercise) {
  return group.dataset.starAddress.replace("/0/", "/" + exercise + "/");
}

async function send(address, wanted) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ starred: wanted ? "1" : "" }),
    });
    return answer.ok && !answer.redirected;
  } catch {
    return false; // no connection: the star stays as it was
  }
}
