// Keeps the page of problems as it is now: asks whether a build has ended, and takes over
// what is found. Without it the page says the same once it is loaded again.
const shown = document.querySelector("[data-standing]");
const source = new EventSource("/problems/events");
let standing = shown.dataset.standing;
source.addEventListener("message", (event) => {
  if (event.lastEventId === standing) return;
  // the browser reads the page itself: no text becomes markup here
  const asking = new XMLHttpRequest();
  asking.responseType = "document";
  asking.addEventListener("load", () => {
    const next = asking.response?.querySelector("[data-standing]");
    if (asking.status !== 200 || !next) return;
    shown.replaceChildren(...next.childNodes);
    // the version in service is named there
    document.querySelector("footer").replaceWith(asking.response.querySelector("footer"));
    standing = event.lastEventId;
  });
  asking.open("GET", location.href);
  asking.setRequestHeader("Accept", "text/html");
  asking.send();
});
