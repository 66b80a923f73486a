"""What a migration makes together, so that Django draws its models once and not for each.

Django renders the state of every related model again after each operation; with 150 models that is
most of the time that an empty database waits for. It skips modules whose names begin with ``_``.
"""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class _Together(Operation):
    """Operations in their order, with one rendered state before and one after all of them."""

    serialization_expand_args = ["parts"]

    def __init__(self, parts: Sequence[Operation]) -> None:
        self.parts = parts

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered when it is next asked for
        for part in self.parts:
            part.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for part in self.parts:
            part.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for part in reversed(self.parts):
            part.database_backwards(app_label, schema_editor, from_state, to_state)


class CreateTogether(_Together):
    """Make all these tables from one rendered state; the foreign keys follow at the end."""

    category = OperationCategory.ADDITION

    def describe(self) -> str:
        return f"Create {len(self.parts)} models together"


class ChangeTogether(_Together):
    """Make all these changes of tables that are there, from one rendered state, in this order.

    Fields, constraints, indexes and triggers that are added, and triggers that are removed: none of
    them reads what another one of the group has made of the models. What is changed further (a
    field altered, data moved) stands apart.
    """

    category = OperationCategory.MIXED

    def describe(self) -> str:
        return f"Change {len(self.parts)} things together"
