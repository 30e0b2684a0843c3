"""CloudFormation: templates, a pure resolver and plan, and the stack engine over the cloud's public API.

Three layers. The template: `template`, `reader`, `walk`, `references`, `intrinsics`, `parameters`, `graph`,
`plan` are pure. The request: `api` reads it and `descriptions` shows stacks; the backend's parts build on
each other: `stacks` (what is known), `revisions` (what is asked for), `starting`, `change_sets`, `backend`.
The work: an `engine.Operation` in a thread of its own takes the plan's steps through `handling`, one type of
resource after another in `resources`.
"""
