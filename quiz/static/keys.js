// Jupyter's shortcuts would move between cells, insert or delete them while the learner answers.
// Those with a modifier (save, undo) and Shift+Enter stay Jupyter's; they may run the cell again.
export function guardKeys(widget, beforeJupyter = () => {}) {
  const guard = (event) => {
    if (!widget.contains(event.target)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.isComposing && !event.repeat) event.target.form.requestSubmit();
      return;
    }
    const jupyters = event.ctrlKey || event.metaKey || event.altKey || (event.key === "Enter" && event.shiftKey);
    if (jupyters) return beforeJupyter();
    event.stopImmediatePropagation();
    // Nobody further down hears the key, so a widget that gives keys a meaning listens for this instead.
    if (!event.target.dispatchEvent(new CustomEvent("fbq-key", { detail: event.key, bubbles: true, cancelable: true }))) {
      event.preventDefault();
    }
  };
  window.addEventListener("keydown", guard, true);
  return () => window.removeEventListener("keydown", guard, true);
}
