"""What the auto scaling playground says."""

from __future__ import annotations

from labs.learner import Texts

say = Texts(
    {
        "title": {"fr": "Un service sous la charge", "en": "A service under load"},
        # settings
        "curve": {"fr": "La charge", "en": "The load"},
        "rush": {"fr": "l’affluence du matin", "en": "the morning rush"},
        "spike": {"fr": "une pointe de cinq minutes", "en": "a spike of five minutes"},
        "growth": {"fr": "une hausse régulière", "en": "steady growth"},
        "noisy": {"fr": "irrégulière", "en": "noisy"},
        "peak": {"fr": "À son plus haut", "en": "At its highest"},
        "rate": {"fr": "requêtes/s", "en": "requests/s"},
        "kind": {"fr": "Politique", "en": "Policy"},
        "tracking": {"fr": "suivi de cible (target tracking)", "en": "target tracking"},
        "steps": {"fr": "par paliers (step scaling)", "en": "step scaling"},
        "none": {"fr": "aucune : toujours le minimum", "en": "none: the minimum all the time"},
        "target": {"fr": "CPU visé", "en": "CPU aimed at"},
        "cooldown_out": {"fr": "Pause après un ajout", "en": "Cooldown after a scale-out"},
        "cooldown_in": {"fr": "Pause après un retrait", "en": "Cooldown after a scale-in"},
        "least": {"fr": "Minimum de tâches", "en": "Minimum of tasks"},
        "most": {"fr": "Maximum de tâches", "en": "Maximum of tasks"},
        # the drawing
        "alt": {
            "fr": "Charge, CPU, alarmes et tâches au fil du temps",
            "en": "Load, CPU, alarms and tasks over time",
        },
        "load_axis": {"fr": "Requêtes par seconde", "en": "Requests a second"},
        "served": {"fr": "servies", "en": "served"},
        "lost": {"fr": "perdues", "en": "lost"},
        "capacity": {"fr": "ce que les tâches peuvent servir", "en": "what the tasks can serve"},
        "cpu": {"fr": "CPU moyen des tâches", "en": "Average CPU of the tasks"},
        # the verdict
        "kept": {
            "fr": "Aucune requête perdue : les tâches ont toujours suivi, {tasks}.",
            "en": "No request lost: the tasks always followed, {tasks}.",
        },
        "lost_some": {
            "fr": "{lost} requêtes perdues sur {requests} ({share} %), en {minutes} min de saturation ; {tasks}.",
            "en": "{lost} requests lost of {requests} ({share}%), in {minutes} min of saturation; {tasks}.",
        },
        "between": {"fr": "de {fewest} à {highest} tâches", "en": "from {fewest} to {highest} tasks"},
        "so_many_one": {"fr": "toujours une seule tâche", "en": "a single task all the time"},
        "so_many": {"fr": "toujours {highest} tâches", "en": "{highest} tasks all the time"},
        "spent": {
            "fr": "Payé : {minutes} minutes de tâche, soit {cost} USD sur Fargate (0,25 vCPU et 0,5 Go). Le maximum en permanence "
            "aurait coûté {always} USD.",
            "en": "Paid for: {minutes} task-minutes, {cost} USD on Fargate (0.25 vCPU and 0.5 GB). The maximum all the time would "
            "have cost {always} USD.",
        },
        "wrong_limits": {
            "fr": "Le minimum ({least}) dépasse le maximum ({most}) : AWS refuse ces limites.",
            "en": "The minimum ({least}) is above the maximum ({most}): AWS refuses these limits.",
        },
        "flat_out": {
            "fr": "À 100 % de CPU, la mesure ne dit plus combien il manque : la politique monte alors par étapes.",
            "en": "At 100% CPU the metric cannot say how much is missing: the policy then climbs in stages.",
        },
        "too_short": {
            "fr": "La pointe est passée avant que les renforts ne servent : {points} points d’une minute, puis le démarrage. Contre cela, une "
            "action planifiée, ou une marge (un CPU visé plus bas).",
            "en": "The spike was over before the help could serve: {points} one-minute datapoints, then the start. What helps is a "
            "scheduled action, or a margin (a lower CPU to aim at).",
        },
        "ceiling": {
            "fr": "Le maximum de {most} tâches a bloqué la montée.",
            "en": "The maximum of {most} tasks stopped the climb.",
        },
        "rules_tracking": {
            "fr": "L’alarme haute veut {high} points de suite au-dessus de {target} %, la basse {low} points de suite sous {lower} %. "
            "Nombre demandé : tâches × CPU ÷ cible, arrondi vers le haut.",
            "en": "The high alarm wants {high} datapoints in a row above {target}%, the low one {low} in a row below {lower}%. "
            "Asked for: tasks × CPU ÷ target, rounded up.",
        },
        "rules_steps": {
            "fr": "L’alarme haute veut {high} points de suite au-dessus de {target} %, la basse {low} points de suite sous {lower} %. "
            "Paliers au-dessus : {steps}. En dessous : une tâche de moins.",
            "en": "The high alarm wants {high} datapoints in a row above {target}%, the low one {low} in a row below {lower}%. "
            "Steps above: {steps}. Below: one task fewer.",
        },
        "one_step": {"fr": "dès {lower} points, +{count}", "en": "from {lower} points on, +{count}"},
        "assumed": {
            "fr": "Hypothèses : une tâche sert {capacity} requêtes par seconde, et sert {start} min après son lancement. Les décisions sont "
            "celles du cloud local du cours. Prix : {source}.",
            "en": "Assumed: a task serves {capacity} requests a second, and serves {start} min after its launch. The decisions are "
            "those of the course’s local cloud. Price: {source}.",
        },
        # what was decided
        "decisions": {"fr": "Les décisions", "en": "The decisions"},
        "out": {
            "fr": "CPU à {value} % : {before} → {after} tâches",
            "en": "CPU at {value}%: {before} → {after} tasks",
        },
        "blocked": {
            "fr": "CPU à {value} % : rien, {reason}",
            "en": "CPU at {value}%: nothing, {reason}",
        },
        "AlreadyAtMaxCapacity": {"fr": "le maximum est atteint", "en": "the maximum is reached"},
        "AlreadyAtMinCapacity": {"fr": "le minimum est atteint", "en": "the minimum is reached"},
        "AlreadyAtDesiredCapacity": {"fr": "le compte y est déjà", "en": "the count is right already"},
        "AutoScalingAnticipatedFlapping": {
            "fr": "une tâche de moins ferait remonter le CPU au-dessus de la cible",
            "en": "one task fewer would bring the CPU above the target again",
        },
    }
)
