"""Links to the glossary: at the first use of a term, and nowhere that a link would do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from labs.authoring import glossary, source
from labs.authoring.source import SOURCES
from labs.learner import LANGUAGES, Language

ENTRIES = """
# %% [markdown] tags=["fr"]
# ### Groupe cible
#
# *target group*
#
# Les adresses vers lesquelles un équilibreur de charge envoie ses requêtes.
#
# ### Tâche
#
# Des conteneurs qui vivent et meurent ensemble : *rien* de plus.
#
# ### Définition de tâche
#
# *task definition* · *taskdef*
#
# Le plan d’une tâche.

# %% [markdown] tags=["en"]
# ### Target group
#
# *groupe cible*
#
# The addresses to which a load balancer sends its requests.
#
# ### ENI
#
# An elastic network interface.
#
# ### NAT gateway
#
# A way out.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources with a small glossary, in which every term has its own cell."""
    monkeypatch.setattr(glossary, "TOGETHER", 1)
    (tmp_path / "10_glossary.py").write_text(ENTRIES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def french(folder: Path) -> tuple[glossary.Term, ...]:
    return source.terms_of(folder / "03_ecs.py", "fr")


@pytest.fixture
def english(folder: Path) -> tuple[glossary.Term, ...]:
    return source.terms_of(folder / "03_ecs.py", "en")


def test_headings_are_terms_and_names_in_italics_below_lead_to_them(
    french: tuple[glossary.Term, ...],
) -> None:
    assert [(term.heading, term.names[1:]) for term in french] == [
        ("Groupe cible", ("target group",)),
        ("Tâche", ()),
        ("Définition de tâche", ("task definition", "taskdef")),
    ]
    assert french[0].address == "10_glossary.ipynb#cell-id=Groupe-cible"


def test_the_glossary_does_not_link_to_itself(folder: Path) -> None:
    assert source.terms_of(folder / "10_glossary.py", "fr") == ()


def test_no_glossary_no_links(tmp_path: Path) -> None:
    assert source.terms_of(tmp_path / "03_ecs.py", "fr") == ()


def test_only_the_first_use_of_a_notebook_is_a_link(french: tuple[glossary.Term, ...]) -> None:
    linked = glossary.link(["Un groupe cible, un autre groupe cible.", "Encore un target group."], french)
    assert linked == [
        "Un [groupe cible](10_glossary.ipynb#cell-id=Groupe-cible), un autre groupe cible.",
        "Encore un target group.",
    ]


def test_plurals_capitals_and_ends_of_lines(french: tuple[glossary.Term, ...]) -> None:
    [linked] = glossary.link(["Deux **Groupes\ncibles** :"], french)
    assert linked == "Deux **[Groupes\ncibles](10_glossary.ipynb#cell-id=Groupe-cible)** :"


def test_the_longest_name_wins_and_leaves_the_shorter_term_its_own_first_use(
    french: tuple[glossary.Term, ...],
) -> None:
    [linked] = glossary.link(["Une définition de tâche décrit une tâche."], french)
    assert linked == (
        "Une [définition de tâche](10_glossary.ipynb#cell-id=Definition-de-tache) décrit une "
        "[tâche](10_glossary.ipynb#cell-id=Tache)."
    )


@pytest.mark.parametrize(
    "text",
    [
        "# Target group",
        "`target group`",
        "```\ntarget group\n```",
        "[the target group](06.ipynb)",
        "![target group](a.svg)",
        '<a title="target group">',
        "https://example.com/target",
        "a target-group, sub/target group",
        "Subtarget group",
        "target group 2",
        "eni, denim",
        "<summary><b>More</b>: target group</summary>",
    ],
)
def test_what_is_left_alone(text: str, english: tuple[glossary.Term, ...]) -> None:
    assert glossary.link([text], english) == [text]


def test_an_abbreviation_is_matched_with_its_capitals(english: tuple[glossary.Term, ...]) -> None:
    assert glossary.link(["A nat gateway; a NAT Gateway"], english) == [
        "A nat gateway; a [NAT Gateway](10_glossary.ipynb#cell-id=NAT-gateway)"
    ]
    assert glossary.link(["Two ENIs"], english) == ["Two [ENIs](10_glossary.ipynb#cell-id=ENI)"]


def test_the_notebook_of_a_language_carries_the_links(folder: Path) -> None:
    path = folder / "03_ecs.py"
    path.write_text(
        '# %% [markdown] tags=["fr"]\n# Un groupe cible.\n\n# %% [markdown] tags=["en"]\n# A target group.\n'
    )
    notebook = source.read(path)
    built = source.for_language(notebook, "en", terms=source.terms_of(path, "en"))
    assert [cell.source for cell in built.cells] == [
        "A [target group](10_glossary.ipynb#cell-id=Target-group)."
    ]
    assert notebook.cells[1].source == "A target group."


@pytest.mark.parametrize(
    ("heading", "identity"),
    [
        ("Groupe cible", "Groupe-cible"),
        ("Rôle d’exécution", "Role-d-execution"),
        ("Nœud", "Noeud"),
        ("Blue/green deployment", "Blue-green-deployment"),
    ],
)
def test_a_terms_id_has_plain_letters_only(heading: str, identity: str) -> None:
    assert glossary.identity(heading) == identity


def test_a_few_terms_share_a_cell_and_their_links_lead_to_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glossary, "TOGETHER", 2)
    french = source.notebook(folder / "10_glossary.py", "fr")
    assert [
        (cell.id, [line for line in cell.source.splitlines() if line.startswith("#")])
        for cell in french.cells
    ] == [
        ("Groupe-cible", ["### Groupe cible", "### Tâche"]),
        ("Definition-de-tache", ["### Définition de tâche"]),
    ]
    assert [term.address.partition("#")[2] for term in source.terms_of(folder / "03_ecs.py", "fr")] == [
        "cell-id=Groupe-cible",
        "cell-id=Groupe-cible",
        "cell-id=Definition-de-tache",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_courses_terms_have_ids_of_their_own(lang: Language) -> None:
    everything = source.read(SOURCES / f"{glossary.NAME}.py")
    ids = [glossary.identity(term.heading) for term in glossary.terms(everything, lang)]
    names = [name.lower() for term in glossary.terms(everything, lang) for name in term.names]
    assert len(set(ids)) == len(ids) > 0
    assert len(set(names)) == len(names)
