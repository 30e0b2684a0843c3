"""The image registry: the OCI distribution API over moto's ECR, and the bytes behind both.

`application` is where a request comes in; `access` says who asks, `blob_routes` and `manifest_routes` answer.
`blobs` keeps bytes on the disk, `manifests` reads what is pushed, `images` finds the image of a task,
`tickets` signs passwords and download addresses. `lifecycle` and `lifecycle_policy` decide which images
expire, `packages` and `vulnerabilities` what a scan finds.
"""
