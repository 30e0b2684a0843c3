"""What `course bank check` says, in both languages."""

from labs.learner import Texts

say = Texts(
    {
        "bank_help": {
            "fr": "La banque de questions : la vérifier, l’exporter, y importer.",
            "en": "The question bank: check it, export it, import into it.",
        },
        "check_help": {
            "fr": "Vérifier toute la banque : schéma, deux langues, sources, faits, doublons, biais des bonnes réponses, "
            "couverture du programme, seconde résolution. Le code de sortie vaut 1 s’il reste quelque chose à corriger.",
            "en": "Check the whole bank: schema, both languages, sources, facts, duplicates, bias of the keys, coverage "
            "of the syllabus, second solving. The exit code is 1 when something is to be mended.",
        },
        "folder": {
            "fr": "Dossier de la banque ; celle du cours par défaut.",
            "en": "The bank’s folder; the course’s own by default.",
        },
        "no_folder": {
            "fr": "{path} : aucun fichier de questions (*.yaml) ici.",
            "en": "{path}: no question files (*.yaml) here.",
        },
        "clean": {"fr": "Rien à corriger.", "en": "Nothing to mend."},
        "to_mend": {"fr": "{count} à corriger.", "en": "{count} to mend."},
        "questions": {"fr": "Questions", "en": "Questions"},
        "kind": {"fr": "Type", "en": "Kind"},
        "count": {"fr": "Nombre", "en": "Count"},
        "domain": {"fr": "Domaine de l’examen", "en": "Exam domain"},
        "share": {"fr": "Part", "en": "Share"},
        "weight": {"fr": "À l’examen", "en": "In the exam"},
        "coverage": {"fr": "Couverture du programme", "en": "Coverage of the syllabus"},
        "point": {"fr": "Point", "en": "Point"},
        "bias": {
            "fr": "Bonne réponse la plus longue : {fr} % en français, {en} % en anglais (au hasard : 25 %). Places a à d : {places}.",
            "en": "Key is the longest: {fr}% in French, {en}% in English (by chance: 25%). Places a to d: {places}.",
        },
        "reviewed": {
            "fr": "Seconde résolution : {agreed} d’accord du premier coup, {rewritten} réécrites puis confirmées.",
            "en": "Second solving: {agreed} agreed at once, {rewritten} rewritten and then confirmed.",
        },
        "invalid": {"fr": "{problem}", "en": "{problem}"},
        "id_taken": {"fr": "identifiant déjà pris", "en": "id already taken"},
        "same_text": {
            "fr": "{place} : le même texte dans les deux langues",
            "en": "{place}: the same text in both languages",
        },
        "wrong_language": {
            "fr": "{place} : le texte « {language} » semble écrit dans l’autre langue",
            "en": "{place}: the “{language}” text seems to be in the other language",
        },
        "straight_apostrophe": {
            "fr": "{place} ({language}) : apostrophe droite",
            "en": "{place} ({language}): straight apostrophe",
        },
        "french_space": {
            "fr": "{place} : espace insécable manquante : « {words} »",
            "en": "{place}: French needs a no-break space: “{words}”",
        },
        "number_to_choose": {
            "fr": "le texte ({language}) n’annonce pas le nombre de réponses à choisir ({number})",
            "en": "the text ({language}) does not state how many to choose ({number})",
        },
        "unknown_fact": {"fr": "fait inconnu : {fact}", "en": "unknown fact: {fact}"},
        "fact_not_stated": {
            "fr": "le fait {fact} vaut {value}, que le texte ({language}) ne dit pas",
            "en": "fact {fact} is {value}, which the text ({language}) does not state",
        },
        "long_key": {
            "fr": "la bonne réponse ({language}) est {excess} fois plus longue que chaque distracteur",
            "en": "the key ({language}) is {excess} times longer than any distractor",
        },
        "absolute_words": {
            "fr": "des mots absolus ({language}) ne se trouvent que dans les distracteurs",
            "en": "absolute words ({language}) stand in distractors alone",
        },
        "longest_share": {
            "fr": "la bonne réponse ({language}) est la plus longue dans {share} % des questions",
            "en": "the key ({language}) is the longest option in {share}% of the questions",
        },
        "key_positions": {
            "fr": "la bonne réponse est {count} fois en {place} ; {expected} attendues",
            "en": "the key is {count} times at {place}; {expected} expected",
        },
        "near_duplicate": {
            "fr": "presque la même question que {other} ({likeness} %)",
            "en": "nearly the same question as {other} ({likeness}%)",
        },
        "unknown_publisher": {
            "fr": "source sans éditeur connu : {title}",
            "en": "source of no known publisher: {title}",
        },
        "checked_in_future": {
            "fr": "source vérifiée dans le futur : {checked}",
            "en": "source checked in the future: {checked}",
        },
        "checked_long_ago": {
            "fr": "source vérifiée il y a {months} mois ({checked})",
            "en": "source checked {months} months ago ({checked})",
        },
        "unknown_point": {
            "fr": "point du programme inconnu : {point}",
            "en": "unknown point of the syllabus: {point}",
        },
        "other_topic": {
            "fr": "le premier point couvert, {point}, n’est pas du thème {topic}",
            "en": "the first point covered, {point}, is not of topic {topic}",
        },
        "other_domain": {
            "fr": "la tâche {task} n’est pas du domaine {domain}",
            "en": "task {task} is not of domain {domain}",
        },
        "uncovered": {"fr": "aucune question ne couvre {point}", "en": "no question covers {point}"},
        "domain_share": {
            "fr": "{domain} : {share} % des questions, {weight} % de l’examen",
            "en": "{domain}: {share}% of the questions, {weight}% of the exam",
        },
        "too_few": {
            "fr": "{count} questions dont {open} ouvertes : trop peu",
            "en": "{count} questions, {open} of them open: too few",
        },
        "not_reviewed": {"fr": "pas de seconde résolution", "en": "no second solving"},
        "changed_since_review": {
            "fr": "modifiée depuis la seconde résolution",
            "en": "changed since its second solving",
        },
        "review_of_nothing": {
            "fr": "relecture d’une question disparue : {id}",
            "en": "review of a question that is gone: {id}",
        },
        "sheet_help": {
            "fr": "Écrire la feuille d’un second solutionneur : les questions sans leur clé ni leurs explications (JSON).",
            "en": "Write the sheet of a second solver: the questions without their keys and rationales (JSON).",
        },
        "review_help": {
            "fr": "Comparer les réponses d’un second solutionneur aux clés, et noter dans le fichier de relecture les questions "
            'confirmées. Une ligne JSON par question : {{"id", "answer"}}, où answer est la liste des places de la '
            "feuille (à partir de 0), ou le texte d’une réponse ouverte. Le code de sortie vaut 1 s’il y a un désaccord.",
            "en": "Compare a second solver’s answers with the keys, and note in the review file which questions they confirm. "
            'One JSON line a question: {{"id", "answer"}}, where answer is the list of places on the sheet (from 0), '
            "or the text of an open answer. The exit code is 1 when there is a disagreement.",
        },
        "only": {
            "fr": "Seulement cette question (plusieurs fois si besoin).",
            "en": "Only this question (repeat it for more).",
        },
        "sheet_output": {"fr": "Fichier à écrire.", "en": "File to write."},
        "answers_file": {"fr": "Fichier JSONL des réponses.", "en": "JSONL file of the answers."},
        "sheet_written": {
            "fr": "{count} questions sans leur clé dans {path}.",
            "en": "{count} questions without their keys in {path}.",
        },
        "bad_answer": {
            "fr": "ligne {line} : ce n’est pas une réponse à une question de la banque",
            "en": "line {line}: not an answer to a question of the bank",
        },
        "disagreement": {"fr": "{id} : désaccord avec la clé", "en": "{id}: disagrees with the key"},
        "confirmed": {
            "fr": "{count} questions confirmées, {others} désaccords.",
            "en": "{count} questions confirmed, {others} disagreements.",
        },
        "no_review_file": {
            "fr": "fichier de relecture illisible : {problem}",
            "en": "review file cannot be read: {problem}",
        },
    }
)
