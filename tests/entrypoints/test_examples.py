from importlib.resources import files
from pathlib import Path

import pytest

from hub.entrypoints.examples import BadExample, Example, load

GOOD = "# title: Villages\n# audience: clerk\n\nquery Villages { villages { name } }\n"


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.graphql").write_text(text, encoding="utf-8")
    return folder


def test_a_file_becomes_an_example_with_its_audience_s_key(tmp_path: Path) -> None:
    text = '# title: Desa\n# audience: clerk\n# variables: {"first": 3}\n\nquery Desa { desa }\n'

    read = load(write(tmp_path, desa=text), keys={"clerk": "demo-key"})

    assert read == [
        Example(
            title="Desa",
            audience="clerk",
            query="query Desa { desa }\n",
            variables={"first": 3},
            headers={"Authorization": "Bearer demo-key"},
        )
    ]


def test_without_keys_nobody_s_headers_are_filled(tmp_path: Path) -> None:
    assert [dict(each.headers) for each in load(write(tmp_path, a=GOOD))] == [{}]


def test_examples_keep_the_order_of_their_file_names(tmp_path: Path) -> None:
    texts = {f"{n}0-x": GOOD.replace("title: Villages", f"title: {n}") for n in (3, 1, 2)}

    assert [each.title for each in load(write(tmp_path, **texts))] == ["1", "2", "3"]


def test_other_comments_stay_in_the_query(tmp_path: Path) -> None:
    text = "# title: A\n# audience: public\n# Note: a comment of its own.\nquery A { a }\n"

    assert load(write(tmp_path, a=text))[0].query == ("# Note: a comment of its own.\nquery A { a }\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("query A { a }", "it lacks `# audience: …` at its top."),
        ("# audience: clerk\nquery A { a }", "it lacks `# title: …` at its top."),
        (GOOD + "query B { b }", "it must hold exactly one operation, with a name."),
        (GOOD.replace("query Villages ", ""), "it must hold exactly one operation, with a name."),
        (GOOD + "}", "Syntax Error: Unexpected '}'."),
        ("# variables: [1]\n" + GOOD, "its variables are not a JSON object."),
        ("# variables: first\n" + GOOD, "its variables are not JSON."),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_problem(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadExample) as refused:
        load(write(tmp_path, bad=text))

    assert refused.value.params == {"file": "bad.graphql", "problem": problem}


def test_the_hub_s_own_examples_can_be_read() -> None:
    shipped = Path(str(files("hub.schema") / "examples"))

    assert len(load(shipped)) == len(list(shipped.glob("*.graphql"))) > 0
