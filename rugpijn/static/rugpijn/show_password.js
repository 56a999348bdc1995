// A button below each password, to look at what was typed. Hidden again when the form is sent, so
// that a browser takes it for a password. Without this script there is the field alone.
const words = document.getElementById("show_password-script").dataset;

function add(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link show-password";
  button.setAttribute("aria-controls", field.id);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? words.hide : words.show;
  };
  button.addEventListener("click", () => {
    show(field.type === "password");
  });
  if (field.form) {
    field.form.addEventListener("submit", () => {
      show(false);
    });
  }
  show(false);
  field.autocapitalize = "none";
  field.spellcheck = false;
  field.after(button);
}

document.querySelectorAll("input[type=password]").forEach(add);
