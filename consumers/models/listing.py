"""The indexes by which accounts are searched and listed (queries/branches.py, queries/lists.py)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right

SEARCHED_BY = (
    # Search as you type: account by prefix and suffix, phone by digits, text by trigrams.
    models.Index(OpClass(F("account_number"), name="text_pattern_ops"), name="consumer_by_account"),
    models.Index(
        OpClass(models.Func(F("account_number"), function="reverse"), "text_pattern_ops"),
        name="consumer_by_account_end",
    ),
    models.Index(OpClass(F("phone_digits"), name="text_pattern_ops"), name="consumer_by_phone"),
    models.Index(
        OpClass(Right("phone_digits", 10), name="text_pattern_ops"),
        name="consumer_by_phone_last_ten",
    ),
    models.Index(
        OpClass(models.Func(F("phone_digits"), function="reverse"), "text_pattern_ops"),
        name="consumer_by_phone_end",
    ),
    GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="consumer_by_text"),
)
LISTED_BY = (
    # The list: every account, or those of one status, by number or newest first.
    models.Index(fields=["status", "id"], name="consumer_by_status"),
    models.Index(fields=["status", "account_number"], name="consumer_by_status_and_account"),
    models.Index(fields=["category", "account_number"], name="consumer_by_category_account"),
    # Old accounts have low numbers: without this many archived ones stand before the rest. It holds
    # what accounts are narrowed by, so that the many that do not fit are passed over in it alone.
    models.Index(
        fields=["account_number"],
        name="consumer_current_listed",
        condition=Q(archived_at__isnull=True),
        include=["id", "status", "category", "is_vip"],
    ),
    models.Index(
        fields=["account_number"],
        name="consumer_archived_by_account",
        condition=Q(archived_at__isnull=False),
    ),
    models.Index(
        fields=["account_number"],
        name="consumer_vip_listed",
        condition=Q(is_vip=True),
        include=["id", "status", "category", "archived_at"],
    ),
    # The accounts that were merged into one.
    models.Index(
        fields=["merged_into"],
        name="consumer_merged_into",
        condition=Q(merged_into__isnull=False),
    ),
)
