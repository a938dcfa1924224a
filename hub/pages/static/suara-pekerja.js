// Shows the offline page where /suara cannot be reached. Keeps that page and what it loads, nothing of anybody.
const NAME = "suara-" + SHELF.join("|");

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(SHELF[0])));
    return;
  }
  const url = new URL(request.url);
  const address = url.pathname + url.search;
  if (url.origin === location.origin && SHELF.indexOf(address) > 0) {
    event.respondWith(kept(address).then((found) => found || fetch(request)));
  }
});

async function keep() {
  const shelf = await caches.open(NAME);
  for (const address of SHELF) {
    const found = await fetch(address, { cache: "reload" });
    if (!found.ok) throw new Error(address);
    await shelf.put(address, found);
  }
}

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith("suara-") && name !== NAME) await caches.delete(name);
}

async function kept(address) {
  const found = await (await caches.open(NAME)).match(address, { ignoreVary: true });
  return found || Response.error();
}
