"""What no line of the code may do, read from the code itself; each exception is named with its reason."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.addresses import addresses, viewset_of

ROOT = Path(__file__).resolve().parents[2]
APPS = ("hrdd", "risks", "remedies", "transparency")
# Written as HTML without being escaped: (file, name) and why that is safe.
UNESCAPED = {
    (
        "risks/templatetags/policies.py",
        "SafeString",
    ): "what markdown-it wrote from escaped text; test_policy_text",
    (
        "transparency/templatetags/machine_readable.py",
        "mark_safe",
    ): "JSON without < > &; a title that a template escaped",
    ("risks/queries/list_filter.py", "mark_safe"): "the constant word “selected”",
    ("templates/transparency/report.html", "css|safe"): "our own style sheet of the report",
    ("templates/oversight/pack.html", "css|safe"): "our own style sheet of the pack",
}
RUNS_CODE = {"eval", "exec", "compile", "__import__"}
MAKES_OBJECTS = {"pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle"}
# Of the plain generator: which actions of a measure are drawn for a look at a sample, repeatable by its seed.
PLAIN_RANDOM = {"risks/rules/action_sample.py"}
# SHA-1 where others prescribe it: authenticator apps (RFC 6238), lists of leaked passwords.
SHA1 = {"hrdd/accounts/rules/proofs.py", "hrdd/accounts/queries/breached.py"}
WEAK_HASHES = {"md5", "sha1", "MD5", "SHA1"}
WEAK_CIPHERS = {"ECB", "ARC4", "TripleDES", "Blowfish", "IDEA", "CAST5", "SEED", "RC2", "PKCS1v15"}
# The two pages of intake: the door before them answers GET, HEAD and POST alone, and a POST there needs a form token.
APART = {"raise_concern", "follow_case"}
FEWEST_PAGES = 200
TEMPLATE_MARKS = re.compile(r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off")


@cache
def modules() -> dict[str, ast.Module]:
    found = [
        path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    ]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in found}


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return every node of a module, walked once for all tests."""
    return tuple(ast.walk(tree))


@cache
def names_in(tree: ast.AST) -> set[str]:
    """Return every plain name, attribute and imported name of a module."""
    found = {one.id for one in nodes(tree) if isinstance(one, ast.Name)}
    found |= {one.attr for one in nodes(tree) if isinstance(one, ast.Attribute)}
    for one in nodes(tree):
        if isinstance(one, ast.Import | ast.ImportFrom):
            found |= {name.name.partition(".")[0] for name in one.names}
            found |= {(one.module or "").partition(".")[0]} if isinstance(one, ast.ImportFrom) else set()
    return found


def test_html_is_written_unescaped_only_where_it_is_named_here() -> None:
    found = {
        (path, name)
        for path, tree in modules().items()
        for name in {"mark_safe", "SafeString", "SafeText"} & calls_in(tree)
    }
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        found |= {
            (str(path.relative_to(ROOT)), f"{text[: mark.start()].rpartition('{{')[2].strip()}{mark[0]}")
            for mark in TEMPLATE_MARKS.finditer(text)
        }

    assert found == set(UNESCAPED)


@cache
def calls_in(tree: ast.AST) -> set[str]:
    """Return the last names of what is called."""
    called = [one.func for one in nodes(tree) if isinstance(one, ast.Call)]
    return {one.id for one in called if isinstance(one, ast.Name)} | {
        one.attr for one in called if isinstance(one, ast.Attribute)
    }


def test_nothing_runs_what_was_written() -> None:
    """No eval, no pickle, no shell, no YAML that makes objects, no template from a text."""
    wrong = []
    for path, tree in modules().items():
        plain = {
            one.func.id for one in nodes(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
        }
        wrong += [(path, name) for name in (plain & RUNS_CODE) | (names_in(tree) & MAKES_OBJECTS)]
        wrong += [(path, name) for name in {"from_string", "Template", "system", "popen"} & calls_in(tree)]
        wrong += [
            (path, "shell") for one in nodes(tree) if isinstance(one, ast.keyword) and one.arg == "shell"
        ]
        if "yaml" in names_in(tree):
            wrong += [(path, f"yaml {name}") for name in {"load", "load_all", "unsafe_load"} & calls_in(tree)]

    assert wrong == []


def test_no_statement_is_put_together_from_words_of_others() -> None:
    """Raw SQL with a value in it is a statement that stands here by name, each looked at: constants only."""
    found = {
        path
        for path, tree in modules().items()
        for one in nodes(tree)
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in {"execute", "raw", "RawSQL", "extra"}
        and one.args
        and isinstance(one.args[0], ast.JoinedStr | ast.BinOp)
    }

    assert found == {
        "hrdd/recovery/management/commands/backup_check.py",  # CREATE DATABASE of random hex
        "hrdd/database_grants.py",  # ALTER ROLE of an enumeration, with a SCRAM verifier
        "hrdd/database_roles.py",  # SET ROLE of an enumeration
        "hrdd/trial/servers.py",  # CREATE DATABASE of a constant
        "risks/actions/proportionality.py",  # SELECT of the name of a lock function
    }


def test_no_secret_comes_from_the_plain_generator() -> None:
    assert {path for path, tree in modules().items() if "random" in imported(tree)} == PLAIN_RANDOM


@cache
def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for one in nodes(tree):
        if isinstance(one, ast.Import):
            found |= {name.name for name in one.names}
        elif isinstance(one, ast.ImportFrom):
            found |= {one.module or "", *(f"{one.module}.{name.name}" for name in one.names)}
    return found


def test_weak_hashes_are_used_for_no_secret() -> None:
    assert {path for path, tree in modules().items() if WEAK_HASHES & names_in(tree)} == SHA1


def test_no_weak_cipher_is_imported() -> None:
    assert [path for path, tree in modules().items() if WEAK_CIPHERS & names_in(tree)] == []


def test_no_form_or_serializer_takes_all_fields() -> None:
    """Each field that is shown or taken is named; a field that is added to a model reaches nobody by itself."""
    wrong = [
        path
        for path, tree in modules().items()
        if {"ModelForm", "modelform_factory"} & names_in(tree)
        or "__all__" in constants(tree)
        or any(
            isinstance(one, ast.Assign)
            and any(isinstance(to, ast.Name) and to.id == "exclude" for to in one.targets)
            for one in nodes(tree)
        )
    ]

    assert wrong == []


@cache
def constants(tree: ast.AST) -> set[str]:
    return {one.value for one in nodes(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_view_says_which_methods_it_answers() -> None:
    """A page names its methods, so that what changes something is never a GET by oversight."""
    said = {"require_POST", "require_safe", "require_safe_or_post"}
    pages = {
        (one.callback.__module__, one.callback.__name__): one.callback
        for one in addresses()
        if one.callback and not viewset_of(one) and not hasattr(one.callback, "view_class")
    }
    wrong = {
        name
        for module, name in pages
        for one in modules()[f"{module.replace('.', '/')}.py"].body
        if isinstance(one, ast.FunctionDef) and one.name == name
        if not said & {mark for line in one.decorator_list for mark in names_in(line)}
    }

    assert len(pages) >= FEWEST_PAGES
    assert wrong == APART


@pytest.mark.parametrize("script", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_write_no_html_run_no_text_and_keep_no_secret(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text
    for word in ("localStorage", "indexedDB", "document.cookie", "postMessage", '"message"'):
        assert word not in text


def test_no_page_runs_a_script_of_its_own_or_of_another_place() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if re.search(
            r"<script(?![^>]*(?:src=\"\{% static |type=\"application/ld\+json\"))|\son(?!e=)[a-z]+=|javascript:|<(?:script|link|img|iframe)[^>]*\"https?://|hx-on",
            path.read_text(encoding="utf-8"),
        )
    ]

    assert wrong == []
