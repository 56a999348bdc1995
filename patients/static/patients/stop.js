// Shows what is in force: a red flag in the place of all exercises, and what stops one of them.
// The words came with the page; what was reported, or taken back, may not have been sent yet.
import { sendPlainly } from "../rugpijn/forms.js";
import { actOf, canKeep, carried, today } from "./acts.js";
import { add, send, states } from "./outbox.js";

const root = document.documentElement;
const panel = document.querySelector("[data-stop]");
let shown = null; // the reports that the panel says
let atTop = false; // Back would keep the place of a visit before, past the first words

function named(reports) {
  return reports.map((report) => report.operation).join();
}

export function show(state) {
  banners(state.stops);
  if (!panel) {
    return;
  }
  const holds = state.redFlags.length > 0;
  panel.hidden = !holds;
  root.classList.toggle("red-flag", holds);
  document.body.classList.toggle("exercising-stopped", holds);
  document.querySelectorAll("[data-quiet]").forEach((one) => {
    one.hidden = !holds;
  });
  document.querySelectorAll("[data-calm]").forEach((one) => {
    one.hidden = holds;
  });
  if (holds && shown !== named(state.redFlags)) {
    shown = named(state.redFlags);
    fill(state.redFlags);
  }
  panel.querySelectorAll("[data-sent]").forEach((one) => {
    const unsent = state.redFlags.some((report) => report.unsent);
    one.hidden = (one.dataset.sent === "no") !== unsent;
  });
  if (holds && !atTop) {
    history.scrollRestoration = "manual";
    panel.querySelector("h1").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  atTop = holds;
}

function fill(reports) {
  const box = panel.querySelector("[data-red-flags]");
  if (named(reports) !== stated(box)) {
    box.replaceChildren(...made("red-flag", reports));
  }
  const symptoms = reports.flatMap((report) =>
    report.symptoms.filter(
      (name) => carried.symptoms[name] && carried.symptoms[name].urgency === "doctor",
    ),
  );
  const about = symptoms.map((name) => carried.symptoms[name]);
  const whys = new Set(about.map((one) => one.why));
  panel.querySelector("[data-whys]").replaceChildren(
    ...Array.from(whys)
      .filter(Boolean)
      .map((why) => {
        const words = document.createElement("p");
        words.textContent = why;
        return words;
      }),
  );
  const emergency = panel.querySelector("[data-emergency]");
  const first = about.some((one) => one.call === "emergency");
  emergency.parentElement[first ? "prepend" : "append"](emergency);
  panel.dataset.first = first ? "emergency" : "doctor";
  panel.querySelectorAll("[data-when]").forEach((one) => {
    one.hidden = (one.dataset.when === "now") !== first;
  });
}

function stated(box) {
  return Array.from(box.querySelectorAll("[data-report]"))
    .map((one) => one.dataset.report)
    .join();
}

// Above the day: what stops one exercise.
function banners(stops) {
  const box = document.querySelector("[data-stops]");
  if (box && stated(box) !== named(stops)) {
    box.replaceChildren(...made("stop", stops));
  }
}

function made(name, reports) {
  const pattern = document.querySelector("[data-template=" + name + "]");
  return (pattern ? reports : []).map((report) => {
    const one = pattern.content.firstElementChild.cloneNode(true);
    one.dataset.report = report.operation;
    const about = one.querySelector("[data-about]");
    about.textContent = (report.title ? about.dataset.words : about.dataset.plain)
      .replace("DATE", report.date)
      .replace("TITLE", report.title);
    one.querySelector("[data-symptoms]").replaceChildren(
      ...report.symptoms.map((symptom) => {
        const words = document.createElement("li");
        words.textContent = carried.symptoms[symptom].words;
        return words;
      }),
    );
    const form = one.querySelector("[data-retract]");
    form.action = carried.retract.replace(carried.programme, report.programme);
    form.elements.operation.value = report.retraction;
    form.elements.retracts.value = report.operation;
    ["version", "line", "moment"].forEach((part) => {
      form.elements[part].value = report[part];
    });
    return one;
  });
}

// "This was a mistake": kept on this device first, as every act. Of another record, or where
// nothing can be kept, the plain form does it.
async function retract(form) {
  const button = form.querySelector("button");
  const act = actOf(form);
  delete act.symptoms;
  act.day = today();
  button.disabled = true;
  try {
    await add(act);
  } catch {
    sendPlainly(form);
    return;
  }
  const sent = await send();
  button.disabled = false;
  if (sent === "sent") {
    location.assign(carried.page);
    return;
  }
  show(await states());
  document.dispatchEvent(new CustomEvent("standing"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const own = form.matches("[data-retract]") && form.action.includes(carried.programme);
  if (own && canKeep) {
    event.preventDefault();
    retract(form);
  }
});

// On its own page nothing else looks.
if (document.body.classList.contains("stop-page")) {
  const look = async () => {
    show(await states());
  };
  document.addEventListener("standing", look);
  look();
}
