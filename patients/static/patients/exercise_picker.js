// The picker of a new row: results with their drawing, and a row that takes over what was picked.
// Without this script an exercise is chosen from the plain list at the bottom of the form.

const $ = window.django && window.django.jQuery;
const PICKERS = ".prescriptions select[name$='-exercise']:not([name*='__prefix__'])";

if ($ && document.querySelector(".prescriptions")) {
  $(() => {
    $(PICKERS).each(dress).each(nameByChoice); // after Django dressed it, in a plain way
  });
  document.addEventListener("formset:added", (event) => {
    $(event.target).find("select").filter(PICKERS).each(dress);
  });
  // Who adds a row wants to choose: the list opens at once. Not when a script adds one, which puts
  // an exercise in it itself.
  $(".prescriptions").on("click", ".add-row a", (event) => {
    if (event.originalEvent.isTrusted) {
      $(PICKERS).last().select2("open");
    }
  });
  $(document).on("change", PICKERS, nameByChoice);
  keepToTheKeyboard();
  document.addEventListener("input", (event) => {
    const row = event.target.closest(".row-dosage") && event.target.closest(".prescription");
    if (row && event.target.value !== row.dataset.suggested) {
      row.querySelector(".ours").hidden = true; // another one than that of the practice
    }
  });
  $(document).on("select2:select", PICKERS, function (event) {
    take(this.closest(".prescription"), event.params.data);
  });
  // A search box that opens without the cursor in it swallows the first letters. What Select2
  // opens has no names of its own.
  $(document).on("select2:open", PICKERS, function () {
    const search = document.querySelector(".select2-container--open .select2-search__field");
    search.setAttribute("aria-label", this.getAttribute("aria-label"));
    const list = document.querySelector(".select2-container--open .select2-results__options");
    list.setAttribute("aria-label", this.getAttribute("aria-label"));
    $(this).next().find(".select2-selection").attr("aria-controls", list.id);
    search.focus();
  });
}

function dress() {
  $(this).select2({
    ajax: {
      data: (asked) => ({ term: asked.term, page: asked.page }),
    },
    dropdownParent: $(this).parent(), // inside the page's main part, as all of it
    templateResult: shown,
    width: "min(100%, 36rem)",
  });
  const list = $(this).data("select2");
  list.on("results:all", () => {
    if (enterWaits) {
      enterWaits = false;
      list.trigger("results:select", {});
    }
  });
  list.on("results:message", (told) => {
    if (told.message === "noResults") {
      offerToMakeIt();
    }
  });
  // Named by its label and by what was picked: while nothing is, that alone would be no name.
  const label = this.labels[0];
  const box = $(this).next(".select2-container").find(".select2-selection")[0];
  if (label && box) {
    label.id = this.id + "-label";
    box.setAttribute("aria-labelledby", label.id + " " + box.getAttribute("aria-labelledby"));
    const picked = box.querySelector(".select2-selection__rendered"); // no text is typed in it
    picked.removeAttribute("role");
    picked.removeAttribute("aria-readonly");
  }
}

let enterWaits = false; // pressed before the answer came: then for the first of what comes
let rests = true; // the mouse, since the last key
const mouse = { x: null, y: null };

function searchField() {
  return document.querySelector(".select2-container--open .select2-search__field");
}

// A list that comes to lie under a mouse that rests there is not pointed at: while somebody types,
// Enter takes the first of what was found.
function keepToTheKeyboard() {
  $(document).on("select2:open", PICKERS, () => {
    rests = true;
    enterWaits = false;
  });
  document.addEventListener(
    "mousemove",
    (event) => {
      if (mouse.x !== null && (event.clientX !== mouse.x || event.clientY !== mouse.y)) {
        rests = false;
      }
      mouse.x = event.clientX;
      mouse.y = event.clientY;
    },
    true,
  );
  document.addEventListener(
    "mouseover",
    (event) => {
      if (rests && event.target.closest && event.target.closest(".select2-results__options")) {
        event.stopPropagation();
      }
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== searchField()) {
        return;
      }
      if (!["ArrowDown", "ArrowUp"].includes(event.key)) {
        rests = true;
      }
      if (event.key === "Enter" && document.querySelector(".select2-results .loading-results")) {
        enterWaits = true;
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );
}

// Nothing was found: the words that were typed begin an exercise of one's own, in another tab, so
// that the programme stays as it stands here.
function offerToMakeIt() {
  const words = searchField().value.trim();
  const group = document.querySelector(".prescriptions");
  const message = document.querySelector(".select2-container--open .select2-results__message");
  if (!words || !message || !group.dataset.newExercise) {
    return;
  }
  const link = document.createElement("a");
  link.className = "make-it";
  link.href = group.dataset.newExercise + "?" + new URLSearchParams({ title: words });
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = group.dataset.sayMakeIt.replace("%s", words);
  message.append(" ", link);
}

function shown(result) {
  if (!result.id) {
    return result.text; // “Searching…”
  }
  const box = document.createElement("div");
  const words = document.createElement("span");
  const title = document.createElement("strong");
  const beside = document.createElement("small");
  box.className = "found-exercise";
  title.textContent = result.text;
  const facts = [result.region, result.dosage, result.ours];
  beside.textContent = facts.filter(Boolean).join(" · ");
  words.append(title, beside);
  box.append(picture(result.picture), words, star(result));
  return box;
}

// Shows who is a favourite. favourites.js lets a mouse change it; a keyboard does so in the row.
function star(result) {
  const sign = document.createElement("span");
  sign.className = "star";
  sign.setAttribute("aria-hidden", "true");
  sign.dataset.exercise = result.id;
  sign.dataset.starred = String(Boolean(result.starred));
  return sign;
}

function picture(address) {
  if (!address) {
    const empty = document.createElement("span");
    empty.className = "thumbnail none";
    return empty;
  }
  const image = document.createElement("img");
  image.className = "thumbnail";
  image.alt = "";
  image.src = address;
  return image;
}

// The suggested dosage is filled in, unless somebody typed another one first. An instruction that
// came along with a duplicate is of the exercise that it was.
function take(row, exercise) {
  row.querySelector("textarea[name$='-steps']").value = "";
  row.querySelector(".row-steps").hidden = true;
  const old = row.querySelector(".row-head .thumbnail");
  if (old) {
    old.remove();
  }
  if (exercise.picture) {
    row.querySelector("h3").before(picture(exercise.picture));
  }
  const dosage = row.querySelector("input[name$='-dosage']:not([name^='initial-'])");
  if (!dosage.value || dosage.value === row.dataset.suggested) {
    dosage.value = exercise.dosage;
    row.dataset.suggested = exercise.dosage;
    dosage.dispatchEvent(new Event("input", { bubbles: true }));
    row.querySelector(".ours").hidden = !exercise.ours;
  }
  if ("starred" in exercise) {
    const detail = { id: exercise.id, starred: exercise.starred };
    document.dispatchEvent(new CustomEvent("exercise:starred", { detail: detail }));
  }
  row.closest(".prescriptions").dispatchEvent(new CustomEvent("rows:changed"));
}

function nameByChoice() {
  const picked = this.selectedOptions[0];
  if (picked && picked.value) {
    name(this.closest(".prescription"), picked.textContent);
  }
}

// What a screen reader says of the row's buttons and fields names the exercise.
function name(row, title) {
  row.querySelector(".inline_label").textContent = title;
  row.querySelector(".row-title").textContent = title;
  row.querySelectorAll(".of-row").forEach((place) => {
    place.textContent = ": " + title;
  });
  row.querySelectorAll("[aria-label*=': ']").forEach((field) => {
    const label = field.getAttribute("aria-label");
    field.setAttribute("aria-label", label.slice(0, label.indexOf(": ") + 2) + title);
  });
}
