"""Reviews: what customers say about products. Calls nobody but its own store."""
