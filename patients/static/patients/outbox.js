// What was done is kept on this device first, and sent then: each act exactly once, however often
// it is sent. The number of an act (operation) makes it so, and the server answers act by act.
// What has no answer yet stays here: no connection, logged out (401), a stale page (403), too
// much at once (429), or an error over there (5xx). What is in force follows from both: what the
// server said last, and on top of it what this device did not send yet.

import {
  acts,
  allActs,
  canKeep,
  carried,
  forgetActs,
  inStore,
  isWaiting,
  newNumber,
  report,
  today,
  urgencyOf,
} from "./acts.js";

const AT_ONCE = 50;
const SOON = 5000; // milliseconds in which the next page is there
const KEPT = "programme";
const PATIENCE = 1500; // milliseconds: longer nobody waits for an answer to begin
const root = document.documentElement;
let sending = null;
let sequence = carried.sequence || 0;
let heard = null; // what the server said last, {now, reports}: this page, a later answer

// Who did it, now, and its place in the count.
export function stamped(act, place) {
  return Object.assign({}, act, {
    patient: carried.patient,
    login: carried.login,
    programme: carried.programme,
    sequence: place || sequence + 1,
    performed_at: new Date().toISOString(),
  });
}

export async function add(act) {
  const known = (await acts()).filter((one) => !one.draft);
  const last = known.length ? known[known.length - 1].sequence : 0;
  const next = Math.max(sequence, last) + 1;
  sequence = act.draft ? sequence : next;
  const whole = stamped(act, next);
  await inStore("readwrite", (store) => {
    store.put(whole);
  });
  if (navigator.storage && navigator.storage.persist) {
    navigator.storage.persist(); // asks that it is not cleared away when the device is full
  }
  return whole;
}

// Ticked in a form that is still open: nobody said it yet, and it takes no place in the count.
export function note(act) {
  return add(Object.assign({}, act, { draft: true }));
}

export async function drop(operation) {
  const acts = await allActs();
  if (acts.some((act) => act.draft && act.operation === operation)) {
    await forgetActs([operation]);
  }
}

// What was sent stays until the pages know it too: a page that was kept earlier shows it so, and
// one that was on its way while it was sent. On a device that keeps no page it goes soon.
function settle(results, byNumber, now) {
  return inStore("readwrite", (store) => {
    results.forEach((one) => {
      const act = byNumber[one.operation];
      if (one.status === "refused") {
        const left = one.reported ? { symptoms: [] } : {}; // the server holds the report
        store.put(Object.assign({}, act, { refused: one.message }, left));
      } else if (one.status !== "conflict") {
        store.put(Object.assign({}, act, { sent: true, at: now, until: Date.now() + SOON }));
      } else {
        store.delete(one.operation);
      }
    });
  });
}

// Of the weeks before no page asks any more; and on a device of others it is known by now.
async function tidy() {
  const old = new Date(Date.now() - 9 * 86400000).toISOString().slice(0, 10);
  const over = (await acts()).filter((act) => {
    const soon = act.sequence <= carried.sequence || !(act.until > Date.now());
    return act.sent && (act.day < old || (!carried.keep && soon));
  });
  if (over.length) {
    await forgetActs(over.map((act) => act.operation));
  }
}

// From the server, without what a browser kept of an earlier answer.
function asked(address, options) {
  const all = { credentials: "same-origin", redirect: "error", cache: "no-store" };
  const headers = Object.assign({ Accept: "application/json" }, (options || {}).headers);
  return fetch(address, Object.assign(all, options, { headers: headers }));
}

// Answers "sent", "login", or "later".
async function sendAll() {
  const queue = (await acts()).filter(isWaiting);
  if (!queue.length) {
    return "sent";
  }
  const start = await asked(carried.start);
  if (start.status === 401) {
    await forgetPages();
    return "login";
  }
  if (!start.ok) {
    return "later";
  }
  const begin = await start.json();
  await hear(begin.standing[carried.patient]);
  const token = begin.token;
  for (let first = 0; first < queue.length; first += AT_ONCE) {
    const some = queue.slice(first, first + AT_ONCE);
    const answer = await asked(carried.sync, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({
        patient: carried.patient,
        now: new Date().toISOString(),
        acts: some,
      }),
    });
    if (answer.status === 401) {
      return "login";
    }
    if (answer.status === 404) {
      document.dispatchEvent(new CustomEvent("record:gone")); // see offline.js
    }
    if (!answer.ok) {
      return "later";
    }
    const said = await answer.json();
    sequence = Math.max(sequence, said.sequence);
    const byNumber = {};
    some.forEach((act) => {
      byNumber[act.operation] = act;
    });
    await settle(said.results, byNumber, said.standing.now);
    setTimeout(tidy, SOON + 100);
    await hear(said.standing);
  }
  return "sent";
}

// One at a time, in all tabs where the browser can see to it; sending twice would do no harm.
export function send() {
  if (!sending) {
    const work = () => sendAll().catch(() => "later");
    sending = (navigator.locks ? navigator.locks.request("rugpijn-outbox", work) : work()).finally(
      () => {
        sending = null;
        tell();
      },
    );
    sending.then((state) => {
      lastState = state;
      tell();
    });
  }
  return sending;
}

// Somebody is back at this page: what another device reported meanwhile holds here too.
function sendAndAsk() {
  return send().then(ask);
}

// ------------------------------------------------------------ in words, at the foot of the page

let lastState = "sent";

export async function tell() {
  const note = document.getElementById("waiting");
  if (!note) {
    return;
  }
  const all = await acts();
  const refused = all.filter((act) => act.refused && !urgencyOf(act.symptoms || []));
  const waiting = all.filter(isWaiting).length;
  let words = "";
  if (refused.length) {
    words = note.dataset.refused + " " + refused[0].refused;
  } else if (waiting && lastState === "login") {
    words = note.dataset.login;
  } else if (waiting) {
    words = waiting === 1 ? note.dataset.one : note.dataset.many.replace("NUMBER", waiting);
  } else if (!navigator.onLine) {
    words = note.dataset.offline;
  }
  note.querySelector("p").textContent = words;
  note.querySelector("a").hidden = !(waiting && lastState === "login");
  note.querySelector("[data-do=send]").hidden = !waiting || lastState === "login";
  note.querySelector("[data-do=forget]").hidden = !refused.length;
  note.hidden = !words;
}

async function forgetRefused() {
  const all = await acts();
  await forgetActs(
    all
      .filter((act) => {
        return act.refused && !urgencyOf(act.symptoms || []); // that goes on to hold here
      })
      .map((act) => act.operation),
  );
  tell();
}

// ------------------------------------------------------------ what is in force, and the day

// The last answer is kept beside the pages that are kept: they may be older.
function heardAt() {
  return "/standing/" + carried.patient;
}

async function hear(said) {
  if (!said || (heard && Date.parse(said.now) < Date.parse(heard.now))) {
    return;
  }
  heard = said;
  if ("caches" in window && (await caches.has(KEPT))) {
    const cache = await caches.open(KEPT);
    await cache.put(heardAt(), new Response(JSON.stringify(said))).catch(() => {
      // No room, or logged out meanwhile: this page knows.
    });
  }
  document.dispatchEvent(new CustomEvent("standing"));
}

async function remembered() {
  const found = "caches" in window && (await caches.has(KEPT)) && (await caches.match(heardAt()));
  return found ? found.json() : null;
}

async function lastSaid() {
  if (!heard) {
    heard = (await remembered().catch(() => null)) || carried;
  }
  return Date.parse(heard.now) < Date.parse(carried.now) ? carried : heard;
}

// What is in force: what the server said, and on top of it what this device did not send yet.
// What was sent counts until an answer is there that knows of it.
async function inForce() {
  const said = await lastSaid();
  const own = (await allActs()).filter(
    (act) =>
      carried.ownRecords.includes(act.patient) &&
      !act.draft &&
      (!act.sent || Date.parse(act.at) > Date.parse(said.now)),
  );
  const mistakes = new Set(own.map((act) => act.retracts));
  const unsent = own.filter((act) => (act.symptoms || []).length > 0);
  return said.reports
    .concat(unsent.map(reportOf))
    .filter((report) => !mistakes.has(report.operation));
}

function reportOf(act) {
  const line = carried.lines.find((one) => one.uuid === act.line);
  return {
    operation: act.operation,
    retraction: newNumber(),
    programme: act.programme,
    patient: act.patient,
    version: act.version,
    line: act.line || "",
    exercise: line ? line.exercise : "",
    title: line ? line.title : "",
    date: new Intl.DateTimeFormat(root.lang, {
      timeZone: carried.zone,
      day: "numeric",
      month: "long",
    }).format(new Date(act.performed_at)),
    moment: act.moment,
    symptoms: act.symptoms,
    unsent: !act.sent,
  };
}

function stopOf(line, stops) {
  return (
    stops.find(
      (report) =>
        report.line === line.uuid || (report.exercise && report.exercise === line.exercise),
    ) || null
  );
}

// A page that was kept offers nothing before it is known how things stand; without an answer in
// time what this device knows has to do.
async function ask() {
  const stop = new AbortController();
  const timer = setTimeout(() => {
    stop.abort();
  }, PATIENCE);
  try {
    const answer = await asked(carried.start, { signal: stop.signal });
    const said = answer.ok ? await answer.json() : null;
    if (answer.status === 401 || (said && !said.records.includes(carried.patient))) {
      await forgetPages();
      return "gone";
    }
    if (said) {
      await hear(said.standing[carried.patient]);
    }
  } catch {
    return "later";
  } finally {
    clearTimeout(timer);
  }
  return "known";
}

async function forgetPages() {
  if ("caches" in window) {
    await caches.delete(KEPT);
  }
}

async function know() {
  await reported;
  if ("kept" in root.dataset && (await ask()) === "gone") {
    location.reload(); // to the login page, or to what is still theirs
    return new Promise(() => {}); // nothing is offered meanwhile
  }
  root.dataset.known = "";
  return null;
}

// ------------------------------------------------------------ the day

// How the day stands: what the page says, and on top of it what is still on this device. On
// another day than the page was made for nothing is done yet, and other exercises may be due.
export async function states() {
  await known;
  const day = today();
  const sameDay = day === carried.today;
  const reports = await inForce();
  const redFlags = reports.filter((report) => urgencyOf(report.symptoms) === "doctor");
  const stops = reports.filter((report) => urgencyOf(report.symptoms) === "stop");
  const sameReports =
    reports.map((one) => one.operation).join() ===
    carried.reports.map((one) => one.operation).join();
  const queue = (await acts()).filter((act) => {
    const counts = isWaiting(act) || (act.sent && act.sequence > carried.sequence);
    return counts && "done" in act; // the others are about a report, and no exercise
  });
  const lines = {};
  carried.lines.forEach((line) => {
    const done = new Set(sameDay ? line.done : []);
    const days = new Set(line.weekDone);
    queue.forEach((act) => {
      if (act.line !== line.uuid) {
        return;
      }
      if (act.day === day) {
        done[act.done === "1" ? "add" : "delete"](Number(act.moment));
      } else if (act.done === "1") {
        days.add(act.day);
      }
    });
    let due = line.due.includes(day);
    if (line.week !== null) {
      const monday = mondayOf(day);
      const before = Array.from(days).filter((other) => other >= monday && other < day);
      due = due && before.length < line.week;
    }
    let next = null;
    for (let moment = line.moments; moment >= 1; moment -= 1) {
      next = done.has(moment) ? next : moment;
    }
    const stopped = stopOf(line, stops);
    lines[line.uuid] = {
      done: done,
      due: due && !stopped,
      next: next,
      moments: line.moments,
      stopped: stopped,
    };
  });
  return {
    day: day,
    changed: !sameDay || queue.length > 0 || !sameReports,
    lines: lines,
    redFlags: redFlags,
    stops: stops,
  };
}

function mondayOf(day) {
  const date = new Date(day + "T12:00:00Z");
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

// The worker looked behind a kept page: what it found is shown when nobody is at work here yet.
function pageAndWorker() {
  let touched = false;
  ["pointerdown", "keydown", "wheel"].forEach((kind) => {
    window.addEventListener(kind, () => {
      touched = true;
    });
  });
  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data === "gone" || (event.data === "changed" && !touched)) {
        location.reload();
      }
    });
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      location.reload(); // it stood still since it was left
    }
  });
}

// ------------------------------------------------------------ begin

// What was ticked on a page that was left, or closed with the browser.
const reported = canKeep ? report().catch(() => false) : Promise.resolve();
const known = know();
pageAndWorker();

if (canKeep) {
  const note = document.getElementById("waiting");
  note.querySelector("[data-do=send]").addEventListener("click", send);
  note.querySelector("[data-do=forget]").addEventListener("click", forgetRefused);
  tidy();
  window.addEventListener("online", sendAndAsk);
  window.addEventListener("offline", tell);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      sendAndAsk();
    }
  });
  reported.then(send);
}
