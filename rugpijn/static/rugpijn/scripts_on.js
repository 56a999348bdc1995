// Before the page is drawn: scripts run here, so that what a script will hide is never seen. A module
// would run too late for that, so this is none.
"use strict";

document.documentElement.classList.add("scripts");
