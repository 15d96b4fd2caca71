"""SOAP, as far as REST has nothing for it: login, convertLead, merge, undelete, emptyRecycleBin."""

from twins.salesforce.soap.service import Soap

__all__ = ["Soap"]
