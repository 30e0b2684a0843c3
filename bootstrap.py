#!/usr/bin/env python3
"""Set the course up and run it, with nothing but Python's standard library.

    python3 bootstrap.py                 make the environment in .venv, then open the course
    python3 bootstrap.py --lang fr       the same, in French
    python3 bootstrap.py test [ARGS]     install the test tools too, then run pytest
    python3 bootstrap.py doctor          any other `course` command, with its arguments

Prepare le cours dans .venv, puis l'ouvre. Rien n'est installe hors de ce dossier.

Where a folder `wheels` stands beside this file (`course bundle` makes it) nothing is asked of the network.

Kept readable by old Pythons, so that they can say which Python is needed.
"""

import hashlib
import json
import locale
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "course-installed.json"
WHEELS = HERE / "wheels"  # of a bundle, for rooms without internet
NEEDED = (3, 11)

TEXTS = {
    "old_python": {
        "fr": "Le cours demande Python {needed} ou plus récent ; celui-ci est {found}.",
        "en": "The course needs Python {needed} or newer; this one is {found}.",
    },
    "windows": {
        "fr": "Sous Windows, lancez cette commande dans WSL 2 (une distribution Debian ou Ubuntu).",
        "en": "On Windows, run this command inside WSL 2 (a Debian or Ubuntu distribution).",
    },
    "venv": {"fr": "Création de l'environnement dans .venv…", "en": "Making the environment in .venv…"},
    "install": {
        "fr": "Installation du cours (une à deux minutes la première fois)…",
        "en": "Installing the course (one to two minutes the first time)…",
    },
    "install_offline": {
        "fr": "Installation du cours depuis le dossier wheels, sans réseau (une minute environ)…",
        "en": "Installing the course from the folder wheels, without a network (about a minute)…",
    },
    "no_pip": {
        "fr": "Ce Python n'a ni ensurepip ni pip, et pip n'a pas pu être obtenu autrement.\n"
        "Sous Debian ou Ubuntu : sudo apt-get install python3-venv\nPuis relancez cette commande.",
        "en": "This Python has neither ensurepip nor pip, and pip could not be had another way.\n"
        "On Debian or Ubuntu: sudo apt-get install python3-venv\nThen run this command again.",
    },
    "failed": {
        "fr": "L'installation a échoué. Fin du journal de pip ({log}) :",
        "en": "The installation failed. End of pip's log ({log}):",
    },
    "retry": {
        "fr": "Vérifiez la connexion au réseau et l'espace disque, puis relancez la même commande.",
        "en": "Check the network connection and the disk space, then run the same command again.",
    },
    "retry_offline": {
        "fr": "Vérifiez l'espace disque. Si pip ne trouve pas une bibliothèque, le dossier wheels n'est pas fait pour cette\n"
        "machine (Python {found}, {machine}) : refaites-le pour elle avec « course bundle », options --platform et --python.",
        "en": "Check the disk space. If pip does not find a library, the folder wheels is not made for this machine\n"
        "(Python {found}, {machine}): make it for this one with “course bundle”, options --platform and --python.",
    },
}


def say(key, **values):
    """One text in the user's language."""
    wanted = os.environ.get("COURSE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    if "--lang" in sys.argv[:-1]:
        wanted = sys.argv[sys.argv.index("--lang") + 1]
    wanted = wanted or locale.getlocale()[0] or ""
    return TEXTS[key]["fr" if wanted.lower().startswith("fr") else "en"].format(**values)


def stop(message):
    """Leave with a message and no traceback."""
    print(message, file=sys.stderr)
    sys.exit(1)


def quietly(command, **options):
    """Whether a command runs and succeeds; its output is not shown."""
    try:
        return subprocess.run(command, capture_output=True, check=False, **options).returncode == 0
    except OSError:
        return False


def fingerprint(extra):
    """What the environment was made from: another value means that it must be brought up to date."""
    digest = hashlib.sha256(str((sys.version_info[:2], str(HERE))).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((HERE / name).read_bytes())
    return {"inputs": digest.hexdigest(), "extra": extra}


def up_to_date(wanted):
    """Whether .venv already holds what is wanted (the test tools include all that learners need)."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    enough = stamp["extra"] == wanted["extra"] or not wanted["extra"]
    return stamp["inputs"] == wanted["inputs"] and enough and quietly([PYTHON, "-c", "import labs, quiz"])


def debian_pip(folder):
    """The path of Debian's own pip wheel, fetched without root and without installing it; None if there is none.

    A bare Debian Python has neither pip nor ensurepip, yet apt knows where the package python3-pip-whl is.
    Where the package lists are missing they are fetched into `folder`, not into the system.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    wheels = []
    own_lists = [
        "-o",
        "Dir::State::lists=" + str(folder / "lists"),
        "-o",
        "Dir::Cache=" + str(folder / "cache"),
    ]
    for sub in ("lists/partial", "cache/archives/partial"):
        (folder / sub).mkdir(parents=True)
    for options in ([], own_lists):
        if options and not quietly(["apt-get", *options, "update"]):
            break
        if quietly(["apt-get", *options, "download", "python3-pip-whl"], cwd=folder):
            break
    for package in folder.glob("python3-pip-whl_*.deb"):
        if quietly(["dpkg-deb", "-x", package, folder / "unpacked"]):
            wheels = sorted((folder / "unpacked").rglob("pip-*.whl"))
    return wheels[-1] if wheels else None


def pip_command(folder):
    """The command that installs into .venv: its own pip, else a bundle's, else this Python's, else uv, else Debian's."""
    if quietly([PYTHON, "-m", "pip", "--version"]) or quietly([PYTHON, "-m", "ensurepip", "--default-pip"]):
        return [PYTHON, "-m", "pip", "install"]
    for wheel in sorted(WHEELS.glob("pip-*.whl")):
        return [PYTHON, wheel / "pip", "install"]
    host_pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    if quietly([*host_pip, "--version"]):
        return [*host_pip, "install"]
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", PYTHON]
    wheel = debian_pip(folder)
    if wheel:
        return [PYTHON, wheel / "pip", "install"]
    return stop(say("no_pip"))


def install(pip, extra):
    """Install the course into .venv, one short line of progress at a time, the whole log in .venv/install.log."""
    target = ".[dev]" if extra else "."
    log = VENV / "install.log"
    offline = ["--no-index", "--find-links", WHEELS] if WHEELS.is_dir() else []
    command = [*pip, *offline, "--constraint", "constraints.txt", "--editable", target]
    wide = shutil.get_terminal_size().columns - 1
    with log.open("w", encoding="utf-8") as record:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        for line in process.stdout:
            record.write(line)
            if sys.stdout.isatty() and line.startswith(
                ("Collecting", "Downloading", "Building", "Installing")
            ):
                print("\r" + line.strip()[:wide].ljust(wide), end="", flush=True)
    if sys.stdout.isatty():
        print("\r" + " " * wide + "\r", end="")
    if process.wait():
        tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-12:])
        found, machine = sys.version.split()[0], sysconfig.get_platform()
        advice = say("retry_offline", found=found, machine=machine) if offline else say("retry")
        stop(say("failed", log=log) + "\n" + tail + "\n" + advice)


def prepare(extra):
    """Make .venv and bring it up to date; nothing is done where nothing changed."""
    wanted = fingerprint(extra)
    if up_to_date(wanted):
        return
    print(say("venv"), flush=True)
    import venv  # here, so that an old Python can still say what it lacks

    STAMP.unlink(missing_ok=True)
    broken = PYTHON.exists() and not quietly(
        [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    )
    venv.create(VENV, with_pip=False, clear=broken, symlinks=True)
    print(say("install_offline" if WHEELS.is_dir() else "install"), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        install(pip_command(Path(folder)), extra)
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def main(arguments):
    """Prepare the environment, then become the command that was asked for."""
    if sys.version_info < NEEDED:
        stop(say("old_python", needed=".".join(map(str, NEEDED)), found=sys.version.split()[0]))
    if os.name == "nt":
        stop(say("windows"))
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return
    testing = arguments[:1] == ["test"]
    prepare("dev" if testing else "")
    if testing:
        command = [str(PYTHON), "-m", "pytest", *arguments[1:]]
        os.chdir(HERE)
    else:
        opening = not arguments or arguments[0].startswith("-")
        command = [str(VENV / "bin" / "course"), *(["start"] if opening else []), *arguments]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
