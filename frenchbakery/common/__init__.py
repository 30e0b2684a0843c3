"""What the four services share: settings, logs, metrics, errors, health, faults, storage, draining."""
