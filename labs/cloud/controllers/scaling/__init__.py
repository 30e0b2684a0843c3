"""Auto scaling: what alarms ask for is decided by `decisions.py` and carried out by `controller.py`."""
