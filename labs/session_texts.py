"""What a learner reads when a session is not opened."""

from labs.learner import Texts

say = Texts(
    {
        "unknown world": {
            "fr": "Il y a deux mondes, « local » et « real » ; « {world} » n’en est pas un.",
            "en": 'There are two worlds, "local" and "real"; "{world}" is neither.',
        },
        "opt in": {
            "fr": (
                "Un compte réel s’ouvre en toutes lettres : "
                'labs.connect("real", account_id="votre numéro de compte", region="votre Région").'
            ),
            "en": (
                "A real account is opened in so many words: "
                'labs.connect("real", account_id="your account id", region="your Region").'
            ),
        },
        "account id": {
            "fr": "Un numéro de compte AWS s’écrit avec 12 chiffres, entre guillemets ; « {account} » n’en est pas un.",
            "en": 'An AWS account id is 12 digits, in quotes; "{account}" is not one.',
        },
        "region": {
            "fr": "« {region} » n’est pas une Région où ECS existe (exemple : eu-west-3).",
            "en": '"{region}" is not a Region where ECS exists (example: eu-west-3).',
        },
        "no identity": {
            "fr": (
                "AWS n’a pas reconnu vos identifiants ({error}). Connectez-vous d’abord, par exemple avec "
                "`aws login` ou `aws sso login`, puis nommez le profil : profile=…"
            ),
            "en": (
                "AWS did not recognise your credentials ({error}). Sign in first, for example with `aws login` or "
                "`aws sso login`, then name the profile: profile=…"
            ),
        },
        "other account": {
            "fr": "Vous avez écrit le compte {typed}, mais vos identifiants ouvrent le compte {actual}. Rien n’a été fait.",
            "en": "You typed account {typed}, but your credentials open account {actual}. Nothing was done.",
        },
        "root": {
            "fr": (
                "Vos identifiants sont ceux de l’utilisateur racine du compte {account}, que rien ne limite. "
                "Prenez un utilisateur ou un rôle fait pour le labo."
            ),
            "en": (
                "Your credentials are those of the root user of account {account}, whom nothing limits. "
                "Use a user or a role made for the lab."
            ),
        },
        "endpoint": {
            "fr": (
                "Vos réglages AWS (AWS_ENDPOINT_URL ou endpoint_url du profil) mènent à {host}, qui n’est pas AWS. "
                "Retirez-les, ou restez dans le cloud local."
            ),
            "en": (
                "Your AWS settings (AWS_ENDPOINT_URL, or the profile’s endpoint_url) lead to {host}, which is not AWS. "
                "Remove them, or stay in the local cloud."
            ),
        },
        "own client": {
            "fr": "Sur un compte réel, un client prend l’adresse et les identifiants de la session, pas d’autres.",
            "en": "On a real account, a client takes the session’s endpoint and credentials, and no others.",
        },
        "run name": {
            "fr": "Un parcours se nomme avec des minuscules, des chiffres et des tirets ; « {run} » ne convient pas.",
            "en": 'A run is named with lower-case letters, digits and hyphens; "{run}" will not do.',
        },
        "other run": {
            "fr": "Le parcours {run} a eu lieu ailleurs : compte {account}, Région {region}.",
            "en": "Run {run} took place elsewhere: account {account}, Region {region}.",
        },
        "cloud gone": {
            "fr": (
                "Le cloud local s’est arrêté, et tout ce qu’il contenait a disparu avec lui. Exécutez de nouveau la cellule "
                "`session = labs.connect()`, qui en démarre un autre, puis reprenez le cahier à cet endroit : ce qu’il construit est à refaire."
            ),
            "en": (
                "The local cloud has stopped, and everything in it went with it. Run the cell `session = labs.connect()` again, which "
                "starts another, then go on in the notebook from there: what it builds has to be built again."
            ),
        },
        "gone": {
            "fr": "Le cloud local du parcours {run} s’est arrêté ; tout ce qu’il contenait a disparu avec lui.",
            "en": "The local cloud of run {run} has stopped; everything in it went with it.",
        },
    }
)
