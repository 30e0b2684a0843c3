"""What EKS's part of the narration says, and the answer of the Kubernetes API that is not there."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "no-kubernetes": {
            "fr": "Le cloud local n’exécute pas Kubernetes\u00a0: ce cluster EKS n’existe que pour l’API d’AWS (réseau, "
            "rôles, versions, accès). Pour un vrai Kubernetes sur cette machine, installez kind ou minikube, puis "
            "«\u00a0kubectl config use-context kind-kind\u00a0» (ou minikube)\u00a0; pour un vrai EKS, refaites "
            "«\u00a0aws eks update-kubeconfig\u00a0» avec un compte AWS réel.",
            "en": "The local cloud runs no Kubernetes: this EKS cluster exists for AWS’s API only (network, roles, "
            "versions, access). For a real Kubernetes on this machine install kind or minikube, then "
            "'kubectl config use-context kind-kind' (or minikube); for a real EKS run 'aws eks update-kubeconfig' "
            "again with a real AWS account.",
        },
        "created": {
            "fr": "Le cluster EKS {name} (Kubernetes {version}) est décrit, avec son groupe de sécurité. Rien ne démarre "
            "ici\u00a0: pas de plan de contrôle, donc pas d’attente. Sur AWS, comptez une dizaine de minutes, et l’heure "
            "de cluster se paie dès ce moment.",
            "en": "The EKS cluster {name} (Kubernetes {version}) is described, with its security group. Nothing starts "
            "here: there is no control plane, so no wait. AWS takes about ten minutes, and bills cluster hours from "
            "then on.",
        },
        "active": {
            "fr": "Le cluster {name} est ACTIVE. Son adresse {endpoint} est sur cette machine et répond à kubectl qu’aucun "
            "Kubernetes ne tourne derrière elle.",
            "en": "The cluster {name} is ACTIVE. Its endpoint {endpoint} is on this machine, and tells kubectl that no "
            "Kubernetes runs behind it.",
        },
        "updated": {
            "fr": "Le cluster {name} change de réglages ({what})\u00a0: c’est noté tout de suite\u00a0; AWS y met quelques "
            "minutes.",
            "en": "The cluster {name} changes its settings ({what}): noted at once; AWS takes a few minutes.",
        },
        "upgraded": {
            "fr": "Le cluster {name} passe de Kubernetes {old} à {new}. Sur AWS seul le plan de contrôle change, en une "
            "dizaine de minutes\u00a0: groupes de nœuds et modules restent à mettre à jour ensuite.",
            "en": "The cluster {name} goes from Kubernetes {old} to {new}. On AWS only the control plane changes, in about "
            "ten minutes: node groups and add-ons are yours to update next.",
        },
        "deleted": {
            "fr": "Le cluster {name} est supprimé, avec le groupe de sécurité qu’EKS lui avait créé.",
            "en": "The cluster {name} is deleted, with the security group that EKS had made for it.",
        },
        "nodes": {
            "fr": "Le groupe de nœuds {name} de {cluster} demande {count} instances à son groupe Auto Scaling. Elles "
            "figurent dans EC2, mais aucun kubelet n’y tourne\u00a0: kubectl n’aurait aucun nœud à montrer.",
            "en": "The node group {name} of {cluster} asks its Auto Scaling group for {count} instances. They are in EC2's "
            "books, but no kubelet runs on them: kubectl would have no node to show.",
        },
        "nodes-changed": {
            "fr": "Le groupe de nœuds {name} a de nouveaux réglages ({count} nœuds voulus).",
            "en": "The node group {name} has new settings ({count} nodes wanted).",
        },
        "nodes-upgraded": {
            "fr": "Le groupe de nœuds {name} est noté en version {version}. AWS remplacerait ses nœuds un à un, en vidant "
            "chacun de ses pods d’abord.",
            "en": "The node group {name} is noted as version {version}. AWS would replace its nodes one by one, and drain "
            "each of its pods first.",
        },
        "nodes-deleted": {
            "fr": "Le groupe de nœuds {name} de {cluster} est supprimé, avec son groupe Auto Scaling et ses instances.",
            "en": "The node group {name} of {cluster} is deleted, with its Auto Scaling group and its instances.",
        },
        "profile": {
            "fr": "Le profil Fargate {name} de {cluster} est noté. Sur AWS, les pods qu’il choisit tourneraient chacun dans "
            "leur propre machine virtuelle\u00a0; ici, aucun pod ne tourne.",
            "en": "The Fargate profile {name} of {cluster} is noted. On AWS the pods that it selects would each run in a "
            "virtual machine of their own; no pod runs here.",
        },
        "addon": {
            "fr": "Le module {name} {version} est noté pour {cluster}. Son état ACTIVE et l’absence de problème ne disent "
            "rien de sa santé\u00a0: il ne tourne pas ici.",
            "en": "The add-on {name} {version} is noted for {cluster}. That it is ACTIVE and without issues says nothing of "
            "its health: it does not run here.",
        },
        "addon-updated": {
            "fr": "Le module {name} de {cluster} est noté en version {version}, sans tourner ici.",
            "en": "The add-on {name} of {cluster} is noted as version {version}; it does not run here.",
        },
        "admitted": {
            "fr": "{principal} entre dans le cluster {name}. Sans politique d’accès ni groupe Kubernetes, il n’y a encore "
            "aucun droit.",
            "en": "{principal} may enter the cluster {name}. Without an access policy or a Kubernetes group, it may do "
            "nothing there yet.",
        },
        "pods": {
            "fr": "Dans {name}, les pods du compte de service {account} recevraient les identifiants du rôle {role}.",
            "en": "In {name}, pods of the service account {account} would get credentials of the role {role}.",
        },
    }
)
