"""The local cloud: one process on loopback in which containers really run (moto, completed).

A reader starts with `server`, which wires the parts: a request comes in at `api`, is judged by
`authorization`, and changes state in `aws` (or in `cloudformation`, `registry`); `controllers` act on that
state of their own accord, with `engine` to run containers; `load_balancer` serves listeners. `runtime` is
what all of them share, `client` what other processes start and ask the cloud with, `coverage` what is true of
each operation. Decisions are pure modules without moto (`network_paths`, `task_words`, `fargate_sizes`,
`pace`, several of `controllers`), which notebooks' playgrounds import too.
"""
