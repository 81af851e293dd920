"""create payments"""
import sqlalchemy as sa
from alembic import op

revision = "8b03d7"
down_revision = "4f1c2a"


def upgrade():
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("invoice", sa.Integer, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
    )


def downgrade():
    op.drop_table("payments")
