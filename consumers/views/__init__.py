"""The pages about consumers, by what they are about."""
