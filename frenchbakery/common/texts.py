"""What the services say when something is wrong, in both languages."""

from __future__ import annotations

from frenchbakery.common.language import Text

ERRORS: dict[str, Text] = {
    "bad_request": {
        "fr": "La requête est illisible.",
        "en": "The request cannot be read.",
    },
    "body_too_large": {
        "fr": "Le corps de la requête est trop grand.",
        "en": "The request body is too large.",
    },
    "dependency_unavailable": {
        "fr": "Le service « {name} » ne répond pas. Réessayez dans quelques secondes.",
        "en": "The {name} service is not answering. Try again in a few seconds.",
    },
    "fault_injected": {
        "fr": "Panne provoquée pour l’exercice.",
        "en": "Fault injected for the exercise.",
    },
    "forbidden_origin": {
        "fr": "Ce formulaire ne vient pas de la boutique.",
        "en": "This form was not sent from the shop.",
    },
    "idempotency_key_reused": {
        "fr": "Cette clé d’idempotence a déjà servi pour une autre demande.",
        "en": "This idempotency key was already used for another request.",
    },
    "internal_error": {
        "fr": "Une erreur inattendue s’est produite.",
        "en": "An unexpected error occurred.",
    },
    "invalid_request": {
        "fr": "La requête contient des valeurs incorrectes.",
        "en": "The request holds values that are not valid.",
    },
    "load_running": {
        "fr": "Une charge est déjà en cours sur cette tâche.",
        "en": "This task is already burning CPU.",
    },
    "method_not_allowed": {
        "fr": "Cette méthode n’est pas permise ici.",
        "en": "This method is not allowed here.",
    },
    "not_found": {
        "fr": "Il n’y a rien à cette adresse.",
        "en": "There is nothing at this address.",
    },
    "order_not_found": {
        "fr": "Aucune commande ne porte ce numéro.",
        "en": "No order has this number.",
    },
    "product_not_found": {
        "fr": "Ce produit n’existe pas.",
        "en": "There is no such product.",
    },
}

FIELDS: dict[str, Text] = {
    "blank": {"fr": "écrivez quelque chose", "en": "write something"},
    "extra_forbidden": {"fr": "champ inconnu", "en": "unknown field"},
    "greater_than_equal": {"fr": "au moins {ge}", "en": "at least {ge}"},
    "int_from_float": {"fr": "un nombre entier est attendu", "en": "a whole number is expected"},
    "int_parsing": {"fr": "un nombre entier est attendu", "en": "a whole number is expected"},
    "int_type": {"fr": "un nombre entier est attendu", "en": "a whole number is expected"},
    "json_invalid": {"fr": "JSON illisible", "en": "unreadable JSON"},
    "less_than_equal": {"fr": "au plus {le}", "en": "at most {le}"},
    "literal_error": {"fr": "valeurs possibles : {expected}", "en": "possible values: {expected}"},
    "missing": {"fr": "obligatoire", "en": "required"},
    "model_attributes_type": {"fr": "un objet est attendu", "en": "an object is expected"},
    "product_repeated": {"fr": "produit répété", "en": "repeated product"},
    "product_unknown": {"fr": "produit inconnu", "en": "unknown product"},
    "string_pattern_mismatch": {"fr": "forme incorrecte", "en": "not of the expected form"},
    "string_too_long": {"fr": "{max_length} caractères au plus", "en": "at most {max_length} characters"},
    "string_too_short": {"fr": "{min_length} caractères au moins", "en": "at least {min_length} characters"},
    "string_type": {"fr": "un texte est attendu", "en": "a text is expected"},
    "too_long": {
        "fr": "nombre d’éléments : {max_length} au plus",
        "en": "number of elements: at most {max_length}",
    },
    "too_short": {
        "fr": "nombre d’éléments : {min_length} au moins",
        "en": "number of elements: at least {min_length}",
    },
    "value_error": {"fr": "valeur incorrecte", "en": "not a valid value"},
}
