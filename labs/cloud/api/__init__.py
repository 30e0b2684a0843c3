"""The cloud's front door: who may call, the control API, what tasks ask about themselves."""
