"""The words that deny, set aside, hedge or end the reach of a denial, in French and English (data).

Written as normalised text is: lower case, no accents, apostrophes part words.
"""

from __future__ import annotations

from enum import Enum


class Reach(Enum):
    """How far to the right a denial goes."""

    CLAUSE = "to the end of the clause"
    PHRASE = "to the end of the noun or verb phrase"
    WORD = "over the next word or term"


def words(*lines: str) -> frozenset[str]:
    """The words of the lines."""
    return frozenset(word for line in lines for word in line.split())


def _split(*phrases: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for text in phrases for phrase in text.split(" / "))


# Phrases that hold a word of negation and deny nothing.
IDIOMS = _split(
    "sans hesiter / sans hesitation / sans aucune hesitation / sans aucun doute / sans nul doute / sans doute",
    "sans probleme / sans souci / sans conteste / sans oublier / sans surprise / sans reflechir",
    "without hesitation / without any hesitation / without hesitating / without a doubt / without any doubt",
    "without doubt / no doubt / without question / no question / no problem / no matter / no wonder",
    "pourquoi pas / why not / not only / not just / not merely / not simply / non seulement / pas seulement",
    "pas uniquement / pas que / pas juste / not to mention / nothing beats / rien de tel / rien de mieux",
    "nothing better / pas d autre choix / no other choice / no choice but / no alternative / pas le choix",
    "n hesite pas / n hesitez pas / ne pas hesiter / n hesiterais pas / not hesitate / pas hesiter",
    "not forget / never forget / pas oublier / n oubliez pas / n oublie pas / n oublions pas / jamais oublier",
    "not enough / not sufficient / ne suffit pas / ne suffisent pas / suffit pas / suffisent pas / pas suffisant",
    "pas assez / not alone / pas seul / not by itself / not sure / pas certain / not certain",
    "pas mal / not bad / can not go wrong / not a bad / pas plus de / not more than / no more than",
    "if not / pas besoin de reflechir / no brainer / n est ce pas / is it not / not necessarily",
    "pas forcement / pas necessairement / not mandatory / pas obligatoire / not optional / pas facultatif",
    "not wait / pas attendre / not miss / pas perdre / not lose / not losing / not to lose / sans perdre",
    "without losing",
)

# Words of negation: several of them in one clause still make one denial ("ni … ni", "ne … jamais aucun").
NEGATIONS: dict[tuple[str, ...], Reach] = {
    **dict.fromkeys(
        _split(
            "not / never / pas / jamais / ni / nor / neither / plus jamais / surtout pas / hors de question",
            "no point in / no point of / out of the question / nullement / aucunement / point de",
            "anything but / tout sauf / everything but / except / sauf / excepte",
        ),
        Reach.CLAUSE,
    ),
    **dict.fromkeys(
        _split(
            "no / no need / not need / not have to / not having to / no longer / not any / none of / nobody / no one",
            "nothing / aucun / aucune / pas de / pas d / pas besoin / nul besoin / plus besoin / pas a / plus a",
            "personne / plus aucun / plus aucune / plus / rien / zero / inutile de / inutile d / useless to",
            "pas la peine / not care / not worry / fini / finis / finies / finie / nul / nulle",
        ),
        Reach.PHRASE,
    ),
    **dict.fromkeys(_split("non"), Reach.WORD),
}
# These deny only beside a French "ne" (elsewhere "more", "person", "a mere nothing").
NEED_NE = words("plus personne rien")

# Verbs and prepositions that deny what follows, and that a negation turns round ("never without limits").
DENYING_VERBS: dict[tuple[str, ...], Reach] = {
    **dict.fromkeys(
        _split(
            "avoid / avoids / avoiding / eviter / evitez / evite / evitons / evitant / forbid / forbids",
            "forbidding / forbidden to / interdire / interdisez / interdit / interdit de / interdisant / prohibit",
            "disable / disables / disabling / desactiver / desactivez / desactive / desactivant / turn off",
            "turning off / switch off / prevent / prevents / preventing / empecher / empechez / empeche",
            "refuse / refuser / refusez / refuses / reject / rejeter / exclude / exclure / excluding / ban / bannir",
            "bannissez / proscrire / proscrivez / renoncer / renoncez / ecarter / ecartez / ecarte / abandon",
            "abandonner / abandonnez / abandoning / stop using / stop running / cesser / arreter d / arreter de",
            "arretez de / arretez d / do without / doing without / go without / se passer / me passer / nous passer",
            "passer de l usage / dispense / dispenses / dispenser / dispense de / oublier / oubliez / forget",
            "forget about / block / bloquer / bloquez / bannit / skip / quit / get away from / move away from",
            "moving away from / moves away from / get out of / sortir / quitter / quittez / leave behind / deny",
            "refrain from / skip the / limit use of / say no to / steer clear of / se debarrasser / dire non",
            "spare us / spares us / epargne / deconseille / deconseiller / relieves / relieve / libere / liberer",
            "removes the / remove the / removing the / eliminates the / eliminate the / eliminating the / takes away the",
            "elimine la / elimine le / elimine l / supprime la / supprime le besoin / supprime l administration / enleve la",
            "eliminer la / supprimer la / evite la / evite de / evite d / abstracts away / abstracts / hides / masque / cache",
            "frees / free of / freed from / exempt / exempte / decharge / deleste",
        ),
        Reach.CLAUSE,
    ),
    **dict.fromkeys(_split("without / sans / minus / hors"), Reach.PHRASE),
}

# What is named to be set aside.
SETTING_ASIDE: dict[tuple[str, ...], Reach] = dict.fromkeys(
    _split(
        "instead of / in place of / rather than / as opposed to / plutot que / plutot qu / plutot que de",
        "au lieu de / au lieu d / au lieu des / au lieu du / a la place de / a la place d / a la place des",
        "a la place du / en lieu et place / and not / et non / et pas / unlike / contrairement a / contrairement au",
        "contrairement aux / compared to / compared with / par rapport a / par rapport au / par rapport aux",
        "a l inverse de / a l inverse d / au contraire de / contrary to / different from / a la difference de",
    ),
    Reach.CLAUSE,
)

# "better than X", "preferable a X": what follows "than" is set aside after one of these.
COMPARATIVES = words(
    "better simpler safer easier cheaper preferable superior stronger recommended prefer preferred rather",
    "mieux meilleur meilleure superieur superieure plutot",
)
THAN = words("than que qu")
BETTER_IF = words("vaut vaudrait")  # "mieux vaut que …" recommends, "mieux que …" compares
PREFERRED_TO = words("to over a au aux")
SUPERIOR = words("preferable superior superieur superieure")
PREFERRING = ("prefer",)
PREFERRING_OVER = ("prefer", "favour", "favor", "choos", "pick", "opt", "go", "tak", "us")

# "replace X with Y", "migrate from X to Y": what stands before the second word is set aside.
REPLACING = ("replac", "remplac", "swap", "substitu")
REPLACED_BY = words("by with par for")
LEAVING = words("from de d")
LEAVING_FROM = (
    "migrat", "migre", "mov", "pass", "switch", "shift", "go", "evolu", "transition", "bascul", "change",
)  # fmt: skip
LEAVING_TO = words("to a vers into")

# The reach of a denial ends here.
CONTRASTS = words(
    "but mais instead however cependant toutefois rather plutot so donc hence therefore thus alors ainsi then",
    "puis afin sinon otherwise nevertheless yet pourtant",
)
REASONS = words("because car since puisque puisqu parce where which qui whose dont given vu comme")
REASON_STARTS = words("because car since puisque puisqu parce where which given vu")
SUBJECTS = words("i we you they he she je j on nous vous ils elles il elle tu aws")
PREPOSITIONS = words("with avec grace thanks via through using by par on in dans sur under chez within")
ALTERNATIVES = words("or ou nor ni")
AND = words("and et")
ARTICLES = words("a an the un une le la les l des du de d en only just seulement")

PURPOSES = words("to pour for afin")
# "and <verb>": another recommendation, unless the verb is one of looking after servers ("ni gérer et patcher").
ANOTHER_DEED = (
    "limit",
    "drop",
    "restrict",
    "mount",
    "ensur",
    "defin",
    "remov",
    "attach",
    "scal",
    "reduc",
    "isol",
    "let",
)
INFINITIVES = ("er", "ir", "re", "ez")
LOOKING_AFTER = (
    "ger",
    "admin",
    "patch",
    "maint",
    "provision",
    "mett",
    "entret",
    "updat",
    "manag",
    "configur",
    "install",
    "surveil",
)
FRESH_VERBS = words("use utiliser utilisez utilisons choose pick choisir prendre go opter prefer")

# Verbs of choosing and doing: "use", "utiliser"… A denied one reaches over its whole complement.
CHOOSING = (
    "use", "using", "utilis", "choos", "chose", "choisi", "pick", "select", "prefer", "recommend", "recommand",
    "conseil", "advis", "opt", "go", "take", "took", "prend", "prenez", "pren", "mett", "mets", "put", "deploy",
    "deploi", "run", "store", "stock", "rely", "rel", "adopt", "activ", "enabl", "turn", "set", "configur", "creat",
    "cre", "install", "host", "heberg", "push", "publi", "plac", "employ", "recour", "faire", "do", "keep", "gard",
    "grant", "donn", "give", "share", "partag", "add", "ajout", "fall", "need", "want", "veu", "vouloi", "start",
    "lanc", "launch", "tourn", "execut", "partir", "pars", "privilegi", "appli", "apply", "rest", "stay", "repart",
    "spread", "suggest", "propos", "look", "call", "settle", "build", "move", "mov", "migr", "pass", "let", "laiss",
)  # fmt: skip

# "X is (not) <this>": the predicate judges the subject.
FAVOURABLE = (
    "right", "good", "best", "suitable", "suit", "adapt", "appropri", "choice", "choix", "solution", "option",
    "recommand", "recommend", "need", "want", "ideal", "bon", "bonn", "convien", "convenable", "souhait", "pertinent",
    "relevant", "answer", "reponse", "fit", "either", "way", "idea", "idee", "necess", "useful", "utile", "approach",
    "voie", "advis", "conseil", "meet", "repond", "work", "fonctionn", "help", "aide", "indique", "acceptable", "ok",
    "resou", "solv", "interess", "make", "possible", "enough", "faut",
)  # fmt: skip
FITTING = ("convien", "conviend", "repond", "correspond")
UNFAVOURABLE = _split(
    "overkill / useless / bad / wrong / unsuitable / pointless / inutile / inutiles / mauvaise / mauvais / mauvaises",
    "inadapte / inadaptee / inadaptes / inadaptees / inapproprie / inappropriee / to be avoided / be avoided",
    "a eviter / a proscrire / a bannir / a exclure / a ecarter / out of the question / hors de question",
    "too expensive / too complex / too complicated / trop cher / trop chere / trop couteux / trop complexe",
    "trop lourd / too heavy / evite / evitee / evites / should be avoided / ne sert a rien / unnecessary / superflu",
    "superflue / deconseille / deconseillee / a waste / erreur / mistake / insecure / interdit / interdite",
    "interdits / interdites / forbidden / banned / disabled / desactive / desactivee / prohibited / off / exclu / exclue",
    "excluded / out / risque / dangereux / dangereuse / dangerous / risky / gaspillage / wasteful / too slow / too late",
    "too fiddly / too limited / trop lent / trop lente / trop tard / trop limite / trop compliquee / trop compliques",
    "point unique de panne / point unique de defaillance / single point of failure",
)
# These need no "is" before them.
USELESS = _split(
    "ne sert a rien / ne servent a rien / is no use / are no use / makes no sense / make no sense / n a aucun interet",
    "n a pas de sens / ne marche pas / ne fonctionne pas / does not work / do not work / do not help / does not help",
    "coute trop cher / coutent trop cher / costs too much / cost too much / revient trop cher / fait mal l affaire / does not make sense",
    "cause trouble / cause problems / causes trouble / causes problems / pose probleme",
    "posent probleme / reagit trop tard / reacts too late / reagit trop lentement / reacts too slowly / n ont aucun interet / n apporte rien / adds nothing",
)
COPULAS = words(
    "is are be was were would seems seem looks est sont etre serait seraient c semble semblent parait reste",
    "doit doivent must should",
)

NEEDING = words("need besoin have")
NOT = words("not pas never jamais")
REFUSING = words("not pas never jamais avoid evite eviter")

# A pronoun that stands for what was just named.
REFERENCES = words("it this that them those ca cela l le la les y en celui celle way voie")
OBJECTS = words("l le la les y en")
PRONOUNS = REFERENCES | words("c they ce")
# Alone after a question or a name: "Fargate? Surely not."
REFUSALS = _split(
    "no / non / surtout pas / certainly not / surely not / definitely not / pas du tout / not at all / never / jamais / no way"
)

MIGHT = (
    "could",
    "might",
    "may",
    "pourr",
    "peut",
    "peux",
    "pouvai",
    "tempt",
    "tentant",
    "think",
    "pense",
    "croi",
)
CONCESSIONS = _split(
    "although / though / even if / even though / bien que / meme si / whereas / alors que / tandis que / while / quand bien meme"
)
OTHERWISE = _split("otherwise / sinon / or else / dans le cas contraire / autrement")
AUXILIARIES = words(
    "is are was were do does did can could will would has have should may might must ne n est sont isn aren"
)
REFERRED = words("it them that les le la")
RESUMING = words("it that this they c ce ca cela il elle ils you vous on")
LOSING = ("tak", "took", "los", "remov", "perd", "enlev", "retir", "priv", "ote", "hid", "cach")
HOLD = words("control controle main hand hands maitrise ownership")
WITH = words("with avec on sur using under sous si if")
OBLIGATIONS = words(
    "would must faut faudrait doit doivent devrait devraient devrions devra need needs has have oblige"
)
BURDENS = (
    "requir",
    "demand",
    "oblig",
    "impliq",
    "impli",
    "necessit",
    "forc",
    "impos",
    "mean",
    "exig",
    "cost",
    "cout",
    "leav",
    "laiss",
)

BUT = words("but mais cependant however")
OFTEN = words("often usually commonly tend tends souvent generalement habituellement")
HEDGES = words(
    "probably maybe perhaps possibly probablement peut guess think suppose believe pense crois suppose"
)
# "X would do. But I would rather pick Y."
REVERSALS = _split(
    "but / mais / however / cependant / toutefois / neanmoins / nevertheless / yet / pourtant / that said / that being said",
    "cela dit / ceci dit / still / all the same / tout de meme / quand meme / malgre tout",
)
ANSWERING = words("i we je j on nous")
PREFERENCES = (
    "pick", "choos", "chose", "choisi", "prefer", "optera", "pren", "reste", "stay", "stick", "partir", "pars", "take",
)  # fmt: skip
PREFERRED = words("go going opt opte")
# … unless Y comes on top of X or is done with it: "But I would keep them in two zones".
BESIDES = words("also too additionally additional aussi egalement both plus further")
TOGETHER = words("them it les dedans inside each chaque chacun")
SUBJECT_VERBS = words(
    "is are would could might can may does do works work exists exist sounds sound seems looks fait ferait feraient",
    "est sont serait seraient pourrait peut marche marcherait existe existent convient conviendrait semble parait suffirait",
)
YES = words("yes oui")
NO = words("no non")
OTHER_WAY = _split(
    "the alternative / the other option / the other way / l alternative / l autre option / l autre solution / l autre choix"
)
WHY = words("why pourquoi")

_EVERY_PHRASE = (
    *IDIOMS,
    *NEGATIONS,
    *DENYING_VERBS,
    *SETTING_ASIDE,
    *UNFAVOURABLE,
    *USELESS,
    *REFUSALS,
    *CONCESSIONS,
    *OTHERWISE,
)
WORDS = frozenset(word for phrase in _EVERY_PHRASE for word in phrase) | CONTRASTS | REASONS | SUBJECTS
"""Words of polarity and structure: never corrected, nor taken for a slip."""

NOT_IN_A_GAP = words(
    "not never no nobody nothing none pas jamais ni nor personne rien sans without aucun aucune but mais instead",
    "avoid avoids eviter rather plutot so donc because car",
)
"""The gap of a phrase does not stretch over these."""
