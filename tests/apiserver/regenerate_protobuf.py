"""Regenerates the data of the protobuf decoder and the samples of its tests.

    python tests/apiserver/regenerate_protobuf.py

It needs Go, and downloads the Kubernetes modules with the versions in `protobuf/golang/go.mod`.
Set the version of the embedded server there first.
`golang/fields` reads the Go types and writes `protobuf.json.xz` in the server's `data`.
`golang/samples` writes objects with client-go's serializers to `protobuf/samples.jsonl.xz`.
Neither protoc nor descriptors are needed: the tags of the Go types contain more than they do.
"""

from __future__ import annotations

import lzma
import shutil
import subprocess
import tempfile
from pathlib import Path

from kuscia_conformance.apiserver.protobuf.messages import FILE

HERE = Path(__file__).parent
GO = HERE / "protobuf" / "golang"
OUTPUTS = {
    "./fields": FILE,
    "./samples": HERE / "protobuf" / "samples.jsonl.xz",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        module = shutil.copytree(GO, Path(directory) / "protobuf")
        # go.sum is long and can be computed again, so it is not part of the repository.
        subprocess.run(["go", "mod", "tidy"], cwd=module, check=True)
        for program, output in OUTPUTS.items():
            made = subprocess.run(
                ["go", "run", program], cwd=module, check=True, capture_output=True
            )
            output.write_bytes(lzma.compress(made.stdout, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
