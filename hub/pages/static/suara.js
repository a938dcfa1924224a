// /suara: keeps what is written until the hub has it, and makes receipts easy to keep. The pages work without it.
"use strict";

(() => {
  const PACKET = 20, AGAIN = 30_000, PATIENCE = 60_000;
  const find = (selector, root = document) => root.querySelector(selector);
  const box = find("#antrean"), form = find("#lapor");

  // Receipts

  document.querySelectorAll(".aksi").forEach((each) => { each.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-aksi]");
    if (!button) return;
    const card = button.closest("li, .resi");
    if (button.dataset.aksi === "salin") copy(card, button);
    if (button.dataset.aksi === "cetak") print(card);
  });

  async function copy(card, button) {
    await navigator.clipboard.writeText(find("output", card).textContent);
    if (box) button.textContent = box.dataset.disalin;
    else button.textContent = "✓";
  }

  function print(card) {
    document.body.classList.add("mencetak");
    card.classList.add("dicetak");
    window.print();
    document.body.classList.remove("mencetak");
    card.classList.remove("dicetak");
  }

  // The point on the map

  const here = find("#di-sini");
  if (here && navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => navigator.geolocation.getCurrentPosition((found) => {
      find("#titik").value = `${found.coords.latitude.toFixed(5)}, ${found.coords.longitude.toFixed(5)}`;
    }));
  }

  if (!box || !window.indexedDB || !window.crypto?.randomUUID) return;

  // What the telephone keeps: `barang` (what was written, by its own id) and `orang` (whose villages the form offers)

  const shelf = new Promise((done, failed) => {
    const opening = indexedDB.open("suara", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("barang", { keyPath: "id" });
      opening.result.createObjectStore("orang", { keyPath: "orang" });
    };
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });

  async function within(store, mode, act) {
    const db = await shelf;
    return new Promise((done, failed) => {
      const change = db.transaction(store, mode);
      const asked = act(change.objectStore(store));
      change.oncomplete = () => done(asked?.result);
      change.onabort = change.onerror = () => failed(change.error);
    });
  }

  const all = () => within("barang", "readonly", (store) => store.getAll());
  const keep = (items) => within("barang", "readwrite", (store) => { items.forEach((each) => store.put(each)); });
  const drop = (id) => within("barang", "readwrite", (store) => store.delete(id));
  const mine = async () => (await all()).filter((each) => each.orang === speaker())
    .sort((one, other) => (one.ditulis < other.ditulis ? -1 : 1));
  const waits = (each) => each.keadaan === "menunggu";

  function speaker() {
    return document.cookie.match(/(?:^|; )hub-suara=([0-9a-f]{32})/)?.[1] ?? null;
  }

  // The form

  form?.addEventListener("submit", written);

  async function prepare() {
    if (!form) return;
    if (form.dataset.orang) {
      const desa = [...document.querySelectorAll("#desa-pilihan label")]
        .map((each) => [find("input", each).name, each.textContent.trim()]);
      await within("orang", "readwrite", (store) => store.put({ orang: speaker(), desa }));
    } else if (speaker()) {
      const known = await within("orang", "readonly", (store) => store.get(speaker()));
      offer(known?.desa ?? []);
      form.hidden = false;
    } else {
      find("#siapa").hidden = false;
    }
    const wanted = location.hash.slice(1);
    const item = wanted && (await mine()).find((each) => each.id === wanted);
    if (item) correct(item);
  }

  function offer(desa) {
    find("#desa").hidden = desa.length === 0;
    for (const [name, text] of desa) {
      const label = document.createElement("label"), input = document.createElement("input");
      label.className = "choice";
      Object.assign(input, { type: "checkbox", name, value: "ya" });
      label.append(input, text);
      find("#desa-pilihan").append(label);
    }
  }

  function written(event) {
    if (!speaker() || (form.dataset.orang && form.dataset.orang !== speaker())) return;
    event.preventDefault();
    const isian = {};
    for (const [name, value] of new FormData(form)) {
      if (!["csrf", "kunci"].includes(name) && value) isian[name] = value.toWellFormed?.() ?? value;
    }
    const now = new Date().toISOString();
    const item = {
      id: crypto.randomUUID(), orang: speaker(), judul: isian.judul, isian, dicatat: now, ditulis: now,
      keadaan: "menunggu", paket: null, kode: null, tenggat: null, masalah: null,
    };
    keep([item]).then(() => {
      form.reset();
      return show();
    }, () => form.submit()).then(() => {
      find("#antrean-judul").focus();
      return send();
    });
  }

  function correct(item) {
    form.reset();
    for (const [name, value] of Object.entries(item.isian)) {
      const field = form.elements.namedItem(name);
      if (field) { if (field.type === "checkbox") field.checked = true; else field.value = value; }
    }
    drop(item.id).then(show);
    find("#jenis").focus();
  }

  // The queue, for people

  async function show() {
    const items = await mine(), others = (await all()).length - items.length;
    find("#antrean-daftar").replaceChildren(...items.map(card));
    find("#antrean-kirim").hidden = !items.some(waits);
    const told = find("#antrean-lain");
    told.hidden = others === 0;
    told.textContent = box.dataset.lain.replace("{count}", others);
    box.hidden = items.length === 0 && others === 0;
  }

  function card(item) {
    const made = find("#barang").content.cloneNode(true).firstElementChild;
    const part = (name) => find(`[data-isi="${name}"]`, made), button = (name) => find(`[data-aksi="${name}"]`, made);
    made.id = `barang-${item.id}`;
    part("judul").textContent = item.judul;
    const known = item.keadaan === "terkirim" && !item.kode;
    part("keadaan").textContent = known ? box.dataset.tanpaKode : box.dataset[item.keadaan];
    if (item.kode) {
      part("resi").hidden = false;
      find(".aksi", made).hidden = false;
      find("output", made).textContent = item.kode;
      part("tenggat").textContent = item.tenggat ? box.dataset.tenggat.replace("{date}", item.tenggat) : box.dataset.janji;
    }
    if (item.masalah) {
      part("masalah").hidden = false;
      part("masalah").textContent = item.masalah;
    }
    const loose = item.keadaan === "ditolak" || (waits(item) && !item.paket); // not on its way
    button("perbaiki").hidden = button("buang").hidden = !loose;
    button("selesai").hidden = item.keadaan !== "terkirim";
    button("perbaiki").addEventListener("click", () => {
      if (form) correct(item);
      else location.assign(`/suara/baru#${item.id}`);
    });
    button("selesai").addEventListener("click", () => drop(item.id).then(show));
    button("buang").addEventListener("click", () => {
      if (window.confirm(box.dataset.buang.replace("{title}", item.judul))) drop(item.id).then(show);
    });
    return made;
  }

  function say(word) {
    find("#antrean-keadaan").textContent = word ? box.dataset[word] : "";
    find("#antrean-masuk").hidden = word !== "habis";
  }

  // Sending: a packet keeps its key and its items until the hub has answered, so that it is taken in once

  let later = null, next = false;

  function send() {
    if (next) return; // the round that has not begun yet sends this too
    next = true;
    clearTimeout(later);
    return navigator.locks.request("suara-kirim", () => {
      next = false;
      return sendAll();
    }).then(plan, plan);
  }

  async function plan() {
    clearTimeout(later);
    if ((await mine()).some(waits)) later = setTimeout(send, AGAIN);
  }

  async function sendAll() {
    if (!speaker()) {
      say((await all()).length ? "habis" : "");
      return;
    }
    try {
      while ((await mine()).some(waits)) {
        say("mengirim");
        const found = await read(await call());
        if (found.orang !== speaker()) throw new Error("habis");
        for (const [key, items] of await packets(found.kini)) await sendOne(key, items, found);
        say("");
      }
    } catch (problem) {
      say(problem.message in box.dataset ? problem.message : "luring");
    }
    await show();
  }

  const call = (options = {}) =>
    fetch("/suara/antrean", { ...options, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE) });

  async function read(answer) {
    if (answer.status === 401 || answer.status === 403) throw new Error("habis");
    const plain = answer.headers.get("content-type")?.includes("json") && (answer.ok || answer.status === 409);
    if (!plain) throw new Error("sibuk");
    return answer.json();
  }

  async function packets(now) {
    const items = (await mine()).filter(waits);
    const loose = items.filter((each) => !each.paket);
    for (let start = 0; start < loose.length; start += PACKET) {
      const paket = crypto.randomUUID();
      for (const each of loose.slice(start, start + PACKET)) {
        each.paket = paket;
        if (Date.parse(each.dicatat) > now) each.dicatat = null; // a clock that is ahead
      }
    }
    await keep(items);
    return Map.groupBy ? Map.groupBy(items, (each) => each.paket) : grouped(items);
  }

  function grouped(items) {
    const found = new Map();
    for (const each of items) found.set(each.paket, [...(found.get(each.paket) ?? []), each]);
    return found;
  }

  async function sendOne(kunci, items, { csrf, orang }) {
    const barang = JSON.stringify(items.map(({ id, dicatat, isian }) => ({ id, dicatat, isian })));
    const answer = await call({ method: "POST", body: new URLSearchParams({ csrf, orang, kunci, barang }) });
    const found = await read(answer);
    if (answer.status === 409) { // this key was used for something else: a new one, the ids stay
      items.forEach((each) => { each.paket = null; });
      await keep(items);
    }
    if (!answer.ok) throw new Error("sibuk");
    const outcomes = new Map(found.hasil.map((each) => [each.id, each]));
    for (const each of items) {
      const { kode, tenggat, masalah } = outcomes.get(each.id);
      Object.assign(each, { kode, tenggat, masalah, keadaan: masalah ? "ditolak" : "terkirim", paket: null });
      if (!masalah) each.isian = {}; // the hub has it: of what was written the title is enough
    }
    await keep(items);
    await show();
  }

  // Signing out: the page and the villages go, what was not sent stays

  find('form[action="/keluar"]')?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const count = (await mine()).filter(waits).length;
    if (count && !window.confirm(box.dataset.keluar.replace("{count}", count))) return;
    await forget().finally(() => HTMLFormElement.prototype.submit.call(event.target));
  });

  async function forget() {
    await within("orang", "readwrite", (store) => { store.clear(); });
    for (const name of await caches.keys()) if (name.startsWith("suara-")) await caches.delete(name);
    await (await navigator.serviceWorker?.getRegistration("/suara"))?.unregister();
  }

  async function start() {
    if (box.dataset.orang && navigator.serviceWorker) {
      navigator.serviceWorker.register("/suara/pekerja.js", { scope: "/suara" }).catch(() => {});
    }
    await prepare();
    await show();
    await send();
  }

  find("#antrean-kirim").addEventListener("click", send);
  window.addEventListener("online", send);
  start();
})();
