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
# # Le labo, les pannes : cinq villes n’ouvrent pas
#
# Lundi, 5 h 40. FrenchBakery ouvre ce matin cinq boutiques d’un coup : Lille, Brest, Nantes, Lyon et Dijon. Chacune a son catalogue en ligne, et ces catalogues
# tournent déjà, puisqu’on les a mis en service vendredi soir, avant de partir. La même image pour tout le monde, celle qui sert Paris depuis des mois sans une
# plainte. Le reste a été recopié à la main, ville par ville, l’œil sur l’horloge.
#
# À 5 h 41, le premier message arrive de Lille : la page ne s’affiche pas. À 5 h 43, Brest. Puis Nantes, Lyon, et Dijon, où cela marche « une fois sur deux ». Les fours
# chauffent, les premiers clients seront là à 7 heures. Et personne ne se souvient de ce qui a été recopié vendredi.
#
# Dans ce cahier, rien n’est expliqué d’avance. Chaque ville a **une** panne, une seule, et ce n’est jamais l’image. AWS vous dira ce qu’il sait, comme il le dit à tout le
# monde : par bribes, à cinq endroits différents. À vous de trouver, puis de réparer.

# %% [markdown] tags=["en"]
# # The lab, the faults: five towns do not open
#
# Monday, 5.40 a.m. This morning FrenchBakery opens five shops at once: Lille, Brest, Nantes, Lyon and Dijon. Each has its catalogue online, and those catalogues are
# running already, for they were put into service on Friday evening, just before everyone left. The same image for all, the one that has served Paris for months without
# a complaint. The rest was copied by hand, town by town, with an eye on the clock.
#
# At 5.41 the first message comes in from Lille: the page does not show. At 5.43, Brest. Then Nantes, Lyon, and Dijon, where it works “every other time”. The ovens are
# heating up, the first customers will be there at 7. And nobody remembers what exactly was copied on Friday.
#
# In this notebook nothing is explained in advance. Each town has **one** fault, only one, and it is never the image. AWS will tell you what it knows the way it tells
# everybody: in scraps, in five different places. Finding out is up to you, and so is the mending.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure et demie, si vous cherchez vraiment |
# | **coût** | rien sur le cloud local ; sur un compte AWS, un équilibreur de charge et cinq des plus petites tâches Fargate, le temps de la séance |
# | **à l’examen** | 1.2 des charges sûres (rôles, chemins réseau) · 2.1 et 2.2 des architectures qui tiennent, contrôles de santé · 3.2 le calcul à la bonne taille |
#
# Ce cahier se suffit : il ne demande pas que la boutique du labo existe.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour and a half, if you really search |
# | **cost** | nothing on the local cloud; on an AWS account, a load balancer and five of the smallest Fargate tasks for as long as you are at it |
# | **in the exam** | 1.2 secure workloads (roles, network paths) · 2.1 and 2.2 architectures that hold, health checks · 3.2 compute of the right size |
#
# This notebook stands on its own: the lab’s shop need not exist.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("troubleshooting")

# %% [markdown] tags=["fr"]
# Voici vendredi soir, en une ligne. Ce que fait `release` se lit dans le paquet du cours, mais ce serait filer tout droit à la page du coupable.

# %% [markdown] tags=["en"]
# Here is Friday evening, in one line. What `release` does can be read in the course’s package, but that would be turning to the last page of a detective story.

# %%
from labs.chapters import troubleshooting

troubleshooting.release(lab)

# %% [markdown] tags=["fr"]
# ## Une méthode, avant de toucher à quoi que ce soit
#
# Devant une panne, la tentation est de changer quelque chose : redémarrer, agrandir, ouvrir un groupe de sécurité « pour voir ». C’est ainsi que l’on passe d’une panne à
# deux. Une tâche ECS qui sert un client a franchi cinq seuils, toujours dans le même ordre. Demandez-vous lequel elle n’a pas franchi, et vous saurez **où lire** ; ce que vous
# y lirez vous dira **quoi soupçonner**.

# %% [markdown] tags=["en"]
# ## A method, before touching anything
#
# Faced with a fault, the temptation is to change something: restart, enlarge, open a security group “to see”. That is how one fault becomes two. An ECS task that serves a
# customer has crossed five thresholds, always in the same order. Ask which one it did not cross and you will know **where to read**; what you read there will tell you **what
# to suspect**.

# %%
labs.figure("troubleshooting-path")

# %% [markdown] tags=["fr"]
# Trois choses à savoir sur ces lectures. Les **événements** d’un service sont brefs, et les plus récents viennent en premier. Une **tâche arrêtée** reste visible un moment, puis disparaît avec sa
# raison : lisez-la tout de suite, ou faites-la garder par une règle EventBridge. Et la raison d’une **tâche** n’est pas celle de ses **conteneurs** : `stoppedReason`
# à l’étage, `reason` au rez-de-chaussée, et c’est souvent en bas que l’on apprend quelque chose.
#
# | Code de sortie | Ce qu’il veut dire |
# |---|---|
# | aucun | le conteneur n’a jamais démarré : lisez `stoppedReason` |
# | 0 | le programme a fini sans erreur ; dans un service, il n’aurait pas dû finir |
# | 1 ou 2 | le programme s’est arrêté sur une erreur : lisez ses journaux |
# | 137 | 128 + 9, SIGKILL : tué, faute de mémoire ou pour n’être pas parti à temps |
# | 139 | 128 + 11, SIGSEGV : le programme s’est écroulé |
# | 143 | 128 + 15, SIGTERM : on lui a demandé de s’arrêter, et le signal l’a arrêté net |
#
# Voici la trousse. Quatre fonctions lisent, chacune à un endroit : `events`, `stopped`, `targets`, `lines`. Trois autres les aident ; `until` attend que la lecture donne quelque chose, et `show`
# raccourcit les identifiants pour que les messages tiennent à l’écran, sans y changer rien d’autre. Aucune ne touche à quoi que ce soit.

# %% [markdown] tags=["en"]
# Three things to know about these readings. A service’s **events** are brief, the latest first. A **stopped task** stays visible for a while, then disappears with its reason:
# read it at once, or have an EventBridge rule keep it. And the reason of a **task** is not that of its **containers**: `stoppedReason` is upstairs, `reason` downstairs,
# and downstairs is often where you learn something.
#
# | Exit code | What it means |
# |---|---|
# | none | the container never started: read `stoppedReason` |
# | 0 | the program has finished without an error; in a service it should not have finished |
# | 1 or 2 | the program stopped on an error: read its logs |
# | 137 | 128 + 9, SIGKILL: killed, for lack of memory or for not leaving in time |
# | 139 | 128 + 11, SIGSEGV: the program crashed |
# | 143 | 128 + 15, SIGTERM: it was asked to stop, and the signal ended it on the spot |
#
# Here is the tool bag. Four functions read, each in one place: `events`, `stopped`, `targets`, `lines`. Three others help them; `until` waits for a reading to yield something, and `show` shortens
# ids so that messages fit on the screen, and changes nothing else in them. None of them touches anything.

# %%
import json
import re
import textwrap
import time

ecs, ec2, elbv2, iam, logs = (
    session.client(name) for name in ("ecs", "ec2", "elbv2", "iam", "logs")
)
here = {"cluster": "troubleshooting"}
patience = {"Delay": 1, "MaxAttempts": 90 if session.world == "local" else 300}


def events(town, words=""):
    [service] = ecs.describe_services(**here, services=[town])["services"]
    messages = [event["message"] for event in service["events"]]
    return [message for message in messages if words in message]


def stopped(town):
    arns = ecs.list_tasks(**here, serviceName=town, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(**here, tasks=arns)["tasks"] if arns else []
    return [task for task in tasks if task["lastStatus"] == "STOPPED"]


def targets(town, state):
    arn = target_group(town)["TargetGroupArn"]
    found = elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return [target for target in found if target["TargetHealth"]["State"] == state]


def lines(town):
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="/ecs/troubleshooting", logStreamNamePrefix=f"{town}/"
    )
    found = [event["message"] for page in pages for event in page["events"]]
    return [json.loads(line)["message"] for line in found]


def target_group(town):
    name = f"troubleshooting-{town}"
    [found] = elbv2.describe_target_groups(Names=[name])["TargetGroups"]
    return found


def until(look):
    deadline = time.monotonic() + 300
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.5)
    return found


def show(text):
    short = re.sub(r"[0-9a-f]{16,}|\d{12}", "…", text)
    print(textwrap.fill(short, 96, break_long_words=False, break_on_hyphens=False))


# %% [markdown] tags=["fr"]
# Et deux gestes, pour le moment où vous saurez quoi réparer. `revise` enregistre une copie de la dernière révision d’une ville, avec ce que vous changez au conteneur, et la donne au service :
# une définition de tâche ne se modifie pas, elle se remplace. `settle` attend que la ville soit servie ; s’il perd patience (`WaiterError`), elle ne l’est pas : retournez lire.

# %% [markdown] tags=["en"]
# And two tools that do touch things, for when you know what to mend. `revise` registers a copy of a town’s latest revision with what you change in its container, and gives it to the service: a task definition
# is not modified, it is replaced. `settle` waits until the town is served; if it runs out of patience (`WaiterError`), the town is not: go back to reading.


# %%
def revise(town, **changes):
    name = f"troubleshooting-{town}"
    known = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    kept = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn")
    [container] = known["containerDefinitions"]
    new = ecs.register_task_definition(
        **{key: known[key] for key in kept}, containerDefinitions=[container | changes]
    )
    revision = new["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(**here, service=town, taskDefinition=revision)


def settle(town):
    ecs.get_waiter("services_stable").wait(**here, services=[town], WaiterConfig=patience)
    arn = target_group(town)["TargetGroupArn"]
    elbv2.get_waiter("target_in_service").wait(TargetGroupArn=arn, WaiterConfig=patience)


# %% [markdown] tags=["fr"]
# Un premier tour de salle. Un service qui a trouvé son équilibre le dit une fois, dans un événement : *has reached a steady state*. Lesquels des cinq l’ont dit ?

# %% [markdown] tags=["en"]
# A first round of the ward. A service that has found its balance says so once, in an event: *has reached a steady state*. Which of the five have said it?

# %%
for town in ("lille", "brest", "nantes", "lyon", "dijon"):
    print(town, bool(events(town, "steady state")))

# %% [markdown] tags=["fr"]
# Aucun. Cinq malades, donc cinq dossiers. Prenez-les dans l’ordre des appels.
#
# ## Lille : rien ne démarre
#
# Première question du chemin : une tâche part-elle ? Lisons ce que le service raconte.

# %% [markdown] tags=["en"]
# None. Five patients, then, and five files. Take them in the order of the calls.
#
# ## Lille: nothing starts
#
# First question of the path: is a task launched? Let us read what the service has to tell.

# %%
show(until(lambda: events("lille", "unable to place"))[0])

# %% [markdown] tags=["fr"]
# ECS essaie bien de lancer une tâche. La phrase est longue, et les gens pressés s’arrêtent à son début, `unable to pull secrets or registry auth`, qui ne dit presque rien. Lisez-la **par la fin**. Puis
# regardez la tâche elle-même : comment s’est-elle arrêtée, avait-elle démarré, son conteneur a-t-il un code de sortie ?

# %% [markdown] tags=["en"]
# So ECS does try to launch a task. The sentence is long, and people in a hurry stop at its beginning, `unable to pull secrets or registry auth`, which says next to nothing. Read it **from the
# end**. Then look at the task itself: how did it stop, had it started, does its container have an exit code?

# %%
task = until(lambda: stopped("lille"))[-1]
print(task["stopCode"])
print("startedAt" in task, [container.get("exitCode") for container in task["containers"]])

# %% [markdown] tags=["fr"]
# `TaskFailedToStart`, pas de `startedAt`, pas de code de sortie : votre programme n’a jamais vu le jour, et ses journaux n’existent pas. Quelqu’un d’autre que lui a demandé quelque chose, et s’est vu répondre non.
# Qui ? La définition de tâche peut nommer deux rôles.

# %% [markdown] tags=["en"]
# `TaskFailedToStart`, no `startedAt`, no exit code: your program never saw the light of day, and its logs do not exist. Somebody else asked for something, and was told no. Who? A task
# definition has room for two roles.

# %%
known = ecs.describe_task_definition(taskDefinition="troubleshooting-lille")["taskDefinition"]
for role in ("taskRoleArn", "executionRoleArn"):
    print(role, known.get(role, "").rpartition("/")[2])

# %% [markdown] tags=["fr"]
# ### À vous : ouvrez Lille
#
# Avant de réparer, écrivez votre diagnostic en une phrase, comme vous le diriez au téléphone : *qui* n’a pas pu faire *quoi*, et *pourquoi*. `iam.list_attached_role_policies` et
# `iam.list_role_policies` le confirmeront. Puis réparez, sans donner à quiconque plus de droits qu’il n’en faut. Un détail : après quelques échecs, ECS espace ses essais, de plus en plus. N’attendez pas le
# prochain, demandez-le.

# %% [markdown] tags=["en"]
# ### Your turn: open Lille
#
# Before you mend anything, write your diagnosis in one sentence, as you would say it on the telephone: *who* could not do *what*, and *why*. `iam.list_attached_role_policies` and
# `iam.list_role_policies` will confirm it. Then mend, without giving anybody more rights than needed. One detail: after a few failures ECS spaces out its tries, further and further. Do not wait
# for the next one, ask for it.

# %% tags=["challenge"]
iam.attach_role_policy(
    RoleName="troubleshooting-lille",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
ecs.update_service(**here, service="lille", forceNewDeployment=True)
settle("lille")

# %%
lab.check("troubleshooting-lille")

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Une fois Lille ouverte</b> : la panne, telle qu’on la rencontre sur AWS</summary>
#
# Le rôle d’exécution existait, ECS pouvait le prendre, mais il n’avait **aucun droit**. Or c’est lui qui parle avant le premier conteneur : à ECR pour l’autorisation et les couches, à CloudWatch Logs pour ouvrir le journal, à
# Secrets Manager ou Parameter Store pour les secrets. Le rôle de tâche, lui, n’entre en scène qu’avec votre programme.
#
# Les voisins de cette panne, et leurs mots :
#
# | Ce qui manque | Ce que dit AWS |
# |---|---|
# | un droit ECR | `unable to retrieve ecr registry auth … AccessDeniedException … ecr:GetAuthorizationToken` |
# | le droit de tirer cette image | `CannotPullContainerError … 403 Forbidden` |
# | un droit sur les journaux | `failed to validate logger args … AccessDeniedException … logs:CreateLogStream` |
# | un droit sur un secret | `unable to retrieve secret from asm … AccessDeniedException` |
# | la confiance envers ECS | `ECS was unable to assume the role … Please verify that the role being passed has the proper trust relationship` |
# | le rôle tout entier | refusé dès l’enregistrement ; la cellule suivante le montre |
#
# > **À l’examen.** Une erreur **avant** le démarrage (image, journal, secret) désigne le **rôle d’exécution**. Un refus **dans les journaux** du programme (S3, DynamoDB, SQS) désigne le **rôle de tâche**. Et si c’est
# > la personne qui déploie qui reçoit AccessDenied, cherchez `iam:PassRole`.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>Once Lille is open</b>: the fault as one meets it on AWS</summary>
#
# The execution role existed, ECS was able to take it, but it had **no rights at all**. Yet this is the role that speaks before the first container does: to ECR for the authorization and the layers, to CloudWatch Logs to
# open the log, to Secrets Manager or Parameter Store for secrets. The task role only comes on stage with your program.
#
# The neighbours of this fault, and their words:
#
# | What is missing | What AWS says |
# |---|---|
# | a right on ECR | `unable to retrieve ecr registry auth … AccessDeniedException … ecr:GetAuthorizationToken` |
# | the right to pull this image | `CannotPullContainerError … 403 Forbidden` |
# | a right on the logs | `failed to validate logger args … AccessDeniedException … logs:CreateLogStream` |
# | a right on a secret | `unable to retrieve secret from asm … AccessDeniedException` |
# | trust in ECS | `ECS was unable to assume the role … Please verify that the role being passed has the proper trust relationship` |
# | the whole role | refused at registration; the next cell shows it |
#
# > **In the exam.** An error **before** the start (image, log, secret) points to the **execution role**. A denial **in the program’s logs** (S3, DynamoDB, SQS) points to the **task role**. And if it is the person
# > who deploys that gets AccessDenied, look for `iam:PassRole`.
#
# </details>

# %% [markdown] tags=["fr"]
# Et s’il n’y avait pas de rôle d’exécution du tout ? Sur Fargate, avec une image d’ECR, cette panne-là ne passe pas la porte.

# %% [markdown] tags=["en"]
# And what if there were no execution role at all? On Fargate, with an image out of ECR, that fault does not get through the door.

# %%
from botocore.exceptions import ClientError

try:
    ecs.register_task_definition(
        family="troubleshooting-lille",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "lille", "image": known["containerDefinitions"][0]["image"]}
        ],
    )
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# ## Brest : le même message, une autre panne
#
# Brest n’affiche rien non plus, et son événement commence par les mêmes mots. Ne concluez pas : lisez jusqu’au bout, et comparez avec Lille.

# %% [markdown] tags=["en"]
# ## Brest: the same message, another fault
#
# Brest does not show anything either, and its event begins with the same words. Do not jump to conclusions: read to the end, and compare with Lille.

# %%
show(until(lambda: events("brest", "unable to place"))[0])

# %% [markdown] tags=["fr"]
# À Lille, quelqu’un avait répondu, et répondu non. Ici, `dial tcp: i/o timeout` : personne n’a répondu. La différence entre un **refus** et un **silence** est la plus utile de tout ce cahier : un refus se cherche
# dans IAM, un silence dans le réseau. Voici où l’on a posé la tâche.

# %% [markdown] tags=["en"]
# In Lille somebody answered, and the answer was no. Here, `dial tcp: i/o timeout`: nobody answered. The difference between a **refusal** and a **silence** is the most useful thing in this whole notebook: look for a
# refusal in IAM, and for a silence in the network. Here is where the task was put.

# %%
[service] = ecs.describe_services(**here, services=["brest"])["services"]
network = service["networkConfiguration"]["awsvpcConfiguration"]
placed = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
for subnet in sorted(placed, key=lambda subnet: subnet["CidrBlock"]):
    names = {tag["Key"]: tag["Value"] for tag in subnet["Tags"]}
    print(names["Name"], subnet["CidrBlock"])
print(network["assignPublicIp"])

# %% [markdown] tags=["fr"]
# ### À vous : ouvrez Brest
#
# Suivez la route de cette tâche jusqu’à ECR : `ec2.describe_route_tables` dit par où un sous-réseau sort. Plusieurs réparations sont bonnes, et elles ne se valent ni en prix ni en discrétion ; choisissez
# la vôtre. Sur un compte AWS réel, le garde-fou ne laisse pas passer de passerelle NAT, qui se paie à l’heure même oisive ; les points de terminaison passent, et se paient à l’heure eux aussi.

# %% [markdown] tags=["en"]
# ### Your turn: open Brest
#
# Follow this task’s way to ECR: `ec2.describe_route_tables` says where a subnet leads out. Several mends are good, and they differ in price and in privacy; choose yours. On a real AWS account
# the safeguard lets no NAT gateway through, which is paid by the hour even when idle; endpoints pass, and are paid by the hour too.

# %% tags=["challenge"]
ours = [{"Name": "tag:Name", "Values": ["troubleshooting"]}]
public = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
moved = network | {"subnets": public, "assignPublicIp": "ENABLED"}
ecs.update_service(
    **here, service="brest", networkConfiguration={"awsvpcConfiguration": moved}
)
settle("brest")

# %%
lab.check("troubleshooting-brest")

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Une fois Brest ouverte</b> : la panne, telle qu’on la rencontre sur AWS</summary>
#
# Le sous-réseau n’avait que sa route locale. Depuis la plateforme 1.4, une tâche Fargate tire son image, ses secrets et ouvre son journal par **sa propre interface**, dans votre VPC : pas de route, pas d’image. Trois portes possibles :
#
# | La porte | Quand | Ce qu’il ne faut pas oublier |
# |---|---|---|
# | un sous-réseau public et `assignPublicIp=ENABLED` | un labo, un petit service | l’adresse publique : sans elle, une route vers la passerelle Internet ne sert à rien |
# | une passerelle NAT, dans un sous-réseau **public** | des tâches privées qui parlent aussi à Internet | elle se paie à l’heure et au Go, une par zone pour survivre à une zone |
# | des points de terminaison de VPC | des tâches privées qui ne parlent qu’à AWS | quatre portes, pas une : `ecr.api`, `ecr.dkr`, `logs`, et **S3** (passerelle, gratuite), car les couches y sont |
#
# Chaque oubli a sa phrase. Sans `ecr.api` : celle que vous avez lue. Sans `ecr.dkr` : `CannotPullContainerError … failed to resolve ref … i/o timeout`. Sans S3 : `CannotPullContainerError … failed to copy … i/o timeout`.
# Sans `logs` : `failed to validate logger args … There is a connection issue between the task and Amazon CloudWatch`. Et un point de terminaison dont le groupe de sécurité ne laisse pas entrer le port 443 se tait comme s’il n’existait pas.
#
# > **À l’examen.** « Des tâches Fargate en sous-réseau privé, sans passer par Internet » : points de terminaison, **S3 compris**. « Elles doivent aussi appeler un partenaire sur Internet » : NAT. Une tâche qui reste en
# > PENDING puis échoue en *timeout* n’a pas un problème de droits.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>Once Brest is open</b>: the fault as one meets it on AWS</summary>
#
# The subnet had nothing but its local route. Since platform version 1.4, a Fargate task pulls its image and its secrets and opens its log through **its own interface**, in your VPC: no route, no image. Three doors are possible:
#
# | The door | When | What not to forget |
# |---|---|---|
# | a public subnet and `assignPublicIp=ENABLED` | a lab, a small service | the public address: without it a route to the internet gateway is of no use |
# | a NAT gateway, in a **public** subnet | private tasks that also talk to the internet | it is paid by the hour and by the GB; one in each zone to survive a zone |
# | VPC endpoints | private tasks that talk to AWS only | four doors, not one: `ecr.api`, `ecr.dkr`, `logs`, and **S3** (gateway, free), where the layers are |
#
# Each omission has its sentence. Without `ecr.api`: the one you have read. Without `ecr.dkr`: `CannotPullContainerError … failed to resolve ref … i/o timeout`. Without S3: `CannotPullContainerError … failed to copy … i/o timeout`. Without
# `logs`: `failed to validate logger args … There is a connection issue between the task and Amazon CloudWatch`. And an endpoint whose security group does not let port 443 in is as silent as if it did not exist.
#
# > **In the exam.** “Fargate tasks in a private subnet, without going over the internet”: endpoints, **S3 included**. “They must also call a partner on the internet”: NAT. A task that stays PENDING and then fails with a
# > *timeout* has no problem of rights.
#
# </details>

# %% [markdown] tags=["fr"]
# L’explorateur ci-dessous rejoue ce démarrage appel par appel. Fermez des portes, ouvrez-en d’autres, et lisez la phrase qu’ECS écrirait : il applique les règles du cloud local, sans rien créer.

# %% [markdown] tags=["en"]
# The explorer below replays that start call by call. Close doors, open others, and read the sentence that ECS would write: it applies the local cloud’s rules and creates nothing.

# %%
from labs.playgrounds import network_path

network_path.playground()

# %% [markdown] tags=["fr"]
# ## Nantes : elle démarre, elle meurt, elle redémarre
#
# À Nantes, les événements ont un autre rythme : une tâche part, s’inscrit dans le groupe cible, en sort, et une autre part. Cette fois, quelque chose a vécu. Que dit la dernière morte ?

# %% [markdown] tags=["en"]
# ## Nantes: it starts, it dies, it starts again
#
# In Nantes the events have another rhythm: a task is started, registers in the target group, leaves it, and another one is started. This time something did live. What does the last one to die say?

# %%
task = until(lambda: stopped("nantes"))[-1]
[container] = task["containers"]
print("startedAt" in task, task["stopCode"])
print(task["stoppedReason"])
print(container["exitCode"])

# %% [markdown] tags=["fr"]
# La deuxième question a sa réponse, elle a démarré ; c’est la troisième qui coince, elle ne tient pas. *Essential container in task exited* ne dit que la conséquence : le conteneur essentiel est parti, donc la tâche aussi. Le code de
# sortie, lui, n’est pas de ceux qu’un programme choisit. Et n’attendez rien des journaux : qui reçoit un SIGKILL n’écrit pas de mot d’adieu. Il reste un étage à lire, sous la tâche.

# %% [markdown] tags=["en"]
# The second question is answered, it did start; it fails the third, it does not last. *Essential container in task exited* only states the consequence: the essential container left, so the task did too. The exit code, however, is
# not one that a program chooses. And expect nothing from the logs: whoever gets a SIGKILL leaves no farewell note. There is one more floor to read, beneath the task.

# %%
print(container["reason"])

# %% [markdown] tags=["fr"]
# ### À vous : ouvrez Nantes
#
# La définition parle de mémoire à deux endroits : lequel a parlé ici ? Donnez au programme ce qu’il lui faut, et pas dix fois plus : la mémoire se paie, qu’elle serve ou non.

# %% [markdown] tags=["en"]
# ### Your turn: open Nantes
#
# The definition speaks of memory in two places: which one spoke here? Give the program what it takes, and not ten times as much: memory is paid for whether it is used or not.

# %% tags=["challenge"]
revise("nantes", memory=128)
settle("nantes")

# %%
lab.check("troubleshooting-nantes")

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Une fois Nantes ouverte</b> : la panne, telle qu’on la rencontre sur AWS</summary>
#
# La définition n’accordait au conteneur que vingt-quatre mébioctets (`memory`), un reste de copier-coller, alors que la tâche en avait vingt fois plus. Le noyau ne négocie pas : la page de trop, et c’est SIGKILL. La tâche dit `Essential container in task exited`,
# le conteneur `OutOfMemoryError: Container killed due to memory usage`, code 137.
#
# Trois limites se ressemblent. Le `memory` de la **tâche** est un plafond pour tous ses conteneurs ensemble, et ce que Fargate facture. Le `memory` d’un **conteneur** est sa limite à lui : au-delà, il est tué. Son `memoryReservation` n’est
# qu’une promesse de place : il peut la dépasser tant qu’il y en a.
#
# Et 137 n’est pas toujours la mémoire. Un programme qui n’écoute pas SIGTERM finit aussi en 137, à la fin de `stopTimeout` ; mais c’est alors quelqu’un qui a arrêté la tâche, et `stopCode` dit qui : `UserInitiated`,
# `ServiceSchedulerInitiated`, `SpotInterruption`. Une fuite de mémoire a encore un autre visage : des heures de vie, une courbe MemoryUtilization qui monte, puis le même 137. Agrandir ne fait alors que
# retarder.
#
# > **À l’examen.** Code 137 et OutOfMemoryError : la limite du conteneur, ou la taille de la tâche. « Des pics brefs, sans tuer le conteneur ni réserver pour rien » : `memoryReservation` bas, `memory` haut. « Choisir la bonne
# > taille d’après l’usage réel » : Compute Optimizer, ou les métriques de Container Insights.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>Once Nantes is open</b>: the fault as one meets it on AWS</summary>
#
# The definition granted the container twenty-four mebibytes (`memory`), left over from some copying, where the task had twenty times as much. The kernel does not negotiate: one page too many, and it is SIGKILL. The task says `Essential container in task exited`, the
# container `OutOfMemoryError: Container killed due to memory usage`, code 137.
#
# Three limits look alike. The **task’s** `memory` is a ceiling for all its containers together, and what Fargate bills. A **container’s** `memory` is its own limit: beyond it, it is killed. Its `memoryReservation` is only a promise of
# room: it may use more while there is some.
#
# And 137 is not always memory. A program that does not listen to SIGTERM ends in 137 as well, once `stopTimeout` is over; but then somebody stopped the task, and `stopCode` says who: `UserInitiated`, `ServiceSchedulerInitiated`,
# `SpotInterruption`. A memory leak has yet another face: hours of life, a MemoryUtilization curve that climbs, then the same 137. Making it larger then only postpones the end.
#
# > **In the exam.** Code 137 and OutOfMemoryError: the container’s limit, or the size of the task. “Brief peaks, without killing the container or reserving for nothing”: a low `memoryReservation`, a high `memory`. “Pick the right
# > size from what is really used”: Compute Optimizer, or the metrics of Container Insights.
#
# </details>

# %% [markdown] tags=["fr"]
# ## Lyon : en pleine forme, et pourtant
#
# À Lyon, les tâches tournent. Leur journal est celui d’un programme heureux.

# %% [markdown] tags=["en"]
# ## Lyon: in fine fettle, and yet
#
# In Lyon the tasks do run. Their log is that of a happy program.

# %%
print(until(lambda: "Application startup complete." in lines("lyon")))

# %% [markdown] tags=["fr"]
# Trois oui de suite : elle part, elle démarre, elle tient. La quatrième question s’adresse à quelqu’un d’autre, l’équilibreur de charge. Il a son avis, avec un code et une phrase.

# %% [markdown] tags=["en"]
# Three times yes: it is launched, it starts, it lasts. The fourth question is for somebody else, the load balancer. It has its opinion, with a code and a sentence.

# %%
target = until(lambda: targets("lyon", "unhealthy"))[0]
print(target["TargetHealth"]["Reason"])
print(target["TargetHealth"]["Description"])
print(target["Target"]["Port"])

# %% [markdown] tags=["fr"]
# Et ce que pense l’équilibreur, ECS le croit : il remplace la tâche, par une tâche qui aura le même sort. C’est ainsi qu’un programme sans défaut meurt et renaît sans fin.

# %% [markdown] tags=["en"]
# And what the load balancer thinks, ECS believes: it replaces the task, with one that will meet the same fate. That is how a program without a flaw dies and is born again without end.

# %%
show(until(lambda: events("lyon", "is unhealthy"))[0])
task = until(lambda: stopped("lyon"))[-1]
print(task["stopCode"])
show(task["stoppedReason"])

# %% [markdown] tags=["fr"]
# ### À vous : ouvrez Lyon
#
# L’équilibreur n’a pas reçu de mauvaise réponse : il n’en a pas reçu du tout, la connexion elle-même a échoué. Sur quel port frappe-t-il ? Sur quel port le programme écoute-t-il ? La définition de tâche le sait. Puis mettez tout le monde d’accord,
# dans le sens que vous préférez.

# %% [markdown] tags=["en"]
# ### Your turn: open Lyon
#
# The load balancer did not get a bad answer: it got none at all, the connection itself failed. At which port does it knock? On which port does the program listen? The task definition knows. Then make everyone agree, whichever way you
# prefer.

# %% tags=["challenge"]
revise("lyon", environment=[{"name": "PORT", "value": "8000"}])
settle("lyon")

# %%
lab.check("troubleshooting-lyon")

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Une fois Lyon ouverte</b> : la panne, telle qu’on la rencontre sur AWS</summary>
#
# Le programme écoutait sur 8080, comme le dit sa variable `PORT` ; la définition annonçait 8000 (`portMappings`), et le service inscrivait ses tâches dans le groupe cible sur ce port-là. En mode `awsvpc`, `portMappings` ne traduit rien : il **déclare**.
# Rien n’oblige le programme à tenir la promesse. Dans un vrai conteneur, son journal vous aurait aidé : `Uvicorn running on http://0.0.0.0:8080`. Sans moteur de conteneurs, le cloud local lui prête un port de votre machine, et c’est celui-là
# que vous y lirez.
#
# | Raison dans le groupe cible | Ce qu’elle veut dire | Ce qu’il faut soupçonner |
# |---|---|---|
# | `Target.FailedHealthChecks` | la connexion est refusée, ou la réponse n’est pas du HTTP | le port ; HTTP contre HTTPS ; un programme qui n’écoute que sur 127.0.0.1 |
# | `Target.Timeout` | rien ne revient | le groupe de sécurité de la tâche, l’ACL réseau ; un programme trop lent |
# | `Target.ResponseCodeMismatch` | une réponse, mais pas la bonne | le chemin, les codes acceptés, une redirection, une page qui exige un mot de passe |
# | `Elb.InitialHealthChecking` | pas encore assez de contrôles | la patience |
# | `Target.NotInUse` | aucun listener n’envoie vers ce groupe | la règle, le listener |
#
# Déplacer seulement le port du **contrôle de santé** serait la pire des réparations : les cibles passeraient au vert, et les clients recevraient des 502.
#
# > **À l’examen.** Sur EC2 en mode `bridge`, avec un port d’hôte 0, le groupe de sécurité de l’instance doit laisser entrer l’équilibreur sur toute la plage des ports éphémères. En `awsvpc`, il suffit du port du conteneur, depuis le **groupe**
# > de l’équilibreur, et les cibles sont de type `ip`.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>Once Lyon is open</b>: the fault as one meets it on AWS</summary>
#
# The program listened on 8080, as its variable `PORT` says; the definition announced 8000 (`portMappings`), and the service registered its tasks in the target group on that port. In `awsvpc` mode `portMappings` translates nothing: it **declares**.
# Nothing makes the program keep the promise. In a real container its log would have helped: `Uvicorn running on http://0.0.0.0:8080`. Without a container engine the local cloud lends it a port of your machine, and that is the one you will
# read there.
#
# | Reason in the target group | What it means | What to suspect |
# |---|---|---|
# | `Target.FailedHealthChecks` | the connection is refused, or the answer is no HTTP | the port; HTTP against HTTPS; a program that listens on 127.0.0.1 only |
# | `Target.Timeout` | nothing comes back | the task’s security group, the network ACL; a program that is too slow |
# | `Target.ResponseCodeMismatch` | an answer, but not the right one | the path, the accepted codes, a redirect, a page that wants a password |
# | `Elb.InitialHealthChecking` | not enough checks yet | patience |
# | `Target.NotInUse` | no listener sends to this group | the rule, the listener |
#
# To move only the port of the **health check** would be the worst of mends: targets would turn green, and customers would get 502s.
#
# > **In the exam.** On EC2 in `bridge` mode with host port 0, the instance’s security group must let the load balancer in on the whole range of ephemeral ports. In `awsvpc` the container’s port is enough, from the load balancer’s **group**,
# > and targets are of type `ip`.
#
# </details>

# %% [markdown] tags=["fr"]
# ## Dijon : une fois sur deux
#
# Le message de Dijon était le plus étrange : « ça marche une fois sur deux ». Vu d’ECS, c’est le même feuilleton qu’à Lyon : des tâches en forme, remplacées sans fin. Vous savez maintenant où demander.

# %% [markdown] tags=["en"]
# ## Dijon: every other time
#
# The message from Dijon was the strangest: “it works every other time”. Seen from ECS it is the same old story as in Lyon: tasks in good form, replaced without end. You know by now where to ask.

# %%
target = until(lambda: targets("dijon", "unhealthy"))[0]
print(target["TargetHealth"]["Reason"])
print(target["TargetHealth"]["Description"])
print(target["Target"]["Port"])

# %% [markdown] tags=["fr"]
# Comparez, mot à mot, avec Lyon. Pourquoi une fois sur deux ? Parce qu’un Application Load Balancer dont **toutes** les cibles sont malades leur envoie quand même les requêtes, plutôt que de refuser tout le monde : il *échoue ouvert* (*fail open*). Les
# clients de Dijon sont servis par des tâches condamnées, jusqu’au moment où ECS les remplace.
#
# ### À vous : ouvrez Dijon
#
# Le réseau est bon, le port est bon, le programme répond. Il reste à savoir ce qu’on lui demande. Réparez la question sans rendre le contrôle aveugle : un contrôle de santé que rien ne peut faire échouer ne contrôle rien.

# %% [markdown] tags=["en"]
# Compare with Lyon, word by word. Why every other time? Because an Application Load Balancer **all** of whose targets are unhealthy sends them requests all the same, rather than turn everybody away: it *fails open*. Dijon’s customers are served
# by doomed tasks, until ECS replaces them.
#
# ### Your turn: open Dijon
#
# The network is fine, the port is right, the program answers. What remains is to find out what it is being asked. Mend the question without making the check blind: a health check that nothing can fail checks nothing.

# %% tags=["challenge"]
elbv2.modify_target_group(
    TargetGroupArn=target_group("dijon")["TargetGroupArn"], HealthCheckPath="/healthz"
)
settle("dijon")

# %%
lab.check("troubleshooting-dijon")

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Une fois Dijon ouverte</b> : la panne, telle qu’on la rencontre sur AWS</summary>
#
# Le groupe cible demandait `/health` ; le programme répond sur `/healthz`. Une lettre. AWS le dit presque : `Target.ResponseCodeMismatch`, `Health checks failed with these codes: [404]`, et dans les événements du service,
# `is unhealthy in (target-group …) due to (reason Health checks failed with these codes: [404])`.
#
# D’autres codes racontent d’autres histoires : `[301]` ou `[302]`, la page renvoie vers HTTPS ou vers un formulaire ; `[401]` ou `[403]`, elle exige une identité ; `[500]` ou `[503]`, le programme sait qu’il va mal, et c’est au journal de le dire. Et
# des cibles qui passent au vert quelques secondes **après** avoir été remplacées demandent un **délai de grâce** (`healthCheckGracePeriodSeconds`), pas un autre chemin.
#
# Accepter aussi le code 404 aurait « marché ». Toutes les pages qui n’existent pas répondent 404, même quand la base de données est en feu.
#
# > **À l’examen.** Un 502 de l’équilibreur : la cible a raccroché, ou refusé la connexion. Un 503 : aucune cible inscrite. Un 504 : la cible n’a pas répondu à temps. « L’application met longtemps à démarrer et ses tâches sont tuées » : le
# > délai de grâce. Et un `HEALTHCHECK` dans le Dockerfile n’y change rien : ECS l’ignore.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>Once Dijon is open</b>: the fault as one meets it on AWS</summary>
#
# The target group asked for `/health`; the program answers on `/healthz`. One letter. AWS nearly says so: `Target.ResponseCodeMismatch`, `Health checks failed with these codes: [404]`, and in the service’s events,
# `is unhealthy in (target-group …) due to (reason Health checks failed with these codes: [404])`.
#
# Other codes tell other stories: `[301]` or `[302]`, the page sends on to HTTPS or to a login form; `[401]` or `[403]`, it wants an identity; `[500]` or `[503]`, the program knows that it is unwell, and it is for the log to say why. And
# targets that would turn green a few seconds **after** they are replaced call for a **grace period** (`healthCheckGracePeriodSeconds`), not for another path.
#
# Accepting the code 404 too would have “worked”. Every page that does not exist answers 404, even while the database is on fire.
#
# > **In the exam.** A 502 from the load balancer: the target hung up, or refused the connection. A 503: no target is registered. A 504: the target did not answer in time. “The application takes long to start and its tasks are killed”: the grace
# > period. And a `HEALTHCHECK` in the Dockerfile changes nothing: ECS ignores it.
#
# </details>

# %% [markdown] tags=["fr"]
# ## À retenir
#
# Cinq pannes, cinq endroits. Aucune n’était dans l’image, et c’est souvent ainsi : le programme a marché sur le portable de quelqu’un ; ce qui l’entoure, jamais. Les voici sur le plan. Si vous n’avez pas encore ouvert toutes les villes, la
# figure en dit trop.

# %% [markdown] tags=["en"]
# ## To remember
#
# Five faults, five places. None was in the image, and so it often is: the program has worked on somebody’s laptop; what surrounds it never has. Here they are on the map. If you have not opened every town yet, the figure says too
# much.

# %%
labs.figure("troubleshooting-map")

# %% [markdown] tags=["fr"]
# | Le symptôme | Où regarder | Ce que c’est le plus souvent |
# |---|---|---|
# | pas de tâche, *unable to place a task* sans raison d’image | événements du service | capacité, quota, rôle ou sous-réseau supprimé |
# | `TaskFailedToStart`, **AccessDenied** | `stoppedReason` | le rôle d’exécution |
# | `TaskFailedToStart`, **timeout**, *connection issue* | `stoppedReason`, table de routage | pas de route, d’adresse publique ou de point de terminaison |
# | `CannotPullContainerError`, *not found* | `stoppedReason` | l’étiquette ou le nom de l’image |
# | `EssentialContainerExited`, **137** | raison du conteneur | la mémoire |
# | `EssentialContainerExited`, **1** | journaux | une variable qui manque, un mot de passe, une base injoignable |
# | *Task failed ELB health checks*, `FailedHealthChecks` | santé des cibles | le port |
# | la même chose, `Timeout` | santé des cibles, groupes de sécurité | le groupe de sécurité de la tâche |
# | la même chose, `ResponseCodeMismatch` | santé des cibles | le chemin |
# | la même chose, mais seulement au démarrage | l’heure des événements | le délai de grâce |
# | tout est vert, le client ne voit rien | règles, listener, DNS | une règle, un nom d’hôte |
#
# Et trois habitudes. **Lire avant de toucher**, les messages par la fin. Distinguer le **refus** du **silence**. Ne changer **qu’une chose à la fois**, et vérifier qu’elle a guéri ce qu’elle devait guérir. Le disjoncteur de déploiement aurait arrêté la plupart de ces
# publications vendredi soir ; une règle EventBridge sur les tâches arrêtées aurait prévenu quelqu’un.
#
# > **Aujourd’hui** (vérifié en 2026). Le seuil du disjoncteur se règle depuis juillet 2026, en part des tâches ou en nombre ; jusque-là, c’était celui d’AWS. Et les vieux billets citent la panne de Brest en d’autres mots, `RequestError: send request
# > failed` : aujourd’hui, Fargate nomme la cause, *connection issue*, et dit quoi vérifier. *(Sources : Amazon ECS Developer Guide, « How the Amazon ECS deployment circuit breaker detects failures », « Stopped tasks error messages ».)*
#
# Trois questions, avant que les clients n’arrivent.

# %% [markdown] tags=["en"]
# | The symptom | Where to look | What it is most of the time |
# |---|---|---|
# | no task, *unable to place a task* without a reason about an image | the service’s events | capacity, a quota, a role or subnet that was deleted |
# | `TaskFailedToStart`, **AccessDenied** | `stoppedReason` | the execution role |
# | `TaskFailedToStart`, **timeout**, *connection issue* | `stoppedReason`, the route table | no route, public address or endpoint |
# | `CannotPullContainerError`, *not found* | `stoppedReason` | the image’s tag or name |
# | `EssentialContainerExited`, **137** | the container’s reason | memory |
# | `EssentialContainerExited`, **1** | the logs | a missing variable, a password, a database out of reach |
# | *Task failed ELB health checks*, `FailedHealthChecks` | target health | the port |
# | the same, `Timeout` | target health, security groups | the task’s security group |
# | the same, `ResponseCodeMismatch` | target health | the path |
# | the same, but at start-up only | the time of the events | the grace period |
# | all is green, the customer sees nothing | rules, listener, DNS | a rule, a host name |
#
# And three habits. **Read before you touch**, messages from the end. Tell a **refusal** from a **silence**. Change **one thing at a time**, and check that it cured what it was meant to cure. The deployment circuit breaker would have stopped most of
# these releases on Friday evening; an EventBridge rule on stopped tasks would have told somebody.
#
# > **Today** (checked in 2026). The circuit breaker’s threshold can be set since July 2026, as a share of the tasks or as a count; until then it was AWS’s. And older posts quote Brest’s fault in other words, `RequestError: send request
# > failed`: today Fargate names the cause, *connection issue*, and says what to check. *(Sources: Amazon ECS Developer Guide, “How the Amazon ECS deployment circuit breaker detects failures”, “Stopped tasks error messages”.)*
#
# Three questions, before the customers arrive.

# %%
import quiz

quiz.ask("ecs-execution-role-for-secret-and-key")

# %%
quiz.ask("ecs-fargate-endpoints-for-settings-and-logs")

# %%
quiz.ask("ecs-grace-period-for-slow-start")

# %% [markdown] tags=["fr"]
# Il est 6 h 50. On range la trousse, et l’on ne laisse rien derrière soi.

# %% [markdown] tags=["en"]
# It is 6.50. Pack up the tool bag, and leave nothing behind.

# %%
lab.clean_up("troubleshooting")
