// A question card. All words come from the kernel (`content`, `feedback`) and enter the page as text,
// never as HTML. The kernel keeps the answer and the verdict, so a reloaded page shows the card as it was.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  correct: "M4 12.5l5 5L20 6.5",
  partial: "M12 3a9 9 0 0 1 0 18a9 9 0 0 1 0-18 M12 3v18 M9.5 4.5v15 M7 6v12 M5 8v8",
  incorrect: "M6 6l12 12 M18 6L6 18",
  not_recognised: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3 M12 18v.5",
  found: "M4 12.5l5 5L20 6.5",
  missing: "M5 12h14",
  contradicted: "M6 6l12 12 M18 6L6 18",
};
const DRAFT_DELAY_MS = 300; // a reload loses at most this much typing
const SILENCE_MS = 8000; // then the kernel is busy, or gone

function element(tag, properties = {}, ...children) {
  const { class: name, ...rest } = properties;
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const [key, value] of Object.entries(rest)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `fbq-icon fbq-icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// Jupyter's shortcuts would move between cells, insert or delete them while the learner types.
// Shortcuts with a modifier (save, undo) and Shift+Enter stay Jupyter's; they may run the cell again.
function guardKeys(card, keepDraft) {
  const guard = (event) => {
    if (!card.contains(event.target)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.isComposing && !event.repeat) event.target.form.requestSubmit();
      return;
    }
    const jupyters = event.ctrlKey || event.metaKey || event.altKey || (event.key === "Enter" && event.shiftKey);
    if (jupyters) return keepDraft();
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", guard, true);
  return () => window.removeEventListener("keydown", guard, true);
}

function ideas(kind, title, items) {
  if (!items.length) return null;
  const list = element("ul", {}, ...items.map(({ label, why }) =>
    element("li", {}, icon(kind), element("span", {}, label, why ? element("span", { class: "fbq-why" }, why) : null))));
  return element("section", { class: `fbq-ideas fbq-${kind}` }, element("h4", {}, title), list);
}

function fold(summary, ...children) {
  return element("details", {}, element("summary", {}, summary), element("div", { class: "fbq-fold" }, ...children));
}

function render({ model, el }) {
  const words = model.get("content");
  const prefix = `fbq-${Math.random().toString(36).slice(2)}`;

  const scenario = element("p", { class: "fbq-scenario", id: `${prefix}-scenario` }, words.scenario);
  const hint = element("span", { id: `${prefix}-hint` }, words.keys);
  const counter = element("span", { class: "fbq-counter" });
  const textarea = element("textarea", {
    id: `${prefix}-answer`, rows: "4", maxlength: words.limit, spellcheck: "true",
    "aria-describedby": `${prefix}-scenario ${prefix}-hint`,
  });
  const button = element("button", { type: "submit", class: "fbq-submit" }, words.submit);
  const status = element("div", { role: "status", class: "fbq-status" });
  const report = element("div", { class: "fbq-report" });
  const form = element("form", { novalidate: "" },
    element("fieldset", {},
      element("legend", {}, words.title),
      scenario,
      element("label", { for: `${prefix}-answer` }, words.label),
      textarea,
      element("div", { class: "fbq-under" }, hint, counter),
      element("div", { class: "fbq-actions" }, button,
        words.previous ? element("span", { class: "fbq-previous" }, words.previous) : null)));
  const card = element("div", { class: "fbq-card", lang: words.lang }, form, status, report);
  el.append(card);

  let draftTimer;
  let silenceTimer;

  const count = () => {
    counter.textContent = `${textarea.value.length} / ${words.limit}`;
    counter.classList.toggle("fbq-full", textarea.value.length >= words.limit);
  };
  const say = (...content) => status.replaceChildren(...content);
  const wait = (busy) => {
    clearTimeout(silenceTimer);
    button.setAttribute("aria-disabled", String(busy)); // `disabled` would drop the keyboard's focus
    if (busy) silenceTimer = setTimeout(() => say(words.silent), SILENCE_MS);
  };
  const keepDraft = () => {
    clearTimeout(draftTimer);
    if (textarea.value === model.get("answer")) return;
    model.set("answer", textarea.value);
    model.save_changes();
  };

  const showAnswer = () => {
    if (document.activeElement !== textarea) textarea.value = model.get("answer");
    count();
  };

  const showFeedback = () => {
    const feedback = model.get("feedback");
    wait(false);
    card.dataset.verdict = feedback.verdict ?? "";
    report.replaceChildren();
    if (feedback.error) return say(feedback.error);
    if (!feedback.verdict) return say();
    button.textContent = words.again;
    say(
      element("p", { class: "fbq-verdict" }, icon(feedback.verdict), element("strong", {}, feedback.title)),
      element("p", {}, feedback.summary),
      ...(feedback.notice ? [element("p", { class: "fbq-notice" }, feedback.notice)] : []),
    );
    report.append(
      element("div", { class: "fbq-columns" }, ...["found", "missing", "contradicted"]
        .map((kind) => ideas(kind, words[kind], feedback[kind])).filter((section) => section)),
      fold(words.model_answer, element("p", {}, feedback.model_answer)),
    );
    if (feedback.tempting.length) {
      report.append(fold(words.tempting, element("dl", {}, ...feedback.tempting.flatMap(({ label, why }) =>
        [element("dt", {}, label), element("dd", {}, why)]))));
    }
    if (feedback.attempt) report.append(contestForm(feedback.attempt));
    showContest();
  };

  const contestForm = (attempt) => {
    const comment = element("textarea", { id: `${prefix}-comment`, rows: "2", maxlength: words.limit });
    const send = element("form", { class: "fbq-contest" },
      element("label", { for: `${prefix}-comment` }, words.contest_label), comment,
      element("button", { type: "submit" }, words.contest_send));
    send.addEventListener("submit", (event) => {
      event.preventDefault();
      model.send({ kind: "contest", attempt, comment: comment.value });
    });
    return fold(words.contest, send, element("p", { role: "status", class: "fbq-contested" }));
  };

  const showContest = () => {
    const state = report.querySelector(".fbq-contested");
    if (!state) return;
    const { done, text } = model.get("contest");
    state.textContent = text ?? "";
    report.querySelector(".fbq-contest").hidden = Boolean(done);
    if (text) state.closest("details").open = true;
  };

  textarea.addEventListener("blur", keepDraft);
  textarea.addEventListener("input", () => {
    count();
    clearTimeout(draftTimer);
    draftTimer = setTimeout(keepDraft, DRAFT_DELAY_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    if (!textarea.value.trim()) {
      say(words.empty);
      textarea.focus();
      return;
    }
    keepDraft();
    wait(true);
    say(words.grading);
    model.send({ kind: "submit", answer: textarea.value });
  });

  model.on("change:answer", showAnswer);
  model.on("change:feedback", showFeedback);
  model.on("change:contest", showContest);
  textarea.value = model.get("answer");
  count();
  showFeedback();
  const release = guardKeys(card, keepDraft);
  return () => {
    release();
    clearTimeout(draftTimer);
    clearTimeout(silenceTimer);
    model.off("change:answer", showAnswer);
    model.off("change:feedback", showFeedback);
    model.off("change:contest", showContest);
  };
}

export default { render };
