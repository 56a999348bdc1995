// What is ticked in a form that asks about symptoms. A red flag is answered when it is ticked. What
// was ticked is noted on this device at once, so that it is reported in whatever way the form is
// left: by its button, by a link, with a screen that goes dark, or with the whole browser.
import { addHidden, sendPlainly } from "../rugpijn/forms.js";
import { actOf, canKeep, carried, newNumber, report, today, urgencyOf } from "./acts.js";
import * as outbox from "./outbox.js";

const noted = new Set(); // the forms of which the device holds what is ticked
let writing = Promise.resolve();

function symptomsOf(form) {
  return new FormData(form).getAll("symptoms");
}

export function urgencyIn(form) {
  return urgencyOf(symptomsOf(form)) || "";
}

function ticked(...urgencies) {
  return Array.from(document.querySelectorAll("form[data-asks]")).filter(
    (form) => !form.dataset.sending && urgencies.includes(urgencyIn(form)),
  );
}

// The same sentence wherever it is ticked, as `clinical.advice_on` says it.
export function adviceOn(symptoms) {
  const urgency = urgencyOf(symptoms);
  const minutesCount = symptoms.some(
    (name) => carried.symptoms[name] && carried.symptoms[name].call === "emergency",
  );
  return carried.advice[urgency === "doctor" && minutesCount ? "emergency" : urgency] || "";
}

function tell(form) {
  const warning = form.querySelector("[data-warning]");
  const told = urgencyIn(form) === "doctor" ? adviceOn(symptomsOf(form)) : "";
  warning.textContent = told;
  warning.hidden = !told;
  const calls = form.querySelector("[data-warning-calls]");
  const opens = told && calls.hidden;
  calls.hidden = !told;
  calls.querySelector("[data-unless-emergency]").hidden = told === carried.advice.emergency;
  form.querySelectorAll("[data-on-alarm], [data-off-alarm]").forEach((words) => {
    words.hidden = "onAlarm" in words.dataset !== Boolean(told);
  });
  if (opens) {
    calls.scrollIntoView({ block: "nearest" });
  }
}

function whole(form) {
  const act = actOf(form);
  if (act.day === carried.today) {
    act.day = today(); // the page may be of yesterday
  }
  return act;
}

// The symptoms alone: whether the exercise was done is said by the button.
function alone(form) {
  const all = whole(form);
  const act = { symptoms: all.symptoms };
  ["operation", "version", "line", "day", "moment"].forEach((name) => {
    if (name in all) {
      act[name] = all[name];
    }
  });
  return act;
}

// It has the number of the form: sent with its button later, it takes the place of the note.
function note(form) {
  if (!canKeep) {
    return;
  }
  const act = alone(form);
  writing = writing
    .then(async () => {
      noted.delete(form);
      if (urgencyOf(act.symptoms)) {
        await outbox.note(act);
        noted.add(form);
      } else {
        await outbox.drop(act.operation);
      }
    })
    .catch(() => {
      // The device keeps nothing: leaving sends it as a plain form.
    });
}

// It was said: whoever comes back to this form begins anew.
export function clear(form) {
  form.querySelectorAll("[name=symptoms]").forEach((box) => {
    box.checked = false;
  });
  form.elements.operation.value = newNumber();
  noted.delete(form);
  delete form.dataset.sending;
  tell(form);
  form.dispatchEvent(new Event("change"));
}

// These forms are left: what is ticked in them is reported. The most urgent of it.
async function left(forms, forGood) {
  const some = forms.filter((form) => !form.dataset.sending && urgencyIn(form));
  if (!some.length) {
    return "";
  }
  some.forEach((form) => {
    form.dataset.sending = "yes";
  });
  const urgency = some.map(urgencyIn).includes("doctor") ? "doctor" : "stop";
  const operations = some.map((form) => form.elements.operation.value);
  await writing;
  const lost = some.find((form) => !noted.has(form));
  if (lost && !forGood) {
    plain(lost);
  }
  if (lost) {
    return urgency;
  }
  await report(operations);
  some.forEach(clear);
  return urgency;
}

// To the page with whom to call: shown at once, with an address of its own when it was sent.
export async function leave(forms) {
  const urgency = await left(forms);
  if (urgency && canKeep && (await outbox.send()) === "sent" && urgency === "doctor") {
    location.replace(carried.stop);
  }
  return urgency;
}

function plain(form) {
  const copy = document.createElement("form");
  copy.method = "post";
  copy.action = carried.retract;
  const act = alone(form);
  act.csrfmiddlewaretoken = form.elements.csrfmiddlewaretoken.value;
  Object.keys(act).forEach((name) => {
    [].concat(act[name]).forEach((value) => {
      addHidden(copy, name, value);
    });
  });
  document.body.append(copy);
  copy.submit();
}

// Nobody may come back to this page: it is sent in passing too. It has the same number, so that
// what the outbox sends later counts once.
function inPassing(forms) {
  const acts = forms.map((form) => outbox.stamped(alone(form)));
  if (acts.length && navigator.onLine) {
    fetch(carried.sync, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      redirect: "error",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": forms[0].elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({
        patient: carried.patient,
        now: new Date().toISOString(),
        acts: acts,
      }),
    }).catch(() => {
      // The outbox sends it.
    });
  }
}

// The form by its own button: kept first, as every act. Nothing that is urgent goes as it is.
async function send(form) {
  if (form.dataset.sending) {
    return;
  }
  form.dataset.sending = "yes";
  await writing;
  const act = whole(form);
  try {
    await outbox.add(act);
  } catch {
    sendPlainly(form);
    return;
  }
  clear(form);
  document.dispatchEvent(new CustomEvent("standing"));
  if ((await outbox.send()) === "sent") {
    if (urgencyOf(act.symptoms) === "doctor") {
      location.replace(carried.stop);
    } else {
      location.assign(location.pathname + "#line-" + act.line);
    }
  }
}

// ------------------------------------------------------------ what people do

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.name === "symptoms" && form && form.matches("[data-asks]")) {
    tell(form);
    note(form);
  }
});

// Before forms_stay.js, which would hold it back. The session sees to its own forms.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-asks]:not(.step-after)")) {
      return;
    }
    const none = form.querySelector("[data-none]");
    if (none) {
      none.hidden = symptomsOf(form).length > 0;
    }
    if (none && !none.hidden) {
      event.preventDefault();
    } else if (canKeep && urgencyIn(form)) {
      event.preventDefault();
      send(form);
    }
  },
  true,
);

// A link to another page, or past the questions. Not one that calls, and not one on this page.
function leads(link, event) {
  const elsewhere = link.pathname !== location.pathname || link.search !== location.search;
  const opensOther = link.target || event.ctrlKey || event.metaKey || event.shiftKey;
  const skips = link.matches("[data-skip]");
  return link.protocol === location.protocol && !opensOther && (elsewhere || !link.hash || skips);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || !leads(link, event)) {
    return;
  }
  const forms = ticked("doctor");
  if (forms.length) {
    event.preventDefault();
    leave(forms);
  }
});

document.addEventListener("visibilitychange", () => {
  const forms = document.hidden && canKeep ? ticked("doctor") : [];
  inPassing(forms);
  left(forms);
});

// What the device noted is reported by the next page, if not here.
window.addEventListener("pagehide", () => {
  const forms = canKeep ? ticked("doctor", "stop") : [];
  inPassing(forms);
  left(forms, true);
});

// A page that was kept comes with the same number each time.
document.querySelectorAll("form[data-asks]").forEach((form) => {
  form.elements.operation.value = newNumber();
});

// A note that is still being written would come over what the button says.
export function settled() {
  return writing;
}
