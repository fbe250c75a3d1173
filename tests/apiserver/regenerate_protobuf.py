"""Make the data of the protobuf bodies anew, and the samples of its tests.

    python tests/apiserver/regenerate_protobuf.py

It needs Go, and takes from its module proxy the versions of Kubernetes' modules that are in
`protobuf/golang/go.mod`: set there the version that the embedded server is to be, first.
`golang/fields` looks at the Go types for `protobuf.json.xz` in the server's `data`, and
`golang/samples` writes objects with client-go's own serializers for `protobuf/samples.jsonl.xz`.
No protoc is needed, nor descriptors: the tags of the Go types say more.
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
        # The sums of all that these modules need are long, and found again.
        subprocess.run(["go", "mod", "tidy"], cwd=module, check=True)
        for program, output in OUTPUTS.items():
            made = subprocess.run(
                ["go", "run", program], cwd=module, check=True, capture_output=True
            )
            output.write_bytes(lzma.compress(made.stdout, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
