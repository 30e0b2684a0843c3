"""What a report says, in both languages; topics and domains are named in `widget_texts`."""

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Mes progrès", "en": "My progress"},
        "made": {"fr": "Situation au {day}", "en": "As of {day}"},
        "no_answers": {"fr": "Aucune réponse pour l’instant.", "en": "No answers yet."},
        "all_answers": {
            "fr": "Réponses données : {total}, dont {correct} correctes.",
            "en": "Answers given: {total}, of which {correct} correct.",
        },
        "due": {
            "fr": "À revoir aujourd’hui : {count}.",
            "en": "Due for review today: {count}.",
        },
        "contested": {"fr": "Verdicts contestés : {count}.", "en": "Verdicts contested: {count}."},
        "not_enough": {
            "fr": "Pas encore assez de réponses pour estimer où vous en êtes. Il manque {total} questions à choix jamais "
            "vues ({domains}).",
            "en": "Not enough answers yet to estimate how ready you are. {total} more choice questions that you have "
            "not seen before are needed ({domains}).",
        },
        "ready": {
            "fr": "Estimation pour un examen sur les seuls conteneurs : {points} points sur 1000, à 95 % entre {low} "
            "et {high} ; chances d’atteindre le seuil : environ {chance} sur 10. Elle repose sur {answers} premières "
            "réponses, et ce n’est pas une promesse : le vrai examen porte sur tout AWS.",
            "en": "Estimate for an exam on containers alone: {points} points of 1000, with 95% confidence between "
            "{low} and {high}; chance of reaching the pass mark: about {chance} in 10. It rests on {answers} first "
            "answers and is no promise: the real exam is about all of AWS.",
        },
        "by_topic": {"fr": "Par thème", "en": "By topic"},
        "by_domain": {"fr": "Par domaine de l’examen", "en": "By exam domain"},
        "over_time": {"fr": "Au fil des jours", "en": "Over time"},
        "exams": {"fr": "Examens blancs", "en": "Mock exams"},
        "name": {"fr": "Nom", "en": "Name"},
        "seen": {"fr": "Vues", "en": "Seen"},
        "known": {"fr": "Sues", "en": "Known"},
        "answers": {"fr": "Réponses", "en": "Answers"},
        "right": {"fr": "Correctes", "en": "Correct"},
        "right_interval": {"fr": "Correctes (intervalle à 95 %)", "en": "Correct (95% interval)"},
        "recent": {"fr": "20 dernières réponses", "en": "Latest 20 answers"},
        "day": {"fr": "Jour", "en": "Day"},
        "form": {"fr": "Format", "en": "Form"},
        "full": {"fr": "complet", "en": "full"},
        "short": {"fr": "court", "en": "short"},
        "result": {"fr": "Résultat", "en": "Result"},
        "scaled": {
            "fr": "environ {points} points ({low}–{high})",
            "en": "about {points} points ({low}–{high})",
        },
        "share": {"fr": "{percent} ({low}–{high})", "en": "{percent} ({low}–{high})"},
        "percent": {"fr": "{number} %", "en": "{number}%"},
        # the picture
        "figure_title": {
            "fr": "Progrès par thème et au fil des jours",
            "en": "Progress by topic and over time",
        },
        "by_topic_title": {
            "fr": "Réponses correctes par thème, avec l’intervalle à 95 %",
            "en": "Correct answers by topic, with the 95% interval",
        },
        "over_time_title": {"fr": "Réponses correctes au fil des jours", "en": "Correct answers over time"},
        "percent_right": {"fr": "% de réponses correctes", "en": "% of answers correct"},
        "that_day": {"fr": "ce jour-là", "en": "on that day"},
        "latest_answers": {"fr": "20 dernières réponses", "en": "latest 20 answers"},
        "topic_in_words": {
            "fr": "{topic} : {correct} correctes sur {total}.",
            "en": "{topic}: {correct} of {total} correct.",
        },
        "recent_in_words": {
            "fr": "Au {day}, {percent} % des 20 dernières réponses sont correctes.",
            "en": "By {day}, {percent}% of the latest 20 answers are correct.",
        },
    }
)
