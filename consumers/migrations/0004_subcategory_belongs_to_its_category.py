"""A consumer's subcategory is one of its category: a foreign key over both columns."""

from django.db import migrations

ADD = """
ALTER TABLE consumers_consumer ADD CONSTRAINT subcategory_belongs_to_the_category
    FOREIGN KEY (subcategory_id, category_id) REFERENCES consumers_subcategory (id, category_id)
    NOT VALID;
ALTER TABLE consumers_consumer VALIDATE CONSTRAINT subcategory_belongs_to_the_category;
"""
REMOVE = "ALTER TABLE consumers_consumer DROP CONSTRAINT subcategory_belongs_to_the_category;"


class Migration(migrations.Migration):
    dependencies = [("consumers", "0003_guard_addresses_and_meters")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
