// What a patient does: the programme that the page carries along, and the acts that this device keeps
// until they are sent. The one file that opens IndexedDB.
const NAME = "rugpijn";
const STORE = "acts";
const data = document.getElementById("carried");

export const carried = data && JSON.parse(data.textContent); // null on a page that carries nothing
export const canKeep = "indexedDB" in window;

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "operation" });
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error);
    };
  });
}

// `work` gets the store; what it asked for is there when the transaction is on disk.
export async function inStore(mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(asked && asked.result);
      };
      transaction.onerror = transaction.onabort = () => {
        reject(transaction.error);
      };
    });
  } finally {
    base.close();
  }
}

// Of every record on this device, in the order in which they were done.
export async function allActs() {
  const all = await inStore("readonly", (store) => store.getAll()).catch(() => {
    return []; // a device that keeps nothing has nothing that waits
  });
  return all.sort((one, other) => one.sequence - other.sequence);
}

// In the order in which they were done; of this record only, whoever else uses the device.
export async function acts() {
  return (await allActs()).filter((act) => act.patient === carried.patient);
}

export function isWaiting(act) {
  return !act.refused && !act.sent && !act.draft;
}

// A note is made when something is ticked in a form that is still open (`draft`). When the form is
// left it becomes an act as any other: those with these numbers, or all of them. Says whether there
// was one.
export async function report(operations) {
  const left = (await allActs()).filter(
    (act) => act.draft && (!operations || operations.includes(act.operation)),
  );
  if (!left.length) {
    return false;
  }
  await inStore("readwrite", (store) => {
    left.forEach((act) => {
      delete act.draft;
      store.put(act);
    });
  });
  document.dispatchEvent(new CustomEvent("standing"));
  return true;
}

export function forgetActs(operations) {
  return inStore("readwrite", (store) => {
    operations.forEach((operation) => {
      store.delete(operation);
    });
  });
}

// Whether a patient used this device. Opening the database to look would make it.
export async function isUsed() {
  const there = canKeep && indexedDB.databases ? await indexedDB.databases() : [];
  return there.some((one) => one.name === NAME);
}

export function forgetDatabase() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

// ------------------------------------------------------------ what an act says

export function urgencyOf(symptoms) {
  const found = symptoms.map((name) =>
    carried.symptoms[name] ? carried.symptoms[name].urgency : "",
  );
  return ["doctor", "stop"].find((each) => found.includes(each));
}

// A form as an act: its fields, under the names that the server knows.
export function actOf(form, pressed) {
  const act = { symptoms: [] };
  new FormData(form).forEach((value, name) => {
    if (name === "symptoms") {
      act.symptoms.push(value);
    } else if (!["csrfmiddlewaretoken", "opened_by", "session"].includes(name)) {
      act[name] = value;
    }
  });
  if (pressed && pressed.name) {
    act[pressed.name] = pressed.value;
  }
  return act;
}

export function newNumber() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

// Today where the practice is, wherever the telephone is.
export function today() {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: carried.zone }).format(new Date());
}
