// Answers when there is no connection. SHELL, OFFLINE, LOGIN and EDITION stand above, put there by
// the server. What belongs to a person is in the cache "programme", which a page of that person fills
// on a trusted device and which is gone after logout; this worker only keeps it fresh.
"use strict";

const CACHE = "shell-" + EDITION;
const PROGRAMME = "programme";
const PATIENCE = 8000; // milliseconds: a train with one bar of signal is no connection

self.addEventListener("install", function (event) {
  event.waitUntil(
    caches
      .open(CACHE)
      .then(function (cache) {
        return cache.addAll(SHELL);
      })
      .then(function () {
        return self.skipWaiting();
      })
  );
});

self.addEventListener("activate", function (event) {
  event.waitUntil(
    caches
      .keys()
      .then(function (names) {
        return Promise.all(
          names
            .filter(function (name) {
              return name.startsWith("shell-") && name !== CACHE;
            })
            .map(function (name) {
              return caches.delete(name);
            })
        );
      })
      .then(function () {
        return self.clients.claim();
      })
  );
});

self.addEventListener("fetch", function (event) {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request, address));
  } else if (address.pathname.startsWith("/static/") || address.pathname.startsWith("/drawings/")) {
    event.respondWith(thing(request));
  } else if (address.pathname.includes("/media/")) {
    event.respondWith(
      fetch(request).catch(function () {
        return kept(request);
      })
    );
  }
});

// From the server; when it does not answer in time, as it was kept.
async function page(request, address) {
  const stop = new AbortController();
  const cache = await programme();
  const known = cache && (await cache.match(address.pathname, { ignoreSearch: true }));
  const timer = known && setTimeout(stop.abort.bind(stop), PATIENCE);
  try {
    const answer = await fetch(request, known ? { signal: stop.signal } : undefined);
    if (known && answer.status >= 502 && answer.status <= 504) {
      return known;
    }
    if (address.pathname === LOGIN && answer.ok) {
      await caches.delete(PROGRAMME); // nobody is logged in here: it ended, or was ended elsewhere
    }
    if (known && answer.ok && !answer.redirected && !address.search) {
      await renew(cache, address.pathname, answer.clone());
    }
    return answer;
  } catch (error) {
    return known || (await caches.match(OFFLINE)) || Response.error();
  } finally {
    clearTimeout(timer);
  }
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
