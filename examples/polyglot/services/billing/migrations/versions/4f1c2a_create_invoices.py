"""create invoices"""
import sqlalchemy as sa
from alembic import op

revision = "4f1c2a"
down_revision = None


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("cents", sa.Integer, nullable=False),
    )


def downgrade():
    op.drop_table("invoices")
