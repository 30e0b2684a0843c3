"""What the cloud tells of stacks."""

from labs.learner import Texts

say = Texts(
    {
        "create": {
            "fr": "Pile {stack} : CloudFormation commence à créer {count} ressource(s), chacune après celles dont "
            "elle dépend.",
            "en": "Stack {stack}: CloudFormation starts to create {count} resource(s), each after those it depends on.",
        },
        "update": {
            "fr": "Pile {stack} : CloudFormation compare le nouveau modèle à ce qui existe et ne touche qu’à ce qui "
            "change.",
            "en": "Stack {stack}: CloudFormation compares the new template with what exists and touches only what "
            "changes.",
        },
        "delete": {
            "fr": "Pile {stack} : CloudFormation supprime ses ressources, dans l’ordre inverse de leur création.",
            "en": "Stack {stack}: CloudFormation deletes its resources, in the reverse order of their creation.",
        },
        "create-failed": {
            "fr": "Pile {stack} : la création a échoué. {reason}",
            "en": "Stack {stack}: the creation failed. {reason}",
        },
        "update-failed": {
            "fr": "Pile {stack} : la mise à jour a échoué. {reason}",
            "en": "Stack {stack}: the update failed. {reason}",
        },
        "created": {
            "fr": "Pile {stack} : toutes les ressources sont créées et stables.",
            "en": "Stack {stack}: all resources are created and stable.",
        },
        "updated": {
            "fr": "Pile {stack} : mise à jour terminée ; ce qui a été remplacé ou retiré est supprimé. {reason}",
            "en": "Stack {stack}: update complete; what was replaced or removed has been deleted. {reason}",
        },
        "rolled-back": {
            "fr": "Pile {stack} : retour arrière terminé, ce qui avait été créé est supprimé. Il ne reste qu’à supprimer "
            "la pile : elle ne peut plus être mise à jour.",
            "en": "Stack {stack}: rolled back, what had been created is deleted. All that is left is to delete the "
            "stack: it can no longer be updated.",
        },
        "update-rolled-back": {
            "fr": "Pile {stack} : retour arrière terminé, les valeurs d’avant la mise à jour sont de nouveau en place. "
            "{reason}",
            "en": "Stack {stack}: rolled back, the values from before the update are in place again. {reason}",
        },
        "deleted": {
            "fr": "Pile {stack} : toutes ses ressources sont supprimées.",
            "en": "Stack {stack}: all its resources are deleted.",
        },
        "left": {
            "fr": "Pile {stack} : l’échec est laissé en l’état, comme demandé. {reason}",
            "en": "Stack {stack}: the failure is left as it is, as was asked. {reason}",
        },
        "stuck": {
            "fr": "Pile {stack} : CloudFormation ne peut pas aller plus loin sans vous. {reason}",
            "en": "Stack {stack}: CloudFormation cannot go further without you. {reason}",
        },
    }
)
