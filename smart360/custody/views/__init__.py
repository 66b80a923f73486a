"""The pages about whole accounts, by what they are about."""
