# %% [markdown] tags=["fr"]
# # L’examen blanc
#
# Un examen blanc ne sert pas à apprendre, mais à savoir où l’on en est : mêmes formes de questions, même rythme, aucune aide
# avant la fin. Gardez-le pour le moment où [le quiz](08_quiz.ipynb) ne vous surprend plus, et accordez-vous le temps entier,
# sans interruption.
#
# | | |
# |---|---|
# | **durée** | 130 minutes pour le format complet, 40 pour le court |
# | **coût** | rien : tout se passe sur votre machine |
# | **à l’examen** | les quatre domaines, dans leurs proportions, vus par les conteneurs |

# %% [markdown] tags=["en"]
# # The mock exam
#
# A mock exam is not for learning but for knowing where you stand: the same kinds of questions, the same pace, no help before
# the end. Keep it for when [the quiz](08_quiz.ipynb) no longer surprises you, and give it its whole time, undisturbed.
#
# | | |
# |---|---|
# | **time** | 130 minutes for the full form, 40 for the short one |
# | **cost** | nothing: it all happens on your machine |
# | **in the exam** | the four domains in their proportions, seen through containers |

# %% tags=["fr"]
# %env COURSE_LANG=fr

# %% tags=["en"]
# %env COURSE_LANG=en

# %% [markdown] tags=["fr"]
# ## Comment il est fait
#
# Le format complet reprend la longueur, la durée et le poids de chaque domaine de l’examen SAA-C03 ; le format court garde les
# mêmes proportions et le même rythme, pour une pause de midi. Une différence de taille : toutes les questions portent ici sur
# les conteneurs, alors que l’examen parcourt tout AWS.

# %% [markdown] tags=["en"]
# ## How it is made
#
# The full form has the length, the time and the domain weights of the SAA-C03 exam; the short one keeps its proportions and its
# pace, and fits into a lunch break. One large difference: every question here is about containers, whereas the exam goes all
# over AWS.

# %%
import quiz

quiz.exam_forms()

# %% [markdown] tags=["fr"]
# L’examen réel glisse parmi ses questions quelques-unes qui ne comptent pas, sans dire lesquelles ; ici, toutes comptent.
# AWS ne publie pas non plus la façon dont les réponses deviennent des points. Le total affiché pour le format complet est donc
# une **estimation** : une ligne droite entre la note la plus basse et la plus haute. Pour le format court, vous lirez un
# pourcentage et sa marge, qui est large : vingt questions en disent moins qu’on ne le croit.
#
# ## Avant de commencer
#
# - Répondez partout : une réponse fausse ne retire rien.
# - Un doute ? Marquez la question « à revoir » et avancez ; vous y reviendrez avant de rendre.
# - L’horloge ne s’arrête pas. Si la page se ferme ou si le noyau redémarre, exécutez à nouveau la cellule : l’examen reprend où
#   vous en étiez, avec le temps qui reste vraiment.
# - Tout se fait au clavier : flèches ou espace pour choisir, Tab pour avancer, Entrée pour passer à la suivante.

# %% [markdown] tags=["en"]
# The real exam slips in some questions that do not count, without saying which; here all of them do. Nor does AWS publish how
# answers become points. The total shown for the full form is therefore an **estimate**: a straight line from the lowest score
# to the highest. For the short form you will read a percentage and its margin, which is wide: twenty questions say less than
# one would think.
#
# ## Before you begin
#
# - Answer everything: a wrong answer takes nothing away.
# - In doubt? Flag the question and move on; you will come back to it before handing in.
# - The clock does not stop. If the page closes or the kernel restarts, run the cell again: the exam goes on where you were, with
#   the time that is really left.
# - Everything works by keyboard: arrows or space to choose, Tab to move on, Enter for the next question.

# %% [markdown] tags=["fr"]
# ## Format court

# %% [markdown] tags=["en"]
# ## Short form

# %%
quiz.exam("short")

# %% [markdown] tags=["fr"]
# ## Format complet
#
# À passer une fois, deux peut-être, dans les semaines qui précèdent l’examen. La banque n’est pas infinie : des questions déjà
# vues mesurent votre mémoire plus que votre niveau.

# %% [markdown] tags=["en"]
# ## Full form
#
# To be sat once, perhaps twice, in the weeks before the exam. The bank is not endless: questions you have seen before measure
# your memory more than your level.

# %%
quiz.exam("full")

# %% [markdown] tags=["fr"]
# ## Où vous en êtes
#
# Vos réponses au quiz et aux examens, par thème, par domaine et au fil des jours. Quand il y en a assez, le bilan ajoute une
# estimation de vos chances, avec son incertitude. Elle ne vaut que pour les conteneurs, et n’est pas une promesse.

# %% [markdown] tags=["en"]
# ## Where you stand
#
# Your answers to the quiz and the exams, by topic, by domain and over time. When there are enough of them, the report adds an
# estimate of your chances, with its uncertainty. It holds for containers only, and is no promise.

# %%
quiz.report()

# %% [markdown] tags=["fr"]
# ## Après l’examen
#
# Rouvrez chaque question ratée et lisez la raison de chaque proposition, y compris de celles que vous n’avez pas choisies. Puis
# laissez faire le temps : elles reviendront d’elles-mêmes dans `quiz.review()`.

# %% [markdown] tags=["en"]
# ## After the exam
#
# Open every question you missed and read the reason of each option, including those you did not choose. Then leave it to time:
# they will come back by themselves in `quiz.review()`.
