"""What `course doctor` says, in both languages."""

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Examiner la machine et dire quoi faire de chaque problème.",
            "en": "Examine the machine and say what to do about each problem.",
        },
        "json": {"fr": "Écrire le rapport en JSON.", "en": "Write the report as JSON."},
        "title": {"fr": "État de la machine", "en": "State of the machine"},
        "column_topic": {"fr": "Sujet", "en": "Topic"},
        "column_found": {"fr": "Constat", "en": "Found"},
        "column_advice": {"fr": "À faire", "en": "What to do"},
        "unknown": {"fr": "inconnu", "en": "unknown"},
        "python": {"fr": "Python", "en": "Python"},
        "python_old": {
            "fr": "Installez Python {needed} ou plus récent, effacez .venv, relancez bootstrap.py.",
            "en": "Install Python {needed} or newer, delete .venv, run bootstrap.py again.",
        },
        "packages": {"fr": "Bibliothèques", "en": "Packages"},
        "packages_ok": {"fr": "{count} aux versions testées", "en": "{count} at the tested versions"},
        "packages_differ": {
            "fr": "{count} version(s) différente(s) de celles testées : relancez bootstrap.py.",
            "en": "{count} version(s) differ from the tested ones: run bootstrap.py again.",
        },
        "packages_no_constraints": {
            "fr": "constraints.txt est introuvable : travaillez depuis un clone du cours.",
            "en": "constraints.txt was not found: work from a clone of the course.",
        },
        "engine": {"fr": "Moteur de conteneurs", "en": "Container engine"},
        "engine_none": {
            "fr": "aucun : les tâches tournent comme des processus",
            "en": "none: tasks run as processes",
        },
        "engine_optional": {
            "fr": "Facultatif. Avec Docker Engine, les tâches deviennent de vrais conteneurs.",
            "en": "Optional. With Docker Engine, tasks become real containers.",
        },
        "engine_forbidden": {
            "fr": "Docker tourne, mais pas pour vous : sudo usermod -aG docker $USER, rouvrez votre session, puis course cloud stop.",
            "en": "Docker runs, but not for you: sudo usermod -aG docker $USER, log in again, then course cloud stop.",
        },
        "engine_asleep": {
            "fr": "Docker est installé, mais ne répond pas. Pour l’employer : démarrez-le (Docker Desktop, ou sudo systemctl start "
            "docker), puis course cloud stop. Sinon, rien à faire.",
            "en": "Docker is installed, but does not answer. To use it: start it (Docker Desktop, or sudo systemctl start docker), "
            "then course cloud stop. Otherwise there is nothing to do.",
        },
        "cloud": {"fr": "Cloud local", "en": "Local cloud"},
        "cloud_stopped": {"fr": "arrêté", "en": "stopped"},
        "cloud_start": {
            "fr": "Les cahiers le démarrent ; sinon : course cloud start.",
            "en": "The notebooks start it; otherwise: course cloud start.",
        },
        "cloud_running": {
            "fr": "en marche sur {endpoint} (moteur : {engine})",
            "en": "running at {endpoint} (engine: {engine})",
        },
        "language": {"fr": "Langue", "en": "Language"},
        "language_change": {
            "fr": "Pour changer : course start --lang en.",
            "en": "To change it: course start --lang fr.",
        },
        "home": {"fr": "Dossier du cours", "en": "Course folder"},
        "home_unusable": {
            "fr": "Le dossier n’est pas utilisable : choisissez-en un autre avec COURSE_HOME.",
            "en": "The folder cannot be used: choose another with COURSE_HOME.",
        },
        "home_network": {
            "fr": "Disque réseau : la progression pourrait s’y perdre. Donnez un dossier local avec COURSE_HOME.",
            "en": "Network disk: progress could be lost there. Give a local folder with COURSE_HOME.",
        },
        "home_full": {
            "fr": "Libérez de la place : le cours demande {needed} Mio.",
            "en": "Free some space: the course needs {needed} MiB.",
        },
    }
)
