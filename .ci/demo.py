"""Show the main job: start the server, resolve over gRPC the names of a newswire article and more, run a CSV job, stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent

ARTICLE = (
    "SenseTime Group Inc.",
    "Huawei Technologies Co.",
    "Shanghai Biren Technology Co.",
    "Moore Threads Intelligent Beijing Co.",
    "Baidu Inc.",
    "Naura Technology Group Ltd.",
    "Nvidia Corp.",
    "UBS",
    "Bloomberg",
)
OTHERS = ("摩爾線程", "壁仞科技", "688256.SS", "Hauwei", "紫光", "科技有限公司")

SUPPLIERS = """供应商,城市,金额
华为技术有限公司,深圳,120
中芯国际,上海,80
摩尔线呈,北京,15
深圳市大疆百旺科技有限公司,深圳,7
Nvidia Corp.,Santa Clara,300
华为技术有限公司,深圳,60
"""


def main() -> int:
    server = subprocess.Popen([BIN / "zhengming-server", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    try:
        address = _address(server)
        print(f"server on {address}\n\nNames of a newswire article:")
        _zhengming("resolve", *ARTICLE, "--address", address, "--format", "table")
        print("\nOther spellings, a code, a typo, a shared short name, a generic word:")
        _zhengming("resolve", *OTHERS, "--address", address, "--format", "table")
        with tempfile.TemporaryDirectory() as folder:
            suppliers, resolved = Path(folder, "suppliers.csv"), Path(folder, "resolved.csv")
            suppliers.write_text(SUPPLIERS, encoding="utf-8")
            print("\nA CSV job:", flush=True)
            _zhengming("csv", str(suppliers), "-o", str(resolved), "--address", address)
            print(resolved.read_text(encoding="utf-8"))
    finally:
        server.send_signal(signal.SIGTERM)
        stopped = server.wait(timeout=30)
    print(f"server stopped with exit code {stopped}")
    return stopped


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    for line in server.stderr:
        for word in line.split():
            if word.startswith("127.0.0.1:"):
                return word.rstrip(",;.")
        print(line, end="", file=sys.stderr)
    raise SystemExit("The server did not start. Its messages stand above.")


def _zhengming(*arguments: str) -> None:
    sys.stdout.flush()
    subprocess.run([BIN / "zhengming", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
