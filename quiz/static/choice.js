// One option of four (radio buttons), or two or three of five or six (check boxes, with a count).

import { element, mark, prose } from "./dom.js";

export function choiceField({ words, prefix, keepDraft }) {
  const several = words.choose > 1;
  const rows = words.options.map((text, place) => {
    const input = element("input", { type: several ? "checkbox" : "radio", name: prefix, value: place, id: `${prefix}-${place}` });
    const row = element("div", { class: "fbq-option" },
      element("label", { for: input.id }, input, element("span", {}, prose(text))));
    return { input, row };
  });
  const counter = element("span", { class: "fbq-counter", role: "status" });
  let locked = false;

  const value = () => rows.flatMap(({ input }, place) => (input.checked ? [place] : []));
  const count = () => {
    const chosen = value().length;
    counter.textContent = !several || locked ? "" : chosen > words.choose
      ? words.too_many.replace("{chosen}", chosen) : words.chosen.replace("{chosen}", chosen);
    counter.classList.toggle("fbq-full", chosen > words.choose);
    for (const { input, row } of rows) row.classList.toggle("fbq-chosen", input.checked);
  };
  for (const { input } of rows) {
    input.addEventListener("click", (event) => {
      if (locked) event.preventDefault(); // `disabled` would hide the options from a keyboard that reads them
    });
    input.addEventListener("change", () => {
      count();
      keepDraft();
    });
  }

  return {
    node: element("div", { class: "fbq-options" },
      element("div", { class: "fbq-under" }, element("span", { id: `${prefix}-how`, class: "fbq-how" }, words.how), counter),
      rows.map(({ row }) => row)),
    how: `${prefix}-how`,
    value,
    show(answer) {
      rows.forEach(({ input }, place) => { input.checked = answer.includes(place); });
      count();
    },
    problem(answer) {
      if (!answer.length) return words.empty;
      return answer.length > words.choose ? words.too_many.replace("{chosen}", answer.length) : "";
    },
    focus: () => (rows.find(({ input }) => input.checked) ?? rows[0]).input.focus(),
    review(feedback) {
      locked = Boolean(feedback);
      rows.forEach(({ input, row }, place) => {
        row.querySelector(".fbq-mark")?.remove();
        input.removeAttribute("aria-describedby");
        input.setAttribute("aria-disabled", String(locked));
        if (!feedback) return;
        const id = `${prefix}-mark-${place}`;
        row.append(mark(feedback.marks[place], id));
        input.setAttribute("aria-describedby", id);
      });
      count();
    },
    report: () => [],
  };
}
