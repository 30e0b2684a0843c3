"""Is the bank fit for learners? `course bank check` answers; every check is a pure function of the questions."""
