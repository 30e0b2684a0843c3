"""What makes the local cloud act: a loop of controllers, and the decisions that they carry out.

`loop` runs them in turn. A controller looks at the state, asks a pure function and acts: `tasks` (life cycle
of a task), `services` (with `scheduler`, `daemons`, `circuit_breaker`), `instances` and `cluster_scaling`
(EC2 capacity, with `placement` and `capacity`), `metrics`, `alarms` and `scaling`, `schedules` and
`ecs_events`, `image_expiry` and `image_scans`, `load_balancing` and `target_health`.
"""
