"""The image registry: the OCI distribution API over moto's ECR, and the bytes behind both."""
