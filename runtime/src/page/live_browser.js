"use strict";
// What a reader does, and what must be left of it when the page has changed. It tells the server of each check.
(async () => {
  const checks = JSON.parse(sessionStorage.getItem("checks") || "{}");
  const get = (id) => document.getElementById(id);
  const key = (name) => document.querySelector(`[data-key="${name}"]`);
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const until = async (name, is) => {
    for (let i = 0; i < 200 && !is(); i++) await pause(50);
    checks[name] = is();
  };
  const state = () => get("live-state").textContent;
  const send = () => fetch("/result", { method: "POST", body: JSON.stringify(checks) });
  const changed = async (path) => {
    const before = get("live-time").textContent;
    await fetch(path);
    await until(`${path} is shown`, () => get("live-time").textContent !== before);
  };

  if (sessionStorage.getItem("replaced")) {
    checks["a study that was replaced is loaded anew"] = !get("finalists") && document.title === "another";
    return send();
  }
  await until("it says that it is live", () => state() === "Live");

  const row = document.querySelectorAll('#trials [data-key^="latest-"]')[3];
  const [name, summary] = [row.dataset.key, row.querySelector("summary")];
  row.querySelector("details").open = true;
  const folded = document.querySelector("#failures details");
  folded.open = true;
  const failure = folded.closest("[data-key]").dataset.key;
  document.querySelector("#choices .plot").scrollLeft = 40;
  row.scrollIntoView({ block: "start", behavior: "instant" });
  summary.focus({ preventScroll: true });
  const words = document.querySelector("#rewards p");
  getSelection().selectAllChildren(words);
  const [top, selected] = [row.getBoundingClientRect().top, String(getSelection())];

  await changed("/next");
  checks["the section with the selection waits"] = words.isConnected && String(getSelection()) === selected;
  checks["what was opened stays open"] = key(name).querySelector("details").open && key(failure).querySelector("details").open;
  checks["what was not opened stays closed"] = document.querySelectorAll("details[open]").length === 2;
  checks["what was changed is new"] = key(name) !== row;
  checks["the window stays where it was"] = Math.abs(key(name).getBoundingClientRect().top - top) < 2 && window.scrollY > 1000;
  checks["boxes stay where they were"] = document.querySelector("#choices .plot").scrollLeft === 40;
  checks["the focus stays"] = document.activeElement === key(name).querySelector("summary");
  checks["what has gone is gone"] = !get("workers");
  const order = [...document.querySelectorAll("section")].map((section) => section.id).join(" ");
  checks["what is new has its place"] = order.startsWith("rewards distribution running failures finalists curves");
  getSelection().removeAllRanges();
  await until("the section is shown once nothing is selected", () => document.querySelector("#rewards p").textContent.startsWith("301 "));

  await fetch("/lost");
  await until("it says that the connection is lost", () => state().startsWith("Not connected since"));
  await fetch("/found");
  await until("it connects again", () => state() === "Live");
  await changed("/ended");
  await until("it says that the study has ended", () => state() === "Ended (complete)");

  sessionStorage.setItem("replaced", "yes");
  sessionStorage.setItem("checks", JSON.stringify(checks));
  await fetch("/replaced");
  await pause(10000);
  checks["a study that was replaced is loaded anew"] = false;
  send();
})();
