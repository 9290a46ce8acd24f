"""Drafted migrations: what is written reads back as what the models ask for."""

from contextlib import closing
from pathlib import Path

import peewee
import pytest

from trastienda.migrations import (
    AddCheck,
    AddColumn,
    AddIndex,
    AlterColumn,
    Check,
    Column,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    Index,
)
from trastienda.storage.database import open_database
from trastienda.storage.fields import MoneyField, StateField
from trastienda.storage.migration_drafts import differences, draft, write_draft
from trastienda.storage.migrations import History, Migration, migrate, read_history
from trastienda.storage.models import Row
from trastienda.storage.operations import MigrationFault

NOTHING = History("garden", ())


class Bed(Row):
    id = peewee.BigAutoField()
    name = peewee.CharField(30, unique=True)
    kind = StateField("new", "dug")

    class Meta:
        table_name = "garden_bed"
        constraints = (peewee.Check("""name <> '"' AND name <> '\\'"""),)


class Plant(Row):
    id = peewee.BigAutoField()
    bed = peewee.ForeignKeyField(Bed, on_delete="CASCADE")
    price = MoneyField(null=True)
    note = peewee.TextField(default="")

    class Meta:
        table_name = "garden_plant"
        indexes = ((("bed", "price"), True),)


def changed_plant() -> type[Row]:
    """Plant, after work on it."""

    class ChangedPlant(Row):
        id = peewee.BigAutoField()
        bed = peewee.ForeignKeyField(Bed, on_delete="RESTRICT", backref="changed")
        price = MoneyField(default=1)
        remark = peewee.CharField(50)
        sown_on = peewee.DateField(null=True, index=True)
        count = peewee.IntegerField(default=3)

        class Meta:
            table_name = "garden_plant"
            constraints = (peewee.Check("count > 0"),)

    return ChangedPlant


def written(folder: Path, models: list[type[Row]], slug: str) -> History:
    write_draft(folder, read_history("garden", folder), models, slug)
    return read_history("garden", folder)


def test_first_draft_makes_what_the_models_ask_for(tmp_path):
    history = written(tmp_path, [Plant, Bed], "initial")
    assert [migration.name for migration in history.migrations] == ["0001_initial"]
    assert differences(history, [Bed, Plant]) == []


def test_table_is_created_after_those_that_it_refers_to():
    created = [step.shape.name for step in differences(NOTHING, [Plant, Bed])]
    assert created == ["garden_bed", "garden_plant"]


def test_tables_that_refer_to_one_another_are_created_before_the_last_reference(database_url, tmp_path):
    class Hen(Row):
        id = peewee.BigAutoField()
        egg = peewee.DeferredForeignKey("Egg", null=True, backref="hens")

        class Meta:
            table_name = "garden_hen"

    class Egg(Row):
        id = peewee.BigAutoField()
        hen = peewee.ForeignKeyField(Hen)

        class Meta:
            table_name = "garden_egg"

    history = written(tmp_path, [Hen, Egg], "initial")
    assert differences(history, [Egg, Hen]) == []
    gone = History("garden", [*history.migrations, Migration("0002_gone", differences(history, []), "")])
    with closing(open_database(database_url)) as database:
        assert migrate(database, [gone], report=lambda line: None) == [
            "garden 0001_initial",
            "garden 0002_gone",
        ]
    if database.dialect == "postgresql":
        database.close_all()


def test_second_draft_has_the_changes_alone(tmp_path):
    history = written(tmp_path, [Bed, Plant], "initial")
    assert differences(history, [Bed, changed_plant()]) == [
        DropIndex("garden_plant", "garden_plant_bed_id_price_key"),
        AlterColumn(
            "garden_plant",
            Column("bed_id", "bigint", references="garden_bed.id", on_delete="RESTRICT"),
        ),
        AlterColumn("garden_plant", Column("price", "bigint", fill=10000)),
        AddColumn("garden_plant", Column("remark", "text", length=50)),
        AddColumn("garden_plant", Column("sown_on", "date", null=True)),
        AddColumn("garden_plant", Column("count", "integer", fill=3)),
        DropColumn("garden_plant", "note"),
        AddIndex("garden_plant", Index("garden_plant_bed_id_idx", ["bed_id"])),
        AddIndex("garden_plant", Index("garden_plant_sown_on_idx", ["sown_on"])),
        AddCheck("garden_plant", Check("garden_plant_count_check", "count > 0")),
    ]
    history = written(tmp_path, [Bed, changed_plant()], "work")
    assert [migration.name for migration in history.migrations] == ["0001_initial", "0002_work"]
    assert differences(history, [Bed, changed_plant()]) == []


def test_draft_says_what_a_person_has_to_decide(tmp_path):
    text = draft(written(tmp_path, [Bed, Plant], "initial"), [Bed, changed_plant()])
    assert [line.strip() for line in text.splitlines() if "#" in line] == [
        "# Rows already there need a value: fill=...",
        '# If it was renamed: RenameColumn("garden_plant", "note", "its new name")',
    ]


def test_fill_of_a_model_default_is_written_into_the_draft(tmp_path):
    text = draft(written(tmp_path, [Bed, Plant], "initial"), [Bed, changed_plant()])
    assert '    AddColumn("garden_plant", Column("count", "integer", fill=3)),\n' in text


def test_check_whose_condition_changed_is_replaced(tmp_path):
    class ChangedBed(Row):
        id = peewee.BigAutoField()
        name = peewee.CharField(30, unique=True)
        kind = StateField("new", "dug", "sown")

        class Meta:
            table_name = "garden_bed"
            constraints = Bed._meta.constraints

    check = Check("garden_bed_kind_check", "\"kind\" IN ('new', 'dug', 'sown')")
    assert differences(written(tmp_path, [Bed], "initial"), [ChangedBed]) == [
        DropCheck("garden_bed", check.name),
        AddCheck("garden_bed", check),
    ]


def test_table_without_a_model_is_dropped_after_those_that_refer_to_it(tmp_path):
    history = written(tmp_path, [Bed, Plant], "initial")
    assert differences(history, []) == [DropTable("garden_plant"), DropTable("garden_bed")]


def test_nothing_to_do_writes_no_file(tmp_path):
    history = written(tmp_path, [Bed], "initial")
    assert write_draft(tmp_path, history, [Bed], "again") is None
    assert [path.name for path in tmp_path.glob("*.py")] == ["0001_initial.py"]


def test_another_primary_key_is_left_to_a_person(tmp_path):
    class Keyed(Row):
        name = peewee.CharField(30, primary_key=True)

        class Meta:
            table_name = "garden_bed"

    with pytest.raises(MigrationFault, match="garden_bed has another primary key"):
        differences(written(tmp_path, [Bed], "initial"), [Keyed])


def test_draft_is_laid_out_for_reading():
    class Tool(Row):
        id = peewee.BigAutoField()
        name = peewee.CharField(30, unique=True)

        class Meta:
            table_name = "garden_tool"

    assert (
        draft(NOTHING, [Tool])
        == """\
from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "garden_tool",
            [
                Column("id", "id"),
                Column("name", "text", length=30),
            ],
            indexes=[Index("garden_tool_name_key", ["name"], unique=True)],
        ),
    ),
]
"""
    )


def test_drafted_history_makes_the_tables(database_url, tmp_path):
    history = written(tmp_path, [Bed, Plant], "initial")
    with closing(open_database(database_url)) as database:
        migrate(database, [history], report=lambda line: None)
        database.execute_sql("INSERT INTO garden_bed (name, kind) VALUES ('north', 'new')")
        database.execute_sql("INSERT INTO garden_plant (bed_id, note) VALUES (1, 'thyme')")
        migrate(database, [grown(tmp_path)], report=lambda line: None)
        rows = database.execute_sql("SELECT bed_id, price, remark, count FROM garden_plant").fetchall()
    if database.dialect == "postgresql":
        database.close_all()
    assert [*rows] == [(1, 10000, "?", 3)]


def grown(folder: Path) -> History:
    """With the second draft, in which a person has given the value that was missing."""
    path = write_draft(folder, read_history("garden", folder), [Bed, changed_plant()], "work")
    assert path is not None
    path.write_text(path.read_text().replace('"text", length=50', '"text", length=50, fill="?"'))
    return read_history("garden", folder)
