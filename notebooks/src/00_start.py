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
# # Bienvenue
#
# Ce cours couvre les conteneurs tels que les interroge l’examen *AWS Certified Solutions Architect – Associate* (SAA-C03) : ECR, ECS, Fargate, EKS. Il ne se
# lit pas, il s’exécute. Chaque notion est expliquée, montrée par une cellule, puis vérifiée : par un contrôle quand vous construisez, par une question
# quand il s’agit de choisir.
#
# Le fil conducteur est **FrenchBakery**, une boulangerie en ligne que vous allez découper en services, mettre en images, lancer sur ECS et ouvrir dans votre
# navigateur.
#
# Les cellules parlent à AWS avec boto3, le SDK Python officiel. Par défaut, elles s’adressent à un **cloud local** : un programme qui tourne sur votre machine,
# répond aux mêmes appels qu’AWS et fait réellement tourner les conteneurs. Rien n’est facturé, rien ne sort de votre ordinateur. Le jour
# où vous voudrez travailler sur votre propre compte, une seule ligne changera.

# %% [markdown] tags=["en"]
# # Welcome
#
# This course covers containers the way the *AWS Certified Solutions Architect – Associate* exam (SAA-C03) asks about them: ECR, ECS, Fargate, EKS. It
# is meant to be run, not read. Each idea is explained, shown by a cell, then tested: by a check when you build, by a question when it is a matter of
# choosing.
#
# The thread is **FrenchBakery**, an online bakery that you will split into services, turn into images, launch on ECS and open in your browser.
#
# Cells talk to AWS with boto3, the official Python SDK. By default they address a **local cloud**: a program on your machine that answers the
# same calls as AWS and really runs the containers. Nothing is billed, nothing leaves your computer. The day you want to work on your own account, a
# single line changes.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %% [markdown] tags=["fr"]
# ## Ce que le cours a trouvé chez vous
#
# Cliquez dans une cellule de code, puis **Maj + Entrée** : elle s’exécute et la suivante est sélectionnée. La première démarre le cloud local ; la
# deuxième dresse l’état des lieux.

# %% [markdown] tags=["en"]
# ## What the course found on your machine
#
# Click in a code cell, then press **Shift + Enter**: it runs, and the next one is selected. The first starts the local cloud; the second takes stock.

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.environment()

# %% [markdown] tags=["fr"]
# Le moteur de conteneurs est facultatif. Avec un Docker Engine, chaque tâche est un vrai conteneur. Sans lui, c’est un processus de votre machine,
# lancé à partir des
# fichiers de l’image : le réseau, les journaux et les pannes sont réels, mais un processus n’isole ni le disque, ni la mémoire, ni
# l’utilisateur. Le cours le redira là où cela compte.
#
# Vos cahiers, vos réponses et votre progression sont dans le dossier indiqué, et nulle part ailleurs. Le cloud local, lui, **oublie tout quand il
# s’arrête** ; c’est voulu, et `lab.catch_up` reconstruit ce qu’il faut.

# %% [markdown] tags=["en"]
# The container engine is optional. With a Docker Engine, each task is a real container. Without one it is a process of your machine, started from the image’s
# files: network, logs and failures are real, but a process isolates neither disk, nor memory, nor user. The course will say so again where it
# matters.
#
# Your notebooks, answers and progress are in the folder shown, and nowhere else. The local cloud, on the other hand, **forgets everything when it stops**; that is
# on purpose, and `lab.catch_up` rebuilds what is needed.

# %% [markdown] tags=["fr"]
# ## Un conteneur en une minute
#
# Avant toute théorie, faisons tourner quelque chose. Ne vous souciez pas des détails : le labo reprendra chacune de ces lignes. Il faut quatre choses.
#
# **Une image dans un dépôt.** L’image contient un programme et ce dont il a besoin ; le dépôt, chez Amazon ECR, la garde à disposition.

# %% [markdown] tags=["en"]
# ## A container in a minute
#
# Before any theory, let us run something. Never mind the details: the lab will come back to each of these lines. Four things are needed.
#
# **An image in a repository.** The image holds a program and what it needs; the repository, in Amazon ECR, keeps it at hand.

# %%
ecr = session.client("ecr")
repository = ecr.create_repository(repositoryName="first-taste")["repository"]
_ = lab.push(lab.build("products"), repository["repositoryUri"])

# %% [markdown] tags=["fr"]
# **Un rôle et un endroit pour les journaux.** Le rôle donne à ECS le droit de tirer l’image et d’écrire ce que dira le conteneur.

# %% [markdown] tags=["en"]
# **A role and a place for logs.** The role gives ECS the right to pull the image and to write down what the container says.

# %%
import json

iam, logs = session.client("iam"), session.client("logs")
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
role = iam.create_role(RoleName="first-taste", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
iam.attach_role_policy(RoleName="first-taste", PolicyArn=policy)
_ = logs.create_log_group(logGroupName="/ecs/first-taste")

# %% [markdown] tags=["fr"]
# **Une définition de tâche** : la fiche de ce qu’il faut lancer. Ici, un quart de processeur, un demi-gigaoctet, et une commande d’une ligne à la place du
# programme habituel de l’image.

# %% [markdown] tags=["en"]
# **A task definition**: the sheet that says what to launch. Here a quarter of a processor, half a gigabyte, and a one-line command instead of the
# image’s usual program.

# %%
ecs = session.client("ecs")
definition = ecs.register_task_definition(
    family="first-taste",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=role["Arn"],
    containerDefinitions=[
        {
            "name": "oven",
            "image": f"{repository['repositoryUri']}:1.0",
            "command": ["python", "-c", "print('🥐' * 12)"],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/first-taste",
                    "awslogs-region": session.region_name,
                    "awslogs-stream-prefix": "taste",
                },
            },
        }
    ],
)["taskDefinition"]

# %% [markdown] tags=["fr"]
# **Un cluster où la lancer.** La tâche démarre, fait son travail, s’arrête ; la cellule attend qu’elle ait fini, puis affiche son dernier état et le
# code de sortie du
# conteneur.

# %% [markdown] tags=["en"]
# **A cluster to launch it in.** The task starts, does its job, stops; the cell waits until it is done, then shows its last status and the container’s exit
# code.

# %%
ecs.create_cluster(clusterName="first-taste")
subnets = session.client("ec2").describe_subnets(
    Filters=[{"Name": "default-for-az", "Values": ["true"]}]
)["Subnets"]
task = ecs.run_task(
    cluster="first-taste",
    taskDefinition=definition["taskDefinitionArn"],
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": [subnets[0]["SubnetId"]], "assignPublicIp": "ENABLED"}
    },
)["tasks"][0]
ecs.get_waiter("tasks_stopped").wait(
    cluster="first-taste", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
[task] = ecs.describe_tasks(cluster="first-taste", tasks=[task["taskArn"]])["tasks"]
task["lastStatus"], task["containers"][0]["exitCode"]

# %% [markdown] tags=["fr"]
# Zéro : tout s’est bien passé. Qu’a dit le conteneur ? Ses lignes sont dans CloudWatch Logs, sous un nom formé du préfixe, du conteneur et de l’identifiant de la
# tâche.

# %% [markdown] tags=["en"]
# Zero: all went well. What did the container say? Its lines are in CloudWatch Logs, under a name made of the prefix, the container and the task’s id.

# %%
import time

task_id = task["taskArn"].rpartition("/")[2]
for attempt in range(60):
    events = logs.filter_log_events(
        logGroupName="/ecs/first-taste", logStreamNamePrefix=f"taste/oven/{task_id}"
    )["events"]
    if events:
        break
    time.sleep(1)
for event in events:
    print(event["message"])

# %% [markdown] tags=["fr"]
# Une douzaine de croissants, sortis d’un conteneur qu’ECS a placé, lancé et surveillé pour vous. On range derrière soi, c’est la première bonne habitude du
# cloud : sur un compte AWS, ce qu’on oublie se paie.

# %% [markdown] tags=["en"]
# A dozen croissants, out of a container that ECS placed, launched and watched for you. Tidying up is the first good habit of the cloud: on an AWS account,
# what you forget is what you pay for.

# %%
ecs.deregister_task_definition(taskDefinition=definition["taskDefinitionArn"])
ecs.delete_cluster(cluster="first-taste")
ecr.delete_repository(repositoryName="first-taste", force=True)
logs.delete_log_group(logGroupName="/ecs/first-taste")
iam.detach_role_policy(RoleName="first-taste", PolicyArn=policy)
_ = iam.delete_role(RoleName="first-taste")

# %% [markdown] tags=["fr"]
# ## L’examen en chiffres
#
# | | |
# |---|---|
# | questions | 65, dont 50 comptent ; les 15 autres sont à l’essai et rien ne les signale |
# | durée | 130 minutes |
# | formes | une bonne réponse sur quatre, ou au moins deux sur cinq ou plus |
# | note | de 100 à 1000, reçu à partir de 720 |
# | calcul | la note est globale : un domaine faible se compense, une erreur ne coûte pas plus qu’une absence de réponse |
#
# Conclusion pratique : **répondez à tout**.
#
# | domaine | poids | les conteneurs y sont |
# |---|---|---|
# | 1. Architectures sécurisées | 30 % | rôles, politiques de dépôt, moindre privilège |
# | 2. Architectures résilientes | 26 % | migrer vers les conteneurs, choisir ECS, EKS ou Fargate |
# | 3. Architectures performantes | 24 % | orchestration, mise à l’échelle, usages de Fargate |
# | 4. Architectures économiques | 20 % | coût des conteneurs et du calcul sans serveur |
#
# Sont au programme : ECR, ECS, ECS Anywhere, EKS, EKS Anywhere et EKS Distro. Le guide range Fargate dans le *serverless*.
# *(Source : guide officiel de l’examen SAA-C03, vérifié en 2026.)*

# %% [markdown] tags=["en"]
# ## The exam in figures
#
# | | |
# |---|---|
# | questions | 65, of which 50 count; the other 15 are being tried out, and nothing tells them apart |
# | time | 130 minutes |
# | format | one right answer out of four, or at least two out of five or more |
# | score | from 100 to 1000; 720 is a pass |
# | marking | only the overall score counts: a strong domain makes up for a weak one, and a wrong answer costs no more than none |
#
# The practical upshot: **answer everything**.
#
# | domain | weight | where containers come in |
# |---|---|---|
# | 1. Secure architectures | 30% | roles, repository policies, least privilege |
# | 2. Resilient architectures | 26% | migrating into containers, choosing ECS, EKS or Fargate |
# | 3. High-performing architectures | 24% | orchestration, scaling, what Fargate is for |
# | 4. Cost-optimised architectures | 20% | the cost of containers and of serverless compute |
#
# In scope: ECR, ECS, ECS Anywhere, EKS, EKS Anywhere and EKS Distro. The guide lists Fargate under *serverless*.
# *(Source: the official SAA-C03 exam guide, checked in 2026.)*

# %% [markdown] tags=["fr"]
# ## Le mode d’emploi
#
# - **Deux encadrés** reviennent partout. « À l’examen » dit ce que le guide SAA-C03 attend. « Aujourd’hui » dit ce qui a changé depuis, avec la date à
#   laquelle le fait a été vérifié. Quand ils se contredisent, répondez à l’examen comme à l’examen.
# - **Vérifiez, puis aidez-vous.** `lab.check("…")` regarde ce qui existe et dit ce qui cloche. `lab.hint("…")` donne jusqu’à trois
#   indices, de plus en plus précis. `lab.solution("…")` montre le code.
# - **Regardez.** `lab.diagram()` dessine ce qui existe, `lab.timeline()` raconte ce que le cloud a fait.
# - **Reprenez quand vous voulez.** `lab.catch_up("services")` reconstruit tout ce qui précède cette étape.
# - **Cassez sans crainte.** Vous travaillez sur une copie : `course notebooks reset 06` remet un cahier à neuf en gardant le vôtre à côté, et
#   `course cloud reset` vide le cloud local.
# - **Et sur un vrai compte ?** `labs.connect("real", account_id="…", region="…")`, jamais sans que vous l’ayez écrit. Le prix est
#   affiché avant toute création, tout est étiqueté, et `course lab teardown` retire tout. Faites-y le labo, pas ce cahier : sa tâche
#   d’essai emprunte le VPC par défaut, qui n’appartient pas au cours, et elle y serait refusée. La protection couvre la session que
#   `labs.connect` vous rend, pas les commandes `!aws` ni un terminal.
#
# La suite : [le labo FrenchBakery](06_frenchbakery_lab.ipynb).

# %% [markdown] tags=["en"]
# ## How to use the course
#
# - **Two boxes** come back everywhere. “In the exam” says what the SAA-C03 guide expects. “Today” says what has changed since, with the date
#   when the fact was checked. Where they disagree, answer the exam as the exam.
# - **Check, then get help.** `lab.check("…")` looks at what exists and says what is wrong. `lab.hint("…")` gives up to three hints, each
#   plainer than the last. `lab.solution("…")` shows the code.
# - **Look.** `lab.diagram()` draws what exists, `lab.timeline()` tells what the cloud did.
# - **Come back when you like.** `lab.catch_up("services")` rebuilds everything before that step.
# - **Break things without fear.** You work on a copy: `course notebooks reset 06` makes a notebook new again and keeps yours beside it, and `course cloud reset`
#   empties the local cloud.
# - **And on a real account?** `labs.connect("real", account_id="…", region="…")`, never unless you write it. The price is shown before
#   anything is created, everything is tagged, and `course lab teardown` takes it all away. Do the lab there, not this notebook: its
#   trial task borrows the default VPC, which is not the course’s, and would be refused. The safeguard covers the session that
#   `labs.connect` gives you, not `!aws` commands nor a terminal.
#
# Next: [the FrenchBakery lab](06_frenchbakery_lab.ipynb).
