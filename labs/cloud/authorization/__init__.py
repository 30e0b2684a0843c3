"""IAM: who may do what.

`policy` is where a reader starts: AWS's evaluation as a pure function, with `conditions` and `patterns`.
`authorizer` brings it what the cloud knows: `actions` and `arns` say what a call asks permission for,
`identities` who asks, `resources` what the resources' own policies and tags say.
"""
