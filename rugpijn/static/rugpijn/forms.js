// What several scripts do with a form.
export function addHidden(form, name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
}

export function logoutForms() {
  return document.querySelectorAll("form[action$='/accounts/logout/']");
}

export function csrfToken() {
  return document.querySelector("[name=csrfmiddlewaretoken]").value;
}

// All that is filled in, to compare with later.
export function snapshot(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

// Without asking the listeners of the form once more.
export function sendPlainly(form) {
  HTMLFormElement.prototype.submit.call(form);
}
