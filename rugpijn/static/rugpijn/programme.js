// Moves a line of the programme up or down. Without this script the order is a
// number that can be typed; the server reads the same field either way.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  const group = document.querySelector(".prescriptions");
  if (!group) {
    return;
  }
  const announcements = document.getElementById("announcements");

  function rows() {
    return Array.from(group.querySelectorAll(".prescription:not(.empty-form)"));
  }

  function position(row) {
    return row.querySelector("input[name$='-position']:not([name^='initial-'])");
  }

  function title(row) {
    return row.querySelector(".inline_label").textContent.trim();
  }

  function number() {
    const all = rows();
    all.forEach(function (row, index) {
      const field = position(row);
      if (field) {
        field.value = index;
      }
      row.querySelectorAll(".move").forEach(function (button) {
        const last = button.dataset.move === "up" ? index === 0 : index === all.length - 1;
        button.hidden = false;
        button.setAttribute("aria-disabled", String(last));
      });
    });
  }

  function move(button) {
    const row = button.closest(".prescription");
    const all = rows();
    const from = all.indexOf(row);
    const to = from + (button.dataset.move === "up" ? -1 : 1);
    if (to < 0 || to >= all.length) {
      return;
    }
    if (to < from) {
      all[to].before(row);
    } else {
      all[to].after(row);
    }
    number();
    button.focus();
    announcements.textContent = title(row) + ": " + (to + 1) + " / " + all.length;
  }

  group.addEventListener("click", function (event) {
    const button = event.target.closest(".move");
    if (button) {
      event.preventDefault();
      move(button);
    }
  });
  // After an error the server shows the lines as they lie in the database;
  // the order that was asked for is in their numbers.
  function inAskedOrder() {
    const sorted = rows().sort(function (one, other) {
      return Number(position(one).value) - Number(position(other).value);
    });
    const after = group.querySelector(".empty-form");
    sorted.forEach(function (row) {
      after.before(row);
    });
  }

  // A search box that opens without the cursor in it swallows the first letters.
  if (window.django && window.django.jQuery) {
    window.django.jQuery(document).on("select2:open", function () {
      document.querySelector(".select2-container--open .select2-search__field").focus();
    });
  }

  document.addEventListener("formset:added", number);
  document.addEventListener("formset:removed", number);
  document.documentElement.classList.add("can-move");
  if (group.querySelector(".move")) {
    inAskedOrder();
    number();
  }
});
