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
# # Glossaire
#
# Les mots du cours, avec leur nom dans l’autre langue. Dans chaque cahier, le premier emploi d’un mot mène ici. Les
# noms d’AWS restent ceux d’AWS : à l’examen comme dans la console, vous les retrouverez tels quels.
#
# **Chercher** : Ctrl+F (⌘F sur un Mac), ou la table des matières de JupyterLab, à gauche.

# %% [markdown] tags=["en"]
# # Glossary
#
# The words of the course, with their name in the other language. In each notebook, the first use of a word leads here.
# AWS’s names stay AWS’s: in the exam as in the console you will meet them as they are.
#
# **To search**: Ctrl+F (⌘F on a Mac), or JupyterLab’s table of contents, on the left.

# %% [markdown] tags=["fr"]
# ## Conteneurs
#
# ### Cgroup
#
# *control group*
#
# Un groupe de processus dont le noyau compte et borne les ressources : mémoire, processeur, nombre de processus.
#
# ### Condensat
#
# *digest*
#
# L’empreinte SHA-256 d’un contenu. Deux contenus différents n’ont pas le même condensat : il désigne une image exacte,
# là où un tag peut bouger.
#
# ### Construction en plusieurs étapes
#
# *multi-stage build*
#
# Un Dockerfile où une première image compile et une seconde, plus petite, ne reçoit que le résultat.
#
# ### Conteneur
#
# *container*
#
# Un processus, et ceux qu’il lance, que le noyau de la machine isole des autres : il a ses propres fichiers, son
# réseau, ses numéros de processus, et des limites de mémoire et de processeur. Il part d’une image et ne vit que le
# temps de son processus principal.
#
# ### Couche
#
# *layer*
#
# Les fichiers qu’une instruction du Dockerfile a ajoutés, changés ou effacés. Deux images qui ont une couche en commun
# ne la stockent et ne la transportent qu’une fois.
#
# ### Démon Docker
#
# *Docker Engine* · *dockerd*
#
# Le programme qui, sur chaque hôte, construit les images et lance les conteneurs. La commande `docker` n’est que son
# client.
#
# ### Dockerfile
#
# Le fichier texte qui décrit, instruction par instruction, comment une image se construit.
#
# ### Espace de noms du noyau
#
# *kernel namespace*
#
# Ce qui donne à un processus sa propre vue d’une partie du système : fichiers, réseau, processus, utilisateurs. À ne
# pas confondre avec un espace de noms de Kubernetes.
#
# ### Hyperviseur
#
# *hypervisor*
#
# Le programme qui partage une machine physique entre des machines virtuelles.
#
# ### Image de conteneur
#
# *container image* · *image OCI*
#
# Un modèle en lecture seule : des fichiers empilés en couches et une configuration qui dit quoi lancer. Son format,
# public, est tenu par l’Open Container Initiative (OCI).
#
# ### Machine virtuelle
#
# *virtual machine*
#
# Un ordinateur simulé, avec un système d’exploitation complet et son noyau. Plus lourde qu’un conteneur, mieux isolée.
#
# ### Manifeste d’image
#
# *image manifest* · *manifest list*
#
# Le document qui énumère les couches et la configuration d’une image ; une *manifest list* en réunit plusieurs, une par
# architecture.
#
# ### Microservice
#
# *microservices*
#
# Une partie d’application assez petite pour être déployée, mise à l’échelle et cassée sans les autres.
#
# ### SIGTERM
#
# Le signal qui demande poliment à un processus de finir. S’il ne part pas à temps, vient SIGKILL, qui ne se discute
# pas.

# %% [markdown] tags=["en"]
# ## Containers
#
# ### Cgroup
#
# *control group*
#
# A group of processes whose resources the kernel counts and caps: memory, CPU, number of processes.
#
# ### Container
#
# *conteneur*
#
# A process, and those it starts, that the machine’s kernel isolates from the others: it has files, a network and
# process numbers of its own, and limits on memory and CPU. It starts from an image and lives as long as its main
# process.
#
# ### Container image
#
# *image de conteneur* · *OCI image*
#
# A read-only template: files stacked in layers, and a configuration that says what to run. Its format is public and
# kept by the Open Container Initiative (OCI).
#
# ### Digest
#
# *condensat*
#
# The SHA-256 fingerprint of a content. Two different contents never share a digest: it names one exact image, where a
# tag may move.
#
# ### Docker Engine
#
# *dockerd*
#
# The program that builds images and runs containers on each host. The `docker` command is merely its client.
#
# ### Dockerfile
#
# The text file that says, instruction by instruction, how an image is built.
#
# ### Hypervisor
#
# *hyperviseur*
#
# The program that shares a physical machine among virtual machines.
#
# ### Image manifest
#
# *manifeste d’image* · *manifest list*
#
# The document that lists an image’s layers and its configuration; a *manifest list* gathers several of them, one per
# architecture.
#
# ### Kernel namespace
#
# *espace de noms du noyau*
#
# What gives a process its own view of one part of the system: files, network, processes, users. Not the same thing as a
# namespace in Kubernetes.
#
# ### Layer
#
# *couche*
#
# The files that one instruction of the Dockerfile added, changed or deleted. Two images with a layer in common store
# and carry it only once.
#
# ### Microservice
#
# *microservices*
#
# A part of an application that is small enough to be deployed, scaled and broken without the others.
#
# ### Multi-stage build
#
# *construction en plusieurs étapes*
#
# A Dockerfile in which a first image compiles and a second, smaller one receives only the result.
#
# ### SIGTERM
#
# The signal that politely asks a process to finish. If it does not leave in time, SIGKILL follows, and that one brooks
# no argument.
#
# ### Virtual machine
#
# *machine virtuelle*
#
# A simulated computer with a whole operating system and a kernel of its own. Heavier than a container, better isolated.

# %% [markdown] tags=["fr"]
# ## Amazon ECR
#
# ### Amazon ECR
#
# *Elastic Container Registry*
#
# Le registre d’images géré d’AWS : des dépôts privés par compte et par Région, et une galerie publique.
#
# ### Analyse d’image
#
# *image scanning* · *image scan*
#
# La recherche de failles connues dans les paquets d’une image : *basic* pour ceux du système, *enhanced* (Amazon
# Inspector) pour ceux des langages aussi, en continu.
#
# ### Dépôt
#
# *repository*
#
# Les versions d’une même image, dans un registre. C’est à lui que s’attachent la politique d’accès, le chiffrement et
# la politique de cycle de vie.
#
# ### Immuabilité des tags
#
# *tag immutability*
#
# Le réglage d’un dépôt qui refuse de déplacer un tag déjà posé.
#
# ### Politique de cycle de vie
#
# *lifecycle policy*
#
# Des règles qui suppriment ou archivent des images selon leur âge, leur nombre ou leur dernier usage.
#
# ### Politique de dépôt
#
# *repository policy*
#
# La politique attachée au dépôt lui-même : elle dit qui, même d’un autre compte, peut y tirer ou y pousser.
#
# ### Pull through cache
#
# *cache de tirage*
#
# Un dépôt d’ECR qui va chercher une image dans un registre public la première fois, et la sert lui-même ensuite.
#
# ### Registre
#
# *registry*
#
# Le service qui garde des images et les distribue. Dans ECR, chaque compte a un registre privé par Région.
#
# ### Tag d’image
#
# *image tag*
#
# Un nom, comme `1.4`, posé sur une image d’un dépôt. Il peut en désigner une autre demain, sauf si le dépôt rend ses
# tags immuables.

# %% [markdown] tags=["en"]
# ## Amazon ECR
#
# ### Amazon ECR
#
# *Elastic Container Registry*
#
# AWS’s managed image registry: private repositories for each account and Region, and a public gallery.
#
# ### Image scanning
#
# *image scan* · *analyse d’image*
#
# Looking for known flaws in the packages of an image: *basic* for those of the operating system, *enhanced* (Amazon
# Inspector) for those of languages too, continuously.
#
# ### Image tag
#
# *tag d’image*
#
# A name, such as `1.4`, given to an image of a repository. It may stand for another one tomorrow, unless the repository
# makes its tags immutable.
#
# ### Lifecycle policy
#
# *politique de cycle de vie*
#
# Rules that delete or archive images by age, by number or by last use.
#
# ### Pull through cache
#
# *cache de tirage*
#
# A repository of ECR that fetches an image from a public registry the first time, and serves it itself from then on.
#
# ### Registry
#
# *registre*
#
# The service that keeps images and hands them out. In ECR each account has one private registry per Region.
#
# ### Repository
#
# *dépôt*
#
# The versions of one image inside a registry. Access policy, encryption and lifecycle policy belong to it.
#
# ### Repository policy
#
# *politique de dépôt*
#
# The policy attached to the repository itself: it says who, even from another account, may pull from it or push to it.
#
# ### Tag immutability
#
# *immuabilité des tags*
#
# The setting of a repository that refuses to move a tag once given.

# %% [markdown] tags=["fr"]
# ## Amazon ECS
#
# ### Agent ECS
#
# *ECS agent* · *ECS container agent*
#
# Le programme qui, sur une instance de conteneurs, reçoit les ordres d’ECS et lance les conteneurs.
#
# ### Amazon ECS
#
# *Elastic Container Service*
#
# L’orchestrateur de conteneurs d’AWS : il décide où tournent les tâches, les remplace et les relie au reste d’AWS.
#
# ### Cluster
#
# Le groupe logique où tournent des tâches et des services, avec la capacité qu’ils utilisent.
#
# ### Conteneur essentiel
#
# *essential container*
#
# Un conteneur dont la fin arrête toute la tâche.
#
# ### Contrainte de placement
#
# *placement constraint*
#
# Ce qu’une instance doit remplir pour recevoir la tâche : `distinctInstance` ou `memberOf`.
#
# ### Définition de tâche
#
# *task definition*
#
# Le plan d’une tâche : images, processeur, mémoire, ports, variables, volumes, rôles. Chaque changement en fait une
# nouvelle révision, et une révision ne change plus.
#
# ### Délai de grâce
#
# *grace period* · *health check grace period*
#
# Le temps pendant lequel un service ne tient pas compte des contrôles de santé d’une tâche qui démarre.
#
# ### Déploiement bleu-vert
#
# *blue/green deployment* · *blue/green*
#
# Monter la nouvelle version entière à côté de l’ancienne, puis basculer le trafic ; revenir en arrière, c’est basculer
# dans l’autre sens.
#
# ### Déploiement progressif
#
# *rolling update* · *rolling deployment*
#
# Remplacer les tâches par celles d’une nouvelle révision peu à peu, entre un minimum sain et un maximum.
#
# ### Disjoncteur de déploiement
#
# *deployment circuit breaker* · *circuit breaker*
#
# Ce qui arrête un déploiement dont les tâches échouent l’une après l’autre et, si vous le voulez, revient à la dernière
# version qui marchait.
#
# ### ECS Anywhere
#
# Des tâches ECS sur vos propres machines, pilotées depuis AWS (type de lancement `EXTERNAL`).
#
# ### ECS Exec
#
# Ouvrir un terminal dans un conteneur qui tourne, par Systems Manager, sans SSH ni port ouvert.
#
# ### ENI
#
# *interface réseau élastique* · *elastic network interface*
#
# Une carte réseau virtuelle dans un sous-réseau : une adresse privée, des groupes de sécurité. En `awsvpc`, chaque
# tâche a la sienne.
#
# ### Fournisseur de capacité
#
# *capacity provider*
#
# D’où vient la place d’un cluster : Fargate, Fargate Spot, ou un groupe Auto Scaling d’instances EC2 qu’ECS agrandit et
# réduit lui-même.
#
# ### Instance de conteneurs
#
# *container instance*
#
# Une instance EC2 (ou une machine à vous, avec ECS Anywhere) où tourne l’agent ECS et qui offre sa place à un cluster.
#
# ### Mode réseau
#
# *network mode*
#
# Comment les conteneurs d’une tâche sont reliés : `awsvpc` (une interface du VPC par tâche), `bridge`, `host` ou
# `none`.
#
# ### Nombre désiré
#
# *desired count*
#
# Le nombre de tâches qu’un service doit maintenir.
#
# ### Orchestrateur
#
# *orchestrator*
#
# Ce qui fait tourner des conteneurs sur plusieurs machines à votre place : placer, surveiller, remplacer, mettre à
# l’échelle, déployer.
#
# ### Rôle de tâche
#
# *task role*
#
# Le rôle IAM que reçoit votre code dans le conteneur, pour appeler AWS.
#
# ### Rôle d’exécution
#
# *execution role* · *task execution role*
#
# Le rôle IAM dont ECS se sert pour préparer la tâche : tirer l’image, lire les secrets, écrire les journaux.
#
# ### Service Auto Scaling
#
# *Application Auto Scaling*
#
# Ce qui change le nombre désiré d’un service d’après une métrique, une heure ou une prévision.
#
# ### Service Connect
#
# *ECS Service Connect*
#
# Des noms courts pour joindre les services d’un même espace de noms, avec un proxy qui répartit, réessaie et mesure.
#
# ### Service ECS
#
# *ECS service*
#
# Ce qui tient un nombre voulu de tâches en vie, les remplace, les déploie et les inscrit derrière un équilibreur de
# charge.
#
# ### Sidecar
#
# *conteneur auxiliaire*
#
# Un conteneur qui accompagne le principal dans la même tâche ou le même pod : collecte de journaux, de traces, proxy.
#
# ### Stratégie de placement
#
# *placement strategy*
#
# Comment ECS choisit l’instance d’une tâche : `binpack` remplit, `spread` répartit, `random` tire au sort.
#
# ### Suivi de cible
#
# *target tracking*
#
# Une politique de mise à l’échelle qui tient une métrique autour d’une valeur, comme un thermostat.
#
# ### Tâche
#
# *task*
#
# Une définition de tâche en train de tourner : un ou plusieurs conteneurs, placés ensemble, qui vivent et meurent
# ensemble.
#
# ### Type de lancement
#
# *launch type*
#
# Sur quoi une tâche tourne : `FARGATE`, `EC2` ou `EXTERNAL`. Un fournisseur de capacité dit la même chose, en mieux.

# %% [markdown] tags=["en"]
# ## Amazon ECS
#
# ### Amazon ECS
#
# *Elastic Container Service*
#
# AWS’s own container orchestrator: it decides where tasks run, replaces them and ties them to the rest of AWS.
#
# ### Blue/green deployment
#
# *blue/green* · *déploiement bleu-vert*
#
# Raising the whole new version beside the old one, then switching traffic over; going back is switching the other way.
#
# ### Capacity provider
#
# *fournisseur de capacité*
#
# Where a cluster’s room comes from: Fargate, Fargate Spot, or an Auto Scaling group of EC2 instances that ECS itself
# enlarges and shrinks.
#
# ### Cluster
#
# The logical group in which tasks and services run, with the capacity they use.
#
# ### Container instance
#
# *instance de conteneurs*
#
# An EC2 instance (or a machine of yours, with ECS Anywhere) that runs the ECS agent and offers its room to a cluster.
#
# ### Deployment circuit breaker
#
# *circuit breaker* · *disjoncteur de déploiement*
#
# What stops a deployment whose tasks fail one after another and, if you want it to, goes back to the last version that
# worked.
#
# ### Desired count
#
# *nombre désiré*
#
# The number of tasks that a service has to keep up.
#
# ### ECS agent
#
# *ECS container agent* · *agent ECS*
#
# The program that takes ECS’s orders on a container instance and starts the containers.
#
# ### ECS Anywhere
#
# ECS tasks on your own machines, run from AWS (launch type `EXTERNAL`).
#
# ### ECS Exec
#
# Opening a terminal inside a running container through Systems Manager, with no SSH and no open port.
#
# ### ECS service
#
# *service ECS*
#
# What keeps a desired number of tasks alive, replaces them, deploys them and registers them behind a load balancer.
#
# ### ENI
#
# *elastic network interface*
#
# A virtual network card in a subnet: a private address and security groups. With `awsvpc` each task has one of its own.
#
# ### Essential container
#
# *conteneur essentiel*
#
# A container whose end stops the whole task.
#
# ### Execution role
#
# *task execution role* · *rôle d’exécution*
#
# The IAM role that ECS uses to prepare the task: pulling the image, reading secrets, writing logs.
#
# ### Grace period
#
# *health check grace period* · *délai de grâce*
#
# The time during which a service disregards the health checks of a task that is starting.
#
# ### Launch type
#
# *type de lancement*
#
# What a task runs on: `FARGATE`, `EC2` or `EXTERNAL`. A capacity provider says the same, only better.
#
# ### Network mode
#
# *mode réseau*
#
# How the containers of a task are connected: `awsvpc` (one interface in the VPC per task), `bridge`, `host` or `none`.
#
# ### Orchestrator
#
# *orchestrateur*
#
# What runs containers on several machines for you: placing, watching, replacing, scaling, deploying.
#
# ### Placement constraint
#
# *contrainte de placement*
#
# What an instance must satisfy to receive the task: `distinctInstance` or `memberOf`.
#
# ### Placement strategy
#
# *stratégie de placement*
#
# How ECS picks an instance for a task: `binpack` fills up, `spread` spreads out, `random` draws lots.
#
# ### Rolling update
#
# *rolling deployment* · *déploiement progressif*
#
# Replacing tasks by those of a new revision little by little, between a healthy minimum and a maximum.
#
# ### Service Auto Scaling
#
# *Application Auto Scaling*
#
# What changes a service’s desired count by a metric, a time of day or a forecast.
#
# ### Service Connect
#
# *ECS Service Connect*
#
# Short names for reaching services of the same namespace, with a proxy that spreads, retries and measures.
#
# ### Sidecar
#
# *sidecar container*
#
# A container that goes along with the main one in the same task or pod: collecting logs or traces, or a proxy.
#
# ### Target tracking
#
# *suivi de cible*
#
# A scaling policy that holds a metric around a value, like a thermostat.
#
# ### Task
#
# *tâche*
#
# A task definition at work: one or more containers, placed together, which live and die together.
#
# ### Task definition
#
# *définition de tâche*
#
# The plan of a task: images, CPU, memory, ports, variables, volumes, roles. Each change makes a new revision, and a
# revision never changes.
#
# ### Task role
#
# *rôle de tâche*
#
# The IAM role that your code receives inside the container, to call AWS.

# %% [markdown] tags=["fr"]
# ## AWS Fargate
#
# ### AWS Fargate
#
# *Fargate*
#
# Du calcul sans serveur pour des conteneurs : AWS fournit à chaque tâche sa petite machine, la corrige et la facture à
# l’usage.
#
# ### Fargate Spot
#
# De la capacité Fargate inutilisée, bien moins chère, qu’AWS peut reprendre après un avertissement.
#
# ### Graviton
#
# *AWS Graviton*
#
# Les processeurs ARM d’AWS. Une image doit être construite pour `arm64` pour y tourner.
#
# ### Sans serveur
#
# *serverless*
#
# Il y a des serveurs, mais aucun que vous choisissiez, corrigiez ou payiez à ne rien faire.
#
# ### Stockage éphémère
#
# *ephemeral storage*
#
# Le disque d’une tâche Fargate, perdu avec elle.
#
# ### Version de plateforme
#
# *platform version*
#
# L’environnement d’exécution de Fargate : noyau, moteur de conteneurs, fonctions disponibles. `LATEST` suit.

# %% [markdown] tags=["en"]
# ## AWS Fargate
#
# ### AWS Fargate
#
# *Fargate*
#
# Serverless compute for containers: AWS gives each task a small machine of its own, patches it and bills by use.
#
# ### Ephemeral storage
#
# *stockage éphémère*
#
# The disk of a Fargate task, lost when the task ends.
#
# ### Fargate Spot
#
# Spare Fargate capacity, much cheaper, which AWS may take back after a warning.
#
# ### Graviton
#
# *AWS Graviton*
#
# AWS’s own ARM processors. To run on them an image must be built for `arm64`.
#
# ### Platform version
#
# *version de plateforme*
#
# Fargate’s runtime: kernel, container runtime, features on offer. `LATEST` keeps up.
#
# ### Serverless
#
# *sans serveur*
#
# There are servers, but none that you choose, patch or pay for while idle.

# %% [markdown] tags=["fr"]
# ## Kubernetes et Amazon EKS
#
# ### Amazon EKS
#
# *Elastic Kubernetes Service*
#
# Kubernetes géré par AWS : un plan de contrôle sur trois zones, tenu à jour, et des nœuds de votre choix.
#
# ### EKS Pod Identity
#
# *Pod Identity*
#
# Donner un rôle IAM à un compte de service Kubernetes, par un agent sur les nœuds et une association dans EKS, sans
# fournisseur OIDC à gérer. Plus récent qu’IRSA.
#
# ### Groupe de nœuds géré
#
# *managed node group*
#
# Des instances EC2 qu’EKS crée, met à jour et remplace, dans un groupe Auto Scaling de votre compte.
#
# ### HPA
#
# *Horizontal Pod Autoscaler*
#
# Ce qui change le nombre de pods d’après une métrique.
#
# ### Ingress
#
# L’objet de Kubernetes qui décrit l’entrée HTTP : noms, chemins, services. Sur EKS, un contrôleur en fait un ALB.
#
# ### IRSA
#
# *IAM roles for service accounts*
#
# Donner un rôle IAM à un compte de service Kubernetes, au moyen du fournisseur OIDC du cluster.
#
# ### Karpenter
#
# Ce qui ajoute des nœuds taillés pour les pods en attente, et retire ceux qui ne valent plus leur prix.
#
# ### Kubernetes
#
# L’orchestrateur libre le plus répandu : vous décrivez l’état voulu, il y ramène sans cesse l’état réel.
#
# ### Manifeste Kubernetes
#
# *Kubernetes manifest*
#
# Un fichier YAML qui décrit des objets de Kubernetes.
#
# ### Nœud
#
# *node*
#
# Une machine où tournent des pods.
#
# ### Plan de contrôle
#
# *control plane*
#
# Ce qui décide, dans Kubernetes : l’API, la base `etcd`, l’ordonnanceur et les contrôleurs. EKS s’en charge.
#
# ### Pod
#
# La plus petite unité de Kubernetes : un ou plusieurs conteneurs qui partagent une adresse IP et des volumes.
#
# ### Profil Fargate
#
# *Fargate profile*
#
# La règle qui dit à EKS quels pods (par espace de noms et étiquettes) tournent sur Fargate.
#
# ### RBAC
#
# Le contrôle d’accès de Kubernetes, par rôles. IAM dit qui vous êtes, RBAC ce que vous pouvez faire dans le cluster.
#
# ### VPC CNI
#
# *Amazon VPC CNI*
#
# Le module qui donne à chaque pod une adresse de votre VPC.

# %% [markdown] tags=["en"]
# ## Kubernetes and Amazon EKS
#
# ### Amazon EKS
#
# *Elastic Kubernetes Service*
#
# Kubernetes managed by AWS: a control plane over three zones, kept up to date, and nodes of your choice.
#
# ### Control plane
#
# *plan de contrôle*
#
# What decides in Kubernetes: the API, the `etcd` store, the scheduler and the controllers. EKS looks after it.
#
# ### EKS Pod Identity
#
# *Pod Identity*
#
# Giving an IAM role to a Kubernetes service account, through an agent on the nodes and an association in EKS, with no
# OIDC provider to look after. Newer than IRSA.
#
# ### Fargate profile
#
# *profil Fargate*
#
# The rule that tells EKS which pods (by namespace and labels) run on Fargate.
#
# ### HPA
#
# *Horizontal Pod Autoscaler*
#
# What changes the number of pods as a metric rises or falls.
#
# ### Ingress
#
# The Kubernetes object that describes the HTTP entrance: names, paths, services. On EKS a controller makes an ALB of
# it.
#
# ### IRSA
#
# *IAM roles for service accounts*
#
# Giving an IAM role to a Kubernetes service account, through the cluster’s OIDC provider.
#
# ### Karpenter
#
# What adds nodes that fit the waiting pods, and removes those that are no longer worth keeping.
#
# ### Kubernetes
#
# The most widespread open-source orchestrator: you describe the state you want, and it keeps bringing the real one back
# to it.
#
# ### Kubernetes manifest
#
# *manifeste Kubernetes*
#
# A YAML file that describes Kubernetes objects.
#
# ### Managed node group
#
# *groupe de nœuds géré*
#
# EC2 instances that EKS creates, updates and replaces, in an Auto Scaling group of your account.
#
# ### Node
#
# *nœud*
#
# A machine on which pods run.
#
# ### Pod
#
# The smallest unit of Kubernetes: one or more containers that share an IP address and volumes.
#
# ### RBAC
#
# Kubernetes’ role-based access control. IAM says who you are, RBAC what you may do inside the cluster.
#
# ### VPC CNI
#
# *Amazon VPC CNI*
#
# The plug-in that gives each pod an address of your VPC.

# %% [markdown] tags=["fr"]
# ## Réseau et équilibrage
#
# ### ALB
#
# *Application Load Balancer*
#
# L’équilibreur de charge pour HTTP et HTTPS : il choisit d’après le chemin, le nom, les en-têtes.
#
# ### Contrôle de santé
#
# *health check*
#
# La question posée régulièrement à une cible ou à un conteneur pour savoir s’il faut lui envoyer du trafic, ou le
# remplacer.
#
# ### Équilibreur de charge
#
# *load balancer*
#
# Ce qui répartit les requêtes entre des cibles en bonne santé.
#
# ### Groupe cible
#
# *target group*
#
# Les cibles d’un équilibreur, leur port et leur contrôle de santé. Pour des tâches en `awsvpc`, les cibles sont des
# adresses IP.
#
# ### Groupe de sécurité
#
# *security group*
#
# Le pare-feu d’une interface réseau. Il n’a que des autorisations, et laisse passer les réponses.
#
# ### Listener
#
# *écouteur*
#
# Le port où un équilibreur écoute, avec ses règles.
#
# ### NLB
#
# *Network Load Balancer*
#
# L’équilibreur de charge pour TCP, UDP et TLS : très rapide, avec des adresses fixes.
#
# ### Passerelle NAT
#
# *NAT gateway*
#
# Ce qui laisse un sous-réseau privé sortir vers Internet sans que personne puisse y entrer.
#
# ### Point de terminaison VPC
#
# *VPC endpoint* · *VPC endpoints*
#
# Une entrée privée vers un service d’AWS : *interface* (une ENI, PrivateLink) ou *gateway* (une route, pour S3 et
# DynamoDB).
#
# ### Sous-réseau public
#
# *public subnet*
#
# Un sous-réseau dont la table de routage mène à une passerelle Internet. Un sous-réseau privé n’en a pas.
#
# ### VPC
#
# *Virtual Private Cloud*
#
# Votre réseau privé dans AWS, dans une Région.
#
# ### Zone de disponibilité
#
# *Availability Zone* · *AZ*
#
# Un ou plusieurs centres de données d’une Région, indépendants de ceux des autres zones.

# %% [markdown] tags=["en"]
# ## Network and load balancing
#
# ### ALB
#
# *Application Load Balancer*
#
# The load balancer for HTTP and HTTPS: it chooses by path, host name, headers.
#
# ### Availability Zone
#
# *AZ* · *zone de disponibilité*
#
# One or more data centres of a Region, independent of those of the other zones.
#
# ### Health check
#
# *contrôle de santé*
#
# The question put regularly to a target or a container, to know whether to send it traffic, or replace it.
#
# ### Listener
#
# *écouteur*
#
# The port on which a load balancer listens, with its rules.
#
# ### Load balancer
#
# *équilibreur de charge*
#
# What spreads requests over healthy targets.
#
# ### NAT gateway
#
# *passerelle NAT*
#
# What lets a private subnet go out to the internet while nobody can come in.
#
# ### NLB
#
# *Network Load Balancer*
#
# The load balancer for TCP, UDP and TLS: very fast, with fixed addresses.
#
# ### Public subnet
#
# *sous-réseau public*
#
# A subnet whose route table leads to an internet gateway. A private subnet’s does not.
#
# ### Security group
#
# *groupe de sécurité*
#
# The firewall of a network interface. It has only permissions, and lets answers through.
#
# ### Target group
#
# *groupe cible*
#
# The targets of a load balancer, their port and their health check. For tasks with `awsvpc`, targets are IP addresses.
#
# ### VPC
#
# *Virtual Private Cloud*
#
# Your private network inside AWS, in one Region.
#
# ### VPC endpoint
#
# *VPC endpoints* · *point de terminaison VPC*
#
# A private entrance to an AWS service: *interface* (an ENI, PrivateLink) or *gateway* (a route, for S3 and DynamoDB).

# %% [markdown] tags=["fr"]
# ## Exploitation et coût
#
# ### CloudFormation
#
# *AWS CloudFormation*
#
# L’infrastructure décrite dans un modèle et créée comme une pile, d’un bloc, avec retour arrière.
#
# ### CloudWatch
#
# *Amazon CloudWatch*
#
# Les métriques, les journaux, les alarmes et les tableaux de bord d’AWS.
#
# ### Container Insights
#
# Des métriques et des tableaux prêts à l’emploi de CloudWatch pour des conteneurs, à activer et à payer.
#
# ### Groupe de journaux
#
# *log group*
#
# Des flux de journaux qui ont la même conservation, le même chiffrement, les mêmes droits.
#
# ### Instance Spot
#
# *Spot Instance*
#
# De la capacité EC2 inutilisée, bien moins chère, qu’AWS peut reprendre.
#
# ### Jeu de modifications
#
# *change set*
#
# Ce que la mise à jour d’une pile changerait, à lire avant de l’exécuter.
#
# ### KMS
#
# *AWS KMS* · *Key Management Service*
#
# Les clés de chiffrement d’AWS, et qui peut s’en servir.
#
# ### Moindre privilège
#
# *least privilege*
#
# Ne donner à chacun que les droits dont il a besoin, rien de plus.
#
# ### Parameter Store
#
# *SSM Parameter Store*
#
# Des paramètres et de petits secrets rangés en arborescence, dans Systems Manager.
#
# ### Savings Plans
#
# *Compute Savings Plans*
#
# Un engagement de dépense à l’heure, sur un ou trois ans, contre un rabais. Celui dit *Compute* couvre EC2, Fargate et
# Lambda.
#
# ### Secrets Manager
#
# *AWS Secrets Manager*
#
# Un coffre pour mots de passe et clés, avec rotation.
#
# ### X-Ray
#
# *AWS X-Ray*
#
# Des traces : le chemin d’une requête à travers les services, et le temps passé dans chacun.

# %% [markdown] tags=["en"]
# ## Operations and cost
#
# ### Change set
#
# *jeu de modifications*
#
# What the update of a stack would change, to be read before it is carried out.
#
# ### CloudFormation
#
# *AWS CloudFormation*
#
# Infrastructure described in a template and created as a stack, as a whole, with rollback.
#
# ### CloudWatch
#
# *Amazon CloudWatch*
#
# AWS’s metrics, logs, alarms and dashboards.
#
# ### Container Insights
#
# Ready-made CloudWatch metrics and dashboards for containers, to be turned on and paid for.
#
# ### KMS
#
# *AWS KMS* · *Key Management Service*
#
# AWS’s encryption keys, and who may use them.
#
# ### Least privilege
#
# *moindre privilège*
#
# Giving everyone the rights they need and none besides.
#
# ### Log group
#
# *groupe de journaux*
#
# Log streams with the same retention, encryption and permissions.
#
# ### Parameter Store
#
# *SSM Parameter Store*
#
# Parameters and small secrets kept in a tree, in Systems Manager.
#
# ### Savings Plans
#
# *Compute Savings Plans*
#
# A commitment to spend so much an hour, for one or three years, in exchange for a discount. The *Compute* kind covers
# EC2, Fargate and Lambda.
#
# ### Secrets Manager
#
# *AWS Secrets Manager*
#
# A safe for passwords and keys, with rotation.
#
# ### Spot Instance
#
# *instance Spot*
#
# Spare EC2 capacity, much cheaper, which AWS may take back.
#
# ### X-Ray
#
# *AWS X-Ray*
#
# Traces: a request’s path through the services, and the time spent in each.
