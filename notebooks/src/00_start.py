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
# Quatre noms reviendront à chaque page. **ECR** range les images, ces paquets qui contiennent un programme prêt à tourner. **ECS** les lance et veille sur ce qui
# tourne. **EKS** fait ce métier avec Kubernetes, un autre chef d’orchestre. **Fargate** fournit à l’un comme à l’autre de quoi tourner, sans serveur à entretenir.
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
# Four names will come back on every page. **ECR** stores images, the parcels that hold a program ready to run. **ECS** launches them and watches over what runs.
# **EKS** does the same job with Kubernetes, another conductor. **Fargate** gives both of them something to run on, with no server to look after.
#
# The thread is **FrenchBakery**, an online bakery that you will split into services, turn into images, launch on ECS and open in your browser.
#
# Cells talk to AWS with boto3, the official Python SDK. By default they address a **local cloud**: a program on your machine that answers the
# same calls as AWS and really runs the containers. Nothing is billed, nothing leaves your computer. The day you want to work on your own account, a
# single line changes.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | une demi-heure ; la boutique, elle, ouvre dès la première minute |
# | **il vous faut** | rien de plus que ce que vous avez sous les yeux : ni compte AWS, ni Docker |
# | **coût** | rien sur le cloud local ; sur un compte AWS, quelques centimes, annoncés avant toute création |
# | **à l’examen** | rien encore : c’est le tour du propriétaire, et les chiffres de l’examen sont plus bas |

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | half an hour; the shop itself opens within the first minute |
# | **you need** | nothing but what is in front of you: no AWS account, no Docker |
# | **cost** | nothing on the local cloud; on an AWS account a few cents, announced before anything is created |
# | **in the exam** | nothing yet: this is the guided tour, with the exam’s figures further down |

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %% [markdown] tags=["fr"]
# ## Ce que le cours a trouvé chez vous
#
# Cliquez dans une cellule de code, puis **Maj + Entrée** : elle s’exécute et la suivante est sélectionnée. Tant qu’elle travaille, son numéro est une étoile, `[*]`. La
# prochaine démarre le cloud local ; celle d’après dresse l’état des lieux. Avancez cellule par cellule : tout exécuter d’un coup mènerait droit au rangement, à la fin, et la
# boutique fermerait avant votre visite.

# %% [markdown] tags=["en"]
# ## What the course found on your machine
#
# Click in a code cell, then press **Shift + Enter**: it runs, and the next one is selected. While it is at work its number is a star, `[*]`. The next cell
# starts the local cloud; the one after takes stock. Go on cell by cell: running them all at once would lead straight to the tidying up, at the end, and the shop would close
# before your visit.

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.environment()

# %% [markdown] tags=["fr"]
# Le moteur de conteneurs est facultatif. Avec un Docker Engine, chaque tâche est un vrai conteneur. Sans lui, c’est un processus de votre machine,
# lancé à partir des fichiers de l’image : le réseau, les journaux et les pannes sont réels, mais un processus n’isole ni le disque
# ni l’utilisateur, et c’est le cours qui surveille sa mémoire, pas le noyau. Le cours le redira là où cela compte.
#
# Vos cahiers, vos réponses et votre progression sont dans le dossier indiqué, et nulle part ailleurs. Le cloud local, lui, **oublie tout quand il
# s’arrête** ; c’est voulu, et `lab.catch_up` reconstruit ce qu’il faut.

# %% [markdown] tags=["en"]
# The container engine is optional. With a Docker Engine, each task is a real container. Without one it is a process of your machine, started from the image’s
# files: network, logs and failures are real, but a process isolates neither disk nor user, and its memory is watched by the course rather than capped
# by the kernel. The course will say so again where it matters.
#
# Your notebooks, answers and progress are in the folder shown, and nowhere else. The local cloud, on the other hand, **forgets everything when it stops**; that is
# on purpose, and `lab.catch_up` rebuilds what is needed.

# %% [markdown] tags=["fr"]
# ## Une boutique en une minute
#
# Avant toute théorie, ouvrons FrenchBakery. La cellule suivante prépare les coulisses : les images des quatre services, un réseau, un équilibreur de charge, une table
# pour les commandes, et trois services déjà en marche (le catalogue, les commandes, les avis). Vous ferez tout cela de vos mains dans le labo. Aujourd’hui, il
# ne manque que la vitrine, et c’est vous qui la posez. (Comptez une dizaine de secondes ; avec Docker, quelques minutes la première fois.)

# %% [markdown] tags=["en"]
# ## A shop within a minute
#
# Before any theory, let us open FrenchBakery. The next cell sets the stage: images of the four services, a network, a load balancer, a table for orders, and three
# services already running (catalogue, orders, reviews). You will do all of that with your own hands in the lab. Today only the shop front is missing, and you are
# the one who puts it up. (Allow ten seconds or so; with Docker, a few minutes the first time.)

# %%
lab.prepare("start")

# %% [markdown] tags=["fr"]
# Où poser la vitrine ? AWS donne à chaque chose un identifiant tiré au hasard ; demandons ceux qu’il nous faut, par leur nom : les **sous-réseaux** où vivront les tâches, le
# **groupe de sécurité** qui filtre ce qui leur parvient, le **groupe cible** où l’équilibreur de charge ira les chercher.

# %% [markdown] tags=["en"]
# Where shall the front stand? AWS gives each thing an identifier drawn at random; let us ask for those we need, by their names: the **subnets** where the tasks will live, the
# **security group** that filters what reaches them, the **target group** where the load balancer will look for them.

# %%
ec2, ecs, elbv2 = (session.client(name) for name in ("ec2", "ecs", "elbv2"))

ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
[group] = ec2.describe_security_groups(
    Filters=[{"Name": "group-name", "Values": ["frenchbakery-tasks"]}]
)["SecurityGroups"]
[front] = elbv2.describe_target_groups(Names=["frenchbakery-frontend"])["TargetGroups"]

# %% [markdown] tags=["fr"]
# Et voici la vitrine. Lisez l’appel comme une phrase : dans le cluster `frenchbakery`, un **service** nommé `frontend`, d’après la définition de tâche
# `frenchbakery-frontend` ; **deux tâches**, toujours ; sur **Fargate** ; un moment de grâce avant de juger leur santé ; dans ces sous-réseaux, derrière ce groupe de sécurité, avec une
# adresse publique pour aller chercher leur image ; et l’équilibreur de charge leur envoie les requêtes sur le port 8080. Rien d’autre.

# %% [markdown] tags=["en"]
# And here is the front. Read the call as a sentence: in the cluster `frenchbakery`, a **service** called `frontend`, after the task definition `frenchbakery-frontend`; **two
# tasks**, always; on **Fargate**; a moment’s grace before their health is judged; in these subnets, behind this security group, with a public address to fetch their image; and the load
# balancer sends them requests on port 8080. Nothing more.

# %%
_ = ecs.create_service(
    cluster="frenchbakery",
    serviceName="frontend",
    taskDefinition="frenchbakery-frontend",
    desiredCount=2,
    launchType="FARGATE",
    healthCheckGracePeriodSeconds=60,
    networkConfiguration={
        "awsvpcConfiguration": {
            "subnets": subnets,
            "securityGroups": [group["GroupId"]],
            "assignPublicIp": "ENABLED",
        }
    },
    loadBalancers=[
        {"targetGroupArn": front["TargetGroupArn"], "containerName": "frontend", "containerPort": 8080}
    ],
)

# %% [markdown] tags=["fr"]
# L’appel est revenu aussitôt : ECS a pris note, et travaille. (Relancez-le tel quel si vous voulez, rien ne sera créé deux fois. Avec un autre nombre de tâches, ECS refuserait : un
# service ne se recrée pas, il se modifie, et ce sera votre deuxième défi.) Attendons que le service soit stable et que l’équilibreur voie les deux tâches en bonne santé. Ensuite, suivez
# le lien. (Quelques secondes d’habitude. Si une minute passe, interrompez avec ■ : `lab.timeline()` dit ce qui retient le service.)

# %% [markdown] tags=["en"]
# The call came back at once: ECS has taken note, and is at work. (Run it again as it is if you like, nothing is created twice. With another number of tasks ECS would refuse: a service
# is not created again, it is changed, and that will be your second challenge.) Let us wait until the service is stable and the load balancer sees both tasks in good health. Then follow
# the link. (A few seconds as a rule. If a minute goes by, interrupt with ■: `lab.timeline()` says what holds the service back.)

# %%
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=["frontend"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
)
elbv2.get_waiter("target_in_service").wait(
    TargetGroupArn=front["TargetGroupArn"], WaiterConfig={"Delay": 1, "MaxAttempts": 240}
)
[balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
shop = lab.open(balancer["LoadBalancerArn"])
shop

# %% [markdown] tags=["fr"]
# Une boulangerie, servie par des conteneurs que vous venez de déployer. Promenez-vous ; la page « En coulisses », tout en bas, dit quelle tâche vous répond. Et
# voici ce qui existe à présent, dessiné d’après les réponses du cloud :

# %% [markdown] tags=["en"]
# A bakery, served by containers that you have just deployed. Look around; the page “Behind the scenes”, at the very bottom, says which task answers you. And here is
# what exists now, drawn from the cloud’s own answers:

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# ## Cassez-la
#
# Une tâche de la vitrine tombe en panne : arrêtons-la sans prévenir, et demandons aussitôt la page d’accueil. Puis attendons, sans rien faire d’autre.

# %% [markdown] tags=["en"]
# ## Break it
#
# One task of the front fails: let us stop it without warning and ask for the front page straight away. Then let us wait, and do nothing else.

# %%
before = ecs.list_tasks(cluster="frenchbakery", serviceName="frontend")["taskArns"]
ecs.stop_task(cluster="frenchbakery", task=before[0], reason="lesson: losing a task")
served = shop.ask("/").status

ecs.get_waiter("tasks_stopped").wait(
    cluster="frenchbakery", tasks=before[:1], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=["frontend"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
)
after = ecs.list_tasks(cluster="frenchbakery", serviceName="frontend")["taskArns"]
served, len(after), len(set(after) - set(before))

# %% [markdown] tags=["fr"]
# La page est restée là (200), et il y a de nouveau deux tâches, dont une neuve. Personne n’a réveillé personne : le service veut deux tâches, il en manquait une, il l’a
# remplacée. La chronologie raconte la scène ; remontez-la pour en voir le début :

# %% [markdown] tags=["en"]
# The page stayed up (200), and there are two tasks again, one of them new. Nobody woke anybody up: the service wants two tasks, one was missing, and it replaced it. The
# timeline tells the scene; scroll up for its beginning:

# %%
lab.timeline()

# %% [markdown] tags=["fr"]
# ## Au plus simple : une tâche
#
# Sous le service, il y a des tâches. Une tâche peut aussi vivre seule : elle démarre, fait son travail, s’arrête. Il lui faut une **définition de tâche**, la fiche de ce
# qu’il faut lancer. Ici, l’image du catalogue, un quart de processeur, un demi-gigaoctet, et une commande d’une ligne à la place du programme habituel.

# %% [markdown] tags=["en"]
# ## At its simplest: a task
#
# Beneath the service there are tasks. A task can also live by itself: it starts, does its work, stops. It needs a **task definition**, the sheet that says what to launch.
# Here the catalogue’s image, a quarter of a processor, half a gigabyte, and a one-line command instead of the usual program.

# %%
products = ecs.describe_task_definition(taskDefinition="frenchbakery-products")["taskDefinition"]
oven = {
    "name": "oven",
    "image": products["containerDefinitions"][0]["image"],
    "command": ["python", "-c", "print('🥐' * 12)"],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/frenchbakery",
            "awslogs-region": session.region_name,
            "awslogs-stream-prefix": "oven",
        },
    },
}
definition = ecs.register_task_definition(
    family="start-oven",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=products["executionRoleArn"],
    containerDefinitions=[oven],
)["taskDefinition"]

# %% [markdown] tags=["fr"]
# Lançons-la. La cellule attend qu’elle ait fini, puis affiche son dernier état et le code de sortie du conteneur.

# %% [markdown] tags=["en"]
# Let us launch it. The cell waits until it is done, then shows its last status and the container’s exit code.

# %%
[task] = ecs.run_task(
    cluster="frenchbakery",
    taskDefinition=definition["taskDefinitionArn"],
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
)["tasks"]
ecs.get_waiter("tasks_stopped").wait(
    cluster="frenchbakery", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
[task] = ecs.describe_tasks(cluster="frenchbakery", tasks=[task["taskArn"]])["tasks"]
task["lastStatus"], task["containers"][0]["exitCode"]

# %% [markdown] tags=["fr"]
# Zéro : tout s’est bien passé. Qu’a dit le conteneur ? Ses lignes sont dans CloudWatch Logs, sous un nom formé du préfixe, du conteneur et de l’identifiant de la tâche.

# %% [markdown] tags=["en"]
# Zero: all went well. What did the container say? Its lines are in CloudWatch Logs, under a name made of the prefix, the container and the task’s id.

# %%
import time

logs = session.client("logs")
task_id = task["taskArn"].rpartition("/")[2]
for attempt in range(60):
    events = logs.filter_log_events(
        logGroupName="/ecs/frenchbakery", logStreamNamePrefix=f"oven/oven/{task_id}"
    )["events"]
    if events:
        break
    time.sleep(1)
for event in events:
    print(event["message"])

# %% [markdown] tags=["fr", "own-numbers"]
# Une douzaine de croissants, sortis d’un conteneur qu’ECS a placé, lancé et surveillé pour vous.
#
# ## À vous
#
# Un cahier vient avec ses **défis** : une consigne, une cellule vide, et `lab.check` qui regarde ce qui existe réellement et dit ce qui cloche, jamais la réponse. Si vous
# séchez, `lab.hint` donne jusqu’à trois indices, `lab.solution` montre le code. En voici quatre, tout petits.
#
# ### Défi · Une douzaine de croissants
#
# Passez une commande d’au moins douze croissants. Par le navigateur, ce sera plus agréable ; la cellule vide attend ceux qui préfèrent le faire par programme.

# %% [markdown] tags=["en", "own-numbers"]
# A dozen croissants, out of a container that ECS placed, launched and watched for you.
#
# ## Your turn
#
# A notebook comes with **challenges**: a task to do, an empty cell, and `lab.check`, which looks at what really exists and says what is wrong, never the answer. When you
# are stuck, `lab.hint` gives up to three hints and `lab.solution` shows the code. Here are four very small ones.
#
# ### Challenge · A dozen croissants
#
# Place an order of at least twelve croissants. In the browser it is more pleasant; the empty cell is for those who would rather write a program.

# %% tags=["challenge"]
import json

basket = {"lines": [{"product_id": "croissant", "quantity": 12}], "pickup": "morning"}
headers = {"Content-Type": "application/json", "Idempotency-Key": "a-dozen-croissants"}
_ = shop.ask("/api/orders", data=json.dumps(basket).encode(), headers=headers)

# %%
lab.check("start-order")

# %% [markdown] tags=["fr"]
# ### Défi · Du monde au catalogue
#
# La file s’allonge devant le catalogue. Faites passer le service `products` à **trois** tâches, et attendez que toutes les trois reçoivent des requêtes.

# %% [markdown] tags=["en"]
# ### Challenge · A crowd at the catalogue
#
# The queue in front of the catalogue grows longer. Take the service `products` to **three** tasks, and wait until all three get requests.

# %% tags=["challenge"]
ecs.update_service(cluster="frenchbakery", service="products", desiredCount=3)
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=["products"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
)
[catalogue] = elbv2.describe_target_groups(Names=["frenchbakery-products"])["TargetGroups"]
elbv2.get_waiter("target_in_service").wait(
    TargetGroupArn=catalogue["TargetGroupArn"], WaiterConfig={"Delay": 1, "MaxAttempts": 240}
)

# %%
lab.check("start-crowd")

# %% [markdown] tags=["fr"]
# ### Défi · Les avis ferment pour la nuit
#
# Personne n’écrit d’avis à trois heures du matin. Fermez le service `reviews` pour la nuit, sans payer une seule tâche, mais sans avoir à le recréer demain.

# %% [markdown] tags=["en"]
# ### Challenge · The reviews close for the night
#
# Nobody writes a review at three in the morning. Close the service `reviews` for the night: not one task to pay for, but nothing to create again tomorrow.

# %% tags=["challenge"]
ecs.update_service(cluster="frenchbakery", service="reviews", desiredCount=0)
ecs.get_waiter("services_stable").wait(
    cluster="frenchbakery", services=["reviews"], WaiterConfig={"Delay": 1, "MaxAttempts": 600}
)

# %%
lab.check("start-night")

# %% [markdown] tags=["fr"]
# ### Défi · Une fournée de baguettes
#
# Enregistrez une définition de la famille `start-baguettes` et lancez-en une tâche : il doit sortir du four au moins une 🥖, et le conteneur doit finir avec le code 0.

# %% [markdown] tags=["en"]
# ### Challenge · A batch of baguettes
#
# Register a definition of the family `start-baguettes` and run a task of it: at least one 🥖 must come out of the oven, and the container must leave with code 0.

# %% tags=["challenge"]
oven["command"] = ["python", "-c", "print('🥖' * 12)"]
ecs.register_task_definition(
    family="start-baguettes",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=products["executionRoleArn"],
    containerDefinitions=[oven],
)
[task] = ecs.run_task(
    cluster="frenchbakery",
    taskDefinition="start-baguettes",
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
)["tasks"]
ecs.get_waiter("tasks_stopped").wait(
    cluster="frenchbakery", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)

# %%
lab.check("start-oven")

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
# | 2. Architectures résilientes | 26 % | tâche 2.1 : migrer vers les conteneurs, savoir quand les employer, choisir ECS, EKS ou Fargate |
# | 3. Architectures performantes | 24 % | tâche 3.2 : orchestration, mise à l’échelle, usages de Fargate |
# | 4. Architectures économiques | 20 % | tâche 4.2 : coût des conteneurs et du calcul sans serveur |
#
# Sont au programme : ECR, ECS, EKS, et les trois façons de les employer hors d’AWS, ECS Anywhere, EKS Anywhere et EKS Distro. Le guide range Fargate dans le *serverless*.
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
# | 2. Resilient architectures | 26% | task 2.1: migrating into containers, knowing when to use them, choosing ECS, EKS or Fargate |
# | 3. High-performing architectures | 24% | task 3.2: orchestration, scaling, what Fargate is for |
# | 4. Cost-optimised architectures | 20% | task 4.2: the cost of containers and of serverless compute |
#
# In scope: ECR, ECS, EKS, and the three ways to use them outside AWS, ECS Anywhere, EKS Anywhere and EKS Distro. The guide lists Fargate under *serverless*.
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
# - **Une cellule s’éternise, tout s’embrouille ?** Le carré ■ l’interrompt. Le menu *Kernel › Restart Kernel* remet Python à neuf sans toucher au cloud : reprenez
#   alors du haut, ce qui existe déjà ne sera pas créé deux fois.
# - **Cassez sans crainte.** Vous travaillez sur une copie : `course notebooks reset 06` remet un cahier à neuf en gardant le vôtre à côté, et
#   `course cloud reset` vide le cloud local.
# - **Et sur un vrai compte ?** `labs.connect("real", account_id="…", region="…")`, jamais sans que vous l’ayez écrit. Le prix est
#   affiché avant toute création, tout est étiqueté, et `course lab teardown` retire tout. La protection couvre la session que
#   `labs.connect` vous rend, pas les commandes `!aws` ni un terminal.

# %% [markdown] tags=["en"]
# ## How to use the course
#
# - **Two boxes** come back everywhere. “In the exam” says what the SAA-C03 guide expects. “Today” says what has changed since, with the date
#   when the fact was checked. Where they disagree, answer the exam as the exam.
# - **Check, then get help.** `lab.check("…")` looks at what exists and says what is wrong. `lab.hint("…")` gives up to three hints, each
#   plainer than the last. `lab.solution("…")` shows the code.
# - **Look.** `lab.diagram()` draws what exists, `lab.timeline()` tells what the cloud did.
# - **Come back when you like.** `lab.catch_up("services")` rebuilds everything before that step.
# - **A cell drags on, all is in a muddle?** The square ■ interrupts it. The menu *Kernel › Restart Kernel* makes Python new and leaves the cloud alone: go on from the
#   top then, and what exists already is not created twice.
# - **Break things without fear.** You work on a copy: `course notebooks reset 06` makes a notebook new again and keeps yours beside it, and `course cloud reset`
#   empties the local cloud.
# - **And on a real account?** `labs.connect("real", account_id="…", region="…")`, never unless you write it. The price is shown before
#   anything is created, everything is tagged, and `course lab teardown` takes it all away. The safeguard covers the session that
#   `labs.connect` gives you, not `!aws` commands nor a terminal.

# %% [markdown] tags=["fr"]
# ## Le chemin
#
# | cahier | on y apprend |
# |---|---|
# | [01 · Les conteneurs](01_containers.ipynb) | ce qu’est vraiment un conteneur, une image, un bon Dockerfile |
# | [02 · Amazon ECR](02_ecr.ipynb) | ranger, protéger, analyser et purger des images |
# | [03 · Amazon ECS, les tâches](03_ecs.ipynb) | définitions, placement, réseau, rôles |
# | [03b · Amazon ECS, les services](03b_ecs_services.ipynb) | déployer, se remettre d’une panne, suivre la charge, décrire en CloudFormation |
# | [04 · AWS Fargate](04_fargate.ipynb) | sans serveurs : tailles, Spot, coût, et quand s’en passer |
# | [05 · Amazon EKS](05_eks.ipynb) | Kubernetes, ses objets, ses accès, et ECS ou EKS |
# | [06 · Le labo FrenchBakery](06_frenchbakery_lab.ipynb) | construire la boutique, pièce par pièce |
# | [06b · Le labo, en exploitation](06b_frenchbakery_operate.ipynb) | charge, pannes, nouvelle version, CloudFormation, EKS |
# | [06c · Dépannage](06c_troubleshooting.ipynb) | cinq piles cassées à remettre debout |
# | [07 · Bien exploiter des conteneurs](07_operations.ipynb) | journaux, alarmes, secrets, livraison, sécurité, coût |
# | [08 · Quiz](08_quiz.ipynb) | neuf situations, à résoudre avec vos mots |
# | [09 · Examen blanc](09_mock_exam.ipynb) | chronométré, comme le vrai |
# | [10 · Glossaire](10_glossary.ipynb) | les mots, dans les deux langues |
#
# L’ordre est bon, mais rien n’y oblige : chaque cahier prépare son propre terrain et le range en partant.
#
# ## En trois idées
#
# 1. **Une image** contient le programme ; **une définition de tâche** dit comment le lancer ; **une tâche** est le programme qui tourne.
# 2. **Un service** tient le nombre de tâches voulu. On change ce qu’il veut ; il s’occupe du reste.
# 3. **Ce qui existe se paie** : on range derrière soi.
#
# Et trois questions, pour voir comment le cours interroge.

# %% [markdown] tags=["en"]
# ## The way ahead
#
# | notebook | what you learn |
# |---|---|
# | [01 · Containers](01_containers.ipynb) | what a container really is, an image, a good Dockerfile |
# | [02 · Amazon ECR](02_ecr.ipynb) | keeping, protecting, scanning and clearing out images |
# | [03 · Amazon ECS, tasks](03_ecs.ipynb) | definitions, placement, network, roles |
# | [03b · Amazon ECS, services](03b_ecs_services.ipynb) | deploying, recovering, following the load, describing it in CloudFormation |
# | [04 · AWS Fargate](04_fargate.ipynb) | no servers: sizes, Spot, cost, and when to do without |
# | [05 · Amazon EKS](05_eks.ipynb) | Kubernetes, its objects, its access, and ECS or EKS |
# | [06 · The FrenchBakery lab](06_frenchbakery_lab.ipynb) | building the shop, piece by piece |
# | [06b · The lab, in operation](06b_frenchbakery_operate.ipynb) | load, failures, a new version, CloudFormation, EKS |
# | [06c · Troubleshooting](06c_troubleshooting.ipynb) | five broken stacks to put right |
# | [07 · Running containers well](07_operations.ipynb) | logs, alarms, secrets, delivery, security, cost |
# | [08 · Quiz](08_quiz.ipynb) | nine situations, to be solved in your own words |
# | [09 · Mock exam](09_mock_exam.ipynb) | against the clock, like the real one |
# | [10 · Glossary](10_glossary.ipynb) | the words, in both languages |
#
# The order is a good one, but nothing forces it on you: each notebook lays its own ground and tidies up when it leaves.
#
# ## In three ideas
#
# 1. **An image** holds the program; **a task definition** says how to launch it; **a task** is the program at work.
# 2. **A service** keeps up the number of tasks that you want. You change what it wants; it sees to the rest.
# 3. **What exists is paid for**: tidy up behind you.
#
# And three questions, to see how the course asks them.

# %%
import quiz

quiz.ask("containers-scale-the-hot-part-alone")

# %%
quiz.ask("containers-same-image-from-test-to-production")

# %%
quiz.ask("containers-seconds-instead-of-minutes")

# %% [markdown] tags=["fr"]
# ## Ranger
#
# Cette boutique a rempli son rôle. Si vous avez commencé le labo dans ce même cloud, sachez que c’est la même boutique : elle partira aussi, et `lab.catch_up` la
# refera.

# %% [markdown] tags=["en"]
# ## Tidy up
#
# This shop has done its job. If you have begun the lab in this same cloud, mind that it is the same shop: it will go too, and `lab.catch_up` will make it again.

# %%
lab.clean_up("start")

# %% [markdown] tags=["fr"]
# La suite : [les conteneurs](01_containers.ipynb), pour de bon.

# %% [markdown] tags=["en"]
# Next: [containers](01_containers.ipynb), in earnest.
