// A worklist that stands open asks each minute whether something urgent came in, and says so. It
// replaces nothing: somebody may be typing. Without this script, loading the page again does it.
const EVERY = 60 * 1000; // milliseconds
const place = document.querySelector("[data-urgent]");
const title = document.title;
let asked = Date.now(); // when this page was made

async function look() {
  if (!place || document.hidden || Date.now() - asked < EVERY) {
    return;
  }
  asked = Date.now();
  try {
    const answer = await fetch(place.dataset.urgent, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      say(await answer.json());
    }
  } catch {
    // No connection for a moment, or logged out: the next page says so.
  }
}

function say(found) {
  if (!found.new) {
    return;
  }
  const words = place.querySelector("p");
  words.querySelector("a").href = found.page;
  if (words.hidden) {
    words.hidden = false;
    document.title = "(1) " + title.trim();
  }
}

setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
