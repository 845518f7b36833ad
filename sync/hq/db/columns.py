"""What headquarters' tables are made of: one register of them all, and the two kinds of columns that most have."""

from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, Text

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)


def text_column(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    """Make a column of words."""
    return Column(name, Text, primary_key=primary_key, nullable=nullable)


def number_column(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[int]:
    """Make a column of whole numbers of 64 bits."""
    return Column(name, BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False)
