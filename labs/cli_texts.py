"""What the command line itself says in French: Typer speaks English only."""

from __future__ import annotations

import re

from labs.learner import Texts, language

say = Texts(
    {
        "help": {
            "fr": "Le cours sur les conteneurs AWS : ouvrir les cahiers, piloter le cloud local, s’entraîner.",
            "en": "The AWS containers course: open the notebooks, run the local cloud, practise.",
        },
        "help_option": {"fr": "Montrer cette aide.", "en": "Show this help."},
        "learn": {"fr": "Apprendre", "en": "Learn"},
        "clouds": {"fr": "Le cloud local et votre compte AWS", "en": "The local cloud and your AWS account"},
        "teach": {"fr": "Enseigner", "en": "Teach"},
        "write": {"fr": "Écrire le cours", "en": "Write the course"},
        "DEFAULT_STRING": {"fr": "[défaut : {}]", "en": "[default: {}]"},
        "REQUIRED_LONG_STRING": {"fr": "[obligatoire]", "en": "[required]"},
        "ARGUMENTS_PANEL_TITLE": {"fr": "Arguments", "en": "Arguments"},
        "OPTIONS_PANEL_TITLE": {"fr": "Options", "en": "Options"},
        "COMMANDS_PANEL_TITLE": {"fr": "Commandes", "en": "Commands"},
        "ERRORS_PANEL_TITLE": {"fr": "Erreur", "en": "Error"},
        "ABORTED_TEXT": {"fr": "Interrompu.", "en": "Aborted."},
        "RICH_HELP": {
            "fr": "Pour l’aide : [blue]{command_path} {help_option}[/]",
            "en": "For help: [blue]{command_path} {help_option}[/]",
        },
    }
)

TYPER_CONSTANTS = [key for key in say.catalogue if key.isupper()]  # names in typer.rich_utils

# What Typer and pydantic say of a wrong command line, as patterns, with what it means in French.
_FRENCH = [
    (r"No such command '(.+)'\.", "Commande inconnue : {0}."),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "Option inconnue : {0}. Peut-être {1} ?"),
    (r"No such option: (\S+)", "Option inconnue : {0}."),
    (r"Missing argument '(.+)'\.", "Il manque l’argument {0}."),
    (r"Missing option '(.+)'\.", "Il manque l’option {0}."),
    (r"Missing command\.", "Il manque une commande."),
    (r"Option '(.+)' requires an argument\.", "L’option {0} attend une valeur."),
    (r"Got unexpected extra argument\(?s?\)? \((.+)\)", "De trop : {0}."),
    (r"Invalid value for '(.+?)': (?:Value error, )?(.+)", "Valeur refusée pour {0} : {1}"),
    (r"'(.+)' is not one of (.+)\.", "« {0} » n’est pas parmi {1}."),
    (r"Input should be greater than or equal to (.+)", "au moins {0}."),
    (r"Input should be less than or equal to (.+)", "au plus {0}."),
    (r"Input should be a valid integer.*", "un nombre entier est attendu."),
]


def in_french(message: str) -> str:
    """The message in French where it is known, with its parts; as it is otherwise."""
    for pattern, french in _FRENCH:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return french.format(*map(in_french, found.groups()))
    return message


def translated(message: str) -> str:
    """The message in the learner's language."""
    return in_french(message) if language() == "fr" else message
