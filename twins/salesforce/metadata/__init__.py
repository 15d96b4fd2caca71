"""The Metadata API: components are deployed as a zip, take effect, and are read back.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_intro.htm
"""

from twins.salesforce.metadata.deployments import Deployments
from twins.salesforce.metadata.soap import MetadataSoap

__all__ = ["Deployments", "MetadataSoap"]
