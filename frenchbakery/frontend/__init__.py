"""The shop as people see it: pages made on the server, in French and English. Calls the other three."""
