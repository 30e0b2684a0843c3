"""What a learner looks at: the live architecture diagram, the event timeline, tables."""
