"""Rules about consumers: reading and ranking a search, what a person sees."""
