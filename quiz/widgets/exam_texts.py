"""What the mock exam says, in both languages."""

from labs.learner import Texts

say = Texts(
    {
        # the first screen
        "short": {"fr": "Examen blanc, format court", "en": "Mock exam, short form"},
        "full": {"fr": "Examen blanc, format complet", "en": "Mock exam, full form"},
        "size": {
            "fr": "{questions} questions, {minutes} minutes, toutes sur les conteneurs.",
            "en": "{questions} questions, {minutes} minutes, all about containers.",
        },
        "rule_marking": {
            "fr": "Une question compte seulement si toutes les bonnes réponses, et elles seules, sont cochées. Une "
            "réponse fausse ne coûte rien de plus : répondez partout.",
            "en": "A question counts only when all the right options, and nothing else, are ticked. A wrong answer "
            "costs nothing more: answer everything.",
        },
        "rule_feedback": {
            "fr": "Aucune correction avant la fin ; ensuite, chaque question est revue avec vous.",
            "en": "No feedback before the end; then every question is gone through with you.",
        },
        "rule_clock": {
            "fr": "Le temps ne s’arrête pas : si vous fermez la page ou si le noyau redémarre, vous reprendrez où "
            "vous en étiez, avec le temps qui reste vraiment.",
            "en": "The clock does not stop: close the page or lose the kernel, and you go on where you were, with the "
            "time that is really left.",
        },
        "rule_score_short": {
            "fr": "Le résultat est un pourcentage, avec sa marge d’incertitude.",
            "en": "The result is a percentage, with its margin of uncertainty.",
        },
        "rule_score_full": {
            "fr": "Le résultat est une estimation sur l’échelle de l’examen, de 100 à 1000, avec sa marge d’incertitude.",
            "en": "The result is an estimate on the exam’s scale, 100 to 1000, with its margin of uncertainty.",
        },
        "begin": {"fr": "Commencer", "en": "Begin"},
        "resume": {"fr": "Reprendre l’examen", "en": "Resume the exam"},
        "last": {"fr": "Revoir le dernier résultat", "en": "See the last result"},
        "running": {
            "fr": "Cet examen est en cours. Questions avec réponse : {answered} sur {total}.",
            "en": "This exam is running: {answered} of {total} answered.",
        },
        "running_time": {
            "fr": "Il reste {minutes} min. L’horloge a continué pendant votre absence.",
            "en": "{minutes} min left. The clock went on while you were away.",
        },
        "other_form": {
            "fr": "Terminez-le avant de commencer l’autre ({wanted}).",
            "en": "Finish it before you begin the other one ({wanted}).",
        },
        "not_enough": {
            "fr": "La banque contient {have} questions d’examen, il en faut {need}.",
            "en": "The bank holds {have} exam questions; {need} are needed.",
        },
        # the table of forms
        "full_column": {"fr": "Format complet", "en": "Full form"},
        "short_column": {"fr": "Format court", "en": "Short form"},
        "row_questions": {"fr": "Questions", "en": "Questions"},
        "row_minutes": {"fr": "Minutes", "en": "Minutes"},
        "facts_from": {"fr": "D’après : {source}.", "en": "From: {source}."},
        # during the exam
        "previous": {"fr": "Précédente", "en": "Previous"},
        "next": {"fr": "Suivante", "en": "Next"},
        "to_review": {"fr": "Tout relire avant de rendre", "en": "Review before handing in"},
        "flag": {"fr": "À revoir", "en": "Flag"},
        "questions": {"fr": "Toutes les questions", "en": "All questions"},
        "saved": {"fr": "Réponse gardée", "en": "Answer kept"},
        "saving": {"fr": "…", "en": "…"},
        "answered": {"fr": "avec réponse", "en": "answered"},
        "incomplete": {"fr": "réponse incomplète", "en": "incomplete"},
        "unanswered": {"fr": "sans réponse", "en": "not answered"},
        "flagged": {"fr": "à revoir", "en": "flagged"},
        "grid_item": {"fr": "Question {number} : {states}", "en": "Question {number}: {states}"},
        "time_left": {"fr": "Temps restant", "en": "Time left"},
        "hide_time": {"fr": "Masquer le temps", "en": "Hide the time"},
        "show_time": {"fr": "Afficher le temps", "en": "Show the time"},
        "minutes_left": {"fr": "Il reste {minutes} minutes.", "en": "{minutes} minutes left."},
        "minute_left": {"fr": "Il reste une minute.", "en": "One minute left."},
        "time_over": {
            "fr": "Le temps est écoulé : l’examen est rendu avec vos réponses.",
            "en": "Time is up: the exam is handed in with your answers.",
        },
        "withdrawn_question": {
            "fr": "Cette question a changé depuis le début de l’examen. Elle ne compte pas : passez à la suivante.",
            "en": "This question has changed since the exam began. It does not count: go on to the next.",
        },
        # before handing in
        "review_title": {"fr": "Avant de rendre", "en": "Before you hand in"},
        "review_how": {
            "fr": "Questions avec réponse : {answered} sur {total}. À revoir : {flagged}. Choisissez un numéro pour y retourner.",
            "en": "{answered} of {total} questions answered, {flagged} flagged. Choose a number to go back to it.",
        },
        "back": {"fr": "Retour à la question", "en": "Back to the question"},
        "finish": {"fr": "Rendre l’examen…", "en": "Hand in the exam…"},
        "confirm": {
            "fr": "Questions sans réponse complète : {count}. Une fois l’examen rendu, plus rien ne peut être changé.",
            "en": "Questions without a complete answer: {count}. Once handed in, nothing can be changed.",
        },
        "finish_now": {"fr": "Rendre maintenant", "en": "Hand in now"},
        "go_on": {"fr": "Continuer l’examen", "en": "Go on with the exam"},
        # the result
        "result": {"fr": "Résultat : {form}", "en": "Result: {form}"},
        "points": {"fr": "{points} points", "en": "{points} points"},
        "percent": {"fr": "{percent} %", "en": "{percent}%"},
        "estimate": {
            "fr": "Estimation sur l’échelle de 100 à 1000 ; à 95 %, entre {low} et {high}. Il faut {to_pass} pour "
            "réussir l’examen d’AWS, qui porte sur bien d’autres services : ce n’est pas une promesse.",
            "en": "An estimate on the scale of 100 to 1000; with 95% confidence between {low} and {high}. AWS’s exam "
            "asks for {to_pass}, and about many other services too: this is no promise.",
        },
        "interval": {
            "fr": "Avec si peu de questions, votre vrai niveau se situe, à 95 %, entre {low} % et {high} %.",
            "en": "With so few questions, your true level lies, with 95% confidence, between {low}% and {high}%.",
        },
        "right_in": {
            "fr": "Bonnes réponses : {correct} sur {total}, en {minutes} min.",
            "en": "Right answers: {correct} of {total}, in {minutes} min.",
        },
        "ended_by_time": {
            "fr": "Le temps est écoulé : l’examen s’est terminé de lui-même, avec vos réponses.",
            "en": "Time ran out: the exam ended by itself, with your answers.",
        },
        "withdrawn": {
            "fr": "Questions modifiées depuis, non comptées : {count}.",
            "en": "Questions changed since then, not counted: {count}.",
        },
        "short_of": {
            "fr": "La banque manquait de questions ici ; d’autres les ont remplacées : {domains}.",
            "en": "The bank was short of questions here; others took their place: {domains}.",
        },
        "by_domain": {"fr": "Par domaine de l’examen", "en": "By exam domain"},
        "by_topic": {"fr": "Par thème", "en": "By topic"},
        "of": {"fr": "{correct} sur {total}", "en": "{correct} of {total}"},
        "your_questions": {
            "fr": "Vos réponses, question par question",
            "en": "Your answers, question by question",
        },
        "show_all": {"fr": "Toutes", "en": "All"},
        "show_wrong": {"fr": "À retravailler", "en": "To work on"},
        "show_flagged": {"fr": "Marquées « à revoir »", "en": "Flagged"},
        "reviewed": {"fr": "Question {number} · {topic}", "en": "Question {number} · {topic}"},
        "no_answer": {"fr": "Sans réponse", "en": "Not answered"},
        "score": {"fr": "Résultat", "en": "Score"},
        "another": {"fr": "Passer un autre examen", "en": "Take another exam"},
    }
)
