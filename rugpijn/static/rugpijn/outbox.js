// What was done is kept on this device first, and sent then: each act exactly once, however often
// it is sent. The number of an act (operation) makes it so, and the server answers act by act.
// What has no answer yet stays here: no connection, logged out (401), a stale page (403), too
// much at once (429), or an error over there (5xx).
"use strict";

(function () {
  const STORE = "acts";
  const AT_ONCE = 50;
  const data = document.getElementById("carried");
  const carried = data && JSON.parse(data.textContent);
  let sending = null;
  let sequence = (carried && carried.sequence) || 0;

  function opened() {
    return new Promise(function (resolve, reject) {
      const request = indexedDB.open("rugpijn", 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore(STORE, { keyPath: "operation" });
      };
      request.onsuccess = function () {
        resolve(request.result);
      };
      request.onerror = function () {
        reject(request.error);
      };
    });
  }

  // `work` gets the store; what it asked for is there when the transaction is on disk.
  async function inStore(mode, work) {
    const base = await opened();
    try {
      return await new Promise(function (resolve, reject) {
        const transaction = base.transaction(STORE, mode, { durability: "strict" });
        const asked = work(transaction.objectStore(STORE));
        transaction.oncomplete = function () {
          resolve(asked && asked.result);
        };
        transaction.onerror = transaction.onabort = function () {
          reject(transaction.error);
        };
      });
    } finally {
      base.close();
    }
  }

  // In the order in which they were done; of this record only, whoever else uses the device.
  async function acts() {
    const all = await inStore("readonly", function (store) {
      return store.getAll();
    }).catch(function () {
      return []; // a device that keeps nothing has nothing that waits
    });
    return all
      .filter(function (act) {
        return carried && act.patient === carried.patient;
      })
      .sort(function (one, other) {
        return one.sequence - other.sequence;
      });
  }

  async function add(act) {
    const known = await acts();
    const last = known.length ? known[known.length - 1].sequence : 0;
    sequence = Math.max(sequence, last) + 1;
    const whole = Object.assign({}, act, {
      patient: carried.patient,
      login: carried.login,
      programme: carried.programme,
      sequence: sequence,
      performed_at: new Date().toISOString(),
    });
    await inStore("readwrite", function (store) {
      store.put(whole);
    });
    if (navigator.storage && navigator.storage.persist) {
      navigator.storage.persist(); // asks that it is not cleared away when the device is full
    }
    return whole;
  }

  function forget(operations) {
    return inStore("readwrite", function (store) {
      operations.forEach(function (operation) {
        store.delete(operation);
      });
    });
  }

  // What was sent stays until the pages know it too: a page that was kept earlier shows it so.
  // On a device that keeps no page it goes at once.
  function settle(results, byNumber) {
    return inStore("readwrite", function (store) {
      results.forEach(function (one) {
        const act = byNumber[one.operation];
        if (one.status === "refused") {
          store.put(Object.assign({}, act, { refused: one.message }));
        } else if (carried.keep && one.status !== "conflict") {
          store.put(Object.assign({}, act, { sent: true }));
        } else {
          store.delete(one.operation);
        }
      });
    });
  }

  function isWaiting(act) {
    return !act.refused && !act.sent;
  }

  // Of the weeks before: no page asks about them any more.
  async function tidy() {
    const old = new Date(Date.now() - 9 * 86400000).toISOString().slice(0, 10);
    const over = (await acts()).filter(function (act) {
      return act.sent && (act.day < old || !carried.keep);
    });
    if (over.length) {
      await forget(
        over.map(function (act) {
          return act.operation;
        })
      );
    }
  }

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
      return "login";
    }
    if (!start.ok) {
      return "later";
    }
    const token = (await start.json()).token;
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
      some.forEach(function (act) {
        byNumber[act.operation] = act;
      });
      await settle(said.results, byNumber);
    }
    return "sent";
  }

  // One at a time, in all tabs where the browser can see to it; sending twice would do no harm.
  function send() {
    if (!sending) {
      const work = function () {
        return sendAll().catch(function () {
          return "later";
        });
      };
      sending = (navigator.locks ? navigator.locks.request("rugpijn-outbox", work) : work()).finally(
        function () {
          sending = null;
          tell();
        }
      );
      sending.then(function (state) {
        lastState = state;
        tell();
      });
    }
    return sending;
  }

  // ------------------------------------------------------------ in words, at the foot of the page

  let lastState = "sent";

  async function tell() {
    const note = document.getElementById("waiting");
    if (!note) {
      return;
    }
    const all = await acts();
    const refused = all.filter(function (act) {
      return act.refused;
    });
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
    await forget(
      all
        .filter(function (act) {
          return act.refused;
        })
        .map(function (act) {
          return act.operation;
        })
    );
    tell();
  }

  // A form as an act: its fields, under the names that the server knows.
  function read(form, pressed) {
    const act = { symptoms: [] };
    new FormData(form).forEach(function (value, name) {
      if (name === "symptoms") {
        act.symptoms.push(value);
      } else if (name !== "csrfmiddlewaretoken" && name !== "session") {
        act[name] = value;
      }
    });
    if (pressed && pressed.name) {
      act[pressed.name] = pressed.value;
    }
    return act;
  }

  function number() {
    if (crypto.randomUUID) {
      return crypto.randomUUID();
    }
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // Today where the practice is, wherever the telephone is.
  function today() {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: carried.zone }).format(new Date());
  }

  // How the day stands: what the page says, and on top of it what is still on this device. On
  // another day than the page was made for nothing is done yet, and other exercises may be due.
  async function states() {
    const day = today();
    const sameDay = day === carried.today;
    const queue = (await acts()).filter(function (act) {
      return isWaiting(act) || (act.sent && act.sequence > carried.sequence);
    });
    const lines = {};
    carried.lines.forEach(function (line) {
      const done = new Set(sameDay ? line.done : []);
      const days = new Set(line.weekDone);
      queue.forEach(function (act) {
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
        const before = Array.from(days).filter(function (other) {
          return other >= monday && other < day;
        });
        due = due && before.length < line.week;
      }
      let next = null;
      for (let moment = line.moments; moment >= 1; moment -= 1) {
        next = done.has(moment) ? next : moment;
      }
      lines[line.uuid] = { done: done, due: due, next: next, moments: line.moments };
    });
    return { day: day, changed: !sameDay || queue.length > 0, lines: lines };
  }

  function mondayOf(day) {
    const date = new Date(day + "T12:00:00Z");
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.toISOString().slice(0, 10);
  }

  window.rugpijn = Object.assign(window.rugpijn || {}, {
    carried: carried,
    outbox: carried && "indexedDB" in window ? { acts: acts, add: add, send: send, tell: tell } : null,
    read: read,
    number: number,
    today: today,
    states: states,
  });

  if (!window.rugpijn.outbox) {
    return;
  }
  document.addEventListener("DOMContentLoaded", function () {
    const note = document.getElementById("waiting");
    note.querySelector("[data-do=send]").addEventListener("click", send);
    note.querySelector("[data-do=forget]").addEventListener("click", forgetRefused);
    tidy();
    window.addEventListener("online", send);
    window.addEventListener("offline", tell);
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden) {
        send();
      }
    });
    send();
  });
})();
