// The views of an answer behind tabs, by the tab pattern of ARIA's authoring practices.

import { html } from "../dom.js";
import { say } from "../page.js";
import { suiting } from "./suit.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
let kept = "table"; // the view that the reader chose last, for the next answer

/** Show an answer in the place given; the view chosen before stays where it suits. */
export async function present(place, answer, question) {
  const views = suiting(answer);
  const panel = html("div", { role: "tabpanel", id: "view", "aria-labelledby": "", tabindex: 0 });
  const tabs = views.map((view, index) => html("button", {
    type: "button", role: "tab", id: `tab-${view.name}`, "aria-controls": "view",
    onclick: () => choose(index, true), onkeydown: (event) => move(event, index),
  }, say(view.name)));

  async function choose(index, byReader) {
    if (byReader) kept = views[index].name;
    tabs.forEach((tab, each) => {
      tab.setAttribute("aria-selected", String(each === index));
      tab.tabIndex = each === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", tabs[index].id);
    const { show } = await views[index].load();
    panel.replaceChildren();
    await show(panel, answer, question);
  }

  function move(event, index) {
    const step = STEPS[event.key];
    if (!step) return;
    const next = (index + step + views.length) % views.length;
    tabs[next].focus();
    choose(next, true);
  }

  place.replaceChildren(html("div", { role: "tablist", "aria-label": say("views"), class: "tabs" }, ...tabs), panel);
  await choose(Math.max(0, views.findIndex((view) => view.name === kept)), false);
}
