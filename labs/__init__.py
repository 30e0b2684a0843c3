"""Everything that touches AWS: the local cloud, the session switch, the lab, its checks and views."""
