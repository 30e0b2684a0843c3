"""What the exchange says, in both languages."""

from labs.learner import Texts

say = Texts(
    {
        "expected": {"fr": "Attendu :", "en": "Expected:"},
        "rejected": {"fr": "Ne convient pas :", "en": "Does not fit:"},
        "answer": {"fr": "Réponse", "en": "Answer"},
        "why": {"fr": "Pourquoi", "en": "Why"},
        "choose": {"fr": "Options", "en": "Options"},
        "order": {"fr": "À remettre dans l’ordre", "en": "Put in order"},
        "match": {"fr": "À associer", "en": "Match"},
        "with": {"fr": "à", "en": "to"},
        "deck": {"fr": "Conteneurs AWS (SAA-C03)", "en": "AWS containers (SAA-C03)"},
        # losses
        "other_kind": {
            "fr": "une question « {kind} » n’a pas de place dans ce format : laissée de côté",
            "en": "a question of kind “{kind}” has no place in this format: left out",
        },
        "ordering_as_matching": {
            "fr": "l’ordre devient une association étape → rang",
            "en": "the order becomes a match of step → rank",
        },
        "joint_rationales": {
            "fr": "les explications de chaque ligne sont réunies dans le commentaire général",
            "en": "the rationales of the single lines are joined in the general feedback",
        },
        "unused_targets": {
            "fr": "cibles que rien n’utilise, laissées de côté : {targets}",
            "en": "targets that no item uses, left out: {targets}",
        },
        "rubric": {
            "fr": "le barème automatique est perdu ; ses idées sont écrites pour un correcteur humain",
            "en": "the automatic marking scheme is lost; its ideas are written out for a human marker",
        },
        "no_rubric": {"fr": "le barème est perdu", "en": "the marking scheme is lost"},
        "no_tags": {
            "fr": "le classement (domaine, thème, difficulté, sources…) est perdu",
            "en": "what it is filed under (domain, topic, difficulty, sources …) is lost",
        },
        "no_id": {"fr": "l’identifiant est perdu", "en": "the id is lost"},
        "self_assessed": {
            "fr": "Anki ne corrige pas : chacun se juge",
            "en": "Anki does not mark: learners judge themselves",
        },
        "formatting": {
            "fr": "la mise en forme HTML est réduite au texte",
            "en": "HTML formatting is reduced to text",
        },
        "attachments": {"fr": "fichiers joints laissés de côté", "en": "attached files left out"},
        "question_type": {
            "fr": "question de type « {kind} » : ce type n’est pas lu",
            "en": "question of type “{kind}”: this type is not read",
        },
        "partial_credit": {
            "fr": "points partiels ({fractions}) réduits à juste ou faux",
            "en": "partial credit ({fractions}) reduced to right or wrong",
        },
        "no_key": {"fr": "aucune bonne réponse : laissée de côté", "en": "no right answer: left out"},
        "ignored_tag": {
            "fr": "étiquette inconnue laissée de côté : {tag}",
            "en": "unknown tag left out: {tag}",
        },
        "languages_differ": {
            "fr": "les deux langues n’ont pas la même forme : laissée de côté",
            "en": "the two languages differ in shape: left out",
        },
        "to_fill_in": {
            "fr": "à compléter avant `course bank check` : {fields}",
            "en": "to be filled in before `course bank check`: {fields}",
        },
        # mistakes
        "not_this_format": {
            "fr": "{path} n’est pas lisible comme {format} : {problem}",
            "en": "{path} cannot be read as {format}: {problem}",
        },
        "unclosed": {
            "fr": "question commencée ligne {line} : accolade jamais fermée",
            "en": "question that begins on line {line}: brace never closed",
        },
        "not_list": {"fr": "une liste de questions était attendue", "en": "a list of questions was expected"},
        "bad_entry": {"fr": "question {number} : {problem}", "en": "question {number}: {problem}"},
        "root": {
            "fr": "l’élément <quiz> était attendu, pas <{found}>",
            "en": "the element <quiz> was expected, not <{found}>",
        },
        "unknown_format": {
            "fr": "format inconnu : {name}. Formats : {known}",
            "en": "unknown format: {name}. Formats: {known}",
        },
        "not_read": {
            "fr": "{format} ne se lit pas ici, il s’écrit seulement. Se lisent : {known}",
            "en": "{format} can only be written here, not read. These can be read: {known}",
        },
        "anki_missing": {
            "fr": "L’export vers Anki demande un module de plus : {command}",
            "en": "Export to Anki needs one more module: {command}",
        },
        "exists": {
            "fr": "{path} existe déjà : choisissez un autre nom, ou --force.",
            "en": "{path} exists already: choose another name, or --force.",
        },
        "nothing": {
            "fr": "Aucune question à exporter avec ces critères.",
            "en": "No question to export with these criteria.",
        },
        "no_file": {"fr": "{path} : {reason}", "en": "{path}: {reason}"},
        "nothing_to_import": {
            "fr": "Donnez au moins un fichier : --fr FICHIER ou --en FICHIER.",
            "en": "Give at least one file: --fr FILE or --en FILE.",
        },
        # commands
        "export_help": {
            "fr": "Exporter la banque vers un autre programme. Ce que le format ne sait pas contenir est listé.",
            "en": "Export the bank to another program. What the format cannot hold is listed.",
        },
        "import_help": {
            "fr": "Importer des questions dans un brouillon de banque (YAML). Donnez un fichier par langue : ils sont réunis par "
            "identifiant. Ce qui n’a pas pu être lu et ce qui reste à compléter est listé.",
            "en": "Import questions into a draft of a bank (YAML). Give one file per language: they are joined by id. "
            "What could not be read and what is to be filled in is listed.",
        },
        "format_help": {
            "fr": "moodle, gift, qti, anki ou jupyterquiz ; sinon d’après la fin du nom.",
            "en": "moodle, gift, qti, anki or jupyterquiz; else told by the file’s ending.",
        },
        "output_help": {"fr": "Fichier à écrire.", "en": "File to write."},
        "lang_help": {"fr": "Langue des questions : fr ou en.", "en": "Language of the questions: fr or en."},
        "topic_help": {
            "fr": "Seulement ce thème (plusieurs fois si besoin).",
            "en": "Only this topic (repeat it for more).",
        },
        "force_help": {"fr": "Remplacer le fichier s’il existe.", "en": "Replace the file if it exists."},
        "fr_help": {"fr": "Fichier des questions en français.", "en": "File of the questions in French."},
        "en_help": {"fr": "Fichier des questions en anglais.", "en": "File of the questions in English."},
        "exported": {
            "fr": "{count} questions écrites dans {path}.",
            "en": "{count} questions written to {path}.",
        },
        "imported": {
            "fr": "{count} questions écrites dans {path}.",
            "en": "{count} questions written to {path}.",
        },
        "lost": {"fr": "Ce qui n’a pas pu passer :", "en": "What could not be carried over:"},
        "times": {"fr": "{message} ({count} questions)", "en": "{message} ({count} questions)"},
    }
)
