"""`python -m harness` is `kuscia-conformance`."""

from harness.cli import main

main()
