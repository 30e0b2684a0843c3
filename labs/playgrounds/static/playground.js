// Draws the controls of any playground and the HTML that the kernel made of them (every text in it is escaped there).
// Labels and values enter the page as text. The kernel keeps the settings: a reloaded page shows them as they were.

const DELAY_MS = 120; // while a slider moves or a text is typed
const LONG = 60; // characters: a label that is a story, not a name

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Jupyter's shortcuts would move between cells, insert or delete them while the learner uses a control.
// Shortcuts with a modifier (save, undo) and Shift+Enter stay Jupyter's.
function guardKeys(root) {
  const guard = (event) => {
    if (!root.contains(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key === "Enter" && event.shiftKey)) return;
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", guard, true);
  return () => window.removeEventListener("keydown", guard, true);
}

const DRAW = {
  range: ({ least, most, step, unit }, value) => {
    const input = element("input", { type: "range", min: least, max: most, step });
    const shown = element("output", {});
    input.value = value;
    const tell = () => {
      shown.textContent = input.value + unit;
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", tell);
    tell();
    return { input, extra: [shown], read: () => Number(input.value), write: (next) => { input.value = next; tell(); } };
  },
  choice: ({ options }, value) => {
    const input = element("select", {}, ...options.map(([key, label]) => {
      const option = element("option", { value: key });
      option.textContent = label;
      return option;
    }));
    input.value = value;
    return { input, extra: [], read: () => input.value, write: (next) => { input.value = next; } };
  },
  check: (_, value) => {
    const input = element("input", { type: "checkbox" });
    input.checked = value;
    return { input, extra: [], read: () => input.checked, write: (next) => { input.checked = next; } };
  },
  editor: ({ rows, most }, value) => {
    const input = element("textarea", { rows, maxlength: most, spellcheck: "false" });
    input.value = value;
    return { input, extra: [], read: () => input.value, write: (next) => { input.value = next; } };
  },
};

function render({ model, el }) {
  const { title, controls } = model.get("form");
  const prefix = `fbp-${Math.random().toString(36).slice(2)}`;
  const legend = element("legend");
  legend.textContent = title;
  const fieldset = element("fieldset", {}, legend);
  const drawn = {};
  let timer;
  const send = () => {
    clearTimeout(timer);
    const values = Object.fromEntries(Object.entries(drawn).map(([name, control]) => [name, control.read()]));
    model.set("values", values);
    model.save_changes();
  };
  for (const control of controls) {
    const { input, extra, ...ways } = DRAW[control.kind](control, model.get("values")[control.name]);
    input.id = `${prefix}-${control.name}`;
    const label = element("label", { for: input.id });
    label.textContent = control.label;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, DELAY_MS);
    });
    const length = control.label.length > LONG ? " fbp-story" : "";
    fieldset.append(element("div", { class: `fbp-control fbp-${control.kind}${length}` }, label, input, ...extra));
    drawn[control.name] = { input, ...ways };
  }
  const output = element("div", { class: "fbp-output", role: "status", "aria-live": "polite" });
  const root = element("div", { class: "fbp" }, fieldset, output);
  el.append(root);

  const show = () => { output.innerHTML = model.get("output"); };
  const follow = () => {
    for (const [name, control] of Object.entries(drawn)) {
      const value = model.get("values")[name];
      if (document.activeElement !== control.input && control.read() !== value) control.write(value);
    }
  };
  model.on("change:output", show);
  model.on("change:values", follow);
  show();
  return guardKeys(root);
}

export default { render };
