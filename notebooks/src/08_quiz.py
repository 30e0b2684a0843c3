# %% [markdown] tags=["fr"]
# # Quiz : neuf situations
#
# Neuf équipes, neuf problèmes, et à chaque fois une solution à choisir. Ce sont les situations que l’examen aime
# poser sur les conteneurs, à une différence près : ici, aucune proposition à cocher. Vous écrivez ce que vous
# feriez, en une à quatre phrases, comme vous le diriez à un collègue.
#
# C’est volontaire. Reconnaître la bonne réponse parmi quatre et la trouver soi-même sont deux choses ; la seconde
# prépare à la première, pas l’inverse. Les questions à cocher viennent ensuite, avec de quoi s’entraîner chaque jour.
#
# | | |
# |---|---|
# | **durée** | une bonne heure pour les neuf situations ; ensuite, quelques minutes par jour |
# | **coût** | rien : ce cahier n’appelle ni le cloud local ni AWS |
# | **à l’examen** | 2.1 choisir et orchestrer des conteneurs · 2.2 résister aux pannes · 1.1 et 1.2 protéger images et charges · 3.2 et 4.2 le calcul qui convient, au coût qui convient |

# %% [markdown] tags=["en"]
# # Quiz: nine situations
#
# Nine teams, nine problems, and each time a solution to choose. The exam likes to ask about containers in just
# this way, with one difference: here there is nothing to tick. You write what you would do, in one to four
# sentences, as you would tell a colleague.
#
# That is on purpose. Spotting the right answer among four and coming up with it yourself are two different
# skills; the second prepares you for the first, not the other way round. Boxes to tick come afterwards, with enough
# to practise every day.
#
# | | |
# |---|---|
# | **time** | a good hour for the nine situations; after that, a few minutes a day |
# | **cost** | nothing: this notebook calls neither the local cloud nor AWS |
# | **in the exam** | 2.1 choosing and orchestrating containers · 2.2 standing up to failure · 1.1 and 1.2 protecting images and workloads · 3.2 and 4.2 the right compute at the right cost |

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
# ## Cocher, comme à l’examen
#
# L’examen, lui, fait cocher : une réponse sur quatre, ou deux ou trois sur cinq ou six, et il dit toujours combien. La banque
# du cours contient plus de deux cents questions de ce genre, avec quelques suites à remettre dans l’ordre et quelques listes
# à associer. Ici, chaque proposition reçoit sa raison, la bonne comme les autres. Lisez surtout celles qui vous ont tenté :
# c’est là que l’on apprend.
#
# Un thème suffit pour en tirer trois, en commençant par celles que vous n’avez jamais vues. Les thèmes : `containers`, `ecr`,
# `ecs`, `fargate`, `eks`, `operations`.

# %% [markdown] tags=["en"]
# ## Ticking boxes, as in the exam
#
# The exam does make you tick: one answer of four, or two or three of five or six, and it always says how many. The course’s
# bank holds more than two hundred questions of that kind, with a few sequences to put in order and a few lists to match. Here
# every option gets its reason, the right ones like the others. Read above all those that tempted you: that is where the
# learning is.
#
# A topic is enough to draw three, starting with those you have never seen. The topics: `containers`, `ecr`, `ecs`, `fargate`,
# `eks`, `operations`.

# %%
quiz.ask("ecs")

# %% [markdown] tags=["fr"]
# ## Composer sa série
#
# Vous préférez choisir ? Un domaine de l’examen, une difficulté de 1 à 3, une forme de question, un nombre : les critères se
# combinent, et `missed=True` ne garde que ce que vous avez raté la dernière fois.

# %% [markdown] tags=["en"]
# ## Making up a set
#
# Would you rather choose? An exam domain, a difficulty from 1 to 3, a kind of question, a number: conditions add up, and
# `missed=True` keeps only what you got wrong last time.

# %%
quiz.practice(domain="secure", difficulty=2, count=3)

# %% [markdown] tags=["fr"]
# ## À votre niveau
#
# Ici, pas de série : chaque question est choisie d’après vos réponses précédentes, pour que vous en réussissiez environ trois
# sur quatre. Plus facile, on s’ennuie ; plus difficile, on se décourage. Arrêtez-vous quand vous voulez.

# %% [markdown] tags=["en"]
# ## At your level
#
# No set here: each question is picked from your earlier answers, so that you get about three in four right. Any easier is
# dull, any harder is discouraging. Stop whenever you like.

# %%
quiz.adaptive()

# %% [markdown] tags=["fr"]
# ## Ce qu’il est temps de revoir
#
# Une question réussie revient après quelques jours, puis quelques semaines ; une question ratée, dès le lendemain. Le
# calendrier est celui de FSRS, un algorithme de répétition espacée : il estime quand vous allez oublier et vous interroge
# juste avant. Passez ici quelques minutes par jour, c’est le meilleur usage de ce cahier.

# %% [markdown] tags=["en"]
# ## What it is time to review
#
# A question you got right comes back after some days, then some weeks; one you missed, the very next day. The calendar is
# FSRS’s, a spaced-repetition algorithm: it estimates when you are about to forget, and asks just before. A few minutes here
# every day are the best use of this notebook.

# %%
quiz.review()

# %% [markdown] tags=["fr"]
# ## Et maintenant ?
#
# Une question ratée se travaille mieux demain qu’aujourd’hui : rouvrez ce cahier dans quelques jours, chaque carte vous
# rappellera votre dernier verdict. Tout cela existe aussi dans un terminal, avec `course quiz`, et `quiz.chapter()` affiche les
# neuf situations d’un coup. Quand elles ne vous font plus peur, passez à [l’examen blanc](09_mock_exam.ipynb).

# %% [markdown] tags=["en"]
# ## What next?
#
# A question you missed is better practised tomorrow than today: open this notebook again in a few days, and each card will
# remind you of your last verdict. All of it exists in a terminal too, with `course quiz`, and `quiz.chapter()` shows the nine
# situations at once. When they no longer frighten you, go on to [the mock exam](09_mock_exam.ipynb).
