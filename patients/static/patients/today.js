// Ticking off, also without a connection: a press is kept on this device and sent. With an answer
// the page comes anew from the server; without one it shows what was pressed.
import { addHidden, sendPlainly } from "../rugpijn/forms.js";
import { actOf, acts, canKeep, carried, newNumber, today } from "./acts.js";
import { add, send, states, tell } from "./outbox.js";
import * as stop from "./stop.js";

async function press(form, pressed) {
  const button = pressed || form.querySelector("button");
  const act = actOf(form, button);
  act.operation = newNumber(); // this press, and no other
  if (act.day === carried.today) {
    act.day = today(); // the page may be of yesterday
  }
  button.disabled = true;
  try {
    await add(act);
  } catch {
    plain(form, button);
    return;
  }
  const state = await send();
  button.disabled = false;
  const left = await acts();
  const waiting = left.some((one) => one.operation === act.operation && !one.sent);
  if (state === "sent" && !waiting) {
    const here = new URL(location.href);
    here.searchParams.delete("after");
    if (act.done === "1") {
      here.searchParams.set("after", act.line + "-" + act.moment);
    }
    here.hash = "line-" + act.line;
    if (here.href === location.href) {
      location.reload();
    } else {
      location.assign(here);
    }
    return;
  }
  show();
}

// The device keeps nothing: as a plain form, with the button that was pressed.
function plain(form, button) {
  addHidden(form, button.name, button.value);
  sendPlainly(form);
}

// What is on this device and not sent, in the page: done, and that it waits.
async function show() {
  const state = await states();
  stop.show(state);
  if (!state.changed) {
    return;
  }
  const page = document.querySelector("[data-today]");
  if (page && page.dataset.today !== state.day) {
    page.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: carried.zone,
      weekday: "long",
      day: "numeric",
      month: "long",
    }).format(new Date());
  }
  let asked = 0;
  let done = 0;
  document.querySelectorAll("[data-line]").forEach((article) => {
    const line = state.lines[article.dataset.line];
    const moments = article.querySelectorAll("[data-moment]");
    if (!line || !moments.length) {
      return;
    }
    article.classList.toggle("exercise-rest", !line.due);
    article.toggleAttribute("data-stopped", Boolean(line.stopped));
    article.querySelectorAll("[data-when]").forEach((one) => {
      one.hidden = (one.dataset.when === "stopped") !== Boolean(line.stopped);
    });
    if (line.due) {
      asked += line.moments;
      done += line.done.size;
    }
    moments.forEach((moment) => {
      const number = Number(moment.dataset.moment);
      const made = line.done.has(number);
      moment.classList.toggle("is-done", made);
      moment.querySelectorAll("[data-if]").forEach((part) => {
        part.hidden = (part.dataset.if === "done") !== made || (!made && Boolean(line.stopped));
      });
    });
  });
  const box = document.querySelector("[data-count]");
  if (box && asked) {
    tellCount(box, done, asked);
  }
  tell();
}

// The ring, its words and the way on, as the server would draw them.
function tellCount(box, done, asked) {
  const left = asked - done;
  const count = box.querySelector(".count");
  const soft = box.querySelector(".soft");
  if (!count.dataset.some) {
    return; // the page is of a day of rest
  }
  count.textContent = left
    ? count.dataset.some.replace("DONE", done).replace("ASKED", asked)
    : count.dataset.all;
  const words = left === 1 ? soft.dataset.one : soft.dataset.more.replace("LEFT", left);
  soft.textContent = !left ? soft.dataset.all : done ? words : soft.dataset.none;
  const ring = box.querySelector(".part");
  ring.setAttribute("pathLength", asked);
  ring.setAttribute("stroke-dasharray", done + " " + asked);
  ring.classList.toggle("none", !done);
  const start = box.querySelector(".btn-start");
  if (start) {
    start.hidden = !left;
    start.querySelector("[data-go=start]").hidden = done > 0;
    start.querySelector("[data-go=on]").hidden = !done;
  }
}

// Where the browser keeps nothing the plain forms do it.
if (canKeep) {
  document.querySelectorAll("form[data-act]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(form, event.submitter);
    });
  });
  document.addEventListener("standing", show);
  show();
}
