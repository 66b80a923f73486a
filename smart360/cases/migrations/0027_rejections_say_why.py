"""A rejection says why, and letters are counted as they are read (W16)."""

import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_promises_and_reasons'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='case',
            name='closing_for_another_reason_says_which',
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closing_reason', 'OTHER'), _negated=True), django.db.models.lookups.GreaterThanOrEqual(models.Func(models.F('closing_note'), output_field=models.IntegerField(), template="length(regexp_replace(normalize(%(expressions)s, NFC), '[\\s\\u001C-\\u001F\\u0085\\u00A0\\u00AD\\u1680\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\uFEFF]', '', 'g'))"), 10), _connector='OR'), name='closing_for_another_reason_says_which'),
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'REJECTED'), _negated=True), django.db.models.lookups.GreaterThanOrEqual(models.Func(models.F('closing_note'), output_field=models.IntegerField(), template="length(regexp_replace(normalize(%(expressions)s, NFC), '[\\s\\u001C-\\u001F\\u0085\\u00A0\\u00AD\\u1680\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\uFEFF]', '', 'g'))"), 10), _connector='OR'), name='a_rejected_complaint_says_why'),
        ),
    ]
