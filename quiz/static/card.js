// A question card. The kernel keeps the answer and the verdict, so a reloaded page shows the card as it was.
// What is particular to a kind of question is its field:
//   node; how (the id of what describes it); value(); show(value); problem(value) → text or ""; focus();
//   review(feedback or null); report(feedback) → nodes

import { action, element, fold, icon, prose } from "./dom.js";
import { guardKeys } from "./keys.js";

const DRAFT_DELAY_MS = 300; // a reload loses at most this much typing
const SILENCE_MS = 8000; // then the kernel is busy, or gone

export function renderCard({ model, el }, makeField) {
  const words = model.get("content");
  const prefix = `fbq-${Math.random().toString(36).slice(2)}`;

  let draftTimer;
  let silenceTimer;

  const keepDraft = () => {
    clearTimeout(draftTimer);
    const value = field.value();
    if (JSON.stringify(value) === JSON.stringify(model.get("answer"))) return;
    model.set("answer", value);
    model.save_changes();
  };
  const changed = () => {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(keepDraft, DRAFT_DELAY_MS);
  };

  const scenario = element("p", { class: "fbq-scenario", id: `${prefix}-scenario` }, prose(words.scenario));
  const field = makeField({ words, prefix, changed, keepDraft });
  const button = element("button", { type: "submit", class: "fbq-primary" }, words.submit);
  const previous = element("span", { class: "fbq-previous" }, words.previous);
  const legend = element("legend", { tabindex: "-1" }, words.title);
  const status = element("div", { role: "status", class: "fbq-status" });
  const report = element("div", { class: "fbq-report" });
  const form = element("form", { novalidate: "" },
    element("fieldset", { "aria-describedby": `${prefix}-scenario ${field.how}` },
      legend, scenario, field.node, element("div", { class: "fbq-actions" }, button, previous)));
  const card = element("div", { class: `fbq-card fbq-kind-${words.kind}`, lang: words.lang }, form, status, report);
  el.append(card);

  const say = (...content) => status.replaceChildren(...content);
  const wait = (busy) => {
    clearTimeout(silenceTimer);
    button.setAttribute("aria-disabled", String(busy)); // `disabled` would drop the keyboard's focus
    if (busy) silenceTimer = setTimeout(() => say(words.silent), SILENCE_MS);
  };

  const showAnswer = () => field.show(model.get("answer"));

  const showFeedback = () => {
    const feedback = model.get("feedback");
    const marked = Boolean(feedback.verdict);
    const focused = document.activeElement;
    const withdrawn = report.contains(focused) || (marked && words.once && focused === button); // goes away now
    wait(false);
    card.dataset.verdict = feedback.verdict ?? "";
    previous.hidden = Boolean(feedback.turn);
    button.textContent = marked && !words.once ? words.again : words.submit;
    button.hidden = marked && words.once;
    report.replaceChildren();
    field.review(marked ? feedback : null);
    if (!marked) {
      say(feedback.error ?? "");
      if (withdrawn) legend.focus();
      return;
    }
    say(
      element("p", { class: "fbq-verdict" }, icon(feedback.verdict), element("strong", {}, feedback.title)),
      ...(feedback.summary ? [element("p", {}, prose(feedback.summary))] : []),
      ...(feedback.notice ? [element("p", { class: "fbq-notice" }, feedback.notice)] : []),
    );
    report.append(...field.report(feedback));
    if (feedback.comment) report.append(element("p", { class: "fbq-notice" }, words.comment, " ", feedback.comment));
    if (feedback.sources.length) report.append(fold(words.sources, element("ul", {}, feedback.sources.map((source) => element("li", {}, source)))));
    if (feedback.attempt) report.append(contestForm(feedback.attempt));
    const actions = [];
    if (feedback.reveal) actions.push(action(words.reveal, () => model.send({ kind: "reveal" })));
    if (words.next && !feedback.last) actions.push(action(words.next, follow, { class: "fbq-primary" }));
    if (words.once) actions.push(action(words.again, () => model.send({ kind: "again" })));
    report.append(element("div", { class: "fbq-actions" }, actions));
    showContest();
    if (withdrawn || (form.contains(focused) && focused.disabled)) status.focus();
  };

  const follow = () => {
    window.fbqFollowed = true; // the next question's card, another widget, takes the focus
    model.send({ kind: "next" });
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

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.hidden || button.getAttribute("aria-disabled") === "true") return;
    const answer = field.value();
    const problem = field.problem(answer);
    if (problem) {
      say(problem);
      field.focus();
      return;
    }
    keepDraft();
    wait(true);
    say(words.grading);
    model.send({ kind: "submit", answer });
  });

  model.on("change:answer", showAnswer);
  model.on("change:feedback", showFeedback);
  model.on("change:contest", showContest);
  status.tabIndex = -1;
  showAnswer();
  showFeedback();
  const release = guardKeys(card, keepDraft);
  if (window.fbqFollowed) {
    window.fbqFollowed = false;
    requestAnimationFrame(() => legend.focus());
  }
  return () => {
    release();
    clearTimeout(draftTimer);
    clearTimeout(silenceTimer);
    model.off("change:answer", showAnswer);
    model.off("change:feedback", showFeedback);
    model.off("change:contest", showContest);
  };
}
