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
# # Amazon ECS : des tâches
#
# Quatre heures du matin. Chez FrenchBakery, sur la machine du fond, le conteneur des commandes s’est arrêté : plus de mémoire, personne devant
# l’écran. Les hôtels qui commandent leurs viennoiseries avant l’aube trouvent une page blanche. À six heures, la première personne arrivée tape
# `docker run`, comme la semaine dernière, et va chercher dans un fichier texte les ports, les variables et le numéro de version à donner.
#
# Alors l’équipe écrit un script qui relance ce qui est mort. Puis un deuxième, qui choisit entre les deux machines selon la place qui reste. Puis un
# troisième, pour la nouvelle version. Elle est en train d’écrire un orchestrateur, et il sera mauvais. **Amazon ECS** est celui d’AWS : on lui décrit
# ce qui doit tourner, il trouve la place, démarre, surveille, et dit pourquoi un programme s’est arrêté. Ce cahier prend ECS par sa plus petite
# unité, la **tâche** : ce qu’elle est, sa vie, ses pannes, où elle se pose, par où elle passe pour joindre le réseau, et au nom de qui. Le suivant en
# fait des services, qui remplacent ce qui meurt.

# %% [markdown] tags=["en"]
# # Amazon ECS: tasks
#
# Four in the morning. On the machine at the back of FrenchBakery the orders container has stopped: out of memory, nobody in front of the screen. The hotels that order their croissants before dawn are looking at a blank page. At six, the first person
# in types `docker run`, as they did last week, and digs the ports, the variables and the right version number out of a text file.
#
# So the team writes a script that restarts what is dead. Then a second one, which picks between the two machines by the room that is left. Then a
# third, for the new version. It is writing an orchestrator, and it will be a bad one. **Amazon ECS** is the one AWS runs: you describe what should be
# running; it finds the room, starts it, watches it, and tells you why something stopped. This notebook takes ECS by its smallest unit, the **task**:
# what it is, its life, its failures, where it lands, how it reaches the network, and in whose name. The next one turns tasks into services, which
# replace what dies.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure et demie |
# | **coût** | rien sur le cloud local ; sur un compte AWS, trois instances `t3.medium` avec leurs disques et leurs adresses, quatre points de terminaison d’interface et quelques petites tâches, facturés tant qu’ils existent, jusqu’au ménage ; le prix est annoncé à la connexion |
# | **à l’examen** | 2.1 orchestrer des conteneurs avec ECS, savoir quand prendre Fargate · 1.2 rôles, sous-réseaux privés, points de terminaison · 3.2 placer et dimensionner · 4.2 Spot, instances bien remplies |

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour and a half |
# | **cost** | nothing on the local cloud; on an AWS account, three `t3.medium` instances with their disks and addresses, four interface endpoints and some small tasks, billed for as long as they exist, until the clean-up; the price is shown when you connect |
# | **in the exam** | 2.1 orchestrating containers with ECS, knowing when to take Fargate · 1.2 roles, private subnets, endpoints · 3.2 placing and sizing · 4.2 Spot, instances kept full |

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("ecs")

# %% [markdown] tags=["fr"]
# ## Les mots
#
# ECS n’exécute rien lui-même. C’est un **plan de contrôle** : il sait ce qui devrait tourner, regarde ce qui tourne, et agit sur la différence. Tout ce qu’il touche est déjà un service d’AWS, et c’est là sa force : rien à installer, rien à brancher.
#
# | Ce qu’il faut à un conteneur | Où ECS le prend |
# |---|---|
# | son image | Amazon ECR |
# | une machine | AWS Fargate, ou des instances EC2 |
# | une adresse, des voisins, un pare-feu | un VPC, ses sous-réseaux, des groupes de sécurité |
# | des droits | des rôles IAM |
# | du trafic partagé entre ses copies | Elastic Load Balancing |
# | un disque | Amazon EBS, Amazon EFS |
# | un journal, des métriques, des alarmes | Amazon CloudWatch |
# | une recette que l’on relit et que l’on rejoue | AWS CloudFormation |

# %% [markdown] tags=["en"]
# ## The words
#
# ECS runs nothing itself. It is a **control plane**: it knows what should be running, looks at what is, and acts on the difference. Everything it touches is an AWS service already, and that is its strength: nothing to install, nothing to wire up.
#
# | What a container needs | Where ECS gets it |
# |---|---|
# | its image | Amazon ECR |
# | a machine | AWS Fargate, or EC2 instances |
# | an address, neighbours, a firewall | a VPC, its subnets, security groups |
# | rights | IAM roles |
# | traffic shared between its copies | Elastic Load Balancing |
# | a disk | Amazon EBS, Amazon EFS |
# | a log, metrics, alarms | Amazon CloudWatch |
# | a recipe to read again and replay | AWS CloudFormation |

# %%
labs.figure("ecs-words")

# %% [markdown] tags=["fr"]
# Six mots, et l’on a tout ECS. La **définition de tâche** est la recette : un document JSON, numéroté, jamais modifié. La **tâche** est la recette en
# cours d’exécution : un ou plusieurs conteneurs qui vivent ensemble. Le **service** veut un certain nombre de tâches et remplace celles qui
# manquent ; il les relie à un équilibreur de charge, il passe d’une version à l’autre. Nous le laissons au cahier suivant. Le **cluster** est le nom
# qui les réunit : une frontière, pour ranger et pour donner des droits ; pas une machine. Une **instance de conteneurs** est une instance EC2 sur
# laquelle tourne l’**agent ECS**, qui prend ses ordres du plan de contrôle et rend compte. Et le **fournisseur de capacité** dit au cluster d’où
# viennent ses places : vos instances, Fargate, ou Fargate Spot.
#
# Sur Fargate il n’y a ni instance ni agent à voir. Un même cluster peut servir les deux.

# %% [markdown] tags=["en"]
# Six words, and you have all of ECS. The **task definition** is the recipe: a JSON document, numbered, never changed. The **task** is the recipe
# being carried out: one or more containers that live together. The **service** wants a certain number of tasks and replaces those that are missing;
# it ties them to a load balancer, it moves from one version to the next. We leave it to the next notebook. The **cluster** is the name that holds all
# this together: a border, for keeping order and for granting rights; not a machine. A **container instance** is an EC2 instance on which the **ECS
# agent** runs, taking its orders from the control plane and reporting back. And the **capacity provider** tells the cluster where its room comes
# from: your instances, Fargate, or Fargate Spot.
#
# On Fargate there is neither instance nor agent to see. One cluster may serve both.

# %%
ecs, ecr, ec2, iam = (session.client(name) for name in ("ecs", "ecr", "ec2", "iam"))
events, logs, ssm = (session.client(name) for name in ("events", "logs", "ssm"))

[cluster] = ecs.describe_clusters(clusters=["ecs"])["clusters"]
shown = "status", "registeredContainerInstancesCount", "runningTasksCount", "capacityProviders"
for key in shown:
    print(key, cluster[key])

# %% [markdown] tags=["fr"]
# Un cluster vide ne coûte rien : ce n’est qu’un nom. Aucune instance, et pourtant deux fournisseurs de capacité prêts à servir.
#
# > **À l’examen.** « Remplacer des scripts qui lancent et relancent des conteneurs, sans installer ni exploiter d’orchestrateur » : Amazon ECS. Si
# > l’énoncé parle de l’API Kubernetes, ou d’une application « portable d’un cloud à l’autre » : EKS.
#
# ## La recette : une définition de tâche
#
# De 1 à 10 conteneurs, et deux niveaux de réglages : ceux que tous partagent (la taille, le réseau, les rôles, les volumes) et ceux de chacun (son
# image, sa commande, ses variables, ses ports, l’endroit où il monte un volume). Dans une tâche, les conteneurs se parlent par `localhost` et
# grandissent ensemble ; on n’y met donc qu’un programme et ses **auxiliaires** (*sidecars*), jamais toute la boutique.

# %% [markdown] tags=["en"]
# An empty cluster costs nothing: it is only a name. Not one instance, and yet two capacity providers ready to serve.
#
# > **In the exam.** “Replace scripts that start and restart containers, without installing or operating an orchestrator”: Amazon ECS. If the question
# > says “Kubernetes API” or “portable from one cloud to another”: EKS.
#
# ## The recipe: a task definition
#
# From 1 to 10 containers, and two levels of settings: those that all share (the size, the network, the roles, the volumes) and those of each (its image,
# command, variables, ports, and where it mounts a volume). Inside one task containers talk over `localhost` and scale together; so a task holds one
# program and its **sidecars**, never the whole shop.

# %%
labs.figure("ecs-definition")

# %% [markdown] tags=["fr"]
# Notre recette a deux conteneurs. `flour` apporte la farine dans un volume partagé, où il écrit en root, et s’en va : `essential` est faux, sa sortie n’arrête rien. `oven` l’attend (`dependsOn`, condition `SUCCESS`), lit la farine sans pouvoir y
# toucher, puis cuit jusqu’à ce qu’on lui dise d’arrêter. Il est essentiel : s’il sort, la tâche entière s’arrête.

# %% [markdown] tags=["en"]
# Our recipe has two containers. `flour` brings the flour into a shared volume, where it writes as root, and leaves: `essential` is false, so its exit stops nothing. `oven` waits for it (`dependsOn`, condition `SUCCESS`), reads the flour without
# being able to touch it, then bakes until told to stop. It is essential: if it leaves, the whole task stops.

# %%
[repository] = ecr.describe_repositories(repositoryNames=["ecs/products"])["repositories"]
image = f"{repository['repositoryUri']}:1.0"
execution = iam.get_role(RoleName="ecs-execution")["Role"]["Arn"]
log = {
    "logDriver": "awslogs",
    "options": {
        "awslogs-group": "/ecs/tasks",
        "awslogs-region": session.region_name,
        "awslogs-stream-prefix": "day",
    },
}
carry = """
import os, pathlib, time
time.sleep(1)
pathlib.Path(os.environ["STORE"], "flour").write_text("T65")
"""
bake = """
import os, pathlib, signal, sys, time
def leave(*_):
    time.sleep(1)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
flour = pathlib.Path(os.environ["STORE"], "flour").read_text()
print("🔥", os.environ["BREAD"], flour, flush=True)
while True:
    time.sleep(0.2)
"""
store = {"sourceVolume": "store", "containerPath": "/store"}
flour = {
    "name": "flour",
    "image": image,
    "essential": False,
    "user": "0",
    "command": ["python", "-c", carry],
    "environment": [{"name": "STORE", "value": "/store"}],
    "mountPoints": [store],
}
oven = {
    "name": "oven",
    "image": image,
    "command": ["python", "-c", bake],
    "dependsOn": [{"containerName": "flour", "condition": "SUCCESS"}],
    "environment": [
        {"name": "STORE", "value": "/store"},
        {"name": "BREAD", "value": "baguette"},
    ],
    "mountPoints": [store | {"readOnly": True}],
    "portMappings": [{"containerPort": 8080}],
    "stopTimeout": 10,
    "logConfiguration": log,
}
bread = {
    "family": "ecs-bread",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": execution,
    "volumes": [{"name": "store"}],
    "containerDefinitions": [flour, oven],
}
first = ecs.register_task_definition(**bread)["taskDefinition"]
first["family"], first["status"], first["compatibilities"]

# %% [markdown] tags=["fr"]
# Demain, ce sera de la brioche. On ne corrige pas une définition : on en enregistre une autre, et la famille gagne une **révision**. L’ancienne reste, active, exécutable, exactement telle qu’elle était : revenir en arrière, c’est la nommer.

# %% [markdown] tags=["en"]
# Tomorrow it will be brioche. You do not edit a definition: you register another, and the family gains a **revision**. The old one stays, active, runnable, exactly as it was: going back means naming it.

# %%
brioche = [{"name": "STORE", "value": "/store"}, {"name": "BREAD", "value": "brioche"}]
second = ecs.register_task_definition(
    **bread | {"containerDefinitions": [flour, oven | {"environment": brioche}]}
)["taskDefinition"]

latest = ecs.describe_task_definition(taskDefinition="ecs-bread")["taskDefinition"]
print(second["revision"] - first["revision"], latest["revision"] == second["revision"])
for definition in (first, second):
    arn = definition["taskDefinitionArn"]
    found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    variables = found["containerDefinitions"][1]["environment"]
    print(found["status"], {each["name"]: each["value"] for each in variables}["BREAD"])

# %% [markdown] tags=["fr"]
# `ecs-bread` tout court désigne la dernière révision active ; `ecs-bread:1`, la première et aucune autre. Une nouvelle révision ne change rien à ce
# qui tourne : il faut le dire au service, ou relancer la tâche.
#
# Le volume `store`, lui, n’est qu’un dossier que se partagent les conteneurs d’une même tâche ; il disparaît avec elle. Pour ce qui doit rester,
# **EFS** est un système de fichiers commun à toutes les tâches, dans toutes les zones ; **EBS**, un disque par tâche, neuf ou tiré d’un instantané,
# qu’ECS crée et attache au démarrage.
#
# > **À l’examen.** « La nouvelle image est dans ECR, les tâches continuent avec l’ancienne » : enregistrer une révision, puis mettre à jour le service ; si l’étiquette n’a pas changé, `forceNewDeployment` suffit. « Des composants qui ne grandissent pas au même rythme » : des définitions séparées, un service pour chacune.
#
# ### À vous : deux conteneurs, dans l’ordre
#
# L’imprimante à étiquettes a besoin de ses polices. Enregistrez la famille `ecs-labels`, pour Fargate, avec deux conteneurs de la même image : `fonts`, qui fait son travail et s’en va sans arrêter la tâche ; `printer`, qui fait vivre la tâche, ne
# démarre que si `fonts` a **réussi**, écoute sur le port 8080 et trouve `FrenchBakery` dans sa variable `SHOP`.

# %% [markdown] tags=["en"]
# `ecs-bread` on its own means the latest active revision; `ecs-bread:1`, the first and no other. A new revision changes nothing of what runs: you
# have to tell the service, or run the task again.
#
# The volume `store` is no more than a folder that the containers of one task share; it goes when the task goes. For what has to stay, **EFS** is one
# file system for all the tasks, in every zone; **EBS**, a disk for each task, blank or from a snapshot, which ECS creates and attaches at the start.
#
# > **In the exam.** “The new image is in ECR, the tasks go on with the old one”: register a revision, then update the service; if the tag has not changed, `forceNewDeployment` will do. “Components that do
# > not scale at the same pace”: separate definitions, a service for each.
#
# ### Your turn: two containers, in order
#
# The label printer needs its fonts. Register the family `ecs-labels`, for Fargate, with two containers of the same image: `fonts`, which does its work and leaves without stopping the task; `printer`, which keeps the task alive, starts only if
# `fonts` **succeeded**, listens on port 8080 and finds `FrenchBakery` in its variable `SHOP`.

# %% tags=["challenge"]
fonts = {
    "name": "fonts",
    "image": image,
    "essential": False,
    "command": ["python", "-c", "pass"],
}
printer = {
    "name": "printer",
    "image": image,
    "dependsOn": [{"containerName": "fonts", "condition": "SUCCESS"}],
    "portMappings": [{"containerPort": 8080}],
    "environment": [{"name": "SHOP", "value": "FrenchBakery"}],
}
_ = ecs.register_task_definition(
    **bread | {"family": "ecs-labels", "containerDefinitions": [fonts, printer]}
)

# %%
lab.check("ecs-labels")

# %% [markdown] tags=["fr"]
# ## La vie d’une tâche
#
# Une tâche a deux états à la fois : celui où elle est (`lastStatus`) et celui où on la veut (`desiredStatus`). Tout le travail d’ECS est d’amener le
# premier au second, toujours par le même chemin.

# %% [markdown] tags=["en"]
# ## The life of a task
#
# A task has two states at once: the one it is in (`lastStatus`) and the one it is wanted in (`desiredStatus`). All that ECS does is bring the first
# to the second, always along the same path.

# %%
labs.figure("ecs-life")

# %% [markdown] tags=["fr"]
# Lançons-en une et suivons-la. `run_task` répond tout de suite, bien avant que rien ne tourne. `follow` note chaque état nouveau jusqu’à celui que
# l’on attend ; `flour` prend une seconde, pendant laquelle la tâche reste en PENDING.

# %% [markdown] tags=["en"]
# Let us run one and follow it. `run_task` answers at once, long before anything runs. `follow` notes every new state up to the one we wait for;
# `flour` takes a second, during which the task stays PENDING.

# %%
import time
from contextlib import suppress

ours = [{"Name": "tag:Name", "Values": ["ecs"]}]
subnets = sorted(
    ec2.describe_subnets(Filters=ours)["Subnets"], key=lambda subnet: subnet["CidrBlock"]
)
public = {
    "awsvpcConfiguration": {
        "subnets": [subnet["SubnetId"] for subnet in subnets],
        "assignPublicIp": "ENABLED",
    }
}


def describe(task):
    return ecs.describe_tasks(cluster="ecs", tasks=[task["taskArn"]])["tasks"][0]


def follow(task, goal, seconds=300):
    deadline = time.monotonic() + seconds
    while task["lastStatus"] != goal:
        if task["lastStatus"] == "STOPPED" or time.monotonic() > deadline:
            raise RuntimeError(task["lastStatus"] + " " + task.get("stoppedReason", ""))
        if task["lastStatus"] not in path:
            path.append(task["lastStatus"])
        time.sleep(0.05)
        task = describe(task)
    if goal not in path:
        path.append(goal)
    return task


def until(tasks, goal, seconds=600):
    arns = [task["taskArn"] for task in tasks]
    deadline = time.monotonic() + seconds
    while True:
        found = ecs.describe_tasks(cluster="ecs", tasks=arns)["tasks"]
        if all(task["lastStatus"] in (goal, "STOPPED") for task in found):
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(goal)
        time.sleep(0.2)


path = []
[task] = ecs.run_task(
    cluster="ecs",
    taskDefinition="ecs-bread",
    launchType="FARGATE",
    networkConfiguration=public,
)["tasks"]
task = follow(task, "RUNNING")
print(" → ".join(path))
print({container["name"]: container["lastStatus"] for container in task["containers"]})

# %% [markdown] tags=["fr"]
# La farine est livrée, son conteneur arrêté, et la tâche continue. RUNNING veut dire que les conteneurs ont démarré, pas que le programme est prêt :
# cela, seul son journal le dit. Il est dans CloudWatch Logs, dans un flux nommé d’après le préfixe, le conteneur et la tâche.

# %% [markdown] tags=["en"]
# The flour is delivered, its container stopped, and the task goes on. RUNNING means that the containers have started, not that the program is ready:
# only its log tells that. It is in CloudWatch Logs, in a stream named after the prefix, the container and the task.

# %%
def lines(task, container="oven", seconds=120):
    stream = f"day/{container}/{task['taskArn'].rpartition('/')[2]}"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(logs.exceptions.ResourceNotFoundException):
            found = logs.get_log_events(logGroupName="/ecs/tasks", logStreamName=stream)
            if found["events"]:
                return [event["message"] for event in found["events"]]
        time.sleep(0.2)


lines(task)

# %% [markdown] tags=["fr"]
# Arrêtons-la maintenant, en disant pourquoi : la phrase restera dans la tâche.

# %% [markdown] tags=["en"]
# Now stop it, and say why: the sentence will stay with the task.

# %%
milestones = ("PROVISIONING", "PENDING", "RUNNING", "STOPPED")
ecs.stop_task(cluster="ecs", task=task["taskArn"], reason="04:00, end of the batch")
task = follow(describe(task), "STOPPED")

print(" → ".join(state for state in path if state in milestones))
for key in ("desiredStatus", "stopCode", "stoppedReason"):
    print(key, "=", task[key])
print({container["name"]: container["exitCode"] for container in task["containers"]})

# %% [markdown] tags=["fr"]
# Les états intermédiaires sont trop brefs pour qu’on les voie tous ; la cellule ne montre que les quatre à connaître par cœur. Pour mesurer, on lit
# plutôt les dates que garde la tâche, toujours dans cet ordre. Une tâche arrêtée reste visible au moins une heure, puis disparaît : c’est le temps
# dont vous disposez pour lire la raison.

# %% [markdown] tags=["en"]
# The states in between are too short to catch them all; the cell shows only the four to know by heart. To measure, read the dates that the task
# keeps, always in this order. A stopped task stays visible for at least one hour, then disappears: that is how long you have to read why.

# %%
from IPython.display import HTML

dates = (
    "createdAt",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
)
rows = ""
for date in dates:
    seconds = (task[date] - task["createdAt"]).total_seconds()
    rows += f"<tr><td><code>{date}</code></td><td>+ {seconds * 1000:.0f} ms</td></tr>"
HTML(f"<table>{rows}</table>")

# %% [markdown] tags=["fr"]
# Entre la demande, `stoppingAt`, et la sortie, `executionStoppedAt`, une seconde au moins : celle que le four a prise pour ranger la fournée après SIGTERM. Le simulateur rejoue les autres
# fins possibles, selon ce qui arrive à la tâche et qui l’a lancée. Essayez une mémoire dépassée, puis une reprise Spot, avec un programme qui écoute
# SIGTERM et avec un autre qui ne l’écoute pas.

# %% [markdown] tags=["en"]
# Between the request, `stoppingAt`, and the exit, `executionStoppedAt`, at least one second: the one the oven took to put the batch away after SIGTERM. The simulator plays the other
# possible ends, by what happens to the task and who started it. Try memory running out, then a Spot reclaim, with a program that listens to SIGTERM
# and with one that does not.

# %%
from labs.playgrounds import task_life

task_life.playground()

# %% [markdown] tags=["fr"]
# ## Trois façons de casser une tâche
#
# Une tâche qui échoue laisse trois traces : `stopCode`, une catégorie ; `stoppedReason`, une phrase ; et le code de sortie de chaque conteneur.
# Lisez-les dans cet ordre, et vous trouverez presque toujours la panne sans ouvrir autre chose. La fonction `attempt` ci-dessous lance une variante
# et attend sa fin ; `report` lit les trois traces.
#
# D’abord une étiquette qui n’existe pas dans ECR.

# %% [markdown] tags=["en"]
# ## Three ways to break a task
#
# A failed task leaves three traces: `stopCode`, a category; `stoppedReason`, a sentence; and each container’s exit code. Read them in that order, and
# you will nearly always find the fault without opening anything else. Below, the function `attempt` runs a variant and waits for its end; `report`
# reads the three traces.
#
# First, a tag that does not exist in ECR.

# %%
def attempt(network=public, **changes):
    ecs.register_task_definition(**bread | {"family": "ecs-trial", "volumes": []} | changes)
    [task] = ecs.run_task(
        cluster="ecs",
        taskDefinition=changes.get("family", "ecs-trial"),
        launchType="FARGATE",
        networkConfiguration=network,
    )["tasks"]
    return until([task], "STOPPED")[0]


def report(task):
    identity, registry = task["taskArn"].rpartition("/")[2], image.partition("/")[0]
    print(task["stopCode"], [container.get("exitCode") for container in task["containers"]])
    print(task["stoppedReason"].replace(identity, "TASK").replace(registry, "REGISTRY"))


def program(text, **more):
    return {"name": "one", "image": image, "command": ["python", "-c", text]} | more


report(attempt(containerDefinitions=[program("pass", image=image.replace(":1.0", ":9.9"))]))

# %% [markdown] tags=["fr"]
# `TaskFailedToStart`, aucun code de sortie : rien n’a jamais tourné. `CannotPullContainerError` se lit de droite à gauche : *not found*, c’est l’étiquette ; *403*, le droit de tirer ; *i/o timeout*, la route.
#
# Ensuite, un programme qui sort tout seul. `sys.exit(3)` ou une exception, c’est pareil : le conteneur était essentiel.

# %% [markdown] tags=["en"]
# `TaskFailedToStart`, no exit code: nothing ever ran. `CannotPullContainerError` reads from right to left: *not found* is the tag; *403*, the right to pull; *i/o timeout*, the route.
#
# Next, a program that leaves by itself. `sys.exit(3)` or an exception, no matter: the container was essential.

# %%
report(attempt(containerDefinitions=[program("import sys; sys.exit(3)")]))

# %% [markdown] tags=["fr"]
# Cette fois la tâche a démarré. ECS ne peut pas savoir pourquoi votre programme est sorti : la suite est dans le code de sortie et dans le journal. 0
# est une fin normale, 1 le plus souvent une exception, **137** un SIGKILL (mémoire dépassée, ou `stopTimeout` écoulé), **139** une faute de
# segmentation, **143** un SIGTERM que personne n’a traité.
#
# La troisième panne survient avant même qu’il y ait une tâche : une taille que Fargate ne propose pas est refusée dès l’enregistrement.

# %% [markdown] tags=["en"]
# This time the task did start. ECS cannot know why your program left: the rest is in the exit code and the log. 0 is a normal end, 1 most often an
# exception, **137** a SIGKILL (out of memory, or `stopTimeout` over), **139** a segmentation fault, **143** a SIGTERM that nobody handled.
#
# The third fault comes before there is any task: a size that Fargate does not offer is refused at registration.

# %%
from botocore.exceptions import ClientError

try:
    attempt(cpu="256", memory="4096", containerDefinitions=[program("pass")])
except ClientError as error:
    print(error.response["Error"]["Code"])
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# > **À l’examen.** « La tâche passe de PENDING à STOPPED » : lisez `stoppedReason`. Image, route ou rôle d’exécution, presque toujours. « Elle tourne quelques secondes puis s’arrête » : code de sortie et journal.
#
# ### À vous : la tâche de nuit qui ne part pas
#
# La famille `ecs-night` a été enregistrée un vendredi soir, trop vite. Elle a deux pannes, et la seconde se cache derrière la première. Lancez-la,
# lisez, enregistrez une révision réparée sans toucher à son programme, et menez celle-ci jusqu’au bout.

# %% [markdown] tags=["en"]
# > **In the exam.** “The task goes from PENDING to STOPPED”: read `stoppedReason`. Image, route or execution role, nearly always. “It runs for a few seconds, then stops”: exit code and log.
#
# ### Your turn: the night task that does not start
#
# The family `ecs-night` was registered on a Friday evening, in a hurry. It has two faults, the second hiding behind the first. Run it, read, register a mended revision without touching its program, and run that to its end.

# %% tags=["challenge"]
night = ecs.describe_task_definition(taskDefinition="ecs-night")["taskDefinition"]
[container] = night["containerDefinitions"]
container |= {"image": image, "environment": [{"name": "LOAVES", "value": "200"}]}
_ = attempt(family="ecs-night", containerDefinitions=[container])

# %%
lab.check("ecs-night")

# %% [markdown] tags=["fr"]
# ## Sur quoi la faire tourner
#
# La tâche est décrite ; il lui faut une place. Une seule question départage les réponses, et l’examen la pose : **voulez-vous gérer les serveurs du
# cluster ?**

# %% [markdown] tags=["en"]
# ## What to run it on
#
# The task is described; it needs room. One question sorts the answers, and the exam asks it: **do you want to manage the cluster’s servers?**

# %%
labs.figure("ecs-capacity")

# %% [markdown] tags=["fr"]
# **Fargate** : non. Pas d’instance, mais une petite machine virtuelle par tâche ; un cahier entier lui est consacré.
#
# **EC2** : oui. Des instances de votre compte, sous Linux ou Windows, du type que vous voulez, GPU compris ; à vous l’AMI, les correctifs, le
# remplissage. En échange, vous choisissez parmi tous les tarifs d’EC2 : **à la demande** pour l’imprévu, **Spot** pour ce qui supporte d’être
# interrompu, **instances réservées** (ou Savings Plans) pour ce qui tourne jour et nuit. Sur Spot, l’agent peut vider l’instance dès l’avis de
# reprise (`ECS_ENABLE_SPOT_INSTANCE_DRAINING`).
#
# **External**, c’est-à-dire **ECS Anywhere** : vos propres serveurs, au fournil ou dans un autre cloud, inscrits par l’agent de Systems Manager et
# l’agent ECS. Ce sont toujours eux qui appellent AWS ; ils n’ont ni équilibreur de charge d’AWS, ni mode `awsvpc`.
#
# `launchType` choisit entre les trois. Demandons EC2 alors que le cluster n’a pas d’instance :

# %% [markdown] tags=["en"]
# **Fargate**: no. No instance, a small virtual machine per task; it has a notebook of its own.
#
# **EC2**: yes. Instances of your account, Linux or Windows, of any type you like, GPUs included; the AMI, the patches and the packing are yours. In
# return you have EC2’s whole range of prices: **on demand** for the unexpected, **Spot** for what can bear an interruption, **Reserved Instances**
# (or Savings Plans) for what runs day and night. On Spot the agent can drain the instance as soon as the reclaim is announced
# (`ECS_ENABLE_SPOT_INSTANCE_DRAINING`).
#
# **External**, that is **ECS Anywhere**: servers of your own, in the bakehouse or in another cloud, registered by the Systems Manager agent and the
# ECS agent. It is always they who call AWS; they have neither an AWS load balancer nor the `awsvpc` mode.
#
# `launchType` picks one of the three. Let us ask for EC2 while the cluster has no instance:

# %%
crumb = {
    "family": "ecs-crumb",
    "networkMode": "bridge",
    "executionRoleArn": execution,
    "containerDefinitions": [
        program("import time\nwhile True: time.sleep(1)", cpu=128, memory=256, stopTimeout=2)
    ],
}
print(ecs.register_task_definition(**crumb)["taskDefinition"]["compatibilities"])
try:
    ecs.run_task(cluster="ecs", taskDefinition="ecs-crumb", launchType="EC2")
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# Donnons-lui trois instances, deux dans une zone, une dans l’autre. Trois choses font d’une instance EC2 une instance de conteneurs : une AMI
# **optimisée pour ECS**, qui contient l’agent ; le nom du cluster dans les données utilisateur ; et un **profil d’instance** dont le rôle porte
# `AmazonEC2ContainerServiceforEC2Role`. Qu’il en manque une, ou que la machine n’ait pas de chemin vers ECS (l’internet, ou les points de terminaison
# `ecs`, `ecs-agent` et `ecs-telemetry`), et elle ne rejoint pas le cluster. Ce rôle est celui de la machine ; ne le
# confondez pas avec ceux des tâches, que nous verrons plus bas. (Sur un compte AWS, le garde-fou du cours laisse passer ces trois instances, et pas
# une de plus.)

# %% [markdown] tags=["en"]
# Let us give it three instances, two in one zone, one in the other. Three things turn an EC2 instance into a container instance: an **ECS-optimised**
# AMI, which holds the agent; the cluster’s name in the user data; and an **instance profile** whose role carries
# `AmazonEC2ContainerServiceforEC2Role`. With one of them missing, or no way to ECS (the internet, or the endpoints
# `ecs`, `ecs-agent` and `ecs-telemetry`), the machine does not join the cluster. That role is the machine’s; do not mistake it
# for those of the tasks, which come further down. (On an AWS account the course’s safeguard lets these three instances through, and not one more.)

# %%
def attribute(instance, name):
    values = {each["name"]: each.get("value") for each in instance["attributes"]}
    return values.get(name)


def instances():
    arns = ecs.list_container_instances(cluster="ecs")["containerInstanceArns"]
    if not arns:
        return []
    found = ecs.describe_container_instances(cluster="ecs", containerInstances=arns)
    return sorted(
        found["containerInstances"],
        key=lambda each: (attribute(each, "ecs.availability-zone"), each["ec2InstanceId"]),
    )


optimised = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
ami = ssm.get_parameter(Name=optimised)["Parameter"]["Value"]
named = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "ecs"}]}]
wanted = [] if instances() else zip(subnets, (2, 1), strict=True)
for subnet, count in wanted:
    ec2.run_instances(
        MinCount=count,
        MaxCount=count,
        ImageId=ami,
        InstanceType="t3.medium",
        SubnetId=subnet["SubnetId"],
        UserData="#!/bin/bash\necho ECS_CLUSTER=ecs >> /etc/ecs/ecs.config\n",
        IamInstanceProfile={"Name": "ecs-instance"},
        TagSpecifications=named,
    )
for _ in range(600):
    if len(instances()) == 3:
        break
    time.sleep(0.5)
for instance in instances():
    zone = attribute(instance, "ecs.availability-zone")
    cpu = next(each for each in instance["remainingResources"] if each["name"] == "CPU")
    print(instance["status"], instance["agentConnected"], zone[-1], cpu["integerValue"])

# %% [markdown] tags=["fr"]
# Chaque agent est connecté et annonce ce qu’il a : un processeur compté en unités, 1024 par vCPU, une mémoire, des ports libres, et des **attributs**
# (type, zone, AMI, architecture). C’est d’après cela qu’ECS place les tâches.
#
# `launchType` est la manière simple, et la plus ancienne. La manière souple est une **stratégie de fournisseurs de capacité** : plusieurs
# fournisseurs, une `base` et des poids (`weight`). `FARGATE` et `FARGATE_SPOT` sont fournis d’office ; un fournisseur à vous s’appuie sur un groupe
# Auto Scaling, qu’ECS agrandit quand des tâches attendent une place. La base est servie d’abord, les poids partagent le reste : ici deux tâches
# sûres, et toutes les autres sur **Fargate Spot**, jusqu’à 70 % moins cher et interruptible avec 2 minutes de préavis.

# %% [markdown] tags=["en"]
# Every agent is connected and says what it has: CPU counted in units, 1024 per vCPU, memory, free ports, and **attributes** (type, zone, AMI,
# architecture). By these ECS places tasks.
#
# `launchType` is the simple way, and the older one. The flexible way is a **capacity provider strategy**: several providers, a `base` and weights
# (`weight`). `FARGATE` and `FARGATE_SPOT` come ready-made; a provider of your own rests on an Auto Scaling group, which ECS enlarges when tasks wait
# for room. The base is served first, the weights share out the rest: here two safe tasks, and all the others on **Fargate Spot**, up to 70% cheaper
# and open to interruption with a 2-minute warning.

# %%
from collections import Counter

started = ecs.run_task(
    cluster="ecs",
    taskDefinition="ecs-bread",
    count=5,
    capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ],
    networkConfiguration=public,
)["tasks"]
print(sorted(Counter(task["capacityProviderName"] for task in started).items()))


def clear(tasks):
    for task in tasks:
        ecs.stop_task(cluster="ecs", task=task["taskArn"])
    until(tasks, "STOPPED")


clear(started)

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Sans gérer de serveurs » : Fargate. « GPU, AMI ou licence à soi, instances réservées déjà payées » : EC2. « Des serveurs sur
# > site, les mêmes outils » : ECS Anywhere. « Le moins cher, interruptible, mais deux tâches toujours là » : une base sur `FARGATE`, le poids sur
# > `FARGATE_SPOT`. `launchType` et une stratégie s’excluent dans un même appel, et nommer `launchType` contourne la stratégie par défaut du cluster.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). **ECS Managed Instances** tient le milieu entre Fargate et EC2 : des instances EC2 dans votre compte,
# > qu’AWS choisit selon ce que vous demandez (GPU compris), remplit, corrige et remplace ; c’est un fournisseur de capacité. **ECS Express Mode**
# > part de l’autre bout : vous donnez une image et deux rôles, ECS monte un service Fargate complet, équilibreur, domaine, mise à l’échelle et
# > alarmes compris, que vous retouchez ensuite comme n’importe quel autre. *(Sources : Amazon ECS Developer Guide, « Architect for Amazon ECS Managed
# > Instances » et « Resources created by Amazon ECS Express Mode services ».)*

# %% [markdown] tags=["en"]
# > **In the exam.** “Without managing servers”: Fargate. “GPU, an AMI or licence of your own, reserved instances already paid for”: EC2. “Servers on
# > premises, the same tools”: ECS Anywhere. “Cheapest, may be interrupted, but two tasks always there”: a base on `FARGATE`, the weight on
# > `FARGATE_SPOT`. `launchType` and a strategy exclude each other in one call, and naming `launchType` bypasses the cluster’s default strategy.
# >
# > **Today** (checked in November 2026). **ECS Managed Instances** stands between Fargate and EC2: EC2 instances in your account, which AWS picks by
# > what you ask for (GPUs included), fills, patches and replaces; it is a capacity provider. **ECS Express Mode** starts from the other end: give an
# > image and two roles, and ECS builds a complete Fargate service, load balancer, domain, scaling and alarms included, which you then adjust like any
# > other. *(Sources: Amazon ECS Developer Guide, “Architect for Amazon ECS Managed Instances” and “Resources created by Amazon ECS Express Mode
# > services”.)*

# %% [markdown] tags=["fr"]
# ## Qui va où
#
# Quatre façons de demander des tâches, quatre ordonnanceurs. Un service **REPLICA** veut *n* copies, réparties au mieux. Un service **DAEMON** en
# veut exactement une par instance : agents de journaux, de sécurité, de mesure. **RunTask** lance des tâches isolées et ne s’en occupe plus :
# traitements, migrations. Et **StartTask** vous laisse choisir l’instance : c’est la porte d’un **ordonnanceur à vous**, qui passe par l’API.
#
# Pour les trois premiers, ECS choisit l’instance en deux temps. Il élimine d’abord les instances qui n’ont pas le processeur, la mémoire ou les
# ports, puis celles qu’écartent les **contraintes** : `distinctInstance` (jamais deux tâches sur la même) et `memberOf` (une expression sur les
# attributs). Puis les **stratégies** classent ce qui reste, sauf pour DAEMON, qui prend tout ce que les contraintes lui laissent.

# %% [markdown] tags=["en"]
# ## Who goes where
#
# Four ways to ask for tasks, four schedulers. A **REPLICA** service wants *n* copies, spread as well as can be. A **DAEMON** service wants exactly
# one per instance: agents for logs, security, measurements. **RunTask** starts standalone tasks and leaves it at that: batch jobs, migrations. And
# **StartTask** lets you pick the instance: it is the door for a **scheduler of your own**, written against the API.
#
# For the first three, ECS picks the instance in two stages. First it rules out those without the CPU, the memory or the ports, then those that
# **constraints** exclude: `distinctInstance` (never two tasks on the same) and `memberOf` (an expression over attributes). Then **strategies** rank
# what is left, except for DAEMON, which takes all that constraints leave it.

# %%
labs.figure("ecs-placement")

# %% [markdown] tags=["fr"]
# Les mêmes six tâches, sur nos trois instances, selon chacune des stratégies. La cellule les dessine, compte les tâches par instance ou par zone,
# puis fait place nette.

# %% [markdown] tags=["en"]
# The same six tasks, on our three instances, under each of the strategies. The cell draws them, counts tasks per instance or per zone, then clears the floor.

# %%
strategies = {
    "binpack memory": [{"type": "binpack", "field": "memory"}],
    "spread instanceId": [{"type": "spread", "field": "instanceId"}],
    "spread zone": [{"type": "spread", "field": "attribute:ecs.availability-zone"}],
    "random": [{"type": "random"}],
}


def place(strategy=(), count=6, **more):
    answer = ecs.run_task(
        cluster="ecs",
        taskDefinition="ecs-crumb",
        launchType="EC2",
        count=count,
        placementStrategy=list(strategy),
        **more,
    )
    return answer["tasks"], answer["failures"]


machines = instances()
zones = [attribute(each, "ecs.availability-zone") for each in machines]
table = "<tr><td></td>" + "".join(f"<th>{zone}</th>" for zone in zones) + "</tr>"
for name, strategy in strategies.items():
    tasks, failures = place(strategy)
    found = Counter(task["containerInstanceArn"] for task in tasks)
    row = [found[each["containerInstanceArn"]] for each in machines]
    cells = "".join(f"<td>{'■ ' * count}</td>" for count in row)
    table += f"<tr><th>{name}</th>{cells}</tr>"
    stable = {"spread zone": [row[0] + row[1], row[2]], "random": [sum(row)]}
    print(name, stable.get(name, sorted(row, reverse=True)))
    clear(tasks)

HTML(f"<table>{table}</table>")

# %% [markdown] tags=["fr"]
# `binpack` remplit une instance avant d’en ouvrir une autre : les deux vides peuvent être rendues, c’est la stratégie de l’économie. `spread` par
# zone : trois et trois, bien qu’une zone ait deux fois plus d’instances ; c’est la stratégie de la disponibilité. `random` ne promet rien. On peut
# les enchaîner, et la première l’emporte : répartir d’abord entre les zones, puis tasser dans chacune, est le choix classique.
#
# À vous de jouer, avec d’autres tâches et d’autres réseaux. Répartissez par zone, puis tassez, et faites tomber une zone.

# %% [markdown] tags=["en"]
# `binpack` fills one instance before opening another: the two empty ones can be given back; it is the strategy of cost. `spread` by zone: three and three, although one zone has twice the instances; it is the strategy of availability. `random`
# promises nothing. They can be chained, the first one wins: spread over zones first, then pack within each, is the classic choice.
#
# Play it again with other tasks and other networks. Spread over zones, then pack, and let a zone fail.

# %%
from labs.playgrounds import placement

placement.playground()

# %% [markdown] tags=["fr"]
# Les contraintes maintenant. Une de nos instances a un four à bois ; un attribut de notre cru le dit. `memberOf` s’en sert dans les deux sens, et
# `distinctInstance` refuse la quatrième tâche : RunTask ne lève pas d’erreur, il rend des `failures`, instance par instance. **Lisez-les toujours.**

# %% [markdown] tags=["en"]
# Now the constraints. One of our instances has a wood-fired oven; an attribute of our own says so. `memberOf` uses it both ways, and
# `distinctInstance` refuses the fourth task: RunTask raises no error, it returns `failures`, instance by instance. **Always read them.**

# %%
wood = instances()[0]
ecs.put_attributes(
    cluster="ecs",
    attributes=[{"name": "oven", "value": "wood", "targetId": wood["containerInstanceArn"]}],
)
constraints = {
    "== wood": {"type": "memberOf", "expression": "attribute:oven == wood"},
    "!= wood": {"type": "memberOf", "expression": "attribute:oven != wood"},
    "distinct": {"type": "distinctInstance"},
    "no such type": {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ g5.*"},
}
for name, constraint in constraints.items():
    tasks, failures = place(count=4, placementConstraints=[constraint])
    places = [task["containerInstanceArn"] for task in tasks]
    on_wood = places.count(wood["containerInstanceArn"])
    reasons = sorted({failure["reason"] for failure in failures})
    print(name, {"tasks": len(tasks), "on wood": on_wood, "failures": reasons})
    if tasks:
        clear(tasks)

# %% [markdown] tags=["fr"]
# Restent deux ordonnanceurs. À un service DAEMON on ne donne pas de `desiredCount` : il le tire du nombre d’instances. Et StartTask pose la tâche où
# on lui dit, sans stratégie ni contrainte.

# %% [markdown] tags=["en"]
# That leaves two schedulers. A DAEMON service is given no `desiredCount`: it takes it from the number of instances. And StartTask puts the task where
# it is told, with neither strategy nor constraint.

# %%
ecs.create_service(
    cluster="ecs",
    serviceName="ecs-agent",
    taskDefinition="ecs-crumb",
    schedulingStrategy="DAEMON",
)
one = {"cluster": "ecs", "services": ["ecs-agent"]}
ecs.get_waiter("services_stable").wait(**one, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
[service] = ecs.describe_services(**one)["services"]
print(service["schedulingStrategy"], service["desiredCount"], service["runningCount"])

[chosen] = ecs.start_task(
    cluster="ecs",
    taskDefinition="ecs-crumb",
    containerInstances=[wood["containerInstanceArn"]],
)["tasks"]
print(chosen["containerInstanceArn"] == wood["containerInstanceArn"])

clear([chosen])
_ = ecs.delete_service(cluster="ecs", service="ecs-agent", force=True)
ecs.get_waiter("services_inactive").wait(**one, WaiterConfig={"Delay": 1, "MaxAttempts": 300})

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Le moins d’instances possible » : `binpack`. « Survivre à la perte d’une zone » : `spread` sur
# > `attribute:ecs.availability-zone`. « Un agent sur chaque instance, y compris les prochaines » : DAEMON. « Seulement sur les instances à disque
# > local » : `memberOf`. Sur Fargate, rien de tout cela : il n’y a pas d’instances, et les tâches d’un service sont d’office réparties entre les
# > zones.
#
# ### À vous : chacune chez soi, loin du four à bois
#
# Faites tourner deux tâches de la famille `ecs-steam`, en mode `bridge`, qui ne s’arrêtent pas d’elles-mêmes : chacune sur son instance, et jamais
# sur celle qui porte l’attribut `oven=wood`. Cette dernière règle doit être dans la **définition**, pour que personne ne puisse l’oublier.

# %% [markdown] tags=["en"]
# > **In the exam.** “As few instances as possible”: `binpack`. “Survive the loss of a zone”: `spread` over `attribute:ecs.availability-zone`. “An
# > agent on every instance, future ones included”: DAEMON. “Only on instances with local disks”: `memberOf`. On Fargate, none of this: there are no
# > instances, and a service’s tasks are spread over the zones as a matter of course.
#
# ### Your turn: one each, away from the wood-fired oven
#
# Get two tasks of the family `ecs-steam` running, in `bridge` mode, that do not stop by themselves: each on its own instance, and never on the one
# with the attribute `oven=wood`. Put that last rule into the **definition**, so that nobody can forget it.

# %% tags=["challenge"]
away = [{"type": "memberOf", "expression": "attribute:oven != wood"}]
ecs.register_task_definition(**crumb | {"family": "ecs-steam", "placementConstraints": away})
steam = ecs.run_task(
    cluster="ecs",
    taskDefinition="ecs-steam",
    launchType="EC2",
    count=2,
    placementConstraints=[{"type": "distinctInstance"}],
)["tasks"]
_ = until(steam, "RUNNING")

# %%
lab.check("ecs-steam")

# %% [markdown] tags=["fr"]
# ## À l’heure dite
#
# La première fournée part à quatre heures. Il n’y faut ni un service, ni une machine qui veille pour son `cron` : une **règle EventBridge** suffit.
# Elle dit *quand* ; sa cible, le cluster, dit *quoi*, *combien*, et avec quel rôle EventBridge a le droit d’appeler `RunTask` et de **transmettre**
# (`iam:PassRole`) les rôles de la tâche.
#
# Pour ne pas attendre quatre heures du matin, notre règle réagit aussi à un événement de notre cru : « le four est chaud ». Une règle peut avoir un
# horaire, un motif d’événement, ou les deux. (Sur un compte AWS, le garde-fou retient l’événement si une règle étrangère au cours pouvait l’entendre.)

# %% [markdown] tags=["en"]
# ## On time
#
# The first batch goes in at four. That takes neither a service nor a machine kept awake for its `cron`: an **EventBridge rule** will do. It says
# *when*; its target, the cluster, says *what*, *how many*, and with which role EventBridge may call `RunTask` and **pass** (`iam:PassRole`) the
# task’s roles.
#
# So as not to wait until four in the morning, our rule also reacts to an event of our own: “the oven is hot”. A rule may have a schedule, an event
# pattern, or both. (On an AWS account the safeguard holds the event back if a rule that is not the course’s could hear it.)

# %%
import json


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def create_role(name, service):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    return iam.get_role(RoleName=name)["Role"]["Arn"]


starter = create_role("ecs-events", "events.amazonaws.com")
may_run = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
may_pass = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": execution}
iam.put_role_policy(
    RoleName="ecs-events", PolicyName="run", PolicyDocument=policy(may_run, may_pass)
)
events.put_rule(
    Name="ecs-morning",
    ScheduleExpression="cron(0 4 * * ? *)",
    EventPattern=json.dumps({"source": ["frenchbakery"], "detail-type": ["oven hot"]}),
)
target = {
    "Id": "bread",
    "Arn": cluster["clusterArn"],
    "RoleArn": starter,
    "EcsParameters": {
        "TaskDefinitionArn": second["taskDefinitionArn"],
        "TaskCount": 1,
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "awsvpcConfiguration": {
                "Subnets": public["awsvpcConfiguration"]["subnets"],
                "AssignPublicIp": "ENABLED",
            }
        },
    },
}
print(events.put_targets(Rule="ecs-morning", Targets=[target])["FailedEntryCount"])

events.put_events(Entries=[{"Source": "frenchbakery", "DetailType": "oven hot", "Detail": "{}"}])
for _ in range(300):
    found = ecs.list_tasks(cluster="ecs", startedBy="events-rule/ecs-morning")["taskArns"]
    if found:
        break
    time.sleep(0.2)
morning = [{"taskArn": arn} for arn in found]
print(describe(morning[0])["startedBy"], describe(morning[0])["group"])
clear(morning)

# %% [markdown] tags=["fr"]
# Nous n’avons pas appelé `run_task` : EventBridge l’a fait, et signe dans `startedBy`. Le `cron` d’une règle a six champs (le dernier est l’année) ;
# des deux champs de jour, l’un est toujours `?` ; les heures sont en UTC.
#
# > **À l’examen.** « Chaque nuit, lancer un conteneur pendant quelques minutes » : une tâche planifiée par EventBridge sur Fargate, jamais un service
# > qui attend. Trop long pour Lambda ? Une tâche, elle, n’a pas de limite de durée.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). AWS range désormais les règles planifiées parmi les fonctions **anciennes** (*legacy*) et conseille
# > **EventBridge Scheduler** : fuseaux horaires, heure d’été, exécution unique, reprises. Les règles restent le moyen de réagir à des *événements*,
# > et l’examen parle encore de règles planifiées. *(Source : Amazon EventBridge User Guide, « Creating a scheduled rule (legacy) in Amazon
# > EventBridge ».)*
#
# ### À vous : le pétrin, du lundi au vendredi
#
# Créez la règle `ecs-dawn` : à 3 h 30 UTC, du lundi au vendredi et ces jours-là seulement, elle lance **deux** tâches de la famille `ecs-dough` dans le cluster. Enregistrez cette famille ; son programme peut être aussi simple que vous voulez.

# %% [markdown] tags=["en"]
# We did not call `run_task`: EventBridge did, and signs in `startedBy`. A rule’s `cron` has six fields (the last is the year); of the two day fields
# one is always `?`; hours are in UTC.
#
# > **In the exam.** “Every night, run a container for a few minutes”: a task scheduled by EventBridge on Fargate, never a service that waits. Too
# > long for Lambda? A task has no time limit.
# >
# > **Today** (checked in November 2026). AWS now counts scheduled rules among its **legacy** features and recommends **EventBridge Scheduler**: time
# > zones, daylight saving, one-time runs, retries. Rules remain the way to react to *events*, and the exam still speaks of scheduled rules. *(Source:
# > Amazon EventBridge User Guide, “Creating a scheduled rule (legacy) in Amazon EventBridge”.)*
#
# ### Your turn: the dough, Monday to Friday
#
# Create the rule `ecs-dawn`: at 03:30 UTC, Monday to Friday and on those days only, it starts **two** tasks of the family `ecs-dough` in the cluster. Register that family; its program may be as simple as you like.

# %% tags=["challenge"]
dough = ecs.register_task_definition(
    **bread | {"family": "ecs-dough", "containerDefinitions": [program("print('kneading')")]}
)["taskDefinition"]
events.put_rule(Name="ecs-dawn", ScheduleExpression="cron(30 3 ? * MON-FRI *)")
what = {"TaskDefinitionArn": dough["taskDefinitionArn"], "TaskCount": 2}
dawn = target | {"Id": "dough", "EcsParameters": target["EcsParameters"] | what}
_ = events.put_targets(Rule="ecs-dawn", Targets=[dawn])

# %%
lab.check("ecs-dawn")

# %% [markdown] tags=["fr"]
# ## Par où elle parle
#
# La définition choisit un **mode réseau**, et ce choix décide de l’adresse de la tâche, de ses ports et du groupe de sécurité qui la protège.

# %% [markdown] tags=["en"]
# ## How it reaches the network
#
# The definition chooses a **network mode**, and that choice decides on the task’s address, its ports, and the security group that protects it.

# %%
labs.figure("ecs-network-modes")

# %% [markdown] tags=["fr"]
# Dans chaque mode, demandons deux tâches qui écoutent sur le port 8080 d’une même instance : combien trouvent place, pourquoi les autres sont
# refusées, combien de ports de l’hôte elles prennent, combien d’ENI elles ont en propre.

# %% [markdown] tags=["en"]
# In each mode, let us ask for two tasks that listen on port 8080 of one and the same instance: how many find room, why the others are refused, how
# many of the host’s ports they take, and how many ENIs of their own they have.

# %%
here = [{"type": "memberOf", "expression": "attribute:oven == wood"}]
private_address = {"awsvpcConfiguration": {"subnets": [subnets[0]["SubnetId"]]}}
for mode in ("awsvpc", "bridge", "host", "none"):
    listening = dict(crumb["containerDefinitions"][0])
    if mode != "none":
        listening["portMappings"] = [{"containerPort": 8080}]
    ecs.register_task_definition(
        **crumb
        | {"family": "ecs-mode", "networkMode": mode, "containerDefinitions": [listening]}
    )
    extra = {"networkConfiguration": private_address} if mode == "awsvpc" else {}
    answer = ecs.run_task(
        cluster="ecs",
        taskDefinition="ecs-mode",
        launchType="EC2",
        count=2,
        placementConstraints=here,
        **extra,
    )
    tasks = until(answer["tasks"], "RUNNING")
    ports = {
        binding["hostPort"]
        for task in tasks
        for container in task["containers"]
        for binding in container.get("networkBindings", [])
    }
    refused = {failure["reason"] for failure in answer["failures"]} - {
        "MemberOf placement constraint unsatisfied."
    }
    enis = sum(len(task["attachments"]) for task in tasks)
    print(mode.ljust(6), {"tasks": len(tasks), "failures": sorted(refused)}, end=" ")
    print({"hostPorts": len(ports), "8080": 8080 in ports, "attachments": enis})
    clear(tasks)

# %% [markdown] tags=["fr"]
# `awsvpc` donne à chaque tâche son ENI, donc son adresse et son groupe de sécurité, et toutes écoutent sur le même port. `bridge` prête à chacune un
# port élevé de l’instance, choisi au démarrage : c’est le **port dynamique**, que l’équilibreur sait suivre. `host` supprime l’intermédiaire, et avec
# lui la seconde tâche : `RESOURCE:PORTS`. `none` n’a pas de réseau du tout.
#
# Le prix d’`awsvpc` sur EC2 : une instance n’a que quelques ENI, et chaque tâche en prend une ; l’option *ENI trunking* relève ce plafond. Sur Fargate, c’est le seul mode. Lisons l’ENI d’une tâche Fargate.

# %% [markdown] tags=["en"]
# `awsvpc` gives each task its ENI, hence its address and its security group, and all listen on the same port. `bridge` lends each a high port of the
# instance, chosen at the start: the **dynamic port**, which a load balancer can follow. `host` does away with the go-between, and with it the second
# task: `RESOURCE:PORTS`. `none` has no network at all.
#
# The price of `awsvpc` on EC2: an instance has only a few ENIs, and each task takes one; the option *ENI trunking* raises that ceiling. On Fargate it is the only mode. Let us read the ENI of a Fargate task.

# %%
[task] = ecs.run_task(
    cluster="ecs",
    taskDefinition="ecs-bread",
    launchType="FARGATE",
    networkConfiguration=public,
)["tasks"]
[task] = until([task], "RUNNING")
[attachment] = task["attachments"]
details = {detail["name"]: detail["value"] for detail in attachment["details"]}
answer = ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
[eni] = answer["NetworkInterfaces"]
[block] = [each["CidrBlock"] for each in subnets if each["SubnetId"] == eni["SubnetId"]]
names = [group["GroupName"] for group in eni["Groups"]]
print(attachment["type"], attachment["status"], names)
clear([task])
HTML(f"<code>{eni['PrivateIpAddress']}</code> ∈ <code>{block}</code>")

# %% [markdown] tags=["fr"]
# Une adresse privée du sous-réseau et un groupe de sécurité : celui du VPC par défaut, faute d’en avoir nommé un. C’est dans ce groupe que l’on
# écrirait « n’accepter que ce qui vient de l’équilibreur ».
#
# > **À l’examen.** « Un groupe de sécurité par service », « la même isolation qu’une instance » : `awsvpc`. « Plusieurs copies d’un même port sur une instance » : `bridge` et ports dynamiques. Avec `awsvpc`, les cibles de l’équilibreur sont des
# > **IP**.
#
# ## Sans internet
#
# En production, une tâche n’a en général pas d’adresse publique. Pour démarrer, pourtant, elle doit joindre ECR, S3 où dorment les couches, et
# CloudWatch Logs. Deux chemins : une **passerelle NAT**, qui ouvre tout l’internet et facture chaque Go ; ou des **points de terminaison de VPC**,
# qui n’ouvrent que ces services-là.

# %% [markdown] tags=["en"]
# A private address of the subnet and a security group: the VPC’s default one, since we named none. That group is where you would write “accept only
# what comes from the load balancer”.
#
# > **In the exam.** “One security group per service”, “the same isolation as an instance”: `awsvpc`. “Several copies of one port on an instance”: `bridge` and dynamic ports. With `awsvpc`, the load balancer’s targets are **IP** addresses.
#
# ## Without internet
#
# In production a task usually has no public address. To start, though, it must reach ECR, S3 where the layers rest, and CloudWatch Logs. Two ways: a
# **NAT gateway**, which opens the whole internet and bills every GB; or **VPC endpoints**, which open these services and nothing else.

# %%
labs.figure("ecs-endpoints")

# %% [markdown] tags=["fr"]
# Prenons le second chemin, un point de terminaison à la fois, en relançant la même tâche à chaque pas. La raison de son échec nomme toujours le service suivant : on
# retient ainsi la liste sans l’apprendre.

# %% [markdown] tags=["en"]
# Let us take the second way, one endpoint at a time, and run the same task at each step. The reason it fails always names the next service, so the
# list sticks without being learnt.

# %%
private = [{"Name": "tag:Name", "Values": ["ecs-private"]}]
[cellar] = ec2.describe_subnets(Filters=private)["Subnets"]
hidden = {"awsvpcConfiguration": {"subnets": [cellar["SubnetId"]]}}
this_vpc = {"Name": "vpc-id", "Values": [cellar["VpcId"]]}
[routes] = ec2.describe_route_tables(
    Filters=[this_vpc, {"Name": "association.main", "Values": ["true"]}]
)["RouteTables"]
quiet = program("print('in the cellar')", logConfiguration=log)


def try_again():
    task = attempt(hidden, family="ecs-cellar", containerDefinitions=[quiet])
    reason = task["stoppedReason"]
    services = ["api.ecr", "/manifests/", "layer-bucket", "CloudWatch"]
    named = [service for service in services if service in reason]
    print("  ", task["stopCode"], named, [task["containers"][0].get("exitCode")])


def open_door(name, **how):
    service = f"com.amazonaws.{session.region_name}.{name}"
    known = ec2.describe_vpc_endpoints(Filters=[this_vpc])["VpcEndpoints"]
    if service not in {each["ServiceName"] for each in known}:
        ec2.create_vpc_endpoint(VpcId=cellar["VpcId"], ServiceName=service, **how)
    print("+", name)


try_again()
interface = {
    "VpcEndpointType": "Interface",
    "SubnetIds": [cellar["SubnetId"]],
    "PrivateDnsEnabled": True,
}
gateway = {"VpcEndpointType": "Gateway", "RouteTableIds": [routes["RouteTableId"]]}
for name in ("ecr.api", "ecr.dkr", "s3", "logs"):
    open_door(name, **(gateway if name == "s3" else interface))
    try_again()

# %% [markdown] tags=["fr"]
# `ecr.api` pour se connecter, `ecr.dkr` pour le manifeste, **S3 en passerelle** pour les couches, `logs` pour le journal. S3 est une route, et ne
# coûte rien. Les trois autres sont des ENI dans votre sous-réseau, protégées par un groupe de sécurité qui doit laisser entrer HTTPS. L’explorateur
# suit le chemin d’un tirage et dit où il se perd. Au départ, S3 est oublié : cochez-le, puis ôtez le DNS privé, l’accès HTTPS du groupe, le rôle.

# %% [markdown] tags=["en"]
# `ecr.api` to log in, `ecr.dkr` for the manifest, **S3 as a gateway** for the layers, `logs` for the log. S3 is a route, and costs nothing. The other three are ENIs in your subnet, behind a security group that must let HTTPS in. The explorer follows a pull along its way and says where it gets lost. It starts with S3 forgotten: tick it, then take away the private DNS, the group, the role.

# %%
from labs.playgrounds import network_path

network_path.playground()

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Tâches Fargate en sous-réseau privé, sans passer par l’internet » : `ecr.api`, `ecr.dkr`, la passerelle S3, `logs`, et `secretsmanager` ou `ssm` si la définition a des secrets. Oublier S3 est le piège préféré : la connexion
# > réussit, le tirage échoue.
#
# ## Au nom de qui
#
# Une tâche a deux rôles IAM, et l’examen espère bien que vous les confondrez. Le **rôle d’exécution** est celui d’ECS : il sert *autour* du
# programme, à tirer l’image, lire les secrets, écrire le journal. Le **rôle de tâche** est celui de votre code, *pendant* qu’il tourne.

# %% [markdown] tags=["en"]
# > **In the exam.** “Fargate tasks in private subnets, without going over the internet”: `ecr.api`, `ecr.dkr`, the S3 gateway, `logs`, and `secretsmanager` or `ssm` if the definition has secrets. Forgetting S3 is the favourite trap: logging in
# > works, the pull fails.
#
# ## In whose name
#
# A task has two IAM roles, and the exam counts on your mixing them up. The **execution role** is ECS’s: it serves *around* the program, to pull the
# image, read secrets, write the log. The **task role** is your code’s, *while* it runs.

# %%
labs.figure("ecs-roles")

# %% [markdown] tags=["fr"]
# Ôtons-les l’un après l’autre. Sans rôle d’exécution, Fargate refuse la définition elle-même, par une phrase ou une autre selon ce qu’elle demande :
# une image d’ECR, un journal.

# %% [markdown] tags=["en"]
# Let us take them away one after the other. Without an execution role Fargate refuses the definition itself, in one sentence or another depending on
# what it asks for: an image from ECR, a log.

# %%
bare = {key: value for key, value in bread.items() if key != "executionRoleArn"}
for container in (program("pass"), program("pass", logConfiguration=log)):
    try:
        ecs.register_task_definition(
            **bare | {"family": "ecs-trial", "containerDefinitions": [container]}
        )
    except ClientError as error:
        print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# Avec un rôle d’exécution qui existe mais n’a pas les droits, l’enregistrement passe, et c’est la tâche qui ne démarre pas. Détachons sa politique
# gérée le temps d’un essai.

# %% [markdown] tags=["en"]
# With an execution role that exists but lacks the rights, registration succeeds, and the task does not start. Let us detach its managed policy for
# one attempt.

# %%
managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
iam.detach_role_policy(RoleName="ecs-execution", PolicyArn=managed)
try:
    report(attempt(containerDefinitions=[program("pass")]))
finally:
    iam.attach_role_policy(RoleName="ecs-execution", PolicyArn=managed)

# %% [markdown] tags=["fr"]
# `ResourceInitializationError`, aucun code de sortie, et le nom du rôle dans la phrase. Maintenant le rôle de tâche. Le programme veut lire la recette dans Parameter Store avec le SDK : sans rôle, avec un rôle qui n’a droit à rien, avec le droit
# qu’il faut.

# %% [markdown] tags=["en"]
# `ResourceInitializationError`, no exit code, and the role’s name in the sentence. Now the task role. The program wants to read the recipe in Parameter Store with the SDK: without a role, with a role that may do nothing, with the right it needs.

# %%
read = """
import boto3
try:
    print(boto3.client("ssm").get_parameter(Name="/ecs/recipe")["Parameter"]["Value"])
except Exception as error:
    print(type(error).__name__, "ssm:GetParameter" in str(error))
    raise SystemExit(1)
"""


def read_recipe(**roles):
    reader = program(read, logConfiguration=log)
    task = attempt(family="ecs-reader", containerDefinitions=[reader], **roles)
    print(task["stopCode"], task["containers"][0]["exitCode"], lines(task, "one"))


read_recipe()
baker = create_role("ecs-oven", "ecs-tasks.amazonaws.com")
read_recipe(taskRoleArn=baker)
recipe = ssm.get_parameter(Name="/ecs/recipe")["Parameter"]["ARN"]
may_read = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": recipe}
iam.put_role_policy(RoleName="ecs-oven", PolicyName="recipe", PolicyDocument=policy(may_read))
read_recipe(taskRoleArn=baker)

# %% [markdown] tags=["fr"]
# Les trois fois, la tâche **démarre** : le rôle de tâche n’y est pour rien. Sans lui, le SDK ne trouve pas d’identité ; avec un rôle vide, IAM
# refuse ; avec le droit, la recette arrive. Aucune clé n’est passée par une variable : le SDK demande des identifiants temporaires à une adresse
# qu’ECS donne à la tâche, et ils n’ont que les droits de son rôle.
#
# > **À l’examen.** « L’application reçoit AccessDenied sur S3 ou DynamoDB » : rôle de tâche. « La tâche ne démarre pas : secret, image ou journal » : rôle d’exécution. Jamais de clés dans l’image ni dans les variables ; jamais les droits de
# > l’application sur le rôle de l’instance, que toutes les tâches partageraient.
#
# ### À vous : la recette, sans la clé du coffre
#
# Le programme peut aussi ne rien demander, et laisser ECS lire pour lui. Lancez une tâche de la famille `ecs-recipe` qui trouve la recette dans sa
# variable `RECIPE`, prise par ECS dans le paramètre `/ecs/recipe`, et qui finit avec le code 0 ; **sans rôle de tâche**, et sans que le rôle
# `ecs-execution` puisse lire un seul autre paramètre.

# %% [markdown] tags=["en"]
# All three times the task **starts**: the task role has nothing to do with it. Without one the SDK finds no identity; with an empty one IAM refuses;
# with the right, the recipe arrives. No key went through a variable: the SDK asks for temporary credentials at an address that ECS gives the task,
# and they carry no rights but its role’s.
#
# > **In the exam.** “The application gets AccessDenied on S3 or DynamoDB”: task role. “The task does not start: secret, image or log”: execution role. Never keys in the image or in variables; never the application’s rights on the instance’s role,
# > which all tasks would share.
#
# ### Your turn: the recipe, without the key to the safe
#
# The program may also ask for nothing and let ECS read for it. Run a task of the family `ecs-recipe` that finds the recipe in its variable `RECIPE`,
# taken by ECS from the parameter `/ecs/recipe`, and ends with code 0; **without a task role**, and without the role `ecs-execution` being able to
# read a single other parameter.

# %% tags=["challenge"]
one_more = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": recipe}
iam.put_role_policy(
    RoleName="ecs-execution", PolicyName="recipe", PolicyDocument=policy(one_more)
)
secret = [{"name": "RECIPE", "valueFrom": "/ecs/recipe"}]
reader = program("import os; os.environ['RECIPE']", secrets=secret)
_ = attempt(family="ecs-recipe", containerDefinitions=[reader])

# %%
lab.check("ecs-recipe")

# %% [markdown] tags=["fr"]
# ### À vous : la recette au fond de la cave
#
# La dernière réunit tout. La même tâche, famille `ecs-vault`, mais dans le sous-réseau `ecs-private`, qui doit rester sans route vers l’internet. Lisez la raison de l’échec : elle vous dit ce qui manque.

# %% [markdown] tags=["en"]
# ### Your turn: the recipe down in the cellar
#
# The last one brings it all together. The same task, family `ecs-vault`, but in the subnet `ecs-private`, which must stay without a route to the internet. Read the reason for the failure: it tells you what is missing.

# %% tags=["challenge"]
iam.put_role_policy(
    RoleName="ecs-execution",
    PolicyName="recipe",
    PolicyDocument=policy({"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": recipe}),
)
open_door("ssm", **interface)
vault = program(
    "import os; os.environ['RECIPE']",
    secrets=[{"name": "RECIPE", "valueFrom": "/ecs/recipe"}],
)
_ = attempt(hidden, family="ecs-vault", containerDefinitions=[vault])

# %%
lab.check("ecs-vault")

# %% [markdown] tags=["fr"]
# ## À retenir
#
# Une définition est numérotée et ne change jamais ; une tâche en est une exécution, et ses conteneurs essentiels décident de sa vie. PROVISIONING,
# PENDING, RUNNING, STOPPED ; et quand elle s’arrête, trois traces à lire dans l’ordre : `stopCode`, `stoppedReason`, code de sortie. Pour choisir où
# elle tourne, une question : gérer des serveurs, ou non ; une stratégie de fournisseurs dose ensuite la capacité sûre et Spot. Sur des instances, les
# contraintes éliminent, les stratégies classent. `awsvpc` donne à chaque tâche son ENI ; en sous-réseau privé, il lui faut quatre points de
# terminaison. Le rôle d’exécution la fait démarrer, le rôle de tâche la fait travailler.
#
# À quatre heures du matin, il manque encore quelqu’un pour la relancer : le service, au prochain cahier. D’ici là, trois questions.

# %% [markdown] tags=["en"]
# ## To remember
#
# A definition is numbered and never changes; a task is one run of it, and its essential containers decide over its life. PROVISIONING, PENDING,
# RUNNING, STOPPED; and when it stops, three traces to read in order: `stopCode`, `stoppedReason`, exit code. To choose where it runs, one question:
# manage servers, or not; a provider strategy then sets the share of safe capacity and of Spot. On instances, constraints rule out, strategies rank.
# `awsvpc` gives each task its ENI; in a private subnet it needs four endpoints. The execution role gets it started, the task role gets it working.
#
# At four in the morning somebody is still missing to start it again: the service, in the next notebook. Until then, three questions.

# %%
import quiz

quiz.ask("ecs-scheduled-task-instead-of-service")

# %%
quiz.ask("ecs-spread-zones-then-binpack")

# %%
quiz.ask("ecs-task-role-for-application-calls")

# %% [markdown] tags=["fr"]
# Éteignons les fours, et les trois machines.

# %% [markdown] tags=["en"]
# Let us turn off the ovens, and the three machines.

# %%
lab.clean_up("ecs")
