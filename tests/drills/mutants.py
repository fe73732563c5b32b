"""Small faults put into a source file one at a time: the mutants that good tests kill.

Left alone is what no test is to notice: annotations, docstrings, the words of messages and the
options of dataclasses.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

OTHER_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OTHER_OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
}
OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any"}
OTHER_NAME |= {"minimum": "maximum", "maximum": "minimum"}
OTHER_NAME |= {"bitwise_and": "bitwise_or", "bitwise_or": "bitwise_and"}
OTHER_TEXT = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Mutant:
    line: int
    before: str
    after: str
    tree: ast.Module

    def __str__(self) -> str:
        before, after = (text.partition("\n")[0] for text in (self.before, self.after))
        return f"line {self.line}: {before}  ->  {after}"


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines; each tree has a single fault."""
    tree = ast.parse(source)
    spots = list(_spots(tree))
    for index, (node, _) in enumerate(spots):
        for change in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            spot, parent = list(_spots(changed))[index]
            after = list(_changes(spot))[change]
            _put(parent, spot, after)
            ast.fix_missing_locations(changed)
            yield Mutant(node.lineno, ast.unparse(node), ast.unparse(after), changed)


Spot = ast.expr | ast.stmt


def _spots(tree: ast.AST) -> Iterator[tuple[Spot, ast.AST]]:
    """Expressions and statements that a fault can be put into, each with its parent."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_words(node):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield node, tree
            yield from _spots(node)


def _is_words(node: ast.AST) -> bool:
    """A docstring, or a message that is marked for translation."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def _changes(node: Spot) -> Iterator[Spot]:
    """The faulty versions of one node."""
    if isinstance(node, ast.stmt):
        yield from _changed_statement(node)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [OTHER_COMPARISON[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.Compare):
        for nth, op in enumerate(node.ops):
            ops = [*node.ops[:nth], OTHER_COMPARISON[type(op)](), *node.ops[nth + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHER_OPERATOR:
        yield ast.BinOp(node.left, OTHER_OPERATOR[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant):
        yield from _changed_constant(node)
    elif isinstance(node, ast.Name) and node.id in OTHER_NAME:
        yield ast.Name(OTHER_NAME[node.id], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr in OTHER_NAME:
        yield ast.Attribute(node.value, OTHER_NAME[node.attr], node.ctx)


def _changed_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(node, ast.AugAssign):
        if type(node.op) in OTHER_OPERATOR:
            yield ast.AugAssign(node.target, OTHER_OPERATOR[type(node.op)](), node.value)
        yield ast.Pass()
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Expr):
        yield ast.Pass()


def _changed_constant(node: ast.Constant) -> Iterator[ast.expr]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, str) and node.value in OTHER_TEXT:
        yield ast.Constant(OTHER_TEXT[node.value])


def _put(parent: ast.AST, node: Spot, after: Spot) -> None:
    for field, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, field, after)
        elif isinstance(value, list):
            value[:] = [after if row is node else row for row in value]
