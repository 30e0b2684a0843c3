"""IAM: who may do what. Policies are judged by pure functions; `authorizer` brings them what the cloud knows."""
