// Shows the drawing that is chosen in a list. Without this script the page shows the saved one.
const list = document.querySelector("select[data-figures]");
const place = document.querySelector(".chosen-figure");
if (list && place) {
  list.addEventListener("change", () => {
    const chosen = list.selectedOptions[0];
    const strip = document.createElement("ol");
    strip.className = "figure-strip";
    (chosen.dataset.pictures || "")
      .split(" ")
      .filter(Boolean)
      .forEach((address, index) => {
        const item = document.createElement("li");
        const image = document.createElement("img");
        image.src = address;
        image.alt = chosen.textContent + " " + (index + 1);
        item.append(image);
        strip.append(item);
      });
    place.replaceChildren(strip);
  });

  // Back from the page of a new drawing: it is chosen.
  const made = new URLSearchParams(location.search).get("figure");
  if (made && list.value !== made && list.querySelector(`option[value="${CSS.escape(made)}"]`)) {
    list.value = made;
    list.dispatchEvent(new Event("change"));
  }
}
