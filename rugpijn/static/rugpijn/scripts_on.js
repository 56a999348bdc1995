// Before the page is drawn: scripts run here, so that what a script will hide is never seen.
"use strict";

document.documentElement.classList.add("scripts");
