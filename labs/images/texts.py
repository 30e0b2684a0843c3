"""What a learner reads while an image is built and pushed."""

from labs.learner import Texts

say = Texts(
    {
        "building": {"fr": "Construction de {image}", "en": "Building {image}"},
        "pushing": {"fr": "Envoi de {image} vers {repository}", "en": "Pushing {image} to {repository}"},
        "no_service": {
            "fr": "Pas de service «\u00a0{service}\u00a0» avec un Dockerfile dans {folder}.",
            "en": "No service “{service}” with a Dockerfile in {folder}.",
        },
        "real_needs_engine": {
            "fr": "Pour un vrai compte, l’image doit être construite par un Docker Engine, et aucun ne répond ici. "
            "Installez Docker, démarrez-le, puis relancez la cellule.",
            "en": "For a real account the image must be built by a Docker Engine, and none answers here. "
            "Install Docker, start it, then run the cell again.",
        },
        "refused": {
            "fr": "{image} a été faite sans moteur de conteneurs\u00a0: elle ne contient ni système ni Python, et ne "
            "tournerait pas sur AWS. Elle n’est donc pas envoyée. Installez Docker, reconstruisez l’image, "
            "puis recommencez.",
            "en": "{image} was made without a container engine: it holds no operating system and no Python, and "
            "would not run on AWS. So it is not pushed. Install Docker, build the image again, then retry.",
        },
        "no_engine": {
            "fr": "Un Docker Engine est demandé (COURSE_ENGINE=docker, ou le cloud local en utilise un), mais aucun ne "
            "répond. Démarrez Docker, ou redémarrez le cloud sans lui.",
            "en": "A Docker Engine is asked for (COURSE_ENGINE=docker, or the local cloud uses one), but none answers. "
            "Start Docker, or restart the cloud without it.",
        },
        "engine_gone": {
            "fr": "L’image est dans un Docker Engine qui ne répond plus. Démarrez Docker, puis relancez la cellule.",
            "en": "The image is in a Docker Engine that no longer answers. Start Docker, then run the cell again.",
        },
        "not_declared": {
            "fr": "{file} ne décrit pas l’image de «\u00a0{service}\u00a0».",
            "en": "{file} does not describe the image of “{service}”.",
        },
        "bad_declaration": {
            "fr": "{file} ne se lit pas\u00a0: {problem}.",
            "en": "{file} cannot be read: {problem}.",
        },
        "missing_file": {
            "fr": "{file} demande {path}, qui n’existe pas.",
            "en": "{file} asks for {path}, which does not exist.",
        },
        "layer": {
            "fr": "couche {digest}\u00a0: {files}, {size} octets",
            "en": "layer {digest}: {files}, {size} bytes",
        },
        "built": {"fr": "image {digest}", "en": "image {digest}"},
        "size": {"fr": "{size} octets", "en": "{size} bytes"},
        "build_failed": {
            "fr": "Docker n’a pas pu construire {image}\u00a0:\n{problem}\nSans Internet, travaillez sans moteur\u00a0: "
            "COURSE_ENGINE=process python3 bootstrap.py",
            "en": "Docker could not build {image}:\n{problem}\nWithout Internet, work without an engine: "
            "COURSE_ENGINE=process python3 bootstrap.py",
        },
        "no_base": {
            "fr": "L’image de base n’est pas sur cette machine et n’a pas pu être téléchargée\u00a0: vérifiez la "
            "connexion à Internet.",
            "en": "The base image is not on this machine and could not be downloaded: check the Internet "
            "connection.",
        },
        "bad_uri": {
            "fr": "«\u00a0{uri}\u00a0» n’est pas l’adresse d’un dépôt ECR. describe_repositories la donne "
            "(repositoryUri).",
            "en": "“{uri}” is not the address of an ECR repository. describe_repositories gives it "
            "(repositoryUri).",
        },
        "elsewhere": {
            "fr": "{uri} n’est pas dans le registre de cette session, {host}.",
            "en": "{uri} is not in the registry of this session, {host}.",
        },
        "exists": {"fr": "{digest}\u00a0: la couche existe déjà", "en": "{digest}: layer already exists"},
        "sending": {
            "fr": "{digest}\u00a0: {done} sur {size} octets",
            "en": "{digest}: {done} of {size} bytes",
        },
        "sent": {"fr": "{digest}\u00a0: envoyée, {size} octets", "en": "{digest}: pushed, {size} bytes"},
        "arrived": {"fr": "{digest}\u00a0: envoyée", "en": "{digest}: pushed"},
        "mounted": {
            "fr": "{digest}\u00a0: le registre l’a déjà, dans {repository}",
            "en": "{digest}: the registry has it already, in {repository}",
        },
        "pushed": {"fr": "{tag}\u00a0: condensat {digest}", "en": "{tag}: digest {digest}"},
        "push_refused": {
            "fr": "Le registre a refusé\u00a0: {problem}",
            "en": "The registry refused: {problem}",
        },
        "unreachable": {
            "fr": "Le registre {host} ne répond pas\u00a0: {problem}",
            "en": "The registry {host} does not answer: {problem}",
        },
    }
)
