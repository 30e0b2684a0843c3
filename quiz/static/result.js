// What came of an exam: the score, two tables, and every question with the options marked.

import { action, element, fold, icon, mark, prose } from "./dom.js";

export function resultNodes(screen, words) {
  return [
    element("div", { class: "fbq-score" },
      element("p", { class: "fbq-number" }, screen.headline.score), element("p", { class: "fbq-why" }, screen.headline.label)),
    ...screen.lines.map((line) => element("p", {}, line)),
    element("div", { class: "fbq-columns" }, screen.tables.map(table)),
    element("h4", {}, words.your_questions),
    ...reviewed(screen.reviewed, words),
  ];
}

function table({ title, rows }) {
  return element("table", { class: "fbq-table" }, element("caption", {}, title),
    element("tbody", {}, rows.map(({ label, words, share }) => {
      const bar = element("span", { class: "fbq-bar", "aria-hidden": "true" }, element("span", {}));
      bar.firstChild.style.width = `${100 * share}%`;
      return element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, words, bar));
    })));
}

function reviewed(entries, words) {
  const folds = entries.map((entry) => {
    const node = fold("", element("p", { class: "fbq-scenario" }, prose(entry.scenario)),
      element("ul", { class: "fbq-reviewed" }, entry.options.map((text, place) =>
        element("li", { class: "fbq-option" }, element("p", {}, prose(text)), mark(entry.marks[place])))),
      element("p", { class: "fbq-why" }, entry.sources.join(" · ")));
    node.firstChild.append(element("span", { class: `fbq-outcome fbq-tone-${entry.verdict}` }, icon(entry.verdict), entry.word),
      element("span", {}, entry.title), entry.flagged ? element("span", { class: "fbq-why" }, icon("flag"), words.flagged) : "");
    return node;
  });
  const FILTERS = {
    show_all: () => true, show_wrong: (entry) => entry.verdict !== "correct", show_flagged: (entry) => entry.flagged,
  };
  const buttons = Object.entries(FILTERS).filter(([, wanted]) => entries.some(wanted)).map(([key, wanted]) => {
    const button = action(`${words[key]} (${entries.filter(wanted).length})`, () => {
      entries.forEach((entry, place) => { folds[place].hidden = !wanted(entry); });
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    }, { "aria-pressed": String(key === "show_all") });
    return button;
  });
  return [element("div", { class: "fbq-actions" }, buttons), element("div", { class: "fbq-folds" }, folds)];
}
