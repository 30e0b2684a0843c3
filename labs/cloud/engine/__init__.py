"""Where containers run: a Docker Engine, or local processes when there is none."""
