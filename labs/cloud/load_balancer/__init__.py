"""The load balancers' data plane: real HTTP on loopback, by listener rules, to healthy targets.

`listeners` opens the sockets and hands each request to `proxy`, which takes it through an `exchange`; `tcp`
is the same for Network Load Balancers. `model` is the configuration as values, on which `routing`,
`balancing` and `stickiness` decide, all pure.
"""
