// Items that each go with one target: a list of targets for each item.

import { element, mark, prose } from "./dom.js";

export function matchingField({ words, prefix, keepDraft }) {
  const rows = words.items.map((text, place) => {
    const id = `${prefix}-item-${place}`;
    const select = element("select", { id },
      element("option", { value: "" }, words.pick),
      words.targets.map((target, at) => element("option", { value: at }, target)));
    select.addEventListener("change", keepDraft);
    return { select, row: element("li", { class: "fbq-item" }, element("label", { for: id }, prose(text)), select) };
  });

  return {
    node: element("div", {},
      element("div", { class: "fbq-under" }, element("span", { id: `${prefix}-how`, class: "fbq-how" }, words.how)),
      element("ul", { class: "fbq-items" }, rows.map(({ row }) => row))),
    how: `${prefix}-how`,
    value: () => rows.map(({ select }) => (select.value === "" ? null : Number(select.value))),
    show: (answer) => rows.forEach(({ select }, place) => { select.value = answer[place] ?? ""; }),
    problem: (answer) => (answer.includes(null) ? words.empty : ""),
    focus: () => (rows.find(({ select }) => select.value === "") ?? rows[0]).select.focus(),
    review(feedback) {
      rows.forEach(({ select, row }, place) => {
        row.querySelector(".fbq-mark")?.remove();
        select.disabled = Boolean(feedback);
        select.removeAttribute("aria-describedby");
        if (!feedback) return;
        const id = `${prefix}-mark-${place}`;
        row.append(mark(feedback.marks[place], id));
        select.setAttribute("aria-describedby", id);
      });
    },
    report: () => [],
  };
}
