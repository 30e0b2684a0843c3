// An answer in the learner's own words.

import { element, fold, icon, prose } from "./dom.js";

export function openField({ words, prefix, changed, keepDraft }) {
  const textarea = element("textarea", {
    id: `${prefix}-answer`, rows: "4", maxlength: words.limit, spellcheck: "true",
    "aria-describedby": `${prefix}-scenario ${prefix}-hint`,
  });
  const counter = element("span", { class: "fbq-counter" });
  const count = () => {
    counter.textContent = `${textarea.value.length} / ${words.limit}`;
    counter.classList.toggle("fbq-full", textarea.value.length >= words.limit);
  };
  textarea.addEventListener("blur", keepDraft);
  textarea.addEventListener("input", () => {
    count();
    changed();
  });

  return {
    node: element("div", {},
      element("label", { for: `${prefix}-answer` }, words.label),
      textarea,
      element("div", { class: "fbq-under" }, element("span", { id: `${prefix}-hint` }, words.keys), counter)),
    how: `${prefix}-hint`,
    value: () => textarea.value,
    show(answer) {
      if (document.activeElement !== textarea) textarea.value = answer;
      count();
    },
    problem: (answer) => (answer.trim() ? "" : words.empty),
    focus: () => textarea.focus(),
    review() {}, // the text stays the learner's to improve
    report: (feedback) => report(feedback, words),
  };
}

function report(feedback, words) {
  const sections = ["found", "missing", "contradicted"].filter((kind) => feedback[kind].length)
    .map((kind) => ideas(kind, words[kind], feedback[kind]));
  const nodes = [];
  if (sections.length) nodes.push(element("div", { class: "fbq-columns" }, sections));
  if (feedback.model_answer) nodes.push(fold(words.model_answer, element("p", {}, prose(feedback.model_answer))));
  if (feedback.tempting.length) {
    nodes.push(fold(words.tempting, element("dl", {}, feedback.tempting.flatMap(({ label, why }) =>
      [element("dt", {}, prose(label)), element("dd", {}, prose(why))]))));
  }
  return nodes;
}

function ideas(kind, title, items) {
  const list = items.map(({ label, why }) => element("li", {}, icon(kind),
    element("span", {}, prose(label), why ? element("span", { class: "fbq-why" }, prose(why)) : null)));
  return element("section", { class: `fbq-ideas fbq-${kind}` }, element("h4", {}, title), element("ul", {}, list));
}
