// What a page does beyond being read: everything here is a convenience, and the page is whole without it.
const { root, version, copy, copied, scrolls } = document.body.dataset;
const lang = document.documentElement.lang;

const remember = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // storage is refused: the choice holds for this page
  }
};

// --- theme
{
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    const chosen = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    remember("course-theme", chosen);
    show();
  });
  system.addEventListener("change", show);
  show();
}

// --- where the reader is: marked in the page's contents, and kept by the language switch
{
  const entries = [...document.querySelectorAll("#toc a")];
  const places = entries.map((entry) => document.getElementById(decodeURIComponent(entry.hash.slice(1))));
  const language = document.getElementById("language");
  const address = language.getAttribute("href");
  let here;
  const look = () => {
    let now = -1;
    places.forEach((place, index) => {
      if (place.getBoundingClientRect().top < innerHeight * 0.3) now = index;
    });
    if (now === here) return;
    entries[here]?.removeAttribute("aria-current");
    here = now;
    const entry = entries[here];
    entry?.setAttribute("aria-current", "true");
    language.href = entry?.dataset.twin ? `${address}#${entry.dataset.twin}` : address;
    const list = document.getElementById("toc");
    if (entry && list.scrollHeight > list.clientHeight) {
      const offset = entry.getBoundingClientRect().top - list.getBoundingClientRect().top;
      list.scrollBy(0, offset - list.clientHeight / 2);
    }
  };
  language.addEventListener("click", () => remember("course-lang", language.lang));
  if (entries.length) {
    let due = false;
    addEventListener(
      "scroll",
      () => {
        if (due) return;
        due = true;
        requestAnimationFrame(() => {
          due = false;
          look();
        });
      },
      { passive: true },
    );
    look();
    for (const entry of entries) entry.addEventListener("click", () => document.getElementById("toc").hidePopover?.());
  }
}

// --- what is wider than its box can be scrolled by keyboard
{
  const boxes = document.querySelectorAll(".scroll, .output, .output > pre, .output > div, .highlight");
  const mark = (box) => {
    const wide = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (wide) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", scrolls);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  };
  const watch = new ResizeObserver((changes) => changes.forEach((change) => mark(change.target)));
  boxes.forEach((box) => watch.observe(box));
}

// --- copying a cell
if (navigator.clipboard) {
  for (const input of document.querySelectorAll(".input, .prose .highlight")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.querySelector("pre").textContent.trimEnd());
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 1500);
    });
    const place = document.createElement("div");
    place.className = "copy-place";
    input.replaceWith(place);
    place.append(input, button);
  }
}

// --- search: the index is loaded when it is first wanted, as scripts, for files have no fetch
{
  const dialog = document.getElementById("search");
  const words = document.getElementById("search-words");
  const count = document.getElementById("search-count");
  const results = document.getElementById("search-results");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let index;

  const load = (name) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `${root}assets/${name}?${version}`;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });

  const prepare = async () => {
    await Promise.all([load("minisearch.js"), load(`search-${lang}.js`)]);
    const made = new MiniSearch({
      fields: ["heading", "page", "words"],
      storeFields: ["heading", "page", "words"],
      processTerm: plain,
      searchOptions: {
        boost: { heading: 4, page: 2 },
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        combineWith: "AND",
      },
    });
    made.addAll(window.courseSections);
    return made;
  };

  const excerpt = (result) => {
    const text = result.words;
    const where = Math.max(0, ...result.terms.map((term) => plain(text).indexOf(term)));
    const from = where > 60 ? text.indexOf(" ", where - 60) + 1 : 0;
    return (from ? "…" : "") + text.slice(from, from + 150) + (from + 150 < text.length ? "…" : "");
  };

  const show = async () => {
    index ??= prepare();
    const ready = await index;
    const wanted = words.value.trim();
    const found = wanted ? ready.search(wanted).slice(0, 20) : [];
    results.replaceChildren(
      ...found.map((result) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const [title, page, text] = ["strong", "span", "p"].map((tag) => document.createElement(tag));
        link.href = `${root}${lang}/${result.id}`;
        title.textContent = result.heading;
        page.textContent = result.heading === result.page ? "" : result.page;
        text.textContent = excerpt(result);
        link.append(title, " ", page, text);
        item.append(link);
        return item;
      }),
    );
    const told = found.length ? dialog.dataset.found.replace("#", found.length) : dialog.dataset.none;
    count.textContent = wanted ? told : "";
  };

  const open = () => {
    dialog.showModal();
    words.select();
    show();
  };
  const button = document.getElementById("search-button");
  button.hidden = false;
  button.addEventListener("click", open);
  words.addEventListener("input", show);
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      results.querySelector("a")?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      results.querySelector("a")?.focus();
    }
  });
  results.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...results.querySelectorAll("a")];
    (links[links.indexOf(document.activeElement) + step] ?? words).focus();
  });
  results.addEventListener("click", (event) => event.target.closest("a") && dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
}
