#!/usr/bin/env python3
"""A real Odoo 19 on loopback for the live tests: ``up | down | reset | status | env``.

Needs only the standard library. ``up`` makes everything from nothing (Debian's Odoo package
unpacked, a venv, OCA modules, a private PostgreSQL, a database with demo data and provisioned
users) and keeps the slow parts in a cache folder, so that the next ``up`` takes seconds.
README.md beside this file tells what the database contains.
"""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECIPE = "1"  # raise it to make every cached template stale
DB = "plants"
TEMPLATE_DB = "plants_template"
MODULES = (
    "mrp,mrp_account,mrp_subcontracting,purchase_stock,purchase_mrp,stock_landed_costs,maintenance,base_automation,"
    "sale_mrp,queue_job,quality_control_oca,base_tier_validation,purchase_tier_validation,auditlog,"
    "mgmtsystem_nonconformity"
)
LANGUAGES = "en_US,fr_FR"  # the first becomes the default; en_US left out would be switched off
NEEDED_BYTES = 4 * 1024**3

CACHE = Path(os.environ.get("PLANT_PULSE_CACHE") or "~/.cache/plant-pulse").expanduser().absolute()
RUN = CACHE / "run"
HTTP_PORT = int(os.environ.get("PLANT_PULSE_ODOO_PORT", "8169"))
GEVENT_PORT = int(os.environ.get("PLANT_PULSE_ODOO_GEVENT_PORT", "8172"))
PG_PORT = int(os.environ.get("PLANT_PULSE_PG_PORT", "5499"))
CRON_THREADS = os.environ.get("PLANT_PULSE_ODOO_CRON_THREADS", "0")
URL = f"http://127.0.0.1:{HTTP_PORT}"
STARTED = time.monotonic()


class ServerError(Exception):
    """One sentence: what failed and what to do about it."""


def say(text):
    """A progress line with the seconds since the command began (stderr keeps stdout clean)."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


# ---------------------------------------------------------------- cache keys and folders


def digest(*parts):
    """A short key over texts and files."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return sha.hexdigest()[:10]


def venv_folder():
    """The venv, keyed by what is installed in it and by the Python that runs it."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = digest(RECIPE, python, HERE / "odoo-requirements.txt", HERE / "odoo-addons.txt")
    return CACHE / f"venv-{key}"


def template_folder():
    """The initialised database (dump, filestore, secrets), keyed by all that shaped it."""
    files = [HERE / n for n in ("odoo-requirements.txt", "odoo-addons.txt", "provision.py")]
    return CACHE / f"template-{digest(RECIPE, MODULES, LANGUAGES, *files)}"


def package_folder():
    """The unpacked Odoo package."""
    return CACHE / "odoo-19"


def odoo_packages():
    """The folder that holds the package ``odoo``."""
    return package_folder() / "usr/lib/python3/dist-packages"


def venv_python():
    return venv_folder() / "bin/python"


# ---------------------------------------------------------------- small helpers


def run(command, cause, remedy, log=None, **options):
    """Run a command to its end; raise one sentence when it fails, its last line included."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        last = f" (it said: {lines[-1][:200]})" if lines else ""
        where = f"; full output in {log}" if log else ""
        raise ServerError(f"{cause}{last}: {remedy}{where}")
    return done.stdout


@contextlib.contextmanager
def built(folder):
    """A folder that appears under its name only when it is complete."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    yield part
    part.rename(folder)


@contextlib.contextmanager
def locked():
    """One command at a time per cache folder."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another odoo_server command is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_disk():
    """Building from nothing needs a few gigabytes."""
    free = shutil.disk_usage(CACHE).free
    if free < NEEDED_BYTES:
        raise ServerError(
            f"Only {free / 1024**3:.1f} GB are free at {CACHE} and the first build needs "
            f"{NEEDED_BYTES // 1024**3}: free some or point PLANT_PULSE_CACHE elsewhere."
        )


# ---------------------------------------------------------------- Odoo package and venv


def ensure_package():
    """Download Debian's odoo-19 and unpack it (never installed)."""
    target = package_folder()
    if target.exists():
        return
    check_disk()
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise ServerError("Odoo comes as a Debian package and apt-get is missing: use Debian.")
    say("downloading Debian's package odoo-19 (123 MB)")
    with built(target) as part, tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        deb = download_package(Path(scratch))
        say("unpacking it (1.1 GB)")
        run(["dpkg-deb", "-x", deb, part], "Unpacking the Odoo package failed", "free disk space")


def download_package(scratch):
    """Fetch odoo-19 of Debian unstable with a private apt state; returns the .deb."""
    for name in ("lists/partial", "cache/archives/partial", "etc"):
        (scratch / name).mkdir(parents=True)
    targets = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        "apt-get knows no Debian mirror",
        "check the system's apt sources",
    )
    mirrors = sorted({line for line in targets.split() if "security" not in line})
    if not mirrors:
        raise ServerError("apt-get lists no Debian mirror: run apt-get update once and try again.")
    (scratch / "etc/unstable.sources").write_text(
        f"Types: deb\nURIs: {mirrors[0]}\nSuites: unstable\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    apt = [
        "apt-get",
        "-q",
        "-o",
        "Dir::Etc::SourceList=/dev/null",
        "-o",
        f"Dir::Etc::SourceParts={scratch}/etc",
        "-o",
        f"Dir::State::Lists={scratch}/lists",
        "-o",
        f"Dir::Cache={scratch}/cache",
        "-o",
        "APT::Sandbox::User=root",
    ]
    remedy = "check the network and the system's apt sources, then run up again"
    run([*apt, "update"], "Reading Debian's package list failed", remedy)
    run([*apt, "download", "odoo-19"], "Downloading odoo-19 failed", remedy, cwd=scratch)
    return next(scratch.glob("odoo-19_*.deb"))


def ensure_venv():
    """Python packages and OCA modules. The modules ask for a package "odoo" that no registry
    offers, hence --no-deps."""
    target = venv_folder()
    if (target / "ready").exists():
        return
    check_disk()
    shutil.rmtree(target, ignore_errors=True)
    say("making the venv with Odoo's Python packages and the OCA modules")
    run([sys.executable, "-m", "venv", target], "Making the venv failed", "install python3-venv")
    pip = [target / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    remedy = "check the network, then run up again"
    run([*pip, "-r", HERE / "odoo-requirements.txt"], "Installing Python packages failed", remedy)
    addons = [*pip, "--no-deps", "-r", HERE / "odoo-addons.txt"]
    run(addons, "Installing the OCA modules failed", remedy)
    (target / "ready").touch()


def write_config(data_dir):
    """Odoo's configuration and launcher (``python -m odoo`` breaks with workers)."""
    RUN.mkdir(parents=True, exist_ok=True)
    addons = next(venv_folder().glob("lib/python3*/site-packages/odoo/addons"))
    (RUN / "odoo-bin").write_text("import odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n")
    (RUN / "odoo.conf").write_text(
        "[options]\n"
        f"db_host = 127.0.0.1\ndb_port = {PG_PORT}\ndb_user = odoo\n"
        f"addons_path = {odoo_packages()}/odoo/addons,{addons}\n"
        f"data_dir = {data_dir}\n"
        f"http_interface = 127.0.0.1\nhttp_port = {HTTP_PORT}\ngevent_port = {GEVENT_PORT}\n"
        "server_wide_modules = base,web,rpc,queue_job\n"
        "proxy_mode = False\nlist_db = True\n"
        f"dbfilter = ^{DB}$\n"
        # every jsonrpc call would log its deprecation
        "log_handler = :INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR,werkzeug:WARNING\n"
    )


def odoo_command(*arguments):
    """The command line of an Odoo process."""
    head, *tail = arguments or ("",)
    sub = [head] if head == "shell" else []
    rest = tail if sub else [a for a in arguments if a]
    return [str(venv_python()), str(RUN / "odoo-bin"), *sub, "-c", str(RUN / "odoo.conf"), *rest]


def odoo_environment():
    """The package's folder first on the path; the user's own Odoo settings left out."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "ODOO", "PYTHON"))}
    return {**keep, "PYTHONPATH": str(odoo_packages()), "TZ": "UTC"}


# ---------------------------------------------------------------- PostgreSQL


def pg_bin():
    """The folder of the newest PostgreSQL server programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parent.parent.name))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def ensure_postgres():
    """PostgreSQL's programs, installed from Debian when they are missing and we may."""
    if pg_bin():
        return
    if os.geteuid() != 0:
        raise ServerError(
            "PostgreSQL's server programs are missing and only root can install them: "
            "run 'apt-get install postgresql' as root, then up again."
        )
    say("installing PostgreSQL from Debian")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    remedy = "check the network and the system's apt sources"
    run(["apt-get", "-q", "update"], "apt-get update failed", remedy)
    for package in ("postgresql-15", "postgresql"):
        with contextlib.suppress(ServerError):
            run(["apt-get", "-qy", "install", package], "no", "no", env=quiet)
            break
    if not pg_bin():
        raise ServerError(f"Installing PostgreSQL failed: {remedy}, then run up again.")


def pg_folder():
    """Where the cluster lives: in the run folder, or in the temporary folder when root's home
    keeps the user postgres out."""
    inside = RUN / "pg"
    if os.geteuid() != 0:
        return inside
    closed = [p for p in (RUN, *RUN.parents) if p.exists() and not p.stat().st_mode & 0o001]
    return Path(tempfile.gettempdir()) / f"plant-pulse-pg-{digest(str(CACHE))}" if closed else inside


def as_postgres():
    """Options that let a child run as user postgres (root may not run the server)."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    user = pwd.getpwnam("postgres")
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def pg_running():
    ready = [str(pg_bin() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(PG_PORT)]
    return bool(pg_bin()) and subprocess.run(ready).returncode == 0


def start_postgres():
    """Create the private cluster when needed and start it."""
    data = pg_folder()
    ours = (data / "data/PG_VERSION").exists()
    if pg_running():
        if not (data / "data/postmaster.pid").exists():
            raise ServerError(f"Port {PG_PORT} is used by another PostgreSQL: set PLANT_PULSE_PG_PORT to a free port.")
        return
    if not ours:
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        say("creating the PostgreSQL cluster")
        run(
            [
                pg_bin() / "initdb",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-U",
                "postgres",
                "-D",
                data / "data",
            ],
            "Creating the PostgreSQL cluster failed",
            "check the disk",
            **as_postgres(),
        )
    say(f"starting PostgreSQL on port {PG_PORT}")
    settings = (
        f"-p {PG_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
        "-c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB "
        "-c timezone=UTC -c max_wal_size=2GB -c autovacuum_naptime=20s"
    )
    run(
        [pg_bin() / "pg_ctl", "-w", "-D", data / "data", "-l", data / "postgres.log", "-o", settings, "start"],
        "PostgreSQL did not start",
        f"read {data / 'postgres.log'}",
        **as_postgres(),
    )
    if not sql("select 1 from pg_roles where rolname = 'odoo'"):
        sql("create role odoo login superuser")


def stop_postgres():
    data = pg_folder() / "data"
    if (data / "postmaster.pid").exists():
        say("stopping PostgreSQL")
        run(
            [pg_bin() / "pg_ctl", "-w", "-m", "fast", "-D", data, "stop"],
            "PostgreSQL did not stop",
            f"stop the process named in {data}/postmaster.pid",
            **as_postgres(),
        )


def pg_options(user="odoo"):
    return ["-h", "127.0.0.1", "-p", str(PG_PORT), "-U", user]


def sql(statement, database="postgres"):
    """Run one statement as the cluster's owner; returns what it printed."""
    return run(
        [pg_bin() / "psql", *pg_options("postgres"), "-d", database, "-XAtqc", statement],
        "PostgreSQL refused a statement",
        "run down, then up",
    ).strip()


def has_database(name):
    return sql(f"select 1 from pg_database where datname = '{name}'") == "1"


def drop_database(name):
    sql(f"drop database if exists {name} with (force)")


# ---------------------------------------------------------------- template database


def template_is_current():
    """True when the running cluster's template was made by this very recipe."""
    marker = RUN / "template.key"
    return marker.exists() and marker.read_text() == template_folder().name and template_folder().exists()


def ensure_template():
    """Make sure TEMPLATE_DB holds the initialised database of this recipe."""
    if template_is_current() and has_database(TEMPLATE_DB):
        return
    drop_database(DB)
    drop_database(TEMPLATE_DB)
    if template_folder().exists():
        say("restoring the initialised database from the cache")
        sql(f"create database {TEMPLATE_DB} owner odoo template template0")
        run(
            [pg_bin() / "pg_restore", *pg_options(), "-j", "4", "-d", TEMPLATE_DB, template_folder() / "db.dump"],
            "Restoring the cached database failed",
            f"remove {template_folder()} and run up again",
        )
        sql("vacuum analyze", TEMPLATE_DB)
    else:
        build_template()
    (RUN / "template.key").write_text(template_folder().name)


def build_template():
    """Initialise the database, provision it and put dump, filestore and secrets in the cache."""
    check_disk()
    with built(template_folder()) as part:
        write_config(part / "data")
        say("initialising the database with demo data (about two minutes)")
        sql(f"create database {TEMPLATE_DB} owner odoo template template0")
        common = ["-d", TEMPLATE_DB, "--no-http", "--workers", "0", "--max-cron-threads", "0"]
        log = RUN / "init.log"
        run(
            odoo_command(*common, "-i", MODULES, "--with-demo", f"--load-language={LANGUAGES}", "--stop-after-init"),
            "Initialising the database failed",
            "read the log",
            log=log,
            env=odoo_environment(),
        )
        if " CRITICAL " in log.read_text():
            raise ServerError(f"Initialising the database failed: read {log}.")
        say("adding companies, warehouses, users and the API key")
        text = (HERE / "provision.py").read_text() + "\nprovision(env)\n"
        said = run(
            odoo_command("shell", "-d", TEMPLATE_DB, "--no-http", "--workers", "0"),
            "Provisioning the database failed",
            "correct provision.py",
            input=text,
            env=odoo_environment(),
            log=RUN / "provision.log",
        )
        keys = [line[8:] for line in said.splitlines() if line.startswith("API_KEY=")]
        if not keys:
            raise ServerError(f"Provisioning the database failed: read {RUN / 'provision.log'}.")
        (RUN / "provision.log").unlink()
        write_private(part / "secrets.json", {"ODOO_API_KEY": keys[0]})
        say("saving the initialised database in the cache")
        run(
            [pg_bin() / "pg_dump", *pg_options(), "-Fc", "-Z", "1", "-f", part / "db.dump", TEMPLATE_DB],
            "Saving the database failed",
            "free disk space",
        )
        store = part / "data/filestore" / TEMPLATE_DB
        store.mkdir(parents=True, exist_ok=True)
        store.rename(part / "filestore")
        shutil.rmtree(part / "data")
        sql("vacuum analyze", TEMPLATE_DB)


def fresh_database():
    """A new working database and filestore, copied from the template."""
    drop_database(DB)
    sql(f"create database {DB} owner odoo template {TEMPLATE_DB} strategy file_copy")
    store = RUN / "data/filestore" / DB
    shutil.rmtree(RUN / "data", ignore_errors=True)
    shutil.copytree(template_folder() / "filestore", store)


# ---------------------------------------------------------------- Odoo process


def odoo_pid():
    """The pid of our running Odoo, or None."""
    try:
        pid = int((RUN / "odoo.pid").read_text())
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except (OSError, ValueError):
        return None
    return pid if str(RUN / "odoo.conf") in line else None


def answers():
    """True when Odoo answers and its database is loaded."""
    ask = {
        "jsonrpc": "2.0",
        "method": "call",
        "params": {"service": "common", "method": "login", "args": [DB, "admin", "admin"]},
    }
    request = urllib.request.Request(URL + "/jsonrpc", json.dumps(ask).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bool(json.load(answer).get("result"))
    except (OSError, ValueError):
        return False


def start_odoo():
    """Start the server in the background and wait until a login works."""
    write_config(RUN / "data")
    say(f"starting Odoo at {URL}")
    command = odoo_command("-d", DB, "--db-filter", f"^{DB}$", "--workers", "2", "--max-cron-threads", CRON_THREADS)
    with open(RUN / "odoo.log", "w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=odoo_environment(), start_new_session=True
        )
    (RUN / "odoo.pid").write_text(str(server.pid))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ServerError(
                f"Odoo ended at once: read {RUN / 'odoo.log'} (a busy port {HTTP_PORT} is the usual cause)."
            )
        if answers():
            return
        time.sleep(0.3)
    raise ServerError(f"Odoo did not answer within two minutes: read {RUN / 'odoo.log'}.")


def stop_odoo():
    """SIGTERM, wait, then kill what is left of the process group."""
    pid = odoo_pid()
    if not pid:
        return
    say("stopping Odoo")
    os.kill(pid, signal.SIGTERM)
    for _ in range(100):
        if not odoo_pid():
            break
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    (RUN / "odoo.pid").unlink(missing_ok=True)


# ---------------------------------------------------------------- environment


def write_private(path, content):
    """Write JSON that only the owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(content, file, indent=2)


def environment():
    """What a client needs to reach the running server."""
    secrets = json.loads((template_folder() / "secrets.json").read_text())
    return {
        "ODOO_URL": URL,
        "ODOO_DB": DB,
        "ODOO_USER": "admin",
        "ODOO_API_KEY": secrets["ODOO_API_KEY"],
        "ODOO_PASSWORD": "admin",
        "PG_DSN": f"postgresql://odoo@127.0.0.1:{PG_PORT}/{DB}",
        "ODOO_LOG": str(RUN / "odoo.log"),
    }


def is_up():
    return bool(odoo_pid()) and template_is_current() and pg_running() and answers()


# ---------------------------------------------------------------- commands


def up():
    """Bring everything up; say so at once when it already is."""
    if is_up():
        say(f"already up at {URL}")
        return
    RUN.mkdir(parents=True, exist_ok=True)
    ensure_postgres()
    ensure_package()
    ensure_venv()
    start_postgres()
    stop_odoo()
    ensure_template()
    if not has_database(DB) or not (RUN / "data/filestore" / DB).exists():
        fresh_database()
    start_odoo()
    write_private(RUN / "env.json", environment())
    say(f"up at {URL} (admin / admin, database {DB}); stop it with: down")


def reset():
    """Give the running server a fresh database."""
    if not pg_bin() or not pg_running():
        up()
        return
    stop_odoo()
    ensure_template()
    say("restoring the fresh database")
    fresh_database()
    start_odoo()
    write_private(RUN / "env.json", environment())
    say(f"fresh at {URL}")


def down():
    """Stop both servers and forget the database; the cache stays."""
    stop_odoo()
    if pg_bin():
        stop_postgres()
    shutil.rmtree(pg_folder(), ignore_errors=True)
    shutil.rmtree(RUN, ignore_errors=True)
    say("down")


def status():
    """Say what runs; exit code 1 unless everything does."""
    odoo, postgres = odoo_pid(), bool(pg_bin()) and pg_running()
    ready = bool(odoo and postgres and answers())
    print(f"Odoo        {'answers at ' + URL if ready else 'runs, no answer' if odoo else 'down'}")
    print(f"PostgreSQL  {f'runs on port {PG_PORT}' if postgres else 'down'}")
    print(f"template    {'cached' if template_folder().exists() else 'not cached'} in {CACHE}")
    return 0 if ready else 1


def show_environment(export):
    """Print the environment as JSON or as shell exports."""
    if not odoo_pid():
        raise ServerError("The server is down: run 'odoo_server.py up' first.")
    values = environment()
    if export:
        print("\n".join(f"export {name}={shlex.quote(text)}" for name, text in values.items()))
    else:
        print(json.dumps(values, indent=2))


def main(argv=None):
    """Command line."""
    parser = argparse.ArgumentParser(description="A real Odoo 19 for the live tests.")
    parser.add_argument("command", choices=["up", "down", "reset", "status", "env"])
    parser.add_argument("--export", action="store_true", help="env as shell exports")
    options = parser.parse_args(argv)
    try:
        if options.command == "status":
            return status()
        if options.command == "env":
            return show_environment(options.export)
        with locked():
            {"up": up, "down": down, "reset": reset}[options.command]()
    except ServerError as error:
        print(f"odoo_server: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
