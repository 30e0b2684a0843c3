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
# # Amazon ECR : une maison pour les images
#
# Chez FrenchBakery, trois histoires courent encore à la machine à café. Il y a le samedi où la vitrine devait doubler de taille et où les nouvelles machines
# n’ont pas pu tirer leur image : le registre public, gratuit, avait compté trop de téléchargements pour la journée. Il y a la « version 1.2 » des commandes,
# poussée deux fois sous le même nom ; le retour arrière a ramené la mauvaise, et personne n’a compris pourquoi avant lundi. Et il y a la facture de
# stockage, où dorment sept cents images dont on n’a plus besoin, parmi lesquelles trois que l’on aurait regrettées.
#
# Une image construite n’est utile qu’à partir du moment où la machine qui doit la lancer peut la trouver, a le droit de la prendre, et reçoit exactement
# celle qu’on lui destine. C’est le métier d’un registre. Celui d’AWS s’appelle **Amazon Elastic Container Registry** (ECR). Vous allez y ranger les quatre images
# de la boutique, en ouvrir une à un partenaire sans rien ouvrir d’autre, figer les versions publiées, faire analyser ce qui entre et laisser le ménage se faire
# tout seul, sans qu’il emporte ce qu’il fallait garder.

# %% [markdown] tags=["en"]
# # Amazon ECR: a home for images
#
# At FrenchBakery three stories still go round the coffee machine. There is the Saturday when the shop window had to double in size and the new machines could
# not pull their image: the free public registry had counted too many downloads that day. There is “version 1.2” of orders, pushed twice under one name;
# the rollback brought the wrong one back, and nobody understood why until Monday. And there is the storage bill, where seven hundred images lie asleep that
# nobody needs, among them three that would have been missed.
#
# An image that is built becomes useful once the machine that has to run it can find it, may take it, and gets exactly the one that was meant. That is a
# registry’s trade. AWS’s own is **Amazon Elastic Container Registry** (ECR). You will store the shop’s four images there, open one of them to a partner without
# opening anything else, freeze published versions, have what comes in examined, and let the cleaning happen by itself without it sweeping away what
# had to be kept.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | une heure et quart, défis compris |
# | **coût** | rien sur le cloud local ; sur AWS, quelques centimes au plus : 0,10 USD par Go stocké et par mois (us-east-1, 2026-03), et les images sont petites ; le garde-fou du cours y refuse les cellules qui règlent tout le registre ou créent un utilisateur IAM |
# | **à l’examen** | 1.1 et 1.3, protéger l’accès et les données ; 2.1, migrer vers des conteneurs ; 4.1, stocker à moindre coût |
# | **il vous faut** | savoir ce qu’est une image et une couche |
#
# Les cellules sont du boto3 ordinaire. Quatre passages n’ont cependant de sens que sur le cloud local, ou dépassent ce que le cours s’autorise sur votre
# compte : l’utilisateur et le compte d’essai de la partie sur les accès, le « demain » accéléré du cycle de vie, et le réglage d’analyse du registre
# entier. Le texte le redit au moment voulu.
#
# Vous revenez après une interruption ? Relancez les cellules depuis le haut : `lab.prepare` remet le décor à neuf et garde vos réponses aux défis.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | an hour and a quarter, challenges included |
# | **cost** | nothing on the local cloud; on AWS a few cents at most: 0.10 USD per GB stored and month (us-east-1, 2026-03), and the images are small; there the course’s safeguard refuses the cells that set the whole registry or create an IAM user |
# | **in the exam** | 1.1 and 1.3, securing access and data; 2.1, migrating to containers; 4.1, storing at low cost |
# | **you need** | to know what an image and a layer are |
#
# Cells are ordinary boto3. Four passages, however, only make sense on the local cloud, or go beyond what the course allows itself on your account: the
# user and the account made up for the part on access, the hastened “tomorrow” of the lifecycle, and the scanning setting of the whole registry. The text says
# so again when they come.
#
# Coming back after a break? Run the cells again from the top: `lab.prepare` makes the scenery new and keeps your answers to the challenges.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)
lab.prepare("ecr")

# %% [markdown] tags=["fr"]
# Le **fournil**, `bakehouse/…`, est l’arrière-boutique de ce cahier : quatre dépôts vides où se passeront les défis. Le reste, vous allez le créer.

# %% [markdown] tags=["en"]
# The **bakehouse**, `bakehouse/…`, is this notebook’s back room: four empty repositories where the challenges will happen. The rest you are about to create.

# %%
import base64
import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime
from urllib.request import urlopen

from botocore.exceptions import ClientError

ecr = session.client("ecr")
account = session.client("sts").get_caller_identity()["Account"]
services = ["frontend", "products", "orders", "reviews"]


def attempt(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "OK"


# %% [markdown] tags=["fr"]
# ## Un registre, des dépôts, des images
#
# Quatre mots se ressemblent et ne se remplacent pas. Le **registre** privé est unique : chaque compte AWS en a un par région, sans avoir à le créer. Il contient des
# **dépôts** (« référentiels » dans la documentation française), un par service en général. Un dépôt contient des **images** : les versions successives du même
# programme. Et sur ces images sont posées des **étiquettes** (*tags*), comme `1.0` ou `latest`.
#
# Une étiquette n’est pas l’image. L’image est un **manifeste**, un petit document JSON qui énumère une configuration et des couches ; son empreinte SHA-256 est son
# **condensat** (*digest*). L’étiquette peut passer d’une image à l’autre, une image peut en porter plusieurs, ou n’en porter plus aucune. Le condensat, lui, ne peut
# désigner qu’elle. Presque tout ce cahier découle de cette différence.

# %% [markdown] tags=["en"]
# ## A registry, repositories, images
#
# Four words sound alike and do not stand in for one another. The private **registry** is unique: each AWS account has one per Region, and need not create it. It
# holds **repositories**, usually one per service. A repository holds **images**: the successive versions of one program. And on these images **tags** are pinned,
# such as `1.0` or `latest`.
#
# A tag is not the image. The image is a **manifest**, a small JSON document that lists a configuration and layers; its SHA-256 fingerprint is its **digest**. A tag
# can pass from one image to another, an image can carry several, or none any more. The digest can mean nothing but that image. Nearly everything in
# this notebook follows from that difference.

# %%
labs.figure("ecr-registry")

# %% [markdown] tags=["fr"]
# ECR parle la même langue que les autres registres : l’API de Docker Registry v2 et les formats de l’OCI. `docker`, `podman`, `skopeo`, Kubernetes ou ECS le lisent
# donc sans rien savoir d’AWS. Ce qui change est autour. À côté de Docker Hub, ECR privé n’a pas de quota de tirages compté par adresse ou par abonné, l’accès
# est celui d’IAM, sans mot de passe partagé de plus, et les images sont dans la même région que les tâches qui les tirent.
#
# Il existe aussi un registre **public**, Amazon ECR Public, dont la vitrine est la galerie publique : n’importe qui y tire sans compte. On y publie ce
# que l’on veut distribuer au monde, et rien d’autre.
#
# Un dépôt se crée en une ligne. L’étiquette AWS `chapter` n’a rien à voir avec les étiquettes d’images : elle dira, à la fin, ce que ce cahier a
# créé et peut reprendre.

# %% [markdown] tags=["en"]
# ECR speaks the same language as other registries: the Docker Registry v2 API and the OCI’s formats. So `docker`, `podman`, `skopeo`, Kubernetes or ECS read it
# without knowing anything about AWS. What differs is around it. Next to Docker Hub, private ECR has no quota of pulls counted by address or subscriber, access is
# IAM’s with no shared password to add, and images sit in the same Region as the tasks that pull them.
#
# There is a **public** registry too, Amazon ECR Public, whose shop window is the public gallery: anybody pulls from there without an account. Publish there what you want to
# hand out to the world, and nothing else.
#
# One line creates a repository. The AWS tag `chapter` has nothing to do with image tags: in the end it will tell what this notebook created and may take back.

# %%
for service in services:
    with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(
            repositoryName=f"frenchbakery/{service}", tags=[{"Key": "chapter", "Value": "ecr"}]
        )

names = [f"frenchbakery/{service}" for service in services]
for repository in ecr.describe_repositories(repositoryNames=names)["repositories"]:
    print(
        repository["repositoryName"].ljust(22),
        repository["imageTagMutability"],
        repository["encryptionConfiguration"]["encryptionType"],
        repository["imageScanningConfiguration"]["scanOnPush"],
    )

# %% [markdown] tags=["fr"]
# Trois réglages par défaut, que nous reprendrons un à un : les étiquettes peuvent bouger, les images sont chiffrées avec une clé que S3 gère, et rien
# n’est analysé à l’arrivée.
#
# > **À l’examen.** « Un registre privé, géré, intégré à IAM, pour des images que tirent ECS ou EKS » : ECR. « Distribuer une image au public, sans
# > identifiants » : ECR Public. « Ne plus dépendre des quotas d’un registre tiers » : ECR, et souvent son cache, que nous verrons plus loin.
#
# ## Ouvrir une session
#
# Le protocole des registres connaît un nom d’utilisateur et un mot de passe ; IAM connaît des signatures. ECR fait le pont : vous prouvez votre identité IAM par
# un appel signé, `GetAuthorizationToken`, et il vous remet un mot de passe valable 12 heures, pour un utilisateur qui s’appelle toujours `AWS`.

# %% [markdown] tags=["en"]
# Three default settings, which we will take up one by one: tags may move, images are encrypted with a key that S3 manages, and nothing is scanned on arrival.
#
# > **In the exam.** “A private, managed registry, integrated with IAM, for images that ECS or EKS pull”: ECR. “Hand an image out to the public, without
# > credentials”: ECR Public. “No longer depend on a third-party registry’s quotas”: ECR, and often its cache, which comes further down.
#
# ## Log in
#
# The registries’ protocol knows a user name and a password; IAM knows signatures. ECR builds the bridge: you prove your IAM identity with a signed call,
# `GetAuthorizationToken`, and it hands you a password that is good for 12 hours, for a user who is always called `AWS`.

# %%
[login] = ecr.get_authorization_token()["authorizationData"]
user, _, password = base64.b64decode(login["authorizationToken"]).decode().partition(":")
lifetime = login["expiresAt"] - datetime.now(UTC)

user, round(lifetime.total_seconds() / 3600)

# %% [markdown] tags=["fr"]
# La commande que vous verrez partout, `aws ecr get-login-password`, ne fait que cela, puis passe le mot de passe à `docker login` par l’entrée standard, pour qu’il
# n’apparaisse ni à l’écran ni dans l’historique du shell :
#
# ```bash
# REGISTRY=123456789012.dkr.ecr.us-east-1.amazonaws.com
# aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
# ```
#
# Le jeton donne au porteur exactement les droits de l’identité qui l’a demandé, ni plus ni moins, et il vaut pour tout le registre. C’est pourquoi on n’écrit jamais ce
# mot de passe dans un fichier : on redonne à la machine le droit d’en demander un. ECS, EKS et Lambda le font d’eux-mêmes, avec leur rôle.
#
# ## Étiqueter, pousser
#
# Le nom complet d’une image dit où elle habite : `123456789012.dkr.ecr.us-east-1.amazonaws.com/frenchbakery/orders:1.0`, soit le registre, le dépôt, l’étiquette.
# `docker tag` pose ce nom sur une image de votre machine, `docker push` l’envoie. Ici, `lab.build` et `lab.push` font les deux, avec le moteur Docker s’il y en a un.

# %% [markdown] tags=["en"]
# The command that you will meet everywhere, `aws ecr get-login-password`, does just that, then feeds the password to `docker login` on standard input, so that it shows
# neither on the screen nor in the shell’s history:
#
# ```bash
# REGISTRY=123456789012.dkr.ecr.us-east-1.amazonaws.com
# aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
# ```
#
# The token gives its bearer exactly the rights of the identity that asked for it, no more and no less, and is good for the whole registry. That is why nobody
# writes this password into a file: a machine is given the right to ask for one. ECS, EKS and Lambda do so by themselves, with their role.
#
# ## Tag, push
#
# An image’s full name says where it lives: `123456789012.dkr.ecr.us-east-1.amazonaws.com/frenchbakery/orders:1.0`, that is registry, repository, tag. `docker tag` puts
# that name on an image of your machine, `docker push` sends it. Here `lab.build` and `lab.push` do both, with the Docker Engine if there is one.

# %%
pushed = {}
for service in services:
    [repository] = ecr.describe_repositories(repositoryNames=[f"frenchbakery/{service}"])["repositories"]
    pushed[service] = lab.push(lab.build(service), repository["repositoryUri"])

list(pushed.values())

# %% [markdown] tags=["fr"]
# Une poussée commence par une question : « lesquelles de ces couches as-tu déjà ? » Seules celles qui manquent voyagent, et le manifeste part en dernier, quand tout ce
# qu’il cite est là. La réponse s’entend **par dépôt** : les couches de `orders` n’existent pas dans un dépôt voisin, même si elles y seraient identiques.

# %% [markdown] tags=["en"]
# A push begins with a question: “which of these layers do you have already?” Only those that are missing travel, and the manifest goes last, once everything that it
# names is there. The answer is meant **per repository**: the layers of `orders` do not exist in the repository next door, even though they would be identical there.

# %%
layers = [layer.digest for layer in pushed["orders"].layers]
for name in ["frenchbakery/orders", "bakehouse/releases"]:
    answer = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=layers)
    there = [layer for layer in answer["layers"] if layer["layerAvailability"] == "AVAILABLE"]
    print(name, len(there) == len(layers))

# %% [markdown] tags=["fr"]
# > **Aujourd’hui** (vérifié en novembre 2026). Un registre peut activer le *blob mounting* : un dépôt reprend alors une couche d’un dépôt voisin du
# > même registre, chiffré de la même façon, au lieu de la recevoir une seconde fois. *(Source : Amazon ECR API Reference, « PutAccountSetting ».)*
#
# ## Tirer par condensat
#
# Un tirage suit le chemin inverse : le manifeste d’abord, les couches ensuite, chacune vérifiée à l’arrivée. Demandons l’image des commandes non par son
# étiquette, mais par son condensat, et refaisons nous-mêmes la vérification que fait tout client.

# %% [markdown] tags=["en"]
# > **Today** (checked in November 2026). A registry can turn on *blob mounting*: a repository then takes over a layer from a neighbour in the same
# > registry, encrypted in the same way, instead of receiving it a second time. *(Source: Amazon ECR API Reference, “PutAccountSetting”.)*
#
# ## Pull by digest
#
# A pull goes the other way round: the manifest first, then the layers, each verified on arrival. Let us ask for the orders image not by its tag but by its digest, and
# repeat the verification that every client does.

# %%
digest = pushed["orders"].digest
[image] = ecr.batch_get_image(
    repositoryName="frenchbakery/orders", imageIds=[{"imageDigest": digest}]
)["images"]
manifest = json.loads(image["imageManifest"])


def fingerprint(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def download(layer):
    url = ecr.get_download_url_for_layer(
        repositoryName="frenchbakery/orders", layerDigest=layer["digest"]
    )["downloadUrl"]
    with urlopen(url) as answer:
        return answer.read()


print(fingerprint(image["imageManifest"].encode()) == digest)
print(all(fingerprint(download(layer)) == layer["digest"] for layer in manifest["layers"]))

# %% [markdown] tags=["fr"]
# Deux fois `True` : ni le manifeste ni les couches n’ont pu changer en route, ou pendant leur sommeil, sans que cela se voie. Voilà pourquoi une définition de tâche
# sérieuse écrit `…/orders@sha256:…` plutôt que `…/orders:1.0`.
#
# Puisqu’une étiquette n’est qu’un nom posé sur un manifeste, promouvoir une image ne demande ni de la reconstruire ni de l’envoyer de nouveau. On repose le même
# manifeste, au caractère près, sous un nom de plus :

# %% [markdown] tags=["en"]
# `True` twice: neither the manifest nor the layers could have changed on the way, or in their sleep, without it showing. That is why a serious task definition says
# `…/orders@sha256:…` rather than `…/orders:1.0`.
#
# Since a tag is only a name pinned on a manifest, promoting an image takes neither rebuilding it nor sending it again. You put the same manifest, to the
# character, under one more name:

# %%
with suppress(ecr.exceptions.ImageAlreadyExistsException):
    ecr.put_image(
        repositoryName="frenchbakery/orders",
        imageManifest=image["imageManifest"],
        imageManifestMediaType=image["imageManifestMediaType"],
        imageTag="approved",
    )

[details] = ecr.describe_images(repositoryName="frenchbakery/orders")["imageDetails"]
sorted(details["imageTags"])

# %% [markdown] tags=["fr"]
# Deux appels énumèrent le contenu d’un dépôt, et leurs réponses ne se comptent pas de la même façon. `list_images` répond une ligne par étiquette ; `describe_images`,
# une ligne par image, avec sa taille, sa date de poussée et celle du dernier tirage.

# %% [markdown] tags=["en"]
# Two calls list what a repository holds, and their answers do not count in the same way. `list_images` answers one line per tag; `describe_images` one line per image,
# with its size, when it was pushed and when it was last pulled.

# %%
listed = ecr.list_images(repositoryName="frenchbakery/orders")["imageIds"]
described = ecr.describe_images(repositoryName="frenchbakery/orders")["imageDetails"]
len(listed), len(described)

# %% [markdown] tags=["fr"]
# ## Qui a le droit de tirer
#
# Un dépôt privé n’est ouvert à personne tant que rien ne le dit. Deux sortes de politiques peuvent parler. Une **politique d’identité** est attachée à un utilisateur ou à
# un rôle : elle dit ce qu’*il* peut faire. Une **politique de dépôt** est attachée au dépôt, c’est une politique de ressource : elle dit *qui* peut lui faire quoi. Dans
# un même compte, l’une des deux suffit. Entre deux comptes, il faut les deux : le propriétaire admet, et l’autre compte laisse sortir les siens.

# %% [markdown] tags=["en"]
# ## Who may pull
#
# A private repository is open to nobody until something says so. Two kinds of policies can speak. An **identity policy** is attached to a user or a role: it says what *they*
# may do. A **repository policy** is attached to the repository, it is a resource policy: it says *who* may do what to it. Within one account, either is enough. Between two
# accounts both are needed: the owner lets in, and the other account lets its people out.

# %%
labs.figure("ecr-access")

# %% [markdown] tags=["fr"]
# Pour le voir, il faut quelqu’un à qui refuser. La suite de cette partie crée un utilisateur IAM et une clé, ce que le garde-fou du cours interdit
# sur un compte réel : lisez-la, si c’est là que vous travaillez. Voici un coursier, tout neuf, sans aucune politique.

# %% [markdown] tags=["en"]
# To see it, we need somebody to refuse. The rest of this part creates an IAM user and a key, which the course’s safeguard forbids on a real account: read it, if that is where
# you work. Here is a courier, brand new, without any policy.

# %%
iam = session.client("iam")
with suppress(iam.exceptions.EntityAlreadyExistsException):
    iam.create_user(UserName="bakehouse-courier")
key = iam.create_access_key(UserName="bakehouse-courier")["AccessKey"]
courier = session.client(
    "ecr", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
)

orders = {"repositoryName": "frenchbakery/orders", "imageIds": [{"imageTag": "1.0"}]}
try:
    courier.batch_get_image(**orders)
except ClientError as error:
    print(error)

# %% [markdown] tags=["fr"]
# Lisez un refus d’IAM jusqu’au bout : il dit qui demande, quelle action, sur quelle ressource, et surtout **quelle sorte de politique** manque. Ici,
# une politique d’identité. Donnons la plus petite qui permette de tirer `orders`, et lui seul. Remarquez la première instruction : le jeton est celui
# du registre, aucun dépôt ne peut le restreindre ; elle porte donc sur `*`.

# %% [markdown] tags=["en"]
# Read an IAM refusal to the end: it names who asks, for which action, on which resource, and above all **which kind of policy** is missing. Here, an identity policy. Let us give
# the smallest one that allows pulling `orders`, and nothing else. Mind the first statement: the token is the registry’s, no repository can narrow it; so it is about `*`.

# %%
pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": pull,
            "Resource": f"arn:aws:ecr:{session.region_name}:{account}:repository/frenchbakery/orders",
        },
    ],
}
iam.put_user_policy(
    UserName="bakehouse-courier", PolicyName="pull-orders", PolicyDocument=json.dumps(policy)
)

same = {
    "imageManifest": image["imageManifest"],
    "imageManifestMediaType": image["imageManifestMediaType"],
}
products = orders | {"repositoryName": "frenchbakery/products"}
print(attempt(courier.get_authorization_token))
print(attempt(courier.batch_get_image, **orders))
print(attempt(courier.batch_get_image, **products))
print(attempt(courier.put_image, repositoryName="frenchbakery/orders", imageTag="mine", **same))

# %% [markdown] tags=["fr"]
# Il ouvre une session, tire `orders`, et tout le reste lui est refusé. C’est le moindre privilège en quatre lignes.
#
# ### Un autre compte
#
# FrenchBakery confie ses livraisons à un partenaire, qui fait tourner l’image des commandes dans son propre compte AWS, le 210987654321. Prenons la place d’un de ses
# rôles. (Le cloud local prête volontiers l’identité d’un compte qui n’est pas le vôtre, et suppose que ce compte permet tout à ses rôles. AWS, évidemment, ne
# prête rien.) Le paramètre `registryId` dit que l’on vise le registre de quelqu’un d’autre.

# %% [markdown] tags=["en"]
# The courier logs in, pulls `orders`, and is stopped everywhere else. That is least privilege in four lines.
#
# ### Another account
#
# FrenchBakery leaves its deliveries to a partner, who runs the orders image in an AWS account of their own, 210987654321. Let us take the place of one of their roles. (The local
# cloud readily lends the identity of an account that is not yours, and assumes that this account allows its roles everything. AWS, of course, lends nothing.) The parameter
# `registryId` says that somebody else’s registry is meant.

# %%
visit = session.client("sts").assume_role(
    RoleArn="arn:aws:iam::210987654321:role/delivery", RoleSessionName="lesson"
)["Credentials"]
partner = session.client(
    "ecr",
    aws_access_key_id=visit["AccessKeyId"],
    aws_secret_access_key=visit["SecretAccessKey"],
    aws_session_token=visit["SessionToken"],
)
try:
    partner.batch_get_image(registryId=account, **orders)
except ClientError as error:
    print(error)

# %% [markdown] tags=["fr"]
# Cette fois, c’est la *resource-based policy* qui manque : celle du dépôt. Une instruction suffit. `Principal` nomme le compte ; il n’y a pas de `Resource`, puisque
# la politique est déjà sur le dépôt.

# %% [markdown] tags=["en"]
# This time the *resource-based policy* is missing: the repository’s. One statement is enough. `Principal` names the account; there is no `Resource`, since the policy sits on the
# repository already.

# %%
admit = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DeliveryPartnerPulls",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
            "Action": pull,
        }
    ],
}
ecr.set_repository_policy(repositoryName="frenchbakery/orders", policyText=json.dumps(admit))

theirs = {"registryId": account}
print(attempt(partner.batch_get_image, **theirs, **orders))
print(attempt(partner.batch_get_image, **theirs, **products))
print(attempt(partner.delete_repository, **theirs, repositoryName="frenchbakery/orders"))

# %% [markdown] tags=["fr"]
# `…:root` ne veut pas dire « l’utilisateur racine », mais « ce compte » : c’est à lui, ensuite, de choisir par ses propres politiques lequel de ses rôles en profite.
#
# > **À l’examen.** Un tirage entre comptes demande la politique de dépôt du propriétaire *et* la politique d’identité de l’autre ; ni rôle partagé ni
# > clé copiée. Pour toute une organisation, on n’énumère pas les comptes : `"Principal": "*"` avec la condition `aws:PrincipalOrgID`. Connexion
# > refusée malgré les bons droits sur le dépôt : il manque `ecr:GetAuthorizationToken` sur `*`. Et quand c’est une tâche ECS qui tire, l’identité qui
# > compte est celle de son **rôle d’exécution**, pas de son rôle de tâche.
#
# ### Défi · Un seul partenaire
#
# Le dépôt `bakehouse/partners` doit pouvoir être tiré par le compte 210987654321, quel que soit celui de ses rôles qui s’en charge. Aucun autre
# compte ne doit y avoir accès, et celui-là ne doit rien pouvoir faire d’autre que tirer.

# %% [markdown] tags=["en"]
# `…:root` does not mean “the root user” but “this account”: it is then up to that account to choose, by policies of its own, which of its roles makes use of it.
#
# > **In the exam.** A pull between accounts takes the owner’s repository policy *and* the other side’s identity policy; neither a shared role nor a copied key. For a whole
# > organisation you do not list the accounts: `"Principal": "*"` with the condition `aws:PrincipalOrgID`. A login denied in spite of the right permissions on the repository:
# > `ecr:GetAuthorizationToken` on `*` is missing. And when it is an ECS task that pulls, the identity that counts is that of its **execution role**, not of its task role.
#
# ### Challenge · A single partner
#
# The repository `bakehouse/partners` must be open to the account 210987654321 for pulling, whichever of its roles does it. To no other account, and for nothing beyond pulling.

# %% tags=["challenge"]
one_partner = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
            "Action": pull,
        }
    ],
}
_ = ecr.set_repository_policy(repositoryName="bakehouse/partners", policyText=json.dumps(one_partner))

# %%
lab.check("ecr-one-partner")

# %% [markdown] tags=["fr"]
# ## Chiffrement
#
# En transit, la question est réglée : ECR ne se laisse joindre qu’en HTTPS. (Le cloud local, qui ne quitte pas votre machine, s’en dispense.) Au repos, les couches sont dans
# S3, toujours chiffrées. Par défaut, c’est en AES-256 avec des clés que S3 gère seul ; vous n’avez rien à faire, et rien à décider non plus. Avec `KMS`, la clé est dans AWS KMS :
# celle qu’AWS gère pour vous, `aws/ecr`, ou la vôtre. La vôtre ajoute une politique de clé, une trace de chaque usage dans CloudTrail, et la possibilité de la désactiver, ce qui
# rend toutes les images illisibles.
#
# Ce choix se fait **à la création du dépôt** et ne se change plus. Inutile de chercher l’appel :

# %% [markdown] tags=["en"]
# ## Encryption
#
# In transit the matter is settled: ECR can only be reached over HTTPS. (The local cloud, which never leaves your machine, does without.) At rest the layers are in S3, always
# encrypted. By default that is AES-256 with keys that S3 manages alone; you have nothing to do, and nothing to decide either. With `KMS` the key is in AWS KMS: the one that AWS
# manages for you, `aws/ecr`, or your own. Your own adds a key policy, a trace of each use in CloudTrail, and the option of disabling it, which makes all images
# unreadable.
#
# That choice is made **when the repository is created** and never changes. No use looking for the call:

# %%
[operation for operation in ecr.meta.service_model.operation_names if "Encrypt" in operation]

# %% [markdown] tags=["fr"]
# > **À l’examen.** « L’entreprise doit contrôler la clé, auditer son usage, pouvoir la révoquer » : KMS avec une clé gérée par le client. « Chiffrer un dépôt qui existe avec notre
# > clé » : créer un nouveau dépôt, y copier les images, supprimer l’ancien.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Une troisième valeur, `KMS_DSSE`, chiffre deux fois, en deux couches indépendantes, pour les
# > règlements qui l’exigent. *(Source : Amazon ECR API Reference, « EncryptionConfiguration ».)*
#
# ### Défi · Les recettes sous clé
#
# `bakehouse/recipes` gardera les recettes maison. Il a été créé trop vite : chiffrement par défaut, étiquettes mobiles. Faites en sorte qu’il soit chiffré par une clé KMS et que
# ses étiquettes ne bougent pas.

# %% [markdown] tags=["en"]
# > **In the exam.** “The company must control the key, audit its use, be able to revoke it”: KMS with a customer managed key. “Encrypt an existing repository with our key”: create a
# > new repository, copy the images there, delete the old one.
# >
# > **Today** (checked in November 2026). A third value, `KMS_DSSE`, encrypts twice, in two independent layers, for the regulations that ask for it.
# > *(Source: Amazon ECR API Reference, “EncryptionConfiguration”.)*
#
# ### Challenge · The recipes under a key
#
# `bakehouse/recipes` will keep the house recipes. It was created in haste: default encryption, tags that move. See to it that it is encrypted by a KMS key and that its tags
# stay put.

# %% tags=["challenge"]
ecr.delete_repository(repositoryName="bakehouse/recipes")
_ = ecr.create_repository(
    repositoryName="bakehouse/recipes",
    encryptionConfiguration={"encryptionType": "KMS"},
    imageTagMutability="IMMUTABLE",
)

# %%
lab.check("ecr-own-key")

# %% [markdown] tags=["fr"]
# ## Des étiquettes qui ne bougent plus
#
# Revenons à la « version 1.2 » poussée deux fois. Pour la rejouer, un dépôt d’essai reçoit l’image de la nuit. Ensuite, plutôt que de reconstruire, une astuce : ajouter des espaces dans
# le manifeste. Les couches restent les mêmes, le programme aussi ; mais l’empreinte change, et c’est donc, pour le registre, **une autre image**.

# %% [markdown] tags=["en"]
# ## Tags that stay put
#
# Back to the “version 1.2” that was pushed twice. To play it again, a trial repository gets the nightly image. After that, rather than building anew, a trick: adding spaces to the manifest.
# The layers stay the same, and so does the program; but the fingerprint changes, so to the registry it is **another image**.

# %%
with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
    ecr.create_repository(repositoryName="bakehouse/nightly")
[nightly] = ecr.describe_repositories(repositoryNames=["bakehouse/nightly"])["repositories"]
first = lab.push(lab.build("products", tag="nightly"), nightly["repositoryUri"])

[image] = ecr.batch_get_image(
    repositoryName="bakehouse/nightly", imageIds=[{"imageDigest": first.digest}]
)["images"]


def variant(spaces):  # any number but 3, Docker's own
    return {
        "repositoryName": "bakehouse/nightly",
        "imageManifest": json.dumps(json.loads(image["imageManifest"]), indent=spaces),
        "imageManifestMediaType": image["imageManifestMediaType"],
    }


def show_images():
    found = ecr.describe_images(repositoryName="bakehouse/nightly")["imageDetails"]
    for tags in sorted(details.get("imageTags", []) for details in found):
        print(tags)


ecr.put_image(**variant(1), imageTag="nightly")
ecr.put_image(**variant(2), imageTag="nightly")
show_images()

# %% [markdown] tags=["fr"]
# Trois nuits, trois images, une seule étiquette : elle a suivi la dernière. Les deux précédentes existent toujours, sans nom, et se paient. Pour
# `nightly`, c’est bien ce que l’on veut. Pour `1.2`, c’est le retour arrière raté de tout à l’heure. Figeons :

# %% [markdown] tags=["en"]
# Three nights, three images, one tag: it followed the latest. The two before still exist, nameless, and are paid for. For `nightly` that is just what
# we want. For `1.2` it is the rollback that went wrong. Let us freeze them:

# %%
ecr.put_image_tag_mutability(repositoryName="bakehouse/nightly", imageTagMutability="IMMUTABLE")
print(attempt(ecr.put_image, **variant(2), imageTag="1.2"))
try:
    ecr.put_image(**variant(4), imageTag="1.2")
except ClientError as error:
    print(error)

# %% [markdown] tags=["fr"]
# Poser `1.2` est permis, la déplacer ne l’est plus. Mais `nightly` ne bouge plus non plus, et la construction de cette nuit échouera. D’où l’**exclusion** : tout est immuable, sauf les
# étiquettes que désigne un filtre, où `*` remplace n’importe quelle suite de caractères.

# %% [markdown] tags=["en"]
# Setting `1.2` is allowed, moving it is not any more. But `nightly` no longer moves either, and tonight’s build will fail. Hence **exclusion**: everything is immutable but the tags that a
# filter names, where `*` stands for any run of characters.

# %%
ecr.put_image_tag_mutability(
    repositoryName="bakehouse/nightly",
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "nightly*"}],
)
print(attempt(ecr.put_image, **variant(4), imageTag="1.2"))
print(attempt(ecr.put_image, **variant(4), imageTag="nightly"))

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Empêcher qu’une version publiée soit écrasée » : étiquettes immuables. Ce réglage n’empêche ni de supprimer une image, ni d’en pousser une autre sous un nouveau
# > nom ; et seul le condensat dit, dans une définition de tâche, quelle image tournera.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Les exclusions existent dans les deux sens : `IMMUTABLE_WITH_EXCLUSION` fige tout sauf les étiquettes
# > filtrées, `MUTABLE_WITH_EXCLUSION` ne fige qu’elles. *(Source : Amazon ECR API Reference, « CreateRepository ».)*
#
# ### Défi · Tout est figé, sauf latest
#
# Dans `bakehouse/catalogue`, aucune étiquette publiée ne doit plus changer d’image, à l’exception de `latest` : elle seule, et aucune de celles qui lui ressemblent.

# %% [markdown] tags=["en"]
# > **In the exam.** “Keep a published version from being overwritten”: immutable tags. The setting prevents neither deleting an image nor pushing another under a new name; and only the
# > digest says, in a task definition, which image will run.
# >
# > **Today** (checked in November 2026). Exclusions work both ways: `IMMUTABLE_WITH_EXCLUSION` freezes all but the tags that a filter names,
# > `MUTABLE_WITH_EXCLUSION` freezes only those. *(Source: Amazon ECR API Reference, “CreateRepository”.)*
#
# ### Challenge · All frozen but latest
#
# In `bakehouse/catalogue`, no published tag may move to another image any more, except `latest`: that one alone, and none of those that look like it.

# %% tags=["challenge"]
_ = ecr.put_image_tag_mutability(
    repositoryName="bakehouse/catalogue",
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest"}],
)

# %%
lab.check("ecr-all-but-latest")

# %% [markdown] tags=["fr"]
# ## Le cycle de vie : qui part, qui reste
#
# Un dépôt où l’on pousse chaque jour grossit chaque jour. Une **politique de cycle de vie** est une liste de règles, 50 au plus, que le registre applique seul, dans les 24 heures
# qui suivent le moment où une image y répond. Chaque règle a une priorité, une **sélection** (quelles images), un **décompte** (à partir de quand), et une action.
#
# La sélection porte sur les étiquettes : `tagged`, avec une liste de motifs (`tagPatternList`) ou de préfixes (`tagPrefixList`) ; `untagged` ; ou `any`, toutes. Le décompte porte soit sur un nombre d’images
# (`imageCountMoreThan`, les plus récentes sont gardées), soit sur un âge en jours depuis la poussée (`sinceImagePushed`).
#
# L’essentiel tient dans l’ordre d’évaluation, et c’est là que l’on se trompe :
#
# 1. **Toutes** les règles sont évaluées d’abord, chacune comme si elle était seule ; elles marquent des images.
# 2. Elles sont ensuite appliquées par priorité, la 1 d’abord. Une image appartient à la première règle dont les critères d’étiquettes la choisissent ; aucune règle suivante ne peut plus agir sur elle, **même
#    si la première la garde**.
# 3. Une image déjà marquée par une règle prioritaire compte encore comme présente pour les autres : marquer n’est pas encore supprimer.
#
# Suivez cinq images à travers trois règles :

# %% [markdown] tags=["en"]
# ## The lifecycle: which go, which stay
#
# A repository that is pushed to every day grows every day. A **lifecycle policy** is a list of rules, 50 at most, which the registry applies by itself within the 24 hours after an image
# meets one. Each rule has a priority, a **selection** (which images), a **count** (from when on), and an action.
#
# The selection is about tags: `tagged`, with a list of patterns (`tagPatternList`) or prefixes (`tagPrefixList`); `untagged`; or `any`, all of them. The count is about either a number of images
# (`imageCountMoreThan`, the youngest are kept) or an age in days since the push (`sinceImagePushed`).
#
# What matters most is the order of evaluation, and that is where people go wrong:
#
# 1. **All** rules are evaluated first, each as if it were alone; they mark images.
# 2. Then they are applied by priority, 1 first. An image belongs to the first rule whose tag criteria select it; no later rule may act on it any more, **even if the
#    first one keeps it**.
# 3. An image that a rule of higher priority has marked still counts as present for the others: marking is not deleting yet.
#
# Follow five images through three rules:

# %%
labs.figure("ecr-lifecycle")

# %% [markdown] tags=["fr"]
# Trois détails complètent le tableau. Plusieurs motifs dans une même règle se lisent **et**, pas **ou** : `["dev-*", "test-*"]` ne choisit que les images qui portent les deux sortes
# d’étiquettes ; pour « l’un ou l’autre », il faut deux règles. Une règle `any` porte le plus grand numéro de toutes, sinon ECR refuse la politique. Enfin, une image que cite une **liste de manifestes** (une image pour
# plusieurs architectures) est protégée tant que la liste existe.
#
# À vous. Voici un dépôt après un an de vie, et la politique de la figure. Le JSON se modifie, le curseur laisse passer des jours ; le tableau dit quelle image part, par quelle règle, et pourquoi les autres
# restent. Ce sont les règles du cloud local elles-mêmes qui répondent, avec les refus d’ECR quand le texte ne convient pas. Quelques expériences :
#
# - laissez passer 30 jours : quelles images la règle 9 n’a-t-elle jamais le droit de prendre ?
# - remplacez `["release-*"]` par `["release-*", "prod"]` : combien de versions partent ? À quelle règle les autres sont-elles passées ?
# - donnez à la règle `any` la priorité 1 et aux deux autres 2 et 3 ; lisez le refus ;
# - supprimez une virgule.

# %% [markdown] tags=["en"]
# Three details complete the picture. Several patterns in one rule mean **and**, not **or**: `["dev-*", "test-*"]` selects only images that carry both kinds of tags; for “either” you need two rules. An `any` rule has the
# highest number of all, else ECR refuses the policy. And an image that a **manifest list** names (one image for several architectures) is protected as long as the list exists.
#
# Your turn. Here is a repository after a year of life, and the policy of the figure. The JSON can be edited, the slider lets days pass; the table says which image goes, by which rule, and why the others stay. It
# is the local cloud’s own rules that answer, with ECR’s refusals when the text will not do. A few experiments:
#
# - let 30 days pass: which images may rule 9 never take?
# - replace `["release-*"]` with `["release-*", "prod"]`: how many releases go? To which rule have the others passed?
# - give the `any` rule priority 1 and the two others 2 and 3; read the refusal;
# - take away a comma.

# %%
from labs.playgrounds import lifecycle

lifecycle.playground()

# %% [markdown] tags=["fr"]
# ### L’aperçu, sur de vraies images
#
# Une politique qui supprime ne s’essaie pas en production. ECR offre un **aperçu** (*preview*) : il évalue un texte sur les images réelles et ne touche à rien. Donnons six versions à
# notre dépôt d’essai, où traînent déjà des nuits sans étiquette, puis demandons ce que feraient deux règles : garder trois versions, garder une seule image sans étiquette.

# %% [markdown] tags=["en"]
# ### The preview, on real images
#
# A policy that deletes is not something to try out in production. ECR offers a **preview**: it evaluates a text on the real images and touches nothing. Let us give six releases to our trial
# repository, where untagged nights are already lying about, then ask what two rules would do: keep three releases, keep a single untagged image.

# %%
for number in range(1, 7):
    with suppress(ecr.exceptions.ImageAlreadyExistsException):
        ecr.put_image(**variant(4 + number), imageTag=f"release-{number}")


def rule(priority, count, **selection):
    counted = {"countType": "imageCountMoreThan", "countNumber": count}
    return {
        "rulePriority": priority,
        "selection": selection | counted,
        "action": {"type": "expire"},
    }


releases = rule(1, 3, tagStatus="tagged", tagPatternList=["release-*"])
leftovers = rule(2, 1, tagStatus="untagged")
policy = json.dumps({"rules": [releases, leftovers]})

ecr.start_lifecycle_policy_preview(
    repositoryName="bakehouse/nightly", lifecyclePolicyText=policy
)
ecr.get_waiter("lifecycle_policy_preview_complete").wait(
    repositoryName="bakehouse/nightly", WaiterConfig={"Delay": 1, "MaxAttempts": 120}
)
preview = ecr.get_lifecycle_policy_preview(repositoryName="bakehouse/nightly")
results = [
    (result["appliedRulePriority"], result["action"]["type"], result.get("imageTags", []))
    for result in preview["previewResults"]
]
for result in sorted(results):
    print(*result)

# %% [markdown] tags=["fr"]
# Les trois plus anciennes versions partiraient, et la plus ancienne des deux nuits sans étiquette ; `1.2` et `nightly` n’intéressent aucune règle.
# C’est ce que nous voulions : appliquons. Rien ne bouge sur-le-champ, et c’est normal. ECR passera dans les 24 heures.

# %% [markdown] tags=["en"]
# The three oldest releases would go, and the older of the two untagged nights; `1.2` and `nightly` concern no rule. That is what we wanted: apply it. Nothing moves on the spot, and that is normal. ECR
# will come round within 24 hours.

# %%
ecr.put_lifecycle_policy(repositoryName="bakehouse/nightly", lifecyclePolicyText=policy)
len(ecr.describe_images(repositoryName="bakehouse/nightly")["imageDetails"])

# %% [markdown] tags=["fr"]
# Sur le cloud local, on peut faire venir demain tout de suite : `course cloud expire-images` dans un terminal, ou la cellule suivante. C’est une commande du cours ; sur AWS, il n’y a qu’à attendre.

# %% [markdown] tags=["en"]
# On the local cloud, tomorrow can be made to come at once: `course cloud expire-images` in a terminal, or the next cell. That is a command of the course; on AWS there is nothing to do but wait.

# %%
from labs.cloud import client

print(client.control("POST", "/expire-images"))
show_images()

# %% [markdown] tags=["fr", "own-numbers"]
# > **À l’examen.** « Garder les dix dernières versions et supprimer le reste sans code » : une politique de cycle de vie, jamais une fonction Lambda planifiée. Pour épargner les versions *et* vider tout le
# > reste : les versions en priorité 1, `any` après.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Une règle peut aussi compter les jours depuis le dernier tirage (`sinceImagePulled`) et, au lieu de
# > supprimer, faire passer l’image dans la classe de stockage **archive** par l’action `transition`. Une image archivée est encore énumérée mais ne
# > se tire plus ; la restaurer prend jusqu’à 20 minutes. Une autre règle peut la supprimer ensuite, en comptant depuis son archivage
# > (`sinceImageTransitioned`), au bout de 90 jours au moins : c’est la durée minimale facturée. *(Sources : Amazon ECR User Guide, « Lifecycle policy
# > properties in Amazon ECR » et « Archiving an image in Amazon ECR ».)*
#
# ### Défi · Dix versions, pas davantage
#
# Donnez à `bakehouse/releases` une politique qui garde les dix dernières images dont une étiquette commence par `release-`, quel que soit leur âge, qui supprime les images sans étiquette poussées il y a plus de 7 jours, et qui ne
# touche à rien d’autre. Le contrôle ne compare pas votre texte à un modèle : il regarde ce qu’il ferait.

# %% [markdown] tags=["en", "own-numbers"]
# > **In the exam.** “Keep the last ten releases and delete the rest without code”: a lifecycle policy, never a scheduled Lambda function. To spare releases *and* clear out everything else: the releases at priority 1,
# > `any` after them.
# >
# > **Today** (checked in November 2026). A rule can also count days since the last pull (`sinceImagePulled`) and, instead of deleting, move the image
# > to the **archive** storage class by the action `transition`. An archived image is still listed but can no longer be pulled; restoring it takes up
# > to 20 minutes. Another rule may delete it later, counting from its archiving (`sinceImageTransitioned`), after 90 days at the earliest: that is
# > the minimum duration billed. *(Sources: Amazon ECR User Guide, “Lifecycle policy properties in Amazon ECR” and “Archiving an image in Amazon
# > ECR”.)*
#
# ### Challenge · Ten releases, no more
#
# Give `bakehouse/releases` a policy that keeps the last ten images with a tag that begins with `release-`, whatever their age, that deletes untagged images pushed more than 7 days ago, and that touches
# nothing else. The check does not compare your text with a model: it looks at what it would do.

# %% tags=["challenge"]
ten = rule(1, 10, tagStatus="tagged", tagPatternList=["release-*"])
week = {
    "rulePriority": 2,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 7,
    },
    "action": {"type": "expire"},
}
_ = ecr.put_lifecycle_policy(
    repositoryName="bakehouse/releases", lifecyclePolicyText=json.dumps({"rules": [ten, week]})
)

# %%
lab.check("ecr-ten-releases")

# %% [markdown] tags=["fr"]
# ## Ce que cela coûte
#
# ECR facture deux choses : les octets stockés, 0,10 USD par Go et par mois (us-east-1, 2026-03), et ceux qui sortent vers internet ou vers une autre région. Tirer dans la même région ne coûte rien, du moins à ECR : si le trafic
# passe par une passerelle NAT, elle se fait payer au Go. Pour tirer sans elle, et sans toucher à internet, un sous-réseau privé emploie des points de terminaison : deux pour ECR (`ecr.api`,
# `ecr.dkr`), et un troisième pour S3, car c’est là que sont les couches. L’examen aime ce troisième, que l’on oublie ; le chapitre sur ECS le montrera manquant.
#
# Attention en lisant les tailles : `describe_images` compte chaque image en entier, alors qu’une couche commune n’est stockée qu’une fois par dépôt. Dans notre dépôt d’essai, où toutes les images partagent tout, la somme annonce :

# %% [markdown] tags=["en"]
# ## What it costs
#
# ECR bills two things: the bytes stored, 0.10 USD per GB-month (us-east-1, 2026-03), and those that go out to the internet or to another Region. Pulling within the Region costs nothing, at least at ECR: if the
# traffic goes through a NAT gateway, that one is paid by the GB. To pull without it, and without touching the internet, a private subnet uses endpoints: two for ECR (`ecr.api`, `ecr.dkr`),
# and a third one for S3, for that is where the layers are. The exam is fond of the third, the one people forget; the chapter on ECS will show what happens without it.
#
# Careful when you read sizes: `describe_images` counts each image in full, whereas a layer in common is stored once per repository. In our trial repository, where all images share everything, the sum claims:

# %%
details = ecr.describe_images(repositoryName="bakehouse/nightly")["imageDetails"]
claimed = sum(each["imageSizeInBytes"] for each in details)

content = json.loads(image["imageManifest"])
stored = sum(blob["size"] for blob in [content["config"], *content["layers"]])
len(details), round(claimed / stored)

# %% [markdown] tags=["fr"]
# Autant de fois la taille réelle qu’il y a d’images. D’ordinaire, la vérité est entre les deux : à chaque poussée, les couches du bas ne changent pas
# et celle du code change. Le prix d’une année dépend donc de ce que pèse une image, de la part qui change, du rythme des poussées, et d’une politique
# qui arrête, ou non, l’accumulation. Essayez : une image dix fois plus légère fait-elle mieux qu’une politique ? Et les deux ensemble ?

# %% [markdown] tags=["en"]
# As many times the real size as there are images. As a rule the truth lies in between: with each push the lower layers stay and that of the code
# changes. So the price of a year depends on what an image weighs, on the share that changes, on the pace of pushes, and on a policy that stops the
# piling up, or not. Try it: does an image ten times lighter do better than a policy? And both together?

# %%
from labs.playgrounds import image_storage

image_storage.playground()

# %% [markdown] tags=["fr"]
# La politique change la pente, l’image légère change tout le reste : le stockage, mais aussi le temps de démarrage de chaque tâche et ce que voit l’analyse de vulnérabilités, à laquelle nous arrivons.
#
# > **Aujourd’hui** (prix relevés en 2026-03). Le mot « archive » promet plus qu’il ne tient : jusqu’à 150 To par mois, la classe archive coûte autant
# > que la classe standard, et ne descend à 0,07 USD par Go et par mois qu’au-delà. Restaurer se paie 0,03 USD par Go. À l’échelle d’une boutique,
# > elle sert à conserver, pas à économiser. *(Source : Amazon ECR pricing.)*
#
# ## Savoir ce qu’on a rangé
#
# Une image d’hier peut contenir la faille d’aujourd’hui. ECR sait lire ce qu’elle contient et le comparer à ce que l’on connaît. Il y a deux manières :
#
# | | analyse de base | analyse avancée (*enhanced*) |
# |---|---|---|
# | qui s’en charge | ECR | Amazon Inspector |
# | ce qu’elle lit | les paquets du système d’exploitation | ceux-là, et les bibliothèques des langages |
# | quand | à la poussée, ou à la demande | à la poussée, ou **en continu** : une faille publiée demain réveille une image d’hier |
# | où vont les résultats | dans ECR, et EventBridge annonce la fin | dans ECR, Inspector, Security Hub ; EventBridge annonce chaque faille |
# | coût | comprise | facturée par Inspector, à l’image |
#
# Pour obtenir un résultat, il faut une image qui ait un système. Fabriquons-en une à la main, avec ses deux seuls fichiers utiles : le nom d’une vieille Debian et la liste de ses paquets. C’est l’occasion de voir ce que fait `docker push` sous son
# capot : trois appels par couche, puis le manifeste.

# %% [markdown] tags=["en"]
# The policy changes the slope, the slim image changes everything else: storage, but also how long each task takes to start, and what vulnerability scanning sees, which is where we are heading.
#
# > **Today** (prices as of 2026-03). The word “archive” promises more than it keeps: up to 150 TB a month the archive class costs as much as the
# > standard class, and only beyond that does it come down to 0.07 USD per GB-month. Restoring costs 0.03 USD per GB. At a shop’s scale it serves to
# > retain, not to save. *(Source: Amazon ECR pricing.)*
#
# ## Know what you have stored
#
# Yesterday’s image may hold today’s flaw. ECR can read what it contains and compare it with what is known. There are two ways:
#
# | | basic scanning | enhanced scanning |
# |---|---|---|
# | who does it | ECR | Amazon Inspector |
# | what it reads | the operating system’s packages | those, and the languages’ libraries |
# | when | on push, or on demand | on push, or **continuously**: a flaw published tomorrow wakes up an image of yesterday |
# | where results go | to ECR, and EventBridge announces the end | to ECR, Inspector, Security Hub; EventBridge announces each flaw |
# | cost | included | billed by Inspector, per image |
#
# To get a result we need an image that has a system. Let us make one by hand, with its only two useful files: the name of an old Debian and the list of its packages. It is a chance to see what `docker push` does under the
# bonnet: three calls per layer, then the manifest.

# %%
import gzip
import io
import tarfile


def layer(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


def upload(repository, content, media_type):
    upload_id = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    where = {"repositoryName": repository, "uploadId": upload_id}
    ecr.upload_layer_part(
        **where, partFirstByte=0, partLastByte=len(content) - 1, layerPartBlob=content
    )
    digest = fingerprint(content)
    with suppress(ecr.exceptions.LayerAlreadyExistsException):
        ecr.complete_layer_upload(**where, layerDigests=[digest])
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


packages = """\
Package: libssl1.1
Status: install ok installed
Source: openssl
Version: 1.1.1k-1

Package: zlib1g
Status: install ok installed
Source: zlib
Version: 1:1.2.11.dfsg-2
"""
system = layer(
    {"etc/os-release": 'ID=debian\nVERSION_ID="11"\n', "var/lib/dpkg/status": packages}
)
oci = "application/vnd.oci.image"
configuration = b'{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}'

with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
    ecr.create_repository(repositoryName="bakehouse/old-base")
manifest = {
    "schemaVersion": 2,
    "mediaType": f"{oci}.manifest.v1+json",
    "config": upload("bakehouse/old-base", configuration, f"{oci}.config.v1+json"),
    "layers": [upload("bakehouse/old-base", system, f"{oci}.layer.v1.tar+gzip")],
}
with suppress(ecr.exceptions.ImageAlreadyExistsException):
    ecr.put_image(
        repositoryName="bakehouse/old-base", imageManifest=json.dumps(manifest), imageTag="2021"
    )

# %% [markdown] tags=["fr"]
# L’analyse se demande (une fois par 24 heures et par image, au plus), s’attend, puis se lit.

# %% [markdown] tags=["en"]
# A scan is asked for (once per 24 hours and image, at most), waited for, then read.

# %%
which = {"repositoryName": "bakehouse/old-base", "imageId": {"imageTag": "2021"}}
with suppress(ecr.exceptions.LimitExceededException):
    ecr.start_image_scan(**which)
ecr.get_waiter("image_scan_complete").wait(**which, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

found = ecr.describe_image_scan_findings(**which)["imageScanFindings"]
for finding in sorted(found["findings"], key=lambda finding: finding["name"]):
    attributes = {each["key"]: each["value"] for each in finding["attributes"]}
    print(finding["severity"].ljust(9), finding["name"].ljust(15), attributes["package_name"])

# %% [markdown] tags=["fr"]
# Des failles célèbres, dans des paquets de 2021. La liste hors ligne du cloud local n’en connaît qu’une poignée, chaque résultat le rappelle dans sa description ; sur AWS, la même image en rapporterait bien davantage. À l’inverse, une image sans système, comme
# celles que le cours assemble quand il n’a pas de moteur Docker, ne peut pas être analysée : il n’y a rien à lire. C’est aussi la morale des images minces.
#
# Reste à ne plus devoir y penser. Le réglage `scanOnPush` d’un dépôt existe toujours, mais AWS recommande la **configuration du registre**, dont les filtres valent aussi pour les dépôts qui n’existent pas encore.
#
# > **À l’examen.** « Vulnérabilités des paquets du système, sans frais » : analyse de base. « Bibliothèques des langages », « en continu », « alerter
# > quand une faille paraît » : analyse avancée, donc Amazon Inspector, et EventBridge pour réagir. L’analyse constate ; elle n’empêche pas de tirer.
# > C’est à la chaîne de livraison de s’arrêter.
#
# ### Défi · Analyser dès la poussée
#
# Faites en sorte que toute image poussée dans un dépôt `bakehouse/…`, aujourd’hui ou l’an prochain, soit analysée à son arrivée (analyse de base), et
# que les autres dépôts ne le soient pas. Un seul réglage doit suffire. (Ce réglage est celui de tout le registre : sur un compte réel, le garde-fou
# du cours le refuse.)

# %% [markdown] tags=["en"]
# Famous flaws, in packages of 2021. The local cloud’s offline list knows only a handful, as every result recalls in its description; on AWS the same image would report a good many more. Conversely, an image without a system, like those that the
# course puts together when it has no Docker Engine, cannot be scanned: there is nothing to read. That is the moral of slim images, too.
#
# What remains is not having to think of it. A repository’s `scanOnPush` setting still exists, but AWS recommends the **registry’s configuration**,
# whose filters also hold for repositories that do not exist yet.
#
# > **In the exam.** “Vulnerabilities of the system’s packages, at no charge”: basic scanning. “Languages’ libraries”, “continuously”, “alert when a
# > flaw is published”: enhanced scanning, hence Amazon Inspector, and EventBridge to react. Scanning reports; it does not keep anybody from pulling.
# > It is up to the delivery pipeline to stop.
#
# ### Challenge · Scan on push
#
# See to it that every image pushed to a `bakehouse/…` repository, today or next year, is scanned on arrival (basic scanning), and that other repositories are not. One setting should be enough. (It is the setting of the whole registry: on a real
# account, the course’s safeguard refuses it.)

# %% tags=["challenge"]
_ = ecr.put_registry_scanning_configuration(
    scanType="BASIC",
    rules=[
        {
            "scanFrequency": "SCAN_ON_PUSH",
            "repositoryFilters": [{"filter": "bakehouse/*", "filterType": "WILDCARD"}],
        }
    ],
)

# %%
lab.check("ecr-scan-on-push")

# %% [markdown] tags=["fr"]
# ## D’une région à l’autre, et d’un registre à l’autre
#
# Quand la boutique ouvrira à Paris et à São Paulo, faire venir chaque image de Virginie coûterait du temps à chaque démarrage et de l’argent à chaque tirage, et une région en panne en priverait les autres. ECR sait **répliquer** : des règles, au niveau du registre,
# disent vers quelles régions et quels comptes copier, et quels dépôts, par préfixe. Sur un autre registre, l’image est dans un dépôt du même nom, avec le même condensat.

# %% [markdown] tags=["en"]
# ## From Region to Region, and from registry to registry
#
# When the shop opens in Paris and São Paulo, fetching each image from Virginia would cost time at every start and money at every pull, and one Region’s outage would leave the others without. ECR can **replicate**: rules, set on the registry,
# say to which Regions and accounts to copy, and which repositories, by prefix. In the other registry the image is in a repository of the same name, with the same digest.

# %%
labs.figure("ecr-replication")

# %% [markdown] tags=["fr"]
# Vers une autre région du même compte, la règle suffit. Vers un **autre compte**, c’est la destination qui décide : la politique de *son registre* (ni celle d’un dépôt, ni celle d’une identité) doit autoriser le compte source à `ecr:ReplicateImage`, et à `ecr:CreateRepository` si les
# dépôts n’y existent pas encore. Une règle ne concerne que les images poussées **après** elle, et les réglages du dépôt (immuabilité, cycle de vie, politique) ne voyagent pas : chaque registre garde les siens. Voici ce que l’on enverrait, par `put_replication_configuration` :
#
# ```json
# {
#   "rules": [
#     {
#       "destinations": [
#         {"region": "eu-west-3", "registryId": "123456789012"},
#         {"region": "us-east-1", "registryId": "210987654321"}
#       ],
#       "repositoryFilters": [{"filter": "frenchbakery/", "filterType": "PREFIX_MATCH"}]
#     }
#   ]
# }
# ```
#
# Le cloud local n’a qu’un registre par région et ne copie rien entre eux. Il le dit au lieu de faire semblant :

# %% [markdown] tags=["en"]
# To another Region of the same account the rule is enough. To **another account**, the destination decides: the policy of *its registry* (neither a repository’s nor an identity’s) must allow the source account `ecr:ReplicateImage`, and `ecr:CreateRepository` if the
# repositories do not exist there yet. A rule concerns only images pushed **after** it, and a repository’s settings (immutability, lifecycle, policy) do not travel: each registry keeps its own. This is what you would send, by `put_replication_configuration`:
#
# ```json
# {
#   "rules": [
#     {
#       "destinations": [
#         {"region": "eu-west-3", "registryId": "123456789012"},
#         {"region": "us-east-1", "registryId": "210987654321"}
#       ],
#       "repositoryFilters": [{"filter": "frenchbakery/", "filterType": "PREFIX_MATCH"}]
#     }
#   ]
# }
# ```
#
# The local cloud has one registry per Region and copies nothing between them. It says so instead of pretending:

# %%
elsewhere = [{"destinations": [{"region": "eu-west-3", "registryId": account}]}]
try:
    ecr.put_replication_configuration(replicationConfiguration={"rules": elsewhere})
except ClientError as error:
    print(error)

ecr.describe_registry()["replicationConfiguration"]

# %% [markdown] tags=["fr"]
# Le **cache** (*pull through cache*) va dans l’autre sens. Une règle associe un préfixe, par exemple `docker-hub`, à un registre amont. Vos tâches
# tirent alors `…/docker-hub/library/python:3.11` de **votre** registre ; la première fois, ECR va le chercher, crée le dépôt et le garde ; les fois
# suivantes, il le sert lui-même et vérifie de temps en temps si l’amont a changé. Les quotas de l’amont ne concernent plus vos démarrages, vos
# sous-réseaux n’ont plus besoin d’y accéder, et ce qui est tiré est analysé, chiffré et nettoyé comme le reste. Pour un amont qui demande une
# authentification, comme Docker Hub, ECR lit les identifiants dans Secrets Manager.
#
# > **À l’examen.** « Images prêtes dans une seconde région », « reprise après sinistre », « démarrages rapides partout » : réplication. « Un autre compte ne reçoit rien » : la politique du registre de *destination*. « Les tirages depuis un registre public
# > sont limités ou doivent rester privés » : cache.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Un **modèle de création de dépôt** dit comment naissent les dépôts que la réplication, le cache et
# > même une simple poussée créent d’eux-mêmes : chiffrement, immuabilité, cycle de vie, politique. Et les images d’avant la règle peuvent être
# > répliquées après coup, destination par destination (*replication backfill*). *(Sources : Amazon ECR API Reference,
# > « CreateRepositoryCreationTemplate » et « StartReplicationBackfill ».)*

# %% [markdown] tags=["en"]
# The **pull through cache** goes the other way. A rule joins a prefix, `docker-hub` for instance, to an upstream registry. Your tasks then pull
# `…/docker-hub/library/python:3.11` from **your own** registry; the first time, ECR fetches it, creates the repository and keeps it; after that it
# serves it by itself and checks now and then whether upstream has changed. Upstream’s quotas no longer concern your starts, your subnets no longer
# need to reach it, and what is pulled is scanned, encrypted and cleaned up like the rest. For an upstream that wants authentication, such as Docker
# Hub, ECR reads the credentials from Secrets Manager.
#
# > **In the exam.** “Images ready in a second Region”, “disaster recovery”, “quick starts everywhere”: replication. “The other account receives nothing”: the *destination* registry’s policy. “Pulls from a public registry are limited, or must stay
# > private”: pull through cache.
# >
# > **Today** (checked in November 2026). A **repository creation template** says how repositories are born that replication, the cache and even a
# > plain push create by themselves: encryption, immutability, lifecycle, policy. And images from before the rule can be replicated afterwards, one
# > destination at a time (*replication backfill*). *(Sources: Amazon ECR API Reference, “CreateRepositoryCreationTemplate” and
# > “StartReplicationBackfill”.)*

# %% [markdown] tags=["fr"]
# ## Ce que vous savez faire
#
# Vous avez créé des dépôts, ouvert une session, poussé, puis tiré par condensat en vérifiant chaque octet. Vous avez refusé, puis accordé, exactement ce qu’il fallait, à quelqu’un de votre compte et à quelqu’un d’un autre. Vous avez figé des étiquettes, prévu puis
# constaté le passage du ménage, lu le résultat d’une analyse. Cinq idées à garder :
#
# 1. **L’étiquette est un nom, le condensat est une identité.** Immuabilité pour les humains, condensat pour les machines.
# 2. **Entre deux comptes, deux accords.** La politique du dépôt et la politique d’identité ; le jeton, lui, ne vient que de l’identité.
# 3. **Le chiffrement se choisit à la naissance.** Changer de clé, c’est changer de dépôt.
# 4. **Une image n’a qu’une règle.** La première qui la choisit, même si c’est pour la garder.
# 5. **Le destinataire décide.** Pour une réplication vers un autre compte, c’est la politique de son registre qui compte.

# %% [markdown] tags=["en"]
# ## What you can do now
#
# You created repositories, logged in, pushed, then pulled by digest and verified every byte. You denied, then granted, exactly what was needed, to somebody of your own account and to somebody of another. You froze tags, foresaw and then saw the cleaning come round, and read a
# scan’s result. Five ideas to keep:
#
# 1. **A tag is a name, a digest is an identity.** Immutability for people, digests for machines.
# 2. **Between two accounts, two consents.** The repository’s policy and the identity policy; the token only ever comes from the identity.
# 3. **Encryption is chosen at birth.** To change the key is to change the repository.
# 4. **An image has one rule.** The first that selects it, even if only to keep it.
# 5. **The receiver decides.** For replication to another account, it is their registry’s policy that counts.

# %% [markdown] tags=["fr"]
# ### Trois questions

# %% [markdown] tags=["en"]
# ### Three questions

# %%
import quiz

quiz.ask("ecr")

# %% [markdown] tags=["fr"]
# ## Ranger
#
# Un dépôt qui contient des images ne se laisse supprimer qu’avec `force=True`. Le ménage reprend tout ce que ce cahier a créé, et laisse les dépôts du labo s’ils étaient là avant.

# %% [markdown] tags=["en"]
# ## Tidy up
#
# A repository that holds images can only be deleted with `force=True`. The clean-up takes back everything that this notebook created, and leaves the lab’s repositories if they were there before.

# %%
lab.clean_up("ecr")
