// The page for no connection: says whether the programme is on this device, and opens what was asked
// for as soon as there is a connection. Without this script the link "try again" does it.
const EVERY = 2000; // milliseconds: a telephone says that it is connected before it is

async function openWhenThere() {
  const small = document.querySelector("link[rel=manifest]").href;
  while (navigator.onLine) {
    try {
      await fetch(small, { cache: "no-store" });
      location.reload();
      return;
    } catch {
      await new Promise((wait) => {
        setTimeout(wait, EVERY);
      });
    }
  }
}

async function sayWhatIsKept() {
  if (!("caches" in window) || !(await caches.has("programme"))) {
    return;
  }
  const kept = await (await caches.open("programme")).match("/");
  document.querySelectorAll("[data-kept-programme]").forEach((one) => {
    one.hidden = !kept;
  });
  document.querySelectorAll("[data-nothing-kept]").forEach((one) => {
    one.hidden = Boolean(kept);
  });
}

document.querySelector("[data-again]").href = location.pathname + location.search;
window.addEventListener("online", openWhenThere);
sayWhatIsKept();
