// What every widget draws with. All words come from the kernel and enter the page as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const TICK = "M4 12.5l5 5L20 6.5";
const CROSS = "M6 6l12 12 M18 6L6 18";
const HALF = "M12 3a9 9 0 0 1 0 18a9 9 0 0 1 0-18 M12 3v18 M9.5 4.5v15 M7 6v12 M5 8v8";
const PATHS = {
  correct: TICK, partial: HALF, incorrect: CROSS,
  not_recognised: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3 M12 18v.5",
  found: TICK, missing: "M5 12h14", contradicted: CROSS,
  right: TICK, wrong: CROSS, missed: "M5 12h13 M13 6l6 6l-6 6", other: "M5 12h14",
  up: "M12 19V6 M6 12l6-6l6 6", down: "M12 5v13 M6 12l6 6l6-6",
  flag: "M6 21V4 M6 5h12l-3 4l3 4H6", clock: "M12 3a9 9 0 1 0 .01 0 M12 7v5l3.5 2",
};

export function element(tag, properties = {}, ...children) {
  const { class: name, ...rest } = properties;
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const [key, value] of Object.entries(rest)) {
    if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `fbq-icon fbq-icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// Words between backticks are code, as in Markdown; all else is plain text.
export function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

export function fold(summary, ...children) {
  return element("details", {}, element("summary", {}, summary), element("div", { class: "fbq-fold" }, ...children));
}

export function action(label, press, properties = {}) {
  const button = element("button", { type: "button", ...properties }, label);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") press(); // `disabled` would drop the keyboard's focus
  });
  return button;
}

// What was right or wrong about one option, step or item: an icon and a word, never colour alone; and why.
export function mark({ tone, word, why }, id = null) {
  return element("div", { class: `fbq-mark fbq-tone-${tone}`, id },
    element("p", { class: "fbq-mark-word" }, icon(tone), element("strong", {}, word)),
    why ? element("p", { class: "fbq-why" }, prose(why)) : null);
}
