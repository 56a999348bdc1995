// Answers when there is no connection. SHELL, OFFLINE, LOGIN and EDITION stand above, put there by
// the server. What belongs to a person is in the cache "programme", which a page of that person fills
// on a trusted device and which is gone after logout; this worker only keeps it fresh.
"use strict";

const CACHE = "shell-" + EDITION;
const PROGRAMME = "programme";
const PATIENCE = 1500; // milliseconds that a page is waited for, where a kept one could do
const AFTER_AN_ACT = 15000; // what was sent just now changes the pages: the kept ones are behind
let acted = 0;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => {
        // In the order in which they were made. The one before stays: pages that were kept with it
        // load its files until they are kept anew.
        const before = names.filter((name) => name.startsWith("shell-") && name !== CACHE);
        return Promise.all(before.slice(0, -1).map((name) => caches.delete(name)));
      })
      .then(programme)
      .then((cache) => {
        return cache && cache.delete("/kept"); // the next page keeps all of them anew
      })
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) {
    return;
  }
  if (request.method !== "GET") {
    acted = Date.now();
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(event, request, address));
  } else if (address.pathname.startsWith("/static/") || address.pathname.startsWith("/drawings/")) {
    event.respondWith(thing(request));
  } else if (address.pathname.includes("/media/")) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});

// A page that was kept is shown at once, and looked after behind it. After an act, and for an
// address that asks for something, the server comes first. What nobody kept comes from the server.
async function page(event, request, address) {
  const cache = await programme();
  const known = cache && (await cache.match(address.pathname));
  if (!known) {
    return fromServer(request, address).catch(
      async () => (await caches.match(OFFLINE)) || Response.error(),
    );
  }
  if (address.search || Date.now() - acted < AFTER_AN_ACT) {
    return firstFromServer(cache, known, request, address);
  }
  const shown = known.clone();
  event.waitUntil(lookBehind(event, cache, known, address));
  return marked(shown);
}

async function fromServer(request, address, options) {
  const answer = await fetch(request, options);
  if (address.pathname === LOGIN && answer.ok) {
    await caches.delete(PROGRAMME); // nobody is logged in here: it ended, or was ended elsewhere
  }
  return answer;
}

// From the server; when it does not answer in time, as it was kept.
async function firstFromServer(cache, known, request, address) {
  const stop = new AbortController();
  const timer = setTimeout(stop.abort.bind(stop), PATIENCE);
  try {
    const answer = await fromServer(request, address, { signal: stop.signal });
    if (answer.status >= 502 && answer.status <= 504) {
      return marked(known);
    }
    if (answer.ok && !answer.redirected && !address.search) {
      await renew(cache, address.pathname, answer.clone());
    }
    return answer;
  } catch {
    return marked(known);
  } finally {
    clearTimeout(timer);
  }
}

// Whether the page that is shown is still so; the page is told when not (outbox.js).
async function lookBehind(event, cache, known, address) {
  const answer = await fetch(address.pathname, {
    credentials: "same-origin",
    headers: { Accept: "text/html" },
  }).catch(() => Response.error());
  if (answer.ok && new URL(answer.url).pathname === LOGIN) {
    await caches.delete(PROGRAMME);
    await tell(event, "gone");
  } else if (answer.ok && !answer.redirected) {
    const now = await answer.clone().text();
    await renew(cache, address.pathname, answer);
    if (carriedIn(now) !== carriedIn(await known.text())) {
      await tell(event, "changed");
    }
  }
}

async function tell(event, what) {
  const client = await self.clients.get(event.resultingClientId);
  if (client) {
    client.postMessage(what);
  }
}

// The programme and its day, as the page carries them; the moment of writing changes nothing.
function carriedIn(text) {
  const found = text.match(/<script id="carried"[^>]*>(.*?)<\/script>/s);
  return found ? found[1].replace(/"now": "[^"]*"/, "") : "";
}

// A kept page says that it is one: it offers nothing before the server was asked. What was said to
// somebody once is not said again.
async function marked(known) {
  const headers = new Headers(known.headers);
  ["Content-Encoding", "Content-Length"].forEach((name) => {
    headers.delete(name);
  });
  const text = (await known.text())
    .replace("<html ", "<html data-kept ")
    .replace(/<!--said-->.*?<!--\/said-->/s, "");
  return new Response(text, { status: known.status, headers: headers });
}

// What never changes under one address: as it was kept, else from the server.
async function thing(request) {
  const known = await caches.match(request);
  return known || fetch(request);
}

async function kept(request) {
  const cache = await programme();
  return cache && cache.match(request);
}

// The answer counts, kept or not: the disk may be full, or the patient logged out meanwhile. In
// that last case the cache that was opened is gone with all in it, and none comes in its place.
async function renew(cache, path, answer) {
  try {
    await cache.put(path, answer);
  } catch (error) {
    if (!["QuotaExceededError", "NotFoundError"].includes(error.name)) {
      throw error;
    }
  }
}

async function programme() {
  return (await caches.has(PROGRAMME)) ? caches.open(PROGRAMME) : undefined;
}
