"""What is installed in Salesforce: made from the agreement, rendered as files, nothing else touched."""

from plugin.salesforce.comparing import compared
from plugin.salesforce.generating import bundle
from plugin.salesforce.parts import Part
from plugin.salesforce.rendering import element, mdapi, source, zipped

__all__ = ["Part", "bundle", "compared", "element", "mdapi", "source", "zipped"]
