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
# # Services ECS : tenir, livrer, grandir
#
# Le comptoir de FrenchBakery est un tout petit programme : les caisses des boutiques lui demandent le prix du croissant. Il tourne dans une tâche ECS que quelqu’un a lancée un jour à la main. Un mercredi, vers quatre heures du matin, elle s’est arrêtée. À l’ouverture, les caisses affichaient « prix
# inconnu », et douze boulangers ont vendu de mémoire jusqu’à midi.
#
# Le lendemain, on a livré une nouvelle version : arrêter l’ancienne, démarrer la nouvelle, quatre minutes de noir entre les deux. Le samedi, trop de monde :
# quelqu’un a lancé six tâches de plus, et les a oubliées tout l’été. Et quand la direction a demandé le même cluster pour la Belgique, personne ne savait
# plus sur quels boutons il avait fallu cliquer.
#
# Quatre soucis, une réponse : un **service**. Il tient le nombre de tâches, livre sans fermer, revient en arrière quand la livraison est mauvaise, suit
# l’affluence. Un **modèle CloudFormation** se souvient du reste. Les tâches elles-mêmes, leurs rôles et leur réseau sont l’affaire du cahier précédent.

# %% [markdown] tags=["en"]
# # ECS services: hold, ship, grow
#
# FrenchBakery’s counter is a tiny program: the tills of the shops ask it for the price of a croissant. It runs in an ECS task that somebody started by hand one day. One Wednesday, around four in the morning, the task stopped. At opening time the tills said “price unknown”, and twelve bakers sold from memory until noon.
#
# The next day a new version was shipped: stop the old one, start the new one, four minutes of darkness in between. On Saturday came the crowd: somebody
# started six more tasks, and forgot them all summer. And when the management asked for the same cluster for Belgium, nobody remembered which buttons had been
# clicked.
#
# Four worries, one answer: a **service**. It holds the number of tasks, ships without closing, goes back when a release is bad, follows the crowd. A
# **CloudFormation template** remembers the rest. Tasks themselves, their roles and their network are the previous notebook’s business.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure et demie |
# | **coût** | rien sur le cloud local ; sur un compte AWS, l’équilibreur de charge, une dizaine de petites tâches et deux instances `t3.small`, facturés tant qu’ils existent, jusqu’au ménage ; la dernière partie, la pile CloudFormation, reste au cloud local |
# | **si le noyau redémarre** | `lab.clean_up("services")`, puis le cahier depuis le début : ce qu’il crée ne se crée pas deux fois |
# | **à l’examen** | 2.1 des architectures qui passent à l’échelle · 2.2 la haute disponibilité et la reprise · 3.2 un calcul élastique · 4.2 ne payer que ce qui sert |

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour and a half |
# | **cost** | nothing on the local cloud; on an AWS account, the load balancer, some ten small tasks and two `t3.small` instances, billed for as long as they exist, until the clean-up; the last part, the CloudFormation stack, is for the local cloud only |
# | **if the kernel restarts** | `lab.clean_up("services")`, then the notebook from the start: what it creates cannot be created twice |
# | **in the exam** | 2.1 architectures that scale · 2.2 high availability and recovery · 3.2 elastic compute · 4.2 paying only for what is used |

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("services")

# %% [markdown] tags=["fr"]
# Voici les clients boto3 dont nous aurons besoin, puis ce que `lab.prepare` a posé et que l’on retrouve par son nom : l’image, le rôle d’exécution, deux
# sous-réseaux dans deux zones, un équilibreur de charge qui n’écoute pas encore.

# %% [markdown] tags=["en"]
# Here are the boto3 clients that we will need, then what `lab.prepare` laid out and we find again by name: the image, the execution role, two subnets in two
# zones, a load balancer that does not listen yet.

# %%
import time

ecs, ecr, ec2, elbv2, iam = (
    session.client(name) for name in ("ecs", "ecr", "ec2", "elbv2", "iam")
)
cloudwatch = session.client("cloudwatch")
scaling = session.client("application-autoscaling")

[repository] = ecr.describe_repositories(repositoryNames=["services/products"])["repositories"]
image = f"{repository['repositoryUri']}:1.0"
role = iam.get_role(RoleName="services-execution")["Role"]["Arn"]
[balancer] = elbv2.describe_load_balancers(Names=["services"])["LoadBalancers"]

ours = [{"Name": "tag:Name", "Values": ["services"]}]
[vpc] = ec2.describe_vpcs(Filters=ours)["Vpcs"]
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]]
[group] = ec2.describe_security_groups(
    Filters=[{"Name": "group-name", "Values": ["services-tasks"]}]
)["SecurityGroups"]
network = {
    "awsvpcConfiguration": {
        "subnets": subnets,
        "securityGroups": [group["GroupId"]],
        "assignPublicIp": "ENABLED",
    }
}
patience = {"Delay": 0.5, "MaxAttempts": 1200}

# %% [markdown] tags=["fr"]
# ## Une adresse pour des tâches de passage
#
# Les tâches vont et viennent, chacune avec sa propre adresse IP, différente à chaque fois. Les caisses, elles, ne veulent connaître qu’une adresse. Entre
# les deux se tiennent trois objets : l’**équilibreur de charge**, qui a un nom stable ; son **listener**, qui écoute un port ; et le **groupe cible**, la liste de
# ceux qui peuvent répondre. Le service ECS tient cette liste à jour : il inscrit chaque tâche qui démarre, et raye celle qui part.

# %% [markdown] tags=["en"]
# ## One address for passing tasks
#
# Tasks come and go, each with an IP address of its own, another one every time. The tills want to know a single address. Between the two stand three
# objects: the **load balancer**, which has a stable name; its **listener**, which listens on a port; and the **target group**, the list of those who may
# answer. The ECS service keeps that list: it registers every task that starts, and strikes off the one that leaves.

# %%
labs.figure("services-target-group")

# %% [markdown] tags=["fr"]
# Trois réglages du groupe cible méritent qu’on s’y arrête.
#
# Le **type de cible**. En mode réseau `awsvpc`, le seul de Fargate, la tâche a sa propre interface : on inscrit son adresse, `TargetType="ip"`. Le type
# `instance`, celui par défaut, inscrit des machines EC2 ; il convient au mode `bridge`, où l’on vise un port de l’hôte.
#
# Le **contrôle de santé**. L’équilibreur demande une page à chaque tâche, à intervalle régulier ; après assez d’échecs de suite, la tâche ne reçoit plus rien, et
# ECS la remplace. Plus l’intervalle est court, plus vite une panne se voit. Un conteneur peut avoir son propre contrôle, `healthCheck` dans la
# définition de tâche : une commande, que l’agent lance dedans. Le `HEALTHCHECK` d’un Dockerfile, lui, ECS l’ignore.
#
# Le **délai de désinscription** (*deregistration delay*). Une tâche rayée de la liste ne reçoit plus de nouvelle requête, mais finit celles qu’elle a. On
# lui laisse 300 secondes par défaut : une éternité pour un prix de croissant, et c’est souvent pourquoi un déploiement traîne.

# %% [markdown] tags=["en"]
# Three settings of the target group deserve a closer look.
#
# The **target type**. In the `awsvpc` network mode, Fargate’s only one, a task has an interface of its own: its address is what gets registered,
# `TargetType="ip"`. The type `instance`, the default one, registers EC2 machines; it suits the `bridge` mode, where the target is a port of the host.
#
# The **health check**. The load balancer asks each task for a page at regular intervals; after enough failures in a row the task gets nothing more, and ECS
# replaces it. The shorter the interval, the sooner a failure shows. A container may have a check of its own, `healthCheck` in the task definition: a command
# that the agent runs inside. The `HEALTHCHECK` of a Dockerfile is ignored by ECS.
#
# The **deregistration delay**. A task struck off the list gets no new request, but finishes those it has. It is given 300 seconds by default: an eternity for
# the price of a croissant, and often the reason why a deployment drags on.

# %%
targets = elbv2.create_target_group(
    Name="services-counter",
    TargetType="ip",
    Protocol="HTTP",
    Port=8080,
    VpcId=vpc["VpcId"],
    HealthCheckPath="/healthz",
    HealthCheckIntervalSeconds=5,
    HealthCheckTimeoutSeconds=2,
    UnhealthyThresholdCount=2,
)["TargetGroups"][0]["TargetGroupArn"]
elbv2.modify_target_group_attributes(
    TargetGroupArn=targets,
    Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
)
listener = elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
)["Listeners"][0]["ListenerArn"]

# %% [markdown] tags=["fr"]
# > **À l’examen.** **ALB** : couche 7, HTTP et HTTPS, règles sur le chemin, l’hôte ou un en-tête ; un seul équilibreur pour bien des services. **NLB** : couche 4, TCP,
# > UDP et TLS, une adresse IP fixe par zone, une latence minimale. « Chemin » ou « nom d’hôte » dans l’énoncé appelle le premier ; « adresse IP
# > fixe », « UDP » ou « des millions de connexions », le second. Une tâche Fargate veut un groupe cible de type `ip` avec l’un comme avec l’autre.
#
# ## Le service : un nombre, tenu
#
# Voici le programme du comptoir. Il lit sa version **au démarrage**, son prix à chaque visite, et répond sur `/healthz` tant qu’il vit. Ces détails compteront
# bientôt.

# %% [markdown] tags=["en"]
# > **In the exam.** **ALB**: layer 7, HTTP and HTTPS, rules on the path, the host or a header; one load balancer for many services. **NLB**: layer 4, TCP, UDP and
# > TLS, one fixed IP address per zone, the lowest latency. “Path” or “host name” in a question calls for the former; “fixed IP address”, “UDP” or “millions of
# > connections”, for the latter. A Fargate task wants a target group of type `ip` with either.
#
# ## The service: a number that is held
#
# Here is the counter’s program. It reads its version **when it starts**, its price at every visit, and answers on `/healthz` for as long as it lives. These details
# will soon matter.

# %%
program = """
import http.server, os, signal, sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
version = os.environ["VERSION"]

class Counter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        price = os.environ["PRICE"]
        broken = self.path != "/healthz" and not price.isdecimal()
        self.send_response(500 if broken else 200)
        self.end_headers()
        self.wfile.write(f"{version} {price}".encode())

    def log_message(self, *_):
        pass

address = os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080"))
http.server.ThreadingHTTPServer(address, Counter).serve_forever()
"""


def register(**environment):
    container = {
        "name": "counter",
        "image": image,
        "command": ["python", "-c", program],
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
        "portMappings": [{"containerPort": 8080}],
    }
    return ecs.register_task_definition(
        family="services-counter",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=role,
        containerDefinitions=[container],
    )["taskDefinition"]["taskDefinitionArn"]

# %%
service = ecs.create_service(
    cluster="services",
    serviceName="counter",
    taskDefinition=register(VERSION="v1", PRICE="110"),
    launchType="FARGATE",
    desiredCount=2,
    networkConfiguration=network,
    loadBalancers=[
        {"targetGroupArn": targets, "containerName": "counter", "containerPort": 8080}
    ],
    deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
)["service"]
stable = {"cluster": "services", "services": ["counter"], "WaiterConfig": patience}
ecs.get_waiter("services_stable").wait(**stable)

for key in ("schedulingStrategy", "availabilityZoneRebalancing", "healthCheckGracePeriodSeconds"):
    print(key, service[key])

# %% [markdown] tags=["fr"]
# Nous n’avions rien dit de ces trois réglages : voici ce qu’AWS a choisi pour nous.
#
# - `REPLICA` : un nombre de tâches, réparties au mieux entre les zones. L’autre stratégie, `DAEMON`, met exactement une tâche sur chaque instance EC2 et n’a pas de nombre
#   voulu ; c’est celle des agents de surveillance.
# - Le **rééquilibrage entre zones** est en marche : nous y reviendrons.
# - Le **délai de grâce** (*health check grace period*) est nul. Il protège les programmes lents à démarrer : tant qu’il court, un contrôle de santé qui échoue, celui de
#   l’équilibreur ou celui du conteneur, ne coûte pas la vie à la tâche.
#
# Demandons à l’équilibreur ce qu’il voit, puis passons à la caisse.

# %% [markdown] tags=["en"]
# We had said nothing about these three settings: this is what AWS chose for us.
#
# - `REPLICA`: a number of tasks, spread over the zones as well as can be. The other strategy, `DAEMON`, puts exactly one task on each EC2 instance and has no
#   desired count; it is made for monitoring agents.
# - **Rebalancing between zones** is on: we will come back to it.
# - The **health check grace period** is zero. It protects programs that are slow to start: while it runs, a failing health check, be it the load balancer’s or the
#   container’s, does not cost the task its life.
#
# Let us ask the load balancer what it sees, then go to the till.

# %%
def tasks_of(name):
    arns = []
    for status in ("RUNNING", "STOPPED"):
        listed = ecs.list_tasks(cluster="services", serviceName=name, desiredStatus=status)
        arns += listed["taskArns"]
    return ecs.describe_tasks(cluster="services", tasks=arns)["tasks"]


elbv2.get_waiter("target_in_service").wait(TargetGroupArn=targets, WaiterConfig=patience)
seen = elbv2.describe_target_health(TargetGroupArn=targets)["TargetHealthDescriptions"]
print([target["TargetHealth"]["State"] for target in seen])
print(len({task["availabilityZone"] for task in tasks_of("counter")}))

shop = lab.open(balancer["LoadBalancerArn"])
shop.ask("/").body.decode()

# %% [markdown] tags=["fr"]
# Deux cibles saines dans deux zones. Maintenant, rejouons le mercredi de quatre heures : arrêtons une tâche, sans prévenir le service.

# %% [markdown] tags=["en"]
# Two healthy targets in two zones. Now let us replay that Wednesday: stop a task, without telling the service.

# %%
running = [task for task in tasks_of("counter") if task["lastStatus"] == "RUNNING"]
victim, survivor = (task["taskArn"] for task in running)
ecs.stop_task(cluster="services", task=victim, reason="four o'clock in the morning")
ecs.get_waiter("tasks_stopped").wait(
    cluster="services", tasks=[victim], WaiterConfig=patience
)
ecs.get_waiter("services_stable").wait(**stable)

now = {task["taskArn"]: task["lastStatus"] for task in tasks_of("counter")}
print(now[victim], now[survivor], list(now.values()).count("RUNNING"))

# %% [markdown] tags=["fr"]
# L’ancienne est arrêtée, la survivante n’a pas bougé, une nouvelle tourne, et personne n’a été réveillé. Le service compare sans cesse le nombre **voulu** au nombre **réel**, et
# comble l’écart. Il fait de même pour une tâche que l’équilibreur juge malade : depuis 2023, il démarre la remplaçante **avant** d’arrêter la malade.
#
# > **À l’examen.** « Doit redémarrer toute seule » : un service, pas `run-task`. « Doit survivre à la perte d’une zone » : un service, **au moins** deux tâches, des sous-réseaux dans deux
# > zones, un équilibreur. Une tâche tuée juste après son démarrage, encore et encore, parce que le programme met du temps à charger : le **délai de grâce**, et non un intervalle plus long.

# %% [markdown] tags=["en"]
# The old one has stopped, the survivor has not moved, a new one runs, and nobody was woken up. The service keeps comparing the number **wanted** with the number **there is**, and closes
# the gap. It does the same for a task that the load balancer finds sick: since 2023 it starts the replacement **before** it stops the sick one.
#
# > **In the exam.** “Must restart on its own”: a service, not `run-task`. “Must survive the loss of a zone”: a service, **at least** two tasks, subnets in two zones, a load
# > balancer. A task killed right after it started, again and again, because the program takes its time to load: the **grace period**, not a longer interval.

# %% [markdown] tags=["fr", "own-numbers"]
# ### À vous : les commandes, qui prennent leur temps
#
# Le service des commandes arrivera bientôt, sur Fargate, port 8080, santé sur `/healthz`. Une commande appelle la banque et peut prendre vingt secondes. Préparez-lui, dans le même VPC, le
# groupe cible `services-orders` : une tâche devenue muette ne doit plus rien recevoir au bout de quinze secondes, une tâche qui part doit avoir le temps de finir ses commandes, et aucun déploiement
# ne doit attendre plus d’une minute pour cela.

# %% [markdown] tags=["en", "own-numbers"]
# ### Your turn: orders, which take their time
#
# The orders service is coming soon, on Fargate, port 8080, health on `/healthz`. An order calls the bank and may take twenty seconds. Prepare its target group, `services-orders`, in the
# same VPC: a task that has gone silent must get nothing more after fifteen seconds, a task that leaves must have the time to finish its orders, and no deployment
# may wait more than a minute for that.

# %% tags=["challenge"]
orders = elbv2.create_target_group(
    Name="services-orders",
    TargetType="ip",
    Protocol="HTTP",
    Port=8080,
    VpcId=vpc["VpcId"],
    HealthCheckPath="/healthz",
    HealthCheckIntervalSeconds=5,
    HealthCheckTimeoutSeconds=2,
    UnhealthyThresholdCount=3,
)["TargetGroups"][0]["TargetGroupArn"]
_ = elbv2.modify_target_group_attributes(
    TargetGroupArn=orders,
    Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
)

# %%
lab.check("services-orders")

# %% [markdown] tags=["fr"]
# ## Livrer sans fermer
#
# Donner une nouvelle révision à un service commence un **déploiement**. Par défaut, c’est un **déploiement progressif** (*rolling*) : des tâches neuves démarrent, passent leurs contrôles, et les anciennes
# s’en vont. Deux pourcentages du nombre voulu l’encadrent.
#
# - `minimumHealthyPercent`, 100 % par défaut : le **plancher**. ECS n’arrête aucune tâche saine si cela doit le faire passer dessous. Le nombre s’arrondit vers le haut.
# - `maximumPercent`, 200 % par défaut : le **plafond** des tâches en marche ou en train de démarrer. Celui-ci s’arrondit vers le bas.

# %% [markdown] tags=["en"]
# ## Ship without closing
#
# Giving a service a new revision begins a **deployment**. By default it is a **rolling deployment**: fresh tasks start, pass their checks, and the old ones go. Two percentages of the desired
# count frame it.
#
# - `minimumHealthyPercent`, 100% by default: the **floor**. ECS stops no healthy task if that would take it below. The number is rounded up.
# - `maximumPercent`, 200% by default: the **ceiling** of tasks that run or are starting. This one is rounded down.

# %%
labs.figure("services-rolling")

# %% [markdown] tags=["fr"]
# Nous allons déployer plusieurs fois ; autant écrire une bonne fois de quoi observer. `deploy` met le service à jour, puis suit son **déploiement de service**
# (`DescribeServiceDeployments`, l’historique qu’ECS tient pour chaque service) jusqu’à son issue. `visitors` envoie des clients pendant ce temps, et compte leurs
# réponses. `extremes` relit l’heure à laquelle chaque tâche a été créée, a démarré, a reçu l’ordre de partir, et en tire les deux nombres qui nous intéressent : le plus petit nombre de tâches en
# marche, le plus grand nombre de tâches à la fois.

# %% [markdown] tags=["en"]
# We will deploy several times, so let us write once what it takes to watch. `deploy` updates the service, then follows its **service deployment**
# (`DescribeServiceDeployments`, the history that ECS keeps of every service) to its end. `visitors` sends customers meanwhile, and counts their answers. `extremes` reads when each task was
# created, started and told to leave, and draws from it the two numbers that we are after: the smallest number of running tasks, and the largest number of tasks at a time.

# %%
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

over = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}


def history():
    listed = ecs.list_service_deployments(cluster="services", service="counter")
    found = listed["serviceDeployments"]
    return {each["serviceDeploymentArn"]: each["status"] for each in found}


def deploy(**changes):
    known = history()
    ecs.update_service(cluster="services", service="counter", **changes)
    for attempt in range(3600):
        begun = {arn: status for arn, status in history().items() if arn not in known}
        if over & set(begun.values()):
            break
        time.sleep(0.5)
    found = ecs.describe_service_deployments(serviceDeploymentArns=list(begun))
    return found["serviceDeployments"][0]


@contextmanager
def visitors(count, pause):
    seen, closed = Counter(), Event()

    def visit():
        while not closed.wait(pause):
            answer = shop.ask("/")
            seen[answer.status, answer.body.decode().split()[0]] += 1

    with ThreadPoolExecutor(count) as crowd:
        visits = [crowd.submit(visit) for each in range(count)]
        try:
            yield seen
        finally:
            closed.set()
    for each in visits:
        each.result()


def extremes(deployment):
    tasks = tasks_of("counter")
    begins, ends = deployment["startedAt"], deployment["finishedAt"]
    later = ends + timedelta(days=1)
    dates = ("createdAt", "startedAt", "stoppingAt")
    moments = {task.get(date, later) for task in tasks for date in dates}
    moments = {moment for moment in moments if begins <= moment <= ends}

    def alive(moment, since):
        spans = [(task.get(since, later), task.get("stoppingAt", later)) for task in tasks]
        return sum(start <= moment < stop for start, stop in spans)

    return (
        min(alive(moment, "startedAt") for moment in moments),
        max(alive(moment, "createdAt") for moment in moments),
    )

# %%
with visitors(2, 0.05) as seen:
    deployment = deploy(taskDefinition=register(VERSION="v2", PRICE="115"))

print(deployment["status"], sorted(seen))
print(extremes(deployment))

# %% [markdown] tags=["fr"]
# Les clients ont vu la v1, puis la v2, et toujours le code 200. Jamais moins de deux tâches en marche, jamais plus de quatre : 100 % et 200 % de deux. C’est confortable, et il faut la
# place pour le double de tâches le temps de la livraison.
#
# Et si cette place n’existe pas ? Sur des instances EC2 déjà pleines, on accepte de descendre à la moitié, sans jamais dépasser le nombre voulu.

# %% [markdown] tags=["en"]
# Customers saw v1, then v2, and always status 200. Never fewer than two running tasks, never more than four: 100% and 200% of two. That is comfortable, and takes the room for twice
# the tasks while the release lasts.
#
# What if there is no such room? On EC2 instances that are full already, you accept going down to half, without ever exceeding the desired count.

# %%
from botocore.exceptions import ClientError

tight = {"minimumHealthyPercent": 50, "maximumPercent": 100}
try:
    ecs.update_service(cluster="services", service="counter", deploymentConfiguration=tight)
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# Instructif : pour rééquilibrer les zones, ECS doit pouvoir démarrer une tâche de plus **avant** d’en arrêter une. Sans marge au-dessus de 100 %, les deux réglages se contredisent. Choisissons.

# %% [markdown] tags=["en"]
# Instructive: to rebalance the zones, ECS must be able to start one more task **before** it stops another. Without room above 100%, the two settings contradict each other. Let us
# choose.

# %%
with visitors(2, 0.05) as seen:
    deployment = deploy(
        taskDefinition=register(VERSION="v2", PRICE="120"),
        deploymentConfiguration=tight,
        availabilityZoneRebalancing="DISABLED",
    )

print(deployment["status"], sorted(seen))
print(extremes(deployment))

# %% [markdown] tags=["fr"]
# Une tâche au plus bas, deux au plus haut, et toujours aucune erreur : l’équilibreur n’envoie personne vers une tâche qui s’en va. Mais la moitié des bras, un samedi, c’est une file d’attente.
#
# Le simulateur ci-dessous suit les mêmes règles avec d’autres nombres. Cherchez une paire qui ne peut pas avancer du tout ; puis livrez une mauvaise version.

# %% [markdown] tags=["en"]
# One task at the lowest, two at the highest, and still no error: the load balancer sends nobody to a task that is leaving. But half the hands on a Saturday make a queue.
#
# The simulator below plays by the same rules with other numbers. Look for a pair that cannot get anywhere at all; then ship a bad version.

# %%
from labs.playgrounds import rollout

rollout.playground()

# %% [markdown] tags=["fr"]
# > **À l’examen.** Moins de 100 % au plancher : on accepte moins de capacité pour ne pas payer de surplus. 100 % et 200 % : la capacité pleine, au prix du double pendant la livraison. Un déploiement
# > qui ne peut ni arrêter ni démarrer une tâche reste bloqué, et un événement du service le dit : regardez les arrondis. La paire 100 et 100, elle, est refusée d’emblée.
#
# ### À vous : trois imprimantes, trois licences
#
# Le logiciel des étiquettes a été acheté avec trois licences : une quatrième tâche serait refusée, ne fût-ce qu’une seconde. Créez dans le cluster `services` le service `labels` : trois tâches de
# la famille `services-window`, sur Fargate. Une livraison ne doit ni dépasser trois tâches, ni arrêter toutes les imprimantes à la fois, ni rester bloquée.

# %% [markdown] tags=["en"]
# > **In the exam.** A floor below 100%: you accept less capacity so as not to pay for more. 100% and 200%: full capacity, at the price of twice the tasks while the release lasts. A
# > deployment that can neither stop nor start a task gets stuck, and an event of the service says so: mind the rounding. The pair 100 and 100 is refused outright.
#
# ### Your turn: three printers, three licences
#
# The label software came with three licences: a fourth task would be turned away, were it only for a second. In the cluster `services`, create the service `labels`: three tasks of the family
# `services-window`, on Fargate. A release must neither go beyond three tasks, nor stop all the printers at once, nor get stuck.

# %% tags=["challenge"]
ecs.create_service(
    cluster="services",
    serviceName="labels",
    taskDefinition="services-window",
    launchType="FARGATE",
    desiredCount=3,
    deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
    availabilityZoneRebalancing="DISABLED",
    networkConfiguration=network,
)
ecs.get_waiter("services_stable").wait(
    cluster="services", services=["labels"], WaiterConfig=patience
)

# %%
lab.check("services-labels")

# %% [markdown] tags=["fr"]
# ## La mauvaise version
#
# Vendredi soir, quelqu’un livre la v3 et oublie la variable `VERSION`. Le programme sort dès sa première ligne utile. Sans garde-fou, ECS essaierait toute la nuit. Le **disjoncteur de déploiement**
# (*deployment circuit breaker*), que nous avons allumé à la création, compte les tâches qui échouent, à démarrer ou à devenir saines. Passé un seuil, il déclare le déploiement raté ; avec
# `rollback`, il remet la dernière version qui avait réussi.

# %% [markdown] tags=["en"]
# ## The bad version
#
# On Friday evening somebody ships v3 and forgets the variable `VERSION`. The program exits at its first useful line. Without a safeguard ECS would try all night. The **deployment circuit
# breaker**, which we switched on at creation, counts the tasks that fail, be it to start or to become healthy. Beyond a threshold it declares the deployment failed; with `rollback` it brings
# back the last version that had succeeded.

# %%
labs.figure("services-circuit-breaker")

# %%
usual = {"minimumHealthyPercent": 100, "maximumPercent": 200}
with visitors(2, 0.05) as seen:
    bad = deploy(taskDefinition=register(PRICE="120"), deploymentConfiguration=usual)

print(bad["status"])
print(bad["statusReason"])
print(bad["deploymentCircuitBreaker"]["status"], bad["deploymentCircuitBreaker"]["threshold"])
print(sorted(seen))

# %% [markdown] tags=["fr"]
# Trois tâches ratées, et le disjoncteur a sauté ; les clients n’ont vu que la v2. Le seuil est la moitié du nombre voulu, **jamais moins de 3, jamais plus de 200**. Le service en garde la trace : dans
# ses événements, et dans l’état du déploiement revenu aux commandes, `rolloutState`.

# %% [markdown] tags=["en"]
# Three tasks failed, and the breaker tripped; customers saw nothing but v2. The threshold is half the desired count, **never below 3, never more than 200**. The service keeps a record of it: in its
# events, and in the state of the deployment that is back in charge, `rolloutState`.

# %%
import re

[service] = ecs.describe_services(cluster="services", services=["counter"])["services"]
[deployment] = service["deployments"]
print(deployment["rolloutState"], deployment["failedTasks"])
for event in reversed(service["events"]):
    if event["createdAt"] >= bad["createdAt"] and "deployment" in event["message"]:
        print(re.sub(r"ecs-svc/\d+", "…", event["message"]))

# %% [markdown] tags=["fr"]
# Reste à savoir **pourquoi**. Les tâches arrêtées restent visibles une heure au moins : elles disent le motif et le code de sortie. Le journal du conteneur dirait le reste, ici la ligne qui a levé
# l’erreur.

# %% [markdown] tags=["en"]
# That leaves the **why**. Stopped tasks stay visible for at least one hour: they tell the reason and the exit code. The container’s log would tell the rest, here the line that raised the
# error.

# %%
failed = [task for task in tasks_of("counter") if task["createdAt"] >= bad["createdAt"]]
{
    (task["stoppedReason"], task["containers"][0]["exitCode"])
    for task in failed
    if task.get("stopCode") == "EssentialContainerExited"
}

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Revenir tout seul à la dernière version qui marchait », déploiement *rolling* : le disjoncteur, avec `rollback`. Sans lui, un déploiement raté recommence sans fin, de plus en plus
# > lentement. Il n’y a pas de retour possible quand aucune version n’a jamais réussi.
# >
# > **Aujourd’hui** (vérifié en 2026). Le seuil se règle (`thresholdConfiguration` : un nombre de tâches, ou une part), de même que la remise à zéro du compte quand une tâche devient saine
# > (`resetOnHealthyTask`). Et pendant un déploiement, une tâche perdue est remplacée **par sa propre révision**, si bien qu’une mauvaise version n’emporte plus la bonne. *(Sources : Amazon ECS Developer Guide, « How the
# > Amazon ECS deployment circuit breaker detects failures » ; ECS API Reference, « DeploymentCircuitBreaker » ; AWS What’s New, 14 novembre 2025, « Amazon ECS improves Service Availability during Rolling deployments ».)*
#
# ## La version malade qui a bonne mine
#
# Le disjoncteur ne voit que les tâches qui meurent, ou que leur contrôle de santé condamne. Lundi, la v4 arrive avec un prix en toutes lettres, `PRICE=soon`. Elle démarre, répond 200 à `/healthz`… et 500 à tous les clients. Pour cela il faut une
# **alarme de déploiement** : le service surveille des alarmes CloudWatch pendant la livraison, et encore un moment après (*bake time*) ; si l’une sonne, il revient en arrière.
#
# CloudWatch compte en minutes. Sur le cloud local, on peut les raccourcir ; sur un compte AWS, les mêmes cellules prennent simplement le temps qu’il faut.

# %% [markdown] tags=["en"]
# > **In the exam.** “Go back to the last version that worked, without anyone stepping in”, rolling deployment: the circuit breaker, with `rollback`. Without it a failed deployment starts over for ever, ever more
# > slowly. There is nothing to go back to when no version has ever succeeded.
# >
# > **Today** (checked in 2026). The threshold can be set (`thresholdConfiguration`: a number of tasks, or a share), and so can the way the count goes back to zero when a task becomes healthy
# > (`resetOnHealthyTask`). And while a deployment is under way, a lost task is replaced **by its own revision**, so that a bad version no longer takes the good one down with it. *(Sources: Amazon ECS Developer Guide, “How the
# > Amazon ECS deployment circuit breaker detects failures”; ECS API Reference, “DeploymentCircuitBreaker”; AWS What’s New, 14 November 2025, “Amazon ECS improves Service Availability during Rolling deployments”.)*
#
# ## The sick version that looks healthy
#
# The breaker only sees tasks that die, or that their health check condemns. On Monday v4 arrives with a price in words, `PRICE=soon`. It starts, answers 200 on `/healthz`… and 500 to every customer. To catch it takes a **deployment alarm**: the
# service watches CloudWatch alarms during the release, and for a while after it (the *bake time*); if one of them goes off, it rolls back.
#
# CloudWatch counts in minutes. On the local cloud they can be made shorter; on an AWS account the same cells simply take the time they take.

# %%
from labs.cloud import client

if session.world == "local":
    client.set_pace(1)

behind = balancer["LoadBalancerArn"].partition("loadbalancer/")[2]
cloudwatch.put_metric_alarm(
    AlarmName="services-errors",
    Namespace="AWS/ApplicationELB",
    MetricName="HTTPCode_Target_5XX_Count",
    Dimensions=[{"Name": "LoadBalancer", "Value": behind}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    ComparisonOperator="GreaterThanThreshold",
    Threshold=2,
    TreatMissingData="notBreaching",
)
guarded = {"alarmNames": ["services-errors"], "enable": True, "rollback": True}
with visitors(2, 0.05) as seen:
    bad = deploy(
        taskDefinition=register(VERSION="v4", PRICE="soon"),
        deploymentConfiguration={"alarms": guarded},
    )

print(bad["status"], bad["alarms"]["status"])
print(bad.get("statusReason"))
print(sorted(seen))

# %% [markdown] tags=["fr"]
# Cette fois, des clients ont vu l’erreur : une alarme constate, elle n’empêche rien. C’est toute la limite du déploiement progressif : la nouvelle version reçoit de **vrais** clients dès sa première tâche. Pour l’essayer
# avant eux, il faut une autre stratégie.

# %% [markdown] tags=["en"]
# This time some customers saw the error: an alarm reports, it does not prevent. That is the limit of a rolling deployment: the new version gets **real** customers from its first task on. To try it before
# they do takes another strategy.

# %% [markdown] tags=["fr"]
# ## Bleu, vert, canari
#
# Les quatre stratégies d’ECS se distinguent par une seule courbe : la part du trafic qui va à la nouvelle version.

# %% [markdown] tags=["en"]
# ## Blue, green, canary
#
# ECS’s four strategies differ by a single curve: the share of the traffic that goes to the new version.

# %%
labs.figure("services-strategies")

# %% [markdown] tags=["fr"]
# Avec **blue/green**, ECS monte la version verte au complet à côté de la bleue, dans un second groupe cible. Un listener de test permet de l’essayer sans client. Puis tout le trafic bascule d’un coup, et la bleue reste
# prête le temps de la cuisson (`bakeTimeInMinutes`) : revenir est immédiat. **Canary** envoie d’abord une petite part, attend, puis tout le reste. **Linear** avance par parts égales. À chaque étape, des
# alarmes et des *lifecycle hooks* (une fonction Lambda, ou une pause jusqu’à votre accord) peuvent tout arrêter.
#
# ```python
# ecs.update_service(
#     cluster="services",
#     service="counter",
#     taskDefinition="services-counter",
#     deploymentConfiguration={
#         "strategy": "CANARY",
#         "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 15},
#         "bakeTimeInMinutes": 30,
#         "alarms": {"alarmNames": ["services-errors"], "enable": True, "rollback": True},
#     },
#     loadBalancers=[{
#         "targetGroupArn": blue, "containerName": "counter", "containerPort": 8080,
#         "advancedConfiguration": {
#             "alternateTargetGroupArn": green,
#             "productionListenerRule": rule, "testListenerRule": test_rule, "roleArn": balancer_role,
#         },
#     }],
# )
# ```
#
# Le cloud local ne joue pas ces trois stratégies : il refuse l’appel ci-dessus en nommant celle que vous avez demandée, plutôt que de faire semblant.
#
# > **À l’examen.** Les énoncés disent encore « blue/green **avec CodeDeploy** » : contrôleur de déploiement `CODE_DEPLOY`, un fichier AppSpec, deux groupes cibles, et des rythmes tout faits comme `ECSCanary10Percent5Minutes` ou
# > `ECSAllAtOnce`. « Basculer d’un coup, revenir tout de suite » : blue/green. « Dix pour cent d’abord » : canary. « Par paliers réguliers » : linear.
# >
# > **Aujourd’hui** (vérifié en 2026). ECS sait tout cela **sans CodeDeploy** : blue/green depuis juillet 2025, linear et canary depuis octobre 2025, derrière un ALB ou Service Connect, et derrière un NLB depuis février 2026. C’est ce qu’AWS conseille de préférence à CodeDeploy. *(Sources : Amazon
# > ECS Developer Guide, « Amazon ECS service deployment controllers and strategies » et « CodeDeploy blue/green deployments for Amazon ECS ».)*

# %% [markdown] tags=["en"]
# With **blue/green**, ECS builds the whole green version beside the blue one, in a second target group. A test listener lets you try it without customers. Then all the traffic switches at once, and blue stays ready for the
# bake time (`bakeTimeInMinutes`): going back is immediate. **Canary** first sends a small share, waits, then all the rest. **Linear** goes up in equal shares. At every stage alarms and *lifecycle hooks* (a Lambda function, or
# a pause until you agree) may stop it all.
#
# ```python
# ecs.update_service(
#     cluster="services",
#     service="counter",
#     taskDefinition="services-counter",
#     deploymentConfiguration={
#         "strategy": "CANARY",
#         "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 15},
#         "bakeTimeInMinutes": 30,
#         "alarms": {"alarmNames": ["services-errors"], "enable": True, "rollback": True},
#     },
#     loadBalancers=[{
#         "targetGroupArn": blue, "containerName": "counter", "containerPort": 8080,
#         "advancedConfiguration": {
#             "alternateTargetGroupArn": green,
#             "productionListenerRule": rule, "testListenerRule": test_rule, "roleArn": balancer_role,
#         },
#     }],
# )
# ```
#
# The local cloud does not play these three strategies: it refuses the call above and names the one you asked for, rather than pretend.
#
# > **In the exam.** Questions still say “blue/green **with CodeDeploy**”: the deployment controller `CODE_DEPLOY`, an AppSpec file, two target groups, and ready-made rhythms such as `ECSCanary10Percent5Minutes` or `ECSAllAtOnce`. “Switch
# > at once, go back at once”: blue/green. “Ten per cent first”: canary. “In equal steps”: linear.
# >
# > **Today** (checked in 2026). ECS does all this **without CodeDeploy**: blue/green since July 2025, linear and canary since October 2025, behind an ALB or Service Connect, and behind an NLB since February 2026. AWS recommends this over CodeDeploy. *(Sources: Amazon ECS
# > Developer Guide, “Amazon ECS service deployment controllers and strategies” and “CodeDeploy blue/green deployments for Amazon ECS”.)*

# %% [markdown] tags=["fr"]
# ## Se parler, regarder dedans, se répartir
#
# Trois fonctions qu’un service allume d’un mot, et que l’examen aime nommer.
#
# **Service Connect**. Comment `orders` trouve-t-il `products` sans passer par un équilibreur public ? On donne un nom au port de la tâche, on inscrit le service dans un espace de noms Cloud Map, et ECS place dans chaque tâche un petit proxy qui connaît tout le monde : noms courts (`http://products:8080`), nouvelles tentatives, métriques par appel. Un service déjà déployé n’apprend les nouveaux noms qu’à son **prochain déploiement**.
#
# ```python
# serviceConnectConfiguration={
#     "enabled": True,
#     "namespace": "frenchbakery",
#     "services": [{"portName": "http", "clientAliases": [{"port": 8080, "dnsName": "products"}]}],
# }
# ```
#
# **ECS Exec**. Ouvrir un terminal dans un conteneur qui tourne, Fargate compris, sans SSH ni port ouvert : `enableExecuteCommand=True` sur le service, un rôle de **tâche** qui autorise les canaux de SSM, puis
# `aws ecs execute-command --interactive --command /bin/sh`. CloudTrail note chaque appel ; ce que l’on tape et ce qui s’affiche peut être gardé dans CloudWatch Logs ou S3.
#
# **Rééquilibrage entre zones**. Après la panne d’une zone, les tâches sont toutes parties dans l’autre ; quand la zone revient, rien ne les y ramène. Avec `availabilityZoneRebalancing`, ECS démarre des tâches dans la zone la moins garnie, puis en arrête
# dans la plus garnie.
#
# Le cloud local refuse les deux premières par leur nom ; la troisième agit, et vous avez vu ce qu’elle exige du plafond.
#
# > **À l’examen.** « Découverte de services » : Service Connect, ou Cloud Map et ses enregistrements DNS quand des clients hors d’ECS doivent trouver les tâches. App Mesh, la réponse d’autrefois, a fermé le 30 septembre 2026. « Entrer dans un conteneur sur Fargate, sans SSH, et en garder la trace » : ECS Exec.
# >
# > **Aujourd’hui** (vérifié en 2026). Le rééquilibrage est **en marche par défaut** pour les nouveaux services qui peuvent l’avoir ; les anciens gardent leur réglage jusqu’à ce qu’on le change. *(Source : Amazon ECS Developer Guide, « Balancing an
# > Amazon ECS service across Availability Zones ».)*

# %% [markdown] tags=["en"]
# ## Talk to each other, look inside, spread out
#
# Three features that a service switches on with a word, and whose names the exam is fond of.
#
# **Service Connect**. How does `orders` find `products` without going through a public load balancer? Name the port of the task, enter the service in a Cloud Map namespace, and ECS puts a small proxy in each task that knows everybody: short names (`http://products:8080`), retries, metrics for every call. A service that is already deployed only learns new names at its **next deployment**.
#
# ```python
# serviceConnectConfiguration={
#     "enabled": True,
#     "namespace": "frenchbakery",
#     "services": [{"portName": "http", "clientAliases": [{"port": 8080, "dnsName": "products"}]}],
# }
# ```
#
# **ECS Exec**. Open a terminal in a running container, Fargate included, with no SSH and no open port: `enableExecuteCommand=True` on the service, a **task** role that allows SSM’s channels, then
# `aws ecs execute-command --interactive --command /bin/sh`. CloudTrail notes every call; what is typed and shown can be kept in CloudWatch Logs or S3.
#
# **Zone rebalancing**. After a zone has failed, all the tasks are in the other one; when the zone comes back, nothing takes them home. With `availabilityZoneRebalancing` ECS starts tasks in the zone that has the fewest, then stops some
# in the zone that has the most.
#
# The local cloud refuses the first two by name; the third one acts, and you saw what it asks of the ceiling.
#
# > **In the exam.** “Service discovery”: Service Connect, or Cloud Map and its DNS records when clients outside ECS must find the tasks. App Mesh, the answer of old, closed on 30 September 2026. “Get into a container on Fargate, without SSH, and keep a record of it”: ECS Exec.
# >
# > **Today** (checked in 2026). Rebalancing is **on by default** for new services that can have it; older ones keep their setting until somebody changes it. *(Source: Amazon ECS Developer Guide, “Balancing an Amazon ECS service across
# > Availability Zones”.)*

# %% [markdown] tags=["fr"]
# ## Suivre l’affluence
#
# Le samedi, les caisses demandent le prix du croissant dix fois plus souvent. Le **Service Auto Scaling** (c’est le service *Application Auto Scaling* qui s’en charge) change le nombre voulu à notre place. Il tourne en boucle : les tâches produisent
# une métrique, CloudWatch en fait des points, une alarme compare les derniers points à un seuil, une **politique** calcule le nouveau nombre, le service démarre ou arrête des tâches, et la métrique change.

# %% [markdown] tags=["en"]
# ## Follow the crowd
#
# On Saturdays the tills ask for the price of a croissant ten times as often. **Service Auto Scaling** (the service in charge is *Application Auto Scaling*) changes the desired count for us. It goes round in a loop: tasks produce a
# metric, CloudWatch makes points of it, an alarm compares the latest points with a threshold, a **policy** computes the new number, the service starts or stops tasks, and the metric changes.

# %%
labs.figure("services-scaling")

# %% [markdown] tags=["fr"]
# D’abord les bornes : jamais moins de deux tâches, jamais plus de quatre. Et deux points de calme, pour savoir d’où l’on part : chaque tâche donne un échantillon par
# minute, si bien que le nombre d’échantillons est le nombre de tâches.

# %% [markdown] tags=["en"]
# First the limits: never fewer than two tasks, never more than four. And two quiet points, to know where we start: each task gives one sample a minute, so that the number of
# samples is the number of tasks.

# %%
from datetime import UTC, datetime

counter = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/services/counter",
    "ScalableDimension": "ecs:service:DesiredCount",
}
registered = datetime.now(UTC)
scaling.register_scalable_target(**counter, MinCapacity=2, MaxCapacity=4)

for attempt in range(600):
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[
            {"Name": "ClusterName", "Value": "services"},
            {"Name": "ServiceName", "Value": "counter"},
        ],
        StartTime=registered,
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=["SampleCount"],
    )["Datapoints"]
    if len(points) >= 2:
        break
    time.sleep(1)
max(points, key=lambda point: point["Timestamp"])["SampleCount"]

# %% [markdown] tags=["fr"]
# La politique la plus simple est le **suivi de cible** (*target tracking*) : « cinq requêtes par minute et par tâche ». Il marche comme un thermostat, et écrit lui-même ses deux alarmes.
# Comme il s’agit de requêtes, la métrique est `ALBRequestCountPerTarget` ; pour un programme qui calcule, ce serait le processeur moyen du service.

# %% [markdown] tags=["en"]
# The simplest policy is **target tracking**: “five requests per minute and per task”. It works like a thermostat, and writes its two alarms itself. As this is
# about requests, the metric is `ALBRequestCountPerTarget`; for a program that computes, it would be the service’s average CPU.

# %%
policy = scaling.put_scaling_policy(
    **counter,
    PolicyName="visits",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 5,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": f"{behind}/{targets.rpartition(':')[2]}",
        },
        "ScaleOutCooldown": 60,
        "DisableScaleIn": False,
    },
)
names = [alarm["AlarmName"] for alarm in policy["Alarms"]]
for alarm in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]:
    print(alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"])

# %% [markdown] tags=["fr"]
# Tout le tempérament du suivi de cible tient dans ces deux lignes. **Trois** points d’une minute au-dessus suffisent pour grandir ; il en faut **quinze**, et plus bas que la cible de 10 %, pour rapetisser. Grandir vite, rapetisser à regret : une file
# d’attente coûte plus cher qu’une tâche de trop. La **période de stabilisation** (*cooldown*, 300 secondes par défaut) laisse en plus à chaque décision le temps de produire son effet.
#
# Samedi, onze heures. La foule entre.

# %% [markdown] tags=["en"]
# The whole character of target tracking is in these two lines. **Three** one-minute points above are enough to grow; it takes **fifteen**, and 10% below the target, to shrink. Grow fast, shrink reluctantly: a queue costs more than one task too many. The
# **cooldown**, 300 seconds by default, also gives each decision the time to take effect.
#
# Saturday, eleven o’clock. In comes the crowd.

# %%
def until_running(wanted):
    for attempt in range(3600):
        [service] = ecs.describe_services(cluster="services", services=["counter"])["services"]
        if service["desiredCount"] == service["runningCount"] == wanted:
            return wanted
        time.sleep(0.5)


with visitors(4, 0.05) as seen:
    print(until_running(4))

print(sorted(seen))

# %% [markdown] tags=["fr"]
# Le nombre voulu est passé à quatre, notre plafond, et aucun client n’a rien remarqué. Midi sonne, la boutique se vide… et il ne se passe **rien**. Pourquoi ? Sans visite, l’équilibreur ne publie aucun point, et sans données le suivi de cible ne décide rien. C’est un piège classique des métriques de requêtes.
#
# La deuxième sorte de politique est faite pour ces cas : les **paliers** (*step scaling*). Vous écrivez l’alarme, à votre idée, et la politique dit de combien de tâches bouger selon l’écart au seuil. Ici : deux minutes à moins de deux requêtes par tâche, **l’absence de
# données comptant comme un dépassement**, et une tâche s’en va.

# %% [markdown] tags=["en"]
# The desired count went to four, our ceiling, and no customer noticed anything. The clock strikes twelve, the shop empties… and **nothing** happens. Why? Without visits the load balancer publishes no point, and target tracking decides nothing without
# data. It is a classic trap of metrics that count requests.
#
# The second kind of policy is made for such cases: **step scaling**. You write the alarm, your own way, and the policy says by how many tasks to move depending on how far the threshold is. Here: two minutes with fewer than two requests per task, **missing data
# counting as breaching**, and one task goes.

# %%
step = scaling.put_scaling_policy(
    **counter,
    PolicyName="quiet",
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}],
        "Cooldown": 60,
    },
)
cloudwatch.put_metric_alarm(
    AlarmName="services-quiet",
    Namespace="AWS/ApplicationELB",
    MetricName="RequestCountPerTarget",
    Dimensions=[{"Name": "TargetGroup", "Value": targets.rpartition(":")[2]}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=2,
    ComparisonOperator="LessThanThreshold",
    Threshold=2,
    TreatMissingData="breaching",
    AlarmActions=[step["PolicyARN"]],
)
until_running(2)

# %% [markdown] tags=["fr"]
# Chaque décision laisse une trace, avec son motif. Voici ce qui s’est vraiment passé, dans l’ordre, puis les points des alarmes face à leurs seuils ; sur le cloud local, une minute de CloudWatch dure ici une seconde.

# %% [markdown] tags=["en"]
# Every decision leaves a record, with its reason. Here is what really happened, in order, then the alarms’ points against their thresholds; on the local cloud, a minute of CloudWatch lasts one second here.

# %%
activities = scaling.describe_scaling_activities(**counter)["ScalingActivities"]
for activity in sorted(activities, key=lambda activity: activity["StartTime"]):
    print(activity["Description"], activity["Cause"].rpartition(" ")[2])

# %%
lab.scaling("services/counter")

# %% [markdown] tags=["fr"]
# Il y a quatre sortes de politiques ; un même service peut en avoir plusieurs.
#
# | Politique | Vous donnez | Pour |
# |---|---|---|
# | **suivi de cible** (*target tracking*) | une valeur à tenir | presque toujours |
# | **paliers** (*step*) | vos alarmes, et de combien bouger | des réactions sur mesure, plus vives à mesure que l’écart grandit |
# | **horaire** (*scheduled*) | une heure, et de nouvelles bornes | une affluence connue d’avance |
# | **prédiction** (*predictive*) | une métrique et son passé | un rythme qui revient chaque jour ou chaque semaine |
#
# La prédiction lit jusqu’à 14 jours d’historique, au moins 24 heures, et prévoit les 48 heures suivantes ; elle ne fait que **monter**, à temps pour l’heure de pointe, et laisse à une autre politique le soin de redescendre. On peut d’abord la laisser prévoir sans agir.
# Le cloud local ne la joue pas : il lui faudrait un passé.
#
# Quand plusieurs suivis de cible se disputent un service, **un seul suffit pour grandir, tous doivent être d’accord pour rapetisser**. `DisableScaleIn` retire à l’un d’eux sa voix pour rapetisser. Et pendant un déploiement, rien ne rapetisse.
#
# Dans le simulateur, c’est vous qui faites la foule.

# %% [markdown] tags=["en"]
# There are four kinds of policies; one service may have several.
#
# | Policy | You give | For |
# |---|---|---|
# | **target tracking** | a value to hold | nearly always |
# | **step** | your alarms, and how far to move | reactions made to measure, sharper as the distance grows |
# | **scheduled** | a time, and new limits | a crowd that is known beforehand |
# | **predictive** | a metric and its past | a rhythm that comes back every day or every week |
#
# Predictive scaling reads up to 14 days of history, at least 24 hours, and forecasts the next 48 hours; it only goes **up**, in time for the rush, and leaves it to another policy to come down. It may forecast for a while before it is allowed to act. The
# local cloud does not play it: it would take a past.
#
# When several target tracking policies argue over a service, **one is enough to grow, all must agree to shrink**. `DisableScaleIn` takes away a policy’s say in shrinking. And while a deployment is under way, nothing shrinks.
#
# In the simulator, you are the crowd.

# %%
from labs.playgrounds import scaling as crowd

crowd.playground()

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Garder le processeur autour de 60 % » : suivi de cible. « Deux tâches de plus au-delà d’un seuil, cinq au-delà d’un autre » : paliers. « Chaque matin à huit heures » : horaire, qui déplace les **bornes**, pas le nombre. « Un cycle
# > quotidien, et des tâches lentes à démarrer » : prédiction. Une file SQS : un suivi de cible sur le nombre de messages **par tâche**.

# %% [markdown] tags=["en"]
# > **In the exam.** “Keep the CPU around 60%”: target tracking. “Two more tasks beyond one threshold, five beyond another”: step. “Every morning at eight”: scheduled, which moves the **limits**, not the number. “A daily cycle, and tasks that are slow
# > to start”: predictive. An SQS queue: target tracking on the number of messages **per task**.

# %% [markdown] tags=["fr", "own-numbers"]
# ### À vous : la vitrine suit son processeur
#
# Le service `window` retaille des photos : il calcule. Donnez-lui de deux à huit tâches, et une politique qui tient son processeur moyen à 60 %. Il doit pouvoir grandir sans attendre, mais deux réductions doivent être séparées d’au moins dix minutes.

# %% [markdown] tags=["en", "own-numbers"]
# ### Your turn: the window follows its CPU
#
# The service `window` resizes photographs: it computes. Give it from two to eight tasks, and a policy that holds its average CPU at 60%. It must be able to grow without waiting, but two reductions must be at least ten minutes apart.

# %% tags=["challenge"]
window = counter | {"ResourceId": "service/services/window"}
scaling.register_scalable_target(**window, MinCapacity=2, MaxCapacity=8)
_ = scaling.put_scaling_policy(
    **window,
    PolicyName="cpu",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 60,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
        },
        "ScaleOutCooldown": 0,
        "ScaleInCooldown": 600,
    },
)

# %%
lab.check("services-window")

# %% [markdown] tags=["fr"]
# ### À vous : le samedi matin
#
# Tous les samedis, les boutiques ouvrent à sept heures, heure de Paris, été comme hiver. À cette heure-là `window` doit être **sûr** d’avoir quatre tâches ; à partir de treize heures, deux suffisent de nouveau. Personne ne veut payer la nuit, et si la
# foule dépasse les prévisions, le service doit pouvoir aller plus haut. Rien d’autre que le samedi ne doit changer.

# %% [markdown] tags=["en"]
# ### Your turn: Saturday mornings
#
# Every Saturday the shops open at seven, Paris time, summer and winter. By then `window` must be **sure** to have four tasks; from one in the afternoon on, two will do again. Nobody wants to pay for the night, and if the crowd exceeds the
# forecast, the service must be able to go higher. Nothing but Saturday may change.

# %% tags=["challenge"]
window = counter | {"ResourceId": "service/services/window"}
scaling.register_scalable_target(**window, MinCapacity=2, MaxCapacity=8)
for name, schedule, least in [
    ("saturday-rush", "cron(30 6 ? * SAT *)", 4),
    ("saturday-calm", "cron(0 13 ? * SAT *)", 2),
]:
    scaling.put_scheduled_action(
        **window,
        ScheduledActionName=name,
        Schedule=schedule,
        Timezone="Europe/Paris",
        ScalableTargetAction={"MinCapacity": least, "MaxCapacity": 8},
    )

# %%
lab.check("services-saturday")

# %% [markdown] tags=["fr"]
# ## Et les machines ?
#
# Sur Fargate, une tâche de plus trouve toujours une place. Sur des instances EC2, la politique en demande quatre et la quatrième attend, faute de machine. Il faut une **seconde boucle**, pour le cluster : un **fournisseur de capacité** posé sur un groupe Auto
# Scaling.

# %% [markdown] tags=["en"]
# ## And the machines?
#
# On Fargate one more task always finds room. On EC2 instances the policy asks for four, and the fourth one waits for want of a machine. That takes a **second loop**, for the cluster: a **capacity provider** on top of an Auto Scaling
# group.

# %%
labs.figure("services-capacity-provider")

# %% [markdown] tags=["fr"]
# Avec *managed scaling*, ECS publie une métrique, `CapacityProviderReservation` : les instances **nécessaires** rapportées aux instances **présentes**, en pour cent. Un suivi de cible posé sur le groupe la tient à la valeur voulue, `targetCapacity`. À 100, pas une
# machine de trop ; à 80, un cinquième du groupe reste libre, et la prochaine tâche n’attend pas qu’une machine démarre. *Managed termination protection* interdit au groupe d’éteindre une instance où tourne encore une tâche ; il lui faut la
# protection contre la réduction (`NewInstancesProtectedFromScaleIn`).
#
# Partons d’un groupe **vide**. Le modèle de lancement `services-pool`, que `lab.prepare` a posé, dit de quoi seront faites ses instances : le type
# `t3.small`, l’AMI optimisée pour ECS, le nom du cluster, un profil d’instance.

# %% [markdown] tags=["en"]
# With *managed scaling* ECS publishes a metric, `CapacityProviderReservation`: the instances that are **needed** over those that are **there**, in per cent. A target tracking policy on the group holds it at the value you want, `targetCapacity`. At 100, not one machine too
# many; at 80, a fifth of the group stays free, and the next task does not wait for a machine to start. *Managed termination protection* forbids the group to end an instance on which a task still runs; it takes scale-in protection
# (`NewInstancesProtectedFromScaleIn`).
#
# Let us start from an **empty** group. The launch template `services-pool`, which `lab.prepare` laid out, says what its instances will be made of: the type
# `t3.small`, the ECS-optimised AMI, the cluster’s name, an instance profile.

# %%
groups = session.client("autoscaling")
_ = groups.create_auto_scaling_group(
    AutoScalingGroupName="services-pool",
    LaunchTemplate={"LaunchTemplateName": "services-pool"},
    MinSize=0,
    MaxSize=4,
    DesiredCapacity=0,
    VPCZoneIdentifier=",".join(subnets),
    NewInstancesProtectedFromScaleIn=True,
)

# %%
def pool():
    [found] = groups.describe_auto_scaling_groups(AutoScalingGroupNames=["services-pool"])[
        "AutoScalingGroups"
    ]
    return found


ecs.create_capacity_provider(
    name="services-pool",
    autoScalingGroupProvider={
        "autoScalingGroupArn": pool()["AutoScalingGroupARN"],
        "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
        "managedTerminationProtection": "ENABLED",
    },
)
ecs.put_cluster_capacity_providers(
    cluster="services", capacityProviders=["services-pool"], defaultCapacityProviderStrategy=[]
)
ecs.register_task_definition(
    family="services-photos",
    requiresCompatibilities=["EC2"],
    networkMode="bridge",
    executionRoleArn=role,
    containerDefinitions=[
        {
            "name": "photos",
            "image": image,
            "command": ["python", "-c", "import time\nwhile True: time.sleep(1)"],
            "memory": 900,
            "stopTimeout": 2,
        }
    ],
)
started = ecs.run_task(
    cluster="services",
    taskDefinition="services-photos",
    count=4,
    capacityProviderStrategy=[{"capacityProvider": "services-pool", "weight": 1}],
)["tasks"]
print(len(pool()["Instances"]), {task["lastStatus"] for task in started})

photos = [task["taskArn"] for task in started]
ecs.get_waiter("tasks_running").wait(cluster="services", tasks=photos, WaiterConfig=patience)
machines = pool()["Instances"]
print(len(machines), {machine["ProtectedFromScaleIn"] for machine in machines})

# %% [markdown] tags=["fr"]
# Aucune instance : les tâches n’ont pas été refusées, elles attendaient en **PROVISIONING**. Deux tâches de 900 Mio tiennent sur une `t3.small`, il en fallait donc deux, et le groupe est passé de zéro à deux. Quand les tâches s’en vont, la réservation tombe, et
# après un quart d’heure le groupe se vide.
#
# > **À l’examen.** « Les tâches EC2 restent en attente faute de capacité » : fournisseur de capacité avec *managed scaling*. « Des instances disparaissent au milieu d’un calcul » : *managed termination protection*. « Démarrer sans attendre une
# > machine » : une capacité cible **sous** 100. Une politique d’Auto Scaling sur le processeur des instances ne voit pas les tâches qui attendent.
# >
# > **Aujourd’hui** (vérifié en 2026). *Managed draining*, en marche par défaut, déplace les tâches avant qu’une instance s’éteigne. Et avec **ECS Managed Instances**, AWS choisit, remplit et corrige lui-même les instances : plus de groupe à
# > dessiner. *(Sources : Amazon ECS Developer Guide, « Configuring Amazon ECS capacity providers to safely shut down instances » et « Architect
# > for Amazon ECS Managed Instances ».)*
#
# Rendons à CloudWatch ses vraies minutes.

# %% [markdown] tags=["en"]
# No instance: the tasks were not refused, they waited in **PROVISIONING**. Two tasks of 900 MiB fit on one `t3.small`, so it took two, and the group went from zero to two. When the tasks leave, the reservation falls, and after a quarter of an hour the
# group empties.
#
# > **In the exam.** “EC2 tasks stay pending for want of capacity”: a capacity provider with managed scaling. “Instances disappear in the middle of a computation”: managed termination protection. “Start without waiting for a machine”: a target
# > capacity **below** 100. An Auto Scaling policy on the instances’ CPU does not see the tasks that wait.
# >
# > **Today** (checked in 2026). *Managed draining*, on by default, moves tasks away before an instance ends. And with **ECS Managed Instances** AWS itself picks, fills and patches the instances: no more group to design. *(Sources: Amazon ECS Developer Guide, “Configuring Amazon ECS capacity providers to safely shut down instances” and “Architect for
# > Amazon ECS Managed Instances”.)*
#
# Let us give CloudWatch its real minutes back.

# %%
if session.world == "local":
    client.set_pace(60)

# %% [markdown] tags=["fr"]
# ## Le cluster en un fichier
#
# Reste la Belgique. **CloudFormation** prend un modèle, un fichier qui dit **ce qui doit exister**, et en fait une **pile** (*stack*) : il trouve l’ordre, crée, attend, et garde la liste de ce qui lui appartient. Le même fichier refait le même cluster
# ailleurs, se relit dans une revue de code, et se supprime d’un geste.
#
# Voici la carte de fidélité, nouveau service de la boutique, avec son dépôt, son cluster, et son chemin derrière l’équilibreur. `!Ref` et `!GetAtt` relient les ressources ; CloudFormation en tire l’ordre. Une seule dépendance ne se voit pas dans les
# propriétés : un service n’a pas le droit d’utiliser un groupe cible que rien ne relie encore à un équilibreur. `DependsOn` le dit.

# %% [markdown] tags=["en"]
# ## The cluster in one file
#
# That leaves Belgium. **CloudFormation** takes a template, a file that says **what must exist**, and makes a **stack** of it: it finds the order, creates, waits, and keeps the list of what belongs to it. The same file makes the same cluster again
# elsewhere, can be read in a code review, and is deleted in one go.
#
# Here is the loyalty card, a new service of the shop, with its repository, its cluster, and its path behind the load balancer. `!Ref` and `!GetAtt` tie the resources together; CloudFormation draws the order from them. One dependency does not show in
# the properties: a service may not use a target group that nothing ties to a load balancer yet. `DependsOn` says so.

# %%
template = """
Parameters:
  Vpc: {Type: AWS::EC2::VPC::Id}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  TasksGroup: {Type: AWS::EC2::SecurityGroup::Id}
  Listener: {Type: String}
  ExecutionRole: {Type: String}
  Image: {Type: String}
  Program: {Type: String}
  Points: {Type: Number, Default: 1}

Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: services/loyalty
      ImageTagMutability: IMMUTABLE

  Cluster:
    Type: AWS::ECS::Cluster
    Properties: {ClusterName: services-loyalty}

  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Name: services-loyalty
      TargetType: ip
      Protocol: HTTP
      Port: 8080
      VpcId: !Ref Vpc
      HealthCheckPath: /healthz
      HealthCheckIntervalSeconds: 5
      HealthCheckTimeoutSeconds: 2
      TargetGroupAttributes:
        - {Key: deregistration_delay.timeout_seconds, Value: "1"}

  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 10
      Conditions:
        - {Field: path-pattern, PathPatternConfig: {Values: ["/loyalty*"]}}
      Actions:
        - {Type: forward, TargetGroupArn: !Ref Targets}

  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: services-loyalty
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: "256"
      Memory: "512"
      ExecutionRoleArn: !Ref ExecutionRole
      ContainerDefinitions:
        - Name: loyalty
          Image: !Ref Image
          Command: [python, -c, !Ref Program]
          PortMappings: [{ContainerPort: 8080}]
          Environment:
            - {Name: VERSION, Value: loyalty}
            - {Name: PRICE, Value: !Ref Points}

  Service:
    Type: AWS::ECS::Service
    DependsOn: Rule
    Properties:
      Cluster: !Ref Cluster
      ServiceName: loyalty
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      DesiredCount: 2
      DeploymentConfiguration:
        DeploymentCircuitBreaker: {Enable: true, Rollback: true}
      LoadBalancers:
        - {TargetGroupArn: !Ref Targets, ContainerName: loyalty, ContainerPort: 8080}
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: !Ref Subnets
          SecurityGroups: [!Ref TasksGroup]
          AssignPublicIp: ENABLED

Outputs:
  Registry:
    Value: !GetAtt Repository.RepositoryUri
"""

# %% [markdown] tags=["fr"]
# ### Déployer
#
# > **Sur un compte AWS**, le garde-fou du cours refuse de créer une pile : elle fabrique ses ressources elle-même, sans qu’il les voie, et le ménage ne
# > pourrait pas en répondre. Déroulez cette partie sur le cloud local. Sur votre compte, vous pouvez encore faire relire le modèle
# > (`validate_template`), puis passer au ménage.

# %% [markdown] tags=["en"]
# ### Deploy
#
# > **On an AWS account** the course’s safeguard refuses to create a stack: it makes its resources itself, out of the safeguard’s sight, and the clean-up
# > could not answer for them. Work through this part on the local cloud. On your account you may still have the template read (`validate_template`),
# > then go on to the clean-up.

# %%
cloudformation = session.client("cloudformation")
stack = {"StackName": "services-loyalty"}


def parameters(**changes):
    values = {
        "Vpc": vpc["VpcId"],
        "Subnets": ",".join(subnets),
        "TasksGroup": group["GroupId"],
        "Listener": listener,
        "ExecutionRole": role,
        "Image": image,
        "Program": program,
    } | changes
    return [
        {"ParameterKey": key, "ParameterValue": value} for key, value in values.items()
    ]


def status():
    return cloudformation.describe_stacks(**stack)["Stacks"][0]["StackStatus"]


cloudformation.create_stack(**stack, TemplateBody=template, Parameters=parameters())
cloudformation.get_waiter("stack_create_complete").wait(**stack, WaiterConfig=patience)

resources = cloudformation.describe_stack_resources(**stack)["StackResources"]
for resource in sorted(resources, key=lambda resource: resource["ResourceType"]):
    print(resource["ResourceStatus"], resource["ResourceType"])
print(status(), shop.ask("/loyalty").body.decode())

# %% [markdown] tags=["fr"]
# Six ressources et un service qui répond. La pile n’a été déclarée complète qu’une fois les tâches **saines** : CloudFormation attend le service, comme nous le faisions.
#
# ### Lire avant d’agir : le jeu de modifications
#
# Deux points par croissant, et un dépôt où une étiquette peut bouger. Avant d’y toucher, demandons ce que cela changerait : c’est le **jeu de modifications** (*change set*). Il dit, ressource par ressource, ce qui sera ajouté, modifié ou **remplacé**.

# %% [markdown] tags=["en"]
# Six resources, and a service that answers. The stack was declared complete only once its tasks were **healthy**: CloudFormation waits for the service, as we did.
#
# ### Read before you act: the change set
#
# Two points a croissant, and a repository where a tag may move. Before we touch anything, let us ask what that would change: this is what a **change set** is for. It says, resource by resource, what will be added, modified or **replaced**.

# %%
cloudformation.create_change_set(
    **stack,
    ChangeSetName="two-points",
    TemplateBody=template.replace("IMMUTABLE", "MUTABLE"),
    Parameters=parameters(Points="2"),
)
proposed = stack | {"ChangeSetName": "two-points"}
cloudformation.get_waiter("change_set_create_complete").wait(**proposed, WaiterConfig=patience)

changes = cloudformation.describe_change_set(**proposed)["Changes"]
for change in sorted(changes, key=lambda each: each["ResourceChange"]["LogicalResourceId"]):
    change = change["ResourceChange"]
    print(change["Action"], change["LogicalResourceId"], change["Replacement"])

# %% [markdown] tags=["fr"]
# Le dépôt est modifié sur place. La définition de tâche est **remplacée** : une révision ne se modifie pas, il en faut une neuve, et l’ancienne sera désinscrite. Le service est modifié, pas remplacé : ce sera un déploiement progressif. C’est la colonne `Replacement` qu’on lit en premier ; un `True` en face d’une base de données doit vous arrêter net. Ici, tout va bien.

# %% [markdown] tags=["en"]
# The repository is modified in place. The task definition is **replaced**: a revision cannot be modified, it takes a new one, and the old one will be deregistered. The service is modified, not replaced: it will be a rolling deployment. The column to read first is
# `Replacement`; a `True` next to a database should stop you short. Here all is well.

# %%
cloudformation.execute_change_set(**proposed)
cloudformation.get_waiter("stack_update_complete").wait(**stack, WaiterConfig=patience)
print(status(), shop.ask("/loyalty").body.decode())

# %% [markdown] tags=["fr"]
# ### Une mise à jour qui échoue
#
# Le programme suivant a une faute : il sort aussitôt. Le modèle, lui, est irréprochable, et CloudFormation l’accepte. Que va-t-il se passer ?

# %% [markdown] tags=["en"]
# ### An update that fails
#
# The next program has a fault: it exits at once. The template itself is beyond reproach, and CloudFormation accepts it. What will happen?

# %%
cloudformation.update_stack(
    **stack,
    UsePreviousTemplate=True,
    Parameters=parameters(Points="2", Program="raise SystemExit(1)"),
)
while status() not in {"UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"}:
    time.sleep(0.5)

events = cloudformation.describe_stack_events(**stack)["StackEvents"]
for event in events:
    if event["ResourceStatus"] == "UPDATE_FAILED":
        reason = event["ResourceStatusReason"].partition(" (RequestToken")[0]
        print(event["LogicalResourceId"], "→", reason)
print(status(), shop.ask("/loyalty").body.decode())

# %% [markdown] tags=["fr"]
# Le disjoncteur d’ECS a sauté, la ressource `Service` a échoué, et CloudFormation a remis **toute la pile** dans son état d’avant : définition comprise. Les clients ont gardé leurs deux points. Sans disjoncteur, la pile aurait attendu des heures un service qui
# ne serait jamais devenu stable.
#
# ### À vous : l’archive, sur le papier
#
# La comptabilité veut un dépôt `services/archive`, dont les étiquettes ne bougent jamais et qui **survit** à la suppression de sa pile. Elle veut voir avant de signer : préparez le jeu de modifications `first` qui créerait la pile `services-archive` avec ce seul dépôt, **sans
# l’exécuter**.

# %% [markdown] tags=["en"]
# ECS’s breaker tripped, the resource `Service` failed, and CloudFormation put **the whole stack** back as it was, the definition included. Customers kept their two points. Without a breaker the stack would have waited for hours for a service that would never have
# become steady.
#
# ### Your turn: the archive, on paper
#
# Accounting wants a repository `services/archive`, whose tags never move and which **outlives** the deletion of its stack. They want to see before they sign: prepare the change set `first` that would create the stack `services-archive` with this single repository, **without
# executing it**.

# %% tags=["challenge"]
archive = """
Resources:
  Archive:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties:
      RepositoryName: services/archive
      ImageTagMutability: IMMUTABLE
"""
first = {"StackName": "services-archive", "ChangeSetName": "first"}
cloudformation.create_change_set(**first, ChangeSetType="CREATE", TemplateBody=archive)
cloudformation.get_waiter("change_set_create_complete").wait(**first, WaiterConfig=patience)

# %%
lab.check("services-archive")

# %% [markdown] tags=["fr"]
# ### Supprimer
#
# Une pile se supprime comme elle s’est faite, dans l’ordre inverse. Un dépôt qui contient des images ferait échouer la suppression, à moins de l’avoir prévu dans le modèle (`EmptyOnDelete: true`) ; le nôtre est vide.

# %% [markdown] tags=["en"]
# ### Delete
#
# A stack is deleted the way it was made, in reverse order. A repository that holds images would make the deletion fail, unless the template provides for it (`EmptyOnDelete: true`); ours is empty.

# %%
cloudformation.delete_stack(**stack)
cloudformation.get_waiter("stack_delete_complete").wait(**stack, WaiterConfig=patience)
names = [each["repositoryName"] for each in ecr.describe_repositories()["repositories"]]
print("services/loyalty" in names, shop.ask("/loyalty").body.decode())

# %% [markdown] tags=["fr"]
# Plus de dépôt, plus de règle : le chemin `/loyalty` retombe sur le comptoir, qui répond à tout.
#
# > **À l’examen.** « Le même environnement, plusieurs fois, sans erreur de main » : CloudFormation. « Voir ce qu’une mise à jour va remplacer » : un jeu de modifications. « Savoir ce qui a été changé à la main depuis » : la détection de dérive (*drift*). « Ne pas perdre les
# > données avec la pile » : `DeletionPolicy: Retain`. Et un piège : si le modèle fixe `DesiredCount` alors que le service se met à l’échelle tout seul, **chaque mise à jour du service le ramène à ce nombre** ; on l’omet donc.
#
# ## À retenir
#
# Un service tient un nombre de tâches et une liste de cibles. Il livre entre un plancher et un plafond, revient en arrière quand des tâches meurent (le disjoncteur) ou quand des clients souffrent (l’alarme), et sait basculer le trafic d’un coup ou par petites parts. Deux
# boucles suivent l’affluence : celle des tâches, par suivi de cible, paliers, horaire ou prédiction ; celle des machines, par fournisseur de capacité, quand il y en a. Un modèle se souvient de tout, dit d’avance ce qu’il va changer, et défait ce qui échoue.
#
# Trois questions, pour voir ce qui est resté.

# %% [markdown] tags=["en"]
# No more repository, no more rule: the path `/loyalty` falls back to the counter, which answers everything.
#
# > **In the exam.** “The same environment several times, without slips of the hand”: CloudFormation. “See what an update is going to replace”: a change set. “Know what has been changed by hand since”: drift detection. “Do not lose the data with the
# > stack”: `DeletionPolicy: Retain`. And a trap: if the template sets `DesiredCount` while the service scales on its own, **every update of the service takes it back to that number**; so leave it out.
#
# ## To remember
#
# A service holds a number of tasks and a list of targets. It ships between a floor and a ceiling, goes back when tasks die (the breaker) or when customers suffer (the alarm), and can switch traffic at once or in small shares. Two loops follow the crowd: that of the tasks, by target tracking, steps, schedule or forecast; that of the machines, by a capacity provider, when there are any. A template remembers everything, says beforehand what it is going to change, and undoes what fails.
#
# Three questions, to see what has stuck.

# %%
import quiz

quiz.ask("ecs-deployment-alarm-on-errors")

# %%
quiz.ask("ecs-scale-in-blocked-by-second-policy")

# %%
quiz.ask("ecs-template-without-desired-count")

# %% [markdown] tags=["fr"]
# Le comptoir ferme. Le ménage s’occupe du reste, instances comprises.

# %% [markdown] tags=["en"]
# The counter closes. The clean-up takes care of the rest, instances included.

# %%
lab.clean_up("services")
