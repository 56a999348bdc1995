// The answer to a form, such as the form with what is wrong, becomes an ordinary entry of the history:
// Back and reload ask for that page, and the browser does not ask whether to send the form once more.
"use strict";

window.history.replaceState(window.history.state, "", window.location.href);
