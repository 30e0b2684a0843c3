"""What a question card says, in both languages; the questions' own words are in the bank."""

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Question {number} sur {total}", "en": "Question {number} of {total}"},
        "label": {
            "fr": "Votre réponse, en une à quatre phrases",
            "en": "Your answer, in one to four sentences",
        },
        "keys": {"fr": "Ctrl+Entrée pour l’envoyer", "en": "Ctrl+Enter to send it"},
        "submit": {"fr": "Corriger ma réponse", "en": "Mark my answer"},
        "again": {"fr": "Corriger à nouveau", "en": "Mark it again"},
        "previous": {
            "fr": "La dernière fois, le {day} : {verdict}",
            "en": "Last time, on {day}: {verdict}",
        },
        "empty": {"fr": "Écrivez d’abord une réponse.", "en": "Write an answer first."},
        "grading": {"fr": "Correction…", "en": "Marking…"},
        "silent": {
            "fr": "Le noyau ne répond pas encore. S’il exécute une cellule, patientez ; s’il est arrêté, "
            "exécutez à nouveau cette cellule (Maj+Entrée).",
            "en": "The kernel has not answered yet. If it is running a cell, please wait; if it was stopped, "
            "run this cell again (Shift+Enter).",
        },
        "found": {"fr": "Idées trouvées", "en": "Ideas found"},
        "missing": {"fr": "Idées attendues, absentes", "en": "Ideas expected, missing"},
        "contradicted": {"fr": "Ce qui est faux ici", "en": "What is wrong here"},
        "model_answer": {"fr": "Une réponse possible", "en": "A possible answer"},
        "tempting": {
            "fr": "Pourquoi pas les autres solutions ?",
            "en": "Why not the other solutions?",
        },
        "contest": {
            "fr": "Je ne suis pas d’accord avec ce verdict",
            "en": "I disagree with this verdict",
        },
        "contest_label": {
            "fr": "Qu’est-ce que le correcteur a mal lu ? (facultatif)",
            "en": "What did the marker misread? (optional)",
        },
        "contest_send": {"fr": "Contester le verdict", "en": "Contest the verdict"},
        "contested": {
            "fr": "C’est noté à côté de votre réponse, dans votre carnet.",
            "en": "Noted beside your answer, in your record.",
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
        "text_form": {
            "fr": "**{title}** — {scenario}\n\n*Exécutez cette cellule (Maj+Entrée) pour répondre ici, ou tapez "
            "`course quiz --question {id}` dans un terminal.*",
            "en": "**{title}** — {scenario}\n\n*Run this cell (Shift+Enter) to answer here, or type "
            "`course quiz --question {id}` in a terminal.*",
        },
        "unknown_question": {
            "fr": "Aucune question ne s’appelle « {id} ». Les questions : {known}.",
            "en": "No question is called “{id}”. The questions: {known}.",
        },
        "standing": {
            "fr": "Réponses : {answered} sur {total}. Correctes : {correct}.",
            "en": "Answered: {answered} of {total}. Correct: {correct}.",
        },
    }
)
