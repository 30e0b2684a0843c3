"""The loops that make the local cloud act: task life cycle, service scheduler, target health, logs."""
