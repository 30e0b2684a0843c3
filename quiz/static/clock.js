// Counts down towards the kernel's deadline. Between two words of the kernel the page's own clock counts; the
// kernel's word always wins, for the machine of the page may be another, or have slept.

import { action, element, icon } from "./dom.js";

const ANNOUNCED_MINUTES = [30, 10, 5, 1];

export function countdown(words, over) {
  const time = element("span", { class: "fbq-time", role: "timer", "aria-label": words.time_left, "aria-live": "off" });
  const told = element("p", { class: "fbq-unseen", role: "status" });
  const hide = action(words.hide_time, () => {
    time.hidden = !time.hidden;
    hide.textContent = time.hidden ? words.show_time : words.hide_time;
  }, { class: "fbq-quiet" });
  const node = element("div", { class: "fbq-clock" }, icon("clock"), time, hide, told);

  let endsAt = null;
  let before = Infinity;
  const tick = () => {
    if (endsAt === null) return;
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    const [h, m, s] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const text = `${h ? `${h}:` : ""}${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}`;
    if (time.textContent !== text) time.textContent = text;
    const passed = ANNOUNCED_MINUTES.filter((minutes) => before > minutes * 60 && left <= minutes * 60).at(-1);
    if (passed && Number.isFinite(before)) {
      told.textContent = passed === 1 ? words.minute_left : words.minutes_left.replace("{minutes}", passed);
    }
    if (left === 0 && before > 0) over();
    before = left;
    node.classList.toggle("fbq-late", left <= 300);
  };
  const timer = setInterval(tick, 500);

  return {
    node,
    set({ seconds, running }) {
      node.hidden = !running;
      endsAt = running ? Date.now() + seconds * 1000 : null;
      tick();
    },
    stop: () => clearInterval(timer),
  };
}
