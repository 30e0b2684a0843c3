"""The load balancers' data plane: real HTTP on loopback, by listener rules, to healthy targets."""
