"""What the quiz says in a terminal, in both languages. Verdicts and headings: `widget_texts`."""

from labs.learner import Texts

say = Texts(
    {
        "grade_help": {
            "fr": "Corriger des réponses ouvertes : une ligne JSON par réponse, "
            '{{"question", "lang", "answer"}}. Les autres champs restent tels quels ; une ligne illisible '
            "reçoit un champ « error » et le code de sortie vaut 1.",
            "en": "Mark open answers: one JSON line per answer, "
            '{{"question", "lang", "answer"}}. Other fields stay as they are; a line that cannot be read '
            "gets an “error” field and the exit code is 1.",
        },
        "file": {
            "fr": "Fichier JSONL à corriger, ou - pour l’entrée standard.",
            "en": "JSONL file to mark, or - for standard input.",
        },
        "output": {
            "fr": "Où écrire les lignes corrigées (sortie standard sinon).",
            "en": "Where to write the marked lines (standard output otherwise).",
        },
        "no_file": {"fr": "{path} : {reason}", "en": "{path}: {reason}"},
        "same_file": {
            "fr": "La sortie écraserait le fichier lu : choisissez un autre nom.",
            "en": "The output would overwrite the file being read: choose another name.",
        },
        "line": {"fr": "Ligne {number} : {problem}", "en": "Line {number}: {problem}"},
        "not_json": {
            "fr": "ce n’est pas du JSON valable ({reason})",
            "en": "this is not valid JSON ({reason})",
        },
        "not_object": {"fr": "un objet JSON était attendu", "en": "a JSON object was expected"},
        "no_field": {"fr": "le champ « {field} » manque", "en": "the field “{field}” is missing"},
        "not_text": {
            "fr": "le champ « {field} » doit être un texte",
            "en": "the field “{field}” must be a text",
        },
        "unknown_question": {
            "fr": "question inconnue : {id}. Questions : {known}",
            "en": "unknown question: {id}. Questions: {known}",
        },
        "unknown_lang": {
            "fr": "langue inconnue : {name} (fr ou en)",
            "en": "unknown language: {name} (fr or en)",
        },
        "progress": {"fr": "{count} réponses corrigées", "en": "{count} answers marked"},
        "quiz_help": {
            "fr": "Poser les questions du chapitre dans le terminal et corriger vos réponses.",
            "en": "Ask the chapter’s questions in the terminal and mark your answers.",
        },
        "question": {
            "fr": "Une question par son identifiant (plusieurs fois si besoin) ; toutes sinon.",
            "en": "One question by its id (repeat it for more); all of them otherwise.",
        },
        "lang": {"fr": "Langue des questions : fr ou en.", "en": "Language of the questions: fr or en."},
        "list": {"fr": "Montrer les questions sans les poser.", "en": "Show the questions without asking."},
        "how": {
            "fr": "Répondez en une à quatre phrases. Une ligne vide envoie la réponse, Ctrl+C arrête.",
            "en": "Answer in one to four sentences. An empty line sends the answer, Ctrl+C stops.",
        },
        "again": {
            "fr": "Une ligne vide passe à la suite.",
            "en": "An empty line moves on.",
        },
        "skipped": {"fr": "Question passée.", "en": "Question skipped."},
        "score": {
            "fr": "{correct} sur {answered} correctes.",
            "en": "{correct} of {answered} correct.",
        },
        "stopped": {"fr": "À bientôt !", "en": "See you soon!"},
    }
)
