# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["fr"]
# # Les conteneurs
#
# Lundi, FrenchBakery met en ligne sa nouvelle page de commandes. Sur le portable de celle qui l’a écrite, tout va bien. Sur le serveur
# de test, une page sur deux répond par une erreur : la bibliothèque de calcul des prix n’y est pas dans la même version. On la met à jour. Sur
# le serveur de production, cette mise à jour casse un autre programme, celui des fiches de paie, qui partageait la machine. À dix-huit
# heures, quelqu’un dit la phrase que toutes les équipes ont entendue : « Chez moi, ça marche. »
#
# Un conteneur répond à cette phrase : *alors livrons ton « chez toi »*. Le programme part avec ses bibliothèques, sa configuration et tout ce
# qu’il lui faut pour s’exécuter, en un seul objet, qu’on lance à l’identique sur le portable, sur le serveur de test et dans le cloud.
#
# Ce cahier ouvre cet objet. À la fin, vous saurez dire ce qu’est un conteneur sans parler de « petite machine virtuelle », lire une
# image couche par couche, relire un Dockerfile, et arrêter un service sans perdre une commande.

# %% [markdown] tags=["en"]
# # Containers
#
# On Monday FrenchBakery puts its new order page online. On the laptop of the developer who wrote it, all is well. On the test server every second
# page answers with an error: the library that works out prices is there in another version. So it is upgraded. On the production server that
# upgrade breaks a different program, the payroll, which happened to share the machine. At six in the evening somebody says the sentence that
# every team has heard: “It works on my machine.”
#
# A container answers: *then let us ship your machine*. The program travels with its libraries, its configuration and all it needs to run, as
# a single object that is started in exactly the same way on the laptop, on the test server and in the cloud.
#
# This notebook opens that object. By the end you will be able to say what a container is without resorting to “a small virtual machine”, read
# an image layer by layer, review a Dockerfile, and stop a service without losing an order.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | une heure et demie, défis compris |
# | **coût** | rien sur le cloud local ; sur un compte AWS, moins d’un centime : quelques minutes de la plus petite tâche Fargate et quelques mégaoctets dans Amazon ECR ; il y faut un Docker Engine pour construire les images |
# | **à l’examen** | 2.1 migrer vers des conteneurs, savoir quand les employer · 3.2 les orchestrer, choisir Fargate · 4.2 leur coût |
#
# Vous revenez après une interruption ? Relancez les cellules depuis le haut : ce qui existe déjà n’est pas créé deux fois.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | an hour and a half, challenges included |
# | **cost** | nothing on the local cloud; on an AWS account less than a cent: a few minutes of the smallest Fargate task and a few megabytes in Amazon ECR; there you need a Docker Engine to build the images |
# | **in the exam** | 2.1 migrating into containers, knowing when to use them · 3.2 orchestrating them, choosing Fargate · 4.2 what they cost |
#
# Coming back after a break? Run the cells again from the top: what exists already is not created twice.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)
lab.prepare("containers")

# %% [markdown] tags=["fr"]
# ## Un processus à qui l’on borne la vue
#
# Commençons par ce qu’un conteneur n’est pas : une petite machine. Il n’a ni noyau, ni disque, ni carte réseau. C’est **un processus
# ordinaire**, que le noyau Linux traite d’une façon particulière. On parle de *virtualisation au niveau du système d’exploitation* : ce n’est pas le
# matériel que l’on imite, c’est la vue que chaque processus a du système.
#
# Deux mécanismes du noyau y suffisent. Les **espaces de noms** (*namespaces*) décident de ce que le processus voit : ses propres numéros de processus, son
# nom de machine, ses interfaces réseau, ses utilisateurs, ses fichiers. Les **groupes de contrôle** (*cgroups*) décident de ce qu’il peut
# consommer : tant de mémoire, tant de processeur, tant de processus.
#
# Voyez plutôt. La cellule suivante lance un vrai processus dans des espaces de noms à lui, et le regarde des deux côtés. Décochez les
# cases l’une après l’autre : chacune lui rend un morceau de la vue commune.

# %% [markdown] tags=["en"]
# ## A process with a narrower view
#
# Let us begin with what a container is not: a small machine. It has no kernel, no disk, no network card. It is **an ordinary process** that the
# Linux kernel treats in a particular way. The proper term is *operating-system-level virtualisation*: what is imitated is not the hardware, but
# each process’s view of the system.
#
# Two mechanisms of the kernel are enough. **Namespaces** decide what the process sees: process numbers of its own, its host name, its network
# interfaces, its users, its files. **Control groups** (*cgroups*) decide what it may use up: so much memory, so much processor time, so many
# processes.
#
# See for yourself. The next cell starts a real process in namespaces of its own and looks at it from both sides. Untick the boxes one by one: each
# gives it back a piece of the common view.

# %%
from labs import isolation
from labs.playgrounds import namespaces

namespaces.playground()

# %% [markdown] tags=["fr"]
# Du dedans, ce processus est le numéro 1, seul au monde, et même `root`. Du dehors, c’est un processus parmi d’autres, avec un numéro quelconque et
# l’utilisateur qui exécute ce cahier. Les deux vues sont vraies ; c’est le même programme. Un conteneur, ce sont ces espaces de noms, un système de fichiers tiré d’une
# image, et des limites.
#
# Les limites, justement. Le noyau les tient dans des fichiers, un dossier par groupe. Voici celles du processus qui exécute ce cahier, à côté de celles
# d’un conteneur lancé avec `docker run --memory 512m --cpus 0.25 --pids-limit 100` :

# %% [markdown] tags=["en"]
# From inside, this process is number 1, alone in the world, and even `root`. From outside it is one process among many, with any old number and
# the user who runs this notebook. Both views are true; it is the same program. A container is these namespaces, a file system taken from an image, and limits.
#
# Speaking of limits: the kernel keeps them in files, one folder per group. Here are those of the process that runs this notebook, beside those of a
# container started with `docker run --memory 512m --cpus 0.25 --pids-limit 100`:

# %%
isolation.limits()

# %% [markdown] tags=["fr"]
# Ne confondez pas les deux bornes. Un conteneur qui réclame trop de **processeur** est ralenti ; un conteneur qui réclame trop de **mémoire** est tué. Vous le
# verrez plus bas.
#
# > **À l’examen.** Le conteneur partage le noyau de l’hôte. « Il faut un noyau modifié », « un pilote particulier », « un autre système que celui de
# > l’hôte » : ce n’est pas un travail pour un conteneur, c’est une machine virtuelle, donc une instance EC2.

# %% [markdown] tags=["en"]
# Keep the two bounds apart. A container that wants too much **processor** is slowed down; a container that wants too much **memory** is killed. You will
# see it happen further down.
#
# > **In the exam.** Containers share the host’s kernel. “A modified kernel”, “a special driver”, “another operating system than the host’s”: that is no
# > job for a container. It is a job for a virtual machine, so for an EC2 instance.

# %% [markdown] tags=["fr"]
# ## Conteneur ou machine virtuelle ?

# %% [markdown] tags=["en"]
# ## Container or virtual machine?

# %%
labs.figure("containers-and-vms")

# %% [markdown] tags=["fr"]
# Une **machine virtuelle** croit posséder un ordinateur. L’*hyperviseur* lui en imite un, et elle y démarre son propre système, noyau compris. Trois machines
# virtuelles, ce sont trois systèmes à stocker, à démarrer, à mettre à jour. Un **conteneur** ne contient que l’application et ses bibliothèques ; le
# noyau est celui de l’hôte, déjà démarré. De là viennent toutes ses qualités.
#
# Il est *petit* : des dizaines ou des centaines de mégaoctets, souvent moins, contre des gigaoctets. Il est *prompt* : lancer un conteneur, c’est lancer un processus,
# l’affaire de quelques centaines de millisecondes, là où une machine virtuelle doit d’abord amorcer un système. Il est *dense* : une grande instance en fait
# tourner des centaines. Mesurons, ici même,
# avec l’image du catalogue, que nous ouvrirons tout à l’heure :

# %% [markdown] tags=["en"]
# A **virtual machine** believes that it owns a computer. The *hypervisor* imitates one for it, and there it boots an operating system of its own, kernel included. Three
# virtual machines are three systems to store, to boot, to patch. A **container** holds nothing but the application and its libraries; the kernel is the
# host’s, and is up already. All its virtues come from there.
#
# It is *small*: tens or hundreds of megabytes, often less, against gigabytes. It is *quick*: to start a container is to start a process, a matter of a few hundred
# milliseconds, where a virtual machine has a system to boot first. It is *dense*: a large instance runs hundreds of them. Let us measure, right here, with the catalogue’s image,
# which we will open in a moment:

# %%
catalogue = lab.build("products")
isolation.starts(catalogue.name)

# %% [markdown] tags=["fr"]
# Ouvrir des espaces de noms coûte quelques dizaines de millisecondes. Ce que le moteur ajoute, c’est la préparation des fichiers de l’image et du réseau. Rien, dans tout cela, ne
# ressemble au démarrage d’un système.
#
# Le revers tient en un mot : *partagé*. Une faille du noyau concerne tous les conteneurs d’un hôte, alors que l’hyperviseur dresse entre deux machines
# virtuelles un mur bien plus épais. On ne choisit donc pas toujours l’un contre l’autre : **les deux se combinent**. Sur AWS, des conteneurs tournent
# couramment dans une instance EC2, qui est une machine virtuelle ; et Fargate donne à chaque tâche la sienne. Au lieu de trois machines
# virtuelles pour trois applications, une seule avec trois conteneurs : deux systèmes de moins à entretenir.
#
# Restent des travaux qui ne gagnent rien à changer de forme : un logiciel lié à sa licence et à sa machine, un système Windows ancien avec son interface
# graphique, une base de données dont tout l’intérêt est dans ses disques. Un conteneur est fait pour être remplacé ; ce qu’il écrit dans ses propres fichiers
# disparaît avec lui. **L’état va ailleurs** : dans une base, dans S3, sur un volume.
#
# > **À l’examen.** « Migrer sans réécrire, de façon cohérente entre les environnements » appelle les conteneurs. « Isolation maximale », « contrôle du système
# > d’exploitation », « licence par cœur » appelle EC2.

# %% [markdown] tags=["en"]
# Opening namespaces takes a few tens of milliseconds. What an engine adds is preparing the image’s files and the network. None of it resembles the booting of a system.
#
# The catch is one word: *shared*. A flaw in the kernel concerns every container of a host, whereas the hypervisor builds a far thicker wall between two virtual
# machines. So it is not always one against the other: **both combine**. On AWS containers commonly run inside an EC2 instance, which is a virtual machine; and
# Fargate gives each task one of its own. Instead of three virtual machines for three applications, a single one with three containers: two systems fewer to
# look after.
#
# Some work gains nothing by changing shape: software tied to its licence and its machine, an old Windows system with its desktop, a database whose whole point
# is its disks. A container is made to be replaced, and what it writes into its own files is gone when it is. **State goes elsewhere**: to a database, to S3,
# onto a volume.
#
# > **In the exam.** “Migrate without rewriting, consistently across environments” points to containers. “Strongest isolation”, “control over the operating system”,
# > “licensed per core” points to EC2.

# %% [markdown] tags=["fr"]
# ## Docker : qui fait quoi
#
# Docker n’a pas inventé ces mécanismes ; il les a rendus commodes. Il apporte une recette (le **Dockerfile**), un objet que l’on peut transporter (l’**image**, modèle en
# lecture seule), son exemplaire en marche (le **conteneur**) et un lieu pour échanger des images (le **registre** ; Docker Hub est le plus connu, Amazon ECR est celui
# d’AWS).

# %% [markdown] tags=["en"]
# ## Docker: who does what
#
# Docker did not invent these mechanisms; it made them convenient. It brings a recipe (the **Dockerfile**), an object that can be carried around (the **image**, a read-only
# template), its running instance (the **container**) and a place to exchange images (the **registry**; Docker Hub is the best known, Amazon ECR is AWS’s own).

# %%
labs.figure("docker-client-server")

# %% [markdown] tags=["fr"]
# Retenez la forme : **client–serveur**. La commande `docker` ne fait rien elle-même ; elle parle à un moteur, présent sur chaque hôte, qui construit, garde et lance. Retenez
# aussi ce qui manque au dessin : rien n’y surveille plusieurs hôtes à la fois. Relancer ailleurs ce qui est tombé, répartir, mettre à jour sans coupure, c’est le travail d’un
# *orchestrateur*, ECS ou EKS, objet des chapitres suivants.
#
# Docker convient quand on veut des environnements identiques du portable à la production, en finir avec les conflits de versions, proposer des conteneurs « à la
# demande » comme un service, découper une application en microservices, ou promener le même traitement de données d’une machine à l’autre. Dans tous les cas, le bénéfice est
# le même : un objet **reproductible**, **autonome**, **vite démarré et vite arrêté**, avec une prise précise sur les ressources qu’il reçoit.
#
# > **Aujourd’hui** (vérifié en 2026). Le format d’image est une norme ouverte, celle de l’Open Container Initiative (OCI). Une image construite avec
# > Docker tourne telle quelle avec un autre moteur : les nœuds d’Amazon EKS emploient containerd. *(Sources : Open Container Initiative, « OCI Image
# > Format Specification » ; Amazon EKS User Guide, « Create nodes with optimized Amazon Linux AMIs ».)*

# %% [markdown] tags=["en"]
# Keep the shape in mind: **client–server**. The `docker` command does nothing by itself; it talks to an engine, one on each host, which builds, keeps and runs. Keep in mind too
# what is missing from the picture: nothing in it watches over several hosts at once. Restarting elsewhere what has fallen over, spreading, updating without interruption: that is
# the job of an *orchestrator*, ECS or EKS, which the next chapters are about.
#
# Docker suits those who want the same environment from laptop to production, an end to version conflicts, containers on tap as a service, an application cut into
# microservices, or one and the same data job on machine after machine. The gain is the same every time: an object that is **reproducible**, **self-contained**,
# **quick to start and quick to stop**, with a precise grip on the resources it is given.
#
# > **Today** (checked in 2026). The image format is an open standard, that of the Open Container Initiative (OCI). An image built with Docker runs as
# > it is under another engine: Amazon EKS nodes use containerd. *(Sources: Open Container Initiative, “OCI Image Format Specification”; Amazon EKS
# > User Guide, “Create nodes with optimized Amazon Linux AMIs”.)*

# %% [markdown] tags=["fr"]
# ## L’image, couche par couche
#
# Voici la recette du catalogue de FrenchBakery, celle que le labo emploie :

# %% [markdown] tags=["en"]
# ## The image, layer by layer
#
# This is the recipe for FrenchBakery’s catalogue, the very one that the lab uses:

# %%
from labs.images import SOURCE

print((SOURCE / "products" / "Dockerfile").read_text())

# %% [markdown] tags=["fr"]
# Deux `FROM` : c’est une construction **en plusieurs étages**. Le premier étage installe les bibliothèques ; le second repart d’une base propre et n’en copie que le résultat. Tout ce qui
# a servi à construire reste derrière. Chaque instruction qui touche aux fichiers donne une **couche**, posée sur la précédente ; les autres (`ENV`, `USER`, `CMD`…)
# ne changent que la **configuration**.

# %% [markdown] tags=["en"]
# Two `FROM`s: this is a **multi-stage** build. The first stage installs the libraries; the second starts again from a clean base and copies only the result. Whatever served to
# build stays behind. Each instruction that touches files gives a **layer**, laid on the one before; the others (`ENV`, `USER`, `CMD`…) change nothing but the **configuration**.

# %%
labs.figure("image-layers")

# %% [markdown] tags=["fr"]
# L’image est construite depuis la mesure de tout à l’heure ; poussons-la dans un dépôt. Avec un Docker Engine, `lab.build` a suivi le Dockerfile. Sans lui, il a assemblé une image au même format OCI, sans système ni Python à
# l’intérieur : moins de couches, mais de vraies couches.

# %% [markdown] tags=["en"]
# The image was built for the measurement above; let us push it to a repository. With a Docker Engine, `lab.build` followed the Dockerfile. Without one it put together an image of the same OCI format, with no system and no
# Python inside: fewer layers, but real ones.

# %%
from contextlib import suppress

ecr = session.client("ecr")
with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
    ecr.create_repository(repositoryName="containers/products")
[repository] = ecr.describe_repositories(repositoryNames=["containers/products"])["repositories"]
products = lab.push(catalogue, repository["repositoryUri"])
products

# %% [markdown] tags=["fr"]
# Que tient le registre, au juste ? Un **manifeste**, petit document JSON qui énumère les couches et la configuration, chacune par son **condensat** (*digest*) : l’empreinte SHA-256
# de son contenu. Rien n’est caché ; deux appels suffisent à tout lire.

# %% [markdown] tags=["en"]
# What exactly does the registry keep? A **manifest**, a small JSON document that lists the layers and the configuration, each by its **digest**: the SHA-256 fingerprint of its
# content. Nothing is hidden; two calls are enough to read it all.

# %%
import json
import urllib.request

tagged = [{"imageTag": "1.0"}]
answer = ecr.batch_get_image(repositoryName="containers/products", imageIds=tagged)
manifest = json.loads(answer["images"][0]["imageManifest"])
blob = ecr.get_download_url_for_layer(
    repositoryName="containers/products", layerDigest=manifest["config"]["digest"]
)
with urllib.request.urlopen(blob["downloadUrl"]) as content:
    config = json.load(content)

{name: config["config"][name] for name in ("User", "WorkingDir", "Cmd", "ExposedPorts")}

# %% [markdown] tags=["fr"]
# Un utilisateur sans droits, un dossier, une commande, un port : c’est tout ce que le moteur saura de votre programme au démarrage. Et comme une couche va par son contenu, chacune a
# son entrée dans le manifeste et son empreinte dans la configuration :

# %% [markdown] tags=["en"]
# A user without rights, a folder, a command, a port: that is all the engine will know of your program when it starts it. And since layers go by their content, each has its entry in
# the manifest, and its fingerprint in the configuration:

# %%
len(manifest["layers"]) == len(config["rootfs"]["diff_ids"]) == len(products.layers)

# %% [markdown] tags=["fr"]
# Deux conséquences. Une couche que deux images ont en commun n’est stockée et transférée qu’une fois ; vous le verrez au prochain envoi. Et une couche ne s’efface pas : supprimer un fichier dans une
# couche supérieure le *masque*, sans l’enlever de celle du dessous, où n’importe qui peut encore le lire. **Un secret copié dans une image y est pour toujours.**

# %% [markdown] tags=["en"]
# Two consequences. A layer that two images have in common is stored and transferred once; you will see it at the next push. And a layer cannot be erased: deleting a file in an upper layer *hides* it
# without taking it out of the one below, where anybody can still read it. **A secret copied into an image is there for good.**

# %% [markdown] tags=["fr"]
# ### Défi : l’image des commandes
#
# Créez le dépôt `containers/orders`, construisez l’image du service `orders` et poussez-la sous l’étiquette `2.0`. Elle ne doit pas tourner sous root.

# %% [markdown] tags=["en"]
# ### Challenge: the orders image
#
# Create the repository `containers/orders`, build the image of the service `orders` and push it under the tag `2.0`. It must not run as root.

# %% tags=["challenge"]
orders = ecr.create_repository(repositoryName="containers/orders")["repository"]
lab.push(lab.build("orders", tag="2.0"), orders["repositoryUri"])

# %%
lab.check("containers-image")

# %% [markdown] tags=["fr"]
# ## Le cache : ne refaire que ce qui change
#
# Construire une image télécharge et installe des bibliothèques ; c’est long. Le moteur garde donc chaque couche, et la réemploie si rien de ce dont elle dépend n’a changé : l’instruction, les fichiers
# qu’elle copie, et **la couche du dessous**. Dès qu’une couche est refaite, toutes celles qui la suivent le sont aussi. L’ordre des lignes n’est donc pas une affaire de goût.
#
# Dans le Dockerfile ci-dessous, on copie tout, puis on installe. Entre deux constructions, vous ne changez qu’une ligne de `app.py`. Regardez ce qu’elle coûte. Essayez ensuite un autre fichier, ou changez
# une ligne de la seconde recette.

# %% [markdown] tags=["en"]
# ## The cache: make again only what changes
#
# Building an image downloads and installs libraries, which takes time. So the engine keeps every layer, and uses it again if nothing it depends on has changed: the instruction, the files
# it copies, and **the layer below**. As soon as one layer is made again, so are all those after it. The order of the lines is therefore no matter of taste.
#
# The Dockerfile below copies everything, then installs. Between two builds you change a single line of `app.py`. Look at what it costs. Then try another file, or change a line of the
# second recipe.

# %%
from labs.playgrounds import layer_cache

layer_cache.playground("code_first")

# %% [markdown] tags=["fr"]
# Une ligne de code, et toutes les bibliothèques sont réinstallées. Voici la même image, les bibliothèques d’abord :

# %% [markdown] tags=["en"]
# One line of code, and all the libraries are installed again. Here is the same image with the libraries first:

# %%
layer_cache.playground("libraries_first")

# %% [markdown] tags=["fr"]
# La règle se retient : **du plus stable au plus changeant**. La base, puis les bibliothèques, puis le code. Trois expériences valent la peine : changer `requirements.txt` (l’installation est refaite, à bon droit) ;
# changer `README.md` (`.dockerignore` l’écarte, rien ne bouge) ; changer la dernière ligne, `CMD` (aucune couche ne dépend d’elle). Et un piège : `RUN pip install` ne regarde pas si Internet a du neuf ; tant que la
# ligne ne change pas, le cache répond. C’est une raison de plus de fixer les versions.
#
# > **Aujourd’hui** (vérifié en 2026). Ces règles sont celles de BuildKit, le constructeur de Docker depuis sa version 23. Il va plus loin que
# > l’ancien : il ne construit pas un étage dont l’image n’a pas besoin, et `COPY --link` rend une couche indépendante de celle du dessous. Le
# > simulateur connaît les deux. *(Source : Docker Docs, « BuildKit ».)*

# %% [markdown] tags=["en"]
# The rule is easy to remember: **from the most stable to the most changeable**. The base, then the libraries, then the code. Three experiments are worth your while: change `requirements.txt` (the installation is made again,
# rightly so); change `README.md` (`.dockerignore` leaves it out, nothing moves); change the last line, `CMD` (no layer depends on it). And a trap: `RUN pip install` does not look whether the Internet has something new; as long
# as the line stays the same, the cache answers. One more reason to fix versions.
#
# > **Today** (checked in 2026). These are the rules of BuildKit, Docker’s builder since version 23. It goes further than the old one: it does not
# > build a stage that the image does not need, and `COPY --link` makes a layer independent of the one below. The simulator knows both. *(Source:
# > Docker Docs, “BuildKit”.)*

# %% [markdown] tags=["fr"]
# ## Ce qui n’a rien à faire dans une image
#
# Avant la première instruction, le client envoie au moteur tout le dossier de construction, le *contexte*. Un `COPY` un peu large embarque alors ce que personne ne voulait : l’historique
# Git, un fichier de mots de passe, les photos de vacances. Le fichier `.dockerignore` est le garde-barrière. Oublions-en une ligne, et pesons :

# %% [markdown] tags=["en"]
# ## What has no business in an image
#
# Before the first instruction, the client hands the engine the whole build folder, the *context*. A COPY that is a little generous then takes aboard what nobody wanted: the Git
# history, a file of passwords, the holiday photos. The file `.dockerignore` keeps the gate. Let us forget one line of it, and weigh:

# %%
import os
import shutil
import tempfile
from pathlib import Path

from labs import images
from labs.view.layers import layers

uri = repository["repositoryUri"]
with tempfile.TemporaryDirectory() as folder:
    context = Path(folder) / "frenchbakery"
    shutil.copytree(SOURCE, context)
    (context / "products" / "photos.raw").write_bytes(os.urandom(2_000_000))
    careless = lab.push(images.build("products", context, tag="careless"), uri)
    with (context / ".dockerignore").open("a") as ignore:
        ignore.write("**/*.raw\n")
    careful = lab.push(images.build("products", context, tag="careful"), uri)

layers(careless, careful)

# %%
careless.size - careful.size > 1_900_000, careful.size == products.size

# %% [markdown] tags=["fr"]
# Deux mégaoctets de photos, tirés à chaque démarrage de chaque tâche, et facturés chaque mois dans le registre. Avec une ligne de `.dockerignore`, l’image retrouve la taille de la première. À la taille s’ajoute la sûreté : ce qui
# n’est pas dans l’image n’a pas besoin d’être mis à jour, et n’offre pas de prise.
#
# Les bonnes habitudes tiennent sur une main et deux doigts : une base **mince** et **épinglée par condensat** ; **plusieurs étages**, pour laisser les outils derrière ; un **utilisateur** qui n’est pas root ; **aucun secret** ; un
# `.dockerignore` ; pas de cache d’installation laissé dans une couche ; une commande en **forme exec**, entre crochets, sans shell. Voici un Dockerfile écrit en cinq minutes un vendredi soir. Corrigez-le jusqu’à ce
# que le relecteur se taise.

# %% [markdown] tags=["en"]
# Two megabytes of photos, pulled at every start of every task, and billed every month in the registry. One line in `.dockerignore`, and the image is back to the size of the first. Besides size there is safety: what is not
# in the image needs no patching, and offers no hold.
#
# Good habits can be counted on one hand and two fingers: a **slim** base, **pinned by digest**; **several stages**, to leave the tools behind; a **user** who is not root; **no secrets**; a `.dockerignore`; no
# installation cache left in a layer; a command in **exec form**, in brackets, without a shell. Here is a Dockerfile written in five minutes on a Friday night. Mend it until the reviewer falls silent.

# %%
from labs.playgrounds import dockerfile_review

dockerfile_review.playground()

# %% [markdown] tags=["fr"]
# Et le nôtre, celui du catalogue ? Ne nous faisons pas de cadeau :

# %% [markdown] tags=["en"]
# And our own, the catalogue’s? Let us not go easy on ourselves:

# %%
dockerfile_review.review(
    (SOURCE / "products" / "Dockerfile").read_text(), (SOURCE / ".dockerignore").read_text()
)

# %% [markdown] tags=["fr"]
# Deux fois la même remarque, et elle est juste. Le cours laisse la base à une étiquette, pour que l’image se construise chez tout le monde ; en production, on y mettrait un condensat, et un automate proposerait chaque semaine le nouveau.
#
# ### Défi : le Dockerfile réparé
#
# Le dossier `workshop` contient un autre Dockerfile écrit à la hâte, pour un programme `app.py` et ses bibliothèques. Réécrivez `workshop/Dockerfile`, et `workshop/.dockerignore` s’il en faut un, sans qu’il reste rien à
# redire. Le conteneur doit toujours installer `requirements.txt` et lancer `app.py`. Rien ne sera tiré : pour la base, 64 chiffres hexadécimaux de votre choix font un condensat. Ouvrez les fichiers
# dans JupyterLab, ou écrivez-les depuis la cellule.

# %% [markdown] tags=["en"]
# The same remark twice, and it is a fair one. The course leaves the base to a tag, so that the image builds on everybody’s machine; in production there would be a digest, and a robot would propose the new one every week.
#
# ### Challenge: the Dockerfile mended
#
# The folder `workshop` holds another Dockerfile written in haste, for a program `app.py` and its libraries. Rewrite `workshop/Dockerfile`, and `workshop/.dockerignore` if one is needed, until there is nothing left to
# say. The container must still install `requirements.txt` and start `app.py`. Nothing will be pulled: for the base, 64 hexadecimal digits of your choice make a digest. Open the files in JupyterLab, or write them
# from the cell.

# %%
print(Path("workshop/Dockerfile").read_text())

# %% tags=["challenge"]
base = "python:3.12-slim@sha256:" + "0123456789abcdef" * 4
Path("workshop/Dockerfile").write_text(f"""\
FROM {base} AS build
COPY requirements.txt .
RUN pip install --no-cache-dir --target /packages -r requirements.txt

FROM {base}
ENV PYTHONPATH=/packages
WORKDIR /app
COPY --from=build /packages /packages
COPY app.py .
USER 10001
CMD ["python", "app.py"]
""")

# %%
lab.check("containers-dockerfile")

# %% [markdown] tags=["fr"]
# ## Étiquette ou condensat
#
# Une **étiquette** est un nom posé sur une image, et un nom se déplace. `products:1.0` désignera demain ce que quelqu’un y aura poussé demain. Un **condensat**, lui, *est* le contenu : changez un octet, il change. Reconstruisons le
# catalogue avec une ligne de plus, et poussons-le sous la même étiquette :

# %% [markdown] tags=["en"]
# ## Tag or digest
#
# A **tag** is a name pinned on an image, and names move. Tomorrow `products:1.0` will mean whatever somebody pushes there tomorrow. A **digest** *is* the content: change one byte and it changes. Let us rebuild the
# catalogue with one more line and push it under the same tag:

# %%
with tempfile.TemporaryDirectory() as folder:
    context = Path(folder) / "frenchbakery"
    shutil.copytree(SOURCE, context)
    with (context / "products" / "app.py").open("a") as program:
        program.write("\n# one more line\n")
    moved = lab.push(images.build("products", context, tag="1.0"), uri)

moved.tag == products.tag, moved.digest == products.digest

# %% [markdown] tags=["fr"]
# Même étiquette, autre image ; celui qui déploie `1.0` ce soir n’aura pas celle de ce matin, et rien ne le lui dira. L’ancienne est toujours là, sans nom, et son condensat la désigne encore. Pour un déploiement que l’on peut
# répéter, et défaire, on écrit donc `dépôt@sha256:…`. Remettons l’étiquette où elle était :

# %% [markdown] tags=["en"]
# Same tag, another image; whoever deploys `1.0` tonight will not get this morning’s, and nothing will tell them. The old one is still there, nameless, and its digest still finds it. So for a deployment that can be
# repeated, and undone, one writes `repository@sha256:…`. Let us put the tag back where it was:

# %%
former = [{"imageDigest": products.digest}]
answer = ecr.batch_get_image(repositoryName="containers/products", imageIds=former)
with suppress(ecr.exceptions.ImageAlreadyExistsException):
    ecr.put_image(
        repositoryName="containers/products",
        imageManifest=answer["images"][0]["imageManifest"],
        imageTag="1.0",
    )

# %% [markdown] tags=["fr"]
# ### Défi : l’image épinglée
#
# Enregistrez une définition de tâche de la famille `containers-pinned`, pour Fargate (`awsvpc`, 256 unités de CPU, 512 Mio, rôle d’exécution `containers-execution`), dont le conteneur désigne l’image du catalogue par son
# condensat. Inutile de la lancer : c’est la définition qui sera jugée. Vous en avez vu une dans le cahier d’accueil.

# %% [markdown] tags=["en"]
# ### Challenge: the pinned image
#
# Register a task definition of the family `containers-pinned`, for Fargate (`awsvpc`, 256 CPU units, 512 MiB, execution role `containers-execution`), whose container names the catalogue’s image by its digest. No need to
# run it: the definition is what will be judged. You saw one in the welcome notebook.

# %% tags=["challenge"]
role = session.client("iam").get_role(RoleName="containers-execution")["Role"]["Arn"]
_ = session.client("ecs").register_task_definition(
    family="containers-pinned",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=role,
    containerDefinitions=[{"name": "products", "image": f"{uri}@{products.digest}"}],
)

# %%
lab.check("containers-digest")

# %% [markdown] tags=["fr"]
# ## Lancer, limiter
#
# Place au conteneur en marche. Avec Docker seul, ce serait `docker run --memory 64m …` ; nous passons par Amazon ECS, qui parle au moteur pour nous et fonctionne aussi sans lui. Deux petites fonctions suffiront
# jusqu’à la fin : `start` enregistre une définition et lance une tâche, `ended` attend sa fin et donne le code de sortie du conteneur.

# %% [markdown] tags=["en"]
# ## Run, limit
#
# Now for a running container. With Docker alone it would be `docker run --memory 64m …`; we go through Amazon ECS, which talks to the engine for us and also works without one. Two small functions will do
# until the end: `start` registers a definition and runs a task, `ended` waits for its end and gives the container’s exit code.

# %%
ecs, ec2, iam = (session.client(name) for name in ("ecs", "ec2", "iam"))
execution_role = iam.get_role(RoleName="containers-execution")["Role"]["Arn"]
ours = [{"Name": "tag:Name", "Values": ["containers"]}]
[subnet] = ec2.describe_subnets(Filters=ours)["Subnets"]
network = {"subnets": [subnet["SubnetId"]], "assignPublicIp": "ENABLED"}
patience = {"Delay": 1, "MaxAttempts": 180}


def start(family, program, **settings):
    image = f"{uri}@{products.digest}"
    container = {"name": "main", "image": image, "command": ["python", "-c", program]}
    ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=execution_role,
        containerDefinitions=[container | settings],
    )
    [task] = ecs.run_task(
        cluster="containers",
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    return {"cluster": "containers", "tasks": [task["taskArn"]]}


def ended(task):
    ecs.get_waiter("tasks_stopped").wait(**task, WaiterConfig=patience)
    [container] = ecs.describe_tasks(**task)["tasks"][0]["containers"]
    return container["exitCode"], container.get("reason", "")


# %% [markdown] tags=["fr", "own-numbers"]
# Le pétrin de FrenchBakery a faim : il réserve 120 Mio de pâte. Donnons-lui une limite de 64 Mio.

# %% [markdown] tags=["en", "own-numbers"]
# FrenchBakery’s kneading machine is hungry: it takes 120 MiB of dough. Let us give it a limit of 64 MiB.

# %%
knead = "import time; dough = b'x' * (120 * 2**20); time.sleep(3)"
ended(start("containers-greedy", knead, memory=64))

# %% [markdown] tags=["fr"]
# **137**. Au-delà de 128, un code de sortie dit quel signal a tué le processus : 137 − 128 = 9, SIGKILL. Le noyau n’a pas négocié. Retenez ce nombre, et la raison `OutOfMemoryError` : c’est la première chose à chercher quand un conteneur
# « disparaît sans rien dire », car le programme n’a pas eu le temps d’écrire une ligne.
#
# La limite d’un conteneur protège ses voisins : sans elle, le plus gourmand choisit qui meurt. Mais trop serrée, elle tue un programme bien portant ; trop large, elle réserve de la place que vous payez pour rien.
#
# ### Défi : la limite de mémoire
#
# Lancez ce même programme `knead`, dans la famille `containers-kneading`, avec une limite à lui qui ne dépasse pas 256 Mio et qui le laisse finir. Attendez sa fin avant de vérifier.

# %% [markdown] tags=["en"]
# **137**. Above 128, an exit code says which signal killed the process: 137 − 128 = 9, SIGKILL. The kernel did not haggle. Remember this number, and the reason `OutOfMemoryError`: it is the first thing to look for when a container
# “vanishes without a word”, for the program had no time to write a line.
#
# A container’s limit protects its neighbours: without one, the greediest decides who dies. Too tight, it kills a healthy program; too loose, it reserves room that you pay for in vain.
#
# ### Challenge: the memory limit
#
# Run the same program `knead`, in the family `containers-kneading`, with a limit of its own of at most 256 MiB that lets it finish. Wait for its end before you check.

# %% tags=["challenge"]
ended(start("containers-kneading", knead, memory=192))

# %%
lab.check("containers-memory")

# %% [markdown] tags=["fr"]
# ## S’arrêter proprement
#
# Un conteneur s’arrête souvent : à chaque mise à jour, à chaque réduction du nombre de tâches. L’orchestrateur envoie d’abord **SIGTERM** : « finis ce que tu fais ». Il attend un délai, `stopTimeout`, de 30 secondes par
# défaut et de 120 au plus sur Fargate, puis envoie **SIGKILL**, auquel nul n’échappe. Entre les deux se joue le sort de la commande en cours de paiement.
#
# Trois boulangers, trois caractères. Le premier n’a rien prévu ; le deuxième écoute le signal et ferme boutique ; le troisième fait la sourde oreille. Voici de vrais processus, arrêtés comme un moteur les arrête, avec une seconde de
# patience :

# %% [markdown] tags=["en"]
# ## Stopping cleanly
#
# Containers stop often: at every update, at every scale-in. The orchestrator first sends **SIGTERM**: “finish what you are doing”. It waits for a while, `stopTimeout`, 30 seconds by default and at most 120 on
# Fargate, then sends **SIGKILL**, which nobody escapes. Between the two lies the fate of the order being paid for.
#
# Three bakers, three tempers. The first has made no arrangements; the second hears the signal and closes up shop; the third turns a deaf ear. Here are real processes, stopped the way an engine stops them, with one second of
# patience:

# %%
import subprocess
import sys

bakers = {
    "unprepared": "",
    "attentive": "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))",
    "deaf": "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
}


def stop(habit, patience=1):
    program = f"import signal, sys, time\n{habit}\nprint('ready', flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as baker:
        baker.stdout.readline()
        baker.terminate()
        try:
            return baker.wait(patience)
        except subprocess.TimeoutExpired:
            baker.kill()
            return baker.wait()


{name: stop(habit) for name, habit in bakers.items()}

# %% [markdown] tags=["fr"]
# Python note d’un signe moins le signal qui a tué : −15 pour SIGTERM, −9 pour SIGKILL ; un moteur écrirait 143 et 137. Seul le boulanger attentif sort de lui-même, avec 0.
#
# Dans un vrai conteneur, le distrait s’en tire encore moins bien. Son programme y porte le numéro 1, et le noyau ne livre au numéro 1 que les signaux qu’il a demandé à recevoir : sans fonction pour SIGTERM, rien ne se passe
# jusqu’à SIGKILL. C’est aussi pourquoi la **forme exec** compte : avec `CMD python app.py`, le numéro 1 peut être un shell, qui ne transmet pas le signal ; avec `CMD ["python", "app.py"]`, c’est votre programme.
#
# > **À l’examen.** « Des requêtes sont perdues à chaque déploiement » : le programme doit traiter SIGTERM, et `stopTimeout` lui laisser le temps. Pour des tâches Fargate Spot, même remède : le préavis est de deux minutes.
#
# ### Défi : l’arrêt en douceur
#
# Dans la famille `containers-oven`, lancez un programme qui tourne jusqu’à ce qu’on l’arrête, attendez qu’il soit RUNNING, arrêtez la tâche avec `stop_task` et attendez sa fin. Son conteneur doit sortir avec le code 0.

# %% [markdown] tags=["en"]
# Python marks with a minus sign the signal that killed: −15 for SIGTERM, −9 for SIGKILL; an engine would write 143 and 137. Only the attentive baker leaves by himself, with 0.
#
# In a real container the absent-minded one fares even worse. His program is number 1 there, and the kernel delivers to number 1 only the signals it has asked for: without a function for SIGTERM, nothing happens until SIGKILL. That is also why
# the **exec form** matters: with `CMD python app.py`, number 1 may be a shell, which does not pass the signal on; with `CMD ["python", "app.py"]`, it is your program.
#
# > **In the exam.** “Requests are lost at every deployment”: the program must handle SIGTERM, and `stopTimeout` must leave it time. Fargate Spot tasks call for the same remedy: the warning is two minutes.
#
# ### Challenge: the gentle stop
#
# In the family `containers-oven`, run a program that goes on until it is stopped, wait until it is RUNNING, stop the task with `stop_task` and wait for its end. Its container must leave with code 0.

# %% tags=["challenge"]
import time

program = f"import signal, sys, time\n{bakers['attentive']}\nwhile True: time.sleep(1)"
oven = start("containers-oven", program, stopTimeout=10)
ecs.get_waiter("tasks_running").wait(**oven, WaiterConfig=patience)
time.sleep(3)
ecs.stop_task(cluster="containers", task=oven["tasks"][0])
ended(oven)

# %%
lab.check("containers-stop")

# %% [markdown] tags=["fr"]
# ## Du bloc unique aux microservices
#
# Les conteneurs ont rendu pratique une vieille idée : couper une grosse application en petits services, chacun avec son équipe, ses données et ses livraisons.

# %% [markdown] tags=["en"]
# ## From one block to microservices
#
# Containers made an old idea practical: cutting one big application into small services, each with its team, its data and its releases.

# %%
labs.figure("monolith-to-services")

# %% [markdown] tags=["fr"]
# Chaque service **se livre seul** : l’équipe des avis n’attend plus celle des commandes. Chacun **grandit seul** : trois vitrines le samedi matin, sans tripler le reste. Et chacun **tombe seul**. Vérifions ce dernier point avec deux
# services et un défaut : les avis plantent au bout d’un instant. Un bloc d’abord, puis deux processus séparés.

# %% [markdown] tags=["en"]
# Each service **ships alone**: the reviews team no longer waits for the orders team. Each **grows alone**: three shop fronts on Saturday morning, without tripling the rest. And each **falls alone**. Let us check that last one with two
# services and one fault: reviews crash after a moment. First one block, then two separate processes.

# %%
shop = """
import os, sys, threading, time
def serve(name):
    if name == "reviews":
        os._exit(1)
    time.sleep(60)
for name in sys.argv[1:]:
    threading.Thread(target=serve, args=[name]).start()
"""


def launch(*names):
    return subprocess.Popen([sys.executable, "-c", shop, *names])


block = launch("orders", "reviews")
orders_alone, reviews_alone = launch("orders"), launch("reviews")
ends = block.wait(30), reviews_alone.wait(30), orders_alone.poll()
orders_alone.kill()
_ = orders_alone.wait()
ends

# %% [markdown] tags=["fr"]
# Le bloc est sorti avec le code 1, commandes comprises. Séparés, seuls les avis sont tombés ; pour les commandes, `None` : elles tournent toujours.
#
# Cette liberté a un prix. Un appel de fonction devient un appel **réseau**, qui peut être lent ou se perdre : il faut des délais, des reprises, des commandes que l’on peut recevoir deux fois sans les livrer deux fois. Une requête traverse
# quatre journaux : il faut des traces et des mesures, c’est l’**observabilité**. Et les **données** se séparent : plus de jointure ni de transaction qui couvre toute la boutique. Une petite équipe avec une petite application fait
# souvent bien de garder son bloc, et de le mettre en conteneur tel quel.
#
# > **À l’examen.** « Livrer et faire grandir chaque composant indépendamment », « isoler les pannes » : des microservices en conteneurs, un service ECS ou un déploiement EKS pour chacun, souvent une file SQS entre eux. « Déplacer l’application
# > sans la réécrire » : un conteneur pour le bloc entier suffit.

# %% [markdown] tags=["en"]
# The block left with code 1, orders and all. Apart, only reviews went down; for orders, `None`: they are still running.
#
# This freedom has its price. A function call becomes a **network** call, which may be slow or get lost: you need time-outs, retries, orders that can arrive twice without being delivered twice. One request passes through four
# logs: you need traces and metrics, which is **observability**. And **data** come apart: no more join or transaction across the whole shop. A small team with a small application often does well to keep its block, and to put it into a
# container as it is.
#
# > **In the exam.** “Deploy and scale each component independently”, “isolate failures”: microservices in containers, an ECS service or an EKS deployment for each, often with an SQS queue between them. “Move the application without
# > rewriting it”: one container for the whole block will do.

# %% [markdown] tags=["fr"]
# ## En résumé
#
# Un **conteneur** est un processus ordinaire à qui le noyau borne la vue (espaces de noms) et l’appétit (groupes de contrôle). Il partage le noyau de l’hôte : de là sa légèreté, de là aussi une isolation moindre que celle
# d’une machine virtuelle, avec laquelle il se combine volontiers.
#
# Une **image** est une pile de couches en lecture seule et une configuration, réunies par un manifeste. L’étiquette la nomme, le condensat la désigne. L’ordre des instructions décide du cache ; plusieurs étages, un `.dockerignore`, un utilisateur
# sans droits et l’absence de secrets décident du reste.
#
# Un conteneur qui dépasse sa mémoire sort avec **137**. Un conteneur qu’on arrête reçoit **SIGTERM**, puis SIGKILL quand le délai est écoulé : un bon programme écoute le premier.
#
# Il reste à garder ces images en lieu sûr, à dire qui peut les tirer et quand les jeter. C’est le chapitre suivant, Amazon ECR.

# %% [markdown] tags=["en"]
# ## In short
#
# A **container** is an ordinary process whose view (namespaces) and appetite (control groups) the kernel keeps within bounds. It shares the host’s kernel: hence its lightness, and hence an isolation weaker than that of a virtual machine, with
# which it combines readily.
#
# An **image** is a stack of read-only layers and a configuration, held together by a manifest. The tag names it, the digest pins it down. The order of instructions decides about the cache; several stages, a `.dockerignore`, a user without
# rights and the absence of secrets decide about the rest.
#
# A container that goes beyond its memory leaves with **137**. A container that is stopped gets **SIGTERM**, then SIGKILL when its time is up: a good program listens to the first.
#
# What remains is to keep these images in a safe place, to say who may pull them and when to throw them away. That is the next chapter, Amazon ECR.

# %% [markdown] tags=["fr"]
# ## Trois questions

# %% [markdown] tags=["en"]
# ## Three questions

# %%
import quiz

quiz.ask("containers")

# %% [markdown] tags=["fr"]
# ## Ranger
#
# La dernière cellule retire tout ce que ce cahier a créé : tâches, définitions, dépôts, cluster, rôle, réseau et dossier de travail.

# %% [markdown] tags=["en"]
# ## Tidy up
#
# The last cell removes all that this notebook has created: tasks, definitions, repositories, cluster, role, network and the workshop folder.

# %%
lab.clean_up("containers")
