"""`python -m kuscia_conformance` runs the command `kuscia-conformance`."""

from kuscia_conformance.cli.main import main

main()
