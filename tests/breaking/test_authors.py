"""Mistakes of authors that only show while the scenario runs: each is told with its place."""

import pytest

from tests.breaking.given import AUTHORS_ERROR, SMALL, Case, broken

#: An author's step that may give anything. So names after it are not known before the run.
CONFTEST = 'from pytest_bdd import given\n\n\n@given("anything")\ndef _():\n    pass\n'
SECOND = "Scenario: The second check\n"

#: The steps in line 15 and below, the message without its place, and the hint.
LATE = {
    "unknown-task": (
        ['When the pods of "pis" finish'],
        "'pis' is neither a task nor a domain of this scenario: When the pods of \"pis\" finish",
        "did you mean psi? given: psi, alice, bob",
    ),
    "unknown-domain": (
        ["And the nodes of bbo are cordoned"],
        "the domain 'bbo' was not given: And the nodes of bbo are cordoned",
        "did you mean bob? given: alice, bob",
    ),
    "missing-witness": (
        ["Then no pod of bob was made", '| witness | the pods of "psi" are bound |'],
        "nothing shows that the controller was working: Then no pod of bob was made",
        'wait for the witness in a step above: When the pods of "psi" are bound',
    ),
    "never-noted": (
        ["When alice holds what was noted, nothing else"],
        "nothing in alice was noted before: When alice holds what was noted, nothing else",
        "note it in a step above: Given everything in alice is noted",
    ),
}
CASES = [
    Case(
        name,
        AUTHORS_ERROR,
        "1 check ended in an error of the author",
        conftest=CONFTEST,
        feature=SMALL.replace(SECOND, "\n    ".join([f"{SECOND}    Given anything", *steps, ""])),
    )
    for name, (steps, _, _) in LATE.items()
]


@pytest.mark.parametrize("case", CASES, ids=LATE)
def test_a_mistake_that_only_a_run_can_find_is_told_with_file_line_and_step(case, tmp_path):
    report = broken(case, tmp_path)
    _, text, hint = LATE[case.name]
    [said] = [check["text"] for check in report["checks"] if check.get("reason") == "author"]
    assert said == f"{tmp_path}/small.feature:15: {text}\n  {hint}"
    assert text in (tmp_path / "out" / "junit.xml").read_text().replace("&quot;", '"')
