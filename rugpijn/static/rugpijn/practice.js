// The heading on paper takes the colour that is being chosen. Whether it can be read is said by
// the server when it is saved.
const colour = document.querySelector("#id_colour");
const heading = document.querySelector(".heading-now g");

colour?.addEventListener("input", () => heading?.setAttribute("fill", colour.value));

// A logo that was chosen is shown before it is saved.
const file = document.querySelector("#id_logo");
file?.addEventListener("change", () => {
  const [chosen] = file.files;
  const shown = document.querySelector(".logo-now");
  if (!chosen || !shown) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => shown.setAttribute("src", reader.result));
  reader.readAsDataURL(chosen);
});
