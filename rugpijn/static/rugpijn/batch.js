// Shows how far work in the background is, without loading the page again. Without this script the page does.
const EVERY = 2000; // milliseconds

async function look() {
  const before = document.getElementById("batch");
  if (!before || "over" in before.dataset) {
    return;
  }
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("batch");
    if (!answer.ok || !now) {
      location.reload(); // logged out, or gone: the page says so
      return;
    }
    update(before, now);
  } catch {
    // No connection for a moment: the next look may have one.
  }
  setTimeout(look, EVERY);
}

// Piece by piece, so that a link or a button keeps its focus.
function update(before, now) {
  const buttons = ".button";
  const same = before.querySelectorAll(buttons).length === now.querySelectorAll(buttons).length;
  if (!same || "over" in now.dataset) {
    before.replaceWith(now);
    return;
  }
  const said = before.querySelector("#batch-said");
  const says = now.querySelector("#batch-said").textContent;
  if (said.textContent !== says) {
    said.textContent = says;
  }
  const bar = before.querySelector("progress"),
    shows = now.querySelector("progress");
  bar.max = shows.max;
  bar.value = shows.value;
  const rows = before.querySelector("tbody");
  if (rows) {
    rows.replaceWith(now.querySelector("tbody"));
  }
}

setTimeout(look, EVERY);
