"""What question cards, sets and the mock exam say, in both languages; the questions' own words are in the bank."""

from labs.learner import Texts

say = Texts(
    {
        # every card
        "title": {"fr": "Question {number} sur {total}", "en": "Question {number} of {total}"},
        "one_question": {"fr": "Une question : {topic}", "en": "One question: {topic}"},
        "title_in_series": {"fr": "Question {number} : {topic}", "en": "Question {number}: {topic}"},
        "again": {"fr": "Corriger à nouveau", "en": "Mark it again"},
        "submit": {"fr": "Corriger ma réponse", "en": "Mark my answer"},
        "previous": {
            "fr": "La dernière fois, le {day} : {verdict}",
            "en": "Last time, on {day}: {verdict}",
        },
        "grading": {"fr": "Correction…", "en": "Marking…"},
        "silent": {
            "fr": "Le noyau ne répond pas encore. S’il exécute une cellule, patientez ; s’il est arrêté, "
            "exécutez à nouveau cette cellule (Maj+Entrée).",
            "en": "The kernel has not answered yet. If it is running a cell, please wait; if it was stopped, "
            "run this cell again (Shift+Enter).",
        },
        "correct": {"fr": "Correct", "en": "Correct"},
        "partial": {"fr": "En partie correct", "en": "Partly correct"},
        "incorrect": {"fr": "Incorrect", "en": "Incorrect"},
        "not_recognised": {"fr": "Réponse non reconnue", "en": "Answer not recognised"},
        "not_recorded": {
            "fr": "Cette réponse est corrigée mais pas enregistrée. {reason}",
            "en": "This answer is marked but not recorded. {reason}",
        },
        "grading_failed": {
            "fr": "Le correcteur s’est arrêté sur une erreur, notée dans le journal du noyau. Votre texte est toujours là.",
            "en": "The marker stopped on an error, noted in the kernel’s log. Your text is still there.",
        },
        "contest": {
            "fr": "Je ne suis pas d’accord avec ce verdict",
            "en": "I disagree with this verdict",
        },
        "contest_label": {
            "fr": "Qu’est-ce que le correcteur a mal lu ? (facultatif)",
            "en": "What did the marker misread? (optional)",
        },
        "contest_closed": {
            "fr": "Qu’est-ce qui vous paraît faux dans la question ou son corrigé ? (facultatif)",
            "en": "What seems wrong to you in the question or its key? (optional)",
        },
        "contest_send": {"fr": "Contester le verdict", "en": "Contest the verdict"},
        "contested": {
            "fr": "C’est noté à côté de votre réponse, dans votre carnet.",
            "en": "Noted beside your answer, in your record.",
        },
        "sources": {"fr": "Pour vérifier", "en": "Where to check"},
        "source": {"fr": "{title} (lu en {month})", "en": "{title} (read {month})"},
        "next_question": {"fr": "Question suivante", "en": "Next question"},
        # open questions
        "label": {
            "fr": "Votre réponse, en une à quatre phrases",
            "en": "Your answer, in one to four sentences",
        },
        "keys": {"fr": "Ctrl+Entrée pour l’envoyer", "en": "Ctrl+Enter to send it"},
        "empty": {"fr": "Écrivez d’abord une réponse.", "en": "Write an answer first."},
        "found": {"fr": "Idées trouvées", "en": "Ideas found"},
        "missing": {"fr": "Idées attendues, absentes", "en": "Ideas expected, missing"},
        "contradicted": {"fr": "Ce qui est faux ici", "en": "What is wrong here"},
        "comment": {
            "fr": "Commentaire d’un modèle de langage, qui ne compte pas :",
            "en": "A language model’s comment, which does not count:",
        },
        "model_answer": {"fr": "Une réponse possible", "en": "A possible answer"},
        "tempting": {
            "fr": "Pourquoi pas les autres solutions ?",
            "en": "Why not the other solutions?",
        },
        "say_it_otherwise": {
            "fr": "Le correcteur n’a pas compris ce que vous proposez ; il ne dit pas que c’est faux. Dites-le "
            "autrement : quel service, et pour faire quoi ?",
            "en": "The marker did not understand what you suggest; it does not say that it is wrong. Put it another "
            "way: which service, and to do what?",
        },
        "reveal": {"fr": "Je donne ma langue au chat", "en": "I give up: show what was expected"},
        # choice questions
        "submit_closed": {"fr": "Valider", "en": "Submit"},
        "answer_again": {"fr": "Répondre à nouveau", "en": "Answer again"},
        "choose_1": {"fr": "Choisissez UNE réponse.", "en": "Choose ONE answer."},
        "choose_2": {"fr": "Choisissez DEUX réponses.", "en": "Choose TWO answers."},
        "choose_3": {"fr": "Choisissez TROIS réponses.", "en": "Choose THREE answers."},
        "choose_first": {"fr": "Choisissez d’abord une réponse.", "en": "Choose an answer first."},
        "chosen": {"fr": "{chosen} sur {choose}", "en": "{chosen} of {choose} chosen"},
        "too_many": {
            "fr": "{chosen} choisies : c’est trop, il en faut {choose}",
            "en": "{chosen} chosen: too many, choose {choose}",
        },
        "key_chosen": {"fr": "Bonne réponse, et vous l’avez choisie", "en": "Right, and you chose it"},
        "key_left": {
            "fr": "Bonne réponse, que vous n’avez pas choisie",
            "en": "Right, and you did not choose it",
        },
        "wrong_chosen": {"fr": "Mauvaise réponse, et vous l’avez choisie", "en": "Wrong, and you chose it"},
        "wrong_left": {"fr": "Mauvaise réponse", "en": "Wrong"},
        "keys_found": {
            "fr": "Bonnes réponses trouvées : {found} sur {keys}.",
            "en": "Right answers found: {found} of {keys}.",
        },
        # ordering and matching questions
        "how_to_order": {
            "fr": "Mettez les étapes dans l’ordre, avec les boutons ou, sur un bouton, avec les flèches ↑ et ↓.",
            "en": "Put the steps in order, with the buttons or, on a button, with the arrow keys ↑ and ↓.",
        },
        "up": {"fr": "Monter", "en": "Move up"},
        "down": {"fr": "Descendre", "en": "Move down"},
        "moved": {"fr": "{step} : place {place} sur {total}", "en": "{step}: place {place} of {total}"},
        "in_place": {"fr": "À sa place", "en": "In its place"},
        "belongs": {"fr": "Sa place : {place}", "en": "Its place: {place}"},
        "steps_in_place": {
            "fr": "Étapes à leur place : {right} sur {total}.",
            "en": "Steps in their place: {right} of {total}.",
        },
        "solution": {"fr": "Le bon ordre", "en": "The right order"},
        "how_to_match": {
            "fr": "Choisissez pour chaque ligne ce qui lui correspond.",
            "en": "Choose what goes with each line.",
        },
        "pick": {"fr": "Choisir…", "en": "Choose…"},
        "match_all": {"fr": "Il reste des lignes sans réponse.", "en": "Some lines have no answer yet."},
        "right_match": {"fr": "Juste", "en": "Right"},
        "goes_with": {"fr": "Faux. Il fallait : {target}", "en": "Wrong. It goes with: {target}"},
        "parts_right": {"fr": "Juste : {right} sur {total}.", "en": "Right: {right} of {total}."},
        # sets and series
        "standing": {
            "fr": "Réponses : {answered} sur {total}. Correctes : {correct}.",
            "en": "Answered: {answered} of {total}. Correct: {correct}.",
        },
        "series_so_far": {
            "fr": "Jusqu’ici : {correct} sur {number} correctes.",
            "en": "So far: {correct} of {number} correct.",
        },
        "series_over": {
            "fr": "C’était la dernière. Correctes : {correct} sur {number}.",
            "en": "That was the last one. Correct: {correct} of {number}.",
        },
        "nothing_due": {
            "fr": "Rien à revoir aujourd’hui. Prochaine question à revoir : le {day}.",
            "en": "Nothing to review today. The next question comes back on {day}.",
        },
        "nothing_answered": {
            "fr": "Rien à revoir pour l’instant : les questions auxquelles vous répondez reviendront ici.",
            "en": "Nothing to review yet: the questions you answer will come back here.",
        },
        "nothing_to_report": {
            "fr": "Aucune réponse pour l’instant : votre progression s’affichera ici dès la première.",
            "en": "No answers yet: your progress will show here from the first one on.",
        },
        # where widgets do not run
        "how_to_run": {
            "fr": "*Exécutez cette cellule (Maj+Entrée) pour répondre ici, ou tapez `{command}` dans un terminal.*",
            "en": "*Run this cell (Shift+Enter) to answer here, or type `{command}` in a terminal.*",
        },
        "order_printed": {"fr": "Mettez ces étapes dans l’ordre :", "en": "Put these steps in order:"},
        "match_printed": {
            "fr": "Associez chaque ligne à l’une de ces propositions : {targets}",
            "en": "Match each line with one of these: {targets}",
        },
        "practice_text": {
            "fr": "**Entraînement** — des questions choisies selon vos critères, corrigées au fur et à mesure.",
            "en": "**Practice** — questions picked by your conditions, marked as you go.",
        },
        "review_text": {
            "fr": "**Révision** — les questions à revoir aujourd’hui, l’une après l’autre.",
            "en": "**Review** — the questions due today, one after another.",
        },
        "adaptive_text": {
            "fr": "**Entraînement à votre niveau** — une question après l’autre, ni trop facile ni trop difficile.",
            "en": "**Practice at your level** — one question after another, neither too easy nor too hard.",
        },
        # what cannot be found
        "unknown_question": {
            "fr": "Aucune question, aucun thème ne s’appelle « {id} ».",
            "en": "No question or topic is called “{id}”.",
        },
        "near_names": {"fr": "Pensiez-vous à : {near} ?", "en": "Did you mean: {near}?"},
        "known_topics": {"fr": "Les thèmes : {topics}.", "en": "The topics: {topics}."},
        "unknown_condition": {
            "fr": "{name} : « {value} » n’existe pas. Valeurs possibles : {known}.",
            "en": "{name}: “{value}” does not exist. Possible values: {known}.",
        },
        "too_few": {
            "fr": "Questions trouvées : {have} ; il en faudrait {want}. Élargissez les critères ou demandez-en moins.",
            "en": "Questions found: {have}; {want} would be needed. Widen the conditions or ask for fewer.",
        },
        "count_too_small": {
            "fr": "count vaut {count} : demandez au moins une question.",
            "en": "count is {count}: ask for at least one question.",
        },
        # topics and domains
        "containers": {"fr": "Conteneurs", "en": "Containers"},
        "ecr": {"fr": "Amazon ECR", "en": "Amazon ECR"},
        "ecs": {"fr": "Amazon ECS", "en": "Amazon ECS"},
        "fargate": {"fr": "AWS Fargate", "en": "AWS Fargate"},
        "eks": {"fr": "Amazon EKS", "en": "Amazon EKS"},
        "operations": {"fr": "Exploitation", "en": "Operations"},
        "secure": {"fr": "Architectures sécurisées", "en": "Secure architectures"},
        "resilient": {"fr": "Architectures résilientes", "en": "Resilient architectures"},
        "high-performing": {"fr": "Architectures performantes", "en": "High-performing architectures"},
        "cost-optimised": {"fr": "Architectures optimisées en coûts", "en": "Cost-optimised architectures"},
    }
)
