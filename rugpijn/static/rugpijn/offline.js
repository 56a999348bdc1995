// The app on the telephone: the worker, what is kept on a trusted device, and leaving without
// losing anything that was not sent.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  const KEPT = "programme";
  const app = window.rugpijn || {};
  const carried = app.carried;
  const leaving = new AbortController();
  let keeping = Promise.resolve();

  if ("serviceWorker" in navigator) {
    // What it fetches for later waits until this page is there.
    window.addEventListener("load", function () {
      navigator.serviceWorker.register("/service-worker.js").catch(function () {
        // Refused by the browser, as in a private window: everything else works.
      });
    });
  }
  if (carried && "caches" in window) {
    keeping = keep().catch(function (error) {
      // Leaving, no room left, or cleared in another tab: the next page tries again.
      if (!["AbortError", "QuotaExceededError", "NotFoundError"].includes(error.name)) {
        throw error;
      }
    });
  }
  document.querySelectorAll("form[data-leave]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
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
    const edition = [carried.programme, carried.version, carried.today].join(" ");
    const cache = await caches.open(KEPT);
    const before = await cache.match("/kept");
    if (before && (await before.text()) === edition) {
      return;
    }
    if (!navigator.onLine) {
      return;
    }
    const pages = ["/", carried.page, carried.session];
    const answers = await Promise.all(pages.map(ask));
    const whole = answers.every(function (answer, number) {
      return answer.ok && (!answer.redirected || pages[number] === "/");
    });
    if (!whole) {
      return;
    }
    const drawings = new Set();
    const session = new DOMParser().parseFromString(await answers[2].clone().text(), "text/html");
    const today = new DOMParser().parseFromString(await answers[1].clone().text(), "text/html");
    [session, today].forEach(function (page) {
      page.querySelectorAll("main img[src]").forEach(function (image) {
        drawings.add(image.getAttribute("src"));
      });
      page.querySelectorAll("[data-loop]").forEach(function (loop) {
        drawings.add(loop.dataset.loop);
      });
    });
    await Promise.all(
      pages.map(function (page, number) {
        return cache.put(page, answers[number]);
      })
    );
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

  // Without a connection, or when leaving: an answer that is not ok.
  function ask(address) {
    return fetch(address, { credentials: "same-origin", signal: leaving.signal }).catch(function () {
      return Response.error();
    });
  }

  // ------------------------------------------------------------ logging out

  async function leave(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    const waiting = await unsent();
    button.disabled = false;
    if (!waiting) {
      await forgetAll();
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    const note = document.getElementById("leave");
    note.querySelector("[data-waiting]").textContent = waiting;
    note.hidden = false;
    note.querySelector("[data-do=stay]").onclick = function () {
      note.hidden = true;
      button.focus();
    };
    note.querySelector("[data-do=leave]").onclick = async function () {
      await forgetAll();
      HTMLFormElement.prototype.submit.call(form);
    };
    note.querySelector("[data-do=stay]").focus();
  }

  // Sends what it can, and says how much is left; also of another record on this device.
  async function unsent() {
    if (!("indexedDB" in window)) {
      return 0;
    }
    if (app.outbox) {
      await app.outbox.send();
    }
    const all = await new Promise(function (resolve) {
      const request = indexedDB.open("rugpijn", 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("acts", { keyPath: "operation" });
      };
      request.onerror = function () {
        resolve([]);
      };
      request.onsuccess = function () {
        const base = request.result;
        const asked = base.transaction("acts").objectStore("acts").getAll();
        asked.onsuccess = function () {
          base.close();
          resolve(asked.result);
        };
        asked.onerror = function () {
          base.close();
          resolve([]);
        };
      };
    });
    return all.filter(function (act) {
      return !act.sent && !act.refused;
    }).length;
  }

  async function forgetAll() {
    // First what is still being kept, or it would come after the clearing.
    leaving.abort();
    await Promise.allSettled([keeping]);
    if ("caches" in window) {
      await caches.delete(KEPT);
    }
    await new Promise(function (resolve) {
      const request = indexedDB.deleteDatabase("rugpijn");
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
    try {
      localStorage.removeItem("rugpijn-counter");
    } catch (error) {
      // Nothing was kept.
    }
  }
});
