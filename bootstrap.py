#!/usr/bin/env python3
"""Set the course up and run it, with nothing but Python's standard library.

    python3 bootstrap.py                 make the environment in .venv, then open the course
    python3 bootstrap.py --lang fr       the same, in French
    python3 bootstrap.py test [ARGS]     install the test tools too, then run pytest
    python3 bootstrap.py doctor          any other `course` command, with its arguments

Prépare le cours dans .venv, puis l'ouvre. Rien n'est installé hors de ce dossier.

Where a folder `wheels` stands beside this file (`course bundle` makes it) nothing is asked of the network.

Kept readable by old Pythons, so that they can say which Python is needed.
"""

import hashlib
import json
import locale
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "course-installed.json"
WHEELS = HERE / "wheels"  # of a bundle, for rooms without internet
NEEDED = (3, 11)
NEWEST = 19  # the last 3.x that is looked for

TEXTS = {
    "old_python": {
        "fr": "Le cours demande Python {needed} ou plus récent ; celui-ci est {found}, et aucun autre n'a été trouvé.\n"
        "macOS : brew install python ; Debian ou Ubuntu : sudo apt-get install python{needed} python{needed}-venv ;\n"
        "ailleurs : https://www.python.org/downloads/. Puis relancez cette commande.",
        "en": "The course needs Python {needed} or newer; this one is {found}, and no other was found.\n"
        "macOS: brew install python; Debian or Ubuntu: sudo apt-get install python{needed} python{needed}-venv;\n"
        "elsewhere: https://www.python.org/downloads/. Then run this command again.",
    },
    "windows": {
        "fr": "Sous Windows, lancez cette commande dans WSL 2 (une distribution Debian ou Ubuntu).",
        "en": "On Windows, run this command inside WSL 2 (a Debian or Ubuntu distribution).",
    },
    "venv": {"fr": "Création de l'environnement dans .venv…", "en": "Making the environment in .venv…"},
    "install": {
        "fr": "Installation du cours (une à trois minutes, cette fois seulement)…",
        "en": "Installing the course (one to three minutes, this time only)…",
    },
    "install_offline": {
        "fr": "Installation du cours depuis le dossier wheels, sans réseau (une minute environ)…",
        "en": "Installing the course from the folder wheels, without a network (about a minute)…",
    },
    "gathered": {
        "fr": "  {seconds} s · bibliothèques réunies : {count} ({name})",
        "en": "  {seconds} s · libraries gathered: {count} ({name})",
    },
    "installed": {
        "fr": "  {seconds} s · bibliothèques installées : {count} sur {total}",
        "en": "  {seconds} s · libraries installed: {count} of {total}",
    },
    "waiting": {
        "fr": "Une autre fenêtre installe déjà le cours dans ce dossier ; j'attends qu'elle ait fini…",
        "en": "Another window is installing the course in this folder already; waiting for it…",
    },
    "interrupted": {
        "fr": "Interrompu. La même commande reprendra où elle en était.",
        "en": "Interrupted. The same command will go on from here.",
    },
    "unusable": {
        "fr": "Le cours ne peut pas s'installer dans {folder} ({reason}).\n"
        "Il lui faut un clone entier, dans un dossier à vous, avec un gigaoctet de libre. Puis relancez cette commande.",
        "en": "The course cannot be installed in {folder} ({reason}).\n"
        "It needs a whole clone, in a folder of your own, with a gigabyte free. Then run this command again.",
    },
    "no_pip": {
        "fr": "Ce Python n'a ni ensurepip ni pip, et pip n'a pas pu être obtenu autrement.\n"
        "Sous Debian ou Ubuntu : sudo apt-get install python3-venv\nPuis relancez cette commande.",
        "en": "This Python has neither ensurepip nor pip, and pip could not be had another way.\n"
        "On Debian or Ubuntu: sudo apt-get install python3-venv\nThen run this command again.",
    },
    "failed": {
        "fr": "L'installation a échoué. Le journal de pip : {log}",
        "en": "The installation failed. pip's log: {log}",
    },
    "no_network": {
        "fr": "Internet ne répond pas à pip. Vérifiez la connexion (derrière un proxy : la variable HTTPS_PROXY), puis relancez la\n"
        "même commande. Pour une salle sans Internet : « course bundle », sur une machine qui en a un.",
        "en": "The internet does not answer pip. Check the connection (behind a proxy: the variable HTTPS_PROXY), then run the\n"
        "same command again. For a room without internet: “course bundle”, on a machine that has it.",
    },
    "disk_full": {
        "fr": "Le disque est plein : libérez un gigaoctet, puis relancez la même commande.",
        "en": "The disk is full: free a gigabyte, then run the same command again.",
    },
    "retry": {"fr": "Relancez la même commande.", "en": "Run the same command again."},
    "retry_offline": {
        "fr": "Si pip ne trouve pas une bibliothèque, le dossier wheels n'est pas fait pour cette machine\n"
        " (Python {found}, {machine}) : refaites-le pour elle avec « course bundle », options --platform et --python.",
        "en": "If pip does not find a library, the folder wheels is not made for this machine\n"
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


def stop(message, code=1):
    """Leave with a message and no traceback."""
    print(message, file=sys.stderr)
    sys.exit(code)


def quietly(command, **options):
    """Whether a command runs and succeeds; its output is not shown."""
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return (
            subprocess.run([str(part) for part in command], check=False, **silent, **options).returncode == 0
        )
    except OSError:
        return False


def new_enough(python):
    """Whether that Python runs and is one that the course can use."""
    return quietly([python, "-c", f"import sys; sys.exit(sys.version_info < {NEEDED})"])


def newer_python():
    """The newest Python of this machine that the course can use, by the names that systems give it; None if none."""
    names = [f"python3.{minor}" for minor in range(NEWEST, NEEDED[1] - 1, -1)]
    found = [path for path in map(shutil.which, names) if path]
    return next((path for path in found if new_enough(path)), None)


def fingerprint(extra):
    """What the environment was made from: another value means that it must be brought up to date."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((HERE / name).read_bytes())
    return {"inputs": digest.hexdigest(), "extra": extra, "folder": str(HERE)}


def stamp():
    """What the last installation that ended well was made from; empty when there was none."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def up_to_date(wanted):
    """Whether .venv already holds what is wanted (the test tools include all that learners need)."""
    made = stamp()
    same = all(made.get(part) == wanted[part] for part in ("inputs", "folder"))
    enough = made.get("extra") == wanted["extra"] or not wanted["extra"]
    return same and enough and quietly([PYTHON, "-c", "import labs, quiz"])


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
    """Install the course into .venv; one line tells how far it is, .venv/install.log holds all that pip says."""
    target = ".[dev]" if extra else "."
    log = VENV / "install.log"
    offline = ["--no-index", "--find-links", WHEELS] if WHEELS.is_dir() else []
    command = [*pip, *offline, "--constraint", "constraints.txt", "--editable", target]
    with log.open("w", encoding="utf-8") as record:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=str(HERE),
            env=dict(os.environ, PYTHONUNBUFFERED="1"),
            stdin=subprocess.DEVNULL,  # nothing may wait for an answer to a question that is not shown
            stdout=record,
            stderr=subprocess.STDOUT,
        )
    begun = time.monotonic()
    try:
        while process.poll() is None:
            tell(how_far(read(log), int(time.monotonic() - begun)))
            time.sleep(0.2)
    finally:
        tell("")
        process.terminate()
        process.wait()
    if process.returncode:
        stop(explain(read(log), log, offline))


def read(log):
    """What pip said so far."""
    return log.read_text(encoding="utf-8", errors="replace")


def how_far(told, seconds):
    """Where pip is, by its own words and by what is in .venv."""
    gathered = re.findall(r"^ *(?:Collecting|Requirement already satisfied:) ([\w.-]+)", told, re.MULTILINE)
    unpacking = re.search(r"^Installing collected packages: (.+)", told, re.MULTILINE)
    if not unpacking:
        return say("gathered", seconds=seconds, count=len(gathered), name=gathered[-1] if gathered else "…")
    total = unpacking.group(1).count(",") + 1
    present = len(list(VENV.glob("lib/python*/site-packages/*.dist-info")))
    return say("installed", seconds=seconds, count=min(present, total), total=total)


def tell(line):
    """Show one line in place of the last, on a terminal only."""
    if sys.stdout.isatty():
        wide = shutil.get_terminal_size().columns - 1
        print("\r" + line[:wide].ljust(wide) + ("" if line else "\r"), end="", flush=True)


def explain(told, log, offline):
    """Why pip failed and what to do, for someone who has never read pip's messages."""
    failed = say("failed", log=log)
    if "No space left on device" in told:
        return failed + "\n" + say("disk_full")
    if not offline and re.search(r"NewConnectionError|ConnectTimeout|ProxyError|NameResolutionError", told):
        return failed + "\n" + say("no_network")
    found, machine = sys.version.split()[0], sysconfig.get_platform()
    advice = say("retry_offline", found=found, machine=machine) if offline else say("retry")
    return "\n".join([failed, *told.splitlines()[-12:], advice])


def wait_for_others():
    """Keep this folder to ourselves while installing: a second window waits. The lock ends with this process."""
    import fcntl  # not on Windows

    handle = os.open(str(HERE), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(say("waiting"), flush=True)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        pass  # a network disk without locks: then there is nothing to wait for


def prepare(extra):
    """Make .venv and bring it up to date; nothing is done where nothing changed."""
    wanted = fingerprint(extra)
    if up_to_date(wanted):
        return
    wait_for_others()
    if up_to_date(wanted):
        return
    # An environment that works is kept, whichever Python made it. One that was moved is not: its commands
    # still name the folder where it was made.
    if not new_enough(PYTHON) or stamp().get("folder", str(HERE)) != str(HERE):
        print(say("venv"), flush=True)
        import venv  # here, so that an old Python can still say what it lacks

        venv.create(str(VENV), with_pip=False, clear=True, symlinks=True)
    STAMP.unlink(missing_ok=True)
    print(say("install_offline" if WHEELS.is_dir() else "install"), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        install(pip_command(Path(folder)), extra)
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def main(arguments):
    """Prepare the environment, then become the command that was asked for."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return
    if os.name == "nt":
        stop(say("windows"))
    if sys.version_info < NEEDED:
        newer = newer_python()
        if newer:
            os.execv(newer, [newer, str(HERE / "bootstrap.py"), *arguments])  # noqa: S606 (no shell is wanted)
        stop(say("old_python", needed=".".join(map(str, NEEDED)), found=sys.version.split()[0]))
    testing = arguments[:1] == ["test"]
    try:
        prepare("dev" if testing else "")
    except KeyboardInterrupt:
        stop(say("interrupted"), 130)
    except OSError as error:
        stop(say("unusable", folder=HERE, reason=error.strerror or error))
    if testing:
        command = [str(PYTHON), "-m", "pytest", *arguments[1:]]
        os.chdir(str(HERE))
    else:
        opening = not arguments or arguments[0].startswith("-")
        command = [str(VENV / "bin" / "course"), *(["start"] if opening else []), *arguments]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
