"""What the quiz says in a terminal, in both languages; what it shares with the cards is in `widget_texts`."""

from labs.learner import Texts

say = Texts(
    {
        # one question after the other
        "how": {
            "fr": "Question ouverte : répondez en une à quatre phrases, une ligne vide envoie la réponse. Question à "
            "choix : tapez des lettres (A, ou A C) ou des numéros. Une ligne vide passe la question, Ctrl+C arrête.",
            "en": "Open question: answer in one to four sentences, an empty line sends the answer. Choice question: type "
            "letters (A, or A C) or numbers. An empty line skips the question, Ctrl+C stops.",
        },
        "number": {"fr": "Question {number}", "en": "Question {number}"},
        "again": {"fr": "Une ligne vide passe à la suite.", "en": "An empty line moves on."},
        "skipped": {"fr": "Question passée.", "en": "Question skipped."},
        "score": {"fr": "{correct} sur {answered} correctes.", "en": "{correct} of {answered} correct."},
        "disagree": {
            "fr": 'Pas d’accord avec ce verdict ? Tapez : course record contest --attempt {attempt} "votre remarque"',
            "en": 'You disagree with this verdict? Type: course record contest --attempt {attempt} "your comment"',
        },
        "worth": {"fr": " ({percent} % des points)", "en": " ({percent}% of the points)"},
        "how_to_order": {
            "fr": "Tapez toutes les lettres dans le bon ordre, par exemple : B A C.",
            "en": "Type all the letters in the right order, for example: B A C.",
        },
        "how_to_match": {
            "fr": "Tapez une lettre par ligne numérotée, dans l’ordre des numéros ({nothing} si aucune ne convient).",
            "en": "Type one letter for each numbered line, in the order of the numbers ({nothing} for none).",
        },
        "unknown_letter": {
            "fr": "« {typed} » n’est pas une des réponses : tapez des lettres de A à {last}.",
            "en": "“{typed}” is none of the options: type letters from A to {last}.",
        },
        "choose_exactly": {
            "fr": "Réponses choisies : {chosen} ; il en faut {choose}.",
            "en": "{chosen} chosen; choose {choose}.",
        },
        "each_once": {
            "fr": "Il faut chacune des {count} lettres, une fois.",
            "en": "Each of the {count} letters is needed, once.",
        },
        "one_each": {
            "fr": "Il faut {count} lettres, une par ligne ({nothing} pour aucune).",
            "en": "{count} letters are needed, one for each line ({nothing} for none).",
        },
        # the mock exam: what to type
        "key_next": {"fr": "s", "en": "n"},
        "key_previous": {"fr": "p", "en": "p"},
        "key_mark": {"fr": "m", "en": "m"},
        "key_list": {"fr": "l", "en": "l"},
        "key_clear": {"fr": "x", "en": "x"},
        "key_hand_in": {"fr": "r", "en": "h"},
        "key_pause": {"fr": "q", "en": "q"},
        "key_help": {"fr": "?", "en": "?"},
        "key_yes": {"fr": "oui", "en": "yes"},
        "exam_how": {
            "fr": "Tapez les lettres de votre réponse (A, ou A C) : elle est gardée aussitôt. {next} ou ligne vide : "
            "suivante ; {previous} : précédente ; un numéro : aller à cette question ; {mark} : marquer à revoir ; "
            "{clear} : effacer la réponse ; {list} : liste des questions ; {hand_in} : rendre ; {pause} : partir (le "
            "temps continue) ; {help} : cette aide.",
            "en": "Type the letters of your answer (A, or A C): it is kept at once. {next} or an empty line: next; "
            "{previous}: previous; a number: go to that question; {mark}: mark for review; {clear}: clear the answer; "
            "{list}: list of questions; {hand_in}: hand in; {pause}: leave (the time goes on); {help}: this help.",
        },
        "begins": {
            "fr": "Examen blanc sur les conteneurs : {questions} questions, {minutes} minutes, sans correction avant la "
            "fin. Toutes les questions comptent (le vrai examen en contient 15 qui ne comptent pas).",
            "en": "Mock exam on containers: {questions} questions, {minutes} minutes, no feedback before the end. Every "
            "question counts (the real exam holds 15 that do not).",
        },
        "resumed": {
            "fr": "L’examen commencé reprend, le temps a continué : {answered} réponses sur {total}.",
            "en": "The exam that was running goes on, as its time did: {answered} of {total} answered.",
        },
        "over_meanwhile": {
            "fr": "Le temps de l’examen commencé s’est écoulé pendant votre absence.",
            "en": "The time of the exam that was running ran out while you were away.",
        },
        "left": {"fr": "il reste {left}", "en": "{left} left"},
        "marked": {"fr": " [à revoir]", "en": " [marked]"},
        "your_answer": {"fr": "Votre réponse : {letters}", "en": "Your answer: {letters}"},
        "kept": {"fr": "Réponse gardée.", "en": "Answer kept."},
        "for_help": {"fr": "Aide : {help}", "en": "Help: {help}"},
        "no_such_number": {
            "fr": "Les questions sont numérotées de 1 à {total} ; une réponse se tape en lettres.",
            "en": "Questions are numbered from 1 to {total}; an answer is typed in letters.",
        },
        "list_how": {
            "fr": "✓ répondue, … incomplète, · sans réponse, ! à revoir. Réponses : {answered} sur {total} ; à revoir : "
            "{flags}. Un numéro pour y retourner, {hand_in} pour rendre.",
            "en": "✓ answered, … incomplete, · not answered, ! marked. {answered} of {total} answered, {flags} marked. "
            "A number to go back to it, {hand_in} to hand in.",
        },
        "confirm": {
            "fr": "Questions sans réponse complète : {left}. Tapez {yes} pour rendre définitivement.",
            "en": "Questions without a complete answer: {left}. Type {yes} to hand in for good.",
        },
        "paused": {
            "fr": "Vos réponses sont gardées et le temps continue (il reste {left}). Pour reprendre : course quiz exam",
            "en": "Your answers are kept and the time goes on ({left} left). To resume: course quiz exam",
        },
        "time_up": {
            "fr": "Le temps est écoulé : l’examen s’arrête avec les réponses déjà données.",
            "en": "Time is up: the exam ends with the answers given before.",
        },
        "handed_in_elsewhere": {
            "fr": "Cet examen a été rendu ailleurs.",
            "en": "This exam was handed in elsewhere.",
        },
        "erased_elsewhere": {
            "fr": "Votre carnet a été effacé entre-temps, et cet examen avec lui.",
            "en": "Your record was erased meanwhile, and this exam with it.",
        },
        "changed": {
            "fr": "Cette question a changé depuis le début de l’examen : elle ne comptera pas.",
            "en": "This question has changed since the exam began: it will not count.",
        },
        # the mock exam: what came of it
        "every_question": {
            "fr": "L’examen est rendu. Voici chaque question, puis votre résultat.",
            "en": "The exam is handed in. Here is every question, then your result.",
        },
        "result": {
            "fr": "Réponses correctes : {correct} sur {total}, en {taken}.",
            "en": "{correct} of {total} correct, in {taken}.",
        },
        "result_full": {
            "fr": "Estimation : {score} sur l’échelle de 100 à 1000. L’examen en demande {to_pass}, mais AWS ne publie "
            "pas son barème et le vrai examen porte sur tout AWS : ce n’est pas une promesse.",
            "en": "Estimate: {score} on the scale of 100 to 1000. The exam asks for {to_pass}, but AWS does not publish "
            "its scale and the real exam is about all of AWS: this is no promise.",
        },
        "result_short": {
            "fr": "Votre niveau : {score}, l’intervalle à 95 % entre parenthèses.",
            "en": "Your level: {score}, the 95% interval in brackets.",
        },
        "short_of": {
            "fr": "La banque manque de questions en « {domain} » : {count} viennent d’autres domaines.",
            "en": "The bank is short of questions in “{domain}”: {count} came from other domains.",
        },
        "withdrawn": {
            "fr": "Questions modifiées depuis le début de l’examen, non comptées : {count}.",
            "en": "Questions changed since the exam began, not counted: {count}.",
        },
        "tally": {"fr": "  {name} : {part}", "en": "  {name}: {part}"},
        "by_domain": {"fr": "Par domaine", "en": "By domain"},
        "by_topic": {"fr": "Par thème", "en": "By topic"},
        "unanswered": {"fr": "Sans réponse.", "en": "Not answered."},
    }
)
