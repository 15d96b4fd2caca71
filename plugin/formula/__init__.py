"""The formula language of Salesforce, as far as validation rules need it; a leaf that imports nothing of ours."""

from plugin.formula.compiling import Formula, TypeOf, compile_formula
from plugin.formula.errors import FormulaError
from plugin.formula.frame import Context
from plugin.formula.parts import Type

__all__ = ["Context", "Formula", "FormulaError", "Type", "TypeOf", "compile_formula"]
