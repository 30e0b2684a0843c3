"""What the commands `grade`, `quiz`, `report` and `record` say, in both languages."""

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
        # course quiz
        "quiz_help": {
            "fr": "Répondre à des questions dans le terminal. Sans sous-commande : les neuf questions du chapitre, ou un "
            "thème (course quiz --topic ecs --count 3).",
            "en": "Answer questions in the terminal. Without a sub-command: the chapter’s nine questions, or a topic "
            "(course quiz --topic ecs --count 3).",
        },
        "practice_help": {
            "fr": "S’entraîner sur un thème : d’abord les questions jamais vues, puis celles qui ont été manquées. "
            "Exemple : course quiz practice --topic ecr --count 5",
            "en": "Practise a topic: first the questions never seen, then those missed. "
            "Example: course quiz practice --topic ecr --count 5",
        },
        "exam_help": {
            "fr": "Passer un examen blanc (court : 20 questions ; complet : 65), ou reprendre celui qui est en cours. "
            "Chaque réponse est gardée aussitôt ; Ctrl+C fait une pause, mais le temps continue.",
            "en": "Sit a mock exam (short: 20 questions; full: 65), or resume the one that is running. Every answer is "
            "kept at once; Ctrl+C leaves, but the time goes on.",
        },
        "review_help": {
            "fr": "Revoir les questions dues aujourd’hui, selon le planificateur FSRS.",
            "en": "Review the questions due today, as FSRS schedules them.",
        },
        "adaptive_help": {
            "fr": "S’entraîner à votre niveau : chaque question est choisie d’après vos réponses, pour que vous en "
            "réussissiez environ trois sur quatre.",
            "en": "Practise at your level: each question is picked by your answers, so that you get about three in four "
            "right.",
        },
        "custom_help": {
            "fr": "Composer une série. Une option répétée élargit le choix : --topic ecs --topic eks. "
            "Exemple : course quiz custom --domain secure --missed",
            "en": "Compose a set. An option given again widens the choice: --topic ecs --topic eks. "
            "Example: course quiz custom --domain secure --missed",
        },
        "question": {
            "fr": "Une question par son identifiant (plusieurs fois si besoin).",
            "en": "One question by its id (repeat it for more).",
        },
        "lang": {"fr": "Langue des questions : fr ou en.", "en": "Language of the questions: fr or en."},
        "list": {"fr": "Montrer les questions sans les poser.", "en": "Show the questions without asking."},
        "topic": {"fr": "Thème : {known}.", "en": "Topic: {known}."},
        "domain": {"fr": "Domaine de l’examen : {known}.", "en": "Exam domain: {known}."},
        "difficulty": {"fr": "Difficulté, de 1 à 3.", "en": "Difficulty, 1 to 3."},
        "kind": {"fr": "Type de question : {known}.", "en": "Kind of question: {known}."},
        "era": {
            "fr": "Ce que l’examen attend, ou ce qu’AWS a changé depuis : {known}.",
            "en": "What the exam expects, or what AWS has changed since: {known}.",
        },
        "unseen": {"fr": "Seulement les questions jamais vues.", "en": "Only questions never seen."},
        "missed": {
            "fr": "Seulement les questions dont la dernière réponse n’était pas correcte.",
            "en": "Only questions whose last answer was not correct.",
        },
        "count": {"fr": "Nombre de questions au plus.", "en": "How many questions at most."},
        "form": {"fr": "Format : short (court) ou full (complet).", "en": "Form: short or full."},
        "seed": {
            "fr": "Graine du tirage : la même donne les mêmes questions dans le même ordre.",
            "en": "Seed of the draw: the same one gives the same questions in the same order.",
        },
        "last": {
            "fr": "Revoir le résultat du dernier examen rendu.",
            "en": "Show the result of the last exam handed in again.",
        },
        "options_after": {
            "fr": "Les options se placent après la sous-commande : course quiz {mode} …",
            "en": "Options go after the sub-command: course quiz {mode} …",
        },
        "unknown_value": {
            "fr": "{option} : « {value} » n’existe pas. Valeurs possibles : {known}",
            "en": "{option}: “{value}” does not exist. Possible values: {known}",
        },
        "nothing_found": {
            "fr": "Aucune question ne répond à ces critères. Élargissez-les.",
            "en": "No question meets these conditions. Widen them.",
        },
        "no_exam": {"fr": "Aucun examen rendu pour l’instant.", "en": "No exam handed in yet."},
        "not_enough": {
            "fr": "La banque contient {have} questions d’examen, il en faut {need}. Essayez --form short.",
            "en": "The bank holds {have} exam questions; {need} are needed. Try --form short.",
        },
        "other_running": {
            "fr": "Un examen de l’autre format est en cours : le voici ; rendez-le avant d’en commencer un autre.",
            "en": "An exam of the other form is running: here it is; hand it in before you begin another.",
        },
        "stopped": {"fr": "À bientôt !", "en": "See you soon!"},
        # course report, course record
        "report_help": {
            "fr": "Vos progrès par thème, par domaine et au fil des jours, avec une estimation de votre préparation.",
            "en": "Your progress by topic, by domain and over time, with an estimate of how ready you are.",
        },
        "html": {
            "fr": "Écrire aussi une page HTML, graphiques compris, qui se lit sans réseau.",
            "en": "Write an HTML page too, pictures included, that reads without a network.",
        },
        "written": {"fr": "Écrit : {path}", "en": "Written: {path}"},
        "record_help": {
            "fr": "Votre carnet de réponses : l’exporter, l’effacer, contester un verdict.",
            "en": "Your record of answers: export it, erase it, contest a verdict.",
        },
        "export_help": {
            "fr": "Écrire tout le carnet en JSON (réponses, examens, cartes de révision).",
            "en": "Write the whole record as JSON (answers, exams, review cards).",
        },
        "export_file": {
            "fr": "Fichier à écrire, ou - pour la sortie standard.",
            "en": "File to write, or - for standard output.",
        },
        "erase_help": {
            "fr": "Effacer le carnet, y compris les carnets abîmés mis de côté. Définitif : exportez d’abord.",
            "en": "Erase the record, with damaged ones set aside. For good: export it first.",
        },
        "yes": {"fr": "Effacer sans demander.", "en": "Erase without asking."},
        "dry_run": {"fr": "Montrer ce qui serait effacé.", "en": "Show what would be erased."},
        "nothing_to_erase": {"fr": "Il n’y a pas de carnet à effacer.", "en": "There is no record to erase."},
        "would_erase": {
            "fr": "Seraient effacés : {attempts} réponses, {exams} examens, dans\n{files}",
            "en": "Would be erased: {attempts} answers, {exams} exams, in\n{files}",
        },
        "unreadable": {"fr": "?", "en": "?"},
        "sure": {
            "fr": "Tapez oui pour effacer tout cela définitivement",
            "en": "Type yes to erase all this for good",
        },
        "sure_word": {"fr": "oui", "en": "yes"},
        "not_erased": {"fr": "Rien n’est effacé.", "en": "Nothing is erased."},
        "erased": {"fr": "Carnet effacé.", "en": "Record erased."},
        "contest_help": {
            "fr": "Contester un verdict (le dernier, ou un autre par son numéro), avec une remarque pour l’enseignant.",
            "en": "Contest a verdict (the last one, or another by its number), with a comment for the teacher.",
        },
        "comment": {"fr": "Ce que le correcteur a mal lu.", "en": "What the marker misread."},
        "attempt": {
            "fr": "Numéro de la réponse (course record export les montre) ; la dernière sinon.",
            "en": "Number of the answer (course record export shows them); the last one otherwise.",
        },
        "no_attempt": {"fr": "Cette réponse n’existe pas.", "en": "There is no such answer."},
        "contested": {
            "fr": "Verdict contesté : réponse {id}, question {question}.",
            "en": "Verdict contested: answer {id}, question {question}.",
        },
        "contested_help": {
            "fr": "Montrer à l’enseignant les verdicts contestés : question, réponse, verdict, remarque.",
            "en": "Show a teacher the contested verdicts: question, answer, verdict, comment.",
        },
        "contested_output": {
            "fr": "Les écrire aussi dans ce fichier JSONL, une ligne par verdict.",
            "en": "Write them to this JSONL file too, one line each.",
        },
        "none_contested": {"fr": "Aucun verdict contesté.", "en": "No verdict is contested."},
        "contested_entry": {
            "fr": "Réponse {id}, question {question}, le {day}\n  {scenario}\n  Réponse : {answer}\n  Verdict : {verdict}\n"
            "  Remarque : {comment}",
            "en": "Answer {id}, question {question}, on {day}\n  {scenario}\n  Answer: {answer}\n  Verdict: {verdict}\n"
            "  Comment: {comment}",
        },
    }
)
