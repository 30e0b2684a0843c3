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
# # Le labo, suite : faire vivre la boutique
#
# La boutique a ouvert lundi. Mardi, le journal local lui consacre une demi-page et, à midi, la moitié de la ville regarde le catalogue. Mercredi, une machine d’AWS tombe en
# panne, et personne ne s’en aperçoit. Jeudi, on met en vente une baguette aux graines. Vendredi, à dix-sept heures, quelqu’un corrige son prix un peu vite… et la correction
# ne démarre pas.
#
# Le samedi, la directrice pose la question qui fait taire une salle de réunion : « si tout cela disparaissait, combien de temps pour le refaire ? »
#
# Construire la boutique vous a pris sept étapes. En voici quatre autres, pour le reste de sa vie : l’**exploiter** (étape 8), la **décrire** tout entière dans un fichier
# qui sait la refaire (étape 9), la regarder à travers **Kubernetes** (étape 10), et tout **défaire** en prouvant qu’il ne reste rien (étape 11).

# %% [markdown] tags=["en"]
# # The lab, continued: keep the shop alive
#
# The shop opened on Monday. On Tuesday the local paper gives it half a page, and at noon half the town is looking at the catalogue. On Wednesday one of AWS’s machines fails,
# and nobody notices. On Thursday a seeded baguette goes on sale. On Friday, at five in the afternoon, somebody corrects its price a little too fast… and the correction does
# not start.
#
# On Saturday the director asks the question that silences a meeting room: “if all of this vanished, how long until we have it back?”
#
# Building the shop took you seven steps. Here are four more, for the rest of its life: **operate** it (step 8), **describe** it whole in a file that can make it again
# (step 9), look at it through **Kubernetes** (step 10), and **undo** it all, proving that nothing is left (step 11).

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure et demie |
# | **coût** | rien sur le cloud local ; sur un compte AWS, ce que coûte le labo, avec quelques tâches de plus (calculé plus bas) |
# | **à l’examen** | 2.1 architectures extensibles et faiblement couplées · 2.2 haute disponibilité et tolérance aux pannes · 3.2 calcul élastique · 4.2 coût du calcul |
#
# Ce cahier continue [le labo](06_frenchbakery_lab.ipynb). Vous pouvez commencer ici : une cellule refait les étapes 1 à 7. Les quatre manières de faire sont toujours là, la cellule d’abord, les
# trois autres repliées dessous.
#
# Si vous devez redémarrer le noyau en chemin, exécutez les trois premières cellules de code, puis l’étape où vous en étiez, depuis son titre : chacune se suffit. (Une pile qui existe déjà ne se crée pas une seconde fois : AWS le dit, passez à la cellule suivante.)

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour and a half |
# | **cost** | nothing on the local cloud; on an AWS account what the lab costs, with a few tasks more (worked out below) |
# | **in the exam** | 2.1 scalable and loosely coupled architectures · 2.2 high availability and fault tolerance · 3.2 elastic compute · 4.2 the cost of compute |
#
# This notebook goes on from [the lab](06_frenchbakery_lab.ipynb). You can start here: one cell makes steps 1 to 7 again. The four ways to do things are still there, the cell first, the other
# three folded below it.
#
# If you have to restart the kernel on the way, run the first three code cells, then the step you were at, from its heading: each stands on its own. (A stack that exists is not created a second time: AWS says so, move on to the next cell.)

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
import shutil
import threading
import time
from collections import Counter
from pathlib import Path

from labs import images, manifests, templates
from labs.cloud import client

ecr = session.client("ecr")
ecs = session.client("ecs")
elbv2 = session.client("elbv2")
logs = session.client("logs")
cloudwatch = session.client("cloudwatch")
scaling = session.client("application-autoscaling")
cloudformation = session.client("cloudformation")

services = ["frontend", "products", "orders", "reviews"]

# %% [markdown] tags=["fr"]
# `lab.catch_up` refait ce qui manque, et ne touche pas au reste. Si votre boutique tourne encore, la cellule ne fera que regarder.

# %% [markdown] tags=["en"]
# `lab.catch_up` makes again what is missing and leaves the rest alone. If your shop is still running, the cell will only look.

# %%
lab.catch_up("scaling")

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# Et ce que coûterait une heure de cette boutique sur AWS, en dollars, au prix de `us-east-1` : des tâches Fargate d’un quart de vCPU et d’un demi-gigaoctet, l’équilibreur de
# charge, et une adresse IPv4 publique par tâche et par zone de l’équilibreur. Huit tâches les jours ordinaires, dix quand le catalogue a grandi, quatorze si une livraison
# survient alors.

# %% [markdown] tags=["en"]
# And what an hour of this shop would cost on AWS, in dollars, at `us-east-1` prices: Fargate tasks of a quarter of a vCPU and half a gigabyte, the load balancer, and one
# public IPv4 address for each task and for each zone of the load balancer. Eight tasks on ordinary days, ten when the catalogue has grown, fourteen if a release comes on
# top of that.

# %%
from labs.facts import number


def hour(tasks):
    task = 0.25 * number("fargate_vcpu_hour") + 0.5 * number("fargate_gb_hour")
    return tasks * task + number("alb_hour") + (tasks + 2) * number("public_ipv4_hour")


for tasks in (8, 10, 14):
    print(tasks, round(hour(tasks), 3))

# %% [markdown] tags=["fr"]
# ## Étape 8 · Exploiter
#
# ### Plus de tâches, à la main
#
# Mardi, onze heures cinquante. Le catalogue répond plus lentement que d’habitude ; le journal paraît à midi. Le plus simple des gestes suffit : dire au service qu’on veut
# quatre tâches au lieu de deux. Vous ne démarrez rien vous-même, vous changez un **nombre voulu** (`desiredCount`), et le service fait le nécessaire : choisir les zones,
# demander la capacité à Fargate, inscrire chaque tâche auprès de l’équilibreur, attendre qu’elle soit saine.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Elastic Container Service → Clusters → `frenchbakery` → `products` → Update service → Desired tasks : 4.
#
# **AWS CLI**
#
# ```bash
# aws ecs update-service --cluster frenchbakery --service products --desired-count 4
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation** : `DesiredCount: 4` dans `ProductsService`, puis une mise à jour de la pile.
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 8 · Operate
#
# ### More tasks, by hand
#
# Tuesday, ten to twelve. The catalogue answers more slowly than usual; the paper comes out at noon. The simplest of moves will do: tell the service that you want four tasks
# instead of two. You start nothing yourself, you change a **desired count**, and the service does what it takes: choose the zones, ask Fargate for the capacity, register each
# task with the load balancer, wait until it is healthy.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Elastic Container Service → Clusters → `frenchbakery` → `products` → Update service → Desired tasks: 4.
#
# **AWS CLI**
#
# ```bash
# aws ecs update-service --cluster frenchbakery --service products --desired-count 4
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation**: `DesiredCount: 4` in `ProductsService`, then an update of the stack.
#
# </details>

# %%
def wait_until_stable(*names):
    ecs.get_waiter("services_stable").wait(
        cluster="frenchbakery",
        services=list(names),
        WaiterConfig={"Delay": 1, "MaxAttempts": 900},
    )


def running(service):
    arns = ecs.list_tasks(cluster="frenchbakery", serviceName=service)["taskArns"]
    return ecs.describe_tasks(cluster="frenchbakery", tasks=arns)["tasks"]


ecs.update_service(cluster="frenchbakery", service="products", desiredCount=4)
wait_until_stable("products")
zones = Counter(task["availabilityZone"] for task in running("products"))
sorted(zones.values())

# %% [markdown] tags=["fr"]
# Deux tâches dans chaque zone : le service les étale de lui-même. Le schéma les montre, la chronologie raconte comment elles sont venues.

# %% [markdown] tags=["en"]
# Two tasks in each zone: the service spreads them of its own accord. The diagram shows them, the timeline tells how they came.

# %%
lab.diagram()

# %%
lab.timeline()

# %% [markdown] tags=["fr"]
# Après le coup de feu, on revient à deux. Les tâches en trop ne sont pas coupées net : l’équilibreur les désinscrit, les laisse finir leurs requêtes, et alors seulement ECS leur envoie
# `SIGTERM`.

# %% [markdown] tags=["en"]
# Once the rush is over, back to two. The spare tasks are not cut off: the load balancer deregisters them, lets them finish their requests, and only then does ECS send them
# `SIGTERM`.

# %%
ecs.update_service(cluster="frenchbakery", service="products", desiredCount=2)
wait_until_stable("products")
len(running("products"))

# %% [markdown] tags=["fr"]
# ### Plus de tâches, sans personne
#
# Le geste était simple, mais il fallait être là. **Service Auto Scaling** le fait à votre place : il surveille une métrique et change lui-même le nombre voulu. Il vous demande deux choses. Des
# **bornes** : jamais moins de deux tâches, pour qu’une zone puisse tomber ; jamais plus de quatre, pour que la facture ait un plafond. Et une **politique** (la documentation française
# d’AWS dit aussi « stratégie »). La plus simple est le **suivi de cible** (*target tracking*) : « garde cette métrique autour de cette valeur », comme un thermostat.
#
# Quelle métrique ? Il en faut une qui **se partage** quand les tâches se multiplient. Le nombre de requêtes par cible en est une : deux fois plus de tâches, deux fois moins de
# requêtes pour chacune. L’usage du processeur en est une autre. Le nombre total de commandes du jour n’en est pas une : ajouter des tâches n’y changerait rien.

# %% [markdown] tags=["en"]
# ### More tasks, with nobody there
#
# The move was simple, but somebody had to be there. **Service Auto Scaling** makes it for you: it watches a metric and changes the desired count itself. It asks you for two
# things. **Bounds**: never fewer than two tasks, so that a zone may fail; never more than four, so that the bill has a ceiling. And a **policy**. The simplest is **target
# tracking**: “keep this metric around this value”, like a thermostat.
#
# Which metric? One that is **shared out** as tasks multiply. The number of requests per target is one: twice the tasks, half the requests for each. CPU utilisation is another.
# The day’s total number of orders is not: adding tasks would not change it.

# %%
labs.figure("lab-scaling")

# %% [markdown] tags=["fr"]
# Visons vingt requêtes par minute et par tâche : c’est peu, mais nous n’avons qu’une cellule en guise de clientèle. `ResourceLabel` dit de quel équilibreur et de quel groupe cible on compte les
# requêtes ; il se compose de la fin de leurs deux ARN.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : le service `products` → Service auto scaling → Set the number of tasks : minimum 2, maximum 4 → Add scaling policy → Target tracking, *ALB request count per
# target*, 20.
#
# **AWS CLI**
#
# ```bash
# LB=$(aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].LoadBalancerArn' --output text)
# GROUP=$(aws elbv2 describe-target-groups --names frenchbakery-products \
#   --query 'TargetGroups[0].TargetGroupArn' --output text)
# LABEL="${LB##*:loadbalancer/}/${GROUP##*:}"
# aws application-autoscaling register-scalable-target --service-namespace ecs \
#   --resource-id service/frenchbakery/products --scalable-dimension ecs:service:DesiredCount \
#   --min-capacity 2 --max-capacity 4
# aws application-autoscaling put-scaling-policy --service-namespace ecs \
#   --resource-id service/frenchbakery/products --scalable-dimension ecs:service:DesiredCount \
#   --policy-name products-requests --policy-type TargetTrackingScaling \
#   --target-tracking-scaling-policy-configuration '{"TargetValue": 20, "PredefinedMetricSpecification":
#     {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "'"$LABEL"'"}}'
# ```
#
# **CloudFormation**
#
# ```yaml
# ProductsTarget:
#   Type: AWS::ApplicationAutoScaling::ScalableTarget
#   DependsOn: ProductsService
#   Properties:
#     ServiceNamespace: ecs
#     ResourceId: service/frenchbakery/products
#     ScalableDimension: ecs:service:DesiredCount
#     MinCapacity: 2
#     MaxCapacity: 4
# ProductsPolicy:
#   Type: AWS::ApplicationAutoScaling::ScalingPolicy
#   Properties:
#     PolicyName: products-requests
#     ScalingTargetId: !Ref ProductsTarget
#     PolicyType: TargetTrackingScaling
#     TargetTrackingScalingPolicyConfiguration:
#       TargetValue: 20
#       PredefinedMetricSpecification:
#         PredefinedMetricType: ALBRequestCountPerTarget
#         ResourceLabel: !Sub "${LoadBalancer.LoadBalancerFullName}/${ProductsTargets.TargetGroupFullName}"
# ```
#
# </details>

# %% [markdown] tags=["en"]
# Let us aim at twenty requests a minute for each task: not many, but one cell is all the customers we have. `ResourceLabel` says of which load balancer and which target group
# the requests are counted; it is made of the ends of their two ARNs.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: the service `products` → Service auto scaling → Set the number of tasks: minimum 2, maximum 4 → Add scaling policy → Target tracking, *ALB request count per
# target*, 20.
#
# **AWS CLI**
#
# ```bash
# LB=$(aws elbv2 describe-load-balancers --names frenchbakery --query 'LoadBalancers[0].LoadBalancerArn' --output text)
# GROUP=$(aws elbv2 describe-target-groups --names frenchbakery-products \
#   --query 'TargetGroups[0].TargetGroupArn' --output text)
# LABEL="${LB##*:loadbalancer/}/${GROUP##*:}"
# aws application-autoscaling register-scalable-target --service-namespace ecs \
#   --resource-id service/frenchbakery/products --scalable-dimension ecs:service:DesiredCount \
#   --min-capacity 2 --max-capacity 4
# aws application-autoscaling put-scaling-policy --service-namespace ecs \
#   --resource-id service/frenchbakery/products --scalable-dimension ecs:service:DesiredCount \
#   --policy-name products-requests --policy-type TargetTrackingScaling \
#   --target-tracking-scaling-policy-configuration '{"TargetValue": 20, "PredefinedMetricSpecification":
#     {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "'"$LABEL"'"}}'
# ```
#
# **CloudFormation**
#
# ```yaml
# ProductsTarget:
#   Type: AWS::ApplicationAutoScaling::ScalableTarget
#   DependsOn: ProductsService
#   Properties:
#     ServiceNamespace: ecs
#     ResourceId: service/frenchbakery/products
#     ScalableDimension: ecs:service:DesiredCount
#     MinCapacity: 2
#     MaxCapacity: 4
# ProductsPolicy:
#   Type: AWS::ApplicationAutoScaling::ScalingPolicy
#   Properties:
#     PolicyName: products-requests
#     ScalingTargetId: !Ref ProductsTarget
#     PolicyType: TargetTrackingScaling
#     TargetTrackingScalingPolicyConfiguration:
#       TargetValue: 20
#       PredefinedMetricSpecification:
#         PredefinedMetricType: ALBRequestCountPerTarget
#         ResourceLabel: !Sub "${LoadBalancer.LoadBalancerFullName}/${ProductsTargets.TargetGroupFullName}"
# ```
#
# </details>

# %%
[load_balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
[target_group] = elbv2.describe_target_groups(Names=["frenchbakery-products"])["TargetGroups"]
balancer_name = load_balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
group_name = target_group["TargetGroupArn"].rpartition(":")[2]

products = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/frenchbakery/products",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**products, MinCapacity=2, MaxCapacity=4)
policy = scaling.put_scaling_policy(
    **products,
    PolicyName="products-requests",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 20,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": f"{balancer_name}/{group_name}",
        },
    },
)
made = [alarm["AlarmName"] for alarm in policy["Alarms"]]
for alarm in cloudwatch.describe_alarms(AlarmNames=made)["MetricAlarms"]:
    print(alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"])

# %% [markdown] tags=["fr"]
# La politique a fabriqué deux alarmes CloudWatch, et c’est tout le mécanisme. La haute attend **trois** points d’une minute au-dessus de la cible ; la basse en attend **quinze** au-dessous. On grandit
# vite, on rapetisse lentement : une tâche de trop coûte quelques centimes, une tâche de moins coûte des clients. Ces alarmes appartiennent à la politique ; ne les modifiez pas, elle les
# réécrirait.
#
# Trois minutes, c’est long dans une leçon. Le cloud local sait raccourcir **la minute de CloudWatch**, et rien d’autre : les tâches démarrent à leur vraie vitesse, les requêtes sont de vraies
# requêtes. La cellule la raccourcit, puis joue les clients jusqu’à ce que la politique agisse. Sur un compte AWS, elle fait de même en quelques minutes.

# %% [markdown] tags=["en"]
# The policy has made two CloudWatch alarms, and that is the whole machinery. The high one waits for **three** one-minute points above the target; the low one for **fifteen**
# below it. Growing is quick, shrinking slow: a task too many costs a few cents, a task too few costs customers. These alarms belong to the policy; do not edit them, it would
# write them anew.
#
# Three minutes is long in a lesson. The local cloud can shorten **CloudWatch’s minute**, and nothing else: tasks start at their true speed, requests are true requests. The cell
# shortens it, then plays the customers until the policy acts. On an AWS account it does the same within a few minutes.

# %%
shop = lab.open(load_balancer["LoadBalancerArn"])
minute = 60  # CloudWatch’s, in seconds
if session.world == "local":
    minute = client.set_pace(2)

desired, deadline = 2, time.monotonic() + 600
while desired == 2 and time.monotonic() < deadline:
    for _ in range(50):
        shop.ask("/api/products")
    [service] = ecs.describe_services(cluster="frenchbakery", services=["products"])["services"]
    desired = service["desiredCount"]
wait_until_stable("products")
desired, len(running("products"))

# %%
for activity in scaling.describe_scaling_activities(**products)["ScalingActivities"]:
    print(activity["StatusCode"], activity["Description"])

# %% [markdown] tags=["fr"]
# Personne n’a touché au service. Laissons venir les clients deux minutes de plus, puis regardons la scène entière, lue dans CloudWatch et dans l’historique de la politique : les points de la métrique face
# aux deux seuils, l’état de chaque alarme, le nombre de tâches qui suit. À la fin, quatre tâches se partagent les requêtes que deux portaient seules.

# %% [markdown] tags=["en"]
# Nobody touched the service. Let the customers come for two minutes more, then look at the whole scene, read from CloudWatch and from the policy’s history: the metric’s points against both thresholds, the
# state of each alarm, the number of tasks that follows. In the end four tasks share the requests that two were carrying alone.

# %%
until = time.monotonic() + 2 * minute
while time.monotonic() < until:
    shop.ask("/api/products")
lab.scaling("products")

# %% [markdown] tags=["fr"]
# Il y avait bien plus de requêtes qu’il n’en faut pour quatre tâches : la politique en aurait demandé davantage, la borne l’a retenue. Remettons la minute à sa longueur et contrôlons.
#
# > **À l’examen.** « Garder le processeur autour de 60 % », « tant de requêtes par cible » : suivi de cible. « Ajouter deux tâches au-dessus de tel seuil, cinq au-dessus de tel autre » : politique par
# > paliers (*step scaling*). « Tous les samedis à huit heures » : action planifiée. Une file SQS : suivi du nombre de messages **par tâche**, pas de messages tout court. Et sur EC2, se souvenir
# > qu’il y a deux étages : les tâches, puis les instances, qui grandissent par un fournisseur de capacité.
# >
# > **Aujourd’hui** (vérifié en 2026). Pendant un déploiement, le service peut grandir mais il ne rapetisse pas. La mise à l’échelle **prédictive**, qui apprend le rythme des jours passés, existe aussi
# > pour ECS. *(Sources : Amazon ECS Developer Guide, « Use a target metric to scale Amazon ECS services » ; Application Auto Scaling User Guide, « How Application Auto Scaling predictive scaling
# > works ».)*

# %% [markdown] tags=["en"]
# There were far more requests than four tasks call for: the policy would have asked for more, the bound held it back. Let us put the minute back to its length, and check.
#
# > **In the exam.** “Keep the CPU around 60%”, “so many requests per target”: target tracking. “Add two tasks above this threshold, five above that one”: step scaling. “Every Saturday
# > at eight”: a scheduled action. An SQS queue: track the number of messages **per task**, not of messages as such. And on EC2 remember that there are two levels: the tasks, then the
# > instances, which grow through a capacity provider.
# >
# > **Today** (checked in 2026). During a deployment a service may grow but does not shrink. **Predictive** scaling, which learns the rhythm of past days, exists for ECS too. *(Sources: Amazon ECS
# > Developer Guide, “Use a target metric to scale Amazon ECS services”; Application Auto Scaling User Guide, “How Application Auto Scaling predictive scaling works”.)*

# %%
if session.world == "local":
    client.set_pace(60)
lab.check("scaling")

# %% [markdown] tags=["fr"]
# > **Défi · Le 24 décembre.** Ce jour-là, on regarde peu et l’on commande beaucoup. Donnez à `orders` de **deux à six** tâches, en visant **cinquante requêtes par minute et par
# > tâche**.

# %% [markdown] tags=["en"]
# > **Challenge · 24 December.** On that day people browse little and order a lot. Give `orders` from **two to six** tasks, aiming at **fifty requests a minute for each task**.

# %% tags=["challenge"]
[group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
scaled = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/frenchbakery/orders",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**scaled, MinCapacity=2, MaxCapacity=6)
_ = scaling.put_scaling_policy(
    **scaled,
    PolicyName="orders-requests",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 50,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": f"{balancer_name}/{group['TargetGroupArn'].rpartition(':')[2]}",
        },
    },
)

# %%
lab.check("operate-orders")

# %% [markdown] tags=["fr"]
# ### Perdre une tâche, boutique ouverte
#
# Mercredi. Une tâche s’arrête, et cette fois des clients sont là. Un fil d’exécution demande le catalogue sans relâche et compte les réponses par code ; pendant ce temps, on arrête une tâche. Le service va la
# désinscrire, la laisser finir, puis en démarrer une autre.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : le service `products` → Tasks → cochez une tâche → Stop → Stop selected.
#
# **AWS CLI**
#
# ```bash
# TASK=$(aws ecs list-tasks --cluster frenchbakery --service-name products --query 'taskArns[0]' --output text)
# aws ecs stop-task --cluster frenchbakery --task "$TASK" --reason "lesson: losing a task"
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation** décrit ce qui doit être ; il ne provoque pas de panne. Pour cela, AWS a un service exprès : **Fault Injection Service**.
#
# </details>

# %% [markdown] tags=["en"]
# ### Lose a task while the shop is open
#
# Wednesday. A task stops, and this time there are customers. A thread asks for the catalogue without a pause and counts the answers by code; meanwhile we stop a task. The service will
# deregister it, let it finish, then start another.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: the service `products` → Tasks → tick a task → Stop → Stop selected.
#
# **AWS CLI**
#
# ```bash
# TASK=$(aws ecs list-tasks --cluster frenchbakery --service-name products --query 'taskArns[0]' --output text)
# aws ecs stop-task --cluster frenchbakery --task "$TASK" --reason "lesson: losing a task"
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation** describes what ought to be; it causes no failures. AWS has a service for that very purpose: **Fault Injection Service**.
#
# </details>

# %%
class Customers:
    """Asks for the catalogue as long as its block lasts; counts answers by status."""

    def __enter__(self):
        self.answers, self._closed = Counter(), threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def _ask(self):
        while not self._closed.wait(0.02):
            self.answers[shop.ask("/api/products").status] += 1

    def __exit__(self, *_):
        self._closed.set()
        self._thread.join()


before = {task["taskArn"] for task in running("products")}
lost = min(before)
with Customers() as customers:
    ecs.stop_task(cluster="frenchbakery", task=lost, reason="lesson: losing a task")
    ecs.get_waiter("tasks_stopped").wait(
        cluster="frenchbakery", tasks=[lost], WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )
    wait_until_stable("products")

after = {task["taskArn"] for task in running("products")}
print(len(after - before), sorted(customers.answers))

# %% [markdown] tags=["fr"]
# Une tâche nouvelle, et tous les clients ont eu leur catalogue : `200`, rien d’autre. Trois choses y ont veillé ensemble. Il restait d’autres tâches. L’équilibreur a cessé d’envoyer des requêtes à la mourante **avant** qu’elle meure. Et le programme
# écoute `SIGTERM` : il finit ce qu’il a commencé. Ôtez l’une des trois et quelqu’un verra une erreur.
#
# Une vraie panne de machine est moins polie : elle ne prévient pas. Les requêtes alors en cours sont perdues, et l’équilibreur ne s’en aperçoit qu’au bout de ses contrôles de santé. C’est pour cela qu’un client bien écrit
# redemande, avec un numéro d’idempotence.

# %% [markdown] tags=["en"]
# One new task, and every customer got their catalogue: `200`, nothing else. Three things saw to it together. There were other tasks left. The load balancer stopped sending requests to the dying one **before** it died. And the program
# listens to `SIGTERM`: it finishes what it has begun. Take away any of the three and somebody will see an error.
#
# A machine that really fails is less polite: it gives no notice. Requests under way are lost, and the load balancer only finds out after its health checks. That is why a well-written client asks again, with an idempotency key.

# %% [markdown] tags=["fr"]
# ### Livrer une version
#
# Jeudi : la baguette aux graines entre au catalogue. Livrer, sur ECS, c’est trois gestes, toujours les mêmes. Une **image** neuve, sous une étiquette neuve. Une **révision** de la définition de tâche, qui nomme
# cette image par son condensat et reprend tout le reste. Puis `update_service` : le service prend la révision et remplace ses tâches sans jamais passer sous le plancher.
#
# Ce plancher et son plafond sont deux pourcentages du nombre voulu. `minimumHealthyPercent` (100 par défaut) : combien de tâches saines restent, quoi qu’il arrive. `maximumPercent` (200 par défaut) : combien peuvent exister à la fois.
# Avec ces valeurs, quatre tâches neuves démarrent à côté des quatre anciennes ; quand l’équilibreur les trouve saines, les anciennes s’en vont.
#
# La cellule travaille sur une copie de la boutique, posée à côté du cahier, comme le ferait une branche.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : Task definitions → `frenchbakery-products` → Create new revision → changez l’image → Create ; puis le service `products` → Update service → choisissez la révision.
#
# **AWS CLI et Docker**
#
# ```bash
# URI=$(aws ecr describe-repositories --repository-names frenchbakery/products \
#   --query 'repositories[0].repositoryUri' --output text)
# aws ecr get-login-password | docker login --username AWS --password-stdin "${URI%%/*}"
# docker build --platform linux/amd64 -f frenchbakery/products/Dockerfile -t "$URI:2.0" frenchbakery/
# docker push "$URI:2.0"
# DIGEST=$(aws ecr describe-images --repository-name frenchbakery/products --image-ids imageTag=2.0 \
#   --query 'imageDetails[0].imageDigest' --output text)
# aws ecs describe-task-definition --task-definition frenchbakery-products --output json --query \
#   'taskDefinition.{family: family, networkMode: networkMode, cpu: cpu, memory: memory,
#     executionRoleArn: executionRoleArn, requiresCompatibilities: requiresCompatibilities,
#     containerDefinitions: containerDefinitions}' | sed "s|\"image\": .*|\"image\": \"$URI@$DIGEST\",|" > revision.json
# aws ecs register-task-definition --cli-input-json file://revision.json
# aws ecs update-service --cluster frenchbakery --service products --task-definition frenchbakery-products
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation** : une autre étiquette dans `Image`, puis une mise à jour de la pile. Une définition de tâche ne se modifie pas : CloudFormation la **remplace** par une révision neuve, et met le service à jour.
#
# </details>

# %% [markdown] tags=["en"]
# ### Release a version
#
# Thursday: the seeded baguette joins the catalogue. A release on ECS takes three steps, always the same. A new **image**, under a new tag. A **revision** of the task definition that names this image by its digest and keeps all
# the rest. Then `update_service`: the service takes the revision and replaces its tasks without ever going below its floor.
#
# That floor and its ceiling are two percentages of the desired count. `minimumHealthyPercent` (100 by default): how many healthy tasks remain, whatever happens. `maximumPercent` (200 by default): how many may exist at one time.
# With these values four new tasks start beside the four old ones; once the load balancer finds them healthy, the old ones leave.
#
# The cell works on a copy of the shop, laid beside the notebook, as a branch would be.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: Task definitions → `frenchbakery-products` → Create new revision → change the image → Create; then the service `products` → Update service → choose the revision.
#
# **AWS CLI and Docker**
#
# ```bash
# URI=$(aws ecr describe-repositories --repository-names frenchbakery/products \
#   --query 'repositories[0].repositoryUri' --output text)
# aws ecr get-login-password | docker login --username AWS --password-stdin "${URI%%/*}"
# docker build --platform linux/amd64 -f frenchbakery/products/Dockerfile -t "$URI:2.0" frenchbakery/
# docker push "$URI:2.0"
# DIGEST=$(aws ecr describe-images --repository-name frenchbakery/products --image-ids imageTag=2.0 \
#   --query 'imageDetails[0].imageDigest' --output text)
# aws ecs describe-task-definition --task-definition frenchbakery-products --output json --query \
#   'taskDefinition.{family: family, networkMode: networkMode, cpu: cpu, memory: memory,
#     executionRoleArn: executionRoleArn, requiresCompatibilities: requiresCompatibilities,
#     containerDefinitions: containerDefinitions}' | sed "s|\"image\": .*|\"image\": \"$URI@$DIGEST\",|" > revision.json
# aws ecs register-task-definition --cli-input-json file://revision.json
# aws ecs update-service --cluster frenchbakery --service products --task-definition frenchbakery-products
# aws ecs wait services-stable --cluster frenchbakery --services products
# ```
#
# **CloudFormation**: another tag in `Image`, then an update of the stack. A task definition cannot be edited: CloudFormation **replaces** it by a new revision, and updates the service.
#
# </details>

# %%
NEW_BREAD = """
[baguette-aux-graines]
category = "bread"
price_cents = {price}
name = {{ fr = "Baguette aux graines", en = "Seeded baguette" }}
description = {{ fr = "Lin, sésame, tournesol.", en = "Linseed, sesame, sunflower." }}
"""


def release(tag, price):
    folder = Path(shutil.copytree(images.SOURCE, "frenchbakery-next", dirs_exist_ok=True))
    catalogue = folder / "products" / "catalogue.toml"
    original = images.SOURCE / "products" / "catalogue.toml"
    catalogue.write_text(original.read_text("utf-8") + NEW_BREAD.format(price=price), "utf-8")

    [repository] = ecr.describe_repositories(repositoryNames=["frenchbakery/products"])[
        "repositories"
    ]
    image = images.build("products", folder, tag=tag, real=session.world == "real")
    pushed = lab.push(image, repository["repositoryUri"])

    known = ecs.describe_task_definition(taskDefinition="frenchbakery-products")["taskDefinition"]
    [container] = known["containerDefinitions"]
    container["image"] = f"{repository['repositoryUri']}@{pushed.digest}"
    kept = ["family", "networkMode", "cpu", "memory", "executionRoleArn", "requiresCompatibilities"]
    revision = ecs.register_task_definition(
        **{key: known[key] for key in kept}, containerDefinitions=[container]
    )["taskDefinition"]
    ecs.update_service(
        cluster="frenchbakery", service="products", taskDefinition=revision["taskDefinitionArn"]
    )
    return revision["taskDefinitionArn"]


with Customers() as customers:
    release("2.0", "170")
    wait_until_stable("products")
sorted(customers.answers)

# %%
for bread in shop.ask("/api/products").json()["products"]:
    if bread["category"] == "bread":
        print(bread["id"], bread["price_cents"])

# %% [markdown] tags=["fr"]
# La baguette aux graines est en rayon, et personne n’a vu de porte close. Allez la regarder :

# %% [markdown] tags=["en"]
# The seeded baguette is on the shelf, and nobody found the door closed. Go and look at it:

# %%
shop

# %% [markdown] tags=["fr"]
# > **Défi · Une tâche à la fois.** L’équipe des avis livre souvent, et n’a pas envie de payer le double de ses tâches à chaque fois. Réglez le service `reviews` pour qu’une livraison garde **toutes** ses tâches saines et n’en ait
# > jamais plus d’**une** de trop. Sans perdre son disjoncteur.

# %% [markdown] tags=["en"]
# > **Challenge · One task at a time.** The reviews team releases often, and does not feel like paying for twice its tasks every time. Set the service `reviews` so that a release keeps **all** of its tasks healthy and never has more
# > than **one** to spare. Without losing its circuit breaker.

# %% tags=["challenge"]
_ = ecs.update_service(
    cluster="frenchbakery",
    service="reviews",
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    },
)

# %%
lab.check("operate-pace")

# %% [markdown] tags=["fr"]
# ### Livrer une version cassée
#
# Vendredi, dix-sept heures. La baguette passe à 1,80 €, et quelqu’un l’écrit comme on le dit : `1.80`. La version 3.0 se construit sans broncher, se pousse, et part. Que voient les clients ?
#
# Le service fait ce qu’il fait toujours : il démarre de nouvelles tâches **à côté** des anciennes et attend qu’elles soient saines. Elles ne le seront jamais. Sans garde-fou, il recommencerait indéfiniment. Le **disjoncteur** (*deployment circuit
# breaker*) compte les échecs d’affilée, et passé un seuil (la moitié du nombre voulu, mais jamais moins de trois) il déclare le déploiement perdu ; avec `rollback`, il remet en place le dernier qui a réussi.

# %% [markdown] tags=["en"]
# ### Release a broken version
#
# Friday, five o’clock. The baguette goes to €1.80, and somebody writes it the way one says it: `1.80`. Version 3.0 builds without a murmur, gets pushed, and off it goes. What do customers see?
#
# The service does what it always does: it starts new tasks **beside** the old ones and waits for them to be healthy. They never will be. Without a safeguard it would go on trying for ever. The **deployment circuit breaker** counts failures in a row, and
# beyond a threshold (half the desired count, but never fewer than three) it declares the deployment lost; with `rollback` it puts the last one that succeeded back in place.

# %%
labs.figure("lab-breaker")

# %%
def outcome(service):
    """The latest deployment of a service, once it is over."""
    for attempt in range(900):
        latest = max(
            ecs.list_service_deployments(cluster="frenchbakery", service=service)[
                "serviceDeployments"
            ],
            key=lambda deployment: deployment["createdAt"],
        )
        if latest["status"] in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED"):
            break
        time.sleep(1)
    return latest


with Customers() as customers:
    broken = release("3.0", "1.80")
    latest = outcome("products")
    wait_until_stable("products")
print(latest["status"])
print(latest["statusReason"])
print(sorted(customers.answers))

# %% [markdown] tags=["fr"]
# La version 3.0 a échoué, le service est revenu à la 2.0, et pendant tout ce temps les clients ont reçu des `200` : les anciennes tâches n’étaient jamais parties. Vendredi, dix-sept heures dix : plus de peur que de mal. Lisez la chronologie de
# `products` à partir de la fin.
#
# > **À l’examen.** « Une mauvaise version doit être annulée automatiquement » : disjoncteur avec `rollback`, ou alarmes de déploiement quand c’est une métrique métier qui décide. « Basculer d’un coup, et pouvoir revenir d’un coup » :
# > bleu/vert. « Dix pour cent des clients d’abord » : canari. Sans déploiement réussi auquel revenir, le disjoncteur arrête, et ne répare rien.
# >
# > **Aujourd’hui** (vérifié en 2026). ECS fait lui-même le bleu/vert, le linéaire et le canari, ce qu’AWS conseille de préférence à CodeDeploy ; et le seuil du disjoncteur se règle. *(Sources : Amazon ECS
# > Developer Guide, « Amazon ECS service deployment controllers and strategies » et « CodeDeploy blue/green deployments for Amazon ECS » ; Amazon ECS API Reference, « DeploymentCircuitBreaker ».)*

# %% [markdown] tags=["en"]
# Version 3.0 failed, the service went back to 2.0, and all that time customers got `200`: the old tasks had never left. Friday, ten past five: no harm done. Read the timeline of `products` from its end.
#
# > **In the exam.** “A bad version must be undone automatically”: circuit breaker with `rollback`, or deployment alarms where a business metric is to decide. “Switch at one stroke, and be able to switch back at one stroke”:
# > blue/green. “Ten per cent of customers first”: canary. With no successful deployment to go back to, the circuit breaker stops things, and repairs nothing.
# >
# > **Today** (checked in 2026). ECS does blue/green, linear and canary by itself, which AWS recommends over CodeDeploy; and the circuit breaker’s threshold can be set. *(Sources: Amazon ECS Developer
# > Guide, “Amazon ECS service deployment controllers and strategies” and “CodeDeploy blue/green deployments for Amazon ECS”; Amazon ECS API Reference, “DeploymentCircuitBreaker”.)*

# %%
lab.timeline()

# %% [markdown] tags=["fr"]
# ### Trouver la faute
#
# Le service dit **que** les tâches ont échoué. Pour savoir **pourquoi**, on descend d’un étage à la fois : l’événement du service, puis la tâche arrêtée, puis le journal de son conteneur. Une tâche arrêtée reste visible une heure au moins ; son journal,
# autant que le groupe de journaux le garde.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : le service `products` → Tasks → Filter desired status : Stopped → la tâche → Stopped reason, puis Logs.
#
# **AWS CLI**
#
# ```bash
# stopped() {
#   aws ecs describe-tasks --cluster frenchbakery --output text --query "$1" --tasks $(aws ecs list-tasks \
#     --cluster frenchbakery --service-name products --desired-status STOPPED --query 'taskArns' --output text)
# }
# stopped 'tasks[].[stopCode, stoppedReason, containers[0].exitCode]'
# TASK=$(stopped 'tasks[?stopCode==`EssentialContainerExited`] | [0].taskArn')
# aws logs filter-log-events --log-group-name /ecs/frenchbakery --log-stream-names "shop/products/${TASK##*/}" \
#   --query 'events[].message' --output text
# ```
#
# **CloudFormation** n’a rien à dire ici : il sait ce qui devrait être, pas ce qui s’est passé dans un conteneur.
#
# </details>

# %% [markdown] tags=["en"]
# ### Find the fault
#
# The service says **that** tasks failed. To learn **why**, go down one level at a time: the service’s event, then the stopped task, then its container’s log. A stopped task stays visible for an hour at least; its log for as long as the log group
# keeps it.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: the service `products` → Tasks → Filter desired status: Stopped → the task → Stopped reason, then Logs.
#
# **AWS CLI**
#
# ```bash
# stopped() {
#   aws ecs describe-tasks --cluster frenchbakery --output text --query "$1" --tasks $(aws ecs list-tasks \
#     --cluster frenchbakery --service-name products --desired-status STOPPED --query 'taskArns' --output text)
# }
# stopped 'tasks[].[stopCode, stoppedReason, containers[0].exitCode]'
# TASK=$(stopped 'tasks[?stopCode==`EssentialContainerExited`] | [0].taskArn')
# aws logs filter-log-events --log-group-name /ecs/frenchbakery --log-stream-names "shop/products/${TASK##*/}" \
#   --query 'events[].message' --output text
# ```
#
# **CloudFormation** has nothing to say here: it knows what ought to be, not what happened inside a container.
#
# </details>

# %%
stopped = ecs.list_tasks(
    cluster="frenchbakery", serviceName="products", desiredStatus="STOPPED"
)["taskArns"]
failed = [
    task
    for task in ecs.describe_tasks(cluster="frenchbakery", tasks=stopped)["tasks"]
    if task["taskDefinitionArn"] == broken and task["stopCode"] == "EssentialContainerExited"
]
print(failed[0]["stopCode"])
print(failed[0]["stoppedReason"])

# %% [markdown] tags=["fr"]
# « Un conteneur essentiel s’est terminé », avec le code 1 : ce n’est pas AWS qui l’a arrêté, c’est le programme qui est sorti. Le flux de son journal se devine : préfixe, conteneur, identifiant de tâche. Les dernières lignes d’abord.

# %% [markdown] tags=["en"]
# “Essential container in task exited”, with code 1: it was not AWS that stopped it, the program left. The name of its log stream can be guessed: prefix, container, task id. The last lines first.

# %%
stream = f"shop/products/{failed[0]['taskArn'].rpartition('/')[2]}"
lines = []
for attempt in range(60):
    events = logs.filter_log_events(
        logGroupName="/ecs/frenchbakery", logStreamNames=[stream]
    )["events"]
    lines = [event["message"] for event in events]
    if any("Input should be" in line for line in lines):
        break
    time.sleep(1)
print("\n".join(lines[-4:-1]))

# %% [markdown] tags=["fr"]
# Le champ, ce qui était attendu, et ce qui a été trouvé : `price_cents`, un nombre entier, `1.8`. La boutique compte en centimes, et c’est heureux que son programme refuse de deviner : une version qui aurait démarré aurait vendu la baguette pour une piécette.
#
# Une version qui **refuse de démarrer** est la meilleure des mauvaises versions : le disjoncteur la voit. Celle qui démarre et répond n’importe quoi lui échappe ; pour elle, il faut un contrôle de santé qui en sait davantage, ou une alarme.

# %% [markdown] tags=["en"]
# The field, what was expected, and what was found: `price_cents`, a whole number, `1.8`. The shop counts in cents, and luckily its program refuses to guess: a version that had started would have sold the baguette for small change.
#
# A version that **refuses to start** is the best of bad versions: the circuit breaker sees it. One that starts and answers nonsense escapes it; that takes a health check that knows more, or an alarm.

# %%
lab.check("release")

# %% [markdown] tags=["fr"]
# > **Défi · La version 3.1.** Corrigez le prix (1,90 €, tant qu’à faire) et livrez, sous l’étiquette **3.1**. Attendez que le service soit stable.

# %% [markdown] tags=["en"]
# > **Challenge · Version 3.1.** Mend the price (€1.90, while you are at it) and release, under the tag **3.1**. Wait until the service is stable.

# %% tags=["challenge"]
release("3.1", "190")
wait_until_stable("products")

# %%
lab.check("operate-mended")

# %% [markdown] tags=["fr"]
# ### Être prévenu
#
# Jusqu’ici vous regardiez. Une **alarme** regarde à votre place : une métrique, un seuil, un nombre de minutes. Reste à choisir quoi compter, et chez qui. Quand une tâche répond `500`, l’équilibreur compte une erreur **de la cible**
# (`HTTPCode_Target_5XX_Count`). Quand il n’a personne à qui transmettre, il répond `503` lui-même, et c’est une erreur **de l’équilibreur** (`HTTPCode_ELB_5XX_Count`). La seconde veut dire : des clients sont devant une porte close.
#
# Un piège : sans erreur, cette métrique n’a **aucun point**, pas même un zéro. `TreatMissingData="notBreaching"` dit que le silence est une bonne nouvelle ; sans lui, l’alarme ne saurait jamais que tout va bien.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : CloudWatch → Alarms → Create alarm → Select metric → ApplicationELB → Per AppELB Metrics → `HTTPCode_ELB_5XX_Count` ; Sum, 1 minute, ≥ 1 ; Missing data treatment : good.
#
# **AWS CLI**
#
# ```bash
# aws cloudwatch put-metric-alarm --alarm-name frenchbakery-shop-errors --namespace AWS/ApplicationELB \
#   --metric-name HTTPCode_ELB_5XX_Count --dimensions "Name=LoadBalancer,Value=${LB##*:loadbalancer/}" \
#   --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 \
#   --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching
# ```
#
# **CloudFormation**
#
# ```yaml
# ShopErrors:
#   Type: AWS::CloudWatch::Alarm
#   Properties:
#     AlarmName: frenchbakery-shop-errors
#     Namespace: AWS/ApplicationELB
#     MetricName: HTTPCode_ELB_5XX_Count
#     Dimensions: [{Name: LoadBalancer, Value: !GetAtt LoadBalancer.LoadBalancerFullName}]
#     Statistic: Sum
#     Period: 60
#     EvaluationPeriods: 1
#     Threshold: 1
#     ComparisonOperator: GreaterThanOrEqualToThreshold
#     TreatMissingData: notBreaching
# ```
#
# </details>

# %% [markdown] tags=["en"]
# ### Be told
#
# So far you were looking. An **alarm** looks in your place: a metric, a threshold, a number of minutes. It remains to choose what to count, and where. When a task answers `500`, the load balancer counts an error **of the target**
# (`HTTPCode_Target_5XX_Count`). When it has nobody to forward to, it answers `503` itself, and that is an error **of the load balancer** (`HTTPCode_ELB_5XX_Count`). The second means: customers stand before a closed door.
#
# One trap: without errors this metric has **no points at all**, not even a zero. `TreatMissingData="notBreaching"` says that silence is good news; without it the alarm would never know that all is well.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: CloudWatch → Alarms → Create alarm → Select metric → ApplicationELB → Per AppELB Metrics → `HTTPCode_ELB_5XX_Count`; Sum, 1 minute, ≥ 1; Missing data treatment: good.
#
# **AWS CLI**
#
# ```bash
# aws cloudwatch put-metric-alarm --alarm-name frenchbakery-shop-errors --namespace AWS/ApplicationELB \
#   --metric-name HTTPCode_ELB_5XX_Count --dimensions "Name=LoadBalancer,Value=${LB##*:loadbalancer/}" \
#   --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 \
#   --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching
# ```
#
# **CloudFormation**
#
# ```yaml
# ShopErrors:
#   Type: AWS::CloudWatch::Alarm
#   Properties:
#     AlarmName: frenchbakery-shop-errors
#     Namespace: AWS/ApplicationELB
#     MetricName: HTTPCode_ELB_5XX_Count
#     Dimensions: [{Name: LoadBalancer, Value: !GetAtt LoadBalancer.LoadBalancerFullName}]
#     Statistic: Sum
#     Period: 60
#     EvaluationPeriods: 1
#     Threshold: 1
#     ComparisonOperator: GreaterThanOrEqualToThreshold
#     TreatMissingData: notBreaching
# ```
#
# </details>

# %%
cloudwatch.put_metric_alarm(
    AlarmName="frenchbakery-shop-errors",
    Namespace="AWS/ApplicationELB",
    MetricName="HTTPCode_ELB_5XX_Count",
    Dimensions=[{"Name": "LoadBalancer", "Value": balancer_name}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=1,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
)
lab.check("alarm")

# %% [markdown] tags=["fr"]
# Une alarme qu’on n’a jamais vue sonner n’est qu’un espoir. Fermons les avis, c’est-à-dire zéro tâche pour `reviews`, et demandons-les jusqu’à ce qu’elle parte ; puis rouvrons, et attendons qu’elle se taise.

# %% [markdown] tags=["en"]
# An alarm that nobody has ever seen go off is only a hope. Let us close the reviews, that is, no task for `reviews`, and ask for them until it goes off; then reopen, and wait until it falls silent.

# %%
def wait_for_alarm(state):
    for attempt in range(1500):
        shop.ask("/api/reviews")
        [alarm] = cloudwatch.describe_alarms(AlarmNames=["frenchbakery-shop-errors"])[
            "MetricAlarms"
        ]
        if alarm["StateValue"] == state:
            break
        time.sleep(0.2)
    print(alarm["StateValue"])


if session.world == "local":
    client.set_pace(1)
try:
    wait_for_alarm("OK")
    ecs.update_service(cluster="frenchbakery", service="reviews", desiredCount=0)
    wait_for_alarm("ALARM")
    print(shop.ask("/api/reviews").status)
finally:  # whatever happens, the reviews reopen
    ecs.update_service(cluster="frenchbakery", service="reviews", desiredCount=2)
wait_for_alarm("OK")
if session.world == "local":
    client.set_pace(60)

# %% [markdown] tags=["fr"]
# Sur un compte AWS, on lui donnerait une **action** : publier dans un sujet SNS, qui fait sonner un téléphone. Le reste de la boutique, lui, n’a rien senti : le catalogue et les commandes ont continué. C’est la promesse du découpage en services, vérifiée.
#
# > **Défi · Les tâches malades.** Soyez prévenu avant les clients. Posez une alarme nommée `frenchbakery-orders-sick` qui part dès qu’**une** cible de `orders` échoue à son contrôle de santé, **deux minutes** de suite.

# %% [markdown] tags=["en"]
# On an AWS account you would give it an **action**: publish to an SNS topic, which makes somebody’s telephone ring. The rest of the shop felt nothing: catalogue and orders went on. That is the promise of cutting it into services, kept.
#
# > **Challenge · The sick tasks.** Be told before the customers are. Put up an alarm called `frenchbakery-orders-sick` that goes off as soon as **one** target of `orders` fails its health check, **two minutes** in a row.

# %% tags=["challenge"]
[group] = elbv2.describe_target_groups(Names=["frenchbakery-orders"])["TargetGroups"]
_ = cloudwatch.put_metric_alarm(
    AlarmName="frenchbakery-orders-sick",
    Namespace="AWS/ApplicationELB",
    MetricName="UnHealthyHostCount",
    Dimensions=[
        {"Name": "LoadBalancer", "Value": balancer_name},
        {"Name": "TargetGroup", "Value": group["TargetGroupArn"].rpartition(":")[2]},
    ],
    Statistic="Maximum",
    Period=60,
    EvaluationPeriods=2,
    Threshold=1,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
)

# %%
lab.check("operate-sick")

# %% [markdown] tags=["fr"]
# ## Étape 9 · La boutique en un fichier
#
# « Combien de temps pour la refaire ? » À la main, sept étapes et de la mémoire. Les extraits dépliés du labo étaient les morceaux d’un seul modèle CloudFormation ; le voici entier, dans `frenchbakery/deploy/cloudformation/frenchbakery.yaml`. On ne dit plus *comment*, on dit *quoi* :
# CloudFormation lit les références (`!Ref`, `!GetAtt`), en tire l’ordre, crée, attend, et tient le tout pour une seule chose, la **pile** (*stack*).

# %% [markdown] tags=["en"]
# ## Step 9 · The shop in one file
#
# “How long until we have it back?” By hand: seven steps and a good memory. The folded excerpts of the lab were pieces of a single CloudFormation template; here it is whole, in `frenchbakery/deploy/cloudformation/frenchbakery.yaml`. You no longer say *how*, you say *what*:
# CloudFormation reads the references (`!Ref`, `!GetAtt`), works out the order, creates, waits, and holds it all together as one thing, the **stack**.

# %%
labs.figure("lab-stack")

# %%
template = templates.SHOP.read_text("utf-8")
summary = cloudformation.get_template_summary(TemplateBody=template)
print(summary["Capabilities"], [each["ParameterKey"] for each in summary["Parameters"]])
for kind in sorted(summary["ResourceTypes"]):
    print(f"{template.count(f'Type: {kind}' + chr(10)):2} {kind}")

# %% [markdown] tags=["fr"]
# `CAPABILITY_IAM` : le modèle crée des rôles, donc des droits ; CloudFormation exige qu’on le lui accorde en toutes lettres. `Tasks` est un **paramètre** : le nombre de tâches de chaque service.
#
# Il servira tout de suite, car c’est l’histoire de l’œuf et de la poule. Un service n’est stable que si ses tâches tournent ; ses tâches ont besoin d’images ; les images, d’un dépôt ; et le dépôt naît avec la pile. Alors on crée la pile avec **zéro tâche**, on pousse les images, puis on **met à jour** à deux. C’est aussi l’occasion de voir un **jeu de
# modifications** (*change set*) : ce que CloudFormation *ferait*, à lire avant d’accepter.
#
# > **Sur un compte AWS**, le garde-fou du cours refuse de créer une pile : elle fabrique ses ressources elle-même, sans qu’il les voie, et le nettoyage ne pourrait pas en répondre. Vous pouvez y lire le modèle (`get_template_summary` passe) ; déroulez cette étape sur le cloud local, ou déployez
# > vous-même avec les lignes de la CLI, en sachant que `aws cloudformation delete-stack` sera alors à votre charge.
#
# Il faut d’abord faire place : la pile porte les mêmes noms que la boutique faite à la main. `lab.clean_up()` défait tout, et le contrôle relit chaque service d’AWS.

# %% [markdown] tags=["en"]
# `CAPABILITY_IAM`: the template creates roles, hence rights; CloudFormation wants this granted in so many words. `Tasks` is a **parameter**: the number of tasks of each service.
#
# It comes in useful at once, for here are the chicken and the egg. A service is stable only when its tasks run; its tasks need images; images need a repository; and the repository is born with the stack. So we create the stack with **no tasks**, push the images, then **update** it to two. It is also a chance to see a **change
# set**: what CloudFormation *would* do, to be read before you agree.
#
# > **On an AWS account** the course’s safeguard refuses to create a stack: it makes its resources itself, the safeguard does not see them, and the clean-up could not answer for them. You may read the template there (`get_template_summary` passes); work through this step on the local cloud, or deploy it
# > yourself with the lines of the CLI, knowing that `aws cloudformation delete-stack` is then up to you.
#
# First we must make room: the stack bears the same names as the shop made by hand. `lab.clean_up()` undoes everything, and the check reads every service of AWS again.

# %%
lab.clean_up()

# %% [markdown] tags=["fr"]
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : CloudFormation → Create stack → Upload a template file ; nom `frenchbakery`, Tasks : 0 ; cochez *I acknowledge that AWS CloudFormation might create IAM resources*. Ensuite : Stack actions → Create change set.
#
# **AWS CLI**
#
# ```bash
# aws cloudformation create-stack --stack-name frenchbakery --capabilities CAPABILITY_IAM \
#   --template-body file://frenchbakery/deploy/cloudformation/frenchbakery.yaml \
#   --parameters ParameterKey=Tasks,ParameterValue=0
# aws cloudformation wait stack-create-complete --stack-name frenchbakery
# # pousser les quatre images, comme à l’étape 2 du labo
# aws cloudformation create-change-set --stack-name frenchbakery --change-set-name open-the-shop \
#   --use-previous-template --capabilities CAPABILITY_IAM --parameters ParameterKey=Tasks,ParameterValue=2
# aws cloudformation wait change-set-create-complete --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation describe-change-set --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation execute-change-set --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation wait stack-update-complete --stack-name frenchbakery
# ```
#
# **CloudFormation** : c’est lui. Le **CDK** et **SAM** l’écrivent pour vous ; Terraform fait le même travail en tenant son propre registre (*state*) de ce qui existe.
#
# </details>

# %% [markdown] tags=["en"]
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: CloudFormation → Create stack → Upload a template file; name `frenchbakery`, Tasks: 0; tick *I acknowledge that AWS CloudFormation might create IAM resources*. Afterwards: Stack actions → Create change set.
#
# **AWS CLI**
#
# ```bash
# aws cloudformation create-stack --stack-name frenchbakery --capabilities CAPABILITY_IAM \
#   --template-body file://frenchbakery/deploy/cloudformation/frenchbakery.yaml \
#   --parameters ParameterKey=Tasks,ParameterValue=0
# aws cloudformation wait stack-create-complete --stack-name frenchbakery
# # push the four images, as in step 2 of the lab
# aws cloudformation create-change-set --stack-name frenchbakery --change-set-name open-the-shop \
#   --use-previous-template --capabilities CAPABILITY_IAM --parameters ParameterKey=Tasks,ParameterValue=2
# aws cloudformation wait change-set-create-complete --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation describe-change-set --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation execute-change-set --stack-name frenchbakery --change-set-name open-the-shop
# aws cloudformation wait stack-update-complete --stack-name frenchbakery
# ```
#
# **CloudFormation**: this is it. The **CDK** and **SAM** write it for you; Terraform does the same work and keeps a record of its own (*state*) of what exists.
#
# </details>

# %%
cloudformation.create_stack(
    StackName="frenchbakery",
    TemplateBody=template,
    Parameters=[{"ParameterKey": "Tasks", "ParameterValue": "0"}],
    Capabilities=["CAPABILITY_IAM"],
)
cloudformation.get_waiter("stack_create_complete").wait(
    StackName="frenchbakery", WaiterConfig={"Delay": 1, "MaxAttempts": 900}
)
made = cloudformation.describe_stack_resources(StackName="frenchbakery")["StackResources"]
len(made), {resource["ResourceStatus"] for resource in made}

# %% [markdown] tags=["fr"]
# Tout est là, dans l’ordre qu’il a trouvé lui-même ; il ne manque que du pain. Les images, maintenant, dans les dépôts de la pile.

# %% [markdown] tags=["en"]
# Everything is there, in the order that it worked out by itself; all that is missing is bread. Now the images, into the stack’s repositories.

# %%
for service in services:
    [repository] = ecr.describe_repositories(repositoryNames=[f"frenchbakery/{service}"])[
        "repositories"
    ]
    lab.push(lab.build(service), repository["repositoryUri"])

# %%
cloudformation.create_change_set(
    StackName="frenchbakery",
    ChangeSetName="open-the-shop",
    UsePreviousTemplate=True,
    Parameters=[{"ParameterKey": "Tasks", "ParameterValue": "2"}],
    Capabilities=["CAPABILITY_IAM"],
)
cloudformation.get_waiter("change_set_create_complete").wait(
    StackName="frenchbakery", ChangeSetName="open-the-shop", WaiterConfig={"Delay": 1}
)
change_set = cloudformation.describe_change_set(
    StackName="frenchbakery", ChangeSetName="open-the-shop"
)
changes = [change["ResourceChange"] for change in change_set["Changes"]]
for change in sorted(changes, key=lambda change: change["LogicalResourceId"]):
    print(change["Action"], change["LogicalResourceId"], "Replacement:", change["Replacement"])

# %% [markdown] tags=["fr"]
# Quatre services modifiés, aucun remplacé (`Replacement: False`), et rien d’autre n’est touché. C’est ce mot-là qu’il faut chercher avant d’accepter : une table *remplacée* serait une table neuve, donc vide. Acceptons.

# %% [markdown] tags=["en"]
# Four services modified, none replaced (`Replacement: False`), and nothing else is touched. That is the word to look for before you accept: a table that is *replaced* would be a new table, hence an empty one. Let us accept.

# %%
cloudformation.execute_change_set(StackName="frenchbakery", ChangeSetName="open-the-shop")
cloudformation.get_waiter("stack_update_complete").wait(
    StackName="frenchbakery", WaiterConfig={"Delay": 1, "MaxAttempts": 900}
)
for service in services:
    [group] = elbv2.describe_target_groups(Names=[f"frenchbakery-{service}"])["TargetGroups"]
    elbv2.get_waiter("target_in_service").wait(
        TargetGroupArn=group["TargetGroupArn"], WaiterConfig={"Delay": 1, "MaxAttempts": 240}
    )

[load_balancer] = elbv2.describe_load_balancers(Names=["frenchbakery"])["LoadBalancers"]
shop = lab.open(load_balancer["LoadBalancerArn"])
print(shop.ask("/").status, len(shop.ask("/api/products").json()["products"]))

# %%
lab.check("stack")

# %% [markdown] tags=["fr"]
# La même boutique, servie par la pile. La baguette aux graines n’y est pas : le modèle dit `1.0`, et c’est lui qui fait foi. Ni les commandes d’avant : la table est neuve. Un modèle refait l’infrastructure, pas les **données** ; pour elles, il y a les sauvegardes, et `DeletionPolicy: Retain` sur ce qu’on ne veut pas voir partir avec la pile.

# %% [markdown] tags=["en"]
# The same shop, served by the stack. The seeded baguette is not in it: the template says `1.0`, and the template is what counts. Nor are the orders from before: the table is new. A template makes the infrastructure again, not the **data**; for that there are backups, and `DeletionPolicy: Retain` on what must not leave with the stack.

# %%
lab.diagram()

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Le même environnement dans une autre Région », « reproductible », « sans geste manuel » : CloudFormation. « Voir avant d’appliquer » : jeu de modifications. « Plusieurs comptes et Régions à la fois » : StackSets. « Qui a changé cela à la main ? » : détection de dérive. Et une mise à jour qui
# > échoue **revient d’elle-même** à l’état d’avant.
# >
# > **Attention aux deux pilotes.** Si Service Auto Scaling règle `DesiredCount` et que le modèle le règle aussi, chaque mise à jour de la pile défera ce que la charge avait demandé. Quand un service se met à l’échelle de lui-même, on retire `DesiredCount` du modèle.

# %% [markdown] tags=["en"]
# > **In the exam.** “The same environment in another Region”, “repeatable”, “without manual steps”: CloudFormation. “See before applying”: change set. “Several accounts and Regions at once”: StackSets. “Who changed this by hand?”: drift detection. And an update that fails **goes back by itself** to the
# > state before.
# >
# > **Beware of two pilots.** If Service Auto Scaling sets `DesiredCount` and the template sets it too, every update of the stack will undo what the load had asked for. When a service scales by itself, take `DesiredCount` out of the template.

# %% [markdown] tags=["fr"]
# > **Défi · Garder les journaux.** L’assureur veut **trente jours** de journaux au lieu de sept. Obtenez-les **par la pile** : un `put_retention_policy` à côté ferait mentir le modèle, et la prochaine mise à jour le déferait peut-être.

# %% [markdown] tags=["en"]
# > **Challenge · Keep the logs.** The insurer wants **thirty days** of logs instead of seven. Get them **through the stack**: a `put_retention_policy` beside it would make the template lie, and the next update might undo it.

# %% tags=["challenge"]
cloudformation.update_stack(
    StackName="frenchbakery",
    TemplateBody=template.replace("RetentionInDays: 7", "RetentionInDays: 30"),
    Parameters=[{"ParameterKey": "Tasks", "UsePreviousValue": True}],
    Capabilities=["CAPABILITY_IAM"],
)
cloudformation.get_waiter("stack_update_complete").wait(
    StackName="frenchbakery", WaiterConfig={"Delay": 1, "MaxAttempts": 900}
)

# %%
lab.check("operate-retention")

# %% [markdown] tags=["fr"]
# Et pour tout défaire, un seul appel. CloudFormation connaît l’ordre : les services avant le cluster, l’équilibreur avant les groupes cibles, le VPC en dernier. Les dépôts partent avec leurs images, parce que le modèle dit `EmptyOnDelete: true`.

# %% [markdown] tags=["en"]
# And to undo it all, a single call. CloudFormation knows the order: services before the cluster, the load balancer before its target groups, the VPC last. The repositories leave with their images, because the template says `EmptyOnDelete: true`.

# %%
[stack] = cloudformation.describe_stacks(StackName="frenchbakery")["Stacks"]
cloudformation.delete_stack(StackName="frenchbakery")
cloudformation.get_waiter("stack_delete_complete").wait(
    StackName=stack["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 900}
)
cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"][0]["StackStatus"]

# %% [markdown] tags=["fr"]
# ## Étape 10 · La même boutique sur EKS
#
# La chaîne lyonnaise que FrenchBakery vient de racheter tourne sur Kubernetes, et [le cahier 05](05_eks.ipynb) en a donné les mots. Les quatre images n’ont pas à changer : une image OCI est une image OCI. Seule change la façon de dire ce que l’on veut, et chaque chose que vous avez créée a sa
# correspondante.

# %% [markdown] tags=["en"]
# ## Step 10 · The same shop on EKS
#
# The Lyon chain that FrenchBakery has just bought runs on Kubernetes, and [notebook 05](05_eks.ipynb) gave you its words. The four images need no change: an OCI image is an OCI image. Only the way of saying what you want changes, and each thing that you made has its
# counterpart.

# %%
labs.figure("lab-eks")

# %%
kinds = Counter(each.document["kind"] for each in manifests.shop())
for kind, count in sorted(kinds.items()):
    print(f"{count:2} {kind}")

# %% [markdown] tags=["fr"]
# Un manifeste faux se découvre d’ordinaire au pire moment, quand on l’applique. Validons ceux-ci contre le schéma officiel de Kubernetes, champs inconnus refusés.

# %% [markdown] tags=["en"]
# A wrong manifest is usually found out at the worst moment, when it is applied. Let us validate these against Kubernetes’s official schema, unknown fields refused.

# %%
manifests.validated(manifests.shop())

# %% [markdown] tags=["fr"]
# Le schéma connaît les champs, pas votre cluster. Pour de vrai, il faut `kubectl apply`. La cellule ne s’adresse qu’à un cluster fait pour essayer (kind, k3d, minikube, Docker Desktop, Rancher Desktop), ou à celui que vous nommez exprès dans la variable `COURSE_KUBE_CONTEXT` : le `kubectl` d’une entreprise mène souvent
# à sa production. Elle dit ce qu’elle a trouvé.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : EKS → Clusters → Create cluster. La console montre ensuite les objets Kubernetes, mais c’est `kubectl` qui les applique.
#
# **AWS CLI et kubectl**
#
# ```bash
# aws eks update-kubeconfig --name frenchbakery
# kubectl apply -k frenchbakery/deploy/eks
# kubectl --namespace shop rollout status deployment/products
# kubectl --namespace shop scale deployment/products --replicas 4
# kubectl --namespace shop rollout undo deployment/products
# ```
#
# **CloudFormation** crée le cluster (`AWS::EKS::Cluster`, `AWS::EKS::Nodegroup`, `AWS::EKS::FargateProfile`), et s’arrête à sa porte : ce qui tourne dedans est l’affaire de Kubernetes.
#
# </details>

# %% [markdown] tags=["en"]
# The schema knows fields, not your cluster. For real it takes `kubectl apply`. The cell speaks only to a cluster made for trying (kind, k3d, minikube, Docker Desktop, Rancher Desktop), or to the one that you name on purpose in the variable `COURSE_KUBE_CONTEXT`: a company’s `kubectl` often leads to its
# production. It says what it found.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: EKS → Clusters → Create cluster. The console then shows the Kubernetes objects, but it is `kubectl` that applies them.
#
# **AWS CLI and kubectl**
#
# ```bash
# aws eks update-kubeconfig --name frenchbakery
# kubectl apply -k frenchbakery/deploy/eks
# kubectl --namespace shop rollout status deployment/products
# kubectl --namespace shop scale deployment/products --replicas 4
# kubectl --namespace shop rollout undo deployment/products
# ```
#
# **CloudFormation** creates the cluster (`AWS::EKS::Cluster`, `AWS::EKS::Nodegroup`, `AWS::EKS::FargateProfile`) and stops at its door: what runs inside is Kubernetes’s business.
#
# </details>

# %%
manifests.apply()

# %% [markdown] tags=["fr"]
# Relisez les lignes de `kubectl` à la lumière de l’étape 8 : mettre à l’échelle, suivre une livraison, revenir en arrière. Les gestes sont les mêmes. Une différence compte : Kubernetes n’annule pas une mauvaise version de lui-même ; il cesse d’avancer, garde les anciens pods, et attend que quelqu’un dise `undo`.

# %% [markdown] tags=["en"]
# Read the `kubectl` lines again in the light of step 8: scale, follow a release, go back. The steps are the same. One difference matters: Kubernetes does not undo a bad version by itself; it stops moving, keeps the old pods, and waits for somebody to say `undo`.

# %% [markdown] tags=["fr"]
# ## Étape 11 · Prouver qu’il ne reste rien
#
# L’étape 8 avait laissé des choses nouvelles : une cible de mise à l’échelle et sa politique, les alarmes de la politique, les vôtres. Elles ont leur ordre, elles aussi : la politique emporte ses alarmes, la cible suit, et le tout **avant** le service qu’elles pilotent, sans quoi elles pourraient le réveiller. `lab.clean_up()` s’en
# est chargé avant l’étape 9, et la pile a rangé derrière elle. Il ne devrait donc rien rester. « Devrait » n’est pas une preuve.
#
# <details>
# <summary><b>Les trois autres manières</b> : console, AWS CLI, CloudFormation</summary>
#
# **Console** : CloudWatch → Alarms, et ECS → le service → Service auto scaling, avant les pages de l’étape « Faire le ménage » du labo.
#
# **AWS CLI**
#
# ```bash
# for service in products orders; do  # orders : si vous avez relevé le défi
#   aws application-autoscaling delete-scaling-policy --service-namespace ecs --policy-name "$service-requests" \
#     --resource-id "service/frenchbakery/$service" --scalable-dimension ecs:service:DesiredCount
#   aws application-autoscaling deregister-scalable-target --service-namespace ecs \
#     --resource-id "service/frenchbakery/$service" --scalable-dimension ecs:service:DesiredCount
# done
# aws cloudwatch delete-alarms --alarm-names frenchbakery-shop-errors frenchbakery-orders-sick
# # puis les lignes de « Faire le ménage », dans le labo ; ou bien, pour une pile :
# aws cloudformation delete-stack --stack-name frenchbakery
# aws cloudformation wait stack-delete-complete --stack-name frenchbakery
# ```
#
# **CloudFormation** : `delete-stack`, ci-dessus. Ce qui a été fait à côté de la pile lui échappe.
#
# </details>

# %% [markdown] tags=["en"]
# ## Step 11 · Prove that nothing is left
#
# Step 8 had left new things behind: a scalable target and its policy, the policy’s alarms, your own. They have their order too: the policy takes its alarms along, the target follows, and all of it **before** the service that they steer, or they might wake it up. `lab.clean_up()` saw to that before step 9,
# and the stack tidied up after itself. So nothing should be left. “Should” is no proof.
#
# <details>
# <summary><b>The three other ways</b>: console, AWS CLI, CloudFormation</summary>
#
# **Console**: CloudWatch → Alarms, and ECS → the service → Service auto scaling, before the pages of the lab’s part “Clean up”.
#
# **AWS CLI**
#
# ```bash
# for service in products orders; do  # orders: if you took the challenge
#   aws application-autoscaling delete-scaling-policy --service-namespace ecs --policy-name "$service-requests" \
#     --resource-id "service/frenchbakery/$service" --scalable-dimension ecs:service:DesiredCount
#   aws application-autoscaling deregister-scalable-target --service-namespace ecs \
#     --resource-id "service/frenchbakery/$service" --scalable-dimension ecs:service:DesiredCount
# done
# aws cloudwatch delete-alarms --alarm-names frenchbakery-shop-errors frenchbakery-orders-sick
# # then the lines of "Clean up" in the lab; or, for a stack:
# aws cloudformation delete-stack --stack-name frenchbakery
# aws cloudformation wait stack-delete-complete --stack-name frenchbakery
# ```
#
# **CloudFormation**: `delete-stack`, above. What was made beside the stack escapes it.
#
# </details>

# %%
lab.clean_up()

# %% [markdown] tags=["fr"]
# Le contrôle `clean` a relu chaque service d’AWS ; il nomme ce qui reste, quand il reste quelque chose. Refaisons l’inventaire nous-mêmes, pour ne croire personne sur parole.

# %% [markdown] tags=["en"]
# The check `clean` has read every service of AWS again; it names what is left, when something is. Let us take stock ourselves, so as to take nobody’s word for it.

# %%
ec2, iam, dynamodb = (session.client(name) for name in ("ec2", "iam", "dynamodb"))
ours = [{"Name": "tag:Name", "Values": ["frenchbakery"]}]
in_ecs = {"ServiceNamespace": "ecs"}

found = {
    "stacks": [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]],
    "scalable targets": [
        target["ResourceId"]
        for target in scaling.describe_scalable_targets(**in_ecs)["ScalableTargets"]
    ],
    "alarms": [
        alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
    ],
    "clusters": [arn.rpartition("/")[2] for arn in ecs.list_clusters()["clusterArns"]],
    "task definitions": ecs.list_task_definition_families(status="ACTIVE")["families"],
    "load balancers": [
        balancer["LoadBalancerName"] for balancer in elbv2.describe_load_balancers()["LoadBalancers"]
    ],
    "target groups": [
        group["TargetGroupName"] for group in elbv2.describe_target_groups()["TargetGroups"]
    ],
    "repositories": [
        repository["repositoryName"] for repository in ecr.describe_repositories()["repositories"]
    ],
    "tables": dynamodb.list_tables()["TableNames"],
    "roles": [role["RoleName"] for role in iam.list_roles()["Roles"]],
    "log groups": [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]],
}
for kind, names in found.items():
    print(f"{kind:16} {[name for name in names if 'frenchbakery' in name]}")
print(f"{'VPCs':16} {ec2.describe_vpcs(Filters=ours)['Vpcs']}")

# %% [markdown] tags=["fr"]
# Douze listes vides. Sur un compte AWS, `course lab verify-empty` pose les mêmes questions à partir des étiquettes, et `course lab teardown` défait ce qui resterait, mise à l’échelle et alarmes comprises.
#
# ## Ce qu’il faut retenir
#
# On ne démarre pas des tâches, on change un **nombre voulu** ; une politique sait le faire sans vous, vite vers le haut, lentement vers le bas. Une tâche perdue ne coûte rien à personne si d’autres restent, si l’équilibreur la quitte à temps, et si le programme écoute `SIGTERM`. Une livraison est une image, une révision, un service ; le
# disjoncteur revient en arrière quand les tâches ne tiennent pas, et le journal dit pourquoi. Une alarme compte ce qui fait mal aux clients, et le silence a un sens qu’il faut choisir. Un modèle refait la boutique entière, sauf ses données. Et ce qu’on sait défaire en le prouvant, on peut l’essayer sans crainte.
#
# La directrice a sa réponse : quelques minutes. Trois questions pour finir.

# %% [markdown] tags=["en"]
# Twelve empty lists. On an AWS account `course lab verify-empty` asks the same questions by tag, and `course lab teardown` undoes whatever is left, scaling and alarms included.
#
# ## To remember
#
# You do not start tasks, you change a **desired count**; a policy can do so without you, fast upwards, slowly downwards. A lost task costs nobody anything if others remain, if the load balancer leaves it in time, and if the program listens to `SIGTERM`. A release is an image, a revision, a service; the circuit breaker goes back
# when tasks do not hold, and the log says why. An alarm counts what hurts customers, and silence has a meaning that you must choose. A template makes the whole shop again, except for its data. And what you can undo, and prove it, you can try without fear.
#
# The director has her answer: a few minutes. Three questions to finish.

# %%
import quiz

quiz.ask("open-ecs-bad-release")

# %%
quiz.ask("ecs-enough-tasks-when-a-zone-fails")

# %%
quiz.ask("ecs-stack-update-fails-fast")
