// Passkeys: makes one, or logs in with one, at the press of a button. Without this script, or in a
// browser that knows no passkeys, its buttons stay hidden and the password does the work.
import { addHidden } from "./forms.js";

const known = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// Browsers want bytes where JSON has text.
function forBrowser(options) {
  const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (asked[list]) asked[list] = asked[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return { publicKey: asked };
}

function forServer(credential) {
  const response = {};
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  for (const part of [...parts, "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  });
}

async function optionsOf(button) {
  if (button.dataset.options) {
    return JSON.parse(document.getElementById(button.dataset.options).textContent);
  }
  const answer = await fetch(button.dataset.from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options;
}

async function press(button) {
  const said = document.querySelector("[data-passkey-said]");
  const form = document.getElementById(button.dataset.form);
  said.textContent = "";
  button.disabled = true;
  try {
    const options = forBrowser(await optionsOf(button));
    const make = button.dataset.passkey === "make";
    const credential = await (make
      ? navigator.credentials.create(options)
      : navigator.credentials.get(options));
    form.elements.credential.value = forServer(credential);
    const box = document.querySelector("input[type='checkbox'][name='own_device']");
    if (box && box.form !== form && box.checked) {
      addHidden(form, "own_device", "on");
    }
    form.submit();
  } catch {
    // Stopped by the person, or not possible here. The other way stands below.
    said.textContent = button.dataset.failed;
    button.disabled = false;
  }
}

if (known) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false;
  for (const part of document.querySelectorAll("details[data-passkey-otherwise]")) {
    // Not under the hands of who was quicker than this script and types there already.
    const fields = part.querySelectorAll("[type=text], [type=email], [type=password]");
    const typed = Array.from(fields).some((one) => one.value);
    if (!typed && !part.querySelector(".is-invalid, .invalid-feedback, .alert")) part.open = false;
  }
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    button.addEventListener("click", () => press(button));
  }
}
// Coming back with the browser's back button finds the button as it was.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-passkey]")) button.disabled = false;
});
