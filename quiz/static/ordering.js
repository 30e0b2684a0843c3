// Steps to put in order: two buttons a step, or the arrow keys on them.

import { action, element, icon, mark, prose } from "./dom.js";

export function orderingField({ words, prefix, keepDraft }) {
  const list = element("ol", { class: "fbq-steps" });
  const told = element("p", { class: "fbq-unseen", role: "status" });
  let order = words.steps.map((_, place) => place);
  let locked = false;

  const move = (place, by) => {
    const from = order.indexOf(place);
    const to = Math.min(Math.max(from + by, 0), order.length - 1);
    if (locked || from === to) return;
    order.splice(to, 0, ...order.splice(from, 1));
    draw();
    told.textContent = words.moved.replace("{step}", words.steps[place]).replace("{place}", to + 1);
    keepDraft();
  };
  const KEYS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

  const rows = words.steps.map((text, place) => {
    const id = `${prefix}-step-${place}`;
    const button = (name, by) => action(icon(name), () => move(place, by),
      { class: "fbq-move", id: `${id}-${name}`, "aria-label": words[name], "aria-describedby": id, title: words[name] });
    const buttons = element("div", { class: "fbq-moves" }, button("up", -1), button("down", 1));
    buttons.addEventListener("fbq-key", (event) => {
      if (!(event.detail in KEYS)) return;
      event.preventDefault();
      move(place, KEYS[event.detail]);
    });
    return element("li", { class: "fbq-step" }, element("span", { class: "fbq-place", "aria-hidden": "true" }),
      element("div", { class: "fbq-step-text" }, element("span", { id }, prose(text))), buttons);
  });

  const draw = () => {
    const focused = document.activeElement;
    list.replaceChildren(...order.map((place) => rows[place]));
    if (list.contains(focused)) focused.focus(); // moving a node drops the focus
    order.forEach((place, at) => {
      rows[place].querySelector(".fbq-place").textContent = at + 1;
      const [up, down] = rows[place].querySelectorAll(".fbq-move");
      up.setAttribute("aria-disabled", String(locked || at === 0));
      down.setAttribute("aria-disabled", String(locked || at === order.length - 1));
    });
  };

  return {
    node: element("div", {},
      element("div", { class: "fbq-under" }, element("span", { id: `${prefix}-how`, class: "fbq-how" }, words.how)), list, told),
    how: `${prefix}-how`,
    value: () => order,
    show(answer) {
      if (answer.length) order = [...answer];
      draw();
    },
    problem: () => "",
    focus: () => list.querySelector("button").focus(),
    review(feedback) {
      locked = Boolean(feedback);
      rows.forEach((row, place) => {
        row.querySelector(".fbq-mark")?.remove();
        row.querySelector(".fbq-moves").hidden = locked;
        if (feedback) row.querySelector(".fbq-step-text").append(mark(feedback.marks[place]));
      });
      told.textContent = "";
      draw();
    },
    report: (feedback) => feedback.verdict === "correct" ? [] : [
      element("section", { class: "fbq-solution" }, element("h4", {}, words.solution),
        element("ol", {}, feedback.solution.map((text) => element("li", {}, prose(text)))))],
  };
}
