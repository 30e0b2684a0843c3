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
# # Le labo : ouvrir la boutique FrenchBakery
#
# FrenchBakery vend du pain en ligne. Au début, un seul programme suffisait : une vitrine devant, un bloc derrière
# qui faisait tout le reste. Puis la clientèle est venue, et ses habitudes avec elle. Le samedi matin, la vitrine croule
# sous les visites mais peu de gens commandent ; le 24 décembre, c’est l’inverse. L’équipe des avis livre trois fois par
# semaine, celle des commandes une fois par mois, et chaque livraison redémarre le bloc entier. Un dimanche, une page d’avis
# trop gourmande a épuisé la mémoire : plus personne n’a pu acheter de baguette.
#
# Le paiement en ligne, les recommandations et la carte de fidélité arrivent. Il faut que chaque morceau grandisse, soit
# livré et tombe en panne **sans entraîner les autres**. La boutique est donc découpée en quatre services, chacun dans son
# conteneur :
#
# | service | rôle | chemin |
# |---|---|---|
# | `frontend` | les pages que voit le client | tout le reste |
# | `products` | le catalogue et les prix | `/api/products*` |
# | `orders` | les commandes, prises une seule fois chacune | `/api/orders*` |
# | `reviews` | les avis | `/api/reviews*` |
#
# À la fin de ce cahier, les quatre services tournent sur Amazon ECS avec Fargate, à raison de deux tâches chacun, dans deux
# zones de disponibilité, derrière un seul équilibreur de charge. Vous y passerez une commande depuis votre navigateur.

# %% [markdown] tags=["en"]
# # The lab: open the FrenchBakery shop
#
# FrenchBakery sells bread online. In the early days one program was enough: a shop window in front, and behind it a single
# block that did everything else. Then customers came and brought their habits along. On Saturday mornings everybody looks
# at the window and few people order; on 24 December it is the other way round. The reviews team ships three times a week,
# the orders team once a month, and every release restarts the whole block. One Sunday a greedy reviews page ate all the
# memory, and nobody could buy a baguette.
#
# Online payment, recommendations and a loyalty card are next. Each piece must be able to grow, ship and fail **without
# dragging the others along**. So the shop is cut into four services, each in a container of its own:
#
# | service | what it does | path |
# |---|---|---|
# | `frontend` | the pages that customers see | everything else |
# | `products` | the catalogue and its prices | `/api/products*` |
# | `orders` | orders, each taken exactly once | `/api/orders*` |
# | `reviews` | what customers say | `/api/reviews*` |
#
# When you reach the end of this notebook, all four run on Amazon ECS with Fargate, two tasks each, in two Availability
# Zones, behind a single load balancer. You will place an order there from your own browser.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ deux heures ; une étape à la fois, si vous préférez |
# | **coût** | rien sur le cloud local ; sur un compte AWS, moins de 0,20 USD par heure tant que la boutique est ouverte |
# | **à l’examen** | 1.2 charges de travail sécurisées · 2.1 architectures extensibles et faiblement couplées · 2.2 haute disponibilité · 3.2 calcul élastique |

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about two hours; one step at a time if you like |
# | **cost** | nothing on the local cloud; on an AWS account less than 0.20 USD an hour as long as the shop is open |
# | **in the exam** | 1.2 secure workloads · 2.1 scalable and loosely coupled architectures · 2.2 high availability · 3.2 elastic compute |

# %% [markdown] tags=["fr"]
# ## Comment se lit une étape
#
# Chaque étape commence par expliquer ce qu’elle construit, puis le construit. Il y a quatre manières de parler à AWS ; elles
# aboutissent toutes aux mêmes appels d’API :
#
# - la **console**, pour découvrir et pour regarder ;
# - l’**AWS CLI**, pour les scripts et les dépannages ;
# - un **SDK**, ici boto3 : c’est la cellule que vous exécutez ;
# - **CloudFormation**, pour décrire un résultat et laisser AWS y arriver.
#
# La cellule boto3 est visible, les trois autres se déplient. Les lignes de la CLI s’enchaînent d’une étape à l’autre dans un même
# terminal, ouvert dans le dossier du cours, à la place des cellules ; `eval "$(course cloud env)"` le relie au cloud local. Les extraits CloudFormation appartiennent à un même
# modèle, que [la suite](06b_frenchbakery_operate.ipynb) déploie en entier ; quand plusieurs ressources se ressemblent, une seule est écrite. Ensuite, `lab.check("…")` regarde ce qui existe et dit si
# l’étape est faite, ce qui cloche sinon. Bloqué ? `lab.hint("…")` donne un indice, puis un deuxième, puis un troisième ;
# `lab.solution("…")` montre le code.
#
# Deux choses à savoir avant de commencer :
#
# - Le cloud local **oublie tout quand il s’arrête**. Si vous revenez demain au milieu du labo, exécutez les trois premières
#   cellules de code, puis `lab.catch_up("services")` (ou le nom d’une autre étape, celui
#   que prend son `lab.check`) : tout ce qui précède est reconstruit en quelques secondes. Une étape interrompue au milieu
#   s’achève de même : donnez le nom de la suivante.
# - Une cellule de création exécutée deux fois échoue le plus souvent la seconde : AWS répond que le nom est déjà pris. C’est
#   normal, passez à la suite. Un VPC, lui, n’a pas de nom unique : sa cellule en crée un second, et le contrôle le dira.
#   `lab.clean_up()`, puis `lab.catch_up("network")`, remettent tout d’aplomb.

# %% [markdown] tags=["en"]
# ## How to read a step
#
# Each step first explains what it builds, then builds it. There are four ways to talk to AWS, and all of them end in the
# same API calls:
#
# - the **console**, to discover and to look around;
# - the **AWS CLI**, for scripts and troubleshooting;
# - an **SDK**, here boto3: that is the cell you run;
# - **CloudFormation**, to describe a result and let AWS get there.
#
# The boto3 cell is in plain sight, the other three unfold. The CLI lines follow on from step to step in one terminal, opened in the
# course’s folder, instead of the cells; `eval "$(course cloud env)"` connects it to the local cloud. The CloudFormation excerpts belong to a single template, which
# [the sequel](06b_frenchbakery_operate.ipynb) deploys whole; where several resources look alike, one is written out. Then `lab.check("…")` looks at what exists and says whether the
# step is done, and what is wrong if it is not. Stuck? `lab.hint("…")` gives a hint, then a second, then a third;
# `lab.solution("…")` shows code.
#
# Two things to know before you start:
#
# - The local cloud **forgets everything when it stops**. If you come back tomorrow in the middle of the lab, run the first
#   three code cells, then `lab.catch_up("services")` (or the name of another step, the one its `lab.check` takes):
#   everything before it is rebuilt within seconds. A step broken off in the middle is finished the same way: give the name
#   of the next one.
# - A creating cell that runs twice usually fails the second time: AWS answers that the name is taken. Nothing is wrong; move
#   on. A VPC, however, has no unique name: its cell makes a second one, and the check will say so. `lab.clean_up()`, then
#   `lab.catch_up("network")`, puts everything straight.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %% [markdown] tags=["fr"]
# Cette cellule est la seule qui change si vous travaillez un jour sur votre compte AWS :
# `labs.connect("real", account_id="…", region="…")`. Tout ce qui suit est du boto3 ordinaire et y fonctionne tel quel. Le
# labo y coûte moins de 0,20 USD par heure (us-east-1, prix vérifiés en 2026), pour l’essentiel les huit tâches, l’équilibreur de charge
# et les adresses IPv4 publiques ; le compteur tourne jusqu’au ménage de la fin.
#
# Un client boto3 par service d’AWS, et les quatre services de la boutique :

# %% [markdown] tags=["en"]
# This cell is the only one that changes if you ever work on your own AWS account:
# `labs.connect("real", account_id="…", region="…")`. Everything after it is ordinary boto3 and works there as it stands.
# The lab then costs less than 0.20 USD an hour (us-east-1, prices checked in 2026), mostly for the eight tasks, the load balancer and the
# public IPv4 addresses; the meter runs until the clean-up at the end.
#
# One boto3 client per AWS service, and the four services of the shop:

# %%
import json
import time
import urllib.request

ecr = session.client("ecr")
ecs = session.client("ecs")
ec2 = session.client("ec2")
elbv2 = session.client("elbv2")
iam = session.client("iam")
logs = session.client("logs")
dynamodb = session.client("dynamodb")

services = ["frontend", "products", "orders", "reviews"]

# %% [markdown] tags=["fr"]
# `lab.diagram()` dessine ce qui existe au moment où on l’appelle. Pour l’instant, rien. Nous y reviendrons après chaque étape.

# %% [markdown] tags=["en"]
# `lab.diagram()` draws what exists at the moment you call it. For now, nothing. We will come back to it after every step.

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# ## Étape 1 · Les dépôts d’images
#
# Une image de conteneur se range dans un **registre**, là où les machines qui la font tourner pourront la tirer. Celui d’AWS est
# **Amazon ECR** : privé par défaut, protégé par IAM, chiffré au repos, et proche des tâches qui viennent y tirer. Dans un registre, un **dépôt** (« référentiel » dans la
# documentation française d’AWS) contient les versions successives d’une image. Nos services se livrent séparément : à chacun son dépôt.
#
# Un réglage mérite qu’on s’y arrête. Une **étiquette** comme `1.0` n’est qu’un nom posé sur une image, et rien n’empêche
# en principe de le déplacer vers une autre. C’est ainsi que « la version 1.0 » d’hier n’est plus celle d’aujourd’hui, et qu’un
# retour arrière ramène autre chose que prévu. Avec `imageTagMutability="IMMUTABLE"`, ECR refuse : une étiquette publiée ne bouge
# plus.
#
# > **À l’examen.** « Un endroit privé et géré pour des images que des tâches ECS ou EKS vont tirer » appelle ECR. Une
# > image publique à distribuer au monde entier appelle la galerie publique d’ECR. Le chiffrement (AES-256, ou une clé KMS) se choisit à la
# > création du dépôt.
# >
# > **Aujourd’hui** (vérifié en 2026). L’immuabilité admet des exceptions, par exemple pour une étiquette `latest`, et un dépôt
# > peut naître tout seul à la première poussée, d’après un modèle. *(Source : Amazon ECR API Reference, « CreateRepository » et
# > « CreateRepositoryCreationTemplate ».)*
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Elastic Container Registry → Private registry → Repositories → Create repository. Nom
# `frenchbakery/frontend`, Image tag mutability : Immutable. Quatre fois.
#
# **AWS CLI**
#
# ```bash
# for service in frontend products orders reviews; do
#   aws ecr create-repository --repository-name "frenchbakery/$service" --image-tag-mutability IMMUTABLE
# done
# ```
#
# **CloudFormation**
#
# ```yaml
# FrontendRepository:
#   Type: AWS::ECR::Repository
#   Properties:
#     RepositoryName: frenchbakery/frontend
#     ImageTagMutability: IMMUTABLE
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 1 · The image repositories
#
# A container image is kept in a **registry**, where the machines that run it can pull it. AWS’s own is **Amazon ECR**:
# private by default, guarded by IAM, encrypted at rest, and close to the tasks that pull. Within a registry, a **repository**
# holds the successive versions of one image. Our services ship separately, so each gets a repository of its own.
#
# One setting deserves a closer look. A **tag** such as `1.0` is only a name pinned on an image, and by default nothing keeps you
# from moving it to another one. That is how yesterday’s “version 1.0” is not today’s, and how a rollback brings back
# something unexpected. With `imageTagMutability="IMMUTABLE"`, ECR says no: a published tag stays where it is.
#
# > **In the exam.** “A private, managed place for images that ECS or EKS tasks will pull” means ECR. An image to hand out
# > to the whole world means ECR’s public gallery. Encryption (AES-256, or a KMS key) is chosen when the repository is created.
# >
# > **Today** (checked in 2026). Immutability accepts exclusions, for a `latest` tag for instance, and a repository can be
# > created by the first push, from a template. *(Source: Amazon ECR API Reference, “CreateRepository” and
# > “CreateRepositoryCreationTemplate”.)*
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Elastic Container Registry → Private registry → Repositories → Create repository. Name
# `frenchbakery/frontend`, Image tag mutability: Immutable. Four times.
#
# **AWS CLI**
#
# ```bash
# for service in frontend products orders reviews; do
#   aws ecr create-repository --repository-name "frenchbakery/$service" --image-tag-mutability IMMUTABLE
# done
# ```
#
# **CloudFormation**
#
# ```yaml
# FrontendRepository:
#   Type: AWS::ECR::Repository
#   Properties:
#     RepositoryName: frenchbakery/frontend
#     ImageTagMutability: IMMUTABLE
# ```
#
# </details>

# %%
for service in services:
    ecr.create_repository(repositoryName=f"frenchbakery/{service}", imageTagMutability="IMMUTABLE")

# %%
lab.check("repositories")

# %% [markdown] tags=["fr"]
# > **Défi · L’analyse à la poussée.** L’équipe de sécurité ne veut plus découvrir une faille le jour de l’audit. Faites en sorte que toute image soit analysée
# > au moment où elle arrive dans l’un des **quatre** dépôts. Les défis se jouent comme le reste : `lab.hint("lab-scan")`, `lab.solution("lab-scan")` ; rien de ce qui suit n’en dépend.

# %% [markdown] tags=["en"]
# > **Challenge · Scanning on push.** The security team is tired of finding out about flaws on audit day. See to it that every image is scanned as it
# > arrives in any of the **four** repositories. Challenges are played like the rest: `lab.hint("lab-scan")`, `lab.solution("lab-scan")`; nothing further down depends on them.

# %% tags=["challenge"]
for service in services:
    ecr.put_image_scanning_configuration(
        repositoryName=f"frenchbakery/{service}", imageScanningConfiguration={"scanOnPush": True}
    )

# %%
lab.check("lab-scan")

# %% [markdown] tags=["fr"]
# ## Étape 2 · Construire les images, les pousser
#
# Une **image** est un empilement de couches de fichiers, plus une configuration : quelle commande lancer, sous quel utilisateur, dans quel
# dossier. `lab.build` la construit à partir du dossier `frenchbakery/` du cours. S’il trouve un moteur Docker, il suit le
# `Dockerfile` du service ; sinon, il assemble une image conforme au même standard (OCI) sans exécuter de `RUN`. `lab.push` l’envoie
# ensuite au dépôt par la même API que `docker push`.
#
# Avec `lab.open`, à l’étape 7, c’est tout ce que le labo fait sans boto3 : construire une image n’est pas un appel à AWS.
# À la main, sur un poste équipé de Docker, cela donne :
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : ouvrez le dépôt puis « View push commands ». La console n’envoie pas d’image elle-même ; elle affiche
# les commandes ci-dessous, déjà remplies.
#
# **AWS CLI et Docker**
#
# ```bash
# REGISTRY=$(aws ecr describe-repositories --repository-names frenchbakery/frontend \
#   --query 'repositories[0].repositoryUri' --output text | cut -d/ -f1)
# aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
# for service in frontend products orders reviews; do
#   docker build --platform linux/amd64 -f "frenchbakery/$service/Dockerfile" \
#     -t "$REGISTRY/frenchbakery/$service:1.0" frenchbakery/
#   docker push "$REGISTRY/frenchbakery/$service:1.0"
# done
# ```
#
# **CloudFormation** ne construit pas d’images. On confie cela à une chaîne de livraison, par exemple CodeBuild, qui exécute
# les mêmes commandes.
#
# </details>
#
# > **À l’examen.** `get-login-password` donne un mot de passe valable 12 heures pour l’utilisateur `AWS`. Ce n’est pas
# > un secret de plus à garder : c’est votre identité IAM qui l’obtient, et qui doit avoir le droit de pousser.

# %% [markdown] tags=["en"]
# ## Step 2 · Build the images, push them
#
# An **image** is a stack of layers of files plus a configuration: which command to run, as which user, in which folder. `lab.build`
# makes it from the course’s `frenchbakery/` folder. Where it finds a Docker Engine it follows the service’s `Dockerfile`;
# elsewhere it assembles an image of the same standard (OCI) without running any `RUN`. `lab.push` then sends it to the
# repository through the same API as `docker push`.
#
# Along with `lab.open` in step 7, this is all that the lab builds or reaches without boto3: building an image is not a call to AWS. By hand, on a
# machine with Docker, it goes like this:
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: open the repository, then “View push commands”. The console does not send images itself; it shows the commands
# below with the blanks filled in.
#
# **AWS CLI and Docker**
#
# ```bash
# REGISTRY=$(aws ecr describe-repositories --repository-names frenchbakery/frontend \
#   --query 'repositories[0].repositoryUri' --output text | cut -d/ -f1)
# aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
# for service in frontend products orders reviews; do
#   docker build --platform linux/amd64 -f "frenchbakery/$service/Dockerfile" \
#     -t "$REGISTRY/frenchbakery/$service:1.0" frenchbakery/
#   docker push "$REGISTRY/frenchbakery/$service:1.0"
# done
# ```
#
# **CloudFormation** does not build images. That is the job of a delivery pipeline, CodeBuild for instance, which runs the same
# commands.
#
# </details>
#
# > **In the exam.** `get-login-password` gives the user `AWS` a password that is good for 12 hours. It is not one more secret to
# > keep: your IAM identity obtains it, and that identity must be allowed to push.

# %%
for service in services:
    [repository] = ecr.describe_repositories(repositoryNames=[f"frenchbakery/{service}"])["repositories"]
    lab.push(lab.build(service), repository["repositoryUri"])

# %% [markdown] tags=["fr"]
# Chaque poussée se termine par un **condensat** (*digest*), `sha256:` suivi de 64 chiffres hexadécimaux. C’est l’empreinte du
# *manifeste*, le petit document qui énumère les couches de l’image. Une étiquette dit « celle que j’appelle 1.0 » ; un condensat dit
# « celle-ci, au bit près ». ECR ne l’invente pas : on peut le recalculer soi-même.

# %% [markdown] tags=["en"]
# Each push ends with a **digest**, `sha256:` followed by 64 hexadecimal digits. It is the fingerprint of the *manifest*, the
# small document that lists the image’s layers. A tag says “the one I call 1.0”; a digest says “this very one, to the bit”. ECR does not
# make it up: you can work it out yourself.

# %%
import hashlib

answer = ecr.batch_get_image(repositoryName="frenchbakery/orders", imageIds=[{"imageTag": "1.0"}])
[image] = answer["images"]
recomputed = "sha256:" + hashlib.sha256(image["imageManifest"].encode()).hexdigest()
recomputed == image["imageId"]["imageDigest"]

# %% [markdown] tags=["fr"]
# Ce `True` est ce qui rend un déploiement reproductible : les définitions de tâche de l’étape 5 désigneront leurs images par
# condensat.

# %% [markdown] tags=["en"]
# That `True` is what makes a deployment repeatable: the task definitions of step 5 will name their images by digest.

# %%
lab.check("images")

# %% [markdown] tags=["fr"]
# ## Étape 3 · Le cluster
#
# Un **cluster** ECS est d’abord un nom : l’endroit logique où l’on range des services et des tâches. Reste à savoir sur quoi elles tournent.
# C’est le rôle d’un **fournisseur de capacité**, et la question qui décide est toujours la même : *voulez-vous administrer
# les serveurs du cluster ?*
#
# - **Fargate** : non. Vous dites combien de CPU et de mémoire veut une tâche, AWS lui trouve une place isolée et vous la facture
#   à la seconde. Ni instance, ni système d’exploitation à mettre à jour.
# - **EC2** : oui. Vous fournissez un groupe d’instances, leur image, leurs mises à jour ; en échange vous choisissez le
#   matériel, et une instance bien remplie coûte moins cher.
# - **Externe** (ECS Anywhere) : vos propres machines, chez vous.
#
# Pour une petite boutique aux horaires irréguliers, Fargate. `FARGATE_SPOT` est le même service sur de la capacité inutilisée, nettement moins
# cher, qu’AWS peut reprendre avec un préavis de deux minutes ; nous l’attachons sans nous en servir.
#
# > **À l’examen.** « Sans gérer de serveurs » appelle Fargate. « Contrôler les instances, GPU, licences, agents sur l’hôte »
# > appelle EC2. Un cluster peut mêler les deux.
# >
# > **Aujourd’hui** (vérifié en 2026). Entre les deux, ECS Managed Instances fait tourner vos tâches sur des instances EC2
# > qu’AWS administre, et Express Mode monte un service complet à partir d’une image. *(Source : Amazon ECS Developer Guide,
# > « Architect for Amazon ECS Managed Instances » et « Resources created by Amazon ECS Express Mode services ».)*
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Elastic Container Service → Clusters → Create cluster. Nom `frenchbakery`, Infrastructure : AWS Fargate
# seul.
#
# **AWS CLI**
#
# ```bash
# aws ecs create-cluster --cluster-name frenchbakery --capacity-providers FARGATE FARGATE_SPOT
# ```
#
# **CloudFormation**
#
# ```yaml
# Cluster:
#   Type: AWS::ECS::Cluster
#   Properties:
#     ClusterName: frenchbakery
#     CapacityProviders: [FARGATE, FARGATE_SPOT]
# ```
#
# </details>
#
# Sur un compte AWS tout neuf, le premier cluster crée aussi un *rôle lié au service* (`AWSServiceRoleForECS`) par lequel ECS agit en
# votre nom ; il arrive que cette création soit plus lente que l’appel. Si la cellule s’en plaint, relancez-la.

# %% [markdown] tags=["en"]
# ## Step 3 · The cluster
#
# An ECS **cluster** is first of all a name: the logical place where services and tasks are kept. What do they run on?
# That is up to a **capacity provider**, and the question that decides is always the same: *do you want to manage the cluster’s
# servers?*
#
# - **Fargate**: no. You say how much CPU and memory a task wants; AWS finds it an isolated place and bills it by the second. There is no
#   instance and no operating system to patch.
# - **EC2**: yes. You supply a group of instances, their image, their updates; in return you choose the hardware, and a
#   well-filled instance costs less.
# - **External** (ECS Anywhere): your own machines, on your own premises.
#
# For a small shop with irregular hours: Fargate. `FARGATE_SPOT` is the same service on spare capacity, a good deal cheaper, which
# AWS may take back with two minutes’ notice; we attach it without using it.
#
# > **In the exam.** “Without managing servers” means Fargate. “Control over the instances, GPUs, licences, agents on the host”
# > means EC2. One cluster can mix both.
# >
# > **Today** (checked in 2026). In between, ECS Managed Instances runs your tasks on EC2 instances that AWS looks after, and
# > Express Mode sets up a whole service from an image. *(Source: Amazon ECS Developer Guide, “Architect for Amazon ECS Managed
# > Instances” and “Resources created by Amazon ECS Express Mode services”.)*
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Elastic Container Service → Clusters → Create cluster. Name `frenchbakery`, Infrastructure: AWS Fargate only.
#
# **AWS CLI**
#
# ```bash
# aws ecs create-cluster --cluster-name frenchbakery --capacity-providers FARGATE FARGATE_SPOT
# ```
#
# **CloudFormation**
#
# ```yaml
# Cluster:
#   Type: AWS::ECS::Cluster
#   Properties:
#     ClusterName: frenchbakery
#     CapacityProviders: [FARGATE, FARGATE_SPOT]
# ```
#
# </details>
#
# On a brand-new AWS account the first cluster also creates a *service-linked role* (`AWSServiceRoleForECS`), through which ECS acts on
# your behalf; sometimes that takes longer than the call. If the cell complains about it, run it again.

# %%
cluster = ecs.create_cluster(clusterName="frenchbakery", capacityProviders=["FARGATE", "FARGATE_SPOT"])
cluster["cluster"]["status"]

# %%
lab.check("cluster")

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# ## Étape 4 · Le réseau, l’entrée et la table
#
# C’est l’étape la plus longue. Suivons une requête : elle vient d’internet, franchit la **passerelle** du VPC, atteint l’**équilibreur de
# charge**, qui choisit un **groupe cible** d’après le chemin demandé, puis l’une des tâches de ce groupe. Chaque mot de cette
# phrase est une ressource à créer.
#
# ### Un VPC et deux zones
#
# Un **VPC** est un réseau privé qui n’est qu’à vous, dans une Région. On le découpe en **sous-réseaux**, chacun dans une seule **zone de
# disponibilité** : un ou plusieurs centres de données dotés de leur propre alimentation électrique. Deux sous-réseaux dans deux zones, et la panne
# d’une zone ne ferme pas la boutique.
#
# Un sous-réseau est dit **public** quand sa table de routage envoie vers une passerelle internet ce qui n’est pas pour le VPC. Rien d’autre
# ne le distingue. Nous créons une table à part et l’associons aux deux sous-réseaux ; la table principale du VPC reste sans
# issue, si bien qu’un sous-réseau ajouté plus tard sera privé tant qu’on n’aura pas décidé du contraire.
#
# > **À l’examen.** La version classique place les tâches dans des sous-réseaux **privés**, et leur donne de quoi tirer leur
# > image et écrire leurs journaux : soit une passerelle NAT (0,045 USD par heure et autant par Go, us-east-1, 2026), soit des points de
# > terminaison VPC (`ecr.api`, `ecr.dkr`, `logs` et, de type passerelle, `s3` pour les couches). Retenez ces quatre noms. Le labo choisit l’économie : des
# > sous-réseaux publics, une adresse publique par tâche (0,005 USD par heure), et un groupe de sécurité qui ne laisse entrer que
# > l’équilibreur de charge.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : VPC → Your VPCs → Create VPC → VPC and more. Deux zones, deux sous-réseaux publics, aucun privé, aucune
# passerelle NAT.
#
# **AWS CLI**
#
# ```bash
# VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)
# GATEWAY=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)
# aws ec2 attach-internet-gateway --vpc-id "$VPC" --internet-gateway-id "$GATEWAY"
# ROUTES=$(aws ec2 create-route-table --vpc-id "$VPC" --query RouteTable.RouteTableId --output text)
# aws ec2 create-route --route-table-id "$ROUTES" --destination-cidr-block 0.0.0.0/0 --gateway-id "$GATEWAY"
# SUBNET_A=$(aws ec2 create-subnet --vpc-id "$VPC" --cidr-block 10.0.0.0/24 \
#   --availability-zone us-east-1a --query Subnet.SubnetId --output text)
# SUBNET_B=$(aws ec2 create-subnet --vpc-id "$VPC" --cidr-block 10.0.1.0/24 \
#   --availability-zone us-east-1b --query Subnet.SubnetId --output text)
# for subnet in "$SUBNET_A" "$SUBNET_B"; do
#   aws ec2 associate-route-table --route-table-id "$ROUTES" --subnet-id "$subnet"
# done
# aws ec2 create-tags --resources "$VPC" "$GATEWAY" "$ROUTES" "$SUBNET_A" "$SUBNET_B" --tags Key=Name,Value=frenchbakery
# ```
#
# **CloudFormation**
#
# ```yaml
# Vpc:
#   Type: AWS::EC2::VPC
#   Properties: {CidrBlock: 10.0.0.0/16}
# Gateway:
#   Type: AWS::EC2::InternetGateway
# GatewayAttachment:
#   Type: AWS::EC2::VPCGatewayAttachment
#   Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
# RouteTable:
#   Type: AWS::EC2::RouteTable
#   Properties: {VpcId: !Ref Vpc}
# PublicRoute:
#   Type: AWS::EC2::Route
#   DependsOn: GatewayAttachment
#   Properties:
#     RouteTableId: !Ref RouteTable
#     DestinationCidrBlock: 0.0.0.0/0
#     GatewayId: !Ref Gateway
# SubnetA:
#   Type: AWS::EC2::Subnet
#   Properties:
#     VpcId: !Ref Vpc
#     CidrBlock: 10.0.0.0/24
#     AvailabilityZone: !Select [0, !GetAZs ""]
# SubnetB:
#   Type: AWS::EC2::Subnet
#   Properties:
#     VpcId: !Ref Vpc
#     CidrBlock: 10.0.1.0/24
#     AvailabilityZone: !Select [1, !GetAZs ""]
# SubnetAIsPublic:
#   Type: AWS::EC2::SubnetRouteTableAssociation
#   Properties: {RouteTableId: !Ref RouteTable, SubnetId: !Ref SubnetA}
# SubnetBIsPublic:
#   Type: AWS::EC2::SubnetRouteTableAssociation
#   Properties: {RouteTableId: !Ref RouteTable, SubnetId: !Ref SubnetB}
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 4 · The network, the entrance and the table
#
# This is the longest step. Follow a request: it comes from the internet, passes the VPC’s **gateway**, reaches the **load
# balancer**, which picks a **target group** by the path that was asked for, then one of that group’s tasks. Every word of that sentence is
# a resource to create.
#
# ### A VPC and two zones
#
# A **VPC** is a private network of your own, in one Region. It is cut into **subnets**, each in a single **Availability
# Zone**: one or more data centres with a power supply of their own. Two subnets in two zones, and the failure of a zone does not
# close the shop.
#
# A subnet is called **public** when its route table sends whatever is not for the VPC to an internet gateway. Nothing else
# makes it so. We create a separate table and associate it with both subnets; the VPC’s main table keeps no way out, so that a subnet
# added later is private until somebody decides otherwise.
#
# > **In the exam.** The classic version puts tasks in **private** subnets and gives them the means to pull their image and
# > write their logs: either a NAT gateway (0.045 USD an hour and as much per GB, us-east-1, 2026), or VPC endpoints (`ecr.api`, `ecr.dkr`, `logs`,
# > and, of the gateway type, `s3` for the layers). Remember those four names. The lab is thrifty: public subnets, one
# > public address per task (0.005 USD an hour), and a security group that lets nobody in but the load balancer.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: VPC → Your VPCs → Create VPC → VPC and more. Two zones, two public subnets, no private ones, no NAT gateway.
#
# **AWS CLI**
#
# ```bash
# VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)
# GATEWAY=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)
# aws ec2 attach-internet-gateway --vpc-id "$VPC" --internet-gateway-id "$GATEWAY"
# ROUTES=$(aws ec2 create-route-table --vpc-id "$VPC" --query RouteTable.RouteTableId --output text)
# aws ec2 create-route --route-table-id "$ROUTES" --destination-cidr-block 0.0.0.0/0 --gateway-id "$GATEWAY"
# SUBNET_A=$(aws ec2 create-subnet --vpc-id "$VPC" --cidr-block 10.0.0.0/24 \
#   --availability-zone us-east-1a --query Subnet.SubnetId --output text)
# SUBNET_B=$(aws ec2 create-subnet --vpc-id "$VPC" --cidr-block 10.0.1.0/24 \
#   --availability-zone us-east-1b --query Subnet.SubnetId --output text)
# for subnet in "$SUBNET_A" "$SUBNET_B"; do
#   aws ec2 associate-route-table --route-table-id "$ROUTES" --subnet-id "$subnet"
# done
# aws ec2 create-tags --resources "$VPC" "$GATEWAY" "$ROUTES" "$SUBNET_A" "$SUBNET_B" --tags Key=Name,Value=frenchbakery
# ```
#
# **CloudFormation**
#
# ```yaml
# Vpc:
#   Type: AWS::EC2::VPC
#   Properties: {CidrBlock: 10.0.0.0/16}
# Gateway:
#   Type: AWS::EC2::InternetGateway
# GatewayAttachment:
#   Type: AWS::EC2::VPCGatewayAttachment
#   Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
# RouteTable:
#   Type: AWS::EC2::RouteTable
#   Properties: {VpcId: !Ref Vpc}
# PublicRoute:
#   Type: AWS::EC2::Route
#   DependsOn: GatewayAttachment
#   Properties:
#     RouteTableId: !Ref RouteTable
#     DestinationCidrBlock: 0.0.0.0/0
#     GatewayId: !Ref Gateway
# SubnetA:
#   Type: AWS::EC2::Subnet
#   Properties:
#     VpcId: !Ref Vpc
#     CidrBlock: 10.0.0.0/24
#     AvailabilityZone: !Select [0, !GetAZs ""]
# SubnetB:
#   Type: AWS::EC2::Subnet
#   Properties:
#     VpcId: !Ref Vpc
#     CidrBlock: 10.0.1.0/24
#     AvailabilityZone: !Select [1, !GetAZs ""]
# SubnetAIsPublic:
#   Type: AWS::EC2::SubnetRouteTableAssociation
#   Properties: {RouteTableId: !Ref RouteTable, SubnetId: !Ref SubnetA}
# SubnetBIsPublic:
#   Type: AWS::EC2::SubnetRouteTableAssociation
#   Properties: {RouteTableId: !Ref RouteTable, SubnetId: !Ref SubnetB}
# ```
#
# </details>

# %%
def named(kind):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": "frenchbakery"}]}]


vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc"))["Vpc"]["VpcId"]

gateway = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway"))
gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)

routes = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table"))
route_table_id = routes["RouteTable"]["RouteTableId"]
ec2.create_route(
    RouteTableId=route_table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id
)

zones = ec2.describe_availability_zones(
    Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
)["AvailabilityZones"]
for number, zone in enumerate(zones[:2]):
    subnet = ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock=f"10.0.{number}.0/24",
        AvailabilityZone=zone["ZoneName"],
        TagSpecifications=named("subnet"),
    )["Subnet"]
    ec2.associate_route_table(RouteTableId=route_table_id, SubnetId=subnet["SubnetId"])
    print(subnet["AvailabilityZone"], subnet["CidrBlock"])

# %% [markdown] tags=["fr"]
# ### Deux groupes de sécurité
#
# Un **groupe de sécurité** est un pare-feu posé sur une interface réseau : il énumère ce qui peut entrer, tout le reste est refusé, et
# les réponses repartent librement (il est *à état*). Sa finesse : une règle peut désigner **un autre groupe** au lieu d’une plage d’adresses. Les
# tâches vont et viennent, leurs adresses changent ; la règle « le port 8080, seulement depuis l’équilibreur » reste vraie sans qu’on y
# touche.
#
# > **Ce que fait le cloud local, et ce qu’il ne fait pas.** De l’équilibreur vers vos tâches, vos règles comptent : fermez le
# > port 8080 et les cibles échouent en *Target.Timeout*, comme sur AWS. De même pour la route d’une tâche vers ECR. Mais il ne
# > filtre pas les paquets de votre machine : de vous vers l’équilibreur, ou d’une tâche à l’autre, rien n’est bloqué ici. Sur
# > un compte AWS, si.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : VPC → Security groups → Create security group. Pour `frenchbakery-tasks`, dans la source de la règle, choisissez
# `frenchbakery-alb` plutôt qu’une adresse.
#
# **AWS CLI**
#
# ```bash
# ALB=$(aws ec2 create-security-group --group-name frenchbakery-alb --description "HTTP from anywhere" \
#   --vpc-id "$VPC" --query GroupId --output text)
# TASKS=$(aws ec2 create-security-group --group-name frenchbakery-tasks \
#   --description "From the load balancer only" --vpc-id "$VPC" --query GroupId --output text)
# aws ec2 authorize-security-group-ingress --group-id "$ALB" --protocol tcp --port 80 --cidr 0.0.0.0/0
# aws ec2 authorize-security-group-ingress --group-id "$TASKS" --protocol tcp --port 8080 --source-group "$ALB"
# ```
#
# **CloudFormation**
#
# ```yaml
# EntranceGroup:
#   Type: AWS::EC2::SecurityGroup
#   Properties:
#     GroupName: frenchbakery-alb
#     GroupDescription: HTTP from anywhere
#     VpcId: !Ref Vpc
#     SecurityGroupIngress:
#       - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
# TasksGroup:
#   Type: AWS::EC2::SecurityGroup
#   Properties:
#     GroupName: frenchbakery-tasks
#     GroupDescription: From the load balancer only
#     VpcId: !Ref Vpc
#     SecurityGroupIngress:
#       - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !GetAtt EntranceGroup.GroupId}
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ### Two security groups
#
# A **security group** is a firewall on a network interface: it lists what may come in, everything else is refused, and answers
# leave freely (it is *stateful*). Its best feature: a rule may name **another group** instead of an address range. Tasks come and
# go and their addresses change; the rule “port 8080, from the load balancer only” stays true without anyone touching it.
#
# > **What the local cloud does, and what it does not.** From the load balancer to your tasks your rules count: close port 8080
# > and the targets fail with *Target.Timeout*, as on AWS. So does a task’s route to ECR. But it filters no packets on your
# > machine: from you to the load balancer, or from one task to another, nothing is blocked here. On an AWS account it is.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: VPC → Security groups → Create security group. For `frenchbakery-tasks`, choose `frenchbakery-alb` as the rule’s
# source rather than an address.
#
# **AWS CLI**
#
# ```bash
# ALB=$(aws ec2 create-security-group --group-name frenchbakery-alb --description "HTTP from anywhere" \
#   --vpc-id "$VPC" --query GroupId --output text)
# TASKS=$(aws ec2 create-security-group --group-name frenchbakery-tasks \
#   --description "From the load balancer only" --vpc-id "$VPC" --query GroupId --output text)
# aws ec2 authorize-security-group-ingress --group-id "$ALB" --protocol tcp --port 80 --cidr 0.0.0.0/0
# aws ec2 authorize-security-group-ingress --group-id "$TASKS" --protocol tcp --port 8080 --source-group "$ALB"
# ```
#
# **CloudFormation**
#
# ```yaml
# EntranceGroup:
#   Type: AWS::EC2::SecurityGroup
#   Properties:
#     GroupName: frenchbakery-alb
#     GroupDescription: HTTP from anywhere
#     VpcId: !Ref Vpc
#     SecurityGroupIngress:
#       - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
# TasksGroup:
#   Type: AWS::EC2::SecurityGroup
#   Properties:
#     GroupName: frenchbakery-tasks
#     GroupDescription: From the load balancer only
#     VpcId: !Ref Vpc
#     SecurityGroupIngress:
#       - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !GetAtt EntranceGroup.GroupId}
# ```
#
# </details>

# %%
entrance_group = ec2.create_security_group(
    GroupName="frenchbakery-alb", Description="HTTP from anywhere", VpcId=vpc_id
)["GroupId"]
tasks_group = ec2.create_security_group(
    GroupName="frenchbakery-tasks", Description="From the load balancer only", VpcId=vpc_id
)["GroupId"]

ec2.authorize_security_group_ingress(
    GroupId=entrance_group,
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ],
)
ec2.authorize_security_group_ingress(
    GroupId=tasks_group,
    IpPermissions=[
        {
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
            "UserIdGroupPairs": [{"GroupId": entrance_group}],
        }
    ],
)
for group in ec2.describe_security_groups(GroupIds=[entrance_group, tasks_group])["SecurityGroups"]:
    print(group["GroupName"], [rule["FromPort"] for rule in group["IpPermissions"]])

# %% [markdown] tags=["fr"]
# ### L’équilibreur de charge et ses règles
#
# Un **Application Load Balancer** comprend HTTP : il lit le chemin d’une requête avant de décider où l’envoyer. Trois objets
# s’emboîtent :
#
# - le **listener** (« écouteur » dans la documentation française) attend sur un port, ici 80 ;
# - ses **règles**, essayées par ordre de priorité, associent un chemin à un groupe cible ; la règle par défaut ramasse le reste ;
# - un **groupe cible** est une liste d’adresses et un contrôle de santé. Seules les cibles saines reçoivent des requêtes.
#
# Le type de cible est `ip` : une tâche Fargate a sa propre interface réseau et sa propre adresse, elle ne partage pas celle d’une
# instance.
#
# Le contrôle de santé demande `/healthz`, qui répond dès que le processus tourne et **ne dépend de personne**. Ce choix compte. ECS
# remplace une tâche dont le contrôle échoue : si `/healthz` d’`orders` interrogeait `products`, une panne de `products` ferait tuer
# toutes les tâches d’`orders`, pourtant en parfait état.
#
# Deux réglages accélèrent le labo : un contrôle toutes les 5 secondes, et 5 secondes au lieu de 300 pour laisser les requêtes en
# cours se terminer quand une cible s’en va (le *deregistration delay*).
#
# > **À l’examen.** Un ALB exige des sous-réseaux dans au moins deux zones. Aiguiller par chemin ou par nom d’hôte : ALB.
# > TCP ou UDP, adresses fixes, très faible latence : NLB.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : EC2 → Target groups → Create target group (IP addresses, port 8080, `/healthz`), quatre fois ; puis EC2 → Load
# balancers → Create → Application Load Balancer, Internet-facing ; enfin, dans son listener, Manage rules.
#
# **AWS CLI**
#
# ```bash
# LB=$(aws elbv2 create-load-balancer --name frenchbakery --subnets "$SUBNET_A" "$SUBNET_B" \
#   --security-groups "$ALB" --query 'LoadBalancers[0].LoadBalancerArn' --output text)
# target_group() {
#   aws elbv2 create-target-group --name "frenchbakery-$1" --target-type ip --protocol HTTP --port 8080 --vpc-id "$VPC" \
#     --health-check-path /healthz --health-check-interval-seconds 5 --health-check-timeout-seconds 2 \
#     --healthy-threshold-count 2 --query 'TargetGroups[0].TargetGroupArn' --output text
# }
# FRONTEND=$(target_group frontend)
# PRODUCTS=$(target_group products)
# ORDERS=$(target_group orders)
# REVIEWS=$(target_group reviews)
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 modify-target-group-attributes --target-group-arn "$group" \
#     --attributes Key=deregistration_delay.timeout_seconds,Value=5
# done
# LISTENER=$(aws elbv2 create-listener --load-balancer-arn "$LB" --protocol HTTP --port 80 \
#   --default-actions "Type=forward,TargetGroupArn=$FRONTEND" --query 'Listeners[0].ListenerArn' --output text)
# path_rule() {
#   aws elbv2 create-rule --listener-arn "$LISTENER" --priority "$1" \
#     --conditions "Field=path-pattern,Values=/api/$2*" --actions "Type=forward,TargetGroupArn=$3"
# }
# path_rule 10 products "$PRODUCTS"
# path_rule 20 orders "$ORDERS"
# path_rule 30 reviews "$REVIEWS"
# aws elbv2 wait load-balancer-available --load-balancer-arns "$LB"
# ```
#
# **CloudFormation**
#
# ```yaml
# LoadBalancer:
#   Type: AWS::ElasticLoadBalancingV2::LoadBalancer
#   DependsOn: GatewayAttachment
#   Properties:
#     Name: frenchbakery
#     Scheme: internet-facing
#     Subnets: [!Ref SubnetA, !Ref SubnetB]
#     SecurityGroups: [!GetAtt EntranceGroup.GroupId]
# OrdersTargets:
#   Type: AWS::ElasticLoadBalancingV2::TargetGroup
#   Properties:
#     Name: frenchbakery-orders
#     TargetType: ip
#     Protocol: HTTP
#     Port: 8080
#     VpcId: !Ref Vpc
#     HealthCheckPath: /healthz
#     HealthCheckIntervalSeconds: 5
#     HealthCheckTimeoutSeconds: 2
#     HealthyThresholdCount: 2
#     TargetGroupAttributes:
#       - {Key: deregistration_delay.timeout_seconds, Value: "5"}
# Listener:
#   Type: AWS::ElasticLoadBalancingV2::Listener
#   Properties:
#     LoadBalancerArn: !Ref LoadBalancer
#     Protocol: HTTP
#     Port: 80
#     DefaultActions: [{Type: forward, TargetGroupArn: !Ref FrontendTargets}]
# OrdersRule:
#   Type: AWS::ElasticLoadBalancingV2::ListenerRule
#   Properties:
#     ListenerArn: !Ref Listener
#     Priority: 20
#     Conditions:
#       - {Field: path-pattern, PathPatternConfig: {Values: ["/api/orders*"]}}
#     Actions:
#       - {Type: forward, TargetGroupArn: !Ref OrdersTargets}
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ### The load balancer and its rules
#
# An **Application Load Balancer** understands HTTP: it reads a request’s path before deciding where to send it. Three objects fit inside one another:
#
# - the **listener** waits on a port, here 80;
# - its **rules**, tried by priority, pair a path with a target group; the default rule catches the rest;
# - a **target group** is a list of addresses and a health check. Only healthy targets receive requests.
#
# The target type is `ip`: a Fargate task has its own network interface and its own address, and shares no instance’s.
#
# The health check asks for `/healthz`, which answers as soon as the process runs and **depends on nobody**. That choice matters. ECS
# replaces a task whose check fails: if the `/healthz` of `orders` asked `products`, a failure of `products` would get every task of
# `orders` killed, in perfect health though they are.
#
# Two settings speed the lab up: a check every 5 seconds, and 5 seconds rather than 300 to let running requests finish when a target leaves
# (the *deregistration delay*).
#
# > **In the exam.** An ALB needs subnets in at least two zones. Routing by path or host name: ALB. TCP or UDP, fixed
# > addresses, very low latency: NLB.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: EC2 → Target groups → Create target group (IP addresses, port 8080, `/healthz`), four times; then EC2 → Load balancers →
# Create → Application Load Balancer, Internet-facing; last, in its listener, Manage rules.
#
# **AWS CLI**
#
# ```bash
# LB=$(aws elbv2 create-load-balancer --name frenchbakery --subnets "$SUBNET_A" "$SUBNET_B" \
#   --security-groups "$ALB" --query 'LoadBalancers[0].LoadBalancerArn' --output text)
# target_group() {
#   aws elbv2 create-target-group --name "frenchbakery-$1" --target-type ip --protocol HTTP --port 8080 --vpc-id "$VPC" \
#     --health-check-path /healthz --health-check-interval-seconds 5 --health-check-timeout-seconds 2 \
#     --healthy-threshold-count 2 --query 'TargetGroups[0].TargetGroupArn' --output text
# }
# FRONTEND=$(target_group frontend)
# PRODUCTS=$(target_group products)
# ORDERS=$(target_group orders)
# REVIEWS=$(target_group reviews)
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 modify-target-group-attributes --target-group-arn "$group" \
#     --attributes Key=deregistration_delay.timeout_seconds,Value=5
# done
# LISTENER=$(aws elbv2 create-listener --load-balancer-arn "$LB" --protocol HTTP --port 80 \
#   --default-actions "Type=forward,TargetGroupArn=$FRONTEND" --query 'Listeners[0].ListenerArn' --output text)
# path_rule() {
#   aws elbv2 create-rule --listener-arn "$LISTENER" --priority "$1" \
#     --conditions "Field=path-pattern,Values=/api/$2*" --actions "Type=forward,TargetGroupArn=$3"
# }
# path_rule 10 products "$PRODUCTS"
# path_rule 20 orders "$ORDERS"
# path_rule 30 reviews "$REVIEWS"
# aws elbv2 wait load-balancer-available --load-balancer-arns "$LB"
# ```
#
# **CloudFormation**
#
# ```yaml
# LoadBalancer:
#   Type: AWS::ElasticLoadBalancingV2::LoadBalancer
#   DependsOn: GatewayAttachment
#   Properties:
#     Name: frenchbakery
#     Scheme: internet-facing
#     Subnets: [!Ref SubnetA, !Ref SubnetB]
#     SecurityGroups: [!GetAtt EntranceGroup.GroupId]
# OrdersTargets:
#   Type: AWS::ElasticLoadBalancingV2::TargetGroup
#   Properties:
#     Name: frenchbakery-orders
#     TargetType: ip
#     Protocol: HTTP
#     Port: 8080
#     VpcId: !Ref Vpc
#     HealthCheckPath: /healthz
#     HealthCheckIntervalSeconds: 5
#     HealthCheckTimeoutSeconds: 2
#     HealthyThresholdCount: 2
#     TargetGroupAttributes:
#       - {Key: deregistration_delay.timeout_seconds, Value: "5"}
# Listener:
#   Type: AWS::ElasticLoadBalancingV2::Listener
#   Properties:
#     LoadBalancerArn: !Ref LoadBalancer
#     Protocol: HTTP
#     Port: 80
#     DefaultActions: [{Type: forward, TargetGroupArn: !Ref FrontendTargets}]
# OrdersRule:
#   Type: AWS::ElasticLoadBalancingV2::ListenerRule
#   Properties:
#     ListenerArn: !Ref Listener
#     Priority: 20
#     Conditions:
#       - {Field: path-pattern, PathPatternConfig: {Values: ["/api/orders*"]}}
#     Actions:
#       - {Type: forward, TargetGroupArn: !Ref OrdersTargets}
# ```
#
# </details>

# %%
subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
load_balancer = elbv2.create_load_balancer(
    Name="frenchbakery",
    Type="application",
    Scheme="internet-facing",
    Subnets=[subnet["SubnetId"] for subnet in subnets],
    SecurityGroups=[entrance_group],
)["LoadBalancers"][0]

targets = {}
for service in services:
    target_group = elbv2.create_target_group(
        Name=f"frenchbakery-{service}",
        Protocol="HTTP",
        Port=8080,
        VpcId=vpc_id,
        TargetType="ip",
        HealthCheckPath="/healthz",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]
    targets[service] = target_group["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=targets[service],
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}],
    )

# %%
listener = elbv2.create_listener(
    LoadBalancerArn=load_balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["frontend"]}],
)["Listeners"][0]

for priority, service in [(10, "products"), (20, "orders"), (30, "reviews")]:
    elbv2.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=priority,
        Conditions=[
            {"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/api/{service}*"]}}
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": targets[service]}],
    )

elbv2.get_waiter("load_balancer_available").wait(
    LoadBalancerArns=[load_balancer["LoadBalancerArn"]], WaiterConfig={"Delay": 5, "MaxAttempts": 120}
)

# %% [markdown] tags=["fr"]
# ### La table des commandes
#
# Une tâche peut disparaître à tout instant, et ce qu’elle gardait avec elle. Deux tâches d’`orders` doivent en outre voir les mêmes
# commandes. L’état vit donc **hors des tâches**, dans une table DynamoDB dont la clé est le numéro de commande. Le service y écrit
# sous condition, « seulement si ce numéro n’existe pas » : deux requêtes identiques, même simultanées, ne font qu’une commande.
#
# En mode `PAY_PER_REQUEST`, une table qui dort ne coûte que son stockage.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : DynamoDB → Tables → Create table. Nom `frenchbakery-orders`, Partition key `id` (String), On-demand.
#
# **AWS CLI**
#
# ```bash
# aws dynamodb create-table --table-name frenchbakery-orders --billing-mode PAY_PER_REQUEST \
#   --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH
# aws dynamodb wait table-exists --table-name frenchbakery-orders
# ```
#
# **CloudFormation**
#
# ```yaml
# OrdersTable:
#   Type: AWS::DynamoDB::Table
#   Properties:
#     TableName: frenchbakery-orders
#     BillingMode: PAY_PER_REQUEST
#     AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
#     KeySchema: [{AttributeName: id, KeyType: HASH}]
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ### The table of orders
#
# A task may vanish at any moment, along with whatever it kept to itself. Besides, two tasks of `orders` must see the same
# orders. So state lives **outside the tasks**, in a DynamoDB table whose key is the order’s number. The service writes to it on
# a condition, “only if this number does not exist”: two identical requests, even at the same instant, make one order.
#
# In `PAY_PER_REQUEST` mode, a sleeping table costs nothing but its storage.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: DynamoDB → Tables → Create table. Name `frenchbakery-orders`, Partition key `id` (String), On-demand.
#
# **AWS CLI**
#
# ```bash
# aws dynamodb create-table --table-name frenchbakery-orders --billing-mode PAY_PER_REQUEST \
#   --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH
# aws dynamodb wait table-exists --table-name frenchbakery-orders
# ```
#
# **CloudFormation**
#
# ```yaml
# OrdersTable:
#   Type: AWS::DynamoDB::Table
#   Properties:
#     TableName: frenchbakery-orders
#     BillingMode: PAY_PER_REQUEST
#     AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
#     KeySchema: [{AttributeName: id, KeyType: HASH}]
# ```
#
# </details>

# %%
dynamodb.create_table(
    TableName="frenchbakery-orders",
    BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
)
dynamodb.get_waiter("table_exists").wait(
    TableName="frenchbakery-orders", WaiterConfig={"Delay": 2, "MaxAttempts": 60}
)

# %%
lab.check("network")

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# > **Défi · La réponse sans tâche.** Un service de surveillance demande `/ping` toutes les dix secondes. Inutile de réveiller une tâche pour cela : faites répondre
# > l’équilibreur **lui-même**, `200`, à ce chemin-là et à aucun autre.

# %% [markdown] tags=["en"]
# > **Challenge · The answer without a task.** A monitoring service asks for `/ping` every ten seconds. No need to wake a task for that: have the load balancer answer
# > **by itself**, `200`, to that path and to no other.

# %% tags=["challenge"]
[balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
[front_door] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
_ = elbv2.create_rule(
    ListenerArn=front_door["ListenerArn"],
    Priority=5,
    Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/ping"]}}],
    Actions=[
        {
            "Type": "fixed-response",
            "FixedResponseConfig": {
                "StatusCode": "200",
                "ContentType": "text/plain",
                "MessageBody": "pong",
            },
        }
    ],
)

# %%
lab.check("lab-ping")

# %% [markdown] tags=["fr"]
# > **Défi · La file la plus courte.** Certaines commandes sont longues à prendre, d’autres non. À tour de rôle, une tâche peut se retrouver avec toutes les longues. Réglez le groupe
# > cible de `orders`, et lui seul, pour que chaque requête aille à la tâche qui en a **le moins en attente**.

# %% [markdown] tags=["en"]
# > **Challenge · The shortest queue.** Some orders take long, others do not. Taken in turn, one task may end up with all the long ones. Set the target group of `orders`, and
# > that one only, so that each request goes to the task with **the fewest waiting**.

# %% tags=["challenge"]
[group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
_ = elbv2.modify_target_group_attributes(
    TargetGroupArn=group["TargetGroupArn"],
    Attributes=[{"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"}],
)

# %%
lab.check("lab-waiting")

# %% [markdown] tags=["fr"]
# ## Étape 5 · Rôles, journaux et définitions de tâche
#
# ### Deux rôles pour deux moments
#
# Avant que le conteneur démarre, **ECS** doit tirer l’image et ouvrir un flux de journaux. Une fois démarré, c’est **votre code** qui
# agit. Deux acteurs, deux rôles :
#
# | | rôle d’exécution | rôle de tâche |
# |---|---|---|
# | qui s’en sert | ECS, pour préparer la tâche | le programme dans le conteneur |
# | pour quoi | tirer d’ECR, écrire dans CloudWatch Logs, lire les secrets à injecter | les appels AWS du programme |
# | s’il manque | Fargate refuse la définition de tâche, puisque son image vient d’ECR | le programme démarre, puis se fait refuser ses appels |
#
# `frontend`, `products` et `reviews` ne parlent pas à AWS : leur rôle de tâche reste **vide**, et un intrus qui s’y introduirait
# n’y trouverait aucun droit. `orders` écrit dans sa table : trois actions, sur cette table, rien de plus.
#
# La *politique d’approbation* dit qui peut endosser un rôle. Ici, `ecs-tasks.amazonaws.com`, c’est-à-dire les tâches ECS.
# Celui qui enregistre une définition de tâche a besoin, lui, du droit `iam:PassRole` sur les rôles qu’il y inscrit.
#
# > **À l’examen.** « La tâche ne parvient pas à tirer son image » : rôle d’exécution (ou pas de chemin réseau vers ECR). « L’application reçoit
# > AccessDenied de S3 » : rôle de tâche. Jamais de clés d’accès dans une image ou dans une variable d’environnement.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : IAM → Roles → Create role → AWS service → Elastic Container Service → Elastic Container Service Task.
#
# **AWS CLI**
#
# ```bash
# TRUST='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
#   "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
# EXECUTION_ROLE=$(aws iam create-role --role-name frenchbakery-execution \
#   --assume-role-policy-document "$TRUST" --query Role.Arn --output text)
# aws iam attach-role-policy --role-name frenchbakery-execution \
#   --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
# ORDERS_ROLE=$(aws iam create-role --role-name frenchbakery-orders-task \
#   --assume-role-policy-document "$TRUST" --query Role.Arn --output text)
# TABLE=$(aws dynamodb describe-table --table-name frenchbakery-orders --query Table.TableArn --output text)
# aws iam put-role-policy --role-name frenchbakery-orders-task --policy-name orders-table \
#   --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
#     "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], "Resource": "'"$TABLE"'"}]}'
# aws iam wait role-exists --role-name frenchbakery-orders-task
# ```
#
# **CloudFormation**
#
# ```yaml
# ExecutionRole:
#   Type: AWS::IAM::Role
#   Properties:
#     AssumeRolePolicyDocument:
#       Version: "2012-10-17"
#       Statement:
#         - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
#     ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy]
# OrdersTaskRole:
#   Type: AWS::IAM::Role
#   Properties:
#     AssumeRolePolicyDocument:
#       Version: "2012-10-17"
#       Statement:
#         - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
#     Policies:
#       - PolicyName: orders-table
#         PolicyDocument:
#           Version: "2012-10-17"
#           Statement:
#             - Effect: Allow
#               Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"]
#               Resource: !GetAtt OrdersTable.Arn
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 5 · Roles, logs and task definitions
#
# ### Two roles for two moments
#
# Before the container starts, **ECS** has to pull the image and open a log stream. Once it has started, it is **your code** that acts.
# Two actors, two roles:
#
# | | execution role | task role |
# |---|---|---|
# | who uses it | ECS, to prepare the task | the program in the container |
# | what for | pulling from ECR, writing to CloudWatch Logs, reading secrets to inject | the program’s own AWS calls |
# | if it is missing | Fargate refuses the task definition, since its image comes from ECR | the program starts, then has its calls refused |
#
# `frontend`, `products` and `reviews` do not talk to AWS: their task role stays **empty**, and an intruder who got in there would
# find no rights to use. `orders` writes to its table: three actions, on that table, and nothing more.
#
# The *trust policy* says who may assume a role. Here `ecs-tasks.amazonaws.com`, that is, ECS tasks. Whoever registers a task
# definition needs, in turn, the right `iam:PassRole` on the roles written in it.
#
# > **In the exam.** “The task cannot pull its image”: execution role (or no network path to ECR). “The application gets
# > AccessDenied from S3”: task role. Never put access keys in an image or in an environment variable.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: IAM → Roles → Create role → AWS service → Elastic Container Service → Elastic Container Service Task.
#
# **AWS CLI**
#
# ```bash
# TRUST='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
#   "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
# EXECUTION_ROLE=$(aws iam create-role --role-name frenchbakery-execution \
#   --assume-role-policy-document "$TRUST" --query Role.Arn --output text)
# aws iam attach-role-policy --role-name frenchbakery-execution \
#   --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
# ORDERS_ROLE=$(aws iam create-role --role-name frenchbakery-orders-task \
#   --assume-role-policy-document "$TRUST" --query Role.Arn --output text)
# TABLE=$(aws dynamodb describe-table --table-name frenchbakery-orders --query Table.TableArn --output text)
# aws iam put-role-policy --role-name frenchbakery-orders-task --policy-name orders-table \
#   --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
#     "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], "Resource": "'"$TABLE"'"}]}'
# aws iam wait role-exists --role-name frenchbakery-orders-task
# ```
#
# **CloudFormation**
#
# ```yaml
# ExecutionRole:
#   Type: AWS::IAM::Role
#   Properties:
#     AssumeRolePolicyDocument:
#       Version: "2012-10-17"
#       Statement:
#         - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
#     ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy]
# OrdersTaskRole:
#   Type: AWS::IAM::Role
#   Properties:
#     AssumeRolePolicyDocument:
#       Version: "2012-10-17"
#       Statement:
#         - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
#     Policies:
#       - PolicyName: orders-table
#         PolicyDocument:
#           Version: "2012-10-17"
#           Statement:
#             - Effect: Allow
#               Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"]
#               Resource: !GetAtt OrdersTable.Arn
# ```
#
# </details>

# %%
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
execution_role = iam.create_role(
    RoleName="frenchbakery-execution", AssumeRolePolicyDocument=json.dumps(trust)
)["Role"]
iam.attach_role_policy(
    RoleName="frenchbakery-execution",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)

orders_table = dynamodb.describe_table(TableName="frenchbakery-orders")["Table"]
orders_role = iam.create_role(
    RoleName="frenchbakery-orders-task", AssumeRolePolicyDocument=json.dumps(trust)
)["Role"]
iam.put_role_policy(
    RoleName="frenchbakery-orders-task",
    PolicyName="orders-table",
    PolicyDocument=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"],
                    "Resource": orders_table["TableArn"],
                }
            ],
        }
    ),
)
iam.get_waiter("role_exists").wait(RoleName="frenchbakery-orders-task")

# %% [markdown] tags=["fr"]
# ### Où vont les journaux
#
# Un conteneur écrit sur sa sortie standard ; le pilote `awslogs` recopie chaque ligne dans **CloudWatch Logs**. Un *groupe de journaux*
# rassemble, un *flux* par tâche sépare. Sans durée de conservation, CloudWatch garde tout pour toujours, et le facture : une semaine suffira.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : CloudWatch → Log groups → Create log group. Nom `/ecs/frenchbakery`, Retention setting : 1 week.
#
# **AWS CLI**
#
# ```bash
# aws logs create-log-group --log-group-name /ecs/frenchbakery
# aws logs put-retention-policy --log-group-name /ecs/frenchbakery --retention-in-days 7
# ```
#
# **CloudFormation**
#
# ```yaml
# LogGroup:
#   Type: AWS::Logs::LogGroup
#   Properties: {LogGroupName: /ecs/frenchbakery, RetentionInDays: 7}
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ### Where logs go
#
# A container writes to its standard output; the `awslogs` driver copies each line to **CloudWatch Logs**. A *log group* gathers, one *stream* per
# task keeps apart. Without a retention period, CloudWatch keeps everything for ever and bills it: a week will do.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: CloudWatch → Log groups → Create log group. Name `/ecs/frenchbakery`, Retention setting: 1 week.
#
# **AWS CLI**
#
# ```bash
# aws logs create-log-group --log-group-name /ecs/frenchbakery
# aws logs put-retention-policy --log-group-name /ecs/frenchbakery --retention-in-days 7
# ```
#
# **CloudFormation**
#
# ```yaml
# LogGroup:
#   Type: AWS::Logs::LogGroup
#   Properties: {LogGroupName: /ecs/frenchbakery, RetentionInDays: 7}
# ```
#
# </details>

# %%
logs.create_log_group(logGroupName="/ecs/frenchbakery")
_ = logs.put_retention_policy(logGroupName="/ecs/frenchbakery", retentionInDays=7)

# %% [markdown] tags=["fr"]
# ### La définition de tâche
#
# Une **définition de tâche** est la fiche de ce qu’il faut lancer : d’un à dix conteneurs, leur image, leur CPU et leur mémoire, leurs
# ports, leurs variables, leurs journaux, les deux rôles. On ne la modifie pas ; on enregistre une nouvelle **révision**, et l’ancienne
# reste disponible pour y revenir. Une **tâche** est une définition qui tourne.
#
# Commençons par `frontend`. Chaque ligne a sa raison :
#
# - `cpu="256"`, `memory="512"` : un quart de vCPU et 512 Mio, la plus petite taille de Fargate. Les deux vont par couples, et un couple
#   qui n’existe pas est refusé à l’enregistrement.
# - `networkMode="awsvpc"` : une interface réseau par tâche ; Fargate n’en connaît pas d’autre.
# - `image` : le dépôt, puis `@` et le condensat. Ce qui tournera dans six mois est ce que vous avez testé aujourd’hui.
# - `BACKEND_URL` : l’adresse de l’équilibreur. Le `frontend` y demande `/api/products`, les règles font le reste.
# - pas de `taskRoleArn` : le rôle de tâche est vide, comme on l’a voulu.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Elastic Container Service → Task definitions → Create new task definition. Launch type AWS Fargate, .25 vCPU, .5 GB,
# Task role vide, Task execution role `frenchbakery-execution` ; un conteneur, port 8080, une variable.
#
# **AWS CLI**
#
# ```bash
# DNS=$(aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].DNSName' --output text)
# BACKEND='{"name": "BACKEND_URL", "value": "http://'"$DNS"'"}'
# define() {
#   SERVICE=$1 VARIABLES=$2
#   shift 2
#   DIGEST=$(aws ecr describe-images --repository-name "frenchbakery/$SERVICE" --image-ids imageTag=1.0 \
#     --query 'imageDetails[0].imageDigest' --output text)
#   aws ecs register-task-definition --family "frenchbakery-$SERVICE" --requires-compatibilities FARGATE \
#     --network-mode awsvpc --cpu 256 --memory 512 --execution-role-arn "$EXECUTION_ROLE" "$@" \
#     --container-definitions '[{"name": "'"$SERVICE"'", "image": "'"$REGISTRY/frenchbakery/$SERVICE@$DIGEST"'",
#       "portMappings": [{"containerPort": 8080}], "environment": ['"$VARIABLES"'],
#       "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/frenchbakery",
#         "awslogs-region": "us-east-1", "awslogs-stream-prefix": "shop"}}}]'
# }
# define frontend "$BACKEND"
# define products ""
# define reviews ""
# define orders "$BACKEND, "'{"name": "ORDERS_TABLE", "value": "frenchbakery-orders"}' --task-role-arn "$ORDERS_ROLE"
# ```
#
# **CloudFormation**
#
# ```yaml
# FrontendTask:
#   Type: AWS::ECS::TaskDefinition
#   Properties:
#     Family: frenchbakery-frontend
#     RequiresCompatibilities: [FARGATE]
#     NetworkMode: awsvpc
#     Cpu: "256"
#     Memory: "512"
#     ExecutionRoleArn: !GetAtt ExecutionRole.Arn
#     ContainerDefinitions:
#       - Name: frontend
#         Image: !Sub "${FrontendRepository.RepositoryUri}:1.0"
#         PortMappings: [{ContainerPort: 8080}]
#         Environment:
#           - {Name: BACKEND_URL, Value: !Sub "http://${LoadBalancer.DNSName}"}
#         LogConfiguration:
#           LogDriver: awslogs
#           Options:
#             awslogs-group: !Ref LogGroup
#             awslogs-region: !Ref AWS::Region
#             awslogs-stream-prefix: shop
# ```
#
# Dans le modèle, `orders` reçoit en plus `TaskRoleArn` et sa variable `ORDERS_TABLE`. CloudFormation ne va pas chercher le
# condensat tout seul ; ici, l’étiquette immuable en tient lieu.
#
# </details>

# %% [markdown] tags=["en"]
# ### The task definition
#
# A **task definition** is the sheet that says what to launch: one to ten containers, their image, CPU and memory, their ports, their
# variables, their logs, the two roles. You do not edit it; you register a new **revision**, and the old one stays at hand to go back to. A
# **task** is a definition that runs.
#
# Start with `frontend`. Every line has its reason:
#
# - `cpu="256"`, `memory="512"`: a quarter of a vCPU and 512 MiB, Fargate’s smallest size. The two come in pairs, and a pair that does not
#   exist is refused when you register it.
# - `networkMode="awsvpc"`: one network interface per task; Fargate knows no other way.
# - `image`: the repository, then `@` and the digest. What runs six months from now is what you tested today.
# - `BACKEND_URL`: the load balancer’s address. `frontend` asks it for `/api/products`, the rules do the rest.
# - no `taskRoleArn`: the task role is empty, as intended.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Elastic Container Service → Task definitions → Create new task definition. Launch type AWS Fargate, .25 vCPU, .5 GB, Task
# role empty, Task execution role `frenchbakery-execution`; one container, port 8080, one variable.
#
# **AWS CLI**
#
# ```bash
# DNS=$(aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].DNSName' --output text)
# BACKEND='{"name": "BACKEND_URL", "value": "http://'"$DNS"'"}'
# define() {
#   SERVICE=$1 VARIABLES=$2
#   shift 2
#   DIGEST=$(aws ecr describe-images --repository-name "frenchbakery/$SERVICE" --image-ids imageTag=1.0 \
#     --query 'imageDetails[0].imageDigest' --output text)
#   aws ecs register-task-definition --family "frenchbakery-$SERVICE" --requires-compatibilities FARGATE \
#     --network-mode awsvpc --cpu 256 --memory 512 --execution-role-arn "$EXECUTION_ROLE" "$@" \
#     --container-definitions '[{"name": "'"$SERVICE"'", "image": "'"$REGISTRY/frenchbakery/$SERVICE@$DIGEST"'",
#       "portMappings": [{"containerPort": 8080}], "environment": ['"$VARIABLES"'],
#       "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/frenchbakery",
#         "awslogs-region": "us-east-1", "awslogs-stream-prefix": "shop"}}}]'
# }
# define frontend "$BACKEND"
# define products ""
# define reviews ""
# define orders "$BACKEND, "'{"name": "ORDERS_TABLE", "value": "frenchbakery-orders"}' --task-role-arn "$ORDERS_ROLE"
# ```
#
# **CloudFormation**
#
# ```yaml
# FrontendTask:
#   Type: AWS::ECS::TaskDefinition
#   Properties:
#     Family: frenchbakery-frontend
#     RequiresCompatibilities: [FARGATE]
#     NetworkMode: awsvpc
#     Cpu: "256"
#     Memory: "512"
#     ExecutionRoleArn: !GetAtt ExecutionRole.Arn
#     ContainerDefinitions:
#       - Name: frontend
#         Image: !Sub "${FrontendRepository.RepositoryUri}:1.0"
#         PortMappings: [{ContainerPort: 8080}]
#         Environment:
#           - {Name: BACKEND_URL, Value: !Sub "http://${LoadBalancer.DNSName}"}
#         LogConfiguration:
#           LogDriver: awslogs
#           Options:
#             awslogs-group: !Ref LogGroup
#             awslogs-region: !Ref AWS::Region
#             awslogs-stream-prefix: shop
# ```
#
# In the template, `orders` is also given `TaskRoleArn` and its variable `ORDERS_TABLE`. CloudFormation does not look the digest up
# by itself; here the immutable tag stands in for it.
#
# </details>

# %%
def image_of(service):
    name = f"frenchbakery/{service}"
    [repository] = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    [image] = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "1.0"}])["imageDetails"]
    return f"{repository['repositoryUri']}@{image['imageDigest']}"


def container(service, environment):
    return {
        "name": service,
        "image": image_of(service),
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/ecs/frenchbakery",
                "awslogs-region": session.region_name,
                "awslogs-stream-prefix": "shop",
            },
        },
    }


[load_balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
backend_url = f"http://{load_balancer['DNSName']}"
fargate = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": execution_role["Arn"],
}

frontend = ecs.register_task_definition(
    family="frenchbakery-frontend",
    containerDefinitions=[container("frontend", {"BACKEND_URL": backend_url})],
    **fargate,
)["taskDefinition"]
frontend["family"], frontend["revision"], frontend["cpu"], frontend["memory"]

# %% [markdown] tags=["fr"]
# Les trois autres suivent le même modèle. `orders` est la seule à recevoir un rôle de tâche, et le nom de sa table.

# %% [markdown] tags=["en"]
# The other three follow the same pattern. `orders` alone is given a task role, and the name of its table.

# %%
for service in ["products", "reviews"]:
    ecs.register_task_definition(
        family=f"frenchbakery-{service}", containerDefinitions=[container(service, {})], **fargate
    )

orders_environment = {"BACKEND_URL": backend_url, "ORDERS_TABLE": "frenchbakery-orders"}
_ = ecs.register_task_definition(
    family="frenchbakery-orders",
    taskRoleArn=orders_role["Arn"],
    containerDefinitions=[container("orders", orders_environment)],
    **fargate,
)

# %% [markdown] tags=["fr"]
# Et si l’on demandait à Fargate un quart de vCPU avec 8 Gio de mémoire ? Il refuse tout de suite, avec l’erreur même que renvoie AWS :

# %% [markdown] tags=["en"]
# What if we asked Fargate for a quarter of a vCPU with 8 GiB of memory? It refuses at once, with the very error that AWS returns:

# %% tags=["raises-exception"]
ecs.register_task_definition(
    family="frenchbakery-frontend",
    containerDefinitions=[container("frontend", {})],
    **{**fargate, "memory": "8192"},
)

# %%
lab.check("task_definitions")

# %% [markdown] tags=["fr"]
# ## Étape 6 · Les services
#
# Lancer une tâche est un geste ; la garder en vie est un métier. Un **service** ECS le fait pour vous : il compare sans cesse ce que vous demandez
# à ce qui tourne, et comble l’écart. Une tâche meurt ? Il en démarre une autre. Une nouvelle révision arrive ? Il remplace les anciennes
# petit à petit.
#
# - `desiredCount=2` : deux tâches. Avec deux sous-réseaux dans deux zones, ECS les **répartit** une par zone.
# - `loadBalancers` : chaque tâche s’inscrit dans le groupe cible dès qu’elle tourne, et en est retirée avant d’être arrêtée.
# - `healthCheckGracePeriodSeconds=60` : un programme qui démarre ne répond pas encore ; pendant ce délai, on ne le lui reproche pas.
# - `deploymentCircuitBreaker` : si les nouvelles tâches échouent l’une après l’autre, ECS arrête les frais et, avec `rollback`, revient à
#   la version précédente.
# - `assignPublicIp="ENABLED"` : dans un sous-réseau public sans passerelle NAT, c’est le chemin par lequel la tâche va tirer son image.
#
# Par défaut, un déploiement garde au moins 100 % des tâches demandées en bonne santé et n’en fait pas tourner plus de 200 % : ECS en démarre de
# nouvelles avant d’arrêter les anciennes.
#
# > **À l’examen.** « Rester disponible si une instance ou une zone tombe » appelle plusieurs tâches, dans plusieurs zones, derrière un
# > équilibreur. Un redémarrage automatique seul laisse un trou.
# >
# > **Aujourd’hui** (vérifié en 2026). Quand une zone revient après une panne, ECS répartit de nouveau les tâches entre les zones,
# > de lui-même : c’est réglé ainsi d’office dans un service neuf. *(Source : Amazon ECS API Reference, « CreateService »,
# > `availabilityZoneRebalancing`.)*
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Clusters → frenchbakery → Services → Create. Famille `frenchbakery-orders`, Desired tasks 2, le VPC et ses deux
# sous-réseaux, Public IP activée, Load balancing : l’équilibreur, le listener et le groupe cible existants.
#
# **AWS CLI**
#
# ```bash
# start_service() {
#   aws ecs create-service --cluster frenchbakery --service-name "$1" --task-definition "frenchbakery-$1" \
#     --launch-type FARGATE --desired-count 2 --health-check-grace-period-seconds 60 \
#     --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' \
#     --network-configuration "awsvpcConfiguration={subnets=[$SUBNET_A,$SUBNET_B],securityGroups=[$TASKS],assignPublicIp=ENABLED}" \
#     --load-balancers "targetGroupArn=$2,containerName=$1,containerPort=8080"
# }
# start_service frontend "$FRONTEND"
# start_service products "$PRODUCTS"
# start_service orders "$ORDERS"
# start_service reviews "$REVIEWS"
# aws ecs wait services-stable --cluster frenchbakery --services frontend products orders reviews
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 wait target-in-service --target-group-arn "$group"
# done
# ```
#
# **CloudFormation**
#
# ```yaml
# OrdersService:
#   Type: AWS::ECS::Service
#   DependsOn: OrdersRule
#   Properties:
#     Cluster: !Ref Cluster
#     ServiceName: orders
#     TaskDefinition: !Ref OrdersTask
#     LaunchType: FARGATE
#     DesiredCount: !Ref Tasks
#     HealthCheckGracePeriodSeconds: 60
#     DeploymentConfiguration:
#       DeploymentCircuitBreaker: {Enable: true, Rollback: true}
#     NetworkConfiguration:
#       AwsvpcConfiguration:
#         Subnets: [!Ref SubnetA, !Ref SubnetB]
#         SecurityGroups: [!GetAtt TasksGroup.GroupId]
#         AssignPublicIp: ENABLED
#     LoadBalancers:
#       - {TargetGroupArn: !Ref OrdersTargets, ContainerName: orders, ContainerPort: 8080}
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 6 · The services
#
# Launching a task takes a moment; keeping it alive is a full-time job. An ECS **service** does it for you: it compares, again and again, what you ask for
# with what runs, and closes the gap. A task dies? It starts another. A new revision comes? It replaces the old ones little by little.
#
# - `desiredCount=2`: two tasks. With two subnets in two zones, ECS **spreads** them, one in each.
# - `loadBalancers`: each task registers in the target group as soon as it runs, and is taken out before it is stopped.
# - `healthCheckGracePeriodSeconds=60`: a program that is starting does not answer yet; during this time nobody holds it against it.
# - `deploymentCircuitBreaker`: if new tasks fail one after the other, ECS cuts its losses and, with `rollback`, goes back to the previous version.
# - `assignPublicIp="ENABLED"`: in a public subnet without a NAT gateway, this is how the task reaches ECR to pull its image.
#
# By default, a deployment keeps at least 100% of the tasks asked for healthy and runs no more than 200% of them: ECS starts new ones before it
# stops the old.
#
# > **In the exam.** “Stay available if an instance or a zone fails” means several tasks, in several zones, behind a load
# > balancer. An automatic restart on its own leaves a gap.
# >
# > **Today** (checked in 2026). When a zone comes back after a failure, ECS spreads the tasks over the zones again, by itself: in a
# > new service that is the default. *(Source: Amazon ECS API Reference, “CreateService”, `availabilityZoneRebalancing`.)*
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Clusters → frenchbakery → Services → Create. Family `frenchbakery-orders`, Desired tasks 2, the VPC and its two subnets, Public IP
# turned on, Load balancing: the existing load balancer, listener and target group.
#
# **AWS CLI**
#
# ```bash
# start_service() {
#   aws ecs create-service --cluster frenchbakery --service-name "$1" --task-definition "frenchbakery-$1" \
#     --launch-type FARGATE --desired-count 2 --health-check-grace-period-seconds 60 \
#     --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' \
#     --network-configuration "awsvpcConfiguration={subnets=[$SUBNET_A,$SUBNET_B],securityGroups=[$TASKS],assignPublicIp=ENABLED}" \
#     --load-balancers "targetGroupArn=$2,containerName=$1,containerPort=8080"
# }
# start_service frontend "$FRONTEND"
# start_service products "$PRODUCTS"
# start_service orders "$ORDERS"
# start_service reviews "$REVIEWS"
# aws ecs wait services-stable --cluster frenchbakery --services frontend products orders reviews
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 wait target-in-service --target-group-arn "$group"
# done
# ```
#
# **CloudFormation**
#
# ```yaml
# OrdersService:
#   Type: AWS::ECS::Service
#   DependsOn: OrdersRule
#   Properties:
#     Cluster: !Ref Cluster
#     ServiceName: orders
#     TaskDefinition: !Ref OrdersTask
#     LaunchType: FARGATE
#     DesiredCount: !Ref Tasks
#     HealthCheckGracePeriodSeconds: 60
#     DeploymentConfiguration:
#       DeploymentCircuitBreaker: {Enable: true, Rollback: true}
#     NetworkConfiguration:
#       AwsvpcConfiguration:
#         Subnets: [!Ref SubnetA, !Ref SubnetB]
#         SecurityGroups: [!GetAtt TasksGroup.GroupId]
#         AssignPublicIp: ENABLED
#     LoadBalancers:
#       - {TargetGroupArn: !Ref OrdersTargets, ContainerName: orders, ContainerPort: 8080}
# ```
#
# </details>

# %% [markdown] tags=["fr"]
# D’abord, retrouvons par leur nom les pièces du réseau : un programme qui revient le lendemain n’a plus ses variables, mais les noms, eux, n’ont pas
# changé.

# %% [markdown] tags=["en"]
# First let us find the pieces of the network by their names: a program that comes back the next day has lost its variables, but names have not
# changed.

# %%
ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
subnets = ec2.describe_subnets(Filters=ours)["Subnets"]

[group] = ec2.describe_security_groups(
    Filters=[{"Name": "group-name", "Values": ["frenchbakery-tasks"]}]
)["SecurityGroups"]
tasks_group = group["GroupId"]

targets = {}
for service in services:
    [target_group] = elbv2.describe_target_groups(Names=[f"frenchbakery-{service}"])["TargetGroups"]
    targets[service] = target_group["TargetGroupArn"]

# %% [markdown] tags=["fr"]
# Puis un service par conteneur.

# %% [markdown] tags=["en"]
# Then one service per container.

# %%
for service in services:
    ecs.create_service(
        cluster="frenchbakery",
        serviceName=service,
        taskDefinition=f"frenchbakery-{service}",
        launchType="FARGATE",
        desiredCount=2,
        healthCheckGracePeriodSeconds=60,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [subnet["SubnetId"] for subnet in subnets],
                "securityGroups": [tasks_group],
                "assignPublicIp": "ENABLED",
            }
        },
        loadBalancers=[
            {"targetGroupArn": targets[service], "containerName": service, "containerPort": 8080}
        ],
    )

# %% [markdown] tags=["fr"]
# Les appels reviennent tout de suite : ECS a noté la demande, les tâches démarrent derrière. Regardez-les avancer en exécutant plusieurs fois de suite
# cette cellule, puis laissez le *waiter* patienter jusqu’à l’état stable. Sur votre machine, c’est l’affaire de quelques secondes ; sur Fargate, trouver
# une place, brancher l’interface réseau et tirer l’image en prend plusieurs dizaines.

# %% [markdown] tags=["en"]
# The calls return at once: ECS has noted the request and tasks start behind the scenes. Watch them move on by running this cell several times in a
# row, then let the *waiter* wait for the steady state. On your machine it is a matter of seconds; on Fargate, finding a place, plugging the network
# interface in and pulling the image takes a few dozen seconds.

# %%
lab.diagram()

# %%
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=services, WaiterConfig={"Delay": 2, "MaxAttempts": 300}
)
for service in services:
    elbv2.get_waiter("target_in_service").wait(
        TargetGroupArn=targets[service], WaiterConfig={"Delay": 2, "MaxAttempts": 120}
    )

for service in services:
    tasks = ecs.list_tasks(cluster="frenchbakery", serviceName=service)["taskArns"]
    found = ecs.describe_tasks(cluster="frenchbakery", tasks=tasks)["tasks"]
    for task in sorted(found, key=lambda task: task["availabilityZone"]):
        print(f"{service:9}", task["availabilityZone"], task["lastStatus"])

# %%
lab.check("services")

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# ## Étape 7 · Ouvrir la boutique
#
# L’équilibreur a un nom DNS, que connaîtrait tout internet si nous étions sur un compte AWS. Sur votre machine, il écoute sur un port de
# l’ordinateur ; `lab.open` donne la bonne adresse dans les deux cas. **Suivez le lien, mettez six croissants au panier et commandez.**
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : EC2 → Load Balancers → frenchbakery : copiez « DNS name » dans le navigateur.
#
# **AWS CLI**
#
# ```bash
# aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].DNSName' --output text
# ```
#
# **CloudFormation**
#
# ```yaml
# Outputs:
#   Shop:
#     Value: !Sub "http://${LoadBalancer.DNSName}/"
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 7 · Open the shop
#
# The load balancer has a DNS name, which the whole internet would know if we were on an AWS account. On your machine it listens on a port of
# the computer; `lab.open` gives the right address in both cases. **Follow the link, put six croissants in the basket and order.**
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: EC2 → Load Balancers → frenchbakery: copy “DNS name” into the browser.
#
# **AWS CLI**
#
# ```bash
# aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].DNSName' --output text
# ```
#
# **CloudFormation**
#
# ```yaml
# Outputs:
#   Shop:
#     Value: !Sub "http://${LoadBalancer.DNSName}/"
# ```
#
# </details>

# %%
[load_balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
shop = lab.open(load_balancer["LoadBalancerArn"])
shop

# %% [markdown] tags=["fr"]
# Prenez le temps de vous promener : la page « En coulisses » (`/architecture`), en bas de la boutique, dit quelle tâche vous répond. Rechargez-la, la réponse
# change : l’équilibreur vous envoie tantôt à l’une, tantôt à l’autre.
#
# Passons maintenant la même commande par programme. L’en-tête `Idempotency-Key` est un numéro que le client choisit : si la réponse se perd en
# route et que l’on redemande avec le même numéro, la boutique rend la même commande au lieu d’en prendre une seconde. L’en-tête
# `X-Request-Id` nous servira tout à l’heure à retrouver la trace de cette requête.

# %% [markdown] tags=["en"]
# Take the time to wander about: the page “Behind the scenes” (`/architecture`), at the foot of the shop, says which task answers you. Reload it and
# the answer changes, because the load
# balancer sends you now to one, now to the other.
#
# Now place the same order from a program. The `Idempotency-Key` header is a number that the client chooses: if the answer gets lost on
# its way and we ask again with the same number, the shop gives back the same order rather than take a second one. The `X-Request-Id`
# header will help us find this request’s traces in a moment.

# %%
order = {"lines": [{"product_id": "croissant", "quantity": 6}], "pickup": "morning"}
request = urllib.request.Request(
    f"{shop.url}/api/orders",
    data=json.dumps(order).encode(),
    headers={
        "Content-Type": "application/json",
        "Idempotency-Key": "first-order-of-the-lab",
        "X-Request-Id": "first-order",
    },
)
with urllib.request.urlopen(request, timeout=10) as answer:
    placed = json.load(answer)
print(placed["id"], placed["total_cents"], placed["currency"])

# %% [markdown] tags=["fr"]
# Le total vient du catalogue : le client ne transmet jamais de prix, et la boutique le refuserait. Il est en centimes, en nombre entier.
#
# Qui peut lire cette commande ? Demandons-la jusqu’à ce que **deux tâches différentes** aient répondu ; l’en-tête `X-Served-By` les nomme.

# %% [markdown] tags=["en"]
# The total comes from the catalogue: a client never sends a price, and the shop would refuse it. It is in cents, a whole number.
#
# Who can read this order? Let us ask for it until **two different tasks** have answered; the `X-Served-By` header names them.

# %%
readers = set()
for attempt in range(50):
    with urllib.request.urlopen(f"{shop.url}/api/orders/{placed['id']}", timeout=10) as answer:
        assert json.load(answer) == placed
        readers.add(answer.headers["X-Served-By"])
len(readers)

# %%
lab.check("shop")

# %% [markdown] tags=["fr"]
# > **À vous.** Les avis, eux, n’ont pas de table : chaque tâche de `reviews` garde les siens. Dans la boutique, écrivez un avis, puis rechargez
# > plusieurs fois la page. Que se passe-t-il, et que faudrait-il ajouter aux étapes 4 et 5 pour que cela n’arrive plus ?
# >
# > **Défi · La commande du comité.** Le comité des fêtes veut **douze** boîtes de macarons (`macarons`) pour **midi** (`noon`), et rien d’autre. Sa connexion est mauvaise : par prudence, il
# > envoie sa commande **deux fois**. Faites-le pour lui ; la boutique ne doit en prendre qu’une.

# %% [markdown] tags=["en"]
# > **Your turn.** Reviews have no table: each task of `reviews` keeps its own. In the shop, write a review, then reload the page several times. What
# > happens, and what should be added to steps 4 and 5 to put an end to it?
# >
# > **Challenge · The committee’s order.** The festival committee wants **twelve** boxes of macarons (`macarons`) for **noon** (`noon`), and nothing else. Its connection is bad: to be on the safe side it
# > sends its order **twice**. Do it for them; the shop must take only one.

# %% tags=["challenge"]
macarons = {"lines": [{"product_id": "macarons", "quantity": 12}], "pickup": "noon"}
for attempt in range(2):
    request = urllib.request.Request(
        f"{shop.url}/api/orders",
        data=json.dumps(macarons).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": "committee-macarons"},
    )
    urllib.request.urlopen(request, timeout=10).close()

# %%
lab.check("lab-order")

# %% [markdown] tags=["fr"]
# ### Suivre une requête à la trace
#
# Une commande traverse deux services : `orders` demande les prix à `products`. Chacun a écrit sa ligne dans son propre flux, mais toutes portent
# le même identifiant de requête. Une seule question à CloudWatch Logs les rassemble.

# %% [markdown] tags=["en"]
# ### Follow a request’s tracks
#
# An order goes through two services: `orders` asks `products` for the prices. Each wrote its line in a stream of its own, but all carry the same
# request id. A single question to CloudWatch Logs brings them together.

# %%
for attempt in range(60):
    events = logs.filter_log_events(
        logGroupName="/ecs/frenchbakery", filterPattern='"first-order"'
    )["events"]
    lines = [json.loads(event["message"]) for event in events]
    if {"orders", "products"} <= {line["service"] for line in lines}:
        break
    time.sleep(1)

for line in sorted(lines, key=lambda line: line["service"]):
    print(line["service"], line["method"], line["path"], line["status"])

# %% [markdown] tags=["fr"]
# ### Perdre une tâche
#
# Un avant-goût de l’exploitation. Arrêtons une tâche de `products`, comme le ferait une panne, et attendons. Le service voit qu’il lui en manque une et
# en démarre une autre, sans que personne ne le lui demande.

# %% [markdown] tags=["en"]
# ### Lose a task
#
# A foretaste of running things. Let us stop a task of `products`, as a failure would, and wait. The service sees that one is missing and starts
# another, without anybody asking.

# %%
before = ecs.list_tasks(cluster="frenchbakery", serviceName="products")["taskArns"]
ecs.stop_task(cluster="frenchbakery", task=before[0], reason="lesson: losing a task")
ecs.get_waiter("tasks_stopped").wait(
    cluster="frenchbakery", tasks=before[:1], WaiterConfig={"Delay": 2, "MaxAttempts": 150}
)
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=["products"], WaiterConfig={"Delay": 2, "MaxAttempts": 300}
)
after = ecs.list_tasks(cluster="frenchbakery", serviceName="products")["taskArns"]
len(after), len(set(after) - set(before))

# %% [markdown] tags=["fr"]
# Deux tâches, dont une nouvelle. La chronologie raconte ce que le cloud a fait, de la première tâche à ce remplacement :

# %% [markdown] tags=["en"]
# Two tasks, one of them new. The timeline tells what the cloud did, from the first task to this replacement:

# %%
lab.timeline()

# %% [markdown] tags=["fr"]
# ## Et maintenant ?
#
# La boutique est ouverte. La faire grandir sous la charge, livrer une version, en voir une mauvaise revenir d’elle-même en arrière, la refaire d’un seul fichier : c’est [la suite du labo](06b_frenchbakery_operate.ipynb), étapes 8 à 11. Elle peut
# reprendre votre boutique telle qu’elle est, tant que le cloud local tourne et que vous sautez le ménage ; sinon, elle refait les sept étapes en quelques secondes. Chaque cahier du cours a son propre ménage : rien ne vous empêche de ranger maintenant.
#
# ## Faire le ménage
#
# Sur un compte AWS, tout ce qui existe se paie, même sans client. On défait dans l’ordre inverse de la construction, parce que rien ne
# se supprime tant que quelque chose s’en sert : les services avant le cluster, l’équilibreur avant ses groupes cibles, les interfaces réseau
# avant les groupes de sécurité, le VPC en dernier. Après chaque suppression, on **attend** que la chose ait vraiment disparu.
#
# Ces cellules ne touchent que ce que le labo a créé. Sur un compte réel, `course lab teardown` fait le même ménage depuis un terminal, même si ce
# cahier est perdu.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : chaque ressource à sa page, Actions → Delete, dans l’ordre qui vient d’être dit.
#
# **AWS CLI**
#
# ```bash
# for service in frontend products orders reviews; do
#   aws ecs delete-service --cluster frenchbakery --service "$service" --force
# done
# for service in frontend products orders reviews; do
#   aws ecs wait services-inactive --cluster frenchbakery --services "$service"
#   for definition in $(aws ecs list-task-definitions --family-prefix "frenchbakery-$service" \
#       --query 'taskDefinitionArns[]' --output text); do
#     aws ecs deregister-task-definition --task-definition "$definition"
#   done
#   aws ecr delete-repository --repository-name "frenchbakery/$service" --force
# done
# aws ecs delete-cluster --cluster frenchbakery
# aws elbv2 delete-load-balancer --load-balancer-arn "$LB"
# aws elbv2 wait load-balancers-deleted --load-balancer-arns "$LB"
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 delete-target-group --target-group-arn "$group"
# done
# while [ -n "$(aws ec2 describe-network-interfaces --filters "Name=vpc-id,Values=$VPC" \
#     --query 'NetworkInterfaces[].NetworkInterfaceId' --output text)" ]; do sleep 5; done
# for group in "$TASKS" "$ALB"; do aws ec2 delete-security-group --group-id "$group"; done
# for subnet in "$SUBNET_A" "$SUBNET_B"; do aws ec2 delete-subnet --subnet-id "$subnet"; done
# aws ec2 delete-route-table --route-table-id "$ROUTES"
# aws ec2 detach-internet-gateway --internet-gateway-id "$GATEWAY" --vpc-id "$VPC"
# aws ec2 delete-internet-gateway --internet-gateway-id "$GATEWAY"
# aws ec2 delete-vpc --vpc-id "$VPC"
# aws dynamodb delete-table --table-name frenchbakery-orders
# aws iam detach-role-policy --role-name frenchbakery-execution \
#   --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
# aws iam delete-role-policy --role-name frenchbakery-orders-task --policy-name orders-table
# for role in frenchbakery-execution frenchbakery-orders-task; do aws iam delete-role --role-name "$role"; done
# aws logs delete-log-group --log-group-name /ecs/frenchbakery
# ```
#
# **CloudFormation** connaît les dépendances de sa pile et défait tout dans l’ordre : `aws cloudformation delete-stack --stack-name
# frenchbakery`. Un dépôt qui contient des images le retient, à moins que son modèle ne dise `EmptyOnDelete: true`.
#
# </details>

# %% [markdown] tags=["en"]
# ## And now?
#
# The shop is open. Making it grow under load, releasing a version, seeing a bad one go back by itself, making it all again from a single file: that is [the sequel of the lab](06b_frenchbakery_operate.ipynb), steps 8 to 11. It can take over
# your shop as it is, as long as the local cloud runs and you skip the clean-up; otherwise it makes the seven steps again within seconds. Every notebook of the course does its own clean-up: nothing keeps you from tidying up now.
#
# ## Clean up
#
# On an AWS account, whatever exists is paid for, customers or not. We undo in the reverse order of building, because nothing can be deleted while
# something uses it: services before the cluster, the load balancer before its target groups, network interfaces before security groups, the VPC
# last. After each deletion we **wait** until the thing is really gone.
#
# These cells touch only what the lab created. On a real account, `course lab teardown` does the same from a terminal, even if this
# notebook is lost.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: each resource on its own page, Actions → Delete, in the order just given.
#
# **AWS CLI**
#
# ```bash
# for service in frontend products orders reviews; do
#   aws ecs delete-service --cluster frenchbakery --service "$service" --force
# done
# for service in frontend products orders reviews; do
#   aws ecs wait services-inactive --cluster frenchbakery --services "$service"
#   for definition in $(aws ecs list-task-definitions --family-prefix "frenchbakery-$service" \
#       --query 'taskDefinitionArns[]' --output text); do
#     aws ecs deregister-task-definition --task-definition "$definition"
#   done
#   aws ecr delete-repository --repository-name "frenchbakery/$service" --force
# done
# aws ecs delete-cluster --cluster frenchbakery
# aws elbv2 delete-load-balancer --load-balancer-arn "$LB"
# aws elbv2 wait load-balancers-deleted --load-balancer-arns "$LB"
# for group in "$FRONTEND" "$PRODUCTS" "$ORDERS" "$REVIEWS"; do
#   aws elbv2 delete-target-group --target-group-arn "$group"
# done
# while [ -n "$(aws ec2 describe-network-interfaces --filters "Name=vpc-id,Values=$VPC" \
#     --query 'NetworkInterfaces[].NetworkInterfaceId' --output text)" ]; do sleep 5; done
# for group in "$TASKS" "$ALB"; do aws ec2 delete-security-group --group-id "$group"; done
# for subnet in "$SUBNET_A" "$SUBNET_B"; do aws ec2 delete-subnet --subnet-id "$subnet"; done
# aws ec2 delete-route-table --route-table-id "$ROUTES"
# aws ec2 detach-internet-gateway --internet-gateway-id "$GATEWAY" --vpc-id "$VPC"
# aws ec2 delete-internet-gateway --internet-gateway-id "$GATEWAY"
# aws ec2 delete-vpc --vpc-id "$VPC"
# aws dynamodb delete-table --table-name frenchbakery-orders
# aws iam detach-role-policy --role-name frenchbakery-execution \
#   --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
# aws iam delete-role-policy --role-name frenchbakery-orders-task --policy-name orders-table
# for role in frenchbakery-execution frenchbakery-orders-task; do aws iam delete-role --role-name "$role"; done
# aws logs delete-log-group --log-group-name /ecs/frenchbakery
# ```
#
# **CloudFormation** knows what depends on what in its stack and undoes it in order: `aws cloudformation delete-stack
# --stack-name frenchbakery`. A repository that holds images stops it, unless the template says `EmptyOnDelete: true`.
#
# </details>

# %% [markdown] tags=["fr"]
# D’abord les services : `force=True` les ramène à zéro tâche, puis ils passent de `ACTIVE` à `DRAINING`, enfin à `INACTIVE`. Le cluster peut alors partir.
# Une définition de tâche ne coûte rien ; la désenregistrer l’empêche de resservir.

# %% [markdown] tags=["en"]
# Services first: `force=True` brings them down to zero tasks, then they go from `ACTIVE` to `DRAINING` and at last to `INACTIVE`. Then the cluster can go.
# A task definition costs nothing; deregistering it keeps it from being used again.

# %%
for service in services:
    ecs.delete_service(cluster="frenchbakery", service=service, force=True)
for service in services:
    ecs.get_waiter("services_inactive").wait(
        cluster="frenchbakery", services=[service], WaiterConfig={"Delay": 2, "MaxAttempts": 300}
    )
while tasks := ecs.list_tasks(cluster="frenchbakery")["taskArns"]:
    ecs.get_waiter("tasks_stopped").wait(
        cluster="frenchbakery", tasks=tasks, WaiterConfig={"Delay": 2, "MaxAttempts": 150}
    )

for service in services:
    family = f"frenchbakery-{service}"
    for arn in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
        ecs.deregister_task_definition(taskDefinition=arn)
ecs.delete_cluster(cluster="frenchbakery")["cluster"]["status"]

# %% [markdown] tags=["fr"]
# L’équilibreur emporte son listener et ses règles ; ses groupes cibles sont ensuite libres.

# %% [markdown] tags=["en"]
# The load balancer takes its listener and rules along; then its target groups are free.

# %%
[load_balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
elbv2.delete_load_balancer(LoadBalancerArn=load_balancer["LoadBalancerArn"])
elbv2.get_waiter("load_balancers_deleted").wait(
    LoadBalancerArns=[load_balancer["LoadBalancerArn"]],
    WaiterConfig={"Delay": 5, "MaxAttempts": 120},
)

names = [f"frenchbakery-{service}" for service in services]
for target_group in elbv2.describe_target_groups(Names=names)["TargetGroups"]:
    elbv2.delete_target_group(TargetGroupArn=target_group["TargetGroupArn"])

# %% [markdown] tags=["fr"]
# Le réseau résiste tant qu’une interface y est branchée, et celles de l’équilibreur mettent parfois quelques minutes à se détacher sur AWS.

# %% [markdown] tags=["en"]
# The network cannot go while a single interface is plugged into it, and on AWS those of the load balancer may take a few minutes to come off.

# %%
ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
[vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]
here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
for attempt in range(300):
    if not ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"]:
        break
    time.sleep(2)

groups = ec2.describe_security_groups(Filters=here)["SecurityGroups"]
for name in ["frenchbakery-tasks", "frenchbakery-alb"]:
    [group] = [group for group in groups if group["GroupName"] == name]
    ec2.delete_security_group(GroupId=group["GroupId"])
for subnet in ec2.describe_subnets(Filters=here)["Subnets"]:
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])

[routes] = ec2.describe_route_tables(Filters=ours)["RouteTables"]
ec2.delete_route_table(RouteTableId=routes["RouteTableId"])
[gateway] = ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]
ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
_ = ec2.delete_vpc(VpcId=vpc["VpcId"])

# %% [markdown] tags=["fr"]
# Restent les images, la table, les rôles et les journaux. Un rôle ne se supprime qu’une fois ses politiques retirées.

# %% [markdown] tags=["en"]
# That leaves the images, the table, the roles and the logs. A role can be deleted only once its policies are taken off.

# %%
for service in services:
    ecr.delete_repository(repositoryName=f"frenchbakery/{service}", force=True)

dynamodb.delete_table(TableName="frenchbakery-orders")
dynamodb.get_waiter("table_not_exists").wait(
    TableName="frenchbakery-orders", WaiterConfig={"Delay": 2, "MaxAttempts": 60}
)

iam.detach_role_policy(
    RoleName="frenchbakery-execution",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
iam.delete_role_policy(RoleName="frenchbakery-orders-task", PolicyName="orders-table")
for role in ["frenchbakery-execution", "frenchbakery-orders-task"]:
    iam.delete_role(RoleName=role)

_ = logs.delete_log_group(logGroupName="/ecs/frenchbakery")

# %% [markdown] tags=["fr"]
# La preuve, maintenant : le contrôle relit chaque service d’AWS et ne se contente pas de nos souvenirs.

# %% [markdown] tags=["en"]
# And now the proof: the check reads every AWS service again and does not trust our memory.

# %%
lab.check("clean")

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# ## Ce que vous savez faire
#
# Vous avez pris quatre programmes et vous les avez mis en images, rangés, décrits, lancés en double dans deux zones, reliés à internet par une
# seule porte, surveillés, puis retirés sans laisser de trace. Les mots qui vous ont servi sont ceux de l’examen : dépôt, condensat,
# cluster, définition de tâche, rôle d’exécution et rôle de tâche, service, groupe cible.
#
# Trois idées à garder :
#
# 1. **L’état hors des tâches.** C’est ce qui permet d’en perdre une sans rien perdre d’autre.
# 2. **Le moindre privilège.** Un rôle par besoin, un groupe de sécurité qui nomme qui peut entrer, aucune clé nulle part.
# 3. **Déclarer, puis attendre.** On dit combien de tâches on veut ; c’est le service qui s’occupe de les avoir.
#
# Trois questions, avant de passer à [la suite](06b_frenchbakery_operate.ipynb).

# %% [markdown] tags=["en"]
# ## What you can do now
#
# You took four programs and turned them into images, stored them, described them, launched them in pairs in two zones, joined them to the internet
# by a single door, watched them, and took them away without a trace. The words you used are those of the exam: repository, digest,
# cluster, task definition, execution role and task role, service, target group.
#
# Three ideas to keep:
#
# 1. **State outside the tasks.** That is what lets you lose one without losing anything else.
# 2. **Least privilege.** One role per need, a security group that names who may come in, no key anywhere.
# 3. **Declare, then wait.** You say how many tasks you want; the service sees to it that you have them.
#
# Three questions, before you go on to [the sequel](06b_frenchbakery_operate.ipynb).

# %%
import quiz

quiz.ask("ecs-ip-targets-for-awsvpc-tasks")

# %%
quiz.ask("ecs-which-role-does-what")

# %%
quiz.ask("ecs-tasks-and-subnets-in-two-zones")
