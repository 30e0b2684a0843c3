"""The cloud's front door: who may call, the control API, what tasks ask about themselves.

`gateway` takes every request: `signing` says who calls, `calls` which operation by AWS's own models,
`constraints` what is wrong with its parameters, and `errors` writes a refusal as each protocol does.
`control` and `metadata` answer under `/_course/`; `plain_http` is the server's side of the socket.
"""
