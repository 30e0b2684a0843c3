"""CloudFormation: templates, a pure resolver and plan, and the stack engine that calls the cloud's public API."""
