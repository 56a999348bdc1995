// After a mistake the cursor is where it must be mended, and a question is in view; a long page has
// either out of sight.
const wrong = Array.from(document.querySelectorAll("#content [aria-invalid='true']"));

for (const field of wrong) {
  const folded = field.closest("details");
  if (folded) {
    folded.open = true;
  }
}

const first = wrong.find((field) => field.offsetParent !== null);
const question = document.querySelector("#content .merged[data-ask]");
if (question) {
  question.focus({ preventScroll: true });
  question.scrollIntoView({ block: "center" });
} else if (first) {
  first.focus();
}
