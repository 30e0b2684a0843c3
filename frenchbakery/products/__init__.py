"""The catalogue: what the bakery sells, and at what price. Calls nobody."""
