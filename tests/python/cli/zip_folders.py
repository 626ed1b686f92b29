"""A folder within a zip file is run as one by itself."""

import os
import subprocess
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    archive = os.path.join(folder, "program.zip")
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("tool/__main__.py", "import sys, other; print(sys.argv, other.name)")
        z.writestr("tool/other.py", "name = __name__")
        z.writestr("empty/other.py", "")

    def run(path):
        return subprocess.run([sys.executable, path, "x"], capture_output=True, text=True)

    tool = os.path.join(archive, "tool")
    ran = run(tool)
    assert ran.stdout == f"{[tool, 'x']} other\n", ran
    for name in "empty", "missing":
        path = os.path.join(archive, name)
        ran = run(path)
        assert ran.returncode == 1 and ran.stderr.endswith(f": can't find '__main__' module in {path!r}\n"), ran
    plain = os.path.join(folder, "plain.py")
    with open(plain, "w") as file:
        file.write("print('ran')")
    ran = run(os.path.join(plain, "below"))
    assert ran.returncode == 2 and "[Errno 20] Not a directory" in ran.stderr, ran
