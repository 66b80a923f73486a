"""The product's password hasher at its cheapest, for a suite that signs in hundreds of times."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """Argon2 with the least work that the algorithm allows."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
