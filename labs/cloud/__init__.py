"""The local cloud: one process on loopback in which containers really run (moto, completed)."""
