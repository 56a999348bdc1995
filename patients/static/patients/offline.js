// The app on the telephone: the worker, what is kept on a trusted device, and leaving without
// losing anything that was not sent.
import { addHidden, logoutForms, sendPlainly } from "../rugpijn/forms.js";
import { allActs, canKeep, carried, forgetActs, forgetDatabase, report } from "./acts.js";

const { login } = document.getElementById("offline-script").dataset; // whose page this is

const KEPT = "programme";
const HELD = "/held"; // in it: of which records there are pages
const leaving = new AbortController();
let keeping = Promise.resolve();

if ("serviceWorker" in navigator) {
  // What it fetches for later waits until this page is there.
  window.addEventListener("load", () => {
    navigator.serviceWorker.register("/service-worker.js").catch(() => {
      // Refused by the browser, as in a private window: everything else works.
    });
  });
}
if ("caches" in window) {
  keeping = forgetOthers()
    .then((isLoggedOut) => carried && !isLoggedOut && keep())
    .catch((error) => {
      // Leaving, no room left, or cleared in another tab: the next page tries again.
      if (!["AbortError", "QuotaExceededError", "NotFoundError"].includes(error.name)) {
        throw error;
      }
    });
}
// A page that stood open, of a record that is no longer this person's: it goes as well.
document.addEventListener("record:gone", async () => {
  await keeping;
  await forgetOthers();
  location.reload();
});
logoutForms().forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(form);
  });
});

// Today, the session and every drawing in them. Only where the patient said "my own device".
async function keep() {
  if (!carried.keep) {
    await caches.delete(KEPT);
    return;
  }
  const root = document.documentElement;
  const reports = carried.reports.map((report) => report.operation + report.symptoms.join());
  const edition = [carried.programme, carried.version, carried.today]
    .concat(root.lang, root.className, reports, carried.phones)
    .join(" ");
  const cache = await caches.open(KEPT);
  const before = await cache.match("/kept");
  if (before && (await before.text()) === edition) {
    return;
  }
  if (!navigator.onLine) {
    return;
  }
  const pages = ["/", carried.page, carried.session, carried.stop, carried.retract];
  const answers = await Promise.all(pages.map(ask));
  const whole = answers.every(
    (answer, number) => answer.ok && (!answer.redirected || pages[number] === "/"),
  );
  if (!whole) {
    return;
  }
  const held = await heldHere(cache);
  held.add(carried.patient);
  await cache.put(HELD, new Response(Array.from(held).join(" ")));
  const drawings = new Set();
  const session = new DOMParser().parseFromString(await answers[2].clone().text(), "text/html");
  const today = new DOMParser().parseFromString(await answers[1].clone().text(), "text/html");
  [session, today].forEach((page) => {
    page.querySelectorAll("main img[src]").forEach((image) => {
      drawings.add(image.getAttribute("src"));
    });
    page.querySelectorAll("[data-loop]").forEach((loop) => {
      drawings.add(loop.dataset.loop);
    });
  });
  await Promise.all(pages.map((page, number) => cache.put(page, answers[number])));
  for (const drawing of drawings) {
    if (!(await cache.match(drawing))) {
      const answer = await ask(drawing);
      if (!answer.ok) {
        return;
      }
      await cache.put(drawing, answer);
    }
  }
  await cache.put("/kept", new Response(edition));
  document.dispatchEvent(new CustomEvent("programme:kept"));
}

async function heldHere(cache) {
  const before = await cache.match(HELD);
  return new Set(before ? (await before.text()).split(" ") : []);
}

// Who acted for somebody and does so no more keeps nothing of that record: the server says whose
// records are this person's now. Logged out, or without a connection, nothing is known. What
// somebody else did on this device, and could not send yet, waits until they log in again. Says
// whether the login ended: then nothing may be kept any more.
async function forgetOthers() {
  const keeps = await caches.has(KEPT);
  const acts = await allActs();
  if (!keeps && !acts.length) {
    return false;
  }
  const answer = await ask("/sync/start/");
  if (!answer.ok) {
    return answer.status === 401;
  }
  const now = await answer.json();
  const held = keeps ? await heldHere(await caches.open(KEPT)) : new Set();
  const all = Array.from(held);
  if (keeps && !(all.length && all.every(isOwn))) {
    await caches.delete(KEPT); // what is still theirs is kept anew by its own page
  }
  await forget(acts.filter((act) => !isOwn(act.patient) && (act.sent || act.login === now.login)));
  return false;

  function isOwn(record) {
    return now.records.includes(record);
  }
}

// Without a connection, or when leaving: an answer that is not ok.
function ask(address) {
  return fetch(address, { credentials: "same-origin", signal: leaving.signal }).catch(() =>
    Response.error(),
  );
}

// ------------------------------------------------------------ logging out

async function leave(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const waiting = await unsent();
  button.disabled = false;
  if (!waiting.length) {
    await forgetAll(form);
    sendPlainly(form);
    return;
  }
  const note = document.getElementById("leave");
  note.querySelector("[data-waiting]").textContent = waiting.length;
  note.querySelector("[data-alarm]").hidden = !waiting.some(isReport);
  note.hidden = false;
  note.querySelector("[data-do=stay]").onclick = () => {
    note.hidden = true;
    button.focus();
  };
  note.querySelector("[data-do=leave]").onclick = async () => {
    await forgetAll(form);
    sendPlainly(form);
  };
  note.querySelector("[data-do=stay]").focus();
}

// Sends what it can, and says what of this person's is left; of every record they act for. What
// was ticked and not sent is left with it.
async function unsent() {
  if (carried && canKeep) {
    const outbox = await import("./outbox.js"); // which such a page has loaded
    await report();
    await outbox.send();
  }
  return (await allActs()).filter(
    (act) => isTheirs(act) && !act.sent && (!act.refused || isReport(act)),
  );
}

function isReport(act) {
  return (act.symptoms || []).length > 0;
}

// Acts of older scripts do not say whose they are.
function isTheirs(act) {
  return !act.login || act.login === login;
}

// Where the browser keeps nothing there is nothing to forget.
async function forget(acts) {
  if (acts.length) {
    await forgetActs(acts.map((act) => act.operation)).catch(() => null);
  }
}

// All of this person's. What others did here and could not send yet stays for them, and the
// answer to this form must not tell the browser to erase it.
async function forgetAll(form) {
  // First what is still being kept, or it would come after the clearing.
  leaving.abort();
  await Promise.allSettled([keeping]);
  if ("caches" in window) {
    await caches.delete(KEPT);
  }
  const all = await allActs();
  const gone = all.filter((act) => isTheirs(act) || act.sent);
  if (gone.length < all.length) {
    await forget(gone);
    addHidden(form, "others_wait", "1");
    localStorage.removeItem("rugpijn-counter");
    return;
  }
  try {
    await forgetDatabase();
    localStorage.removeItem("rugpijn-counter");
  } catch {
    // Nothing was kept.
  }
}
