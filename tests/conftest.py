"""What holds for every test of the house."""

import os

import pytest
from hypothesis import Phase, settings

# A busy machine is no failure: generated examples are counted, never timed.
settings.register_profile("house", deadline=None)
# What tries thousands of mutants generates a few examples for each, the same ones every time.
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def sent_queries():
    """Each run keeps the queries that the bridge sent; `make test-node` has them judged."""
    from tests.sent_queries import KEPT, SentQueries, watched
    from twins.salesforce import SalesforceTwin

    sent = SentQueries()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SalesforceTwin, "handle", watched(sent))
        yield sent
    sent.write(KEPT / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.jsonl")
