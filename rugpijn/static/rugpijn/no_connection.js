// The page for no connection: says whether the programme is on this device, and opens what was asked
// for as soon as there is a connection. Without this script the link "try again" does it.
"use strict";

document.addEventListener("DOMContentLoaded", async function () {
  const here = location.pathname + location.search;
  document.querySelector("[data-again]").href = here;
  window.addEventListener("online", function () {
    location.reload();
  });
  if (!("caches" in window) || !(await caches.has("programme"))) {
    return;
  }
  const kept = await (await caches.open("programme")).match("/");
  document.querySelectorAll("[data-kept-programme]").forEach(function (one) {
    one.hidden = !kept;
  });
  document.querySelectorAll("[data-nothing-kept]").forEach(function (one) {
    one.hidden = Boolean(kept);
  });
});
