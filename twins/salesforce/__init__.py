"""Salesforce, true on the wire: an org in memory with the people in it."""

from twins.salesforce.errors import RowRefused
from twins.salesforce.records.loading import Loaded, Refusal
from twins.salesforce.schema.kinds import Field
from twins.salesforce.twin import SELLERS, SalesforceTwin

__all__ = ["SELLERS", "Field", "Loaded", "Refusal", "RowRefused", "SalesforceTwin"]
