// Keeps the page of problems as it is now: asks whether a build has ended, and takes over
// what is found. Without it the page says the same once it is loaded again.
const shown = document.querySelector("[data-standing]");
const source = new EventSource("/problems/events");
let standing = shown.dataset.standing;
source.addEventListener("message", async (event) => {
  if (event.lastEventId === standing) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-standing]");
  if (!next) return;
  shown.replaceChildren(...next.childNodes);
  standing = event.lastEventId;
});
