from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()

invoices = Table(
    "invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("cents", Integer, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("invoice", Integer, ForeignKey("invoices.id"), nullable=False),
    Column("cents", Integer, nullable=False),
)
