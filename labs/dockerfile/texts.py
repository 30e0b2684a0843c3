"""What the course says of a Dockerfile: the remarks of the reviewer, and the verdicts of the cache."""

from __future__ import annotations

from labs.dockerfile.cache import Verdict
from labs.dockerfile.lint import Finding
from labs.learner import Texts

say = Texts(
    {
        "moving_base": {
            "fr": "l’image de base {what} est désignée par une étiquette, qui peut changer d’image",
            "en": "the base image {what} is named by a tag, which may move to another image",
        },
        "root": {
            "fr": "le programme tourne sous root",
            "en": "the program runs as root",
        },
        "shell_form": {
            "fr": "{what} passe par un shell, qui peut garder SIGTERM pour lui",
            "en": "{what} goes through a shell, which may keep SIGTERM to itself",
        },
        "secrets": {
            "fr": "{what} a l’air d’un secret, et qui peut tirer l’image pourra le lire",
            "en": "{what} looks like a secret, and whoever can pull the image can read it",
        },
        "everything_copied": {
            "fr": "tout le dossier est copié, y compris ce qui n’a rien à faire dans une image ({what})",
            "en": "the whole folder is copied, even what has no business in an image ({what})",
        },
        "build_tools": {
            "fr": "des outils de construction restent dans l’image ({what})",
            "en": "build tools stay in the image ({what})",
        },
        "leftovers": {
            "fr": "un cache d’installation reste dans une couche ({what})",
            "en": "an installation cache stays in a layer ({what})",
        },
        "at": {"fr": "ligne {line} : {remark}", "en": "line {line}: {remark}"},
        "reused": {"fr": "reprise du cache", "en": "from the cache"},
        "rebuilt": {"fr": "refaite", "en": "made again"},
        "setting": {"fr": "pas de couche", "en": "no layer"},
        "skipped": {"fr": "étage inutile, non construit", "en": "stage not needed, not built"},
        "why_base": {"fr": "l’image de base n’est plus la même", "en": "the base image is another one"},
        "why_below": {"fr": "la couche du dessous est nouvelle", "en": "the layer below is new"},
        "why_files": {"fr": "fichiers changés : {names}", "en": "files changed: {names}"},
        "why_stage": {"fr": "l’étage copié a été refait", "en": "the stage copied from was made again"},
        "why_instruction": {
            "fr": "l’instruction, ou une variable qu’elle voit, est nouvelle",
            "en": "the instruction, or a variable that it sees, is new",
        },
    }
)


def remark(finding: Finding) -> str:
    """What the reviewer says, with the line where there is one."""
    text = say(finding.rule, what=finding.what)
    return say("at", line=finding.line, remark=text) if finding.line else text


def reason(verdict: Verdict) -> str:
    """Why a layer is made again; empty where it is not."""
    return say(f"why_{verdict.reason}", names=", ".join(verdict.names)) if verdict.reason else ""
