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
# # Faire vivre des conteneurs : voir, protéger, livrer, compter
#
# La boutique FrenchBakery tourne depuis trois mois, et c’est maintenant que les vraies questions arrivent. Le 23 décembre, le planificateur des fournées a passé deux heures
# à plein régime sans que personne ne le voie : on l’a su par un client. En cherchant pourquoi, quelqu’un a collé une définition de tâche dans un ticket, et le mot de passe de la
# base était écrit dedans. Le correctif était prêt à midi, mais la seule personne qui sait livrer était dans un train. Et la facture de décembre comptait une ligne que personne n’attendait :
# la passerelle NAT, plus chère que les tâches.
#
# Aucune de ces histoires ne parle d’un mauvais programme. Elles parlent de ce qu’il y a autour : **voir** ce qui se passe, **protéger** ce qui tourne, **livrer** sans héros et **compter** ce que l’on
# paie. Ce cahier les reprend dans cet ordre, sur un service qui tourne pour de bon.

# %% [markdown] tags=["en"]
# # Running containers well: see, protect, deliver, count
#
# The FrenchBakery shop has been running for three months, and now the real questions arrive. On 23 December the planner of the batches ran flat out for two hours and nobody saw it: a
# customer told them. While looking for the reason, somebody pasted a task definition into a ticket, and the database’s password was written in it. The fix was ready at noon, but the only person who
# knows how to release was on a train. And December’s bill had a line that nobody expected: the NAT gateway, dearer than the tasks.
#
# None of these stories is about a bad program. They are about what stands around it: **seeing** what goes on, **protecting** what runs, **delivering** without heroes, and **counting** what you
# pay. This notebook takes them in that order, on a service that really runs.

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure et demie |
# | **coût** | rien sur le cloud local ; sur un compte AWS, quelques tâches, un équilibreur de charge, un secret, les métriques de Container Insights et des alarmes pendant cette heure et demie, jusqu’au ménage de la fin |
# | **à l’examen** | 1.1 et 1.2 accès et charges sécurisés · 1.3 chiffrement · 2.1 couplage lâche · 2.2 visibilité des charges · 4.2 et 4.4 coût du calcul et du réseau |
#
# Vous revenez après une interruption, ou après un redémarrage du noyau ? Exécutez les deux premières cellules de code, puis la dernière, qui range, et
# repartez de `lab.prepare("operations")`. Autrement, ce qui existe déjà serait refusé, son nom étant pris.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour and a half |
# | **cost** | nothing on the local cloud; on an AWS account, a few tasks, a load balancer, a secret, Container Insights’ metrics and alarms for that hour and a half, until the clean-up at the end |
# | **in the exam** | 1.1 and 1.2 secure access and workloads · 1.3 encryption · 2.1 loose coupling · 2.2 workload visibility · 4.2 and 4.4 the cost of compute and network |
#
# Coming back after a break, or after restarting the kernel? Run the first two code cells, then the last one, which tidies up, and start again from
# `lab.prepare("operations")`. Otherwise whatever exists already would be refused, its name being taken.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("operations")

# %% [markdown] tags=["fr"]
# ## Voir : quatre sortes de signaux
#
# Un conteneur qui s’arrête emporte tout : ses fichiers, sa mémoire, ce qu’il avait à dire. On ne se connecte pas à une tâche Fargate de la semaine dernière. Ce qui doit rester doit donc
# **sortir** de la tâche pendant qu’elle vit, et la figure montre les quatre portes : ce qu’elle écrit, ce qu’elle consomme, ce qui lui arrive, et le chemin de ses requêtes.

# %% [markdown] tags=["en"]
# ## Seeing: four kinds of signals
#
# A container that stops takes everything with it: its files, its memory, whatever it had to say. Nobody logs in to last week’s Fargate task. So what must remain has to **leave** the task while
# it lives, and the figure shows the four doors: what it writes, what it uses, what happens to it, and the path of its requests.

# %%
labs.figure("operations-signals")

# %% [markdown] tags=["fr"]
# Il nous faut un service à observer. D’abord les clients et ce que `lab.prepare` a créé.

# %% [markdown] tags=["en"]
# We need a service to watch. First the clients, and what `lab.prepare` created.

# %%
import json
import time
from html import escape

from IPython.display import HTML

ecs, ecr, ec2, elbv2, iam, logs, cloudwatch, events = (
    session.client(name)
    for name in ("ecs", "ecr", "ec2", "elbv2", "iam", "logs", "cloudwatch", "events")
)

[repository] = ecr.describe_repositories(repositoryNames=["operations/products"])["repositories"]
role = iam.get_role(RoleName="operations-execution")["Role"]["Arn"]
[balancer] = elbv2.describe_load_balancers(Names=["operations"])["LoadBalancers"]
[targets] = elbv2.describe_target_groups(Names=["operations"])["TargetGroups"]
subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["operations"]}])["Subnets"]
[group] = ec2.describe_security_groups(
    Filters=[{"Name": "group-name", "Values": ["operations-tasks"]}]
)["SecurityGroups"]
network = {
    "awsvpcConfiguration": {
        "subnets": [subnet["SubnetId"] for subnet in subnets],
        "securityGroups": [group["GroupId"]],
        "assignPublicIp": "ENABLED",
    }
}
patience = {"Delay": 1, "MaxAttempts": 300}


def until(condition, seconds=600):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


# %% [markdown] tags=["fr"]
# Le planificateur est un petit serveur web. On lui demande `/plan`, il se met à calculer jusqu’à ce qu’on lui demande `/rest`. Il écrit une ligne par requête **sur sa sortie standard**, en JSON : une
# ligne qu’un programme sait relire vaut dix phrases.

# %% [markdown] tags=["en"]
# The planner is a small web server. Ask it for `/plan` and it computes until it is asked for `/rest`. It writes one line per request **to its standard output**, as JSON: a line that a program can read
# back is worth ten sentences.

# %%
program = """
import json, os, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

working = threading.Event()

def work():
    while working.wait():
        sum(range(10_000))

class Planner(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/plan":
            working.set()
        if self.path == "/rest":
            working.clear()
        known = self.path in ("/", "/healthz", "/plan", "/rest")
        self.send_response(200 if known else 500)
        self.end_headers()

    def log_request(self, code, size=None):
        if self.path != "/healthz":
            level = "info" if code == 200 else "error"
            trace = self.headers.get("X-Amzn-Trace-Id", "")
            line = {"level": level, "path": self.path, "status": code, "trace": trace}
            print(json.dumps(line), flush=True)

threading.Thread(target=work, daemon=True).start()
place = os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080"))
ThreadingHTTPServer(place, Planner).serve_forever()
"""

# %% [markdown] tags=["fr"]
# ## Les journaux : un groupe, des flux, une rétention
#
# Sur ECS, le pilote `awslogs` porte chaque ligne de stdout et de stderr vers **CloudWatch Logs**. Un **groupe** rassemble ce qui a la même vie : même rétention, mêmes droits, même clé. Dans le groupe, un **flux**
# par conteneur et par tâche, nommé `préfixe/conteneur/id de la tâche`.
#
# Créez le groupe vous-même, avant la tâche. Le pilote sait le faire (`awslogs-create-group`), mais un groupe né ainsi n’expire **jamais**, et c’est la moitié des mauvaises surprises de la facture.

# %% [markdown] tags=["en"]
# ## Logs: a group, streams, a retention
#
# On ECS the `awslogs` driver carries every line of stdout and stderr to **CloudWatch Logs**. A **group** holds what leads the same life: same retention, same rights, same key. Within it, one **stream**
# per container and task, called `prefix/container/task id`.
#
# Create the group yourself, before the task. The driver can do it (`awslogs-create-group`), but a group born that way **never** expires, and that makes half of the bill’s bad surprises.

# %%
logs.create_log_group(logGroupName="/operations/planner")
logs.put_retention_policy(logGroupName="/operations/planner", retentionInDays=14)


def logging(prefix):
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/operations/planner",
            "awslogs-region": session.region_name,
            "awslogs-stream-prefix": prefix,
        },
    }


planner = {
    "name": "planner",
    "image": f"{repository['repositoryUri']}:1.0",
    "command": ["python", "-c", program],
    "portMappings": [{"containerPort": 8080}],
    "stopTimeout": 2,
    "logConfiguration": logging("web"),
}
fargate = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": role,
}
_ = ecs.register_task_definition(
    family="operations-planner", containerDefinitions=[planner], **fargate
)

# %% [markdown] tags=["fr"]
# Avant de lancer le service, deux préparatifs qui serviront dans un instant. Ce qui se passe avant que l’on écoute est perdu : allumons donc dès maintenant **Container Insights** sur le cluster, et posons une **règle EventBridge** qui
# copie dans un groupe de journaux ce qu’ECS et CloudWatch racontent. EventBridge n’écrit dans un groupe que si une politique de ressource de CloudWatch Logs l’y autorise.
#
# Puis une commodité que seul le cloud local offre : raccourcir la **minute de CloudWatch**. Une alarme compte en minutes ; ici elles dureront deux secondes. Sur votre compte, les mêmes cellules prennent simplement plus longtemps.

# %% [markdown] tags=["en"]
# Before we start the service, two preparations that will serve in a moment. Whatever happens before anybody listens is lost: so let us turn **Container Insights** on for the cluster now, and make an **EventBridge
# rule** that copies what ECS and CloudWatch tell into a log group. EventBridge writes to a group only if a resource policy of CloudWatch Logs lets it.
#
# Then a convenience that only the local cloud has: a shorter **CloudWatch minute**. Alarms count in minutes; here they will last two seconds. On your account the same cells simply take longer.

# %%
ecs.update_cluster_settings(
    cluster="operations", settings=[{"name": "containerInsights", "value": "enhanced"}]
)

logs.create_log_group(logGroupName="/aws/events/operations")
[told] = logs.describe_log_groups(logGroupNamePrefix="/aws/events/operations")["logGroups"]
statement = {
    "Effect": "Allow",
    "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": told["arn"],
}
logs.put_resource_policy(
    policyName="operations",
    policyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
)
events.put_rule(
    Name="operations-events", EventPattern=json.dumps({"source": ["aws.ecs", "aws.cloudwatch"]})
)
events.put_targets(Rule="operations-events", Targets=[{"Id": "logs", "Arn": told["arn"]}])

if session.world == "local":
    from labs.cloud import client

    client.set_pace(2)

# %% [markdown] tags=["fr"]
# Le service maintenant, derrière l’équilibreur de charge, et trois visites : deux normales, et une qui lui fait rendre une erreur 500.

# %% [markdown] tags=["en"]
# Now the service, behind the load balancer, and three visits: two ordinary ones, and one that makes it answer with an error 500.

# %%
ecs.create_service(
    cluster="operations",
    serviceName="planner",
    taskDefinition="operations-planner",
    desiredCount=1,
    launchType="FARGATE",
    healthCheckGracePeriodSeconds=60,
    networkConfiguration=network,
    loadBalancers=[
        {
            "targetGroupArn": targets["TargetGroupArn"],
            "containerName": "planner",
            "containerPort": 8080,
        }
    ],
)
ecs.get_waiter("services_stable").wait(
    cluster="operations", services=["planner"], WaiterConfig=patience
)
elbv2.get_waiter("target_in_service").wait(
    TargetGroupArn=targets["TargetGroupArn"], WaiterConfig=patience
)

site = lab.open(balancer["LoadBalancerArn"])
[site.ask(path).status for path in ("/", "/", "/cake")]

# %% [markdown] tags=["fr"]
# Les lignes sont dans le groupe quelques instants plus tard. `filter_log_events` cherche dans tous les flux d’un groupe à la fois ; un préfixe de flux réduit à un conteneur, un **motif** réduit aux lignes qui le contiennent.

# %% [markdown] tags=["en"]
# The lines are in the group moments later. `filter_log_events` searches all streams of a group at once; a stream prefix narrows it to a container, a **pattern** to the lines that hold it.

# %%
def lines(prefix, pattern=""):
    found = logs.filter_log_events(
        logGroupName="/operations/planner", logStreamNamePrefix=prefix, filterPattern=pattern
    )
    return [event["message"] for event in found["events"]]


_ = until(lambda: len(lines("web/")) >= 3)
for line in lines("web/", "error"):
    line = json.loads(line)
    print(line["level"], line["path"], line["status"])

# %% [markdown] tags=["fr"]
# Trois outils, du plus simple au plus puissant :
#
# - le **motif de filtre**, que vous venez de voir ; sur du JSON, AWS comprend aussi `{ $.status = 500 }` ;
# - **Logs Insights**, un langage de requêtes : `filter level = "error" | stats count(*) by path` répond à « quelle page casse ? » sur une semaine de lignes. On paie au volume parcouru ;
# - le **filtre de métrique**, posé une fois : chaque ligne qui correspond ajoute un à une métrique, sur laquelle une alarme peut veiller. (Le cloud local ne filtre que par mots, range les filtres de métrique sans compter, et son Logs Insights ne connaît que `fields`, `sort` et `limit`.)
#
# Demandons à Logs Insights les trois dernières lignes. La réponse ne vient pas avec la question : on lance la requête, puis on revient chercher le résultat.

# %% [markdown] tags=["en"]
# Three tools, from the simplest to the strongest:
#
# - the **filter pattern** that you have just seen; on JSON, AWS also understands `{ $.status = 500 }`;
# - **Logs Insights**, a query language: `filter level = "error" | stats count(*) by path` answers “which page breaks?” over a week of lines. You pay for what is scanned;
# - the **metric filter**, set once: each line that matches adds one to a metric, which an alarm can watch. (The local cloud filters by words only, keeps metric filters without counting, and its Logs Insights knows `fields`, `sort` and `limit` only.)
#
# Let us ask Logs Insights for the last three lines. The answer does not come with the question: you start the query, then come back for the result.

# %%
now = int(time.time())
query = logs.start_query(
    logGroupName="/operations/planner",
    startTime=now - 3600,
    endTime=now + 60,
    queryString="fields @message | sort @timestamp desc | limit 3",
)["queryId"]
answer = until(
    lambda: (found := logs.get_query_results(queryId=query))["status"] == "Complete" and found
)
rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
sorted(json.loads(row["@message"])["path"] for row in rows)

# %% [markdown] tags=["fr"]
# > **À l’examen.** Le rôle qui écrit les journaux est le rôle **d’exécution**, pas le rôle de tâche. Des journaux à garder des années, rarement lus : les exporter vers S3, ou la classe *Infrequent Access*. Les envoyer ailleurs que dans
# > CloudWatch (OpenSearch, Firehose, un outil tiers) : **FireLens**, un conteneur Fluent Bit à côté du vôtre.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Le mode par défaut du pilote est **non-blocking** depuis le 25 juin 2025 : si CloudWatch ne suit pas, des lignes sont perdues plutôt que le programme bloqué. Des journaux d’audit réclament
# > `mode: blocking`. *(Source : Amazon ECS API Reference, « LogConfiguration ».)*
#
# ### À vous : les journaux des paiements
#
# La comptable doit pouvoir remonter quatre-vingt-dix jours dans les journaux des paiements, et personne ne veut payer un jour de plus. Créez le groupe `/operations/payments` en conséquence, puis enregistrez la famille
# `operations-payments`, dont le conteneur y écrit. Le dictionnaire `fargate` et l’image du planificateur feront l’affaire.

# %% [markdown] tags=["en"]
# > **In the exam.** The role that writes logs is the **execution** role, not the task role. Logs to keep for years and hardly ever read: export them to S3, or use the *Infrequent Access* class. To send them anywhere but CloudWatch
# > (OpenSearch, Firehose, another vendor’s tool): **FireLens**, a Fluent Bit container beside yours.
# >
# > **Today** (checked in November 2026). The driver’s default mode has been **non-blocking** since 25 June 2025: when CloudWatch cannot keep up, lines are lost rather than the program blocked. Audit logs call for `mode: blocking`.
# > *(Source: Amazon ECS API Reference, “LogConfiguration”.)*
#
# ### Your turn: the logs of the payments
#
# The accountant must be able to go back ninety days in the logs of the payments, and nobody wants to pay for a day more. Create the group `/operations/payments` accordingly, then register the family `operations-payments`, whose
# container writes to it. The dictionary `fargate` and the planner’s image will do.

# %% tags=["challenge"]
logs.create_log_group(logGroupName="/operations/payments")
logs.put_retention_policy(logGroupName="/operations/payments", retentionInDays=90)
options = logging("payments")["options"] | {"awslogs-group": "/operations/payments"}
payments = {
    "name": "payments",
    "image": planner["image"],
    "logConfiguration": {"logDriver": "awslogs", "options": options},
}
_ = ecs.register_task_definition(
    family="operations-payments", containerDefinitions=[payments], **fargate
)

# %%
lab.check("operations-payments")

# %% [markdown] tags=["fr"]
# ## Les métriques : ce que le service consomme
#
# Un journal raconte, une **métrique** compte : un nombre par minute, un nom, un espace de noms, et des **dimensions** qui disent de qui l’on parle. Pour un service, trois espaces de noms suffisent presque toujours :
#
# | espace de noms | par | exemples |
# |---|---|---|
# | `AWS/ECS` | cluster et service | `CPUUtilization`, `MemoryUtilization`, en pour cent de ce que la tâche **réserve** |
# | `AWS/ApplicationELB` | équilibreur, groupe cible | `RequestCount`, `TargetResponseTime`, `HTTPCode_Target_5XX_Count`, `UnHealthyHostCount` |
# | `ECS/ContainerInsights` | service, famille, tâche, conteneur | `RunningTaskCount`, `CpuUtilized`, `MemoryUtilized` |
#
# Les deux premiers sont là d’office. Le troisième est celui que nous avons allumé.

# %% [markdown] tags=["en"]
# ## Metrics: what the service uses
#
# A log tells, a **metric** counts: a number a minute, a name, a namespace, and **dimensions** that say whom it is about. For a service, three namespaces are nearly always enough:
#
# | namespace | by | examples |
# |---|---|---|
# | `AWS/ECS` | cluster and service | `CPUUtilization`, `MemoryUtilization`, in per cent of what the task **reserves** |
# | `AWS/ApplicationELB` | load balancer, target group | `RequestCount`, `TargetResponseTime`, `HTTPCode_Target_5XX_Count`, `UnHealthyHostCount` |
# | `ECS/ContainerInsights` | service, family, task, container | `RunningTaskCount`, `CpuUtilized`, `MemoryUtilized` |
#
# The first two are there from the start. The third is the one that we turned on.

# %%
def metrics(namespace):
    found = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    return {metric["MetricName"] for metric in found}


wanted = {
    "AWS/ECS": {"CPUUtilization", "MemoryUtilization"},
    "AWS/ApplicationELB": {"HTTPCode_Target_5XX_Count", "RequestCount", "TargetResponseTime"},
    "ECS/ContainerInsights": {"CpuUtilized", "RunningTaskCount"},
}
until(lambda: all(names <= metrics(namespace) for namespace, names in wanted.items()))
for namespace, names in wanted.items():
    print(namespace, sorted(names & metrics(namespace)))

# %% [markdown] tags=["fr"]
# > **Aujourd’hui** (vérifié en novembre 2026). Container Insights a une seconde édition, **enhanced** : la même chose, et en plus des mesures par tâche et par conteneur, sur Fargate comme sur EC2. C’est la valeur `enhanced` de la cellule plus haut,
# > à la place de `enabled`. Ces métriques sont facturées ; celles d’`AWS/ECS` ne le sont pas. Le cloud local publie les mesures par service et par famille.
# > *(Sources : Amazon ECS API Reference, « ClusterSetting » ; Amazon CloudWatch User Guide, « Container Insights ».)*
#
# ## Une alarme qui sonne vraiment
#
# Personne ne regarde des courbes à trois heures du matin. Une **alarme** le fait : une métrique, une statistique, une période, un seuil, et le nombre de points qui doivent le dépasser avant qu’elle y croie. Elle a trois états, `OK`, `ALARM` et
# `INSUFFICIENT_DATA`, et elle agit quand elle en **change** : prévenir par un sujet SNS, ajouter des tâches, arrêter un déploiement.
#
# La nôtre veille sur le processeur : deux minutes de suite au-dessus de la moitié.

# %% [markdown] tags=["en"]
# > **Today** (checked in November 2026). Container Insights has a second edition, **enhanced**: the same, plus measurements by task and container, on Fargate as on EC2. It is the value `enhanced` in the cell above, instead of `enabled`. These metrics are
# > charged for; those of `AWS/ECS` are not. The local cloud publishes the measurements by service and family.
# > *(Sources: Amazon ECS API Reference, “ClusterSetting”; Amazon CloudWatch User Guide, “Container Insights”.)*
#
# ## An alarm that really rings
#
# Nobody watches graphs at three in the morning. An **alarm** does: a metric, a statistic, a period, a threshold, and how many points must be beyond it before it believes them. It has three states, `OK`, `ALARM` and `INSUFFICIENT_DATA`, and it acts when it **changes** from one to another: it sends word through an SNS topic, adds tasks, stops a deployment.
#
# Ours watches the CPU: above one half for two minutes in a row.

# %%
topic = session.client("sns").create_topic(Name="operations-alarms")["TopicArn"]
cloudwatch.put_metric_alarm(
    AlarmName="operations-planner",
    Namespace="AWS/ECS",
    MetricName="CPUUtilization",
    Dimensions=[
        {"Name": "ClusterName", "Value": "operations"},
        {"Name": "ServiceName", "Value": "planner"},
    ],
    Statistic="Average",
    Period=60,
    EvaluationPeriods=2,
    Threshold=50,
    ComparisonOperator="GreaterThanThreshold",
    AlarmActions=[topic],
)


def alarm():
    return cloudwatch.describe_alarms(AlarmNames=["operations-planner"])["MetricAlarms"][0]


until(lambda: alarm()["StateValue"] == "OK")
alarm()["StateValue"]

# %% [markdown] tags=["fr"]
# Tout est calme. Demandons au planificateur de travailler, et attendons. Rien n’est simulé : son processus calcule, le cloud le mesure, l’alarme juge.

# %% [markdown] tags=["en"]
# All is quiet. Let us ask the planner to work, and wait. Nothing is simulated: its process computes, the cloud measures it, the alarm judges.

# %%
site.ask("/plan")
until(lambda: alarm()["StateValue"] == "ALARM")
print(alarm()["StateValue"])
HTML(f"<p>{escape(alarm()['StateReason'])}</p>")

# %%
site.ask("/rest")
until(lambda: alarm()["StateValue"] == "OK")
alarm()["StateValue"]

# %% [markdown] tags=["fr"]
# Trois réglages font la différence entre une alarme que l’on écoute et une alarme que l’on fait taire. **M points sur N** (`DatapointsToAlarm` et `EvaluationPeriods`) : « deux mauvaises minutes sur trois » ignore un sursaut et voit une maladie. **Les données
# manquantes** (`TreatMissingData`) : un équilibreur sans erreur ne publie pas zéro, il ne publie rien ; pour lui, le silence est une bonne minute. Pour un service qui devrait parler sans cesse, le silence est la panne. **L’action** : une alarme sans
# destinataire est un voyant dans une pièce vide. Une alarme **composite** en combine plusieurs, pour ne réveiller qu’une fois.
#
# > **À l’examen.** « Être prévenu quand… » : alarme CloudWatch et SNS. « Qui a supprimé… » : CloudTrail. « Une ligne des journaux contient ERROR » : filtre de métrique, puis alarme. Une alarme peut aussi **ramener en arrière** un déploiement
# > ECS (`deploymentConfiguration.alarms`).
#
# ### À vous : l’alarme des erreurs
#
# Les clients ne voient pas le processeur ; ils voient des erreurs. Créez l’alarme `operations-errors` sur l’équilibreur `operations` : elle sonne quand ses cibles ont donné plus de cinq réponses 5xx par minute pendant deux minutes sur trois, prend une minute
# sans erreur pour une bonne minute, et prévient le sujet `operations-alarms`.

# %% [markdown] tags=["en"]
# Three settings make the difference between an alarm that people listen to and one that they silence. **M points out of N** (`DatapointsToAlarm` and `EvaluationPeriods`): “two bad minutes out of three” overlooks a hiccup and sees an illness. **Missing
# data** (`TreatMissingData`): a load balancer without errors does not publish zero, it publishes nothing; for it, silence is a good minute. For a service that should never stop talking, silence is the outage. **The action**: an alarm that tells nobody is a
# warning light in an empty room. A **composite** alarm combines several, so as to wake people once.
#
# > **In the exam.** “Be notified when…”: CloudWatch alarm and SNS. “Who deleted…”: CloudTrail. “A line of the logs says ERROR”: metric filter, then alarm. An alarm can also **roll back** an ECS deployment
# > (`deploymentConfiguration.alarms`).
#
# ### Your turn: the alarm on errors
#
# Customers do not see the CPU; they see errors. Create the alarm `operations-errors` on the load balancer `operations`: it rings when its targets gave more than five 5xx responses a minute in two minutes out of three, takes a minute without errors for a good
# one, and tells the topic `operations-alarms`.

# %% tags=["challenge"]
_ = cloudwatch.put_metric_alarm(
    AlarmName="operations-errors",
    Namespace="AWS/ApplicationELB",
    MetricName="HTTPCode_Target_5XX_Count",
    Dimensions=[
        {
            "Name": "LoadBalancer",
            "Value": balancer["LoadBalancerArn"].partition("loadbalancer/")[2],
        }
    ],
    Statistic="Sum",
    Period=60,
    Threshold=5,
    ComparisonOperator="GreaterThanThreshold",
    DatapointsToAlarm=2,
    EvaluationPeriods=3,
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %%
lab.check("operations-errors")

# %% [markdown] tags=["fr"]
# ## Les événements : ce qui arrive aux tâches
#
# ECS raconte tout ce qui arrive à **EventBridge** : chaque changement d’état d’une tâche, chaque étape d’un déploiement, chaque décision d’un service. Une **règle** choisit par un motif et envoie vers des cibles. C’est ainsi que l’on apprend *pourquoi* une
# tâche s’est arrêtée bien après qu’ECS l’a oubliée : une tâche arrêtée ne reste visible qu’une heure environ.
#
# Arrêtons la tâche du planificateur, comme le ferait une main distraite. Le service en relance une autre ; notre règle, elle, a pris des notes. Les alarmes y sont aussi : ce sont des événements comme les autres.

# %% [markdown] tags=["en"]
# ## Events: what happens to tasks
#
# ECS tells everything that happens to **EventBridge**: each change of a task’s state, each step of a deployment, each decision of a service. A **rule** chooses by a pattern and sends to targets. This is how you learn *why* a task stopped long after ECS has
# forgotten it: a stopped task stays visible for about an hour only.
#
# Let us stop the planner’s task, as an absent-minded hand would. The service starts another; our rule has taken notes. The alarms are there too: they are events like any other.

# %%
[arn] = ecs.list_tasks(cluster="operations", serviceName="planner")["taskArns"]
ecs.stop_task(cluster="operations", task=arn, reason="oops")


def notes(kind):
    found = logs.filter_log_events(logGroupName="/aws/events/operations")["events"]
    told = [json.loads(event["message"]) for event in found]
    return [event["detail"] for event in told if event["detail-type"] == kind]


def stopped():
    tasks = [detail for detail in notes("ECS Task State Change") if detail["taskArn"] == arn]
    return [detail for detail in tasks if detail["lastStatus"] == "STOPPED"]


[last, *_] = until(stopped)
print(last["group"], last["stopCode"], last["stoppedReason"])
alarms = notes("CloudWatch Alarm State Change")
ours = [detail for detail in alarms if detail["alarmName"] == "operations-planner"]
print([detail["state"]["value"] for detail in ours][-2:])

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Réagir quand une tâche s’arrête » : une règle EventBridge sur *ECS Task State Change*, avec `lastStatus` à `STOPPED` dans le motif, et Lambda, SNS ou SQS pour cible. Une boucle qui interroge `describe_tasks` est toujours la mauvaise réponse.
#
# ## Les traces : par où passe une requête
#
# Le panier est lent. Lent où ? La vitrine attend les commandes, qui attendent la base, et chaque journal ne voit que sa part. Une **trace** suit **une** requête d’un service à l’autre : chaque étape note son début, sa durée et son parent, sous un même identifiant
# que les services se transmettent dans un en-tête.

# %% [markdown] tags=["en"]
# > **In the exam.** “React when a task stops”: an EventBridge rule on *ECS Task State Change*, with `lastStatus` `STOPPED` in the pattern, and Lambda, SNS or SQS as the target. A loop that polls `describe_tasks` is always the wrong answer.
#
# ## Traces: where a request passes
#
# The basket is slow. Slow where? The front end waits for orders, which wait for the database, and each log sees its own part only. A **trace** follows **one** request from service to service: every step notes when it began, how long it took and who called it,
# under one id that the services hand on in a header.

# %%
labs.figure("operations-traces")

# %% [markdown] tags=["fr"]
# L’identifiant naît à l’entrée : un Application Load Balancer ajoute `X-Amzn-Trace-Id` à chaque requête qui n’en a pas, et respecte celui qu’il trouve. Le planificateur l’écrit dans ses lignes ; donnons-en un et retrouvons la requête.

# %% [markdown] tags=["en"]
# The id is born at the entrance: an Application Load Balancer adds `X-Amzn-Trace-Id` to each request that has none, and respects the one that it finds. The planner writes it into its lines; let us give one and find the request again.

# %%
root = "1-67891233-abcdef012345678912345678"
header = {"X-Amzn-Trace-Id": f"Root={root}"}

elbv2.get_waiter("target_in_service").wait(
    TargetGroupArn=targets["TargetGroupArn"], WaiterConfig=patience
)
until(lambda: site.ask("/", headers=header).status == 200)
[found, *_] = until(lambda: lines("web/", f'"{root}"'))
line = json.loads(found)
line["path"], root in line["trace"]

# %% [markdown] tags=["fr"]
# Pour le reste, il faut instrumenter le programme avec **OpenTelemetry**, le standard ouvert, et placer à côté de lui le collecteur d’AWS, **ADOT** (*AWS Distro for OpenTelemetry*), qui envoie à X-Ray. C’est un second conteneur de la même tâche : les deux se parlent par
# localhost, et c’est le rôle **de tâche** qui doit autoriser `xray:PutTraceSegments`. Voici la définition ; nous l’enregistrons sans la lancer, car X-Ray n’existe pas dans le cloud local.

# %% [markdown] tags=["en"]
# For the rest, the program has to be instrumented with **OpenTelemetry**, the open standard, and beside it stands AWS’s collector, **ADOT** (*AWS Distro for OpenTelemetry*), which sends to X-Ray. It is a second container of the same task: the two talk over localhost, and the
# **task** role is the one that must allow `xray:PutTraceSegments`. Here is the definition; we register it without running it, for there is no X-Ray in the local cloud.

# %%
collector = {
    "name": "collector",
    "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.30.0",
    "command": ["--config=/etc/ecs/ecs-default-config.yaml"],
    "essential": False,
    "logConfiguration": logging("collector"),
}
instrumented = planner | {
    "environment": [
        {"name": "OTEL_SERVICE_NAME", "value": "planner"},
        {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://localhost:4317"},
    ],
    "dependsOn": [{"containerName": "collector", "condition": "START"}],
}
traced = ecs.register_task_definition(
    family="operations-traced", containerDefinitions=[instrumented, collector], **fargate
)["taskDefinition"]
[(each["name"], each["essential"]) for each in traced["containerDefinitions"]]

# %% [markdown] tags=["fr"]
# `essential: False` pour le collecteur : perdre des traces n’est pas une raison d’arrêter de vendre du pain.
#
# > **À l’examen.** « Trouver le service lent d’une chaîne », « carte des services », « suivre une requête de bout en bout » : **X-Ray**. Un énoncé parle souvent encore du *démon X-Ray* en conteneur voisin ; le principe est le même.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Les SDK et le démon X-Ray sont en **maintenance depuis le 25 février 2026** : plus que des correctifs de sécurité. Le service X-Ray, lui, continue ; AWS demande d’instrumenter avec OpenTelemetry. Les pages d’AWS ne
# > s’accordent pas sur une fin : l’une l’annonce pour le 25 février 2027, l’autre ne lui donne plus de date. *(Sources : AWS X-Ray Developer Guide, « X-Ray SDK and daemon end of support timeline » et « X-Ray SDK and Daemon Support timeline ».)*

# %% [markdown] tags=["en"]
# `essential: False` for the collector: losing traces is no reason to stop selling bread.
#
# > **In the exam.** “Find the slow service of a chain”, “service map”, “follow a request from end to end”: **X-Ray**. Questions often still speak of the *X-Ray daemon* as a neighbouring container; the principle is the same.
# >
# > **Today** (checked in November 2026). The X-Ray SDKs and daemon have been in **maintenance since 25 February 2026**: nothing but security fixes. The X-Ray service itself goes on; AWS asks for instrumentation with OpenTelemetry. AWS’s pages do not agree on an end: one
# > announces it for 25 February 2027, the other no longer gives a date. *(Sources: AWS X-Ray Developer Guide, “X-Ray SDK and daemon end of support timeline” and “X-Ray SDK and Daemon Support timeline”.)*

# %% [markdown] tags=["fr"]
# ## Protéger : des secrets qui ne sont nulle part
#
# Un mot de passe dans une variable d’environnement ordinaire est dans la définition de tâche, donc lisible par quiconque a le droit de la décrire, et pour toujours : une révision ne se modifie pas. Dans l’image, c’est pire. La bonne place est un coffre, et ECS va y
# chercher la valeur **au démarrage de la tâche**.

# %% [markdown] tags=["en"]
# ## Protecting: secrets that are nowhere
#
# A password in an ordinary environment variable is in the task definition, so anybody who may describe it can read it, and for ever: a revision is never changed. In the image it is worse. Its place is a vault, from which ECS fetches the value **when the task
# starts**.

# %%
labs.figure("operations-secrets")

# %% [markdown] tags=["fr"]
# | | Secrets Manager | Parameter Store |
# |---|---|---|
# | fait pour | des identifiants qui changent | des réglages, et des secrets simples |
# | rotation | intégrée : gérée par AWS pour les secrets de ses services (RDS), par une fonction Lambda pour les autres | à vous de la faire |
# | chiffrement | toujours, par KMS | avec le type `SecureString` |
# | prix | par secret et par mois, plus les appels | gratuit pour les paramètres standard |
# | droit de lecture | `secretsmanager:GetSecretValue` | `ssm:GetParameters` |
#
# Un de chaque : le mot de passe de la base, et l’heure d’ouverture.

# %% [markdown] tags=["en"]
# | | Secrets Manager | Parameter Store |
# |---|---|---|
# | made for | credentials that change | settings, and simple secrets |
# | rotation | built in: managed by AWS for secrets of its services (RDS), by a Lambda function for the others | up to you |
# | encryption | always, by KMS | with the type `SecureString` |
# | price | by secret and month, plus calls | free for standard parameters |
# | right to read | `secretsmanager:GetSecretValue` | `ssm:GetParameters` |
#
# One of each: the database’s password, and the opening time.

# %%
secretsmanager, ssm = session.client("secretsmanager"), session.client("ssm")

secret = secretsmanager.create_secret(
    Name="operations/database",
    SecretString=json.dumps({"user": "bakery", "password": "levain-1"}),
)["ARN"]
ssm.put_parameter(Name="/operations/opening", Value="06:30", Type="SecureString")
opening = ssm.get_parameter(Name="/operations/opening")["Parameter"]["ARN"]

# %% [markdown] tags=["fr"]
# Dans la définition, `secrets` prend la place d’`environment`, et `valueFrom` celle de `value`. Le suffixe `:password::` choisit une clé du JSON. Le programme, lui, lit une variable d’environnement comme une autre. On n’écrit jamais un secret dans un
# journal : pour cette démonstration, il n’en écrit que l’**empreinte**, qui suffit à reconnaître la valeur.

# %% [markdown] tags=["en"]
# In the definition, `secrets` takes the place of `environment`, and `valueFrom` that of `value`. The ending `:password::` picks one key of the JSON. The program reads an environment variable like any other. A secret is never written to a log: for this
# demonstration the program writes only its **fingerprint**, which is enough to recognise the value.

# %%
reading = """
import hashlib, os, time
print(os.environ["OPENING"], flush=True)
while True:
    print(hashlib.sha256(os.environ["PASSWORD"].encode()).hexdigest()[:8], flush=True)
    time.sleep(0.5)
"""
reader = {
    "name": "reader",
    "image": planner["image"],
    "command": ["python", "-c", reading],
    "stopTimeout": 2,
    "secrets": [
        {"name": "PASSWORD", "valueFrom": f"{secret}:password::"},
        {"name": "OPENING", "valueFrom": opening},
    ],
    "logConfiguration": logging("secrets"),
}
kept = ecs.register_task_definition(
    family="operations-secrets", containerDefinitions=[reader], **fargate
)["taskDefinition"]
"levain" in json.dumps(kept, default=str)

# %% [markdown] tags=["fr"]
# La valeur n’est pas dans la définition. Lançons la tâche.

# %% [markdown] tags=["en"]
# The value is not in the definition. Let us run the task.

# %%
def run(family):
    [task] = ecs.run_task(
        cluster="operations",
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration=network,
    )["tasks"]
    return task["taskArn"]


def wait(arn, waiter):
    ecs.get_waiter(waiter).wait(cluster="operations", tasks=[arn], WaiterConfig=patience)
    return ecs.describe_tasks(cluster="operations", tasks=[arn])["tasks"][0]


task = wait(run("operations-secrets"), "tasks_stopped")
print(task["stopCode"])
for words in ("ResourceInitializationError", "secretsmanager:GetSecretValue", "AccessDenied"):
    print(words, words in task["stoppedReason"])
HTML(f"<p>{escape(task['stoppedReason'])}</p>")

# %% [markdown] tags=["fr"]
# Elle n’a jamais démarré. Lisez la raison jusqu’au bout : elle nomme le rôle **d’exécution**, l’action et le secret. C’est lui qui va au coffre, avant qu’il y ait un conteneur ; donner ce droit au rôle de tâche n’y changerait rien. Accordons-le, pour ces deux valeurs-là et
# aucune autre. (Une clé KMS à vous demanderait en plus `kms:Decrypt`. Et sur AWS, laissez à IAM
# quelques secondes avant de relancer.)

# %% [markdown] tags=["en"]
# It never started. Read the reason to the end: it names the **execution** role, the action and the secret. That role goes to the vault, before there is any container; giving this right to the task role would change nothing. Let us grant it, for these two values and no
# other. (A KMS key of your own would take `kms:Decrypt` besides. And on AWS, give IAM a few
# seconds before you run it again.)

# %%
import hashlib

allowed = [
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret},
    {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": opening},
]
iam.put_role_policy(
    RoleName="operations-execution",
    PolicyName="secrets",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
)

first = run("operations-secrets")
wait(first, "tasks_running")


def written(arn):
    return lines(f"secrets/reader/{arn.rpartition('/')[2]}")


def fingerprint(password):
    return hashlib.sha256(password.encode()).hexdigest()[:8]


until(lambda: len(written(first)) >= 2)
print(written(first)[:2])
print(fingerprint("levain-1"))

# %% [markdown] tags=["fr"]
# L’heure est lisible, et l’empreinte est celle de `levain-1` : la valeur est bien dans le conteneur. Maintenant la **rotation**. Le secret change ; que voit la tâche qui tourne ? Et la suivante ?

# %% [markdown] tags=["en"]
# The time can be read, and the fingerprint is that of `levain-1`: the value is in the container indeed. Now **rotation**. The secret changes; what does the running task see? And the next one?

# %%
secretsmanager.put_secret_value(
    SecretId=secret, SecretString=json.dumps({"user": "bakery", "password": "levain-2"})
)
seen = len(written(first))
until(lambda: len(written(first)) >= seen + 2)

second = run("operations-secrets")
until(lambda: len(written(second)) >= 2)

print(written(first)[-1] == fingerprint("levain-1"))
print(written(second)[-1] == fingerprint("levain-2"))
_ = ecs.stop_task(cluster="operations", task=second)

# %% [markdown] tags=["fr"]
# L’ancienne tâche garde l’ancien mot de passe jusqu’à sa mort. Après une rotation, il faut donc de **nouvelles tâches** : une règle EventBridge qui voit passer la rotation appelle une fonction Lambda, et celle-ci `update_service(forceNewDeployment=True)`. L’autre façon est de lire le
# coffre depuis le programme, avec le rôle de tâche, et de relire quand la base refuse.
#
# > **À l’examen.** « Rotation automatique » : Secrets Manager. « Réglages, au moindre coût » : Parameter Store. « La tâche ne démarre pas, ResourceInitializationError » : rôle d’exécution, ou pas de chemin vers Secrets Manager depuis un sous-réseau privé (NAT ou point de
# > terminaison d’interface).
#
# ### À vous : la clé de l’imprimante
#
# L’imprimeur d’étiquettes a besoin d’une clé. Rangez-la, chiffrée, dans le paramètre `/operations/printer-key` ; faites-la parvenir à une tâche de la famille `operations-labels` dans la variable `PRINTER_KEY` ; et que cette famille ait **son propre** rôle d’exécution,
# `operations-labels`, qui ne peut lire que cette clé. Puis lancez une tâche qui la trouve et finit sans erreur.

# %% [markdown] tags=["en"]
# The old task keeps the old password until it dies. After a rotation, **new tasks** are needed: an EventBridge rule that sees the rotation go by calls a Lambda function, which calls `update_service(forceNewDeployment=True)`. The other way is to read the vault from the program, with the
# task role, and to read again when the database refuses.
#
# > **In the exam.** “Automatic rotation”: Secrets Manager. “Settings, at the lowest cost”: Parameter Store. “The task does not start, ResourceInitializationError”: the execution role, or no path to Secrets Manager from a private subnet (NAT or an interface
# > endpoint).
#
# ### Your turn: the printer’s key
#
# The label printer needs a key. Keep it, encrypted, in the parameter `/operations/printer-key`; have it reach a task of the family `operations-labels` in the variable `PRINTER_KEY`; and let that family have an execution role **of its own**, `operations-labels`,
# which may read this key only. Then run a task that finds it and ends without an error.

# %% tags=["challenge"]
trust = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
ssm.put_parameter(Name="/operations/printer-key", Value="farine-T65", Type="SecureString")
key = ssm.get_parameter(Name="/operations/printer-key")["Parameter"]["ARN"]
iam.create_role(
    RoleName="operations-labels",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)
iam.attach_role_policy(
    RoleName="operations-labels",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
read = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": key}
iam.put_role_policy(
    RoleName="operations-labels",
    PolicyName="printer-key",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
labels = {
    "name": "labels",
    "image": planner["image"],
    "command": ["python", "-c", "import os; os.environ['PRINTER_KEY']"],
    "secrets": [{"name": "PRINTER_KEY", "valueFrom": key}],
}
own = iam.get_role(RoleName="operations-labels")["Role"]["Arn"]
ecs.register_task_definition(
    family="operations-labels",
    containerDefinitions=[labels],
    **fargate | {"executionRoleArn": own},
)
_ = wait(run("operations-labels"), "tasks_stopped")

# %%
lab.check("operations-labels")

# %% [markdown] tags=["fr"]
# ## Protéger : le moindre privilège
#
# Supposez que quelqu’un prenne la main sur votre programme, par une bibliothèque trouée. Que peut-il faire ? Exactement ce que la tâche pouvait faire. Le moindre privilège est l’art de rendre cette réponse ennuyeuse.

# %% [markdown] tags=["en"]
# ## Protecting: least privilege
#
# Suppose that somebody takes over your program, through a library with a hole in it. What can they do? Exactly what the task could do. Least privilege is the art of making that answer boring.

# %%
labs.figure("operations-privilege")

# %% [markdown] tags=["fr"]
# Les **rôles** d’abord. Le rôle d’exécution sert à ECS ; le rôle de tâche est celui du programme, et chaque service a le sien. Cette tâche a le droit de lire un paramètre, un seul. Elle essaie deux fois, sans clé d’accès ni configuration : ECS lui sert des identifiants
# temporaires, que le SDK trouve tout seul.

# %% [markdown] tags=["en"]
# **Roles** first. The execution role serves ECS; the task role is the program’s, and every service has its own. This task may read one parameter, a single one. It tries twice, with no access key and no configuration: ECS serves it temporary credentials, which the SDK finds
# by itself.

# %%
trust = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
task_role = iam.create_role(
    RoleName="operations-reader",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
only = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": opening}
iam.put_role_policy(
    RoleName="operations-reader",
    PolicyName="opening",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [only]}),
)
ssm.put_parameter(Name="/operations/recipe", Value="24 h", Type="String")

trying = """
import boto3
from botocore.exceptions import ClientError

ssm = boto3.client("ssm")
for name in ("/operations/opening", "/operations/recipe"):
    try:
        ssm.get_parameter(Name=name)
        print(name, "✔", flush=True)
    except ClientError as error:
        print(name, error.response["Error"]["Code"], flush=True)
"""
curious = {
    "name": "curious",
    "image": planner["image"],
    "command": ["python", "-c", trying],
    "environment": [{"name": "AWS_DEFAULT_REGION", "value": session.region_name}],
    "logConfiguration": logging("curious"),
}
ecs.register_task_definition(
    family="operations-reader", taskRoleArn=task_role, containerDefinitions=[curious], **fargate
)
wait(run("operations-reader"), "tasks_stopped")
until(lambda: len(lines("curious/")) >= 2)
print("\n".join(lines("curious/")))

# %% [markdown] tags=["fr"]
# Puis le **conteneur** : un utilisateur qui n’est pas root, une racine en lecture seule, aucune capacité du noyau, et un volume là où le programme doit vraiment écrire. Les limites de processeur et de mémoire en font partie : une fuite doit rester chez elle. Fargate refuse
# d’office `privileged` et l’ajout de capacités (hormis `SYS_PTRACE`) ; sur EC2, rien ne vous arrête.
#
# Essayons d’écrire tout de même. Avec Docker, ou sur AWS, la cellule affiche l’erreur du noyau, `Read-only file system`. **Sans moteur de conteneurs, elle dit que le fichier est écrit** : le cloud local lance alors de simples processus et n’impose ni la lecture seule, ni
# l’utilisateur, ni les capacités. C’est vrai, et c’est une leçon : un réglage ne protège que si quelque chose l’applique.

# %% [markdown] tags=["en"]
# Then the **container**: a user that is not root, a read-only root, no capabilities of the kernel, and a volume where the program really has to write. Limits on CPU and memory belong to it: a leak must stay at home. Fargate refuses `privileged` and added
# capabilities (but for `SYS_PTRACE`) from the outset; on EC2 nothing stops you.
#
# Let us try to write all the same. With Docker, or on AWS, the cell shows the kernel’s error, `Read-only file system`. **Without a container engine it says that the file is written**: the local cloud then runs plain processes and enforces neither the read-only root, nor the
# user, nor the capabilities. That is the truth, and a lesson: a setting protects only if something applies it.

# %%
writing = """
try:
    open("note.txt", "w").close()
    print("✔ note.txt", flush=True)
except OSError as error:
    print("✘", error, flush=True)
"""
writer = {
    "name": "writer",
    "image": planner["image"],
    "command": ["python", "-c", writing],
    "user": "10001",
    "readonlyRootFilesystem": True,
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    "logConfiguration": logging("writer"),
}
ecs.register_task_definition(family="operations-writer", containerDefinitions=[writer], **fargate)
wait(run("operations-writer"), "tasks_stopped")
until(lambda: lines("writer/"))
HTML(f"<p>{escape(lines('writer/')[-1])}</p>")

# %% [markdown] tags=["fr"]
# > **À l’examen.** « La tâche lit un compartiment S3, quel rôle ? » : le rôle de tâche. « La tâche ne peut pas tirer son image, quel rôle ? » : le rôle d’exécution. Des clés d’accès dans des variables sont toujours fausses. Sur EC2, sans rôle de tâche, les conteneurs
# > empruntent le rôle de l’**instance** : il faut leur fermer le service de métadonnées.
#
# ### À vous : les commandes, sans rien de trop
#
# Avec ou sans moteur, on peut juger la définition, comme le font les outils d’un pipeline. Enregistrez pour Fargate la famille `operations-orders` telle que la figure la veut : ni root, ni racine inscriptible, ni capacités, un volume monté sur `/scratch`, et un rôle de
# tâche `operations-orders` qui n’est pas le rôle d’exécution.

# %% [markdown] tags=["en"]
# > **In the exam.** “The task reads an S3 bucket, which role?”: the task role. “The task cannot pull its image, which role?”: the execution role. Access keys in variables are always wrong. On EC2, without a task role, containers borrow the **instance’s**
# > role: the metadata service has to be closed to them.
#
# ### Your turn: orders, and nothing superfluous
#
# With or without an engine, the definition can be judged, as the tools of a pipeline do. Register for Fargate the family `operations-orders` the way the figure wants it: no root user, no writable root, no capabilities, a volume mounted on `/scratch`, and a task role
# `operations-orders` that is not the execution role.

# %% tags=["challenge"]
iam.create_role(
    RoleName="operations-orders",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)
orders = {
    "name": "orders",
    "image": planner["image"],
    "user": "10001",
    "readonlyRootFilesystem": True,
    "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
}
_ = ecs.register_task_definition(
    family="operations-orders",
    taskRoleArn=iam.get_role(RoleName="operations-orders")["Role"]["Arn"],
    volumes=[{"name": "scratch"}],
    containerDefinitions=[orders],
    **fargate,
)

# %%
lab.check("operations-orders")

# %% [markdown] tags=["fr"]
# ## Protéger : chiffrer, en route et au repos
#
# **En route**, TLS s’arrête à l’équilibreur de charge : un listener HTTPS, un certificat d’AWS Certificate Manager qui se renouvelle tout seul, une redirection de HTTP vers HTTPS. Entre l’équilibreur et la tâche, le trafic reste dans le VPC ; s’il doit être chiffré de bout en bout, le
# groupe cible passe en HTTPS, ou Service Connect met du TLS entre les services.
#
# **Au repos**, presque tout est chiffré d’office ; la vraie question est *avec la clé de qui*. Une clé KMS **à vous** se choisit, se partage, se journalise dans CloudTrail et se retire.
#
# | quoi | d’office | avec votre clé KMS |
# |---|---|---|
# | images dans ECR | AES-256 | à la création du dépôt |
# | disque éphémère de Fargate | AES-256 | réglage du cluster |
# | EBS | si le compte le demande | à la création du volume |
# | EFS | au choix | à la création, jamais après |
# | journaux | oui | par groupe |
# | Secrets Manager, `SecureString` | clé d’AWS | par secret ou paramètre |

# %% [markdown] tags=["en"]
# ## Protecting: encryption, in transit and at rest
#
# **In transit**, TLS ends at the load balancer: an HTTPS listener, a certificate of AWS Certificate Manager that renews itself, a redirection from HTTP to HTTPS. Between load balancer and task the traffic stays in the VPC; if it has to be encrypted all the way, the target group
# turns to HTTPS, or Service Connect puts TLS between services.
#
# **At rest**, nearly everything is encrypted by default; the real question is *with whose key*. A KMS key **of yours** can be chosen, shared, logged in CloudTrail and withdrawn.
#
# | what | by default | with your KMS key |
# |---|---|---|
# | images in ECR | AES-256 | when the repository is created |
# | Fargate’s ephemeral disk | AES-256 | a setting of the cluster |
# | EBS | if the account says so | when the volume is created |
# | EFS | as you choose | at creation, never afterwards |
# | logs | yes | by group |
# | Secrets Manager, `SecureString` | AWS’s key | by secret or parameter |

# %%
[own] = logs.describe_log_groups(logGroupNamePrefix="/operations/planner")["logGroups"]
parameter = ssm.get_parameter(Name="/operations/opening")["Parameter"]

print("ECR", repository["encryptionConfiguration"]["encryptionType"])
print("CloudWatch Logs", own.get("kmsKeyId", "—"))
print("Secrets Manager", secretsmanager.describe_secret(SecretId=secret).get("KmsKeyId", "—"))
print("Parameter Store", parameter["Type"], parameter["Value"] == "06:30")

# %% [markdown] tags=["fr"]
# Un tiret : chiffré, mais par la clé d’AWS. La dernière ligne dit que, sans `WithDecryption`, Parameter Store ne rend pas la valeur en clair.
#
# > **À l’examen.** « Contrôler et auditer l’usage de la clé » : clé KMS gérée par le client. « Chiffrer un système EFS existant » : en créer un autre, chiffré, et copier.

# %% [markdown] tags=["en"]
# A dash: encrypted, but with AWS’s key. The last line says that, without `WithDecryption`, Parameter Store does not hand the value out in clear.
#
# > **In the exam.** “Control and audit the use of the key”: a customer managed KMS key. “Encrypt an existing EFS file system”: create another, encrypted, and copy.

# %% [markdown] tags=["fr"]
# ## Livrer : un pipeline, pas un héros
#
# Livrer un conteneur, c’est toujours la même suite : tester, construire, pousser, enregistrer une révision, mettre le service à jour, regarder. Une suite que l’on récite se confie à une machine.

# %% [markdown] tags=["en"]
# ## Delivering: a pipeline, not a hero
#
# Releasing a container is always the same sequence: test, build, push, register a revision, update the service, watch. A sequence that people recite can be left to a machine.

# %%
labs.figure("operations-pipeline")

# %% [markdown] tags=["fr"]
# **CodePipeline** enchaîne, **CodeBuild** construit, **CodeDeploy** bascule. CodeBuild suit un fichier du dépôt, `buildspec.yml` :
#
# ```yaml
# version: 0.2
# phases:
#   pre_build:
#     commands:
#       - aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY
#       - IMAGE=$REGISTRY/operations/products:$(echo $CODEBUILD_RESOLVED_SOURCE_VERSION | cut -c 1-7)
#   build:
#     commands:
#       - python -m pytest
#       - docker build -t $IMAGE .
#   post_build:
#     commands:
#       - docker push $IMAGE
#       - printf '[{"name":"planner","imageUri":"%s"}]' $IMAGE > imagedefinitions.json
# artifacts:
#   files: imagedefinitions.json
# ```
#
# L’étiquette est celle du commit, jamais `latest`. Pour construire des images, le projet CodeBuild doit être en mode *privileged*. Ce qu’il laisse derrière lui dépend du déploiement :
#
# - l’action **Amazon ECS** (remplacement progressif) prend **`imagedefinitions.json`** : pour chaque conteneur, son image ;
# - l’action **CodeDeploy** (bleu/vert) prend **`imageDetail.json`**, que la source ECR produit, **`taskdef.json`**, la définition avec `<IMAGE1_NAME>` à la place de l’image, et **`appspec.yaml`**, qui dit quel conteneur et quel port recevront le trafic, et quelles fonctions Lambda
#   vérifieront avant et après la bascule.
#
# Les trois services du pipeline ne tournent pas dans le cloud local. Mais ce qu’ils font se réduit à des appels que vous connaissez. Jouons CodeBuild : une image, un condensat, un fichier. Pour avoir une image aux octets vraiment différents sans attendre un correctif de Debian,
# nous poussons celle d’un autre service de la boutique, qui contient Python elle aussi.

# %% [markdown] tags=["en"]
# **CodePipeline** links the steps, **CodeBuild** builds, **CodeDeploy** shifts the traffic. CodeBuild follows a file of the repository, `buildspec.yml`:
#
# ```yaml
# version: 0.2
# phases:
#   pre_build:
#     commands:
#       - aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY
#       - IMAGE=$REGISTRY/operations/products:$(echo $CODEBUILD_RESOLVED_SOURCE_VERSION | cut -c 1-7)
#   build:
#     commands:
#       - python -m pytest
#       - docker build -t $IMAGE .
#   post_build:
#     commands:
#       - docker push $IMAGE
#       - printf '[{"name":"planner","imageUri":"%s"}]' $IMAGE > imagedefinitions.json
# artifacts:
#   files: imagedefinitions.json
# ```
#
# The tag is the commit’s, never `latest`. To build images, the CodeBuild project has to be in *privileged* mode. What it leaves behind depends on the deployment:
#
# - the **Amazon ECS** action (rolling update) takes **`imagedefinitions.json`**: for each container, its image;
# - the **CodeDeploy** action (blue/green) takes **`imageDetail.json`**, which the ECR source produces, **`taskdef.json`**, the definition with `<IMAGE1_NAME>` in the image’s place, and **`appspec.yaml`**, which says which container and port will get the traffic, and which Lambda
#   functions check before and after it is shifted.
#
# The pipeline’s three services do not run in the local cloud. But what they do comes down to calls that you know. Let us play CodeBuild: an image, a digest, a file. To have an image of really different bytes without waiting for a fix of Debian’s, we push that of another of the
# shop’s services, which holds Python too.

# %%
from pathlib import Path

lab.push(lab.build("reviews", tag="1.1"), repository["repositoryUri"])
[built] = ecr.describe_images(
    repositoryName="operations/products", imageIds=[{"imageTag": "1.1"}]
)["imageDetails"]
image = f"{repository['repositoryUri']}@{built['imageDigest']}"
_ = Path("imagedefinitions.json").write_text(json.dumps([{"name": "planner", "imageUri": image}]))

# %% [markdown] tags=["fr"]
# Puis l’action de déploiement, entière : lire la définition qui tourne, remplacer l’image, enregistrer, mettre à jour, attendre. Rien d’autre ne change dans la révision, et c’est le but.

# %% [markdown] tags=["en"]
# Then the deploy action, whole: read the definition that runs, replace the image, register, update, wait. Nothing else changes in the revision, which is the point.

# %%
def deploy(service, file):
    images = {one["name"]: one["imageUri"] for one in json.loads(Path(file).read_text())}
    [running] = ecs.describe_services(cluster="operations", services=[service])["services"]
    found = ecs.describe_task_definition(taskDefinition=running["taskDefinition"])["taskDefinition"]
    taken = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
    revision = {key: value for key, value in found.items() if key in taken}
    for container in revision["containerDefinitions"]:
        container["image"] = images.get(container["name"], container["image"])
    registered = ecs.register_task_definition(**revision)["taskDefinition"]
    ecs.update_service(
        cluster="operations", service=service, taskDefinition=registered["taskDefinitionArn"]
    )
    ecs.get_waiter("services_stable").wait(
        cluster="operations", services=[service], WaiterConfig=patience
    )
    return registered["revision"]


revision = deploy("planner", "imagedefinitions.json")
[arn] = ecs.list_tasks(cluster="operations", serviceName="planner")["taskArns"]
[task] = ecs.describe_tasks(cluster="operations", tasks=[arn])["tasks"]
revision, task["containers"][0]["imageDigest"] == built["imageDigest"]

# %% [markdown] tags=["fr"]
# Une approbation humaine, un déploiement bleu/vert, un retour en arrière par le disjoncteur ou par une alarme : tout cela s’ajoute autour de ces quelques lignes. Les identifiants aussi ont leur place : le pipeline agit avec un **rôle**, et un outil extérieur (GitHub Actions) prend un rôle par OIDC, sans
# clé d’accès à ranger quelque part.
#
# > **Aujourd’hui** (vérifié en 2026). ECS sait faire lui-même le bleu/vert, le linéaire et le canary, et AWS le conseille de préférence à CodeDeploy ; l’examen, lui, attend encore souvent CodeDeploy. *(Sources : Amazon ECS Developer
# > Guide, « Amazon ECS service deployment controllers and strategies » et « CodeDeploy blue/green deployments for Amazon ECS ».)*
#
# ## Des images qui vieillissent
#
# Une image ne change pas, mais le monde autour d’elle, si : la bibliothèque sûre d’hier a une faille ce matin. Fargate corrige le noyau ; **ce qu’il y a dans l’image est à vous**. La boucle qui garde une image jeune : une nouvelle image de base déclenche le pipeline, ECR analyse à chaque poussée
# (ou Inspector, en continu, et EventBridge réveille le pipeline quand il trouve quelque chose), on reconstruit, on redéploie. On ne corrige jamais un conteneur qui tourne.
#
# Et l’on sait ce qui tourne, parce que la définition nomme un **condensat** et non une étiquette. Regardez ce qu’ECS a retenu du premier déploiement, qui ne disait pourtant que `:1.0`.

# %% [markdown] tags=["en"]
# Somebody’s approval, a blue/green deployment, a roll-back by circuit breaker or alarm: all of it is added around these few lines. Credentials have their place too: the pipeline acts with a **role**, and an outside tool (GitHub Actions) takes a role through OIDC, with no access key to keep
# anywhere.
#
# > **Today** (checked in 2026). ECS itself does blue/green, linear and canary, and AWS recommends this over CodeDeploy; the exam often still expects CodeDeploy. *(Sources: Amazon ECS Developer Guide, “Amazon
# > ECS service deployment controllers and strategies” and “CodeDeploy blue/green deployments for Amazon ECS”.)*
#
# ## Images grow old
#
# An image does not change, but the world around it does: yesterday’s safe library has a hole this morning. Fargate patches the kernel; **what is in the image is yours**. The loop that keeps an image young: a new base image sets the pipeline off, ECR scans on push (or Inspector
# without a pause, and EventBridge wakes the pipeline when it finds something), rebuild, redeploy. A running container is never patched.
#
# And you know what runs, because the definition names a **digest** and not a tag. Look at what ECS kept of the first deployment, which said no more than `:1.0`.

# %%
deployments = ecs.list_service_deployments(cluster="operations", service="planner")
oldest = min(deployments["serviceDeployments"], key=lambda each: each["createdAt"])
[first_revision] = ecs.describe_service_revisions(
    serviceRevisionArns=[oldest["targetServiceRevisionArn"]]
)["serviceRevisions"]
[used] = first_revision["containerImages"]
used["image"].endswith(":1.0"), used["imageDigest"].startswith("sha256:")

# %% [markdown] tags=["fr"]
# > **Aujourd’hui** (vérifié en novembre 2026). C’est la **cohérence des versions** : ECS résout l’étiquette en condensat au premier démarrage, et toutes les tâches du déploiement prennent ces octets-là, même si l’étiquette bouge entre-temps. Elle est active d’office ;
# > `versionConsistency`, mis à `disabled` pour un conteneur, la coupe. Revers : pousser une image sous la même étiquette ne suffit pas, il faut un nouveau déploiement. *(Source : Amazon ECS API Reference, « ContainerDefinition » et « ContainerImage ».)*
#
# ## Compter : la taille juste
#
# Fargate facture ce que la tâche **réserve**. Le service des avis, que `lab.prepare` a lancé, réserve un vCPU et 4 Go « pour être tranquille ». De quoi a-t-il besoin ? La réponse est dans ses métriques, en pour cent de ce qu’il réserve.

# %% [markdown] tags=["en"]
# > **Today** (checked in November 2026). This is **version consistency**: ECS resolves the tag to a digest at the first start, and all tasks of the deployment take those bytes, even if the tag moves meanwhile. It is on by default; `versionConsistency`, set to `disabled` for a
# > container, turns it off. The other side of it: pushing an image under the same tag is not enough, a new deployment is needed. *(Source: Amazon ECS API Reference, “ContainerDefinition” and “ContainerImage”.)*
#
# ## Counting: the right size
#
# Fargate bills what a task **reserves**. The reviews service, which `lab.prepare` started, reserves one vCPU and 4 GB “to be on the safe side”. What does it need? The answer is in its metrics, in per cent of what it reserves.

# %%
from datetime import UTC, datetime, timedelta

from labs.fargate import cheapest, hourly
from labs.view.numbers import decimal


def points(metric):
    return cloudwatch.get_metric_statistics(
        Namespace="AWS/ECS",
        MetricName=metric,
        Dimensions=[
            {"Name": "ClusterName", "Value": "operations"},
            {"Name": "ServiceName", "Value": "reviews"},
        ],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]


reserved = 1024, 4096
shares = [
    max(point["Maximum"] for point in points(name))
    for name in ("CPUUtilization", "MemoryUtilization")
]
needed = [whole * share / 100 * 1.5 for whole, share in zip(reserved, shares, strict=True)]
size = cheapest(*(round(part) for part in needed))

print(size, f"{1 - hourly(*size) / hourly(*reserved):.0%}")
HTML(
    "<br>".join(
        f"{name} {decimal(share, 1)} % → {part:.0f} / {whole}"
        for name, share, part, whole in zip(("CPU", "RAM"), shares, needed, reserved, strict=True)
    )
)

# %% [markdown] tags=["fr"]
# La plus petite taille suffit, avec la moitié de marge en plus, et l’économie est celle que dit la cellule, chaque heure de chaque tâche. Sur un vrai service, on regarde assez loin pour voir passer des samedis, et le plus haut plutôt que la moyenne ; **Compute Optimizer** fait ce calcul pour les
# services ECS sur Fargate.
#
# ### À vous : les avis, taillés à leur mesure
#
# Les mesures ont parlé : le jour le plus chargé de l’année, les avis prennent 200 unités de processeur et 400 Mio de mémoire. Donnez au service `reviews` la taille la moins chère qui suffise, et attendez que ses tâches l’aient.

# %% [markdown] tags=["en"]
# The smallest size is enough, with half as much again to spare, and the saving is what the cell says, each hour of each task. On a real service you look back far enough to see some Saturdays, and at the highest value rather than the average; **Compute Optimizer** does this sum for ECS
# services on Fargate.
#
# ### Your turn: the reviews, cut to size
#
# The measurements have spoken: on the busiest day of the year the reviews take 200 CPU units and 400 MiB of memory. Give the service `reviews` the cheapest size that is enough, and wait until its tasks have it.

# %% tags=["challenge"]
cpu, memory = cheapest(200, 400)
found = ecs.describe_task_definition(taskDefinition="operations-reviews")["taskDefinition"]
kept = (
    "family",
    "networkMode",
    "requiresCompatibilities",
    "executionRoleArn",
    "containerDefinitions",
)
ecs.register_task_definition(
    cpu=str(cpu), memory=str(memory), **{key: found[key] for key in kept}
)
ecs.update_service(cluster="operations", service="reviews", taskDefinition="operations-reviews")
ecs.get_waiter("services_stable").wait(
    cluster="operations", services=["reviews"], WaiterConfig=patience
)

# %%
lab.check("operations-reviews")

# %% [markdown] tags=["fr"]
# La taille d’abord, le prix ensuite. Trois leviers, dans l’ordre où on les actionne :
#
# | levier | pour | contre |
# |---|---|---|
# | **Graviton** (ARM64) | à peu près tout ce qui se reconstruit | une image pour ARM |
# | **Spot** | ce qui peut être interrompu et repris | pas de garantie, deux minutes d’avertissement |
# | **Savings Plans** (Compute) | le socle qui tourne jour et nuit | un engagement en dollars par heure, sur un ou trois ans, perdu s’il ne sert pas |
#
# Un Compute Savings Plan s’applique à EC2, Fargate et Lambda, quelle que soit la Région, mais pas à Spot. On s’engage sur le **socle**, jamais sur la pointe. Et l’on taille avant de s’engager : sinon, on achète trois ans de gaspillage à prix réduit.
#
# > **À l’examen.** « Des tâches Fargate jour et nuit pendant trois ans, au moindre coût » : Compute Savings Plan. Une instance réservée ou un *EC2 Instance Savings Plan* n’y changerait rien : ils ne couvrent pas Fargate.

# %% [markdown] tags=["en"]
# Size first, price second. Three levers, in the order in which to pull them:
#
# | lever | for | against |
# |---|---|---|
# | **Graviton** (ARM64) | about everything that can be rebuilt | an image for ARM |
# | **Spot** | what can be interrupted and resumed | no guarantee, two minutes of warning |
# | **Savings Plans** (Compute) | the base that runs day and night | a commitment in dollars an hour, for one or three years, lost when it is not used |
#
# A Compute Savings Plan applies to EC2, Fargate and Lambda, in any Region, but not to Spot. Commit to the **base**, never to the peak. And cut to size before you commit: otherwise you buy three years of waste at a discount.
#
# > **In the exam.** “Fargate tasks day and night for three years, at the lowest cost”: a Compute Savings Plan. A reserved instance or an *EC2 Instance Savings Plan* would change nothing: they do not cover Fargate.

# %% [markdown] tags=["fr"]
# ## Compter : ce que l’on oublie
#
# **Les journaux** se paient deux fois : à la collecte, de loin le plus cher, puis à la garde. AWS compresse ce qu’il garde et ne facture que le résultat ; le simulateur compte, comme l’exemple d’AWS, un cinquième de ce
# qui a été écrit. La rétention ne touche que la garde ; pour la collecte, il faut écrire moins. Jouez avec les deux.

# %% [markdown] tags=["en"]
# ## Counting: what people forget
#
# **Logs** are paid for twice: when they are collected, by far the dearer part, then while they are kept. AWS compresses what it keeps and bills the result only; the simulator reckons, like AWS’s own example, with a fifth
# of what was written. Retention touches the keeping only; to collect less, write less. Play with both.

# %%
from labs.playgrounds import log_cost

bill = log_cost.playground()
bill

# %%
print(bill.set(written=5, quiet=0, retention="never"))
print(bill.set(written=5, quiet=0, retention="14"))
print(bill.set(written=5, quiet=60, retention="14"))

# %% [markdown] tags=["fr"]
# Sans rétention, la garde s’alourdit d’année en année ; avec quatorze jours, elle ne compte presque plus, et il ne reste à payer que ce que l’on écrit.
#
# **La sortie du réseau**, enfin, la ligne qui a surpris FrenchBakery. Des tâches en sous-réseau privé tirent leurs images, écrivent leurs journaux et lisent leurs secrets par une **passerelle NAT**, qui se paie à l’heure dans chaque zone et au Go. Or les couches des images viennent de **S3**, et le
# point de terminaison **de passerelle** pour S3 est gratuit. Les autres, **d’interface** (`ecr.api`, `ecr.dkr`, `logs`, `secretsmanager`), se paient à l’heure, **chacun dans chaque zone**, mais leur Go coûte moins.
#
# Qui l’emporte ? Cela dépend du nombre de zones, du nombre de points de terminaison et des Go qui passent : le simulateur a tout cela. À gauche de chaque barre, ce que l’on paie même si rien ne passe.

# %% [markdown] tags=["en"]
# Without a retention, keeping weighs more from year to year; with fourteen days it hardly counts, and what is left to pay is what you write.
#
# **The way out of the network**, at last, the line that surprised FrenchBakery. Tasks in private subnets pull their images, write their logs and read their secrets through a **NAT gateway**, paid by the hour in each zone and by the GB. Yet image layers come from **S3**, and the **gateway** endpoint of
# S3 is free. The others, **interface** endpoints (`ecr.api`, `ecr.dkr`, `logs`, `secretsmanager`), are paid by the hour, **each of them in each zone**, but their GB costs less.
#
# Which one wins? That depends on the zones, on the number of endpoints and on the GB that pass: the simulator has all of them. The left part of each bar is what you pay even when nothing passes.

# %%
from labs.playgrounds import nat_or_endpoints

ways = nat_or_endpoints.playground()
ways

# %%
print(ways.set(zones=2, endpoints=4, layers=500, calls=50, internet=0))
print(ways.set(zones=3, endpoints=8, layers=500, calls=50, internet=0))
print(ways.set(zones=2, endpoints=4, layers=2000, calls=200, internet=100))

# %% [markdown] tags=["fr"]
# Lisez les trois réponses. Sans internet, quatre points de terminaison battent la passerelle NAT. À huit dans trois zones, ils coûtent plus cher qu’elle. Dès qu’il faut aussi sortir vers internet, la passerelle est là de toute façon, et le point de terminaison **de S3**, lui, gagne toujours : il ne coûte rien et prend le plus
# gros du trafic. C’est le premier geste, et souvent le seul nécessaire.
#
# > **À l’examen.** « Réduire le coût de NAT pour des accès à S3 ou DynamoDB » : point de terminaison de passerelle. « Aucun trafic ne doit passer par internet » : des points de terminaison d’interface, même s’ils coûtent, et celui de S3 pour les couches. Une passerelle NAT par zone pour la disponibilité, une seule
# > pour l’économie. Trouver qui dépense : étiquettes d’allocation de coûts et Cost Explorer ; être prévenu : AWS Budgets.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). Une passerelle NAT peut aussi être **régionale** : une seule à créer, sans sous-réseau public, qui s’étend d’elle-même aux zones où vous avez des tâches. L’examen en est encore à une passerelle par zone. *(Source : Amazon VPC User Guide, « Regional NAT gateways for automatic multi-AZ expansion ».)*

# %% [markdown] tags=["en"]
# Read the three answers. Without the internet, four endpoints beat NAT. Eight of them in three zones cost more than it does. As soon as tasks also have to reach the internet, the gateway is there anyway, and the endpoint **of S3** still always wins: it costs nothing and takes most of the traffic. It is the first
# thing to do, and often the only one needed.
#
# > **In the exam.** “Lower the cost of NAT for access to S3 or DynamoDB”: gateway endpoint. “No traffic may pass over the internet”: interface endpoints, even though they cost, and that of S3 for the layers. One NAT gateway per zone for availability, a single one to save. To find out who spends: cost allocation
# > tags and Cost Explorer; to be told: AWS Budgets.
# >
# > **Today** (checked in November 2026). A NAT gateway can also be **regional**: a single one to create, with no public subnet, which spreads by itself to the zones where you have tasks. The exam still thinks of one gateway for each zone. *(Source: Amazon VPC User Guide, “Regional NAT gateways for automatic multi-AZ expansion”.)*

# %% [markdown] tags=["fr"]
# ## À retenir
#
# Ce qui doit survivre à une tâche en sort pendant qu’elle vit : lignes vers CloudWatch Logs, avec une rétention ; mesures vers CloudWatch, avec une alarme qui prévient quelqu’un ; événements vers EventBridge ; traces vers X-Ray par OpenTelemetry. Un secret n’est ni dans l’image ni dans la définition ; le
# rôle d’exécution le lit au démarrage, et une rotation demande de nouvelles tâches. Le programme a son rôle à lui, et dans son conteneur rien de trop. Un pipeline construit, pousse, enregistre une révision par condensat et met le service à jour. On taille d’après les mesures, puis viennent Graviton, Spot et les
# Savings Plans ; et l’on n’oublie ni la rétention, ni le point de terminaison de S3.
#
# Trois questions, pour voir ce qui est resté.

# %% [markdown] tags=["en"]
# ## To remember
#
# What must outlive a task leaves it while it lives: lines to CloudWatch Logs, with a retention; measurements to CloudWatch, with an alarm that tells somebody; events to EventBridge; traces to X-Ray through OpenTelemetry. A secret is neither in the image nor in the definition; the execution role reads it at the
# start, and a rotation calls for new tasks. The program has a role of its own, and nothing superfluous in its container. A pipeline builds, pushes, registers a revision by digest and updates the service. First cut to size by what you measured, then come Graviton, Spot and Savings Plans; and forget neither retention nor
# the endpoint of S3.
#
# Three questions, to see what has stuck.

# %%
import quiz

quiz.ask("operations-silence-is-a-failure")

# %%
quiz.ask("operations-rotation-without-touching-the-code")

# %%
quiz.ask("operations-endpoints-in-a-quiet-vpc")

# %% [markdown] tags=["fr"]
# On éteint, on ferme, on range les clés.

# %% [markdown] tags=["en"]
# Lights out, doors shut, keys away.

# %%
lab.clean_up("operations")
