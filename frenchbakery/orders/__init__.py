"""Orders: takes them once each, at the catalogue's prices. Calls products and its own store."""
