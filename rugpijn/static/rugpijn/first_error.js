// After a mistake the cursor is where it must be mended; a long form has it out of sight.
"use strict";

const wrong = Array.from(document.querySelectorAll("#content [aria-invalid='true']"));

for (const field of wrong) {
  const folded = field.closest("details");
  if (folded) {
    folded.open = true;
  }
}

const first = wrong.find((field) => field.offsetParent !== null);
if (first) {
  first.focus();
}
