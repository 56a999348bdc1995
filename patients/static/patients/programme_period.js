// Reads the weeks of a row back while they are typed, as the patient will read them. The server
// reads the text, so the page and a save cannot disagree.

const group = document.querySelector(".prescriptions");
const announcements = document.getElementById("announcements");
const WAIT = 400; // milliseconds after the last key

if (group && announcements) {
  begin();
}

function begin() {
  group.addEventListener("input", function (event) {
    if (event.target.matches("input[name$='-period']")) {
      const row = event.target.closest(".prescription");
      clearTimeout(row.periodTimer);
      row.periodTimer = setTimeout(function () {
        read(row);
      }, WAIT);
    }
  });
  group.querySelectorAll(".prescription:not(.empty-form)").forEach(describe);
  group.addEventListener("rows:changed", function () {
    group.querySelectorAll(".prescription:not(.empty-form)").forEach(describe);
  });
}

function field(row) {
  return row.querySelector("input[name$='-period']:not([name^='initial-'])");
}

function describe(row) {
  const reading = row.querySelector(".period-reading");
  reading.id = field(row).id + "-reading";
  field(row).setAttribute("aria-describedby", reading.id);
}

async function read(row) {
  const text = field(row).value.trim();
  const asked = new URLSearchParams({
    text: text,
    language: group.dataset.language,
    started: group.dataset.started,
  });
  let answer;
  try {
    const sent = await fetch(group.dataset.periodAddress + "?" + asked);
    answer = sent.status === 401 ? { error: group.dataset.sayLogin } : await sent.json();
  } catch {
    return; // no connection: the save reads it too
  }
  if (field(row).value.trim() !== text) {
    return; // typed on meanwhile
  }
  const reading = row.querySelector(".period-reading");
  const old = row.querySelector(".row-period .errorlist");
  if (old) {
    old.remove();
  }
  reading.textContent = answer.error || answer.sentence;
  reading.classList.toggle("wrong", Boolean(answer.error));
  field(row).toggleAttribute("aria-invalid", Boolean(answer.error));
  if (!answer.error) {
    row.dataset.first = answer.first;
    row.dataset.last = answer.last === null ? "" : answer.last;
    group.dispatchEvent(new CustomEvent("rows:changed"));
  }
  const title = row.querySelector(".inline_label").textContent.trim();
  announcements.textContent = title + ": " + reading.textContent;
}
