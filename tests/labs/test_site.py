"""The static site: what its pages say, that they hold together, and that it is the same in every making."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

from labs import chapters
from labs.learner import LANGUAGES, Language
from labs.site import build, links, notebook, serve
from labs.site.cli import MARKER, app
from labs.site.folder import MadeFolder, NotOurs
from labs.site.markdown import Page, page_link, slug
from labs.workspace import NOTEBOOKS

BASE = "https://example.com/course/"


@pytest.fixture(scope="module")
def site() -> build.Site:
    """The course's own notebooks, read."""
    return build.read()


@pytest.fixture(scope="module")
def files(site: build.Site) -> dict[str, bytes]:
    """The site as it would be published."""
    return build.make(site, BASE)


def html(files: dict[str, bytes], name: str) -> str:
    return files[name].decode()


def write(folder: Path, name: str, *cells: Any, langs: tuple[str, ...] = LANGUAGES) -> None:
    for lang in langs:
        (folder / lang).mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=list(cells)), folder / lang / f"{name}.ipynb")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two notebooks and a text in each language."""
    folder = tmp_path / "notebooks"
    write(
        folder,
        "00_start",
        new_markdown_cell("# Start\n\nFirst words.\n\n| what | |\n|---|---|\n| **time** | an hour |"),
        new_code_cell("%env COURSE_LANG=fr", outputs=[new_output("stream", text="env: COURSE_LANG=fr")]),
        new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")]),
        new_markdown_cell("## Next\n\nSee [the end](01_end.ipynb#The-end)."),
    )
    write(folder, "01_end", new_markdown_cell("# End\n\n## The end\n\nWords, and [a word](words.md#A-word)."))
    for lang in LANGUAGES:
        (folder / lang / "words.md").write_text("# Words\n\n## A word\n\nIts meaning.\n", encoding="utf-8")
    return folder


# --- the whole course


def test_the_same_notebooks_give_the_same_bytes(site: build.Site, files: dict[str, bytes]) -> None:
    assert build.make(build.read(), BASE) == files


def test_every_notebook_is_a_page_in_its_language_that_names_its_twin(files: dict[str, bytes]) -> None:
    stems = sorted(path.stem for path in (NOTEBOOKS / "fr").glob("*.ipynb"))
    for lang, other in (("fr", "en"), ("en", "fr")):
        for stem in stems:
            page = html(files, f"{lang}/{stem}.html")
            assert f'<html lang="{lang}">' in page
            assert f'<link rel="canonical" href="{BASE}{lang}/{stem}.html">' in page
            for code in ("fr", "en"):
                alternate = f'<link rel="alternate" hreflang="{code}" href="{BASE}{code}/{stem}.html">'
                assert alternate in page
            assert f'href="../{other}/{stem}.html" hreflang="{other}"' in page
            [description] = re.findall(r'<meta name="description" content="([^"]+)">', page)
            assert 20 < len(unescape(description)) <= notebook.DESCRIPTION


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_lesson_says_how_long_it_takes(site: build.Site, lang: Language) -> None:
    silent = [content.name for content in site.contents[lang] if content.number and not content.time]
    assert silent == ["10_glossary"]  # one looks things up there


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pattern", [r"<title>(.+?)</title>", r'name="description" content="(.+?)"'])
def test_titles_and_descriptions_are_each_pages_own(files: dict[str, bytes], lang: str, pattern: str) -> None:
    pages = [html(files, name) for name in files if name.startswith(f"{lang}/") and name.endswith(".html")]
    found = [match[1] for page in pages if (match := re.search(pattern, page))]
    assert len(set(found)) == len(found) == len(pages)


def test_the_course_is_read_in_order_from_the_first_page_to_the_last(files: dict[str, bytes]) -> None:
    for lang in LANGUAGES:
        stems = sorted(path.stem for path in (NOTEBOOKS / lang).glob("*.ipynb"))
        place, walked = stems[0], [stems[0]]
        while found := re.search(r'<a rel="next" href="([^"]+)\.html">', html(files, f"{lang}/{place}.html")):
            place = found[1]
            walked.append(place)
        assert walked[: len(stems)] == stems
        assert 'rel="prev"' not in html(files, f"{lang}/{stems[0]}.html")


def test_the_site_map_holds_every_page_but_the_lost_one(files: dict[str, bytes]) -> None:
    tree = ElementTree.fromstring(files["sitemap.xml"])
    found = {location.text for location in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    pages = {name for name in files if name.endswith(".html")} - {"404.html"}
    assert found == {BASE + name.removesuffix("index.html") for name in pages}


def test_without_an_address_nothing_claims_one(site: build.Site) -> None:
    made = build.make(site)
    assert "sitemap.xml" not in made
    for name in made:
        if name.endswith(".html"):
            assert 'rel="canonical"' not in html(made, name)
            assert "example.com/course" not in html(made, name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_challenge_is_set_with_its_hints_and_without_its_solution(
    files: dict[str, bytes], lang: Language
) -> None:
    pages = unescape(" ".join(html(files, name) for name in files if name.startswith(f"{lang}/")))
    plain = re.sub(r"<[^>]+>", "", pages)
    cells = [cell for path in (NOTEBOOKS / lang).glob("*.ipynb") for cell in nbformat.read(path, 4).cells]
    lessons = "\n".join(cell.source for cell in cells)  # a line that a lesson shows by itself is no secret
    shown = 0
    for challenge in (each for part in chapters.NAMES for each in chapters.chapter(part).challenges):
        if f'lab.check("{challenge.name}")' not in plain:
            continue  # its notebook is not built yet
        shown += 1
        for number in range(1, notebook.HINTS + 1):
            assert f"<p>{challenge.say(f'hint_{number}', lang)}</p></details>" in pages
        assert challenge.say("solution", lang) not in pages
        for line in map(str.strip, challenge.code().splitlines()):
            assert len(line) < 45 or line not in plain or line in lessons, f"{challenge.name}: {line}"
    assert shown >= 18


def test_nothing_of_the_plumbing_is_shown(files: dict[str, bytes]) -> None:
    for name in files:
        if name.endswith(".html"):
            page = html(files, name)
            assert "COURSE_LANG" not in page
            assert "http://127.0.0.1" not in re.findall(r'href="([^"]*)', page)
            for foreign in ("MathJax", "require.min.js", "cdnjs", "unpkg.com", "jsdelivr"):
                assert foreign not in page


def test_a_pages_drawings_share_one_style_sheet(files: dict[str, bytes]) -> None:
    page = html(files, "fr/02_ecr.html")
    styles = re.findall(r"<style>.*?</style>", page, re.S)
    assert page.count('class="fb-drawing"') > 1
    assert len(styles) == len(set(styles)) >= 1


def test_sections_of_both_languages_are_paired(files: dict[str, bytes]) -> None:
    page, twin = html(files, "fr/02_ecr.html"), html(files, "en/02_ecr.html")
    pairs = re.findall(r'<li class="level-\d"><a href="#([^"]+)" data-twin="([^"]+)"', page)
    back = re.findall(r'<li class="level-\d"><a href="#([^"]+)" data-twin="([^"]+)"', twin)
    assert len(pairs) > 5
    assert [(there, here) for here, there in pairs] == back


def test_the_front_page_leads_to_every_notebook(files: dict[str, bytes]) -> None:
    for lang in LANGUAGES:
        page = html(files, f"{lang}/index.html")
        for path in (NOTEBOOKS / lang).glob("*.ipynb"):
            assert page.count(f'href="{path.stem}.html"') >= 2  # the contents and a card


# --- small notebooks


def test_times_links_and_texts_beside_the_notebooks(small: Path) -> None:
    made = build.make(build.read(small))
    start = html(made, "fr/00_start.html")
    assert "an hour</p>" in start
    assert 'href="01_end.html#the-end"' in start
    assert 'href="words.html#a-word"' in html(made, "fr/01_end.html")
    assert 'href="../en/words.html"' in html(made, "fr/words.html")
    assert '<div class="highlight"><pre>' in start and "env:" not in start


def test_other_files_of_the_folder_come_along(small: Path) -> None:
    (small / "fr" / "plan.svg").write_text("<svg/>")
    assert build.make(build.read(small))["fr/plan.svg"] == b"<svg/>"


def test_a_page_without_its_twin_is_refused(small: Path) -> None:
    write(small, "02_alone", new_markdown_cell("# Alone"), langs=("fr",))
    with pytest.raises(build.SiteError, match="02_alone"):
        build.read(small)


def test_a_text_without_its_twin_is_refused(small: Path) -> None:
    (small / "en" / "words.md").unlink()
    with pytest.raises(build.SiteError, match=r"words\.md"):
        build.read(small)


def test_a_damaged_notebook_is_named(small: Path) -> None:
    (small / "en" / "00_start.ipynb").write_text("{")
    with pytest.raises(build.SiteError, match=r"en/00_start\.ipynb"):
        build.read(small)


def test_a_folder_without_notebooks_is_told(tmp_path: Path) -> None:
    with pytest.raises(build.SiteError, match=re.escape(str(tmp_path))):
        build.read(tmp_path)


@pytest.mark.parametrize("target", ["02_gone.ipynb", "01_end.ipynb#no-such-part", "#nowhere"])
def test_a_dead_link_stops_the_site(small: Path, target: str) -> None:
    write(small, "02_links", new_markdown_cell(f"# Links\n\n[dead]({target})"))
    with pytest.raises(build.SiteError, match="leads nowhere"):
        build.make(build.read(small))


def test_sections_that_differ_are_not_paired(small: Path) -> None:
    write(small, "01_end", new_markdown_cell("# End\n\n### The end\n\n## More"), langs=("en",))
    assert "data-twin" not in html(build.make(build.read(small)), "fr/01_end.html")


def test_outputs_of_every_kind_are_shown(small: Path) -> None:
    shown = [
        new_output("stream", text="plain <text> \x1b[31mred\x1b[0m"),
        new_output("display_data", {"text/html": "<b>rich</b>", "text/plain": "poor"}),
        new_output("execute_result", {"text/markdown": "# big\n\n**bold**", "text/plain": "poor"}),
        new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: <no>"]),
    ]
    write(small, "02_shown", new_markdown_cell("# Shown"), new_code_cell("f(1)", outputs=shown))
    page = html(build.make(build.read(small)), "en/02_shown.html")
    for expected in (
        "plain &lt;text&gt;",
        "ansi-red-fg",
        "<b>rich</b>",
        "<strong>bold</strong>",
        "&lt;no&gt;",
    ):
        assert expected in page
    assert "poor" not in page
    assert "big" not in re.search(r'<nav id="course".*?</nav>', page, re.S)[0]  # type: ignore[index]


def test_a_cell_that_needs_an_engine_says_so(small: Path) -> None:
    cell = new_code_cell("docker()", metadata={"tags": ["engine"]})
    write(small, "02_engine", new_markdown_cell("# Engine"), cell)
    assert "needs a Docker Engine" in html(build.make(build.read(small)), "en/02_engine.html")


def test_links_to_the_machine_that_built_the_notebook_are_words() -> None:
    there = '<p><a href="http://127.0.0.1:4711/" target="_blank">the <b>shop</b></a> and <a href="https://example.com">x</a></p>'
    expected = '<p>the <b>shop</b> and <a href="https://example.com">x</a></p>'
    assert notebook._output(there) == expected


def test_an_empty_corner_of_a_table_heads_nothing() -> None:
    shown = Page("en").cell("| | a |\n|---|---|\n| b | c |")
    assert re.findall(r"<t[hd]>[^<]*", shown) == ["<td>", "<th>a", "<td>b", "<td>c"]
    corner = '<tr><th scope="col"></th><th>a</th></tr>'
    assert notebook._output(corner) == "<tr><td></td><th>a</th></tr>"


# --- text


def test_a_quote_with_several_announcements_becomes_several_boxes() -> None:
    source = "> **In the exam.** One.\n>\n> Still one.\n>\n> **Today** (checked). Two.\n\nText\n\n> **Your turn.** Do.\n\n> Plain."
    shown = Page("en").cell(source)
    assert re.findall(r'class="box box-(\w+)"', shown) == ["exam", "today", "turn", "note"]
    assert shown.count("<div") == shown.count("</div>")
    assert shown.index("Still one") < shown.index("box-today")
    assert "<blockquote>" not in shown


def test_a_quote_within_a_quote_stays_one() -> None:
    assert Page("en").cell("> Outer.\n>\n> > **In the exam.** Inner.").count("box") == 2  # box, box-note


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("Le départ : à l’heure", "le-depart-a-lheure"),
        ("Rôle d’exécution", "role-dexecution"),
        ("Défi · Tout", "defi-tout"),
        ("***", "section"),
    ],
)
def test_headings_have_plain_addresses(heading: str, address: str) -> None:
    assert slug(heading) == address


def test_headings_of_one_name_have_addresses_of_their_own() -> None:
    page = Page("fr")
    page.cell("## Défi\n\n## Défi")
    page.cell("## Défi")
    assert [section.anchor for section in page.sections] == ["defi", "defi-2", "defi-3"]


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("02_ecr.ipynb", "02_ecr.html"),
        ("glossaire.md#R%C3%B4le-d%E2%80%99ex%C3%A9cution", "glossaire.html#role-dexecution"),
        ("glossaire.md#rôle-dexécution", "glossaire.html#role-dexecution"),
        ("https://example.com/x.md#Y", "https://example.com/x.md#Y"),
        ("10_glossary.ipynb#cell-id=Tache", "10_glossary.html#cell-id=Tache"),
        ("plan.svg", "plan.svg"),
    ],
)
def test_links_lead_to_pages(target: str, leads_to: str) -> None:
    assert page_link(target) == leads_to


def test_a_description_ends_with_a_whole_word() -> None:
    words = "word " * 60
    assert notebook.shortened("short") == "short"
    cut = notebook.shortened(words.strip())
    assert cut.endswith("word…") and len(cut) <= notebook.DESCRIPTION


# --- faults of finished pages


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<a href="b.html">b</a>', "b.html"),
        ('<a href="../x/other.html#no">b</a>', "other.html#no"),
        ('<script src="https://cdn.example.com/x.js"></script>', "cdn.example.com"),
        ('<script src="//cdn.example.com/x.js"></script>', "cdn.example.com"),
        ('<link rel="stylesheet" href="https://example.com/x.css">', "x.css"),
        ('<img src="gone.png">', "gone.png"),
        ('<p style="background:url(https://example.com/dot.png)">', "dot.png"),
        ('<style>@import "https://example.com/x.css";</style>', "x.css"),
        ('<p id="twin"></p><svg><g id="twin"/></svg>', "twin"),
    ],
)
def test_each_fault_is_found(page: str, fault: str) -> None:
    [found] = links.faults({"x/page.html": page.encode(), "x/other.html": b'<p id="here">'})
    assert fault in found and "x/page.html" in found


@pytest.mark.parametrize(
    "page",
    [
        '<a href="other.html#here">ok</a>',
        '<a href="#me" id="me">ok</a>',
        '<a href="https://example.com/">ok</a>',
        '<link rel="canonical" href="https://example.com/">',
        '<img src="data:image/png;base64,AA==">',
        '<a href="../x/other.html?v=1">ok</a>',
    ],
)
def test_what_is_well_is_left_alone(page: str) -> None:
    assert not list(links.faults({"x/page.html": page.encode(), "x/other.html": b'<p id="here">'}))


def test_a_style_sheet_that_fetches_is_a_fault() -> None:
    assert list(links.faults({"site.css": b"a { background: url('https://example.com/a.png') }"}))


# --- the folder


def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(NotOurs):
        MadeFolder(tmp_path, MARKER).write({"index.html": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(NotOurs):
        MadeFolder(tmp_path / "site", MARKER).claim()


def test_made_again_stale_files_go_and_others_stay(tmp_path: Path) -> None:
    folder = MadeFolder(tmp_path / "site", MARKER)
    folder.write({"a/old.html": b"", "index.html": b"1"})
    (folder.path / "CNAME").write_text("example.com")
    folder.write({"index.html": b"2"})
    assert sorted(path.name for path in folder.path.iterdir()) == sorted([MARKER, "CNAME", "index.html"])
    assert (folder.path / "index.html").read_bytes() == b"2"


def test_a_marker_edited_by_hand_reaches_nothing_outside(tmp_path: Path) -> None:
    folder = MadeFolder(tmp_path / "site", MARKER)
    folder.write({"index.html": b""})
    (tmp_path / "outside.txt").write_text("mine")
    (folder.path / MARKER).write_text('["../outside.txt", 3]')
    folder.write({"index.html": b""})
    assert (tmp_path / "outside.txt").exists()


def test_an_interrupted_making_can_be_begun_again(tmp_path: Path) -> None:
    folder = MadeFolder(tmp_path / "site", MARKER)
    folder.begin()
    (folder.path / "half.html").write_text("")
    folder.begin()


# --- the command


@pytest.fixture
def run(course_home: Path, monkeypatch: pytest.MonkeyPatch, small: Path) -> Any:
    from labs.site import build as building

    read = build.read
    monkeypatch.setattr(building, "read", lambda: read(small))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_command_makes_the_site_in_the_course_folder(run: Any, course_home: Path) -> None:
    done = run()
    assert done.exit_code == 0
    assert (course_home / "site/fr/00_start.html").is_file()
    assert str(course_home / "site") in done.stdout
    assert run().exit_code == 0  # again


def test_the_command_refuses_a_foreign_folder(run: Any, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    done = run("--out", str(tmp_path / "full"))
    assert done.exit_code == 1 and "not empty" in done.stderr


@pytest.mark.parametrize("address", ["example.com", "ftp://example.com", "https://"])
def test_the_command_refuses_half_an_address(run: Any, address: str) -> None:
    done = run("--base-url", address)
    assert done.exit_code == 1 and address in done.stderr


def test_the_command_tells_faults_and_leaves_the_old_site(run: Any, small: Path, course_home: Path) -> None:
    assert run().exit_code == 0
    before = (course_home / "site/en/01_end.html").read_bytes()
    write(small, "01_end", new_markdown_cell("# End\n\n[dead](gone.ipynb)"))
    done = run()
    assert done.exit_code == 1 and "gone.html" in done.stderr
    assert (course_home / "site/en/01_end.html").read_bytes() == before


def test_the_command_tells_where_it_cannot_write(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("--out", str(tmp_path / "file" / "site"))
    assert done.exit_code == 1 and "Cannot write" in done.stderr


# --- serving it


@pytest.fixture
def served(small: Path, tmp_path: Path) -> Iterator[int]:
    folder = MadeFolder(tmp_path / "site", MARKER)
    folder.write(build.make(build.read(small)))
    running = serve.server(folder.path, None)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running.server_port
    running.shutdown()
    running.server_close()
    thread.join()


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection(serve.LOOPBACK, port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_lost_address_shows_the_sites_own_page(served: int) -> None:
    status, page = ask(served, "/fr/no/such/page.html")
    assert status == 404 and "Page introuvable" in page and '<base href="/">' in page
    assert ask(served, "/en/00_start.html")[0] == 200
    assert ask(served, "/../../etc/passwd")[0] == 404


def test_the_lost_page_knows_where_the_site_is(files: dict[str, bytes]) -> None:
    assert '<base href="/course/">' in html(files, "404.html")


def test_a_taken_port_is_told_and_the_usual_one_can_be_taken(served: int) -> None:
    with pytest.raises(OSError):
        serve.server(Path(), served)
    first = serve.server(Path(), None)
    second = serve.server(Path(), None)
    assert first.server_port != second.server_port
    first.server_close()
    second.server_close()
