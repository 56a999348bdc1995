"""A migration and the row that says it was done are one transaction, here too where Django has two.

Django ends the transaction of a migration that leaves statements for its end (an index, a foreign
key), and writes its row in the next. A power cut in between left tables that the next run made
anew, and stumbled over. With those statements done as its last step, Django writes the row in time.
"""

from functools import partial


def before_migrate(sender, plan, **kwargs):
    """Heard before `migrate` begins: the migrations of the plan are those that it runs."""
    for migration, backwards in plan:
        if not backwards:
            migration.apply = partial(_whole, migration.apply)


def _whole(apply, state, schema_editor, collect_sql=False):
    state = apply(state, schema_editor, collect_sql)
    for statement in schema_editor.deferred_sql:
        schema_editor.execute(statement, None)
    schema_editor.deferred_sql.clear()
    return state
