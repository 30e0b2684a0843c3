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
# # AWS Fargate : des conteneurs sans serveurs à soigner
#
# À FrenchBakery, les conteneurs tournent sur deux instances EC2 que quelqu’un a lancées un jour et que personne n’ose plus toucher. Elles
# attendent un correctif du noyau depuis six semaines. L’appliquer veut dire vider une machine, puis l’autre, un dimanche soir, pendant que quelqu’un
# surveille les courbes au lieu de dormir. Et la nuit, entre le dernier client et la première fournée, les deux machines restent
# allumées pour imprimer des étiquettes pendant vingt minutes.
#
# L’équipe ne tient pas à ces machines. Elle veut que ses tâches tournent, isolées les unes des autres, sur un noyau à jour ; elle veut ne les
# payer que lorsqu’elles tournent, et ne plus jamais choisir un type d’instance. C’est ce que vend **AWS
# Fargate**. Ce cahier montre ce que l’on y gagne, ce que l’on y perd, et à partir de quand ce n’est plus la bonne affaire.

# %% [markdown] tags=["en"]
# # AWS Fargate: containers without servers to look after
#
# At FrenchBakery, containers run on two EC2 instances that somebody launched one day and nobody dares touch any more. They have been waiting for a
# kernel patch for six weeks. Applying it means emptying one machine, then the other, on a Sunday night, while somebody watches graphs
# instead of sleeping. And at night, between the last customer and the first batch, both machines stay on to print labels for twenty
# minutes.
#
# The team is not attached to those machines. It wants its tasks to run, isolated from one another, somewhere with an up-to-date kernel; to pay for
# them while they run; and never again to be asked which instance type to pick. That is what **AWS Fargate** sells. This notebook shows what
# you gain, what you give up, and from what point on it is no longer a bargain.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure |
# | **coût** | rien sur le cloud local ; sur un compte AWS, quelques centimes, que vous saurez calculer en route |
# | **à l’examen** | 2.1 migrer vers des conteneurs et choisir Fargate · 3.2 les usages de Fargate · 4.2 le coût des conteneurs et du calcul sans serveur |
#
# Vous revenez après une interruption, ou après un redémarrage du noyau ? Exécutez les deux premières cellules de code, puis la dernière, qui range, et
# repartez de `lab.prepare("fargate")`. Autrement, ce qui existe déjà serait refusé, son nom étant pris.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour |
# | **cost** | nothing on the local cloud; on an AWS account a few cents, which you will learn to compute on the way |
# | **in the exam** | 2.1 migrating into containers and choosing Fargate · 3.2 what Fargate is for · 4.2 the cost of containers and of serverless compute |
#
# Coming back after a break, or after restarting the kernel? Run the first two code cells, then the last one, which tidies up, and start again from
# `lab.prepare("fargate")`. Otherwise whatever exists already would be refused, its name being taken.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("fargate")

# %% [markdown] tags=["fr"]
# ## Ce qu’AWS prend, ce qui vous reste
#
# Fargate n’est pas un orchestrateur. ECS (ou EKS) décide toujours combien de tâches tournent, les relance, les met derrière un équilibreur de charge. Fargate
# répond à une autre question : **sur quoi** tournent-elles ? Vous donnez une définition de tâche et une taille ; AWS trouve une place, y démarre
# une machine virtuelle minuscule, y tire votre image et la lance. Vous ne voyez ni cette machine, ni son système, ni l’agent qui y tourne. Rien à
# choisir, rien à corriger, nulle part où se connecter en SSH.
#
# Lambda va un cran plus loin : vous ne décidez même plus du nombre de copies. L’escalier de la figure dit tout ; une question d’examen
# revient souvent à trouver la marche.

# %% [markdown] tags=["en"]
# ## What AWS takes over, what stays with you
#
# Fargate is not an orchestrator. ECS (or EKS) still decides how many tasks run, restarts them, puts them behind a load balancer. Fargate answers
# another question: **on what** do they run? You hand over a task definition and a size; AWS finds room, starts a tiny virtual machine there, pulls
# your image into it and runs it. You see neither that machine, nor its system, nor the agent on it. Nothing to choose, nothing to patch, nothing to
# log in to with SSH.
#
# Lambda goes one step further: you no longer even decide how many copies there are. The staircase in the figure says it all, and an exam question is
# often about finding the right step.

# %%
labs.figure("fargate-responsibilities")

# %% [markdown] tags=["fr"]
# Une chose ne change jamais de mains : votre code, ce qu’il y a dans l’image, les rôles qu’on lui donne. Fargate corrige le noyau ; une
# bibliothèque trouée au fond de votre image reste votre affaire.
#
# > **À l’examen.** « Sans gérer de serveurs », « réduire la charge opérationnelle » et « conteneurs » dans le même énoncé appellent Fargate. Le guide
# > le range dans le *serverless*. Il sert ECS et EKS ; un *profil Fargate* dit à EKS quels pods il prend en charge.
#
# ## Une tâche, une petite machine à elle
#
# Sur une instance EC2, dix tâches partagent un noyau. Sur Fargate, **aucune tâche ne partage rien avec une autre** : ni noyau, ni mémoire, ni processeur, ni
# interface réseau, même quand les deux sont à vous. La frontière est celle d’une machine virtuelle, pas d’un groupe de processus.
#
# La machine est à AWS, mais l’interface réseau de la tâche est **dans votre VPC**. Elle a une adresse privée d’un de vos sous-réseaux, et c’est
# à elle que s’appliquent vos groupes de sécurité. C’est pourquoi Fargate ne connaît qu’un mode réseau, `awsvpc` : une ENI
# par tâche.

# %% [markdown] tags=["en"]
# One thing never changes hands: your code, what is in the image, the roles you give it. Fargate patches the kernel; a library with a hole in it,
# deep inside your image, is still your business.
#
# > **In the exam.** “Without managing servers”, “reduce operational overhead” and “containers” in the same question mean Fargate. The guide lists it
# > under *serverless*. It serves both ECS and EKS; a *Fargate profile* tells EKS which pods it takes.
#
# ## A task, a small machine of its own
#
# On an EC2 instance, ten tasks share one kernel. On Fargate **no task shares anything with another**: no kernel, no memory, no CPU, no network
# interface, not even when both are yours. The boundary is that of a virtual machine, not of a group of processes.
#
# The machine is AWS’s, but the task’s network interface is **in your VPC**. It has a private address out of one of your subnets, and your security
# groups apply to it. That is why Fargate knows a single network mode, `awsvpc`: one ENI per task.

# %%
labs.figure("fargate-task")

# %% [markdown] tags=["fr"]
# Faisons tourner une tâche pour lire tout cela sur une vraie. D’abord ce dont toutes les cellules auront besoin : les clients, l’image, le rôle et le
# réseau que `lab.prepare` a créés.

# %% [markdown] tags=["en"]
# Let us run a task and read all this off a real one. First, what every cell below needs: the clients, and the image, role and network that
# `lab.prepare` created.

# %%
ecs, ecr, ec2, iam, logs = (session.client(name) for name in ("ecs", "ecr", "ec2", "iam", "logs"))

[repository] = ecr.describe_repositories(repositoryNames=["fargate/products"])["repositories"]
role = iam.get_role(RoleName="fargate-execution")["Role"]["Arn"]
ours = [{"Name": "tag:Name", "Values": ["fargate"]}]
subnets = sorted(
    ec2.describe_subnets(Filters=ours)["Subnets"], key=lambda subnet: subnet["CidrBlock"]
)
network = {
    "awsvpcConfiguration": {
        "subnets": [subnets[0]["SubnetId"]],
        "assignPublicIp": "ENABLED",
    }
}

# %% [markdown] tags=["fr"]
# Le programme est le four de nuit : il cuit sans fin, et quand on lui demande de s’arrêter, il range la fournée avant de sortir. Nous verrons plus loin
# pourquoi ces quelques lignes valent de l’or. Dans la définition, quatre champs font la différence avec EC2 : `requiresCompatibilities`,
# `networkMode`, et la taille de la tâche, `cpu` et `memory`, ici **obligatoires**.

# %% [markdown] tags=["en"]
# The program is the night oven: it bakes for ever, and when asked to stop, it puts the batch away before it leaves. We will see later why these few lines
# are worth their weight in gold. In the definition four fields make the difference with EC2: `requiresCompatibilities`, `networkMode`, and
# the size of the task, `cpu` and `memory`, here **mandatory**.

# %%
program = """
import signal, sys, time

def leave(number, frame):
    print(signal.Signals(number).name, flush=True)
    time.sleep(1)
    print("🥖 saved", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, leave)
print("🔥 baking", flush=True)
while True:
    time.sleep(0.2)
"""
container = {
    "name": "oven",
    "image": f"{repository['repositoryUri']}:1.0",
    "command": ["python", "-c", program],
    "stopTimeout": 30,
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/fargate",
            "awslogs-region": session.region_name,
            "awslogs-stream-prefix": "night",
        },
    },
}
oven = {
    "family": "fargate-oven",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": role,
    "containerDefinitions": [container],
}
definition = ecs.register_task_definition(**oven)["taskDefinition"]
definition["compatibilities"]

# %% [markdown] tags=["fr"]
# ECS répond avec tous les endroits où cette définition pourrait tourner : une définition acceptable pour Fargate l’est aussi pour EC2. L’inverse n’est
# pas vrai, nous y venons. Lançons, attendons, lisons.

# %% [markdown] tags=["en"]
# ECS answers with every place where this definition could run: what is good enough for Fargate is good enough for EC2. The reverse is not true, as we
# are about to see. Run, wait, read.

# %%
[task] = ecs.run_task(
    cluster="fargate",
    taskDefinition="fargate-oven",
    launchType="FARGATE",
    networkConfiguration=network,
)["tasks"]
one = {"cluster": "fargate", "tasks": [task["taskArn"]]}
patience = {"Delay": 1, "MaxAttempts": 300}
ecs.get_waiter("tasks_running").wait(**one, WaiterConfig=patience)

[task] = ecs.describe_tasks(**one)["tasks"]
for key in ("launchType", "platformFamily", "platformVersion", "cpu", "memory"):
    print(key, task[key])
print(task["availabilityZone"] == subnets[0]["AvailabilityZone"])

# %% [markdown] tags=["fr"]
# La **version de plateforme** est l’édition du parc d’AWS : son noyau, son moteur de conteneurs, ses fonctions. On écrit `LATEST` ou rien, on obtient la
# dernière, et AWS y passe les correctifs de sécurité. Une tâche qui tourne n’est jamais modifiée sous vos pieds : pour la corriger, AWS
# la **retire**, après vous avoir prévenu, et c’est au service de la remplacer. La zone est celle du sous-réseau : c’est ainsi, et seulement ainsi, que vous
# décidez où une tâche tourne.
#
# L’interface, maintenant. `describe_tasks` la donne comme un *attachement* ; EC2 la connaît comme n’importe quelle autre.

# %% [markdown] tags=["en"]
# The **platform version** is the edition of AWS’s fleet: its kernel, its container engine, its features. Write `LATEST`, or nothing, and you get the
# newest, to which AWS applies security patches. A running task is never changed under your feet: to patch it, AWS **retires** it, after telling
# you, and the service replaces it. The zone is that of the subnet: this is how, and the only way, you decide where a task runs.
#
# Now the interface. `describe_tasks` shows it as an *attachment*; EC2 knows it like any other.

# %%
import ipaddress

[attachment] = task["attachments"]
details = {detail["name"]: detail["value"] for detail in attachment["details"]}
[interface] = ec2.describe_network_interfaces(
    NetworkInterfaceIds=[details["networkInterfaceId"]]
)["NetworkInterfaces"]
address = ipaddress.ip_address(interface["PrivateIpAddress"])

print(attachment["type"], attachment["status"])
print([group["GroupName"] for group in interface["Groups"]])
print(address in ipaddress.ip_network(subnets[0]["CidrBlock"]))

# %% [markdown] tags=["fr"]
# Une ENI attachée, le groupe de sécurité du VPC puisque nous n’en avons pas nommé d’autre, une adresse du sous-réseau.
#
# > **À l’examen.** Une tâche Fargate dans un sous-réseau **public** a besoin de `assignPublicIp: ENABLED` pour tirer son image ; dans un sous-réseau **privé**, d’une
# > passerelle NAT ou de points de terminaison de VPC. Le piège classique est la tâche qui reste en PENDING puis échoue : elle n’a pas de route
# > vers ECR.

# %% [markdown] tags=["en"]
# An attached ENI, the VPC’s own security group since we named no other, an address out of the subnet.
#
# > **In the exam.** A Fargate task in a **public** subnet needs `assignPublicIp: ENABLED` to pull its image; in a **private** subnet, a NAT gateway or VPC
# > endpoints. The classic trap is the task that stays PENDING, then fails: it has no route to ECR.

# %% [markdown] tags=["fr"]
# ## Des tailles de confection
#
# Fargate ne taille pas sur mesure. À chaque quantité de processeur correspondent quelques quantités de mémoire, et AWS refuse toute autre paire. Essayez :
# un vCPU avec 4 Go, puis 0,5 vCPU avec 6 Go, puis 3 vCPU. Les messages sont ceux d’AWS.

# %% [markdown] tags=["en"]
# ## Off-the-peg sizes
#
# Fargate does not tailor. With each amount of CPU come a few amounts of memory, and AWS refuses every other pair. Try it: one vCPU with 4 GB, then 0.5
# vCPU with 6 GB, then 3 vCPU. The messages are AWS’s.

# %%
from labs.playgrounds import fargate_sizes

fargate_sizes.playground()

# %% [markdown] tags=["fr"]
# Les mêmes tailles en une liste, celle qu’il faut avoir vue avant l’examen : les vCPU, la plus petite et la plus grande mémoire en Go, et le nombre de paliers, bornes
# comprises.

# %% [markdown] tags=["en"]
# The same sizes as a list, the one to have seen before the exam: the vCPUs, the smallest and the largest memory in GB, and how many steps there are, both ends
# included.

# %%
from labs import facts

for cpu, memories in facts.fargate_sizes().items():
    print(f"{cpu / 1024:5g} {memories[0] / 1024:5g} {memories[-1] / 1024:5g} {len(memories):4}")

# %% [markdown] tags=["fr"]
# Le sélecteur applique la règle ; l’API l’applique aussi. La petite fonction ci-dessous enregistre une variante du four et rend ce qu’ECS en dit : `ACTIVE`, ou son
# refus.

# %% [markdown] tags=["en"]
# The picker applies the rule; so does the API. The little function below registers a variant of the oven and returns what ECS says of it: `ACTIVE`, or its
# refusal.

# %%
from botocore.exceptions import ClientError


def answer(**changes):
    trial = oven | {"family": "fargate-trial"} | changes
    try:
        return ecs.register_task_definition(**trial)["taskDefinition"]["status"]
    except ClientError as error:
        return error.response["Error"]["Message"]


for cpu, memory in [("512", "4096"), ("512", "6144"), ("3072", "6144")]:
    print(cpu, memory, answer(cpu=cpu, memory=memory))

# %% [markdown] tags=["fr"]
# Prenez donc la plus petite taille dont **les deux** nombres suffisent. Un programme sobre en calcul mais gourmand en mémoire paie le processeur qui va avec :
# c’est la part de gâchis du prêt-à-porter, et l’une des raisons de garder des instances EC2 pour les profils vraiment biscornus.

# %% [markdown] tags=["en"]
# So take the smallest size of which **both** numbers are enough. A program that computes little but remembers a lot pays for the CPU that comes with its
# memory: that is the waste of buying off the peg, and one of the reasons to keep EC2 instances for truly odd shapes.

# %% [markdown] tags=["fr"]
# ## Ce que Fargate refuse
#
# Pas de machine à vous, donc rien de ce qui suppose d’en avoir une. Un réseau de pont sur l’hôte ? Il n’y a pas d’hôte. Un conteneur `privileged`, qui peut
# presque tout sur la machine ? Elle n’est pas à vous. Un GPU, un dossier de l’hôte ? De même.

# %% [markdown] tags=["en"]
# ## What Fargate refuses
#
# No machine of yours, so nothing that takes one for granted. A bridge network on the host? There is no host. A `privileged` container, which may do nearly
# anything to the machine? It is not yours. A GPU, a folder of the host? The same.

# %%
gpu = [{"type": "GPU", "value": "1"}]
refused = {
    "bridge": {"networkMode": "bridge"},
    "privileged": {"containerDefinitions": [container | {"privileged": True}]},
    "GPU": {"containerDefinitions": [container | {"resourceRequirements": gpu}]},
    "sourcePath": {"volumes": [{"name": "host", "host": {"sourcePath": "/data"}}]},
}
for what, changes in refused.items():
    print(what, "→", answer(**changes))

# %% [markdown] tags=["fr"]
# Reste DAEMON, la stratégie « une tâche par instance » des agents de surveillance. Sans instances, une par quoi ? Sur Fargate, l’agent devient un conteneur
# auxiliaire (*sidecar*) dans chaque tâche.

# %% [markdown] tags=["en"]
# That leaves DAEMON, the “one task per instance” strategy of monitoring agents. Without instances, one per what? On Fargate the agent becomes a *sidecar* container
# in each task.

# %%
try:
    ecs.create_service(
        cluster="fargate",
        serviceName="fargate-agent",
        taskDefinition="fargate-oven",
        launchType="FARGATE",
        schedulingStrategy="DAEMON",
        networkConfiguration=network,
    )
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# > **À l’examen.** GPU, `privileged`, agent sur l’hôte, noyau ou AMI sur mesure, licence liée à un serveur : chacun de ces mots écarte Fargate et
# > désigne EC2.
#
# ## De la place pour travailler
#
# Chaque tâche reçoit 20 Gio de disque **éphémère**, partagés par ses conteneurs, chiffrés, et perdus avec elle. On peut en demander davantage, jusqu’à 200 Gio,
# et seul le supplément se paie.

# %% [markdown] tags=["en"]
# > **In the exam.** GPU, `privileged`, an agent on the host, a kernel or AMI of your own, a licence tied to a server: each of these words rules Fargate
# > out and points to EC2.
#
# ## Room to work
#
# Every task gets 20 GiB of **ephemeral** disk, shared by its containers, encrypted, and lost with it. You may ask for more, up to 200 GiB, and only the extra
# is paid for.

# %%
print(task["ephemeralStorage"])
for size in (100, 300):
    print(size, answer(ephemeralStorage={"sizeInGiB": size}))

# %% [markdown] tags=["fr"]
# L’API n’accepte pas 20 non plus : c’est ce que l’on obtient en ne demandant rien. Et pour ce qui doit **survivre** à la tâche, ou être lu par plusieurs, on
# monte un système de fichiers Amazon EFS dans la définition. Le cloud local ne l’émule pas et le dit ; retenez le couple.
#
# > **À l’examen.** « Fargate » et « stockage persistant et partagé » dans le même énoncé : **EFS**. Un volume EBS peut s’attacher à une tâche au
# > lancement, mais il n’est qu’à elle.
#
# ### À vous : la place pour les photos
#
# Chaque nuit, une tâche retaille les photos du catalogue : 60 Gio à décompresser, puis à jeter. Enregistrez la famille `fargate-photos`, pour Fargate, avec
# exactement la place qu’il lui faut. Partez du dictionnaire `oven`.

# %% [markdown] tags=["en"]
# Nor does the API accept 20: that is what you get by asking for nothing. For what must **outlive** the task, or be read by several, an Amazon EFS file system
# is mounted in the definition. The local cloud does not emulate it, and says so; remember the pair.
#
# > **In the exam.** “Fargate” and “persistent, shared storage” in the same question: **EFS**. An EBS volume may be attached to a task when it starts, but it
# > belongs to that one alone.
#
# ### Your turn: room for the photographs
#
# Every night a task resizes the catalogue’s photographs: 60 GiB to unpack, then to throw away. Register the family `fargate-photos`, for Fargate, with
# exactly the room it needs. Start from the dictionary `oven`.

# %% tags=["challenge"]
photos = oven | {"family": "fargate-photos", "ephemeralStorage": {"sizeInGiB": 60}}
_ = ecs.register_task_definition(**photos)

# %%
lab.check("fargate-photos")

# %% [markdown] tags=["fr"]
# ## Partir proprement
#
# Une tâche s’arrête souvent pour une raison qui n’est pas la sienne : déploiement, réduction du service, correctif d’AWS, qui retire la tâche (*task retirement*), reprise de capacité. Le
# scénario est toujours le même. ECS envoie **SIGTERM**, attend `stopTimeout` secondes, 30 par défaut et **120 au plus** sur Fargate, puis envoie **SIGKILL**, que personne ne
# peut intercepter.

# %% [markdown] tags=["en"]
# ## Leaving properly
#
# A task often stops for a reason that is not its own: a deployment, a smaller service, AWS retiring the task to patch what is under it, capacity taken back. The script is always the
# same. ECS sends **SIGTERM**, waits for `stopTimeout` seconds, 30 by default and **120 at most** on Fargate, then sends **SIGKILL**, which nobody can
# catch.

# %%
labs.figure("fargate-stop")

# %%
answer(containerDefinitions=[container | {"stopTimeout": 300}])

# %% [markdown] tags=["fr"]
# Notre four écoute SIGTERM. Mettons à côté de lui un four sourd, avec deux secondes de patience pour ne pas y passer la matinée, et arrêtons les deux.

# %% [markdown] tags=["en"]
# Our oven listens to SIGTERM. Let us put a deaf one beside it, with two seconds of patience so as not to spend the morning here, and stop both.

# %%
import time

deaf_program = """
import signal, time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("🔥 baking", flush=True)
while True:
    time.sleep(0.2)
"""
deaf = container | {"command": ["python", "-c", deaf_program], "stopTimeout": 2}
ecs.register_task_definition(**oven | {"family": "fargate-deaf", "containerDefinitions": [deaf]})
[deaf_task] = ecs.run_task(
    cluster="fargate",
    taskDefinition="fargate-deaf",
    launchType="FARGATE",
    networkConfiguration=network,
)["tasks"]


def lines(task):
    stream = f"night/oven/{task['taskArn'].rpartition('/')[2]}"
    found = logs.filter_log_events(logGroupName="/ecs/fargate", logStreamNamePrefix=stream)
    return [event["message"] for event in found["events"] if event["logStreamName"] == stream]


def wait_for_lines(task, count):
    for attempt in range(240):
        if len(lines(task)) >= count:
            return lines(task)
        time.sleep(0.5)


both = [task["taskArn"], deaf_task["taskArn"]]
print(wait_for_lines(task, 1), wait_for_lines(deaf_task, 1))

# %%
for arn in both:
    ecs.stop_task(cluster="fargate", task=arn)
ecs.get_waiter("tasks_stopped").wait(cluster="fargate", tasks=both, WaiterConfig=patience)

for arn in both:
    [stopped] = ecs.describe_tasks(cluster="fargate", tasks=[arn])["tasks"]
    print(stopped["stopCode"], stopped["containers"][0]["exitCode"])

# %% [markdown] tags=["fr"]
# Zéro pour le premier, parti de lui-même. **137** pour le sourd : 128 + 9, le numéro de SIGKILL. Le journal du premier raconte ses dernières secondes.

# %% [markdown] tags=["en"]
# Zero for the first, which left of its own accord. **137** for the deaf one: 128 + 9, the number of SIGKILL. The first one’s log tells its last seconds.

# %%
wait_for_lines(task, 3)

# %% [markdown] tags=["fr"]
# ## Fargate Spot : la même tâche, en solde
#
# AWS a toujours des machines qui attendent un client. **Fargate Spot** y place vos tâches avec jusqu’à 70 % de remise, et une condition : quand AWS a besoin de la
# place, il la reprend, avec un préavis de **2 minutes**. Le préavis est un événement dans EventBridge et un SIGTERM dans le conteneur ; vous savez
# maintenant quoi en faire.
#
# On ne demande pas Spot par `launchType` mais par une **stratégie de fournisseurs de capacité**. La `base` est le nombre de tâches à placer d’abord chez un
# fournisseur, un seul de la stratégie pouvant en avoir une ; les poids (`weight`) partagent le reste.

# %% [markdown] tags=["en"]
# ## Fargate Spot: the same task, on sale
#
# AWS always has machines waiting for a customer. **Fargate Spot** puts your tasks on them at up to 70% off, on one condition: when AWS needs the room, it takes
# it back, with a **2-minute** warning. The warning is an event in EventBridge and a SIGTERM in the container; you now know what to do with it.
#
# You do not ask for Spot by `launchType` but by a **capacity provider strategy**. The `base` is how many tasks go to a provider first, and only one provider of
# a strategy may have one; the weights (`weight`) share out the rest.

# %%
labs.figure("fargate-strategy")

# %%
from collections import Counter


def running(service):
    arns = ecs.list_tasks(cluster="fargate", serviceName=service)["taskArns"]
    tasks = ecs.describe_tasks(cluster="fargate", tasks=arns)["tasks"] if arns else []
    return [task for task in tasks if task["lastStatus"] == "RUNNING"]


def providers(service):
    return dict(sorted(Counter(task["capacityProviderName"] for task in running(service)).items()))


ecs.create_service(
    cluster="fargate",
    serviceName="fargate-ovens",
    taskDefinition="fargate-oven",
    desiredCount=5,
    capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ],
    networkConfiguration=network,
)
ecs.get_waiter("services_stable").wait(
    cluster="fargate", services=["fargate-ovens"], WaiterConfig=patience
)
providers("fargate-ovens")

# %% [markdown] tags=["fr"]
# La deuxième ligne de la figure, pour de vrai. Il est temps qu’AWS reprenne une place. Chez AWS, personne ne peut le provoquer ; le cloud local, si. Sur un compte réel, la
# cellule se contente d’arrêter la tâche : le signal est le même, seul le motif diffère.

# %% [markdown] tags=["en"]
# The second row of the figure, for real. Time for AWS to take some room back. On AWS nobody can make that happen; the local cloud can. On a real account the
# cell merely stops the task: the signal is the same, only the reason differs.

# %%
from labs.cloud import client

spot = next(
    task for task in running("fargate-ovens") if task["capacityProviderName"] == "FARGATE_SPOT"
)
wait_for_lines(spot, 1)
if session.world == "local":
    client.control("POST", "/interrupt", {"task": spot["taskArn"]})
else:
    ecs.stop_task(cluster="fargate", task=spot["taskArn"])

ecs.get_waiter("tasks_stopped").wait(
    cluster="fargate", tasks=[spot["taskArn"]], WaiterConfig=patience
)
[spot] = ecs.describe_tasks(cluster="fargate", tasks=[spot["taskArn"]])["tasks"]
spot["stopCode"], spot["stoppedReason"], spot["containers"][0]["exitCode"]

# %% [markdown] tags=["fr"]
# La fournée est rangée, et le service remplace déjà l’absente. Sur Spot, de nouveau : ECS **n’achète pas** de capacité à la demande à la place. Si Spot n’a plus de place, le
# service attend. C’est tout l’intérêt de la base : ce qui doit tourner quoi qu’il arrive n’est pas sur Spot.

# %% [markdown] tags=["en"]
# The batch is safe, and the service is already replacing the one that left. On Spot again: ECS does **not** buy on-demand capacity instead. If Spot has no room
# left, the service waits. That is what the base is for: what must run whatever happens is not on Spot.

# %%
ecs.get_waiter("services_stable").wait(
    cluster="fargate", services=["fargate-ovens"], WaiterConfig=patience
)
print(providers("fargate-ovens"))
_ = ecs.delete_service(cluster="fargate", service="fargate-ovens", force=True)

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Interruptible », « peut reprendre », « au moindre coût » : Fargate Spot. « Quelques tâches toujours disponibles, le reste au moins cher » : une `base` sur
# > `FARGATE`, le poids sur `FARGATE_SPOT`. Une stratégie ne mélange pas Fargate et groupes Auto Scaling. Et Fargate Spot n’existe qu’avec ECS : EKS ne
# > le propose pas.
#
# ### À vous : les avis, presque tous sur Spot
#
# Le service des avis ne garde rien en mémoire ; en perdre un exemplaire est sans conséquence, les perdre tous se voit. Créez dans le cluster `fargate` le service
# `fargate-reviews` : quatre tâches, dont une à la demande **quoi qu’il arrive** et **toutes les autres** sur Spot. La famille `fargate-oven` fera l’affaire.

# %% [markdown] tags=["en"]
# > **In the exam.** “Can be interrupted”, “can resume”, “at the lowest cost”: Fargate Spot. “A few tasks always available, the rest as cheap as possible”: a
# > `base` on `FARGATE`, the weight on `FARGATE_SPOT`. A strategy does not mix Fargate and Auto Scaling groups. And Fargate Spot belongs to ECS: EKS does
# > not offer it.
#
# ### Your turn: the reviews, nearly all on Spot
#
# The reviews service keeps nothing in memory; losing one copy does no harm, losing them all shows. In the cluster `fargate`, create the service
# `fargate-reviews`: four tasks, one of them on demand **whatever happens** and **all the others** on Spot. The family `fargate-oven` will do.

# %% tags=["challenge"]
ecs.create_service(
    cluster="fargate",
    serviceName="fargate-reviews",
    taskDefinition="fargate-oven",
    desiredCount=4,
    capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "base": 1, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ],
    networkConfiguration=network,
)
ecs.get_waiter("services_stable").wait(
    cluster="fargate", services=["fargate-reviews"], WaiterConfig=patience
)

# %%
lab.check("fargate-reviews")

# %% [markdown] tags=["fr", "own-numbers"]
# ### À vous : des étiquettes qui n’ont pas peur d’être reprises
#
# L’imprimeur d’étiquettes tourne la nuit, sur Spot. Une planche prend jusqu’à 90 secondes ; une planche coupée est perdue. Enregistrez la famille `fargate-labels` avec un délai
# d’arrêt suffisant et un programme qui finit ce qu’il fait, lancez-en une tâche sur `FARGATE_SPOT`, puis reprenez-la vous-même avec `stop_task`, quand
# elle tourne pour de bon.

# %% [markdown] tags=["en", "own-numbers"]
# ### Your turn: labels that do not fear being taken back
#
# The label printer runs at night, on Spot. A sheet takes up to 90 seconds; a sheet cut short is lost. Register the family `fargate-labels` with a long enough stop
# delay and a program that finishes what it is doing, run a task of it on `FARGATE_SPOT`, then take it back yourself with `stop_task`, once it is really
# running.

# %% tags=["challenge"]
printer = container | {"stopTimeout": 120}
ecs.register_task_definition(**oven | {"family": "fargate-labels", "containerDefinitions": [printer]})
[labels] = ecs.run_task(
    cluster="fargate",
    taskDefinition="fargate-labels",
    capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    networkConfiguration=network,
)["tasks"]
wait_for_lines(labels, 1)
ecs.stop_task(cluster="fargate", task=labels["taskArn"])
ecs.get_waiter("tasks_stopped").wait(
    cluster="fargate", tasks=[labels["taskArn"]], WaiterConfig=patience
)

# %%
lab.check("fargate-labels")

# %% [markdown] tags=["fr"]
# ## La facture, à la seconde
#
# Fargate facture ce que la tâche **a demandé**, pas ce qu’elle utilise, du premier octet de l’image tiré jusqu’à l’arrêt : tant par vCPU, tant par Go, à la seconde, avec un
# minimum de 1 minute. Sur x86, en us-east-1 : 0,04048 USD l’heure de vCPU et 0,004445 USD l’heure de Go (AWS Fargate Pricing, 2026-03). Voici ce qu’aurait coûté la tâche du four que
# nous avons arrêtée : les secondes facturées, puis les dollars.

# %% [markdown] tags=["en"]
# ## The bill, by the second
#
# Fargate bills what the task **asked for**, not what it uses, from the first byte of the image to the end: so much per vCPU, so much per GB, by the second, with a
# minimum of 1 minute. On x86, in us-east-1: 0.04048 USD per vCPU-hour and 0.004445 USD per GB-hour (AWS Fargate Pricing, 2026-03). Here is what the oven task that we
# stopped would have cost: the seconds billed, then the dollars.

# %%
import math

from labs.facts import number

[task] = ecs.describe_tasks(**one)["tasks"]
lived = (task["stoppedAt"] - task["pullStartedAt"]).total_seconds()
seconds = max(math.ceil(lived), int(number("fargate_minimum_billing")) * 60)
vcpu, gigabytes = int(task["cpu"]) / 1024, int(task["memory"]) / 1024
hour = vcpu * number("fargate_vcpu_hour") + gigabytes * number("fargate_gb_hour")
print(seconds, f"{seconds / 3600 * hour:.6f}")

# %% [markdown] tags=["fr"]
# Deux leviers jouent ensuite sur le prix unitaire. **Spot**, que vous connaissez. Et **Graviton**, le processeur ARM d’AWS, un cinquième moins cher environ : il suffit de
# `cpuArchitecture: ARM64` dans `runtimePlatform`… et d’une image construite pour ARM. Voici le prix d’une heure, x86 puis ARM, pour quelques tailles.

# %% [markdown] tags=["en"]
# Two levers then act on the unit price. **Spot**, which you know. And **Graviton**, AWS’s ARM processor, about a fifth cheaper: all it takes is
# `cpuArchitecture: ARM64` in `runtimePlatform`… and an image built for ARM. Here is the price of an hour, x86 then ARM, for a few sizes.

# %%
from labs.fargate import hourly

for cpu, memory in [(256, 512), (1024, 4096), (4096, 16384)]:
    print(cpu, memory, f"{hourly(cpu, memory):.5f}", f"{hourly(cpu, memory, arm=True):.5f}")

# %% [markdown] tags=["fr"]
# > **Aujourd’hui** (vérifié en 2026). Spot accepte aussi les tâches ARM : les deux remises se cumulent. D’anciens supports disent le contraire. *(Source : Amazon ECS API Reference, « CapacityProviderStrategyItem ».)*
#
# ### À vous : la définition la moins chère
#
# Le service de recommandations a été mesuré : 0,4 vCPU à l’heure de pointe, mais 6 Go, car il garde tout le catalogue en mémoire. Son image existe pour les deux
# architectures. Enregistrez la famille `fargate-advice` pour Fargate, au prix le plus bas qui lui convienne.

# %% [markdown] tags=["en"]
# > **Today** (checked in 2026). Spot takes ARM tasks too: the two discounts add up. Older course material says otherwise. *(Source: Amazon ECS API Reference,
# > “CapacityProviderStrategyItem”.)*
#
# ### Your turn: the cheapest definition
#
# The recommendations service has been measured: 0.4 vCPU at its busiest, but 6 GB, for it keeps the whole catalogue in memory. Its image exists for both
# architectures. Register the family `fargate-advice` for Fargate, at the lowest price that suits it.

# %% tags=["challenge"]
advice = oven | {
    "family": "fargate-advice",
    "cpu": "1024",
    "memory": "6144",
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
}
_ = ecs.register_task_definition(**advice)

# %%
lab.check("fargate-advice")

# %% [markdown] tags=["fr"]
# ## EC2, Fargate ou Lambda ?
#
# Les trois font tourner vos conteneurs ; ils ne facturent pas la même chose. EC2 facture des **machines allumées**, pleines ou vides. Fargate, des **tâches qui tournent**, occupées
# ou non. Lambda, du **travail** : rien quand personne ne demande rien. La question n’est donc pas « lequel est le moins cher ? » mais « à quel point ce que je paie
# travaille-t-il ? ».
#
# Dans ce simulateur, chaque requête occupe un vCPU pendant un moment. Fargate y répond par des tâches de 1 vCPU et 4 Go qui s’arrêtent à la fermeture ; EC2, par des instances de 2 vCPU et
# 8 Go qui restent allumées ; Lambda, par des fonctions de 1769 Mo, la mémoire qui vient avec un vCPU entier. Les courbes montrent la facture du mois selon la part de la
# capacité payée qui travaille. Les marches sont des tâches et des instances entières.

# %% [markdown] tags=["en"]
# ## EC2, Fargate or Lambda?
#
# All three run your containers; they do not bill the same thing. EC2 bills **machines that are on**, full or empty. Fargate, **tasks that run**, busy or not. Lambda,
# **work**: nothing when nobody asks for anything. So the question is not “which one is cheapest?” but “how hard does what I pay for work?”.
#
# In this simulator each request keeps one vCPU busy for a while. Fargate answers with tasks of 1 vCPU and 4 GB that stop at closing time; EC2, with instances of 2 vCPU and 8 GB
# that stay on; Lambda, with functions of 1769 MB, the memory that comes with a whole vCPU. The curves show the month’s bill by the share of the paid capacity that works. The steps are
# whole tasks and whole instances.

# %%
from labs.playgrounds import break_even

simulator = break_even.playground()
simulator

# %% [markdown] tags=["fr"]
# Trois réglages à essayer. Fermez la boutique la nuit : EC2 ne bouge pas, les deux autres fondent. Descendez à une requête par seconde : une seule tâche est encore trop, Lambda gagne
# de loin. Puis ouvrez jour et nuit avec une capacité bien occupée : l’ordre se renverse. Les voici en une cellule, que le simulateur
# suit ; l’unité est le dollar par mois.

# %% [markdown] tags=["en"]
# Three settings to try. Close the shop at night: EC2 does not budge, the other two melt. Go down to one request a second: a single task is already too much, and Lambda wins
# by far. Then open day and night with capacity that is well used: the order turns round. Here they are in one cell, which the
# simulator follows; the unit is dollars a month.

# %%
print(simulator.set(rate=20, duration=100, hours=10, utilisation=50))
print(simulator.set(rate=1, duration=50, hours=24, utilisation=50))
print(simulator.set(rate=80, duration=100, hours=24, utilisation=80))

# %% [markdown] tags=["fr"]
# Le simulateur est honnête mais pas complet. Il ne compte ni les disques, ni l’équilibreur, ni les heures passées à soigner des instances, qui sont la vraie raison d’être de Fargate. Il suppose
# que la requête calcule tout du long ; si elle attend surtout une base de données, une tâche en sert plusieurs à la fois, alors que Lambda facture chaque attente. Et les Savings Plans
# abaissent le prix des trois contre un engagement.
#
# | Ce que dit l’énoncé | Ce qu’il appelle |
# |---|---|
# | des conteneurs, pas de serveurs à gérer | Fargate |
# | une charge irrégulière, des tâches qui durent | Fargate |
# | un traitement de nuit qui peut être interrompu et repris | Fargate Spot |
# | une charge constante, des instances bien remplies, un engagement | EC2 |
# | GPU, `privileged`, DAEMON, AMI ou licence à soi | EC2 |
# | un événement, une réponse brève, de longs silences | Lambda |
# | un traitement de plus de 15 minutes | Fargate ou EC2, pas Lambda |
# | les API de Kubernetes sans nœuds à gérer | EKS avec un profil Fargate |
#
# > **À l’examen.** Lambda s’arrête à 15 minutes : ce nombre suffit souvent à trancher. Lambda accepte aussi des images de conteneur ; le mot « conteneur » ne l’écarte pas.
# >
# > **Aujourd’hui** (vérifié en 2026). Trois noms que vous trouverez encore dans des supports ont quitté la scène. **App Runner** n’accepte plus de nouveaux clients depuis le 30 avril 2026 ; AWS renvoie vers
# > **ECS Express Mode**, qui monte un service complet à partir d’une image. **Copilot**, l’outil en ligne de commande, n’est plus maintenu depuis le 12 juin 2026 : Express Mode ou l’AWS CDK. **App Mesh**
# > a fermé le 30 septembre 2026 : ECS Service Connect, ou VPC Lattice entre VPC. Et entre Fargate et EC2 s’est glissé **ECS Managed Instances** : des instances EC2 de votre compte, GPU
# > compris, qu’AWS choisit, remplit et corrige. *(Sources : AWS App Runner Developer Guide, « AWS App Runner availability change » ; AWS Containers Blog, fin de support de Copilot, mars 2026, et « Migrating from AWS
# > App Mesh to Amazon ECS Service Connect » ; Amazon ECS Developer Guide, « Architect for Amazon ECS Managed Instances ».)*
# >
# > Lambda, de son côté, a gagné une exception : sur **Lambda Managed Instances**, un appel asynchrone peut durer 90 minutes ; partout ailleurs, la limite reste de 15 minutes. *(Source : AWS Lambda Developer Guide,
# > « Lambda quotas ».)*

# %% [markdown] tags=["en"]
# The simulator is honest, not complete. It counts neither disks, nor the load balancer, nor the hours spent looking after instances, which are what Fargate is really for. It supposes that a
# request computes all the way; if it mostly waits for a database, a task serves several at once while Lambda bills every wait. And Savings Plans lower the price of all three for a
# commitment.
#
# | What the question says | What it calls for |
# |---|---|
# | containers, no servers to manage | Fargate |
# | an uneven load, tasks that last | Fargate |
# | a night job that may be interrupted and resumed | Fargate Spot |
# | a constant load, instances kept full, a commitment | EC2 |
# | GPU, `privileged`, DAEMON, an AMI or licence of your own | EC2 |
# | an event, a short answer, long silences | Lambda |
# | a job of more than 15 minutes | Fargate or EC2, not Lambda |
# | the Kubernetes API without nodes to manage | EKS with a Fargate profile |
#
# > **In the exam.** Lambda stops at 15 minutes: that number often settles the matter. Lambda takes container images too; the word “container” does not rule it out.
# >
# > **Today** (checked in 2026). Three names that you will still find in course material have left the stage. **App Runner** has taken no new customers since 30 April 2026; AWS points to **ECS Express Mode**, which
# > builds a complete service from an image. **Copilot**, the command-line tool, has been without support since 12 June 2026: Express Mode, or the AWS CDK. **App Mesh** closed on 30 September 2026:
# > ECS Service Connect, or VPC Lattice between VPCs. And between Fargate and EC2 there is now **ECS Managed Instances**: EC2 instances of your account, GPUs included, which AWS picks, fills and
# > patches. *(Sources: AWS App Runner Developer Guide, “AWS App Runner availability change”; AWS Containers Blog, end of support of Copilot, March 2026, and “Migrating from AWS App Mesh to Amazon ECS Service
# > Connect”; Amazon ECS Developer Guide, “Architect for Amazon ECS Managed Instances”.)*
# >
# > Lambda, for its part, has gained an exception: on **Lambda Managed Instances** an asynchronous invocation may last 90 minutes; everywhere else the limit is still 15 minutes. *(Source: AWS Lambda Developer Guide,
# > “Lambda quotas”.)*

# %% [markdown] tags=["fr"]
# ## À retenir
#
# Fargate prend la machine et vous laisse la tâche : une petite machine virtuelle pour elle seule, une ENI dans votre VPC, une taille choisie dans une liste, un disque qui s’en va avec elle. En échange, rien de
# ce qui suppose un hôte. Une tâche doit savoir partir : SIGTERM, puis `stopTimeout`, puis SIGKILL. Celle qui le sait peut aller sur Spot, avec une base à la demande pour le service. On paie ce qu’on a demandé, à la
# seconde ; Graviton et Spot baissent le prix, l’utilisation décide du reste.
#
# Trois questions, pour voir ce qui est resté.

# %% [markdown] tags=["en"]
# ## To remember
#
# Fargate takes the machine and leaves you the task: a small virtual machine of its own, an ENI in your VPC, a size picked from a list, a disk that goes when it goes. In return, nothing that takes a host for
# granted. A task must know how to leave: SIGTERM, then `stopTimeout`, then SIGKILL. One that does can run on Spot, with an on-demand base for the service. You pay for what you asked for, by the second; Graviton
# and Spot lower the price, utilisation decides the rest.
#
# Three questions, to see what has stuck.

# %%
import quiz

quiz.ask("fargate")

# %% [markdown] tags=["fr"]
# On éteint le four en partant.

# %% [markdown] tags=["en"]
# Last one out turns off the oven.

# %%
lab.clean_up("fargate")
