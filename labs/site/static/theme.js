// Before the first paint: the theme and the language that the reader chose last time.
(() => {
  let stored = {};
  try {
    stored = { theme: localStorage.getItem("course-theme"), lang: localStorage.getItem("course-lang") };
  } catch {
    // storage is refused: the system's theme, and the language of the page
  }
  if (stored.theme === "light" || stored.theme === "dark") document.documentElement.dataset.theme = stored.theme;
  document.addEventListener("DOMContentLoaded", () => {
    const entrance = "choose" in document.body.dataset;
    if (entrance && (stored.lang === "fr" || stored.lang === "en")) location.replace(`${stored.lang}/index.html`);
  });
})();
