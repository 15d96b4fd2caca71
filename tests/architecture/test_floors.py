"""Upper floors import lower ones, neighbours never; the pure core stays pure."""

from __future__ import annotations

import ast

from importlinter.cli import lint_imports

FORBIDDEN_CALLS = {"open", "print", "input", "eval", "exec", "compile", "__import__"}
CLOCKS = {"now", "utcnow", "today"}
PURE = ("mappings/", "sync/plan/", "sync/merge.py", "sync/model/")


def test_every_contract_of_the_house_is_kept(house, monkeypatch, capsys):
    monkeypatch.chdir(house)
    monkeypatch.syspath_prepend(str(house))

    kept = lint_imports(no_cache=True) == 0

    assert kept, capsys.readouterr().out


def test_the_pure_core_asks_no_clock_and_touches_no_file(house, modules):
    impure = []
    for module in modules:
        if str(module).startswith(PURE):
            for call in _calls(house / module):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                is_clock = name in CLOCKS and getattr(getattr(call.func, "value", None), "id", "") in (
                    "datetime",
                    "date",
                )
                if is_clock or (isinstance(call.func, ast.Name) and name in FORBIDDEN_CALLS):
                    impure.append(f"{module}:{call.lineno} {name}()")

    assert impure == []


def test_one_clock_tells_the_moment(house, modules):
    """Whatever lives by another moment than the machine's, a test or a demo, lives by it as a whole."""
    asked = {
        str(module)
        for module in modules
        for call in _calls(house / module)
        if ast.unparse(call.func) in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}
    }

    assert asked == {"sync/clock.py", "twins/clock.py"}


def test_code_from_outside_is_never_run(house, modules):
    """No eval, no pickle, no shell, no unsafe YAML: SEC-24."""
    found = []
    for module in modules:
        for call in _calls(house / module):
            text = ast.unparse(call.func)
            shell = any(k.arg == "shell" and getattr(k.value, "value", False) for k in call.keywords)
            if (
                shell
                or text in ("eval", "exec", "os.system")
                or text.startswith(("pickle.", "marshal.", "yaml.load"))
            ):
                found.append(f"{module}:{call.lineno} {text}")

    assert found == []


def _calls(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
