// After "Back" a browser puts a message that was sent into its field again: take it out there. The
// page says what was sent last; one that the browser kept whole asks for that anew.
const field = document.querySelector("textarea[data-sent]");

function asOneText(text) {
  return text.replace(/\r\n?/g, "\n").trim();
}

function clearIfSent(sent) {
  if (sent && asOneText(sent) === asOneText(field.value)) {
    field.value = "";
  }
}

async function askWhatWasSent() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.querySelector("textarea[data-sent]");
    clearIfSent(there && there.dataset.sent);
  } catch {
    // Without a connection the text stays.
  }
}

if (field) {
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      askWhatWasSent();
    } else {
      clearIfSent(field.dataset.sent);
    }
  });
}
