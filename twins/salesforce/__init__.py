"""Salesforce, true on the wire: an org in memory with the people in it."""

from twins.salesforce.errors import RowRefused
from twins.salesforce.loading import Loaded, Refusal
from twins.salesforce.schema import Field
from twins.salesforce.twin import SELLERS, SalesforceTwin

__all__ = ["SELLERS", "Field", "Loaded", "Refusal", "RowRefused", "SalesforceTwin"]
