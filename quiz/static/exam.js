// The mock exam. The kernel says which screen to draw; nothing here knows a key before the result.

import { choiceField } from "./choice.js";
import { countdown } from "./clock.js";
import { action, element, icon, prose } from "./dom.js";
import { guardKeys } from "./keys.js";
import { resultNodes } from "./result.js";

const SILENCE_MS = 8000; // then the kernel is busy, or gone

function renderExam({ model, el }) {
  const words = model.get("content");
  const prefix = `fbq-${Math.random().toString(36).slice(2)}`;
  const body = element("div", { class: "fbq-body" });
  const status = element("p", { role: "status", class: "fbq-status" });
  const clock = countdown(words, () => {
    status.textContent = words.time_over;
    send("clock");
  });
  const root = element("div", { class: "fbq-card fbq-exam", lang: words.lang }, clock.node, body, status);
  el.append(root);

  let silenceTimer;
  let serial = 0;
  let drawn = false;

  const send = (kind, more = {}) => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => { status.textContent = words.silent; }, SILENCE_MS);
    model.send({ kind, ...more });
  };
  const button = (key, kind, more = {}, properties = {}) => action(words[key], () => send(kind, more), properties);
  const questions = () => model.get("progress").questions ?? [];

  const title = (text) => element("h3", { tabindex: "-1", class: "fbq-title" }, text);

  const SCREENS = {
    start: (screen) => [
      title(screen.title),
      element("ul", { class: "fbq-rules" }, screen.lines.map((line) => element("li", {}, line))),
      element("div", { class: "fbq-actions" },
        screen.running ? button("resume", "resume", {}, { class: "fbq-primary" })
          : button("begin", "begin", {}, { class: "fbq-primary" }),
        screen.last ? button("last", "last") : null),
    ],
    question: (screen) => {
      const { place } = screen;
      const last = place === questions().length - 1;
      const kept = element("span", { class: "fbq-kept" });
      const field = screen.options.length ? choiceField({
        words: screen, prefix: `${prefix}-${place}`,
        keepDraft() {
          const response = field.value();
          if (response.length > screen.choose) return; // the count beside the options says so
          kept.textContent = words.saving;
          send("respond", { place, response, serial: ++serial });
        },
      }) : null;
      field?.show(model.get("progress").response);
      const flag = action("", () => {
        const on = flag.getAttribute("aria-pressed") !== "true";
        flag.setAttribute("aria-pressed", String(on));
        send("flag", { place, on });
      }, { class: "fbq-flag", "aria-pressed": String(questions()[place].flagged) });
      flag.append(icon("flag"), words.flag);
      const previous = place ? button("previous", "visit", { place: place - 1 }) : null;
      const next = element("button", { type: "submit", class: "fbq-primary" }, last ? words.to_review : words.next);
      const form = element("form", { novalidate: "" },
        element("fieldset", { "aria-describedby": `${prefix}-scenario ${field?.how ?? ""}` },
          element("legend", { tabindex: "-1", class: "fbq-title" }, screen.title),
          element("p", { class: "fbq-scenario", id: `${prefix}-scenario` }, prose(screen.scenario)),
          field?.node ?? null),
        element("div", { class: "fbq-actions" }, previous, next, flag, kept));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (last) send("review");
        else send("visit", { place: place + 1 });
      });
      const all = element("details", { class: "fbq-all" }, element("summary", {}, words.questions), grid(),
        last ? null : button("to_review", "review"));
      return [form, all];
    },
    review: () => {
      const entries = questions();
      const count = (wanted) => entries.filter(wanted).length;
      const how = words.review_how.replace("{answered}", count(({ state }) => state === "answered"))
        .replace("{total}", entries.length).replace("{flagged}", count(({ flagged }) => flagged));
      const sure = words.confirm.replace("{count}", count(({ state }) => state !== "answered"));
      const goOn = action(words.go_on, () => {
        confirm.hidden = true;
        choices.hidden = false;
        finish.focus();
      }, { "aria-describedby": `${prefix}-sure` });
      const confirm = element("div", { class: "fbq-actions fbq-confirm", hidden: true },
        element("p", { id: `${prefix}-sure` }, sure), goOn, button("finish_now", "finish", {}, { class: "fbq-primary" }));
      const finish = action(words.finish, () => {
        confirm.hidden = false;
        choices.hidden = true;
        goOn.focus();
      }, { class: "fbq-primary" });
      const choices = element("div", { class: "fbq-actions" },
        button("back", "visit", { place: model.get("progress").current }), finish);
      return [title(words.review_title), element("p", {}, how), grid(), choices, confirm];
    },
    result: (screen) => [
      title(screen.title), ...resultNodes(screen, words),
      element("div", { class: "fbq-actions" }, button("another", "another")),
    ],
  };

  const grid = () => element("ol", { class: "fbq-grid" }, questions().map((_, place) =>
    element("li", {}, action(String(place + 1), () => send("visit", { place })))));

  const showProgress = () => {
    clearTimeout(silenceTimer);
    const { current, serial: kept } = model.get("progress");
    questions().forEach(({ state, flagged }, place) => {
      const square = body.querySelectorAll(".fbq-grid button")[place];
      if (!square) return;
      const states = [words[state], ...(flagged ? [words.flagged] : [])].join(", ");
      square.setAttribute("aria-label", words.grid_item.replace("{number}", place + 1).replace("{states}", states));
      square.className = `fbq-${state}${flagged ? " fbq-flagged" : ""}`;
      if (place === current) square.setAttribute("aria-current", "true");
      else square.removeAttribute("aria-current");
    });
    const saved = body.querySelector(".fbq-kept");
    if (saved && kept && kept === serial) saved.textContent = words.saved;
    if (status.textContent === words.silent) status.textContent = "";
  };

  const showScreen = () => {
    clearTimeout(silenceTimer);
    const screen = model.get("screen");
    root.dataset.screen = screen.name;
    body.replaceChildren(...SCREENS[screen.name](screen));
    status.textContent = screen.notice ?? "";
    showProgress();
    if (drawn) body.querySelector(".fbq-title").focus();
    drawn = true;
  };

  const showClock = () => clock.set(model.get("clock"));
  const resync = () => {
    if (document.visibilityState === "visible" && model.get("clock").running) send("clock");
  };

  model.on("change:screen", showScreen);
  model.on("change:progress", showProgress);
  model.on("change:clock", showClock);
  document.addEventListener("visibilitychange", resync);
  showScreen();
  clock.node.hidden = true; // until the kernel has said how much time is left: what the model holds may be old
  if (model.get("clock").running) send("clock");
  const release = guardKeys(root);
  return () => {
    release();
    clock.stop();
    clearTimeout(silenceTimer);
    model.off("change:screen", showScreen);
    model.off("change:progress", showProgress);
    model.off("change:clock", showClock);
    document.removeEventListener("visibilitychange", resync);
  };
}

export default { render: renderExam };
