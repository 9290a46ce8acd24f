"""What a migration is written with, for the core and for plugins: `from trastienda.migrations import ...`.

The numbered files beside this one are the core's own history.
"""

from ..storage.operations import (
    AddCheck,
    AddColumn,
    AddIndex,
    AlterColumn,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    RenameColumn,
    RenameTable,
    RunPython,
    RunSQL,
)
from ..storage.shapes import Check, Column, Index, TableShape

__all__ = [
    "AddCheck",
    "AddColumn",
    "AddIndex",
    "AlterColumn",
    "Check",
    "Column",
    "CreateTable",
    "DropCheck",
    "DropColumn",
    "DropIndex",
    "DropTable",
    "Index",
    "RenameColumn",
    "RenameTable",
    "RunPython",
    "RunSQL",
    "TableShape",
]
