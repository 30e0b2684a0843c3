# %% [markdown] tags=["fr"]
# # Quiz : neuf situations
#
# Neuf équipes, neuf problèmes, et à chaque fois une solution à choisir. Ce sont les situations que l’examen aime
# poser sur les conteneurs, à une différence près : ici, aucune proposition à cocher. Vous écrivez ce que vous
# feriez, en une à quatre phrases, comme vous le diriez à un collègue.
#
# C’est volontaire. Reconnaître la bonne réponse parmi quatre et la trouver soi-même sont deux choses ; la seconde
# prépare à la première, pas l’inverse.

# %% [markdown] tags=["en"]
# # Quiz: nine situations
#
# Nine teams, nine problems, and each time a solution to choose. The exam likes to ask about containers in just
# this way, with one difference: here there is nothing to tick. You write what you would do, in one to four
# sentences, as you would tell a colleague.
#
# That is on purpose. Spotting the right answer among four and coming up with it yourself are two different
# skills; the second prepares you for the first, not the other way round.

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %% [markdown] tags=["fr"]
# ## Comment vos réponses sont corrigées
#
# Le correcteur cherche des **idées**, pas des mots. Pour chaque question, il en attend une ou plusieurs et
# connaît les solutions tentantes qui ne conviennent pas. Imaginons qu’il demande où FrenchBakery doit garder sa
# farine ; l’idée attendue est « au sec ».
#
# | Vous écrivez | Il comprend | Verdict |
# |---|---|---|
# | « Au sec. » | l’idée attendue | correct |
# | « Dans un lieu à l’abri de l’humidité » | la même idée, décrite | correct |
# | « Au sec plutôt que dans la cave » | la cave est écartée : elle ne coûte rien | correct |
# | « Au sec, et la porte grande ouverte » | l’idée, à côté d’une autre qui fait du tort | en partie correct |
# | « Dans la cave » | une solution qui ne convient pas | incorrect |
# | « Surtout pas au sec » | l’idée, mais niée | incorrect |
# | « Farine, cave, sec » | des mots, sans rien affirmer | incorrect |
# | « On verra bien » | rien qu’il sache lire | non reconnue |
#
# Une réponse **non reconnue** compte comme incorrecte dans un score, mais le correcteur vous le dit autrement :
# il n’a pas compris, à vous de reformuler. Fautes de frappe, accents oubliés, mots anglais au milieu du français
# et ordre des phrases ne coûtent rien. Une exception : ECR, ECS, EKS et EC2 sont quatre services différents, pas
# des fautes de frappe les uns des autres.
#
# Le correcteur est un jeu de règles qui tourne sur votre machine. Rien n’est envoyé nulle part, et la même réponse
# reçoit toujours le même verdict. Il peut se tromper : dites-le avec « Je ne suis pas d’accord », sous le verdict ;
# votre remarque est gardée à côté de la réponse.

# %% [markdown] tags=["en"]
# ## How your answers are marked
#
# The marker looks for **ideas**, not for words. For each question it expects one or several, and it knows the
# tempting solutions that do not fit. Suppose it asks where FrenchBakery should keep its flour; the expected idea is
# “somewhere dry”.
#
# | You write | It understands | Verdict |
# |---|---|---|
# | “Somewhere dry.” | the expected idea | correct |
# | “In a place sheltered from damp” | the same idea, described | correct |
# | “Somewhere dry rather than in the cellar” | the cellar is set aside: it costs nothing | correct |
# | “Somewhere dry, with the door wide open” | the idea, beside another that does harm | partly correct |
# | “In the cellar” | a solution that does not fit | incorrect |
# | “Anywhere but a dry place” | the idea, but denied | incorrect |
# | “Flour, cellar, dry” | words that state nothing | incorrect |
# | “We shall see” | nothing it can read | not recognised |
#
# An answer that is **not recognised** counts as incorrect in any score, but the marker puts it differently: it did
# not understand, so try other words. Typing errors, a French word among English ones and the order of your
# sentences cost nothing. One exception: ECR, ECS, EKS and EC2 are four different services, not misspellings of
# each other.
#
# The marker is a set of rules that runs on your machine. Nothing is sent anywhere, and the same answer always gets
# the same verdict. It can be wrong: say so with “I disagree”, below the verdict; your remark is kept beside the
# answer.

# %% [markdown] tags=["fr"]
# ## Répondre
#
# Exécutez une cellule (Maj+Entrée) pour faire apparaître sa question. Écrivez, puis Ctrl+Entrée ou le bouton. Vous
# pouvez corriger votre texte et le renvoyer autant de fois que vous voulez : chaque essai est noté, avec sa date,
# dans votre dossier du cours. Cherchez d’abord sans ouvrir « Une réponse possible ».

# %% [markdown] tags=["en"]
# ## Answering
#
# Run a cell (Shift+Enter) to bring up its question. Write, then press Ctrl+Enter or the button. You may improve your
# text and send it again as often as you like: every attempt is noted, with its date, in your course folder. Think
# first, before you open “A possible answer”.

# %%
import quiz

# %% [markdown] tags=["fr"]
# ## Découper et ranger
#
# Une application sort du monolithe ; ses images ont besoin d’une maison, et quelqu’un doit y faire le ménage.

# %% [markdown] tags=["en"]
# ## Splitting up and storing
#
# An application leaves its monolith; its images need a home, and somebody has to keep that home tidy.

# %%
quiz.ask("isolate-services")

# %%
quiz.ask("central-registry")

# %%
quiz.ask("expire-images")

# %% [markdown] tags=["fr"]
# ## Choisir ce qui fait tourner
#
# La même question deux fois, avec des équipes qui veulent le contraire : l’une ne veut plus voir de serveur,
# l’autre tient à garder la main.

# %% [markdown] tags=["en"]
# ## Choosing what runs it
#
# The same question twice, from teams that want opposite things: one never wants to see a server again, the other
# insists on staying in control.

# %%
quiz.ask("serverless-containers")

# %%
quiz.ask("kubernetes-control")

# %% [markdown] tags=["fr"]
# ## Tenir la charge et les pannes
#
# Trop de clients d’un coup, ou une machine en moins : qu’est-ce qui doit se passer sans que personne intervienne ?

# %% [markdown] tags=["en"]
# ## Standing up to load and failure
#
# Too many customers at once, or one machine fewer: what should happen without anybody stepping in?

# %%
quiz.ask("seasonal-scaling")

# %%
quiz.ask("survive-instance-failure")

# %% [markdown] tags=["fr"]
# ## Protéger
#
# Qui peut prendre les images, et ce qu’un conteneur peut faire de la machine qui le porte.

# %% [markdown] tags=["en"]
# ## Protecting
#
# Who may take the images, and what a container may do to the machine that carries it.

# %%
quiz.ask("restrict-image-access")

# %%
quiz.ask("least-privilege-containers")

# %% [markdown] tags=["fr"]
# ## Et maintenant ?
#
# Une question ratée se travaille mieux demain qu’aujourd’hui : rouvrez ce cahier dans quelques jours, chaque carte
# vous rappellera votre dernier verdict. Les mêmes questions vous attendent dans un terminal avec `course quiz`, et
# `quiz.chapter()` les affiche toutes les neuf d’un coup, avec votre total.

# %% [markdown] tags=["en"]
# ## What next?
#
# A question you missed is better practised tomorrow than today: open this notebook again in a few days, and each
# card will remind you of your last verdict. The same questions are waiting in a terminal with `course quiz`, and
# `quiz.chapter()` shows all nine at once, with your total.
