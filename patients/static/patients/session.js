// Leads through the exercises one at a time; counter.js counts along. Without this script the page
// shows them all, each with its own "done". Every word comes from the page.
import { sendPlainly } from "../rugpijn/forms.js";
import { actOf, canKeep, carried, newNumber, today, urgencyOf } from "./acts.js";
import * as alarm from "./alarm.js";
import { counterOf } from "./counter.js";
import "./drawings.js";
import { add, send, states } from "./outbox.js";
import * as stop from "./stop.js";

const page = document.getElementById("session");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const place = page.querySelector(".session-place");
const end = page.querySelector(".session-end");
let steps = Array.from(page.querySelectorAll(".step:not([hidden])"));
let current = null;

// ------------------------------------------------------------ from one exercise to the next

const counters = new Map();

function play(step) {
  const button = step.querySelector(".motion:not([hidden]) [data-do=play][data-state=still]");
  if (button && !calm.matches) {
    step.dispatchEvent(new CustomEvent("drawing:play"));
  }
}

function turnTo(step) {
  if (current) {
    counters.get(current).pause();
  }
  current = step;
  steps.forEach((one) => {
    one.hidden = one !== step;
  });
  if (step && !counters.has(step)) {
    begin(step);
  }
  end.hidden = step !== null;
  place.hidden = step === null;
  if (step === null) {
    end.querySelector("h2").focus();
    return;
  }
  step.classList.remove("is-after");
  place.textContent = place.dataset.words
    .replace("NUMBER", steps.indexOf(step) + 1)
    .replace("COUNT", steps.length);
  step.querySelector("h2").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  play(step);
}

function after(step) {
  step.classList.add("is-after");
  step.querySelector(".step-after-title").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

// What the rules say at once, also without a connection: the sentences came with the page.
function advice(act) {
  const told = alarm.adviceOn(act.symptoms);
  if (told) {
    return told;
  }
  const tells = carried.painTells;
  if (tells !== null && act.pain !== "" && Number(act.pain) >= tells) {
    return carried.advice.pain_up;
  }
  return "";
}

// Pressed twice it is one act: the number is that of this moment, until it was done once.
async function done(step, form) {
  if (form.dataset.sending) {
    return;
  }
  form.dataset.sending = "yes";
  await alarm.settled();
  const act = actOf(form);
  act.day = today();
  try {
    await add(act);
  } catch {
    sendPlainly(form); // the device keeps nothing: as a plain form
    return;
  }
  const sending = send();
  const urgency = urgencyOf(act.symptoms);
  if (urgency === "doctor") {
    await held();
    alarm.clear(form);
    if ((await sending) === "sent") {
      location.replace(carried.stop); // what is shown already, with an address of its own
    }
    return;
  }
  const words = advice(act);
  if (words) {
    tell(step, form, words);
  } else {
    again(form);
    turnTo(steps[steps.indexOf(step) + 1] || null);
  }
  if (urgency) {
    await held();
  }
}

// It may be done once more, when somebody comes back to it: that is another act.
function again(form) {
  form.elements.operation.value = newNumber();
  delete form.dataset.sending;
}

// The questions were answered; what follows is the advice, and the next exercise.
function tell(step, form, words) {
  const told = form.querySelector(".told");
  Array.from(form.children).forEach((part) => {
    part.hidden = part !== told;
  });
  told.querySelector("[data-told]").textContent = words;
  const button = told.querySelector("[data-do=next]");
  button.addEventListener("click", () => {
    turnTo(steps[steps.indexOf(step) + 1] || null);
  });
  told.querySelector("[data-told]").focus();
}

// What is in force may come from elsewhere while somebody is at work here.
async function held() {
  const state = await states();
  if (state.redFlags.length) {
    if (current) {
      counters.get(current).stop();
    }
    if (window.speechSynthesis) {
      window.speechSynthesis.cancel();
    }
  }
  stop.show(state);
  steps
    .filter((step) => {
      const line = state.lines[step.dataset.line];
      return step !== current && line && line.stopped;
    })
    .forEach((step) => {
      steps.splice(steps.indexOf(step), 1);
    });
  const line = current && state.lines[current.dataset.line];
  if (line && line.stopped && !current.querySelector(".told:not([hidden])")) {
    counters.get(current).stop();
    after(current);
    tell(current, current.querySelector(".step-after"), carried.advice.stop);
  }
  return state;
}

// When its turn comes: with all of them at once an old phone stands still before it starts.
function begin(step) {
  counters.set(
    step,
    counterOf(step, {
      finished: after,
      skipped: () => {
        turnTo(steps[steps.indexOf(step) + 1] || null);
      },
    }),
  );
  const form = step.querySelector(".step-after");
  again(form); // a page that was kept comes with the same number each time
  form.addEventListener("submit", (event) => {
    if (!form.reportValidity()) {
      return;
    }
    event.preventDefault();
    done(step, form);
  });
  const back = form.querySelector("[data-do=back]");
  back.hidden = false;
  form.addEventListener("change", () => {
    back.hidden = alarm.urgencyIn(form) === "doctor";
  });
  back.addEventListener("click", async () => {
    if (!(await alarm.leave([form]))) {
      turnTo(step);
    }
  });
  const how = step.querySelector(".step-how");
  how.open = false;
}

// Which exercises wait: as the page was made, or, on another day or with acts still unsent,
// as the programme that came along says.
async function choose() {
  const state = await held();
  if (state.changed) {
    steps = Array.from(page.querySelectorAll(".step")).filter((step) => {
      const line = state.lines[step.dataset.line];
      return line && line.due && line.next !== null;
    });
    steps.forEach((step) => {
      step.querySelector("[name=moment]").value = state.lines[step.dataset.line].next;
    });
  }
}

if (canKeep) {
  // Until it is known, the style sheet shows the first one, in the shape that it will have.
  choose().then(() => {
    page.classList.add("one-by-one");
    document.body.classList.add("exercising");
    page.querySelectorAll(".step").forEach((step) => {
      step.hidden = true;
    });
    turnTo(steps[0] || null);
    document.addEventListener("standing", held);
  });
} else {
  // The browser keeps nothing: the plain page does it all.
  document.documentElement.classList.remove("scripts");
}
