"""What `course start` says, in both languages."""

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Ouvrir le cours dans JupyterLab, sur votre copie de travail.\n\n"
            "Vos cahiers sont dans votre dossier du cours : ceux que vous n’avez pas touchés suivent le cours, les autres restent les "
            "vôtres. Le cloud local démarre avec JupyterLab et s’arrête avec lui.\n\n"
            "Dans l’autre langue, une fois pour toutes : course start --lang en",
            "en": "Open the course in JupyterLab, on your working copy.\n\n"
            "Your notebooks are in your course folder: those that you have not touched follow the course, the others stay yours. "
            "The local cloud starts with JupyterLab and stops with it.\n\n"
            "In the other language, once and for all: course start --lang fr",
        },
        "lang": {"fr": "Langue du cours (mémorisée).", "en": "Language of the course (remembered)."},
        "no_browser": {
            "fr": "Ouvrir le navigateur, ou seulement afficher l’adresse.",
            "en": "Open the browser, or only print the address.",
        },
        "port": {
            "fr": "Port de JupyterLab (8888, ou le suivant libre).",
            "en": "JupyterLab’s port (8888, or the next that is free).",
        },
        "starting": {
            "fr": "Cahiers : {folder}\nJupyterLab et le cloud local démarrent…",
            "en": "Notebooks: {folder}\nJupyterLab and the local cloud are starting…",
        },
        "open": {
            "fr": "\nLe cours est ouvert :\n\n    {address}\n\n"
            "Laissez cette fenêtre ouverte : le cours s’arrête avec elle, ou par deux Ctrl+C. Vos cahiers et vos réponses restent.",
            "en": "\nThe course is open:\n\n    {address}\n\n"
            "Leave this window open: the course stops with it, or at two Ctrl+C. Your notebooks and answers stay.",
        },
        "already_open": {
            "fr": "Le cours est déjà ouvert, dans une autre fenêtre :\n\n    {address}\n\n"
            "Pour l’ouvrir autrement (langue, port), arrêtez d’abord celui-là.",
            "en": "The course is open already, in another window:\n\n    {address}\n\n"
            "To open it differently (language, port), stop that one first.",
        },
        "opening_elsewhere": {
            "fr": "Le cours est en train de s’ouvrir dans une autre fenêtre : son adresse y paraîtra.",
            "en": "The course is being opened in another window: its address will appear there.",
        },
        "again": {
            "fr": "Encore Ctrl+C dans les {seconds} secondes pour arrêter le cours ; sinon il continue.",
            "en": "Ctrl+C again within {seconds} seconds stops the course; otherwise it goes on.",
        },
        "stopping": {"fr": "Le cours s’arrête…", "en": "The course is stopping…"},
        "stopped": {
            "fr": "Arrêté. Vos cahiers et vos réponses sont dans {home} ; le cloud local a tout oublié.",
            "en": "Stopped. Your notebooks and answers are in {home}; the local cloud has forgotten everything.",
        },
        "stopped_cloud_stays": {
            "fr": "Arrêté. Le cloud local, qui tournait avant, continue (pour l’arrêter : course cloud stop).",
            "en": "Stopped. The local cloud, which ran before, goes on (to stop it: course cloud stop).",
        },
        "did_not_start": {
            "fr": "JupyterLab n’a pas démarré. Son journal, {log}, se termine ainsi :\n\n{tail}\n\n"
            "Relancez la même commande ; si cela recommence : course doctor.",
            "en": "JupyterLab did not start. Its log, {log}, ends like this:\n\n{tail}\n\n"
            "Run the same command again; if it happens again: course doctor.",
        },
        "unusable": {
            "fr": "Le dossier du cours n’est pas utilisable : {reason}.\nCe qu’il en est : course doctor.",
            "en": "The course folder cannot be used: {reason}.\nWhat is the matter: course doctor.",
        },
        "ended": {
            "fr": "JupyterLab s’est arrêté (depuis son menu, ou par une panne). Son journal : {log}",
            "en": "JupyterLab has stopped (from its menu, or by a failure). Its log: {log}",
        },
        "kept": {
            "fr": "Vous avez modifié {name} : votre version reste, la nouvelle est à côté ({beside}).",
            "en": "You changed {name}: your version stays, the new one is beside it ({beside}).",
        },
    }
)
