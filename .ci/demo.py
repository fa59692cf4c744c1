"""Show the main job: start the server, link a newswire article over gRPC, resolve names, run a CSV job, stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent

# Our own words. Six firms that are in the table, and three known names that are not covered.
ARTICLE = """\
Chinese chip designers rally as Beijing backs home-grown computing

HONG KONG — Shares of SenseTime Group Inc. rose 6.2% on Monday after the company said it would train its next model on
accelerators made in China instead of those of Nvidia Corp. Huawei Technologies Co. and Shanghai Biren Technology Co. will
supply most of the cards, according to people familiar with the order.

Moore Threads Intelligent Beijing Co., which listed in Shanghai a year ago, and search-engine operator Baidu Inc. also
gained. "Demand is running ahead of what anybody can make," analysts at UBS wrote in a note. Naura Technology Group Ltd.,
whose etching tools equip many of the new lines, closed at a record.

A spokesperson for Biren declined to comment. Bloomberg first reported the order.
"""
NAMES = (
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
        print(f"server on {address}\n\nA newswire article, linked whole:")
        with tempfile.TemporaryDirectory() as folder:
            article = Path(folder, "article.txt")
            article.write_text(ARTICLE, encoding="utf-8")
            _zhengming("link", "article.txt", "--address", address, "--format", "text", folder=folder)
        print("\nIts names one by one:")
        _zhengming("resolve", *NAMES, "--address", address, "--format", "table")
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


def _zhengming(*arguments: str, folder: str | None = None) -> None:
    sys.stdout.flush()
    subprocess.run([BIN / "zhengming", *arguments], check=True, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
