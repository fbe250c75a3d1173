"""`python -m harness` is `kuscia-conformance`."""

from kuscia_conformance.cli.main import main

main()
