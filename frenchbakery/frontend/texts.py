"""The words of the pages."""

from __future__ import annotations

from datetime import datetime

from frenchbakery.common.language import Language, Text

PAGES: dict[str, Text] = {
    "add": {"fr": "Ajouter", "en": "Add"},
    "add_named": {"fr": "Ajouter au panier : {name}", "en": "Add to basket: {name}"},
    "address_note": {
        "fr": "Une boutique imaginaire, pour apprendre à faire tourner de vrais conteneurs.",
        "en": "An imaginary shop, for learning to run real containers.",
    },
    "architecture": {"fr": "En coulisses", "en": "Behind the scenes"},
    "architecture_intro": {
        "fr": "Quatre services font cette boutique. Voici qui a répondu à l’instant, et qui appelle qui."
        " Rechargez la page : l’équilibreur de charge choisira peut-être d’autres tâches.",
        "en": "Four services make this shop. Here is who answered just now, and who calls whom."
        " Reload the page: the load balancer may choose other tasks.",
    },
    "architecture_picture": {
        "fr": "Schéma : le navigateur appelle frontend, qui appelle products, orders et reviews ; orders appelle aussi products.",
        "en": "Picture: the browser calls frontend, which calls products, orders and reviews; orders calls products too.",
    },
    "back_to_shop": {"fr": "Retour à la boutique", "en": "Back to the shop"},
    "basket": {"fr": "Panier", "en": "Basket"},
    "basket_count": {"fr": "Panier, articles : {count}", "en": "Basket, items: {count}"},
    "basket_empty": {
        "fr": "Votre panier est vide. Le four, lui, est plein.",
        "en": "Your basket is empty. The oven is not.",
    },
    "bread": {"fr": "Pains", "en": "Breads"},
    "browser": {"fr": "navigateur", "en": "browser"},
    "cake": {"fr": "Pâtisseries", "en": "Cakes"},
    "calls": {"fr": "Appelle", "en": "Calls"},
    "category": {"fr": "Rayon", "en": "Shelf"},
    "change_basket": {"fr": "Modifier le panier", "en": "Change the basket"},
    "choose_products": {"fr": "Choisir des produits", "en": "Choose some products"},
    "confirm_order": {"fr": "Commander", "en": "Place the order"},
    "continue_to_order": {"fr": "Passer la commande", "en": "Continue to order"},
    "error_400": {"fr": "Cette page n’a pas compris", "en": "This page did not understand"},
    "error_404": {"fr": "Rien au four à cette adresse", "en": "Nothing baking at this address"},
    "error_500": {"fr": "Une fournée ratée", "en": "A burnt batch"},
    "error_503": {"fr": "Un instant, ça lève…", "en": "One moment, still rising…"},
    "error_reference": {"fr": "Référence de la requête", "en": "Request reference"},
    "in_basket": {"fr": "Dans le panier : {count}", "en": "In the basket: {count}"},
    "language_name": {"fr": "Français", "en": "English"},
    "line_total": {"fr": "Montant", "en": "Amount"},
    "main_navigation": {"fr": "Navigation principale", "en": "Main navigation"},
    "no_answer": {"fr": "ne répond pas", "en": "not answering"},
    "no_reviews": {
        "fr": "Pas encore d’avis : le premier sera le vôtre ?",
        "en": "No reviews yet: will the first be yours?",
    },
    "nothing_called": {"fr": "personne", "en": "nobody"},
    "order": {"fr": "Commande", "en": "Order"},
    "order_again": {"fr": "Commander autre chose", "en": "Order something else"},
    "order_number": {"fr": "Numéro de commande", "en": "Order number"},
    "order_say_number": {
        "fr": "Dites ce numéro au comptoir : nous ne demandons pas votre nom.",
        "en": "Say this number at the counter: we do not ask for your name.",
    },
    "order_taken": {"fr": "Merci, c’est commandé !", "en": "Thank you, it is ordered!"},
    "order_taken_on": {"fr": "Commande prise le {date}", "en": "Ordered on {date}"},
    "orders_down": {
        "fr": "La prise de commandes ne répond pas. Votre panier est gardé ; renvoyez le formulaire dans un instant,"
        " vous ne commanderez pas deux fois.",
        "en": "Orders are not answering. Your basket is kept; send the form again in a moment,"
        " you will not order twice.",
    },
    "pickup": {"fr": "Retrait", "en": "Pick-up"},
    "pickup_evening": {"fr": "Ce soir, dès 17 h", "en": "This evening, from 5 pm"},
    "pickup_morning": {"fr": "Demain matin, dès 7 h", "en": "Tomorrow morning, from 7 am"},
    "pickup_noon": {"fr": "Demain midi, dès 11 h 30", "en": "Tomorrow noon, from 11.30 am"},
    "pickup_question": {"fr": "Quand passerez-vous ?", "en": "When will you come by?"},
    "product": {"fr": "Produit", "en": "Product"},
    "products_down": {
        "fr": "Le catalogue ne répond pas. Rechargez la page dans un instant.",
        "en": "The catalogue is not answering. Reload this page in a moment.",
    },
    "quantity": {"fr": "Quantité", "en": "Quantity"},
    "quantity_of": {"fr": "Quantité : {name}", "en": "Quantity: {name}"},
    "quantity_help": {"fr": "0 retire le produit.", "en": "0 takes the product out."},
    "rated": {
        "fr": "Note : {average} sur 5, avis : {count}",
        "en": "Rated {average} out of 5, reviews: {count}",
    },
    "rating_of": {"fr": "Note : {rating} sur 5", "en": "Rated {rating} out of 5"},
    "review_author": {"fr": "Votre prénom ou surnom", "en": "Your first name or nickname"},
    "review_by": {"fr": "{author}, le {date}", "en": "{author}, {date}"},
    "review_publish": {"fr": "Publier", "en": "Publish"},
    "review_rating": {"fr": "Votre note", "en": "Your rating"},
    "review_text": {"fr": "Votre avis", "en": "Your review"},
    "review_text_help": {"fr": "500 caractères au plus.", "en": "500 characters at most."},
    "reviews": {"fr": "Ils en parlent", "en": "What people say"},
    "reviews_down": {
        "fr": "Les avis ne répondent pas pour le moment. Le pain, lui, est bien là.",
        "en": "Reviews are not answering for now. The bread is still here.",
    },
    "served_by": {"fr": "Page servie par la tâche", "en": "Page served by task"},
    "service": {"fr": "Service", "en": "Service"},
    "shop": {"fr": "Boutique", "en": "Shop"},
    "skip": {"fr": "Aller au contenu", "en": "Skip to content"},
    "tagline": {"fr": "Pétri la nuit, cuit à l’aube", "en": "Kneaded by night, baked at dawn"},
    "tagline_more": {
        "fr": "Du pain au levain, du feuilletage au beurre et des gâteaux de saison, à retirer au comptoir.",
        "en": "Sourdough bread, butter pastry and cakes of the season, to pick up at the counter.",
    },
    "task": {"fr": "Tâche", "en": "Task"},
    "total": {"fr": "Total", "en": "Total"},
    "unit_price": {"fr": "Prix : {price}", "en": "Price: {price}"},
    "update_basket": {"fr": "Mettre à jour", "en": "Update"},
    "viennoiserie": {"fr": "Viennoiseries", "en": "Breakfast pastries"},
    "write_review": {"fr": "Donner votre avis", "en": "Write a review"},
    "wrong_form": {"fr": "Il reste quelque chose à corriger", "en": "Something needs correcting"},
    "zone": {"fr": "Zone", "en": "Zone"},
}

_MONTHS: dict[Language, str] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def say(lang: Language, key: str, **values: object) -> str:
    """One of PAGES in one language, its placeholders filled."""
    return PAGES[key][lang].format(**values)


def money(cents: int, lang: Language) -> str:
    """Euros as people write them.

    >>> money(1234, "en")
    '€12.34'
    """
    euros, rest = divmod(cents, 100)
    return f"{euros},{rest:02}\u00a0€" if lang == "fr" else f"€{euros}.{rest:02}"


def day(moment: datetime, lang: Language) -> str:
    """A date as people write it.

    >>> day(datetime(2026, 9, 1), "fr")
    '1er septembre 2026'
    """
    first = "1er" if lang == "fr" and moment.day == 1 else str(moment.day)
    return f"{first} {_MONTHS[lang].split()[moment.month - 1]} {moment.year}"


def decimal(number: float, lang: Language) -> str:
    """One digit after the decimal mark of the language."""
    return f"{number:.1f}".replace(".", "," if lang == "fr" else ".")
