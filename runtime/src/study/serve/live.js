"use strict";
// Loads the page anew when the study has changed.
const place = location.pathname === "/" ? document.documentElement.dataset.study : location.pathname;
if (place) {
  let first = null;
  new EventSource(`${place.replace(/\/$/, "")}/events`).addEventListener("changed", (event) => {
    if (first === null) first = event.data;
    else location.reload();
  });
}
