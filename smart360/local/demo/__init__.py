"""The demo's data: believable, the same at every first start, and made by the real operations."""
