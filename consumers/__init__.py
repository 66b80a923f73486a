"""Consumers, their premises, connections and meters, and who may change them just now."""
