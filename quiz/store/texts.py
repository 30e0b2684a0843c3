"""What the record has to say to the learner."""

from labs.learner import Texts

say = Texts(
    {
        "damaged": {
            "fr": "Votre carnet de réponses était abîmé. Il est conservé ici : {aside}. Un nouveau carnet commence.",
            "en": "Your record of answers was damaged. It is kept here: {aside}. A new record begins.",
        },
        "too_new": {
            "fr": "Votre carnet de réponses vient d’une version plus récente du cours : mettez le cours à jour.",
            "en": "Your record of answers comes from a later version of the course: update the course.",
        },
        "not_understood": {
            "fr": "Votre carnet de réponses contient une ligne que le cours n’a pas écrite ({path}) : {reason}.",
            "en": "Your record of answers holds a row that the course did not write ({path}): {reason}.",
        },
        "unwritable": {
            "fr": "Votre carnet de réponses ne peut être ni lu ni écrit ({path}) : {reason}.",
            "en": "Your record of answers can be neither read nor written ({path}): {reason}.",
        },
    }
)
