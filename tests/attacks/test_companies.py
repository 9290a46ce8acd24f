"""Two companies, every role, every route that reads: nobody is shown, nor can infer, what is another company's.

Words: everything that BETA keeps bears its mark, and no answer to anybody of ACME does. Inference: the same questions
go to two servers of which one has no business of BETA's, and the answers are the same byte for byte: rows, counts,
orders, groups, sums, reports, pages.

Seen to catch: the company left out of the SELECT of lists, by the words and by the figures alike; a group by a
computed column that PostgreSQL refused.
"""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from trastienda.builtin.identity.models import TokenUse

from .questions import Questions, words_of
from .stage import BETA, Stage

#: What differs between two answers to the same question.
PASSING = re.compile(r'value="[^"]{40,}"|"?[0-9a-f]{32}"?|[0-9a-f-]{36}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?|\d\d:\d\d'
                     r'|\d{8}T\d{6}Z'  # as calendars write it
                     r'|"next":"\d+\.\d+-\d+\.\d+"')  # a place in the feed, made of numbers that all companies share


def plain(stage: Stage, text: str) -> str:
    """Without what differs from one moment and one server to the other."""
    for own in (stage.site.settings.database, str(stage.site.settings.data)):
        text = text.replace(own, "")
    return PASSING.sub("", text)


def forget_uses(stage: Stage) -> None:
    """When tokens were last used: other tests use them on one of the stages."""
    with stage.site.active(), stage.site.database.write():
        TokenUse.delete().execute()


def client_of(stage: Stage, role: str, door: str) -> FlaskClient:
    return stage.api(role) if door == "api" else stage.web(role)


def said(client: FlaskClient, url: str) -> tuple[int, str]:
    answer = client.get(url)
    return answer.status_code, words_of(answer)


@pytest.mark.parametrize("door", ["api", "web"])
def test_an_administrator_of_one_company_gets_the_same_answers_whatever_is_in_another(
    stage: Stage, quiet: Stage, door: str
) -> None:
    questions = Questions(stage)
    asked = questions.all(door) + (list(questions.orders()) if door == "api" else [])
    assert len(asked) > 600
    for each in (quiet, stage):
        forget_uses(each)
    different, spoken, broken = [], [], []
    clients = [client_of(each, "admin", door) for each in (quiet, stage)]
    for url in asked:
        (before, without), (after, words) = (said(client, url) for client in clients)
        if after >= 500:
            broken.append(url)
        if BETA in words and BETA not in url:
            spoken.append(url)
        if before != after or plain(quiet, without) != plain(stage, words):
            different.append(f"{url}: {before} {after}")
    assert (different, spoken, broken) == ([], [], [])


@pytest.mark.parametrize("door", ["api", "web"])
def test_no_role_of_one_company_hears_a_word_of_another(stage: Stage, door: str) -> None:
    """Each role goes to each address of each kind for some of the entities; the next role for the next of them."""
    asked = Questions(stage).all(door)
    heard, broken = [], []
    for number, role in enumerate(stage.roles):
        client = client_of(stage, role, door)
        share = 3 if door == "api" else 7
        for url in asked[number % share::share]:
            status, words = said(client, url)
            if status >= 500:
                broken.append((role, url))
            if BETA in words and (BETA not in url or (door == "api" and status == 200)):
                heard.append((role, url))
    assert (heard, broken) == ([], [])
