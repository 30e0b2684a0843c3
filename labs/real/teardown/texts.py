"""What a learner reads of `course lab`."""

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Les parcours du labo sur AWS : les lister, tout effacer, vérifier qu’il ne reste rien.",
            "en": "The lab’s runs on AWS: list them, delete everything, confirm that nothing is left.",
        },
        "list help": {"fr": "Lister les parcours connus.", "en": "List the runs known here."},
        "teardown help": {
            "fr": "Effacer tout ce qu’un parcours a créé, et rien d’autre.",
            "en": "Delete everything that a run made, and nothing else.",
        },
        "verify help": {
            "fr": "Demander à chaque service s’il reste quelque chose d’un parcours (code de sortie 1 si oui).",
            "en": "Ask every service whether anything of a run is left (exit code 1 if so).",
        },
        "run option": {
            "fr": "Le parcours, ou le début de son nom (défaut : le seul qui soit ouvert).",
            "en": "The run, or how its name begins (default: the only open one).",
        },
        "profile option": {
            "fr": "Profil AWS qui ouvre le compte.",
            "en": "AWS profile that opens the account.",
        },
        "dry run option": {
            "fr": "Montrer ce qui serait effacé, sans rien effacer.",
            "en": "Show what would be deleted, and delete nothing.",
        },
        "yes option": {"fr": "Ne pas demander de confirmation.", "en": "Ask for no confirmation."},
        "by tag option": {
            "fr": "Se fier à l’étiquette seule, quand le registre du parcours est perdu.",
            "en": "Trust the tag alone, when the run’s ledger is lost.",
        },
        "account option": {
            "fr": "Numéro de compte d’un parcours dont le registre est perdu.",
            "en": "Account id of a run whose ledger is lost.",
        },
        "region option": {
            "fr": "Région d’un parcours dont le registre est perdu.",
            "en": "Region of a run whose ledger is lost.",
        },
        "lost": {
            "fr": (
                "Sans registre, il faut tout écrire : --account, --region, --run (la valeur de l’étiquette "
                "frenchbakery-course:run dans la console AWS) et --by-tag."
            ),
            "en": (
                "Without a ledger, everything must be typed: --account, --region, --run (the value of the tag "
                "frenchbakery-course:run in the AWS console) and --by-tag."
            ),
        },
        "no run": {"fr": "Aucun parcours n’est connu ici.", "en": "No run is known here."},
        "no such run": {
            "fr": "Aucun parcours connu ne s’appelle {run}.",
            "en": "No known run is called {run}.",
        },
        "which run": {
            "fr": "Il y a plusieurs parcours : choisissez avec --run.",
            "en": "There are several runs: choose with --run.",
        },
        "place": {
            "fr": "Parcours {run} : {world}, compte {account}, Région {region}",
            "en": "Run {run}: {world}, account {account}, Region {region}",
        },
        "local": {"fr": "cloud local", "en": "local cloud"},
        "real": {"fr": "compte réel", "en": "real account"},
        "column run": {"fr": "Parcours", "en": "Run"},
        "column world": {"fr": "Monde", "en": "World"},
        "column account": {"fr": "Compte", "en": "Account"},
        "column region": {"fr": "Région", "en": "Region"},
        "column made": {"fr": "Créés", "en": "Made"},
        "column state": {"fr": "État", "en": "State"},
        "column kind": {"fr": "Ressource", "en": "Resource"},
        "column gone": {"fr": "Effacées", "en": "Gone"},
        "column left": {"fr": "Restent", "en": "Left"},
        "open": {"fr": "à nettoyer", "en": "to clean up"},
        "clean": {"fr": "nettoyé", "en": "clean"},
        "looking": {"fr": "Inventaire…", "en": "Looking at what exists…"},
        "no answer": {
            "fr": "AWS n’a pas donné de réponse utilisable : {error}. Relancez la commande, elle reprendra.",
            "en": "AWS gave no usable answer: {error}. Run the command again, it will carry on.",
        },
        "delete": {"fr": "effacer {resource}", "en": "delete {resource}"},
        "stop": {"fr": "arrêter {resource}", "en": "stop {resource}"},
        "stop scaling": {
            "fr": "arrêter la mise à l’échelle de {resource}",
            "en": "stop the scaling of {resource}",
        },
        "stop scheduled tasks": {
            "fr": "arrêter les tâches que des règles ont lancées dans {resource}",
            "en": "stop the tasks that rules started in {resource}",
        },
        "scale to zero": {"fr": "ramener {resource} à zéro tâche", "en": "scale {resource} to zero"},
        "revoke rules": {"fr": "retirer les règles de {resource}", "en": "revoke the rules of {resource}"},
        "wait": {"fr": "attendre la disparition de {resource}", "en": "wait until {resource} is gone"},
        "still there": {"fr": "toujours là", "en": "still there"},
        "nothing to delete": {"fr": "Rien à effacer.", "en": "Nothing to delete."},
        "confirm": {
            "fr": "Pour tout effacer, écrivez le numéro du compte ({account})",
            "en": "To delete all of this, type the account id ({account})",
        },
        "not confirmed": {"fr": "Rien n’a été effacé.", "en": "Nothing was deleted."},
        "only tagged": {
            "fr": "Étiquetés comme ce parcours mais absents de son registre, donc laissés (voir --by-tag) :",
            "en": "Tagged as this run’s but not in its ledger, so left alone (see --by-tag):",
        },
        "only written": {
            "fr": "Inscrits au registre mais sans l’étiquette du parcours, donc laissés (peut-être à quelqu’un d’autre) :",
            "en": "In the ledger but without the run’s tag, so left alone (perhaps somebody else’s):",
        },
        "unseen": {
            "fr": "Vos droits ne permettent pas de lister : {kinds}. Le registre n’en connaît aucun.",
            "en": "Your permissions do not allow listing: {kinds}. The ledger knows of none.",
        },
        "report": {"fr": "Ce qu’AWS répond", "en": "What AWS answers"},
        "left": {
            "fr": "Il reste {count} ressource(s) de ce parcours.",
            "en": "{count} resource(s) of this run are left.",
        },
        "empty": {
            "fr": "Il ne reste rien de ce parcours.",
            "en": "Nothing of this run is left.",
        },
        "service roles": {
            "fr": (
                "Les rôles liés aux services (AWSServiceRoleForECS…), qu’AWS crée lui-même, restent : "
                "gratuits, ils servent à tout le compte."
            ),
            "en": (
                "Service-linked roles (AWSServiceRoleForECS…), which AWS makes itself, stay: "
                "they are free and serve the whole account."
            ),
        },
    }
)
