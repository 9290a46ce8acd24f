"""What the system sets is taken through no door, and nothing of another company is written or referred to.

Every column of every model, those that no door serves as well, goes into each POST, PATCH, batch and file; every
reference names a record of BETA's, which has to be refused in the same words as one that there is not.

Seen to catch: unknown and system-set fields passed over by the schemas, references looked up in any company.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from trastienda.entities.compiled import CompiledEntity
from trastienda.testing.values import PLAIN

from .questions import Questions
from .stage import BETA, ROOT, Stage

ANY = {"If-Match": "*"}
NOWHERE = 8_999_999_999
#: What the core keeps of every record, whether or not its model has it.
KEPT = {"id", "version", "company", "company_id", "search_text", "owner", "state", "hash", "digest"}


def writable_entities(stage: Stage) -> Iterator[CompiledEntity]:
    yield from (each for each in stage.site.registry.entities.values() if each.declared.writable)


def not_to_be_set(entity: CompiledEntity) -> set[str]:
    """All that the model has and no door takes, and all that the core keeps for itself."""
    taken = {name for name, column in entity.columns.items() if not column.readonly and column.kind != "id"}
    return (set(entity.model._meta.fields) | set(entity.columns) | KEPT) - taken


def nested(name: str, value: Any) -> dict[str, Any]:
    parts = name.split(".")
    return {"ext": {parts[1]: {parts[2]: value}}} if parts[0] == "ext" else {name: value}


def own_record(stage: Stage, entity: CompiledEntity) -> int:
    listed = stage.api("admin").get(f"/api/v1/{entity.path}?limit=1&fields=id").json["items"]
    return int(listed[0]["id"]) if listed else 1


def test_what_the_system_sets_is_taken_through_no_door(stage: Stage) -> None:
    client, taken = stage.api(ROOT), []
    before = stage.digest()
    for entity in writable_entities(stage):
        base, there = f"/api/v1/{entity.path}", own_record(stage, entity)
        labels = {str(column.label).lower() for column in entity.columns.values()}  # other columns' names in files
        for name in not_to_be_set(entity):
            for value in (1, "x"):
                sent = nested(name, value)
                posting = {"method": "POST", "path": entity.path, "body": sent}
                patching = {"method": "PATCH", "path": f"{entity.path}/{there}", "body": sent, "if_match": "*"}
                for at, answer in (
                    (name, client.post(base, json=sent)),
                    (name, client.patch(f"{base}/{there}", json=sent, headers=ANY)),
                    (f"operations.0.{name}", client.post("/api/v1/batch", json={"operations": [posting]})),
                    (f"operations.0.{name}", client.post("/api/v1/batch", json={"operations": [patching]})),
                ):
                    if answer.status_code != 422 or at not in answer.json["errors"]:
                        taken.append((entity.name, name, answer.status_code, answer.text[:100]))
            passed_over = name in {"version", *entity.columns, *labels}  # an export has them, and comes back
            for data, kind in (
                (f"{name}\n1\n", "text/csv"), (json.dumps({name: 1}), "application/x-ndjson"),
            ):  # fmt: skip
                file = client.post(f"{base}/import", data=data, content_type=kind)
                if file.status_code == 200 or (name not in file.text and not passed_over):
                    taken.append((entity.name, name, kind, file.text[:100]))
    assert taken == []
    assert stage.digest() == before


def test_what_the_system_sets_on_lines_is_taken_through_no_door(stage: Stage) -> None:
    client, taken = stage.api(ROOT), []
    for entity in writable_entities(stage):
        there = own_record(stage, entity)
        for lines in entity.lines.values():
            known = {name for name, column in lines.columns.items() if not column.readonly}
            for name in (set(lines.model._meta.fields) | {"company", "version"}) - known - {"id"}:
                sent = {lines.name: [{name: 1}]}
                for answer in (
                    client.post(f"/api/v1/{entity.path}", json=sent),
                    client.patch(f"/api/v1/{entity.path}/{there}", json=sent, headers=ANY),
                ):
                    if answer.status_code != 422 or f"{lines.name}.0.{name}" not in answer.json["errors"]:
                        taken.append((entity.name, lines.name, name, answer.status_code))
    assert taken == []


# -- another company's records
def test_nobody_writes_into_another_company(stage: Stage) -> None:
    client, browser, found = stage.api("admin"), stage.web("admin"), Questions(stage).victims
    before = stage.digest()
    answers: dict[str, int] = {}
    for name, (identity, _key) in found.items():
        entity = stage.site.registry.entities[name]
        url, page = f"/api/v1/{entity.path}/{identity}", f"/{entity.path}/{identity}"
        deleting = {"method": "DELETE", "path": f"{entity.path}/{identity}", "if_match": "*"}
        answers.update({
            f"PATCH {url}": client.patch(url, json={}, headers=ANY).status_code,
            f"DELETE {url}": client.delete(url, headers=ANY).status_code,
            f"batch {url}": client.post("/api/v1/batch", json={"operations": [deleting]}).status_code,
            f"comment {url}": client.post(f"{url}/comments", json={"text": "x"}).status_code,
            f"POST {page}": browser.post(page, data={"_version": "1"}).status_code,
            f"delete {page}": browser.post(f"{page}/delete", data={}).status_code,
            f"said {page}": browser.post(f"{page}/comments", data={"text": "x"}).status_code,
        })
        for action in entity.actions:
            answers[f"{action} {url}"] = client.post(f"{url}/actions/{action}", json={}).status_code
            answers[f"{action} {page}"] = browser.post(f"{page}/actions/{action}", data={}).status_code
            many = client.post(f"/api/v1/{entity.path}/actions/{action}", json={"ids": [identity]}).json
            if [each["ok"] for each in (many or {}).get("results", [])] != [False]:
                answers[f"bulk {action} {url}"] = 200
    assert {url: status for url, status in answers.items() if status not in (403, 404)} == {}
    assert stage.digest() == before


def without_names(text: str, *names: Any) -> str:
    """Without the keys that were sent, and without any number."""
    for key in sorted(map(str, names), key=len, reverse=True):
        text = text.replace(key, "N")
    return re.sub(r"\d+", "N", text)


def test_a_reference_to_another_companys_record_is_refused_as_one_to_nothing(stage: Stage) -> None:
    """By id and by key, in a body and in a file: but for the name that was sent the answers are the same."""
    client, found, different, asked = stage.api("admin"), Questions(stage).victims, [], 0
    before = stage.digest()
    for entity in writable_entities(stage):
        for name, column in entity.columns.items():
            target = stage.site.registry.by_model.get(column.target) if column.kind == "ref" else None
            if target is None or column.readonly or target.name not in found:
                continue
            identity, key = found[target.name]
            least = {each.name: PLAIN.get(each.kind, each.options[0] if each.options else "x")
                     for each in entity.columns.values() if each.required and each.kind != "ref"}  # fmt: skip
            pairs: list[tuple[Any, Any]] = [({"id": identity}, {"id": NOWHERE})]
            pairs += [(key, f"{key}9")] if key.startswith(BETA) else []  # other keys may be ACME's as well
            for theirs, nobodys in pairs:
                answers = []
                for value in (theirs, nobodys):
                    plain = str(value["id"] if isinstance(value, dict) else value)
                    header = f"{name}.id" if isinstance(value, dict) else name
                    cells = ",".join([*least, header]), ",".join([*map(str, least.values()), plain])
                    made = [
                        client.post(f"/api/v1/{entity.path}", json={**least, **nested(name, value)}),
                        client.post(f"/api/v1/{entity.path}/import", data="\n".join(cells), content_type="text/csv"),
                    ]
                    answers.append([(each.status_code, without_names(each.text, theirs, nobodys)) for each in made])
                asked += 1
                if answers[0] != answers[1] or 200 in (status for status, _ in answers[0]):
                    different.append((entity.name, name, [each for each in zip(*answers, strict=True)
                                                          if len(set(each)) > 1 or each[0][0] == 200]))  # fmt: skip
    assert not different, different
    assert asked > 60
    assert stage.digest() == before
