"use strict";
// Keeps the page of a study up to date: where the server says that something has changed, the page is fetched again, and its new
// sections take the place of those that were there. What the reader opened, scrolled to, selected and focused stays.
(() => {
  const main = document.querySelector("main[data-page]");
  const line = document.getElementById("live-state");
  if (!main || !line || !window.EventSource || !window.DOMParser) return;
  const page = main.dataset.page;
  // In milliseconds. The server may show a page that is a second old, so what is fetched after a change waits for longer than that.
  const [SETTLED, LONGEST] = [1100, 30000];
  let connected = false;
  const say = (state, text) => {
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text; // What is said again is read out again.
  };
  const sayConnected = () => (main.dataset.ending ? say("ended", main.dataset.ending) : say("live", "Live"));
  const sayLost = () => {
    if (connected || line.dataset.state === "waiting") say("lost", `Not connected since ${new Date().toLocaleTimeString()}`);
    connected = false;
  };

  // The parts of the page, by name, as they were served: what the reader opened since is no change.
  const nameOf = (part) => part.id || part.tagName;
  const parts = (body) => [...body.children].filter((part) => part.id !== "live");
  const served = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("details[open]").forEach((it) => it.removeAttribute("open"));
    return copy.outerHTML;
  };
  const shown = new Map(parts(main).map((part) => [nameOf(part), served(part)]));

  // Where an element is inside of a part: from the nearest one with a key, child by child.
  const placeOf = (part, element) => {
    const near = element.closest("[data-key]");
    const from = near && part.contains(near) ? near : part;
    const steps = [];
    for (let at = element; at !== from; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
    return { tag: element.tagName, key: from === part ? null : from.dataset.key, steps };
  };
  const elementAt = (part, { tag, key, steps }) => {
    const from = key === null ? part : part.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const found = steps.reduce((at, step) => at && at.children[step], from);
    return found && found.tagName === tag ? found : null;
  };

  const replace = (old, fresh) => {
    const places = (selector, is) => [...old.querySelectorAll(selector)].filter(is).map((it) => [placeOf(old, it), it]);
    const folds = places("details", () => true).map(([place, it]) => [place, it.open]);
    const boxes = places(".plot, .table, pre", (it) => it.scrollLeft || it.scrollTop);
    const scrolled = boxes.map(([place, it]) => [place, { left: it.scrollLeft, top: it.scrollTop, behavior: "instant" }]);
    const focused = old.contains(document.activeElement) ? placeOf(old, document.activeElement) : null;
    old.replaceWith(fresh);
    for (const [place, open] of folds) elementAt(fresh, place)?.toggleAttribute("open", open);
    for (const [place, to] of scrolled) elementAt(fresh, place)?.scrollTo(to);
    if (focused) elementAt(fresh, focused)?.focus({ preventScroll: true });
  };

  const isSelecting = () => !getSelection().isCollapsed && getSelection().rangeCount > 0;
  const isSelected = (part) => isSelecting() && getSelection().getRangeAt(0).intersectsNode(part);

  // What is at the top of the window stays there.
  const hold = () => {
    const isBelow = (element) => element.getBoundingClientRect().bottom > 0;
    const part = window.scrollY > 0 && parts(main).find(isBelow);
    if (!part) return () => {};
    const inside = part.getBoundingClientRect().top < 0 && [...part.querySelectorAll("[data-key]")].find(isBelow);
    const held = inside || part;
    const [name, place, top] = [nameOf(part), placeOf(part, held), held.getBoundingClientRect().top];
    return () => {
      const now = parts(main).find((it) => nameOf(it) === name);
      const again = now && elementAt(now, place);
      if (again) window.scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
    };
  };
  let waiting = null;
  const show = (fresh) => {
    const next = fresh.querySelector("main[data-page]");
    if (!next) return;
    // Another study has this name now: nothing of the page holds any more.
    if (next.dataset.study !== main.dataset.study) return location.reload();
    const release = hold();
    waiting = null;
    main.dataset.ending = next.dataset.ending || "";
    document.title = fresh.title;
    document.getElementById("live-time").textContent = fresh.getElementById("live-time").textContent;
    const known = new Set(parts(next).map(nameOf));
    let before = document.getElementById("live");
    for (const part of parts(next)) {
      const [name, text] = [nameOf(part), served(part)];
      let old = parts(main).find((it) => nameOf(it) === name);
      const isNew = !old || shown.get(name) !== text;
      if (isNew && old && isSelected(old)) waiting = fresh;
      else if (isNew) {
        const copy = document.importNode(part, true);
        if (old) replace(old, copy);
        else before.after(copy);
        shown.set(name, text);
        old = copy;
      }
      before = old;
    }
    for (const old of parts(main)) if (!known.has(nameOf(old)) && !isSelected(old)) old.remove();
    release();
  };

  // One after the other, and large pages not all the time.
  let [timer, busy, again, failures] = [0, false, false, 0];
  const update = (after) => {
    if (busy || document.hidden) again = true;
    else if (!timer) timer = setTimeout(fetchPage, after);
  };
  const fetchPage = async () => {
    [timer, busy, again] = [0, true, false];
    const begin = performance.now();
    try {
      const answer = await fetch(page, { cache: "no-store", headers: { Accept: "text/html" } });
      failures = answer.ok ? 0 : failures + 1;
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (answer.ok && connected) sayConnected();
      else if (answer.status === 404) say("lost", "This study is not there any more");
      else if (answer.status === 401) say("lost", "Not allowed any more: open the page with its token again");
      else if (!answer.ok) again = true;
    } catch {
      [failures, again] = [failures + 1, connected];
    }
    busy = false;
    if (again) update(Math.min(LONGEST, Math.max(2 * (performance.now() - begin), SETTLED * 2 ** failures)));
  };
  let pause = SETTLED;
  const listen = () => {
    const events = new EventSource(`${page}/events`);
    events.onopen = () => {
      [connected, pause] = [true, SETTLED];
      sayConnected();
      update(0);
    };
    events.addEventListener("changed", () => update(SETTLED));
    events.onerror = () => {
      sayLost();
      // The browser connects again by itself, unless the server said no.
      if (events.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, pause * (0.5 + Math.random()));
      pause = Math.min(2 * pause, LONGEST);
    };
  };
  document.addEventListener("visibilitychange", () => document.hidden || update(0));
  document.addEventListener("selectionchange", () => waiting && !isSelecting() && show(waiting));
  listen();
})();
