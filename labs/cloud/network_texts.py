"""Why somebody does not reach somebody else in a VPC, in words."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "no-subnet": {
            "fr": "le sous-réseau {subnet} n’existe pas",
            "en": "the subnet {subnet} does not exist",
        },
        "no-dns": {
            "fr": "{vpc} ne résout pas les noms : son attribut enableDnsSupport vaut false",
            "en": "{vpc} does not resolve names: its attribute enableDnsSupport is false",
        },
        "endpoint-nowhere": {
            "fr": "le point de terminaison {endpoint} n’a aucun sous-réseau",
            "en": "the VPC endpoint {endpoint} has no subnet",
        },
        "endpoint-shut": {
            "fr": "com.amazonaws…{service} mène au point de terminaison {endpoint}, et {why}",
            "en": "com.amazonaws…{service} leads to the VPC endpoint {endpoint}, and {why}",
        },
        "no-route": {
            "fr": "la table de routage de {subnet} n’a pas de route vers {anywhere}, et aucun point de terminaison n’en tient "
            "lieu",
            "en": "the route table of {subnet} has no route to {anywhere} and no VPC endpoint takes its place",
        },
        "gateway-detached": {
            "fr": "{subnet} envoie {anywhere} vers {target}, qui n’est pas attachée à {vpc}",
            "en": "{subnet} routes {anywhere} to {target}, which is not attached to {vpc}",
        },
        "no-public-address": {
            "fr": "{subnet} envoie {anywhere} vers la passerelle internet {target}, qui demande une adresse IP publique ; "
            "il n’y en a pas (assignPublicIp vaut DISABLED)",
            "en": "{subnet} routes {anywhere} to the internet gateway {target}, which needs a public IP address; "
            "there is none (assignPublicIp is DISABLED)",
        },
        "not-followed": {
            "fr": "{subnet} envoie {anywhere} vers {target}, que le cloud local ne suit pas",
            "en": "{subnet} routes {anywhere} to {target}, which the local cloud does not follow",
        },
        "nat-gone": {
            "fr": "{subnet} envoie {anywhere} vers {target}, qui n’existe plus",
            "en": "{subnet} routes {anywhere} to {target}, which does not exist any more",
        },
        "nat-private": {
            "fr": "{subnet} envoie {anywhere} vers {target}, une passerelle NAT privée",
            "en": "{subnet} routes {anywhere} to {target}, a private NAT gateway",
        },
        "nat-inside": {
            "fr": "la passerelle NAT {target} se trouve dans {subnet}, qui n’a pas de route vers une passerelle internet",
            "en": "the NAT gateway {target} stands in {subnet}, which has no route to an internet gateway",
        },
        "outbound-shut": {
            "fr": "les règles sortantes de {groups} ne permettent pas le port {port} vers {to}",
            "en": "the outbound rules of {groups} do not allow port {port} to {to}",
        },
        "inbound-shut": {
            "fr": "les règles entrantes de {groups} ne permettent pas le port {port} depuis {sources}",
            "en": "the inbound rules of {groups} do not allow port {port} from {sources}",
        },
        "acl-out": {
            "fr": "l’ACL réseau de {subnet} ne laisse pas sortir le port {port}",
            "en": "the network ACL of {subnet} does not let port {port} out",
        },
        "acl-answers": {
            "fr": "l’ACL réseau de {subnet} ne laisse pas rentrer les réponses (ports 1024-65535)",
            "en": "the network ACL of {subnet} does not let the answers in (ports 1024-65535)",
        },
        "acl-between-out": {
            "fr": "l’ACL réseau de {subnet} ne laisse pas sortir les ports {ports} vers {block}",
            "en": "the network ACL of {subnet} does not let ports {ports} out to {block}",
        },
        "acl-between-in": {
            "fr": "l’ACL réseau de {subnet} ne laisse pas entrer les ports {ports} depuis {block}",
            "en": "the network ACL of {subnet} does not let ports {ports} in from {block}",
        },
        "one-missing": {
            "fr": "l’un des sous-réseaux n’existe pas",
            "en": "one of the subnets does not exist",
        },
        "other-vpc": {
            "fr": "{here} et {there} sont dans des VPC différents",
            "en": "{here} and {there} are in different VPCs",
        },
        "and": {"fr": " et ", "en": " and "},
        "no-group": {"fr": "aucun groupe de sécurité", "en": "no security group"},
    }
)
