"""The quiz: a bank of questions, a grader of open answers, and what a learner sees of them."""
