"""What the notebook builder and its check say to an author."""

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Construire et vérifier les cahiers à partir de leurs sources.",
            "en": "Build and check the notebooks from their sources.",
        },
        "build_help": {
            "fr": "Exécuter les sources et écrire les cahiers français et anglais.",
            "en": "Run the sources and write the French and English notebooks.",
        },
        "check_help": {
            "fr": "Vérifier que les cahiers enregistrés sont complets, à jour et bien formés.",
            "en": "Check that the committed notebooks are complete, up to date and well formed.",
        },
        "reset_help": {
            "fr": "Remettre à neuf un cahier de votre copie de travail (l’ancien est gardé).",
            "en": "Make a notebook of your working copy new again (the old one is kept).",
        },
        "names_help": {
            "fr": "Cahiers concernés, par leur nom ou son début (« 06 »). Tous par défaut.",
            "en": "The notebooks meant, by name or how it begins (“06”). All of them by default.",
        },
        "name_help": {
            "fr": "Nom du cahier ou son début (« 06 »).",
            "en": "The notebook’s name or how it begins (“06”).",
        },
        "lang_help": {"fr": "Une seule langue : fr ou en.", "en": "One language only: fr or en."},
        "solved_help": {
            "fr": "Exécuter la forme résolue des défis dans un dossier temporaire, sans rien écrire ici.",
            "en": "Run the solved form of the challenges in a temporary folder, writing nothing here.",
        },
        "fresh_help": {
            "fr": "Reprendre toutes les sorties, même quand le texte comparé n’a pas changé.",
            "en": "Take every output anew, even where the compared text is unchanged.",
        },
        "rebuild_help": {
            "fr": "Tout ré-exécuter et comparer aussi les sorties.",
            "en": "Run everything again and compare the outputs too.",
        },
        "jobs_help": {
            "fr": "Nombre de cahiers exécutés en même temps.",
            "en": "How many notebooks run at the same time.",
        },
        "unknown_notebook": {
            "fr": "Aucun cahier ne s’appelle « {name} ». Les cahiers : {known}.",
            "en": "No notebook is called “{name}”. The notebooks: {known}.",
        },
        "cell": {"fr": "{file}, cellule {number} (« {line} »)", "en": "{file}, cell {number} (“{line}”)"},
        "written": {"fr": "{file} : écrit", "en": "{file}: written"},
        "unchanged": {"fr": "{file} : inchangé", "en": "{file}: unchanged"},
        "solved_ok": {"fr": "{file} : la forme résolue s’exécute", "en": "{file}: the solved form runs"},
        "solved_no_engine": {
            "fr": "{file} : la forme résolue s’exécute (sans les cellules qui veulent un moteur Docker)",
            "en": "{file}: the solved form runs (without the cells that need a Docker Engine)",
        },
        "not_passed": {
            "fr": "la solution ne passe pas le contrôle : {said}",
            "en": "the solution does not pass the check: {said}",
        },
        "running": {"fr": "exécution de {file}", "en": "running {file}"},
        "failed": {
            "fr": "l’exécution s’est arrêtée ici : {reason}\n{traceback}",
            "en": "the run stopped here: {reason}\n{traceback}",
        },
        "all_well": {
            "fr": "{count} cahiers vérifiés, rien à redire.",
            "en": "{count} notebooks checked, all is well.",
        },
        "some_problems": {"fr": "{count} problème(s).", "en": "{count} problem(s)."},
        "reset_done": {
            "fr": "{name} est comme neuf. L’ancien : {backup}",
            "en": "{name} is new again. The old one: {backup}",
        },
        "reset_was_absent": {"fr": "{name} est en place.", "en": "{name} is in place."},
        "raw": {
            "fr": "une cellule brute n’est ni du texte ni du code",
            "en": "a raw cell is neither text nor code",
        },
        "unknown_tag": {
            "fr": "étiquette inconnue : {tags} (connues : {known})",
            "en": "unknown tag: {tags} (known: {known})",
        },
        "empty": {"fr": "la cellule est vide", "en": "the cell is empty"},
        "no_language": {
            "fr": "un texte porte l’étiquette fr ou en",
            "en": "a text cell carries the tag fr or en",
        },
        "unpaired": {
            "fr": "la cellule jumelle manque juste à côté : {missing}",
            "en": "its twin is missing right beside it: {missing}",
        },
        "headings": {
            "fr": "les titres ne sont pas de même niveau dans les deux langues",
            "en": "the headings are not of the same levels in both languages",
        },
        "language_cell": {
            "fr": "la première cellule de code doit fixer la langue, en deux versions fr et en",
            "en": "the first code cell must set the language, in an fr and an en version",
        },
        "not_built": {
            "fr": "n’est pas construit : lancez « course notebooks build {name} »",
            "en": "is not built: run “course notebooks build {name}”",
        },
        "no_source": {
            "fr": "n’a pas de source dans notebooks/src",
            "en": "has no source in notebooks/src",
        },
        "unreadable": {
            "fr": "n’est pas un cahier lisible : {reason}",
            "en": "is not a readable notebook: {reason}",
        },
        "stale": {
            "fr": "diffère de la source : lancez « course notebooks build {name} »",
            "en": "differs from the source: run “course notebooks build {name}”",
        },
        "stale_count": {
            "fr": "a {built} cellules, la source en donne {wanted} : lancez « course notebooks build {name} »",
            "en": "has {built} cells, the source gives {wanted}: run “course notebooks build {name}”",
        },
        "not_executed": {"fr": "n’a pas été exécutée", "en": "has not been executed"},
        "no_alt": {
            "fr": "une image n’a pas de texte de remplacement",
            "en": "an image has no alternative text",
        },
        "dead_link": {
            "fr": "le lien « {target} » ne mène nulle part",
            "en": "the link “{target}” leads nowhere",
        },
        "link_leaves": {
            "fr": "le lien « {target} » sort du dossier, que l’apprenant reçoit seul",
            "en": "the link “{target}” leaves the folder, which is all that learners receive",
        },
        "prose": {
            "fr": "de la prose dans le code (« {comment} ») : mettez-la dans un texte fr et en",
            "en": "prose in code (“{comment}”): move it to fr and en text cells",
        },
        "unsourced": {
            "fr": "« {claim} » n’est pas dans labs/facts.yaml : un prix ou une limite y a sa source et sa date",
            "en": "“{claim}” is not in labs/facts.yaml: there a price or a limit has its source and date",
        },
        "machine": {
            "fr": "« {found} » appartient à la machine de l’auteur",
            "en": "“{found}” belongs to the author’s machine",
        },
        "outputs_differ": {
            "fr": "une nouvelle exécution donne autre chose :\n{diff}",
            "en": "a new run gives something else:\n{diff}",
        },
    }
)
