// The rows of a programme's form, as the scripts beside it find them.
export const group = document.querySelector(".prescriptions");
export const announcements = document.getElementById("announcements");
export const isHere = Boolean(group && announcements);

export function rows() {
  return Array.from(group.querySelectorAll(".prescription:not(.empty-form)"));
}

// Those that are not removed.
export function present() {
  return rows().filter((row) => !row.classList.contains("removed"));
}

export function field(row, name) {
  return row.querySelector("[name$='-" + name + "']:not([name^='initial-'])");
}

export function title(row) {
  return row.querySelector(".inline_label").textContent.trim();
}

export function say(row, text) {
  announcements.textContent = title(row) + ": " + text;
}

// What the server says about a row. Raises when there is no connection, or no answer.
export async function ask(address, parameters) {
  const answer = await fetch(address + "?" + new URLSearchParams(parameters), {
    headers: { Accept: "application/json" },
  });
  if (answer.status === 401) {
    return { error: group.dataset.sayLogin };
  }
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}
