"""What the coverage table says about itself."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "faithful": {"fr": "fidèle", "en": "faithful"},
        "partly": {"fr": "en partie", "en": "partly"},
        "kept": {"fr": "gardé", "en": "kept"},
        "moto": {"fr": "moto", "en": "moto"},
        "absent": {"fr": "absent", "en": "absent"},
        "faithful means": {
            "fr": "fait ce que fait AWS, et c’est testé",
            "en": "does what AWS does, and is tested",
        },
        "partly means": {
            "fr": "fait l’essentiel ; la note dit ce qui diffère",
            "en": "does the main thing; the note says what differs",
        },
        "kept means": {
            "fr": "enregistré et rendu tel quel, sans effet",
            "en": "stored and given back, without effect",
        },
        "moto means": {
            "fr": "la bibliothèque moto répond telle qu’elle est ; ce projet ne l’a pas vérifié",
            "en": "the moto library answers as it is; this project has not checked it",
        },
        "absent means": {
            "fr": "une erreur qui le nomme : NotImplemented ou UnsupportedFeatureException",
            "en": "an error that names it: NotImplemented or UnsupportedFeatureException",
        },
        "title": {
            "fr": "Ce que le cloud local fait d’AWS",
            "en": "What the local cloud does of AWS",
        },
        "service": {"fr": "Service", "en": "Service"},
        "operation": {"fr": "Opération", "en": "Operation"},
        "level": {"fr": "Niveau", "en": "Level"},
        "note": {"fr": "Ce qu’il faut savoir", "en": "What to know"},
        "rest": {"fr": "toutes les autres", "en": "all others"},
        "rest note": {
            "fr": "Là où moto ne la connaît pas, une erreur la nomme.",
            "en": "Where moto does not know it, an error names it.",
        },
        "types": {
            "fr": "Types de ressources que les piles déploient",
            "en": "Resource types that stacks deploy",
        },
        "types note": {
            "fr": "Une propriété absente fait échouer la pile en la nommant ; tout autre type est refusé.",
            "en": "A property that is not emulated fails the stack by name; any other type is refused.",
        },
        "others": {"fr": "Autres services", "en": "Other services"},
        "others note": {
            "fr": "Les services que moto connaît répondent par moto ; les autres par une erreur qui nomme l’opération.",
            "en": "Services that moto knows are answered by moto; the others by an error that names the operation.",
        },
        "nothing": {
            "fr": "Aucune ligne ne correspond.",
            "en": "No row matches.",
        },
        "unknown service": {
            "fr": "Service inconnu de la table : {service}. Elle connaît : {known}.",
            "en": "The table does not know the service {service}. It knows: {known}.",
        },
    }
)
