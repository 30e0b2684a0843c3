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
# # Kubernetes et Amazon EKS
#
# FrenchBakery vient de racheter une chaîne de boulangeries lyonnaise. Avec les fours et les baux est arrivée une équipe de trois personnes, une salle
# de machines, et une pile de fichiers YAML : là-bas, tout tourne sur **Kubernetes**. « On ne réécrit rien », a prévenu leur responsable ; « on ne loue pas une
# salle de machines de plus », a répondu la direction.
#
# **Amazon EKS** est la réponse d’AWS à cette phrase-là : le même Kubernetes, dont AWS tient le centre nerveux. Dans ce cahier, vous lirez FrenchBakery en Kubernetes, vous
# créerez un cluster par l’API d’AWS, vous y ferez entrer des gens et des pods avec leurs droits, et vous finirez par la question que l’examen aime tant : ECS ou EKS ?

# %% [markdown] tags=["en"]
# # Kubernetes and Amazon EKS
#
# FrenchBakery has just bought a chain of bakeries in Lyon. With the ovens and the leases came a team of three, a machine room, and a pile of YAML files: over
# there, everything runs on **Kubernetes**. “We are not rewriting anything,” said their lead; “we are not renting another machine room,” said management.
#
# **Amazon EKS** is AWS’s answer to exactly that: the same Kubernetes, with its nerve centre kept by AWS. In this notebook you will read FrenchBakery in
# Kubernetes, create a cluster through AWS’s API, let people and pods in with their rights, and end with the question the exam is so fond of: ECS or EKS?

# %% [markdown] tags=["fr"]
# | | |
# |---|---|
# | **durée** | environ une heure |
# | **coût** | rien sur le cloud local ; sur un compte AWS, 0,10 USD par heure de cluster (Amazon EKS Pricing, 2026), et ses nœuds |
# | **à l’examen** | 2.1 migrer vers des conteneurs, choisir ECS ou EKS · 3.2 l’orchestration · 4.2 le coût des conteneurs |
#
# Vous revenez après une interruption, ou après un redémarrage du noyau ? Exécutez les deux premières cellules de code, puis la dernière, qui range, et
# repartez de `lab.prepare("eks")`. Autrement, ce qui existe déjà serait refusé, son nom étant pris.

# %% [markdown] tags=["en"]
# | | |
# |---|---|
# | **time** | about an hour |
# | **cost** | nothing on the local cloud; on an AWS account 0.10 USD per cluster-hour (Amazon EKS Pricing, 2026), and its nodes |
# | **in the exam** | 2.1 migrating into containers, choosing ECS or EKS · 3.2 orchestration · 4.2 the cost of containers |
#
# Coming back after a break, or after restarting the kernel? Run the first two code cells, then the last one, which tidies up, and start again from
# `lab.prepare("eks")`. Otherwise whatever exists already would be refused, its name being taken.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %%
import labs

session = labs.connect()
lab = labs.Lab(session)

# %%
lab.prepare("eks")

# %% [markdown] tags=["fr"]
# ## Six mots pour lire Kubernetes
#
# Kubernetes est un logiciel libre né chez Google, confié depuis à une fondation, et qu’une immense communauté fait vivre. On lui décrit un état voulu dans des fichiers, les
# **manifestes** ; il compare sans cesse ce qui est à ce qui devrait être, et corrige l’écart. Trouver une machine à chaque conteneur, les relier, répartir les appels,
# ajuster leur nombre : c’est lui qui s’en charge, avec les mêmes outils sur site et dans n’importe quel cloud.
#
# Un **nœud** est une machine qui prête ses bras. Un **pod** est la plus petite chose que l’on y fasse tourner : un conteneur, ou quelques-uns qui vivent et meurent ensemble, avec **une
# seule adresse IP** pour eux tous. Personne ne lance un pod à la main : un **Deployment** en tient en vie le nombre voulu, et les remplace un à un quand l’image change. Comme
# les pods vont et viennent, un **Service** leur donne un nom et une adresse stables, et répartit les appels. Un **Ingress** fait entrer le trafic HTTP du dehors et
# l’aiguille selon le chemin. Enfin un **Namespace**, espace de noms, sépare les équipes et les applications à l’intérieur d’un même cluster.

# %% [markdown] tags=["en"]
# ## Six words to read Kubernetes with
#
# Kubernetes is open source software, born at Google, since entrusted to a foundation, and kept alive by a huge community. You describe a desired state in files, the
# **manifests**; it compares, without end, what is with what ought to be, and mends the difference. Finding a machine for each container, connecting them, spreading the
# calls, adjusting their number: it sees to all that, with the same tools on premises and in any cloud.
#
# A **node** is a machine that lends a hand. A **pod** is the smallest thing that runs on one: a container, or a few that live and die together, with **a single IP
# address** for all of them. Nobody starts a pod by hand: a **Deployment** keeps the wanted number of them alive, and replaces them one by one when the image changes.
# Since pods come and go, a **Service** gives them a stable name and address, and spreads the calls. An **Ingress** lets HTTP traffic in from outside and sends it along by
# its path. Lastly a **Namespace** keeps teams and applications apart within one cluster.

# %%
labs.figure("eks-objects")

# %% [markdown] tags=["fr"]
# FrenchBakery en Kubernetes tient dans un dossier, `frenchbakery/deploy/eks`. Voici ses objets, fichier par fichier.

# %% [markdown] tags=["en"]
# FrenchBakery in Kubernetes fits into one folder, `frenchbakery/deploy/eks`. Here are its objects, file by file.

# %%
from labs import manifests

for each in manifests.shop():
    print(f"{each.file:16} {each.name}")

# %% [markdown] tags=["fr"]
# Trois inconnus dans la liste. Un **HorizontalPodAutoscaler** change le nombre de pods selon la charge, et un **ServiceAccount** leur donne une identité : nous y viendrons. Un
# **PodDisruptionBudget** pose une condition à qui vide un nœud pour l’entretien : « laissez-m’en au moins un ». Ouvrons le premier objet de `products.yaml`.

# %% [markdown] tags=["en"]
# Three strangers in the list. A **HorizontalPodAutoscaler** changes the number of pods with the load, and a **ServiceAccount** gives them an identity: more of both later. A
# **PodDisruptionBudget** sets a condition for whoever empties a node for maintenance: “leave me at least one”. Let us open the first object of `products.yaml`.

# %%
print((manifests.SHOP / "products.yaml").read_text(encoding="utf-8").split("---")[0])

# %% [markdown] tags=["fr"]
# Lisez-le de haut en bas : deux exemplaires d’un modèle de pod (`template`), reconnus à leur étiquette (`app: products`), étalés sur les zones. Chaque conteneur réserve
# un quart de cœur (`250m`) et 256 Mio, avec 512 Mio pour plafond. Deux sondes : `readinessProbe` décide si le pod reçoit du trafic, `livenessProbe` s’il faut le
# relancer. Et un `securityContext` à la hauteur : pas de root, système de fichiers en lecture seule, aucune capacité du noyau. L’espace de noms
# `shop` porte l’étiquette `restricted` : Kubernetes y refuserait un pod moins sage.
#
# Encore faut-il que le fichier soit juste. Kubernetes publie un **schéma** de ses objets pour chacune de ses versions ; validons contre celui de la 1.36, champs inconnus
# refusés.

# %% [markdown] tags=["en"]
# Read it from top to bottom: two copies of a pod template, known by their label (`app: products`), spread over the zones. Each container sets aside a quarter of a core
# (`250m`) and 256 MiB, with 512 MiB as its ceiling. Two probes: `readinessProbe` decides whether the pod gets traffic, `livenessProbe` whether it must be restarted. And a
# `securityContext` to match: no root, a read-only file system, no kernel capability. The namespace `shop` carries the label `restricted`: Kubernetes would refuse a
# less well-behaved pod there.
#
# The file still has to be right. Kubernetes publishes a **schema** of its objects for each of its versions; let us validate against that of 1.36, unknown fields
# refused.

# %%
manifests.validated(manifests.shop())

# %% [markdown] tags=["fr"]
# En voici un autre, écrit trop vite. Corrigez-le : le schéma ne dit que sa première objection à chaque objet, la suivante vient après. Puis changez de version.
# Le second objet était juste en 1.25, mais Kubernetes finit par retirer les vieilles versions de ses API ; c’est la première chose à vérifier **avant** de monter un
# cluster de version.

# %% [markdown] tags=["en"]
# Here is another, written in haste. Fix it: the schema tells only its first objection to each object, the next one comes after. Then change the version. The second
# object was right in 1.25, but Kubernetes ends up removing old versions of its APIs; that is the first thing to check **before** taking a cluster to a new version.

# %%
from labs.playgrounds import manifest

review = manifest.playground()
review

# %%
print(review.set(version="1.25"))
print(review.set(version="1.36", text=manifest.HASTY.replace('"two"', "2")))

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Open source », « les mêmes outils sur site et dans le cloud », « portable », « l’équipe connaît déjà Kubernetes », « charts Helm », « kubectl » : ces mots désignent
# > **EKS**. Aucune question ne demande d’écrire du YAML ; il faut reconnaître pods, nœuds et espaces de noms quand ils passent.
#
# ## Le même service, dit deux fois
#
# Rien de tout cela n’est étranger à qui connaît ECS. Tâche et pod, service et Deployment, cible d’ALB et Service, rôle de tâche et compte de service : les idées se
# répondent. Changez la taille, le port ou le nombre d’exemplaires, et regardez quelles lignes bougent des deux côtés.

# %% [markdown] tags=["en"]
# > **In the exam.** “Open source”, “the same tools on premises and in the cloud”, “portable”, “the team already knows Kubernetes”, “Helm charts”, “kubectl”: these words
# > mean **EKS**. No question asks you to write YAML; you need to recognise pods, nodes and namespaces when they come by.
#
# ## The same service, said twice
#
# None of this is foreign to whoever knows ECS. Task and pod, service and Deployment, ALB target and Service, task role and service account: each idea has its counterpart. Change the size, the port or the number of copies, and watch which lines move on both sides.

# %%
from labs.playgrounds import side_by_side

twins = side_by_side.playground()
twins

# %%
print(twins.set(cpu="256", memory="512"))
print(twins.set(cpu="256", memory="4096"))

# %% [markdown] tags=["fr"]
# Voilà une différence de caractère. ECS refuse une paire que Fargate ne vend pas ; EKS arrondit en silence, après avoir ajouté à la mémoire de chaque pod les 256 Mo que prennent les
# composants de Kubernetes. Un pod qui demande 512 Mio en paie donc 1024. Notez aussi que sur Fargate, `requests` et `limits` doivent être égaux, et que l’unité de processeur d’ECS
# est 1/1024 de vCPU, celle de Kubernetes un vrai millième (`250m`).
#
# ## Un cluster
#
# Le **plan de contrôle** est ce que Kubernetes a de plus pénible à tenir soi-même : les serveurs d’API, et `etcd`, la base où vit l’état voulu. EKS le fait tourner dans un compte
# d’AWS : au moins deux serveurs d’API et trois `etcd`, répartis sur **trois zones**, sauvegardés, remplacés dès que l’un d’eux flanche. C’est du Kubernetes certifié conforme : ce qui
# marche ailleurs marche là. À vous les nœuds, dans votre VPC, de l’une des quatre sortes de la figure.

# %% [markdown] tags=["en"]
# There is a difference of character. ECS refuses a pair that Fargate does not sell; EKS rounds up without a word, after adding to each pod’s memory the 256 MB that
# the Kubernetes components take. So a pod that asks for 512 MiB pays for 1024. Note too that on Fargate, `requests` and `limits` must be equal, and that the CPU unit of
# ECS is 1/1024 of a vCPU, that of Kubernetes a true thousandth (`250m`).
#
# ## A cluster
#
# The **control plane** is the most tiresome part of Kubernetes to keep yourself: the API servers, and `etcd`, the database where the desired state lives. EKS runs it in an account of
# AWS’s: at least two API servers and three `etcd`, spread over **three zones**, backed up, replaced as soon as one falters. It is certified-conformant Kubernetes: what works elsewhere
# works there. Yours are the nodes, in your VPC, of one of the four kinds in the figure.

# %%
labs.figure("eks-cluster")

# %% [markdown] tags=["fr"]
# Créons-le. Il faut un rôle, que le plan de contrôle endosse pour toucher à votre VPC, et des sous-réseaux dans **au moins deux zones**, où il pose des interfaces réseau pour parler aux
# nœuds. Le point de terminaison peut être public, privé, ou les deux ; en production, on le garde privé ou on restreint les adresses admises.

# %% [markdown] tags=["en"]
# Let us create one. It takes a role, which the control plane takes on to touch your VPC, and subnets in **at least two zones**, where it puts network interfaces to talk to
# the nodes. The endpoint may be public, private, or both; in production you keep it private, or restrict the addresses admitted.

# %%
eks, ec2, iam = (session.client(name) for name in ("eks", "ec2", "iam"))


def subnets(side):
    tags = {"Name": "eks", f"kubernetes.io/role/{side}": "1"}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    return [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=filters)["Subnets"]]


def role(name):
    return iam.get_role(RoleName=f"eks-{name}")["Role"]["Arn"]


public, private = subnets("elb"), subnets("internal-elb")
cluster = eks.create_cluster(
    name="eks",
    version="1.36",
    roleArn=role("cluster"),
    resourcesVpcConfig={
        "subnetIds": public + private,
        "endpointPublicAccess": True,
        "endpointPrivateAccess": True,
    },
    accessConfig={"authenticationMode": "API"},
)["cluster"]
cluster["status"]

# %%
patience = {"Delay": 10, "MaxAttempts": 180}
eks.get_waiter("cluster_active").wait(name="eks", WaiterConfig=patience)

cluster = eks.describe_cluster(name="eks")["cluster"]
for key in ("status", "version"):
    print(key, cluster[key])

# %% [markdown] tags=["fr"]
# Sur AWS, comptez une dizaine de minutes ; le cloud local n’a rien à démarrer. Il répond à l’API d’EKS, mais **aucun Kubernetes ne tourne derrière**. Il le dit à qui frappe au point de
# terminaison ; voyons ce qu’entendrait `kubectl`.

# %% [markdown] tags=["en"]
# On AWS, allow about ten minutes; the local cloud has nothing to start. It answers EKS’s API, but **no Kubernetes runs behind it**. It says so to whoever knocks at
# the endpoint; let us see what `kubectl` would hear.

# %%
import base64
import http.client
import json
import ssl
from urllib.parse import urlsplit

authority = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
connection = http.client.HTTPSConnection(
    urlsplit(cluster["endpoint"]).netloc,
    context=ssl.create_default_context(cadata=authority),
    timeout=20,
)
connection.request("GET", "/api/v1/nodes")
answer = connection.getresponse()
print(answer.status, json.load(answer)["message"])

# %% [markdown] tags=["fr"]
# Sur un compte AWS, la même cellule répond 401 ou 403 : il y a bien quelqu’un, mais vous n’avez pas montré de jeton. `aws eks update-kubeconfig --name eks` apprend à kubectl à en demander un à
# IAM.
#
# ### Des versions qui vieillissent
#
# Kubernetes sort une version mineure tous les quatre mois environ. EKS soutient chacune **14 mois** en support standard, puis **12 mois** en support étendu, plus cher. Ensuite, le cluster est mis à jour
# d’office. On monte d’une version mineure à la fois : d’abord le plan de contrôle, puis les modules et les nœuds.

# %% [markdown] tags=["en"]
# On an AWS account, the same cell answers 401 or 403: somebody is there, but you have shown no token. `aws eks update-kubeconfig --name eks` teaches kubectl to ask IAM for
# one.
#
# ### Versions that age
#
# Kubernetes releases a minor version about every four months. EKS supports each for **14 months** in standard support, then **12 months** in extended support, which costs more. After that the
# cluster is upgraded for you. You go up one minor version at a time: the control plane first, then the add-ons and the nodes.

# %%
for each in eks.describe_cluster_versions(clusterVersions=["1.36", "1.35"])["clusterVersions"]:
    dates = [each[key] for key in ("endOfStandardSupportDate", "endOfExtendedSupportDate")]
    print(each["clusterVersion"], *(f"{date:%Y-%m-%d}" for date in dates))

# %% [markdown] tags=["fr"]
# ## Sur quoi tournent les pods
#
# Un **groupe de nœuds géré** est un groupe Auto Scaling qu’EKS crée et renouvelle pour vous : vous choisissez types d’instances et bornes, EKS vide chaque nœud de ses pods avant de le
# remplacer. C’est votre compte, vos instances, votre facture EC2. Les nœuds **autogérés** sont des instances que vous attachez vous-même ; on y vient pour une AMI ou un
# réglage que le groupe géré n’offre pas. Linux, Windows et les GPU ont leurs AMI dans les deux cas ; mais un cluster ne peut être tout Windows : le DNS du cluster, par exemple,
# ne tourne que sous Linux, sur un nœud ou sur Fargate.

# %% [markdown] tags=["en"]
# ## What pods run on
#
# A **managed node group** is an Auto Scaling group that EKS creates and renews for you: you choose instance types and bounds, EKS empties each node of its pods before
# replacing it. Your account, your instances, your EC2 bill. **Self-managed** nodes are instances that you attach yourself; you come to them for an AMI or a setting that the managed group
# does not offer. Linux, Windows and GPUs have their AMIs in both cases; yet no cluster can be all Windows: its DNS, for one, runs on Linux only, on a node or on Fargate.

# %%
eks.create_nodegroup(
    clusterName="eks",
    nodegroupName="eks-day",
    instanceTypes=["t3.medium"],
    scalingConfig={"minSize": 2, "maxSize": 4, "desiredSize": 2},
    subnets=public,
    nodeRole=role("nodes"),
)
eks.get_waiter("nodegroup_active").wait(
    clusterName="eks", nodegroupName="eks-day", WaiterConfig=patience
)
group = eks.describe_nodegroup(clusterName="eks", nodegroupName="eks-day")["nodegroup"]
print(group["status"], group["capacityType"], group["amiType"])

[scaling] = group["resources"]["autoScalingGroups"]
ours = [{"Name": "tag:aws:autoscaling:groupName", "Values": [scaling["name"]]}]
reservations = ec2.describe_instances(Filters=ours)["Reservations"]
instances = [each for reservation in reservations for each in reservation["Instances"]]
print(len(instances), len({each["Placement"]["AvailabilityZone"] for each in instances}))

# %% [markdown] tags=["fr"]
# Deux instances, deux zones. EC2 les connaît, et leur étiquette dit à qui elles sont.
#
# ### À vous : des nœuds pour la nuit
#
# La nuit, le cluster recalcule les recommandations, par morceaux que l’on peut reprendre. Ajoutez au cluster `eks` le groupe de nœuds géré `eks-night` : **Spot**, de **1 à 5** nœuds, dans les deux zones.

# %% [markdown] tags=["en"]
# Two instances, two zones. EC2 knows them, and their tag says whose they are.
#
# ### Your turn: nodes for the night
#
# At night the cluster recomputes recommendations, in pieces that can be resumed. Add the managed node group `eks-night` to the cluster `eks`: **Spot**, **1 to 5** nodes, in both zones.

# %% tags=["challenge"]
eks.create_nodegroup(
    clusterName="eks",
    nodegroupName="eks-night",
    capacityType="SPOT",
    instanceTypes=["t3.medium", "t3a.medium"],
    scalingConfig={"minSize": 1, "maxSize": 5, "desiredSize": 1},
    subnets=public,
    nodeRole=role("nodes"),
)
eks.get_waiter("nodegroup_active").wait(
    clusterName="eks", nodegroupName="eks-night", WaiterConfig=patience
)

# %%
lab.check("eks-night")

# %% [markdown] tags=["fr"]
# ### Sans nœuds du tout
#
# Un **profil Fargate** dit quels pods tournent sans que vous ayez de nœud à soigner : ceux d’un espace de noms, et si l’on veut, ceux qui portent certaines étiquettes. Chacun tourne dans sa propre petite machine.
# Le profil ne change pas les manifestes : c’est le cluster qui aiguille. Il exige des sous-réseaux **privés**. Essayons d’abord avec les publics.

# %% [markdown] tags=["en"]
# ### No nodes at all
#
# A **Fargate profile** says which pods will have no node to look after: those of a namespace, and if you like, those that carry certain labels. Each runs in a small machine of
# its own. The profile does not change the manifests: the cluster does the sorting. It insists on **private** subnets. Let us first try the public ones.

# %%
from botocore.exceptions import ClientError

profile = {
    "clusterName": "eks",
    "fargateProfileName": "eks-batch",
    "podExecutionRoleArn": role("fargate"),
    "selectors": [{"namespace": "batch", "labels": {"size": "small"}}],
}
try:
    eks.create_fargate_profile(**profile, subnets=public)
except ClientError as error:
    print("…", *error.response["Error"]["Message"].split()[2:])

eks.create_fargate_profile(**profile, subnets=private)
eks.get_waiter("fargate_profile_active").wait(
    clusterName="eks", fargateProfileName="eks-batch", WaiterConfig=patience
)
eks.list_fargate_profiles(clusterName="eks")["fargateProfileNames"]

# %% [markdown] tags=["fr"]
# Pour tirer leurs images depuis un sous-réseau privé, il faudra aux pods une passerelle NAT ou des points de terminaison de VPC, comme à toute tâche.
# Le rôle d’exécution du pod (`podExecutionRoleArn`) sert à tirer l’image et à écrire les journaux, comme le rôle d’exécution d’ECS. Les limites sont celles que vous connaissez : ni DaemonSet, ni
# `privileged`, ni GPU, ni volume EBS. Sur EKS, il y manque encore trois choses : Fargate Spot, les processeurs ARM et Windows.
#
# ### À vous : les paiements, chacun chez soi
#
# Les pods de l’espace de noms `payments` ne doivent partager leur noyau avec personne. Créez le profil Fargate `eks-payments` : **tous** les pods de cet espace de noms, et **eux seuls**.

# %% [markdown] tags=["en"]
# To pull their images from a private subnet, the pods will need a NAT gateway or VPC endpoints, like any task.
# The pod execution role (`podExecutionRoleArn`) pulls the image and writes the logs, like the execution role of ECS. The limits are those you know: no DaemonSet, no
# `privileged`, no GPU, no EBS volume. On EKS three more things are missing: Fargate Spot, ARM processors and Windows.
#
# ### Your turn: payments, each in a home of its own
#
# The pods of the namespace `payments` must share their kernel with nobody. Create the Fargate profile `eks-payments`: **all** the pods of that namespace, and **only** those.

# %% tags=["challenge"]
eks.create_fargate_profile(
    clusterName="eks",
    fargateProfileName="eks-payments",
    podExecutionRoleArn=role("fargate"),
    subnets=private,
    selectors=[{"namespace": "payments"}],
)
eks.get_waiter("fargate_profile_active").wait(
    clusterName="eks", fargateProfileName="eks-payments", WaiterConfig=patience
)

# %%
lab.check("eks-payments")

# %% [markdown] tags=["fr"]
# > **À l’examen.** « Kubernetes » et « sans gérer de nœuds » : EKS avec des profils **Fargate**. Un DaemonSet, un GPU ou Windows dans l’énoncé ramène aux nœuds EC2. « Au moindre coût » et « interruptible » : un
# > groupe de nœuds **Spot** ; une réponse qui dit « EKS avec Fargate Spot » est un leurre. *(Source : Amazon EKS User Guide, « Simplify compute management with AWS Fargate ».)*
# >
# > **Aujourd’hui** (vérifié en novembre 2026). **EKS Auto Mode** va plus loin que le groupe géré : EKS choisit les instances, les corrige, les retire quand elles ne servent plus, et tient lui-même le réseau
# > des pods, les équilibreurs et les volumes. Aucune instance n’y vit plus de **21 jours**. C’est un supplément au prix d’EC2 ; les pods y tournent sur de vraies instances, DaemonSets et GPU compris, là où Fargate les refuse.
# > *(Source : Amazon EKS User Guide, « Automate cluster infrastructure with EKS Auto Mode ».)*
#
# ## Hors d’AWS aussi
#
# La salle de machines de Lyon ne fermera pas demain. Trois noms se ressemblent, et l’examen joue dessus. Posez-vous une seule question : **où est le plan de contrôle ?**

# %% [markdown] tags=["en"]
# > **In the exam.** “Kubernetes” and “without managing nodes”: EKS with **Fargate** profiles. A DaemonSet, a GPU or Windows in the question brings you back to EC2 nodes. “Lowest cost” and “can be
# > interrupted”: a **Spot** node group; an answer that says “EKS with Fargate Spot” is a decoy. *(Source: Amazon EKS User Guide, “Simplify compute management with AWS Fargate”.)*
# >
# > **Today** (checked in November 2026). **EKS Auto Mode** goes further than the managed group: EKS picks the instances, patches them, removes them once they are of no use, and keeps the pods’ network, the
# > load balancers and the volumes itself. No instance lives there for more than **21 days**. It is an extra on top of the price of EC2; pods run on real instances, DaemonSets and GPUs included, where Fargate refuses them.
# > *(Source: Amazon EKS User Guide, “Automate cluster infrastructure with EKS Auto Mode”.)*
#
# ## Outside AWS, too
#
# The machine room in Lyon will not close tomorrow. Three names look alike, and the exam plays on it. Ask yourself one question only: **where is the control plane?**

# %%
labs.figure("eks-where")

# %% [markdown] tags=["fr"]
# **EKS Anywhere** installe un cluster entier chez vous, sur VMware vSphere, sur Nutanix ou sur serveurs nus, avec les outils d’AWS pour le créer et le mettre à jour ; il sait vivre sans Internet. **EKS Distro** n’est que la distribution : les
# mêmes binaires qu’EKS, à installer comme bon vous semble. **ECS Anywhere**, l’autre nom proche, fait l’inverse d’EKS Anywhere : vos serveurs, mais le plan de contrôle d’AWS.
#
# > **À l’examen.** « Kubernetes sur site, avec le support d’AWS » : EKS Anywhere. « La même distribution qu’EKS, exploitée par nous » : EKS Distro. « Nos serveurs, avec ECS » : ECS Anywhere.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). **EKS Hybrid Nodes** relie vos machines à un cluster EKS d’une région : plan de contrôle chez AWS, nœuds chez vous, facturés au vCPU en plus de l’heure de cluster. Il faut
# > une liaison privée et permanente (VPN, Direct Connect) ; sans elle, EKS Anywhere. *(Sources : Amazon EKS User Guide, « Prerequisite setup for hybrid nodes » ; documentation d’EKS Anywhere, « Compare EKS Anywhere and Amazon EKS ».)*
#
# ## Qui entre, et pour quoi faire
#
# Deux gardiens se succèdent à la porte. **IAM** répond à *qui êtes-vous ?* : kubectl présente un jeton signé par vos identifiants AWS. **RBAC**, dans Kubernetes, répond à *qu’avez-vous le droit de faire ?* : un `Role` énumère des verbes sur
# des objets d’un espace de noms, un `RoleBinding` le donne à quelqu’un (`ClusterRole` et `ClusterRoleBinding` pour tout le cluster). Une politique IAM, même `AdministratorAccess`, ne donne **aucun** droit sur les pods.
#
# L’**entrée d’accès** (*access entry*) relie les deux : un rôle ou un utilisateur IAM entre, avec des groupes Kubernetes, que vos RoleBindings connaissent, ou avec des **politiques d’accès** toutes faites par AWS, dans tout le cluster ou dans
# des espaces de noms choisis. Voyons qui est déjà entré.

# %% [markdown] tags=["en"]
# **EKS Anywhere** installs a whole cluster on your premises, on VMware vSphere, Nutanix or bare metal, with AWS’s tools to create and upgrade it; it can live without Internet. **EKS Distro** is just the distribution: the same binaries as
# EKS, to install as you please. **ECS Anywhere**, the other similar name, is EKS Anywhere the other way round: your servers, but AWS’s control plane.
#
# > **In the exam.** “Kubernetes on premises, supported by AWS”: EKS Anywhere. “The same distribution as EKS, operated by us”: EKS Distro. “Our servers, with ECS”: ECS Anywhere.
# >
# > **Today** (checked in November 2026). **EKS Hybrid Nodes** joins your machines to an EKS cluster in a Region: control plane at AWS, nodes on your premises, billed by the vCPU on top of the cluster-hour. It takes a private, permanent
# > link (VPN, Direct Connect); without one, EKS Anywhere. *(Sources: Amazon EKS User Guide, “Prerequisite setup for hybrid nodes”; EKS Anywhere documentation, “Compare EKS Anywhere and Amazon EKS”.)*
#
# ## Who comes in, and to do what
#
# Two guards stand at the door, one after the other. **IAM** answers *who are you?*: kubectl presents a token signed with your AWS credentials. **RBAC**, in Kubernetes, answers *what may you do?*: a `Role` lists verbs on objects of a namespace, a
# `RoleBinding` gives it to somebody (`ClusterRole` and `ClusterRoleBinding` for the whole cluster). An IAM policy, even `AdministratorAccess`, gives **no** right over pods at all.
#
# The **access entry** joins the two: an IAM role or user comes in, with Kubernetes groups, which your RoleBindings know, or with **access policies** ready-made by AWS, in the whole cluster or in chosen namespaces. Let us see who is in
# already.

# %%
for principal in eks.list_access_entries(clusterName="eks")["accessEntries"]:
    one = {"clusterName": "eks", "principalArn": principal}
    entry = eks.describe_access_entry(**one)["accessEntry"]
    policies = eks.list_associated_access_policies(**one)["associatedAccessPolicies"]
    names = [policy["policyArn"].rpartition("/")[2] for policy in policies]
    print(principal.rpartition("/")[2], entry["type"], entry["kubernetesGroups"], names)

# %% [markdown] tags=["fr"]
# Vous d’abord : **qui crée le cluster en devient l’administrateur**, sauf si l’on demande le contraire. Puis les nœuds et les pods Fargate, qu’EKS a fait entrer lui-même. Faisons entrer l’équipe de boulangers : elle modifie ce
# qu’elle veut dans `shop`, et rien ailleurs.

# %% [markdown] tags=["en"]
# You first: **whoever creates the cluster becomes its administrator**, unless asked otherwise. Then the nodes and the Fargate pods, which EKS let in itself. Now for the bakers’ team: it changes whatever it likes in `shop`, and nothing elsewhere.

# %%
baker = role("baker")
eks.create_access_entry(clusterName="eks", principalArn=baker)
granted = eks.associate_access_policy(
    clusterName="eks",
    principalArn=baker,
    policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
    accessScope={"type": "namespace", "namespaces": ["shop"]},
)["associatedAccessPolicy"]
print(granted["policyArn"].rpartition("/")[2], granted["accessScope"])

# %% [markdown] tags=["fr"]
# Avant les entrées d’accès, tout cela s’écrivait dans un objet du cluster, la ConfigMap `aws-auth` ; une faute de frappe y enfermait tout le monde dehors. Le mode `API` de notre cluster l’ignore.
#
# ### À vous : l’auditrice regarde sans toucher
#
# Une auditrice vient voir ce qui tourne dans `shop`. Faites entrer son rôle, `eks-auditor`, dans le cluster `eks` : **lecture seule**, dans **`shop` seulement**, sans les secrets.

# %% [markdown] tags=["en"]
# Before access entries, all this was written in an object of the cluster, the ConfigMap `aws-auth`; one typing mistake there locked everybody out. Our cluster’s mode, `API`, ignores it.
#
# ### Your turn: the auditor looks and does not touch
#
# An auditor comes to see what runs in `shop`. Let her role, `eks-auditor`, into the cluster `eks`: **read only**, in **`shop` only**, without the secrets.

# %% tags=["challenge"]
auditor = role("auditor")
eks.create_access_entry(clusterName="eks", principalArn=auditor)
_ = eks.associate_access_policy(
    clusterName="eks",
    principalArn=auditor,
    policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
    accessScope={"type": "namespace", "namespaces": ["shop"]},
)

# %%
lab.check("eks-auditor")

# %% [markdown] tags=["fr"]
# ## Un rôle pour un pod
#
# Dans ECS, une tâche a un rôle. Dans Kubernetes, un pod a un **compte de service**, qu’AWS ne connaît pas. Laisser les pods prendre le rôle de leur nœud donnerait à tous les droits du plus gourmand ; il faut un rôle **par compte de
# service**. AWS a deux réponses.

# %% [markdown] tags=["en"]
# ## A role for a pod
#
# In ECS a task has a role. In Kubernetes a pod has a **service account**, which AWS knows nothing of. Letting pods take their node’s role would give all of them the rights of the greediest; it takes a role **per service
# account**. AWS has two answers.

# %%
labs.figure("eks-pod-identity")

# %% [markdown] tags=["fr"]
# **IRSA** (*IAM roles for service accounts*) marche partout, Fargate et EKS Anywhere compris, mais se règle cluster par cluster. **Pod Identity** se règle par un appel à EKS, et le même rôle sert à tous vos clusters ; il lui faut l’agent, donc
# des nœuds EC2 : pas de Fargate. Installons l’agent, puis donnons un rôle aux pods des avis.

# %% [markdown] tags=["en"]
# **IRSA** (*IAM roles for service accounts*) works everywhere, Fargate and EKS Anywhere included, but is set up cluster by cluster. **Pod Identity** is set up with one call to EKS, and the same role serves all your clusters; it needs the agent, hence
# EC2 nodes: no Fargate. Let us install the agent, then give the reviews pods a role.

# %%
eks.create_addon(clusterName="eks", addonName="eks-pod-identity-agent")
eks.get_waiter("addon_active").wait(
    clusterName="eks", addonName="eks-pod-identity-agent", WaiterConfig=patience
)

trust = iam.get_role(RoleName="eks-reviews")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
print(trust["Principal"], trust["Action"])

association = eks.create_pod_identity_association(
    clusterName="eks",
    namespace="shop",
    serviceAccount="reviews",
    roleArn=role("reviews"),
)["association"]
print(association["namespace"], association["serviceAccount"])

# %% [markdown] tags=["fr"]
# Essayons de donner aux pods un rôle fait pour autre chose, celui des nœuds. EKS lit la politique de confiance avant de dire oui.

# %% [markdown] tags=["en"]
# Let us try to give pods a role made for something else, that of the nodes. EKS reads the trust policy before it says yes.

# %%
try:
    eks.create_pod_identity_association(
        clusterName="eks", namespace="shop", serviceAccount="products", roleArn=role("nodes")
    )
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] tags=["fr"]
# ### À vous : un rôle pour les commandes
#
# Les pods des commandes écriront dans leur table DynamoDB. Le compte de service est dans `orders.yaml` ; le rôle, `eks-orders`, existe. Reliez-les par Pod Identity dans le cluster `eks`.
#
# > **À l’examen.** « Des pods doivent accéder à DynamoDB ou S3 avec le moindre privilège » : un rôle par compte de service, IRSA ou Pod Identity. Les réponses qui élargissent le rôle du nœud ou posent des clés dans un
# > `Secret` sont là pour vous perdre.

# %% [markdown] tags=["en"]
# ### Your turn: a role for the orders
#
# The orders pods will write to their DynamoDB table. The service account is in `orders.yaml`; the role, `eks-orders`, exists. Tie them together with Pod Identity in the cluster `eks`.
#
# > **In the exam.** “Pods must reach DynamoDB or S3 with least privilege”: a role per service account, IRSA or Pod Identity. Answers that widen the node’s role, or put keys in a `Secret`, are there to lead you
# > astray.

# %% tags=["challenge"]
_ = eks.create_pod_identity_association(
    clusterName="eks",
    namespace="shop",
    serviceAccount="orders",
    roleArn=role("orders"),
)

# %%
lab.check("eks-orders")

# %% [markdown] tags=["fr"]
# ## Le réseau et les modules
#
# Le **VPC CNI** d’AWS donne à chaque pod une **vraie adresse de votre VPC**. Pas de réseau par-dessus le réseau : un pod se joint comme une instance, un groupe de sécurité peut s’y appliquer. Le revers : les pods mangent les
# adresses des sous-réseaux, et un petit type d’instance, qui porte peu d’adresses, porte peu de pods. La parade est un second bloc d’adresses, la délégation de préfixes, ou IPv6.
#
# L’**AWS Load Balancer Controller**, qui tourne dans le cluster, fait d’un `Ingress` un **Application Load Balancer** et d’un `Service` de type `LoadBalancer` un **Network Load Balancer**. Notre `ingress.yaml` le demande par
# `ingressClassName: alb` et `target-type: ip`, qui vise les pods eux-mêmes. Il trouve ses sous-réseaux à leurs étiquettes `kubernetes.io/role/elb` (publics) et `kubernetes.io/role/internal-elb` (privés), celles que nos cellules filtrent depuis le début.
#
# Le CNI, le DNS du cluster, les pilotes de stockage s’installent comme **modules EKS** (*add-ons*), dont AWS publie des versions éprouvées avec chaque Kubernetes. Pour la 1.36, voici ceux que propose le cloud local.

# %% [markdown] tags=["en"]
# ## The network and the add-ons
#
# AWS’s **VPC CNI** gives each pod a **true address of your VPC**. No network on top of the network: a pod is reached like an instance, a security group can apply to it. The other side of the coin: pods eat up the subnets’
# addresses, and a small instance type, which carries few addresses, carries few pods. The remedy is a second block of addresses, prefix delegation, or IPv6.
#
# The **AWS Load Balancer Controller**, which runs in the cluster, makes an **Application Load Balancer** of an `Ingress` and a **Network Load Balancer** of a `Service` of type `LoadBalancer`. Our `ingress.yaml` asks for it with
# `ingressClassName: alb` and `target-type: ip`, which aims at the pods themselves. It finds its subnets by their tags `kubernetes.io/role/elb` (public) and `kubernetes.io/role/internal-elb` (private), those that our cells have been filtering by all along.
#
# The CNI, the cluster’s DNS and the storage drivers are installed as **EKS add-ons**, of which AWS publishes versions tried with each Kubernetes. For 1.36, here are those that the local cloud offers.

# %%
for addon in eks.describe_addon_versions(kubernetesVersion="1.36")["addons"]:
    print(f"{addon['addonName']:24} {addon['addonVersions'][0]['addonVersion']}")

# %% [markdown] tags=["fr"]
# Pour le stockage, un pilote CSI : **EBS** pour un volume que monte un pod à la fois, dans sa zone ; **EFS** pour un système de fichiers partagé, entre zones, et le seul des deux sur Fargate.
#
# ## Grandir et rétrécir
#
# Deux questions, deux mécanismes. *Combien de pods ?* Le **HPA** (*HorizontalPodAutoscaler*) compare une mesure à sa cible et applique une règle de trois : nombre voulu = nombre actuel × mesure ÷ cible, arrondi vers le haut, dans ses bornes. Celui de `frontend` vise
# 60 % de processeur, entre 2 et 10 pods. Partons de quatre.

# %% [markdown] tags=["en"]
# For storage, a CSI driver: **EBS** for a volume that one pod mounts at a time, in its zone; **EFS** for a shared file system, across zones, and the only one of the two on Fargate.
#
# ## Growing and shrinking
#
# Two questions, two mechanisms. *How many pods?* The **HPA** (*HorizontalPodAutoscaler*) compares a measurement with its target and applies the rule of three: wanted number = current number × measurement ÷ target, rounded up, within its bounds. That of `frontend` aims at
# 60% CPU, between 2 and 10 pods. Let us start from four.

# %%
import math

[hpa] = [each for each in manifests.shop() if each.document["kind"] == "HorizontalPodAutoscaler"]
spec = hpa.document["spec"]
target = spec["metrics"][0]["resource"]["target"]["averageUtilization"]
for measured in (15, 60, 90, 180):
    wanted = math.ceil(4 * measured / target)
    print(measured, min(max(wanted, spec["minReplicas"]), spec["maxReplicas"]))

# %% [markdown] tags=["fr"]
# Le HPA a besoin des `requests` des conteneurs, auxquelles se rapportent les 60 %, et du *metrics server*, qui mesure. (Le **VPA** fait l’autre moitié : il ajuste la taille des pods plutôt que leur nombre.)
#
# *Combien de nœuds ?* Quand un pod reste `Pending` faute de place, il faut une machine. **Cluster Autoscaler** agrandit un groupe Auto Scaling existant, d’un type décidé d’avance. **Karpenter** regarde les pods qui attendent, choisit lui-même le type d’instance qui leur
# va, à la demande ou Spot, la lance en quelques dizaines de secondes sans passer par un groupe, puis regroupe les pods et rend les machines à moitié vides.
#
# > **À l’examen.** « Les pods n’ont pas assez de place » : Cluster Autoscaler ou Karpenter. « Trop de charge par pod » : HPA. « Le type d’instance le plus adapté, vite, au moindre coût » : Karpenter.
# >
# > **Aujourd’hui** (vérifié en novembre 2026). **EKS Auto Mode** fait tourner Karpenter pour vous, chez AWS. *(Source : Amazon EKS User Guide, « Automate cluster infrastructure with EKS Auto Mode ».)*
#
# ## Pour de vrai
#
# Si `kubectl` mène à un cluster fait pour essayer (kind, k3d, minikube, Docker Desktop), la cellule suivante y applique FrenchBakery. Par prudence, elle ne touche à aucun autre contexte, sauf celui que vous nommez dans la variable `COURSE_KUBE_CONTEXT`. Pour
# EKS, `kustomization.yaml` attend les adresses de vos images dans ECR.

# %% [markdown] tags=["en"]
# The HPA needs the containers’ `requests`, to which the 60% refers, and the *metrics server*, which measures. (The **VPA** does the other half: it adjusts the size of pods rather than their number.)
#
# *How many nodes?* When a pod stays `Pending` for lack of room, it takes a machine. **Cluster Autoscaler** enlarges an existing Auto Scaling group, of a type decided beforehand. **Karpenter** looks at the pods that wait, picks the instance type that suits them
# itself, on demand or Spot, starts it within tens of seconds without going through a group, then packs the pods together and gives half-empty machines back.
#
# > **In the exam.** “Pods do not find enough room”: Cluster Autoscaler or Karpenter. “Too much load for each pod”: HPA. “The best-suited instance type, fast, at the lowest cost”: Karpenter.
# >
# > **Today** (checked in November 2026). **EKS Auto Mode** runs Karpenter for you, at AWS. *(Source: Amazon EKS User Guide, “Automate cluster infrastructure with EKS Auto Mode”.)*
#
# ## For real
#
# If `kubectl` leads to a cluster made for trying (kind, k3d, minikube, Docker Desktop), the next cell applies FrenchBakery there. To be on the safe side it touches no other context, except the one that you name in the variable `COURSE_KUBE_CONTEXT`. For EKS,
# `kustomization.yaml` awaits the addresses of your images in ECR.

# %%
manifests.apply()

# %% [markdown] tags=["fr"]
# ## Ce que cela coûte
#
# Le cluster d’abord : 0,10 USD de l’heure tant que sa version est en support standard, 0,60 USD en support étendu (Amazon EKS Pricing, 2026). Puis ce sur quoi tournent les pods, au prix ordinaire d’EC2 ou de Fargate. Voici un mois de plan de contrôle, standard puis étendu, et un mois de
# deux nœuds `m7i.large`, en dollars.

# %% [markdown] tags=["en"]
# ## What it costs
#
# The cluster first: 0.10 USD an hour as long as its version is in standard support, 0.60 USD in extended support (Amazon EKS Pricing, 2026). Then what the pods run on, at the ordinary price of EC2 or Fargate. Here is a month of control plane, standard then extended, and a month of two
# `m7i.large` nodes, in dollars.

# %%
from labs.facts import number
from labs.real.prices import HOURS_PER_MONTH

for key, count in (
    ("eks_cluster_hour", 1),
    ("eks_extended_cluster_hour", 1),
    ("ec2_m7i_large_hour", 2),
):
    print(f"{key:26} {number(key) * count * HOURS_PER_MONTH:7.2f}")

# %% [markdown] tags=["fr"]
# Deux leçons. Laisser vieillir une version multiplie le prix du cluster par six. Et un cluster par petite équipe revient cher, là où des espaces de noms dans un cluster commun ne coûtent rien de plus.
#
# ## ECS ou EKS ?
#
# | | ECS | EKS |
# |---|---|---|
# | **API** | celle d’AWS | celle de Kubernetes, partout la même |
# | **prise en main** | quelques notions, tout est AWS | un monde à apprendre, un écosystème immense |
# | **plan de contrôle** | gratuit, sans version | à l’heure, à mettre à jour |
# | **droits des programmes** | rôle de tâche | IRSA ou Pod Identity |
# | **hors d’AWS** | ECS Anywhere | EKS Anywhere, Hybrid Nodes, Distro, et tout autre Kubernetes |
# | **calcul** | EC2, Fargate, External | EC2, Fargate, Auto Mode, nœuds hybrides |
# | **à choisir pour** | la simplicité, l’intégration à AWS | la portabilité, une équipe et des outils Kubernetes |
#
# Dix équipes hésitent. Tranchez ; la raison vient avec la réponse.

# %% [markdown] tags=["en"]
# Two lessons. Letting a version grow old multiplies the cluster’s price by six. And one cluster for each small team gets expensive, where namespaces in a common cluster cost nothing more.
#
# ## ECS or EKS?
#
# | | ECS | EKS |
# |---|---|---|
# | **API** | AWS’s own | that of Kubernetes, the same everywhere |
# | **getting started** | a few notions, all of it AWS | a world to learn, a huge ecosystem |
# | **control plane** | free, without versions | by the hour, to be upgraded |
# | **programs’ rights** | task role | IRSA or Pod Identity |
# | **outside AWS** | ECS Anywhere | EKS Anywhere, Hybrid Nodes, Distro, and any other Kubernetes |
# | **compute** | EC2, Fargate, External | EC2, Fargate, Auto Mode, hybrid nodes |
# | **choose it for** | simplicity, integration with AWS | portability, a Kubernetes team and its tools |
#
# Ten teams hesitate. Decide; the reason comes with the answer.

# %%
from labs.playgrounds import ecs_or_eks

teams = ecs_or_eks.playground()
teams

# %%
print(teams.set(three_people="ECS", helm="ECS"))

# %% [markdown] tags=["fr"]
# ## À retenir
#
# EKS tient le plan de contrôle sur trois zones et vous laisse choisir vos nœuds : groupe géré, autogérés, Fargate, Auto Mode. IAM dit qui entre, une entrée d’accès ou RBAC dit pour quoi faire, IRSA ou Pod Identity donne un rôle aux pods. Chaque pod a une adresse du VPC, un Ingress
# devient un ALB. Le HPA compte les pods, Karpenter ou Cluster Autoscaler les nœuds. Le cluster se paie à l’heure, et six fois plus quand sa version vieillit. Hors d’AWS, demandez-vous où est le plan de contrôle. Et sans raison de vouloir Kubernetes, la réponse est ECS.
#
# Trois questions, pour voir ce qui a pris.

# %% [markdown] tags=["en"]
# ## To remember
#
# EKS keeps the control plane over three zones and lets you choose your nodes: managed group, self-managed, Fargate, Auto Mode. IAM says who comes in, an access entry or RBAC to do what, IRSA or Pod Identity gives pods a role. Each pod has an address of the VPC, an Ingress becomes an
# ALB. The HPA counts pods, Karpenter or Cluster Autoscaler nodes. The cluster is paid for by the hour, and six times as much once its version is old. Outside AWS, ask yourself where the control plane is. And without a reason to want Kubernetes, the answer is ECS.
#
# Three questions, to see what has stuck.

# %%
import quiz

quiz.ask("eks")

# %% [markdown] tags=["fr"]
# Un cluster oublié se paie, même vide. Rangeons.

# %% [markdown] tags=["en"]
# A forgotten cluster costs money even when empty. Let us tidy up.

# %%
lab.clean_up("eks")
