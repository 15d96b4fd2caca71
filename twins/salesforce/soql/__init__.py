"""SOQL as the twin speaks it: read, checked against the schema, answered."""

from twins.salesforce.soql.answer import Answered, answer
from twins.salesforce.soql.reading.grammar import parse

__all__ = ["Answered", "answer", "parse"]
