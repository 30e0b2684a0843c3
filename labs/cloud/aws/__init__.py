"""Where moto differs from AWS: one module per service, each a subclass of moto's own backend."""
