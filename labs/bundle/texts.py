"""What the bundle and its command say."""

from labs.learner import Texts

say = Texts(
    {
        "help": {
            "fr": "Faire un dossier du cours entier pour une salle sans Internet.\n\n"
            "Il contient le cours, les cahiers et toutes les bibliothèques, aux versions essayées ensemble. Faites-le là où il y a un "
            "réseau, copiez-le sur chaque machine ; là-bas, « python3 bootstrap.py » installe tout depuis le dossier.\n\n"
            "Ce qu’il contiendrait, et sa taille : course bundle --dry-run\n\n"
            "Pour des machines mêlées : course bundle --platform linux-x86_64 --platform macos-arm64 --python 3.12 --zip",
            "en": "Make a folder of the whole course for a room without internet.\n\n"
            "It holds the course, the notebooks and every library, at the versions that were tested together. Make it where there is a "
            "network and copy it onto each machine; there, “python3 bootstrap.py” installs everything from the folder.\n\n"
            "What it would hold, and its size: course bundle --dry-run\n\n"
            "For mixed machines: course bundle --platform linux-x86_64 --platform macos-arm64 --python 3.12 --zip",
        },
        "out_help": {
            "fr": "Dossier à faire ; il doit être vide, ou fait par cette commande. Par défaut : « bundle » dans votre dossier du cours.",
            "en": "Folder to make; empty, or made by this command. By default “bundle” in your course folder.",
        },
        "platform_help": {
            "fr": "Machines de la salle, à répéter : {known}. Par défaut, celle-ci. WSL 2 compte pour Linux.",
            "en": "The room’s machines, can be repeated: {known}. By default this one. WSL 2 counts as Linux.",
        },
        "python_help": {
            "fr": "Leur version de Python, à répéter (3.11, 3.12…). Par défaut, celle d’ici.",
            "en": "Their version of Python, can be repeated (3.11, 3.12…). By default the one here.",
        },
        "zip_help": {"fr": "Faire aussi une archive zip du dossier.", "en": "Make a zip archive of the folder too."},
        "site_help": {
            "fr": "Ajouter le site statique, à lire sans rien installer.",
            "en": "Add the static site, to be read without installing anything.",
        },
        "dry_run_help": {
            "fr": "Dire ce que le dossier contiendrait, sans rien écrire.",
            "en": "Say what the folder would hold, writing nothing.",
        },
        "bad_platform": {
            "fr": "« {name} » n’est pas une plateforme du cours. Choisissez parmi : {known}.",
            "en": "“{name}” is not a platform of the course. Choose among: {known}.",
        },
        "bad_python": {
            "fr": "« {name} » : indiquez une version comme 3.12, au moins 3.11.",
            "en": "“{name}”: give a version such as 3.12, 3.11 at least.",
        },
        "unknown_machine": {
            "fr": "Cette machine ({name}) n’est pas une plateforme du cours : choisissez avec --platform parmi : {known}.",
            "en": "This machine ({name}) is not a platform of the course: choose with --platform among: {known}.",
        },
        "not_ours": {
            "fr": "{folder} n’est pas vide et n’a pas été fait par cette commande : choisissez un autre dossier.",
            "en": "{folder} is not empty and was not made by this command: choose another folder.",
        },
        "inside": {
            "fr": "{folder} est dans le cours lui-même : choisissez un dossier ailleurs.",
            "en": "{folder} is within the course itself: choose a folder elsewhere.",
        },
        "cannot_write": {"fr": "Impossible d’écrire : {reason}", "en": "Cannot write: {reason}"},
        "no_pip": {
            "fr": "Cette commande a besoin de pip dans l’environnement du cours, qui n’y est pas.",
            "en": "This command needs pip in the course’s environment, where it is not.",
        },
        "no_network": {
            "fr": "Les bibliothèques ne peuvent pas être obtenues : pas de réseau, ou pas d’accès à l’index de paquets. Faites le dossier là où "
            "il y en a un ; ce qui est déjà téléchargé ne le sera pas deux fois.",
            "en": "The libraries cannot be had: no network, or no access to the package index. Make the folder where there is one; what has been "
            "downloaded is not downloaded again.",
        },
        "no_wheel": {
            "fr": "Il n’existe pas de « wheel » de {name} pour {target}. Essayez une autre version de Python (--python).",
            "en": "There is no wheel of {name} for {target}. Try another version of Python (--python).",
        },
        "pip_failed": {"fr": "pip s’est arrêté :\n{reason}", "en": "pip stopped:\n{reason}"},
        "resolving": {"fr": "{target} : recherche… {name}", "en": "{target}: looking up… {name}"},
        "fetching": {
            "fr": "{target} : {done} bibliothèques sur {total} {name}",
            "en": "{target}: {done} of {total} libraries {name}",
        },
        "copying": {"fr": "le cours et les empreintes…", "en": "the course and its checksums…"},
        "zipping": {"fr": "l’archive…", "en": "the archive…"},
        "plan": {
            "fr": "{target} : {count} bibliothèques, {size} Mo",
            "en": "{target}: {count} libraries, {size} MB",
        },
        "plan_unknown": {
            "fr": "(taille inconnue pour {count} d’entre elles)",
            "en": "(size unknown for {count} of them)",
        },
        "plan_total": {
            "fr": "en tout {wheels} fichiers, {size} Mo, et le cours lui-même, {course} Mo. Rien n’a été écrit.",
            "en": "in all {wheels} files, {size} MB, and the course itself, {course} MB. Nothing was written.",
        },
        "made": {
            "fr": "{folder} : {files} fichiers, {size} Mo, pour {targets}.\nDans la salle : copiez le dossier, puis « python3 bootstrap.py --lang fr ».",
            "en": "{folder}: {files} files, {size} MB, for {targets}.\nIn the room: copy the folder, then “python3 bootstrap.py --lang en”.",
        },
        "zipped": {"fr": "{file} : {size} Mo", "en": "{file}: {size} MB"},
        "site_line": {
            "fr": "Le dossier site/ est le cours à lire dans un navigateur (ouvrez site/index.html) : rien à installer, mais rien ne s’y exécute.\n\n",
            "en": "The folder site/ is the course to be read in a browser (open site/index.html): nothing to install, but nothing runs there.\n\n",
        },
        "readme": {
            "fr": """LE COURS FRENCHBAKERY, SANS INTERNET

Ce dossier contient le cours, ses cahiers et toutes ses bibliothèques. Il est fait pour :
{targets}

1. Copiez-le entier sur la machine, à un endroit où vous pouvez écrire : l’installation se fait dans
   le dossier lui-même (.venv, moins d’un gigaoctet) et ne touche à rien d’autre.
2. Dans le dossier :

       python3 bootstrap.py --lang fr

   Tout s’installe depuis wheels/, sans réseau, puis le cours s’ouvre dans JupyterLab. La fois suivante, la
   même commande l’ouvre aussitôt. Les cahiers et les réponses vivent dans ~/frenchbakery-course.

Pour vérifier que la copie est intacte :   sha256sum --quiet -c SHA256SUMS
(sur macOS :                               shasum -a 256 -c SHA256SUMS)

{site}Ce qui demande un réseau malgré tout : travailler sur un vrai compte AWS, et télécharger l’image de base si
vous construisez avec Docker. Sans cela, le cours lance les tâches comme des processus locaux :

       COURSE_ENGINE=process python3 bootstrap.py --lang fr
""",
            "en": """THE FRENCHBAKERY COURSE, WITHOUT INTERNET

This folder holds the course, its notebooks and all of its libraries. It is made for:
{targets}

1. Copy the whole of it onto the machine, to a place where you may write: the installation happens in the
   folder itself (.venv, less than a gigabyte) and touches nothing else.
2. In the folder:

       python3 bootstrap.py --lang en

   Everything is installed from wheels/, without a network, then the course opens in JupyterLab. The next time the
   same command opens it at once. Notebooks and answers live in ~/frenchbakery-course.

To check that the copy is whole:   sha256sum --quiet -c SHA256SUMS
(on macOS:                         shasum -a 256 -c SHA256SUMS)

{site}What needs a network all the same: working on a real AWS account, and downloading the base image if you
build with Docker. Without it the course runs tasks as local processes:

       COURSE_ENGINE=process python3 bootstrap.py --lang en
""",
        },
    }
)  # fmt: skip
