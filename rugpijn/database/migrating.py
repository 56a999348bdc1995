"""Makes a migration and the row that records it one transaction, where Django uses two.

Django ends the transaction of a migration that leaves statements for its end (an index, a foreign
key), and records the migration in the next one. After a power cut in between, the next run tried to
make the same tables again and failed. Here those statements run as the last step of the migration,
so that Django records it in time.
"""

from functools import partial


def before_migrate(sender, plan, **kwargs):
    """Change the migrations of the plan before `migrate` runs them; a receiver of `pre_migrate`."""
    for migration, backwards in plan:
        if not backwards:
            migration.apply = partial(_whole, migration.apply)


def _whole(apply, state, schema_editor, collect_sql=False):
    state = apply(state, schema_editor, collect_sql)
    for statement in schema_editor.deferred_sql:
        schema_editor.execute(statement, None)
    schema_editor.deferred_sql.clear()
    return state
