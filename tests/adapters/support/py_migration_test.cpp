// What migrations in Python lose, told from their words.
#include "adapters/support/py_migration.hpp"

#include <doctest/doctest.h>

using namespace migrate;
using Lines = std::vector<std::string>;

namespace {

/// For a failed check to show.
std::string joined(const Lines& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

}  // namespace

TEST_CASE("alembic: what a revision drops or rewrites is named, its way back is not") {
    const Lines lines = py::lost_by_alembic(R"PY("""DROP TABLE in words"""
from alembic import op
import sqlalchemy as sa

revision = "b"
down_revision = "a"


def upgrade():
    """DROP TABLE of the old users"""
    op.add_column("users", sa.Column("name", sa.Text))
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("title")
    op.drop_table("posts")
    op.alter_column("users", "age", type_=sa.Integer())
    op.alter_column("users", "age", nullable=False)
    op.drop_index("ix")
    op.execute("DELETE FROM tags")
    op.execute("DELETE FROM tags WHERE id = 1")
    helper()


def helper():
    op.get_bind().execute(sa.text(f"TRUNCATE {name}"))


def downgrade():
    op.drop_table("users")
    op.execute("DROP TABLE tags")


def downgrade_engine2():
    op.drop_table("users")
)PY",
                                            Engine::postgresql);
    CAPTURE(joined(lines));
    CHECK(lines == Lines{"batch_op.drop_column(\"title\")", "op.drop_table(\"posts\")",
                         "op.alter_column(\"users\", \"age\", type_=sa.Integer())", "DELETE FROM tags",
                         "TRUNCATE {name}"});
    CHECK(py::lost_by_alembic("", Engine::sqlite).empty());
    CHECK(py::lost_by_alembic("def upgrade(:\n  op.drop_table(", Engine::sqlite).size() == 1);
}

TEST_CASE("django: models and fields that go, and SQL forwards; state alone loses nothing") {
    const Lines lines = py::lost_by_django(R"PY(from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]
    operations = [
        migrations.AddField("post", "name", models.TextField()),
        migrations.RemoveField(model_name="post", name="title"),
        migrations.DeleteModel("Tag"),
        migrations.RunSQL("CREATE TABLE x (id INT)", "DROP TABLE x"),
        migrations.RunSQL(sql="DROP TABLE y", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(["SELECT 1", ("DELETE FROM z", None)]),
        migrations.RunPython(forwards, backwards),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Kept")],
            database_operations=[migrations.DeleteModel("Gone")],
        ),
    ]
)PY",
                                           Engine::postgresql);
    CAPTURE(joined(lines));
    CHECK(lines == Lines{"migrations.RemoveField(model_name=\"post\", name=\"title\"),",
                         "migrations.DeleteModel(\"Tag\"),", "DROP TABLE y", "DELETE FROM z",
                         "database_operations=[migrations.DeleteModel(\"Gone\")],"});
    CHECK(py::lost_by_django("class Migration:\n    operations = 1\n", Engine::sqlite).empty());
}
