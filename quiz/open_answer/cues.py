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


def _inflected(stems: str, endings: str) -> frozenset[tuple[str, ...]]:
    """Every stem with every ending, as one-word phrases."""
    return frozenset((stem + ending,) for stem in stems.split() for ending in endings.split())


_ER = "e es er ez ons ent ant erai erais erait eront era erons erez erions eriez eraient"
_IR = "r s t ssez ssons ssent ssant rai rais rait ront ra rons rez rions riez raient"
_RE = "re s t ons ez ent ant rai rais rait ront ra rons rez rions riez raient"
_RE_S = "re s t sons sez sent sant rai rais rait ront ra rons rez rions riez raient"

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
    "not have more than / nothing more than / nothing but / rien de plus que / rien d autre que / nothing beyond / rien que",
    "not get more than / not need more than / pas plus que / pas avoir plus que / not do more than",
    "not think of anything / not know anything better / not see anything better / not imagine anything better",
    "ne vois rien de mieux / ne connais rien de mieux / not think of a better / not see why not / ne vois pas mieux",
    "nobody but / no one but / none but / nothing but / personne d autre que / personne d autre qu / nul autre que",
    "can not not / could not not / not not",
    "anything better than / nothing better than / something better than / none better than / not better than / further than",
    "no further than / no reason to look further / rien de mieux que / rien de mieux qu / pas mieux que / pas mieux qu",
    "plus loin que / plus loin qu / not beat / ne bat / no match for / no substitute for / not find better than / not see past",
    "without losing / not the case / pas le cas / not true of / pas vrai de / autrement dit / plus qu a / not so with / sans exception",
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
            "personne / plus aucun / plus aucune / plus / rien / rien de / rien d / rien a / zero / inutile de / inutile d / useless to",
            "none needs / none need / none should / few need / few needs / rarely / seldom / hardly / rarement / peu ont besoin",
            "rien en / rien sur / rien dans / rien hors / personne en / personne sur / nothing in / nobody in",
            "pas la peine / not care / not worry / fini / finis / finies / finie / nul / nulle",
        ),
        Reach.PHRASE,
    ),
    **dict.fromkeys(_split("non"), Reach.WORD),
}
ALL_BUT = _split("anything but / everything but / tout sauf")
MAD = words(
    "mad crazy silly stupid fool foolish insane why fou folle bete idiot stupide absurde absurd dommage no not"
)
# These deny only beside a French "ne" (elsewhere "more", "person", "a mere nothing").
NEED_NE = words("plus personne rien")

# After one of the quantifiers these make an assertion: "nobody except X", "no account that is not listed".
QUANTIFIERS = words("no nobody none nothing aucun aucune personne rien not pas ne n never jamais")
EXCEPTIONS = _split(
    "except / sauf / hormis / excepte / other than / apart from / besides / a part / en dehors de / en dehors des / autre que",
    "autre qu / autres que / autres qu / outside / absent de / absent du / absents de / absents du / absente de / that is not",
    "that are not / which is not / which are not / who is not / who are not / that should not / that does not / that do not",
    "who does not / who do not / which does not / which should not / qui ne / qui n / not listed / not named",
)

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
            "frees / free of / freed from / exempt / exempte / decharge / deleste / rule out / rules out / ruling out",
            "ruled out / stay away from / staying away from / keep away from / stay clear of / say no to / advise against",
            "recommend against / argue against / decide against / decided against / leave out / dismiss / dismissed",
            "give up / gave up / pass on / not a fan of / drop the idea of / laisse tomber / laissez tomber / laisser tomber",
            "laisserais tomber / laissons tomber / me passerais / nous passerions / se passerait / fais l impasse sur",
            "faire l impasse sur / ferais l impasse sur / fuyez / fuir / fuis / fuirais / me mefie de / mefiez vous de",
            "beware of / watch out for / pas fan de / silly to / mad to / crazy to / stupid to / foolish to / wrong to / a mistake to",
            "pointless to / overkill to / wasteful to / bad idea to / a shame to / bete de / bete d / idiot de / idiot d / stupide de",
            "fou de / fou d / folie de / folie d / dommage de / dommage d / erreur de / erreur d / absurde de / absurde d",
            "mauvaise idee de / mauvaise idee d / ridicule de / ridicule d / gaspillage de / gaspillage d",
        )
        | _inflected(
            "evit ecart refus rejet abandonn desactiv bloqu oubli quitt deconseill renonc empech", _ER
        )
        | _inflected("banni", _IR)
        | _inflected("exclu", _RE)
        | _inflected("interdi proscri", _RE_S),
        Reach.CLAUSE,
    ),
    **dict.fromkeys(_split("without / sans / minus / hors"), Reach.PHRASE),
}

HOMONYMS = words("cache caches masque masques")
"""French for "hides", and a noun after one of the words below ("une règle de cache"), as always in English."""
BEFORE_A_NOUN = words(
    "le un du de en au ce son sa leur votre notre la les des une ma par sans avec pas the a an no and et layer build docker"
)
EXCLUDING = words("exclut excluent excludes rules exclude ecarte ecartent elimine interdit proscrit forbids")

# What is named to be set aside.
SETTING_ASIDE: dict[tuple[str, ...], Reach] = {
    **dict.fromkeys(
        _split(
            "instead of / in place of / rather than / as opposed to / plutot que / plutot qu / plutot que de",
            "au lieu de / au lieu d / au lieu des / au lieu du / a la place de / a la place d / a la place des",
            "a la place du / en lieu et place / and not / et non / et pas / unlike / contrairement a / contrairement au",
            "beats / outperforms / trumps / bat / battent / surpasse / surpassent / l emporte sur / loin d / loin de / far from",
            "contrairement aux / compared to / compared with / par rapport a / par rapport au / par rapport aux",
            "a l inverse de / a l inverse d / au contraire de / contrary to / different from / a la difference de",
        ),
        Reach.CLAUSE,
    ),
    **dict.fromkeys(_split("former / ex"), Reach.WORD),
}

# "better than X", "preferable a X": what follows "than" is set aside after one of these.
COMPARATIVES = words(
    "better simpler safer easier cheaper lighter faster quicker leaner handier preferable superior stronger recommended prefer preferred rather",
    "mieux meilleur meilleure superieur superieure plutot",
)
THAN = words("than que qu")
WHILE = words("alors")  # "plutot que X" goes on, "alors que X" does not
RATHER = words("rather sooner")
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
REASONS = words(
    "because car since puisque puisqu parce where which qui whose dont given vu comme when quand lorsque whereas"
)
REASON_STARTS = words("because car since puisque puisqu parce where which given vu")
SUBJECTS = words("i we you they he she je j on nous vous ils elles il elle tu aws")
PREPOSITIONS = words("with avec grace thanks via through using by par on in dans sur under chez within")
NOBODY = words("nothing nobody none rien personne")
BY_MEANS_OF = words("with avec via using thanks grace")
PLACES = words("on in sur dans within")
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
VIRTUOUS = (
    "useful", "util", "suitable", "adapt", "appropri", "relevant", "pertinent", "interess", "necess", "needed", "requis",
    "required", "worth",
)  # fmt: skip
"""Said of something with "not" they turn it down, whatever it would be good for."""
NECESSARY = ("necess", "need", "requi", "used", "utilis", "util", "useful", "indispens")
REMOVING = (
    "remov",
    "drop",
    "retir",
    "enlev",
    "suppr",
    "disabl",
    "desactiv",
    "strip",
    "revo",
    "withdr",
    "cut",
)
THE_OTHER = _split(
    "the latter / the second / the other / the others / the former / le second / la seconde / le deuxieme / la deuxieme",
    "l autre / les autres / ce dernier / cette derniere / ces dernieres / ces derniers / celui ci / celle ci / celui la / celle la",
)
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
    "terrible / awful / horrible / bad habit / bad practice / mauvaise pratique / mauvaise habitude / catastrophe / disaster",
    "nightmare / cauchemar / no security / no protection / heresie / heresy / asking for trouble / ridicule / ridiculous",
    "point unique de panne / point unique de defaillance / single point of failure",
)
# These need no "is" before them.
USELESS = _split(
    "ne marche jamais / ne marchent jamais / ne fonctionne jamais / ne fonctionnent jamais / never works / never work",
    "ne sert a rien / ne servent a rien / is no use / are no use / makes no sense / make no sense / n a aucun interet",
    "n a pas de sens / ne marche pas / ne fonctionne pas / does not work / do not work / do not help / does not help",
    "coute trop cher / coutent trop cher / costs too much / cost too much / revient trop cher / fait mal l affaire / does not make sense",
    "cause trouble / cause problems / causes trouble / causes problems / pose probleme",
    "posent probleme / reagit trop tard / reacts too late / reagit trop lentement / reacts too slowly / n ont aucun interet / n apporte rien / adds nothing",
)
COPULAS = words(
    "is are be was were would seems seem looks est sont etre serait seraient c semble semblent parait reste",
    "doit doivent must should s re",
)

NE = words("ne n")
TOO = words("too trop")
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
) | _split(
    "non merci / no thanks / no thank you / no thanks to that / merci mais non / thanks but no / absolutely not / nope",
    "nah / obviously not / of course not / bien sur que non / certainement pas / absolument pas / evidemment pas",
    "hors de question / out of the question / jamais de la vie / tres peu pour moi / sans moi / pas question / not for me",
    "pas pour moi / pas pour nous / not for us / very much not / mais non / ah non / oh no / hell no / not here / pas ici",
    "pas ca / not that / not this / not any more / no longer / plus maintenant / plus jamais / never again / forget it",
    "forget that / laisse tomber / laissez tomber / oubliez / oublie / oubliez ca / please do not / please no",
    "do not / do not do it / do not do that / do not do this / stop it / stop that / ne le faites pas / ne faites pas ca",
    "ne fais pas ca / ne le fais pas / il ne faut pas / il faut pas / a ne pas faire / a ne plus faire / a ne jamais faire",
    "we do not / i do not / plus question / pas une option / not an option / not a chance / aucune chance",
)
# A verdict right after a name, with no "is" between: "Fargate exclu", "EC2 ruled out".
RULED_OUT = _split(
    "exclu / exclue / exclus / exclues / excluded / ruled out / ecarte / ecartee / ecartes / ecartees / set aside / elimine",
    "eliminee / elimines / eliminees / eliminated / rejete / rejetee / rejetes / rejected / dismissed / discarded / banni",
    "bannie / bannis / banned / proscrit / proscrite / prohibited / interdit / interdite / interdits / interdites / forbidden",
    "hors jeu / hors sujet / hors course / off the table / out of the race / a eviter / a proscrire / a bannir / a exclure",
    "to be avoided / to avoid / inadapte / inadaptee / unsuitable / overkill / trop cher / trop chere / trop lourd / too heavy",
    "too expensive / too complex / trop complexe / too slow / trop lent / trop risque / too risky / mauvaise idee / bad idea",
    "same problem / same issue / same trouble / same drawback / meme probleme / meme souci / meme defaut / meme inconvenient",
    "a bad idea / une mauvaise idee / pas adapte / not suitable / pas bon / no good / disabled / desactive / refuse / refused",
)

AFTER_A_VERDICT = words(
    "ici here then alors donc car because since puisque puisqu parce as vu given for pour d and et"
)
ALIKE = _split(
    "too / as well / likewise / aussi / egalement / non plus / de meme / also / pareil / same / neither / ditto / idem"
)
MEANT_FOR = words("for pour made meant fait faite prevu prevue concu concue designed intended")
UNWELCOME = words("would faudrait devrait devraient devrions oblige still encore")
SO = words("so donc therefore hence thus alors d")

# "X is heavier than Y": said of X, it makes Y the better one.
INFERIOR = words("heavier slower riskier costlier worse weaker dearer harder clumsier pire pires")
MORE = words("more plus")
LESS = words("less moins")
VIRTUES = (
    "secur", "safe", "sur", "suit", "adapt", "flexib", "soupl", "fiab", "reliab", "pratiq", "practic", "efficac", "efficien",
    "isol", "bien", "conven", "robust", "simpl", "performan", "availab", "dispo", "appropri", "elegan", "well",
)  # fmt: skip
DRAWBACKS = (
    "lourd", "heav", "lent", "slow", "cher", "expensi", "cost", "cout", "complex", "complique", "complicat", "risqu",
    "risk", "difficil", "difficult", "penible", "painful", "fragil", "danger", "gourmand", "wasteful", "work", "travail",
    "encombrant", "contraignant", "cumbersome", "laborieu", "laborious", "fastidieu", "tedious",
)  # fmt: skip

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
# A sentence that begins so goes on with what the one before describes.
CONTINUING = words(
    "it they then afterwards after this that those these each everything once il elle ils elles ensuite puis apres cela ca",
    "passe chacun chacune ceux celles tout une un one lui ces ce",
)
RESUMING = words("it that this they c ce ca cela il elle ils you vous on")
LOSING = ("tak", "took", "los", "remov", "perd", "enlev", "retir", "priv", "ote", "hid", "cach")
HOLD = words("control controle main hand hands maitrise ownership")
BY_HAND = words("by")
LOSSES = (
    "gone", "lost", "lose", "loss", "perd", "down", "dies", "dead", "mort", "meurt", "outage", "panne", "arret", "tomb", "stop",
    "crash", "plant", "disappear", "disparai", "idle", "vide",
)  # fmt: skip
INSUFFICIENT = _split(
    "is not enough / are not enough / is not sufficient / ne suffit pas / ne suffisent pas / suffit pas / n est pas suffisant",
    "will not do / would not do / would not be enough / ne suffirait pas / n est pas assez / is too little / est trop peu",
)
ONLY = words("only seulement uniquement")
EXISTING = words("existe existent exists exist suffit suffices")
WHENEVER = words("if si s when whenever quand once des lorsque with avec under anything tout as")
RESTRICTED = words("only seulement uniquement not pas never jamais")
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
    "wast",
    "gaspill",
    "fail",
    "echou",
    "break",
    "leak",
)

# How things are where nobody acts: "most images run as root".
DEFAULTS = _split(
    "par defaut beaucoup / par defaut les conteneurs / par defaut un conteneur / par defaut docker / par defaut les images",
    "par defaut la plupart / beaucoup d images / beaucoup de conteneurs / la plupart des images / la plupart des conteneurs",
    "by default containers / by default a container / by default docker / by default most / by default many / most images",
    "by default images / by default the container / most containers / many images / many containers / out of the box",
)
# What somebody thought or did before; the answer comes after a turn ("I first thought of X, but Y").
FORMERLY = _split(
    "i first thought / i thought / i had thought / i was thinking / i was going to / i was tempted / i would have said",
    "i would have gone / i would have used / i would have chosen / i would have picked / i would have put / i considered",
    "i would have thrown / i would have taken / i would have bought / i would have gone for / i would have suggested",
    "i d have gone / i d have used / i d have chosen / i d have picked / i d have put / i d have thrown / i d have taken",
    "i d have said / i d have bought / i d have suggested / i wanted / i had in mind / i started from / i went for",
    "j aurais propose / j aurais achete / j aurais suggere / j aurais repondu / je voulais / j avais en tete",
    "i had considered / we considered / i hesitated / i was about to / my first thought / my first idea / my first instinct",
    "my first reflex / my first reaction / my first guess / my first choice / my instinct / my initial / at first i / at first we",
    "at first sight / at first glance / initially / originally / previously / formerly / in the past / back in the day",
    "i am torn / i m torn / torn between / i hesitate / j hesite / je balance / i m tempted / i am tempted / je suis tente",
    "i used to / we used to / people used to / they used to / everybody used to / everyone used to / it is tempting",
    "tempting / one is tempted / naively / the naive / the obvious answer / the obvious choice / the obvious idea / a beginner",
    "some people / some would / some might / some may / many people / many would / many teams / most people / others would",
    "my colleague / my colleagues / my boss / a colleague / the old way / i started with / i started out / we started with",
    "je pensais / j avais pense / j ai pense / j ai d abord pense / je songeais / j ai songe / j ai hesite / j hesitais",
    "j aurais dit / j aurais pris / j aurais mis / j aurais choisi / j aurais parie / j aurais utilise / j allais dire",
    "j allais repondre / j allais ecrire / j allais mettre / j allais / j avais envie / j ai failli / j etais parti",
    "j etais tente / j etais tentee / on serait tente / on est tente / on pourrait etre tente / tentant / mon premier reflexe",
    "ma premiere idee / ma premiere intuition / mon premier choix / ma premiere reaction / mon reflexe / mon instinct",
    "a premiere vue / de prime abord / naivement / au debut je / au debut j / au debut on / au depart je / au depart j",
    "initialement / avant je / avant j / avant on / avant nous / auparavant / autrefois / dans le passe / par le passe",
    "a l epoque / certains / beaucoup de gens / la plupart des gens / d autres diront / d aucuns / mon collegue / mes collegues",
    "mon chef / un collegue / un debutant / on avait l habitude / j avais l habitude / nous avions l habitude / on faisait",
    "on mettait / on utilisait / on lancait / j utilisais / je mettais / je lancais / j ai commence / on a commence",
)
TURNS = words(
    "but mais however cependant toutefois finalement finally actually instead plutot now maintenant desormais today",
    "nowadays yet pourtant sauf except enfin bref aujourd rather",
)
OPENERS = TURNS | words(
    "so then donc alors well no non wrong faux do ne hence i je j moi we nous pas not personally personnellement perso"
)
"""They turn at the beginning of the next sentence only."""
# A condition that does not hold: "if we needed GPUs, EC2; here, Fargate".
IF = words("if si s were unless had")
INVERTED = words("were had should")
SUBJECT_PRONOUNS = words("i we you they he she it there")
UNREAL = words(
    "had were was needed wanted did could had ran cared etait etaient avait avaient avions voulait voulaient fallait",
    "voulions pouvait pouvaient avais etions tournait fallut",
)
DECIDING = ("choo", "choi", "pick", "recommend", "recommand", "decid", "answer", "repond", "conseil", "vot")
# The answer proper after an account of what there is: "I believe Y is the sensible choice".
CONCLUDING = _split(
    "i believe / i think / i would / i d / i will / i ll / i recommend / i suggest / i choose / i pick / i vote / i go / i say",
    "i prefer / we should / we would / my answer / the answer / my choice / my pick / my recommendation / the solution is",
    "choose / pick / use / take / opt for / what you need / what we need / what helps / what you want / you need / we need",
    "choisir / choisissez / prenez / prendre / utiliser / utilisez / optez / il faut / il vous faut / il nous faut / ce qu il faut",
    "the right choice / the best choice / the sensible choice / the right answer / final answer / in conclusion / to conclude",
    "in the end / in short / all in all / so / therefore / thus / hence / that is why / which is why / which leaves / that leaves",
    "the winner is / my vote / je crois / je pense / je dirais / je prendrais / je prends / je choisis / je choisirais / je mettrais",
    "je recommande / je propose / je pars / je partirais / j opte / j opterais / j irais / je vote / je prefere / j utiliserais",
    "on prendra / on choisira / on part / nous devrions / ma reponse / la reponse / mon choix / ma preference / la solution est",
    "le bon choix / le meilleur choix / la bonne reponse / en conclusion / pour conclure / finalement / au final / bref / en resume",
    "en somme / donc / d ou / c est pourquoi / voila pourquoi / par consequent / reste / il reste / du coup",
)
DESCRIBING = words(
    "is are was were has have can does do let lets run runs could would might est sont etait a ont c ca peut peuvent",
    "fait font s it also aussi too uses used isole isolent isolates comes holds starts stays reste restent limite bride",
)
DESCRIBING_VERBS = (
    "give", "remov", "hide", "offer", "cost", "need", "keep", "store", "work", "requir", "mean", "drag", "bring", "carri",
    "leav", "integrat", "charge", "belong", "donn", "enlev", "suppri", "cach", "offr", "permet", "laiss", "tourn", "cout",
    "demand", "gard", "stock", "fonctionn", "march", "exig", "impos", "apport", "embarqu", "convien", "pourrai", "serai",
    "help", "aid", "throttl", "brid", "live", "vit", "viv", "boot", "demarr", "mask", "masqu",
    "lack", "manqu", "forc", "oblig", "tie", "lock", "vien", "depend", "exist",
    "protect", "proteg",
)  # fmt: skip
BEST = words(
    "best right ideal ideale answer choice solution go meilleur meilleure bon bonne choix reponse parfait perfect",
)
# What a way of working costs us: "scaling by hand, somebody will forget".
COMPLAINTS = (
    "oubli", "forget", "forgot", "miss", "rate", "trop", "too", "late", "tard", "pain", "penible", "galere", "fastidieu", "tedious",
    "laborieu", "error", "erreur", "gaspill", "waste", "wasting", "fragile", "brittle", "ingerable", "unmanageable", "lent", "slow",
    "proprieta", "cher", "expensive", "lourd", "heavy", "dangere", "danger", "risqu", "risk", "enfer", "nightmare", "cauchemar", "plant", "break",
)  # fmt: skip

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
EACH_ONE = words("them it les each chaque chacun chacune")
SUBJECT_VERBS = words(
    "is are would could might can may does do works work exists exist sounds sound seems looks fait ferait feraient",
    "est sont serait seraient pourrait peut marche marcherait existe existent convient conviendrait semble parait suffirait",
)
YES = words("yes oui")
NO = words("no non")
MARKS = frozenset(",.;:!?()")
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
    *RULED_OUT,
    *FORMERLY,
    *CONCESSIONS,
    *OTHERWISE,
)
WORDS = frozenset(word for phrase in _EVERY_PHRASE for word in phrase) | CONTRASTS | REASONS | SUBJECTS
"""Words of polarity and structure: never corrected, nor taken for a slip."""

NOT_IN_A_GAP = words(
    "not never no nobody nothing none pas jamais ni nor personne rien sans without aucun aucune but mais instead",
    "avoid avoids eviter rather plutot so donc because car unlike contrairement",
)
"""The gap of a phrase does not stretch over these."""
