# pip install of a directory of wheels, a virtual environment, uninstall.
# @timeout 120
mkdir /tmp/wheels && cd /tmp/wheels
python3 - <<'P'
import base64, hashlib, zipfile

def wheel(name, version, files, requires=()):
    info = f"{name}-{version}.dist-info"
    meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    files = files | {f"{info}/METADATA": meta,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    with zipfile.ZipFile(f"{name}-{version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as z:
        record = ""
        for path, text in files.items():
            z.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            record += f"{path},sha256={digest},{len(text)}\n"
        z.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")

modules = {f"moatlib/m{i}.py": f"x = {i}\n" for i in range(300)}
wheel("moatlib", "1.0", modules | {"moatlib/__init__.py": "from . import m7\nv = m7.x\n"})
wheel("moatapp", "2.0", {"moatapp/__init__.py": "import moatlib\nprint('app', moatlib.v)\n"}, ["moatlib>=1.0"])
P
pip="pip --disable-pip-version-check --no-color"
$pip install --no-index --find-links . --break-system-packages moatapp 2>&1 | grep -v WARNING
python3 -c 'import moatapp'
$pip list 2>/dev/null | grep moat
$pip show -f moatlib 2>/dev/null | tail -3
python3 -m compileall -q /usr/local/lib/python3.11/dist-packages/moatlib && find /usr/local/lib/python3.11 -name '*.pyc' | wc -l
$pip uninstall -y --break-system-packages moatapp moatlib 2>&1 | grep -v WARNING
python3 -c 'import moatapp' 2>&1 | tail -1
$pip check
