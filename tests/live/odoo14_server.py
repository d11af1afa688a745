#!/usr/bin/env python3
"""A real Odoo 14 on loopback for the live tests: ``up | down | reset | status | env``, as ``odoo_server.py``.

Odoo 14 wants Python 3.9 and libraries of its time. Debian's bullseye has them all: its packages are unpacked
(never installed) into one folder, and Odoo runs in there with changed root. The mounts it needs live in a
namespace of its own and end with the process. PostgreSQL is the system's, outside.
"""

import os
import sys
import tempfile
from pathlib import Path

from server import (
    APT_REMEDY,
    CACHE,
    DB,
    HERE,
    LANGUAGES,
    Server,
    built,
    check_disk,
    debian_apt,
    digest,
    port,
    run,
    say,
)

RECIPE = "1"  # raise it to make everything in the cache stale
PACKAGE = "odoo-14"
# What the package asks for and RPC never uses: half of all bytes are the PDF printer's.
LEFT_OUT = {"wkhtmltopdf", "postgresql-client", "adduser", "lsb-base"}
# The cache folder is seen under its own path inside, so that every path means the same on both sides.
ENTER = """
set -e
mkdir -p "$1/tmp"
mount -t tmpfs tmpfs "$1/tmp"
for folder in "$2" /proc /dev; do
    mkdir -p "$1$folder"
    mount --rbind "$folder" "$1$folder"
done
root=$1
shift 2
exec chroot "$root" "$@"
"""


class Odoo14(Server):
    """Debian's package of bullseye, with the libraries of bullseye."""

    title = "Odoo 14"
    script = "odoo14_server.py"
    mark = "-14"
    pg_variable = "PLANT_PULSE_ODOO14_PG_PORT"
    modules = (
        "mrp,mrp_account,purchase_stock,purchase_mrp,sale_mrp,queue_job,base_tier_validation,purchase_tier_validation"
    )

    def __init__(self):
        super().__init__(port("PLANT_PULSE_ODOO14_PORT", 8114), port(self.pg_variable, 5514))
        self.longpolling_port = port("PLANT_PULSE_ODOO14_LONGPOLLING_PORT", 8115)
        self.root = CACHE / f"odoo-14-{digest(RECIPE, HERE / 'odoo14-addons.txt')}"

    def template_key(self):
        return RECIPE, self.modules, LANGUAGES, HERE / "odoo14-addons.txt", HERE / "provision.py"

    def ensure_programs(self):
        """Download Debian's odoo-14 and all it depends on, unpack them, and put the OCA modules beside."""
        if self.root.exists():
            return
        check_disk()
        with built(self.root) as part, tempfile.TemporaryDirectory(dir=CACHE) as folder:
            say("downloading Debian's package odoo-14 and what it needs (150 MB)")
            packages = self.download(Path(folder))
            say(f"unpacking {len(packages)} packages (0.9 GB)")
            for package in packages:
                run(["dpkg-deb", "-x", package, part], f"Unpacking {package.name} failed", "free disk space")
            (part / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")  # Odoo asks who runs it
            say("adding the OCA modules")
            venv = Path(folder) / "venv"
            run([sys.executable, "-m", "venv", venv], "Making a venv failed", "install python3-venv")
            pip = [venv / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
            # wheels of pure Python; --no-deps because they ask for a package "odoo" that no registry offers
            target = ["--target", part / "opt", "--python-version", "3.9", "--only-binary", ":all:"]
            run(
                [*pip, *target, "-r", HERE / "odoo14-addons.txt"],
                "Installing the OCA modules failed",
                "check the network, then run up again",
            )

    def download(self, scratch):
        """Fetch Odoo and its dependencies as if nothing were installed; returns the packages."""
        # without the installed packages, "download" needs no rights and "install" leaves none out
        fresh = ["Dir::State::status=/dev/null", "APT::Install-Recommends=false", "Debug::NoLocking=true"]
        apt = [*debian_apt(scratch, "bullseye"), *(word for setting in fresh for word in ("-o", setting))]
        run([*apt, "download", PACKAGE], f"Downloading {PACKAGE} failed", APT_REMEDY, cwd=scratch)
        [odoo] = scratch.glob(f"{PACKAGE}_*.deb")
        asked = run(["dpkg-deb", "-f", odoo, "Depends"], f"{odoo.name} is damaged", APT_REMEDY)
        needs = sorted({term.split()[0].removesuffix(":any") for term in asked.split(",")} - LEFT_OUT)
        cause = f"Downloading what {PACKAGE} needs failed"
        run([*apt, "-y", "--download-only", "install", *needs], cause, APT_REMEDY, cwd=scratch)
        return [*sorted((scratch / "cache/archives").glob("*.deb")), odoo]

    def write_config(self, data_dir):
        self.run_folder.mkdir(parents=True, exist_ok=True)
        (self.run_folder / "odoo.conf").write_text(
            "[options]\n"
            f"db_host = 127.0.0.1\ndb_port = {self.pg_port}\ndb_user = odoo\n"
            "addons_path = /usr/lib/python3/dist-packages/odoo/addons,/opt/odoo/addons\n"
            f"data_dir = {data_dir}\n"
            f"http_interface = 127.0.0.1\nhttp_port = {self.http_port}\nlongpolling_port = {self.longpolling_port}\n"
            "server_wide_modules = base,web,queue_job\n"
            "proxy_mode = False\nlist_db = True\n"
            f"dbfilter = ^{DB}$\n"
            "log_handler = :INFO,werkzeug:WARNING\n"
        )

    def odoo_command(self, *arguments):
        sub = [argument for argument in arguments[:1] if argument == "shell"]
        odoo = ["/usr/bin/python3", "/usr/bin/odoo", *sub, "-c", str(self.run_folder / "odoo.conf")]
        become_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        enter = ["unshare", "--mount", *become_root, "sh", "-c", ENTER, "sh", str(self.root), str(CACHE)]
        return [*enter, *odoo, *arguments[len(sub) :]]

    def odoo_environment(self):
        """Libraries of that time warn about themselves; the user's home may not be there."""
        here = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
        return {**super().odoo_environment(), **here}


if __name__ == "__main__":
    sys.exit(Odoo14().main())
