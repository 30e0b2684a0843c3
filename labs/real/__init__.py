"""What makes a real account safe: guard, ledger, teardown, prices."""
