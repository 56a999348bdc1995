// Staff do nothing that waits on this device, but a patient who used it may have: then the form that
// logs out says so, and its answer leaves that alone. offline.js does it for patients.
"use strict";

document.addEventListener("DOMContentLoaded", async function () {
  const there = "indexedDB" in window && indexedDB.databases ? await indexedDB.databases() : [];
  const known = there.some(function (one) {
    return one.name === "rugpijn";
  });
  if (!known) {
    return;
  }
  const request = indexedDB.open("rugpijn", 1);
  request.onsuccess = function () {
    const base = request.result;
    if (!base.objectStoreNames.contains("acts")) {
      base.close();
      return;
    }
    const acts = base.transaction("acts").objectStore("acts").getAll();
    acts.onsuccess = function () {
      base.close();
      const waits = acts.result.some(function (act) {
        return !act.sent;
      });
      document.querySelectorAll("form[action$='/accounts/logout/']").forEach(function (form) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: "others_wait", value: waits ? "1" : "" });
        form.append(field);
      });
    };
  };
});
