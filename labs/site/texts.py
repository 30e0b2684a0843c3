"""What the site and its command say."""

from labs.learner import Texts

say = Texts(
    {
        # --- the command
        "help": {
            "fr": "Faire du cours un site statique, en français et en anglais, à montrer ou à publier.\n\n"
            "Les pages viennent des cahiers enregistrés, avec leurs sorties : rien n’est exécuté. Le dossier s’ouvre tel quel dans "
            "un navigateur, se dépose chez n’importe quel hébergeur de fichiers et ne demande rien à Internet. Les défis y "
            "restent à faire : aucune solution n’y figure.\n\n"
            "Le voir tout de suite dans un navigateur : course site --serve\n\n"
            "Le publier : course site --out public --base-url https://example.com/cours/",
            "en": "Make a static site of the course, in French and English, to show or to publish.\n\n"
            "Its pages come from the committed notebooks with their outputs: nothing is run. The folder opens as it is in a "
            "browser, goes onto any host of files, and asks nothing of the internet. Challenges are left to do: it holds "
            "no solution.\n\n"
            "See it at once in a browser: course site --serve\n\n"
            "Publish it: course site --out public --base-url https://example.com/course/",
        },
        "out_help": {
            "fr": "Dossier du site ; il doit être vide, ou fait par cette commande. Par défaut : « site » dans votre dossier du cours.",
            "en": "Folder of the site; empty, or made by this command. By default “site” in your course folder.",
        },
        "base_url_help": {
            "fr": "Adresse où le site sera publié : les moteurs de recherche reçoivent alors un plan du site et des adresses complètes.",
            "en": "Address where the site will be published: search engines then get a site map and full addresses.",
        },
        "serve_help": {
            "fr": "Servir le site sur cette machine une fois fait ; Ctrl+C arrête.",
            "en": "Serve the site on this machine once it is made; Ctrl+C stops.",
        },
        "port_help": {
            "fr": "Port de --serve (8000 par défaut, ou le premier libre).",
            "en": "Port of --serve (8000 by default, or the first that is free).",
        },
        "made": {
            "fr": "{pages} pages, {size} Mo : {folder}\nOuvrez {index}",
            "en": "{pages} pages, {size} MB: {folder}\nOpen {index}",
        },
        "serving": {"fr": "Le site : {url} (Ctrl+C arrête)", "en": "The site: {url} (Ctrl+C stops)"},
        "not_ours": {
            "fr": "{folder} n’est pas vide et n’a pas été fait par cette commande : choisissez un autre dossier.",
            "en": "{folder} is not empty and was not made by this command: choose another folder.",
        },
        "cannot_write": {"fr": "Impossible d’écrire : {reason}", "en": "Cannot write: {reason}"},
        "bad_base_url": {
            "fr": "« {url} » n’est pas une adresse http ou https complète.",
            "en": "“{url}” is not a complete http or https address.",
        },
        "busy_port": {"fr": "Le port {port} est déjà pris.", "en": "Port {port} is taken."},
        "one_language": {
            "fr": "{name} n’existe qu’en une langue : chaque page doit avoir son double.",
            "en": "{name} exists in one language only: each page needs its twin.",
        },
        "no_notebooks": {
            "fr": "Aucun cahier dans {folder} : lancez la commande depuis le cours.",
            "en": "No notebook in {folder}: run the command from the course.",
        },
        "unreadable": {
            "fr": "{name} n’est pas un cahier lisible : {reason}",
            "en": "{name} is not a readable notebook: {reason}",
        },
        "faults": {"fr": "Le site n’est pas écrit : {count} défauts.", "en": "The site is not written: {count} faults."},
        "dead_link": {"fr": "{page} : le lien « {target} » ne mène nulle part", "en": "{page}: the link “{target}” leads nowhere"},
        "outside": {
            "fr": "{page} : « {target} » serait demandé à un autre serveur",
            "en": "{page}: “{target}” would be asked of another server",
        },
        "twice": {"fr": "{page} : deux éléments s’appellent « {name} »", "en": "{page}: two elements are called “{name}”"},
        # --- every page
        "course": {"fr": "FrenchBakery", "en": "FrenchBakery"},
        "tagline": {
            "fr": "les conteneurs d’AWS, pour de vrai",
            "en": "AWS containers, run and understood",
        },
        "skip": {"fr": "Aller au contenu", "en": "Skip to content"},
        "contents": {"fr": "Sommaire", "en": "Contents"},
        "home": {"fr": "Accueil", "en": "Home"},
        "on_this_page": {"fr": "Sur cette page", "en": "On this page"},
        "this_section": {"fr": "Lien vers cette partie", "en": "Link to this section"},
        "other_language": {"fr": "English", "en": "Français"},
        "other_language_label": {"fr": "This page in English", "en": "Cette page en français"},
        "dark": {"fr": "Thème sombre", "en": "Dark theme"},
        "search": {"fr": "Rechercher", "en": "Search"},
        "search_label": {"fr": "Rechercher dans le cours", "en": "Search the course"},
        "close": {"fr": "Fermer", "en": "Close"},
        "found": {"fr": "Résultats : #", "en": "Results: #"},
        "found_none": {"fr": "Rien trouvé", "en": "Nothing found"},
        "previous": {"fr": "Précédent", "en": "Previous"},
        "next": {"fr": "Suivant", "en": "Next"},
        "around": {"fr": "Page précédente et suivante", "en": "Previous and next page"},
        "copy": {"fr": "Copier", "en": "Copy"},
        "copied": {"fr": "Copié", "en": "Copied"},
        "scrolls": {"fr": "Contenu qui défile", "en": "Scrolling content"},
        "notebook": {"fr": "Cahier {number}", "en": "Notebook {number}"},
        "footer": {
            "fr": "Cours sous licence MIT. Les sorties ont été produites par les cahiers eux-mêmes, sur le cloud local du cours. "
            "AWS et les noms de ses services sont des marques d’Amazon.com, Inc. ou de ses filiales ; ce cours n’en émane pas.",
            "en": "Course under the MIT license. Outputs were produced by the notebooks themselves, on the course’s local cloud. "
            "AWS and its services’ names are trademarks of Amazon.com, Inc. or its affiliates; this course is not theirs.",
        },
        # --- a notebook
        "run_it": {
            "fr": "Vous lisez un cahier déjà exécuté. Pour changer les cellules, relever les défis et répondre aux questions, ",
            "en": "You are reading a notebook that has been run. To change its cells, take up its challenges and answer its questions, ",
        },
        "run_it_link": {"fr": "lancez le cours sur votre machine", "en": "run the course on your machine"},
        "turn": {"fr": "À vous", "en": "Your turn"},
        "turn_named": {"fr": "À vous : {title}", "en": "Your turn: {title}"},
        "turn_text": {
            "fr": "Dans votre cahier, cette cellule est vide. Écrivez-la, puis demandez ce qu’en dit le contrôle ci-dessous.",
            "en": "In your notebook this cell is empty. Write it, then ask the check below what it thinks.",
        },
        "turn_free": {
            "fr": "Dans votre cahier, cette cellule est vide : écrivez-la.",
            "en": "In your notebook this cell is empty: write it.",
        },
        "hint": {"fr": "Indice {number}", "en": "Hint {number}"},
        "needs_engine": {
            "fr": "Cette cellule demande un moteur Docker ; elle est montrée sans sortie.",
            "en": "This cell needs a Docker Engine; it is shown without output.",
        },
        # --- front page of a language
        "front_title": {
            "fr": "Les conteneurs d’AWS, pour de vrai",
            "en": "AWS containers, run and understood",
        },
        "front_description": {
            "fr": "Un cours Jupyter gratuit, en français et en anglais, sur ECR, ECS, Fargate et EKS pour l’examen AWS Solutions "
            "Architect – Associate (SAA-C03).",
            "en": "A free Jupyter course, in English and French, on ECR, ECS, Fargate and EKS for the AWS Solutions Architect – "
            "Associate exam (SAA-C03).",
        },
        "front_lead": {
            "fr": "Vous construisez, livrez et exploitez une petite boulangerie en ligne sur ECR, ECS, Fargate et un équilibreur de charge. Chaque "
            "cellule est du boto3 tout simple, et s’exécute hors ligne, gratuitement, sur un cloud local où les services tournent pour de bon, "
            "renaissent quand ils meurent et répondent dans votre navigateur.",
            "en": "You build, ship and run a small online bakery on ECR, ECS, Fargate and a load balancer. Every cell is plain boto3 and runs "
            "offline, for free, on a local cloud in which services really run, are replaced when they die and answer in your browser.",
        },
        "front_read": {"fr": "Lire le premier cahier", "en": "Read the first notebook"},
        "front_start": {"fr": "Installer le cours", "en": "Set the course up"},
        "who_title": {"fr": "Pour qui", "en": "Who it is for"},
        "who_exam": {
            "fr": "Vous préparez l’examen Solutions Architect – Associate (SAA-C03) : chaque cahier dit quels objectifs il sert, et finit "
            "par des questions ; un examen blanc vous attend à la fin.",
            "en": "You are preparing for the Solutions Architect – Associate exam (SAA-C03): each notebook names the objectives it serves and ends "
            "with questions; a mock exam waits at the end.",
        },
        "who_work": {
            "fr": "Vous allez mettre des conteneurs sur AWS, et vous voulez avoir vu une tâche échouer, un déploiement revenir en arrière et une "
            "facture se calculer avant que ce soit en production.",
            "en": "You are about to put containers on AWS, and want to have seen a task fail, a deployment roll back and a bill add up before it "
            "happens in production.",
        },
        "who_teach": {
            "fr": "Vous enseignez : les mêmes cahiers existent en deux langues, tournent dans une salle sans Internet et se contrôlent tout seuls.",
            "en": "You teach: the same notebooks exist in two languages, run in a room without internet and check themselves.",
        },
        "notebooks_title": {"fr": "Les cahiers", "en": "The notebooks"},
        "also": {"fr": "À consulter aussi : ", "en": "See also: "},
        "start_title": {"fr": "Commencer", "en": "How to start"},
        "start_text": {
            "fr": "Il faut Linux, macOS ou WSL 2 et Python 3.11 ou plus récent ; rien d’autre n’est à installer à la main. Docker est "
            "facultatif : avec lui, les tâches sont de vrais conteneurs ; sans lui, des processus locaux, et le cours dit ce que cela change. "
            "Dans le dossier du cours :",
            "en": "It needs Linux, macOS or WSL 2 with Python 3.11 or newer; nothing else has to be installed by hand. A Docker Engine is "
            "optional: with one, tasks are real containers; without, they are local processes, and the course says what that changes. In the "
            "course’s folder:",
        },
        "start_command": {"fr": "python3 bootstrap.py --lang fr", "en": "python3 bootstrap.py --lang en"},
        "start_after": {
            "fr": "La commande prépare tout dans .venv et ouvre le cours dans JupyterLab. Rien n’atteint AWS sans que vous le demandiez par le "
            "numéro de votre compte ; vos cahiers, vos réponses et votre progression restent chez vous.",
            "en": "The command sets everything up in .venv and opens the course in JupyterLab. Nothing reaches AWS unless you ask for it by your "
            "account’s number; your notebooks, answers and progress stay with you.",
        },
        # --- the page that a host shows for an address that does not exist
        "lost_title": {"fr": "Page introuvable", "en": "Page not found"},
        "lost_text": {
            "fr": "Cette page n’existe pas, ou n’existe plus. Le sommaire du cours est ici :",
            "en": "This page does not exist, or no longer does. The course’s contents are here:",
        },
        "lost_link": {"fr": "le cours en français", "en": "the course in English"},
    }
)  # fmt: skip
