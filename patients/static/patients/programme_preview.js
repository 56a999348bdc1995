// Keeps the preview beside the form as the form is now. The server reads the same form that saving
// sends, so the preview and a save cannot disagree. Without this script it shows the last save.

import { snapshot } from "../rugpijn/forms.js";

const preview = document.querySelector("details.preview");
const WAIT = 700; // milliseconds after the last key

if (preview) {
  begin();
}

function begin() {
  const form = preview.closest("form");
  const frame = preview.querySelector("iframe");
  const words = preview.querySelector("[role=status]");
  const saved = { form: snapshot(form), words: words.textContent };
  let shown = saved.form;
  let timer = 0;

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  }

  async function show() {
    const now = snapshot(form);
    const page = frame.contentDocument;
    if (!preview.open || now === shown || !page || !page.querySelector("main")) {
      return;
    }
    let answer;
    try {
      answer = await fetch(frame.src, { method: "POST", body: new FormData(form) });
    } catch {
      say(words.dataset.offline);
      return;
    }
    const text = await answer.text();
    if (now !== snapshot(form)) {
      return; // typed on meanwhile; the next answer is on its way
    }
    if (!answer.ok || answer.redirected) {
      say(words.dataset.offline);
      return;
    }
    if (answer.headers.get("Content-Type").startsWith("text/plain")) {
      say(text);
      return;
    }
    const fresh = new DOMParser().parseFromString(text, "text/html");
    page.querySelector("main").replaceWith(page.adoptNode(fresh.querySelector("main")));
    page.dispatchEvent(new CustomEvent("page:replaced"));
    shown = now;
    say(now === saved.form ? saved.words : words.dataset.now);
  }

  function say(sentence) {
    if (words.textContent !== sentence) {
      words.textContent = sentence;
    }
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.querySelector(".prescriptions").addEventListener("rows:changed", soon);
  preview.addEventListener("toggle", soon);
  frame.addEventListener("load", soon);
}
