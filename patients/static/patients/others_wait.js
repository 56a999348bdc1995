// Staff do nothing that waits on this device, but a patient who used it may have: then the form that
// logs out says so, and its answer leaves that alone. offline.js does it for patients.

import { addHidden, logoutForms } from "../rugpijn/forms.js";
import { allActs, isUsed } from "./acts.js";

async function tell() {
  if (!(await isUsed())) {
    return;
  }
  const waits = (await allActs()).some((act) => !act.sent);
  logoutForms().forEach((form) => {
    addHidden(form, "others_wait", waits ? "1" : "");
  });
}

tell();
