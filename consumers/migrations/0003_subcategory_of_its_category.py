"""A consumer's subcategory is one of its category: a foreign key over both columns."""

from django.db import migrations

ADD = """
ALTER TABLE consumers_consumer ADD CONSTRAINT subcategory_belongs_to_the_category
    FOREIGN KEY (subcategory_id, category_id) REFERENCES consumers_subcategory (id, category_id);
"""
REMOVE = "ALTER TABLE consumers_consumer DROP CONSTRAINT subcategory_belongs_to_the_category;"


class Migration(migrations.Migration):
    replaces = [
        ("consumers", "0004_subcategory_belongs_to_its_category"),
    ]

    dependencies = [
        ("consumers", "0002_movements_of_meters"),
    ]

    operations = [migrations.RunSQL(ADD, REMOVE)]
