"""An Odoo with a private PostgreSQL on loopback: what the server scripts of all versions share.

Needs only the standard library. A version subclasses ``Server``, says what is its own (how its programs get
here and how a process of it is started) and calls ``main``.
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
DB = "plants"
TEMPLATE_DB = "plants_template"
LANGUAGES = "en_US,fr_FR"  # the first becomes the default; en_US left out would be switched off
NEEDED_BYTES = 4 * 1024**3

CACHE = Path(os.environ.get("PLANT_PULSE_CACHE") or "~/.cache/plant-pulse").expanduser().absolute()
STARTED = time.monotonic()


class ServerError(Exception):
    """One sentence: what failed and what to do about it."""


# ---------------------------------------------------------------- small helpers


def say(text):
    """A progress line with the seconds since the command began (stderr keeps stdout clean)."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


def port(variable, default):
    """A port number that the environment may change."""
    return int(os.environ.get(variable, default))


def digest(*parts):
    """A short key over texts and files."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return sha.hexdigest()[:10]


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


def check_disk():
    """Building from nothing needs a few gigabytes."""
    free = shutil.disk_usage(CACHE).free
    if free < NEEDED_BYTES:
        raise ServerError(
            f"Only {free / 1024**3:.1f} GB are free at {CACHE} and the first build needs "
            f"{NEEDED_BYTES // 1024**3}: free some or point PLANT_PULSE_CACHE elsewhere."
        )


def write_private(path, content):
    """Write JSON that only the owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(content, file, indent=2)


def debian_apt(scratch, suite):
    """apt-get of another Debian suite with a private state in the folder *scratch*, its package list read."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise ServerError("Odoo comes as a Debian package and apt-get is missing: use Debian.")
    for name in ("lists/partial", "cache/archives/partial", "etc"):
        (scratch / name).mkdir(parents=True)
    targets = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"],
        "apt-get knows no Debian mirror",
        "check the system's apt sources",
    )
    mirrors = sorted({line for line in targets.split() if "security" not in line})
    if not mirrors:
        raise ServerError("apt-get lists no Debian mirror: run apt-get update once and try again.")
    (scratch / "etc/debian.sources").write_text(
        f"Types: deb\nURIs: {mirrors[0]}\nSuites: {suite}\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    settings = [
        "Dir::Etc::SourceList=/dev/null",
        f"Dir::Etc::SourceParts={scratch}/etc",
        f"Dir::State::Lists={scratch}/lists",
        f"Dir::Cache={scratch}/cache",
        "APT::Sandbox::User=root",
    ]
    apt = ["apt-get", "-q", *(word for setting in settings for word in ("-o", setting))]
    run([*apt, "update"], "Reading Debian's package list failed", APT_REMEDY)
    return apt


APT_REMEDY = "check the network and the system's apt sources, then run up again"


class Server:
    """One version of Odoo; its subclass fills in the attributes and the methods under "a version's own"."""

    title = ""  # "Odoo 19"
    script = ""  # the command, as its messages name it
    mark = ""  # keeps its names in the cache apart from those of other versions
    modules = ""
    build_options = ()  # of the command that initialises the database

    def __init__(self, http_port, pg_port):
        self.http_port, self.pg_port = http_port, pg_port
        self.run_folder = CACHE / f"run{self.mark}"
        self.url = f"http://127.0.0.1:{http_port}"

    # ------------------------------------------------------------ a version's own

    def ensure_programs(self):
        """Odoo and what it needs, in the cache."""
        raise NotImplementedError

    def template_key(self):
        """What shapes the initialised database: texts and files."""
        raise NotImplementedError

    def write_config(self, data_dir):
        """``odoo.conf`` in the run folder."""
        raise NotImplementedError

    def odoo_command(self, *arguments):
        """The command line of an Odoo process: *arguments* of the server, or "shell" and its arguments."""
        raise NotImplementedError

    def odoo_environment(self):
        """The user's own Odoo settings left out."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "ODOO", "PYTHON"))}
        return {**keep, "TZ": "UTC"}

    # ------------------------------------------------------------ cache

    def template_folder(self):
        """The initialised database (dump, filestore, secrets), keyed by all that shaped it."""
        return CACHE / f"template{self.mark}-{digest(*self.template_key())}"

    @contextlib.contextmanager
    def locked(self):
        """One command at a time per version and cache folder."""
        CACHE.mkdir(parents=True, exist_ok=True)
        with open(CACHE / f"lock{self.mark}", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"another {self.script} command is running; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # ------------------------------------------------------------ PostgreSQL

    def pg_folder(self):
        """Where the cluster lives: in the run folder, or in the temporary folder when root's home
        keeps the user postgres out."""
        inside = self.run_folder / "pg"
        if os.geteuid() != 0:
            return inside
        folders = (self.run_folder, *self.run_folder.parents)
        closed = [p for p in folders if p.exists() and not p.stat().st_mode & 0o001]
        outside = Path(tempfile.gettempdir()) / f"plant-pulse-pg{self.mark}-{digest(str(CACHE))}"
        return outside if closed else inside

    def pg_running(self):
        ready = [str(pg_bin() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.pg_port)]
        return bool(pg_bin()) and subprocess.run(ready).returncode == 0

    def start_postgres(self):
        """Create the private cluster when needed and start it."""
        data = self.pg_folder()
        ours = (data / "data/PG_VERSION").exists()
        if self.pg_running():
            if not (data / "data/postmaster.pid").exists():
                raise ServerError(f"Port {self.pg_port} is used by another PostgreSQL: set {self.pg_variable}.")
            return
        if not ours:
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir(parents=True)
            if os.geteuid() == 0:
                shutil.chown(data, "postgres", "postgres")
            say("creating the PostgreSQL cluster")
            options = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres"]
            run(
                [pg_bin() / "initdb", *options, "-D", data / "data"],
                "Creating the PostgreSQL cluster failed",
                "check the disk",
                **as_postgres(),
            )
        say(f"starting PostgreSQL on port {self.pg_port}")
        settings = (
            f"-p {self.pg_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB "
            "-c timezone=UTC -c max_wal_size=2GB -c autovacuum_naptime=20s"
        )
        run(
            [pg_bin() / "pg_ctl", "-w", "-D", data / "data", "-l", data / "postgres.log", "-o", settings, "start"],
            "PostgreSQL did not start",
            f"read {data / 'postgres.log'}",
            **as_postgres(),
        )
        if not self.sql("select 1 from pg_roles where rolname = 'odoo'"):
            self.sql("create role odoo login superuser")

    def stop_postgres(self):
        data = self.pg_folder() / "data"
        if (data / "postmaster.pid").exists():
            say("stopping PostgreSQL")
            run(
                [pg_bin() / "pg_ctl", "-w", "-m", "fast", "-D", data, "stop"],
                "PostgreSQL did not stop",
                f"stop the process named in {data}/postmaster.pid",
                **as_postgres(),
            )

    def pg_options(self, user="odoo"):
        return ["-h", "127.0.0.1", "-p", str(self.pg_port), "-U", user]

    def sql(self, statement, database="postgres"):
        """Run one statement as the cluster's owner; returns what it printed."""
        return run(
            [pg_bin() / "psql", *self.pg_options("postgres"), "-d", database, "-XAtqc", statement],
            "PostgreSQL refused a statement",
            "run down, then up",
        ).strip()

    def has_database(self, name):
        return self.sql(f"select 1 from pg_database where datname = '{name}'") == "1"

    def drop_database(self, name):
        self.sql(f"drop database if exists {name} with (force)")

    # ------------------------------------------------------------ template database

    def template_is_current(self):
        """True when the running cluster's template was made by this very recipe."""
        marker, folder = self.run_folder / "template.key", self.template_folder()
        return marker.exists() and marker.read_text() == folder.name and folder.exists()

    def ensure_template(self):
        """Make sure TEMPLATE_DB holds the initialised database of this recipe."""
        if self.template_is_current() and self.has_database(TEMPLATE_DB):
            return
        self.drop_database(DB)
        self.drop_database(TEMPLATE_DB)
        folder = self.template_folder()
        if folder.exists():
            say("restoring the initialised database from the cache")
            self.sql(f"create database {TEMPLATE_DB} owner odoo template template0")
            run(
                [pg_bin() / "pg_restore", *self.pg_options(), "-j", "4", "-d", TEMPLATE_DB, folder / "db.dump"],
                "Restoring the cached database failed",
                f"remove {folder} and run up again",
            )
            self.sql("vacuum analyze", TEMPLATE_DB)
        else:
            self.build_template()
        (self.run_folder / "template.key").write_text(folder.name)

    def build_template(self):
        """Initialise the database, provision it and put dump, filestore and secrets in the cache."""
        check_disk()
        with built(self.template_folder()) as part:
            self.write_config(part / "data")
            say("initialising the database with demo data (about two minutes)")
            self.sql(f"create database {TEMPLATE_DB} owner odoo template template0")
            common = ["-d", TEMPLATE_DB, "--no-http", "--workers", "0", "--max-cron-threads", "0"]
            options = ["-i", self.modules, *self.build_options, f"--load-language={LANGUAGES}", "--stop-after-init"]
            log = self.run_folder / "init.log"
            run(
                self.odoo_command(*common, *options),
                "Initialising the database failed",
                "read the log",
                log=log,
                env=self.odoo_environment(),
            )
            if " CRITICAL " in log.read_text():
                raise ServerError(f"Initialising the database failed: read {log}.")
            say("adding companies, warehouses, users and the API key")
            write_private(part / "secrets.json", {"ODOO_API_KEY": self.provision()})
            say("saving the initialised database in the cache")
            run(
                [pg_bin() / "pg_dump", *self.pg_options(), "-Fc", "-Z", "1", "-f", part / "db.dump", TEMPLATE_DB],
                "Saving the database failed",
                "free disk space",
            )
            store = part / "data/filestore" / TEMPLATE_DB
            store.mkdir(parents=True, exist_ok=True)
            store.rename(part / "filestore")
            shutil.rmtree(part / "data")
            self.sql("vacuum analyze", TEMPLATE_DB)

    def provision(self):
        """Run provision.py in Odoo's shell; returns the administrator's API key."""
        log = self.run_folder / "provision.log"
        said = run(
            self.odoo_command("shell", "-d", TEMPLATE_DB, "--no-http", "--workers", "0"),
            "Provisioning the database failed",
            "correct provision.py",
            input=(HERE / "provision.py").read_text() + "\nprovision(env)\n",
            env=self.odoo_environment(),
            log=log,
        )
        keys = [line[8:] for line in said.splitlines() if line.startswith("API_KEY=")]
        if not keys:
            raise ServerError(f"Provisioning the database failed: read {log}.")
        log.unlink()
        return keys[0]

    def fresh_database(self):
        """A new working database and filestore, copied from the template."""
        self.drop_database(DB)
        self.sql(f"create database {DB} owner odoo template {TEMPLATE_DB} strategy file_copy")
        store = self.run_folder / "data/filestore" / DB
        shutil.rmtree(self.run_folder / "data", ignore_errors=True)
        shutil.copytree(self.template_folder() / "filestore", store)

    # ------------------------------------------------------------ Odoo process

    def odoo_pid(self):
        """The pid of our running Odoo, or None."""
        try:
            pid = int((self.run_folder / "odoo.pid").read_text())
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        except (OSError, ValueError):
            return None
        return pid if str(self.run_folder / "odoo.conf") in line else None

    def answers(self):
        """True when Odoo answers and its database is loaded."""
        params = {"service": "common", "method": "login", "args": [DB, "admin", "admin"]}
        ask = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.url + "/jsonrpc", ask, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return bool(json.load(answer).get("result"))
        except (OSError, ValueError):
            return False

    def start_odoo(self):
        """Start the server in the background and wait until a login works."""
        self.write_config(self.run_folder / "data")
        say(f"starting Odoo at {self.url}")
        crons = os.environ.get("PLANT_PULSE_ODOO_CRON_THREADS", "0")
        options = ["-d", DB, "--db-filter", f"^{DB}$", "--workers", "2", "--max-cron-threads", crons]
        with open(self.run_folder / "odoo.log", "w") as log:
            server = subprocess.Popen(
                self.odoo_command(*options),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.odoo_environment(),
                start_new_session=True,
            )
        (self.run_folder / "odoo.pid").write_text(str(server.pid))
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise ServerError(
                    f"Odoo ended at once: read {self.run_folder / 'odoo.log'} "
                    f"(a busy port {self.http_port} is the usual cause)."
                )
            if self.answers():
                return
            time.sleep(0.3)
        raise ServerError(f"Odoo did not answer within two minutes: read {self.run_folder / 'odoo.log'}.")

    def stop_odoo(self):
        """SIGTERM, wait, then kill what is left of the process group."""
        pid = self.odoo_pid()
        if not pid:
            return
        say("stopping Odoo")
        os.kill(pid, signal.SIGTERM)
        for _ in range(100):
            if not self.odoo_pid():
                break
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        (self.run_folder / "odoo.pid").unlink(missing_ok=True)

    # ------------------------------------------------------------ commands

    def environment(self):
        """What a client needs to reach the running server."""
        secrets = json.loads((self.template_folder() / "secrets.json").read_text())
        return {
            "ODOO_URL": self.url,
            "ODOO_DB": DB,
            "ODOO_USER": "admin",
            "ODOO_API_KEY": secrets["ODOO_API_KEY"],
            "ODOO_PASSWORD": "admin",
            "PG_DSN": f"postgresql://odoo@127.0.0.1:{self.pg_port}/{DB}",
            "ODOO_LOG": str(self.run_folder / "odoo.log"),
        }

    def is_up(self):
        return bool(self.odoo_pid()) and self.template_is_current() and self.pg_running() and self.answers()

    def up(self):
        """Bring everything up; say so at once when it already is."""
        if self.is_up():
            say(f"already up at {self.url}")
            return
        self.run_folder.mkdir(parents=True, exist_ok=True)
        ensure_postgres()
        self.ensure_programs()
        self.start_postgres()
        self.stop_odoo()
        self.ensure_template()
        if not self.has_database(DB) or not (self.run_folder / "data/filestore" / DB).exists():
            self.fresh_database()
        self.start_odoo()
        write_private(self.run_folder / "env.json", self.environment())
        say(f"up at {self.url} (admin / admin, database {DB}); stop it with: down")

    def reset(self):
        """Give the running server a fresh database."""
        if not pg_bin() or not self.pg_running():
            self.up()
            return
        self.stop_odoo()
        self.ensure_template()
        say("restoring the fresh database")
        self.fresh_database()
        self.start_odoo()
        write_private(self.run_folder / "env.json", self.environment())
        say(f"fresh at {self.url}")

    def down(self):
        """Stop both servers and forget the database; the cache stays."""
        self.stop_odoo()
        if pg_bin():
            self.stop_postgres()
        shutil.rmtree(self.pg_folder(), ignore_errors=True)
        shutil.rmtree(self.run_folder, ignore_errors=True)
        say("down")

    def status(self):
        """Say what runs; exit code 1 unless everything does."""
        odoo, postgres = self.odoo_pid(), bool(pg_bin()) and self.pg_running()
        ready = bool(odoo and postgres and self.answers())
        print(f"Odoo        {'answers at ' + self.url if ready else 'runs, no answer' if odoo else 'down'}")
        print(f"PostgreSQL  {f'runs on port {self.pg_port}' if postgres else 'down'}")
        print(f"template    {'cached' if self.template_folder().exists() else 'not cached'} in {CACHE}")
        return 0 if ready else 1

    def show_environment(self, export):
        """Print the environment as JSON or as shell exports."""
        if not self.odoo_pid():
            raise ServerError(f"The server is down: run '{self.script} up' first.")
        values = self.environment()
        if export:
            print("\n".join(f"export {name}={shlex.quote(text)}" for name, text in values.items()))
        else:
            print(json.dumps(values, indent=2))

    def shell(self, script):
        """Run a script in Odoo's shell on the working database; what it does not commit is forgotten."""
        if not self.odoo_pid():
            raise ServerError(f"The server is down: run '{self.script} up' first.")
        command = self.odoo_command("shell", "-d", DB, "--no-http", "--workers", "0")
        return subprocess.run(command, input=script, text=True, env=self.odoo_environment()).returncode

    def main(self, argv=None):
        """Command line."""
        parser = argparse.ArgumentParser(description=f"A real {self.title} for the live tests.")
        parser.add_argument("command", choices=["up", "down", "reset", "status", "env", "shell"])
        parser.add_argument("--export", action="store_true", help="env as shell exports")
        options = parser.parse_args(argv)
        try:
            if options.command == "status":
                return self.status()
            if options.command == "env":
                return self.show_environment(options.export)
            if options.command == "shell":
                return self.shell(sys.stdin.read())
            with self.locked():
                {"up": self.up, "down": self.down, "reset": self.reset}[options.command]()
        except ServerError as error:
            print(f"{Path(self.script).stem}: {error}", file=sys.stderr)
            return 1
        return 0


# ---------------------------------------------------------------- PostgreSQL's programs


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


def as_postgres():
    """Options that let a child run as user postgres (root may not run the server)."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    user = pwd.getpwnam("postgres")
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
