"""Bulk API 2.0: jobs that take or give CSV, worked off by the twin's clock (Bulk 1.0 is not modelled)."""

from twins.salesforce.bulk.jobs import Jobs

__all__ = ["Jobs"]
