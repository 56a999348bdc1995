// Copies a field to the clipboard. Without this script its button stays hidden, and the text can
// be selected and copied as any other.
async function copied(field) {
  field.select();
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      // Refused by the browser; the older way may still be open.
    }
  }
  return document.execCommand("copy");
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role='status']");
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copied(field)) ? button.dataset.copied : button.dataset.failed;
  });
}
